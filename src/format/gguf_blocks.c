/*
 * Blocks of GGUF. A block has one or two half-precision scales and small integers; "K" blocks have 256 values in
 * groups of 16 or 32 with scales of their own. Each function is the definition of one layout; none allocates.
 */
#include "format/gguf_blocks.h"
#include "format/little.h"

#include <math.h>
#include <string.h>

static float half_at(const uint8_t *p)
{
    return mm_half_to_float(little_u16(p));
}

/* ---- 32 values ---- */

enum { SMALL = 32, HALF = SMALL / 2 };

/* Nibbles: the low ones are the first half, the high ones the second. */
static void decode_q4_0(const uint8_t *block, float *out)
{
    float d = half_at(block);
    const uint8_t *q = block + 2;
    for (int i = 0; i < HALF; i++) {
        out[i] = (float)((q[i] & 15) - 8) * d;
        out[i + HALF] = (float)((q[i] >> 4) - 8) * d;
    }
}

static void decode_q4_1(const uint8_t *block, float *out)
{
    float d = half_at(block), least = half_at(block + 2);
    const uint8_t *q = block + 4;
    for (int i = 0; i < HALF; i++) {
        out[i] = (float)(q[i] & 15) * d + least;
        out[i + HALF] = (float)(q[i] >> 4) * d + least;
    }
}

/* The fifth bits stand together in 32 bits, value i's in bit i. */
static void decode_q5_0(const uint8_t *block, float *out)
{
    float d = half_at(block);
    uint32_t high = little_u32(block + 2);
    const uint8_t *q = block + 6;
    for (int i = 0; i < HALF; i++) {
        int low_half = (q[i] & 15) | (int)(high >> i & 1) << 4;
        int high_half = q[i] >> 4 | (int)(high >> (i + HALF) & 1) << 4;
        out[i] = (float)(low_half - 16) * d;
        out[i + HALF] = (float)(high_half - 16) * d;
    }
}

static void decode_q5_1(const uint8_t *block, float *out)
{
    float d = half_at(block), least = half_at(block + 2);
    uint32_t high = little_u32(block + 4);
    const uint8_t *q = block + 8;
    for (int i = 0; i < HALF; i++) {
        out[i] = (float)((q[i] & 15) | (int)(high >> i & 1) << 4) * d + least;
        out[i + HALF] = (float)(q[i] >> 4 | (int)(high >> (i + HALF) & 1) << 4) * d + least;
    }
}

static void decode_q8_0(const uint8_t *block, float *out)
{
    float d = half_at(block);
    for (int i = 0; i < SMALL; i++)
        out[i] = (float)(int8_t)block[2 + i] * d;
}

/* A table of 16 levels that lie closer near 0. */
static void decode_iq4_nl(const uint8_t *block, float *out)
{
    static const int8_t level[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};
    float d = half_at(block);
    const uint8_t *q = block + 2;
    for (int i = 0; i < HALF; i++) {
        out[i] = (float)level[q[i] & 15] * d;
        out[i + HALF] = (float)level[q[i] >> 4] * d;
    }
}

/* OCP's MXFP4: a scale of 2^(e - 127), and E2M1 codes, whose values doubled are whole. */
static void decode_mxfp4(const uint8_t *block, float *out)
{
    static const int8_t twice[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    float scale = ldexpf(1.0F, (int)block[0] - 128);
    const uint8_t *q = block + 1;
    for (int i = 0; i < HALF; i++) {
        out[i] = (float)twice[q[i] & 15] * scale;
        out[i + HALF] = (float)twice[q[i] >> 4] * scale;
    }
}

/* ---- 256 values ---- */

/* The 6-bit scale and minimum of group g of 8, which Q4_K and Q5_K pack into 12 bytes. */
static void scale_and_least(const uint8_t *packed, int g, float *scale, float *least)
{
    int s, m;
    if (g < 4) {
        s = packed[g] & 63;
        m = packed[g + 4] & 63;
    } else {
        s = (packed[g + 4] & 15) | packed[g - 4] >> 6 << 4;
        m = packed[g + 4] >> 4 | packed[g] >> 6 << 4;
    }
    *scale = (float)s;
    *least = (float)m;
}

static void decode_q2_k(const uint8_t *block, float *out)
{
    const uint8_t *scales = block, *q = block + 16;
    float d = half_at(block + 80), least = half_at(block + 82);
    for (int i = 0; i < 256; i++) {
        int half = i / 128, shift = i / 32 % 4 * 2; /* 32 bytes hold four rows of 32 values */
        int group = i / 16;
        float scale = d * (float)(scales[group] & 15), low = least * (float)(scales[group] >> 4);
        out[i] = scale * (float)(q[half * 32 + i % 32] >> shift & 3) - low;
    }
}

/* 16 scales of 6 bits: the low four bits in 8 bytes, the high two in 4. */
static int q3_scale(const uint8_t *packed, int g)
{
    int low = g < 8 ? packed[g] & 15 : packed[g - 8] >> 4;
    int high = packed[8 + g % 4] >> (g / 4 * 2) & 3;
    return (low | high << 4) - 32;
}

static void decode_q3_k(const uint8_t *block, float *out)
{
    const uint8_t *mask = block, *q = block + 32, *scales = block + 96;
    float d = half_at(block + 108);
    for (int i = 0; i < 256; i++) {
        int half = i / 128, shift = i / 32 % 4 * 2;
        int value = q[half * 32 + i % 32] >> shift & 3;
        bool high = mask[i % 32] >> (i / 32) & 1; /* clear: 4 less */
        out[i] = d * (float)q3_scale(scales, i / 16) * (float)(high ? value : value - 4);
    }
}

static void decode_q4_k(const uint8_t *block, float *out)
{
    float d = half_at(block), least = half_at(block + 2);
    const uint8_t *scales = block + 4, *q = block + 16;
    for (int pair = 0; pair < 4; pair++, q += 32, out += 64) { /* 32 bytes: low nibbles, then high ones */
        float s0, m0, s1, m1;
        scale_and_least(scales, 2 * pair, &s0, &m0);
        scale_and_least(scales, 2 * pair + 1, &s1, &m1);
        s0 *= d, s1 *= d, m0 *= least, m1 *= least;
        for (int i = 0; i < 32; i++)
            out[i] = s0 * (float)(q[i] & 15) - m0;
        for (int i = 0; i < 32; i++)
            out[32 + i] = s1 * (float)(q[i] >> 4) - m1;
    }
}

static void decode_q5_k(const uint8_t *block, float *out)
{
    float d = half_at(block), least = half_at(block + 2);
    const uint8_t *scales = block + 4, *high = block + 16, *q = block + 48;
    for (int pair = 0; pair < 4; pair++, q += 32, out += 64) {
        float s0, m0, s1, m1;
        scale_and_least(scales, 2 * pair, &s0, &m0);
        scale_and_least(scales, 2 * pair + 1, &s1, &m1);
        s0 *= d, s1 *= d, m0 *= least, m1 *= least;
        for (int i = 0; i < 32; i++) {
            int low = (q[i] & 15) | (high[i] >> (2 * pair) & 1) << 4;
            int upper = q[i] >> 4 | (high[i] >> (2 * pair + 1) & 1) << 4;
            out[i] = s0 * (float)low - m0;
            out[32 + i] = s1 * (float)upper - m1;
        }
    }
}

static void decode_q6_k(const uint8_t *block, float *out)
{
    float d = half_at(block + 208);
    for (int half = 0; half < 2; half++, out += 128) {
        const uint8_t *low = block + 64 * half, *high = block + 128 + 32 * half,
                      *scales = block + 192 + 8 * half;
        for (int i = 0; i < 128; i++) {
            int row = i / 32, at = i % 32; /* rows 0, 1: low nibbles of 64 bytes; 2, 3: the high ones */
            int nibble = row < 2 ? low[i] & 15 : low[i - 64] >> 4;
            int value = (nibble | (high[at] >> (2 * row) & 3) << 4) - 32;
            out[i] = d * (float)(int8_t)scales[i / 16] * (float)value;
        }
    }
}

static void decode_q8_k(const uint8_t *block, float *out)
{
    uint32_t bits = little_u32(block);
    float d;
    memcpy(&d, &bits, sizeof d);
    for (int i = 0; i < 256; i++)
        out[i] = d * (float)(int8_t)block[4 + i];
}

static const struct gguf_block blocks[] = {
    {2, "Q4_0", 32, 18, decode_q4_0},    {3, "Q4_1", 32, 20, decode_q4_1},
    {6, "Q5_0", 32, 22, decode_q5_0},    {7, "Q5_1", 32, 24, decode_q5_1},
    {8, "Q8_0", 32, 34, decode_q8_0},    {10, "Q2_K", 256, 84, decode_q2_k},
    {11, "Q3_K", 256, 110, decode_q3_k}, {12, "Q4_K", 256, 144, decode_q4_k},
    {13, "Q5_K", 256, 176, decode_q5_k}, {14, "Q6_K", 256, 210, decode_q6_k},
    {15, "Q8_K", 256, 292, decode_q8_k}, {20, "IQ4_NL", 32, 18, decode_iq4_nl},
    {39, "MXFP4", 32, 17, decode_mxfp4},
};

const struct gguf_block *gguf_block_find(uint32_t type)
{
    for (size_t i = 0; i < MM_COUNT(blocks); i++) {
        if (blocks[i].type == type)
            return &blocks[i];
    }
    return NULL;
}

/* ---- a supply of decoded values ---- */

#define WINDOW_VALUES 8192 /* a multiple of every block's */

struct decoded {
    struct mm_supply supply; /* the first member */
    struct mm_arena *arena;  /* the load's */
    const struct gguf_block *block;
    const uint8_t *packed;
    float window[WINDOW_VALUES + 2 * GGUF_BLOCK_MOST];
};

static void decode_blocks(const struct decoded *decoded, uint64_t first, size_t count, float *out)
{
    const struct gguf_block *block = decoded->block;
    for (size_t i = 0; i < count; i++)
        block->decode(decoded->packed + (first + i) * block->bytes, out + i * block->values);
}

/* Whole blocks are decoded; the first may begin before what is asked for. */
static const uint8_t *at(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have)
{
    struct decoded *decoded = (struct decoded *)supply;
    size_t unit = decoded->block->values * sizeof(float), skip = (size_t)(offset % unit);
    uint64_t left = supply->end - offset;
    *have = want < WINDOW_VALUES * sizeof(float) ? want : WINDOW_VALUES * sizeof(float);
    if (*have > left)
        *have = (size_t)left;
    decode_blocks(decoded, offset / unit, (skip + *have + unit - 1) / unit, decoded->window);
    return (const uint8_t *)decoded->window + skip;
}

static const uint8_t *all(struct mm_supply *supply)
{
    struct decoded *decoded = (struct decoded *)supply;
    size_t unit = decoded->block->values * sizeof(float);
    float *whole = supply->whole ? NULL : mm_arena_array(decoded->arena, (size_t)supply->end, 1);
    if (whole) {
        decode_blocks(decoded, 0, (size_t)(supply->end / unit), whole);
        supply->whole = (const uint8_t *)whole;
    }
    return supply->whole;
}

int gguf_supply(struct mm_load *load, const struct gguf_block *block, const uint8_t *packed,
                struct mm_err *err)
{
    struct decoded *decoded = mm_arena_alloc(&load->arena, sizeof *decoded);
    if (!decoded)
        return mm_fail_memory(err);
    decoded->supply =
        (struct mm_supply){.at = at, .all = all, .end = (uint64_t)load->tensor.count * sizeof(float)};
    decoded->arena = &load->arena;
    decoded->block = block;
    decoded->packed = packed;
    load->tensor.supply = load->supply = &decoded->supply;
    return 0;
}
