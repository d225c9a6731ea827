/* Sums: the compensated accumulator, and merging the sums of two stretches of a tensor. */
#include "mmtui/tensor.h"

#include <math.h>
#include <string.h>

/* Neumaier's variant of Kahan's summation: what an addition loses is kept in lo, whichever operand is
 * larger. */
void mm_acc_add(struct mm_acc *acc, double value)
{
    double sum = acc->hi + value;

    if (fabs(acc->hi) >= fabs(value))
        acc->lo += (acc->hi - sum) + value;
    else
        acc->lo += (value - sum) + acc->hi;
    acc->hi = sum;
}

void mm_acc_merge(struct mm_acc *acc, const struct mm_acc *later)
{
    mm_acc_add(acc, later->hi);
    acc->lo += later->lo;
}

/* Once a sum has left the range of a double, lo is Inf - Inf and means nothing. */
double mm_acc_value(const struct mm_acc *acc)
{
    return isfinite(acc->hi) ? acc->hi + acc->lo : acc->hi;
}

static void side_init(struct mm_side_sums *side)
{
    side->min = INFINITY;
    side->max = -INFINITY;
    side->min_at = side->max_at = -1;
}

void mm_sums_init(struct mm_sums *sums)
{
    memset(sums, 0, sizeof(*sums));
    side_init(&sums->s);
    side_init(&sums->d);
    sums->differ_at = -1;
    sums->max_abs_at = -1;
    sums->max_rel_at = -1;
}

static void side_merge(struct mm_side_sums *side, const struct mm_side_sums *later)
{
    if (later->finite > 0 && (side->finite == 0 || later->min < side->min)) {
        side->min = later->min;
        side->min_at = later->min_at;
    }
    if (later->finite > 0 && (side->finite == 0 || later->max > side->max)) {
        side->max = later->max;
        side->max_at = later->max_at;
    }
    side->finite += later->finite;
    side->nan += later->nan;
    side->pos_inf += later->pos_inf;
    side->neg_inf += later->neg_inf;
    side->zero += later->zero;
    mm_acc_merge(&side->sum, &later->sum);
    mm_acc_merge(&side->square, &later->square);
}

/* A greatest value and where it is first found; at < 0: none yet. */
static void greatest_merge(double *value, int64_t *at, double later, int64_t later_at)
{
    if (later_at >= 0 && (*at < 0 || later > *value)) {
        *value = later;
        *at = later_at;
    }
}

void mm_sums_merge(struct mm_sums *sums, const struct mm_sums *later)
{
    side_merge(&sums->s, &later->s);
    side_merge(&sums->d, &later->d);
    sums->count += later->count;
    sums->finite += later->finite;
    sums->nonfinite_equal += later->nonfinite_equal;
    sums->nonfinite_differ += later->nonfinite_differ;
    if (sums->differ_at < 0)
        sums->differ_at = later->differ_at;
    for (int i = 0; i < MM_SUM_COUNT; i++)
        mm_acc_merge(&sums->both[i], &later->both[i]);
    greatest_merge(&sums->max_abs, &sums->max_abs_at, later->max_abs, later->max_abs_at);
    greatest_merge(&sums->max_rel, &sums->max_rel_at, later->max_rel, later->max_rel_at);
    if (later->max_small > sums->max_small)
        sums->max_small = later->max_small;
    sums->greater += later->greater;
    sums->less += later->less;
    sums->beyond += later->beyond;
}
