/* Inputs that were normalised differently: mean, std and /255 applied twice, not at all, or others. */
#include "cause/cause.h"
#include "cause/channels.h"

#include <math.h>
#include <stdio.h>

/*
 * Known ways to prepare a picture, as y = (pixel / range - mean) / std with pixels of 0 to 255, channels in
 * the order that the model wants. Constants as published: torchvision (ImageNet), OpenAI CLIP, Caffe's
 * ilsvrc mean, the CIFAR-10 and MNIST training sets.
 */
static const struct known {
    const char *name;
    double range, mean[3], std[3];
} known[] = {
    {"pixels 0..255", 1, {0, 0, 0}, {1, 1, 1}},
    {"/255", 255, {0, 0, 0}, {1, 1, 1}},
    {"ImageNet mean/std", 255, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
    {"0.5/0.5", 255, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {"Caffe mean (BGR)", 1, {103.939, 116.779, 123.68}, {1, 1, 1}},
    {"Caffe mean (RGB)", 1, {123.68, 116.779, 103.939}, {1, 1, 1}},
    {"ImageNet mean/std (BGR)", 255, {0.406, 0.456, 0.485}, {0.225, 0.224, 0.229}},
    {"(x - 127.5) / 128", 1, {127.5, 127.5, 127.5}, {128, 128, 128}},
    {"x - 128", 1, {128, 128, 128}, {1, 1, 1}},
    {"CLIP mean/std", 255, {0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711}},
    {"CIFAR-10 mean/std", 255, {0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}},
    {"CIFAR-10 mean/std", 255, {0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}},
    {"MNIST mean/std", 255, {0.1307, 0.1307, 0.1307}, {0.3081, 0.3081, 0.3081}},
};

/* What can go wrong with one of them. */
enum slip { SLIP_NONE, SLIP_TWICE, SLIP_NO_RANGE, SLIP_NO_STD, SLIP_NO_MEAN, SLIPS };

/* y = (pixel - shift) / scale for each channel. */
struct way {
    double shift[3], scale[3];
};

/* False when the slip means nothing for this one. */
static bool way_of(const struct known *k, enum slip slip, struct way *way)
{
    for (int c = 0; c < 3; c++) {
        double mean = slip == SLIP_NO_MEAN ? 0 : k->mean[c], std = slip == SLIP_NO_STD ? 1 : k->std[c];
        double range = slip == SLIP_NO_RANGE ? 1 : k->range;
        way->shift[c] = range * mean;
        way->scale[c] = range * std;
        if (slip == SLIP_TWICE) { /* ((p/r - m)/s - m)/s, or p/r/r where there is no mean */
            bool range_only = k->mean[c] == 0 && k->std[c] == 1;
            way->shift[c] += range_only ? 0 : range * std * mean;
            way->scale[c] *= range_only ? range : std;
        }
    }
    bool has_range = k->range != 1, has_mean = k->mean[0] != 0, has_std = k->std[0] != 1;
    switch (slip) {
    case SLIP_NONE: return true;
    case SLIP_TWICE: return has_range || has_mean;
    case SLIP_NO_RANGE: return has_range && has_mean;
    default: return has_mean && has_std;
    }
}

/* Why dst is what it is, from src prepared in one way and dst in another. */
struct story {
    int src, dst; /* rows of known */
    enum slip slip_src, slip_dst;
    bool reversed;
    double left;  /* residual */
    double doubt; /* the least doubtful story that fits is told */
};

static const double slip_doubt[SLIPS] = {0, 1, 1.2, 2, 2};

/* Per-channel lines, with s' channels as they are or backwards. */
struct order {
    struct channels channels;
    bool reversed, there;
    double fitted;            /* residual of a line a channel */
    double least[3], most[3]; /* the ends of each of s' channels */
};

/* Pixels that src would have come from; far outside 0..255 the story is unlikely. Slack: resizing rings. */
static double pixels_doubt(const struct order *o, const struct way *way)
{
    double doubt = 0;
    for (int64_t c = 0; c < o->channels.count; c++) {
        int from = o->reversed ? (int)(o->channels.count - 1 - c) : (int)c;
        double low = o->least[from] * way->scale[from] + way->shift[from];
        double high = o->most[from] * way->scale[from] + way->shift[from];
        doubt = fmax(doubt, low < -12 || high > 267 ? 3 : high - low < 16 ? 1 : 0);
    }
    return doubt;
}

static double story_left(const struct trial *t, const struct channels *channels, const struct way *src,
                         const struct way *dst, bool reversed)
{
    double left = 0;
    for (int64_t c = 0; c < channels->count; c++) {
        int from = reversed ? (int)(channels->count - 1 - c) : (int)c;
        double scale = src->scale[from] / dst->scale[c];
        double offset = (src->shift[from] - dst->shift[c]) / dst->scale[c];
        left += channel_left(channels, c, scale, offset);
    }
    return sqrt(left / t->dd);
}

/*
 * Does it fit as well as the best lines do? What it leaves more than they do (squares subtract) comes from
 * the constants alone: three digits of them, and what noise does to a line through n points.
 */
static bool fits(const struct trial *t, double left, double fitted)
{
    double more = sqrt(fmax(0, left * left - fitted * fitted));
    return more <= 2e-3 + 5 * fitted / sqrt((double)t->n);
}

/* What is no input must come from possible pixels to be called a picture. */
#define DOUBT_INPUT 6.0
#define DOUBT_INNER 3.0

static void tell(const struct trial *t, const struct order *o, struct story *best)
{
    struct story s = {.reversed = o->reversed};
    struct way src, dst;
    int tries = (int)(MM_COUNT(known) * SLIPS);
    for (int i = 0; i < tries; i++) {
        s.src = i / SLIPS;
        s.slip_src = (enum slip)(i % SLIPS);
        if (!way_of(&known[s.src], s.slip_src, &src))
            continue;
        double pixels = pixels_doubt(o, &src) + 1.5 * slip_doubt[s.slip_src];
        for (int k = 0; k < tries && pixels < best->doubt; k++) {
            s.dst = k / SLIPS;
            s.slip_dst = (enum slip)(k % SLIPS);
            if (k == i || !way_of(&known[s.dst], s.slip_dst, &dst))
                continue;
            s.left = story_left(t, &o->channels, &src, &dst, o->reversed);
            /* a slip is one thing gone wrong; with another way of preparing on top it is two */
            s.doubt = pixels + slip_doubt[s.slip_dst] + (s.slip_dst && s.src != s.dst ? 1 : 0) +
                      0.5 * (s.src != s.dst && s.src > 1 && s.dst > 1);
            if (s.doubt < best->doubt && fits(t, s.left, o->fitted))
                *best = s;
        }
    }
}

static void way_name(int row, enum slip slip, char out[48])
{
    static const char *const words[SLIPS] = {"", " twice", " without /255", ", no std", ", no mean"};
    snprintf(out, 48, "%s%s", known[row].name, words[slip]);
}

/* ---- per-channel lines, in both orders ---- */

static void order_init(struct order *o, const struct trial *t, bool reversed)
{
    static const int32_t backwards[3] = {2, 1, 0};
    *o = (struct order){.reversed = reversed, .fitted = INFINITY};
    o->there = channels_init(&o->channels, t->c->s, t->c->d, &t->d_shape, t->channel,
                             reversed ? backwards : NULL) == 0;
    double left = 0, a, b;
    for (int64_t c = 0; o->there && c < o->channels.count; c++) {
        channel_fit(&o->channels, c, &a, &b);
        left += channel_left(&o->channels, c, a, b);
    }
    if (o->there)
        o->fitted = sqrt(left / t->dd);
}

static void order_see_ends(struct order *o, const struct trial *t)
{
    for (int64_t c = 0; c < o->channels.count && c < (int64_t)MM_COUNT(o->least); c++)
        channel_ends(t->c->s, &t->d_shape, t->channel, c, &o->least[c], &o->most[c]);
}

static void order_done(struct order *o)
{
    channels_done(&o->channels);
}

static bool say_story(const struct trial *t, struct found *found, const struct story *s)
{
    char src[48], dst[48], b[MM_NUM], c[MM_NUM];
    if (!found_set(found, t, s->left, s->reversed ? 0.5 : 0))
        return false;
    way_name(s->src, s->slip_src, src);
    way_name(s->dst, s->slip_dst, dst);
    mm_num_short(b, s->left, 1);
    found_say(found, "src: %s, dst: %s%s: corrected, the error is %s", src, dst,
              s->reversed ? ", channels reversed" : "", b);
    found_evidence(found,
                   "A linear map per channel from src to dst matches preprocessing by \"%s\" and by \"%s\" "
                   "would%s. With "
                   "this mapping the error is %s instead of %s.",
                   src, dst, s->reversed ? ", with channels reversed" : "", b,
                   mm_num_short(c, t->observed, 2));
    return true;
}

/* Another mean and std than those known, in an input: still told, with the figures. */
static bool say_unknown(const struct trial *t, struct found *found, const struct order *o)
{
    double a[3] = {0}, b[3] = {0};
    char x[MM_NUM], y[MM_NUM];
    double lines = 2 * (double)o->channels.count;
    if (!found_set_fit(found, t, o->fitted, lines, lines - 0.5))
        return false;
    for (int64_t c = 0; c < o->channels.count; c++)
        channel_fit(&o->channels, c, &a[c], &b[c]);
    mm_num_short(x, o->fitted, 1);
    found_say(found, "another mean and std%s: corrected, the error is %s",
              o->reversed ? ", channels reversed" : "", x);
    found_evidence(found,
                   "dst = src x (%.4g, %.4g, %.4g) + (%.4g, %.4g, %.4g), channel by channel: the error is "
                   "then %s instead of %s.",
                   a[0], a[1], a[2], b[0], b[1], b[2], x, mm_num_short(y, t->observed, 2));
    return true;
}

/* Pictures: three channels and two axes, or one channel in an input. */
static bool is_picture(const struct trial *t, bool *gray)
{
    bool three = t->channel >= 0 && t->d_shape.dim[t->channel] == 3 && t->d_shape.rank >= 3;
    *gray = !three && t->d_shape.rank == 2 && (t->c->role & MM_ROLE_INPUT);
    return three || *gray;
}

bool cause_normalisation(const struct trial *t, struct found *found)
{
    struct trial one = *t; /* with the axis that channels_init is to use */
    struct order plain, back = {.fitted = INFINITY};
    double doubt = t->c->role & MM_ROLE_INPUT ? DOUBT_INPUT : DOUBT_INNER;
    struct story best = {.doubt = doubt};
    bool gray;
    if (!is_picture(t, &gray) || !(t->dd > 0) || trial_is_ids(t))
        return false;
    if (gray)
        one.channel = -1;
    order_init(&plain, &one, false);
    if (!gray)
        order_init(&back, &one, true);
    struct order *o = back.fitted < 0.7 * plain.fitted ? &back : &plain;
    bool good = o->there && cause_score(t, o->fitted) >= SCORE_KEEP;
    if (good) {
        order_see_ends(o, &one);
        tell(t, o, &best);
        good = best.doubt < doubt ? say_story(t, found, &best)
                                  : (t->c->role & MM_ROLE_INPUT) && !gray && say_unknown(t, found, o);
    }
    order_done(&plain);
    order_done(&back);
    return good;
}
