#include "views/suggest.h"

#include <stdio.h>

#include "mmtui/report.h"

/* ---- words ---- */

bool suggest_badge(const struct app *app, size_t id, char text[16], enum role *role)
{
    bool marked;
    const struct mm_suggestion *item = mm_session_suggestion(app->session, id, &marked);
    if (!item)
        return false;
    snprintf(text, 16, "%s%s", marked ? app->glyphs->suggest : "-",
             mm_precision_info(mm_suggestion_precision(item))->badge);
    *role = marked ? ROLE_BADGE_SUGGEST : ROLE_DIM;
    return true;
}

void suggest_line(const struct app *app, size_t id, struct mm_buf *out)
{
    bool marked;
    const struct mm_suggestion *item = mm_session_suggestion(app->session, id, &marked);
    if (!item)
        return;
    mm_buf_printf(out, "%s%s: %s", marked ? "Suggested " : "Left out: ",
                  mm_precision_info(mm_suggestion_precision(item))->name, item->text);
}

/* "3 suggested: output error ... (A accepts, - leaves one out, Esc drops them)" */
static void say_found(struct app *app)
{
    const struct mm_suggestions *list = mm_session_suggestions(app->session);
    struct mm_buf text, accept, toggle, drop;
    mm_buf_init(&text);
    mm_buf_init(&accept);
    mm_buf_init(&toggle);
    mm_buf_init(&drop);
    mm_report_suggestion_summary(list, &text);
    if (list->count == 0)
        app_say(app, ROLE_STATUS, "Suggested: %s", mm_buf_text(&text));
    else
        app_say(app, ROLE_STATUS, "%zu suggested: %s (%s accepts, %s leaves one out, %s drops them)",
                list->count, mm_buf_text(&text), inspector_key(app, ACT_ACCEPT, &accept),
                inspector_key(app, ACT_SUGGEST_TOGGLE, &toggle), inspector_key(app, ACT_ESCAPE, &drop));
    mm_buf_done(&text);
    mm_buf_done(&accept);
    mm_buf_done(&toggle);
    mm_buf_done(&drop);
}

/* Did settings come along with the operators? */
static bool any_advised(const struct app *app)
{
    struct mm_advice advice;
    struct mm_advice_setting setting[MM_ADVICE_COUNT];
    return mm_session_advice(app->session, &advice, NULL) == 0 && mm_advice_settings(&advice, setting) > 0;
}

static void say_accepted(struct app *app, size_t changed)
{
    struct mm_buf undo, plan;
    bool settings = any_advised(app);
    mm_buf_init(&undo);
    mm_buf_init(&plan);
    if (changed == 0)
        app_say(app, ROLE_STATUS, "The plan has %s already (%s shows it)",
                settings ? "all of this" : "these overrides", inspector_key(app, ACT_PLAN, &plan));
    else
        app_say(app, ROLE_STATUS, "Added %zu %s%s to the plan (%s undoes it, %s shows the plan)", changed,
                settings ? "overrides and settings" : "override", settings || changed == 1 ? "" : "s",
                inspector_key(app, ACT_UNDO, &undo), inspector_key(app, ACT_PLAN, &plan));
    mm_buf_done(&undo);
    mm_buf_done(&plan);
}

/* `format` has one %s, for the key of an action. */
static void say_with_key(struct app *app, const char *format, int action)
{
    struct mm_buf key;
    mm_buf_init(&key);
    app_say(app, ROLE_STATUS, format, inspector_key(app, action, &key));
    mm_buf_done(&key);
}

/* ---- actions ---- */

void suggest_preview(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_suggest_options options;
    struct mm_err err;
    int result = mm_suggest_parse(event->text ? event->text : "", &options, &err);
    options.no_half = !(inspector->dialect->precisions & MM_TAKES(MM_PRECISION_F16));
    options.each_reader = inspector->dialect->casts_each_reader;
    if (result < 0 || mm_session_preview(inspector->session, &options, &err) < 0) {
        app_say_err(app, &err);
        return;
    }
    say_found(app);
    app_changed(app);
}

void suggest_accept(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_err err;
    size_t changed;
    (void)event;
    size_t found = mm_session_suggestions(inspector->session)->count;
    if (!mm_session_previewed(inspector->session))
        say_with_key(app, "There are no suggestions (%s makes some)", ACT_SUGGEST);
    else if (found > 0 && mm_session_marked(inspector->session) == 0)
        say_with_key(app, "All suggestions are left out (%s takes one back in)", ACT_SUGGEST_TOGGLE);
    else if (mm_session_accept_marked(inspector->session, &changed, &err) < 0)
        app_say_err(app, &err);
    else
        say_accepted(app, changed);
    app_changed(app);
}

void suggest_toggle(struct app *app, size_t id)
{
    bool marked;
    if (mm_session_suggestions(app->session)->count == 0) {
        say_with_key(app, "There are no suggestions (%s makes some)", ACT_SUGGEST);
    } else if (!mm_session_suggestion(app->session, id, &marked)) {
        app_say(app, ROLE_STATUS, "Nothing is suggested for this layer");
    } else {
        mm_session_mark(app->session, id, !marked);
        app_changed(app);
    }
}

bool suggest_drop(struct app *app)
{
    if (mm_session_drop_suggestions(app->session) == 0)
        return false;
    say_with_key(app, "Suggestions dropped (%s suggests again)", ACT_SUGGEST);
    app_changed(app);
    return true;
}
