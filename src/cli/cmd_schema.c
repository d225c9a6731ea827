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
    mm_buf_printf(&line, "%s: the numbers of %s", options->output, schema->origin);
    mm_buf_clear(&text);
    if (mm_schema_lacks(schema, &text) > 0)
        mm_buf_printf(&line, ", which has none for %s", mm_buf_text(&text));
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

int cmd_schema(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_schema *schema = NULL;
    if (options->word_count != 1) {
        mm_fail(&err, MM_EARG, "schema needs one file or folder: mmtui schema SRC [-o map.proto]");
        return cli_error(&err);
    }
    int result =
        (is_folder(options->words[0]) ? mm_schema_learn : mm_schema_open)(&schema, options->words[0], &err);
    if (result == 0 && options->output)
        result = write_numbers(options, schema, &err);
    else if (result == 0)
        print_numbers(options, schema);
    mm_schema_close(schema);
    return result < 0 ? cli_error(&err) : EXIT_FINE;
}
