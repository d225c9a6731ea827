/* Only the rim of a map is off, the inside is right: padding. */
#include "cause/arrangement.h"
#include "cause/sparse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define DEPTH_MAX  3    /* rows of a rim: a kernel of 7 pads so many */
#define INSIDE     3    /* rows and columns that the inside has, at least */
#define RIM_TIMES  10.0 /* a side is off by so many times what the inside is, */
#define RIM_LEAST  0.02 /* and by this share of its own signal */
#define RIM_SHARE  0.9  /* of the error's energy that lies on such sides */
#define RIM_COUNT  8    /* values that are off there, at least, */
#define RIM_OFF    0.2  /* and of all there: all planes have them; a ReLU makes many 0 */
#define NOISE_MOST 4.0  /* times its RMS: what noise reaches */
#define INSIDE_HAS 0.1  /* of the signal's energy */
#define FOLLOWS    0.3  /* correlation with src, of a single side that is off */
#define SCALE_FITS 0.1  /* of a side's error that one factor may leave: an average with another divisor */

/* Along one axis: the first three, the inside, the last three. */
enum { CLASSES = 2 * DEPTH_MAX + 1, MIDDLE = DEPTH_MAX };

struct sums {
    double error, signal, both; /* sum e^2, s^2, s d */
    int64_t count, off;         /* positions; those that are off by more than noise */
};

/* Two axes of d_shape, or one (the second has length 1). */
struct rim {
    int64_t inner, width, height; /* position: i / inner % width, i / below % height */
    int64_t below;                /* inner times width */
    int axis;                     /* of the height; with one axis -1 */
    struct sums at[CLASSES][CLASSES];
    int depth;
    double noise; /* of a value, at most */
};

enum side { TOP = 0, BOTTOM, LEFT, RIGHT, SIDES };
static const char *const side_words[SIDES] = {"top", "bottom", "left", "right"};

static int class_of(int64_t at, int64_t size)
{
    return at < DEPTH_MAX ? (int)at : at >= size - DEPTH_MAX ? (int)(at - size + CLASSES) : MIDDLE;
}

static void rim_add(struct rim *rim, const struct trial *t, int64_t i)
{
    double s = t->c->s[i], d = t->c->d[i], e = s - d;
    int64_t x = index_along(i, rim->inner, rim->width);
    int64_t y = rim->axis < 0 ? 0 : index_along(i, rim->below, rim->height);
    int row = rim->axis < 0 ? MIDDLE : class_of(y, rim->height);
    if (!isfinite(e))
        return;
    struct sums *to = &rim->at[row][class_of(x, rim->width)];
    to->error += e * e;
    to->signal += s * s;
    to->both += s * d;
    to->count++;
    to->off += fabs(e) > rim->noise;
}

static void sums_add(struct sums *to, const struct sums *from)
{
    to->error += from->error;
    to->signal += from->signal;
    to->both += from->both;
    to->count += from->count;
    to->off += from->off;
}

/* Class k lies on a rim of this depth: -1 the first ones, 1 the last ones, 0 it does not. */
static int rim_of(int k, int depth)
{
    return k < depth ? -1 : k >= CLASSES - depth ? 1 : 0;
}

static struct sums inside_of(const struct rim *rim, int depth)
{
    struct sums sums = {0};
    for (int y = 0; y < CLASSES; y++)
        for (int x = 0; x < CLASSES; x++)
            if (rim_of(y, depth) == 0 && rim_of(x, depth) == 0)
                sums_add(&sums, &rim->at[y][x]);
    return sums;
}

/* The outermost row or column of a side, without its corners. */
static struct sums side_of(const struct rim *rim, enum side side)
{
    struct sums sums = {0};
    int end = side == TOP || side == LEFT ? 0 : CLASSES - 1;
    for (int k = rim->depth; k < CLASSES - rim->depth; k++)
        sums_add(&sums, side <= BOTTOM ? &rim->at[end][k] : &rim->at[k][end]);
    return sums;
}

static double relative(const struct sums *sums)
{
    return sums->signal > 0 ? sqrt(sums->error / sums->signal) : sums->error > 0 ? INFINITY : 0;
}

/* What a side that is right may be off by. */
static double limit_of(const struct trial *t, const struct rim *rim)
{
    struct sums inside = inside_of(rim, rim->depth);
    return fmax(RIM_TIMES * fmax(relative(&inside), t->noise), RIM_LEAST);
}

/* Which sides are off, as bits. */
static unsigned sides_off(const struct trial *t, const struct rim *rim)
{
    unsigned off = 0;
    for (int side = rim->axis < 0 ? LEFT : TOP; side < SIDES; side++) {
        struct sums sums = side_of(rim, (enum side)side);
        off |= relative(&sums) > limit_of(t, rim) ? 1u << side : 0;
    }
    return off;
}

/* Is what is off where the sides that are off are? Corners go with either. */
static bool is_rim(const struct trial *t, const struct rim *rim, unsigned off, double *rest)
{
    struct sums on = {0}, out = {0}, inside = inside_of(rim, rim->depth);
    for (int y = 0; y < CLASSES; y++)
        for (int x = 0; x < CLASSES; x++) {
            int row = rim_of(y, rim->depth), column = rim_of(x, rim->depth);
            bool is_on = (row < 0 && off & 1u << TOP) || (row > 0 && off & 1u << BOTTOM) ||
                         (column < 0 && off & 1u << LEFT) || (column > 0 && off & 1u << RIGHT);
            sums_add(is_on ? &on : &out, &rim->at[y][x]);
        }
    *rest = sqrt(out.error / t->dd);
    return off && on.error >= RIM_SHARE * (on.error + out.error) && inside.signal >= INSIDE_HAS * t->ss &&
           on.signal > 0 && on.off >= RIM_COUNT && (double)on.off >= RIM_OFF * (double)on.count;
}

#define GLANCE       512 /* positions that show most insides to be off, */
#define GLANCE_SHARE 0.6 /* where chance may make them look worse: of the error of all */
#define INSIDE_SHARE (1.0 / 3)

/* The inside at a first look: is it right, at about so many positions spread over all of it? */
static bool inside_is_right(const struct trial *t, struct rim rim, int64_t places, double share,
                            double *noise)
{
    struct sums all = {0}, inside;
    for (struct sparse p = sparse_first(t->c->d_count, places); p.at < t->c->d_count; sparse_next(&p))
        rim_add(&rim, t, p.at);
    inside = inside_of(&rim, rim.depth);
    for (int k = 0; k < CLASSES * CLASSES; k++)
        sums_add(&all, &rim.at[k / CLASSES][k % CLASSES]);
    *noise = fmax(*noise, inside.count ? NOISE_MOST * sqrt(inside.error / (double)inside.count) : 0);
    return relative(&inside) <= share * fmax(relative(&all), t->observed);
}

/* depth: the most that leaves an inside. False: it leaves none, or that is off as well. */
static bool rim_init(struct rim *rim, const struct trial *t, int height, int width)
{
    const struct mm_shape *shape = &t->d_shape;
    *rim = (struct rim){.inner = 1, .width = shape->dim[width], .height = 1, .axis = height};
    rim->noise = NOISE_MOST * t->noise * sqrt(t->ss / (double)(t->n ? t->n : 1));
    for (int k = width + 1; k < shape->rank; k++)
        rim->inner *= shape->dim[k];
    rim->below = rim->inner * rim->width;
    int64_t least = rim->width;
    if (height >= 0) {
        rim->height = shape->dim[height];
        least = rim->height < least ? rim->height : least;
    }
    rim->depth = (int)(least < 2 * DEPTH_MAX + INSIDE ? (least - INSIDE) / 2 : DEPTH_MAX);
    double noise = rim->noise;
    return rim->depth > 0 && inside_is_right(t, *rim, GLANCE, GLANCE_SHARE, &noise) &&
           inside_is_right(t, *rim, SPARSE_COUNT, INSIDE_SHARE, &rim->noise);
}

/* Of one side alone: does it hold something of src? What was left there before does not. */
static bool is_computed(const struct rim *rim, unsigned off)
{
    struct sums sums = {0};
    int sides = 0;
    for (int side = 0; side < SIDES; side++)
        if (off & 1u << side) {
            sums = side_of(rim, (enum side)side);
            sides++;
        }
    double d = sums.error - sums.signal + 2 * sums.both; /* sum d^2 */
    return sides > 1 || sums.both >= FOLLOWS * sqrt(sums.signal * fmax(d, 0)) + 1e-12 * sums.signal;
}

static bool rim_find(const struct trial *t, struct rim *rim, unsigned *off, double *rest)
{
    int most = rim->depth;
    for (int64_t i = 0; i < t->c->d_count; i++)
        rim_add(rim, t, i);
    for (rim->depth = 1; rim->depth <= most; rim->depth++) {
        *off = sides_off(t, rim);
        if (is_rim(t, rim, *off, rest) && is_computed(rim, *off))
            return true;
    }
    return false;
}

static void sides_text(const struct rim *rim, unsigned off, char *out, size_t size)
{
    static const char *const along[SIDES] = {"", "", "first", "last"};
    size_t length = 0;
    *out = '\0';
    for (int side = 0; side < SIDES && length < size; side++)
        if (off & 1u << side)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length ? ", " : "",
                                       rim->axis < 0 ? along[side] : side_words[side]);
}

/* One factor for what is off, which an average of fewer values gives: 2/3 or 3/2 for a kernel of 3. 0: none. */
static double factor_of(const struct rim *rim, unsigned off)
{
    struct sums sums = {0};
    for (int side = 0; side < SIDES; side++)
        if (off & 1u << side) {
            struct sums one = side_of(rim, (enum side)side);
            sums_add(&sums, &one);
        }
    double factor = sums.both / sums.signal;
    /* sum (d - a s)^2, with sum d^2 = error - signal + 2 both */
    double left = sums.error - sums.signal + 2 * sums.both - factor * sums.both;
    return factor > 0 && left <= SCALE_FITS * SCALE_FITS * sums.error ? factor : 0;
}

static void say_rim(const struct trial *t, struct found *found, const struct rim *rim, unsigned off)
{
    char sides[48], a[MM_NUM], b[MM_NUM], c[MM_NUM], average[120] = "";
    struct sums inside = inside_of(rim, rim->depth);
    double factor = factor_of(rim, off);
    sides_text(rim, off, sides, sizeof sides);
    mm_num_short(a, relative(&inside), 2);
    if (factor > 0)
        mm_format(average, sizeof average, " dst is %s x src there: an average that %s.",
                  mm_num_short(c, factor, 3), factor < 1 ? "counts padding" : "leaves padding out");
    found_say(found, "only the border is off (%s, %d deep), the inside by %s: padding", sides, rim->depth, a);
    found_evidence(found, "Off at: %s, %d deep (axes %d%s). Without that the error is %s instead of %s.%s",
                   sides, rim->depth, t->axis[rim->axis < 0 ? 0 : rim->axis],
                   rim->axis < 0 ? "" : " and the next", mm_num_short(b, found->finding.residual, 2),
                   mm_num_short(c, t->observed, 2), average);
}

/* Rows of a list have no borders: they lie along the last two axes of a picture, or the two before its channels. */
static bool is_map(const struct trial *t, int height, int width)
{
    const char *op = t->c->op_type;
    bool window = mm_text_find(op, "conv") || mm_text_find(op, "pool");
    int dumped = t->c->d_shape.rank, batch = dumped >= 4 ? 0 : -1;
    if (height < 0)
        return dumped == 3 && window && t->axis[width] == 2; /* a sequence */
    bool behind = t->axis[height] > batch && t->axis[width] == t->axis[height] + 1;
    return behind && (dumped >= 4 || (dumped == 3 && height != t->channel && width != t->channel) ||
                      (dumped == 2 && window));
}

/* What may be the axis of channels has borders only together with the other one. */
static bool is_sure(const struct trial *t, int height, int width, unsigned off)
{
    bool channels = height >= 0 && (height == t->channel || width == t->channel);
    unsigned rows = 1u << TOP | 1u << BOTTOM, columns = 1u << LEFT | 1u << RIGHT;
    return !channels || (off & rows && off & columns);
}

bool cause_borders(const struct trial *t, struct found *found)
{
    struct found next = *found;
    double most = 0, rest = 0;
    unsigned off = 0;
    if (trial_is_ids(t) || !(t->dd > 0))
        return false;
    for (int k = 0; k < 2 * t->d_shape.rank; k++) {
        struct rim rim;
        int width = k / 2, height = k % 2 ? width - 1 : -1;
        if ((k % 2 && height < 0) || !is_map(t, height, width) || !rim_init(&rim, t, height, width) ||
            !rim_find(t, &rim, &off, &rest) || !is_sure(t, height, width, off) ||
            !found_set(&next, t, rest, 3) || next.finding.score <= most)
            continue;
        most = next.finding.score;
        *found = next;
        say_rim(t, found, &rim, off);
    }
    return most > 0;
}
