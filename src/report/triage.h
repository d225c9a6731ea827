/* What the two forms of the triage report share: which layers start an error, and how much each explains. */
#ifndef MMTUI_REPORT_TRIAGE_H
#define MMTUI_REPORT_TRIAGE_H

#include "mmtui/report.h"

/* With a smaller share of the tensors compared, a report says that first. */
#define REPORT_COVERED 0.5

struct triage_start {
    uint32_t id;
    size_t explains; /* layers over the threshold whose root it is, itself included */
};

struct triage_digest {
    struct triage_start *start; /* overflows first, then who explains most, then execution order */
    size_t starts;
    size_t of_kind[MM_VERDICT_COUNT]; /* layers by verdict */
    size_t good;                      /* measured and within the thresholds */
    double worst_good;                /* the largest diff2 among these */
    int32_t worst_good_at;            /* -1: none */
};
int triage_digest_init(struct triage_digest *digest, const struct mm_session *session);
void triage_digest_done(struct triage_digest *digest);

#endif
