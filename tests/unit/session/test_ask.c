#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

static const struct mm_hist_options four = {.bins = 4, .low = 0, .high = 4};

/* Two layers, measured. */
static void stage_two(struct stage *stage, unsigned jobs)
{
    stage_init(stage);
    put_both(stage, "1_a.pb", "n", "o", FLOATS(0, 1, 2, 3), FLOATS(0, 1, 2, 3), 4);
    put_both(stage, "2_b.pb", "n", "o", FLOATS(1, 1), FLOATS(1, 1), 2);
    stage->options.jobs = jobs;
    stage_measure(stage);
}

static const struct mm_pair_hist *hist(struct stage *stage, size_t id)
{
    const char *error;
    const struct mm_pair_hist *answer = mm_session_hist(stage->session, id, &four, &error);
    assert_null(error);
    return answer;
}

static const struct mm_whatif_table *whatif(struct stage *stage, size_t id)
{
    const char *error;
    const struct mm_whatif_table *answer = mm_session_whatif(stage->session, id, -1, &error);
    assert_null(error);
    return answer;
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(mm_request_name(MM_REQUEST_HIST), "histogram");
    assert_string_equal(mm_request_name(MM_REQUEST_WHATIF), "what if");
    assert_string_equal(mm_request_name(MM_REQUEST_COUNT), "");
}

/* One layer's work is stopped, whatever its kind; the other's goes on. */
static void cancelled_before_they_began(void **state)
{
    (void)state;
    struct stage stage;
    stage_two(&stage, 0);
    for (size_t id = 0; id < 2; id++) {
        hist(&stage, id);
        whatif(&stage, id);
        assert_true(mm_session_progress(stage.session, MM_REQUEST_HIST, id) == -1); /* waits its turn */
    }
    mm_session_cancel(stage.session, 0);
    mm_session_finish(stage.session, NULL, NULL);
    assert_true(mm_session_idle(stage.session));
    assert_int_equal(hist(&stage, 1)->src.count[1], 2);
    assert_int_equal(whatif(&stage, 1)->rank, 1);
    assert_null(hist(&stage, 0)); /* no error: it begins anew */
    assert_null(whatif(&stage, 0));
    mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(hist(&stage, 0)->src.count[1], 1);
    assert_int_equal(whatif(&stage, 0)->rank, 1);
    mm_session_cancel(stage.session, 0); /* an answer is not forgotten */
    assert_non_null(hist(&stage, 0));
    stage_done(&stage);
}

/* Asked for and given up over and over, while workers are at it; then the session is closed. */
static void cancelled_at_any_time(void **state)
{
    (void)state;
    static const unsigned jobs[] = {0, 1, 4};
    for (size_t run = 0; run < MM_COUNT(jobs); run++) {
        struct stage stage;
        stage_two(&stage, jobs[run]);
        for (int round = 0; round < 200; round++) {
            size_t id = (size_t)round % 2;
            hist(&stage, id);
            whatif(&stage, id);
            double share = mm_session_progress(stage.session, MM_REQUEST_WHATIF, id);
            assert_true(share == -1 || (share >= 0 && share <= 1));
            if (round % 3 == 0)
                mm_session_apply(stage.session);
            if (round % 5)
                mm_session_cancel(stage.session, id);
        }
        hist(&stage, 0);
        mm_session_finish(stage.session, NULL, NULL);
        assert_int_equal(hist(&stage, 0)->src.count[1], 1);
        whatif(&stage, 1);
        stage_done(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(cancelled_before_they_began),
        cmocka_unit_test(cancelled_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
