#include "views/metrics_table.h"

#include <math.h>
#include <stdio.h>

#include "mmtui/session.h"
#include "views/place.h"

/* A metric's line: its figure, a word on it, and what it is. */
struct metric_line {
    char figure[64];
    char word[64];
    int64_t at; /* an element that the word ends with, or -1 */
    enum role role;
};

static void judge_threshold(struct metric_line *line, const struct mm_metrics *m, double value,
                            double threshold)
{
    char text[MM_NUM];
    if (m->nonfinite_differ) {
        snprintf(line->word, sizeof line->word, "of the finite part");
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
    snprintf(line->figure, sizeof line->figure, "%.0f%% up, %.0f%% down", m->diff4_greater * 100,
             m->diff4_less * 100);
    /* one-sided error over enough elements is bias, not noise */
    if (m->diff4_n >= 100 && fmax(m->diff4_greater, m->diff4_less) > 0.9) {
        snprintf(line->word, sizeof line->word, "one-sided: a bias");
        line->role = ROLE_WARN;
    }
}

static void line_max_abs(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                         struct metric_line *line)
{
    (void)thresholds;
    sci(line, m->max_abs);
    line->at = m->max_abs_at;
    snprintf(line->word, sizeof line->word, "%s", line->at >= 0 ? "at " : "");
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
        snprintf(line->word, sizeof line->word, "scale is off: see fit");
        line->role = ROLE_WARN;
    }
}

static void line_fit(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                     struct metric_line *line)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    (void)thresholds;
    snprintf(line->figure, sizeof line->figure, "%s*s %c %s", mm_num_short(a, m->fit_scale, 4),
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
        line->at = m->differ_at;
        line->role = ROLE_NAN;
        snprintf(line->word, sizeof line->word, "first at ");
    }
}

static const struct {
    const char *label;
    void (*fill)(const struct mm_metrics *m, const struct mm_thresholds *thresholds,
                 struct metric_line *line);
    const char *help; /* what it is, in 26 columns; ASCII, so that it reads everywhere */
} metrics[] = {
    {"diff1", line_diff1, "sum|s-d| / sum|s|"},
    {"diff2", line_diff2, "sqrt(sum(s-d)^2 / sum s^2)"},
    {"cosine", line_cosine, "direction; blind to scale"},
    {"max|d|", line_max_abs, "largest |s-d|"},
    {"fit d =", line_fit, "least squares over s"},
    {"SQNR", line_sqnr, "-20 log10(diff2)"},
    {"RMSE", line_rmse, "sqrt(mean (s-d)^2)"},
    {"MAE", line_mae, "mean |s-d|"},
    {"diff3", line_diff3, "max |s-d|/|s|; at s ~ 0 abs"},
    {"diff4", line_diff4, "share with d > s, d < s"},
    {"beyond", line_beyond, "|s-d| > atol + rtol |s|"},
    {"NaN, Inf", line_differ, "on one side only"},
};

#define LABEL_WIDTH  10
#define FIGURE_WIDTH 17
#define WORD_WIDTH   22

int metrics_table_lines(const struct app *app, size_t id)
{
    bool measured = mm_session_layer(app->session, id)->result.state == MM_STATE_MEASURED;
    return measured ? (int)MM_COUNT(metrics) : 0;
}

static void draw_metric(struct canvas *c, int y, size_t i, const struct mm_layer *layer,
                        const struct app *app)
{
    const struct mm_thresholds *thresholds = &mm_session_options(app->session)->thresholds;
    struct metric_line line = {.role = ROLE_DIM, .at = -1};
    struct mm_buf word;
    mm_buf_init(&word);
    metrics[i].fill(&layer->result.metrics, thresholds, &line);
    mm_buf_puts(&word, line.word);
    if (line.at >= 0)
        place_text(place_shape(&layer->result, false), line.at, &word);
    int x = LABEL_WIDTH;
    canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, metrics[i].label);
    x += canvas_fit(c, x, y, FIGURE_WIDTH, ALIGN_LEFT, ROLE_VALUE, line.figure, app->glyphs) + 1;
    x += canvas_fit(c, x, y, WORD_WIDTH, ALIGN_LEFT, line.role, mm_buf_text(&word), app->glyphs) + 1;
    canvas_fit(c, x, y, c->w - x, ALIGN_LEFT, ROLE_DIM, metrics[i].help, app->glyphs);
    mm_buf_done(&word);
}

int metrics_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    int lines = metrics_table_lines(app, id);
    for (int i = 0; i < lines; i++)
        draw_metric(c, i - top, (size_t)i, mm_session_layer(app->session, id), app);
    return lines;
}
