/*
 * Words of four bytes that stand five or six bytes apart (floats behind a tag each): included by
 * decode_loops.h. Four of them end with 16 bytes that hold all but the first one's head, so two loads and one
 * shuffle make four words. Nothing is read that lies outside the first and the last word.
 */
#ifndef MMTUI_TENSOR_DECODE_GATHER_H
#define MMTUI_TENSOR_DECODE_GATHER_H

#if defined(__AVX2__)
#define GATHERS 8 /* words at once */

struct gather {
    __m256i shuffle;
    size_t step, tail; /* bytes from the first word to the last 16 bytes of four */
};

static inline __m256i two_loads(const uint8_t *low, const uint8_t *high)
{
    return _mm256_loadu2_m128i((const __m128i *)(const void *)high, (const __m128i *)(const void *)low);
}

static inline struct gather make_gather(size_t step, const uint8_t shuffle[16])
{
    return (struct gather){two_loads(shuffle, shuffle), step, 3 * step - 12};
}

static inline void gather_some(uint8_t *out, const uint8_t *in, const struct gather *g)
{
    const uint8_t *second = in + 4 * g->step;
    __m256i heads = two_loads(in, second), tails = two_loads(in + g->tail, second + g->tail);

    tails = _mm256_blend_epi32(_mm256_shuffle_epi8(tails, g->shuffle), heads, 0x11);
    _mm256_storeu_si256((__m256i *)(void *)out, tails);
}
#elif defined(__aarch64__)
#define GATHERS 4

struct gather {
    uint8x16_t shuffle;
    size_t step, tail;
};

static inline struct gather make_gather(size_t step, const uint8_t shuffle[16])
{
    return (struct gather){vld1q_u8(shuffle), step, 3 * step - 12};
}

static inline void gather_some(uint8_t *out, const uint8_t *in, const struct gather *g)
{
    uint32x4_t words = vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(in + g->tail), g->shuffle));
    uint32x4_t head = vreinterpretq_u32_u8(vld1q_u8(in));

    vst1q_u8(out, vreinterpretq_u8_u32(vcopyq_laneq_u32(words, 0, head, 0)));
}
#else
#define GATHERS 8

struct gather {
    size_t step;
};

static inline struct gather make_gather(size_t step, const uint8_t shuffle[16])
{
    (void)shuffle;
    return (struct gather){step};
}

static inline void gather_some(uint8_t *out, const uint8_t *in, const struct gather *g)
{
    for (size_t k = 0; k < GATHERS; k++)
        memcpy(out + 4 * k, in + k * g->step, 4);
}
#endif

/* Which bytes of the last 16 make words 1 to 3; word 0 comes from elsewhere. */
static inline void gather_shuffle(uint8_t shuffle[16], size_t step)
{
    memset(shuffle, 0, 16);
    for (size_t i = 4; i < 16; i++)
        shuffle[i] = (uint8_t)(i / 4 * step + i % 4 - (3 * step - 12));
}

static void gather_words(uint8_t *restrict out, const uint8_t *restrict in, size_t step, size_t n)
{
    uint8_t shuffle[16];
    struct gather g;
    size_t i = 0;

    gather_shuffle(shuffle, step);
    g = make_gather(step, shuffle);
    for (; i + STEP <= n; i += STEP) {
        ask_for(in + i * step, STEP * step);
        for (size_t k = i; k < i + STEP; k += GATHERS)
            gather_some(out + 4 * k, in + k * step, &g);
    }
    for (; i < n; i++)
        memcpy(out + 4 * i, in + i * step, 4);
}

#endif
