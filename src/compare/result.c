/* What is known of one pair: its end. */
#include "mmtui/compare.h"

#include <stdlib.h>
#include <string.h>

void mm_result_done(struct mm_result *result)
{
    mm_info_done(&result->src);
    mm_info_done(&result->dst);
    if (result->hist)
        mm_pair_hist_done(result->hist);
    free(result->hist);
    free(result->error);
    memset(result, 0, sizeof(*result));
}
