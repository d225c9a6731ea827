#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "format/same_separator.h"

static const struct mm_same_separator lines = {.name = "float_val", .real = true, .in_list = false};
static const struct mm_same_separator list = {.name = "float_val", .real = true, .in_list = true};
static const struct mm_same_separator whole = {.name = "int_val", .real = false, .in_list = true};

static struct mm_lex lex_of(const char *text)
{
    return (struct mm_lex){.file = "x", .begin = text, .at = text, .end = text + strlen(text)};
}

static void gaps(void **state)
{
    static const struct {
        const char *text;
        const struct mm_same_separator *spelling;
        size_t gap;
    } cases[] = {
        {"\nfloat_val: 1", &lines, 12},
        {" float_val:nan\n", &lines, 11},
        {"\nfloat_val : 1", &lines, 0},
        {"\ndouble_val: 1", &lines, 0},
        {"\nfloat_val: # 1\n2", &lines, 0},
        {"\nfloat_val: x", &lines, 0},
        {"\nfloat_val: [1]", &lines, 0},
        {"\n        float_val: 1", &lines, 0},
        {"\nfloat_val", &lines, 0},
        {", 1", &list, 2},
        {" ,\n -1.5", &list, 4},
        {"] 1", &list, 0},
        {",1.5", &whole, 0},
        {",15", &whole, 1},
        {"", &list, 0},
        {",", &list, 0},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_lex lex = lex_of(cases[i].text);
        assert_int_equal(mm_same_separator_gap(&lex, cases[i].spelling), cases[i].gap);
        assert_ptr_equal(lex.at, cases[i].text);
    }
}

/* Stops before the first value that is not one, or not spelling. */
static void taking(void **state)
{
    static const struct {
        const char *text;
        const struct mm_same_separator *spelling;
        size_t gap, count;
        const char *rest;
    } cases[] = {
        {", 1, 2.5, -3e-05, 4", &list, 2, 4, ""},
        {", 1, inf, -nan, .5, 5., 1e+5, 1.5f, 7]", &list, 2, 8, "]"},
        {", 1, 2,3", &list, 2, 2, ",3"},
        {", 1, 1..5, 3", &list, 2, 1, ", 1..5, 3"},
        {", 1, 2+3, 3", &list, 2, 1, ", 2+3, 3"},
        {", 1, 2x, 3", &list, 2, 1, ", 2x, 3"},
        {", 1, 1e, 3", &list, 2, 1, ", 1e, 3"},
        {", 1, , 3", &list, 2, 1, ", , 3"},
        {", 1, ", &list, 2, 1, ", "},
        {",1,017,3", &whole, 1, 1, ",017,3"},
        {",1,-17,1.5", &whole, 1, 2, ",1.5"},
        {"\nfloat_val: 1\nfloat_val: 2\nfloat_val: \n3", &lines, 12, 2, "\nfloat_val: \n3"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        size_t size = strlen(cases[i].text);
        char *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, cases[i].text, size);
        struct mm_lex lex = {.file = "x", .begin = exact, .at = exact, .end = exact + size};
        assert_int_equal(mm_same_separator_take(&lex, cases[i].spelling, cases[i].gap, INT64_MAX),
                         cases[i].count);
        assert_int_equal(lex.end - lex.at, strlen(cases[i].rest));
        free(exact);
    }
}

static void the_last(void **state)
{
    static const char text[] = ", 1, 2, 3.5] x: [a, b, c]";
    struct mm_lex lex = lex_of(text);
    (void)state;
    assert_ptr_equal(mm_same_separator_last(&lex, &list, 2), strchr(text, ']'));
    lex = lex_of(", 1] x: [a, b]");
    assert_null(mm_same_separator_last(&lex, &list, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps),
        cmocka_unit_test(taking),
        cmocka_unit_test(the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
