#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include <stdio.h>

/* d of a 3-axis tensor from s by coordinates. */
typedef int64_t (*source_of)(int64_t i, int64_t j, int64_t k, const int64_t dim[3]);

static void arrange(struct fault *f, const int64_t dim[3], source_of source)
{
    int64_t at = 0;
    for (int64_t i = 0; i < dim[0]; i++)
        for (int64_t j = 0; j < dim[1]; j++)
            for (int64_t k = 0; k < dim[2]; k++, at++) {
                int64_t from = source(i, j, k, dim);
                f->d[at] = from < 0 ? 0 : f->s[from];
            }
}

static int64_t flat(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return (i * dim[1] + j) * dim[2] + k;
}

static int64_t reversed(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(dim[0] - 1 - i, j, k, dim);
}
static int64_t mirrored(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(i, j, dim[2] - 1 - k, dim);
}
static int64_t upside_down(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(i, dim[1] - 1 - j, k, dim);
}
static int64_t half_turn(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(i, dim[1] - 1 - j, dim[2] - 1 - k, dim);
}
static int64_t rolled(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(i, j, (k + dim[2] - 1) % dim[2], dim);
}
static int64_t edged(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return flat(i, j + 2 < dim[1] ? j + 2 : dim[1] - 1, k, dim);
}
static int64_t zeroed(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    return j < 1 || k < 1 ? -1 : flat(i, j - 1, k - 1, dim);
}
static int64_t in_memory(int64_t i, int64_t j, int64_t k, const int64_t dim[3])
{
    int64_t count = dim[0] * dim[1] * dim[2];
    return (flat(i, j, k, dim) + 1) % count;
}

static const struct {
    struct mm_shape shape;
    int64_t dim[3];
    int first; /* number of the first of the three axes */
} places[] = {{{3, {3, 32, 32}}, {3, 32, 32}, 0},
              {{4, {1, 3, 48, 192}}, {3, 48, 192}, 1},
              {{4, {1, 20, 14, 14}}, {20, 14, 14}, 1}};

static const struct {
    source_of source;
    enum mm_cause_id cause;
    const char *sentence; /* with places for axes, which are counted from the first of three */
    int axis[2];
} rows[] = {
    {reversed, MM_CAUSE_CHANNELS_REVERSED, "channels reversed", {0}},
    {mirrored, MM_CAUSE_FLIPPED, "axis %d runs backwards", {2}},
    {upside_down, MM_CAUSE_FLIPPED, "axis %d runs backwards", {1}},
    {half_turn, MM_CAUSE_FLIPPED, "axes %d and %d run backwards", {1, 2}},
    {rolled, MM_CAUSE_SHIFTED, "moved by +1 along axis %d", {2}},
    {edged, MM_CAUSE_SHIFTED, "moved by -2 along axis %d", {1}},
    {zeroed, MM_CAUSE_SHIFTED, "moved by +1 along axis %d and by +1 along axis %d", {1, 2}},
    {in_memory, MM_CAUSE_SHIFTED, "moved by -1 in memory", {0}},
};

static void one_arrangement(size_t place, size_t row, enum noise noise)
{
    struct fault f;
    char sentence[96];
    fault_init(&f, places[place].shape, 1000 + 100 * place + row);
    arrange(&f, places[place].dim, rows[row].source);
    add_noise(&f, noise);
    fault_find(&f);
    snprintf(sentence, sizeof sentence, rows[row].sentence, places[place].first + rows[row].axis[0],
             places[place].first + rows[row].axis[1]);
    assert_cause(&f, rows[row].cause, 0.9, sentence);
    fault_done(&f);
}

static void arrangements(void **state)
{
    (void)state;
    for (size_t place = 0; place < MM_COUNT(places); place++)
        for (size_t row = 0; row < MM_COUNT(rows); row++)
            for (int noise = 0; noise < NOISES; noise++)
                one_arrangement(place, row, (enum noise)noise);
}

/* 4 channels, of which the last is alpha; channels behind. */
static void other_colours(void **state)
{
    (void)state;
    struct fault f;
    static const int64_t bgra[4] = {2, 1, 0, 3};
    fault_init(&f, (struct mm_shape){3, {20, 24, 4}}, 5);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i / 4 * 4 + bgra[i % 4]];
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNELS_REVERSED, 0.95, "channels reversed (RGBA/BGRA): corrected");
    fault_done(&f);
    fault_init(&f, (struct mm_shape){4, {1, 20, 24, 3}}, 6);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i / 3 * 3 + 2 - i % 3];
    noise_int8(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CHANNELS_REVERSED, 0.95, "channels reversed (RGB/BGR): corrected");
    fault_done(&f);
}

static void vector(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){2, {1, 400}}, 7);
    for (int64_t i = 0; i < 400; i++)
        f.d[i] = f.s[399 - i];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_FLIPPED, 0.99, "axis 1 runs backwards: corrected, the error is 0");
    for (int64_t i = 0; i < 400; i++)
        f.d[i] = f.s[i < 3 ? 0 : i - 3];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SHIFTED, 0.99, "moved by +3 along axis 1: corrected, the error is 0");
    assert_non_null(strstr(f.finding[0].evidence, "the edge repeated"));
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrangements),
        cmocka_unit_test(other_colours),
        cmocka_unit_test(vector),
    };
    return cmocka_run_group_tests_name("triage/cause_order", tests, NULL, NULL);
}
