/* The four diffs of diff.json: by mmtui's formulas, and by the vendor tool's. */
#include "mmtui/report.h"

#include <math.h>

#define VENDOR_GUARD 1e-9 /* what the tool divides by where the values of s sum to 0 */

/* From an array of seven. */
static void set_all(struct mm_diffs *out, double value)
{
    *out = (struct mm_diffs){value, value, {value, value}, {value, value, value}};
}

void mm_plain_diffs(const struct mm_metrics *m, struct mm_diffs *out)
{
    if (m->nonfinite_differ > 0) {
        set_all(out, NAN);
        return;
    }
    *out = (struct mm_diffs){m->diff1,
                             m->diff2,
                             {m->diff3_rel, m->diff3_abs},
                             {m->diff4_greater, m->diff4_less, (double)m->diff4_n}};
}

/* Without positions that differ by being finite, src's own mean is that over the compared positions. */
void mm_vendor_diffs(const struct mm_metrics *m, struct mm_diffs *out)
{
    double n = (double)m->finite;
    mm_plain_diffs(m, out);
    if (m->nonfinite_differ > 0 || !(m->mae > 0))
        return;
    if (m->src.mean == 0) {
        out->diff1 = m->mae * n / VENDOR_GUARD;
        out->diff2 = sqrt(m->mse * n / VENDOR_GUARD);
    }
}
