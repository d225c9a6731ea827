/* The Histogram tab: looks, its keys, and what has no histogram. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#define OPEN(name) "/ \"" name "\" Enter Enter 1\n"

static void golden_histogram(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1") "2");
    small_goldens(small, "layer-histogram");
}

static void golden_error_histogram(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("quant") "2 d");
    small_goldens(small, "layer-error-histogram");
}

static void histogram_keys(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1") "2");
    assert_true(small_shows(small, "range: all   counts: log   bins: 71"));
    small_keys(small, "L");
    assert_true(small_shows(small, "counts: linear"));
    small_keys(small, "+");
    assert_true(small_shows(small, "bins: 128"));
    small_keys(small, "+ + + +"); /* stops at the finest */
    assert_true(small_shows(small, "bins: 512"));
    small_keys(small, "- - - - - - - - - -");
    assert_true(small_shows(small, "bins: 8"));
    small_keys(small, "r");
    assert_true(small_shows(small, "range: middle 99.9%"));
    small_keys(small, "r");
    assert_true(small_shows(small, "range: around zero"));
    assert_true(small_shows(small, "outside")); /* 1..8 spread by 2.3: most of it is elsewhere */
    small_keys(small, "r");
    assert_true(small_shows(small, "range: all"));
    small_keys(small, "d");
    assert_true(small_shows(small, "|s - d| by powers of two; 7 exactly equal"));
    assert_true(small_shows(small, "2^-4")); /* 0.0625 */
}

static void histograms_that_cannot_be(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("gather") "2");
    assert_true(small_shows(small, "8 are there"));
    small_keys(small, "q g\n" OPEN("reshape") "2");
    assert_true(small_shows(small, "shapes differ: 2x3 and 4"));
    small_keys(small, "q g\n" OPEN("dropout") "2 d"); /* one side only: there is no error */
    assert_true(small_shows(small, "range: all"));
    small_keys(small, "q g\n" OPEN("input") "2 d");
    assert_true(small_shows(small, "src and dst are equal everywhere"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(golden_histogram),
        TEST(golden_error_histogram),
        TEST(histogram_keys),
        TEST(histograms_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
