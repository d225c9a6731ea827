#include "views/stats_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mmtui/session.h"
#include "ui/text_fit.h"

/* ---- src and dst ---- */

/* One side of a layer as the rows below see it. */
struct side {
    const struct mm_entry *entry;
    const struct mm_info *info;
    const struct mm_stats *stats; /* NULL before measuring */
    const struct mm_shape *shape; /* in which indices count; NULL: neither file has that shape */
};

/* Both sides were measured in one element order: where an @axis was undone, it is the other side's. */
static const struct mm_shape *index_shape(const struct mm_result *result, bool dst)
{
    switch (result->match) {
    case MM_MATCH_UNDO_BOTH: return NULL;
    case MM_MATCH_UNDO_SRC: return &result->dst.shape;
    case MM_MATCH_UNDO_DST: return &result->src.shape;
    default: return dst ? &result->dst.shape : &result->src.shape;
    }
}

/* "[0,2,11,5]", or the plain index where no shape says more. */
static void add_place(const struct mm_shape *shape, int64_t at, struct mm_buf *out)
{
    int64_t coord[MM_RANK_MAX];
    if (!shape) {
        mm_buf_printf(out, "%lld", (long long)at);
        return;
    }
    mm_shape_coords(shape, at, coord);
    for (int i = 0; i < shape->rank; i++)
        mm_buf_printf(out, "%c%lld", i ? ',' : '[', (long long)coord[i]);
    mm_buf_putc(out, ']');
}

static struct side side_of(const struct mm_layer *layer, bool dst)
{
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED || result->state == MM_STATE_SINGLE;
    struct side side = {.entry = dst ? layer->pair->dst : layer->pair->src,
                        .info = dst ? &result->dst : &result->src,
                        .shape = index_shape(result, dst)};
    if (side.entry && measured)
        side.stats = dst ? &result->metrics.dst : &result->metrics.src;
    return side;
}

static void text_dtype(const struct side *side, struct mm_buf *out)
{
    if (side->info->known)
        mm_buf_puts(out, mm_dtype_info(side->info->dtype)->name);
}

static void text_shape(const struct side *side, struct mm_buf *out)
{
    char text[MM_RANK_MAX * 22];
    if (side->info->known)
        mm_buf_puts(out, mm_shape_text(&side->info->shape, true, text, sizeof text));
}

/* A figure of the finite elements; where there is none, "NaN" would say that one stands there. */
static void add_figure(double value, int digits, struct mm_buf *out)
{
    char text[MM_NUM];
    mm_buf_puts(out, isnan(value) ? "-" : mm_num_short(text, value, digits));
}

/* A value and where it stands: "-3.21 @[0,2,11,5]". */
static void value_at(const struct side *side, double value, int64_t at, struct mm_buf *out)
{
    add_figure(value, 5, out);
    if (at < 0 || side->info->shape.rank == 0)
        return;
    mm_buf_puts(out, " @");
    add_place(side->shape, at, out);
}

static void text_min(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        value_at(side, side->stats->min, side->stats->min_at, out);
}

static void text_max(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        value_at(side, side->stats->max, side->stats->max_at, out);
}

static void text_mean(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        add_figure(side->stats->mean, 6, out);
}

static void text_std(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        add_figure(side->stats->std, 6, out);
}

static void text_zeros(const struct side *side, struct mm_buf *out)
{
    char text[MM_NUM];
    if (side->stats)
        mm_buf_printf(out, "%s of %s", mm_num_count(text, side->stats->zero),
                      mm_num_count((char[MM_NUM]){0}, side->info->count));
}

static void text_nonfinite(const struct side *side, struct mm_buf *out)
{
    const struct mm_stats *stats = side->stats;
    char text[MM_NUM];
    if (!stats)
        return;
    if (stats->nan + stats->pos_inf + stats->neg_inf == 0) {
        mm_buf_puts(out, "none");
        return;
    }
    const char *before = "";
    const struct {
        int64_t count;
        const char *name;
    } kinds[] = {{stats->nan, "NaN"}, {stats->pos_inf, "+Inf"}, {stats->neg_inf, "-Inf"}};
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (kinds[i].count) {
            mm_buf_printf(out, "%s%s %s", before, mm_num_count(text, kinds[i].count), kinds[i].name);
            before = ", ";
        }
    }
}

static void text_node(const struct side *side, struct mm_buf *out)
{
    if (side->info->known)
        mm_buf_puts(out, side->info->node_name);
}

static void text_op(const struct side *side, struct mm_buf *out)
{
    if (side->info->known)
        mm_buf_puts(out, side->info->op_type);
}

static void text_file(const struct side *side, struct mm_buf *out)
{
    if (side->entry)
        mm_buf_puts(out, side->entry->file);
}

struct row {
    const char *label;
    void (*text)(const struct side *side, struct mm_buf *out);
    bool name; /* too long: it loses its beginning */
};

static const struct row stats_rows[] = {
    {"dtype", text_dtype, false}, {"shape", text_shape, false},        {"min", text_min, false},
    {"max", text_max, false},     {"mean", text_mean, false},          {"std", text_std, false},
    {"zeros", text_zeros, false}, {"NaN, Inf", text_nonfinite, false},
};

static const struct row names_rows[] = {
    {"node", text_node, true},
    {"op", text_op, true},
    {"file", text_file, true},
};

#define LABEL_WIDTH 10
#define STATS_WIDTH 34 /* of a side, at most */
#define NAMES_WIDTH 64

static enum role row_role(const struct row *row, const struct side *side)
{
    const struct mm_stats *stats = side->stats;
    bool broken = row->text == text_nonfinite && stats && stats->nan + stats->pos_inf + stats->neg_inf;
    return broken ? ROLE_NAN : ROLE_VALUE;
}

/* One line; false, and nothing drawn, when neither side has anything to say. */
static bool draw_row(struct canvas *c, int y, const struct row *row, const struct side sides[2], int column,
                     const struct app *app)
{
    struct mm_buf text;
    bool any = false;
    mm_buf_init(&text);
    for (int i = 0; i < 2; i++) {
        mm_buf_clear(&text);
        if (sides[i].entry)
            row->text(&sides[i], &text);
        any |= text.length > 0;
        char *place = text.length ? strchr(text.data, '@') : NULL;
        if (place && !row->name && mm_text_width(text.data) > column)
            *place = '\0'; /* better no place than half of one */
        int x = LABEL_WIDTH + i * (column + 2);
        if (row->name)
            text_fit_name(c, x, y, column, ROLE_VALUE, mm_buf_text(&text), app->glyphs);
        else
            canvas_fit(c, x, y, column, ALIGN_LEFT, row_role(row, &sides[i]), mm_buf_text(&text),
                       app->glyphs);
    }
    if (any)
        canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, row->label);
    mm_buf_done(&text);
    return any;
}

static int draw_sides(struct canvas *c, const struct app *app, size_t id, int top, int most,
                      const struct row *rows, size_t count)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    const struct side sides[2] = {side_of(layer, false), side_of(layer, true)};
    int y = 1, column = (c->w - LABEL_WIDTH - 2) / 2;
    column = column > most ? most : column;
    canvas_text(c, LABEL_WIDTH, -top, column, ROLE_HEADER, sides[0].entry ? "src" : "src (not there)");
    canvas_text(c, LABEL_WIDTH + column + 2, -top, column, ROLE_HEADER,
                sides[1].entry ? "dst" : "dst (not there)");
    for (size_t i = 0; i < count; i++)
        y += draw_row(c, y - top, &rows[i], sides, column, app);
    return y;
}

int stats_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    return draw_sides(c, app, id, top, STATS_WIDTH, stats_rows, MM_COUNT(stats_rows));
}

int names_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    return draw_sides(c, app, id, top, NAMES_WIDTH, names_rows, MM_COUNT(names_rows));
}

/* ---- metrics ---- */

/* A metric's line: its figure, a word on it, and what it is. */
struct metric_line {
    struct mm_buf figure, word;
    int64_t at; /* an element that the word ends with, or -1 */
    enum role role;
};

/* What a line says besides its metric's own figure. */
typedef void line_fill(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line);

static void judge_threshold(struct metric_line *line, const struct mm_metrics *m, double value,
                            double threshold)
{
    char text[MM_NUM];
    bool over = value > threshold;
    if (m->nonfinite_differ) {
        mm_buf_puts(&line->word, "of the finite part");
        line->role = ROLE_WARN;
        return;
    }
    mm_buf_printf(&line->word, "%s %s", over ? "over" : "within", mm_num_short(text, threshold, 3));
    line->role = over ? ROLE_BAD : ROLE_OK;
}

static void line_diff1(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    judge_threshold(line, m, m->diff1, thresholds->diff1);
}

static void line_diff2(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    judge_threshold(line, m, m->diff2, thresholds->diff2);
}

static void line_diff3(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    (void)thresholds;
    mm_buf_puts(&line->figure, ", ");
    mm_metric_text(MM_METRIC_DIFF3_ABS, m, &line->figure);
}

static void line_diff4(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    (void)thresholds;
    mm_buf_clear(&line->figure);
    mm_buf_printf(&line->figure, "%.0f%% up, %.0f%% down", m->diff4_greater * 100, m->diff4_less * 100);
    /* one-sided error over enough elements is bias, not noise */
    if (m->diff4_n >= 100 && fmax(m->diff4_greater, m->diff4_less) > 0.9) {
        mm_buf_puts(&line->word, "one-sided: a bias");
        line->role = ROLE_WARN;
    }
}

static void line_max_abs(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                         struct metric_line *line)
{
    char text[MM_NUM];
    (void)thresholds;
    mm_buf_clear(&line->figure); /* there is room for all digits */
    mm_buf_puts(&line->figure, mm_num_sci(text, m->max_abs));
    line->at = m->max_abs_at;
    mm_buf_puts(&line->word, line->at >= 0 ? "at " : "");
}

static void line_cosine(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    if (m->cosine > 0.999 && m->diff2 > thresholds->diff2) {
        mm_buf_puts(&line->word, "scale is off: see fit");
        line->role = ROLE_WARN;
    }
}

static void line_fit(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                     struct metric_line *line)
{
    char a[MM_NUM], b[MM_NUM];
    (void)thresholds;
    mm_buf_clear(&line->figure);
    mm_buf_printf(&line->figure, "%s*s %c %s", mm_num_short(a, m->fit_scale, 4),
                  m->fit_offset < 0 ? '-' : '+', mm_num_short(b, fabs(m->fit_offset), 3));
    mm_buf_puts(&line->word, "residual ");
    mm_metric_text(MM_METRIC_FIT_RESIDUAL, m, &line->word);
}

static void line_beyond(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    (void)thresholds;
    mm_buf_clear(&line->figure); /* the same */
    mm_buf_printf(&line->figure, "%.2f%%", m->beyond * 100);
}

static void line_differ(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    (void)thresholds;
    if (m->nonfinite_differ) {
        line->at = m->differ_at;
        line->role = ROLE_NAN;
        mm_buf_puts(&line->word, "first at ");
    }
}

static const struct {
    enum mm_metric_id metric;
    line_fill *fill; /* NULL: nothing */
} lines[] = {
    {MM_METRIC_DIFF1, line_diff1},
    {MM_METRIC_DIFF2, line_diff2},
    {MM_METRIC_COSINE, line_cosine},
    {MM_METRIC_MAX_ABS, line_max_abs},
    {MM_METRIC_FIT_SCALE, line_fit},
    {MM_METRIC_SQNR, NULL},
    {MM_METRIC_RMSE, NULL},
    {MM_METRIC_MAE, NULL},
    {MM_METRIC_DIFF3_REL, line_diff3},
    {MM_METRIC_DIFF4_GREATER, line_diff4},
    {MM_METRIC_BEYOND, line_beyond},
    {MM_METRIC_NONFINITE_DIFFER, line_differ},
};

#define FIGURE_WIDTH 17
#define WORD_WIDTH   22

int metrics_table_lines(const struct app *app, size_t id)
{
    bool measured = mm_session_layer(app->session, id)->result.state == MM_STATE_MEASURED;
    return measured ? (int)MM_COUNT(lines) : 0;
}

static void line_init(struct metric_line *line, size_t i, const struct mm_layer *layer,
                      const struct mm_thresholds *thresholds)
{
    const struct mm_metrics *m = &layer->result.metrics;
    const struct mm_metric *metric = mm_metric(lines[i].metric);
    *line = (struct metric_line){.role = ROLE_DIM, .at = -1};
    mm_metric_text(lines[i].metric, m, &line->figure);
    if (metric->unit && isfinite(mm_metric_value(lines[i].metric, m)))
        mm_buf_printf(&line->figure, " %s", metric->unit);
    if (lines[i].fill)
        lines[i].fill(m, thresholds, line);
    if (line->at >= 0)
        add_place(index_shape(&layer->result, false), line->at, &line->word);
}

static void draw_metric(struct canvas *c, int y, size_t i, const struct mm_layer *layer,
                        const struct app *app)
{
    const struct mm_metric *metric = mm_metric(lines[i].metric);
    struct metric_line line;
    line_init(&line, i, layer, &mm_session_options(app->session)->thresholds);
    int x = LABEL_WIDTH;
    canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, metric->label);
    x +=
        canvas_fit(c, x, y, FIGURE_WIDTH, ALIGN_LEFT, ROLE_VALUE, mm_buf_text(&line.figure), app->glyphs) + 1;
    x += canvas_fit(c, x, y, WORD_WIDTH, ALIGN_LEFT, line.role, mm_buf_text(&line.word), app->glyphs) + 1;
    canvas_fit(c, x, y, c->w - x, ALIGN_LEFT, ROLE_DIM, metric->what, app->glyphs);
    mm_buf_done(&line.figure);
    mm_buf_done(&line.word);
}

int metrics_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    int count = metrics_table_lines(app, id);
    for (int i = 0; i < count; i++)
        draw_metric(c, i - top, (size_t)i, mm_session_layer(app->session, id), app);
    return count;
}
