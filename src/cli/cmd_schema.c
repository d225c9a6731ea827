/* `mmtui schema`: the field numbers that a file tells, as a .proto that --schema takes. */
#include <sys/stat.h>

#include "cli/commands.h"

static void print_numbers(const struct cli_options *options, const struct mm_schema *schema)
{
    struct mm_buf text = {0};
    mm_schema_put(schema, &text);
    cli_print(options, &text);
    mm_buf_done(&text);
}

static int write_numbers(const struct cli_options *options, const struct mm_schema *schema,
                         struct mm_err *err)
{
    struct mm_buf text = {0}, line = {0};
    mm_schema_put(schema, &text);
    int result =
        text.failed ? mm_fail_memory(err) : mm_file_write(options->output, text.data, text.length, err);
    mm_buf_printf(&line, "%s: %s%s", options->output, schema->inferred ? "" : "the numbers of ",
                  schema->origin);
    mm_buf_clear(&text);
    if (mm_schema_lacks(schema, &text) > 0)
        mm_buf_printf(&line, "%s none for %s", schema->inferred ? ";" : ", which has", mm_buf_text(&text));
    if (result == 0)
        cli_print_line(options, mm_buf_text(&line));
    mm_buf_done(&text);
    mm_buf_done(&line);
    return result;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Do the dump's numbers, the project's own, read any of its .pb files? */
static bool is_read(const struct mm_dump *dump)
{
    for (size_t i = 0; i < dump->count; i++) {
        struct mm_load load;
        if (dump->entries[i].source->format == mm_format_find("pb") &&
            mm_load_open(&load, &dump->entries[i], dump->schema, NULL) == 0) {
            mm_load_close(&load);
            return true;
        }
    }
    return false;
}

/* By pairs of .pb and .pbtxt; where there are none, by what the .pb files alone tell. */
static int of_folder(const char *path, struct mm_schema **learnt, struct mm_dump **dump, struct mm_err *err)
{
    if (mm_schema_learn(learnt, path, err) == 0 || err->code == MM_ENOMEM)
        return *learnt ? 0 : -1;
    if (mm_dump_open(dump, path, NULL, NULL) < 0)
        return -1;
    if ((*dump)->schema->inferred || (!(*dump)->no_numbers && is_read(*dump)))
        return 0;
    if ((*dump)->no_numbers && err->code == MM_ENOENT)
        mm_fail(err, MM_EUNSUPPORTED, "%s: the .pb files %s", path, (*dump)->no_numbers);
    return -1;
}

static int put(const struct cli_options *options, const struct mm_schema *schema, struct mm_err *err)
{
    if (options->output)
        return write_numbers(options, schema, err);
    print_numbers(options, schema);
    return 0;
}

int cmd_schema(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_schema *schema = NULL;
    struct mm_dump *dump = NULL;
    if (options->word_count != 1) {
        mm_fail(&err, MM_EARG, "schema needs one file or folder: mmtui schema SRC [-o map.proto]");
        return cli_error(&err);
    }
    const char *path = options->words[0];
    if (mm_remote_is(path)) {
        mm_fail(&err, MM_EARG, "%s: schema looks at files here: run it on that machine, or copy some of them",
                path);
        return cli_error(&err);
    }
    int result =
        is_folder(path) ? of_folder(path, &schema, &dump, &err) : mm_schema_open(&schema, path, &err);
    if (result == 0)
        result = put(options, schema ? schema : dump->schema, &err);
    mm_schema_close(schema);
    mm_dump_close(dump);
    return result < 0 ? cli_error(&err) : EXIT_FINE;
}
