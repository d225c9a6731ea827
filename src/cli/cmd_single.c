/* The vendor tool's command `single`: one tensor against one other, with a line for each element beyond. */
#include <stdio.h>

#include "cli/commands.h"

static void print_count(const struct cli_options *options, int64_t beyond)
{
    struct mm_buf line = {0};
    mm_buf_printf(&line, "%lld element%s beyond", (long long)beyond, beyond == 1 ? "" : "s");
    cli_print_line(options, options->output);
    cli_print_line(options, mm_buf_text(&line));
    mm_buf_done(&line);
}

static int single(struct cli_options *options, int64_t *beyond, struct mm_err *err)
{
    struct mm_buf text = {0}, numbers = {0};
    options->single.layout = options->axes.kind == MM_AXIS_NONE ? NULL : &options->axes;
    options->single.schema = options->schema;
    options->single.remotes = options->remotes;
    options->single.numbers = &numbers;
    options->single.vendor = options->session.vendor_exact;
    int result =
        mm_report_single(options->session.src, options->session.dst, &options->single, &text, beyond, err);
    options->single.numbers = NULL;
    cli_note(&numbers);
    if (result == 0 && options->output)
        result = mm_file_write(options->output, text.data, text.length, err);
    else if (result == 0)
        cli_print(options, &text);
    mm_buf_done(&text);
    return result;
}

int cmd_single(struct cli_options *options)
{
    struct mm_err err = {0};
    int64_t beyond = 0;
    if (options->word_count == 1 || !cli_take_dumps(options)) {
        mm_fail(&err, MM_EARG, "single needs two files with one tensor each: SRC DST, or -s SRC -d DST");
        return cli_error(&err);
    }
    if (single(options, &beyond, &err) < 0)
        return cli_error(&err);
    if (options->output)
        print_count(options, beyond);
    return options->fail && beyond > 0 ? EXIT_OVER : EXIT_FINE;
}
