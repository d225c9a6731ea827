#include "ui/stats_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mmtui/session.h"

/* ---- src and dst ---- */

/* One side of a layer as the rows below see it. */
struct side {
    const struct mm_entry *entry;
    const struct mm_info *info;
    const struct mm_stats *stats; /* NULL before measuring */
};

static struct side side_of(const struct mm_layer *layer, bool dst)
{
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED || result->state == MM_STATE_SINGLE;
    struct side side = {.entry = dst ? layer->pair->dst : layer->pair->src,
                        .info = dst ? &result->dst : &result->src};
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

/* A value and where it stands: "-3.21 @[0,2,11,5]". */
static void value_at(const struct side *side, double value, int64_t at, struct mm_buf *out)
{
    char text[MM_NUM];
    int64_t coord[MM_RANK_MAX];
    mm_buf_puts(out, mm_num_short(text, value, 5));
    if (at < 0 || side->info->shape.rank == 0)
        return;
    mm_shape_coords(&side->info->shape, at, coord);
    for (int i = 0; i < side->info->shape.rank; i++)
        mm_buf_printf(out, "%s%lld", i ? "," : " @[", (long long)coord[i]);
    mm_buf_puts(out, "]");
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
    char text[MM_NUM];
    if (side->stats)
        mm_buf_puts(out, mm_num_short(text, side->stats->mean, 6));
}

static void text_std(const struct side *side, struct mm_buf *out)
{
    char text[MM_NUM];
    if (side->stats)
        mm_buf_puts(out, mm_num_short(text, side->stats->std, 6));
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

static const struct {
    const char *label;
    void (*text)(const struct side *side, struct mm_buf *out);
    bool keep_tail; /* too long: lose the beginning */
} rows[] = {
    {"dtype", text_dtype, false}, {"shape", text_shape, false},        {"min", text_min, false},
    {"max", text_max, false},     {"mean", text_mean, false},          {"std", text_std, false},
    {"zeros", text_zeros, false}, {"NaN, Inf", text_nonfinite, false}, {"node", text_node, true},
    {"op", text_op, true},        {"file", text_file, true},
};

#define LABEL_WIDTH 10

static void draw_cell(struct canvas *c, int x, int y, int width, size_t row, const struct side *side,
                      const struct app *app)
{
    struct mm_buf text;
    mm_buf_init(&text);
    if (side->entry)
        rows[row].text(side, &text);
    enum role role = rows[row].text == text_nonfinite && side->stats &&
                             side->stats->nan + side->stats->pos_inf + side->stats->neg_inf
                         ? ROLE_NAN
                         : ROLE_VALUE;
    if (rows[row].keep_tail && mm_text_width(mm_buf_text(&text)) > width)
        canvas_fit(c, x, y, width, ALIGN_RIGHT, role, mm_buf_text(&text), app->glyphs);
    else
        canvas_fit(c, x, y, width, ALIGN_LEFT, role, mm_buf_text(&text), app->glyphs);
    mm_buf_done(&text);
}

int stats_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    struct side src = side_of(layer, false), dst = side_of(layer, true);
    int column = (c->w - LABEL_WIDTH - 2) / 2;
    if (column > 34)
        column = 34;
    canvas_text(c, LABEL_WIDTH, -top, column, ROLE_HEADER, src.entry ? "src" : "src (not there)");
    canvas_text(c, LABEL_WIDTH + column + 2, -top, column, ROLE_HEADER,
                dst.entry ? "dst" : "dst (not there)");
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        int y = (int)row + 1 - top;
        canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, rows[row].label);
        draw_cell(c, LABEL_WIDTH, y, column, row, &src, app);
        draw_cell(c, LABEL_WIDTH + column + 2, y, column, row, &dst, app);
    }
    return (int)MM_COUNT(rows) + 1;
}

/* ---- metrics ---- */

/* A metric's line: its figure, a word on it, and what it is. */
struct metric_line {
    char figure[64];
    char word[64];
    enum role role;
};

static void judge_threshold(struct metric_line *line, const struct mm_metrics *m, double value,
                            double threshold)
{
    char text[MM_NUM];
    if (m->nonfinite_differ) {
        snprintf(line->word, sizeof line->word, "of the finite part only");
        line->role = ROLE_WARN;
        return;
    }
    bool over = value > threshold;
    snprintf(line->word, sizeof line->word, "%s %s", over ? "over" : "within",
             mm_num_short(text, threshold, 3));
    line->role = over ? ROLE_BAD : ROLE_OK;
}

static void sci(struct metric_line *line, double value)
{
    char text[MM_NUM];
    snprintf(line->figure, sizeof line->figure, "%s", mm_num_sci(text, value));
}

static void line_diff1(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    sci(line, m->diff1);
    judge_threshold(line, m, m->diff1, thresholds->diff1);
}

static void line_diff2(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    sci(line, m->diff2);
    judge_threshold(line, m, m->diff2, thresholds->diff2);
}

static void line_sqnr(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                      struct metric_line *line)
{
    (void)thresholds;
    if (isinf(m->sqnr) && m->sqnr > 0)
        snprintf(line->figure, sizeof line->figure, "Inf");
    else
        snprintf(line->figure, sizeof line->figure, "%.1f dB", m->sqnr);
}

static void line_diff3(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    char a[MM_NUM], b[MM_NUM];
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%s, %s", mm_num_sci(a, m->diff3_rel),
             mm_num_sci(b, m->diff3_abs));
}

static void line_diff4(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                       struct metric_line *line)
{
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%.0f%% > %.0f%%", m->diff4_greater * 100,
             m->diff4_less * 100);
    /* one-sided error over enough elements is bias, not noise */
    if (m->diff4_n >= 100 && fmax(m->diff4_greater, m->diff4_less) > 0.9) {
        snprintf(line->word, sizeof line->word, "one-sided");
        line->role = ROLE_WARN;
    }
}

static void line_max_abs(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                         struct metric_line *line)
{
    (void)thresholds;
    sci(line, m->max_abs);
    if (m->max_abs_at >= 0)
        snprintf(line->word, sizeof line->word, "at %lld", (long long)m->max_abs_at);
}

static void line_mae(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                     struct metric_line *line)
{
    (void)thresholds;
    sci(line, m->mae);
}

static void line_rmse(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                      struct metric_line *line)
{
    (void)thresholds;
    sci(line, m->rmse);
}

static void line_cosine(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    char text[MM_NUM];
    snprintf(line->figure, sizeof line->figure, "%s", mm_num_cos(text, m->cosine, m->cosine_gap));
    if (m->cosine > 0.999 && m->diff2 > thresholds->diff2) {
        snprintf(line->word, sizeof line->word, "blind to scale: see fit");
        line->role = ROLE_WARN;
    }
}

static void line_fit(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                     struct metric_line *line)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%s s %c %s", mm_num_short(a, m->fit_scale, 4),
             m->fit_offset < 0 ? '-' : '+', mm_num_short(b, fabs(m->fit_offset), 3));
    snprintf(line->word, sizeof line->word, "residual %s", mm_num_sci(c, m->fit_residual));
}

static void line_beyond(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%.2f%%", m->beyond * 100);
}

static void line_differ(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    char text[MM_NUM];
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%s", mm_num_count(text, m->nonfinite_differ));
    if (m->nonfinite_differ) {
        snprintf(line->word, sizeof line->word, "first at %lld", (long long)m->differ_at);
        line->role = ROLE_NAN;
    }
}

static const struct {
    const char *label;
    void (*fill)(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                 struct metric_line *line);
    const char *help; /* what it is; ASCII, so that it reads everywhere */
} metrics[] = {
    {"diff1", line_diff1, "sum|s-d| / sum|s|: mean relative error"},
    {"diff2", line_diff2, "sqrt(sum(s-d)^2 / sum s^2): relative L2"},
    {"SQNR", line_sqnr, "-20 log10(diff2)"},
    {"diff3", line_diff3, "largest |d|/|s|; largest |d| where s is about 0"},
    {"diff4", line_diff4, "share of differing elements with d > s, d < s"},
    {"max|d|", line_max_abs, "largest |s-d|, and its index"},
    {"MAE", line_mae, "mean |s-d|"},
    {"RMSE", line_rmse, "sqrt(mean (s-d)^2)"},
    {"cosine", line_cosine, "direction only"},
    {"fit d =", line_fit, "least squares; residual relative to d"},
    {"beyond", line_beyond, "share with |s-d| > atol + rtol |s|"},
    {"one-sided", line_differ, "positions with NaN or Inf on one side only"},
};

int metrics_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    const struct mm_thresholds *thresholds = &mm_session_options(app->session)->thresholds;
    if (layer->result.state != MM_STATE_MEASURED)
        return 0;
    for (size_t i = 0; i < MM_COUNT(metrics); i++) {
        struct metric_line line = {.role = ROLE_DIM};
        int y = (int)i - top;
        metrics[i].fill(&layer->result.metrics, thresholds, &line);
        canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, metrics[i].label);
        canvas_fit(c, LABEL_WIDTH, y, 18, ALIGN_LEFT, ROLE_VALUE, line.figure, app->glyphs);
        canvas_fit(c, LABEL_WIDTH + 19, y, 23, ALIGN_LEFT, line.role, line.word, app->glyphs);
        canvas_fit(c, LABEL_WIDTH + 43, y, c->w - LABEL_WIDTH - 43, ALIGN_LEFT, ROLE_DIM, metrics[i].help,
                   app->glyphs);
    }
    return (int)MM_COUNT(metrics);
}
