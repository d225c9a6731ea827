/* What triage made of the cases: shares, and the confusion matrix. */
#ifndef TRIAGE_TALLY_H
#define TRIAGE_TALLY_H

#include "judge.h"

#include <stdio.h>

enum { CLASSES_MOST = 96 };

/* Of one class, or of all. [0] with the graph, [1] by execution order only. */
struct tally_row {
    const char *fault;
    bool clean;                     /* nobody is to be accused */
    bool tolerant;                  /* clean, but for what the format costs */
    int cases, not_cases, culprits; /* culprits: cases that are to have one, and the noise hides none */
    int cause[2], kind[2], first[2];
    int reported_cause[MM_CAUSE_COUNT], reported_kind[MM_VERDICT_COUNT]; /* with the graph */
};

struct tally {
    struct tally_row row[CLASSES_MOST];
    int count;
    struct mm_buf misses; /* a line a case that went wrong */
};

void tally_add(struct tally *tally, const struct corpus_case *of, const struct judgement judged[2]);
/* Of all classes that are not clean (clean false), or of all that are. */
struct tally_row tally_sum(const struct tally *tally, bool clean);
/* The matrix, the misses, the shares. */
void tally_print(const struct tally *tally, FILE *to);
/* In percent; 100 of nothing. */
double tally_share(int right, int of);

#endif
