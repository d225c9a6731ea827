#include "views/metrics_table.h"

#include <math.h>

#include "base/translate.h"
#include "mmtui/session.h"
#include "views/place.h"

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
        mm_buf_say(&line->word, "finite elements only");
        line->role = ROLE_WARN;
        return;
    }
    mm_buf_printf(&line->word, "%s %s", mm_tr_in("title", over ? "over" : "within"),
                  mm_num_short(text, threshold, 3));
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
        mm_buf_say(&line->word, "one-sided (bias)");
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
    mm_buf_say(&line->word, line->at >= 0 ? "at " : "");
}

static void line_cosine(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                        struct metric_line *line)
{
    if (m->cosine > 0.999 && m->diff2 > thresholds->diff2) {
        mm_buf_say(&line->word, "scale differs: see fit");
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
                  m->fit_offset < 0 ? '-' : '+', mm_num_short(b, fabs(m->fit_offset), 2));
    mm_buf_say(&line->word, "residual ");
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
        mm_buf_say(&line->word, "first at ");
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

#define LABEL_WIDTH  10
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
    if (m->finite == 0 && m->nonfinite_differ && lines[i].metric != MM_METRIC_NONFINITE_DIFFER) {
        mm_buf_puts(&line->figure, "-"); /* a figure of no element */
        return;
    }
    mm_metric_text(lines[i].metric, m, &line->figure);
    if (metric->unit && isfinite(mm_metric_value(lines[i].metric, m)))
        mm_buf_printf(&line->figure, " %s", metric->unit);
    if (lines[i].fill)
        lines[i].fill(m, thresholds, line);
    if (line->at >= 0)
        place_text(place_shape(&layer->result, false), line->at, &line->word);
}

static void draw_metric(struct canvas *c, int y, size_t i, const struct mm_layer *layer,
                        const struct app *app)
{
    const struct mm_metric *metric = mm_metric(lines[i].metric);
    struct metric_line line;
    line_init(&line, i, layer, &mm_session_options(app->session)->thresholds);
    int x = LABEL_WIDTH;
    canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, mm_tr_in("title", metric->label));
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
