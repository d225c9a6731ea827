#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/pair.h"

#include <string.h>

static void names(void **state)
{
    (void)state;
    unsigned set = 0;
    struct mm_err err;
    assert_int_equal(mm_pair_rungs_parse("case", &set, &err), 0);
    assert_int_equal(set, 1u << MM_PAIR_BY_CASE);
    assert_int_equal(mm_pair_rungs_parse(" graph, exact,", &set, &err), 0); /* one more time adds */
    assert_int_equal(set, 1u << MM_PAIR_BY_CASE | 1u << MM_PAIR_BY_GRAPH | 1u << MM_PAIR_BY_EXACT);
    for (int rung = MM_PAIR_RUNG_FIRST; rung < MM_PAIR_RUNG_COUNT; rung++) {
        const struct mm_pair_rung_info *info = mm_pair_rung_info((enum mm_pair_rung)rung);
        set = 0;
        assert_true(info->help[0]);
        assert_int_equal(mm_pair_rungs_parse(info->name, &set, &err), 0);
        assert_int_equal(set, 1u << rung);
    }
}

/* What a person says can't be switched off, and a set stays as it was when a name is wrong. */
static void wrong_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", ",", "hand", "map", "none", "exact,cas", "exactly"};
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        unsigned set = 4096;
        struct mm_err err;
        assert_int_equal(mm_pair_rungs_parse(wrong[i], &set, &err), -1);
        assert_int_equal(err.code, MM_EARG);
        assert_non_null(strstr(err.text, "there are exact, occurrence, numbers"));
        assert_int_equal(set, 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(wrong_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
