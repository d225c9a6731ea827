/* Calibration: plain runs of a model, of which the ranges of inputs are kept. */
#include "runtime/simulate.h"
#include "runtime/tails.h"

#include "whatif/range.h"

#include <stdlib.h>
#include <string.h>

/* One input that is to be quantised. */
struct watched {
    int tensor;
    struct need need;
    struct mm_ranges ranges;
    int64_t count; /* elements, over all runs */
    int rank;
    bool is_open;
};

struct mm_calibration {
    const struct mm_simulation *settings;
    struct simulated simulated; /* what would be rounded */
    struct mm_simulation plain; /* its settings, without a calibration */
    struct mm_dump_info info;
    struct mm_model_run *run;
    enum mm_dtype *dtype; /* by tensor: as it was seen */
    struct watched *watched;
    size_t count, room;
    bool searching;
};

/* ---- which ---- */

static struct watched *find(const struct mm_calibration *calibration, int tensor, const struct need *need)
{
    for (size_t i = 0; i < calibration->count; i++) {
        struct watched *watched = &calibration->watched[i];
        if (watched->tensor == tensor && watched->need.dtype == need->dtype &&
            watched->need.axis == need->axis)
            return watched;
    }
    return NULL;
}

static int watch(struct mm_calibration *calibration, int tensor, const struct need *need, struct mm_err *err)
{
    if (find(calibration, tensor, need))
        return 0;
    if (mm_grow((void **)&calibration->watched, &calibration->room, calibration->count + 1,
                sizeof *calibration->watched) < 0)
        return mm_fail_memory(err);
    calibration->watched[calibration->count++] = (struct watched){.tensor = tensor, .need = *need};
    return 0;
}

/* Types are not known for sure before the run: what may be float32 is looked at. */
static void suppose_types(struct simulated *simulated)
{
    for (int i = 0; i < simulated->graph->tensor_count; i++) {
        if (simulated->tensor[i].dtype == MM_DTYPE_NONE)
            simulated->tensor[i].dtype = MM_F32;
    }
}

/* Is this an input with a range that is to be calibrated? */
static bool needs_range(const struct simulated *simulated, int node, int place, struct need *need)
{
    *need = simulated_need(simulated, node, place);
    return mm_round_integer(need->dtype) &&
           !mm_graph_has_values(simulated->graph, simulated->graph->nodes[node].inputs[place]);
}

static int watch_inputs(struct mm_calibration *calibration, struct mm_err *err)
{
    struct simulated *simulated = &calibration->simulated;
    const struct mm_graph *graph = simulated->graph;
    struct need need;
    suppose_types(simulated);
    for (int n = 0; n < graph->node_count; n++) {
        for (int k = 0; k < graph->nodes[n].input_count; k++) {
            if (needs_range(simulated, n, k, &need) &&
                watch(calibration, graph->nodes[n].inputs[k], &need, err) < 0)
                return -1;
        }
    }
    return 0;
}

static bool has_all(const struct mm_calibration *calibration, const struct simulated *simulated)
{
    const struct mm_graph *graph = simulated->graph;
    struct need need;
    for (int n = 0; n < graph->node_count; n++) {
        for (int k = 0; k < graph->nodes[n].input_count; k++) {
            if (needs_range(simulated, n, k, &need) && !find(calibration, graph->nodes[n].inputs[k], &need))
                return false;
        }
    }
    return true;
}

bool mm_calibration_serves(const struct mm_calibration *calibration, const struct mm_simulation *simulation)
{
    struct mm_simulation plain = *simulation;
    struct simulated simulated;
    plain.calibration = NULL;
    if (simulation->range != calibration->plain.range ||
        simulation->asymmetric != calibration->plain.asymmetric ||
        simulated_open(&simulated, calibration->simulated.path, &plain, NULL) < 0)
        return false;
    suppose_types(&simulated);
    bool all = has_all(calibration, &simulated);
    simulated_close(&simulated);
    return all;
}

/* ---- looking ---- */

static int begin(const struct mm_calibration *calibration, struct watched *watched,
                 const struct mm_tensor *view, struct mm_err *err)
{
    struct mm_lay lay = simulated_lay(&view->shape, watched->need.axis);
    struct mm_ranges *ranges = &watched->ranges;
    if (watched->is_open && lay.channels != ranges->lay.channels)
        return mm_fail(err, MM_EARG, "%s: %s has %lld channels in one run, %lld in another",
                       calibration->simulated.path,
                       calibration->simulated.graph->tensors[watched->tensor].name,
                       (long long)ranges->lay.channels, (long long)lay.channels);
    if (watched->is_open) {
        ranges->lay = lay;
        return 0;
    }
    *ranges = (struct mm_ranges){.used = true, .lay = lay};
    watched->is_open = true;
    watched->rank = view->shape.rank;
    return mm_ranges_init(ranges, view->count, err);
}

/* The range is known: what lies in it. */
static void search(struct mm_ranges *ranges, const float *values, int64_t count)
{
    double tile[MM_TILE];
    for (int64_t i = 0; i < count; i += MM_TILE) {
        size_t n = count - i < MM_TILE ? (size_t)(count - i) : MM_TILE;
        for (size_t k = 0; k < n; k++)
            tile[k] = (double)values[i + (int64_t)k];
        if (ranges->wants_hist)
            mm_ranges_count(ranges, tile, n, i);
        else
            mm_ranges_see(ranges, tile, n, i);
    }
}

static int look(struct mm_calibration *calibration, struct watched *watched, const struct mm_tensor *view,
                struct mm_err *err)
{
    const float *values = (const float *)(const void *)view->run->data;
    if (begin(calibration, watched, view, err) < 0)
        return -1;
    struct mm_ranges *ranges = &watched->ranges;
    if (calibration->searching) {
        search(ranges, values, view->count);
        return 0;
    }
    mm_extremes_tile_float(&ranges->lay, values, (size_t)view->count, 0, ranges->low, ranges->high);
    watched->count += view->count;
    return 0;
}

static int observe(void *context, const char *name, const struct mm_tensor *view, struct mm_err *err)
{
    struct mm_calibration *calibration = context;
    int tensor = mm_graph_tensor(calibration->simulated.graph, name);
    if (tensor < 0)
        return 0;
    calibration->dtype[tensor] = view->dtype;
    if (view->dtype != MM_F32 || view->count == 0)
        return 0;
    for (size_t i = 0; i < calibration->count; i++) {
        if (calibration->watched[i].tensor == tensor &&
            look(calibration, &calibration->watched[i], view, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- open, run, close ---- */

static int open_all(struct mm_calibration *calibration, const struct mm_ort *ort, const char *model,
                    const struct mm_run_options *options, struct mm_err *err)
{
    struct mm_run_options how = *options;
    calibration->plain = *calibration->settings;
    calibration->plain.calibration = NULL;
    if (simulated_open(&calibration->simulated, model, &calibration->plain, err) < 0)
        return -1;
    calibration->dtype =
        calloc((size_t)calibration->simulated.graph->tensor_count + 1, sizeof *calibration->dtype);
    if (!calibration->dtype)
        return mm_fail_memory(err);
    how.simulation = NULL;
    how.observer = observe;
    how.observer_context = calibration;
    calibration->info = (struct mm_dump_info){.dump_mode = MM_DUMP_ALL, .path = ""};
    return watch_inputs(calibration, err) < 0
               ? -1
               : mm_model_run_open(&calibration->run, ort, model, &calibration->info, &how, err);
}

int mm_calibration_open(struct mm_calibration **out, const struct mm_ort *ort, const char *model,
                        const struct mm_simulation *simulation, const struct mm_run_options *options,
                        struct mm_err *err)
{
    struct mm_calibration *calibration = calloc(1, sizeof *calibration);
    *out = NULL;
    if (!calibration)
        return mm_fail_memory(err);
    calibration->settings = simulation;
    if (open_all(calibration, ort, model, options, err) < 0) {
        mm_calibration_close(calibration);
        return -1;
    }
    *out = calibration;
    return 0;
}

const struct mm_model_run *mm_calibration_run(const struct mm_calibration *calibration)
{
    return calibration->run;
}

static int run_all(struct mm_calibration *calibration, const struct mm_feeds *feeds, struct mm_err *err)
{
    for (size_t i = 0; i < mm_feeds_runs(feeds); i++) {
        size_t count;
        const struct mm_feed *feed = mm_feeds_run(feeds, i, &count);
        if (mm_model_run(calibration->run, feed, count, err) < 0)
            return -1;
    }
    return 0;
}

/* Open anew, with room for what is searched for; the extremes stay. */
static int begin_search(struct mm_calibration *calibration, struct watched *watched, struct mm_err *err)
{
    struct mm_ranges before = watched->ranges;
    size_t size = (size_t)before.lay.channels * sizeof(double);
    enum mm_range range = calibration->settings->range;
    watched->ranges = (struct mm_ranges){.used = true,
                                         .lay = before.lay,
                                         .wants_tails = range == MM_RANGE_P9999,
                                         .wants_hist = range != MM_RANGE_P9999};
    int result = mm_ranges_init(&watched->ranges, watched->count, err);
    if (result == 0) {
        memcpy(watched->ranges.low, before.low, size);
        memcpy(watched->ranges.high, before.high, size);
    }
    mm_ranges_done(&before);
    return result;
}

int mm_calibration_take(struct mm_calibration *calibration, const struct mm_feeds *feeds, struct mm_err *err)
{
    if (run_all(calibration, feeds, err) < 0)
        return -1;
    if (calibration->settings->range == MM_RANGE_MINMAX || calibration->count == 0)
        return 0;
    calibration->searching = true;
    for (size_t i = 0; i < calibration->count; i++) {
        if (calibration->watched[i].is_open && begin_search(calibration, &calibration->watched[i], err) < 0)
            return -1;
    }
    if (run_all(calibration, feeds, err) < 0)
        return -1;
    for (size_t i = 0; i < calibration->count; i++)
        mm_ranges_seen(&calibration->watched[i].ranges);
    return 0;
}

void mm_calibration_close(struct mm_calibration *calibration)
{
    if (!calibration)
        return;
    mm_model_run_close(calibration->run);
    for (size_t i = 0; i < calibration->count; i++)
        mm_ranges_done(&calibration->watched[i].ranges);
    free(calibration->watched);
    free(calibration->dtype);
    simulated_close(&calibration->simulated);
    free(calibration);
}

/* ---- what came of it ---- */

static bool has_finite(const struct mm_ranges *ranges)
{
    for (int64_t c = 0; c < ranges->lay.channels; c++) {
        if (ranges->low[c] <= ranges->high[c])
            return true;
    }
    return false;
}

size_t mm_calibration_unseen(const struct mm_calibration *calibration, const char **name, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < calibration->count; i++) {
        const struct watched *watched = &calibration->watched[i];
        if (!watched->is_open || has_finite(&watched->ranges))
            continue;
        if (count < room)
            name[count] = calibration->simulated.graph->tensors[watched->tensor].name;
        count++;
    }
    return count;
}

enum mm_dtype calibration_dtype(const struct mm_calibration *calibration, int tensor, const char *name)
{
    int place = tail_original(calibration->simulated.graph, tensor, name);
    return place >= 0 ? calibration->dtype[place] : MM_DTYPE_NONE;
}

int64_t calibration_channels(const struct mm_calibration *calibration, int tensor, const char *name,
                             const struct need *need)
{
    const struct watched *watched =
        find(calibration, tail_original(calibration->simulated.graph, tensor, name), need);
    return watched && watched->is_open ? watched->ranges.lay.channels : 0;
}

bool calibration_choose(const struct mm_calibration *calibration, int tensor, const char *name,
                        const struct need *need, struct round_rule *rule)
{
    const struct watched *watched =
        find(calibration, tail_original(calibration->simulated.graph, tensor, name), need);
    const struct mm_whatif_setting setting = {.dtype = need->dtype,
                                              .per_channel = need->axis >= 0,
                                              .axis = need->axis >= 0 ? need->axis : 0,
                                              .asymmetric = calibration->settings->asymmetric,
                                              .range = calibration->settings->range};
    if (!watched || !watched->is_open)
        return false;
    rule->axis = simulated_axis(need->axis, watched->rank);
    for (int64_t c = 0; c < watched->ranges.lay.channels; c++) {
        struct mm_quant quant;
        bool all_zero;
        mm_ranges_choose(&watched->ranges, &setting, c, &quant, &all_zero);
        round_rule_set(rule, c, quant.scale, quant.low, quant.high, quant.zero);
    }
    return true;
}
