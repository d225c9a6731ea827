/* measure: measuring by a worker, which has memory to use again and others that help with what is large. */
#ifndef MMTUI_COMPARE_MEASURE_H
#define MMTUI_COMPARE_MEASURE_H

#include "compare/crew.h"

/* What one worker has at hand. Zeroed at first. */
struct mm_desk {
    struct mm_reader reader[2]; /* src, dst */
    struct mm_helpers *helpers; /* borrowed, or NULL */
};
void mm_desk_done(struct mm_desk *desk);

/* As mm_measure_header and mm_measure_pair; desk may be NULL. */
void mm_measure_header_at(struct mm_desk *desk, const struct mm_pair *pair, const struct mm_schema *schema,
                          const atomic_bool *cancel, struct mm_result *result);
void mm_measure_pair_at(struct mm_desk *desk, const struct mm_pair *pair, const struct mm_schema *schema,
                        const struct mm_measure_options *options, const atomic_bool *cancel,
                        struct mm_result *result);

#endif
