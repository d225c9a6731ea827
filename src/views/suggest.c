#include "views/suggest.h"

#include <stdio.h>
#include <stdlib.h>

#include "mmtui/report.h"

const struct mm_suggestion *suggest_of(const struct inspector *inspector, size_t id)
{
    const struct mm_suggestions *list = &inspector->suggested;
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i].layer == id && mm_session_layer(inspector->session, id)->tagged)
            return &list->item[i];
    }
    return NULL;
}

/* "Tagged (A takes, Space edits, T drops): worst error of the outputs ..." */
static void say_preview(struct app *app, const struct mm_suggestions *list)
{
    struct mm_buf text, accept, tag, untag;
    mm_buf_init(&text);
    mm_buf_init(&accept);
    mm_buf_init(&tag);
    mm_buf_init(&untag);
    mm_report_suggestion_summary(list, &text);
    if (list->count == 0)
        app_say(app, ROLE_STATUS, "Suggested: %s", mm_buf_text(&text));
    else
        app_say(app, ROLE_STATUS, "Tagged (%s takes, %s edits, %s drops): %s",
                inspector_key(app, ACT_ACCEPT, &accept), inspector_key(app, ACT_TAG, &tag),
                inspector_key(app, ACT_UNTAG_ALL, &untag), mm_buf_text(&text));
    mm_buf_done(&text);
    mm_buf_done(&accept);
    mm_buf_done(&tag);
    mm_buf_done(&untag);
}

void suggest_preview(struct inspector *inspector, const struct action_event *event)
{
    struct app *app = &inspector->app;
    struct mm_suggest_options options;
    struct mm_suggestions list;
    struct mm_err err;
    int result = mm_suggest_parse(event->text ? event->text : "", &options, &err);
    options.no_half = !(inspector->dialect->precisions & MM_TAKES(MM_PRECISION_F16));
    if (result < 0 || mm_session_suggest(inspector->session, &options, &list, &err) < 0) {
        app_say_err(app, &err);
        return;
    }
    mm_suggestions_done(&inspector->suggested);
    inspector->suggested = list;
    mm_session_untag_all(inspector->session);
    for (size_t i = 0; i < list.count; i++)
        mm_session_tag(inspector->session, list.item[i].layer, true);
    say_preview(app, &list);
    app_changed(app);
}

/* What is tagged, as suggestions. Returns how many. */
static size_t collect(const struct inspector *inspector, struct mm_suggestion *items)
{
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(inspector->session); id++) {
        if (!mm_session_layer(inspector->session, id)->tagged)
            continue;
        const struct mm_suggestion *found = suggest_of(inspector, id);
        items[count++] =
            found ? *found : (struct mm_suggestion){.layer = (uint32_t)id, .to = MM_F32, .macs = -1};
    }
    return count;
}

static void accept(struct inspector *inspector, const struct mm_suggestion *items, size_t count)
{
    struct app *app = &inspector->app;
    struct mm_buf undo, plan;
    struct mm_err err;
    size_t changed;
    if (mm_session_accept(inspector->session, items, count, &changed, &err) < 0) {
        app_say_err(app, &err);
        return;
    }
    mm_session_untag_all(inspector->session);
    mm_suggestions_done(&inspector->suggested);
    mm_buf_init(&undo);
    mm_buf_init(&plan);
    app_say(app, ROLE_STATUS, "%zu %s taken into the plan (%s undoes it, %s shows the plan)", changed,
            changed == 1 ? "override" : "overrides", inspector_key(app, ACT_UNDO, &undo),
            inspector_key(app, ACT_PLAN, &plan));
    mm_buf_done(&undo);
    mm_buf_done(&plan);
}

void suggest_accept(struct inspector *inspector, const struct action_event *event)
{
    (void)event;
    struct app *app = &inspector->app;
    struct mm_buf key;
    mm_buf_init(&key);
    struct mm_suggestion *items = calloc(mm_session_count(inspector->session) + 1, sizeof *items);
    size_t count = items ? collect(inspector, items) : 0;
    if (inspector->suggested.count == 0)
        app_say(app, ROLE_STATUS, "Nothing is suggested (%s suggests)",
                inspector_key(app, ACT_SUGGEST, &key));
    else if (count == 0)
        app_say(app, ROLE_STATUS, "Nothing is tagged (%s suggests anew)",
                inspector_key(app, ACT_SUGGEST, &key));
    else
        accept(inspector, items, count);
    free(items);
    mm_buf_done(&key);
    app_changed(app);
}
