#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

#include <stdio.h>

typedef int (*text_of)(const struct mm_session *session, struct mm_buf *out, struct mm_err *err);

static void check_file(const struct mm_session *session, const char *folder, const char *name, text_of text)
{
    char *path = in_folder(folder, name);
    struct mm_buf expected = {0}, found = {0};
    assert_int_equal(text(session, &expected, NULL), 0);
    assert_int_equal(mm_file_read(path, (size_t)1 << 30, &found, NULL), 0);
    assert_int_equal(found.length, expected.length);
    assert_memory_equal(found.data, expected.data, expected.length);
    mm_buf_done(&expected);
    mm_buf_done(&found);
    free(path);
}

static int count_one(void *context, const char *name)
{
    (void)name;
    ++*(size_t *)context;
    return 0;
}

static size_t entries(const char *folder)
{
    size_t count = 0;
    assert_int_equal(mm_folder_list(folder, count_one, &count, NULL), 0);
    return count;
}

/* Each kind of layer, in a folder that is not there yet. */
static void every_kind(void **state)
{
    struct stage *stage = *state;
    char *out = in_folder(stage->folder, "out");
    assert_int_equal(mm_report_write(stage->session, out, NULL), 0);
    check_file(stage->session, out, "diff.json", mm_report_diff_json);
    check_file(stage->session, out, "mmtui.json", mm_report_json);
    assert_int_equal(entries(out), 2);
    free(out);
}

/* More layers than wait to be written at any time, in any number of threads: in order, none twice. */
static void many_layers(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    for (int i = 0; i < 1100; i++) { /* no tensor in them: each is a row with an error, or of one side */
        char name[40];
        snprintf(name, sizeof name, "%d_t%d.pb", i, i);
        put_text(i % 2 ? stage.src : stage.dst, name, "x");
    }
    for (unsigned jobs = 0; jobs < 5; jobs += 2) {
        stage.options.jobs = jobs;
        stage_measure(&stage);
        char *out = in_folder(stage.folder, "out");
        assert_int_equal(mm_report_write(stage.session, out, NULL), 0);
        check_file(stage.session, out, "diff.json", mm_report_diff_json);
        check_file(stage.session, out, "mmtui.json", mm_report_json);
        free(out);
        mm_session_close(stage.session);
        stage.session = NULL;
    }
    stage_done(&stage);
}

static void share_has_no_diff_json(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_both(&stage, "1_a.pb", "n", "Op", FLOATS(1), FLOATS(2), 1);
    put_both(&stage, "2_b.pb", "n", "Op", FLOATS(1), FLOATS(2), 1);
    stage.options.shard = 1;
    stage.options.shards = 2;
    stage_measure(&stage);
    char *out = in_folder(stage.folder, "out");
    assert_int_equal(mm_report_write(stage.session, out, NULL), 0);
    assert_int_equal(entries(out), 1);
    check_file(stage.session, out, "mmtui.json", mm_report_json);
    free(out);
    stage_done(&stage);
}

/* A folder has the name of the second file: the first is there, the error says which, nothing else is
 * left. */
static void second_fails(void **state)
{
    struct stage *stage = *state;
    struct mm_err err = {MM_OK, ""};
    char *out = in_folder(stage->folder, "out");
    shell(stage->folder, "mkdir -p '%s/out/diff.json'");
    assert_int_equal(mm_report_write(stage->session, out, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_non_null(strstr(err.text, "diff.json"));
    check_file(stage->session, out, "mmtui.json", mm_report_json);
    assert_int_equal(entries(out), 2);
    free(out);
}

static void folder_is_a_file(void **state)
{
    struct stage *stage = *state;
    struct mm_err err = {MM_OK, ""};
    char *out = in_folder(stage->folder, "file");
    assert_int_equal(mm_file_write(out, "x", 1, NULL), 0);
    assert_int_equal(mm_report_write(stage->session, out, &err), -1);
    assert_non_null(strstr(err.text, "file"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind, setup_layers, teardown_layers),
        cmocka_unit_test(many_layers),
        cmocka_unit_test(share_has_no_diff_json),
        cmocka_unit_test_setup_teardown(second_fails, setup_layers, teardown_layers),
        cmocka_unit_test_setup_teardown(folder_is_a_file, setup_layers, teardown_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
