#include "views/layer_view.h"
#include "base/translate.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/copy_text.h"
#include "views/inspector.h"
#include "views/precision.h"
#include "views/layer.h"
#include "views/layers_view.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

static const struct layer_tab *tab_of(const struct layer_view *layer)
{
    return tab_at(layer->tab);
}

int layer_rows(const struct layer_view *layer)
{
    return layer->h > LAYER_HEAD ? layer->h - LAYER_HEAD : 0;
}

/* ---- drawing ---- */

int layer_sentence(struct canvas *c, int y, enum role role, const char *label, const char *text)
{
    canvas_text(c, 0, y, 10, ROLE_LABEL, mm_tr_in("title", label));
    return y + text_fit_wrap(c, 10, y, c->w - 10, role, text);
}

int layer_chosen(struct canvas *c, int y, const struct app *app, size_t id)
{
    const struct mm_override *override = mm_session_override(app->session, id);
    struct mm_buf text;
    if (!override)
        return y;
    mm_buf_init(&text);
    mm_buf_printf(&text, "%s (%s)", mm_override_precision(override), override->why);
    y = layer_sentence(c, y, ROLE_BADGE, "chosen", mm_buf_text(&text));
    mm_buf_done(&text);
    return y;
}

/* "#38 enc.0.ln2.Pow ▸F32 mm.pow", and on the right where that is in the list: J and K walk there. */
static void draw_title(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    const struct mm_override *override = mm_session_override(app->session, layer->id);
    char place[48] = "";
    int row, count;
    if (layers_view_place(layer->list, layer->id, &row, &count))
        mm_format(place, sizeof place, "%d of %d", row + 1, count);
    int right = c->w - 1 - mm_text_width(place);
    canvas_text(c, right, 0, -1, ROLE_DIM, place);
    struct canvas left = canvas_sub(c, 0, 0, right - 1, 1);
    int badge = override ? 2 + (int)strlen(mm_override_badge(override)) : 0;
    int x = 1;
    if (mm_session_order(app->session) != MM_ORDER_UNKNOWN)
        x += canvas_textf(&left, x, 0, -1, ROLE_DIM, "#%zu", layer->id + 1) + 2;
    x += text_fit_name(&left, x, 0, left.w - x - badge, ROLE_TITLE_NAME, data->label, app->glyphs) + 1;
    if (override)
        x += canvas_textf(&left, x, 0, -1, ROLE_BADGE, "%s%s", app->glyphs->badge,
                          mm_override_badge(override)) +
             1;
    canvas_fit(&left, x + 1, 0, left.w - x - 1, ALIGN_LEFT, ROLE_DIM, mm_session_op(app->session, layer->id),
               app->glyphs);
}

static void draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    struct canvas title = canvas_sub(c, 0, 0, c->w, 1);
    struct canvas tabs = canvas_sub(c, 0, 1, c->w, 1);
    struct canvas body = canvas_sub(c, 1, LAYER_HEAD, c->w - 2, c->h - LAYER_HEAD);
    draw_title(&title, layer, app);
    layer_tabs_draw(&tabs, layer);
    canvas_cursor(c, 0, 0, false);
    if (tab_of(layer)->text)
        tab_of(layer)->text(&body, layer, app, layer->top);
    else
        tab_of(layer)->draw(&body, layer, app);
}

/* Which lines of a long text are seen, what is wrong, and what to do about it. */
static void status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    const struct mm_verdict *verdict = &mm_session_layer(app->session, layer->id)->verdict;
    const char *dot = app->glyphs->dot;
    int seen = layer_rows(layer);
    struct mm_buf text, next;
    mm_buf_init(&text);
    mm_buf_init(&next);
    if (tab_of(layer)->text && seen > 0 && layer->lines > seen)
        mm_buf_printf(&text, "Lines %d to %d of %d", layer->top + 1, layer->top + seen, layer->lines);
    if (verdict->text[0]) {
        mm_buf_puts(&text, text.length ? dot : "");
        verdict_fit(verdict, INT_MAX, &text); /* the next step has the name */
    }
    verdict_next(app, layer->id, &next);
    if (next.length)
        mm_buf_printf(&text, "%s%s", text.length ? dot : "", mm_buf_text(&next));
    bool plain = !verdict->bad || verdict->kind == MM_VERDICT_INHERITED; /* dim is for lists */
    inspector_status(app, c, plain ? ROLE_STATUS : verdict_role(verdict->kind), mm_buf_text(&text));
    mm_buf_done(&text);
    mm_buf_done(&next);
}

/* ---- actions ---- */

static int count_lines(const struct layer_view *layer, const struct app *app)
{
    struct grid none; /* 0 x 0: only counts */
    grid_init(&none);
    struct canvas c = grid_canvas(&none);
    c.w = layer->w - 2;
    int lines = tab_of(layer)->text(&c, layer, app, 0);
    grid_done(&none);
    return lines;
}

static void keep_in_range(struct layer_view *layer, const struct app *app)
{
    int seen = layer_rows(layer);
    layer->lines = tab_of(layer)->text ? count_lines(layer, app) : 0;
    int last = layer->lines > seen ? layer->lines - seen : 0;
    layer->top = layer->top > last ? last : layer->top;
}

static void prepare(struct layer_view *layer, struct app *app)
{
    mm_session_focus(app->session, &layer->id, 1);
    if (tab_of(layer)->prepare)
        tab_of(layer)->prepare(layer, app);
    keep_in_range(layer, app);
}

static bool scroll(struct layer_view *layer, const struct action_event *event)
{
    struct list list = {
        .count = layer->lines, .height = layer_rows(layer), .top = layer->top, .cursor = layer->top};
    if (!tab_of(layer)->text || !list_scroll(&list, event))
        return false;
    layer->top = list.top;
    return true;
}

static void show(struct layer_view *layer, struct app *app, long id)
{
    if (id < 0)
        return;
    if ((size_t)id != layer->id) {
        mm_session_cancel(app->session, layer->id); /* nobody waits for it any more */
        layer->top = 0;
    }
    layer->id = (size_t)id;
    prepare(layer, app);
}

void layer_jump(struct layer_view *layer, struct app *app, size_t id)
{
    jump_list_add(&layer->jumps, layer->id, id);
    layers_view_select(layer->list, app, id);
    show(layer, app, (long)id);
}

/* Back to where a jump came from; where there was none, the screen closes as any other. */
static bool act_back(struct layer_view *layer, struct app *app)
{
    size_t from;
    if (!jump_list_back(&layer->jumps, layer->id, &from))
        return false;
    layers_view_select(layer->list, app, from);
    show(layer, app, (long)from);
    return true;
}

static void act_root(struct layer_view *layer, struct app *app)
{
    size_t root;
    if (verdict_root(app, layer->id, &root))
        layer_jump(layer, app, root);
}

static bool act_walk(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    if (event->id == ACT_LAYER_NEXT || event->id == ACT_LAYER_PREV) {
        int by = action_times(event);
        show(layer, app, layers_view_step(layer->list, app, event->id == ACT_LAYER_NEXT ? by : -by));
        return true;
    }
    static const int jumps[] = {ACT_NEXT_BAD,        ACT_PREV_BAD,   ACT_FIRST_BAD,
                                ACT_FIRST_NONFINITE, ACT_STRIP_PREV, ACT_STRIP_NEXT};
    for (size_t i = 0; i < MM_COUNT(jumps); i++) {
        if (event->id == jumps[i]) {
            show(layer, app, layers_view_jump(layer->list, app, event));
            return true;
        }
    }
    return false;
}

static bool act_here(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    switch (event->id) {
    case ACT_COPY: copy_name(app, layer->id); return true;
    case ACT_COPY_TEXT: copy_tab(layer, app); return true;
    case ACT_BACK: return act_back(layer, app);
    case ACT_ROOT: act_root(layer, app); return true;
    default: return false;
    }
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct layer_view *layer = (struct layer_view *)view;
    if (act_here(layer, app, event) || act_walk(layer, app, event) || scroll(layer, event) ||
        precision_act(app, event, &layer->id, 1, NULL))
        return true;
    bool answered = layer_tabs_act(layer, app, event);
    if (answered)
        prepare(layer, app);
    return answered;
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct layer_view *layer = (struct layer_view *)view;
    layer->w = w;
    layer->h = h;
    if (!layer->gone)
        prepare(layer, app);
}

/* Pairs were made anew: the layer has another id, and all that was known of ids is void. */
static void follow(struct layer_view *layer, struct app *app)
{
    if (layer->pairings == mm_session_pairings(app->session))
        return;
    size_t id = mm_session_moved(app->session, layer->id);
    layer->pairings = mm_session_pairings(app->session);
    layer->id = id == SIZE_MAX ? 0 : id;
    layer->gone = id == SIZE_MAX;
    layer->jumps.count = 0;
    if (layer->gone)
        return;
    layer_tabs_reset(layer);
    if (!layer_tab_show(layer, app, layer->tab))
        layer_tab_show(layer, app, 0);
}

static void update(struct view *view, struct app *app)
{
    struct layer_view *layer = (struct layer_view *)view;
    follow(layer, app);
    if (!layer->gone) {
        prepare(layer, app);
    } else if (app_top(app) == view) { /* else when it is seen again */
        app_say(app, ROLE_WARN, "That tensor is not in the dumps any more");
        app_pop(app);
    }
}

static uint64_t scopes(const struct view *view)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    return SCOPE_LIST | SCOPE_LAYER | tab_of(layer)->scopes | tab_scope(layer->tab);
}

static const int *hints(const struct view *view)
{
    return ((const struct layer_view *)view)->hints;
}

static void close_view(struct view *view)
{
    layer_tabs_close((struct layer_view *)view);
    free(view);
}

static const struct view_ops ops = {
    .name = "layer",
    .scopes = scopes,
    .hints = hints,
    .draw = draw,
    .status = status,
    .act = act,
    .size = size,
    .update = update,
    .close = close_view,
};

struct view *layer_view_open(struct app *app, struct view *list, size_t id)
{
    struct layer_view *layer = calloc(1, sizeof *layer);
    if (!layer || !(layer->state = calloc((size_t)tab_count(), sizeof *layer->state))) {
        free(layer);
        return NULL;
    }
    layer->view.ops = &ops;
    layer->pairings = mm_session_pairings(app->session);
    layer->list = list;
    layer->id = id;
    if (!layer_tab_show(layer, app, 0)) {
        close_view(&layer->view);
        return NULL;
    }
    prepare(layer, app);
    return &layer->view;
}
