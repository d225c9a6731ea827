/* What is chosen in the list of layers: tags, precisions, suggestions. */
#include "views/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"
#include "views/precision.h"
#include "views/suggest.h"

static void act_tag(struct layers *layers, struct app *app, const struct action_event *event)
{
    if (layers->list.count == 0)
        return;
    for (int i = 0; i < action_times(event); i++) {
        size_t id = layers_selected(layers);
        mm_session_tag(app->session, id, !mm_session_layer(app->session, id)->tagged);
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
    for (int row = 0; row < layers->list.count; row++) {
        if (pattern_fits(app->session, layers->ids[row], event->text)) {
            mm_session_tag(app->session, layers->ids[row], true);
            count++;
        }
    }
    app_say(app, count ? ROLE_STATUS : ROLE_WARN, "%zu layers match %s%s", count, event->text,
            count ? " and are tagged (T untags all)" : "");
    app_changed(app);
}

static void act_suggest_toggle(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    layers->moved = true;
    if (layers->list.count > 0)
        suggest_toggle(app, layers_selected(layers));
}

static void act_untag_all(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)layers;
    (void)event;
    app_say(app, ROLE_STATUS, "%zu tags removed", mm_session_untag_all(app->session));
    app_changed(app);
}

/* The tagged layers, or the selected one. Returns how many; *ids is malloc'ed. */
static size_t targets(const struct layers *layers, const struct app *app, size_t **ids)
{
    size_t count = 0;
    *ids = calloc(mm_session_count(app->session) + 1, sizeof **ids);
    if (!*ids || layers->list.count == 0)
        return 0;
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        if (mm_session_layer(app->session, id)->tagged)
            (*ids)[count++] = id;
    }
    if (count == 0)
        (*ids)[count++] = layers_selected(layers);
    return count;
}

static bool act_precision(struct layers *layers, struct app *app, const struct action_event *event)
{
    size_t *ids;
    size_t count = targets(layers, app, &ids);
    bool answered = precision_act(app, event, ids, count);
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
    if (count == 0)
        app_say(app, ROLE_WARN, "No layer matches %s", pattern);
    else
        precision_act(app, &set, ids, count);
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
