/*
 * Two runtimes' dumps of one network whose names have nothing in common: laid along each other in their order, what has the
 * same shape and alike statistics stands together. The weight of two tensors is the number of digits in which they are alike.
 */
#include "pair/by_order.h"

#include <math.h>
#include <stdlib.h>

#include "pair/align.h"

#define OPEN_LEAST  4                 /* of either side: of fewer an order tells nothing */
#define OPEN_MOST   ((size_t)1 << 22) /* src's times dst's: three floats each */
#define APART_MOST  0.05              /* as int8 leaves them */
#define APART_FLOAT 1e-3              /* the same in float, whoever computes it */
#define APART_SAME  1e-6              /* copies */
#define APART_LEAST 1e-5              /* what is nearer is no surer */
#define COUNT_LEAST 8                 /* elements: of fewer only what is the same in float is taken */
#define UNLIKE      0.05f             /* the weight of one shape alone */
#define FITS        0.5f              /* of the same axes, and of ends in the same places */
#define SURE        0.25f /* how much more weight the order must have than with another tensor there */
#define CLEARER     4     /* times as near as the next */
#define WIDER       30    /* times what nine tenths keep to */

static const char how_order[] = "same place in the order, same shape, alike statistics";
static const char how_repeats[] = "the same values as another of its dump, which is paired by order";

/* One that has no partner. */
struct open {
    struct candidate *candidate;
    size_t place; /* in the order */
    struct mm_fingerprint print;
    struct open *copy; /* the next one that is the same to the bit; NULL: there is none */
};

/* In order; copies of one before are not among them: containers have the tensor of their last child. */
struct opens {
    struct open *all;
    struct open **open;
    size_t all_count, count;
    bool costly; /* not all of them may be read */
};

struct by_order {
    struct opens sides[2];
    struct align align;
    double limit; /* how far apart two may be where nothing but their statistics speaks for them */
};

/* ---- what is open ----------------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct open *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Files' times, where nothing else tells the order and they do; else as the entries are. NULL: memory. */
static size_t *places_of(const struct side *side)
{
    const struct mm_dump *dump = side->dump;
    size_t *place = calloc(dump->count + 1, sizeof *place);
    bool stamped = dump->listed || dump->numbered || dump->is_file;
    for (size_t i = 0; i < dump->count && !stamped; i++)
        stamped = dump->entries[i].parsed.stamp >= 0;
    int told = place && !stamped ? mm_dump_times(dump, place, NULL) : 0;
    for (size_t i = 0; place && told == 0 && i < dump->count; i++)
        place[i] = i;
    if (told < 0) {
        free(place);
        place = NULL;
    }
    return place;
}

static bool is_open(const struct candidate *here)
{
    return here->entry && here->occurrence && !here->dropped && !here->partner && !here->how &&
           !here->stands_before;
}

/* Do names tell of most of it? Then what they do not tell of is something else. */
static bool is_named(const struct side *side)
{
    size_t paired = 0, all = 0;
    for (size_t i = 0; i < side->count; i++) {
        all += side->all[i].occurrence && !side->all[i].dropped;
        paired += side->all[i].partner != NULL;
    }
    return 2 * paired > all;
}

static size_t count_open(const struct side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += is_open(&side->all[i]);
    return count;
}

/* Constants are like all others of their shape: they are left out. */
static int collect(struct opens *opens, struct side *side, const struct mm_pairing *pairing)
{
    size_t *place = places_of(side);
    opens->all = calloc(side->count + 1, sizeof *opens->all);
    for (size_t i = 0; place && opens->all && i < side->count && !opens->costly; i++) {
        struct open *open = &opens->all[opens->all_count];
        if (!is_open(&side->all[i]))
            continue;
        *open = (struct open){.candidate = &side->all[i],
                              .place = place[side->all[i].entry - side->dump->entries]};
        opens->costly = !pairing->fingerprint(pairing->context, open->candidate->entry, &open->print);
        opens->all_count += open->print.known && open->print.figures.std > 0;
    }
    if (place && opens->all)
        qsort(opens->all, opens->all_count, sizeof *opens->all, by_place);
    free(place);
    return place && opens->all ? 0 : -1;
}

static bool is_copy(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    return mm_fingerprint_apart(a, b) == 0 && mm_fingerprint_same_axes(a, b) &&
           a->figures.min_at == b->figures.min_at && a->figures.max_at == b->figures.max_at;
}

/* Put it behind the last copy of what it repeats; false: it repeats nothing. */
static bool chain(struct opens *opens, struct open *here)
{
    for (size_t i = 0; i < opens->count; i++) {
        struct open *last = opens->open[i];
        if (!is_copy(&last->print, &here->print))
            continue;
        while (last->copy)
            last = last->copy;
        last->copy = here;
        return true;
    }
    return false;
}

static int find_copies(struct opens *opens)
{
    opens->open = calloc(opens->all_count + 1, sizeof *opens->open);
    for (size_t i = 0; opens->open && i < opens->all_count; i++) {
        if (!chain(opens, &opens->all[i]))
            opens->open[opens->count++] = &opens->all[i];
    }
    return opens->open ? 0 : -1;
}

static int open_side(struct opens *opens, struct side *side, const struct mm_pairing *pairing)
{
    return collect(opens, side, pairing) < 0 ? -1 : find_copies(opens);
}

static void close_side(struct opens *opens)
{
    free(opens->all);
    free(opens->open);
}

/* ---- in order ---------------------------------------------------------------------------------------------------- */

static double apart(const struct by_order *by, size_t i, size_t j)
{
    return mm_fingerprint_apart(&by->sides[0].open[i]->print, &by->sides[1].open[j]->print);
}

static float weight(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    double far = mm_fingerprint_apart(a, b);
    float axes = mm_fingerprint_same_axes(a, b) ? FITS : 0,
          places = mm_fingerprint_same_places(a, b) ? FITS : 0;
    return isinf(far) ? 0 : UNLIKE + axes + places + (float)fmax(0, -log10(fmax(far, APART_LEAST)));
}

static void weigh(struct by_order *by)
{
    for (size_t i = 0; i < by->sides[0].count; i++) {
        for (size_t j = 0; j < by->sides[1].count; j++)
            by->align.weight[i * by->align.columns + j] =
                weight(&by->sides[0].open[i]->print, &by->sides[1].open[j]->print);
    }
}

/* Would another tensor of `side`, that holds something else, do as well in the place of the k-th? */
static bool is_rivalled(const struct by_order *by, int side, size_t k, size_t with)
{
    const struct opens *opens = &by->sides[side];
    for (size_t n = 0; n < opens->count; n++) {
        size_t row = side == 0 ? n : with, column = side == 0 ? with : n;
        if (n != k && by->align.weight[row * by->align.columns + column] > 0 &&
            align_loss(&by->align, row, column) < SURE &&
            (mm_fingerprint_apart(&opens->open[k]->print, &opens->open[n]->print) > APART_SAME ||
             !mm_fingerprint_same_places(&opens->open[k]->print, &opens->open[n]->print)))
            return true;
    }
    return false;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What nine tenths of those that are alike keep to, many times over: a network in float16 or int8 is further apart. -1: memory. */
static int find_limit(struct by_order *by)
{
    double *far = calloc(by->align.rows + 1, sizeof *far);
    size_t count = 0;
    for (size_t i = 0; far && i < by->align.rows; i++) {
        far[count] = by->align.column[i] == ALIGN_NONE ? INFINITY : apart(by, i, by->align.column[i]);
        count += far[count] <= APART_MOST;
    }
    if (far)
        qsort(far, count, sizeof *far, by_size);
    by->limit = far && count ? fmin(fmax(far[count - 1 - count / 10] * WIDER, APART_FLOAT), APART_MOST) : 0;
    free(far);
    return far ? 0 : -1;
}

static bool is_sure(const struct by_order *by, size_t i, size_t j)
{
    double most = by->sides[0].open[i]->print.count < COUNT_LEAST ? APART_FLOAT : by->limit;
    return apart(by, i, j) <= most && !is_rivalled(by, 0, i, j) && !is_rivalled(by, 1, j, i);
}

/* The rows [from, to) against the columns [first, last): as many, and each with the one in its place? */
static bool is_without_gap(const struct by_order *by, size_t from, size_t to, size_t first, size_t last)
{
    bool whole = to - from == last - first;
    for (size_t i = from; i < to && whole; i++)
        whole = by->align.column[i] == first + (i - from);
    return whole;
}

/*
 * Leaves in align.column what is sure, and what stands between two such pairs, or behind the last, and fits in number and
 * shapes: whatever is wrong with its values. Returns how many are sure.
 */
static size_t keep_sure(struct by_order *by)
{
    size_t *column = by->align.column, rows = by->align.rows, count = 0, from = 0, first = 0;
    for (size_t i = 0; i <= rows; i++) {
        bool end = i == rows;
        if (!end && (column[i] == ALIGN_NONE || !is_sure(by, i, column[i])))
            continue;
        bool whole = is_without_gap(by, from, i, first, end ? by->align.columns : column[i]);
        for (size_t k = from; k < i && !whole; k++)
            column[k] = ALIGN_NONE;
        count += !end;
        from = i + 1;
        first = end ? 0 : column[i] + 1;
    }
    return count;
}

/* Those that can't be alike by chance: many modules have no tensor of their own in a graph, so half would be too many. */
static size_t count_identical(const struct by_order *by)
{
    size_t count = 0;
    for (size_t i = 0; i < by->align.rows; i++) {
        size_t j = by->align.column[i];
        count += j != ALIGN_NONE && apart(by, i, j) <= APART_FLOAT &&
                 mm_fingerprint_same_places(&by->sides[0].open[i]->print, &by->sides[1].open[j]->print);
    }
    return count;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

static void join_one(struct open *src, struct open *dst)
{
    side_join(src->candidate, dst->candidate, MM_PAIR_BY_ORDER);
    src->candidate->how = dst->candidate->how = how_order;
}

/* Copies share the last one's partner. */
static void share(struct open *copy, struct open *with)
{
    for (; copy; copy = copy->copy) {
        copy->candidate->partner = with->candidate;
        copy->candidate->rung = MM_PAIR_BY_ORDER;
        copy->candidate->how = how_repeats;
    }
}

/* The two, and their copies as they come. */
static void pair(struct open *src, struct open *dst)
{
    join_one(src, dst);
    while (src->copy && dst->copy) {
        src = src->copy;
        dst = dst->copy;
        join_one(src, dst);
    }
    share(src->copy, dst);
    share(dst->copy, src);
}

/* ---- what is left ------------------------------------------------------------------------------------------------ */

/* The one open tensor of the other side that is the same in float, and clearly nearer than all others; NULL: there is none. */
static struct open *only_one(const struct open *here, const struct opens *others)
{
    struct open *nearest = NULL;
    double least = APART_FLOAT, next = INFINITY;
    for (size_t i = 0; i < others->count; i++) {
        struct open *other = others->open[i];
        bool free = !other->candidate->partner;
        double far = free ? mm_fingerprint_apart(&here->print, &other->print) : INFINITY;
        if (far <= least) {
            next = nearest ? least : next;
            nearest = other;
            least = far;
        } else {
            next = fmin(next, far);
        }
    }
    return next > CLEARER * fmax(least, APART_LEAST) ? nearest : NULL;
}

/* Branches may have run in another order. */
static void pair_crossing(struct by_order *by)
{
    for (size_t i = 0; i < by->sides[0].count; i++) {
        struct open *here = by->sides[0].open[i];
        struct open *other = here->candidate->partner ? NULL : only_one(here, &by->sides[1]);
        if (other && only_one(other, &by->sides[0]) == here &&
            mm_fingerprint_same_axes(&here->print, &other->print) ==
                mm_fingerprint_same_places(&here->print, &other->print))
            pair(here, other);
    }
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static int lay_along(struct by_order *by)
{
    size_t n = by->sides[0].count, m = by->sides[1].count, fewer = n < m ? n : m;
    if (fewer < OPEN_LEAST)
        return 0;
    if (align_init(&by->align, n, m) < 0)
        return -1;
    weigh(by);
    align_run(&by->align);
    if (find_limit(by) < 0)
        return -1;
    size_t sure = keep_sure(by), identical = count_identical(by);
    if (sure < OPEN_LEAST || sure + identical < (fewer + 1) / 2)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (by->align.column[i] != ALIGN_NONE)
            pair(by->sides[0].open[i], by->sides[1].open[by->align.column[i]]);
    }
    pair_crossing(by);
    return 0;
}

int by_order_join(struct side *src, struct side *dst, const struct mm_pairing *pairing, bool *costly)
{
    struct by_order by = {.limit = 0};
    size_t n = count_open(src), m = count_open(dst), all;
    if (!pairing->fingerprint || side_off(src, MM_PAIR_BY_ORDER) || n < OPEN_LEAST || m < OPEN_LEAST ||
        is_named(src) || is_named(dst) || !mm_mul(n, m, &all) || all > OPEN_MOST)
        return 0;
    int result = open_side(&by.sides[0], src, pairing);
    if (result == 0 && !by.sides[0].costly)
        result = open_side(&by.sides[1], dst, pairing);
    *costly = by.sides[0].costly || by.sides[1].costly;
    if (result == 0 && !*costly)
        result = lay_along(&by);
    align_done(&by.align);
    close_side(&by.sides[0]);
    close_side(&by.sides[1]);
    return result;
}
