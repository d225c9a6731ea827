/* Quantiles against values known by construction; numpy.quantile(abs(s - d), q, method="lower") gives the
 * same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"
#include "compare/quantile.h"
#include "compare/total.h"
#include "unit/pair/pair_files.h"
#include "unit/compare/team.h"

#include <float.h>
#include <math.h>

static void of(struct mm_quantiles *out, enum mm_dtype dtype, const void *s, const void *d, int64_t n)
{
    const struct mm_shape shape = {1, {n}};
    struct mm_tensor src, dst;
    struct mm_run run[2];
    struct mm_err err;

    mm_tensor_raw(&src, dtype, &shape, s, &run[0]);
    mm_tensor_raw(&dst, dtype, &shape, d, &run[1]);
    if (mm_quantiles_tensors(&src, &dst, NULL, out, &err))
        fail_msg("%s", err.text);
}

static void check(const struct mm_quantiles *q, int64_t n, double p50, double p90, double p99, double p999)
{
    assert_int_equal(q->count, n);
    if (q->p50 != p50 || q->p90 != p90 || q->p99 != p99 || q->p999 != p999)
        fail_msg("%.17g %.17g %.17g %.17g", q->p50, q->p90, q->p99, q->p999);
}

/* |e| = 0 .. 1000 in a scrambled order (8 and 1001 have no common factor): places 500, 900, 990, 999. */
static void places(void **state)
{
    float s[1001], d[1001];
    struct mm_quantiles q;
    (void)state;

    for (int i = 0; i < 1001; i++) {
        s[i] = 3;
        d[i] = 3 + (i % 2 ? 1.0f : -1.0f) * (float)(i * 8 % 1001);
    }
    of(&q, MM_F32, s, d, 1001);
    check(&q, 1001, 500, 900, 990, 999);
    of(&q, MM_F32, s, d, 1); /* one value is every quantile */
    check(&q, 1, 0, 0, 0, 0);
    of(&q, MM_F32, s + 1, d + 1, 1);
    check(&q, 1, 8, 8, 8, 8);
    of(&q, MM_F32, s, d, 2); /* floor(0.999 * 1) = 0 */
    check(&q, 2, 0, 0, 0, 0);
}

/* Sorted: 1e-300, 2.5, the next double after 2.5, 1e300, Inf; places floor(q * 4) = 2, 3, 3, 3. */
static void doubles_to_the_last_bit(void **state)
{
    const double d[] = {2.5, -1e300, 1e-300, 2.5 + 0x1p-51, DBL_MAX, -INFINITY};
    const double s[] = {0, 0, 0, 0, -DBL_MAX, 0}; /* DBL_MAX - -DBL_MAX is Inf, and both are finite */
    struct mm_quantiles q;
    (void)state;

    of(&q, MM_F64, s, d, 6);
    check(&q, 5, 2.5 + 0x1p-51, 1e300, 1e300, 1e300);
    of(&q, MM_F64, s, d, 4);
    check(&q, 4, 2.5, 2.5 + 0x1p-51, 2.5 + 0x1p-51, 2.5 + 0x1p-51);
}

/* Differences of floats that no float holds: 16777217, 16777216.5, 16777215.5. */
static void differences_are_not_rounded_to_floats(void **state)
{
    const float s[] = {16777216, 16777216, 16777216}, d[] = {-1, -0.5f, 0.5f};
    struct mm_quantiles q;
    (void)state;

    of(&q, MM_F32, s, d, 3);
    check(&q, 3, 16777216.5, 16777216.5, 16777216.5, 16777216.5);
}

static void non_finite_positions_do_not_count(void **state)
{
    const float s[] = {NAN, INFINITY, 1, 2, 5}, d[] = {0, INFINITY, NAN, 2, 7};
    struct mm_quantiles q;
    (void)state;

    of(&q, MM_F32, s, d, 5);
    check(&q, 2, 0, 0, 0, 0);
    of(&q, MM_F32, s, d, 3);
    assert_true(q.count == 0 && isnan(q.p50) && isnan(q.p999));
    of(&q, MM_F32, s, d, 0);
    assert_true(q.count == 0 && isnan(q.p90));
}

/* 90 % of all are equal: ties. */
static void ties(void **state)
{
    static int8_t s[20000], d[20000];
    struct mm_quantiles q;
    (void)state;

    for (int i = 0; i < 20000; i++)
        d[i] = (int8_t)(i % 10 == 9 ? -(i / 10 % 100) - 1 : 0); /* 2000 of 1 .. 100, 20 each */
    of(&q, MM_I8, s, d, 20000);
    /* places 9999, 17999, 19799, 19979: zeros end at 17999; then 20 of each: (19799 - 18000) / 20 = 89 ->
     * 90 */
    check(&q, 20000, 0, 0, 90, 99);
}

/* Against sorting, on 100,000 values of all magnitudes. */
static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void against_sorting(void **state)
{
    const int64_t n = 100000;
    double *s = malloc((size_t)n * sizeof(*s)), *d = malloc((size_t)n * sizeof(*d));
    struct mm_quantiles q;
    uint64_t random = 1;
    (void)state;

    for (int64_t i = 0; i < n; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        s[i] = 0;
        d[i] = ldexp((double)(random >> 11) - 0x1p52, (int)(random >> 58) - 80);
    }
    of(&q, MM_F64, s, d, n);
    for (int64_t i = 0; i < n; i++)
        d[i] = fabs(d[i]);
    qsort(d, (size_t)n, sizeof(*d), ascending);
    check(&q, n, d[49999], d[89999], d[98999], d[99899]);
    free(s);
    free(d);
}

static void failures(void **state)
{
    const float x[] = {1, 2};
    struct mm_tensor a, b;
    struct mm_run run[2];
    struct mm_quantiles q;
    struct mm_err err;
    atomic_bool stop = true;
    (void)state;

    mm_tensor_raw(&a, MM_F32, &(struct mm_shape){1, {2}}, x, &run[0]);
    mm_tensor_raw(&b, MM_F32, &(struct mm_shape){1, {1}}, x, &run[1]);
    assert_int_equal(mm_quantiles_tensors(&a, &b, NULL, &q, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_quantiles_tensors(&a, &a, &stop, &q, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
}

static void of_a_pair(void **state)
{
    const float s[] = {1, 2, 3}, d[] = {1, 2.5f, 5};
    struct pair_files files;
    struct mm_quantiles q;
    struct mm_err err;
    (void)state;

    pair_files_init(&files);
    pair_files_put(&files, 0, "1_a.npy", MM_F32, (struct mm_shape){1, {3}}, s);
    assert_int_equal(mm_pair_quantiles(&files.pair, NULL, NULL, &q, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    pair_files_put(&files, 1, "2_a.pb", MM_F32, (struct mm_shape){1, {3}}, d);
    assert_int_equal(mm_pair_quantiles(&files.pair, NULL, NULL, &q, &err), 0);
    check(&q, 3, 0.5, 0.5, 0.5, 0.5);
    pair_files_put(&files, 1, "2_b.pb", MM_F32, (struct mm_shape){1, {2}}, d);
    assert_int_equal(mm_pair_quantiles(&files.pair, NULL, NULL, &q, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    pair_files_done(&files);
}

/* Large enough to be shared out: |e| = i / 1024 of every i below a prime, in a scrambled order. */
static void the_same_together(void **state)
{
    enum { N = 8404127 };
    const struct mm_entry side = {.label = "t"};
    const struct mm_pair pair = {.name = "t", .src = &side, .dst = &side};
    const struct mm_shape shape = {1, {N}};
    float *s = calloc(N, sizeof(*s)), *d = malloc(N * sizeof(*d));
    struct mm_pair_tensors tensors = {.has_src = true, .has_dst = true, .match = MM_MATCH_SAME};
    struct mm_run run[2];
    struct mm_quantiles q;
    struct team team;
    bool failed_dst;
    struct mm_err err;

    (void)state;
    _Static_assert(N > 2 * MM_WHOLE, "not shared out");
    assert_true(s && d);
    for (int64_t i = 0; i < N; i++)
        d[i] = (float)(i * 1009 % N) / 1024.0f;
    mm_tensor_raw(&tensors.s, MM_F32, &shape, s, &run[0]);
    mm_tensor_raw(&tensors.d, MM_F32, &shape, d, &run[1]);
    team_open(&team);
    assert_int_equal(mm_pair_tensors_quantiles(&tensors, &pair, &team.helpers, NULL, &q, &failed_dst, &err),
                     0);
    assert_true(atomic_load(&team.joined) > 0);
    check(&q, N, 4202063 / 1024.0, 7563713 / 1024.0, 8320084 / 1024.0, 8395721 / 1024.0);
    assert_int_equal(mm_pair_tensors_quantiles(&tensors, &pair, NULL, NULL, &q, &failed_dst, &err), 0);
    check(&q, N, 4202063 / 1024.0, 7563713 / 1024.0, 8320084 / 1024.0, 8395721 / 1024.0);
    team_close(&team);
    free(s);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(doubles_to_the_last_bit),
        cmocka_unit_test(differences_are_not_rounded_to_floats),
        cmocka_unit_test(non_finite_positions_do_not_count),
        cmocka_unit_test(ties),
        cmocka_unit_test(against_sorting),
        cmocka_unit_test(failures),
        cmocka_unit_test(of_a_pair),
        cmocka_unit_test(the_same_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
