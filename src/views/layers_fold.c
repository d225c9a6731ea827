/* Folding the list of layers: groups of names that begin alike, and the section of what has no partner. */
#include "views/layers.h"

#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"

/* ---- groups ---- */

int layers_group(struct layers *layers, const struct mm_session *session, int parts, struct mm_err *err)
{
    struct layers_rows *rows = &layers->rows;
    size_t count = mm_session_count(session);
    const char **names = calloc(count + 1, sizeof *names);
    bool *lone = calloc(count + 1, sizeof *lone);
    for (size_t id = 0; names && lone && id < count; id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        names[id] = layer->label;
        lone[id] = !(layer->pair->src && layer->pair->dst);
    }
    int result =
        names && lone ? name_groups_make(&rows->groups, names, lone, count, parts, err) : mm_fail_memory(err);
    free((void *)names);
    free(lone);
    free(rows->fold);
    free(rows->fold_of);
    rows->fold = calloc(rows->groups.count * 2 + 1, sizeof *rows->fold);
    rows->fold_of = calloc(rows->groups.count * 2 + 1, sizeof *rows->fold_of);
    rows->grouped = mm_session_pairings(session);
    if (result == 0 && (!rows->fold || !rows->fold_of))
        result = mm_fail_memory(err);
    if (result < 0)
        name_groups_done(&rows->groups);
    return result;
}

/* As it suits, unless the user has said how. False, and a message: out of memory. */
static bool grouped(struct layers *layers, struct app *app)
{
    struct mm_err err;
    if (layers->rows.groups.made || layers_group(layers, app->session, 0, &err) == 0)
        return true;
    app_say_err(app, &err);
    return false;
}

void layers_fold_name(const struct layers *layers, const struct layers_fold *fold, struct mm_buf *out)
{
    const struct name_group *group = &layers->rows.groups.group[fold->group];
    mm_buf_printf(out, "%.*s*", (int)group->length, group->prefix);
}

/* Fold all groups or none. Returns how many there are. */
static size_t set_all(struct layers_rows *rows, bool fold)
{
    for (size_t i = 0; i < rows->groups.count; i++)
        rows->groups.group[i].folded = fold;
    return rows->groups.count;
}

static bool all_folded(const struct layers_rows *rows)
{
    for (size_t i = 0; i < rows->groups.count; i++) {
        if (!rows->groups.group[i].folded)
            return false;
    }
    return true;
}

/* The layer that is selected stays so, inside of the group's row. */
static void show(struct layers *layers, struct app *app)
{
    layers->rows.inside = layers_here(layers);
    layers->moved = true;
    layers_rebuild(layers, app);
}

/* ---- actions ---- */

static void fold_section(struct layers *layers, struct app *app)
{
    struct layers_rows *rows = &layers->rows;
    rows->lone_folded = !rows->lone_folded;
    rows->inside = SIZE_MAX; /* the heading stays selected */
    layers->moved = true;
    layers_rebuild(layers, app);
}

/* What was just folded, or not any more. */
static void say_folded(struct app *app, const struct name_group *group)
{
    struct mm_buf one = {0}, all = {0};
    inspector_key(app, ACT_FOLD, &one);
    inspector_key(app, ACT_FOLD_ALL, &all);
    if (group->folded)
        app_say(app, ROLE_STATUS, "%.*s*: %u layers folded (%s unfolds, %s folds all groups)",
                (int)group->length, group->prefix, group->count, mm_buf_text(&one), mm_buf_text(&all));
    else
        app_say(app, ROLE_STATUS, "%.*s*: %u layers unfolded", (int)group->length, group->prefix,
                group->count);
    mm_buf_done(&one);
    mm_buf_done(&all);
}

static void act_fold(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    struct layers_rows *rows = &layers->rows;
    int row = layers->list.cursor;
    if (layers->list.count == 0)
        return;
    if (layers_is_heading(layers, row)) {
        size_t inside = layers_here(layers);
        bool found = rows->lone_folded && inside == rows->inside; /* by a search */
        fold_section(layers, app);
        if (found)
            layers_goto(layers, inside);
        return;
    }
    if (!grouped(layers, app))
        return;
    size_t id = layers_here(layers);
    uint32_t which = rows->groups.of[id];
    if (which == NAME_GROUP_NONE) {
        app_say(app, ROLE_STATUS, "No other name begins like %s (:group N groups by N parts of a name)",
                mm_session_layer(app->session, id)->label);
        return;
    }
    rows->groups.group[which].folded = !rows->groups.group[which].folded;
    show(layers, app);
    say_folded(app, &rows->groups.group[which]);
}

static void act_fold_all(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    struct layers_rows *rows = &layers->rows;
    if (!grouped(layers, app))
        return;
    bool fold = !all_folded(rows);
    size_t count = set_all(rows, fold);
    struct mm_buf key = {0};
    show(layers, app);
    if (count == 0)
        app_say(app, ROLE_STATUS, "No two names begin alike: there is nothing to fold");
    else
        app_say(app, ROLE_STATUS, "%zu groups %s (%s %s all)", count, fold ? "folded" : "unfolded",
                inspector_key(app, ACT_FOLD_ALL, &key), fold ? "unfolds" : "folds");
    mm_buf_done(&key);
}

#define PARTS_MOST 99 /* a path of more parts is none */

static void act_group(struct layers *layers, struct app *app, const struct action_event *event)
{
    const char *text = event->text ? event->text : "";
    char *end = NULL;
    long parts = strtol(text, &end, 10);
    struct mm_err err;
    struct mm_buf key = {0};
    if (*text && (*end || parts < 1 || parts > PARTS_MOST)) {
        app_say(app, ROLE_ERROR, "Parts of a name are a number: 2 puts a.b.c and a.b.d into a.b.*");
    } else if (layers_group(layers, app->session, (int)parts, &err) < 0) {
        app_say_err(app, &err);
    } else {
        size_t count = set_all(&layers->rows, true);
        show(layers, app);
        if (count == 0)
            app_say(app, ROLE_STATUS, "No two names begin alike: there is nothing to fold");
        else
            app_say(app, ROLE_STATUS, "%zu %s folded (%s unfolds all)", count,
                    count == 1 ? "group" : "groups", inspector_key(app, ACT_FOLD_ALL, &key));
    }
    mm_buf_done(&key);
}

static void act_leftovers(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    struct layers_rows *rows = &layers->rows;
    struct mm_buf mark = {0}, likely = {0};
    layers->moved = true;
    if (rows->heading < 0) {
        app_say(app, ROLE_STATUS, "Every tensor%s has a partner", layers->filter ? " of this filter" : "");
        return;
    }
    if (rows->lone_folded)
        fold_section(layers, app);
    list_jump(&layers->list, rows->heading);
    list_goto(&layers->list, rows->heading + 1);
    if (rows->src_only && rows->dst_only)
        app_say(app, ROLE_STATUS,
                "%zu src only, %zu dst only: %s on one of each pairs them, %s pairs all likely",
                rows->src_only, rows->dst_only, inspector_key(app, ACT_PAIR_MARK, &mark),
                inspector_key(app, ACT_PAIR_LIKELY, &likely));
    else
        app_say(app, ROLE_STATUS, "%zu %s only", rows->src_only + rows->dst_only,
                rows->src_only ? "src" : "dst");
    mm_buf_done(&mark);
    mm_buf_done(&likely);
}

bool layers_say_folded(const struct layers *layers, struct app *app)
{
    struct mm_buf name = {0}, key = {0};
    const struct layers_fold *fold = layers_fold_at(layers, layers->list.cursor);
    bool heading = layers_is_heading(layers, layers->list.cursor);
    if (fold) {
        layers_fold_name(layers, fold, &name);
        app_say(app, ROLE_STATUS, "%s are %zu layers: unfold them first (%s)", mm_buf_text(&name),
                fold->count, inspector_key(app, ACT_FOLD, &key));
    } else if (heading) {
        app_say(app, ROLE_STATUS, "This is a heading: select one of the tensors below it");
    }
    mm_buf_done(&name);
    mm_buf_done(&key);
    return fold || heading;
}

bool layers_fold_open(struct layers *layers, struct app *app)
{
    struct action_event event = {.id = ACT_FOLD};
    int row = layers->list.cursor;
    if (!layers_fold_at(layers, row) && !layers_is_heading(layers, row))
        return false;
    act_fold(layers, app, &event);
    return true;
}

static const struct {
    int id;
    void (*run)(struct layers *layers, struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_FOLD, act_fold},
    {ACT_FOLD_ALL, act_fold_all},
    {ACT_GROUP, act_group},
    {ACT_LEFTOVERS, act_leftovers},
};

bool layers_fold_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(layers, app, event);
            return true;
        }
    }
    return false;
}
