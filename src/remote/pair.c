#include "remote/pair.h"

/* ---- layouts and scales ---- */

static void put_layout(struct mm_buf *out, const struct mm_layout *layout)
{
    cache_put_u8(out, layout != NULL);
    if (!layout)
        return;
    field_put_axis(out, &layout->axis);
    field_put_axis(out, &layout->src_axis);
    cache_put_u8(out, layout->front);
    for (int side = 0; side < 2; side++) {
        cache_put_u8(out, layout->blocked[side]);
        cache_put_u64(out, (uint64_t)layout->times[side]);
        cache_put_u64(out, (uint64_t)layout->more[side]);
    }
}

static void get_layout(struct cache_reader *in, struct pair_request *request)
{
    struct mm_layout *layout = &request->layout;
    if (!field_get_flag(in))
        return;
    field_get_axis(in, &layout->axis);
    field_get_axis(in, &layout->src_axis);
    layout->front = field_get_flag(in);
    for (int side = 0; side < 2; side++) {
        layout->blocked[side] = field_get_flag(in);
        layout->times[side] = (int64_t)cache_get_u64(in);
        layout->more[side] = (int64_t)cache_get_u64(in);
        in->bad |= layout->times[side] < 0 || layout->more[side] < 0;
    }
    request->pair.layout = layout;
}

static void put_scales(struct mm_buf *out, const struct mm_pair_scales *scales)
{
    cache_put_u8(out, scales != NULL);
    if (!scales)
        return;
    field_put_scales(out, &scales->scales);
    cache_put_u8(out, scales->source);
    cache_put_u8(out, scales->unsure);
    cache_put_u8(out, scales->rounds);
}

static void get_scales(struct cache_reader *in, struct mm_arena *arena, struct pair_request *request)
{
    struct mm_pair_scales *scales = &request->scales;
    if (!field_get_flag(in))
        return;
    field_get_scales(in, arena, &scales->scales);
    scales->source = (enum mm_scales_source)field_get_below(in, MM_SCALES_SOURCES);
    scales->unsure = field_get_flag(in);
    scales->rounds = field_get_flag(in);
    request->pair.scales = scales;
}

/* ---- all of it ---- */

static void put_measure(struct mm_buf *out, const struct mm_measure_options *measure)
{
    cache_put_double(out, measure->atol);
    cache_put_double(out, measure->rtol);
    cache_put_double(out, measure->small);
    cache_put_u8(out, measure->quantiles);
    cache_put_u32(out, (uint32_t)measure->hist_bins);
}

static void get_measure(struct cache_reader *in, struct mm_measure_options *measure)
{
    measure->atol = cache_get_double(in);
    measure->rtol = cache_get_double(in);
    measure->small = cache_get_double(in);
    measure->quantiles = field_get_flag(in);
    measure->hist_bins = cache_get_u32(in);
    in->bad |= measure->hist_bins > MM_HIST_BINS_MAX;
}

void pair_put(struct mm_buf *out, const struct pair_request *request)
{
    const struct mm_pair *pair = &request->pair;
    for (int side = 0; side < 2; side++) {
        cache_put_u8(out, request->side[side].kind);
        cache_put_u32(out, request->side[side].dump);
        cache_put_u32(out, request->side[side].entry);
    }
    field_put_text(out, pair->name);
    cache_put_u32(out, pair->occurrence);
    cache_put_u32(out, pair->occurrences);
    cache_put_u8(out, pair->read_as);
    cache_put_u8(out, pair->read_against_floats);
    cache_put_u8(out, pair->round_half);
    put_layout(out, pair->layout);
    put_scales(out, pair->scales);
    put_measure(out, &request->measure);
}

void pair_get(struct cache_reader *in, struct mm_arena *arena, struct pair_request *request)
{
    struct mm_pair *pair = &request->pair;
    memset(request, 0, sizeof *request);
    for (int side = 0; side < 2; side++) {
        request->side[side].kind = (enum side_kind)field_get_below(in, SIDE_KINDS);
        request->side[side].dump = cache_get_u32(in);
        request->side[side].entry = cache_get_u32(in);
    }
    pair->name = field_get_text(in, arena);
    pair->occurrence = cache_get_u32(in);
    pair->occurrences = cache_get_u32(in);
    pair->read_as = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    pair->read_against_floats = field_get_flag(in);
    pair->round_half = field_get_flag(in);
    get_layout(in, request);
    get_scales(in, arena, request);
    get_measure(in, &request->measure);
    in->bad |= !pair->name || in->at != in->end;
}
