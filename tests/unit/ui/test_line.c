#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/line.h"
#include "ui/key.h"

#include <string.h>

static struct line line;

/* Press keys by their names, separated by blanks. */
static void press(const char *names)
{
    char copy[200];
    char *rest = NULL;
    strncpy(copy, names, sizeof(copy) - 1);
    copy[sizeof(copy) - 1] = '\0';
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        assert_true(line_key(&line, key_parse(name)));
}

static void expect(const char *text, size_t cursor)
{
    assert_string_equal(line.text, text);
    assert_int_equal(line.length, strlen(text));
    assert_int_equal(line.cursor, cursor);
}

static void typing_and_moving(void **state)
{
    (void)state;
    line_start(&line, NULL, NULL);
    press("a b Space c");
    expect("ab c", 4);
    press("Left Left X");
    expect("abX c", 3);
    press("Home 1 End 2");
    expect("1abX c2", 7);
    press("C-a C-f C-f C-b Del");
    expect("1bX c2", 1);
    press("Left Left BS");
    expect("1bX c2", 0);
    press("C-e Del Right");
    expect("1bX c2", 6);
    press("C-a C-d");
    expect("bX c2", 0);
}

static void erasing_words_and_lines(void **state)
{
    (void)state;
    line_start(&line, "one two  ", NULL);
    press("C-w");
    expect("one ", 4);
    press("C-w C-w");
    expect("", 0);
    line_start(&line, "one two", NULL);
    press("Left Left C-u");
    expect("wo", 0);
    press("Right C-k");
    expect("w", 1);
}

static void utf8_is_never_cut(void **state)
{
    (void)state;
    line_start(&line, "é中", NULL);
    expect("é中", 5);
    assert_int_equal(line_column(&line), 3);
    press("Left");
    assert_int_equal(line.cursor, 2);
    assert_int_equal(line_column(&line), 1);
    press("BS");
    expect("中", 0);
    press("Del ß");
    expect("ß", 2);
}

static void what_can_not_be_typed(void **state)
{
    (void)state;
    line_start(&line,
               "a\x1b"
               "b\xff\nc",
               NULL); /* controls are left out, bad bytes become U+FFFD */
    assert_null(strchr(line.text, 27));
    assert_null(strchr(line.text, '\n'));
    assert_null(strchr(line.text, '\xff'));
    assert_false(line_key(&line, K_ENTER));
    assert_false(line_key(&line, K_ESC));
    assert_false(line_key(&line, K_META | 'x'));
    assert_false(line_key(&line, K_F1));
}

static void a_full_line_takes_no_more(void **state)
{
    (void)state;
    line_start(&line, NULL, NULL);
    for (int i = 0; i < 2 * LINE_MAX_BYTES; i++)
        line_key(&line, 'x');
    assert_int_equal(line.length, LINE_MAX_BYTES - 1);
    press("BS é"); /* one byte of room is not enough for two */
    assert_int_equal(line.length, LINE_MAX_BYTES - 2);
    press("Home y");
    assert_int_equal(line.length, LINE_MAX_BYTES - 1);
}

static void history_goes_back_and_forth(void **state)
{
    (void)state;
    struct history history = {0};
    history_add(&history, "first");
    history_add(&history, "second");
    history_add(&history, "");
    history_add(&history, "first"); /* moves to the end */
    assert_int_equal(history.count, 2);
    line_start(&line, "", &history);
    press("Up");
    expect("first", 5);
    press("C-p Up Up");
    expect("second", 6);
    press("! Down Down Down"); /* a change of an old line is not kept */
    expect("", 0);
    history_add(&history, "fish");
    line_start(&line, "fi", &history); /* what begins so */
    press("Up Up");
    expect("first", 5);
    press("Up");
    expect("first", 5);
    press("Down Down");
    expect("fi", 2);
    line_start(&line, "new", &history);
    press("Up");
    expect("new", 3);
    history_done(&history);
    line_start(&line, "x", NULL);
    press("Up Down");
    expect("x", 1);
}

static void history_is_bounded(void **state)
{
    (void)state;
    struct history history = {0};
    char text[] = "entry AA";
    for (int i = 0; i < 3 * HISTORY_MAX; i++) {
        text[6] = (char)('A' + i / 26);
        text[7] = (char)('A' + i % 26);
        history_add(&history, text);
    }
    assert_int_equal(history.count, HISTORY_MAX);
    assert_string_equal(history.entries[HISTORY_MAX - 1], text);
    history_done(&history);
    assert_int_equal(history.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_and_moving),         cmocka_unit_test(erasing_words_and_lines),
        cmocka_unit_test(utf8_is_never_cut),         cmocka_unit_test(what_can_not_be_typed),
        cmocka_unit_test(a_full_line_takes_no_more), cmocka_unit_test(history_goes_back_and_forth),
        cmocka_unit_test(history_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
