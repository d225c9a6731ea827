#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "unit/session/session_testing.h"
#include "session/state.h"

/* One pair that is far over; the session has measured it by its figures alone. */
static void stage_over(struct stage *stage)
{
    static const float s[8] = {1, 2, 3, 4, 5, 6, 7, 8}, d[8] = {1, -2, 3, 40, 5, -6, 7, 80};
    stage_init(stage);
    put_npy(stage->src, "1_x.npy", "<f4", "(2, 4)", s, sizeof s);
    put_npy(stage->dst, "1_x.npy", "<f4", "(2, 4)", d, sizeof d);
    stage->options.triage = false;
    stage_measure(stage);
    ((struct mm_session *)stage->session)->options.triage = true;
}

static const char *text_of(const struct stage *stage)
{
    return mm_session_layer(stage->session, 0)->verdict.text;
}

static void all_is_well(void **state)
{
    (void)state;
    struct stage stage;
    const char *why;
    stage_over(&stage);
    triage_begin(stage.session);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_int_equal(mm_session_unanalysed(stage.session, &why), 0);
    assert_string_equal(why, "");
    assert_null(strstr(text_of(&stage), "not analysed"));
    stage_done(&stage);
}

/* No file can be opened any more when the layer is to be looked at. */
static void no_descriptors(void **state)
{
    (void)state;
    struct stage stage;
    struct rlimit had, none = {0};
    const char *why;
    stage_over(&stage);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    none.rlim_max = had.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    triage_begin(stage.session);
    int finished = mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
    assert_int_equal(finished, 0);
    assert_int_equal(mm_session_unanalysed(stage.session, &why), 1);
    assert_non_null(strstr(why, "Too many open files"));
    assert_non_null(strstr(text_of(&stage), "; not analysed: "));
    assert_non_null(strstr(text_of(&stage), "Too many open files"));
    assert_true(mm_session_layer(stage.session, 0)->verdict.bad); /* its figures stand */
    stage_done(&stage);
}

static void what_was_stopped_is_not_lost(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    const char *why;
    stage_over(&stage);
    mm_fail(&err, MM_ECANCELLED, "stopped");
    unanalysed_note(stage.session, 0, &err);
    assert_int_equal(mm_session_unanalysed(stage.session, &why), 0);
    mm_fail_memory(&err);
    unanalysed_note(stage.session, SIZE_MAX, &err);
    assert_int_equal(mm_session_unanalysed(stage.session, &why), 1);
    assert_string_equal(why, "out of memory");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(no_descriptors),
        cmocka_unit_test(what_was_stopped_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
