/* Axes in another order: the data, or only its label. And one side a part of the other. */
#include "cause/arrangement.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define PERMUTED_MAX 5 /* axes; 120 orders */

/* How d's flat data relates to s: s' axes are reordered (d holds s transposed), or s' data is read as an
 * array with the axes of `perm`, and then laid as d's label says (s holds d transposed). */
static void arrange_transposed(struct arrangement *a, const struct mm_shape *shape, const int *perm)
{
    struct arrangement plain;
    arrangement_init(&plain, shape);
    *a = plain;
    for (int k = 0; k < shape->rank; k++) {
        a->dim[k] = plain.dim[perm[k]];
        a->stride[k] = plain.stride[perm[k]];
    }
}

static void arrange_read_as(struct arrangement *a, const struct mm_shape *shape, const int *perm)
{
    int64_t stride = 1;
    arrangement_init(a, shape);
    for (int k = shape->rank - 1; k >= 0; k--) {
        a->stride[perm[k]] = stride;
        stride *= shape->dim[perm[k]];
    }
}

static bool has_dims(const struct arrangement *a, const struct mm_shape *shape)
{
    return a->rank == shape->rank &&
           memcmp(a->dim, shape->dim, sizeof shape->dim[0] * (size_t)shape->rank) == 0;
}

static bool is_plain(const struct arrangement *a)
{
    int64_t stride = 1;
    bool plain = true;
    for (int k = a->rank - 1; k >= 0; k--) {
        plain = plain && a->stride[k] == stride;
        stride *= a->dim[k];
    }
    return plain;
}

enum kind { KIND_TRANSPOSED, KIND_LAYOUT };

struct orders {
    struct search *search;
    enum kind wanted;
    int tags;
    int perm[2 * 120][PERMUTED_MAX]; /* of each tag */
};

/* d's label has the transposed dims: axes permuted. Else the label does not say what was done: layout. */
static void try_order(struct orders *o, const struct arrangement *a, const int *perm, bool same_dims)
{
    enum kind kind = same_dims && has_dims(a, &o->search->t->d_shape) ? KIND_TRANSPOSED : KIND_LAYOUT;
    if (is_plain(a) || kind != o->wanted)
        return;
    memcpy(o->perm[o->tags], perm, sizeof(int) * (size_t)a->rank);
    search_try(o->search, a, o->tags++);
}

static void try_orders(struct orders *o)
{
    const struct mm_shape *shape = &o->search->t->s_shape;
    int perm[PERMUTED_MAX] = {0, 1, 2, 3, 4};
    while (permutation_next(perm, shape->rank)) {
        struct arrangement a;
        arrange_transposed(&a, shape, perm);
        try_order(o, &a, perm, true);
        arrange_read_as(&a, shape, perm);
        /* on equal dims the one above has tried the inverse */
        struct arrangement transposed;
        arrange_transposed(&transposed, shape, perm);
        if (mm_shape_equal(shape, &o->search->t->d_shape) && !has_dims(&transposed, shape))
            try_order(o, &a, perm, false);
    }
}

static struct orders *orders_open(const struct trial *t, enum kind wanted)
{
    int rank = t->s_shape.rank;
    bool same_count = t->c->s_count == t->c->d_count;
    struct orders *o = rank >= 2 && rank <= PERMUTED_MAX && same_count ? malloc(sizeof *o) : NULL;
    if (!o)
        return NULL;
    o->wanted = wanted;
    o->tags = 0;
    o->search = search_open(t);
    if (o->search) {
        try_orders(o);
        return o;
    }
    free(o);
    return NULL;
}

static void orders_close(struct orders *o)
{
    free(o->search);
    free(o);
}

/* "1, 2, 0", of axes without those of length 1. */
static void perm_text(const int *perm, int rank, char *out, size_t size)
{
    int length = 0;
    for (int k = 0; k < rank; k++)
        length += snprintf(out + length, size - (size_t)length, "%s%d", k ? ", " : "", perm[k]);
}

static void instead_of(const struct trial *t, char *out, size_t size)
{
    char a[MM_NUM];
    *out = '\0';
    if (!isnan(t->observed))
        mm_format(out, size, " instead of %s", mm_num_short(a, t->observed, 2));
}

bool cause_transposed(const struct trial *t, struct found *found)
{
    struct orders *o = orders_open(t, KIND_TRANSPOSED);
    char order[32], b[MM_NUM], instead[48];
    if (!o)
        return false;
    bool good = o->tags > 0 && search_found(o->search, found, 1);
    if (good) {
        perm_text(o->perm[o->search->tag], t->s_shape.rank, order, sizeof order);
        instead_of(t, instead, sizeof instead);
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "axes permuted (%s of src): corrected, the error is %s", order, b);
        found_evidence(found,
                       "dst is src with its axes in the order %s (axes of length 1 left out): the error is "
                       "then %s%s.",
                       order, b, instead);
    }
    orders_close(o);
    return good;
}

/* The last axis went to the front of the others, or the reverse, behind `front` axes that stay. */
static const char *layout_name(const int *perm, int rank)
{
    int front = 0;
    while (front < rank && perm[front] == front)
        front++;
    int moved = rank - front;
    bool to_last = moved >= 2, to_front = moved >= 2;
    for (int k = front; k < rank; k++) {
        to_last = to_last && perm[k] == (k == rank - 1 ? front : k + 1);
        to_front = to_front && perm[k] == (k == front ? rank - 1 : k - 1);
    }
    if (moved == 2)
        return "rows and columns";
    return to_last ? "channels last (HWC)" : to_front ? "channels first (CHW)" : NULL;
}

static bool reshaped(const struct trial *t, struct found *found)
{
    struct mm_shape flat = {.rank = 1, .dim = {t->c->d_count}};
    struct arrangement a;
    char b[MM_NUM];
    if (t->aligned || t->c->s_count != t->c->d_count)
        return false;
    arrangement_init(&a, &flat);
    if (!found_set(found, t, arrangement_residual(&a, t), 0))
        return false;
    mm_num_short(b, found->finding.residual, 1);
    found_say(found, "the same values in the same order, only the shape differs: the error is %s", b);
    found_evidence(found, "Read in memory order, dst differs from src by %s: it was reshaped.", b);
    return true;
}

bool cause_layout(const struct trial *t, struct found *found)
{
    char order[32], b[MM_NUM], instead[48];
    if (reshaped(t, found))
        return true;
    struct orders *o = orders_open(t, KIND_LAYOUT);
    if (!o)
        return false;
    bool good = o->tags > 0 && search_found(o->search, found, 1);
    if (good) {
        const int *perm = o->perm[o->search->tag];
        perm_text(perm, t->s_shape.rank, order, sizeof order);
        const char *name = layout_name(perm, t->s_shape.rank);
        instead_of(t, instead, sizeof instead);
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "bytes in another layout than the shape says: corrected, the error is %s", b);
        found_evidence(
            found,
            "One side's data has the axes in the order %s%s%s (axes of length 1 left out), but not "
            "its shape. Read so, the error is %s%s.",
            order, name ? ": " : "", name ? name : "", b, instead);
    }
    orders_close(o);
    return good;
}

/* ---- cropped ---- */

#define PLACES_MAX 4096 /* of the window that are tried */

/* Is every dim of `part` at most that of `whole`, and one less? Number of places in *places. */
static bool fits_in(const struct mm_shape *part, const struct mm_shape *whole, int64_t *places)
{
    *places = 1;
    if (part->rank != whole->rank || mm_shape_equal(part, whole))
        return false;
    for (int k = 0; k < part->rank; k++) {
        int64_t room = whole->dim[k] - part->dim[k] + 1;
        if (room < 1 || !mm_mul_i64(*places, room, places))
            return false;
    }
    return true;
}

/* d is the smaller: try its places in s. With too many of them, only the ends and the middle of each axis. */
static void try_places(struct search *search, const struct mm_shape *whole, int64_t places,
                       int64_t at[MM_RANK_MAX])
{
    const struct mm_shape *part = &search->t->d_shape;
    bool few = places > PLACES_MAX;
    struct arrangement of_whole, a;
    arrangement_init(&of_whole, whole);
    arrangement_init(&a, part);
    memcpy(a.stride, of_whole.stride, sizeof a.stride);
    int64_t tries = 1;
    for (int k = 0; k < part->rank; k++)
        tries *= few ? 3 : whole->dim[k] - part->dim[k] + 1;
    for (int64_t i = 0; i < tries && i < PLACES_MAX; i++) {
        int64_t rest = i, offset[MM_RANK_MAX] = {0};
        a.base = 0;
        for (int k = 0; k < part->rank; k++) {
            int64_t room = whole->dim[k] - part->dim[k], choices = few ? 3 : room + 1;
            offset[k] = few ? room * (rest % 3) / 2 : rest % choices;
            rest /= choices;
            a.base += offset[k] * of_whole.stride[k];
        }
        double before = search->left;
        search_try(search, &a, 0);
        if (search->left < before)
            memcpy(at, offset, sizeof offset);
    }
}

bool cause_cropped(const struct trial *t, struct found *found)
{
    struct mm_case turned = *t->c;
    struct trial other;
    int64_t places, at[MM_RANK_MAX] = {0};
    char where[96], b[MM_NUM];
    bool larger = !fits_in(&t->d_shape, &t->s_shape, &places);
    if (t->aligned || (larger && !fits_in(&t->s_shape, &t->d_shape, &places)))
        return false;
    if (larger) { /* then s is sought in d */
        turned.s = t->c->d;
        turned.d = t->c->s;
        turned.s_count = t->c->d_count;
        turned.d_count = t->c->s_count;
        turned.s_shape = t->c->d_shape;
        turned.d_shape = t->c->s_shape;
    }
    trial_init(&other, &turned, t->cancel); /* with a sample of its own */
    *where = '\0';
    struct search *search = search_open(&other);
    if (!search)
        return false;
    try_places(search, &other.s_shape, places, at);
    bool good = search_found(search, found, 2);
    free(search);
    int length = 0;
    for (int k = 0; k < other.d_shape.rank && length < (int)sizeof where; k++)
        length += snprintf(where + length, sizeof where - (size_t)length, "%s%" PRId64, k ? ", " : "", at[k]);
    mm_num_short(b, found->finding.residual, 1);
    found_say(found, "%s is a part of %s, from (%.40s): there the error is %s", larger ? "src" : "dst",
              larger ? "dst" : "src", where, b);
    found_evidence(
        found, "The smaller side lies in the larger one at (%s), axes of length 1 left out: the error is %s.",
        where, b);
    return good;
}
