#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include <float.h>
#include <math.h>

struct row {
    double value;
    const char *text;
};

static void repr_of_known_values(void **state)
{
    (void)state;
    /* printed by Python 3 */
    static const struct row rows[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-4.0, "-4.0"},
        {0.1, "0.1"},
        {-0.1, "-0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e-4, "0.0001"},
        {1.5e-4, "0.00015"},
        {1e-5, "1e-05"},
        {9.999e-5, "9.999e-05"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {9999999999999998.0, "9999999999999998.0"},
        {1234567890123456.7, "1234567890123456.8"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {5e-324, "5e-324"},
        {1.5e-323, "1.5e-323"},
        {4e-320, "4e-320"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {-DBL_MAX, "-1.7976931348623157e+308"},
        {0x1p-44, "5.684341886080802e-14"},
        {9007199254740993.0, "9007199254740992.0"},
        {1e100, "1e+100"},
        {1e-100, "1e-100"},
        {65504.0, "65504.0"},
        {NAN, "nan"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
    };
    char text[MM_NUM];
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(mm_num_repr(text, rows[i].value), rows[i].text);
    assert_int_equal(mm_num_repr_size(text, -INFINITY), 4);
    assert_int_equal(mm_num_repr_size(text, -0.0), 4);
}

/* Every power of two, and random bit patterns: each with what Python makes of it. */
static void repr_is_pythons(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *printed =
        python(folder, "import random, struct\n"
                       "random.seed(1)\n"
                       "def show(x):\n"
                       "    if x == x and abs(x) != float('inf'):\n"
                       "        print(x.hex(), repr(x))\n"
                       "for e in range(-1074, 1024): show(2.0 ** e); show(-(3 * 2.0 ** (e - 1)))\n"
                       "for i in range(6000): show(struct.unpack('d', random.randbytes(8))[0])\n"
                       "for i in range(2000): show(random.randrange(1 << 52) * 5e-324)\n"
                       "for i in range(2000): show(random.randrange(10 ** 6) / 10 ** random.randrange(12))\n"
                       "for i in range(2000): show(float(random.randrange(1 << 62)))\n");
    size_t seen = 0;
    for (char *line = strtok(printed, "\n"); line; line = strtok(NULL, "\n"), seen++) {
        char text[MM_NUM];
        char *expected;
        double value = strtod(line, &expected);
        assert_int_equal(mm_num_repr_size(text, value), strlen(expected + 1));
        if (strcmp(text, expected + 1) != 0)
            fail_msg("%s: got %s", line, text);
    }
    assert_true(seen > 15000);
    free(printed);
    drop_folder(folder);
}

static void figures_for_tables(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {0.234, "2.34e-1"},
        {-0.234, "-2.34e-1"},
        {1.2e5, "1.20e5"},
        {6.9, "6.90"},
        {1, "1.00"},
        {9.994, "9.99"},
        {9.996, "10.0"},
        {42, "42.0"},
        {99.96, "100"},
        {999.4, "999"},
        {999.5, "1.00e3"},
        {0.99949, "9.99e-1"},
        {0.9996, "1.00"}, /* not 1.00e0 */
        {-0.99999, "-1.00"},
        {0.009996, "1.00e-2"},
        {1e-10, "1.00e-10"},
        {-1e-10, "-1.0e-10"},
        {1.23e-300, "1.2e-300"},
        {-1.23e-300, "-1e-300"},
        {5e-324, "4.9e-324"},
        {DBL_MAX, "1.80e308"},
        {-DBL_MAX, "-1.8e308"},
        {NAN, "NaN"},
        {INFINITY, "Inf"},
        {-INFINITY, "-Inf"},
    };
    char text[MM_NUM];
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(mm_num_sci(text, rows[i].value), rows[i].text);
    for (int e = -1074; e < 1024; e++) {
        assert_true(strlen(mm_num_sci(text, ldexp(1.0, e))) <= 8);
        assert_true(strlen(mm_num_sci(text, ldexp(-1.999, e))) <= 8);
    }
}

static void short_figures(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *text;
    } rows[] = {
        {3.11, 3, "3.11"},
        {65504, 2, "65504"},
        {65504, 5, "65504"},
        {123456.7, 2, "1.2e5"},
        {0.05, 3, "0.05"},
        {-0.0, 3, "0"},
        {1e7, 3, "1e7"},
        {9999999, 3, "9999999"},
        {0.00001, 3, "1e-5"},
        {1.0 / 3, 0, "0.3"},
        {0.1, 99, "0.10000000000000001"},
        {NAN, 3, "NaN"},
        {-INFINITY, 3, "-Inf"},
        {3.4028234663852886e38, 5, "3.4028e38"},
        {-2.5, 3, "-2.5"},
    };
    char text[MM_NUM];
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(mm_num_short(text, rows[i].value, rows[i].digits), rows[i].text);
}

/* The C library's %.*g, but for the zeros of its exponent. */
static void short_figures_as_printf(void **state)
{
    (void)state;
    uint64_t random = 1;
    char text[MM_NUM], expected[64];
    for (int i = 0; i < 200000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        double value = ldexp((double)(random >> 11), (int)(random % 60) - 80);
        int digits = 1 + i % 6;
        if (i % 3 == 0) /* near the middle between two, and just that */
            value = (double)(random >> 40) / 2e3 + (i % 2 ? 1e-12 : 0);
        if (value == rint(value) && value < 1e7)
            continue;
        snprintf(expected, sizeof expected, "%.*g", digits, i % 2 ? value : -value);
        char *e = strchr(expected, 'e');
        if (e) {
            int exponent = atoi(e + 1);
            snprintf(e + 1, 8, "%d", exponent);
        }
        assert_string_equal(mm_num_short(text, i % 2 ? value : -value, digits), expected);
    }
}

static void cosines(void **state)
{
    (void)state;
    static const struct {
        double value, gap;
        const char *text;
    } rows[] = {
        {1.0, 0.0, "1"},
        {1.0, 3e-9, "1-3e-9"},
        {0.99999994, 6e-8, ".9999999"},
        {0.9999987, 1.3e-6, ".9999987"},
        {0.99996, 4e-5, ".999960"},
        {0.9758, 0.0242, ".9758"},
        {0.97589, 0.02411, ".9758"}, /* cut, not rounded: never nearer to 1 than it is */
        {0.5803, 0.4197, ".5803"},
        {0.5, 0.5, ".5000"},
        {0.0, 1.0, ".0000"},
        {-0.12, 1.12, "-.1200"},
        {-1.0, 2.0, "-1.0000"},
        {NAN, NAN, "NaN"},
    };
    char text[MM_NUM];
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(mm_num_cos(text, rows[i].value, rows[i].gap), rows[i].text);
    for (int i = 0; i <= 10000; i++) { /* what has four digits is shown as it is */
        char expected[MM_NUM];
        snprintf(expected, sizeof expected, ".%04d", i);
        if (i < 9995)
            assert_string_equal(mm_num_cos(text, i / 10000.0, 1 - i / 10000.0), expected);
    }
    for (double gap = 1e-20; gap < 2; gap *= 1.7)
        assert_true(strlen(mm_num_cos(text, 1 - gap, gap)) <= 8);
}

static void counts(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {950, "950"},
        {-9999, "-9999"},
        {9999, "9999"},
        {10000, "10.0k"},
        {27648, "27.6k"},
        {-27648, "-27.6k"},
        {999499, "999k"},
        {999500, "1.00M"},
        {1180000, "1.18M"},
        {2147483648, "2.15G"},
        {INT64_MAX, "9.22E"},
        {INT64_MIN, "-9.22E"},
    };
    char text[MM_NUM];
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(mm_num_count(text, rows[i].value), rows[i].text);
}

static void parses_doubles(void **state)
{
    (void)state;
    static const struct row good[] = {
        {0.05, "0.05"},     {-1e-3, "-1e-3"},         {1, "+1"},    {0.5, ".5"},  {5, "5."},
        {INFINITY, "inf"},  {-INFINITY, "-Infinity"}, {NAN, "NaN"}, {NAN, "nan"}, {INFINITY, "1e400"},
        {5e-324, "5e-324"},
    };
    static const char *const bad[] = {"",    " 1",     "1 ",      "\t1",  "\n1",  "\r1", "\v1",
                                      "\f1", "0x10",   "1,5",     "1.5x", "--1",  "e5",  ".",
                                      "-",   "nan(1)", "infinit", "1e",   "1_000"};
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        double value = 77;
        assert_true(mm_parse_double(good[i].text, &value));
        assert_true(value == good[i].value || (isnan(value) && isnan(good[i].value)));
    }
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        double value = 77;
        if (mm_parse_double(bad[i], &value))
            fail_msg("\"%s\" was taken for a number", bad[i]);
        assert_true(value == 77);
    }
}

static void parses_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"+5", 5},
                {"007", 7},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "--1",
                                      "+-1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        int64_t value = 77;
        assert_true(mm_parse_i64(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        int64_t value = 77;
        if (mm_parse_i64(bad[i], &value))
            fail_msg("\"%s\" was taken for an integer", bad[i]);
        assert_int_equal(value, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repr_of_known_values),
        cmocka_unit_test(repr_is_pythons),
        cmocka_unit_test(figures_for_tables),
        cmocka_unit_test(short_figures),
        cmocka_unit_test(short_figures_as_printf),
        cmocka_unit_test(cosines),
        cmocka_unit_test(counts),
        cmocka_unit_test(parses_doubles),
        cmocka_unit_test(parses_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
