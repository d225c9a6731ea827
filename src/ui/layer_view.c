#include "ui/layer_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/hist_chart.h"
#include "ui/inspector.h"
#include "ui/layers_view.h"
#include "ui/stats_table.h"
#include "ui/whatif_tab.h"
#include "ui/words.h"

enum tab { TAB_STATS, TAB_HIST, TAB_WHATIF, TAB_COUNT };
enum range { RANGE_ALL, RANGE_MIDDLE, RANGE_ZERO, RANGE_COUNT };

/* Bins that + and - step through; 0 stands for one a column. */
static const size_t bin_steps[] = {8, 16, 32, 64, 0, 128, 256, 512};
#define BINS_USUAL 4
/* Title, tabs, a blank line. */
#define HEAD_LINES 3
/* Fine enough to find the middle 99.9 % in. */
#define FINE_BINS 4096

struct layer_view {
    struct view view;
    struct view *list; /* the layers screen */
    size_t id;
    enum tab tab;
    int top;   /* first line shown of a tab of text */
    int lines; /* that it has at this size */
    int w, h;
    bool log, error;
    enum range range;
    size_t bins;                          /* index into bin_steps */
    const struct mm_pair_hist *hist;      /* NULL while it is counted */
    const struct mm_whatif_table *whatif; /* NULL while it is worked out */
    const char *problem;
};

static const char *const tab_names[TAB_COUNT] = {"Stats", "Histogram", "What if"};
static const char *const range_names[RANGE_COUNT] = {"all", "middle 99.9%", "around zero"};

/* ---- the histogram that is wanted ---- */

static size_t bins_of(const struct layer_view *layer)
{
    size_t bins = bin_steps[layer->bins];
    int columns = layer->w > 17 ? layer->w - 9 : 8;
    return bins ? bins : (size_t)(columns < MM_HIST_BINS_MAX ? columns : MM_HIST_BINS_MAX);
}

/* Where the middle 99.9 % of src and dst lie, from a fine histogram over everything. */
static void middle_range(const struct mm_pair_hist *fine, struct mm_hist_options *options)
{
    const struct mm_hist *sides[] = {&fine->src, &fine->dst};
    double low = INFINITY, high = -INFINITY;
    for (int s = 0; s < 2; s++) {
        const struct mm_hist *side = sides[s];
        uint64_t total = 0, sum = 0;
        for (size_t bin = 0; bin < side->bins; bin++)
            total += side->count[bin];
        for (size_t bin = 0; bin < side->bins && total; bin++) {
            double left = side->low + (side->high - side->low) * (double)bin / (double)side->bins;
            double right = side->low + (side->high - side->low) * (double)(bin + 1) / (double)side->bins;
            if ((double)sum <= 0.0005 * (double)total &&
                (double)(sum + side->count[bin]) > 0.0005 * (double)total)
                low = fmin(low, left);
            sum += side->count[bin];
            if ((double)sum >= 0.9995 * (double)total) {
                high = fmax(high, right);
                break;
            }
        }
    }
    if (low < high) {
        options->low = low;
        options->high = high;
    }
}

static void zero_range(const struct mm_layer *layer, struct mm_hist_options *options)
{
    double std = layer->pair->src ? layer->result.metrics.src.std : layer->result.metrics.dst.std;
    if (std > 0 && isfinite(std)) {
        options->low = -std;
        options->high = std;
    }
}

/* ---- drawing ---- */

/* "#38 enc.0.ln2.Pow ▸F32 mm.pow", and on the right where that is in the list: J and K walk there. */
static void draw_title(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    const struct mm_override *override = mm_session_override(app->session, layer->id);
    char place[48] = "";
    int row, count;
    if (layers_view_place(layer->list, layer->id, &row, &count))
        snprintf(place, sizeof place, "%d of %d", row + 1, count);
    int right = c->w - 1 - (int)strlen(place);
    canvas_text(c, right, 0, -1, ROLE_DIM, place);
    struct canvas left = canvas_sub(c, 0, 0, right - 1, 1);
    int badge = override ? 5 : 0;
    int x = 1 + canvas_textf(&left, 1, 0, -1, ROLE_DIM, "#%zu", layer->id + 1) + 2;
    x += words_name(&left, x, 0, left.w - x - badge, ROLE_TITLE_NAME, data->label, app->glyphs) + 1;
    if (override)
        x += canvas_textf(&left, x, 0, -1, ROLE_BADGE, "%s%s", app->glyphs->badge,
                          mm_precision_info(override->precision)->badge) +
             1;
    canvas_fit(&left, x + 1, 0, left.w - x - 1, ALIGN_LEFT, ROLE_DIM, mm_session_op(app->session, layer->id),
               app->glyphs);
}

static void draw_tabs(struct canvas *c, const struct layer_view *layer)
{
    int x = 1;
    for (int tab = 0; tab < TAB_COUNT; tab++) {
        bool active = tab == (int)layer->tab;
        x += canvas_textf(c, x, 0, -1, active ? ROLE_TAB_ACTIVE : ROLE_TAB, active ? "[%d %s]" : " %d %s ",
                          tab + 1, tab_names[tab]) +
             1;
    }
}

/* "label     sentence", in as many lines as it needs. */
static int draw_sentence(struct canvas *c, int y, enum role role, const char *label, const char *text)
{
    canvas_text(c, 0, y, 10, ROLE_LABEL, label);
    return y + words_wrap(c, 10, y, c->w - 10, role, text);
}

/* What there is to say besides figures: the verdict, an error, how the two were paired and laid out, what was
 * chosen. */
static int draw_words(struct canvas *c, const struct app *app, size_t id, int y)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    const struct mm_override *override = mm_session_override(app->session, id);
    struct mm_buf text;
    mm_buf_init(&text);
    if (layer->verdict.text[0])
        y = draw_sentence(c, y, layer->verdict.bad ? ROLE_BAD : ROLE_VALUE, "verdict", layer->verdict.text);
    else if (layer->verdict.kind == MM_VERDICT_OK)
        y = draw_sentence(c, y, ROLE_OK, "verdict", "ok: within the thresholds");
    if (layer->result.error)
        y = draw_sentence(c, y, ROLE_ERROR, "error", layer->result.error);
    if (override) {
        mm_buf_printf(&text, "%s (%s)", mm_precision_info(override->precision)->name, override->why);
        y = draw_sentence(c, y, ROLE_BADGE, "chosen", mm_buf_text(&text));
        mm_buf_clear(&text);
    }
    mm_pair_how(layer->pair, &text);
    if (layer->result.fit != MM_FIT_NONE)
        mm_buf_printf(&text, "; %s", mm_fit_text(layer->result.fit));
    y = draw_sentence(c, y, ROLE_VALUE, "pair", mm_buf_text(&text));
    mm_buf_done(&text);
    return y;
}

/* Draws at y = -top and returns the number of lines. */
static int draw_stats(struct canvas *c, const struct app *app, size_t id, int top)
{
    static int (*const tables[])(struct canvas *, const struct app *, size_t,
                                 int) = {stats_table_draw, metrics_table_draw, names_table_draw};
    int y = draw_words(c, app, id, -top) + top;
    for (size_t i = 0; i < MM_COUNT(tables); i++) {
        struct canvas table = canvas_sub(c, 0, y + 1 - top, c->w, 200);
        int lines = tables[i](&table, app, id, 0);
        y += lines ? lines + 1 : 0;
    }
    return y;
}

static void draw_hist(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    bool error = layer->error && data->pair->src && data->pair->dst;
    const char *counts = layer->log ? "log" : "linear";
    if (error)
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "of the error   counts: %s", counts);
    else
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "range: %s   counts: %s   bins: %zu", range_names[layer->range],
                     counts, bins_of(layer));
    if (layer->problem)
        canvas_text(c, 0, 2, -1, ROLE_ERROR, layer->problem);
    else if (state == MM_STATE_FAILED || state == MM_STATE_MISMATCH)
        canvas_text(c, 0, 2, -1, ROLE_WARN,
                    state == MM_STATE_FAILED ? data->result.error : data->verdict.text);
    else if (!layer->hist)
        canvas_text(c, 0, 2, -1, ROLE_DIM, "counting ...");
    if (!layer->hist)
        return;
    const struct mm_stats *stats = data->pair->src ? &data->result.metrics.src : &data->result.metrics.dst;
    bool integer = data->result.dst.known && mm_dtype_info(data->result.dst.dtype)->bits == 8;
    struct hist_chart_options options = {.log = layer->log, .error = error};
    if (!integer && stats->finite) /* where a symmetric per-tensor int8 grid would lie */
        options.int8_step = fmax(fabs(stats->min), fabs(stats->max)) / 127;
    struct canvas chart = canvas_sub(c, 0, 2, c->w, c->h - 2);
    hist_chart_draw(&chart, app, layer->hist, &options);
}

/* A tab that scrolls: from line `top` on; returns the lines that it has. */
static int draw_text(struct canvas *c, const struct layer_view *layer, const struct app *app, int top)
{
    if (layer->tab == TAB_WHATIF)
        return whatif_tab_draw(c, app, layer->id, layer->whatif, layer->problem, top);
    return draw_stats(c, app, layer->id, top);
}

static void draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    struct canvas title = canvas_sub(c, 0, 0, c->w, 1);
    struct canvas tabs = canvas_sub(c, 0, 1, c->w, 1);
    struct canvas body = canvas_sub(c, 1, HEAD_LINES, c->w - 2, c->h - HEAD_LINES);
    draw_title(&title, layer, app);
    draw_tabs(&tabs, layer);
    canvas_cursor(c, 0, 0, false);
    if (layer->tab == TAB_HIST)
        draw_hist(&body, layer, app);
    else
        draw_text(&body, layer, app, layer->top);
}

static void status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    const struct mm_verdict *verdict = &mm_session_layer(app->session, layer->id)->verdict;
    int seen = layer->h - HEAD_LINES;
    char lines[64];
    snprintf(lines, sizeof lines, "Lines %d to %d of %d", layer->top + 1, layer->top + seen, layer->lines);
    if (layer->tab != TAB_HIST && seen > 0)
        inspector_status(app, c, ROLE_STATUS, layer->lines > seen ? lines : "");
    else
        inspector_status(app, c, verdict->bad ? ROLE_BAD : ROLE_STATUS, verdict->text);
}

/* ---- actions ---- */

static int text_lines(const struct layer_view *layer, const struct app *app)
{
    struct grid none; /* 0 x 0: only counts */
    grid_init(&none);
    struct canvas c = grid_canvas(&none);
    c.w = layer->w - 2;
    int lines = draw_text(&c, layer, app, 0);
    grid_done(&none);
    return lines;
}

static void keep_in_range(struct layer_view *layer, const struct app *app)
{
    int seen = layer->h - HEAD_LINES > 0 ? layer->h - HEAD_LINES : 0;
    layer->lines = text_lines(layer, app);
    int last = layer->lines > seen ? layer->lines - seen : 0;
    layer->top = layer->top > last ? last : layer->top;
}

static void prepare_hist(struct layer_view *layer, struct app *app)
{
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    if (state != MM_STATE_MEASURED && state != MM_STATE_SINGLE)
        return;
    struct mm_hist_options options = {.bins = bins_of(layer)};
    if (layer->range == RANGE_MIDDLE) {
        struct mm_hist_options fine = {.bins = FINE_BINS};
        const struct mm_pair_hist *all = mm_session_hist(app->session, layer->id, &fine, &layer->problem);
        if (!all)
            return;
        middle_range(all, &options);
    } else if (layer->range == RANGE_ZERO) {
        zero_range(data, &options);
    }
    layer->hist = mm_session_hist(app->session, layer->id, &options, &layer->problem);
}

static void prepare(struct layer_view *layer, struct app *app)
{
    layer->hist = NULL;
    layer->whatif = NULL;
    layer->problem = NULL;
    mm_session_focus(app->session, &layer->id, 1);
    if (layer->tab == TAB_HIST)
        prepare_hist(layer, app);
    else if (layer->tab == TAB_WHATIF)
        layer->whatif = mm_session_whatif(app->session, layer->id, -1, &layer->problem);
    keep_in_range(layer, app);
}

static bool scroll(struct layer_view *layer, const struct action_event *event)
{
    struct list list = {
        .count = layer->lines, .height = layer->h - HEAD_LINES, .top = layer->top, .cursor = layer->top};
    if (layer->tab == TAB_HIST || !list_scroll(&list, event))
        return false;
    layer->top = list.top;
    return true;
}

static void show(struct layer_view *layer, struct app *app, long id)
{
    if (id < 0)
        return;
    if ((size_t)id != layer->id)
        layer->top = 0;
    layer->id = (size_t)id;
    prepare(layer, app);
}

static bool act_hist(struct layer_view *layer, const struct action_event *event)
{
    switch (event->id) {
    case ACT_HIST_LOG: layer->log = !layer->log; break;
    case ACT_HIST_ERROR: layer->error = !layer->error; break;
    case ACT_HIST_RANGE: layer->range = (layer->range + 1) % RANGE_COUNT; break;
    case ACT_HIST_MORE: layer->bins += layer->bins + 1 < MM_COUNT(bin_steps); break;
    case ACT_HIST_FEWER: layer->bins -= layer->bins > 0; break;
    default: return false;
    }
    return true;
}

static bool act_walk(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    if (event->id == ACT_LAYER_NEXT || event->id == ACT_LAYER_PREV) {
        int by = action_times(event);
        show(layer, app, layers_view_step(layer->list, app, event->id == ACT_LAYER_NEXT ? by : -by));
        return true;
    }
    static const enum action jumps[] = {ACT_NEXT_BAD,        ACT_PREV_BAD,   ACT_FIRST_BAD,
                                        ACT_FIRST_NONFINITE, ACT_STRIP_PREV, ACT_STRIP_NEXT};
    for (size_t i = 0; i < MM_COUNT(jumps); i++) {
        if (event->id == jumps[i]) {
            show(layer, app, layers_view_jump(layer->list, app, event));
            return true;
        }
    }
    return false;
}

static bool act_tab(struct layer_view *layer, const struct action_event *event)
{
    int tab = (int)layer->tab;
    if (event->id == ACT_TAB_NEXT)
        tab = (tab + 1) % TAB_COUNT;
    else if (event->id == ACT_TAB_PREV)
        tab = (tab + TAB_COUNT - 1) % TAB_COUNT;
    else if (event->id >= ACT_TAB_1 && event->id < ACT_TAB_1 + TAB_COUNT)
        tab = (int)(event->id - ACT_TAB_1);
    else
        return false;
    layer->tab = (enum tab)tab;
    return true;
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct layer_view *layer = (struct layer_view *)view;
    if (event->id == ACT_COPY) {
        app_copy(app, mm_session_layer(app->session, layer->id)->pair->name);
        return true;
    }
    if (act_walk(layer, app, event) || scroll(layer, event) || inspector_precision(app, event, &layer->id, 1))
        return true;
    bool answered = act_tab(layer, event) || (layer->tab == TAB_HIST && act_hist(layer, event));
    if (answered)
        prepare(layer, app);
    return answered;
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct layer_view *layer = (struct layer_view *)view;
    layer->w = w;
    layer->h = h;
    prepare(layer, app);
}

static void update(struct view *view, struct app *app)
{
    prepare((struct layer_view *)view, app);
}

static unsigned scopes(const struct view *view)
{
    const struct layer_view *layer = (const struct layer_view *)view;
    return SCOPE_LIST | SCOPE_LAYER | (layer->tab == TAB_HIST ? SCOPE_HIST : 0);
}

static const enum action *hints(const struct view *view)
{
    static const enum action stats[] = {ACT_BACK,     ACT_TAB_NEXT,       ACT_LAYER_NEXT,
                                        ACT_NEXT_BAD, ACT_PRECISION_NEXT, ACT_PLAN,
                                        ACT_UNDO,     ACT_HELP,           ACT_NONE};
    static const enum action hist[] = {ACT_BACK,       ACT_TAB_NEXT,  ACT_HIST_LOG,   ACT_HIST_RANGE,
                                       ACT_HIST_ERROR, ACT_HIST_MORE, ACT_LAYER_NEXT, ACT_PRECISION_NEXT,
                                       ACT_HELP,       ACT_NONE};
    const struct layer_view *layer = (const struct layer_view *)view;
    return layer->tab == TAB_HIST ? hist : stats;
}

static void close_view(struct view *view)
{
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
    if (!layer)
        return NULL;
    layer->view.ops = &ops;
    layer->list = list;
    layer->id = id;
    layer->bins = BINS_USUAL;
    layer->log = true;
    prepare(layer, app);
    return &layer->view;
}
