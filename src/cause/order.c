/* Axes that run backwards and tensors that are moved by a few places. */
#include "cause/arrangement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

/* The axis' number in the tensor as it was dumped. */
static int dumped_axis(const struct trial *t, int k)
{
    return t->axis[k];
}

/* ---- channels reversed ---- */

bool cause_channels_reversed(const struct trial *t, struct found *found)
{
    struct search *search = t->channel >= 0 ? search_open(t) : NULL;
    struct arrangement a;
    char b[MM_NUM], c[MM_NUM];
    if (!search)
        return false;
    arrangement_init(&a, &t->d_shape);
    int64_t channels = t->d_shape.dim[t->channel];
    int32_t rgba[4] = {2, 1, 0, 3}; /* alpha stays */
    a.flip[t->channel] = true;
    search_try(search, &a, 0);
    if (channels == 4) {
        a.table = rgba;
        a.table_axis = t->channel;
        search_try(search, &a, 1);
    }
    bool good = search_found(search, found, 0);
    bool colours = channels == 3 || channels == 4;
    mm_num_short(b, found->finding.residual, 1);
    found_say(found, "channels reversed%s: corrected, the error is %s",
              search->tag ? " (RGBA/BGRA)"
              : colours   ? " (RGB/BGR)"
                          : "",
              b);
    found_evidence(found,
                   "With axis %d (%lld channels) of src read backwards, the error is %s instead of %s.",
                   dumped_axis(t, t->channel), (long long)channels, b, mm_num_short(c, t->observed, 2));
    free(search);
    return good;
}

/* ---- flips ---- */

bool cause_flipped(const struct trial *t, struct found *found)
{
    struct search *search = t->d_shape.rank > 0 ? search_open(t) : NULL;
    char b[MM_NUM], c[MM_NUM], axes[48];
    if (!search)
        return false;
    for (int i = 0; i < t->d_shape.rank; i++) {
        for (int k = i; k < t->d_shape.rank; k++) { /* one axis, or two: half a turn */
            struct arrangement a;
            arrangement_init(&a, &t->d_shape);
            a.flip[i] = a.flip[k] = true;
            if (i != k || i != t->channel) /* that is channels reversed */
                search_try(search, &a, i == k ? i : i + 100 * (k + 1));
        }
    }
    bool good = search_found(search, found, search->tag >= 100 ? 2 : 1);
    int first = dumped_axis(t, search->tag % 100);
    if (search->tag >= 100)
        mm_format(axes, sizeof axes, "axes %d and %d run", first, dumped_axis(t, search->tag / 100 - 1));
    else
        mm_format(axes, sizeof axes, "axis %d runs", first);
    mm_num_short(b, found->finding.residual, 1);
    found_say(found, "%s backwards: corrected, the error is %s", axes, b);
    found_evidence(found, "In dst %s backwards: read so, src differs by %s, as it is by %s.", axes, b,
                   mm_num_short(c, t->observed, 2));
    free(search);
    return good;
}

/* ---- shifts ---- */

#define SHIFT_MAX 4

static const char *const fill_words[FILL_COUNT] = {
    [FILL_ROLL] = "wrapped around", [FILL_EDGE] = "the edge repeated", [FILL_ZERO] = "zeros moved in"};

/* The best of a search with the best way of filling, which a sample can't tell: in full. */
static double best_fill(struct search *search)
{
    double least = INFINITY;
    enum filled best = FILL_ROLL;
    for (int fill = 0; fill < FILL_COUNT && search->left < 1; fill++) {
        search->best.fill = (enum filled)fill;
        double residual = arrangement_residual(&search->best, search->t);
        if (residual < least) {
            least = residual;
            best = (enum filled)fill;
        }
    }
    search->best.fill = best;
    return least;
}

/* Along one axis, or along the last two together (padding at the other corner). */
static void try_shifts(struct search *search, const struct mm_shape *shape)
{
    for (int by = -SHIFT_MAX; by <= SHIFT_MAX; by++) {
        for (int k = 0; k < shape->rank && by != 0; k++) {
            struct arrangement a;
            arrangement_init(&a, shape);
            if (shape->dim[k] <= 2 * llabs(by))
                continue;
            a.shift[k] = by;
            search_try(search, &a, 0);
            bool corner = k == shape->rank - 1 && k > 0 && shape->dim[k - 1] > 2 * llabs(by);
            for (int other = -1; other <= 1 && corner; other += 2) {
                a.shift[k - 1] = other * by;
                search_try(search, &a, 0);
            }
        }
    }
}

/*
 * The better of two: moved along axes, or in memory, where rows run over. They differ at the ends of rows
 * only, which a sample may miss.
 */
static double best_shift(struct search *search)
{
    const struct trial *t = search->t;
    struct mm_shape flat = {.rank = 1, .dim = {t->c->d_count}};
    try_shifts(search, &t->d_shape);
    double residual = best_fill(search);
    struct arrangement along = search->best;
    if (t->d_shape.rank < 2)
        return residual;
    search->left = INFINITY;
    try_shifts(search, &flat);
    double in_memory = best_fill(search);
    if (in_memory < residual)
        return in_memory;
    search->best = along;
    return residual;
}

static void shift_text(const struct search *search, char *out, size_t size)
{
    const struct trial *t = search->t;
    const struct arrangement *a = &search->best;
    bool flat = a->rank != t->d_shape.rank;
    int length = 0;
    for (int k = 0; k < a->rank; k++) {
        if (a->shift[k] == 0)
            continue;
        if (flat)
            length += mm_format(out, size, "by %+d in memory", (int)a->shift[k]);
        else
            length += mm_format(out + length, size - (size_t)length, "%sby %+d along axis %d",
                                length ? " and " : "", (int)a->shift[k], dumped_axis(t, k));
    }
}

/* Channels that go round are channels in another order. */
static bool is_roll_of_channels(const struct search *search)
{
    const struct arrangement *a = &search->best;
    int channel = search->t->channel;
    if (channel < 0 || a->rank != search->t->d_shape.rank || a->fill != FILL_ROLL)
        return false;
    for (int k = 0; k < a->rank; k++) {
        if (k != channel && a->shift[k] != 0)
            return false;
    }
    return a->shift[channel] != 0;
}

bool cause_shifted(const struct trial *t, struct found *found)
{
    struct search *search = t->d_shape.rank > 0 ? search_open(t) : NULL;
    char where[80] = "", b[MM_NUM], c[MM_NUM];
    if (!search)
        return false;
    double residual = best_shift(search);
    bool good = found_set(found, t, residual, is_roll_of_channels(search) ? (double)t->c->d_count : 2);
    if (good) {
        shift_text(search, where, sizeof where);
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "moved %s: corrected, the error is %s", where, b);
        found_evidence(found, "dst is src moved %s (%s): the error is then %s instead of %s.", where,
                       fill_words[search->best.fill], b, mm_num_short(c, t->observed, 2));
    }
    free(search);
    return good;
}
