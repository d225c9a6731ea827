#include "remote/result.h"

#include <stdlib.h>
#include <string.h>

/* ---- headers: of a result that failed they are all there is ---- */

static void put_info(struct mm_buf *out, const struct mm_info *info)
{
    cache_put_u8(out, info->known);
    if (!info->known)
        return;
    cache_put_u8(out, info->dtype);
    field_put_shape(out, &info->shape);
    field_put_text(out, info->node_name);
    field_put_text(out, info->op_type);
    cache_put_u64(out, (uint64_t)info->index);
    cache_put_u8(out, info->is_output);
}

static char *get_own_text(struct cache_reader *in)
{
    struct cache_text text = {"", 0};
    if (field_get_flag(in))
        text = cache_get_text(in);
    char *copy = in->bad || memchr(text.data, '\0', text.length) ? NULL : strndup(text.data, text.length);
    in->bad |= !copy;
    return copy;
}

static void get_info(struct cache_reader *in, struct mm_info *info)
{
    info->known = field_get_flag(in);
    if (!info->known)
        return;
    info->dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    field_get_shape(in, &info->shape);
    info->count = in->bad ? 0 : mm_shape_count(&info->shape);
    info->node_name = get_own_text(in);
    info->op_type = get_own_text(in);
    info->index = (int64_t)cache_get_u64(in);
    info->is_output = field_get_flag(in);
}

/* As where a pair that can't be read is measured. */
static void no_figures(struct mm_metrics *metrics)
{
    struct mm_sums sums;
    mm_sums_init(&sums);
    sums.count = 1;
    mm_metrics_finish(&sums, NULL, NULL, metrics);
    metrics->count = 0;
}

void result_fail(struct mm_result *result, const struct mm_err *err, bool failed_dst)
{
    memset(result, 0, sizeof *result);
    no_figures(&result->metrics);
    if (err->code == MM_ECANCELLED)
        return;
    result->state = MM_STATE_FAILED;
    result->code = err->code;
    result->failed_dst = failed_dst;
    result->error = strdup(err->text); /* NULL when memory is out: the code still says what */
}

static void put_failed(struct mm_buf *out, const struct mm_result *result)
{
    cache_put_u8(out, result->code);
    cache_put_u8(out, result->failed_dst);
    field_put_text(out, result->error ? result->error : "no memory");
    cache_put_u8(out, result->match);
    field_put_shape(out, &result->shape);
    put_info(out, &result->src);
    put_info(out, &result->dst);
}

static void get_failed(struct cache_reader *in, struct mm_result *result)
{
    no_figures(&result->metrics);
    result->state = MM_STATE_FAILED;
    result->code = (enum mm_code)field_get_below(in, MM_ECANCELLED + 1);
    result->failed_dst = field_get_flag(in);
    result->error = get_own_text(in);
    result->match = (enum mm_shape_match)field_get_below(in, MM_MATCH_MISMATCH + 1);
    field_get_shape(in, &result->shape);
    get_info(in, &result->src);
    get_info(in, &result->dst);
    in->bad |= result->code == MM_OK || result->code == MM_ECANCELLED;
}

/* ---- figures that the cache's record does not have ---- */

static uint64_t bits_at(const void *base, size_t member)
{
    uint64_t bits;
    memcpy(&bits, (const char *)base + member, sizeof bits);
    return bits;
}

static void put_stats(struct mm_buf *out, const struct mm_stats *stats)
{
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    for (size_t i = 0; i < count; i++)
        cache_put_u64(out, bits_at(stats, figures[i].member));
}

static void put_metrics(struct mm_buf *out, const struct mm_metrics *metrics)
{
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        cache_put_u64(out, bits_at(metrics, mm_metric((enum mm_metric_id)id)->field.member));
    put_stats(out, &metrics->src);
    put_stats(out, &metrics->dst);
}

static void get_figure(struct cache_reader *in, const struct mm_figure *figure, int64_t elements, void *to)
{
    uint64_t bits = cache_get_u64(in);
    int64_t whole = (int64_t)bits;
    memcpy((char *)to + figure->member, &bits, sizeof bits);
    if (figure->kind == MM_FIGURE_COUNT)
        in->bad |= whole < 0 || whole > elements;
    else if (figure->kind == MM_FIGURE_PLACE)
        in->bad |= whole < -1 || whole >= elements;
}

static void get_metrics(struct cache_reader *in, int64_t elements, struct mm_metrics *metrics)
{
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        get_figure(in, &mm_metric((enum mm_metric_id)id)->field, elements, metrics);
    for (size_t i = 0; i < count; i++)
        get_figure(in, &figures[i], elements, &metrics->src);
    for (size_t i = 0; i < count; i++)
        get_figure(in, &figures[i], elements, &metrics->dst);
}

static void put_hist(struct mm_buf *out, const struct mm_hist *hist)
{
    cache_put_u32(out, (uint32_t)hist->bins);
    cache_put_double(out, hist->low);
    cache_put_double(out, hist->high);
    cache_put_u64(out, hist->below);
    cache_put_u64(out, hist->above);
    cache_put_u64(out, hist->nonfinite);
    cache_put_u64s(out, hist->count, hist->bins);
}

static void get_hist(struct cache_reader *in, struct mm_hist *hist)
{
    size_t bins = field_get_count(in, 8);
    hist->low = cache_get_double(in);
    hist->high = cache_get_double(in);
    hist->below = cache_get_u64(in);
    hist->above = cache_get_u64(in);
    hist->nonfinite = cache_get_u64(in);
    in->bad |= bins > MM_HIST_BINS_MAX || !(hist->count = calloc(bins + 1, sizeof *hist->count));
    if (in->bad)
        return;
    hist->bins = bins;
    for (size_t i = 0; i < bins; i++)
        hist->count[i] = cache_get_u64(in);
}

static void put_pair_hist(struct mm_buf *out, const struct mm_pair_hist *hist)
{
    cache_put_u8(out, hist != NULL);
    if (!hist)
        return;
    put_hist(out, &hist->src);
    put_hist(out, &hist->dst);
    cache_put_u64(out, hist->error.zero);
    cache_put_u64(out, hist->error.nonfinite);
    cache_put_u64s(out, hist->error.count, MM_EXP_BINS);
}

static void get_pair_hist(struct cache_reader *in, struct mm_result *result)
{
    if (!field_get_flag(in))
        return;
    struct mm_pair_hist *hist = result->hist = calloc(1, sizeof *hist);
    in->bad |= !hist;
    if (in->bad)
        return;
    get_hist(in, &hist->src);
    get_hist(in, &hist->dst);
    hist->error.zero = cache_get_u64(in);
    hist->error.nonfinite = cache_get_u64(in);
    for (size_t i = 0; i < MM_EXP_BINS; i++)
        hist->error.count[i] = cache_get_u64(in);
}

static void put_more(struct mm_buf *out, const struct mm_result *result)
{
    cache_put_u64(out, (uint64_t)result->masked);
    cache_put_u8(out, result->rest != NULL);
    if (result->rest)
        put_metrics(out, result->rest);
    cache_put_u8(out, result->has_quantiles);
    cache_put_u64(out, (uint64_t)result->quantiles.count);
    cache_put_double(out, result->quantiles.p50);
    cache_put_double(out, result->quantiles.p90);
    cache_put_double(out, result->quantiles.p99);
    cache_put_double(out, result->quantiles.p999);
    put_pair_hist(out, result->hist);
}

static void get_more(struct cache_reader *in, struct mm_result *result)
{
    result->masked = (int64_t)cache_get_u64(in);
    in->bad |= result->masked < 0 || result->masked > result->metrics.count;
    if (field_get_flag(in) && !in->bad) {
        result->rest = calloc(1, sizeof *result->rest);
        in->bad |= !result->rest;
        if (!in->bad)
            get_metrics(in, result->metrics.count, result->rest);
    }
    result->has_quantiles = field_get_flag(in);
    result->quantiles.count = (int64_t)cache_get_u64(in);
    result->quantiles.p50 = cache_get_double(in);
    result->quantiles.p90 = cache_get_double(in);
    result->quantiles.p99 = cache_get_double(in);
    result->quantiles.p999 = cache_get_double(in);
    get_pair_hist(in, result);
}

/* ---- all of it ---- */

void result_put(struct mm_buf *out, const struct mm_pair *pair, const struct mm_result *result)
{
    static const struct mm_pair_id none = {.sure = false};
    struct mm_buf record = {0};
    cache_put_u8(out, result->state);
    if (result->state == MM_STATE_FAILED) {
        put_failed(out, result);
        return;
    }
    cache_record_put(&record, pair, &none, result);
    cache_put_text(out, record.data ? record.data : "", record.length);
    out->failed |= record.failed;
    mm_buf_done(&record);
    put_more(out, result);
}

static bool get_record(struct cache_reader *in, const struct mm_pair *pair, struct mm_result *result)
{
    static const struct mm_pair_id none = {.sure = false};
    struct cache_names names, own = cache_names_of(pair);
    struct cache_text text = cache_get_text(in);
    const uint8_t *at = (const uint8_t *)text.data;
    struct cache_reader record = {at, at + text.length, in->bad};
    return !in->bad && cache_record_names(&record, &names) && cache_names_equal(&names, &own) &&
           cache_record_read(&record, pair, &none, result);
}

int result_get(const uint8_t *bytes, size_t size, const struct mm_pair *pair, struct mm_result *result,
               struct mm_err *err)
{
    struct cache_reader in = {bytes, bytes + size, false};
    unsigned state = cache_get_u8(&in);
    memset(result, 0, sizeof *result);
    if (state == MM_STATE_FAILED)
        get_failed(&in, result);
    else if (!get_record(&in, pair, result) || result->state != state)
        in.bad = true;
    else
        get_more(&in, result);
    if (!in.bad && in.at == in.end)
        return 0;
    mm_result_done(result);
    return mm_fail(err, MM_ECORRUPT, "the figures that came can't be read");
}
