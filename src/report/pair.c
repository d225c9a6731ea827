/* One pair of a session in full: both sides, every metric, the worst elements. */
#include "mmtui/report.h"

#include <inttypes.h>
#include <math.h>

#include "base/translate.h"

#define WORST 10

/* ---- the worst elements ---- */

struct element {
    int64_t at;
    double s, d, distance; /* |s - d|; +Inf where one side only is not finite */
};

struct worst {
    struct element element[WORST]; /* the greatest distance first; of equal ones the first in the tensor */
    size_t count;
};

static double distance_of(double s, double d)
{
    if (s == d || (isnan(s) && isnan(d)))
        return 0;
    return isfinite(s) && isfinite(d) ? fabs(s - d) : INFINITY;
}

static void insert(struct worst *worst, const struct element *new)
{
    size_t at = worst->count < WORST ? worst->count++ : WORST - 1;
    for (; at > 0 && worst->element[at - 1].distance < new->distance; at--)
        worst->element[at] = worst->element[at - 1];
    worst->element[at] = *new;
}

static int take_elements(void *context, int64_t from, const double *s, const double *d, size_t n,
                         struct mm_err *err)
{
    struct worst *worst = context;
    (void)err;
    if (from == 0)
        worst->count = 0;
    for (size_t i = 0; i < n; i++) {
        double distance = distance_of(s[i], d[i]);
        if (distance > 0 && (worst->count < WORST || distance > worst->element[WORST - 1].distance))
            insert(worst, &(struct element){from + (int64_t)i, s[i], d[i], distance});
    }
    return 0;
}

static void put_worst(const struct worst *worst, const struct mm_shape *shape, struct mm_buf *out)
{
    char s[MM_NUM], d[MM_NUM], distance[MM_NUM];
    int64_t coord[MM_RANK_MAX];
    if (worst->count > 0)
        mm_buf_say(out, "\n  largest |s-d|   src              dst              at\n");
    for (size_t i = 0; i < worst->count; i++) {
        const struct element *element = &worst->element[i];
        mm_buf_printf(out, "  %-15s %-16s %-16s [", mm_num_short(distance, element->distance, 6),
                      mm_num_short(s, element->s, 8), mm_num_short(d, element->d, 8));
        mm_shape_coords(shape, element->at, coord);
        for (int k = 0; k < shape->rank; k++)
            mm_buf_printf(out, "%s%" PRId64, k ? ", " : "", coord[k]);
        mm_buf_puts(out, "]\n");
    }
}

/* ---- the head ---- */

static void put_side(const char *title, const struct mm_entry *entry, const struct mm_info *info,
                     const struct mm_stats *stats, struct mm_buf *out)
{
    char shape[16 * MM_NUM], min[MM_NUM], max[MM_NUM], mean[MM_NUM], std[MM_NUM];
    mm_buf_printf(out, "  %s  ", title);
    mm_text_escape(out, entry->label, strlen(entry->label));
    if (entry->kept_of) {
        mm_buf_puts(out, "  ");
        mm_text_escape(out, entry->kept_of, strlen(entry->kept_of));
        mm_buf_putc(out, '\n');
        return;
    }
    mm_buf_printf(out, "  %s %s\n", mm_dtype_info(info->dtype)->name,
                  mm_shape_text(&info->shape, false, shape, sizeof shape));
    if (stats && stats->finite > 0)
        mm_buf_printf(out, "       min %s, max %s, mean %s, std %s\n", mm_num_short(min, stats->min, 6),
                      mm_num_short(max, stats->max, 6), mm_num_short(mean, stats->mean, 6),
                      mm_num_short(std, stats->std, 6));
    if (stats && stats->nan + stats->pos_inf + stats->neg_inf > 0)
        mm_buf_printf(out, "       %" PRId64 " NaN, %" PRId64 " Inf, %" PRId64 " -Inf\n", stats->nan,
                      stats->pos_inf, stats->neg_inf);
}

/* A metric and those behind it that have no label of their own: "1.02 / 0.003 / 0.05". */
static int put_figures(const struct mm_metrics *metrics, int id, struct mm_buf *out)
{
    mm_metric_text((enum mm_metric_id)id, metrics, out);
    for (id++; id < MM_METRIC_COUNT && !mm_metric((enum mm_metric_id)id)->label; id++) {
        if (!mm_metric((enum mm_metric_id)id)->text)
            continue;
        mm_buf_puts(out, " / ");
        mm_metric_text((enum mm_metric_id)id, metrics, out);
    }
    return id;
}

static void put_metrics(const struct mm_metrics *metrics, struct mm_buf *out)
{
    struct mm_buf figures = {0};
    mm_buf_putc(out, '\n');
    for (int id = 0; id < MM_METRIC_COUNT;) {
        const struct mm_metric *metric = mm_metric((enum mm_metric_id)id);
        if (!metric->label) {
            id++;
            continue;
        }
        mm_buf_clear(&figures);
        id = put_figures(metrics, id, &figures);
        if (metric->unit)
            mm_buf_printf(&figures, " %s", metric->unit);
        mm_buf_printf(out, "  %-9s %-29s %s\n", metric->label, mm_buf_text(&figures), metric->what);
    }
    out->failed |= figures.failed;
    mm_buf_done(&figures);
}

int mm_report_pair(const struct mm_session *session, size_t id, struct mm_buf *out, struct mm_err *err)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED;
    bool own = measured && result->match != MM_MATCH_STATISTICS; /* figures of values, not of figures */
    struct worst worst = {.count = 0};
    mm_buf_puts(out, layer->label);
    mm_buf_puts(out, ": ");
    mm_pair_how_by(layer->pair, out);
    mm_buf_puts(out, result->match != MM_MATCH_NONE ? "; " : "");
    if (result->match != MM_MATCH_NONE)
        mm_pair_laid_text(layer->pair, result->match, out);
    mm_buf_putc(out, '\n');
    if (layer->pair->src && result->src.known)
        put_side("src", layer->pair->src, &result->src, own ? &result->metrics.src : NULL, out);
    if (layer->pair->dst && result->dst.known)
        put_side("dst", layer->pair->dst, &result->dst, own ? &result->metrics.dst : NULL, out);
    if (!measured)
        return out->failed ? mm_fail_memory(err) : 0;
    put_metrics(&result->metrics, out);
    if (mm_pair_elements(layer->pair, NULL, take_elements, &worst, err) < 0)
        return -1;
    put_worst(&worst, &result->src.shape, out);
    return out->failed ? mm_fail_memory(err) : 0;
}
