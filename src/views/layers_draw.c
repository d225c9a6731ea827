#include <math.h>
#include <stdio.h>
#include <string.h>

#include "views/hist_chart.h"
#include "views/inspector.h"
#include "views/suggest.h"
#include "views/layers.h"
#include "views/stats_table.h"
#include "views/error_profile.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

int layers_error_profile_height(const struct app *app, int h)
{
    if (app->options.plain)
        return 0;
    return h >= 34 ? 3 : h >= 20 ? 2 : h >= 12 ? 1 : 0;
}

int layers_list_height(const struct app *app, int h)
{
    int rows = h - 2 - layers_error_profile_height(app, h);
    return rows > 0 ? rows : 0;
}

/* ---- columns ---- */

/*
 * The columns in order of importance, each with the width that it needs at least; as many as fit are shown,
 * in the order of mm_column_id. Those after MM_COLUMN_COSINE only take what names and verdicts leave.
 */
static const struct {
    enum mm_column_id id;
    int width;
} wanted[] = {
    {MM_COLUMN_LAYER, 19}, {MM_COLUMN_DIFF2, 7},  {MM_COLUMN_NUMBER, 4},  {MM_COLUMN_VERDICT, 13},
    {MM_COLUMN_IMPL, 7},   {MM_COLUMN_FORMAT, 7}, {MM_COLUMN_CHANGE, 10}, {MM_COLUMN_DTYPE, 9},
    {MM_COLUMN_OP, 8},     {MM_COLUMN_DIFF1, 7},  {MM_COLUMN_MAX_ABS, 7}, {MM_COLUMN_COSINE, 8},
    {MM_COLUMN_BEFORE, 7}, {MM_COLUMN_SQNR, 5},   {MM_COLUMN_SHAPE, 13},
};

#define GAP           2  /* blanks between columns */
#define BADGE         5  /* blank, mark and name of a chosen precision behind the layer's name */
#define LABEL_USUAL   32 /* with the badge; longer ones wait until verdicts have their room */
#define LABEL_MOST    60 /* a longer name is cut at its beginning */
#define VERDICT_WHOLE 34 /* "overflow: |x| up to 6.1e6 > 65504" */

struct layout {
    int width[MM_COLUMN_COUNT]; /* 0: not shown */
    int left;                   /* room that is not used yet */
};

/* Let a column that is shown grow up to `most`. */
static void grow(struct layout *layout, enum mm_column_id id, int most)
{
    int more = most - layout->width[id];
    if (!layout->width[id] || more <= 0)
        return;
    more = more < layout->left ? more : layout->left;
    layout->width[id] += more;
    layout->left -= more;
}

static int digits(size_t number)
{
    int n = 1;
    for (; number >= 10; number /= 10)
        n++;
    return n;
}

static int least_width(const struct layers *layers, size_t i)
{
    if (wanted[i].id == MM_COLUMN_NUMBER) /* and a column for the tag */
        return digits(layers->totals.layers) + 1 > 4 ? digits(layers->totals.layers) + 1 : 4;
    return wanted[i].width;
}

static struct layout lay_out(const struct layers *layers, const struct mm_session *session, int w)
{
    struct layout layout = {.left = w + GAP};
    int label = layers->label_width + BADGE;
    for (size_t i = 0; i < MM_COUNT(wanted); i++) {
        if (wanted[i].id == MM_COLUMN_SQNR) { /* the rest has its room by now */
            grow(&layout, MM_COLUMN_VERDICT, 15);
            grow(&layout, MM_COLUMN_LAYER, label < LABEL_USUAL ? label : LABEL_USUAL);
            grow(&layout, MM_COLUMN_VERDICT, VERDICT_WHOLE);
            grow(&layout, MM_COLUMN_LAYER, label < LABEL_MOST ? label : LABEL_MOST);
            grow(&layout, MM_COLUMN_OP, layers->op_width);
        }
        int width = least_width(layers, i);
        bool empty = (wanted[i].id == MM_COLUMN_OP && layers->op_width == 0) ||
                     !mm_column_there(session, wanted[i].id);
        if (!empty && width + GAP <= layout.left) {
            layout.width[wanted[i].id] = width;
            layout.left -= width + GAP;
        }
    }
    grow(&layout, MM_COLUMN_VERDICT, 60);
    return layout;
}

/* ---- title ---- */

static void draw_progress(struct canvas *c, int right, const struct layers *layers, const struct app *app)
{
    const struct mm_session_totals *totals = &layers->totals;
    const struct glyphs *g = app->glyphs;
    int percent = totals->layers ? (int)(totals->measured * 100 / totals->layers) : 100;
    char time[32];
    snprintf(time, sizeof time, "%d:%02d", (int)totals->seconds / 60, (int)totals->seconds % 60);
    int bar = app->options.plain || c->w < 100 ? 0 : 8;
    int x = right - (int)strlen(time) - bar - 16 - (bar ? 1 : 0);
    x += canvas_textf(c, x, 0, -1, ROLE_PROGRESS, "measuring %3d%% ", percent);
    canvas_repeat(c, x, 0, bar, ROLE_DIM, g->bar_left);
    canvas_repeat(c, x, 0, bar * percent / 100, ROLE_PROGRESS, g->bar_done);
    canvas_text(c, x + bar + (bar ? 1 : 0), 0, -1, ROLE_PROGRESS, time);
}

/* What stands on the right of the title; returns the column where it begins. */
static int draw_title_right(struct canvas *c, const struct layers *layers, const struct app *app)
{
    const struct glyphs *g = app->glyphs;
    int right = c->w - 1;
    char text[64];
    if (layers->totals.measured < layers->totals.layers) {
        int width = c->w >= 100 && !app->options.plain ? 31 : 22;
        draw_progress(c, right, layers, app);
        right -= width;
    } else if (layers->totals.analysing) {
        int width = snprintf(text, sizeof text, "looking into %zu", layers->totals.analysing);
        canvas_text(c, right - width, 0, -1, ROLE_PROGRESS, text);
        right -= width + 2;
    }
    const struct mm_column *column = mm_column(layers->order.column);
    bool falls = (column->numeric && !column->worst_low) != layers->order.reverse;
    snprintf(text, sizeof text, "sort %s %s", column->key, falls ? g->down : g->up);
    int width = mm_text_width(text);
    if (c->w < 60)
        return right;
    canvas_text(c, right - width, 0, -1, ROLE_TITLE, text);
    return right - width;
}

/* "222 pairs · 0 src only · 108 dst only"; where that is too long, without what is zero; or just the pairs.
 */
static void counts_text(const struct layers *layers, const struct glyphs *g, int room, struct mm_buf *out)
{
    const struct mm_session_totals *totals = &layers->totals;
    for (int brief = 0; brief < 3; brief++) {
        mm_buf_clear(out);
        mm_buf_printf(out, "%zu %s", totals->pairs, totals->pairs == 1 ? "pair" : "pairs");
        if (brief == 0 || (brief == 1 && totals->src_only))
            mm_buf_printf(out, "%s%zu src only", g->dot, totals->src_only);
        if (brief == 0 || (brief == 1 && totals->dst_only))
            mm_buf_printf(out, "%s%zu dst only", g->dot, totals->dst_only);
        if (mm_text_width(mm_buf_text(out)) <= room)
            return;
    }
}

static void draw_title(struct canvas *c, const struct layers *layers, const struct app *app)
{
    const struct mm_session_totals *totals = &layers->totals;
    const struct glyphs *g = app->glyphs;
    struct canvas left = canvas_sub(c, 0, 0, draw_title_right(c, layers, app) - 1, 1);
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "%s %s %s", mm_path_base(mm_session_src(app->session)->path), g->versus,
                  mm_path_base(mm_session_dst(app->session)->path));
    int x = 1 + canvas_text(&left, 1, 0, -1, ROLE_TITLE, "mmtui") + 2;
    x += canvas_text(&left, x, 0, -1, ROLE_TITLE_NAME, mm_buf_text(&text)) + 3;
    counts_text(layers, g, left.w - x, &text);
    if (layers->filter) {
        mm_buf_clear(&text);
        mm_buf_printf(&text, "%d of %zu shown: %s", layers->list.count, totals->layers, layers->filter_text);
    }
    canvas_fit(&left, x, 0, left.w - x, ALIGN_LEFT, ROLE_DIM, mm_buf_text(&text), g);
    mm_buf_done(&text);
}

/* ---- rows ---- */

static enum role cell_role(const struct mm_session *session, size_t id, enum mm_column_id column)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    if (column == MM_COLUMN_VERDICT)
        return verdict_role(layer->verdict.kind);
    if (layer->verdict.kind == MM_VERDICT_NONE)
        return ROLE_LIST_WAIT;
    if (column == MM_COLUMN_DIFF1 || column == MM_COLUMN_DIFF2)
        return error_role(mm_column(column)->value(session, id));
    return column == MM_COLUMN_NUMBER ? ROLE_DIM : ROLE_LIST;
}

/* The dtypes, with the arrow that the glyph set has. */
static void dtype_text(const struct app *app, size_t id, struct mm_buf *out)
{
    const struct mm_result *result = &mm_session_layer(app->session, id)->result;
    if (result->src.known)
        mm_buf_puts(out, mm_dtype_info(result->src.dtype)->name);
    if (result->src.known || result->dst.known)
        mm_buf_printf(out, app->glyphs->utf8 ? " %s " : "-%s", app->glyphs->to);
    if (result->dst.known)
        mm_buf_puts(out, mm_dtype_info(result->dst.dtype)->name);
}

/* What of a text still says something in a column that is too narrow for all of it. */
static const char *cut_text(const struct layers *layers, const struct mm_layer *layer,
                            enum mm_column_id column, int width, struct mm_buf *text)
{
    if (column == MM_COLUMN_OP && width < layers->op_width)
        return text_fit_op(mm_buf_text(text));
    if (column == MM_COLUMN_VERDICT) {
        mm_buf_clear(text);
        verdict_fit(&layer->verdict, width, text);
    }
    return mm_buf_text(text);
}

/* What the search found in a name, marked as far as it is seen. */
static void mark_match(struct canvas *c, int x, int y, int shown, const char *name, const char *search)
{
    const char *hit = search[0] ? mm_text_find(name, search) : NULL;
    if (!hit)
        return;
    int from = shown - mm_text_width(hit), rest = mm_text_width(hit + strlen(search));
    int to = shown - rest;
    from = from < 0 ? 0 : from;
    canvas_restyle(c, x + from, y, to - from, 1, ROLE_MATCH);
}

/* The layer's name, its end kept when it is too long, and behind it what is suggested, or else was chosen. */
static void draw_layer_cell(struct canvas *c, int x, int y, int width, const struct layers *layers,
                            const struct app *app, size_t id, const char *text)
{
    const struct mm_override *override = mm_session_override(app->session, id);
    char mark[16] = "";
    enum role mark_role = ROLE_BADGE;
    if (!suggest_badge(app, id, mark, &mark_role) && override)
        snprintf(mark, sizeof mark, "%s%s", app->glyphs->badge,
                 mm_precision_info(override->precision)->badge);
    int badge = mark[0] && width >= 10 ? BADGE : 0;
    enum role role = cell_role(app->session, id, MM_COLUMN_LAYER);
    int shown = text_fit_name(c, x, y, width - badge, role, text, app->glyphs);
    mark_match(c, x, y, shown, text, layers->search);
    if (badge)
        canvas_text(c, x + width - 4, y, 4, mark_role, mark);
}

static void draw_cell(struct canvas *c, int x, int y, int width, const struct layers *layers,
                      const struct app *app, size_t id, enum mm_column_id column, struct mm_buf *text)
{
    mm_buf_clear(text);
    if (column == MM_COLUMN_DTYPE)
        dtype_text(app, id, text);
    else
        mm_column(column)->text(app->session, id, text);
    if (column == MM_COLUMN_LAYER)
        draw_layer_cell(c, x, y, width, layers, app, id, mm_buf_text(text));
    else
        canvas_fit(c, x, y, width, mm_column(column)->right ? ALIGN_RIGHT : ALIGN_LEFT,
                   cell_role(app->session, id, column),
                   cut_text(layers, mm_session_layer(app->session, id), column, width, text), app->glyphs);
}

static void draw_row(struct canvas *c, int y, const struct layers *layers, const struct app *app, size_t id,
                     const struct layout *layout, struct mm_buf *text)
{
    int x = 0;
    for (int column = 0; column < MM_COLUMN_COUNT; column++) {
        int width = layout->width[column];
        if (!width)
            continue;
        draw_cell(c, x, y, width, layers, app, id, (enum mm_column_id)column, text);
        x += width + GAP;
    }
    if (mm_session_layer(app->session, id)->tagged)
        canvas_text(c, 0, y, 1, ROLE_LIST_TAG, app->glyphs->tag);
    if (id == layers_selected(layers)) {
        canvas_overlay(c, 0, y, c->w, 1, ROLE_LIST_SEL);
        canvas_cursor(c, 0, y, false);
    }
}

static void draw_headings(struct canvas *c, const struct layers *layers, const struct app *app,
                          const struct layout *layout)
{
    int x = 0;
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        const struct mm_column *column = mm_column((enum mm_column_id)id);
        if (!layout->width[id])
            continue;
        canvas_fit(c, x, 0, layout->width[id], column->right ? ALIGN_RIGHT : ALIGN_LEFT,
                   (enum mm_column_id)id == layers->order.column ? ROLE_HEADER_SORT : ROLE_HEADER,
                   column->title, app->glyphs);
        x += layout->width[id] + GAP;
    }
}

static void draw_list(struct canvas *c, const struct layers *layers, const struct app *app)
{
    struct layout layout = lay_out(layers, app->session, c->w);
    struct canvas headings = canvas_sub(c, 0, 0, c->w, 1);
    draw_headings(&headings, layers, app, &layout);
    struct mm_buf text;
    mm_buf_init(&text);
    struct canvas rows = canvas_sub(c, 0, 1, c->w, layers->list.height);
    for (int y = 0; y < layers->list.height && layers->list.top + y < layers->list.count; y++)
        draw_row(&rows, y, layers, app, layers->ids[layers->list.top + y], &layout, &text);
    if (layers->list.count == 0)
        canvas_text(&rows, 1, 1, -1, ROLE_DIM,
                    layers->filter ? "no layer matches the filter (Esc shows all)" : "there are no layers");
    mm_buf_done(&text);
}

/* ---- preview ---- */

#define CHART_LEAST 8 /* rows below which a histogram says nothing */

static int draw_next(struct canvas *c, int y, const struct app *app, size_t id)
{
    struct mm_buf text;
    mm_buf_init(&text);
    verdict_next(app, id, &text);
    int lines = text.length ? text_fit_wrap(c, 0, y, c->w, ROLE_VALUE, mm_buf_text(&text)) : 0;
    mm_buf_done(&text);
    return lines;
}

/* Name, verdict, what to do, statistics, metrics where there is room for them, and the histogram. */
static void draw_preview(struct canvas *c, const struct layers *layers, const struct app *app)
{
    size_t id = layers_selected(layers);
    canvas_vline(c, 0, 0, c->h, ROLE_AXIS, app->glyphs);
    if (id == SIZE_MAX)
        return;
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    struct canvas inside = canvas_sub(c, 2, 0, c->w - 2, c->h);
    text_fit_name(&inside, 0, 0, inside.w, ROLE_TITLE_NAME, layer->label, app->glyphs);
    int y = 1;
    if (layer->verdict.text[0])
        y += text_fit_wrap(&inside, 0, y, inside.w, verdict_role(layer->verdict.kind), layer->verdict.text);
    if (layer->result.error)
        y += text_fit_wrap(&inside, 0, y, inside.w, ROLE_ERROR, layer->result.error);
    y += draw_next(&inside, y, app, id);
    struct canvas stats = canvas_sub(&inside, 0, y + 1, inside.w, inside.h - y - 1);
    y += stats_table_draw(&stats, app, id, 0) + 2;
    if (inside.h - y >= metrics_table_lines(app, id) + 1 + CHART_LEAST) {
        struct canvas metrics = canvas_sub(&inside, 0, y, inside.w, inside.h - y);
        int lines = metrics_table_draw(&metrics, app, id, 0);
        y += lines ? lines + 1 : 0;
    }
    struct canvas chart = canvas_sub(&inside, 0, y, inside.w, inside.h - y);
    if (layers->hist && chart.h >= CHART_LEAST) {
        struct hist_chart_options options = {.log = true};
        hist_chart_draw(&chart, app, layers->hist, &options);
    }
}

/* The strip with the threshold beside the row that belongs to what is over it. */
static void draw_error_profile(struct canvas *c, const struct layers *layers, const struct app *app)
{
    int label = c->w >= 60 ? 6 : 0;
    double threshold = mm_session_options(app->session)->thresholds.diff2;
    char limit[MM_NUM + 1] = ">";
    struct canvas strip = canvas_sub(c, 1 + label, 0, c->w - 2 - label, c->h);
    if (c->h > 1 && threshold > 0 && strlen(mm_num_short(limit + 1, threshold, 2)) < 5)
        canvas_text(c, 1, 0, label, ROLE_AXIS, limit);
    enum mm_column_id column = error_profile_column(layers->order.column);
    canvas_text(c, 1, c->h - 1, label, ROLE_AXIS, mm_column(column)->title);
    error_profile_draw(&strip, app->session, column, layers_selected(layers), app->glyphs);
}

void layers_draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layers *layers = (const struct layers *)view;
    int error_profile_height = layers_error_profile_height(app, c->h);
    int preview = c->w >= PREVIEW_FROM ? PREVIEW_WIDTH : 0;
    struct canvas title = canvas_sub(c, 0, 0, c->w, 1);
    draw_title(&title, layers, app);
    struct canvas list =
        canvas_sub(c, 0, 1, c->w - preview - (preview ? 1 : 0), c->h - 1 - error_profile_height);
    draw_list(&list, layers, app);
    if (preview) {
        struct canvas right = canvas_sub(c, c->w - preview, 1, preview, c->h - 1 - error_profile_height);
        draw_preview(&right, layers, app);
    }
    if (error_profile_height) {
        struct canvas strip = canvas_sub(c, 0, c->h - error_profile_height, c->w, error_profile_height);
        draw_error_profile(&strip, layers, app);
    }
}

/* "3 of 4 suggested · 1 override · 2 tagged · 12 over 0.05" */
static void say_counts(const struct layers *layers, const struct app *app, struct mm_buf *out)
{
    const struct mm_session_totals *totals = &layers->totals;
    size_t chosen = mm_plan_count(mm_session_plan_const(app->session));
    size_t suggested = mm_session_suggestions(app->session)->count;
    const char *dot = app->glyphs->dot;
    char limit[MM_NUM];
    if (suggested && mm_session_marked(app->session) < suggested)
        mm_buf_printf(out, "%zu of ", mm_session_marked(app->session));
    if (suggested)
        mm_buf_printf(out, "%zu suggested%s", suggested, dot);
    mm_buf_printf(out, "%zu %s%s%zu tagged%s%zu over %s%s", chosen, chosen == 1 ? "override" : "overrides",
                  dot, totals->tagged, dot, totals->bad,
                  mm_num_short(limit, mm_session_options(app->session)->thresholds.diff2, 3),
                  totals->measured < totals->layers ? " so far" : "");
}

void layers_status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layers *layers = (const struct layers *)view;
    size_t selected = layers_selected(layers);
    struct mm_buf text;
    mm_buf_init(&text);
    if (selected != SIZE_MAX)
        suggest_line(app, selected, &text);
    if (text.length == 0)
        say_counts(layers, app, &text);
    inspector_status(app, c, ROLE_STATUS, mm_buf_text(&text));
    mm_buf_done(&text);
}
