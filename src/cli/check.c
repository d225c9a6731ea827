/* What --fail, --fail-if and --baseline decide: the exit status of a comparison. */
#include <stdio.h>

#include "cli/commands.h"

static void say(const char *before, const char *text)
{
    fflush(stdout);
    cli_say(stderr, "mmtui: %s%s\n", before, text);
}

/* Was enough compared for a check to mean something? */
static int check_covered(const struct cli_options *options, const struct mm_session *session)
{
    struct mm_buf why = {0};
    bool covers = mm_session_covers(session, options->min_paired, &why);
    if (!covers)
        say("--fail: ", mm_buf_text(&why));
    mm_buf_done(&why);
    return covers ? EXIT_FINE : EXIT_OVER;
}

static int check_bad(const struct cli_options *options, const struct mm_session *session)
{
    struct mm_session_totals totals;
    (void)options;
    mm_session_totals(session, &totals);
    return totals.bad ? EXIT_OVER : EXIT_FINE;
}

/* --fail-if: layers that a filter lets through. */
static int check_filter(const struct cli_options *options, const struct mm_session *session)
{
    struct mm_filter *filter = NULL;
    struct mm_err err;
    struct mm_buf text = {0};
    size_t count = 0;
    if (mm_filter_open(&filter, options->fail_if, &err) < 0)
        return cli_error(&err);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        if (!mm_filter_match(filter, session, id))
            continue;
        if (count++ == 0)
            mm_report_layer(session, id, &text);
    }
    mm_filter_close(filter);
    struct mm_buf line = {0};
    mm_buf_printf(&line, "%s holds for %zu %s, first %s", options->fail_if, count,
                  count == 1 ? "layer" : "layers", mm_buf_text(&text));
    if (count)
        say("--fail-if: ", mm_buf_text(&line));
    mm_buf_done(&line);
    mm_buf_done(&text);
    return count ? EXIT_OVER : EXIT_FINE;
}

static int check_baseline(const struct cli_options *options, const struct mm_session *session)
{
    struct mm_buf text = {0};
    struct mm_err err;
    size_t worse = 0;
    int result = mm_report_baseline(session, options->baseline, &text, &worse, &err);
    if (result == 0) {
        fflush(stdout);
        fputs(mm_buf_text(&text), stderr);
    }
    mm_buf_done(&text);
    if (result < 0)
        return cli_error(&err);
    return worse ? EXIT_OVER : EXIT_FINE;
}

/* What could not be looked at may be the very layer that was asked for. */
static int check_analysed(const struct cli_options *options, const struct mm_session *session)
{
    const char *why;
    size_t count = mm_session_unanalysed(session, &why);
    if (count == 0 || options->remote.figures_only) /* then it was said before that nothing would be */
        return EXIT_FINE;
    fflush(stdout);
    cli_say(stderr, "mmtui: %zu of %zu layers could not be analysed: %s\n", count, mm_session_count(session),
            why);
    return EXIT_ERROR;
}

int cli_check(const struct cli_options *options, const struct mm_session *session)
{
    /* against a baseline only what got worse counts */
    const struct {
        bool asked;
        int (*check)(const struct cli_options *options, const struct mm_session *session);
    } checks[] = {
        {options->fail && !options->baseline, check_bad},
        {options->fail || options->fail_if || options->baseline, check_covered},
        {options->fail_if != NULL, check_filter},
        {options->baseline != NULL, check_baseline},
    };
    int status = check_analysed(options, session);
    for (size_t i = 0; i < MM_COUNT(checks); i++) {
        int this = checks[i].asked ? checks[i].check(options, session) : EXIT_FINE;
        status = this > status ? this : status; /* an error is more than a layer that is over */
    }
    return status;
}
