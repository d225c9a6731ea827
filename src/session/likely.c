/*
 * Tensors without a partner that have the shape and the statistics of one in the other dump: said on their rows, never paired
 * by that. How far apart two are is mm_fingerprint_apart's.
 */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>

#include "base/translate.h"

#define APART_MOST                                                                                           \
    0.05 /* as int8 leaves them; independent normal values of 1000 elements are about 0.05 apart */
#define CLEARER     4    /* times as near as the next: then it is the only one that is named */
#define COUNT_LEAST 8    /* elements */
#define GROUP_MOST  2048 /* tensors of one size on a side: among more, nothing is told apart */
#define NAMED_MOST  3

/* One without a partner. */
struct lone {
    size_t id;
    size_t only; /* layer of the one that is named; SIZE_MAX: none or several are */
    int64_t count;
    struct mm_fingerprint print;
    double nearest; /* how far apart the nearest of the other side is */
};

struct lones {
    struct lone *lone;
    size_t count;
};

static bool is_lone(const struct mm_layer *layer, bool dst, struct lone *out)
{
    const struct mm_result *result = &layer->result;
    const struct mm_entry *entry = dst ? layer->pair->dst : layer->pair->src;
    if (result->state != MM_STATE_SINGLE || !entry || layer->pair->how || entry->kept != MM_KEPT_ALL)
        return false;
    *out = (struct lone){.print = fingerprint_of(result, dst)};
    out->count = out->print.count;
    return out->print.known && out->count >= COUNT_LEAST && out->print.figures.std > 0;
}

static int by_count(const void *a, const void *b)
{
    const struct lone *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count) - (x->count < y->count)
                                : (x->id > y->id) - (x->id < y->id);
}

/* False: memory. */
static bool collect(const struct mm_session *session, bool dst, struct lones *out)
{
    size_t pairs = session->pairs->count;
    *out = (struct lones){.lone = calloc(pairs + 1, sizeof *out->lone)};
    for (size_t id = 0; out->lone && id < pairs; id++) {
        struct lone *lone = &out->lone[out->count];
        if (!is_lone(&session->layers[id], dst, lone))
            continue;
        lone->id = id;
        out->count++;
    }
    if (out->lone)
        qsort(out->lone, out->count, sizeof *out->lone, by_count);
    return out->lone;
}

/* Those of as many elements. */
static struct lones of_count(const struct lones *all, int64_t count)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->lone[middle].count < count)
            low = middle + 1;
        else
            high = middle;
    }
    struct lones out = {all->lone + low, 0};
    while (low + out.count < all->count && out.lone[out.count].count == count)
        out.count++;
    return out;
}

static double apart(const struct lone *a, const struct lone *b)
{
    return mm_fingerprint_apart(&a->print, &b->print);
}

/* Those that are not clearly further away than the nearest, and of which none of this side is clearly nearer. */
static void name(struct mm_session *session, struct lone *lone, const struct lones *others)
{
    struct mm_buf text = {0};
    const char *side = session->pairs->pair[lone->id].dst ? "src" : "dst";
    size_t named = 0;
    lone->only = SIZE_MAX;
    for (size_t i = 0; i < others->count && lone->nearest <= APART_MOST; i++) {
        const struct lone *other = &others->lone[i];
        double distance = apart(lone, other);
        if (distance > fmin(CLEARER * lone->nearest, APART_MOST) || CLEARER * other->nearest < distance ||
            named++ >= NAMED_MOST)
            continue;
        lone->only = named == 1 ? other->id : SIZE_MAX;
        mm_buf_say(&text, named == 1 ? "not paired: could be " : " or ");
        mm_buf_printf(&text, "\"%s\"", session->layers[other->id].label);
    }
    if (named > NAMED_MOST)
        mm_buf_printf(&text, " or %zu more", named - NAMED_MOST);
    if (named)
        mm_buf_printf(&text, " of %s (same shape, alike statistics)", side);
    const char *could = named && !text.failed ? mm_arena_strdup(&session->arena, mm_buf_text(&text)) : NULL;
    if (could)
        mm_pairs_could(session->pairs, lone->id, could);
    mm_buf_done(&text);
}

static void find_nearest(struct lones *own, const struct lones *others)
{
    for (size_t i = 0; i < own->count; i++) {
        struct lones other = of_count(others, own->lone[i].count), same = of_count(own, own->lone[i].count);
        bool few = same.count <= GROUP_MOST && other.count <= GROUP_MOST;
        own->lone[i].nearest = INFINITY;
        for (size_t k = 0; few && k < other.count; k++)
            own->lone[i].nearest = fmin(own->lone[i].nearest, apart(&own->lone[i], &other.lone[k]));
    }
}

static void name_all(struct mm_session *session, struct lones *own, const struct lones *others)
{
    for (size_t i = 0; i < own->count; i++) {
        struct lones other = of_count(others, own->lone[i].count);
        name(session, &own->lone[i], &other);
    }
}

static void keep(struct mm_session *session, const struct lones *lones)
{
    for (size_t i = 0; session->likely && i < lones->count; i++) {
        if (lones->lone[i].only != SIZE_MAX)
            session->likely[lones->lone[i].id] = lones->lone[i].only + 1;
    }
}

/* What was found out of these pairs earlier stays, as it stays on the rows. */
static void keep_all(struct mm_session *session, const struct lones *src, const struct lones *dst)
{
    if (!session->likely)
        session->likely = mm_arena_array(&session->arena, session->pairs->count + 1, sizeof *session->likely);
    keep(session, src);
    keep(session, dst);
}

size_t mm_session_likely(const struct mm_session *session, size_t id)
{
    size_t other = session->likely ? session->likely[id] : 0;
    bool alone = session->pairs->pair[id].occurrences <= 1;
    bool both = alone && other && session->likely[other - 1] == id + 1 &&
                session->pairs->pair[other - 1].occurrences <= 1;
    return both ? other - 1 : SIZE_MAX;
}

void likely_find(struct mm_session *session)
{
    struct lones src = {NULL, 0}, dst = {NULL, 0};
    const struct mm_session_options *options = &session->options;
    bool wanted = !options->vendor_exact && options->shards == 0;
    if (wanted && collect(session, false, &src) && collect(session, true, &dst)) {
        find_nearest(&src, &dst);
        find_nearest(&dst, &src);
        name_all(session, &src, &dst);
        name_all(session, &dst, &src);
        keep_all(session, &src, &dst);
        for (size_t id = 0; id < session->pairs->count; id++) {
            if (session->layers[id].result.state == MM_STATE_SINGLE)
                session_judge(session, &session->layers[id]);
        }
    }
    free(src.lone);
    free(dst.lone);
}
