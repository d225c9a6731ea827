/* Names that keep their end, sentences that go on below. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/text_fit.h"

#include <string.h>

static struct grid grid;

static void start(int w, int h)
{
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, w, h), 0);
}

static void expect(const char *text)
{
    struct mm_buf out;
    mm_buf_init(&out);
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), text);
    mm_buf_done(&out);
    grid_done(&grid);
}

static void names_keep_their_end(void **state)
{
    (void)state;
    start(12, 4);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(text_fit_name(&c, 1, 0, 8, ROLE_LIST, "short", &glyphs_utf8), 5);
    assert_int_equal(text_fit_name(&c, 1, 1, 8, ROLE_LIST, "a.very.long.name", &glyphs_utf8), 8);
    assert_int_equal(text_fit_name(&c, 1, 2, 8, ROLE_LIST, "a.very.long.name", &glyphs_ascii), 8);
    assert_int_equal(text_fit_name(&c, 1, 3, 9, ROLE_LIST, "x\x1b[2J", &glyphs_utf8), 8);
    expect(" short\n …ng.name\n ~ng.name\n x\\x1b[2J\n");
}

/* "the figure stays": 44 columns and less. */
static void sentences_keep_their_figures(void **state)
{
    (void)state;
    static const char text[] = "encoder.layers.0.attention.query/weight: 5 of 99";
    start(48, 8);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(text_fit_sentence(&c, 0, 0, 48, ROLE_LIST, text, &glyphs_utf8), 48);
    assert_int_equal(text_fit_sentence(&c, 0, 1, 40, ROLE_LIST, text, &glyphs_utf8), 40);
    assert_int_equal(text_fit_sentence(&c, 0, 2, 28, ROLE_LIST, text, &glyphs_ascii), 28);
    /* not shorter than 16: then the end goes */
    assert_int_equal(text_fit_sentence(&c, 0, 3, 20, ROLE_LIST, text, &glyphs_utf8), 20);
    /* two names give by turns, short words nothing */
    assert_int_equal(text_fit_sentence(&c, 0, 4, 40, ROLE_LIST,
                                       "abcdefghijklmnopqrstuvwxyz and "
                                       "abcdefghijklmnopqrstuvwxyz 7",
                                       &glyphs_utf8),
                     40);
    assert_int_equal(text_fit_sentence(&c, 0, 5, 10, ROLE_LIST, "no long words here 7", &glyphs_utf8), 10);
    assert_int_equal(text_fit_sentence(&c, 0, 6, 0, ROLE_LIST, text, &glyphs_utf8), 0);
    assert_int_equal(text_fit_sentence(&c, 0, 6, -3, ROLE_LIST, text, &glyphs_utf8), 0);
    assert_int_equal(text_fit_sentence(&c, 0, 7, 20, ROLE_LIST, "", &glyphs_utf8), 0);
    expect("encoder.layers.0.attention.query/weight: 5 of 99\n"
           "encoder.l…ttention.query/weight: 5 of 99\n"
           "encod~.query/weight: 5 of 99\n"
           "enco…ery/weight: 5 …\n"
           "abcd…pqrstuvwxyz and abcd…opqrstuvwxyz 7\n"
           "no long w…\n"
           "\n"
           "\n");
}

static void names_without_room(void **state)
{
    (void)state;
    start(4, 1);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(text_fit_name(&c, 0, 0, 0, ROLE_LIST, "abc", &glyphs_utf8), 0);
    assert_int_equal(text_fit_name(&c, 0, 0, -5, ROLE_LIST, "abc", &glyphs_utf8), 0);
    assert_int_equal(text_fit_name(&c, 0, 0, 4, ROLE_LIST, "", &glyphs_utf8), 0);
    assert_int_equal(text_fit_name(&c, 1, 0, 1, ROLE_LIST, "abc", &glyphs_utf8), 1);
    expect(" …\n");
}

/* Chinese has no blanks: a line ends behind any character, but not before a closing or behind an opening bracket. */
static void breaks_chinese(void **state)
{
    (void)state;
    const int han = 3; /* bytes */
    assert_int_equal(text_fit_break("一二三四", 8), 4 * han);
    assert_int_equal(text_fit_break("一二三四", 7), 3 * han);
    assert_int_equal(text_fit_break("一二三。", 7), 2 * han);
    assert_int_equal(text_fit_break("一二（三", 7), 2 * han);
    assert_int_equal(text_fit_break("一二 abc三", 8), 2 * han);
    assert_int_equal(text_fit_break("一abc", 4), han);
    assert_int_equal(text_fit_break("abc一", 4), 3);
    assert_int_equal(text_fit_break("一", 1), han);
}

static void breaks_at_blanks(void **state)
{
    (void)state;
    assert_int_equal(text_fit_break("", 10), 0);
    assert_int_equal(text_fit_break("one two", 10), 7);
    assert_int_equal(text_fit_break("one two", 7), 7);
    assert_int_equal(text_fit_break("one two", 6), 3);
    assert_int_equal(text_fit_break("one two", 3), 3);
    assert_int_equal(text_fit_break("one two", 2), 2); /* a word that is too long is cut */
    assert_int_equal(text_fit_break("two  blanks", 4), 3 + 1);
    assert_int_equal(text_fit_break(" x", 1), 1);
    assert_int_equal(text_fit_break("one ", 3), 4);     /* a blank at the end may hang over */
    assert_int_equal(text_fit_break("层归一化", 5), 6); /* two wide characters of three bytes */
    assert_int_equal(text_fit_break("层归", 1), 3);     /* never nothing */
}

static void wraps(void **state)
{
    (void)state;
    start(12, 4);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(text_fit_wrap(&c, 1, 0, 11, ROLE_LIST, "a sentence of some words"), 3);
    assert_int_equal(text_fit_wrap(&c, 1, 3, 11, ROLE_LIST, ""), 1);
    expect(" a sentence\n of some\n words\n\n");
}

static void wraps_what_is_hostile(void **state)
{
    (void)state;
    start(12, 2);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(text_fit_wrap(&c, 0, 0, 6, ROLE_LIST, "\x1b[2J\n"), 2); /* \x1b[2J\n is 9 columns */
    assert_true(text_fit_wrap(&c, 0, 9, 0, ROLE_LIST, "ab c") > 0);
    assert_true(text_fit_wrap(&c, 0, 9, -3, ROLE_LIST, "ab c") > 0);
    expect("\\x1b[2\nJ\\n\n");
}

static void times(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.5477, "0.55x"}, {1, "1x"},       {9.96, "10x"},     {10.4, "10x"},
                 {149.9, "150x"},   {9999, "9999x"}, {15000, "15000x"}, {1e-5, "1e-5x"}};
    char out[MM_NUM];
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_string_equal(text_fit_times(out, cases[i].value), cases[i].text);
}

static void last_part_of_an_op(void **state)
{
    (void)state;
    assert_string_equal(text_fit_op("mm.matmul"), "matmul");
    assert_string_equal(text_fit_op("aten::conv2d"), "conv2d");
    assert_string_equal(text_fit_op("Conv"), "Conv");
    assert_string_equal(text_fit_op("odd."), "odd.");
    assert_string_equal(text_fit_op(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(last_part_of_an_op),
        cmocka_unit_test(names_keep_their_end),
        cmocka_unit_test(sentences_keep_their_figures),
        cmocka_unit_test(names_without_room),
        cmocka_unit_test(breaks_chinese),
        cmocka_unit_test(breaks_at_blanks),
        cmocka_unit_test(wraps),
        cmocka_unit_test(wraps_what_is_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
