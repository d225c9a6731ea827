#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/glyphs.h"
#include "ui/key.h"
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

static struct prompt prompt;

static void add_words(const void *data, struct completions *out)
{
    completions_last_word(out);
    for (const char *const *word = data; *word; word++)
        completions_add(out, *word, NULL);
}

static const char *const metrics[] = {"diff1", "diff2", "cos", "out/", NULL};

static void open_line(const char *text)
{
    const struct completer completer = {add_words, metrics};
    prompt_open_line(&prompt, 1, ":", text, NULL, &completer);
}

/* Press keys by name, separated by blanks; what the last one gave. */
static enum prompt_result press(const char *names)
{
    char copy[200];
    char *rest = NULL;
    enum prompt_result result = PROMPT_STAYS;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        result = prompt_key(&prompt, key_parse(name));
    return result;
}

static void the_only_candidate_is_taken(void **state)
{
    (void)state;
    open_line("sort c");
    press("Tab");
    assert_string_equal(prompt.line.text, "sort cos");
    assert_int_equal(prompt.line.cursor, 8);
    assert_false(prompt.listing);
    open_line("o");
    press("Tab");
    assert_string_equal(prompt.line.text, "out/");
}

/* First what both have in common, then one after the other, then what was typed again. */
static void tabs_walk_the_candidates(void **state)
{
    (void)state;
    open_line("sort d");
    press("Tab");
    assert_string_equal(prompt.line.text, "sort diff");
    assert_true(prompt.listing);
    press("Tab");
    assert_string_equal(prompt.line.text, "sort diff1");
    press("Tab");
    assert_string_equal(prompt.line.text, "sort diff2");
    press("Tab");
    assert_string_equal(prompt.line.text, "sort diff");
    press("S-Tab");
    assert_string_equal(prompt.line.text, "sort diff2");
    press("Up");
    assert_string_equal(prompt.line.text, "sort diff1");
    press("Down");
    assert_string_equal(prompt.line.text, "sort diff2");
    assert_int_equal(press("Enter"), PROMPT_COMMIT);
    assert_string_equal(prompt_answer(&prompt), "sort diff2");
}

static void escape_drops_the_list_alone(void **state)
{
    (void)state;
    open_line("d");
    press("Tab Tab");
    assert_int_equal(press("Esc"), PROMPT_STAYS);
    assert_false(prompt.listing);
    assert_string_equal(prompt.line.text, "diff1");
    assert_int_equal(press("Esc"), PROMPT_CANCEL);
}

static void other_keys_edit(void **state)
{
    (void)state;
    open_line("d");
    press("Tab Tab x");
    assert_false(prompt.listing);
    assert_string_equal(prompt.line.text, "diff1x");
    press("BS BS 2 Home Right");
    assert_string_equal(prompt.line.text, "diff2");
    press("Tab"); /* "d", before the cursor, is the word; the rest stays behind it */
    assert_string_equal(prompt.line.text, "diffiff2");
    assert_int_equal(prompt.line.cursor, 4);
}

static void where_nothing_fits_the_line_stays(void **state)
{
    (void)state;
    open_line("zzz");
    press("Tab Tab S-Tab");
    assert_true(prompt.listing); /* it says that nothing fits */
    assert_string_equal(prompt.line.text, "zzz");
    prompt_open_line(&prompt, 1, ":", "d", NULL, NULL);
    assert_false(prompt.listing);
    press("Tab");
    assert_false(prompt.listing);
    assert_string_equal(prompt.line.text, "d");
}

static void the_right_case_is_put_in(void **state)
{
    (void)state;
    open_line("sort DI");
    press("Tab");
    assert_string_equal(prompt.line.text, "sort diff");
}

static const char *row_of(const struct mm_buf *frame, int y, char out[64])
{
    const char *p = mm_buf_text(frame);
    while (y-- > 0)
        p = strchr(p, '\n') + 1;
    snprintf(out, 64, "%.*s", (int)strcspn(p, "\n"), p);
    return out;
}

static void the_list_is_drawn_above_the_word(void **state)
{
    struct grid grid;
    struct mm_buf frame;
    char row[64];
    (void)state;
    grid_init(&grid);
    mm_buf_init(&frame);
    assert_int_equal(grid_resize(&grid, 30, 6), 0);
    struct canvas c = grid_canvas(&grid);
    open_line("sort d");
    prompt_draw_list(&prompt, &c, &glyphs_ascii, false);
    press("Tab Tab");
    prompt_draw_list(&prompt, &c, &glyphs_ascii, false);
    grid_dump_glyphs(&grid, &frame);
    /* ":sort diff1" begins in column 1, so the word is in column 7 */
    assert_string_equal(row_of(&frame, 0, row), "");
    assert_string_equal(row_of(&frame, 2, row), "     +-------+");
    assert_string_equal(row_of(&frame, 3, row), "     | diff1 |");
    assert_string_equal(row_of(&frame, 4, row), "     | diff2 |");
    assert_string_equal(row_of(&frame, 5, row), "     +-------+");
    assert_int_equal(grid_cell(&grid, 7, 3)->backdrop, ROLE_MENU_SEL);
    assert_int_equal(grid_cell(&grid, 7, 4)->backdrop, ROLE_DEFAULT);
    for (int h = 0; h < 8; h++) {
        for (int w = 0; w < 40; w++) {
            grid_resize(&grid, w, h);
            c = grid_canvas(&grid);
            prompt_draw_list(&prompt, &c, &glyphs_utf8, false);
        }
    }
    mm_buf_done(&frame);
    grid_done(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_candidate_is_taken),       cmocka_unit_test(tabs_walk_the_candidates),
        cmocka_unit_test(escape_drops_the_list_alone),       cmocka_unit_test(other_keys_edit),
        cmocka_unit_test(where_nothing_fits_the_line_stays), cmocka_unit_test(the_right_case_is_put_in),
        cmocka_unit_test(the_list_is_drawn_above_the_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
