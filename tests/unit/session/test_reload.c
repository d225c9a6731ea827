#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <stdlib.h>
#include <string.h>

enum { A, B };

/* Of another size when it is not 3, so that it is another file whatever the clock's ticks. */
static void put_pair(struct stage *stage, const char *name, float last)
{
    const float src[] = {1, 2, 3, 3}, dst[] = {1, 2, 3, last};
    put_both(stage, name, "n", "Relu", src, dst, last == 3 ? 3 : 4);
}

/* One tensor of a folder, which is made if need be. */
static void put_side(const char *folder, const char *name, const float *values, int64_t count)
{
    struct mm_shape shape = {1, {count}};
    struct mm_tensor tensor;
    struct mm_run run;
    char *path = mm_path_join(folder, name);
    mm_tensor_raw(&tensor, MM_F32, &shape, values, &run);
    assert_int_equal(mm_folder_make(folder, NULL), 0);
    assert_int_equal(
        mm_format_find("pb")->write(&(struct mm_store){.tensor = &tensor, .node_name = "n"}, path, NULL), 0);
    free(path);
}

static void stage_two(struct stage *stage, bool triage)
{
    stage_init(stage);
    stage->options.triage = triage;
    put_pair(stage, "1_a.pb", 3);
    put_pair(stage, "2_b.pb", 3);
    stage_measure(stage);
}

static const struct mm_layer *layer(const struct stage *stage, size_t id)
{
    return mm_session_layer(stage->session, id);
}

/* The row says changed; what is asked for is refused, also what had been answered. */
static void noticed(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    struct mm_hist_options options = {.bins = 4};
    const char *error;
    stage_two(&stage, false);
    assert_int_equal(mm_session_check(stage.session, NULL, 2), 0);
    mm_session_hist(stage.session, B, &options, &error);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_non_null(mm_session_hist(stage.session, B, &options, &error));
    put_pair(&stage, "2_b.pb", 3000);
    assert_int_equal(mm_session_check(stage.session, ((const size_t[]){A}), 1), 0);
    assert_int_equal(layer(&stage, B)->verdict.kind, MM_VERDICT_OK); /* nobody has looked */
    assert_null(mm_session_hist(stage.session, B, &options, &error));
    assert_string_equal(error, "changed since it was measured: r in the list of layers reloads it");
    assert_int_equal(layer(&stage, B)->verdict.kind, MM_VERDICT_CHANGED);
    assert_true(layer(&stage, B)->changed && !layer(&stage, A)->changed);
    assert_string_equal(layer(&stage, B)->verdict.text, "changed since it was measured: r reloads");
    assert_null(mm_session_whatif(stage.session, B, -1, &error));
    assert_non_null(strstr(error, "changed since"));
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.bad, 1);
    assert_int_equal(mm_session_check(stage.session, NULL, 2), 1);
    stage_done(&stage);
}

/* Other thresholds judge anew, but not what is not there any more. */
static void stays_changed(void **state)
{
    (void)state;
    struct stage stage;
    const struct mm_thresholds wide = {.diff1 = 9, .diff2 = 9};
    stage_two(&stage, true);
    put_pair(&stage, "2_b.pb", 3000);
    mm_session_check(stage.session, NULL, 2);
    mm_session_set_thresholds(stage.session, &wide);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_int_equal(layer(&stage, B)->verdict.kind, MM_VERDICT_CHANGED);
    stage_done(&stage);
}

/* r: 3000 for 3, as if it had been so from the start. */
static void reloaded(void **state)
{
    (void)state;
    for (int triage = 0; triage < 2; triage++) {
        struct stage stage, fresh;
        struct mm_session_totals totals;
        struct mm_err err;
        size_t count = 99;
        stage_two(&stage, triage);
        assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
        assert_int_equal(count, 0);
        put_pair(&stage, "2_b.pb", 3000);
        assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
        assert_int_equal(count, 1);
        assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
        assert_false(layer(&stage, B)->changed);
        assert_true(layer(&stage, B)->result.metrics.max_abs == 2997);
        mm_session_totals(stage.session, &totals);
        assert_int_equal(totals.bad, 1);
        stage_init(&fresh);
        fresh.options.triage = triage;
        put_pair(&fresh, "1_a.pb", 3);
        put_pair(&fresh, "2_b.pb", 3000);
        stage_measure(&fresh);
        assert_int_equal(layer(&stage, B)->verdict.kind, layer(&fresh, B)->verdict.kind);
        assert_string_equal(layer(&stage, B)->verdict.text, layer(&fresh, B)->verdict.text);
        assert_int_equal(mm_session_check(stage.session, NULL, 2), 0);
        stage_done(&fresh);
        stage_done(&stage);
    }
}

/* A file that is gone is changed; read again, it is unreadable. */
static void gone(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t count;
    stage_two(&stage, false);
    shell(stage.folder, "rm '%s/dst/2_b.pb'");
    assert_int_equal(mm_session_check(stage.session, NULL, 2), 1);
    assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_int_equal(layer(&stage, B)->verdict.kind, MM_VERDICT_UNREADABLE);
    stage_done(&stage);
}

/* Two tensors in one archive a side. */
static void put_archives(struct stage *stage, float last, bool with_b)
{
    const float src[] = {1, 2, 3, 3}, dst[] = {1, 2, 3, last};
    for (int side = 0; side < 2; side++) {
        struct mm_shape shape = {1, {last == 3 ? 3 : 4}};
        struct mm_tensor a, b;
        struct mm_run runs[2];
        mm_tensor_raw(&a, MM_F32, &shape, src, &runs[0]);
        mm_tensor_raw(&b, MM_F32, &shape, side ? dst : src, &runs[1]);
        struct mm_store stores[] = {{.tensor = &a, .name = "a"}, {.tensor = &b, .name = "b"}};
        char *path = mm_path_join(side ? stage->options.dst : stage->options.src, "all.npz");
        assert_int_equal(mm_format_find("npz")->write_all(stores, with_b ? 2 : 1, path, NULL), 0);
        free(path);
    }
}

/* Members: their places are another's now; one that is gone is unreadable. */
static void members(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t count;
    stage_init(&stage);
    put_archives(&stage, 3, true);
    stage_measure(&stage);
    put_archives(&stage, 3000, true);
    assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_true(layer(&stage, A)->result.metrics.max_abs == 0 && layer(&stage, A)->result.src.count == 4);
    assert_true(layer(&stage, B)->result.metrics.max_abs == 2997);
    put_archives(&stage, 3, false);
    assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_int_equal(layer(&stage, A)->verdict.kind, MM_VERDICT_OK);
    assert_int_equal(layer(&stage, B)->verdict.kind, MM_VERDICT_UNREADABLE);
    stage_done(&stage);
}

/* An earlier dst that is written anew changes the rows, too, and is read again. */
static void earlier(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t count;
    stage_init(&stage);
    char *before = mm_path_join(stage.folder, "before");
    const float one[] = {1, 2, 3}, other[] = {1, 2, 3, 9};
    put_pair(&stage, "1_a.pb", 3);
    put_side(before, "1_a.pb", one, 3);
    stage.options.before = before;
    stage_measure(&stage);
    assert_true(mm_session_comparison(stage.session, A, MM_COMPARISON_BEFORE)->metrics.max_abs == 0);
    put_side(before, "1_a.pb", other, 4);
    assert_int_equal(mm_session_check(stage.session, NULL, 1), 1);
    assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_int_equal(mm_session_comparison(stage.session, A, MM_COMPARISON_BEFORE)->state, MM_STATE_MISMATCH);
    assert_false(layer(&stage, A)->changed);
    assert_int_equal(layer(&stage, A)->verdict.kind, MM_VERDICT_OK);
    stage_done(&stage);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noticed), cmocka_unit_test(stays_changed), cmocka_unit_test(reloaded),
        cmocka_unit_test(gone),    cmocka_unit_test(members),       cmocka_unit_test(earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
