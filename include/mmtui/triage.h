/*
 * triage: what the figures mean - thresholds and a verdict per layer, in words.
 *
 * A verdict is a pure function of one measured pair and the limits; it never knows what a person chose. The
 * sentences are for people: short, no jargon, figures in them.
 */
#ifndef MMTUI_TRIAGE_H
#define MMTUI_TRIAGE_H

#include "mmtui/compare.h"

/* A layer is over when either figure is. 0.05 is the field's rule of thumb. */
struct mm_thresholds {
    double diff1, diff2;
};
void mm_thresholds_defaults(struct mm_thresholds *thresholds);

enum mm_verdict_kind {
    MM_VERDICT_NONE = 0,  /* not measured yet */
    MM_VERDICT_OK,        /* within the thresholds */
    MM_VERDICT_OVER,      /* over a threshold */
    MM_VERDICT_OVERFLOW,  /* dst left the range of its format: Inf where src is finite and beyond it */
    MM_VERDICT_NONFINITE, /* NaN or Inf on one side only, not explained by the range */
    MM_VERDICT_SHAPE,     /* shapes differ */
    MM_VERDICT_UNPAIRED,  /* one side only */
    MM_VERDICT_UNREADABLE /* a file could not be read */
};

struct mm_verdict {
    enum mm_verdict_kind kind;
    bool bad;      /* counts as over the threshold: OVER, OVERFLOW, NONFINITE, SHAPE, UNREADABLE */
    char text[96]; /* one line; "" for OK */
};

/* "ok", "over", "overflow" ...: the word used in files and filters. */
const char *mm_verdict_word(enum mm_verdict_kind kind);

/* Judge one result. `pair` tells which side a lone tensor is on. */
void mm_triage_judge(const struct mm_pair *pair, const struct mm_result *result,
                     const struct mm_thresholds *thresholds, struct mm_verdict *out);

/*
 * How bad, for ranking: larger is worse. Unreadable, shape and non-finite layers stand above every finite
 * error
 * (+Inf); otherwise diff2, and diff1 where diff2 is 0; -1 for what has no figure (pending, unpaired).
 */
double mm_triage_rank(const struct mm_result *result);

#endif
