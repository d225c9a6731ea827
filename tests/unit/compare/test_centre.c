/* The fit from the first pass's sums and from the second's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "mmtui/compare.h"
#include "compare/centre.h"

#define N 4

static void sum_up(struct mm_sums *sums, const double *s, const double *d)
{
    const struct mm_limits limits = {1e-6, 1e-8, 1e-5};

    mm_sums_init(sums);
    mm_kernels()->measure_double(sums, &limits, s, d, N, 0);
}

/* Whichever way it is computed. */
static void check(const double *s, const double *d, double scale, double offset, double residual)
{
    struct mm_centred centred = {0};
    struct mm_centre centre;
    struct mm_sums sums;
    double got[2][3];

    sum_up(&sums, s, d);
    mm_metric_fit(&sums, &got[0][0], &got[0][1], &got[0][2]);
    mm_metrics_need_centre(&sums, &centre);
    mm_kernels()->centre_double(&centred, &centre, s, d, N);
    mm_centred_fit(&sums, &centre, &centred, &got[1][0], &got[1][1], &got[1][2]);
    for (int way = 0; way < 2; way++)
        if (fabs(got[way][0] - scale) > 1e-12 || fabs(got[way][1] - offset) > 1e-12 ||
            fabs(got[way][2] - residual) > 1e-7)
            fail_msg("way %d: %.17g %.17g %.17g", way, got[way][0], got[way][1], got[way][2]);
}

/* numpy.polyfit(s, d, 1) and sqrt(sum(residuals²) / sum(d²)) */
static void lines(void **state)
{
    const double s[] = {1, 2, 3, 4}, d[] = {0, 3, 3, 2}, twice[] = {3, 5, 7, 9}, down[] = {-1, -2, -3, -4};
    const double same[] = {5, 5, 5, 5}, zero[] = {0, 0, 0, 0}, alternating[] = {1, -1, 1, -1};

    (void)state;
    check(s, d, 0.6, 0.5, 0.4369314487526527);
    check(s, twice, 2, 1, 0);
    check(s, down, -1, 0, 0);
    check(s, s, 1, 0, 0);
    check(s, same, 0, 5, 0);
    check(s, zero, 0, 0, 0);
    check(same, s, 1, -2.5, sqrt(5.0 / 30.0)); /* nothing is known of the scale */
    check(zero, zero, 1, 0, 0);
    check(zero, alternating, 1, 0, 1);
}

static void nothing_to_fit(void **state)
{
    const double s[] = {NAN, NAN, INFINITY, NAN}, d[] = {1, 2, 3, 4};
    double scale, offset, residual;
    struct mm_centre centre;
    struct mm_sums sums;

    (void)state;
    sum_up(&sums, s, d);
    mm_metric_fit(&sums, &scale, &offset, &residual);
    assert_true(isnan(scale) && isnan(offset) && isnan(residual));
    mm_metrics_need_centre(&sums, &centre);
    assert_true(centre.own_d == 2.5 && centre.own_s == 0);
    mm_sums_init(&sums);
    mm_metric_fit(&sums, &scale, &offset, &residual);
    assert_true(scale == 1 && offset == 0 && residual == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(nothing_to_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
