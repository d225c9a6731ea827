/*
 * Range search. Both searches look at the same 128 candidates, so that their cost is bounded, and see the
 * tensor only through a histogram.
 */
#include "whatif/search.h"

#include <float.h>
#include <math.h>

void mm_quant_of(enum mm_dtype dtype, bool asymmetric, double low, double high, struct mm_quant *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    double steps = info->highest - info->lowest;

    *out = (struct mm_quant){.scale = asymmetric ? high / steps - low / steps : high / info->highest};
    if (!(out->scale > 0.0))
        out->scale = 1.0;
    out->low = asymmetric ? info->lowest : -info->highest;
    out->high = info->highest;
    if (asymmetric) {
        out->zero = info->lowest + nearbyint(-low / out->scale);
        out->zero = fmax(fmin(out->zero, info->highest), info->lowest);
    }
    out->low -= out->zero;
    out->high -= out->zero;
}

/* ---- least mean square error ----
 *
 * In a bin the values are taken as spread evenly. With E(t) = ∫ e² from 0 to t, e being the error at t, a
 * bin [a, b) with n values then has the mean square error n (E(b) - E(a)) / (b - a). Summed over all bins, in
 * terms of the edges: Σ E(edge k) (n[k-1] - n[k]) / width.
 *
 * In steps of the grid, up to the clip: E(t) = whole / 12 + (t - whole)³ / 3, with `whole` the nearest whole
 * number. Beyond: E(clip) + (t - clip)³ / 3.
 */

#define LANES 4

static double inside(double t)
{
    double whole = (t + 0x1.8p52) - 0x1.8p52, rest = t - whole;

    return whole * (1.0 / 12.0) + rest * rest * rest * (1.0 / 3.0);
}

/* What an edge counts with: bins before it less those behind it. up: bins of x, else of -x. */
static double edge(const struct mm_range_hist *hist, size_t k, bool up)
{
    const uint64_t *count = hist->count;
    size_t half = hist->half;
    double before = (double)(up ? count[half + k - 1] : count[half - k]);
    double behind = k == half ? 0.0 : (double)(up ? count[half + k] : count[half - 1 - k]);

    return before - behind;
}

/* Σ E(edge) times what the edges count with; width and clip in steps of the grid. */
static double sum_edges(const double *edges, size_t half, double width, double clip)
{
    double sum[LANES] = {0}, at_clip = inside(clip), total = 0.0;
    size_t within = clip < width * (double)half ? (size_t)(clip / width) : half, k = 1;

    for (; k + LANES <= within + 1; k += LANES) {
        for (size_t j = 0; j < LANES; j++)
            sum[j] += inside((double)(int32_t)(k + j) * width) * edges[k + j];
    }
    for (; k <= within; k++)
        total += inside((double)k * width) * edges[k];
    for (; k <= half; k++) {
        double rest = (double)k * width - clip;
        total += (at_clip + rest * rest * rest / 3.0) * edges[k];
    }
    return total + (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

#define HALF_MAX 2048
struct edges {
    double up[HALF_MAX + 1], down[HALF_MAX + 1];
};

/* The square error of all values, but for a factor that all candidates share. */
static double cost(const struct edges *edges, const struct mm_range_hist *hist, const struct mm_quant *quant,
                   bool asymmetric)
{
    double width = hist->greatest / (double)hist->half / quant->scale;
    double sum = sum_edges(edges->up, hist->half, width, quant->high);

    if (asymmetric)
        sum += sum_edges(edges->down, hist->half, width, -quant->low);
    return sum * quant->scale * quant->scale / width;
}

/* Symmetric grids don't tell x from -x: one side for both. */
static void find_edges(const struct mm_range_hist *hist, bool asymmetric, struct edges *edges)
{
    for (size_t k = 1; k <= hist->half; k++) {
        edges->up[k] = edge(hist, k, true);
        edges->down[k] = edge(hist, k, false);
        if (!asymmetric)
            edges->up[k] += edges->down[k];
    }
}

/*
 * What lies beyond the clip is off by what it is beyond it: a part of the error that only grows as the range
 * shrinks. Once it alone is more than the least error so far, no smaller range is better. Of the bins from the top
 * down to the clip, by their nearer edges t: sum n (t - clip)^2, from the sums of n, n t and n t^2.
 */
struct beyond {
    size_t bin; /* the lowest that was added */
    double n, nt, ntt;
};

static double add_beyond(struct beyond *beyond, const struct mm_range_hist *hist, bool up, double clip)
{
    double width = 1.0 / (double)hist->half;

    for (; beyond->bin > 0 && (double)(beyond->bin - 1) * width >= clip; beyond->bin--) {
        size_t k = beyond->bin - 1;
        double n = (double)(up ? hist->count[hist->half + k] : hist->count[hist->half - 1 - k]);
        double t = (double)k * width;

        beyond->n += n;
        beyond->nt += n * t;
        beyond->ntt += n * t * t;
    }
    return beyond->ntt - 2 * clip * beyond->nt + clip * clip * beyond->n;
}

#define SURELY 0.999 /* sums of which differences were taken */

int mm_search_mse(const struct mm_range_hist *hist, enum mm_dtype dtype, bool asymmetric, double low,
                  double high)
{
    /* in units of the greatest value, so that squares stay in the range of doubles */
    struct mm_range_hist unit = {.greatest = 1.0, .half = hist->half, .count = hist->count};
    double least = INFINITY;
    int best = MM_SHARES;
    struct beyond above = {.bin = hist->half}, below = {.bin = hist->half};
    struct edges edges;

    if (hist->half > HALF_MAX)
        return MM_SHARES;
    find_edges(hist, asymmetric, &edges);
    for (int share = MM_SHARES; share >= 1; share--) {
        double part = (double)share / MM_SHARES, error;
        struct mm_quant quant;

        mm_quant_of(dtype, asymmetric, low / hist->greatest * part, high / hist->greatest * part, &quant);
        error = add_beyond(&above, &unit, true, quant.high * quant.scale) +
                add_beyond(&below, &unit, false, -quant.low * quant.scale);
        if (SURELY * error > least)
            break;
        error = cost(&edges, &unit, &quant, asymmetric);
        if (error < least) {
            least = error;
            best = share;
        }
    }
    return best;
}

/* ---- least divergence ----
 *
 * Entropy calibration as NVIDIA published it for TensorRT (S. Migacz, "8-bit inference with TensorRT", GTC
 * 2017). P: the first n bins of |x|, what lies beyond added to the last of them. Q: the same bins told by
 * `levels` numbers, each spread evenly over those of its bins that are not empty in P. KL(P || Q) =
 * Σ p log(p / q) with both scaled to a sum of 1. Where only values from beyond made P's last bin, and Q has
 * nothing for it, q counts as EMPTY values there instead of 0, which would make the sum infinite (the same
 * figure as in ONNX Runtime's calibration).
 */

#define EMPTY 1e-4

/* Sums over the first k bins. */
struct prefix {
    double mass, filled, entropy; /* Σ n, bins that are not empty, Σ n log n */
};

static double n_log_n(double n)
{
    return n > 0.0 ? n * log(n) : 0.0;
}

static void find_prefix(const struct mm_range_hist *hist, struct prefix *prefix)
{
    const uint64_t *middle = hist->count + hist->half;

    prefix[0] = (struct prefix){0};
    for (size_t k = 0; k < hist->half; k++) {
        double n = (double)middle[k] + (double)hist->count[hist->half - 1 - k];

        prefix[k + 1] =
            (struct prefix){prefix[k].mass + n, prefix[k].filled + (n > 0.0), prefix[k].entropy + n_log_n(n)};
    }
}

/* KL of the first n bins; total > 0. */
static double divergence(const struct prefix *prefix, size_t n, size_t levels, double total)
{
    double inside_mass = prefix[n].mass, beyond = total - inside_mass, cross = 0.0, q = 0.0;
    double last = inside_mass - prefix[n - 1].mass;
    double filled_by_beyond = last == 0.0 && beyond > 0.0;

    for (size_t level = 0; level < levels; level++) {
        const struct prefix *from = &prefix[level * n / levels], *to = &prefix[(level + 1) * n / levels];
        double mass = to->mass - from->mass, filled = to->filled - from->filled;

        if (level + 1 == levels)
            filled += filled_by_beyond;
        q = mass > 0.0 ? log(mass / filled) : log(EMPTY);
        cross += mass * q;
    }
    cross += beyond * q; /* q: of the last level, which has the last bin */
    return (prefix[n].entropy - n_log_n(last) + n_log_n(last + beyond) - cross) / total +
           log(inside_mass / total);
}

int mm_search_kl(const struct mm_range_hist *hist, size_t levels)
{
    struct prefix prefix[HALF_MAX + 1];
    double least = INFINITY, total;
    int best = MM_SHARES;

    if (hist->half > HALF_MAX)
        return MM_SHARES;
    find_prefix(hist, prefix);
    total = prefix[hist->half].mass;
    for (int share = MM_SHARES; share >= 1 && total > 0.0; share--) {
        size_t n = hist->half / MM_SHARES * (size_t)share;
        double kl;

        if (n < levels || prefix[n].mass == 0.0)
            break; /* more numbers than bins, or no values: nothing to compare */
        kl = divergence(prefix, n, levels, total);
        if (kl < least) {
            least = kl;
            best = share;
        }
    }
    return best;
}
