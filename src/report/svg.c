/* The pictures of the HTML report, as SVG elements. */
#include "report/listing.h"

#include <math.h>

#include "base/translate.h"

/* ---- errors along execution ---- */

enum { WIDTH = 960, HEIGHT = 180, LEFT = 40, DECADES = 7 };
#define LEAST 1e-6 /* what the axis begins with; DECADES further up it ends */

/* The height of an error above the axis, in pixels: logarithmic, at least 1. */
static double height_of(double error)
{
    double decades = log10(error / LEAST);
    return fmax(1, fmin(DECADES, decades) / DECADES * HEIGHT);
}

static bool is_pair(const struct mm_session *session, size_t id)
{
    const struct mm_pair *pair = mm_session_layer(session, id)->pair;
    return pair->src && pair->dst;
}

static void put_bars(const struct mm_session *session, bool over, double step, struct mm_buf *out)
{
    double limit = mm_session_options(session)->thresholds.diff2;
    mm_buf_printf(out, "<path class=\"%s\" stroke-width=\"%.2f\" d=\"", over ? "over" : "ok",
                  fmin(step * 0.8, 12));
    size_t place = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double error = mm_column(MM_COLUMN_DIFF2)->value(session, id);
        place += is_pair(session, id);
        if (isnan(error) || (error > limit) != over || error <= 0)
            continue;
        mm_buf_printf(out, "M%.1f %dv-%.1f", LEFT + ((double)place - 0.5) * step, HEIGHT, height_of(error));
    }
    mm_buf_puts(out, "\"/>\n");
}

static void put_scale(double limit, struct mm_buf *out)
{
    for (int decade = 0; decade <= DECADES; decade += 2)
        mm_buf_printf(out, "<text x=\"0\" y=\"%.1f\">1e%d</text>\n",
                      HEIGHT - (double)decade / DECADES * HEIGHT + 4, decade - 6);
    double y = HEIGHT - height_of(limit);
    mm_buf_printf(out, "<path class=\"limit\" d=\"M%d %.1fH%d\"/>\n", LEFT, y, WIDTH);
}

void put_profile(const struct mm_session *session, struct mm_buf *out)
{
    double limit = mm_session_options(session)->thresholds.diff2;
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++)
        count += is_pair(session, id);
    mm_buf_say(out, "<h2>Error along execution</h2>\n");
    if (mm_session_order(session) == MM_ORDER_UNKNOWN || count == 0) {
        struct mm_buf text = {0};
        mm_session_order_text(session, &text);
        mm_buf_puts(out, "<p class=\"soft\">");
        put_markup(out, mm_buf_text(&text));
        mm_buf_puts(out, "</p>\n");
        mm_buf_done(&text);
        return;
    }
    double step = (double)(WIDTH - LEFT) / (double)count;
    mm_buf_printf(
        out,
        "<svg id=\"profile\" viewBox=\"0 -8 %d %d\" width=\"%d\" role=\"img\" aria-label=\"relative L2 error "
        "of each layer\">\n",
        WIDTH, HEIGHT + 16, WIDTH);
    if (limit > 0)
        put_scale(limit, out);
    put_bars(session, false, step, out);
    put_bars(session, true, step, out);
    mm_buf_say(out, "</svg>\n<p class=\"soft\">diff2 of each layer, logarithmic; the dashed line is the "
                    "threshold.</p>\n");
}

/* ---- histograms ---- */

enum { HIST_WIDTH = 480, HIST_HEIGHT = 120, ERROR_HEIGHT = 60 };

static uint64_t most_of(const uint64_t *count, size_t bins, uint64_t least)
{
    for (size_t i = 0; i < bins; i++)
        least = count[i] > least ? count[i] : least;
    return least;
}

/* A staircase from the lower left to the lower right. */
static void put_stairs(const struct mm_hist *hist, uint64_t most, const char *class, struct mm_buf *out)
{
    double step = (double)HIST_WIDTH / (double)hist->bins;
    mm_buf_printf(out, "<path class=\"%s\" d=\"M0 %d", class, HIST_HEIGHT);
    for (size_t i = 0; i < hist->bins; i++)
        mm_buf_printf(out, "V%.1fh%.2f", HIST_HEIGHT - (double)hist->count[i] / (double)most * HIST_HEIGHT,
                      step);
    mm_buf_printf(out, "V%d\"/>\n", HIST_HEIGHT);
}

static void put_errors(const struct mm_exp_hist *error, struct mm_buf *out)
{
    size_t first = 0, last = MM_EXP_BINS;
    while (first < last && error->count[first] == 0)
        first++;
    while (last > first && error->count[last - 1] == 0)
        last--;
    if (first == last)
        return;
    double step = (double)HIST_WIDTH / (double)(last - first);
    uint64_t most = most_of(error->count, MM_EXP_BINS, 1);
    mm_buf_printf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\">\n<path class=\"error\" d=\"", HIST_WIDTH,
                  ERROR_HEIGHT + 16, HIST_WIDTH);
    for (size_t i = first; i < last; i++) {
        double height = (double)error->count[i] / (double)most * ERROR_HEIGHT;
        mm_buf_printf(out, "M%.1f %dv-%.1fh%.2fv%.1fz", (double)(i - first) * step, ERROR_HEIGHT, height,
                      step * 0.9, height);
    }
    mm_buf_printf(out,
                  "\"/>\n<text x=\"0\" y=\"%d\">2^%d</text><text x=\"%d\" y=\"%d\" "
                  "text-anchor=\"end\">2^%d</text>\n</svg>\n",
                  ERROR_HEIGHT + 14, (int)first + MM_EXP_LOW, HIST_WIDTH, ERROR_HEIGHT + 14,
                  (int)last + MM_EXP_LOW);
}

void put_histogram(const struct mm_pair_hist *hist, struct mm_buf *out)
{
    char low[MM_NUM], high[MM_NUM];
    uint64_t most = most_of(hist->dst.count, hist->dst.bins, most_of(hist->src.count, hist->src.bins, 1));
    mm_buf_printf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\">\n", HIST_WIDTH, HIST_HEIGHT + 16,
                  HIST_WIDTH);
    put_stairs(&hist->src, most, "src", out);
    put_stairs(&hist->dst, most, "dst", out);
    mm_buf_printf(
        out,
        "<text x=\"0\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n</svg>\n",
        HIST_HEIGHT + 14, mm_num_short(low, hist->src.low, 4), HIST_WIDTH, HIST_HEIGHT + 14,
        mm_num_short(high, hist->src.high, 4));
    put_errors(&hist->error, out);
}
