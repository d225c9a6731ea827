/* `mmtui dialects`: the runtimes that plans are written for: all, or one in full. */
#include <stdio.h>

#include "base/translate.h"
#include "cli/commands.h"

static const char *goes_by(const struct mm_dialect *dialect)
{
    static const char *const words[] = {[MM_NAME_LAYER] = "layer",
                                        [MM_NAME_NODE] = "node",
                                        [MM_NAME_TENSOR] = "tensor",
                                        [MM_NAME_WEIGHT] = "weight"};
    return words[dialect->names];
}

/* "F16 F32 q8_0 ...": own types only up to `most`. */
static void put_precisions(const struct mm_dialect *dialect, size_t most, struct mm_buf *out)
{
    const char *between = "";
    for (int p = MM_PRECISION_NONE + 1; p < MM_PRECISION_OWN; p++) {
        if (!(dialect->precisions & MM_TAKES(p)))
            continue;
        mm_buf_printf(out, "%s%s", between, mm_precision_info((enum mm_precision)p)->badge);
        between = " ";
    }
    for (size_t i = 0; dialect->types && dialect->types[i]; i++) {
        mm_buf_printf(out, "%s%s", between, i < most ? dialect->types[i] : "...");
        if (i >= most)
            return;
        between = " ";
    }
}

static void put_checked(const struct mm_dialect *dialect, struct mm_buf *out)
{
    if (dialect->run)
        mm_buf_printf(out, "read by %s", dialect->run);
    else
        mm_buf_say(out, "form checked against documentation, not run");
}

static void put_row(const struct mm_dialect *dialect, struct mm_buf *out)
{
    struct mm_buf takes = {0};
    put_precisions(dialect, 0, &takes);
    mm_buf_printf(out, "%-13s %-7s %-20s %-5s ", dialect->id, goes_by(dialect), mm_buf_text(&takes),
                  dialect->read ? "yes" : "-");
    put_checked(dialect, out);
    mm_buf_putc(out, '\n');
    mm_buf_done(&takes);
}

static void put_all(struct mm_buf *out)
{
    const struct mm_dialect *dialect;
    mm_buf_printf(out, "%-13s %-7s %-20s %-5s %s\n", "RUNTIME", "NAMES", "PRECISIONS", "BACK", "CHECKED");
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++)
        put_row(dialect, out);
    mm_buf_say(
        out, "NAMES: what it goes by when it is told about one operator. BACK: its files are read as plans.\n"
             "mmtui dialects RUNTIME says more of one.\n");
}

static void put_settings(const struct mm_dialect *dialect, struct mm_buf *out)
{
    mm_buf_say(out, "\nSettings of the network\n");
    for (const struct mm_dialect_setting *row = dialect->settings; row->setting; row++) {
        mm_buf_printf(out, "  %s = %s: %s", row->setting, row->value,
                      *row->key ? row->key : "as it is by itself");
        mm_buf_printf(out, "%s%s\n", *row->json ? " = " : "", row->json); /* a flag has no value */
    }
    if (!dialect->settings->setting)
        mm_buf_say(out, "  none\n");
}

static void put_one(const struct mm_dialect *dialect, struct mm_buf *out)
{
    mm_buf_printf(out, "%s: %s\n", dialect->id, dialect->title);
    mm_buf_printf(out, "  goes by the name of %s\n  takes ", mm_name_kind_text(dialect->names));
    put_precisions(dialect, SIZE_MAX, out);
    mm_buf_puts(out, "\n  ");
    put_checked(dialect, out);
    if (dialect->documented)
        mm_buf_printf(out, "\n  after %s", dialect->documented);
    if (dialect->base)
        mm_buf_printf(out, "\n  changes a file of the runtime: --base %s", dialect->base);
    for (const struct mm_dialect_gone *gone = dialect->gone; gone && gone->since; gone++)
        mm_buf_printf(out, "\n  since %s: %s", gone->since, gone->what);
    mm_buf_say(out, "\n\nFiles\n");
    for (const struct mm_export_file *file = dialect->files; file->name; file++)
        mm_buf_printf(out, "  %-20s %s%s\n", file->name, file->what, file->cpp ? " (--cpp)" : "");
    put_settings(dialect, out);
}

int cmd_dialects(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_buf out = {0};
    const struct mm_dialect *one = options->word_count ? mm_dialect_get(options->words[0], &err) : NULL;
    if (options->word_count > 1)
        mm_fail(&err, MM_EARG, "dialects takes one runtime, or none: mmtui dialects onnxruntime");
    if (err.code != MM_OK)
        return cli_error(&err);
    if (one)
        put_one(one, &out);
    else
        put_all(&out);
    cli_print(options, &out);
    mm_buf_done(&out);
    return EXIT_FINE;
}
