#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

enum { PLANES = 3 };

/* A window of `size`, its middle at (y, x): kernel values, or their mean. What lies outside is `fill`, or (NaN) the
 * nearest value inside. */
static double window(const double *in, int height, int width, int y, int x, int size, const double *kernel,
                     double fill)
{
    double sum = 0;
    for (int i = 0; i < size * size; i++) {
        int row = y + i / size - size / 2, column = x + i % size - size / 2;
        bool outside = row < 0 || row >= height || column < 0 || column >= width;
        int near_row = row < 0 ? 0 : row >= height ? height - 1 : row;
        int near_column = column < 0 ? 0 : column >= width ? width - 1 : column;
        double value = outside && !isnan(fill) ? fill : in[near_row * width + near_column];
        sum += kernel[i] * value;
    }
    return sum;
}

/* A convolution padded with zeros, and with something else: kernels of 3 and 7, planes first and last. */
static void padded_with(void **state)
{
    (void)state;
    static const struct {
        int height, width, size;
        bool last;
        double fill;
        const char *sentence;
    } rows[] = {{12, 15, 3, false, NAN, "only the border is off (top, bottom, left, right, 1 deep)"},
                {12, 15, 3, true, 2, "only the border is off (top, bottom, left, right, 1 deep)"},
                {20, 24, 7, false, 3, "only the border is off (top, bottom, left, right, 3 deep)"},
                {7, 7, 3, false, 2, "only the border is off (top, bottom, left, right, 1 deep)"},
                {6, 6, 3, true, 2, "only the border is off (top, bottom, left, right, 1 deep)"}};
    for (size_t n = 0; n < MM_COUNT(rows) * NOISES; n++) {
        size_t row = n % MM_COUNT(rows);
        int height = rows[row].height, width = rows[row].width, area = height * width;
        struct fault f;
        uint64_t seed = 11 + n;
        double kernel[49], *in = malloc((size_t)area * sizeof *in);
        assert_non_null(in);
        fault_init(&f,
                   rows[row].last ? shape_of(4, 1, height, width, PLANES)
                                  : shape_of(4, 1, PLANES, height, width),
                   n);
        for (int k = 0; k < 49; k++)
            kernel[k] = normal(&seed);
        for (int c = 0; c < PLANES; c++) {
            for (int i = 0; i < area; i++)
                in[i] = normal(&seed);
            for (int i = 0; i < area; i++) {
                int to = rows[row].last ? i * PLANES + c : c * area + i;
                f.s[to] = window(in, height, width, i / width, i % width, rows[row].size, kernel, 0);
                f.d[to] =
                    window(in, height, width, i / width, i % width, rows[row].size, kernel, rows[row].fill);
            }
        }
        add_noise(&f, (enum noise)(n / MM_COUNT(rows)));
        f.c.op_type = "Conv";
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_BORDERS, n < 2 * MM_COUNT(rows) ? 0.9 : 0.8, rows[row].sentence);
        free(in);
        fault_done(&f);
    }
}

/* First row and column only, as (0,1) pads for (1,1): what was read there is another row. */
static void one_corner(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, shape_of(4, 2, 4, 12, 10), 31);
    for (int64_t i = 0; i < f.count; i++) {
        bool first = i % 10 == 0 || i / 10 % 12 == 0;
        f.d[i] = first ? 0.6 * f.s[i] + 0.5 * normal(&seed) : f.s[i];
    }
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BORDERS, 0.9, "only the border is off (top, left, 1 deep)");
    fault_done(&f);
}

/* A mean of 3 x 3 by 9, and by as many values as there are: 4 in a corner, 6 at an edge. */
static void average(void **state)
{
    (void)state;
    double ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (int way = 0; way < 2; way++) {
        struct fault f;
        double in[144];
        uint64_t seed = 9;
        fault_init(&f, shape_of(4, 1, 1, 12, 12), 41);
        for (int i = 0; i < 144; i++)
            in[i] = 1 + normal(&seed);
        for (int i = 0; i < 144; i++) {
            int rows = i / 12 % 11 == 0 ? 2 : 3, columns = i % 12 % 11 == 0 ? 2 : 3;
            double sum = window(in, 12, 12, i / 12, i % 12, 3, ones, 0);
            f.s[i] = way ? sum / 9 : sum / (rows * columns);
            f.d[i] = way ? sum / (rows * columns) : sum / 9;
        }
        noise_half(&f);
        f.c.op_type = "AveragePool";
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_BORDERS, 0.9, "only the border is off (top, bottom, left, right, 1 deep)");
        assert_non_null(
            strstr(f.finding[0].evidence, way ? "dst is 1.5 x src there: an average that leaves padding out"
                                              : "dst is 0.667 x src there: an average that counts padding"));
        fault_done(&f);
    }
}

/* The ends of a sequence behind a convolution of one axis. */
static void sequence(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shape_of(3, 1, 12, 40, 1), 51);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i % 40 == 0 ? 0.5 * f.s[i] : f.s[i];
    noise_half(&f);
    f.c.op_type = "Conv";
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_BORDERS, 0.9, "only the border is off (first, 1 deep)");
    fault_done(&f);
}

/* The last rows were never written; all is off; the first channel is off; the first token is another; rounding that is
 * larger at the border. */
static void no_border(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 5;
    fault_init(&f, shape_of(4, 1, 8, 12, 10), 61);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i / 10 % 12 == 11 ? 0 : f.s[i];
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_UNWRITTEN, 0.9, "of axis 2: 11..11");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + 0.3 * normal(&seed);
    fault_find(&f);
    assert_unexplained(&f, 0.3);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i / 120 == 0 ? 0.5 * f.s[i] : f.s[i];
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "border") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + (i % 10 == 0 ? 0.04 : 0.02) * normal(&seed);
    f.c.noise = 0.02;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "border") != 0);
    fault_done(&f);
    fault_init(&f, shape_of(3, 1, 40, 24, 1), 62);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = i < 24 ? 0.3 * f.s[i] + normal(&seed) : f.s[i];
    f.c.op_type = "Add";
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "border") != 0);
    fault_done(&f);
}

/* Three wrong values that happen to lie at the border of one plane of sixteen. */
static void few_values(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 7;
    fault_init(&f, shape_of(4, 1, 16, 7, 7), 71);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] * (1 + 1e-3 * normal(&seed));
    f.d[49 * 5 + 3] += 6;
    f.d[49 * 5 + 14] -= 7;
    f.d[49 * 5 + 21] += 5;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "border") != 0);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(padded_with), cmocka_unit_test(one_corner),
                                       cmocka_unit_test(average),     cmocka_unit_test(sequence),
                                       cmocka_unit_test(no_border),   cmocka_unit_test(few_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
