/* Tensors in another format: `convert A B`, and as the vendor's tool has it `convert -i FILE -o FILE`. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"

#define DEFAULT_OUTPUT "output_file" /* the vendor tool's */
#define READABLE       "pbtxt"       /* what it writes there */

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static const struct mm_format *writable(const struct mm_format *format, const char *path, struct mm_err *err)
{
    if (format && format->write)
        return format;
    mm_fail(err, MM_EARG, "%s: %s", path,
            format ? "files of this kind can be read, not written"
                   : "its ending tells no format: end it in .npy, .npz, .safetensors, .pb, .pbtxt, "
                     ".textproto or .raw, or give --format");
    return NULL;
}

/* Which format `path` is to have. */
static const struct mm_format *format_for(const struct cli_options *options, const char *path, bool vendor,
                                          struct mm_err *err)
{
    const struct mm_format *format = options->format;
    if (!format)
        format = mm_format_by_name(path, NULL);
    if (!format && vendor)
        format = mm_format_find(READABLE);
    return writable(format, path, err);
}

static void print_note(void *context, const char *sentence)
{
    struct mm_err err = {.code = MM_EUNSUPPORTED};
    (void)context;
    snprintf(err.text, sizeof err.text, "%s", sentence);
    cli_error(&err);
}

static int convert(const struct cli_options *options, const char *from, struct mm_convert *to,
                   struct mm_err *err)
{
    struct mm_dump *dump;
    const struct mm_dump_options given = {
        .given = options->session.given, .part = options->session.part, .schema = options->schema};
    if (mm_remote_dump_open(&dump, from, &given, options->remotes, err) < 0)
        return -1;
    if (!dump->is_file && !options->recurse) {
        mm_dump_close(dump);
        return mm_fail(err, MM_EARG, "%s: is a folder: -r converts all tensors in it", from);
    }
    struct mm_buf numbers = {0};
    if (!options->schema)
        mm_dump_say_numbers(dump, "", &numbers);
    cli_note(&numbers);
    int result = given.part.concat.count ? mm_dump_joined(dump, err) : 0;
    if (result == 0)
        result = mm_dump_convert(dump, to, err);
    mm_dump_close(dump);
    return result;
}

static void print_done(const struct cli_options *options, const struct mm_convert *to)
{
    struct mm_buf line = {0};
    mm_buf_printf(&line, "%s: %zu tensor%s", to->path, to->written, to->written == 1 ? "" : "s");
    if (to->left_out)
        mm_buf_printf(&line, ", %zu left out", to->left_out);
    cli_print_line(options, mm_buf_text(&line));
    mm_buf_done(&line);
}

int cmd_convert(struct cli_options *options)
{
    struct mm_err err = {0};
    bool vendor = options->session.src != NULL;
    const char *from = vendor ? options->session.src : options->words[0];
    const char *path = options->output ? options->output : vendor ? DEFAULT_OUTPUT : options->words[1];
    if (vendor ? options->word_count != 0 : options->word_count != 2 || options->output) {
        mm_fail(&err, MM_EARG, "convert needs what to read and what to write: mmtui convert A B");
        return cli_error(&err);
    }
    struct mm_convert to = {
        .format = format_for(options, path, vendor, &err), .path = path, .note = print_note};
    to.folder = is_folder(path) || (options->format && !mm_format_by_name(path, NULL) && !vendor);
    if (!to.format || convert(options, from, &to, &err) < 0)
        return cli_error(&err);
    print_done(options, &to);
    return to.left_out ? EXIT_ERROR : EXIT_FINE;
}
