#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

#include <stdio.h>

/* Raised layers, as a string of their numbers. */
static void assert_raised(const struct suggesting *on, const char *expected)
{
    char found[64] = "";
    for (size_t id = 0; id < on->net.count; id++) {
        if (on->s.layer[id].raised)
            sprintf(found + strlen(found), "%zu ", id);
    }
    assert_string_equal(found, expected);
}

/* x, its mean, their difference (over), and what reads it; the cause of the difference. */
static void difference(struct suggesting *on, enum mm_cause_id cause)
{
    suggesting_init(on);
    network_op(&on->net, "x", 0, NULL, NULL);
    network_op(&on->net, "y", 1e-4, "x", NULL);
    network_op(&on->net, "mean", 1e-4, "y", NULL);
    network_op(&on->net, "c", 0.3, "y", "mean");
    network_op(&on->net, "o", 0.3, "c", NULL);
    on->verdict[3] = (struct mm_verdict){.kind = MM_VERDICT_FORMAT, .cause = cause, .confidence = MM_LIKELY};
}

/* The difference and both that it is of; the network's input stays as it is given. */
static void a_small_difference(void **state)
{
    (void)state;
    struct suggesting on;
    difference(&on, MM_CAUSE_CANCELLATION);
    suggesting_finish(&on, true);
    suggest_digits(&on.s);
    assert_raised(&on, "1 2 3 ");
    assert_int_equal(on.s.layer[1].because, 3);
    assert_int_equal(on.s.layer[2].because, 3);
    assert_int_equal(on.s.layer[3].because, -1);
    assert_int_equal(on.s.layer[2].to, MM_F32);
    suggesting_done(&on);
}

/* Without a graph nobody knows what it is a difference of. */
static void without_a_graph(void **state)
{
    (void)state;
    struct suggesting on;
    difference(&on, MM_CAUSE_CANCELLATION);
    suggesting_finish(&on, false);
    suggest_digits(&on.s);
    assert_raised(&on, "3 ");
    suggesting_done(&on);
}

/* By order alone, and no more than possible: behind a layer that is wrong in every format, it is not raised. */
static void behind_what_is_wrong(void **state)
{
    (void)state;
    for (int row = 0; row < 4; row++) {
        struct suggesting on;
        difference(&on, MM_CAUSE_CANCELLATION);
        on.verdict[3].confidence = row == 1 ? MM_LIKELY : MM_POSSIBLE;
        on.verdict[1] = (struct mm_verdict){
            .kind = MM_VERDICT_IMPLEMENTATION, .cause = MM_CAUSE_STALE, .confidence = MM_CERTAIN};
        suggesting_finish(&on, row == 2);
        on.net.blame[1].starts = row != 3;
        suggest_digits(&on.s);
        if (on.s.layer[3].raised != (row > 0))
            fail_msg("row %d", row);
        suggesting_done(&on);
    }
}

static void other_causes_and_what_is_not_over(void **state)
{
    (void)state;
    struct suggesting on;
    difference(&on, MM_CAUSE_ROUNDING);
    on.verdict[2].cause = MM_CAUSE_UNDERFLOW; /* within the thresholds */
    suggesting_finish(&on, true);
    suggest_digits(&on.s);
    assert_raised(&on, "");
    suggesting_done(&on);
}

/* Of the inputs of what became 0 only those that are as small, or have become 0 as well. */
static void underflow(void **state)
{
    (void)state;
    for (int small = 0; small < 2; small++) {
        struct suggesting on;
        difference(&on, MM_CAUSE_UNDERFLOW);
        struct mm_result *mean = &on.net.result[2];
        mean->metrics.src.max = small ? 6e-5 : 1; /* half's least normal number is 6.1e-5 */
        mean->metrics.src.min = small ? -6e-5 : -1;
        mean->metrics.dst.zero = small ? 0 : 5;
        suggesting_finish(&on, true);
        suggest_digits(&on.s);
        assert_raised(&on, "2 3 ");
        suggesting_done(&on);
    }
}

/* Inf of log 0 or 1 / 0: what became 0 is raised with it, what is merely small is not. */
static void inf_of_zero(void **state)
{
    (void)state;
    for (int zero = 0; zero < 2; zero++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        struct mm_result *p = network_op(&on.net, "p", 1e-3, "x", NULL);
        network_op(&on.net, "log", INFINITY, "p", NULL);
        p->metrics.dst.zero = zero ? 7 : 0;
        p->metrics.src.max = 1e-5;
        p->metrics.src.min = 0;
        on.verdict[2] = (struct mm_verdict){
            .kind = MM_VERDICT_OVERFLOW, .cause = MM_CAUSE_INNER_OVERFLOW, .confidence = MM_POSSIBLE};
        suggesting_finish(&on, true);
        suggest_digits(&on.s);
        assert_raised(&on, zero ? "1 2 " : "2 ");
        suggesting_done(&on);
    }
}

/* Half saved as float32: values that are all 0 tell no format, and what nobody looked at is as its reader. Where the
 * reader is float32, so is what it reads. */
static void half_in_wide_floats(void **state)
{
    (void)state;
    for (int narrow = 0; narrow < 2; narrow++) {
        struct suggesting on;
        difference(&on, MM_CAUSE_CANCELLATION);
        for (size_t id = 0; id < on.net.count; id++)
            on.net.result[id].dst.dtype = MM_F32;
        suggesting_finish(&on, true);
        on.s.layer[3].can = true;
        on.s.layer[3].now = narrow ? MM_F16 : MM_F32;
        suggest_digits(&on.s);
        assert_raised(&on, narrow ? "1 2 3 " : "3 ");
        suggesting_done(&on);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_difference),
        cmocka_unit_test(without_a_graph),
        cmocka_unit_test(behind_what_is_wrong),
        cmocka_unit_test(other_causes_and_what_is_not_over),
        cmocka_unit_test(underflow),
        cmocka_unit_test(inf_of_zero),
        cmocka_unit_test(half_in_wide_floats),
    };
    return cmocka_run_group_tests_name("suggest/digits", tests, NULL, NULL);
}
