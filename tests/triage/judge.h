/* One case, put before triage. */
#ifndef TRIAGE_JUDGE_H
#define TRIAGE_JUDGE_H

#include "case.h"

struct judgement {
    bool is_case; /* the site is there and over a threshold; a clean case always is one */
    bool earlier; /* a layer before the site is over as well: the noise's doing, not the fault's */
    double error; /* diff2 at the site */
    enum mm_verdict_kind kind;
    enum mm_cause_id cause;
    bool cause_right, kind_right,
        first_right; /* of a clean case: not accused, not accused, no first culprit */
    char first[64];  /* what triage takes for the first culprit; "" none */
    char text[96];   /* the verdict's sentence; of a clean case: "layer: sentence" of an accused one */
};

/* Run triage on dumps that corpus_write has made, with their graph or (NULL) without. 0, or -1 with err. */
int judge(const struct corpus_case *of, const char *folder, const struct mm_graph *graph,
          struct judgement *out, struct mm_err *err);

#endif
