/* Which narrow formats hold all values of a tensor. */
#include "mmtui/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TILE 4096
#define PLACES                                                                                               \
    1024 /* a power of two, well above MM_HELD_LEVELS: where different values may stand, by their bits */

/* Share of a step that a value may lie off an even grid: multiples of the step are stored rounded, too. */
#define STEP_OFF 0.01

struct looking {
    double value[PLACES]; /* different values, each at its place */
    bool taken[PLACES];
    int levels;
    bool f16, bf16;
    uint64_t hash;
};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    x = isnan(x) ? NAN : x + 0; /* -0 + 0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Steps of splitmix64 (S. Vigna, public domain): every bit of the values moves every bit of the hash. */
static uint64_t mixed(uint64_t hash, uint64_t bits)
{
    hash = (hash ^ bits) + 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
    return hash ^ (hash >> 31);
}

static void count_level(struct looking *looking, double x, uint64_t bits)
{
    size_t place = (bits * 0x9E3779B97F4A7C15u) >> 54; /* 10 bits */
    while (looking->taken[place] && looking->value[place] != x)
        place = (place + 1) % PLACES;
    if (looking->taken[place])
        return;
    looking->taken[place] = true;
    looking->value[place] = x;
    looking->levels++;
}

static void look_at(struct looking *looking, double x)
{
    uint64_t bits = bits_of(x);
    looking->hash = mixed(looking->hash, bits);
    if (!isfinite(x))
        return;
    if (looking->levels <= MM_HELD_LEVELS)
        count_level(looking, x + 0, bits);
    if (looking->f16)
        looking->f16 = (double)mm_half_to_float(mm_float_to_half((float)x)) == x;
    if (looking->bf16)
        looking->bf16 = (double)mm_bf16_to_float(mm_float_to_bf16((float)x)) == x;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Are all of them multiples of one step apart, of which there are MM_HELD_LEVELS at most? The step, or 0. */
static double step_of(const double *sorted, int count)
{
    double least = INFINITY;
    for (int i = 1; i < count; i++)
        least = fmin(least, sorted[i] - sorted[i - 1]);
    double most = (sorted[count - 1] - sorted[0]) / least;
    if (!(least > 0) || !(most < MM_HELD_LEVELS - 0.5))
        return 0;
    double step = (sorted[count - 1] - sorted[0]) / rint(most);
    for (int i = 1; i < count; i++) {
        double at = (sorted[i] - sorted[0]) / step;
        if (fabs(at - rint(at)) > STEP_OFF)
            return 0;
    }
    return step;
}

static void conclude(struct looking *looking, struct mm_held *out)
{
    double sorted[PLACES];
    int count = 0, zeros = 0;
    for (int i = 0; i < PLACES; i++) {
        if (!looking->taken[i])
            continue;
        sorted[count++] = looking->value[i];
        zeros += looking->value[i] == 0;
    }
    out->levels = looking->levels;
    out->hash = looking->hash;
    out->told = looking->levels - zeros >= MM_HELD_LEAST;
    if (!out->told)
        return;
    out->f16 = looking->f16;
    out->bf16 = looking->bf16;
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    out->step = count <= MM_HELD_LEVELS ? step_of(sorted, count) : 0;
    out->even8 = out->step > 0;
}

static int look_at_all(struct looking *looking, const struct mm_tensor *tensor, const atomic_bool *cancel,
                       struct mm_err *err)
{
    struct mm_cursor cursor;
    double tile[TILE];
    size_t n;
    mm_cursor_init(&cursor, tensor);
    while ((n = mm_cursor_double(&cursor, tile, TILE)) > 0) {
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
        for (size_t i = 0; i < n; i++)
            look_at(looking, tile[i]);
    }
    return cursor.bad ? mm_fail(err, MM_ECORRUPT, "a value can't be read") : 0;
}

int mm_held_look(const struct mm_tensor *tensor, const atomic_bool *cancel, struct mm_held *out,
                 struct mm_err *err)
{
    struct looking *looking = calloc(1, sizeof *looking);
    *out = (struct mm_held){.count = mm_shape_count(&tensor->shape)};
    if (!looking)
        return mm_fail_memory(err);
    looking->f16 = looking->bf16 = true;
    int result = look_at_all(looking, tensor, cancel, err);
    if (result == 0)
        conclude(looking, out);
    free(looking);
    return result;
}

bool mm_held_same(const struct mm_held *a, const struct mm_held *b)
{
    return a->count == b->count && a->hash == b->hash && a->levels == b->levels;
}
