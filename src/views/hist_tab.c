/* The Histogram tab: both distributions over one range, or that of the error. */
#include <math.h>

#include "views/hist_chart.h"
#include "views/layer.h"

/* Bins that + and - step through; 0 stands for one a column. */
static const size_t bin_steps[] = {8, 16, 32, 64, 0, 128, 256, 512};
/* Fine enough to find the middle 99.9 % in. */
#define FINE_BINS 4096

static const char *const range_names[HIST_RANGES] = {"all", "middle 99.9%", "around zero"};

/* ---- the histogram that is wanted ---- */

static size_t bins_of(const struct layer_view *layer)
{
    size_t bins = bin_steps[layer->hist.bins];
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

static void prepare(struct layer_view *layer, struct app *app)
{
    struct hist_tab *tab = &layer->hist;
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    tab->hist = NULL;
    tab->problem = NULL;
    if (state != MM_STATE_MEASURED && state != MM_STATE_SINGLE)
        return;
    struct mm_hist_options options = {.bins = bins_of(layer)};
    if (tab->range == HIST_MIDDLE) {
        struct mm_hist_options fine = {.bins = FINE_BINS};
        const struct mm_pair_hist *all = mm_session_hist(app->session, layer->id, &fine, &tab->problem);
        if (!all)
            return;
        middle_range(all, &options);
    } else if (tab->range == HIST_ZERO) {
        zero_range(data, &options);
    }
    tab->hist = mm_session_hist(app->session, layer->id, &options, &tab->problem);
}

/* ---- drawing ---- */

static void draw(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct hist_tab *tab = &layer->hist;
    const struct mm_layer *data = mm_session_layer(app->session, layer->id);
    enum mm_state state = data->result.state;
    bool error = tab->error && data->pair->src && data->pair->dst;
    const char *counts = tab->log ? "log" : "linear";
    if (error)
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "of the error   counts: %s", counts);
    else
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "range: %s   counts: %s   bins: %zu", range_names[tab->range],
                     counts, bins_of(layer));
    if (tab->problem)
        canvas_text(c, 0, 2, -1, ROLE_ERROR, tab->problem);
    else if (state == MM_STATE_FAILED || state == MM_STATE_MISMATCH)
        canvas_text(c, 0, 2, -1, ROLE_WARN,
                    state == MM_STATE_FAILED ? data->result.error : data->verdict.text);
    else if (!tab->hist)
        canvas_text(c, 0, 2, -1, ROLE_DIM, "counting ...");
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

static bool act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    struct hist_tab *tab = &layer->hist;
    (void)app;
    switch (event->id) {
    case ACT_HIST_LOG: tab->log = !tab->log; break;
    case ACT_HIST_ERROR: tab->error = !tab->error; break;
    case ACT_HIST_RANGE: tab->range = (tab->range + 1) % HIST_RANGES; break;
    case ACT_HIST_MORE: tab->bins += tab->bins + 1 < MM_COUNT(bin_steps); break;
    case ACT_HIST_FEWER: tab->bins -= tab->bins > 0; break;
    default: return false;
    }
    return true;
}

static const enum action hints[] = {ACT_BACK,       ACT_TAB_NEXT,  ACT_HIST_LOG,   ACT_HIST_RANGE,
                                    ACT_HIST_ERROR, ACT_HIST_MORE, ACT_LAYER_NEXT, ACT_PRECISION_NEXT,
                                    ACT_HELP,       ACT_NONE};

const struct layer_tab hist_tab = {.name = "Histogram",
                                   .key = ACT_TAB_2,
                                   .scope = SCOPE_HIST,
                                   .hints = hints,
                                   .draw = draw,
                                   .prepare = prepare,
                                   .act = act};
