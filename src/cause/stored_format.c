#include "cause/stored_format.h"
#include "cause/cause.h"
#include "cause/sparse.h"
#include "tensor/round.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool format_is_integer(enum mm_dtype dtype)
{
    return mm_dtype_info(dtype)->kind == MM_KIND_INT && mm_dtype_info(dtype)->bits <= 16;
}

/* ---- src rounded to a grid of its own range ---- */

#define SAMPLE           4096
#define EXPLAINED        0.2 /* share of the error's energy that rounding may leave: other inputs flip some */
#define GLANCE           256 /* positions that tell most grids apart, */
#define GLANCE_EXPLAINED 0.6 /* where chance may leave more */

struct grid {
    double step, zero, low, high; /* codes low .. high */
};

static struct grid grid_of(const struct mm_stats *stats, unsigned bits, bool asymmetric)
{
    double least = fmin(stats->min, 0), most = fmax(stats->max, 0), codes = ldexp(1, (int)bits - 1);
    if (!asymmetric)
        return (struct grid){fmax(-least, most) / (codes - 1), 0, 1 - codes, codes - 1};
    double step = (most - least) / (2 * codes - 1);
    return (struct grid){step, rint(-least / step), 0, 2 * codes - 1};
}

/* Values of both sides at the same places, without those that are not finite. */
struct pairs {
    double s[SAMPLE + 2], d[SAMPLE + 2];
    size_t n;
    double energy; /* of the error */
};

static void pairs_take(struct pairs *pairs, const double *s, const double *d, int64_t count, int64_t places)
{
    pairs->n = 0;
    pairs->energy = 0;
    for (struct sparse p = sparse_first(count, places); p.at < count && pairs->n < SAMPLE + 2;
         sparse_next(&p)) {
        double x = s[p.at], y = d[p.at], e = x - y;
        if (!(fabs(e) <= DBL_MAX)) /* one of them is not finite */
            continue;
        pairs->s[pairs->n] = x;
        pairs->d[pairs->n++] = y;
        pairs->energy += e * e;
    }
}

/* What rounding src to this grid leaves of the error's energy. */
static double rounded_left(const struct grid *g, const struct pairs *pairs)
{
    double left[2] = {0, 0}, low = g->low - g->zero, high = g->high - g->zero;
    for (size_t i = 0; i < pairs->n; i++) {
        double code = pairs->s[i] / g->step;
        code = code < low ? low : code; /* the ends are whole numbers: rounding does not lead out of them */
        code = code > high ? high : code;
        double off = pairs->d[i] - ((code + 0x1.8p52) - 0x1.8p52) * g->step;
        left[i % 2] += off * off;
    }
    return left[0] + left[1];
}

/* Is dst what rounding src to one of these grids gives? Most fit so badly that a few positions tell: those are dropped. */
static size_t glance(struct grid *grid, size_t n, const struct pairs *few)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(grid[i].step > 0) || !isfinite(grid[i].step) ||
            rounded_left(&grid[i], few) > GLANCE_EXPLAINED * few->energy)
            grid[i].step = 0;
        else
            kept++;
    }
    return kept;
}

/* The finest that fits: what is 0 on a fine grid is 0 on a coarse one. */
static bool find_rounded(const struct mm_stats *src, const double *s, const double *d, int64_t count,
                         struct format *out)
{
    static const enum mm_dtype dtypes[] = {MM_I16, MM_I8, MM_I4};
    enum { GRIDS = 2 * MM_COUNT(dtypes) };
    struct grid grid[GRIDS];
    struct pairs *pairs = malloc(sizeof *pairs);
    for (size_t i = 0; i < GRIDS; i++)
        grid[i] = grid_of(src, mm_dtype_info(dtypes[i / 2])->bits, i % 2);
    if (pairs)
        pairs_take(pairs, s, d, count, GLANCE);
    bool any = pairs && glance(grid, GRIDS, pairs) > 0, found = false;
    if (any && count > GLANCE)
        pairs_take(pairs, s, d, count, SAMPLE);
    for (size_t i = 0; any && i < GRIDS && !found; i++) {
        if (grid[i].step == 0 || pairs->energy == 0 ||
            rounded_left(&grid[i], pairs) > EXPLAINED * pairs->energy)
            continue;
        out->dtype = dtypes[i / 2];
        out->grid = grid[i].step;
        out->asymmetric = i % 2;
        found = out->sure = true;
    }
    free(pairs);
    return found;
}

/* ---- values that a narrow float holds ---- */

static double through_half(double x)
{
    return (double)mm_half_to_float(mm_float_to_half((float)x));
}
static double through_bf16(double x)
{
    return (double)mm_bf16_to_float(mm_float_to_bf16((float)x));
}
static double through_e4m3(double x)
{
    return (double)mm_e4m3_to_float(mm_float_to_e4m3((float)x));
}
static double through_e5m2(double x)
{
    return (double)mm_e5m2_to_float(mm_float_to_e5m2((float)x));
}

/* Those of few digits first: what e5m2 holds, all do, and half holds most of what bf16 does. */
static const struct {
    enum mm_dtype dtype;
    double (*through)(double x);
} floats[] = {
    {MM_F8E5M2, through_e5m2}, {MM_F8E4M3, through_e4m3}, {MM_BF16, through_bf16}, {MM_F16, through_half}};

#define FLOAT_SAMPLE 65536 /* values that are looked at; one that does not fit is enough */

static bool all_through(const double *x, int64_t count, double (*through)(double x))
{
    for (int64_t i = 0; i < count; i += count / FLOAT_SAMPLE + 1) {
        if (isfinite(x[i]) && through(x[i]) != x[i])
            return false;
    }
    return true;
}

#define VALUES_MANY 12 /* fewer different values are held by few bits by chance: 0, 1, 2, 0.5 */

static bool has_many_values(const double *x, int64_t count)
{
    double seen[VALUES_MANY];
    size_t n = 0, k;
    for (int64_t i = 0; i < count && n < VALUES_MANY; i += count / FLOAT_SAMPLE + 1) {
        for (k = 0; k < n && seen[k] != x[i]; k++)
            ;
        if (k == n && isfinite(x[i]))
            seen[n++] = x[i];
    }
    return n == VALUES_MANY;
}

static enum mm_dtype float_of(const double *x, int64_t count)
{
    bool many = has_many_values(x, count);
    if (!many && all_through(x, count, through_half))
        return MM_F16;
    for (size_t i = 0; i < MM_COUNT(floats); i++) {
        bool eight = mm_dtype_info(floats[i].dtype)->bits == 8;
        if ((many || !eight) && all_through(x, count, floats[i].through))
            return floats[i].dtype;
    }
    return MM_DTYPE_NONE;
}

/* ---- the grid that a float is by itself ---- */

static double through_float(double x)
{
    return (double)(float)x;
}
/* NVIDIA's format of matrix products: a float without its last 13 bits. */
static double through_tf32(double x)
{
    float narrow = (float)x;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    bits &= ~(uint32_t)0x1FFF;
    memcpy(&narrow, &bits, sizeof bits);
    return (double)narrow;
}

/* Bits of mantissa behind the leading one. */
static const struct {
    double (*through)(double x);
    int bits;
} mantissas[] = {{through_e5m2, 2},  {through_e4m3, 3},  {through_bf16, 7},
                 {through_half, 10}, {through_tf32, 10}, {through_float, 23}};

/*
 * Within a binade [2^e, 2^(e+1)) a float of p bits of mantissa has steps of 2^(e-p): few values there, evenly
 * apart, and no integers. The values nearest to 0 tell: a grid no coarser than their own steps is the float's.
 */
static bool is_grid_of_mantissa(const double *x, int64_t count, double grid)
{
    double least = INFINITY;
    for (int64_t i = 0; i < count; i += count / FLOAT_SAMPLE + 1) {
        if (x[i] == 0 || !(fabs(x[i]) < least))
            continue;
        least = fabs(x[i]);
        if (grid > 1.01 * ldexp(1, ilogb(least) - mantissas[0].bits))
            return false; /* coarser than those of the fewest bits, and all that is nearer to 0 has finer ones */
    }
    for (size_t i = 0; i < MM_COUNT(mantissas) && isfinite(least); i++) {
        if (grid <= 1.01 * ldexp(1, ilogb(least) - mantissas[i].bits) &&
            all_through(x, count, mantissas[i].through))
            return true;
    }
    return false;
}

/* ---- all of it ---- */

#define LEVELS_INT4  16
#define LEVELS_INT8  256
#define LEVELS_INT16 65536
#define HALF_LEAST   0x1p-24 /* the least half above 0 */

static enum mm_dtype integer_of(double levels)
{
    return levels <= LEVELS_INT4 ? MM_I4 : levels <= LEVELS_INT8 ? MM_I8 : MM_I16;
}

static enum mm_dtype integer_of_bits(unsigned bits)
{
    return bits <= 4 ? MM_I4 : bits <= 8 ? MM_I8 : MM_I16;
}

static bool is_float8(enum mm_dtype dtype)
{
    return mm_dtype_info(dtype)->kind == MM_KIND_FLOAT && mm_dtype_info(dtype)->bits <= 8;
}

static bool is_float16(enum mm_dtype dtype)
{
    return dtype == MM_F16 || dtype == MM_BF16;
}

/* A wide float's values. */
static void look_at_values(const struct mm_result *result, const double *s, const double *d, int64_t count,
                           struct format *out)
{
    const struct mm_metrics *m = &result->metrics;
    if (s && m->dst.zero < m->count && find_rounded(&m->src, s, d, count, out) && out->dtype != MM_I16)
        return;
    enum mm_dtype held = float_of(d, count);
    if (is_float8(held) && s && float_of(s, count) == held)
        held = MM_F16;                 /* src fits as well, so that dst does says nothing */
    bool fine = held == MM_DTYPE_NONE; /* a float of 11 digits lies on a grid of 65536 steps by itself */
    if (out->sure && fine)
        return;
    out->grid = grid_find(d, count, fine ? LEVELS_INT16 : LEVELS_INT8);
    if (!fine && out->grid > 0 && out->grid <= 1.01 * HALF_LEAST) {
        *out = (struct format){.dtype = MM_F16}; /* subnormal halves have a grid of their own */
        return;
    }
    if (out->grid > 0 && is_grid_of_mantissa(d, count, out->grid)) {
        *out = (struct format){.dtype = held};
        return;
    }
    double levels = out->grid > 0 ? (m->dst.max - m->dst.min) / out->grid : 0;
    out->sure = false;
    out->dtype = is_float8(held) && levels > LEVELS_INT4 - 1                   ? held
                 : levels > 0 && levels <= (fine ? LEVELS_INT16 : LEVELS_INT8) ? integer_of(levels)
                                                                               : held;
}

struct format format_find(const struct mm_result *result, unsigned quantised, const double *s,
                          const double *d, int64_t count)
{
    const struct mm_dtype_info *dst = mm_dtype_info(result->dst.dtype);
    struct format out = {.dtype = MM_DTYPE_NONE};
    bool integer = dst->kind == MM_KIND_INT || dst->kind == MM_KIND_UINT;
    if (d && !is_float8(result->dst.dtype))
        look_at_values(result, s, d, count, &out);
    if (integer && dst->bits <= 16)
        out.dtype = integer_of_bits(dst->bits);
    else if (is_float8(result->dst.dtype))
        out.dtype = result->dst.dtype;
    else if (!d && (quantised & MM_QUANTISED_RESULT)) /* where there are values, these tell */
        out.dtype = MM_I8;
    else if (is_float16(result->dst.dtype) && (out.dtype == MM_DTYPE_NONE || is_float16(out.dtype)))
        out.dtype = result->dst.dtype;
    return out;
}

/* Below it, 99.99 per cent are all of them. */
#define TAILS_LEAST 10000

size_t format_settings(const struct format *format, unsigned quantised, const struct mm_shape *shape,
                       int axis, struct mm_whatif_setting out[MM_FLOORS])
{
    enum mm_dtype dtype = format_is_integer(format->dtype) ? format->dtype : MM_I8;
    int64_t count = mm_shape_count(shape);
    size_t n = 0;
    if (format->dtype == MM_DTYPE_NONE && !quantised)
        return 0; /* no format that could cost something */
    out[n++] = (struct mm_whatif_setting){.dtype = MM_F16};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_BF16};
    if (is_float8(format->dtype) && mm_round_float(format->dtype))
        out[n++] = (struct mm_whatif_setting){.dtype = format->dtype};
    if (!format_is_integer(format->dtype) && !quantised)
        return n;
    out[n++] = (struct mm_whatif_setting){.dtype = dtype};
    out[n++] = (struct mm_whatif_setting){.dtype = dtype, .asymmetric = true};
    out[n++] = (struct mm_whatif_setting){.dtype = dtype,
                                          .range = count < TAILS_LEAST ? MM_RANGE_MSE : MM_RANGE_P9999};
    for (int k = 0; k < shape->rank; k++) {
        bool channels = k == axis || (shape->rank == 3 && k == 2); /* tokens have theirs last */
        if (channels && shape->dim[k] > 1 && count > shape->dim[k])
            out[n++] = (struct mm_whatif_setting){.dtype = dtype, .per_channel = true, .axis = k};
    }
    return n;
}

/* How far, as a factor's logarithm, a what-if is from the error that is there; +Inf: not comparable. */
static double far_off(const struct mm_whatif *floor, double observed)
{
    double off = fabs(log(observed / floor->metrics.diff2));
    return isnan(off) ? INFINITY : off;
}

int format_floor(const struct format *format, unsigned quantised, const struct mm_whatif *floor,
                 size_t floors, double observed)
{
    bool unsigned_codes = quantised & MM_QUANTISED_UNSIGNED;
    bool told = format->sure || unsigned_codes;
    bool asymmetric = format->sure ? format->asymmetric : unsigned_codes;
    int best = -1;
    for (size_t i = 0; i < floors; i++) {
        const struct mm_whatif_setting *setting = &floor[i].setting;
        bool plain = !setting->per_channel && setting->range == MM_RANGE_MINMAX;
        if (setting->dtype != format->dtype)
            continue;
        if (format_is_integer(setting->dtype) && told && plain && setting->asymmetric == asymmetric)
            return (int)i;
        if (best < 0 || far_off(&floor[i], observed) < far_off(&floor[best], observed))
            best = (int)i;
    }
    return best;
}
