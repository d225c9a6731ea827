/* Channels laid out as blocks of pixels, in the other of two orders: DepthToSpace's DCR and CRD. */
#include "cause/arrangement.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define SIDE_MAX 8 /* of a block: upsampling by more in one step is not seen */
#define LEFT_MAX                                                                                             \
    0.72 /* as search_found has it: twice what a residual lets through, for a sample is only that */

/* d's channel c, pixel b of its block, is read channel i of what went in; so is one of s. */
struct blocks {
    int64_t channels, side, width, height;
    bool dst_by_channel; /* d: i = c side^2 + b (CRD), s: i = b channels + c (DCR); else the reverse */
};

static int64_t place_in_s(const void *hypothesis, int64_t at)
{
    const struct blocks *h = hypothesis;
    int64_t x = at % h->width, y = at / h->width % h->height;
    int64_t plane = at / h->width / h->height, c = plane % h->channels, side = h->side, area = side * side;
    int64_t b = y % side * side + x % side;
    int64_t i = h->dst_by_channel ? c * area + b : b * h->channels + c;
    int64_t from_c = h->dst_by_channel ? i % h->channels : i / area;
    int64_t from_b = h->dst_by_channel ? i / h->channels : i % area;
    y += from_b / side - y % side;
    x += from_b % side - x % side;
    return ((plane - c + from_c) * h->height + y) * h->width + x;
}

static void places_of(const void *hypothesis, const struct sample *sample, size_t from, size_t n, int64_t *at)
{
    for (size_t i = 0; i < n; i++)
        at[i] = place_in_s(hypothesis, sample->at[from + i]);
}

static void predict_blocks(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = t->c->s[place_in_s(hypothesis, from + (int64_t)i)];
}

static struct blocks best_of(const struct trial *t, struct sample *sample)
{
    const struct mm_shape *shape = &t->d_shape;
    struct blocks best = {0}, h = {.channels = shape->dim[shape->rank - 3],
                                   .height = shape->dim[shape->rank - 2],
                                   .width = shape->dim[shape->rank - 1]};
    double least = LEFT_MAX;
    for (h.side = 2; h.side <= SIDE_MAX; h.side++) {
        for (int way = 0; way < 2 && h.width % h.side == 0 && h.height % h.side == 0; way++) {
            h.dst_by_channel = way;
            double left = sample_judge(sample, t, places_of, &h);
            if (left < least) {
                least = left;
                best = h;
            }
        }
    }
    return best;
}

bool cause_blocks(const struct trial *t, struct found *found)
{
    int rank = t->d_shape.rank;
    char a[MM_NUM], b[MM_NUM];
    if (rank < 3 || t->d_shape.dim[rank - 3] > 4096)
        return false;
    struct search *search = search_open(t); /* for its sample */
    struct blocks h = {0};
    if (search)
        h = best_of(t, search->sample);
    free(search);
    if (h.side == 0 || !found_set(found, t, predict_residual(t, predict_blocks, &h), 1))
        return false;
    mm_num_short(a, found->finding.residual, 2);
    found_say(found, "blocks of %" PRId64 "x%" PRId64 " in the other order (%s for %s): put back, %s", h.side,
              h.side, h.dst_by_channel ? "CRD" : "DCR", h.dst_by_channel ? "DCR" : "CRD", a);
    found_evidence(found,
                   "dst takes the channels of its input into blocks of %" PRId64 "x%" PRId64
                   " pixels in the order %s, src in %s. So read, the error is %s instead of %s.",
                   h.side, h.side, h.dst_by_channel ? "CRD (channel first)" : "DCR (block first)",
                   h.dst_by_channel ? "DCR (block first)" : "CRD (channel first)", a,
                   mm_num_short(b, t->observed, 2));
    return true;
}
