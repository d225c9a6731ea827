#include "views/unsaved.h"
#include "base/translate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "views/inspector.h"

#define WRITE_EVERY 1.0 /* seconds: a key that is held down is one write a second, not thirty */

double unsaved_due(const struct inspector *inspector)
{
    const struct mm_plan *plan = mm_session_plan_const(inspector->session);
    if (!inspector->autosave || !mm_autosave_due(inspector->autosave, plan))
        return INFINITY;
    return inspector->autosaved + WRITE_EVERY;
}

void unsaved_tick(struct inspector *inspector)
{
    struct mm_err err;
    if (unsaved_due(inspector) > mm_clock())
        return;
    int result = mm_autosave_write(inspector->autosave, mm_session_plan_const(inspector->session), &err);
    inspector->autosaved = mm_clock();
    if (result < 0 && !inspector->told_autosave) {
        inspector->told_autosave = true;
        app_say(&inspector->app, ROLE_WARN, "The unsaved plan is not kept against a crash: %s", err.text);
    }
}

/* "14:05" of today, "2026-11-30 14:05" of another day. */
static void time_text(int64_t when, char out[32])
{
    time_t then = (time_t)when, now = time(NULL);
    struct tm a, b;
    if (!localtime_r(&then, &a) || !localtime_r(&now, &b)) {
        mm_format(out, 32, "an earlier time");
        return;
    }
    bool today = a.tm_year == b.tm_year && a.tm_yday == b.tm_yday;
    strftime(out, 32, today ? "%H:%M" : "%Y-%m-%d %H:%M", &a);
}

static void count(struct mm_buf *out, size_t n, const char *one, const char *several)
{
    if (n)
        mm_buf_printf(out, "%s%zu %s", out->length ? ", " : "", n, mm_tr_in("title", n == 1 ? one : several));
}

/* "3 overrides, 1 setting of 14:05" */
static void left_text(const struct mm_autosave_left *left, struct mm_buf *out)
{
    char when[32];
    count(out, left->overrides, "override", "overrides");
    count(out, left->settings, "setting", "settings");
    count(out, left->pairs, "pair made by hand", "pairs made by hand");
    if (out->length == 0)
        mm_buf_say(out, "a plan without overrides"); /* those of its file were all taken back */
    time_text(left->time, when);
    mm_buf_printf(out, " of %s", when);
}

bool unsaved_offer(struct inspector *inspector)
{
    static const struct menu_item items[] = {{'r', "restore", "restore"}, {'d', "drop", "drop"}};
    struct mm_autosave_left left;
    struct mm_buf text = {0};
    if (!inspector->autosave || !mm_autosave_left(inspector->autosave, &left))
        return false;
    left_text(&left, &text);
    bool one = left.overrides + left.settings + left.pairs == 1;
    mm_format(inspector->offer, sizeof inspector->offer, "%s %s not saved", mm_buf_text(&text),
              one || left.overrides + left.settings + left.pairs == 0 ? "was" : "were");
    mm_buf_done(&text);
    app_menu(&inspector->app, ACT_RESTORE, inspector->offer, items, MM_COUNT(items), 0);
    return true;
}

static void restore(struct inspector *inspector)
{
    struct app *app = &inspector->app;
    struct mm_autosave_left left;
    struct mm_buf text = {0};
    struct mm_err err;
    mm_autosave_left(inspector->autosave, &left);
    left_text(&left, &text);
    if (mm_autosave_restore(inspector->autosave, mm_session_plan(inspector->session), &err) < 0)
        app_say_err(app, &err);
    else if (inspector_pair_again(inspector))
        app_say(app, ROLE_STATUS, "Restored %s (u undoes it)", mm_buf_text(&text));
    inspector->autosaved = mm_clock();
    mm_buf_done(&text);
    app_changed(app);
}

void unsaved_act(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_autosave_left left;
    const char *what = event->text ? event->text : "";
    bool there = inspector->autosave && mm_autosave_left(inspector->autosave, &left);
    if (!there) {
        app_say(app, ROLE_STATUS, "No unsaved plan of these two dumps was left behind");
    } else if (strcmp(what, "restore") == 0) {
        restore(inspector);
    } else if (strcmp(what, "drop") == 0) {
        mm_autosave_drop(inspector->autosave);
        app_say(app, ROLE_STATUS, "Dropped what was not saved");
    } else if (*what) {
        app_say(app, ROLE_ERROR, "It can be restored or dropped: :restore restore, :restore drop");
    } else {
        unsaved_offer(inspector);
    }
}
