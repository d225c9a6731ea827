/* The Histogram tab: both distributions over one range, or that of the error. */
#include <math.h>
#include <stdlib.h>

#include "views/hist_chart.h"
#include "base/translate.h"
#include "views/layer.h"

enum range { RANGE_ALL, RANGE_MIDDLE, RANGE_ZERO, RANGE_COUNT };

struct hist_tab {
    bool log, error;
    enum range range;
    size_t bins;                     /* index into the steps of + and - */
    const struct mm_pair_hist *hist; /* NULL while it is counted */
    const char *problem;
};

/* Bins that + and - step through; 0 stands for one a column. */
static const size_t bin_steps[] = {8, 16, 32, 64, 0, 128, 256, 512};
#define BINS_USUAL 4
/* Fine enough to find the middle 99.9 % in. */
#define FINE_BINS 4096

static const char *const range_names[RANGE_COUNT] = {"all", "middle 99.9%", "around zero"};

/* ---- the histogram that is wanted ---- */

#define LINES_ABOVE 4 /* of a table of counts: what is shown, a blank line, what is outside, headings */

/* As many as there are columns for; of a table of counts lines. */
static size_t bins_of(const struct layer_view *layer, const struct app *app, const struct hist_tab *tab)
{
    size_t bins = bin_steps[tab->bins];
    int room = app->options.plain ? layer_rows(layer) - LINES_ABOVE : layer->w - 9;
    int columns = room > 8 ? room : 8;
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

static void prepare(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    tab->hist = NULL;
    tab->problem = NULL;
    if (state != MM_STATE_MEASURED && state != MM_STATE_SINGLE)
        return;
    struct mm_hist_options options = {.bins = bins_of(layer, app, tab)};
    if (tab->range == RANGE_MIDDLE) {
        struct mm_hist_options fine = {.bins = FINE_BINS};
        const struct mm_pair_hist *all = mm_session_hist(app->session, layer->id, &fine, &tab->problem);
        if (!all)
            return;
        middle_range(all, &options);
    } else if (tab->range == RANGE_ZERO) {
        zero_range(data, &options);
    }
    tab->hist = mm_session_hist(app->session, layer->id, &options, &tab->problem);
}

/* ---- drawing ---- */

static void draw(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct hist_tab *tab = layer_state(layer);
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    bool error = tab->error && data->pair->src && data->pair->dst;
    const char *counts = app->options.plain ? "" : tab->log ? "   counts: log" : "   counts: linear";
    if (error)
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "error%s", counts);
    else
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "range: %s%s   bins: %zu",
                     mm_tr_in("title", range_names[tab->range]), counts, bins_of(layer, app, tab));
    if (tab->problem)
        canvas_text(c, 0, 2, -1, ROLE_ERROR, tab->problem);
    else if (state == MM_STATE_FAILED || state == MM_STATE_MISMATCH)
        canvas_text(c, 0, 2, -1, ROLE_WARN,
                    state == MM_STATE_FAILED ? data->result.error : data->verdict.text);
    else if (!tab->hist)
        canvas_text(c, 0, 2, -1, ROLE_DIM, "Counting ...");
    if (!tab->hist)
        return;
    const struct mm_stats *stats = data->pair->src ? &data->result.metrics.src : &data->result.metrics.dst;
    bool integer = data->result.dst.known && mm_dtype_info(data->result.dst.dtype)->bits == 8;
    struct hist_chart_options options = {.log = tab->log, .error = error};
    if (!integer && stats->finite) /* where a symmetric per-tensor int8 grid would lie */
        options.int8_step = fmax(fabs(stats->min), fabs(stats->max)) / 127;
    struct canvas chart = canvas_sub(c, 0, 2, c->w, c->h - 2);
    hist_chart_draw(&chart, app, tab->hist, &options);
}

/* ---- actions ---- */

static void act_log(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    (void)app;
    tab->log = !tab->log;
}

static void act_more(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    (void)app;
    tab->bins += tab->bins + 1 < MM_COUNT(bin_steps);
}

static void act_fewer(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    (void)app;
    tab->bins -= tab->bins > 0;
}

static void act_range(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    (void)app;
    tab->range = (tab->range + 1) % RANGE_COUNT;
}

static void act_error(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = layer_state(layer);
    (void)app;
    tab->error = !tab->error;
}

static const struct tab_action actions[] = {
    {"hist-log", "L", "log", "Logarithmic counts on or off", act_log, NULL, NULL},
    {"hist-range", "r", "range", "Range: all, the middle 99.9 %, around zero", act_range, NULL, NULL},
    {"hist-error", "d", "error", "Histogram of the error, or of the values", act_error, NULL, NULL},
    {"hist-more", "+ =", "bins", "More bins", act_more, NULL, NULL},
    {"hist-fewer", "-", NULL, "Fewer bins", act_fewer, NULL, NULL},
};

static void *open_tab(void)
{
    struct hist_tab *tab = calloc(1, sizeof *tab);
    if (tab)
        *tab = (struct hist_tab){.log = true, .bins = BINS_USUAL};
    return tab;
}

const struct layer_tab hist_tab = {.title = "Histogram",
                                   .help = "both sides, or the error",
                                   .action = actions,
                                   .actions = MM_COUNT(actions),
                                   .open = open_tab,
                                   .close = free,
                                   .draw = draw,
                                   .prepare = prepare};
