/* NaN or Inf that the reference alone has. */
#include "cause/cause.h"

#include <math.h>

#define REST_MOST 0.05 /* error of the rest, or three times the noise: more has a cause of its own */

bool mm_metrics_only_reference(const struct mm_metrics *m)
{
    int64_t dst = m->dst.nan + m->dst.pos_inf + m->dst.neg_inf;
    int64_t src = m->src.nan + m->src.pos_inf + m->src.neg_inf;
    return m->nonfinite_differ > 0 && dst == m->nonfinite_equal &&
           src == m->nonfinite_equal + m->nonfinite_differ;
}

bool cause_reference(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    char a[MM_NUM], b[MM_NUM];
    if (!mm_metrics_only_reference(m) || m->diff2 > fmax(REST_MOST, 3 * t->noise))
        return false;
    found->finding.score = 0.9;
    found->finding.residual = m->diff2;
    mm_num_count(a, m->nonfinite_differ);
    found_say(found, "%s NaN or Inf in src alone: the reference's matter", a);
    found_evidence(
        found, "src has %s NaN or Inf where dst has numbers; where src has numbers, the two differ by %s.", a,
        isnan(m->diff2) ? "nothing" : mm_num_short(b, m->diff2, 2));
    return true;
}
