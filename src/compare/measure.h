/* measure: measuring by a worker, which has memory to use again and others that help with what is large. */
#ifndef MMTUI_COMPARE_MEASURE_H
#define MMTUI_COMPARE_MEASURE_H

#include "compare/parallel_for.h"

/* What one worker has at hand. Zeroed at first. */
struct mm_worker_scratch {
    struct mm_reader reader[2]; /* src, dst */
    struct mm_helpers *helpers; /* borrowed, or NULL */
};
void mm_worker_scratch_done(struct mm_worker_scratch *scratch);
/* Are both files opened as a whole, and not members of archives? Then mm_pair_identify_read is as good as
 * mm_pair_identify, and asks the system for less. */
bool mm_pair_opens_whole(const struct mm_pair *pair);
/* The state in which the files were opened when the pair was measured last with this scratch. Where one could not
 * be opened, mm_pair_identify's. */
void mm_pair_identify_read(const struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                           struct mm_pair_id *id);

/* As mm_measure_header and mm_measure_pair; scratch may be NULL. */
void mm_measure_header_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                          const struct mm_schema *schema, const atomic_bool *cancel,
                          struct mm_result *result);
void mm_measure_pair_at(struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                        const struct mm_schema *schema, const struct mm_measure_options *options,
                        const atomic_bool *cancel, struct mm_result *result);

#endif
