/* `mmtui verify`: did a plan take effect, what did it bring, what got worse? */
#include "cli/commands.h"
#include "cli/progress.h"

static int load(struct mm_session *session, const struct cli_options *options, struct mm_err *err)
{
    const struct mm_plan *plan = mm_session_plan_const(session);
    if (mm_plan_load(mm_session_plan(session), options->plan, err) < 0)
        return -1;
    if (mm_plan_count(plan) == 0)
        return mm_fail(err, MM_EARG, "%s: the plan has no overrides, so that there is nothing to verify",
                       options->plan);
    return mm_session_verify(session, err);
}

static int verify(struct mm_session *session, struct cli_options *options, struct mm_err *err)
{
    struct mm_proof proof;
    struct mm_buf text;
    if (load(session, options, err) < 0 || measure_all(session, err) < 0)
        return -1;
    mm_buf_init(&text);
    int result = mm_report_verify(session, options->json ? MM_REPORT_JSON : options->kind, &text, err);
    if (result == 0 && options->output)
        result = mm_file_write(options->output, text.data, text.length, err);
    else if (result == 0)
        cli_print(options, &text);
    if (result == 0 && options->output)
        cli_print_line(options, options->output);
    mm_buf_done(&text);
    options->unproven = !mm_session_proof(session, &proof) || !proof.proven;
    return result;
}

int cmd_verify(struct cli_options *options)
{
    struct mm_err err = {0};
    if (!options->plan || !options->session.before) {
        mm_fail(&err, MM_EARG,
                "verify needs the plan and the dump from before it: mmtui verify --plan FILE --before "
                "OLD_DST SRC "
                "NEW_DST");
        return cli_error(&err);
    }
    int status = cli_two_dumps(options, verify);
    return status == EXIT_FINE && options->unproven ? EXIT_OVER : status;
}
