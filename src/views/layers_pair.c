/* Pairing by hand in the list of layers: a mark on a tensor without a partner, then its partner. */
#include "views/complete.h"
#include "views/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"

/* ---- layers that have other ids now ---- */

static size_t now(const struct mm_session *session, size_t id)
{
    size_t moved = id == SIZE_MAX ? SIZE_MAX : mm_session_moved(session, id);
    return moved == SIZE_MAX && id != SIZE_MAX ? 0 : moved;
}

void layers_follow(struct layers *layers, struct app *app)
{
    const struct mm_session *session = app->session;
    if (layers->pairings == mm_session_pairings(session))
        return;
    layers->pairings = mm_session_pairings(session);
    if (!mm_session_watches(session)) /* what comes in by itself is no reason to leave the top */
        layers->moved = true;
    layers->jumps.count = 0;
    layers->hist = NULL;
    layers->previewed = now(session, layers->previewed);
    layers->marked = now(session, layers->marked);
    if (layers->list.count > 0) { /* all other rows are made anew */
        int row = layers->list.cursor;
        layers->ids[row] = now(session, layers_here(layers));
        layers->rows.kind[row] = layers_is_heading(layers, row) ? LAYERS_ROW_HEADING : LAYERS_ROW_LAYER;
    }
    layers->rows.inside = SIZE_MAX;
    const struct mm_pair *pair =
        layers->marked == SIZE_MAX ? NULL : mm_session_layer(session, layers->marked)->pair;
    if (pair && pair->src && pair->dst)
        layers->marked = SIZE_MAX;
    if (layers_reserve(layers, session) < 0) { /* as many as there is room for */
        layers->list.count = 0;
        app_say(app, ROLE_ERROR, "Out of memory: not all layers can be shown.");
    }
}

/* ---- pairing ---- */

static const char *label_of(const struct app *app, size_t id)
{
    return mm_session_layer(app->session, id)->label;
}

static const char *side_of(const struct app *app, size_t id)
{
    return mm_session_layer(app->session, id)->pair->src ? "src" : "dst";
}

static bool is_pair(const struct app *app, size_t id)
{
    const struct mm_pair *pair = mm_session_layer(app->session, id)->pair;
    return pair->src && pair->dst;
}

/* All that looked at the old list looks at the new one; the row of a tensor of src (of dst) is selected. */
static void show_anew(struct layers *layers, struct app *app, bool dst, const char *name)
{
    inspector_follow(inspector_of(app));
    app_changed(app);
    layers_goto(layers, mm_session_find(app->session, dst, name));
}

static void pair(struct layers *layers, struct app *app, size_t a, size_t b)
{
    struct mm_err err;
    struct mm_buf text = {0};
    size_t src = side_of(app, a)[0] == 's' ? a : b, dst = src == a ? b : a;
    char *name = strdup(mm_session_layer(app->session, src)->pair->name);
    mm_buf_printf(&text, "Paired %s with %s", label_of(app, src), label_of(app, dst));
    if (!name) {
        app_say(app, ROLE_ERROR, "out of memory");
    } else if (mm_session_pair(app->session, a, b, &err) < 0) {
        app_say_err(app, &err);
    } else {
        layers->marked = SIZE_MAX;
        show_anew(layers, app, false, name);
        app_say(app, ROLE_STATUS, "%s (u undoes it, :pairs FILE saves it)", mm_buf_text(&text));
    }
    free(name);
    mm_buf_done(&text);
}

static void say_paired(struct app *app, size_t id)
{
    struct mm_buf how = {0}, key = {0};
    mm_pair_how(mm_session_layer(app->session, id)->pair, &how);
    app_say(app, ROLE_WARN, "%s is paired already (%s); %s takes the pair apart", label_of(app, id),
            mm_buf_text(&how), inspector_key(app, ACT_UNPAIR, &key));
    mm_buf_done(&how);
    mm_buf_done(&key);
}

/* The first = marks, the second pairs. */
static void act_mark(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    size_t id = layers_selected(layers);
    if (layers_say_folded(layers, app) || id == SIZE_MAX)
        return;
    layers->moved = true;
    if (is_pair(app, id)) {
        say_paired(app, id);
    } else if (layers->marked == id) {
        layers_unmark(layers, app);
    } else if (layers->marked != SIZE_MAX) {
        pair(layers, app, layers->marked, id);
    } else {
        bool src = side_of(app, id)[0] == 's';
        layers->marked = id;
        app_say(app, ROLE_STATUS, "%s marked: = on one only in %s pairs the two (Esc drops the mark)",
                label_of(app, id), src ? "dst" : "src");
    }
}

bool layers_unmark(struct layers *layers, struct app *app)
{
    if (layers->marked == SIZE_MAX)
        return false;
    layers->marked = SIZE_MAX;
    app_say(app, ROLE_STATUS, "Mark dropped");
    return true;
}

/* All that are likely, at once. */
static void act_likely(struct layers *layers, struct app *app, const struct action_event *event)
{
    struct mm_err err;
    size_t made, id = layers_selected(layers);
    (void)event;
    char *name = id == SIZE_MAX ? strdup("") : strdup(mm_session_layer(app->session, id)->pair->name);
    bool dst = id != SIZE_MAX && !mm_session_layer(app->session, id)->pair->src;
    if (!name) {
        app_say(app, ROLE_ERROR, "out of memory");
    } else if (mm_session_pair_likely(app->session, &made, &err) < 0) {
        app_say_err(app, &err);
    } else if (made == 0) {
        app_say(app, ROLE_STATUS, "Nothing to pair: no tensor has a single likely partner");
    } else {
        layers->marked = SIZE_MAX;
        show_anew(layers, app, dst, name);
        app_say(app, ROLE_STATUS,
                "Paired %zu tensor%s with the likely partner%s (u undoes it, :pairs FILE saves it)", made,
                made == 1 ? "" : "s", made == 1 ? "" : "s");
    }
    free(name);
}

/* ---- by name ---- */

/* The first name of a text and where the rest begins: up to a blank, or in quotes. NULL: a quote does not end. */
static char *take_name(char **text)
{
    char *from = *text + strspn(*text, " "), *end;
    if (*from == '"') {
        end = strchr(++from, '"');
        if (!end)
            return NULL;
    } else {
        end = from + strcspn(from, " ");
    }
    *text = *end ? end + 1 : end;
    *end = '\0';
    return from;
}

/* `SRC = DST`, or two names with a blank between, in quotes where they have blanks. */
static bool take_names(char *text, char **src, char **dst)
{
    char *equals = strstr(text, " = ");
    if (equals && text[0] != '"') {
        *equals = '\0';
        *src = text;
        *dst = equals + 3 + strspn(equals + 3, " ");
        return **src && **dst;
    }
    *src = take_name(&text);
    *dst = *src ? take_name(&text) : NULL;
    return *dst && **src && **dst && !text[strspn(text, " ")];
}

/* The layer that is in one dump alone and has this name; says what is wrong, and which name may be meant. */
static size_t lone(struct app *app, bool dst, const char *name)
{
    size_t id = mm_session_find(app->session, dst, name);
    if (id != SIZE_MAX && !is_pair(app, id))
        return id;
    if (id != SIZE_MAX) {
        say_paired(app, id);
        return SIZE_MAX;
    }
    size_t near = mm_session_nearest(app->session, dst, name);
    if (near == SIZE_MAX)
        app_say(app, ROLE_ERROR, "%s has no tensor \"%s\"", dst ? "dst" : "src", name);
    else
        app_say(app, ROLE_ERROR, "%s has no tensor \"%s\". Did you mean %s?", dst ? "dst" : "src", name,
                label_of(app, near));
    return SIZE_MAX;
}

static void act_pair(struct layers *layers, struct app *app, const struct action_event *event)
{
    char *text = strdup(event->text ? event->text : ""), *names[2];
    size_t src, dst;
    if (!text || !take_names(text, &names[0], &names[1]))
        app_say(app, ROLE_ERROR, "A name of src and one of dst are needed: SRC DST, or SRC = DST");
    else if ((src = lone(app, false, names[0])) != SIZE_MAX && (dst = lone(app, true, names[1])) != SIZE_MAX)
        pair(layers, app, src, dst);
    free(text);
}

/* The selected pair, or the one of this name. */
static void act_unpair(struct layers *layers, struct app *app, const struct action_event *event)
{
    struct mm_err err;
    size_t id = layers_selected(layers);
    if (event->text && event->text[0]) {
        id = mm_session_find(app->session, false, event->text);
        id = id == SIZE_MAX ? mm_session_find(app->session, true, event->text) : id;
        if (id == SIZE_MAX) {
            char hint[MM_NEAREST];
            app_say(app, ROLE_ERROR, "There is no tensor \"%s\"%s", event->text,
                    layer_hint(app, event->text, hint));
            return;
        }
    } else if (layers_say_folded(layers, app)) {
        return;
    }
    if (id == SIZE_MAX)
        return;
    char *name = strdup(label_of(app, id)), *found = strdup(mm_session_layer(app->session, id)->pair->name);
    if (!name || !found) {
        app_say(app, ROLE_ERROR, "out of memory");
    } else if (mm_session_part(app->session, id, &err) < 0) {
        app_say_err(app, &err);
    } else {
        show_anew(layers, app, false, found);
        app_say(app, ROLE_STATUS, "Took the pair %s apart (u undoes it, :pairs FILE saves it)", name);
    }
    free(name);
    free(found);
}

static const struct {
    int id;
    void (*run)(struct layers *layers, struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_PAIR_MARK, act_mark},
    {ACT_PAIR_LIKELY, act_likely},
    {ACT_PAIR, act_pair},
    {ACT_UNPAIR, act_unpair},
};

bool layers_pair_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(layers, app, event);
            return true;
        }
    }
    return false;
}

/* ---- what there is to do ---- */

bool layers_may_pair(const struct layers *layers)
{
    return layers->marked != SIZE_MAX || (layers->lone && layers->totals.src_only && layers->totals.dst_only);
}

bool layers_mark_text(const struct layers *layers, const struct app *app, struct mm_buf *out)
{
    if (layers->marked == SIZE_MAX)
        return false;
    bool src = side_of(app, layers->marked)[0] == 's';
    mm_buf_printf(out, "%s marked: = on one only in %s pairs the two", label_of(app, layers->marked),
                  src ? "dst" : "src");
    return true;
}
