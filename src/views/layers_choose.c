/* What is chosen in the list of layers: tags, precisions, suggestions. */
#include "views/complete.h"
#include "views/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"
#include "views/precision.h"
#include "views/suggest.h"

/* Of a folded group all, unless all are tagged already; a heading has none. */
static void tag_row(const struct layers *layers, struct app *app, int row)
{
    const struct layers_fold *fold = layers_fold_at(layers, row);
    size_t k = 0, id;
    if (layers_is_heading(layers, row))
        return;
    while ((id = layers_member(layers, row, &k)) != SIZE_MAX) {
        bool tagged = fold ? fold->tagged == fold->count : mm_session_layer(app->session, id)->tagged;
        mm_session_tag(app->session, id, !tagged);
    }
}

static void act_tag(struct layers *layers, struct app *app, const struct action_event *event)
{
    if (layers->list.count == 0)
        return;
    for (int i = 0; i < action_times(event); i++) {
        tag_row(layers, app, layers->list.cursor);
        layers->moved = true;
        if (event->id == ACT_TAG_STAY || layers->list.cursor + 1 == layers->list.count)
            break;
        list_move(&layers->list, 1);
    }
    app_changed(app);
}

/* A pattern fits a name or an op type: whole with wildcards, else as a part. */
static bool pattern_fits(const struct mm_session *session, size_t id, const char *pattern)
{
    const char *label = mm_session_layer(session, id)->label, *op = mm_session_op(session, id);
    if (strpbrk(pattern, "*?["))
        return mm_text_glob(pattern, label) || mm_text_glob(pattern, op);
    return mm_text_find(label, pattern) || mm_text_find(op, pattern);
}

static void act_tag_pattern(struct layers *layers, struct app *app, const struct action_event *event)
{
    size_t count = 0;
    if (!event->text || !event->text[0])
        return;
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        if (layers_row(layers, id) >= 0 && pattern_fits(app->session, id, event->text)) {
            mm_session_tag(app->session, id, true);
            count++;
        }
    }
    char hint[MM_NEAREST];
    app_say(app, count ? ROLE_STATUS : ROLE_WARN, "%zu layers match %s%s", count, event->text,
            count ? " and are tagged (T untags all)" : layer_hint(app, event->text, hint));
    app_changed(app);
}

static void act_suggest_toggle(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    size_t k = 0, id;
    layers->moved = true;
    while ((id = layers_member(layers, layers->list.cursor, &k)) != SIZE_MAX) {
        if (!layers_fold_at(layers, layers->list.cursor) || mm_session_suggestion(app->session, id, NULL))
            suggest_toggle(app, id);
    }
}

static void act_untag_all(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)layers;
    (void)event;
    app_say(app, ROLE_STATUS, "%zu tags removed", mm_session_untag_all(app->session));
    app_changed(app);
}

/* The tagged layers, or that of the selected row, or all of its group. Returns how many; *ids is malloc'ed. */
static size_t targets(const struct layers *layers, const struct app *app, size_t **ids)
{
    size_t count = 0;
    *ids = calloc(mm_session_count(app->session) + 1, sizeof **ids);
    if (!*ids || layers->list.count == 0)
        return 0;
    for (size_t id = 0; layers->totals.tagged && id < mm_session_count(app->session); id++) {
        if (mm_session_layer(app->session, id)->tagged)
            (*ids)[count++] = id;
    }
    size_t k = 0, id;
    bool heading = layers_is_heading(layers, layers->list.cursor);
    while (layers->totals.tagged == 0 && !heading &&
           (id = layers_member(layers, layers->list.cursor, &k)) != SIZE_MAX)
        (*ids)[count++] = id;
    return count;
}

static bool act_precision(struct layers *layers, struct app *app, const struct action_event *event)
{
    bool precision = event->id == ACT_PRECISION || event->id == ACT_PRECISION_NEXT ||
                     event->id == ACT_PRECISION_MENU || event->id == ACT_PRECISION_CLEAR;
    if (!precision)
        return false;
    size_t *ids;
    size_t count = targets(layers, app, &ids);
    const struct layers_fold *fold = layers_fold_at(layers, layers->list.cursor);
    struct mm_buf name = {0};
    if (fold && layers->totals.tagged == 0)
        layers_fold_name(layers, fold, &name);
    bool answered = precision_act(app, event, ids, count, name.length ? mm_buf_text(&name) : NULL);
    if (answered && count == 0)
        layers_say_folded(layers, app);
    mm_buf_done(&name);
    free(ids);
    return answered;
}

/* "PATTERN PRECISION": all layers of the session that match, whatever the filter shows. */
static void act_override(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)layers;
    char pattern[200] = "", precision[32] = "";
    size_t count = 0;
    if (!event->text || sscanf(event->text, "%199s %31s", pattern, precision) != 2) {
        app_say(app, ROLE_ERROR, "A pattern and a precision are needed: Pow_* f32");
        return;
    }
    size_t *ids = calloc(mm_session_count(app->session) + 1, sizeof *ids);
    for (size_t id = 0; ids && id < mm_session_count(app->session); id++) {
        if (mm_session_layer(app->session, id)->pair->dst && pattern_fits(app->session, id, pattern))
            ids[count++] = id;
    }
    struct action_event set = {.id = ACT_PRECISION, .text = precision};
    char hint[MM_NEAREST];
    if (count == 0)
        app_say(app, ROLE_WARN, "No layer matches %s%s", pattern, layer_hint(app, pattern, hint));
    else
        precision_act(app, &set, ids, count, NULL);
    free(ids);
}

static const struct {
    int id;
    void (*run)(struct layers *layers, struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_TAG, act_tag},
    {ACT_TAG_STAY, act_tag},
    {ACT_TAG_PATTERN, act_tag_pattern},
    {ACT_UNTAG_ALL, act_untag_all},
    {ACT_OVERRIDE_PATTERN, act_override},
    {ACT_SUGGEST_TOGGLE, act_suggest_toggle},
};

bool layers_choose_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(layers, app, event);
            return true;
        }
    }
    return act_precision(layers, app, event);
}
