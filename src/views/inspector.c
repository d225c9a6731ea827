#include "views/inspector.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "mmtui/report.h"
#include "views/layers_view.h"
#include "views/plan_view.h"
#include "views/suggest.h"
#include "views/source_view.h"
#include "views/unsaved.h"
#include "views/watching.h"

#define UNSAVED "* not saved"

struct inspector *inspector_of(struct app *app)
{
    return app->hooks.context;
}

const struct inspector *inspector_of_const(const struct app *app)
{
    return app->hooks.context;
}

/* ---- hooks ---- */

/* Once all headers are read: how many tensors hold raw integers, and where their scales are from. */
static void say_raw(struct inspector *inspector)
{
    struct mm_session_totals totals;
    struct mm_buf text = {0};
    mm_session_totals(inspector->session, &totals);
    if (inspector->told_raw || totals.measured < totals.layers)
        return;
    inspector->told_raw = true;
    mm_session_raw_text(inspector->session, &text);
    if (text.length)
        app_say(&inspector->app, ROLE_WARN, "%s", mm_buf_text(&text));
    mm_buf_done(&text);
}

static void say_replayed(struct inspector *inspector)
{
    struct mm_buf text = {0};
    if (inspector->told_replay)
        return;
    mm_session_replay_line(inspector->session, &text);
    inspector->told_replay = text.length > 0;
    if (text.length)
        app_say(&inspector->app, ROLE_STATUS, "%s", mm_buf_text(&text));
    mm_buf_done(&text);
}

static bool ready(void *context)
{
    struct inspector *inspector = context;
    bool changed = mm_session_apply(inspector->session) > 0;
    if (changed) {
        say_raw(inspector);
        say_replayed(inspector);
        watching_say(inspector);
    }
    return changed;
}

static bool busy(void *context)
{
    struct inspector *inspector = context;
    struct mm_session_totals totals;
    mm_session_totals(inspector->session, &totals);
    return totals.measured < totals.layers || totals.analysing;
}

static double due(void *context)
{
    const struct inspector *inspector = context;
    double unsaved = unsaved_due(inspector), watched = mm_session_watch_due(inspector->session);
    return unsaved < watched ? unsaved : watched;
}

static int outside_fd(void *context)
{
    const struct inspector *inspector = context;
    return mm_session_watch_fd(inspector->session);
}

static bool tick(void *context)
{
    unsaved_tick(context);
    return watching_take(context, false);
}

/* What came in may make a view ask for more (a histogram of what is selected now), a few times at most. */
static void settle(void *context)
{
    struct inspector *inspector = context;
    if (watching_take(inspector, true))
        app_changed(&inspector->app);
    for (int i = 0; i < 8; i++) {
        mm_session_finish(inspector->session, NULL, NULL);
        say_raw(inspector);
        say_replayed(inspector);
        watching_say(inspector);
        app_changed(&inspector->app);
        if (mm_session_idle(inspector->session))
            break;
    }
}

static const char *unsaved(void *context)
{
    struct inspector *inspector = context;
    const struct mm_plan *plan = mm_session_plan_const(inspector->session);
    bool choices = mm_plan_unsaved(plan), pairs = mm_plan_pairs_unsaved(plan);
    return choices && pairs ? "Plan and pairs not saved. Quit anyway?"
           : choices        ? "Plan not saved. Quit anyway?"
           : pairs          ? "Hand-made pairs not saved. Quit anyway?"
                            : NULL;
}

/* ---- actions of every screen ---- */

const char *inspector_key(const struct app *app, int action, struct mm_buf *keys)
{
    mm_buf_clear(keys);
    return keymap_keys(&app->keymap, action, 1, keys) ? mm_buf_text(keys)
                                                      : action_info(&app->actions, action)->name;
}

void inspector_follow(struct inspector *inspector)
{
    inspector->app.hooks.fd = mm_session_fd(inspector->session);
    mm_session_apply(inspector->session); /* where all is known already nothing else would wake */
}

bool inspector_pair_again(struct inspector *inspector)
{
    struct mm_err err;
    bool again;
    int result = mm_session_pair_again(inspector->session, &again, &err);
    if (result < 0)
        app_say_err(&inspector->app, &err);
    if (again)
        inspector_follow(inspector);
    return result == 0;
}

static void act_undo(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    bool undo = event->id == ACT_UNDO;
    const char *label = undo ? mm_plan_undo(mm_session_plan(inspector->session))
                             : mm_plan_redo(mm_session_plan(inspector->session));
    if (!label) {
        app_say(app, ROLE_STATUS, "Nothing to %s", undo ? "undo" : "redo");
        return;
    }
    struct mm_buf keys;
    mm_buf_init(&keys);
    if (inspector_pair_again(inspector))
        app_say(app, ROLE_STATUS, "%s: %s (%s %s)", undo ? "Undone" : "Redone", label,
                inspector_key(app, undo ? ACT_REDO : ACT_UNDO, &keys), undo ? "redoes it" : "undoes it");
    mm_buf_done(&keys);
    app_changed(app);
}

struct mm_export inspector_plan(const struct inspector *inspector)
{
    return (struct mm_export){.dialect = inspector->dialect,
                              .plan = mm_session_plan_const(inspector->session),
                              .graph = mm_session_options(inspector->session)->graph,
                              .base = inspector->base,
                              .version = inspector->version};
}

/* What a runtime can't be told is left out: say that there is something. */
static void say_written(struct app *app, const struct mm_export *export, const char *folder)
{
    struct mm_buf limits;
    mm_buf_init(&limits);
    mm_export_limits(export, &limits);
    size_t n = mm_export_count(export), all = mm_plan_count(export->plan);
    const char *title = export->dialect->title;
    if (n < all)
        app_say(app, ROLE_WARN, "Wrote %zu of %zu overrides for %s to %s; it can't express the others", n,
                all, title, folder);
    else
        app_say(app, ROLE_STATUS, "Wrote %zu %s for %s to %s%s", n, n == 1 ? "override" : "overrides", title,
                folder, limits.length ? "; the plan screen says what is left out" : "");
    mm_buf_done(&limits);
}

/* Does lint call something an error? It stops the first attempt, and is said; the next one of the same plan writes. */
static bool is_refused(struct inspector *inspector, const struct mm_export *export)
{
    struct mm_problems problems = {0};
    mm_lint(export, &problems);
    size_t errors = problems.by_severity[MM_SEVERITY_ERROR];
    uint64_t now = mm_plan_revision(export->plan) + 1;
    bool again = inspector->refused == now && inspector->refused_for == export->dialect;
    inspector->refused = errors ? now : 0;
    inspector->refused_for = export->dialect;
    mm_problems_done(&problems);
    if (errors && !again)
        app_say(&inspector->app, ROLE_ERROR,
                "%zu %s that the plan screen names: nothing written; once more writes in spite of that",
                errors, errors == 1 ? "error" : "errors");
    return errors && !again;
}

void inspector_write(struct inspector *inspector)
{
    struct app *app = &inspector->app;
    struct mm_export export = inspector_plan(inspector);
    struct mm_err err;
    if (is_refused(inspector, &export))
        return;
    if (mm_export_write(&export, inspector->export_folder, &err) < 0) {
        app_say_err(app, &err);
        return;
    }
    mm_plan_mark_saved(mm_session_plan(inspector->session));
    say_written(app, &export, inspector->export_folder);
    app_changed(app);
}

static void act_export(struct inspector *inspector, const struct action_event *event)
{
    if (event->text && event->text[0]) {
        snprintf(inspector->folder_text, sizeof inspector->folder_text, "%s", event->text);
        inspector->export_folder = inspector->folder_text;
    }
    inspector_write(inspector);
}

/* The runtime to write for. */
static void act_to(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_err err;
    const struct mm_dialect *found = mm_dialect_get(event->text ? event->text : "", &err);
    if (!found) {
        app_say_err(app, &err);
        return;
    }
    inspector->dialect = found;
    app_say(app, ROLE_STATUS, "The plan is for %s now", found->title);
    app_changed(app);
}

static void act_to_menu(struct inspector *inspector, const struct action_event *event)
{
    (void)event;
    static const char letters[] = "123456789abcdefhilmnoprstuvwxyz"; /* without those that move in a menu */
    int count = 0, current = 0;
    const struct mm_dialect *dialect;
    for (; count < (int)MM_COUNT(inspector->runtimes) && (dialect = mm_dialect_at((size_t)count)); count++) {
        current = dialect == inspector->dialect ? count : current;
        inspector->runtimes[count] = (struct menu_item){letters[count], dialect->title, dialect->id};
    }
    app_menu(&inspector->app, ACT_TO, "Runtime to write for", inspector->runtimes, count, current);
}

static void act_plan(struct inspector *inspector, const struct action_event *event)
{
    (void)event;
    app_push_take(&inspector->app, plan_view_open(&inspector->app));
}

/* "0.05", "diff1 0.1" */
static bool read_threshold(const char *text, struct mm_thresholds *thresholds)
{
    char metric[16];
    double value;
    int used = 0;
    if (mm_parse_double(text, &value)) {
        if (!(value >= 0))
            return false;
        thresholds->diff1 = thresholds->diff2 = value;
        return true;
    }
    if (sscanf(text, "%15s %n", metric, &used) != 1 || !mm_parse_double(text + used, &value) || !(value >= 0))
        return false;
    double *slot = strcmp(metric, "diff1") == 0   ? &thresholds->diff1
                   : strcmp(metric, "diff2") == 0 ? &thresholds->diff2
                                                  : NULL;
    if (slot)
        *slot = value;
    return slot;
}

static void act_threshold(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_thresholds thresholds = mm_session_options(inspector->session)->thresholds;
    if (!event->text || !read_threshold(event->text, &thresholds)) {
        app_say(app, ROLE_ERROR,
                "A threshold is a number, or diff1 or diff2 and a number (:threshold diff2 0.02)");
        return;
    }
    mm_session_set_thresholds(inspector->session, &thresholds);
    struct mm_session_totals totals;
    mm_session_totals(inspector->session, &totals);
    char a[MM_NUM], b[MM_NUM];
    app_say(app, ROLE_STATUS, "Thresholds: diff1 %s, diff2 %s; layers over: %zu",
            mm_num_short(a, thresholds.diff1, 4), mm_num_short(b, thresholds.diff2, 4), totals.bad);
    app_changed(app);
}

/* The setting that is meant: its whole key, or a beginning that only one has. */
static const struct mm_setting *setting_of(const char *text)
{
    size_t count, hits = 0, length = strlen(text);
    const struct mm_setting *settings = mm_settings(&count), *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(settings[i].key, text) == 0)
            return &settings[i];
        if (length && strncmp(settings[i].key, text, length) == 0) {
            found = &settings[i];
            hits++;
        }
    }
    return hits == 1 ? found : NULL;
}

/* "KEY VALUE"; an empty value clears. */
static void act_set(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_plan *plan = mm_session_plan(inspector->session);
    char key[80] = "", value[80] = "", label[200];
    struct mm_err err;
    int words = event->text ? sscanf(event->text, "%79s %79s", key, value) : 0;
    const struct mm_setting *setting = words > 0 ? setting_of(key) : NULL;
    mm_format(label, sizeof label, "%s %s", setting ? setting->key : key, value[0] ? value : "not set");
    mm_plan_begin(plan, label);
    int result = mm_plan_set_setting(plan, setting ? setting->key : key, value, &err);
    mm_plan_commit(plan);
    if (result < 0)
        app_say_err(app, &err);
    else
        app_say(app, ROLE_STATUS, "%s (u undoes it)", label);
    app_changed(app);
}

static void act_reload(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_err err;
    size_t count;
    (void)event;
    if (mm_session_reload(inspector->session, &count, &err) < 0)
        app_say_err(app, &err);
    else if (count == 0)
        app_say(app, ROLE_STATUS, "No file has changed since it was measured");
    else
        app_say(app, ROLE_STATUS, "%zu changed %s measured again", count,
                count == 1 ? "layer is" : "layers are");
    app_changed(app);
}

static void act_replay(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_err err;
    (void)event;
    if (mm_session_replay(inspector->session, &err) < 0)
        app_say_err(app, &err);
    else if (!mm_session_triaged(inspector->session))
        app_say(app, ROLE_STATUS, "Operators are run with dst's own inputs; the verdicts follow");
    inspector->told_replay = false;
    app_changed(app);
}

/* What was paired by hand, for --map. */
static void act_pairs(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_plan *plan = mm_session_plan(inspector->session);
    size_t count = mm_plan_pairs(plan).count;
    struct mm_err err;
    if (count == 0 && !mm_plan_pairs_unsaved(plan)) {
        app_say(app, ROLE_STATUS, "Nothing was paired by hand: there is nothing to write");
    } else if (mm_plan_pairs_save(plan, event->text, &err) < 0) {
        app_say_err(app, &err);
    } else {
        mm_plan_mark_pairs_saved(plan);
        app_say(app, ROLE_STATUS, "Wrote %zu %s to %s: --map %s pairs so again", count,
                count == 1 ? "line" : "lines", event->text, event->text);
    }
    app_changed(app);
}

static void act_source(struct inspector *inspector, const struct action_event *event)
{
    (void)event;
    app_push_take(&inspector->app, source_view_open(&inspector->app));
}

/* The plan is not lost: it goes into the run, and on to the next inspector. */
static void act_try(struct inspector *inspector, const struct action_event *event)
{
    (void)event;
    if (!inspector->can_try) {
        app_say(
            &inspector->app, ROLE_WARN,
            "Nothing can be run here: mmtui try MODEL.onnx -i INPUT --precision-mode MODE opens a network "
            "that can");
        return;
    }
    inspector->tries = true;
    inspector->app.quit = true;
}

static const struct {
    int id;
    void (*run)(struct inspector *inspector, const struct action_event *event);
} answers[] = {
    {ACT_UNDO, act_undo},
    {ACT_REDO, act_undo},
    {ACT_EXPORT, act_export},
    {ACT_PLAN, act_plan},
    {ACT_THRESHOLD, act_threshold},
    {ACT_SET, act_set},
    {ACT_TO, act_to},
    {ACT_TO_MENU, act_to_menu},
    {ACT_SUGGEST, suggest_preview},
    {ACT_RELOAD, act_reload},
    {ACT_ACCEPT, suggest_accept},
    {ACT_PAIRS, act_pairs},
    {ACT_SOURCE, act_source},
    {ACT_TRY, act_try},
    {ACT_REPLAY, act_replay},
    {ACT_RESTORE, unsaved_act},
    {ACT_WATCH, watching_act},
};

static bool act(void *context, struct app *app, const struct action_event *event)
{
    (void)app;
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(context, event);
            return true;
        }
    }
    return false;
}

/* ---- the status row ---- */

static bool is_unsaved(const struct app *app)
{
    const struct mm_plan *plan = mm_session_plan_const(app->session);
    return mm_plan_unsaved(plan) || mm_plan_pairs_unsaved(plan);
}

int inspector_status_room(const struct app *app, int w)
{
    int room = w - 2 - (is_unsaved(app) ? mm_text_width(mm_tr(UNSAVED)) + 2 : 0);
    return room > 0 ? room : 0;
}

void inspector_status(const struct app *app, struct canvas *c, enum role role, const char *text)
{
    if (is_unsaved(app))
        canvas_text(c, c->w - 1 - mm_text_width(mm_tr(UNSAVED)), 0, -1, ROLE_STATUS_UNSAVED, UNSAVED);
    canvas_fill(c, 1, 0, inspector_status_room(app, c->w), 1, role);
    text_fit_sentence(c, 1, 0, inspector_status_room(app, c->w), role, text, app->glyphs);
}

/* ---- life ---- */

static int start_app(struct inspector *inspector, const struct app_options *options, struct mm_err *err)
{
    struct app_hooks hooks = {.context = inspector,
                              .sections = inspector->actions.section,
                              .section_count = SCREEN_SECTIONS,
                              .fd = mm_session_fd(inspector->session),
                              .ready = ready,
                              .busy = busy,
                              .settle = settle,
                              .outside_fd = outside_fd,
                              .due = due,
                              .tick = tick,
                              .unsaved = unsaved,
                              .act = act};
    if (screen_actions_init(&inspector->actions, err) < 0)
        return -1;
    int result = app_init(&inspector->app, inspector->session, options, &hooks, err);
    if (result < 0)
        screen_actions_done(&inspector->actions);
    return result;
}

static int bind_keys(struct inspector *inspector, const struct inspector_options *options, struct mm_err *err)
{
    if (!options->bindings)
        return 0;
    return keymap_parse(&inspector->app.keymap, options->bindings_source, mm_buf_text(options->bindings),
                        options->bindings->length, err);
}

static int open_layers(struct inspector *inspector, const struct inspector_options *options,
                       struct mm_err *err)
{
    struct column_choice columns;
    column_choice_set(&columns, options->columns, options->column_count);
    struct view *layers = layers_view_open(&inspector->app, options->sort, options->filter, &columns, err);
    if (!layers || app_push_take(&inspector->app, layers) < 0)
        return -1;
    inspector->layers = layers;
    if (options->kept)
        layers_view_restore(layers, &inspector->app, options->kept);
    return 0;
}

void inspector_keep(const struct inspector *inspector, struct layers_kept *kept)
{
    layers_view_keep(inspector->layers, &inspector->app, kept);
}

/* What one should know before one reads the list. */
static void say_at_first(struct app *app, const struct mm_session *session)
{
    if (mm_session_notice(session))
        app_say(app, ROLE_WARN, "%s", mm_session_notice(session));
    else if (mm_session_order(session) == MM_ORDER_UNKNOWN)
        app_say(app, ROLE_WARN, "%s", verdict_no_order);
    else if (mm_session_order(session) == MM_ORDER_TIMES)
        app_say(app, ROLE_WARN, "%s", mm_order_source_text(MM_ORDER_TIMES));
}

int inspector_init(struct inspector *inspector, struct mm_session *session,
                   const struct inspector_options *options, struct mm_err *err)
{
    *inspector = (struct inspector){
        .session = session, .export_folder = options->export_folder, .can_try = options->can_try};
    inspector->base = options->base;
    inspector->version = options->version;
    inspector->dialect = mm_dialect_get(options->dialect, err);
    if (!inspector->dialect)
        return -1;
    if (start_app(inspector, &options->app, err) < 0)
        return -1;
    if (bind_keys(inspector, options, err) < 0 || open_layers(inspector, options, err) < 0) {
        inspector_done(inspector);
        return -1;
    }
    inspector->autosave = options->autosave;
    watching_begin(inspector);
    if (options->warning && *options->warning)
        app_say(&inspector->app, ROLE_WARN, "%s", options->warning);
    else if (options->first && *options->first)
        app_say(&inspector->app, ROLE_STATUS, "%s", options->first);
    else
        say_at_first(&inspector->app, session);
    unsaved_offer(inspector);
    return 0;
}

void inspector_done(struct inspector *inspector)
{
    app_done(&inspector->app);
    screen_actions_done(&inspector->actions);
}
