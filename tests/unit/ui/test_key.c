#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/key.h"
#include "mmtui/base.h"

static void names_and_keys(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t key;
    } cases[] = {
        {"j", 'j'},
        {"G", 'G'},
        {"?", '?'},
        {"-", '-'},
        {"é", 0xe9},
        {"C-d", K_CTRL | 'd'},
        {"M-x", K_META | 'x'},
        {"C-M-x", K_CTRL | K_META | 'x'},
        {"Space", ' '},
        {"C-Space", K_CTRL | ' '},
        {"Enter", K_ENTER},
        {"Tab", K_TAB},
        {"S-Tab", K_SHIFT | K_TAB},
        {"Esc", K_ESC},
        {"BS", K_BACKSPACE},
        {"Del", K_DELETE},
        {"Ins", K_INSERT},
        {"Up", K_UP},
        {"PgDn", K_PGDN},
        {"Home", K_HOME},
        {"F1", K_F1},
        {"F12", K_F12},
        {"M-F10", K_META | (K_F1 + 9)},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        char name[KEY_NAME_SIZE];
        assert_int_equal(key_parse(cases[i].name), cases[i].key);
        assert_string_equal(key_label(name, cases[i].key), cases[i].name);
    }
}

static void keys_that_a_terminal_cant_tell_apart(void **state)
{
    (void)state;
    assert_int_equal(key_parse("C-i"), K_TAB);
    assert_int_equal(key_parse("C-m"), K_ENTER);
    assert_int_equal(key_parse("C-["), K_ESC);
    assert_int_equal(key_parse("C-h"), K_BACKSPACE);
    assert_int_equal(key_parse("C-D"), K_CTRL | 'd');
    assert_int_equal(key_parse("Backspace"), K_BACKSPACE);
    assert_int_equal(key_parse("Return"), K_ENTER);
}

static void what_is_no_key(void **state)
{
    (void)state;
    static const char *const names[] = {"",    " ",      "jj",   "F0",   "F13",  "F01",  "F+1",
                                        "S-a", "Ctrl-x", "\x01", "\xff", "C-jj", "enter"};
    for (size_t i = 0; i < MM_COUNT(names); i++)
        assert_int_equal(key_parse(names[i]), K_NONE);
    assert_int_equal(key_parse("C-"), K_NONE);
}

static void what_can_be_typed(void **state)
{
    (void)state;
    assert_true(key_is_text('a'));
    assert_true(key_is_text(' '));
    assert_true(key_is_text(0x4e2d));
    assert_false(key_is_text(K_ENTER));
    assert_false(key_is_text(K_CTRL | 'a'));
    assert_false(key_is_text(K_NONE));
    assert_false(key_is_text(27));
    assert_false(key_is_text(0x202e));
}

static void every_key_has_a_name_that_parses_back(void **state)
{
    (void)state;
    char name[KEY_NAME_SIZE];
    for (uint32_t key = K_ENTER; key < K_LAST; key++)
        assert_int_equal(key_parse(key_label(name, key)), key);
    for (uint32_t key = ' '; key < 0x7f; key++)
        assert_int_equal(key_parse(key_label(name, key)), key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_keys),
        cmocka_unit_test(keys_that_a_terminal_cant_tell_apart),
        cmocka_unit_test(what_is_no_key),
        cmocka_unit_test(what_can_be_typed),
        cmocka_unit_test(every_key_has_a_name_that_parses_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
