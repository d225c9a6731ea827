/* One scale and offset for each channel, or for each coordinate of boxes. */
#include "cause/cause.h"
#include "cause/channels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

/* Values a channel needs for two parameters of its own to mean anything. */
#define VALUES_LEAST 8
#define CHANNELS_MAX 65536

/* Fits of all channels. */
struct fits {
    const struct channels *channels;
    struct channels own; /* where the trial has none along this axis */
    double *scale, *offset;
    double residual; /* corrected for the parameters: left / (values - parameters) */
};

static void fits_done(struct fits *f)
{
    channels_done(&f->own);
    free(f->scale);
    free(f->offset);
}

/* Parameters take up degrees of freedom: what is left of n values after k of them is n / (n - k) larger. */
static double corrected(double left, double parameters, const struct trial *t)
{
    return sqrt(left / t->dd * (double)t->n / ((double)t->n - parameters));
}

static bool fits_channels(struct fits *f, const struct trial *t, int axis)
{
    f->channels = axis == t->channel ? trial_channels(t) : NULL;
    if (!f->channels && channels_init(&f->own, t->c->s, t->c->d, &t->d_shape, axis, NULL) == 0)
        f->channels = &f->own;
    return f->channels != NULL;
}

static bool fits_init(struct fits *f, const struct trial *t, int axis)
{
    *f = (struct fits){.residual = NAN};
    if (axis < 0 || t->d_shape.dim[axis] > CHANNELS_MAX || t->n < 2 * VALUES_LEAST * t->d_shape.dim[axis] ||
        !fits_channels(f, t, axis))
        return false;
    f->scale = malloc((size_t)f->channels->count * sizeof *f->scale);
    f->offset = malloc((size_t)f->channels->count * sizeof *f->offset);
    if (!f->scale || !f->offset)
        return false;
    double left = 0;
    for (int64_t c = 0; c < f->channels->count; c++) {
        channel_fit(f->channels, c, &f->scale[c], &f->offset[c]);
        left += channel_left(f->channels, c, f->scale[c], f->offset[c]);
    }
    f->residual = corrected(left, 2 * (double)f->channels->count, t);
    return true;
}

/* The same with scale 1 everywhere: only an offset (a bias) for each channel. */
static double offsets_residual(const struct fits *f, const struct trial *t)
{
    double left = 0;
    for (int64_t c = 0; c < f->channels->count; c++) {
        const struct channel_sums *sum = &f->channels->sum[c];
        double n = sum->n ? (double)sum->n : 1;
        double offset = (sum->D - sum->S) / n + f->channels->about_d - f->channels->about_s;
        left += channel_left(f->channels, c, 1, offset);
    }
    return corrected(left, (double)f->channels->count, t);
}

/* "x 0.5 +1, x 2 -3, ...": the first channels' maps. */
static void fits_text(const struct fits *f, char *out, size_t size)
{
    char a[MM_NUM], b[MM_NUM];
    size_t length = 0;
    int64_t shown = f->channels->count < 4 ? f->channels->count : 4;
    for (int64_t c = 0; c < shown && length < size; c++)
        length += (size_t)snprintf(out + length, size - length, "%sx %s %s%s", c ? ", " : "",
                                   mm_num_short(a, f->scale[c], 3), f->offset[c] < 0 ? "" : "+",
                                   mm_num_short(b, f->offset[c], 3));
    if (shown < f->channels->count && length < size)
        snprintf(out + length, size - length, ", ...");
}

/* One line for the whole tensor. */
static bool one_line(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    if (t->n < 2 * VALUES_LEAST || !found_set_fit(found, t, m->fit_residual, 2, 2))
        return false;
    mm_num_short(c, m->fit_residual, 2);
    found_say(found, "dst = %s x src %c %s: corrected, the error is %s", mm_num_short(a, m->fit_scale, 3),
              m->fit_offset < 0 ? '-' : '+', mm_num_short(b, fabs(m->fit_offset), 3), c);
    found_evidence(found, "A linear fit over all values leaves %s; without it the error is %s.", c,
                   mm_num_short(d, t->observed, 2));
    return true;
}

static bool line_a_channel(const struct trial *t, struct found *found)
{
    struct fits f;
    char b[MM_NUM], c[MM_NUM], text[120] = "";
    bool good = fits_init(&f, t, t->channel);
    if (good) {
        double offsets = offsets_residual(&f, t);
        double channels = (double)f.channels->count;
        bool bias = cause_score_fit(t, offsets, channels) >=
                    cause_score_fit(t, f.residual, 2 * channels) - SCORE_SAME;
        double fitted = bias ? channels : 2 * channels;
        good = found_set_fit(found, t, bias ? offsets : f.residual, fitted, fitted);
        fits_text(&f, text, sizeof text);
        mm_num_short(b, found->finding.residual, 2);
        found_say(found, "%s for each channel: corrected, the error is %s",
                  bias ? "a constant (bias)" : "another scale and offset", b);
        found_evidence(found,
                       "Channels of axis %d: dst = src %s. With this mapping the error is %s instead of %s.",
                       t->axis[t->channel], text, b, mm_num_short(c, t->observed, 2));
    }
    fits_done(&f);
    return good;
}

bool cause_affine(const struct trial *t, struct found *found)
{
    if (!(t->dd > 0) || !(t->vs > 0) || trial_is_ids(t))
        return false;
    struct found channels = *found;
    bool one = one_line(t, found), many = line_a_channel(t, &channels);
    if (many && (!one || channels.finding.score > found->finding.score + SCORE_SAME))
        *found = channels;
    return one || many;
}

/* ---- boxes ---- */

/* The axis of the coordinates: 4 to 7 values (a box, a score, a class, an image), last or before it. */
static int box_axis(const struct trial *t)
{
    int rank = t->d_shape.rank, dumped = (t->values ? &t->c->d_shape : &t->c->result->dst.shape)->rank;
    for (int k = rank - 1; k >= 0 && k >= rank - 2; k--) {
        bool list = rank >= 2 && dumped <= 3; /* of boxes; not a feature map */
        if (list && t->d_shape.dim[k] >= 4 && t->d_shape.dim[k] <= 7)
            return k;
    }
    return -1;
}

static bool about(double a, double b, double size)
{
    return fabs(a - b) <= 0.01 * size;
}

/* What dst's first two coordinates span. */
static double extent(const struct trial *t, int axis)
{
    double least[2], most[2];
    for (int c = 0; c < 2; c++)
        channel_ends(t->c->d, &t->d_shape, axis, c, &least[c], &most[c]);
    return fmax(most[0] - least[0], most[1] - least[1]);
}

/* Corners: x and y are scaled alike and moved by the padding. `size`: what they span. Centre and size: the size is not moved. *boxes:
 * one of these it is. */
static const char *box_map(const struct fits *f, double size, char out[96], bool *boxes)
{
    const double *a = f->scale, *b = f->offset;
    double most = fmax(fabs(a[0]), fabs(a[1]));
    char p[MM_NUM], q[MM_NUM], r[MM_NUM];
    bool pairs = about(a[0], a[2], most) && about(a[1], a[3], most);
    bool corners = pairs && about(b[0], b[2], size) && about(b[1], b[3], size);
    bool centres = pairs && about(b[2], 0, size) && about(b[3], 0, size);
    *boxes = corners || centres;
    if (*boxes && about(a[0], a[1], most)) {
        mm_format(out, 96, "one scale (%s) and padding (%s, %s), a letterbox", mm_num_short(p, a[0], 3),
                  mm_num_short(q, b[0], 3), mm_num_short(r, b[1], 3));
        return out;
    }
    if (*boxes) {
        mm_format(out, 96, "scales %s and %s, a plain resize", mm_num_short(p, a[0], 3),
                  mm_num_short(q, a[1], 3));
        return out;
    }
    return "one linear map per coordinate";
}

/* Corners from centre and size, and back: 4 values to 4 values. */
static void to_corners(const double x[4], double out[4])
{
    for (int k = 0; k < 2; k++) {
        out[k] = x[k] - x[k + 2] / 2;
        out[k + 2] = x[k] + x[k + 2] / 2;
    }
}
static void to_centre(const double x[4], double out[4])
{
    for (int k = 0; k < 2; k++) {
        out[k] = (x[k] + x[k + 2]) / 2;
        out[k + 2] = x[k + 2] - x[k];
    }
}
static void to_size(const double x[4], double out[4])
{
    for (int k = 0; k < 2; k++) {
        out[k] = x[k];
        out[k + 2] = x[k + 2] - x[k];
    }
}
static void to_far_corner(const double x[4], double out[4])
{
    for (int k = 0; k < 2; k++) {
        out[k] = x[k];
        out[k + 2] = x[k] + x[k + 2];
    }
}

struct convention {
    void (*convert)(const double x[4], double out[4]);
    const char *name;
    int axis;
};

static void predict_convention(const void *hypothesis, const struct trial *t, int64_t from, size_t n,
                               double *out)
{
    const struct convention *h = hypothesis;
    int64_t inner = 1, dim = t->d_shape.dim[h->axis];
    for (int k = h->axis + 1; k < t->d_shape.rank; k++)
        inner *= t->d_shape.dim[k];
    for (size_t i = 0; i < n; i++) {
        int64_t at = from + (int64_t)i, c = at / inner % dim, first = at - c * inner;
        double box[4], converted[4];
        out[i] = t->c->s[at];
        if (c >= 4)
            continue;
        for (int k = 0; k < 4; k++)
            box[k] = t->c->s[first + k * inner];
        h->convert(box, converted);
        out[i] = converted[c];
    }
}

static bool other_convention(const struct trial *t, struct found *found, int axis)
{
    static const struct convention conventions[] = {
        {to_corners, "corners instead of centre and size", 0},
        {to_centre, "centre and size instead of corners", 0},
        {to_size, "corner and size instead of corners", 0},
        {to_far_corner, "corners instead of corner and size", 0},
    };
    char b[MM_NUM], c[MM_NUM];
    double least = INFINITY;
    const char *name = "";
    for (size_t i = 0; i < MM_COUNT(conventions); i++) {
        struct convention h = conventions[i];
        h.axis = axis;
        double residual = predict_residual(t, predict_convention, &h);
        if (residual < least) {
            least = residual;
            name = h.name;
        }
    }
    if (!isfinite(least) || !found_set(found, t, least, 0))
        return false;
    mm_num_short(b, least, 1);
    found_say(found, "boxes as %s: corrected, the error is %s", name, b);
    found_evidence(found, "dst gives boxes as %s; converted, the error is %s instead of %s.", name, b,
                   mm_num_short(c, t->observed, 2));
    return true;
}

bool cause_boxes(const struct trial *t, struct found *found)
{
    struct fits f;
    char b[MM_NUM], c[MM_NUM], text[100] = "", map[96];
    int axis = box_axis(t);
    if (axis < 0 || !(t->dd > 0) || trial_is_ids(t) || (t->c->role & MM_ROLE_INPUT))
        return false;
    if (other_convention(t, found, axis))
        return true;
    bool good = fits_init(&f, t, axis);
    if (good) {
        good = found_set_fit(found, t, f.residual, 2 * (double)f.channels->count, 3);
        bool boxes;
        const char *how = box_map(&f, extent(t, axis), map, &boxes);
        if (!(t->c->role & MM_ROLE_OUTPUT) && !boxes) /* more likely channels than coordinates */
            found->finding.score *= 0.95;
        fits_text(&f, text, sizeof text);
        mm_num_short(b, found->finding.residual, 1);
        found_say(found, "boxes: %s: corrected, the error is %s", how, b);
        found_evidence(
            found, "Coordinates on axis %d: dst = src %s. With this mapping the error is %s instead of %s.",
            t->axis[axis], text, b, mm_num_short(c, t->observed, 2));
    }
    fits_done(&f);
    return good;
}
