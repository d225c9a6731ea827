/* Verdicts on a screen: colours, short forms, what to do next, the way to the root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

#include "views/verdict.h"

static void families_have_a_colour_each(void **state)
{
    (void)state;
    for (int kind = 0; kind < MM_VERDICT_COUNT; kind++)
        assert_int_not_equal(verdict_role((enum mm_verdict_kind)kind), ROLE_DEFAULT);
    assert_int_equal(verdict_role(MM_VERDICT_NOISE), verdict_role(MM_VERDICT_OK));
    assert_int_equal(verdict_role(MM_VERDICT_HARMLESS), verdict_role(MM_VERDICT_OK));
    assert_int_equal(verdict_role(MM_VERDICT_SETTINGS), verdict_role(MM_VERDICT_FORMAT));
    assert_int_equal(verdict_role(MM_VERDICT_INPUT), verdict_role(MM_VERDICT_IMPLEMENTATION));
    assert_int_equal(verdict_role(MM_VERDICT_OVERFLOW), verdict_role(MM_VERDICT_NONFINITE));
    static const enum mm_verdict_kind apart[] = {MM_VERDICT_OK, MM_VERDICT_INHERITED, MM_VERDICT_FORMAT,
                                                 MM_VERDICT_IMPLEMENTATION, MM_VERDICT_OVERFLOW};
    for (size_t i = 0; i < MM_COUNT(apart); i++) {
        for (size_t k = i + 1; k < MM_COUNT(apart); k++)
            assert_int_not_equal(verdict_role(apart[i]), verdict_role(apart[k]));
    }
}

static void errors_have_colours(void **state)
{
    (void)state;
    assert_int_equal(error_role(NAN), ROLE_DIM);
    assert_int_equal(error_role(INFINITY), ROLE_NAN);
    assert_int_equal(error_role(0), ROLE_HEAT_0);
    assert_int_equal(error_role(1), ROLE_HEAT_7);
}

static void what_fits_into_a_column(void **state)
{
    static const struct {
        struct mm_verdict verdict;
        int width;
        const char *shown;
    } cases[] = {
        {{.kind = MM_VERDICT_OK}, 2, "ok"},
        {{.kind = MM_VERDICT_NONE}, 9, ""},
        {{.kind = MM_VERDICT_INHERITED, .from = 37, .text = "inherited from #38"}, 18, "inherited from #38"},
        {{.kind = MM_VERDICT_INHERITED, .from = 37, .text = "inherited from #38"}, 17, "from #38"},
        {{.kind = MM_VERDICT_SETTINGS, .text = "i8 is too coarse: per channel"},
         29,
         "i8 is too coarse: per channel"},
        {{.kind = MM_VERDICT_SETTINGS, .text = "i8 is too coarse: per channel"}, 28, "i8 is too coarse"},
        {{.kind = MM_VERDICT_SETTINGS, .text = "i8 is too coarse: per channel"}, 15, "settings"},
        {{.kind = MM_VERDICT_NOISE, .text = "rounding adds up"}, 9, "noise"},
        /* what its own figures say is cut by whoever draws it: the word would say less */
        {{.kind = MM_VERDICT_OVER, .text = "3.7x over 0.05"}, 14, "3.7x over 0.05"},
        {{.kind = MM_VERDICT_OVER, .text = "3.7x over 0.05"}, 13, "3.7x over"},
        {{.kind = MM_VERDICT_SHAPE, .text = "shapes differ: 2x3 and 4"}, 14, "shapes differ"},
        {{.kind = MM_VERDICT_UNPAIRED, .text = "only in src"}, 4, "only in src"},
    };
    struct mm_buf out;
    (void)state;
    mm_buf_init(&out);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        mm_buf_clear(&out);
        verdict_fit(&cases[i].verdict, cases[i].width, &out);
        assert_string_equal(mm_buf_text(&out), cases[i].shown);
    }
    mm_buf_done(&out);
}

static void next_steps(void **state)
{
    struct small *small = *state;
    struct mm_buf out, evidence, step;
    mm_buf_init(&out);
    mm_buf_init(&evidence);
    mm_buf_init(&step);
    verdict_next(small->app, 5, &out); /* tail */
    assert_string_equal(mm_buf_text(&out), "Look at #3 gate first (R goes there).");
    mm_buf_clear(&out);
    verdict_next(small->app, 0, &out); /* nothing is wrong with input */
    assert_string_equal(mm_buf_text(&out), "");
    verdict_next(small->app, 2, &out); /* gate: what triage says */
    mm_session_explain(small->session, 2, &evidence, &step);
    assert_true(step.length > 0);
    assert_string_equal(mm_buf_text(&out), mm_buf_text(&step));
    mm_buf_done(&out);
    mm_buf_done(&evidence);
    mm_buf_done(&step);
}

static void roots(void **state)
{
    static const struct {
        size_t number, root; /* 0: none */
        const char *says;
    } cases[] = {
        {6, 3, "The error of #6 starts in #3 (BS goes back)"},
        {10, 9, "The error of #10 starts in #9 (BS goes back)"},
        {3, 0, "This is where the error starts"},
        {15, 0, "The error accumulated upstream; this layer adds the most"},
        {1, 0, "This layer has no error to follow"},
        {13, 0, "This layer has no error to follow"},
    };
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        size_t root = 99;
        assert_int_equal(verdict_root(small->app, cases[i].number - 1, &root), cases[i].root != 0);
        assert_int_equal(root, cases[i].root ? cases[i].root - 1 : 99);
        assert_true(small_says(small, cases[i].says));
    }
}

static void no_root_before_all_is_measured(void **state)
{
    struct small *small = *state;
    size_t root;
    assert_false(verdict_root(small->app, 5, &root));
    assert_true(small_says(small, "Where the error starts is known once all layers are measured"));
}

#define NET(name)   cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, net_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_have_a_colour_each),
        cmocka_unit_test(errors_have_colours),
        cmocka_unit_test(what_fits_into_a_column),
        NET(next_steps),
        NET(roots),
        EARLY(no_root_before_all_is_measured),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
