#include "views/hist_chart.h"
#include "base/translate.h"
#include "views/hist_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCALE_WIDTH 7 /* counts on the left */
#define HALF_MAX    65504.0

/* What a column of the chart shows: the larger count of the bins that fall into it. */
static double column_count(const struct mm_hist *hist, int x, int w)
{
    uint64_t most = 0;
    if (hist->bins == 0)
        return 0;
    size_t from = (size_t)x * hist->bins / (size_t)w, to = ((size_t)x + 1) * hist->bins / (size_t)w;
    for (size_t bin = from; bin < hist->bins && (bin < to || bin == from); bin++)
        most = hist->count[bin] > most ? hist->count[bin] : most;
    return (double)most;
}

/* Height in eighths of a row, at least one for anything at all. */
static int eighths(double count, double most, int rows, bool log)
{
    if (count <= 0 || most <= 0)
        return 0;
    double share = log ? log1p(count) / log1p(most) : count / most;
    int height = (int)lround(share * rows * 8);
    return height > 0 ? height : 1;
}

/*
 * One column: what both sides reach is solid; what only src reaches is shaded, what only dst reaches is half
 * blocks, so that the two can be told apart without colour. The top of the solid part is drawn in eighths.
 */
static void draw_column(struct canvas *c, int x, int src, int dst, const struct glyphs *g)
{
    int both = src < dst ? src : dst, more = src > dst ? src : dst;
    for (int row = 0; row < c->h; row++) {
        int floor = (c->h - 1 - row) * 8;
        int fill = both - floor, above = more - floor;
        if (fill >= 8)
            canvas_text(c, x, row, 1, ROLE_BAR_BOTH, g->full);
        else if (above >= 4 && above > fill + 3)
            canvas_text(c, x, row, 1, src > dst ? ROLE_BAR_SRC : ROLE_BAR_DST,
                        src > dst ? g->shade : g->eighths_h[4]);
        else if (fill > 0)
            canvas_text(c, x, row, 1, ROLE_BAR_BOTH, g->eighths_v[fill]);
        else if (above > 0)
            canvas_text(c, x, row, 1, src > dst ? ROLE_BAR_SRC : ROLE_BAR_DST,
                        g->eighths_v[above > 8 ? 8 : above]);
    }
}

static void draw_counts(struct canvas *c, double most, bool log)
{
    char text[MM_NUM];
    canvas_textf(c, 0, 0, SCALE_WIDTH - 1, ROLE_AXIS, "%*s", SCALE_WIDTH - 2,
                 mm_num_count(text, (int64_t)most));
    if (c->h > 4)
        canvas_textf(c, 0, c->h - 1, SCALE_WIDTH - 1, ROLE_AXIS, "%*s", SCALE_WIDTH - 2, log ? "log" : "0");
}

/* ---- the axis below ---- */

/* The column where a value lies, or -1 outside. */
static int column_of(double value, const struct mm_hist *hist, int w)
{
    if (!(value >= hist->low && value <= hist->high && hist->high > hist->low))
        return -1;
    int x = (int)((value - hist->low) / (hist->high - hist->low) * w);
    return x < w ? x : w - 1;
}

/* Figures below an axis, each where no other one stands. */
struct labels {
    int from[8], to[8];
    int count;
};

static bool is_free(const struct labels *labels, int from, int to)
{
    for (int i = 0; i < labels->count; i++) {
        if (from <= labels->to[i] && to >= labels->from[i]) /* a blank stays between them */
            return false;
    }
    return true;
}

/* Put a label at x, or up to `shift` columns beside it; nowhere when there is no room. */
static void put_label(struct canvas *axis, struct labels *labels, int x, int shift, enum role role,
                      const char *text)
{
    int width = mm_text_width(text);
    for (int by = 0; by <= shift * 2 && labels->count < (int)MM_COUNT(labels->from); by++) {
        int from = x + (by % 2 ? -1 : 1) * ((by + 1) / 2);
        if (from < 0 || from + width > axis->w || !is_free(labels, from, from + width))
            continue;
        labels->from[labels->count] = from;
        labels->to[labels->count++] = from + width;
        canvas_text(axis, from, 1, -1, role, text);
        return;
    }
}

static void draw_marks(struct canvas *axis, struct labels *labels, const struct mm_hist *hist, double step,
                       const struct glyphs *g)
{
    const double half[] = {-HALF_MAX, HALF_MAX};
    /* int8 steps closer than two columns would only make a grey line */
    if (step > 0 && (hist->high - hist->low) / step < axis->w / 2) {
        double first = ceil(hist->low / step) * step;
        for (int i = 0; i < axis->w; i++) {
            int x = column_of(first + i * step, hist, axis->w);
            canvas_text(axis, x, 0, x < 0 ? 0 : 1, ROLE_MARK, g->line_cross);
        }
    }
    for (size_t i = 0; i < MM_COUNT(half); i++) {
        int x = column_of(half[i], hist, axis->w);
        if (x < 0)
            continue;
        canvas_text(axis, x, 0, 1, ROLE_MARK, g->tick_up);
        put_label(axis, labels, x - 2, 9, ROLE_MARK, half[i] < 0 ? "-65504" : "65504");
    }
}

static void draw_axis(struct canvas *c, const struct mm_hist *hist, double step, const struct app *app)
{
    char low[MM_NUM], middle[MM_NUM], high[MM_NUM];
    struct labels labels = {.count = 0};
    canvas_hline(c, 0, 0, c->w, ROLE_AXIS, app->glyphs);
    mm_num_short(low, hist->low, 3);
    mm_num_short(middle, (hist->low + hist->high) / 2, 2);
    mm_num_short(high, hist->high, 3);
    put_label(c, &labels, 0, 0, ROLE_AXIS, low);
    put_label(c, &labels, c->w - mm_text_width(high), 0, ROLE_AXIS, high);
    draw_marks(c, &labels, hist, step, app->glyphs);
    if (c->w > 40)
        put_label(c, &labels, c->w / 2 - mm_text_width(middle) / 2, 0, ROLE_AXIS, middle);
}

static void legend_item(struct canvas *c, int *x, enum role role, const char *glyph, const char *text)
{
    *x += canvas_textf(c, *x, 0, -1, role, "%s", glyph) + 1;
    *x += canvas_text(c, *x, 0, -1, ROLE_DIM, mm_tr_in("title", text)) + 2;
}

static void draw_legend(struct canvas *c, const struct mm_pair_hist *hist, const struct app *app)
{
    const struct glyphs *g = app->glyphs;
    int x = 0;
    if (!app->options.plain) {
        legend_item(c, &x, ROLE_BAR_BOTH, g->full, "both");
        legend_item(c, &x, ROLE_BAR_SRC, g->shade, "src");
        legend_item(c, &x, ROLE_BAR_DST, g->eighths_h[4], "dst");
    }
    uint64_t outside = hist->src.below + hist->src.above + hist->dst.below + hist->dst.above;
    uint64_t broken = hist->src.nonfinite + hist->dst.nonfinite;
    char text[MM_NUM];
    if (outside)
        x += canvas_textf(c, x, 0, -1, ROLE_DIM, "%s outside", mm_num_count(text, (int64_t)outside)) + 2;
    if (broken)
        canvas_textf(c, x, 0, -1, ROLE_NAN, "and %s NaN/Inf", mm_num_count(text, (int64_t)broken));
}

static double largest(const struct mm_hist *hist)
{
    uint64_t most = 0;
    for (size_t bin = 0; bin < hist->bins; bin++)
        most = hist->count[bin] > most ? hist->count[bin] : most;
    return (double)most;
}

static void draw_values(struct canvas *c, const struct app *app, const struct mm_pair_hist *hist,
                        const struct hist_chart_options *options)
{
    int left = app->options.plain ? 0 : SCALE_WIDTH;
    struct canvas legend = canvas_sub(c, left, 0, c->w - left, 1);
    struct canvas table = canvas_sub(c, 0, 1, c->w, c->h - 1);
    struct canvas bars = canvas_sub(c, SCALE_WIDTH, 1, c->w - SCALE_WIDTH, c->h - 3);
    struct canvas scale = canvas_sub(c, 0, 1, SCALE_WIDTH, c->h - 3);
    struct canvas axis = canvas_sub(c, SCALE_WIDTH, c->h - 2, c->w - SCALE_WIDTH, 2);
    double most = fmax(largest(&hist->src), largest(&hist->dst));
    draw_legend(&legend, hist, app);
    if (app->options.plain) {
        hist_table_values(&table, app, hist);
        return;
    }
    draw_counts(&scale, most, options->log);
    for (int x = 0; x < bars.w; x++) {
        int src = eighths(column_count(&hist->src, x, bars.w), most, bars.h, options->log);
        int dst = eighths(column_count(&hist->dst, x, bars.w), most, bars.h, options->log);
        draw_column(&bars, x, hist->src.bins ? src : 0, hist->dst.bins ? dst : 0, app->glyphs);
    }
    draw_axis(&axis, hist->src.bins ? &hist->src : &hist->dst, options->int8_step, app);
}

/* ---- the error ---- */

/* First and last bin that hold anything; false when the error is zero everywhere. */
static bool error_range(const struct mm_exp_hist *error, int *from, int *to)
{
    *from = MM_EXP_BINS;
    *to = -1;
    for (int bin = 0; bin < MM_EXP_BINS; bin++) {
        if (error->count[bin]) {
            *from = bin < *from ? bin : *from;
            *to = bin;
        }
    }
    return *to >= 0;
}

static void draw_error(struct canvas *c, const struct app *app, const struct mm_exp_hist *error, bool log)
{
    int from, to;
    char text[MM_NUM];
    canvas_textf(c, app->options.plain ? 0 : SCALE_WIDTH, 0, -1, ROLE_DIM,
                 "|s - d| by powers of two; %s exactly equal", mm_num_count(text, (int64_t)error->zero));
    if (!error_range(error, &from, &to)) {
        canvas_text(c, SCALE_WIDTH, 2, -1, ROLE_OK, "src and dst are equal everywhere");
        return;
    }
    if (app->options.plain) {
        struct canvas table = canvas_sub(c, 0, 1, c->w, c->h - 1);
        hist_table_error(&table, app, error, from, to);
        return;
    }
    struct canvas bars = canvas_sub(c, SCALE_WIDTH, 1, c->w - SCALE_WIDTH, c->h - 3);
    struct canvas scale = canvas_sub(c, 0, 1, SCALE_WIDTH, c->h - 3);
    struct canvas axis = canvas_sub(c, SCALE_WIDTH, c->h - 2, c->w - SCALE_WIDTH, 2);
    int bins = to - from + 1, width = bars.w / bins > 6 ? 6 : bars.w / bins > 0 ? bars.w / bins : 1;
    double most = 0;
    for (int bin = from; bin <= to; bin++)
        most = fmax(most, (double)error->count[bin]);
    draw_counts(&scale, most, log);
    canvas_hline(&axis, 0, 0, axis.w, ROLE_AXIS, app->glyphs);
    int next_label = 0;
    for (int bin = from; bin <= to; bin++) {
        int x = (bin - from) * width, height = eighths((double)error->count[bin], most, bars.h, log);
        for (int i = 0; i < (width > 1 ? width - 1 : 1); i++) {
            for (int row = 0; row < bars.h; row++) {
                int fill = height - (bars.h - 1 - row) * 8;
                if (fill > 0)
                    canvas_text(&bars, x + i, row, 1, ROLE_BAR_ERROR,
                                app->glyphs->eighths_v[fill > 8 ? 8 : fill]);
            }
        }
        if (x >= next_label) {
            char label[16];
            snprintf(label, sizeof label, "2^%d", bin + MM_EXP_LOW);
            canvas_text(&axis, x, 1, -1, ROLE_AXIS, label);
            next_label = x + (int)strlen(label) + 1;
        }
    }
}

void hist_chart_draw(struct canvas *c, const struct app *app, const struct mm_pair_hist *hist,
                     const struct hist_chart_options *options)
{
    if (c->w < SCALE_WIDTH + 8 || c->h < 5)
        return;
    if (options->error)
        draw_error(c, app, &hist->error, options->log);
    else
        draw_values(c, app, hist, options);
}
