/* A layer's neighbours as rows, and what they say about its error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

#include "views/neighbours.h"

/* ---- rows ---- */

static void rows_are_numbered_like_layers(void **state)
{
    const struct mm_session *session = ((struct small *)*state)->session;
    struct neighbours near = {0};
    assert_true(neighbours_find(session, 1, &near)); /* stem: reads input; gate, branch and pow read it */
    assert_int_equal(near.inputs, 1);
    assert_int_equal(near.count, 5);
    static const size_t stem[] = {0, 1, 2, 3, 16};
    for (int row = 0; row < near.count; row++)
        assert_int_equal(near.layer[row], stem[row]);
    assert_true(neighbours_find(session, 4, &near)); /* join: reads gate and branch; tail reads it */
    assert_int_equal(near.inputs, 2);
    assert_int_equal(near.count, 4);
    static const size_t join[] = {2, 3, 4, 5};
    for (int row = 0; row < near.count; row++)
        assert_int_equal(near.layer[row], join[row]);
    neighbours_done(&near);
}

/* Without a graph the eight before lead here in the order in which they ran. */
static void rows_by_execution_order(void **state)
{
    const struct mm_session *session = ((struct small *)*state)->session;
    struct neighbours near = {0};
    assert_true(neighbours_find(session, 10, &near));
    assert_int_equal(near.inputs, 8);
    for (int row = 0; row <= near.inputs; row++)
        assert_int_equal(near.layer[row], 2 + row);
    assert_int_equal(near.layer[near.inputs + 1], 11);
    neighbours_done(&near);
}

static void the_worst_row(void **state)
{
    const struct mm_session *session = ((struct small *)*state)->session;
    struct neighbours near = {0};
    assert_true(neighbours_find(session, 4, &near));
    assert_int_equal(neighbours_worst(session, &near, false), 0); /* gate, not branch */
    assert_int_equal(neighbours_worst(session, &near, true), 3);  /* tail */
    assert_true(neighbours_find(session, 1, &near));
    assert_int_equal(neighbours_worst(session, &near, true), 4); /* pow is broken: worse than gate */
    assert_true(neighbours_find(session, 5, &near));             /* nothing reads tail */
    assert_int_equal(neighbours_worst(session, &near, true), 0);
    assert_true(neighbours_find(session, 15, &near)); /* seed is alone */
    assert_int_equal(neighbours_worst(session, &near, false), 0);
    assert_int_equal(near.count, 1);
    neighbours_done(&near);
}

static void nothing_is_known_before_all_is_measured(void **state)
{
    struct small *small = *state;
    struct neighbours near = {0};
    struct mm_buf text;
    mm_buf_init(&text);
    assert_false(neighbours_find(small->session, 4, &near));
    assert_false(neighbours_say(small->app, 4, &text));
    assert_string_equal(mm_buf_text(&text), "Known once all layers are measured.");
    mm_buf_done(&text);
    neighbours_done(&near);
}

/* ---- sentences ---- */

static void a_sentence_for_every_case(void **state)
{
    static const struct {
        size_t number;
        bool here;
        const char *says;
    } cases[] = {
        {1, false, "Within the thresholds (0)."},
        {2, false, "Within the thresholds (0.0037), and so are its inputs."},
        {3, true, "Introduced here: its inputs are fine (0.0037 at most), the result is not (1)."},
        {5, false, "Inherited from #3 gate, where it starts (R goes there)."},
        {6, false, "Inherited through #5; it starts in #3 gate (R goes there)."},
        {7, false, "Within the thresholds (0.0037), although #3 is not (1)."},
        {10, false, "Inherited: accumulated upstream, most of it in #9 grow2 (R goes there)."},
        {11, true, "Introduced here: #10 is off by 0.055, the result by 10x that (0.55)."},
        {12, true, "Introduced here: #11 is off by 0.55, the result is broken."},
        {13, false, "This tensor was not compared."},
        {15, true,
         "Accumulated: no layer upstream is over the threshold alone; this one adds the most (0.05 of "
         "0.053)."},
        {16, true, "Introduced here (1): no dumped layer comes before it."},
        {17, true, "Introduced here: its inputs are fine (0.0037 at most), the result is broken."},
    };
    struct small *small = *state;
    struct mm_buf text;
    mm_buf_init(&text);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        mm_buf_clear(&text);
        assert_int_equal(neighbours_say(small->app, cases[i].number - 1, &text), cases[i].here);
        assert_string_equal(mm_buf_text(&text), cases[i].says);
    }
    mm_buf_done(&text);
}

static void by_order_it_does_not_speak_of_inputs(void **state)
{
    struct small *small = *state;
    struct mm_buf text;
    mm_buf_init(&text);
    assert_true(neighbours_say(small->app, 2, &text));
    assert_string_equal(
        mm_buf_text(&text),
        "Introduced here: the layers before it are fine (0.0037 at most), the result is not (1).");
    mm_buf_done(&text);
}

#define NET(name)   cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)
#define ORDER(name) cmocka_unit_test_setup_teardown(name, net_setup_by_order, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, net_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET(rows_are_numbered_like_layers),
        ORDER(rows_by_execution_order),
        NET(the_worst_row),
        EARLY(nothing_is_known_before_all_is_measured),
        NET(a_sentence_for_every_case),
        ORDER(by_order_it_does_not_speak_of_inputs),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
