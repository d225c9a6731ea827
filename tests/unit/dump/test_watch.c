/* Watching dumps: what is told, and when; in both ways, by the system and by looking. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <poll.h>

#include "unit/fixture.h"

struct seen {
    char *folder, *root; /* root: in it */
    struct mm_watch *watch;
};

static void begin(struct seen *seen, bool looks)
{
    const struct mm_dump_options how = {0};
    const char *const paths[] = {seen->root};
    struct mm_err err;
    if (mm_watch_open(&seen->watch, paths, 1, &how, looks, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(mm_watch_looks(seen->watch), looks);
}

/* Shell commands in the folder. */
static void run(const struct seen *seen, const char *commands)
{
    char command[1024];
    snprintf(command, sizeof command, "cd '%s' && { %s; }", seen->folder, commands);
    if (system(command) != 0)
        fail_msg("failed: %s", commands);
}

/* The names of what is listed now: "a b". */
static void assert_lists(struct seen *seen, const char *wanted)
{
    const struct mm_dump_live live = {mm_watch_wanted, seen->watch};
    const struct mm_dump_options options = {.live = &live};
    struct mm_dump *dump;
    struct mm_err err;
    char text[256] = "";
    mm_watch_list_begin(seen->watch);
    if (mm_dump_open(&dump, seen->root, &options, &err) < 0)
        fail_msg("%s", err.text);
    mm_watch_list_end(seen->watch);
    for (size_t i = 0; i < dump->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 dump->entries[i].parsed.name);
    mm_dump_close(dump);
    assert_string_equal(text, wanted);
}

#define NPY(file)                                                                                            \
    "printf '\\223NUMPY\\1\\0v\\0%-117s\\n1234' \"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), "  \
    "}\" > " file

static void nothing_wakes(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d; " NPY("d/a.npy"));
    begin(seen, false);
    assert_lists(seen, "a");
    assert_true(isinf(mm_watch_due(seen->watch)));
    struct pollfd fd = {.fd = mm_watch_fd(seen->watch), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 0), 0);
    assert_int_equal(mm_watch_take(seen->watch, false), 0);
    assert_true(mm_watch_settled(seen->watch));
    run(seen, "cat d/a.npy > /dev/null; touch elsewhere"); /* reading is no change, nor is what lies beside */
    assert_int_equal(poll(&fd, 1, 0), 0);
}

/* A burst is one list, a moment later; then things settle. */
static void told_once_a_burst(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d");
    begin(seen, false);
    assert_lists(seen, "");
    run(seen, NPY("d/a.npy") "; " NPY("d/b.npy"));
    struct pollfd fd = {.fd = mm_watch_fd(seen->watch), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 10000), 1);
    double before = mm_clock();
    assert_int_equal(mm_watch_take(seen->watch, false), 0);
    assert_false(mm_watch_settled(seen->watch));
    assert_int_equal(mm_watch_fd(seen->watch), -1); /* not asked again at once */
    double due = mm_watch_due(seen->watch);
    assert_true(due > before && due < before + 1);
    assert_int_equal(mm_watch_take(seen->watch, true), MM_WATCH_CHANGED | MM_WATCH_SETTLED);
    assert_lists(seen, "a b");
    assert_int_equal(mm_watch_take(seen->watch, true), 0);
}

static void a_file_that_is_being_written(void **state)
{
    struct seen *seen = *state;
    char path[128];
    run(seen, "mkdir d; " NPY("a.npy"));
    begin(seen, false);
    snprintf(path, sizeof path, "%s/d/a.npy", seen->folder);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "\x93NUMPY", 6), 6);
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_SETTLED);
    assert_true(mm_watch_writing(seen->watch, path));
    assert_lists(seen, "");
    assert_int_equal(mm_watch_held(seen->watch), 1);
    run(seen, "cat a.npy > d/a.npy"); /* whole now */
    close(fd);
    assert_int_equal(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED, MM_WATCH_CHANGED);
    assert_false(mm_watch_writing(seen->watch, path));
    assert_lists(seen, "a");
    fd = open(path, O_WRONLY | O_TRUNC); /* written anew: it stays in the list, but is known to be written */
    mm_watch_take(seen->watch, true);
    assert_true(mm_watch_writing(seen->watch, path));
    assert_lists(seen, "a");
    close(fd);
}

/* Closed too early: left out until the rest has come. */
static void a_file_that_is_cut(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d; " NPY("a.npy"));
    begin(seen, false);
    run(seen, "head -c 130 a.npy > d/a.npy");
    mm_watch_take(seen->watch, true);
    assert_lists(seen, "");
    assert_int_equal(mm_watch_held(seen->watch), 1);
    double due;
    do /* once it is asked again at all */
        due = mm_watch_due(seen->watch);
    while (due < mm_clock() + 1);
    assert_true(due > mm_clock() + 30 && due <= mm_clock() + 61); /* a minute later it is shown as it is */
    run(seen, "tail -c 2 a.npy >> d/a.npy");
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "a");
    assert_int_equal(mm_watch_held(seen->watch), 0);
}

static void folders_come_and_go(void **state)
{
    struct seen *seen = *state;
    begin(seen, false); /* the root is not there yet */
    assert_lists(seen, "");
    run(seen, "mkdir -p d/x/y; " NPY("d/x/y/a.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "x/y/a");
    run(seen, NPY("d/x/y/b.npy")); /* in a folder that is new */
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "x/y/a x/y/b");
    run(seen, "mv d/x/y d/z"); /* its files have other names now */
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    run(seen, NPY("d/z/c.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "z/a z/b z/c");
    run(seen, "rm -r d");
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "");
    run(seen, "mkdir n; " NPY("n/d.npy") "; mv n d"); /* another folder under the root's name */
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "d");
    run(seen, NPY("d/e.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "d e");
}

static void renamed_and_hidden(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d; " NPY("d/a.npy"));
    begin(seen, false);
    run(seen, NPY("d/.b.tmp"));
    assert_false(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    run(seen, "mv d/.b.tmp d/b.npy");
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "a b");
    run(seen, "ln d/a.npy d/c.npy; rm d/b.npy"); /* a link is whole at once */
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "a c");
}

/* A link to the newest of several runs, that is turned to another one. */
static void a_link_is_turned(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir r1 r2; " NPY("r1/a.npy") "; " NPY("r2/b.npy") "; ln -s r1 d");
    begin(seen, false);
    assert_lists(seen, "a");
    run(seen, "ln -s r2 e; mv -T e d");
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "b");
    run(seen, NPY("r2/c.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "b c");
}

/* Of network file systems nothing is told: two looks that are alike. */
static void by_looking(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d; " NPY("d/old.npy") "; touch -d '2 hours ago' d/old.npy");
    begin(seen, true);
    assert_lists(seen, "old");
    assert_int_equal(mm_watch_fd(seen->watch), -1);
    double due = mm_watch_due(seen->watch);
    assert_true(due > mm_clock() && due < mm_clock() + 10); /* now and then */
    assert_int_equal(mm_watch_take(seen->watch, false), 0);
    run(seen, "mkdir d/x; " NPY("d/x/a.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "old x/a");
    assert_false(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    run(seen, "rm d/old.npy");
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "x/a");
}

/* A single file, whose folder is full of others. */
static void one_file(void **state)
{
    struct seen *seen = *state;
    free(seen->root);
    seen->root = mm_path_join(seen->folder, "d.npy");
    begin(seen, false);
    assert_lists(seen, "");
    run(seen, NPY("other.npy"));
    assert_int_equal(mm_watch_take(seen->watch, true), 0);
    run(seen, NPY("d.npy"));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    assert_lists(seen, "d");
}

/* The pauses are fitted to what a list costs; later is later. */
static void pauses(void **state)
{
    struct seen *seen = *state;
    run(seen, "mkdir d");
    begin(seen, false);
    mm_watch_pause(seen->watch, 2);
    run(seen, NPY("d/a.npy"));
    mm_watch_take(seen->watch, false);
    mm_watch_take(seen->watch, false);
    assert_true(mm_watch_due(seen->watch) <= mm_clock() + 1); /* to see whether it has settled */
    assert_int_equal(mm_watch_take(seen->watch, false) & MM_WATCH_CHANGED, 0);
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
    mm_watch_later(seen->watch);
    assert_false(mm_watch_settled(seen->watch));
    assert_true(mm_watch_take(seen->watch, true) & MM_WATCH_CHANGED);
}

static int setup(void **state)
{
    struct seen *seen = calloc(1, sizeof *seen);
    seen->folder = temp_folder();
    seen->root = mm_path_join(seen->folder, "d");
    *state = seen;
    return 0;
}

static int teardown(void **state)
{
    struct seen *seen = *state;
    mm_watch_close(seen->watch);
    drop_folder(seen->folder);
    free(seen->root);
    free(seen);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_wakes),
        TEST(told_once_a_burst),
        TEST(a_file_that_is_being_written),
        TEST(a_file_that_is_cut),
        TEST(folders_come_and_go),
        TEST(renamed_and_hidden),
        TEST(a_link_is_turned),
        TEST(by_looking),
        TEST(one_file),
        TEST(pauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
