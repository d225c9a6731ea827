/* What is sent to the clipboard of a terminal, and through what lies between. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/clipboard.h"

#include <string.h>

static void clipboard_text_is_base64(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sequence;
    } cases[] = {{"", "\033]52;c;\033\\"},
                 {"f", "\033]52;c;Zg==\033\\"},
                 {"fo", "\033]52;c;Zm8=\033\\"},
                 {"foo", "\033]52;c;Zm9v\033\\"},
                 {"foobar\xff", "\033]52;c;Zm9vYmFy/w==\033\\"}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_buf out;
        mm_buf_init(&out);
        clipboard_sequence(&out, CLIPBOARD_DIRECT, cases[i].text, strlen(cases[i].text));
        assert_string_equal(mm_buf_text(&out), cases[i].sequence);
        mm_buf_done(&out);
    }
}

static void the_way_to_each_terminal(void **state)
{
    static const struct {
        const char *name;
        bool tmux;
        enum clipboard_way way;
    } cases[] = {{"xterm-256color", false, CLIPBOARD_DIRECT},
                 {"foot", false, CLIPBOARD_DIRECT},
                 {"linux", false, CLIPBOARD_NONE},
                 {"vt100", false, CLIPBOARD_NONE},
                 {NULL, false, CLIPBOARD_NONE},
                 {"tmux-256color", false, CLIPBOARD_TMUX},
                 {"tmux-256color", true, CLIPBOARD_TMUX},
                 {"screen-256color", true, CLIPBOARD_TMUX},
                 {"xterm-256color", true, CLIPBOARD_TMUX},
                 {"screen", false, CLIPBOARD_SCREEN},
                 {"screen.xterm", false, CLIPBOARD_SCREEN}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_int_equal(clipboard_way(cases[i].name, cases[i].tmux), cases[i].way);
}

static void expect_sequence(enum clipboard_way way, const char *text, const char *sequence)
{
    struct mm_buf out;
    mm_buf_init(&out);
    clipboard_sequence(&out, way, text, strlen(text));
    assert_string_equal(mm_buf_text(&out), sequence);
    mm_buf_done(&out);
}

#define PLAIN "\033]52;c;Zm9v\033\\"

static void wrapped_for_what_lies_between(void **state)
{
    (void)state;
    expect_sequence(CLIPBOARD_NONE, "foo", "");
    expect_sequence(CLIPBOARD_TMUX, "foo", PLAIN "\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
    expect_sequence(CLIPBOARD_SCREEN, "foo", PLAIN "\033P\033]52;c;Zm9v\a\033\\");
}

/* screen takes strings of at most 256 bytes: the pieces, put together, are the sequence. */
static void a_long_text_in_pieces_for_screen(void **state)
{
    char text[1000] = {0}, joined[2000] = "";
    struct mm_buf out, plain;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    mm_buf_init(&out);
    mm_buf_init(&plain);
    clipboard_sequence(&plain, CLIPBOARD_DIRECT, text, strlen(text));
    clipboard_sequence(&out, CLIPBOARD_SCREEN, text, strlen(text));
    assert_memory_equal(mm_buf_text(&out), mm_buf_text(&plain), plain.length);
    const char *p = mm_buf_text(&out) + plain.length;
    int pieces = 0;
    for (; *p; pieces++) {
        const char *end = strstr(p, "\033\\");
        assert_memory_equal(p, "\033P", 2);
        assert_non_null(end);
        assert_true(end - p <= 256);
        strncat(joined, p + 2, (size_t)(end - p - 2));
        p = end + 2;
    }
    assert_int_equal(pieces, 6); /* 7 + 4 * 333 + 1 bytes in pieces of 240 */
    assert_memory_equal(joined, mm_buf_text(&plain), plain.length - 2);
    assert_string_equal(joined + plain.length - 2, "\a");
    mm_buf_done(&out);
    mm_buf_done(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clipboard_text_is_base64),
        cmocka_unit_test(the_way_to_each_terminal),
        cmocka_unit_test(wrapped_for_what_lies_between),
        cmocka_unit_test(a_long_text_in_pieces_for_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
