#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/progress.h"

/* What other settings would buy, and what of it goes into the plan. */
static int tell_advice(const struct mm_session *session, bool ascii, struct mm_err *err)
{
    struct mm_advice advice;
    struct mm_buf text;
    if (mm_session_advice(session, &advice, err) < 0)
        return -1;
    mm_buf_init(&text);
    mm_report_advice(&advice, &text);
    cli_print(&text, ascii);
    mm_buf_done(&text);
    return 0;
}

static int write_plan(struct mm_session *session, const struct mm_suggestions *list, const char *path,
                      struct mm_err *err)
{
    struct mm_plan *plan = mm_session_plan(session);
    if (mm_session_accept(session, list->item, list->count, NULL, err) < 0 ||
        mm_session_advise(session, NULL, err) < 0 || mm_plan_save(plan, path, err) < 0)
        return -1;
    cli_print_line(path);
    return 0;
}

static int suggest(struct mm_session *session, const struct cli_options *options, struct mm_err *err)
{
    struct mm_suggestions list;
    struct mm_buf text;
    if (options->plan && mm_plan_load(mm_session_plan(session), options->plan, err) < 0)
        return -1;
    if (measure_all(session, err) < 0 || mm_session_suggest(session, &options->suggest, &list, err) < 0)
        return -1;
    mm_buf_init(&text);
    mm_report_suggestions(session, &list, &text);
    cli_print(&text, options->ascii || !term_locale_utf8());
    mm_buf_done(&text);
    if (tell_advice(session, options->ascii || !term_locale_utf8(), err) < 0) {
        mm_suggestions_done(&list);
        return -1;
    }
    int result = options->output ? write_plan(session, &list, options->output, err) : 0;
    mm_suggestions_done(&list);
    return result;
}

int cmd_suggest(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_session *session = NULL;
    if (options->word_count != 2) {
        mm_fail(&err, MM_EARG, "two folders are needed: mmtui suggest SRC DST -o overrides.json");
        return cli_error(&err);
    }
    options->session.src = options->words[0];
    options->session.dst = options->words[1];
    options->session.triage = true;
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int result = cli_model_open(options, &err);
    if (result == 0)
        result = mm_session_open(&session, &options->session, &err);
    if (result == 0)
        result = suggest(session, options, &err);
    mm_session_close(session);
    free(cache);
    return result < 0 ? cli_error(&err) : EXIT_FINE;
}
