#include "cli/exporting.h"
#include "cli/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "views/inspector.h"
#include "ui/history_file.h"
#include "ui/run.h"
#include "ui/script.h"

/* One look after another, as long as the network is run anew. */
struct looking {
    struct cli_options *options;
    const struct inspect_runner *runner;
    struct mm_session *session;
    bool started;       /* the session was */
    struct mm_buf text; /* of the script */
    struct script script;
    struct cli_base base;
    const struct mm_config *config; /* of it, or NULL */
    char first[1024];               /* what the next inspector says at first */
    bool again;                     /* :try */
    bool quit;                      /* the user has ended it */
    struct mm_autosave *autosave;   /* NULL: an unsaved plan is not kept */
    char warning[1024];             /* why it is not, once */
    struct layers_kept kept;
};

static struct inspector_options inspector_options(const struct looking *looking)
{
    const struct cli_options *options = looking->options;
    return (struct inspector_options){
        .app = {.ascii = cli_ascii(options), .plain = options->plain, .theme = options->theme},
        .bindings = &options->bindings,
        .bindings_source = mm_buf_text(&options->bindings_source),
        .export_folder = options->export_dir,
        .dialect = options->dialects[0]->id,
        .base = looking->config,
        .version = options->version_for,
        .sort = options->sort,
        .filter = options->filter,
        .columns = options->columns,
        .column_count = options->column_count,
        .can_try = looking->runner != NULL,
        .first = looking->first,
        .autosave = looking->autosave,
        .warning = looking->warning,
        .kept = &looking->kept};
}

static int start(struct looking *looking, struct mm_err *err)
{
    if (looking->started)
        return 0;
    looking->started = true;
    return mm_session_start(looking->session, err);
}

/* What was typed is kept for the next run; where it can't be, nobody needs to know. */
static int run_with_history(struct app *app, struct term *term)
{
    char *path = history_path();
    if (path)
        history_load(app->histories, &app->actions, path);
    int result = app_run(app, term);
    if (path)
        history_save(path, &app->typed, NULL);
    free(path);
    return result;
}

/* Returns -1, 0, or the number of the signal that ended it. */
static int in_terminal(struct looking *looking, struct mm_err *err)
{
    const struct cli_options *options = looking->options;
    struct term_options term_options = {.colour = options->colour, .ascii = options->ascii};
    struct inspector_options with = inspector_options(looking);
    struct inspector inspector;
    struct term *term = term_open(&term_options, err);
    if (!term)
        return -1;
    if (!with.app.theme)
        with.app.theme = term_has_colour(term) ? options->theme_wished : "mono";
    int result = start(looking, err);
    if (result == 0)
        result = inspector_init(&inspector, looking->session, &with, err);
    if (result == 0) {
        result = run_with_history(&inspector.app, term);
        looking->quit = inspector.app.quit;
        looking->again = inspector.tries;
        inspector_keep(&inspector, &looking->kept);
        inspector_done(&inspector);
    }
    term_close(term);
    if (result > 0)
        cli_say(stderr, "mmtui: ended by signal %d\n", result);
    return result;
}

static int by_script(struct looking *looking, struct mm_err *err)
{
    const struct cli_options *options = looking->options;
    struct inspector_options with = inspector_options(looking);
    struct inspector inspector;
    if (start(looking, err) < 0 || inspector_init(&inspector, looking->session, &with, err) < 0)
        return -1;
    app_resize(&inspector.app, options->width, options->height);
    int result = script_go_on(&looking->script, &inspector.app, err);
    looking->quit = inspector.app.quit;
    looking->again = inspector.tries;
    inspector_keep(&inspector, &looking->kept);
    inspector_done(&inspector);
    return result;
}

static int as_table(struct looking *looking, struct mm_err *err)
{
    if (measure_all(looking->session, err) < 0)
        return -1;
    tell_missing(looking->session, looking->options->plan);
    return cli_print_layers(looking->options, looking->session, err);
}

/* Where an unsaved plan is kept. That it can't be is no reason not to look. */
static void open_autosave(struct looking *looking)
{
    const struct cli_options *options = looking->options;
    bool wanted =
        options->script ? options->autosave == CLI_AUTOSAVE_ALWAYS : options->autosave != CLI_AUTOSAVE_NEVER;
    struct mm_err err = {MM_EIO, "no folder for it is known: set HOME or XDG_STATE_HOME"};
    if (!options->keeps_plan || !wanted || looking->autosave)
        return;
    char *folder = mm_state_folder();
    if (!folder ||
        mm_autosave_open(&looking->autosave, folder, options->session.src, options->session.dst, &err) < 0)
        snprintf(looking->warning, sizeof looking->warning, "An unsaved plan is not kept against a crash: %s",
                 err.text);
    free(folder);
}

/* A plan that was dropped on purpose is not offered again; what a signal has ended is. */
static void close_autosave(struct looking *looking, bool keep)
{
    const struct mm_plan *plan = mm_session_plan_const(looking->session);
    if (keep && looking->autosave && mm_autosave_due(looking->autosave, plan))
        mm_autosave_write(looking->autosave, plan, NULL);
    mm_autosave_close(looking->autosave, keep);
    looking->autosave = NULL;
}

static int look(struct looking *looking, struct mm_err *err)
{
    looking->again = false;
    bool terminal = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
    if (!looking->options->script && !terminal && looking->options->session.watch)
        return mm_fail(err, MM_EARG, "--watch shows tensors as they come: it needs a terminal");
    if (!looking->options->script && !terminal)
        return as_table(looking, err);
    open_autosave(looking);
    return looking->options->script ? by_script(looking, err) : in_terminal(looking, err);
}

/* Two dumps, or a report (options->session.dst NULL). */
static int open_session(const struct cli_options *options, struct mm_session **session, struct mm_err *err)
{
    if (options->session.dst)
        return mm_session_open(session, &options->session, err);
    return mm_session_open_report(session, options->session.src, &options->session, err);
}

/* With an earlier dst, the plan is the one that dst was made with. */
static int verify_plan(struct mm_session *session, const struct cli_options *options, struct mm_err *err)
{
    bool told = options->session.before && mm_session_has(session, MM_COMPARISON_BEFORE);
    return told ? mm_session_verify(session, err) : 0;
}

static int load_plan(const struct looking *looking, struct mm_err *err)
{
    struct mm_plan *plan = mm_session_plan(looking->session);
    if (!looking->options->plan)
        return 0;
    if (mm_plan_load(plan, looking->options->plan, err) < 0)
        return -1;
    mm_plan_mark_saved(plan);
    return verify_plan(looking->session, looking->options, err);
}

static int read_script(struct looking *looking, struct mm_err *err)
{
    const char *path = looking->options->script;
    return path ? script_read(&looking->script, path, &looking->text, err) : 0;
}

/* ---- :try ---- */

/* The overrides and settings of one plan in another one, which is empty. */
static int copy_plan(const struct mm_plan *from, struct mm_plan *to, struct mm_err *err)
{
    size_t settings;
    const struct mm_setting *setting = mm_settings(&settings);
    int result = 0;
    mm_plan_begin(to, "the plan that was tried");
    for (size_t i = 0; i < mm_plan_count(from) && result == 0; i++)
        result = mm_plan_set(to, mm_plan_at(from, i), err);
    for (size_t i = 0; i < settings && result == 0; i++) {
        const char *value = mm_plan_setting(from, setting[i].key);
        if (value)
            result = mm_plan_set_setting(to, setting[i].key, value, err);
    }
    mm_plan_commit(to);
    if (!mm_plan_unsaved(from))
        mm_plan_mark_saved(to);
    return result;
}

/* Another session in place of this one, which stays where the run fails; the next inspector says why. */
static void run_again(struct looking *looking)
{
    struct mm_err err = {0};
    struct mm_session *next = NULL;
    const struct mm_plan *plan = mm_session_plan_const(looking->session);
    int result = looking->runner->run(looking->runner->context, looking->options, plan, &err);
    if (result == 0)
        result = open_session(looking->options, &next, &err);
    if (result == 0)
        result = copy_plan(plan, mm_session_plan(next), &err);
    if (result == 0)
        result = verify_plan(next, looking->options, &err);
    if (result < 0) {
        mm_format(looking->first, sizeof looking->first, "Not tried: %s", err.text);
        mm_session_close(next);
        return;
    }
    mm_format(looking->first, sizeof looking->first,
              "Tried the plan (%zu override%s%s): columns before, change and applied tell what it changed",
              mm_plan_count(plan), mm_plan_count(plan) == 1 ? "" : "s", looking->runner->note);
    mm_session_close(looking->session);
    looking->session = next;
    looking->started = false;
}

static int look_as_often(struct looking *looking, struct mm_err *err)
{
    int result = look(looking, err);
    while (result == 0 && looking->again) {
        run_again(looking);
        result = look(looking, err);
    }
    return result;
}

bool inspect_has_terminal(const struct cli_options *options)
{
    return !options->script && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
}

int inspect(struct cli_options *options, const struct inspect_runner *runner)
{
    struct mm_err err = {0};
    struct looking looking = {.options = options, .runner = runner};
    options->session.headers = options->script || inspect_has_terminal(options);
    options->session.triage = true;
    if (runner && runner->first)
        snprintf(looking.first, sizeof looking.first, "%s", runner->first);
    looking.config = cli_base_open(&looking.base, options, &err);
    if ((options->base && !looking.config) || cli_model_open(options, &err) < 0 ||
        open_session(options, &looking.session, &err) < 0) {
        cli_base_done(&looking.base);
        return cli_error(&err);
    }
    int result = load_plan(&looking, &err);
    if (result == 0)
        result = read_script(&looking, &err);
    if (result == 0)
        result = look_as_often(&looking, &err);
    int status = cli_check(options, looking.session);
    close_autosave(&looking, !looking.quit);
    mm_session_close(looking.session);
    mm_buf_done(&looking.text);
    cli_base_done(&looking.base);
    if (result < 0)
        return cli_error(&err);
    if (result > 0)
        return EXIT_SIGNAL + result;
    return status;
}
