/*
 * Counting keys, small whole numbers: the second half of a histogram. Neighbours that have the same key would
 * wait for each other's count, so there are several tables of counts, for elements in turn. Counts have 32
 * bits: with 16 an increment takes twice as long.
 */

/* Sizes of a table: keys it has room for, and one more that nobody asks for. */
#define COUNT_FEW  136 /* eight tables, which errors' histograms need most */
#define COUNT_MANY 520 /* four tables; with more, neighbours rarely meet */
#define COUNT_STEP 8   /* keys that are counted in a turn */

/* Both sizes are whole vectors of these. */
typedef uint32_t u32v __attribute__((vector_size(16)));
enum { U32_LANES = 4 };
_Static_assert(COUNT_FEW % U32_LANES == 0 && COUNT_MANY % U32_LANES == 0, "whole vectors");

/* Tables behind one another. In all that follows size and tables are constants where it is called. */
struct counts {
    uint32_t of[8 * COUNT_FEW > 4 * COUNT_MANY ? 8 * COUNT_FEW : 4 * COUNT_MANY];
};

INLINE void counts_init(struct counts *counts, size_t size, size_t tables)
{
    memset(counts, 0, size * tables * sizeof(counts->of[0]));
}

/* Two keys are one load; which of them is the first does not matter. */
INLINE void count_in(struct counts *counts, size_t size, size_t tables, const int32_t *key, size_t n)
{
    uint64_t two;
    size_t i = 0;

    for (; i + tables <= n; i += tables) {
#pragma GCC unroll 8
        for (size_t t = 0; t < tables; t += 2) {
            memcpy(&two, key + i + t, sizeof(two));
            counts->of[t * size + (uint32_t)two]++;
            counts->of[(t + 1) * size + (two >> 32)]++;
        }
    }
    for (; i < n; i++)
        counts->of[key[i]]++;
}

/*
 * Keys are counted some turns later than they are made, in the same loop: making them keeps the arithmetic
 * units busy, counting the memory's. Key i has its place in the ring until key i + COUNT_LAG is there.
 */
#define COUNT_LAG 64

struct key_ring {
    int32_t key[2 * COUNT_LAG];
};

/* What is counted before there are any is the key that nobody asks for. */
INLINE void ring_init(struct key_ring *ring, size_t size)
{
    for (size_t i = COUNT_LAG; i < MM_COUNT(ring->key); i++)
        ring->key[i] = (int32_t)size - 1;
}

INLINE int32_t *ring_place(struct key_ring *ring, size_t i)
{
    return ring->key + i % MM_COUNT(ring->key);
}

/* Count the COUNT_STEP keys that are COUNT_LAG before key i, a multiple of COUNT_STEP. */
INLINE void ring_count(struct key_ring *ring, struct counts *counts, size_t size, size_t tables, size_t i)
{
    count_in(counts, size, tables, ring_place(ring, i + COUNT_LAG), COUNT_STEP);
}

/* All that are left, when key i would be the next. */
INLINE void ring_finish(struct key_ring *ring, struct counts *counts, size_t size, size_t tables, size_t i)
{
    for (size_t k = 0; k < COUNT_LAG; k += COUNT_STEP)
        ring_count(ring, counts, size, tables, i + k);
}

/* All tables into the first one: counts->of[key] is how many there were. */
INLINE void counts_sum(struct counts *counts, size_t size, size_t tables)
{
    for (size_t i = 0; i < size; i += U32_LANES) {
        u32v sum = {0}, more;

        for (size_t t = 0; t < tables; t++) {
            memcpy(&more, &counts->of[t * size + i], sizeof(more));
            sum += more;
        }
        memcpy(&counts->of[i], &sum, sizeof(sum));
    }
}
