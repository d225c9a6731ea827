/*
 * The corpus: pairs of dumps whose fault is known.
 *
 *   rows of a table (rows_*.c)       fault class, network, the step that fails, the fault, what is right
 *     x noise (none, FP16, INT8)     a row says which
 *     x seeds                        a row says how many; each has another size, other values
 *   = cases (case.c)                 numbered; a case is made again from its number alone
 *
 * Written by people who know what hardware and software do, and not what triage looks for: a label is what an
 * engineer who knows of the fault would want to read. Where two answers are honestly the same (an image of
 * two channels reversed is one permuted), both are right.
 *
 * The second half of every row's seeds, and all of a row that is `late`, is run by `make test-long` and by
 * `make triage-table LONG=1` only, so that nobody tunes to them.
 */
#ifndef TRIAGE_CASE_H
#define TRIAGE_CASE_H

#include "fault.h"
#include "mmtui/triage.h"

/* What the whole second side computes in. */
enum noise {
    NOISE_NONE,   /* FP32, the same numbers */
    NOISE_F16,    /* every tensor rounded to half */
    NOISE_TENSOR, /* every tensor on an INT8 grid, one scale; the demo network: INT8 linears, the rest FP16 */
    NOISE_CHANNEL, /* every tensor on INT8 grids, one scale a channel */
    NOISE_COUNT
};
#define PLAIN    (1u << NOISE_NONE)
#define F16      (1u << NOISE_F16)
#define TENSOR   (1u << NOISE_TENSOR)
#define CHANNEL  (1u << NOISE_CHANNEL)
#define FLOATS   (PLAIN | F16)
#define INTEGERS (TENSOR | CHANNEL)
#define ALL      (FLOATS | INTEGERS)
const char *noise_word(enum noise noise);

#define CAUSE(name) (UINT64_C(1) << MM_CAUSE_##name)
#define KIND(name)  (1u << MM_VERDICT_##name)

/* How the whole second dump was made. That is no fault of any layer. */
enum form {
    FORM_USUAL,
    FORM_CHANNELS_LAST, /* every tensor of four axes */
    FORM_SUFFIX,        /* every name ends in _DequantizeLinear_Output */
    FORM_MODEL_NAMES, /* both: the model has /net/NAME_output_0, files have it with _ for / and without the first */
    FORM_RAW,         /* every result is the uint8 code that was never dequantised */
    FORM_NO_ORDER, /* both: no stamps, one time; there is no model either */
    FORM_RUNS      /* both: the network ran twice, and is wrong in the second run alone */
};
const char *form_word(enum form form);

struct scene;
struct corpus_row {
    const char *fault;                  /* the class: a row of the confusion matrix */
    void (*build)(struct scene *scene); /* NULL: the demo network */
    float scale;                        /* demo network: of its input */
    const char *site;                   /* the tensor where the fault is: first culprit. NULL: none */
    fault_apply *apply;                 /* NULL: the noise does it */
    double amount;
    int how;
    const char *
        other; /* the tensor that fault_stale takes; NULL: the operator's input. With `dumped`: whose values are
                          dumped under the site's name. Without a site: where `apply`, which is no fault, works */
    enum form form;
    bool late;       /* in the second half alone */
    bool in_src;     /* the fault is the reference's */
    bool dumped;     /* what reads the site has the right values, only its dump has not */
    unsigned noise;  /* bits */
    int seeds;       /* in the first half */
    uint64_t causes; /* right ones, bits; 0: none of the layers is to be accused (clean) */
    unsigned kinds;  /* right verdicts at the site, bits */
};

struct corpus_case {
    const struct corpus_row *row;
    enum noise noise;
    uint64_t seed;
    size_t number;
    bool npy; /* NumPy files, which tell nothing of operators; else MagicMind's */
};

/* All cases of the first half, or of both; the numbers of the first half stay what they are. Case `number` or
 * false. */
size_t corpus_count(bool both);
bool corpus_case(size_t number, struct corpus_case *out);
/* "channels-reversed photo input f16 seed 3" */
void corpus_name(const struct corpus_case *of, struct mm_buf *out);

/*
 * Write the two dumps of a case to folder/src and folder/dst, which are made, and its graph (may be NULL:
 * not wanted). 0, or -1 with err.
 */
int corpus_write(const struct corpus_case *of, const char *folder, struct mm_graph **graph,
                 struct mm_err *err);
int scene_write(const struct corpus_case *of, const char *src, const char *dst, struct mm_graph **graph,
                struct mm_err *err);
int network_write(const struct corpus_case *of, const char *src, const char *dst, struct mm_graph **graph,
                  struct mm_err *err);

/* The rows, by what they are about. Each table ends with a row whose fault is NULL. */
extern const struct corpus_row rows_clean[], rows_numbers[], rows_layout[], rows_content[], rows_outputs[],
    rows_operators[], rows_network[], rows_dumps[], rows_tables[], rows_values[];

#endif
