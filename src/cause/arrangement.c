/* Which element of s stands where in d: index maps, tried on a sample first. */
#include "cause/arrangement.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void arrangement_init(struct arrangement *a, const struct mm_shape *shape)
{
    int64_t stride = 1;
    memset(a, 0, sizeof *a);
    a->rank = shape->rank;
    for (int k = shape->rank - 1; k >= 0; k--) {
        a->dim[k] = shape->dim[k];
        a->stride[k] = stride;
        stride *= shape->dim[k];
    }
}

/* Where coordinate c of axis k comes from; -1: from nowhere. */
static int64_t place(const struct arrangement *a, int k, int64_t c)
{
    int64_t dim = a->dim[k];
    if (a->table && a->table_axis == k)
        return a->table[c];
    if (a->flip[k])
        c = dim - 1 - c;
    c -= a->shift[k];
    if (c >= 0 && c < dim)
        return c;
    switch (a->fill) {
    case FILL_ROLL: return (c % dim + dim) % dim;
    case FILL_EDGE: return c < 0 ? 0 : dim - 1;
    default: return -1;
    }
}

/* Far below what any sum of places can make up for: sixteen of them do not wrap. */
#define NOWHERE (INT64_MIN / 64)

static int64_t step(const struct arrangement *a, int k, int64_t c)
{
    int64_t p = place(a, k, c);
    return p < 0 ? NOWHERE : p * a->stride[k];
}

/* Index into s for d's element `index`; negative: none. */
static int64_t index_in_s(const struct arrangement *a, int64_t index)
{
    int64_t sum = a->base;
    for (int k = a->rank - 1; k >= 0; k--) {
        sum += step(a, k, index % a->dim[k]);
        index /= a->dim[k];
    }
    return sum;
}

static void predict_arrangement(const void *hypothesis, const struct trial *t, int64_t from, size_t n,
                                double *out)
{
    const struct arrangement *a = hypothesis;
    int last = a->rank - 1;
    int64_t width = last < 0 ? 1 : a->dim[last];
    for (size_t i = 0; i < n;) { /* row by row: only the last axis moves within one */
        int64_t in_row = (from + (int64_t)i) % width;
        int64_t start = from + (int64_t)i - in_row;
        int64_t row = last < 0 ? a->base : index_in_s(a, start) - step(a, last, 0);
        for (; i < n && in_row < width; i++, in_row++) {
            int64_t at = row + (last < 0 ? 0 : step(a, last, in_row));
            out[i] = at < 0 ? 0 : t->c->s[at];
        }
    }
}

double arrangement_residual(const struct arrangement *a, const struct trial *t)
{
    return predict_residual(t, predict_arrangement, a);
}

/* ---- the sample ---- */

#define SHUFFLE 4099 /* a prime above SAMPLE_MAX: its multiples reach every stretch */

void sample_init(struct sample *sample, const struct trial *t)
{
    int64_t count = t->c->d_count;
    sample->wanted = count < SAMPLE_MAX ? (size_t)count : SAMPLE_MAX;
    sample->drawn = sample->count = 0;
    sample->random = 0x9E3779B97F4A7C15u; /* fixed: the same tensors give the same finding */
    sample->axes = t->d_shape.rank <= SAMPLE_AXES && count <= UINT32_MAX ? t->d_shape.rank : 0;
}

static void keep_place(struct sample *sample, const struct trial *t, int64_t at)
{
    size_t i = sample->count++;
    uint32_t rest = (uint32_t)at;
    sample->at[i] = at;
    sample->d[i] = t->c->d[at];
    sample->s[i] = t->aligned ? t->c->s[at] : NAN;
    for (int k = i < SAMPLE_KNOWN ? sample->axes - 1 : -1; k >= 0; k--) {
        uint32_t dim = (uint32_t)t->d_shape.dim[k];
        sample->coord[k][i] = rest % dim;
        rest /= dim;
    }
}

/* One in each of `wanted` equal stretches. */
void sample_draw(struct sample *sample, const struct trial *t, size_t places)
{
    int64_t room = sample->wanted ? t->c->d_count / (int64_t)sample->wanted : 0;
    size_t end = places < sample->wanted ? places : sample->wanted;
    for (; sample->drawn < end; sample->drawn++) {
        int64_t low = room * (int64_t)(sample->drawn * SHUFFLE % sample->wanted);
        sample->random = sample->random * 6364136223846793005u + 1442695040888963407u;
        int64_t at = low + (int64_t)((sample->random >> 33) % (uint64_t)room);
        if (isfinite(t->c->d[at]))
            keep_place(sample, t, at);
    }
}

/* How far the sample is looked at before it is asked whether there is hope, and how many times the allowed error
 * there may be: chance makes more of less. */
static const struct {
    size_t places;
    double times;
} stages[] = {{64, 4}, {256, 2.5}, {1024, 2}, {SAMPLE_MAX, 2}};

#define JUDGED_LEAST 8  /* one position in so many must be judged */
#define SHARE_MOST   16 /* of the error that is allowed a position, that one of them may count */

static double spread_of(const struct sample *sample)
{
    double mean = 0, spread = 0;
    for (size_t i = 0; i < sample->count; i++)
        mean += sample->d[i];
    mean /= sample->count ? (double)sample->count : 1;
    for (size_t i = 0; i < sample->count; i++)
        spread += (sample->d[i] - mean) * (sample->d[i] - mean);
    return spread;
}

/*
 * Of the positions where a hypothesis has another value than src as it stands: at how many it is as near to d, or nearer.
 * Asked at 16 of them, 32 and so on: is that so few that it is not by chance? Where one half is due, one in 2000 is lost.
 */
struct contest {
    size_t differ, nearer, next;
};
#define CONTEST_FIRST 16
#define CONTEST_OFF   1.65 /* times sqrt(n), 3.3 standard deviations */

static bool is_lost(struct contest *contest)
{
    double n = (double)contest->differ;
    if (contest->differ < contest->next)
        return false;
    contest->next = 2 * contest->differ;
    return (double)contest->nearer < n / 2 - CONTEST_OFF * sqrt(n);
}

struct judging {
    double most_each, left, counted; /* counted: of each at most most_each */
    size_t judged;
    struct contest contest;
};

#define STEP 16 /* places that are looked at together */

static void judge_some(struct judging *j, const struct sample *sample, size_t from, size_t n, const double *s,
                       const int64_t *at)
{
    for (size_t i = 0; i < n; i++) {
        if (at[i] < 0)
            continue;
        double d = sample->d[from + i], plain = d - sample->s[from + i], e = d - s[at[i]], square = e * e;
        if (!(square <= DBL_MAX))
            continue;
        bool differs = (plain < e) | (plain > e); /* not where one of them is NaN */
        j->judged++;
        j->left += square;
        j->counted += square < j->most_each ? square : j->most_each;
        j->contest.differ += differs;
        j->contest.nearer += differs & (square <= plain * plain);
    }
}

double sample_judge(struct sample *sample, const struct trial *t, sample_places *places_of,
                    const void *hypothesis)
{
    double allowed = trial_allowed(t) / (double)(t->n ? t->n : 1);
    struct judging j = {.most_each = SHARE_MOST * allowed, .contest.next = CONTEST_FIRST};
    int64_t at[STEP];
    size_t i = 0;
    for (size_t k = 0; k < MM_COUNT(stages); k++) {
        double most = stages[k].times * allowed * (double)stages[k].places;
        sample_draw(sample, t, stages[k].places);
        for (size_t n; i < sample->count; i += n) {
            n = sample->count - i < STEP ? sample->count - i : STEP;
            places_of(hypothesis, sample, i, n, at);
            judge_some(&j, sample, i, n, t->c->s, at);
            if (j.counted > most || is_lost(&j.contest))
                return INFINITY;
        }
        if (JUDGED_LEAST * j.judged < i)
            return INFINITY;
    }
    double spread = spread_of(sample) * (double)j.judged / (double)(sample->count ? sample->count : 1);
    return spread > 0 ? j.left / spread : INFINITY;
}

/* An arrangement of which most axes may be as they were: then only the others' coordinates are asked for. */
struct moved {
    struct arrangement a;
    bool as_it_was; /* strides and base are d's own */
    bool known;     /* and its axes are those that the sample has coordinates of */
    int axes, axis[MM_RANK_MAX];
};

static void moved_init(struct moved *m, const struct arrangement *a, const struct trial *t)
{
    int64_t stride = 1;
    m->a = *a;
    m->a.fill = FILL_ZERO; /* from nowhere, whatever is moved in */
    m->axes = 0;
    m->as_it_was = a->base == 0 && t->c->d_count <= UINT32_MAX;
    m->known = a->rank == t->d_shape.rank;
    for (int k = a->rank - 1; k >= 0; k--) {
        m->as_it_was = m->as_it_was && a->stride[k] == stride;
        m->known = m->known && a->dim[k] == t->d_shape.dim[k];
        stride *= a->dim[k];
        if (a->flip[k] || a->shift[k] || (a->table && a->table_axis == k))
            m->axis[m->axes++] = k;
    }
}

/* The coordinates along axis k. */
static void coordinates(const struct moved *m, const struct sample *sample, int k, size_t from, size_t n,
                        uint32_t *c)
{
    if (m->known && k < sample->axes && from + n <= SAMPLE_KNOWN) {
        memcpy(c, &sample->coord[k][from], n * sizeof *c);
        return;
    }
    for (size_t i = 0; i < n; i++)
        c[i] = (uint32_t)index_along(sample->at[from + i], m->a.stride[k], m->a.dim[k]);
}

static void move_along(const struct moved *m, int k, const uint32_t *c, size_t n, int64_t *at)
{
    const int32_t *table = m->a.table && m->a.table_axis == k ? m->a.table : NULL;
    int64_t dim = m->a.dim[k], stride = m->a.stride[k], shift = m->a.shift[k];
    if (table || m->a.flip[k]) {
        for (size_t i = 0; i < n; i++) {
            int64_t p = table ? table[c[i]] : dim - 1 - (int64_t)c[i] - shift;
            at[i] = p < 0 || p >= dim || at[i] < 0 ? -1 : at[i] + (p - (int64_t)c[i]) * stride;
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        bool out = ((uint64_t)((int64_t)c[i] - shift) >= (uint64_t)dim) | (at[i] < 0);
        at[i] = (at[i] - shift * stride) | -(int64_t)out; /* all bits: -1 */
    }
}

static void places_moved(const void *hypothesis, const struct sample *sample, size_t from, size_t n,
                         int64_t *at)
{
    const struct moved *m = hypothesis;
    uint32_t c[STEP];
    for (size_t i = 0; i < n && !m->as_it_was; i++)
        at[i] = index_in_s(&m->a, sample->at[from + i]);
    if (!m->as_it_was)
        return;
    memcpy(at, &sample->at[from], n * sizeof *at);
    for (int i = 0; i < m->axes; i++) {
        coordinates(m, sample, m->axis[i], from, n, c);
        move_along(m, m->axis[i], c, n, at);
    }
}

double sample_left(struct sample *sample, const struct arrangement *a, const struct trial *t)
{
    struct moved moved;
    moved_init(&moved, a, t);
    return sample_judge(sample, t, places_moved, &moved);
}

/* ---- the search ---- */

struct search *search_open(const struct trial *t)
{
    size_t own = t->sample ? 0 : sizeof(struct sample);
    struct search *search = t->vd > 0 ? malloc(sizeof *search + own) : NULL;
    if (!search)
        return NULL;
    search->t = t;
    search->left = INFINITY;
    search->tag = 0;
    search->sample = t->sample ? t->sample : (struct sample *)(search + 1);
    if (!t->sample || t->sample->wanted == 0)
        sample_init(search->sample, t);
    return search;
}

void search_try(struct search *search, const struct arrangement *a, int tag)
{
    double left = trial_cancelled(search->t) ? INFINITY : sample_left(search->sample, a, search->t);
    if (left < search->left) {
        search->left = left;
        search->best = *a;
        search->tag = tag;
    }
}

/* Twice what cause_score lets through (0.6^2), for a sample is only a sample. */
#define LEFT_MAX 0.72

bool search_found(const struct search *search, struct found *found, double parameters)
{
    if (!(search->left <= LEFT_MAX))
        return false;
    return found_set(found, search->t, arrangement_residual(&search->best, search->t), parameters);
}

static void swap(int *a, int *b)
{
    int kept = *a;
    *a = *b;
    *b = kept;
}

bool permutation_next(int *perm, int rank)
{
    int i = rank - 2, j = rank - 1;
    while (i >= 0 && perm[i] > perm[i + 1])
        i--;
    if (i < 0)
        return false;
    while (perm[j] < perm[i])
        j--;
    swap(&perm[i], &perm[j]);
    for (int low = i + 1, high = rank - 1; low < high; low++, high--)
        swap(&perm[low], &perm[high]);
    return true;
}
