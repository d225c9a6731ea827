#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/history_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/mmtui-history-XXXXXX";
static char path[100];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/state/mmtui/history", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    mm_folder_remove(folder);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static int save(const char *text, struct mm_err *err)
{
    struct mm_buf typed = {0};
    mm_buf_puts(&typed, text);
    int result = history_save(path, &typed, err);
    mm_buf_done(&typed);
    return result;
}

static void expect_file(const char *text)
{
    struct mm_buf file = {0};
    assert_int_equal(mm_file_read(path, 1 << 20, &file, NULL), 0);
    assert_string_equal(mm_buf_text(&file), text);
    mm_buf_done(&file);
}

/* The second run's lines come behind what the first one left; what is typed again moves to the end. */
static void runs_add_up(void **state)
{
    struct stat info;
    (void)state;
    assert_int_equal(save("", NULL), 0);
    assert_int_equal(access(path, F_OK), -1); /* nothing typed, nothing written */
    assert_int_equal(save("command sort diff2\nsearch conv\n", NULL), 0);
    expect_file("command sort diff2\nsearch conv\n");
    assert_int_equal(save("search pow\ncommand sort diff2\n", NULL), 0);
    expect_file("search conv\nsearch pow\ncommand sort diff2\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &info), 0);
    path[strlen(path)] = '/';
    assert_int_equal(info.st_mode & 0777, 0700);
}

/* One that others could read is private after the next run. */
static void it_becomes_private(void **state)
{
    struct stat info;
    (void)state;
    assert_int_equal(save("search a\n", NULL), 0);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(save("search b\n", NULL), 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void it_is_bounded(void **state)
{
    struct mm_buf typed = {0}, file = {0};
    (void)state;
    for (int i = 0; i < HISTORY_LINES + 100; i++)
        mm_buf_printf(&typed, "search %d\n", i);
    assert_int_equal(history_save(path, &typed, NULL), 0);
    assert_int_equal(mm_file_read(path, 1 << 20, &file, NULL), 0);
    assert_memory_equal(mm_buf_text(&file), "search 100\n", 11); /* the first hundred fell out */
    int lines = 0;
    for (const char *p = mm_buf_text(&file); (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, HISTORY_LINES);
    mm_buf_done(&typed);
    mm_buf_done(&file);
}

static void it_is_read_by_action(void **state)
{
    struct actions actions;
    struct mm_buf text = {0};
    (void)state;
    assert_int_equal(save("command theme mono\n", NULL), 0); /* makes the folder */
    mm_buf_puts(&text, "command theme mono\nnosuch action\nno-blank\n\ngoto 7\ncommand sort x\n");
    assert_int_equal(mm_file_write(path, text.data, text.length, NULL), 0);
    assert_int_equal(actions_init(&actions, NULL, 0, NULL), 0);
    struct history *histories = calloc((size_t)actions.top, sizeof *histories);
    assert_non_null(histories);
    history_load(histories, &actions, path);
    assert_int_equal(histories[ACT_COMMAND].count, 2);
    assert_string_equal(histories[ACT_COMMAND].entries[0], "theme mono");
    assert_string_equal(histories[ACT_COMMAND].entries[1], "sort x");
    assert_int_equal(histories[ACT_GOTO].count, 1);
    assert_string_equal(histories[ACT_GOTO].entries[0], "7");
    for (int id = 0; id < actions.top; id++)
        history_done(&histories[id]);
    history_load(histories, &actions, "/nonexistent/history");
    assert_int_equal(histories[ACT_COMMAND].count, 0);
    free(histories);
    actions_done(&actions);
    mm_buf_done(&text);
}

static void where_it_cannot_be_written(void **state)
{
    struct mm_err err = {0};
    char kept[sizeof path];
    (void)state;
    memcpy(kept, path, sizeof kept);
    snprintf(path, sizeof path, "/dev/null/mmtui/history");
    assert_int_equal(save("search a\n", &err), -1);
    assert_non_null(strstr(err.text, "/dev/null"));
    memcpy(path, kept, sizeof kept);
}

static void places(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/s", 1);
    char *at = history_path();
    assert_string_equal(at, "/s/mmtui/history");
    free(at);
    setenv("XDG_STATE_HOME", "relative", 1); /* says nothing */
    setenv("HOME", "/h", 1);
    at = history_path();
    assert_string_equal(at, "/h/.local/state/mmtui/history");
    free(at);
    unsetenv("HOME");
    assert_null(history_path());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(runs_add_up, remove_file),
        cmocka_unit_test_setup(it_becomes_private, remove_file),
        cmocka_unit_test_setup(it_is_bounded, remove_file),
        cmocka_unit_test_setup(it_is_read_by_action, remove_file),
        cmocka_unit_test(where_it_cannot_be_written),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
