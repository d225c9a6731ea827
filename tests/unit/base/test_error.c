#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <errno.h>
#include <string.h>

static void fills_code_and_text(void **state)
{
    (void)state;
    struct mm_err err = {MM_OK, "old"};
    assert_int_equal(mm_fail(&err, MM_ECORRUPT, "%s: %d bytes", "x.npy", 7), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text, "x.npy: 7 bytes");
}

static void nobody_wants_the_text(void **state)
{
    (void)state;
    assert_int_equal(mm_fail(NULL, MM_EARG, "%d", 1), -1);
    assert_int_equal(mm_fail_errno(NULL, "x", "opening it"), -1);
    assert_int_equal(mm_fail_memory(NULL), -1);
}

static void cuts_a_long_text(void **state)
{
    (void)state;
    struct mm_err err;
    char name[2000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    mm_fail(&err, MM_EIO, "%s: gone", name);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, name, sizeof err.text - 1);
}

static void names_what_the_system_said(void **state)
{
    (void)state;
    struct mm_err err;
    errno = ENOENT;
    assert_int_equal(mm_fail_errno(&err, "a/b", "opening it"), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_string_equal(err.text, "a/b: opening it: No such file or directory");
    errno = EACCES;
    mm_fail_errno(&err, "a/b", "opening it");
    assert_int_equal(err.code, MM_EIO);
    assert_string_equal(err.text, "a/b: opening it: Permission denied");
}

static void memory_has_a_sentence(void **state)
{
    (void)state;
    struct mm_err err;
    assert_int_equal(mm_fail_memory(&err), -1);
    assert_int_equal(err.code, MM_ENOMEM);
    assert_string_equal(err.text, "out of memory");
}

static void every_code_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int a = MM_OK; a <= MM_ECANCELLED; a++) {
        assert_true(strlen(mm_code_word((enum mm_code)a)) > 0);
        for (int b = MM_OK; b < a; b++)
            assert_string_not_equal(mm_code_word((enum mm_code)a), mm_code_word((enum mm_code)b));
    }
    assert_string_equal(mm_code_word(MM_ECORRUPT), "corrupt");
    assert_string_equal(mm_code_word(MM_EUNSUPPORTED), "unsupported");
    assert_string_equal(mm_code_word((enum mm_code)999), "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_code_and_text),   cmocka_unit_test(nobody_wants_the_text),
        cmocka_unit_test(cuts_a_long_text),      cmocka_unit_test(names_what_the_system_said),
        cmocka_unit_test(memory_has_a_sentence), cmocka_unit_test(every_code_has_a_word_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
