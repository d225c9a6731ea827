/*
 * Every instruction set against the scalar one, bit for bit. Without a test library, so that it can be built
 * for another machine too: test_isa.c and tests/cross/isa.c include it. A check returns whether it is good,
 * and prints what is not.
 */
#ifndef CHECK_ISA_H
#define CHECK_ISA_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensor/decode.h"
#include "tensor/kernels.h"
#include "tensor/rounders.h"

enum { CHECK_SHORT = 2049, CHECK_LONG = 5 * MM_TILE + 3 * MM_BLOCK + 7, CHECK_SPARE = 8 };

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 8;
}

static float float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* ---- data of every kind; i is the index, r 24 random bits ---- */

static void clean(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = (float)next_random(random) * 1e-6f - 8.0f;
    *d = *s * (1.0f + (float)(next_random(random) & 1023u) * 1e-6f);
}

static void halves(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    *d = mm_half_to_float(mm_float_to_half(*s));
}

static void quantised(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = (float)(next_random(random) & 15u) - 8.0f;
    *d = (float)(next_random(random) & 15u) - 8.0f;
}

/* Many positions have the same greatest |e|/|s|, 1; that of a third is no float. */
static void on_a_grid(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    *d = truncf(*s * 4.0f) / 4.0f;
}

static void thirds(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = 3.0f * (float)(1 + (next_random(random) & 3u));
    *d = *s + (float)(next_random(random) % 3) * *s / 3.0f - *s / 3.0f;
}

static void rectified(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    *s = *s > 0.0f ? *s : 0.0f;
    *d = *d > 0.0f ? *d : (float)(next_random(random) & 3u) * 1e-7f;
}

static void identical(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    *d = *s;
}

static void all_zero(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = next_random(random) & 1u ? 0.0f : -0.0f;
    *d = next_random(random) & 1u ? 0.0f : -0.0f;
}

static void one_infinite(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    if (i % 1700 == 1021)
        *d = -INFINITY;
}

static void masked(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    if (next_random(random) % 3 == 0)
        *s = *d = -INFINITY;
}

static void all_classes(size_t i, uint32_t *random, float *s, float *d)
{
    static const float values[] = {NAN,  INFINITY, -INFINITY, 0.0f,    -0.0f,     1.0f,       -1.0f,
                                   2.5f, FLT_MAX,  -FLT_MAX,  FLT_MIN, 0x1p-149f, -0x1p-149f, 1e-6f};

    (void)i;
    *s = values[next_random(random) % MM_COUNT(values)];
    *d = values[next_random(random) % MM_COUNT(values)];
}

static void nothing_finite(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = next_random(random) & 1u ? NAN : INFINITY;
    *d = next_random(random) & 1u ? 1.0f : NAN;
}

static void subnormal(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = float_of_bits(next_random(random) & 0x807fffu);
    *d = float_of_bits(next_random(random) & 0x80007fu);
}

static void near_the_tolerance(size_t i, uint32_t *random, float *s, float *d)
{
    clean(i, random, s, d);
    *d = (float)((double)*s + (1e-8 + 1e-5 * fabs((double)*s)) * (next_random(random) & 1u ? 1.0 : -1.0));
}

/* The greatest |e|/|s| grows by a few units in a float's last place from block to block; the greatest |e|
 * does not. */
static void rising(size_t i, uint32_t *random, float *s, float *d)
{
    (void)random;
    *s = i == 20 ? 1000.0f : 1.0f;
    *d = i == 20 ? 1100.0f : 1.0f + (float)(4000000 + i / MM_BLOCK) * 0x1p-23f;
}

/* The greatest |e| at tiny |s|, and in every other block the greatest |e|/|s|, grow from block to block by
 * less than a float can tell. */
static void creeping(size_t i, uint32_t *random, float *s, float *d)
{
    size_t block = i / MM_BLOCK;
    bool tiny = block % 2 == 0;

    (void)random;
    *s = tiny ? 0x1p-21f + (float)(1 + block) * 0x1p-44f : 1.0f;
    *d = tiny ? -1.0f : -(float)(1 + block) * 0x1p-40f;
    if (i % 16 == 6 || i == 9)
        *s = *d = i == 9 ? 1.0f : 0.0f;
}

/* The same for |e| alone. */
static void creeping_error(size_t i, uint32_t *random, float *s, float *d)
{
    (void)random;
    *s = i == 20 ? 0.001f : 1.0f;
    *d = i == 20 ? 0.5f : -(float)(1 + i / MM_BLOCK) * 0x1p-40f;
}

/* |e|/|s| is a float in the first block, and then greater by so little that ratio * |s| is rounded to |e|. */
static void one_ratio(size_t i, uint32_t *random, float *s, float *d)
{
    const float ratio = 0xaaaaabp-24f;
    float e;

    *s = i < MM_BLOCK ? 0x1p24f : 0x1p23f + (float)(next_random(random) >> 1);
    e = ratio * *s;
    if (e != truncf(e) || (i >= MM_BLOCK && (double)e <= (double)ratio * (double)*s))
        e = 0.0f;
    *d = *s - e;
}

/* s is on, just below or just above a border of bins that are 1/4, 1/32 or 0.01 wide; the exponent of s - d
 * is that of s or one less, which a float does not always tell. */
static void on_borders(size_t i, uint32_t *random, float *s, float *d)
{
    int k = (int)(next_random(random) & 511u) - 256;

    *s = i % 3 == 0 ? (float)k / 4.0f : i % 3 == 1 ? (float)k / 32.0f : 0.1f + (float)k * 0.01f;
    if (i % 5 == 0)
        *s = nextafterf(*s, i % 2 ? INFINITY : -INFINITY);
    if (i % 7 == 0)
        *s = (float)(1u << (next_random(random) & 15u));
    *d = (next_random(random) & 1u ? 1.0f : -1.0f) * 0x1p-30f;
}

static void any_bits(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = float_of_bits(next_random(random) << 9 ^ next_random(random));
    *d = float_of_bits(next_random(random) << 9 ^ next_random(random));
}

static void huge(size_t i, uint32_t *random, float *s, float *d)
{
    (void)i;
    *s = float_of_bits(0x7f000000u | (next_random(random) & 0x7fffffu)) *
         (next_random(random) & 1u ? 1.0f : -1.0f);
    *d = float_of_bits(0x7f000000u | (next_random(random) & 0x7fffffu)) *
         (next_random(random) & 1u ? 1.0f : -1.0f);
}

typedef void (*fill_one)(size_t i, uint32_t *random, float *s, float *d);

static const struct {
    const char *name;
    fill_one fill;
} check_data[] = {{"clean", clean},
                  {"halves", halves},
                  {"quantised", quantised},
                  {"on a grid", on_a_grid},
                  {"thirds", thirds},
                  {"rectified", rectified},
                  {"identical", identical},
                  {"zeros", all_zero},
                  {"one infinite", one_infinite},
                  {"masked", masked},
                  {"all classes", all_classes},
                  {"nothing finite", nothing_finite},
                  {"subnormal", subnormal},
                  {"near the tolerance", near_the_tolerance},
                  {"rising", rising},
                  {"creeping", creeping},
                  {"creeping error", creeping_error},
                  {"one ratio", one_ratio},
                  {"on borders", on_borders},
                  {"any bits", any_bits},
                  {"huge", huge}};

static const struct mm_limits check_limits[] = {{1e-6, 1e-8, 1e-5},   {1e-4, 1e-8, 1e-5},
                                                {1.0, 0.5, 0.25},     {1e-6, 0.0, 0.0},
                                                {1e-40, 1e-50, 1e-5}, {1e-6, 1e-3, 1e-30}};

/* Room for both lanes; doubles are the same values, and now and then some that no float has. */
struct check_room {
    float s[CHECK_LONG + CHECK_SPARE], d[CHECK_LONG + CHECK_SPARE];
    double ws[CHECK_LONG + CHECK_SPARE], wd[CHECK_LONG + CHECK_SPARE];
};

static void check_fill(struct check_room *room, fill_one fill, size_t n, uint32_t seed)
{
    uint32_t random = seed;

    for (size_t i = 0; i < n; i++) {
        fill(i, &random, &room->s[i], &room->d[i]);
        room->ws[i] = (double)room->s[i];
        room->wd[i] = (double)room->d[i];
        if (fill == any_bits && i % 5 == 0)
            room->ws[i] *= 1e200;
        if (fill == on_borders && i % 4 == 1)
            room->ws[i] = nextafter(room->ws[i], i % 8 == 1 ? INFINITY : -INFINITY);
        if (fill == on_borders && i % 16 == 2)
            room->wd[i] = -room->ws[i] * 0x1p-300;
        if (fill == clean && i % 3 == 0)
            room->wd[i] *= 1.0 / 3.0;
    }
}

/* ---- measuring ---- */

static void measure_long(const struct mm_kernels *kernels, const struct mm_limits *limits,
                         const struct check_room *room, size_t from, size_t n, bool wide,
                         struct mm_sums *sums)
{
    mm_sums_init(sums);
    sums->hint = (from + n) % 8; /* whatever a table remembers, it must change nothing */
    for (size_t at = 0; at < n; at += MM_TILE) {
        size_t k = n - at < MM_TILE ? n - at : MM_TILE, place = from + at;

        if (wide)
            kernels->measure_double(sums, limits, room->ws + place, room->wd + place, k, (int64_t)at);
        else
            kernels->measure_float(sums, limits, room->s + place, room->d + place, k, (int64_t)at);
    }
    sums->hint = 0;
}

static bool check_measure_one(const struct mm_isa *isa, const struct mm_limits *limits,
                              const struct check_room *room, size_t from, size_t n, const char *what)
{
    struct mm_sums mine, right;

    for (int wide = 0; wide < 2; wide++) {
        measure_long(&mm_kernels_scalar, limits, room, from, n, wide, &right);
        measure_long(isa->kernels, limits, room, from, n, wide, &mine);
        if (memcmp(&mine, &right, sizeof(mine)) != 0) {
            printf("%s: %s, %zu elements from %zu in lane %s, small %g: other sums\n", isa->kernels->name,
                   what, n, from, wide ? "D" : "F", limits->small);
            return false;
        }
    }
    return true;
}

/* All lengths up to 2,049 at changing places (of some data every seventh), then several tiles with every
 * limit. */
static bool check_measure(const struct mm_isa *isa, struct check_room *room, size_t step)
{
    bool good = true;

    for (size_t k = 0; k < MM_COUNT(check_data); k++) {
        fill_one fill = check_data[k].fill;
        size_t stride =
            fill == clean || fill == on_a_grid || fill == quantised || fill == all_classes ? step : 7 * step;

        check_fill(room, fill, CHECK_LONG + CHECK_SPARE, 12345 + (uint32_t)k);
        for (size_t n = 0; n <= CHECK_SHORT && good; n += stride)
            good = check_measure_one(isa, &check_limits[0], room, n % CHECK_SPARE, n, check_data[k].name);
        for (size_t i = 0; i < MM_COUNT(check_limits) && good; i++)
            good = check_measure_one(isa, &check_limits[i], room, i, CHECK_LONG, check_data[k].name);
    }
    return good;
}

/* Two blocks of one element. The second |e|/|s| is the greater one: the difference, half a unit above the
 * first, or what is left of the second by it, is out of the range of a double. */
static bool check_range(const struct mm_isa *isa)
{
    static const struct {
        double s[2], d[2], small;
    } pairs[] = {{{1.0, 0x1p1023}, {-1e20, -0x1p1023}, 1e-6},
                 {{1e-4, 0x1p1023}, {1e-3, -0x1p1023}, 1e-6},
                 {{1.0, 0.5}, {-DBL_MAX, -DBL_MAX}, 1e-6},
                 {{0x3p-1074, 0x3e9p-1074}, {0x2p-1074, 0x29bp-1074}, 0.0}};

    for (size_t i = 0; i < MM_COUNT(pairs); i++) {
        const struct mm_limits limits = {pairs[i].small, 1e-8, 1e-5};
        struct mm_sums mine, right;

        mm_sums_init(&mine);
        mm_sums_init(&right);
        for (int k = 0; k < 2; k++) {
            mm_kernels_scalar.measure_double(&right, &limits, &pairs[i].s[k], &pairs[i].d[k], 1,
                                             k * MM_BLOCK);
            isa->kernels->measure_double(&mine, &limits, &pairs[i].s[k], &pairs[i].d[k], 1, k * MM_BLOCK);
        }
        if (right.max_rel_at != MM_BLOCK || mine.max_rel_at != MM_BLOCK || mine.max_rel != right.max_rel) {
            printf("%s: pair %zu out of range: other greatest |e|/|s|\n", isa->kernels->name, i);
            return false;
        }
    }
    return true;
}

static bool check_centre(const struct mm_isa *isa, struct check_room *room)
{
    const struct mm_centre centre = {1.5, -0.25, 1.25, 0.125, 0.999, 0.001, 0.998};

    for (size_t k = 0; k < MM_COUNT(check_data); k++) {
        check_fill(room, check_data[k].fill, CHECK_SHORT + CHECK_SPARE, 777);
        for (size_t n = 0; n <= CHECK_SHORT; n += k ? 31 : 1) {
            struct mm_centred mine = {0}, right = {0};
            const double *s = room->ws + n % 4, *d = room->wd + n % 3;

            mm_kernels_scalar.centre_double(&right, &centre, s, d, n);
            isa->kernels->centre_double(&mine, &centre, s, d, n);
            if (memcmp(&mine, &right, sizeof(mine)) != 0 && !(mine.ss.lo != mine.ss.lo)) {
                printf("%s: %s, %zu elements: other centred sums\n", isa->kernels->name, check_data[k].name,
                       n);
                return false;
            }
        }
    }
    return true;
}

/* ---- histograms ---- */

static void count_hists(const struct mm_kernels *kernels, const struct check_room *room, size_t from,
                        size_t n, bool wide, struct mm_hist *hist, struct mm_exp_hist *error)
{
    memset(error, 0, sizeof(*error));
    hist->below = hist->above = hist->nonfinite = 0;
    memset(hist->count, 0, MM_TILE * sizeof(*hist->count));
    if (wide) {
        kernels->hist_double(hist, room->ws + from, n);
        kernels->exp_hist_double(error, room->ws + from, room->wd + from, n);
    } else {
        kernels->hist_float(hist, room->s + from, n);
        kernels->exp_hist_float(error, room->s + from, room->d + from, n);
    }
}

static bool same_hist(const struct mm_hist *a, const struct mm_hist *b)
{
    return a->below == b->below && a->above == b->above && a->nonfinite == b->nonfinite &&
           memcmp(a->count, b->count, MM_TILE * sizeof(*a->count)) == 0;
}

static bool check_hist(const struct mm_isa *isa, struct check_room *room)
{
    static const struct {
        double low, high;
        size_t bins;
    } ranges[] = {{-8, 8, 64},      {-8, 8, 512},      {-8, 8, 513},           {-1, 2.5, 3},
                  {0, 0x1p-140, 7}, {0.1, 1.1, 100},   {100, 101, 64},         {1e7, 1e7 + 1, 8},
                  {0, 1, 128},      {-2, 2, 133},      {-2, 2, 134},           {-2, 2, 516},
                  {-2, 2, 517},     {1e-39, 1e-38, 8}, {-1e-30, 1e30, 64},     {-3e38, 3e38, 100},
                  {1, 1, 5},        {0, 1, 0},         {-DBL_MAX, DBL_MAX, 9}, {-2, 3, 4096}};
    static uint64_t counts[2][MM_TILE];
    struct mm_exp_hist error[2];

    for (size_t k = 0; k < MM_COUNT(check_data); k++) {
        check_fill(room, check_data[k].fill, MM_TILE + CHECK_SPARE, 99);
        for (size_t i = 0; i < 2 * MM_COUNT(ranges); i++) {
            size_t r = i / 2, n = i == 1 ? k : MM_TILE - 13 * k - i;
            struct mm_hist right = {
                .low = ranges[r].low, .high = ranges[r].high, .bins = ranges[r].bins, .count = counts[0]};
            struct mm_hist mine = right;

            mine.count = counts[1];
            count_hists(&mm_kernels_scalar, room, k % 3, n, i % 2, &right, &error[0]);
            count_hists(isa->kernels, room, k % 3, n, i % 2, &mine, &error[1]);
            if (!same_hist(&mine, &right) || memcmp(&error[0], &error[1], sizeof(error[0])) != 0) {
                printf("%s: %s, range %zu: other histogram\n", isa->kernels->name, check_data[k].name, r);
                return false;
            }
        }
    }
    return true;
}

/* Values within some units in the last place of the borders of bins, over ranges of all kinds. */
static bool check_borders(const struct mm_isa *isa, struct check_room *room)
{
    static uint64_t counts[2][MM_TILE];
    struct mm_exp_hist error[2];
    uint32_t random = 31;

    for (int round = 0; round < 300; round++) {
        double low = ldexp((double)next_random(&random), -24) - (double)(round % 3) * (double)(round % 64);
        double high = low + ldexp((double)next_random(&random) + 1, -24 - round % 7);
        size_t bins = 2 + next_random(&random) % (round % 2 ? 100 : 2000);
        struct mm_hist right = {.low = low, .high = high, .bins = bins, .count = counts[0]}, mine = right;

        if (round % 4 < 2)
            right.low = mine.low = low = (double)(float)low;
        for (size_t i = 0; i < MM_TILE; i++) {
            double x = low + (high - low) * (double)(next_random(&random) % (bins + 1)) / (double)bins;
            int steps = (int)(next_random(&random) % 7) - 3;

            room->ws[i] = x + steps * DBL_EPSILON * fabs(x);
            room->s[i] = (float)(x + steps * (double)FLT_EPSILON / 2 * fabs(x));
            room->d[i] = 0.0f;
            room->wd[i] = 0.0;
        }
        mine.count = counts[1];
        for (int wide = 0; wide < 2; wide++) {
            count_hists(&mm_kernels_scalar, room, 0, MM_TILE, wide, &right, &error[0]);
            count_hists(isa->kernels, room, 0, MM_TILE, wide, &mine, &error[1]);
            if (!same_hist(&mine, &right)) {
                printf("%s: borders of %zu bins from %.17g to %.17g in lane %s: other histogram\n",
                       isa->kernels->name, bins, low, high, wide ? "D" : "F");
                return false;
            }
        }
    }
    return true;
}

/* ---- conversions ---- */

enum { CHECK_CODES = 65536 };

static bool same_floats(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof(a[i])) != 0 && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

/* All codes of up to 16 bits, at an odd address; many random ones of the others. Lengths that leave a
 * rest. */
static bool check_decoders(const struct mm_isa *isa)
{
    static uint8_t bytes[1 + 8 * CHECK_CODES];
    static float f[2][CHECK_CODES];
    static double d[2][CHECK_CODES];

    for (int type = MM_DTYPE_NONE + 1; type < MM_DTYPE_COUNT; type++) {
        size_t size = mm_dtype_info((enum mm_dtype)type)->bytes;
        uint32_t random = 5;

        for (size_t i = 0; i < CHECK_CODES; i++)
            for (size_t k = 0; k < size; k++)
                bytes[1 + i * size + k] = (uint8_t)(size <= 2 ? i >> 8 * k : next_random(&random) >> 4);
        for (size_t n = CHECK_CODES - 67; n <= CHECK_CODES; n += 67) {
            mm_raw_to_float(&mm_decoders_scalar, (enum mm_dtype)type, bytes + 1, f[0], n);
            mm_raw_to_float(isa->decoders, (enum mm_dtype)type, bytes + 1, f[1], n);
            mm_raw_to_double(&mm_decoders_scalar, (enum mm_dtype)type, bytes + 1, d[0], n);
            mm_raw_to_double(isa->decoders, (enum mm_dtype)type, bytes + 1, d[1], n);
            for (size_t i = 0; i < n; i++)
                if (memcmp(&d[0][i], &d[1][i], sizeof(double)) != 0 && !(isnan(d[0][i]) && isnan(d[1][i]))) {
                    printf("%s: %s: code %zu differs\n", isa->kernels->name,
                           mm_dtype_info((enum mm_dtype)type)->name, i);
                    return false;
                }
            if (!same_floats(f[0], f[1], n))
                return false;
        }
    }
    return true;
}

/* Words apart from one another, from a place that has not a byte more than they need. */
static bool check_gather(const struct mm_isa *isa)
{
    enum { MOST = 150 };

    for (size_t step = 5; step <= 6; step++)
        for (size_t n = 1; n <= MOST; n++) {
            size_t size = (n - 1) * step + 4;
            uint8_t *in = malloc(size), *out = malloc(4 * n);
            bool good = in && out;

            for (size_t i = 0; in && i < size; i++)
                in[i] = (uint8_t)(i * 7 + i / 256);
            if (good)
                isa->decoders->gather_words(out, in, step, n);
            for (size_t i = 0; good && i < 4 * n; i++)
                good = out[i] == in[i / 4 * step + i % 4];
            free(in);
            free(out);
            if (!good) {
                printf("%s: %zu words, %zu bytes apart: not gathered\n", isa->kernels->name, n, step);
                return false;
            }
        }
    return true;
}

/* The conversions of 64-bit integers against the compiler's own. */
static bool check_integers(const struct mm_isa *isa)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     UINT64_MAX,
                                     INT64_MAX,
                                     1ull << 63,
                                     (1ull << 53) + 1,
                                     (1ull << 63) + 1025,
                                     UINT64_MAX - 1024,
                                     0x8000000000000400u,
                                     0xffffffff00000001u,
                                     0x00000001ffffffffu};
    uint64_t x[200];
    double u[200], i64[200];
    uint32_t random = 1;

    for (size_t i = 0; i < 200; i++)
        x[i] = i < MM_COUNT(edges) ? edges[i]
                                   : ((uint64_t)next_random(&random) << 40 ^
                                      (uint64_t)next_random(&random) << 20 ^ next_random(&random)) >>
                                         (i % 60);
    mm_raw_to_double(isa->decoders, MM_U64, (const uint8_t *)x, u, 200);
    mm_raw_to_double(isa->decoders, MM_I64, (const uint8_t *)x, i64, 200);
    for (size_t i = 0; i < 200; i++)
        if (u[i] != (double)x[i] || i64[i] != (double)(int64_t)x[i]) {
            printf("%s: 64-bit integer %zu is rounded wrongly\n", isa->kernels->name, i);
            return false;
        }
    return true;
}

/* ---- rounding ---- */

enum { CHECK_ROUNDED = 1003 }; /* leaves a rest of every step */

struct rounded {
    float x[CHECK_ROUNDED], f[CHECK_ROUNDED], scale_f[CHECK_ROUNDED], low_f[CHECK_ROUNDED];
    double wide[CHECK_ROUNDED], d[CHECK_ROUNDED], scale_d[CHECK_ROUNDED], low_d[CHECK_ROUNDED];
};

/* Small and large values, on the grid and between, what is beyond it, every pattern of bits. */
static void fill_rounded(struct rounded *r)
{
    uint32_t random = 17;

    for (size_t i = 0; i < CHECK_ROUNDED; i++) {
        uint32_t bits = next_random(&random) << 8 ^ next_random(&random);

        r->x[i] =
            i % 5 == 0 ? float_of_bits(bits) : (float)(int32_t)(bits % 2000) / (i % 2 ? 8.0f : 7.3f) - 120.0f;
        r->wide[i] = (double)r->x[i] * (i % 3 ? 1.0 : 1.0 + 1e-9);
        r->scale_f[i] = 0.25f + (float)(i % 7) * 0.3f;
        r->low_f[i] = -128.0f + (float)(i % 50);
        r->scale_d[i] = (double)r->scale_f[i];
        r->low_d[i] = (double)r->low_f[i];
    }
}

static bool say_rounding(const struct mm_isa *isa, const char *what)
{
    printf("%s: %s: rounded otherwise\n", isa->kernels->name, what);
    return false;
}

static bool check_formats(const struct mm_isa *isa, struct rounded *right, struct rounded *mine)
{
    for (int type = 0; type < MM_DTYPE_COUNT; type++) {
        if (!mm_rounders_scalar.format_float[type] != !isa->rounders->format_float[type])
            return say_rounding(isa, "a format is missing");
        if (!isa->rounders->format_float[type])
            continue;
        mm_rounders_scalar.format_float[type](right->x, right->f, CHECK_ROUNDED);
        isa->rounders->format_float[type](right->x, mine->f, CHECK_ROUNDED);
        mm_rounders_scalar.format_double[type](right->wide, right->d, CHECK_ROUNDED);
        isa->rounders->format_double[type](right->wide, mine->d, CHECK_ROUNDED);
        if (memcmp(right->f, mine->f, sizeof(right->f)) != 0 ||
            memcmp(right->d, mine->d, sizeof(right->d)) != 0)
            return say_rounding(isa, mm_dtype_info((enum mm_dtype)type)->name);
    }
    return true;
}

static bool check_grids(const struct mm_isa *isa, struct rounded *right, struct rounded *mine)
{
    const struct mm_rounders *tables[] = {&mm_rounders_scalar, isa->rounders};
    struct rounded *out[] = {right, mine};
    int64_t clipped[2][4];

    for (int each = 0; each < 2; each++) {
        for (int k = 0; k < 2; k++) {
            struct rounded *o = out[k];

            clipped[k][2 * each] =
                each ? tables[k]->grid_each_float(right->x, o->f, CHECK_ROUNDED, right->scale_f, right->low_f,
                                                  255)
                     : tables[k]->grid_float(right->x, o->f, CHECK_ROUNDED, 0.7f, -100, 127);
            clipped[k][2 * each + 1] =
                each ? tables[k]->grid_each_double(right->wide, o->d, CHECK_ROUNDED, right->scale_d,
                                                   right->low_d, 255)
                     : tables[k]->grid_double(right->wide, o->d, CHECK_ROUNDED, 0.7, -100, 127);
        }
        if (memcmp(right->f, mine->f, sizeof(right->f)) != 0 ||
            memcmp(right->d, mine->d, sizeof(right->d)) != 0)
            return say_rounding(isa, each ? "a grid an element" : "a grid");
    }
    return memcmp(clipped[0], clipped[1], sizeof(clipped[0])) == 0 ||
           say_rounding(isa, "how many were clipped");
}

struct cost {
    struct mm_pair_columns columns[2];
    double error[4], dot;
    int64_t clipped, finite;
    float low, high;
};

static bool check_pair_sums(const struct mm_isa *isa, const struct rounded *r)
{
    struct mm_pair_sums right, mine;
    struct cost cost[2];

    for (size_t n = 0; n < 40; n++) {
        const float *x = r->x + 1, *y = r->low_f; /* finite, from its second element on up to the sixth */
        size_t some = n < 4 ? n : 4;

        mm_rounders_scalar.pair_sums(r->scale_d, r->low_d, n, 0.9, -104.5, &right);
        isa->rounders->pair_sums(r->scale_d, r->low_d, n, 0.9, -104.5, &mine);
        for (int k = 0; k < 2; k++) {
            const struct mm_rounders *rounders = k ? isa->rounders : &mm_rounders_scalar;

            cost[k] = (struct cost){.low = INFINITY, .high = -INFINITY};
            cost[k].error[0] = rounders->error_float(x, y, some);
            cost[k].error[1] = rounders->error_float(r->scale_f, y, n);
            cost[k].error[2] = rounders->square_float(r->scale_f, n);
            rounders->pair_columns(r->scale_d, r->low_d, n, 8, 0.9, -104.5, cost[k].columns);
            cost[k].dot = rounders->dot_float(r->scale_d, y, n);
            cost[k].clipped = rounders->grid_error_float(y, n, 0.7f, -127, 20, &cost[k].error[3]);
            cost[k].finite = rounders->extremes_float(y, n, &cost[k].low, &cost[k].high);
        }
        if (memcmp(&right, &mine, sizeof(right)) != 0 || memcmp(&cost[0], &cost[1], sizeof(cost[0])) != 0)
            return say_rounding(isa, "sums");
    }
    return true;
}

static bool check_rounders(const struct mm_isa *isa)
{
    static struct rounded right, mine;

    fill_rounded(&right);
    return check_formats(isa, &right, &mine) && check_grids(isa, &right, &mine) &&
           check_pair_sums(isa, &right);
}

#endif
