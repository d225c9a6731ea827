/*
 * cause_testing: tensors with a fault in them and a case around them, for the tests of causes. Include behind
 * cmocka.h.
 */
#ifndef CAUSE_TESTING_H
#define CAUSE_TESTING_H

#include "mmtui/cause.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fault {
    struct mm_shape shape;
    int64_t count;
    double *s, *d;
    struct mm_pair pair;
    struct mm_result result;
    struct mm_case c;
    struct mm_finding finding[MM_FINDINGS_MAX];
    size_t findings;
};

/* A generator of its own: what is tested has none of its numbers. splitmix64. */
static inline uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline double uniform(uint64_t *state) /* [0, 1) */
{
    return (double)(random_bits(state) >> 11) * 0x1p-53;
}

static inline double normal(uint64_t *state) /* Box-Muller */
{
    return sqrt(-2 * log(1 - uniform(state))) * cos(6.283185307179586 * uniform(state));
}

static inline struct mm_shape shape_of(int rank, int64_t a, int64_t b, int64_t c, int64_t d)
{
    return (struct mm_shape){.rank = rank, .dim = {a, b, c, d}};
}

/* s: normal values with a mean and spread of their own in each 1000th of the tensor, so that it has structure
 * at all scales; d = s. */
static inline void fault_init(struct fault *f, struct mm_shape shape, uint64_t seed)
{
    memset(f, 0, sizeof *f);
    f->shape = shape;
    f->count = mm_shape_count(&shape);
    f->s = malloc((size_t)f->count * sizeof(double));
    f->d = malloc((size_t)f->count * sizeof(double));
    assert_non_null(f->s);
    assert_non_null(f->d);
    for (int64_t i = 0; i < f->count; i++)
        f->s[i] = f->d[i] = normal(&seed);
    f->pair = (struct mm_pair){.name = "t", .occurrence = 1, .occurrences = 1};
    f->result.src.dtype = f->result.dst.dtype = MM_F32;
    f->c.op_type = "";
    f->c.noise = 1e-6;
    f->c.grid = NAN;
}

static inline void fault_done(struct fault *f)
{
    free(f->s);
    free(f->d);
}

/* Round d as half does: the noise that lies on top. */
static inline void noise_half(struct fault *f)
{
    for (int64_t i = 0; i < f->count; i++)
        f->d[i] = (double)mm_half_to_float(mm_float_to_half((float)f->d[i]));
    f->c.noise = 5e-4;
}

/* Round d to a symmetric int8 grid over its own range. */
static inline void noise_int8(struct fault *f)
{
    double most = 0, energy = 0;
    for (int64_t i = 0; i < f->count; i++) {
        most = fmax(most, fabs(f->d[i]));
        energy += f->d[i] * f->d[i];
    }
    double step = most / 127;
    for (int64_t i = 0; i < f->count && step > 0; i++)
        f->d[i] = rint(f->d[i] / step) * step;
    f->c.noise = step / sqrt(12) / sqrt(energy / (double)f->count);
    f->c.quantised = true;
}

enum noise { NOISE_NONE, NOISE_HALF, NOISE_INT8, NOISES };
static inline void add_noise(struct fault *f, enum noise noise)
{
    if (noise == NOISE_HALF)
        noise_half(f);
    if (noise == NOISE_INT8)
        noise_int8(f);
}

/* Measure and find. Shapes may differ: then d has d_shape. */
static inline void fault_find_shapes(struct fault *f, const struct mm_shape *s_shape,
                                     const struct mm_shape *d_shape)
{
    struct mm_tensor s, d;
    struct mm_run run[2];
    struct mm_measure_options options;
    struct mm_err err = {MM_OK, ""};
    bool same = mm_shape_equal(s_shape, d_shape);
    mm_measure_defaults(&options);
    mm_tensor_raw(&s, MM_F64, s_shape, f->s, &run[0]);
    mm_tensor_raw(&d, MM_F64, d_shape, f->d, &run[1]);
    if (same && mm_measure_tensors(&s, &d, &options, NULL, &f->result.metrics, &err) < 0)
        fail_msg("%s", err.text);
    f->result.state = same ? MM_STATE_MEASURED : MM_STATE_MISMATCH;
    f->result.match = same ? MM_MATCH_SAME : MM_MATCH_MISMATCH;
    f->result.src.shape = *s_shape;
    f->result.dst.shape = *d_shape;
    f->c.pair = &f->pair;
    f->c.result = &f->result;
    f->c.s = f->s;
    f->c.d = f->d;
    f->c.s_count = mm_shape_count(s_shape);
    f->c.d_count = mm_shape_count(d_shape);
    f->c.s_shape = *s_shape;
    f->c.d_shape = *d_shape;
    memset(f->finding, 0xAA, sizeof f->finding);
    f->findings = mm_causes_find(&f->c, NULL, f->finding);
}

static inline void fault_find(struct fault *f)
{
    fault_find_shapes(f, &f->shape, &f->shape);
}

static inline const char *found_word(const struct fault *f)
{
    return f->findings ? mm_cause_info(f->finding[0].cause)->word : "none";
}

/* The first finding is this cause, surely, and its sentence begins so. */
static inline void assert_cause(const struct fault *f, enum mm_cause_id cause, double score,
                                const char *sentence)
{
    assert_string_equal(found_word(f), mm_cause_info(cause)->word);
    if (f->finding[0].score < score)
        fail_msg("score %g of: %s", f->finding[0].score, f->finding[0].sentence);
    if (strncmp(f->finding[0].sentence, sentence, strlen(sentence)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", f->finding[0].sentence, sentence);
    assert_true(strlen(f->finding[0].evidence) > 10);
}

/* Nothing is claimed with more than `score`. */
static inline void assert_unexplained(const struct fault *f, double score)
{
    if (f->findings && f->finding[0].score > score)
        fail_msg("%s %g: %s", found_word(f), f->finding[0].score, f->finding[0].sentence);
}

#endif
