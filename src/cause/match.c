/* The same slices in another order: channels, or rows of a list. Found by looking for each slice's twin. */
#include "cause/arrangement.h"
#include "cause/sorted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICES_MAX   65536
#define PROBES_MAX   64        /* positions of a slice that are compared */
#define PROBES_TOTAL (1 << 20) /* values that are gathered a side */
#define WINDOW       256       /* candidates by projection */
#define BIJECTIVE    0.9       /* share of different twins: unrelated slices reach 0.63 (1 - 1/e) */

/* Some positions of all slices, gathered: [slice][probe]. */
struct slices {
    size_t count, probes;
    double *s, *d;
    double *key;    /* [count] projection of s' slices */
    int32_t *order; /* [count] slices of s by key */
    int32_t *twin;  /* [count] for each slice of d */
    bool *used;
    size_t lost; /* slices of d that are copies of one that another already is, while one of s is nowhere */
};

static void slices_done(struct slices *x)
{
    free(x->s);
    free(x->d);
    free(x->key);
    free(x->order);
    free(x->twin);
    free(x->used);
}

static bool slices_memory(struct slices *x)
{
    size_t values = x->count * x->probes;
    x->s = malloc(values * sizeof *x->s);
    x->d = malloc(values * sizeof *x->d);
    x->key = malloc(x->count * sizeof *x->key);
    x->order = malloc(x->count * sizeof *x->order);
    x->twin = malloc(x->count * sizeof *x->twin);
    x->used = calloc(x->count, sizeof *x->used);
    return x->s && x->d && x->key && x->order && x->twin && x->used;
}

/* What is not finite is as far from everything as from itself. */
static double finite_or_zero(double x)
{
    return isfinite(x) ? x : 0;
}

static bool slices_gather(struct slices *x, const struct trial *t, int axis, int64_t probes)
{
    const struct mm_shape *shape = &t->d_shape;
    int64_t inner = 1, outer = 1;
    memset(x, 0, sizeof *x);
    for (int k = 0; k < shape->rank; k++)
        *(k < axis ? &outer : &inner) *= k == axis ? 1 : shape->dim[k];
    int64_t count = shape->dim[axis], size = outer * inner;
    if (count < 2 || count > SLICES_MAX || size < 2)
        return false;
    int64_t most = PROBES_TOTAL / count < probes ? PROBES_TOTAL / count : probes;
    x->count = (size_t)count;
    x->probes = (size_t)(size < most ? size : most);
    if (!slices_memory(x))
        return false;
    for (size_t p = 0; p < x->probes; p++) {
        int64_t rest = size * (int64_t)p / (int64_t)x->probes; /* spread over all of the slice */
        rest +=
            x->probes < (size_t)size ? (int64_t)(p * 2654435761u % (size_t)(size / (int64_t)x->probes)) : 0;
        int64_t base = rest / inner * inner * count + rest % inner;
        for (size_t i = 0; i < x->count; i++) {
            x->s[i * x->probes + p] = finite_or_zero(t->c->s[base + (int64_t)i * inner]);
            x->d[i * x->probes + p] = finite_or_zero(t->c->d[base + (int64_t)i * inner]);
        }
    }
    return true;
}

/* A fixed direction with no structure that data could share: +-1 from the bits of a product. */
static double project(const double *slice, size_t probes)
{
    double sum = 0;
    for (size_t p = 0; p < probes; p++)
        sum += (((p + 1) * 0x9E3779B97F4A7C15u) >> 40 & 1) ? slice[p] : -0.7 * slice[p];
    return sum;
}

static int by_key(const void *a, const void *b, void *context)
{
    const double *key = context;
    int32_t i = *(const int32_t *)a, k = *(const int32_t *)b;
    if (key[i] != key[k])
        return key[i] < key[k] ? -1 : 1;
    return (i > k) - (i < k);
}

#define TOGETHER 4 /* places that are added up before it is asked whether that is enough */

/* sum (a - b)^2; more than `enough` where it is no less, whatever it is. */
static double distance(const double *a, const double *b, size_t probes, double enough)
{
    double sum = 0;
    size_t p = 0;
    for (; p + TOGETHER <= probes && sum <= enough; p += TOGETHER) {
        double e0 = a[p] - b[p], e1 = a[p + 1] - b[p + 1];
        double e2 = a[p + 2] - b[p + 2], e3 = a[p + 3] - b[p + 3];
        sum += (e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3);
    }
    for (; p < probes && sum <= enough; p++)
        sum += (a[p] - b[p]) * (a[p] - b[p]);
    return sum;
}

/* Place of the first key not below `key`. */
static size_t lower_bound(const struct slices *x, double key)
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x->key[x->order[middle]] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The slice of s most like slice i of d. Among equals (dead channels) its own place, then an unused one. */
static int32_t twin_of(const struct slices *x, size_t i)
{
    const double *slice = x->d + i * x->probes;
    double least = distance(slice, x->s + i * x->probes, x->probes, INFINITY);
    int32_t best = (int32_t)i;
    size_t middle = lower_bound(x, project(slice, x->probes));
    size_t from = middle > WINDOW / 2 ? middle - WINDOW / 2 : 0;
    size_t to = from + WINDOW < x->count ? from + WINDOW : x->count;
    for (size_t k = from; k < to; k++) {
        int32_t other = x->order[k];
        double far = distance(slice, x->s + (size_t)other * x->probes, x->probes, least);
        bool better = far < least, as_good = far == least && best != (int32_t)i;
        if (better || (as_good && x->used[best] && !x->used[other])) {
            least = far;
            best = other;
        }
    }
    return best;
}

/* Slices so near that noise may have made one of the other. */
static double noise_between(const struct slices *x, const struct trial *t, size_t i)
{
    double own = 0,
           least = distance(x->d + i * x->probes, x->s + (size_t)x->twin[i] * x->probes, x->probes, INFINITY);
    for (size_t p = 0; p < x->probes; p++)
        own += x->d[i * x->probes + p] * x->d[i * x->probes + p];
    return 4 * least + 9 * t->noise * t->noise * own;
}

/* Slice i of d is a second copy: is a slice of s that has no twin yet as near? Noise may have chosen. */
static void settle_copy(struct slices *x, const struct trial *t, size_t i)
{
    double least = noise_between(x, t, i);
    int32_t best = -1;
    for (size_t k = 0; k < x->count; k++) {
        double far =
            x->used[k] ? INFINITY : distance(x->d + i * x->probes, x->s + k * x->probes, x->probes, least);
        if (far <= least) {
            least = far;
            best = (int32_t)k;
        }
    }
    x->lost += best < 0;
    if (best >= 0) {
        x->twin[i] = best;
        x->used[best] = true;
    }
}

#define COPIES_MAX 1024 /* that are settled one by one */

/* After slices_match: counts what is lost. */
static void slices_settle(struct slices *x, const struct trial *t)
{
    size_t copies = 0;
    bool *taken = calloc(x->count, sizeof *taken);
    for (size_t i = 0; taken && i < x->count; i++) {
        if (taken[x->twin[i]] && copies++ < COPIES_MAX)
            settle_copy(x, t, i);
        taken[x->twin[i]] = true;
    }
    free(taken);
}

/* Returns how many slices are not where they belong; 0 when they are no reordering. */
static size_t slices_match(struct slices *x)
{
    size_t moved = 0, different = 0;
    for (size_t i = 0; i < x->count; i++) {
        x->order[i] = (int32_t)i;
        x->key[i] = project(x->s + i * x->probes, x->probes);
    }
    qsort_r(x->order, x->count, sizeof *x->order, by_key, x->key);
    for (size_t i = 0; i < x->count; i++) {
        x->twin[i] = twin_of(x, i);
        different += !x->used[x->twin[i]];
        x->used[x->twin[i]] = true;
        moved += x->twin[i] != (int32_t)i;
    }
    return (double)different >= BIJECTIVE * (double)x->count ? moved : 0;
}

/* "0<-2 1<-0 2<-1", as many as fit. */
static void twins_text(const struct slices *x, char *out, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < x->count && length + 24 < size; i++) {
        if (x->twin[i] != (int32_t)i)
            length +=
                (size_t)snprintf(out + length, size - length, "%s%zu<-%d", length ? " " : "", i, x->twin[i]);
    }
}

/* In another order a slice comes from where another one went away; a copy of one that stayed is no order. */
static bool is_order(const struct slices *x, size_t moved)
{
    size_t away = 0;
    for (size_t i = 0; i < x->count; i++)
        away += x->twin[i] != (int32_t)i && x->twin[x->twin[i]] != x->twin[i];
    return away >= 2 && 2 * away >= moved;
}

/* ---- a glance before all slices are matched ---- */

#define GLANCE_PROBES 16
#define GLANCE_SLICES 8
#define GLANCE_LEAST  3 /* of them that must be nearer to another slice of s than to their own, by more than */
#define GLANCE_NEARER                                                                                        \
    0.85 /* this, for the rest holds at most 0.36 of the error where cause_score lets it through */

static bool is_nearer_elsewhere(const struct slices *x, size_t i, double own)
{
    const double *slice = x->d + i * x->probes;
    double enough = GLANCE_NEARER * own;
    for (size_t k = 0; k < x->count; k++) {
        if (k != i && distance(slice, x->s + k * x->probes, x->probes, enough) <= enough)
            return true;
    }
    return false;
}

/* The slices that hold the error, each picked as likely as it holds much of it: do they stand elsewhere in s? */
static bool may_be_moved(struct slices *x)
{
    double *own = x->key; /* of each slice, what it differs by from src's; its key is not asked for yet */
    double all = 0, passed = 0, next = 0.5;
    int moved = 0;
    for (size_t i = 0; i < x->count; i++) {
        own[i] = distance(x->d + i * x->probes, x->s + i * x->probes, x->probes, INFINITY);
        all += own[i];
    }
    for (size_t i = 0; i < x->count && moved < GLANCE_LEAST; i++) {
        int picked = 0;
        passed += own[i];
        for (; next * all < passed * GLANCE_SLICES; next++)
            picked++;
        if (picked > 0 && is_nearer_elsewhere(x, i, own[i]))
            moved += picked;
    }
    return moved >= GLANCE_LEAST;
}

/* What is worth matching: gathered in full. */
static bool slices_open(struct slices *x, const struct trial *t, int axis)
{
    bool good = slices_gather(x, t, axis, GLANCE_PROBES) && may_be_moved(x);
    slices_done(x);
    memset(x, 0, sizeof *x);
    return good && slices_gather(x, t, axis, PROBES_MAX);
}

static bool match(const struct trial *t, struct found *found, int axis, const char *what, bool exact)
{
    struct slices x;
    struct search *search = NULL;
    char twins[100] = "", b[MM_NUM], c[MM_NUM];
    bool good = false;
    size_t moved = slices_open(&x, t, axis) ? slices_match(&x) : 0;
    if (moved > 0 && exact)
        slices_settle(&x, t);
    if (moved > 0 && x.lost == 0 && is_order(&x, moved))
        search = search_open(t);
    if (search) {
        struct arrangement a;
        arrangement_init(&a, &t->d_shape);
        a.table = x.twin;
        a.table_axis = axis;
        search_try(search, &a, 0);
        good = search_found(search, found, (double)x.count);
    }
    if (good) {
        twins_text(&x, twins, sizeof twins);
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "%zu of %zu %s in another order: restored, the error is %s", moved, x.count, what,
                  b);
        found_evidence(
            found,
            "Axis %d of dst holds src's slices in the order %s (dst<-src). Read that way, the error is "
            "%s instead of %s.",
            t->axis[axis], twins, b, mm_num_short(c, t->observed, 2));
    }
    free(search);
    slices_done(&x);
    return good;
}

bool cause_channels_permuted(const struct trial *t, struct found *found)
{
    int64_t most = 4096; /* more are not channels, but rows of a list */
    int last = t->d_shape.rank - 1;
    if (t->channel < 0 || t->d_shape.dim[t->channel] > most)
        return false;
    if (match(t, found, t->channel, "channels", false))
        return true;
    /* of a map of four axes that has them behind, without colours to show it */
    return t->c->d_shape.rank >= 4 && last != t->channel && t->d_shape.dim[last] <= most &&
           match(t, found, last, "channels", false);
}

/* ---- rows lost ---- */

/* A row of dst that is another's copy; -1: none. */
static int64_t first_copy(const struct slices *x)
{
    for (size_t i = 0; i < x->count; i++) {
        if (x->twin[i] != (int32_t)i && x->twin[x->twin[i]] == x->twin[i])
            return (int64_t)i;
    }
    return -1;
}

static bool lost_along(const struct trial *t, struct found *found, int axis)
{
    struct slices x;
    char b[MM_NUM];
    bool good = false;
    if (slices_open(&x, t, axis) && slices_match(&x) > 0)
        slices_settle(&x, t);
    int64_t copy = x.twin && x.lost > 0 ? first_copy(&x) : -1;
    if (copy >= 0) {
        struct arrangement a;
        arrangement_init(&a, &t->d_shape);
        a.table = x.twin;
        a.table_axis = axis;
        good = found_set(found, t, arrangement_residual(&a, t), (double)x.count);
    }
    if (good) {
        int32_t of = x.twin[copy];
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "row %lld holds src's row %d, which is there twice: %zu of %zu rows are lost",
                  (long long)copy, of, x.lost, x.count);
        found_evidence(
            found,
            "Along axis %d, %zu of src's %zu rows are nowhere in dst, copies of others stand in: row "
            "%lld is src's row %d. So read, the error is %s.",
            t->axis[axis], x.lost, x.count, (long long)copy, of, b);
    }
    slices_done(&x);
    return good;
}

bool cause_lost_rows(const struct trial *t, struct found *found)
{
    bool list = t->d_shape.rank >= 2 && t->c->d_shape.rank <= 3; /* as for rows in another order */
    for (int k = 0; k < t->d_shape.rank && list; k++) {
        bool channels = k == t->channel && t->d_shape.dim[k] <= 4096;
        if (!channels && lost_along(t, found, k))
            return true;
    }
    return false;
}

/* ---- values in another order ---- */

/* Values where src and dst differ by more than noise, a copy of each side. */
struct moved {
    double *s, *d;
    size_t count;
    double apart;          /* sum (s - d)^2 */
    double mean_s, mean_d; /* and the spreads about them */
    double vs, vd;
};

static void moved_done(struct moved *m)
{
    free(m->s);
    free(m->d);
}

static bool moved_init(struct moved *m, const struct trial *t)
{
    size_t n = (size_t)t->c->d_count;
    double noise = 3 * t->noise * sqrt(t->dd / (double)t->n);
    *m = (struct moved){.s = malloc(n * sizeof(double)), .d = malloc(n * sizeof(double))};
    if (!m->s || !m->d)
        return false;
    for (size_t i = 0; i < n; i++) {
        double e = t->c->s[i] - t->c->d[i];
        if (!(fabs(e) > noise) || !isfinite(e))
            continue;
        m->s[m->count] = t->c->s[i];
        m->d[m->count++] = t->c->d[i];
        m->apart += e * e;
        m->mean_s += t->c->s[i];
        m->mean_d += t->c->d[i];
    }
    m->mean_s /= fmax(1, (double)m->count);
    m->mean_d /= fmax(1, (double)m->count);
    for (size_t i = 0; i < m->count; i++) {
        m->vs += (m->s[i] - m->mean_s) * (m->s[i] - m->mean_s);
        m->vd += (m->d[i] - m->mean_d) * (m->d[i] - m->mean_d);
    }
    return true;
}

/* sum (s - d)^2 of both sides sorted. */
static double sorted_left(struct moved *m)
{
    double left = 0;
    sort_values(m->s, m->count);
    sort_values(m->d, m->count);
    for (size_t i = 0; i < m->count; i++)
        left += (m->s[i] - m->d[i]) * (m->s[i] - m->d[i]);
    return left;
}

#define SORTED_MAX  ((int64_t)1 << 20)
#define MOVED_LEAST 4
/*
 * Two independent samples of n values of one distribution, sorted, differ by about spread / sqrt(n). The same
 * values differ by their noise only: to be sure it must be well below that.
 */
#define SORTED_SURE 0.3
/* Sorting takes away most of any noise. Values that changed places differ by as much as they vary (twice
 * their spread if at random); what is noise on values that stayed is small against it. */
#define APART_LEAST 0.5

/* However both are ordered, sum (s - d)^2 is at least this: their means and deviations differ. */
static double least_left(const struct moved *m)
{
    double mean = m->mean_s - m->mean_d, spread = sqrt(m->vs) - sqrt(m->vd);
    return (double)m->count * mean * mean + spread * spread;
}

#define SAMPLE_MOVED 256
#define SAMPLE_LEAST 32  /* of them that differ by more than noise, to say anything */
#define SAMPLE_APART 0.2 /* as APART_LEAST, of a sample */

/* The first of the conditions, on a sample: true where it may hold. */
static bool may_be_reordered(const struct trial *t)
{
    double noise = 3 * t->noise * sqrt(t->dd / (double)t->n), apart = 0, sum = 0, square = 0, n = 0;
    if (!t->sample)
        return true;
    if (t->sample->wanted == 0)
        sample_init(t->sample, t);
    sample_draw(t->sample, t, SAMPLE_MOVED);
    for (size_t i = 0; i < t->sample->count; i++) {
        double d = t->sample->d[i], e = t->c->s[t->sample->at[i]] - d;
        if (!(fabs(e) > noise) || !isfinite(e))
            continue;
        n++;
        apart += e * e;
        sum += d - t->mean_d;
        square += (d - t->mean_d) * (d - t->mean_d);
    }
    return n < SAMPLE_LEAST || apart >= SAMPLE_APART * (square - sum * sum / n);
}

static bool same_values(const struct trial *t, struct found *found)
{
    struct moved m;
    char b[MM_NUM], c[MM_NUM];
    if (t->c->d_count > SORTED_MAX || t->ee < 0.01 * t->vd || !may_be_reordered(t))
        return false; /* so little can't be values that changed places all over */
    bool sure = moved_init(&m, t) && m.count >= MOVED_LEAST && m.apart >= APART_LEAST * m.vd;
    double most = SORTED_SURE * SORTED_SURE * m.vd / fmax(1, (double)m.count), left = NAN;
    if (sure && least_left(&m) <= most) /* sorting costs more than all other causes */
        left = sorted_left(&m);
    moved_done(&m);
    if (!(left <= most) || !found_set(found, t, sqrt(left / t->dd), (double)m.count))
        return false;
    mm_num_short(b, found->finding.residual, 1);
    found_say(found, "the same values in another order: sorted, the error is %s", b);
    found_evidence(found, "%zu values differ; sorted, src and dst differ by %s, as they stand by %s.",
                   m.count, b, mm_num_short(c, t->observed, 2));
    return true;
}

bool cause_reordered(const struct trial *t, struct found *found)
{
    bool list = t->d_shape.rank >= 2 && t->c->d_shape.rank <= 3; /* not a feature map, which has no rows */
    for (int k = 0; k < t->d_shape.rank && list; k++) {
        bool channels = k == t->channel && t->d_shape.dim[k] <= 4096;
        if (!channels && match(t, found, k, "rows", true))
            return true;
    }
    return same_values(t, found);
}
