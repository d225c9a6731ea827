/* Sums of tensors large enough to be divided: same digits whoever adds, and what stops them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"
#include "compare/total.h"
#include "unit/compare/team.h"

#include <stdio.h>

#include <stdlib.h>
#include <string.h>

#define COUNT (MM_WHOLE + 3 * MM_PIECE + 4097)

static float *values(uint64_t random)
{
    float *x = malloc((size_t)COUNT * sizeof(*x));

    for (int64_t i = 0; i < COUNT; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        x[i] = (float)(int32_t)(random >> 32) * 1e-7f;
    }
    x[COUNT - 2] = 1e6f; /* an extreme in the last piece */
    return x;
}

static struct mm_work work_of(const struct mm_tensor *s, const struct mm_tensor *d)
{
    return (struct mm_work){.s = s,
                            .d = d,
                            .limits = {.small = 1e-6, .atol = 1e-8, .rtol = 1e-5},
                            .factor = 1.0,
                            .pass = {.name_s = "s", .name_d = "d"}};
}

/* ---- tests ---- */

/* Merged by hand from sums over [0, 1 M), [1 M, 2 M) ...: what every division must give, to the last bit. */
static void by_hand(const float *s, const float *d, const struct mm_limits *limits, struct mm_sums *out)
{
    mm_sums_init(out);
    for (int64_t first = 0; first < COUNT; first += MM_PIECE) {
        struct mm_sums sums;

        mm_sums_init(&sums);
        for (int64_t at = first; at < first + MM_PIECE && at < COUNT; at += MM_TILE) {
            int64_t n = COUNT - at < MM_TILE ? COUNT - at : MM_TILE;

            mm_kernels()->measure_float(&sums, limits, s + at, d + at, (size_t)n, at);
        }
        mm_sums_merge(out, &sums);
    }
}

static void assert_same_sums(const struct mm_sums *a, const struct mm_sums *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->finite, b->finite);
    assert_memory_equal(a->both, b->both, sizeof(a->both));
    assert_memory_equal(&a->s, &b->s, sizeof(a->s));
    assert_memory_equal(&a->d, &b->d, sizeof(a->d));
    assert_true(a->max_abs == b->max_abs && a->max_abs_at == b->max_abs_at);
    assert_true(a->max_rel == b->max_rel && a->max_rel_at == b->max_rel_at);
    assert_true(a->greater == b->greater && a->less == b->less && a->beyond == b->beyond);
}

static void the_same_digits_whoever_adds(void **state)
{
    const struct mm_shape shape = {1, {COUNT}};
    const struct mm_centre centre = {0.5, 0.25, 0.5, 0.25, 1.01, 0.125, 0.99};
    float *s = values(1), *d = values(2);
    struct mm_tensor src, dst;
    struct mm_run run[2];
    struct mm_sums alone, together, expected;
    struct mm_centred centred, centred_together;
    struct team team;
    (void)state;

    mm_tensor_raw(&src, MM_F32, &shape, s, &run[0]);
    mm_tensor_raw(&dst, MM_F32, &shape, d, &run[1]);
    struct mm_work work = work_of(&src, &dst);
    by_hand(s, d, &work.limits, &expected);
    assert_int_equal(mm_total_sums(&work, &alone, NULL), 0);
    assert_same_sums(&alone, &expected);
    assert_int_equal(alone.s.max_at, COUNT - 2);
    assert_int_equal(mm_total_centred(&work, &centre, &centred, NULL), 0);
    team_open(&team);
    work.helpers = &team.helpers;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(mm_total_sums(&work, &together, NULL), 0);
        assert_same_sums(&together, &expected);
        assert_int_equal(mm_total_centred(&work, &centre, &centred_together, NULL), 0);
        assert_memory_equal(&centred_together, &centred, sizeof(centred));
    }
    team_close(&team);
    free(s);
    free(d);
}

/* What can't be divided (here: varints, one a byte) has the same digits as the same values that can. */
static void varints_have_the_digits_of_bytes(void **state)
{
    const struct mm_shape shape = {1, {COUNT}};
    uint8_t *bytes = malloc((size_t)COUNT);
    struct mm_tensor raw, packed;
    struct mm_run run[2];
    struct mm_sums of_raw, of_packed;
    struct team team;
    (void)state;

    for (int64_t i = 0; i < COUNT; i++)
        bytes[i] = (uint8_t)((i * 37 ^ i >> 9) & 127);
    mm_tensor_raw(&raw, MM_U8, &shape, bytes, &run[0]);
    mm_tensor_raw(&packed, MM_U8, &shape, bytes, &run[1]);
    packed.encoding = MM_ENC_VARINT;
    team_open(&team);
    struct mm_work work = work_of(&raw, &raw), mixed = work_of(&packed, &raw);
    work.helpers = mixed.helpers = &team.helpers;
    assert_int_equal(mm_total_sums(&work, &of_raw, NULL), 0);
    assert_int_equal(mm_total_sums(&mixed, &of_packed, NULL), 0);
    assert_same_sums(&of_packed, &of_raw);
    team_close(&team);
    free(bytes);
}

/* A number that is not there, in the last piece: its place is told. */
static void a_value_that_can_not_be_read(void **state)
{
    const struct mm_shape shape = {1, {COUNT}};
    uint8_t *bytes = calloc((size_t)COUNT, 1);
    struct mm_tensor raw, packed;
    struct mm_run run[2];
    struct mm_sums sums;
    struct mm_err err;
    char expected[80];
    (void)state;

    mm_tensor_raw(&raw, MM_U8, &shape, bytes, &run[0]);
    mm_tensor_raw(&packed, MM_U8, &shape, bytes, &run[1]);
    packed.encoding = MM_ENC_VARINT;
    bytes[COUNT - 1] = 0x80;
    struct mm_work work = work_of(&raw, &packed);
    assert_int_equal(mm_total_sums(&work, &sums, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    snprintf(expected, sizeof(expected), "d: element %lld of %lld can't be read", (long long)COUNT - 1,
             (long long)COUNT);
    assert_string_equal(err.text, expected);
    assert_true(work.pass.failed_dst);
    /* the same where pieces are given away: runs that are shorter than they say */
    run[0].size = (size_t)(MM_WHOLE + 5);
    work = work_of(&raw, &raw);
    assert_int_equal(mm_total_sums(&work, &sums, &err), -1);
    snprintf(expected, sizeof(expected), "s: element %lld of %lld can't be read", (long long)MM_WHOLE,
             (long long)COUNT);
    assert_string_equal(err.text, expected);
    free(bytes);
}

/* Stopped after so many tiles: not one more is read. */
static void stopping_in_the_middle(void **state)
{
    const struct mm_shape shape = {1, {COUNT}};
    uint8_t *bytes = calloc((size_t)COUNT, 1);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_tile_float tile;
    struct mm_err err;
    struct mm_sums sums;
    atomic_bool stop = false;
    size_t n;
    (void)state;

    mm_tensor_raw(&tensor, MM_U8, &shape, bytes, &run);
    struct mm_pass pass = {.cancel = &stop, .name_s = "s", .name_d = "d"};
    mm_pass_start(&pass, &tensor, &tensor);
    mm_pass_range(&pass, MM_PIECE, 2 * MM_PIECE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mm_pass_float(&pass, &tile, &n, &err), 0);
    atomic_store(&stop, true);
    assert_int_equal(mm_pass_float(&pass, &tile, &n, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_int_equal(pass.base, MM_PIECE + 3 * MM_TILE);
    assert_int_equal(pass.s.index, MM_PIECE + 3 * MM_TILE);
    struct mm_work work = work_of(&tensor, &tensor);
    work.pass.cancel = &stop;
    assert_int_equal(mm_total_sums(&work, &sums, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    free(bytes);
}

static void small_and_empty(void **state)
{
    const float x[] = {1, 2, 3};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_sums sums;
    (void)state;

    for (int64_t n = 0; n <= 3; n++) {
        mm_tensor_raw(&tensor, MM_F32, &(struct mm_shape){1, {n}}, x, &run);
        struct mm_work work = work_of(&tensor, &tensor);
        assert_int_equal(mm_total_sums(&work, &sums, NULL), 0);
        assert_int_equal(sums.count, n);
        assert_true(mm_acc_value(&sums.both[MM_SUM_S]) == (double)(n * (n + 1) / 2));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_digits_whoever_adds),
        cmocka_unit_test(varints_have_the_digits_of_bytes),
        cmocka_unit_test(a_value_that_can_not_be_read),
        cmocka_unit_test(stopping_in_the_middle),
        cmocka_unit_test(small_and_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
