/* arrangement: which element of s stands where in d. Axes permuted, flipped, shifted, cut out, one axis by a
 * table. Private to triage. */
#ifndef MMTUI_CAUSE_ARRANGEMENT_H
#define MMTUI_CAUSE_ARRANGEMENT_H

#include "cause/cause.h"

/* What stands where a shift has nothing to move in. */
enum filled { FILL_ROLL = 0, FILL_EDGE, FILL_ZERO, FILL_COUNT };

/*
 * d's flat data is read as an array of `dim` (which need not be the shape on its label); its element at
 * coordinates c is s[base + sum of stride[k] * place of c[k]]. `table` is borrowed.
 */
struct arrangement {
    int rank;
    int64_t dim[MM_RANK_MAX], stride[MM_RANK_MAX];
    int64_t base;
    bool flip[MM_RANK_MAX];
    int64_t shift[MM_RANK_MAX]; /* d[c] = s[c - shift] */
    enum filled fill;
    const int32_t *table; /* place of a coordinate of table_axis; NULL: none */
    int table_axis;
};

/* The index of element `at` along an axis of length dim, `inner` elements apart. Most numbers are small, and then
 * dividing them costs half. */
static inline int64_t index_along(int64_t at, int64_t inner, int64_t dim)
{
    if (((uint64_t)at | (uint64_t)inner | (uint64_t)dim) >> 32 == 0)
        return (uint32_t)(inner == 1 ? at : (uint32_t)at / (uint32_t)inner) % (uint32_t)dim;
    return at / inner % dim;
}

/* Every element where it is. */
void arrangement_init(struct arrangement *a, const struct mm_shape *shape);
/* The residual in full, by predict_residual. */
double arrangement_residual(const struct arrangement *a, const struct trial *t);

/*
 * Positions of d, spread over all of it, that are looked at first; any first few of them are spread alike. They
 * are drawn when they are needed: most arrangements are given up after a few.
 */
#define SAMPLE_MAX   4096
#define SAMPLE_KNOWN 1024 /* of which the coordinates are kept, along so many axes; dividing costs more */
#define SAMPLE_AXES  6
struct sample {
    size_t drawn, wanted; /* places of the draw that were taken, and all of them; wanted 0: not begun */
    size_t count;         /* of those drawn, at which d is finite */
    uint64_t random;
    int64_t at[SAMPLE_MAX];
    double d[SAMPLE_MAX], s[SAMPLE_MAX]; /* s: of the same place, NaN where places don't belong together */
    int axes;                            /* 0: no coordinates */
    uint32_t coord[SAMPLE_AXES][SAMPLE_KNOWN];
};
/* The index along an axis of d's shape. */
static inline int64_t sample_index(const struct sample *sample, size_t i, int axis, int64_t inner,
                                   int64_t dim)
{
    return axis < sample->axes && i < SAMPLE_KNOWN ? sample->coord[axis][i]
                                                   : index_along(sample->at[i], inner, dim);
}
void sample_init(struct sample *sample, const struct trial *t);
/* So many places at least, or all that there are. */
void sample_draw(struct sample *sample, const struct trial *t, size_t places);
/* Where d's elements at places [from, from + n) of the sample stand in s under a hypothesis; negative: it does not say. */
typedef void sample_places(const void *hypothesis, const struct sample *sample, size_t from, size_t n,
                           int64_t *at);
/*
 * sum (d - h(s))^2 over the sample against that of d's spread: 0 a perfect match, about 2 for what is unrelated.
 * +Inf for what is given up early: on the first 64, 256, 1024 positions and on all, the error may be 4, 2.5, 2
 * and 2 times what trial_allowed is for as many; a single position counts at most 16 times its share, for a few
 * that are far off (an edge) say nothing of the rest. Nor can it be right that is further from d than src as it stands
 * at most positions: noise about what is right makes as many nearer as further, or more.
 */
double sample_judge(struct sample *sample, const struct trial *t, sample_places *places_of,
                    const void *hypothesis);
/* The same of an arrangement; where a shift moves something in, it says nothing. */
double sample_left(struct sample *sample, const struct arrangement *a, const struct trial *t);

/* The best of some arrangements, so far. */
struct search {
    const struct trial *t;
    struct sample *sample; /* the trial's, or one of its own */
    struct arrangement best;
    double left; /* +Inf: none yet */
    int tag;     /* the caller's, of the best */
};
/* NULL when memory is out or d has no spread, so that a sample says nothing; to be freed. */
struct search *search_open(const struct trial *t);
void search_try(struct search *search, const struct arrangement *a, int tag);
/* Verify the best in full; false when even the sample speaks against it. */
bool search_found(const struct search *search, struct found *found, double parameters);

/* The next permutation in lexicographic order; false behind the last. */
bool permutation_next(int *perm, int rank);

#endif
