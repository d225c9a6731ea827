/* Jumping in the layers list: searching, bad layers, execution order, where an error starts, and the way
 * back. */
#include <stdio.h>
#include <string.h>

#include "views/layers.h"
#include "views/verdict.h"

static bool matches_search(const struct layers *layers, const struct mm_session *session, size_t id)
{
    const char *label = mm_session_layer(session, id)->label;
    return layers->search[0] &&
           (mm_text_find(label, layers->search) || mm_text_find(mm_session_op(session, id), layers->search));
}

static bool is_bad(const struct layers *layers, const struct mm_session *session, size_t id)
{
    (void)layers;
    return mm_session_layer(session, id)->verdict.bad;
}

static bool has_nonfinite(const struct layers *layers, const struct mm_session *session, size_t id)
{
    (void)layers;
    return mm_column(MM_COLUMN_NONFINITE)->value(session, id) > 0;
}

typedef bool (*test)(const struct layers *layers, const struct mm_session *session, size_t id);

/* The next row from the cursor in direction `by` that passes, going round at the ends. */
static bool seek(struct layers *layers, const struct mm_session *session, test passes, int by, bool from_here)
{
    int count = layers->list.count;
    for (int i = from_here ? 0 : 1; i <= count; i++) {
        int row = ((layers->list.cursor + by * i) % count + count) % count;
        size_t k = 0, id;
        while ((id = layers_member(layers, row, &k)) != SIZE_MAX) {
            if (passes(layers, session, id))
                return layers_goto(layers, id);
        }
    }
    return false;
}

/* The passing layer that comes first in execution order. */
static bool seek_first(struct layers *layers, const struct mm_session *session, test passes)
{
    for (size_t id = 0; id < mm_session_count(session); id++) {
        if (layers_row(layers, id) >= 0 && passes(layers, session, id))
            return layers_goto(layers, id);
    }
    return false;
}

/* The layer executed next before or after the selected one; a folded group is left at once. */
static bool seek_execution(struct layers *layers, const struct mm_session *session, int by)
{
    size_t count = mm_session_count(session);
    for (size_t id = layers_here(layers) + (size_t)by; id < count; id += (size_t)by) {
        if (layers_row(layers, id) >= 0 && layers_row(layers, id) != layers->list.cursor)
            return layers_goto(layers, id);
    }
    return false;
}

/* False, and a message, when the filter hides it. */
static bool select_layer(struct layers *layers, struct app *app, size_t id)
{
    bool shown = layers_goto(layers, id);
    if (!shown)
        app_say(app, ROLE_WARN, "#%zu %s is hidden by the filter (Esc shows all)", id + 1,
                mm_session_layer(app->session, id)->label);
    return shown;
}

/* Where the first error comes from, when that is known; else the first layer that is over. */
static bool seek_culprit(struct layers *layers, struct app *app)
{
    int32_t culprit = mm_session_first_culprit(app->session);
    if (culprit < 0)
        return seek_first(layers, app->session, is_bad);
    if (select_layer(layers, app, (size_t)culprit))
        app_say(app, ROLE_STATUS, "#%d introduces the first error", culprit + 1);
    return true;
}

static bool needs_order(int action)
{
    return action == ACT_FIRST_BAD || action == ACT_FIRST_NONFINITE || action == ACT_STRIP_NEXT ||
           action == ACT_STRIP_PREV;
}

static bool act_seek(struct layers *layers, struct app *app, const struct action_event *event)
{
    const struct mm_session *session = app->session;
    bool found = true;
    if (layers->list.count == 0)
        return false;
    if (needs_order(event->id) && !verdict_ordered(app))
        return true;
    switch (event->id) {
    case ACT_NEXT_BAD: found = seek(layers, session, is_bad, 1, false); break;
    case ACT_PREV_BAD: found = seek(layers, session, is_bad, -1, false); break;
    case ACT_FIRST_BAD: found = seek_culprit(layers, app); break;
    case ACT_FIRST_NONFINITE: found = seek_first(layers, session, has_nonfinite); break;
    case ACT_STRIP_NEXT: seek_execution(layers, session, 1); break;
    case ACT_STRIP_PREV: seek_execution(layers, session, -1); break;
    default: return false;
    }
    layers->moved = true;
    if (!found && event->id == ACT_FIRST_NONFINITE)
        app_say(app, ROLE_STATUS, "No NaN or Inf in any layer%s", layers->filter ? " of this filter" : "");
    else if (!found)
        app_say(app, ROLE_STATUS, "No layer is over the threshold%s",
                layers->filter ? " in this filter" : "");
    return true;
}

static void act_root(struct layers *layers, struct app *app)
{
    size_t here = layers_here(layers), root;
    layers->moved = true;
    if (here != SIZE_MAX && verdict_root(app, here, &root) && select_layer(layers, app, root))
        jump_list_add(&layers->jumps, here, root);
}

/* Back to where a jump came from; where there was none, the app says that this is the first screen. */
static bool act_back(struct layers *layers, struct app *app)
{
    size_t from, here = layers_here(layers);
    if (here == SIZE_MAX || !jump_list_back(&layers->jumps, here, &from))
        return false;
    select_layer(layers, app, from);
    return true;
}

/* "conv": match 2 of 5. */
static void say_match(const struct layers *layers, struct app *app)
{
    int all = 0, here = 0;
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        int row = layers_row(layers, id);
        if (row < 0 || !matches_search(layers, app->session, id))
            continue;
        all++;
        here += row < layers->list.cursor || (row == layers->list.cursor && id <= layers->rows.inside);
    }
    app_say(app, ROLE_STATUS, "\"%s\": match %d of %d", layers->search, here, all);
}

static void find_next(struct layers *layers, struct app *app, int by, bool from_here)
{
    layers->moved = true;
    if (!layers->search[0])
        app_say(app, ROLE_STATUS, "No search yet (/ starts one)");
    else if (layers->list.count == 0 || !seek(layers, app->session, matches_search, by, from_here))
        app_say(app, ROLE_WARN, "No layer matches \"%s\"", layers->search);
    else
        say_match(layers, app);
}

/* Back to where the typing of a search began. */
static void go_back(struct layers *layers)
{
    if (layers->typing.here != SIZE_MAX && layers_goto(layers, layers->typing.here)) {
        layers->list.top = layers->typing.top;
        list_move(&layers->list, 0);
    }
    layers->moved = layers->typing.moved;
}

void layers_search_typed(struct layers *layers, struct app *app, const char *text)
{
    if (!layers->typing.on) {
        layers->typing.on = true;
        layers->typing.here = layers_here(layers);
        layers->typing.top = layers->list.top;
        layers->typing.moved = layers->moved;
        memcpy(layers->typing.text, layers->search, sizeof layers->search);
    }
    snprintf(layers->search, sizeof layers->search, "%s", text ? text : layers->typing.text);
    layers->typing.on = text;
    go_back(layers);
    if (text && *text && layers->list.count > 0) {
        layers->moved = true; /* what comes in must not take the selection away */
        seek(layers, app->session, matches_search, 1, true);
    }
}

static void act_search(struct layers *layers, struct app *app, const struct action_event *event)
{
    layers->typing.on = false;
    if (event->id == ACT_SEARCH) {
        snprintf(layers->search, sizeof layers->search, "%s", event->text ? event->text : "");
        if (layers->search[0])
            find_next(layers, app, 1, true);
        return;
    }
    find_next(layers, app, event->id == ACT_SEARCH_NEXT ? 1 : -1, false);
}

bool layers_jump(struct layers *layers, struct app *app, const struct action_event *event)
{
    switch (event->id) {
    case ACT_SEARCH:
    case ACT_SEARCH_NEXT:
    case ACT_SEARCH_PREV: act_search(layers, app, event); return true;
    case ACT_ROOT: act_root(layers, app); return true;
    case ACT_BACK: return act_back(layers, app);
    default: return act_seek(layers, app, event);
    }
}
