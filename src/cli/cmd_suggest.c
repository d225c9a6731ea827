#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/suggest_simulate.h"

/* What other settings would gain, and what of it goes into the plan. */
static int tell_advice(const struct mm_session *session, const struct cli_options *options,
                       struct mm_err *err)
{
    struct mm_advice advice;
    struct mm_buf text;
    if (mm_session_advice(session, &advice, err) < 0)
        return -1;
    mm_buf_init(&text);
    mm_report_advice(&advice, &text);
    cli_print(options, &text);
    mm_buf_done(&text);
    return 0;
}

static int write_plan(struct mm_session *session, const struct mm_suggestions *list,
                      const struct cli_options *options, struct mm_err *err)
{
    struct mm_plan *plan = mm_session_plan(session);
    if (mm_session_accept(session, list->item, list->count, NULL, err) < 0 ||
        mm_plan_save(plan, options->output, err) < 0)
        return -1;
    if (options->kind == MM_REPORT_TEXT)
        cli_print_line(options, options->output);
    return 0;
}

static int suggest(struct mm_session *session, struct cli_options *options, struct mm_err *err)
{
    struct mm_suggestions list;
    struct mm_buf text;
    if (options->plan && mm_plan_load(mm_session_plan(session), options->plan, err) < 0)
        return -1;
    const struct mm_dialect *dialect = options->dialects[0];
    options->suggest.no_half = !(dialect->precisions & MM_TAKES(MM_PRECISION_F16));
    options->suggest.each_reader = dialect->casts_each_reader;
    if (measure_all(session, err) < 0 || mm_session_suggest(session, &options->suggest, &list, err) < 0)
        return -1;
    tell_missing(session, options->plan);
    mm_buf_init(&text);
    mm_report_suggestions_as(session, &list, options->kind, &text);
    cli_print(options, &text);
    mm_buf_done(&text);
    if (options->kind == MM_REPORT_TEXT && tell_advice(session, options, err) < 0) {
        mm_suggestions_done(&list);
        return -1;
    }
    int result = options->output ? write_plan(session, &list, options, err) : 0;
    mm_suggestions_done(&list);
    return result;
}

int cmd_suggest(struct cli_options *options)
{
    return options->simulated_model ? suggest_simulated(options) : cli_two_dumps(options, suggest);
}
