#include "cli/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "views/inspector.h"
#include "ui/run.h"
#include "ui/script.h"

static struct inspector_options inspector_options(const struct cli_options *options)
{
    return (struct inspector_options){
        .app = {.ascii = cli_ascii(options), .plain = options->plain, .theme = options->theme},
        .bindings = &options->bindings,
        .bindings_source = mm_buf_text(&options->bindings_source),
        .export_folder = options->export_dir,
        .dialect = options->dialect,
        .sort = options->sort,
        .filter = options->filter};
}

/* Returns -1, 0, or the number of the signal that ended it. */
static int in_terminal(const struct cli_options *options, struct mm_session *session, struct mm_err *err)
{
    struct term_options term_options = {.colour = options->colour, .ascii = options->ascii};
    struct inspector_options with = inspector_options(options);
    struct inspector inspector;
    struct term *term = term_open(&term_options, err);
    if (!term)
        return -1;
    if (!with.app.theme)
        with.app.theme = term_has_colour(term) ? options->theme_wished : "mono";
    int result = mm_session_start(session, err);
    if (result == 0)
        result = inspector_init(&inspector, session, &with, err);
    if (result == 0) {
        result = app_run(&inspector.app, term);
        inspector_done(&inspector);
    }
    term_close(term);
    if (result > 0)
        fprintf(stderr, "mmtui: ended by signal %d\n", result);
    return result;
}

static int by_script(const struct cli_options *options, struct mm_session *session, struct mm_err *err)
{
    struct inspector_options with = inspector_options(options);
    struct inspector inspector;
    if (mm_session_start(session, err) < 0 || inspector_init(&inspector, session, &with, err) < 0)
        return -1;
    app_resize(&inspector.app, options->width, options->height);
    int result = script_run_file(&inspector.app, options->script, err);
    inspector_done(&inspector);
    return result;
}

static int as_table(const struct cli_options *options, struct mm_session *session, struct mm_err *err)
{
    if (measure_all(session, err) < 0)
        return -1;
    tell_missing(session, options->plan);
    return cli_print_layers(options, session, err);
}

static int look(struct cli_options *options, struct mm_session *session, struct mm_err *err)
{
    if (options->plan) {
        if (mm_plan_load(mm_session_plan(session), options->plan, err) < 0)
            return -1;
        mm_plan_mark_saved(mm_session_plan(session));
    }
    if (options->script)
        return by_script(options, session, err);
    if (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO))
        return in_terminal(options, session, err);
    return as_table(options, session, err);
}

/* Two dumps, or a report (options->session.dst NULL). */
static int open_session(const struct cli_options *options, struct mm_session **session, struct mm_err *err)
{
    if (options->session.dst)
        return mm_session_open(session, &options->session, err);
    return mm_session_open_report(session, options->session.src, &options->session, err);
}

int inspect(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_session *session = NULL;
    bool screen = options->script || (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO));
    options->session.headers = screen;
    options->session.triage = true;
    if (cli_model_open(options, &err) < 0 || open_session(options, &session, &err) < 0)
        return cli_error(&err);
    int result = look(options, session, &err);
    int status = cli_check(options, session);
    mm_session_close(session);
    if (result < 0)
        return cli_error(&err);
    if (result > 0)
        return EXIT_SIGNAL + result;
    return status;
}
