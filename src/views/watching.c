#include "views/watching.h"

#include <stdio.h>
#include <string.h>

#include "views/inspector.h"

void watching_begin(struct inspector *inspector)
{
    struct mm_session_totals totals;
    mm_session_totals(inspector->session, &totals);
    inspector->watch_news = false;
    inspector->watch_said = mm_session_pairings(inspector->session);
    inspector->watch_pairs = totals.pairs;
    inspector->watch_error[0] = '\0';
}

/* Once; it is tried again after the next change. */
static void say_error(struct inspector *inspector, const struct mm_err *err)
{
    if (strncmp(inspector->watch_error, err->text, sizeof inspector->watch_error - 1) == 0)
        return;
    snprintf(inspector->watch_error, sizeof inspector->watch_error, "%s", err->text);
    app_say_err(&inspector->app, err);
}

bool watching_take(struct inspector *inspector, bool at_once)
{
    struct mm_err err;
    bool again, settled = mm_session_settled(inspector->session);
    if (!mm_session_watches(inspector->session))
        return false;
    if (mm_session_watch_take(inspector->session, at_once, &again, &err) < 0)
        say_error(inspector, &err);
    else if (again)
        inspector->watch_error[0] = '\0';
    if (again) {
        inspector->watch_news = true;
        inspector_follow(inspector);
    }
    watching_say(inspector);
    return again || settled != mm_session_settled(inspector->session);
}

static void put_pairs(const struct inspector *inspector, size_t pairs, struct mm_buf *out)
{
    if (pairs > inspector->watch_pairs)
        mm_buf_printf(out, "%zu more %s", pairs - inspector->watch_pairs,
                      pairs - inspector->watch_pairs == 1 ? "pair" : "pairs");
    else if (pairs < inspector->watch_pairs)
        mm_buf_printf(out, "%zu fewer %s", inspector->watch_pairs - pairs,
                      inspector->watch_pairs - pairs == 1 ? "pair" : "pairs");
}

/* "3 written anew: 1 better, 2 worse" */
static void put_redone(const struct inspector *inspector, struct mm_buf *out)
{
    struct mm_redone redone = mm_session_redone(inspector->session, inspector->watch_said);
    if (redone.layers == 0)
        return;
    mm_buf_printf(out, "%s%zu written anew: ", out->length ? "; " : "", redone.layers);
    if (redone.better)
        mm_buf_printf(out, "%zu better", redone.better);
    if (redone.worse)
        mm_buf_printf(out, "%s%zu worse", redone.better ? ", " : "", redone.worse);
    if (!redone.better && !redone.worse)
        mm_buf_puts(out, "as before");
}

void watching_say(struct inspector *inspector)
{
    struct mm_session_totals totals;
    struct mm_buf text = {0};
    if (!inspector->watch_news || !mm_session_settled(inspector->session))
        return;
    mm_session_totals(inspector->session, &totals);
    if (totals.measured < totals.layers)
        return;
    put_pairs(inspector, totals.pairs, &text);
    put_redone(inspector, &text);
    if (text.length)
        app_say(&inspector->app, ROLE_STATUS, "%s", mm_buf_text(&text));
    mm_buf_done(&text);
    inspector->watch_news = false;
    inspector->watch_said = mm_session_pairings(inspector->session);
    inspector->watch_pairs = totals.pairs;
}

void watching_act(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_err err;
    bool on = !mm_session_watches(inspector->session);
    (void)event;
    if (mm_session_watch(inspector->session, on, &err) < 0)
        app_say_err(app, &err);
    else if (on && mm_session_watch_looks(inspector->session))
        app_say(app, ROLE_STATUS, "Watching: files are looked at every other second (:watch ends it)");
    else
        app_say(app, ROLE_STATUS,
                on ? "Watching what is written into src and dst (:watch ends it)"
                   : "Not watching any more; r measures again what has changed");
    watching_begin(inspector);
    app_changed(app);
}
