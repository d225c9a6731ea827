/* code_fit: which numbers integers stand for, told from the values of both sides. Private to the library. */
#ifndef MMTUI_COMPARE_CODE_FIT_H
#define MMTUI_COMPARE_CODE_FIT_H

#include "mmtui/compare.h"

/* What came of it. */
enum code_fit_kind {
    CODE_FIT_NUMBERS, /* the codes are the numbers themselves: there is nothing to dequantise */
    CODE_FIT_NONE,    /* nothing can be fitted (all codes are one): scale 1, zero point 0 */
    CODE_FIT_GUESS,   /* it leaves too much for scale and zero point to be known well */
    CODE_FIT_GOOD
};
/* value = (code - zero_point) x scale */
struct code_fit {
    enum code_fit_kind kind;
    double scale;      /* above 0 */
    double zero_point; /* whole, within the codes */
    double error;      /* what dequantising by it leaves of src: a relative L2 error; NONE: infinite */
    bool few;          /* too few values to tell whether it fits: two lie on any line */
    bool permuted;     /* the values fit when both sides are sorted, and do not where they stand */
};

/*
 * Fit n codes q of the type `dtype` to the numbers s. Codes at the ends of the type do not count, for what lies beyond
 * was cut off. First position by position: codes on numbers by least squares, since the error is the codes' (without
 * those that are furthest off, since some may be wrong); where that leaves too much, in sorted order, for values in
 * other places have the same scale. Behind a fault neither fits well: then it is the better guess. Without memory: NONE.
 */
void code_fit_find(const double *s, const double *q, size_t n, enum mm_dtype dtype, struct code_fit *out);
/*
 * The same of a pair whose dst holds integers of at most 8 bits (*dtype says which) and whose src holds floats, from a
 * sample of its values. False for other pairs, shapes that differ, and files that can't be read.
 */
bool code_fit_pair(const struct mm_pair *pair, const struct mm_schema *schema, struct code_fit *out,
                   enum mm_dtype *dtype);

#endif
