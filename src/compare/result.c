/* What is known of one pair: its end. */
#include "mmtui/compare.h"

#include <stdlib.h>
#include <string.h>

const struct mm_metrics *mm_result_judged(const struct mm_result *result)
{
    return result->rest ? result->rest : &result->metrics;
}

const struct mm_shape *mm_result_shape(const struct mm_result *result)
{
    return result->match == MM_MATCH_UNDO_SRC ? &result->dst.shape : &result->src.shape;
}

void mm_result_done(struct mm_result *result)
{
    mm_info_done(&result->src);
    mm_info_done(&result->dst);
    if (result->hist)
        mm_pair_hist_done(result->hist);
    free(result->hist);
    free(result->rest);
    free(result->error);
    memset(result, 0, sizeof(*result));
}
