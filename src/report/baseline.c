/* What got worse, and what better, since an earlier report was written. */
#include <math.h>
#include <stdlib.h>

#include "base/translate.h"
#include "mmtui/report.h"

#define NAMED 10 /* of each kind */

/* The earlier report's layers by name and occurrence. */
struct baseline {
    struct mm_session *session;
    const struct mm_layer **layer;
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    const struct mm_pair *x = (*(const struct mm_layer *const *)a)->pair;
    const struct mm_pair *y = (*(const struct mm_layer *const *)b)->pair;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->occurrence > y->occurrence) - (x->occurrence < y->occurrence);
}

static int baseline_open(struct baseline *baseline, const char *path, const struct mm_session *now,
                         struct mm_err *err)
{
    struct mm_session_options options = *mm_session_options(now);
    options.thresholds_given = true; /* both are judged alike */
    if (mm_session_open_report(&baseline->session, path, &options, err) < 0 ||
        mm_session_start(baseline->session, err) < 0)
        return -1;
    baseline->count = mm_session_count(baseline->session);
    baseline->layer = calloc(baseline->count + 1, sizeof *baseline->layer);
    if (!baseline->layer)
        return mm_fail_memory(err);
    for (size_t id = 0; id < baseline->count; id++)
        baseline->layer[id] = mm_session_layer(baseline->session, id);
    qsort(baseline->layer, baseline->count, sizeof *baseline->layer, by_name);
    return 0;
}

static void baseline_close(struct baseline *baseline)
{
    free(baseline->layer);
    mm_session_close(baseline->session);
}

/* NULL: it was not there, or had no partner. */
static const struct mm_layer *find(const struct baseline *baseline, const struct mm_layer *layer)
{
    const struct mm_layer **found =
        bsearch(&layer, baseline->layer, baseline->count, sizeof *baseline->layer, by_name);
    return found && (*found)->pair->src && (*found)->pair->dst ? *found : NULL;
}

/* ---- what changed ---- */

enum change { SAME, WORSE, BETTER };

/* NaN: broken, or not measured. */
static double figure_of(const struct mm_layer *layer)
{
    bool whole = layer->result.state == MM_STATE_MEASURED && !layer->result.metrics.nonfinite_differ;
    return whole ? layer->result.metrics.diff2 : NAN;
}

static enum change change_of(const struct mm_layer *before, const struct mm_layer *layer)
{
    bool bad = layer->verdict.bad;
    if (!before)
        return bad ? WORSE : SAME;
    double now = figure_of(layer), then = figure_of(before);
    if (bad && (!before->verdict.bad || (isnan(now) && !isnan(then)) || now >= then * MM_CHANGE_WORSE))
        return WORSE;
    if (before->verdict.bad && (!bad || (isnan(then) && !isnan(now)) || now <= then * MM_CHANGE_BETTER))
        return BETTER;
    return SAME;
}

static void put_figure(struct mm_buf *out, double value)
{
    char number[MM_NUM];
    mm_buf_say(out, isnan(value) ? mm_tr_in("word", "broken") : mm_num_short(number, value, 3));
}

static void put_changed(const struct mm_session *session, size_t id, const struct mm_layer *before,
                        struct mm_buf *out)
{
    mm_buf_puts(out, "  ");
    mm_report_layer(session, id, out);
    mm_buf_puts(out, ": ");
    if (before)
        put_figure(out, figure_of(before));
    else
        mm_buf_say(out, "not there");
    mm_buf_say(out, ", now ");
    put_figure(out, figure_of(mm_session_layer(session, id)));
    mm_buf_putc(out, '\n');
}

static size_t put_kind(const struct mm_session *session, const struct baseline *baseline, enum change kind,
                       const char *word, struct mm_buf *out)
{
    struct mm_buf names = {0};
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id), *before = find(baseline, layer);
        if (!layer->pair->src || !layer->pair->dst || change_of(before, layer) != kind)
            continue;
        if (count++ < NAMED)
            put_changed(session, id, before, &names);
    }
    mm_buf_printf(out, "%zu %s got %s%s\n%s", count, count == 1 ? "layer" : "layers", word, count ? ":" : "",
                  mm_buf_text(&names));
    if (count > NAMED)
        mm_buf_printf(out, "  and %zu more\n", count - NAMED);
    out->failed |= names.failed;
    mm_buf_done(&names);
    return count;
}

int mm_report_baseline(const struct mm_session *session, const char *path, struct mm_buf *out, size_t *worse,
                       struct mm_err *err)
{
    struct baseline baseline = {NULL, NULL, 0};
    int result = baseline_open(&baseline, path, session, err);
    if (result == 0) {
        mm_buf_printf(out, "Against %s: ", path);
        *worse = put_kind(session, &baseline, WORSE, "worse", out);
        put_kind(session, &baseline, BETTER, "better", out);
    }
    baseline_close(&baseline);
    return result;
}
