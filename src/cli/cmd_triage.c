#include "cli/commands.h"
#include "cli/progress.h"

static int triage(struct mm_session *session, struct cli_options *options, struct mm_err *err)
{
    struct mm_buf text;
    if (measure_all(session, err) < 0)
        return -1;
    mm_buf_init(&text);
    int result =
        options->json ? mm_report_triage_json(session, &text, err) : mm_report_triage(session, &text, err);
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
