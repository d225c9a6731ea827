#include "cli/commands.h"
#include "cli/progress.h"

static int write(const struct mm_session *session, const struct cli_options *options, struct mm_buf *out,
                 struct mm_err *err)
{
    if (options->json || options->kind == MM_REPORT_JSON)
        return mm_report_triage_json(session, out, err);
    if (options->kind == MM_REPORT_TEXT)
        return mm_report_triage(session, out, err);
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
