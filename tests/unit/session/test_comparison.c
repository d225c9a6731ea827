#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

struct more {
    struct stage stage;
    char *sim, *before;
};

static void put_in(struct more *more, const char *folder, const char *name, float value)
{
    (void)more;
    put_pb(folder, name, &(struct pb_head){"node", "op", 0, false}, FLOATS(value), 1);
}

/*
 *        src   dst    sim    before
 *   a    1     1.1    1.1    1.4      dst follows the simulation; it was worse before
 *   b    1     1.5    1.1    1.5      dst is off the simulation; as before
 *   c    1     1.2    -      NaN      not in the simulation
 */
static void more_init(struct more *more)
{
    stage_init(&more->stage);
    more->sim = in_folder(more->stage.folder, "sim");
    more->before = in_folder(more->stage.folder, "before");
    shell(more->stage.folder, "mkdir '%s/sim' '%s/before'");
    static const struct {
        const char *name;
        float src, dst, sim, before;
    } rows[] = {
        {"1_a.pb", 1, 1.1f, 1.1f, 1.4f}, {"2_b.pb", 1, 1.5f, 1.1f, 1.5f}, {"3_c.pb", 1, 1.2f, 0, NAN}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        put_in(more, more->stage.src, rows[i].name, rows[i].src);
        put_in(more, more->stage.dst, rows[i].name, rows[i].dst);
        put_in(more, more->before, rows[i].name, rows[i].before);
        if (rows[i].sim != 0)
            put_in(more, more->sim, rows[i].name, rows[i].sim);
    }
    put_in(more, more->sim, "9_only_here.pb", 3); /* in neither src nor dst: no layer */
}

static void more_done(struct more *more)
{
    stage_done(&more->stage);
    free(more->sim);
    free(more->before);
}

static double figure(const struct more *more, size_t id, enum mm_comparison which)
{
    const struct mm_result *result = mm_session_comparison(more->stage.session, id, which);
    return result ? result->metrics.diff2 : -1;
}

static void near(double a, double b)
{
    if (!(fabs(a - b) < 1e-6))
        fail_msg("%g, not %g", a, b);
}

static void with_all(unsigned jobs)
{
    struct more more;
    more_init(&more);
    more.stage.options.sim = more.sim;
    more.stage.options.before = more.before;
    more.stage.options.jobs = jobs;
    stage_measure(&more.stage);
    const struct mm_session *session = more.stage.session;
    assert_int_equal(mm_session_count(session), 3);
    assert_true(mm_session_has(session, MM_COMPARISON_IMPLEMENTATION) &&
                mm_session_has(session, MM_COMPARISON_FORMAT) &&
                mm_session_has(session, MM_COMPARISON_BEFORE));
    near(figure(&more, 0, MM_COMPARISON_IMPLEMENTATION), 0);
    near(figure(&more, 0, MM_COMPARISON_FORMAT), 0.1);
    near(figure(&more, 0, MM_COMPARISON_BEFORE), 0.4);
    near(figure(&more, 1, MM_COMPARISON_IMPLEMENTATION), 0.4 / 1.1);
    near(figure(&more, 1, MM_COMPARISON_FORMAT), 0.1);
    near(figure(&more, 2, MM_COMPARISON_IMPLEMENTATION), -1);
    near(figure(&more, 2, MM_COMPARISON_FORMAT), -1);
    assert_int_equal(mm_session_comparison(session, 2, MM_COMPARISON_BEFORE)->metrics.nonfinite_differ, 1);
    more_done(&more);
}

static void three_dumps(void **state)
{
    (void)state;
    with_all(0);
    with_all(2);
}

static void only_two(void **state)
{
    (void)state;
    struct more more;
    more_init(&more);
    stage_measure(&more.stage);
    for (int which = 0; which < MM_COMPARISON_COUNT; which++) {
        assert_false(mm_session_has(more.stage.session, (enum mm_comparison)which));
        assert_null(mm_session_comparison(more.stage.session, 0, (enum mm_comparison)which));
    }
    more_done(&more);
}

static void not_a_folder(void **state)
{
    (void)state;
    struct more more;
    struct mm_err err = {MM_OK, ""};
    struct mm_session *session = NULL;
    more_init(&more);
    more.stage.options.sim = "/nonexistent/sim";
    assert_int_equal(mm_session_open(&session, &more.stage.options, &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent/sim"));
    more_done(&more);
}

/* Closed while the other comparisons are under way: nothing is lost, nothing hangs. */
static void closed_early(void **state)
{
    (void)state;
    struct more more;
    more_init(&more);
    more.stage.options.sim = more.sim;
    more.stage.options.before = more.before;
    stage_open(&more.stage);
    stage_start(&more.stage);
    for (int step = 0; step < 3; step++)
        mm_session_apply(more.stage.session);
    more_done(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_dumps), cmocka_unit_test(only_two),
                                       cmocka_unit_test(not_a_folder), cmocka_unit_test(closed_early)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
