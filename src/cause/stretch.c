#include "cause/stretch.h"
#include "cause/arrangement.h"

#include <math.h>
#include <string.h>

#define SMALL   1024 /* values that are looked at as fast */
#define BUCKETS 512  /* along an axis or memory, at most */
/* How many times a share may be missed: the sample is one position in many. */
#define SLACK      3.0
#define SLACK_PART 2.0

/* What was seen along an axis, or in memory order. */
struct bucket {
    double error, signal; /* sums of e^2, s^2 */
    double d;             /* in memory order: the one value of dst; NaN: several */
    bool seen;
};

/* The sample by its place in memory. Returns how many buckets there are. */
static size_t fill_memory(struct bucket bucket[BUCKETS], const struct trial *t)
{
    const struct sample *sample = t->sample;
    int64_t dim = t->c->d_count;
    size_t count = dim < BUCKETS ? (size_t)dim : BUCKETS;
    double per = (double)count / (double)dim;
    for (size_t b = 0; b < count; b++)
        bucket[b] = (struct bucket){.d = NAN};
    for (size_t i = 0; i < sample->count; i++) {
        double s = sample->s[i], d = sample->d[i];
        struct bucket *to = &bucket[(size_t)((double)sample->at[i] * per)];
        if (!isfinite(s))
            continue;
        to->error += (s - d) * (s - d);
        to->signal += s * s;
        to->d = !to->seen || to->d == d ? d : NAN;
        to->seen = true;
    }
    return count;
}

/* The same by index along an axis. */
static size_t fill_axis(struct bucket bucket[BUCKETS], const struct trial *t, int axis)
{
    const struct sample *sample = t->sample;
    int64_t inner = 1, dim = t->d_shape.dim[axis];
    for (int k = axis + 1; k < t->d_shape.rank; k++)
        inner *= t->d_shape.dim[k];
    size_t count = dim < BUCKETS ? (size_t)dim : BUCKETS;
    memset(bucket, 0, count * sizeof *bucket);
    for (size_t i = 0; i < sample->count; i++) {
        int64_t place = sample_index(sample, i, axis, inner, dim);
        double s = sample->s[i], e = s - sample->d[i];
        struct bucket *to = &bucket[dim <= BUCKETS ? place : place * (int64_t)count / dim];
        if (!isfinite(s))
            continue;
        to->error += e * e;
        to->signal += s * s;
    }
    return count;
}

static struct bucket sum_of(const struct bucket *bucket, size_t count)
{
    struct bucket sum = {0};
    for (size_t b = 0; b < count; b++) {
        sum.error += bucket[b].error;
        sum.signal += bucket[b].signal;
    }
    return sum;
}

/* A stretch outside of which there is little error and some signal, and inside as much error as signal. */
static bool part_fits(const struct bucket *bucket, size_t count, const struct bucket *all)
{
    double outside = SLACK * STRETCH_OUTSIDE * STRETCH_OUTSIDE * all->error;
    struct bucket rest = {0};
    size_t end = count; /* [from, end) is the stretch: as short as its beginning lets it be */
    while (end > 0 && rest.error + bucket[end - 1].error <= outside) {
        end--;
        rest.error += bucket[end].error;
        rest.signal += bucket[end].signal;
    }
    for (size_t from = 0; from < count; from++) {
        double error = all->error - rest.error, signal = all->signal - rest.signal;
        bool right = SLACK * rest.signal >= STRETCH_RIGHT * all->signal;
        if (right && SLACK_PART * error >= STRETCH_GARBAGE * STRETCH_GARBAGE * signal)
            return true;
        rest.error += bucket[from].error;
        rest.signal += bucket[from].signal;
        for (; rest.error > outside && end < count; end++) {
            rest.error -= bucket[end].error;
            rest.signal -= bucket[end].signal;
        }
        if (rest.error > outside)
            return false;
    }
    return false;
}

/* Neighbours of one value that have most of the error between them; buckets at both ends may hold others, too. */
static bool run_fits(const struct bucket *bucket, size_t count, const struct bucket *all)
{
    double error = 0, value = NAN;
    for (size_t b = 0; b < count; b++) {
        if (!bucket[b].seen)
            continue;
        bool ends = isnan(bucket[b].d), goes_on = bucket[b].d == value || ends || isnan(value);
        error = goes_on ? error + bucket[b].error : bucket[b].error;
        value = bucket[b].d;
        if (SLACK_PART * error >= STRETCH_SHARE * all->error)
            return true;
        error = ends ? bucket[b].error : error; /* it may be the first of another run */
    }
    return false;
}

static bool is_about(double value, double expected)
{
    return value >= expected / 2 && value <= expected * 2;
}

/* Has the sample the tensor's error and signal? */
static bool is_like_all(const struct trial *t, const struct bucket *all)
{
    double share = (double)t->sample->count / (double)t->n;
    return is_about(all->error, share * t->ee) && is_about(all->signal, share * t->ss);
}

struct stretch stretch_glance(const struct trial *t)
{
    static const size_t glances[] = {256, 512, 1024};
    struct bucket bucket[BUCKETS], all = {0};
    struct stretch out = {true, true};
    bool told = false;
    size_t count = 0;
    if (!t->aligned || !t->sample || t->n != t->c->d_count || t->n <= SMALL)
        return out;
    if (t->sample->wanted == 0)
        sample_init(t->sample, t);
    for (size_t i = 0; i < MM_COUNT(glances) && !told; i++) {
        sample_draw(t->sample, t, glances[i]);
        count = fill_memory(bucket, t);
        all = sum_of(bucket, count);
        told = is_like_all(t, &all);
    }
    if (!told)
        return out;
    out.run = run_fits(bucket, count, &all);
    out.part = part_fits(bucket, count, &all);
    for (int axis = 0; axis < t->d_shape.rank && !out.part; axis++) {
        count = fill_axis(bucket, t, axis);
        out.part = part_fits(bucket, count, &all);
    }
    return out;
}
