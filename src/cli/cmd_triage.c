#include "cli/commands.h"
#include "cli/progress.h"

#define COLUMNS_LEAST 30 /* less would be a word a line */

/* Of what is printed: a narrow terminal's. */
static int columns_of(const struct cli_options *options)
{
    int width = options->output ? 0 : cli_terminal_width();
    return width >= COLUMNS_LEAST && width < MM_TRIAGE_COLUMNS ? width : MM_TRIAGE_COLUMNS;
}

static int write(const struct mm_session *session, const struct cli_options *options, struct mm_buf *out,
                 struct mm_err *err)
{
    if (options->json || options->kind == MM_REPORT_JSON)
        return mm_report_triage_json(session, out, err);
    if (options->kind == MM_REPORT_TEXT)
        return mm_report_triage(session, columns_of(options), out, err);
    return cli_layers(options, session, "mmtui triage", out, err);
}

static int triage(struct mm_session *session, struct cli_options *options, struct mm_err *err)
{
    struct mm_buf text;
    if (measure_all(session, err) < 0)
        return -1;
    mm_buf_init(&text);
    int result = write(session, options, &text, err);
    if (result == 0 && options->output)
        result = mm_file_write(options->output, text.data, text.length, err);
    else if (result == 0)
        cli_print(options, &text);
    if (result == 0 && options->output)
        cli_print_line(options, options->output);
    mm_buf_done(&text);
    return result;
}

int cmd_triage(struct cli_options *options)
{
    return cli_two_dumps(options, triage);
}
