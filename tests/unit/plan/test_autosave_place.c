/* Places for unsaved plans, and their locks. */
#include "unit/plan/helpers.h"
#include "plan/autosave.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void folder_of_the_state(void **state)
{
    (void)state;
    setenv("HOME", "/h", 1);
    setenv("XDG_STATE_HOME", "/x/state", 1);
    char *folder = mm_state_folder();
    assert_string_equal(folder, "/x/state/mmtui");
    free(folder);
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored */
    folder = mm_state_folder();
    assert_string_equal(folder, "/h/.local/state/mmtui");
    free(folder);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(mm_state_folder());
}

static void paths_and_hashes(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmtui-unit-XXXXXX", link[64];
    assert_non_null(mkdtemp(folder));
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink(folder, link), 0);
    char *a = autosave_real_path(folder), *b = autosave_real_path(link), *c = autosave_real_path("/no/such");
    assert_string_equal(a, b);
    assert_string_equal(c, "/no/such");
    assert_true(autosave_hash("a", "b") != autosave_hash("b", "a"));
    assert_true(autosave_hash("ab", "") != autosave_hash("a", "b"));
    free(a);
    free(b);
    free(c);
    mm_folder_remove(folder);
}

/* What another process gets for a place: 1 or 0. */
static int asks(const char *folder, int number)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct autosave_place place;
        int got = autosave_place_take(&place, folder, 7, number, NULL);
        autosave_place_release(&place);
        _exit(got < 0 ? 9 : got);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void one_process_a_place(void **state)
{
    (void)state;
    struct autosave_place place;
    char folder[] = "/tmp/mmtui-unit-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(autosave_place_take(&place, folder, 7, 0, NULL), 1);
    assert_int_equal(asks(folder, 0), 0);
    assert_int_equal(asks(folder, 1), 1);
    char *lock = strdup(place.lock);
    autosave_place_release(&place);
    assert_int_equal(access(lock, F_OK), -1); /* nothing lies about */
    free(lock);
    assert_int_equal(asks(folder, 0), 1);
    autosave_place_release(&place); /* twice is fine */
    mm_folder_remove(folder);
}

static void a_folder_that_is_none(void **state)
{
    (void)state;
    struct autosave_place place;
    struct mm_err err;
    assert_int_equal(autosave_place_take(&place, "/dev/null", 7, 0, &err), -1);
    assert_non_null(strstr(err.text, "/dev/null/plan-0000000000000007-0.lock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_of_the_state),
        cmocka_unit_test(paths_and_hashes),
        cmocka_unit_test(one_process_a_place),
        cmocka_unit_test(a_folder_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
