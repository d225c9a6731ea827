/*
 * verify: did what a plan asks for take effect? Told from two dumps, one from before and one from after.
 *
 * Pure functions: what is known of one operator's result in both dumps goes in, a word with its reason comes out. A
 * word is said where the dumps show it; else it is "cannot tell", with why. Errors are relative L2 errors (diff2)
 * against the reference; +Inf is broken (NaN or Inf on one side alone), NaN not known.
 */
#ifndef MMTUI_VERIFY_H
#define MMTUI_VERIFY_H

#include "mmtui/plan.h"
#include "mmtui/whatif.h"

/* ---- what format a tensor's values show ---------------------------------------------------------------- */

/*
 * Formats that hold every value of a tensor, whatever the file's dtype is. A value that is not finite says nothing.
 * Few different values lie on any grid by chance: below MM_HELD_LEAST of them (but 0) nothing is said at all.
 */
#define MM_HELD_LEAST  12
#define MM_HELD_LEVELS 256
struct mm_held {
    bool told; /* there are enough different values for the rest to mean something */
    bool f16;  /* every value is exactly a FLOAT16 */
    bool bf16; /* ... a BFLOAT16 */
    bool
        even8; /* at most MM_HELD_LEVELS different values, on even steps: an 8-bit integer's, fake quantised */
    int levels;  /* different values; MM_HELD_LEVELS + 1: more */
    double step; /* of even8; else 0 */
    int64_t count;
    uint64_t hash; /* of all values in order, bit by bit but for -0 and NaN, which are 0 and one NaN */
};
/* One pass over the tensor, and little memory. -1 with MM_ECORRUPT where a value can't be read, MM_ECANCELLED. */
int mm_held_look(const struct mm_tensor *tensor, const atomic_bool *cancel, struct mm_held *out,
                 struct mm_err *err);
/* The same values in the same order. */
bool mm_held_same(const struct mm_held *a, const struct mm_held *b);

/* ---- one override -------------------------------------------------------------------------------------- */

enum mm_effect_kind {
    MM_EFFECT_UNTOLD = 0,
    MM_EFFECT_APPLIED,
    MM_EFFECT_IGNORED,
    MM_EFFECT_ABSENT,
    MM_EFFECT_KINDS
};
const char *
mm_effect_word(enum mm_effect_kind kind); /* "cannot tell", "applied", "ignored", "not in the dump" */

/* The operator's result in one of the dumps. */
struct mm_effect_side {
    bool there;            /* the dump has it, and it could be compared with the reference */
    enum mm_dtype dtype;   /* as its file says */
    const char *stored_as; /* where that is no dtype: "Q4_K"; or NULL */
    struct mm_held held;
    double error;
    double adds;    /* what the operator adds by itself, as recomputing it from this dump's inputs tells */
    double int8;    /* what 8-bit integers must cost it there, alike; 0: not known */
    double arrives; /* the greatest error among what it reads; NaN: not known which that is */
};
struct mm_effect_facts {
    enum mm_precision wanted;
    const char *own; /* of MM_PRECISION_OWN: "gguf:q8_0" */
    bool
        moves; /* the operator hands on values of its inputs, or may do so: then it rounds nothing by itself */
    struct mm_held src;
    struct mm_effect_side before, now;
    double cost
        [MM_DTYPE_COUNT]; /* what rounding the reference to F16, BF16, I16, I8 must cost; NaN: not known */
    double recomputes; /* how far off the reference's own result is when it is recomputed; NaN: not tried */
};
struct mm_effect_verdict {
    enum mm_effect_kind kind;
    char why[240]; /* without a full stop */
};

/* Of fewer values an error may be small or large by chance. */
#define MM_EFFECT_VALUES 8
/* An error within so many times what a 16-bit float's rounding must cost is that format's; sums and inputs are rounded,
 * too. */
#define MM_EFFECT_HALF 4.0
/* FLOAT32 is what adds less than this share of what rounding to FLOAT16 must cost. */
#define MM_EFFECT_FLOAT 0.1
/* Two errors are the same where one is at least this share of the other. */
#define MM_EFFECT_SAME 0.8
/* Rounding explains an error of so many times its cost. */
#define MM_EFFECT_EXPLAINS 3.0

/*
 * In this order:
 *   dtype   A result in a lower format than was asked for: ignored; unless what the operator adds fell to less than
 *           half, which an operator does that computes in more and stores in less: cannot tell.
 *           A result that was in a lower format, and is not: applied.
 *   values  The same of the format that all values lie on, where the file's dtype is a wide one. Not where the reference
 *           lies on it by itself; of an operator that hands on what it reads only that it is applied.
 *   adds    What the operator adds by itself (recomputed) is what the wanted format must cost at most: applied. It is
 *           what it was before, more than that, and 8-bit integers or 16-bit floats explain it: ignored.
 *   error   Where it was not recomputed: the whole error is within what the wanted format must cost: applied. It is what it
 *           was before, what the operator reads is much better than it, and a lower format explains it: ignored.
 * Everything else can't be told. A precision that is lower than before is told by dtype and values alone.
 */
void mm_effect_judge(const struct mm_effect_facts *facts, struct mm_effect_verdict *out);

#define MM_WORSE_TIMES 1.5
#define MM_WORSE_LEAST 1e-3
/* Got a layer worse? It is over its thresholds and was not, it is broken and was not, or its error is more than
 * MM_WORSE_TIMES what it was and MM_WORSE_LEAST at least. */
bool mm_effect_worse(double before, bool over_before, double now, bool over_now);

#endif
