/* Against the definition: fewer digits do not read back, the same number of digits does not come closer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "base/shortest.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What printf and strtod say: the least precision that reads back. Digits without trailing zeros. */
static int by_printf(double value, char digits[20], int *point)
{
    char text[40];
    int n = 0;

    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    *point = atoi(strchr(text, 'e') + 1) + 1;
    return n;
}

static void check(double value)
{
    char found[20], expected[20];
    int found_point = 0, expected_point, n = mm_shortest(value, found, &found_point);

    assert_int_equal(n, strlen(found));
    by_printf(value, expected, &expected_point);
    if (strcmp(found, expected) != 0 || found_point != expected_point)
        fail_msg("%.17g: %s, %d", value, found, found_point);
}

static void well_known(void **state)
{
    static const struct {
        double value;
        const char *digits;
        int point;
    } rows[] = {
        {0.1, "1", 0},
        {123456.0, "123456", 6},
        {9007199254740992.0, "9007199254740992", 16}, /* 2^53 */
        {1e22, "1", 23},                              /* 10^22 is a double */
        {1e23, "1", 24},                              /* 10^23 is half way between two */
        {9.5e-323, "94", -322},                       /* 19 of the least: 9.39 */
        {5e-324, "5", -323},
        {2.2250738585072014e-308, "22250738585072014", -307}, /* the least normal: a power of two */
        {1.7976931348623157e308, "17976931348623157", 309},
        {9.109383701e-31, "9109383701", -30},
    };
    char digits[20];
    int point;
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(mm_shortest(rows[i].value, digits, &point), strlen(rows[i].digits));
        assert_string_equal(digits, rows[i].digits);
        assert_int_equal(point, rows[i].point);
    }
    check(DBL_MAX);
    check(9.5367431640625e-07 * 3);
    check(0.3);
    check(2.0 / 3);
    check(99999999999999990.0);
    check(9.9999999999999995e-5);
}

/* Every power of two, where the lower neighbour is half as far: reads back, and one digit less never does. */
static void powers_of_two(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; e++) {
        char digits[20], text[40];
        double value = ldexp(1.0, e);
        int point, n = mm_shortest(value, digits, &point);

        snprintf(text, sizeof(text), "%.1s.%se%d", digits, digits + 1, point - 1);
        assert_true(strtod(text, NULL) == value);
        for (int up = 0; n > 1 && up < 2; up++) { /* the two around it of a digit less */
            unsigned long long fewer = strtoull(digits, NULL, 10) / 10 + (unsigned)up;

            snprintf(text, sizeof(text), "%llue%d", fewer, point - n + 1);
            assert_false(strtod(text, NULL) == value);
        }
    }
}

/* Decimals of few digits, whole numbers, and their neighbours. */
static void decimals(void **state)
{
    (void)state;
    for (int k = -30; k < 30; k++) {
        for (int i = 3; i < 2000; i += 7) {
            char text[40];
            double value;

            snprintf(text, sizeof(text), "%de%d", i, k);
            value = strtod(text, NULL);
            check(value);
            check(nextafter(value, 0));
            check(nextafter(value, INFINITY));
        }
    }
}

static void random_bits(void **state)
{
    int count = getenv("MMTUI_LONG") ? 10000000 : 100000;
    uint64_t random = 1;
    (void)state;

    for (int i = 0; i < count; i++) {
        double value;

        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = (random ^ random >> 29) & 0x7fffffffffffffffu;
        if (i % 16 == 0) /* below the normal numbers */
            bits &= 0xfffffffffffffu;
        memcpy(&value, &bits, sizeof(value));
        if (value > 0 && value <= DBL_MAX)
            check(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known),
        cmocka_unit_test(powers_of_two),
        cmocka_unit_test(decimals),
        cmocka_unit_test(random_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
