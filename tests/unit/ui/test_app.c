#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/app.h"
#include "ui/clipboard.h"
#include "ui/key.h"
#include "unit/ui/monkey.h"
#include "ui/script.h"

#include "unit/ui/toy_view.h"
#include "unit/ui/golden.h"

#include <string.h>

static struct app app;
static struct toy *toy;
static int closed;
static bool unsaved;
static struct action_section sections[TOY_SECTIONS];

static const char *ask_unsaved(void *context)
{
    (void)context;
    return unsaved ? "Something is not written. Leave anyway?" : NULL;
}

static bool undo_only(void *context, struct app *a, const struct action_event *event)
{
    (void)context;
    if (event->id != ACT_UNDO)
        return false;
    app_say(a, ROLE_STATUS, "undone");
    return true;
}

static int setup(void **state)
{
    (void)state;
    const struct app_hooks hooks = {.sections = toy_sections(sections),
                                    .section_count = TOY_SECTIONS,
                                    .fd = -1,
                                    .unsaved = ask_unsaved,
                                    .act = undo_only};
    closed = 0;
    unsaved = false;
    if (app_init(&app, NULL, NULL, &hooks, NULL) < 0)
        return -1;
    toy = toy_open(100, &closed);
    app_push_take(&app, &toy->view);
    app_resize(&app, 80, 24);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_done(&app);
    return 0;
}

/* Press keys by name, separated by blanks. */
static void press(const char *names)
{
    char copy[200];
    char *rest = NULL;
    snprintf(copy, sizeof(copy), "%s", names);
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        app_key(&app, key_parse(name));
}

static void keys_become_actions(void **state)
{
    (void)state;
    press("j");
    assert_int_equal(toy->last, ACT_DOWN);
    assert_int_equal(toy->list.cursor, 1);
    press("1 2 j");
    assert_int_equal(toy->last_count, 12);
    assert_int_equal(toy->list.cursor, 13);
    press("9 0 G");
    assert_int_equal(toy->list.cursor, 89);
    press("9 9 9 9 9 9 9 9 9 9 9 9 k");
    assert_int_equal(toy->last_count, 999999);
    assert_int_equal(toy->list.cursor, 0);
    press("0 j"); /* 0 begins no count and is no key */
    assert_int_equal(toy->last_count, 0);
}

static void escape_backs_out_of_the_count_only(void **state)
{
    (void)state;
    int acted = toy->acted;
    press("5 Esc");
    assert_int_equal(toy->acted, acted);
    press("j");
    assert_int_equal(toy->last_count, 0);
    press("Esc"); /* on the first screen: nothing to back out of */
    assert_false(app.quit);
    assert_int_equal(app.depth, 1);
}

static void alt_is_escape_unless_it_is_bound(void **state)
{
    (void)state;
    press("5 M-j"); /* Esc takes the count away, then j */
    assert_int_equal(toy->list.cursor, 1);
    press("/ a M-j");
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    assert_int_equal(toy->list.cursor, 2);
    assert_int_equal(keymap_bind(&app.keymap, "M-j", "bottom", NULL), 0);
    press("M-j");
    assert_int_equal(toy->list.cursor, 99);
}

static void unknown_keys_and_actions_say_so(void **state)
{
    (void)state;
    press("F5");
    assert_string_equal(app.message, "F5 does nothing here; ? shows the keys.");
    press("j");
    assert_string_equal(app.message, "");
    app_act(&app, ACT_PART_LOG, NULL);
    assert_string_equal(app.message, "'part-log' is not available on this screen.");
    press("e");
    assert_int_equal(toy->last, ACT_NEXT_BAD);
    assert_string_equal(app.message, "'next-bad' does nothing here.");
    press("u");
    assert_string_equal(app.message, "undone");
    app_key(&app, K_NONE);
    assert_string_equal(app.message, "undone");
}

static void actions_that_need_text_ask_for_it(void **state)
{
    (void)state;
    press("/");
    assert_int_equal(app.prompt.kind, PROMPT_LINE);
    assert_int_not_equal(toy->last, ACT_SEARCH);
    press("j Space q");
    assert_int_equal(toy->list.cursor, 0); /* typed, not done */
    golden_check(&app, "app-prompt");
    press("Enter");
    assert_int_equal(toy->last, ACT_SEARCH);
    assert_string_equal(toy->last_text, "j q");
    press("/ Up Enter");
    assert_string_equal(toy->last_text, "j q");
    toy->last = ACT_NONE;
    press("/ x Esc");
    assert_int_equal(toy->last, ACT_NONE);
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    press("/ Enter"); /* an empty search is an answer, an empty pattern is not */
    assert_int_equal(toy->last, ACT_SEARCH);
    assert_string_equal(toy->last_text, "");
    press("* Enter");
    assert_int_equal(toy->last, ACT_SEARCH);
    press("/ BS");
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
}

static void menus_dispatch_what_was_chosen(void **state)
{
    (void)state;
    press("s");
    assert_int_equal(app.prompt.kind, PROMPT_MENU);
    golden_check(&app, "app-menu");
    press("Enter");
    assert_int_equal(toy->last, ACT_SORT);
    assert_string_equal(toy->last_text, "two");
    press("s a");
    assert_string_equal(toy->last_text, "one");
    press("s G k j j Enter");
    assert_string_equal(toy->last_text, "three");
    press("s g Space");
    assert_string_equal(toy->last_text, "one");
    toy->last = ACT_NONE;
    press("s x Esc");
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    press("s q");
    assert_false(app.quit);
    assert_int_equal(toy->last, ACT_SORT_MENU);
}

static void commands(void **state)
{
    (void)state;
    press(": 2 0 Enter");
    assert_int_equal(toy->list.cursor, 19);
    assert_int_equal(app_command(&app, "  sort   max abs "), 0);
    assert_int_equal(toy->last, ACT_SORT);
    assert_string_equal(toy->last_text, "max abs");
    assert_int_equal(app_command(&app, ":goto 7"), 0);
    assert_int_equal(toy->list.cursor, 6);
    assert_int_equal(app_command(&app, "-5"), 0);
    assert_int_equal(toy->list.cursor, 0);
    assert_int_equal(app_command(&app, "999999999999"), 0);
    assert_int_equal(toy->list.cursor, 99);
    assert_int_equal(app_command(&app, "nonsense here"), -1);
    assert_string_equal(app.message, "Unknown action 'nonsense' (? lists them)");
    assert_int_equal(app_command(&app, ""), 0);
    assert_int_equal(app_command(&app, "search"), 0); /* asks */
    assert_int_equal(app.prompt.kind, PROMPT_LINE);
    press("Esc");
    press(": s o r t Space x Enter");
    assert_string_equal(toy->last_text, "x");
}

static void themes_change(void **state)
{
    (void)state;
    assert_int_equal(app_command(&app, "theme mono"), 0);
    assert_string_equal(app.theme.name, "mono");
    assert_true(app.wants & APP_WANTS_REPAINT);
    assert_int_equal(app_command(&app, "theme nosuch"), 0);
    assert_string_equal(app.theme.name, "mono");
    assert_int_equal(app.message_role, ROLE_ERROR);
}

/* :theme alone is a menu; the screen shows what is selected, Esc brings back what was there, Enter keeps. */
static void themes_are_previewed(void **state)
{
    (void)state;
    assert_int_equal(app_command(&app, "theme"), 0);
    assert_int_equal(app.prompt.kind, PROMPT_MENU);
    assert_string_equal(app.theme.name, "default");
    app.wants = 0;
    press("j");
    assert_string_equal(app.theme.name, "mono");
    assert_true(app.wants & APP_WANTS_REPAINT);
    press("j");
    assert_string_equal(app.theme.name, "blue-yellow");
    press("Esc");
    assert_string_equal(app.theme.name, "default");
    press(": t h e m e Enter j Enter");
    assert_string_equal(app.theme.name, "mono");
    assert_string_equal(app.message, "Theme: mono");
    press(": t h e m e Enter"); /* it stands on the present one */
    press("k Enter");
    assert_string_equal(app.theme.name, "default");
}

static void closing_and_quitting(void **state)
{
    (void)state;
    app_push_take(&app, &toy_open(3, &closed)->view);
    assert_int_equal(app.depth, 2);
    int updated = toy->updated;
    press("q");
    assert_int_equal(app.depth, 1);
    assert_int_equal(closed, 1);
    assert_true(toy->updated > updated); /* what lay below is brought up to date */
    press("BS");
    assert_string_equal(app.message, "This is the first screen; q ends mmtui.");
    unsaved = true;
    press("q");
    assert_false(app.quit);
    assert_int_equal(app.prompt.kind, PROMPT_ASK);
    golden_check(&app, "app-ask");
    press("n");
    assert_false(app.quit);
    press("Q Esc");
    assert_false(app.quit);
    press("C-c y");
    assert_true(app.quit);
}

static void quitting_without_changes_asks_nothing(void **state)
{
    (void)state;
    press("Q");
    assert_true(app.quit);
}

static void the_stack_is_bounded(void **state)
{
    (void)state;
    for (int i = 1; i < APP_DEPTH; i++)
        assert_int_equal(app_push_take(&app, &toy_open(1, &closed)->view), 0);
    assert_int_equal(app_push_take(&app, &toy_open(1, &closed)->view), -1);
    assert_int_equal(closed, 1);
    assert_int_equal(app_push_take(&app, NULL), -1);
    app_changed(&app);
    assert_int_equal(toy->updated, 1);
}

static void sizes_reach_the_view(void **state)
{
    (void)state;
    assert_int_equal(toy->w, 80);
    assert_int_equal(toy->h, 22);
    app_resize(&app, 50, 11); /* one row at the bottom */
    assert_int_equal(toy->h, 10);
    app_resize(&app, 0, 0);
    assert_int_equal(toy->h, 0);
    app_resize(&app, -3, 1000000);
    assert_int_equal(app.w, 0);
    assert_int_equal(app.h, GRID_MAX);
}

static void frames(void **state)
{
    (void)state;
    golden_check_sizes(&app, "app-toy");
    app_resize(&app, 60, 10);
    golden_check(&app, "app-short");
    app_say(&app, ROLE_WARN, "a message\x1b[31m from \xff somewhere");
    golden_check(&app, "app-short-message");
    press("4 2");
    golden_check(&app, "app-short-count");
    app_resize(&app, 39, 10);
    golden_check(&app, "app-too-small-39x10");
    app_resize(&app, 12, 6);
    golden_check(&app, "app-too-small-12x6");
}

static void every_size_can_be_drawn(void **state)
{
    (void)state;
    struct grid grid;
    grid_init(&grid);
    for (int h = 0; h < 30; h++) {
        for (int w = 0; w < 100; w += 3) {
            app_resize(&app, w, h);
            app_draw(&app, &grid);
            app_act(&app, ACT_SORT_MENU, NULL);
            app_draw(&app, &grid);
            press(
                "Esc / a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p");
            app_draw(&app, &grid);
            press("Esc ?");
            app_draw(&app, &grid);
            press("G q");
        }
    }
    app_resize(&app, 300, 100);
    app_draw(&app, &grid);
    assert_false(app.dirty);
    grid_done(&grid);
}

static void help_is_made_from_the_table(void **state)
{
    (void)state;
    keymap_bind(&app.keymap, "z", "next-bad", NULL);
    press("?");
    assert_int_equal(app.depth, 2);
    press("?"); /* not a second one */
    assert_int_equal(app.depth, 2);
    golden_check_sizes(&app, "help");
    app_resize(&app, 80, 24);
    press("G");
    golden_check(&app, "help-end");
    press("Esc");
    assert_int_equal(app.depth, 1);
}

static void help_finds_words(void **state)
{
    (void)state;
    app_resize(&app, 80, 24);
    press("? / S o r t Enter");
    golden_check(&app, "help-find");
    press("N");
    golden_check(&app, "help-find-before");
    press("Esc"); /* of the search alone */
    assert_int_equal(app.depth, 2);
    press("n");
    assert_string_equal(app.message, "Nothing is looked for: / asks for a word");
    press("/ z z z Enter");
    assert_string_equal(app.message, "Nothing here has \"zzz\"");
    press("/ P g D Enter"); /* the name of a key */
    assert_string_equal(app.message, "");
    press("Esc Esc");
    assert_int_equal(app.depth, 1);
    press("n"); /* known in help alone */
    assert_string_equal(app.message, "n does nothing here; ? shows the keys.");
}

static void copying_waits_for_the_terminal(void **state)
{
    (void)state;
    app_copy(&app, "conv2d_93", "conv2d_93");
    assert_true(app.wants & APP_WANTS_COPY);
    assert_string_equal(mm_buf_text(&app.copy), "conv2d_93");
    press("C-z");
    assert_true(app.wants & APP_WANTS_SUSPEND);
    press("C-l");
    assert_true(app.wants & APP_WANTS_REPAINT);
}

static void copying_what_is_shown(void **state)
{
    (void)state;
    app_resize(&app, 40, 12);
    press("Y");
    assert_true(app.wants & APP_WANTS_COPY);
    assert_memory_equal(mm_buf_text(&app.copy), " toy 40 x 10\n row 0\n row 1\n", 27);
    assert_null(strstr(mm_buf_text(&app.copy), "toy status"));
    assert_string_equal(app.message, "Copied what this screen shows, if the terminal allows it");
}

static void a_text_that_is_too_long_is_not_copied(void **state)
{
    (void)state;
    char *text = calloc(CLIPBOARD_MAX + 2, 1);
    assert_non_null(text);
    memset(text, 'x', CLIPBOARD_MAX);
    app_copy(&app, text, "much");
    assert_true(app.wants & APP_WANTS_COPY);
    app.wants = 0;
    text[CLIPBOARD_MAX] = 'x';
    app_copy(&app, text, "much");
    assert_false(app.wants & APP_WANTS_COPY);
    assert_int_equal(app.copy.length, 0);
    assert_string_equal(app.message, "Not copied: 74995 bytes, and terminals take 74994 at most");
    free(text);
}

/* ---- mouse ---- */

static struct grid screen;

static void mouse(enum mouse_kind kind, int x, int y)
{
    app_draw(&app, &screen);
    app_mouse(&app, &screen, &(struct mouse){kind, x, y});
}

/* Where a text stands on the row. */
static int column_of(int y, const char *text)
{
    struct mm_buf out;
    int x = -1;
    mm_buf_init(&out);
    app_draw(&app, &screen);
    grid_dump_glyphs(&screen, &out);
    const char *row = mm_buf_text(&out);
    for (int i = 0; i < y; i++)
        row = strchr(row, '\n') + 1;
    const char *hit = strstr(row, text), *end = strchr(row, '\n');
    if (hit && hit < end)
        x = (int)(hit - row); /* the toy's rows are ASCII */
    mm_buf_done(&out);
    assert_true(x >= 0);
    return x;
}

static void the_mouse_is_off_until_it_is_wanted(void **state)
{
    (void)state;
    assert_false(app.mouse);
    press("m");
    assert_true(app.mouse);
    assert_true(app.wants & APP_WANTS_MOUSE);
    assert_non_null(strstr(app.message, "Shift selects text"));
    press("m");
    assert_false(app.mouse);
    assert_string_equal(app.message, "Mouse off");
}

static void clicks_on_rows_and_hints(void **state)
{
    (void)state;
    mouse(MOUSE_CLICK, 5, 4);
    assert_int_equal(toy->last, ACT_GOTO);
    assert_int_equal(toy->list.cursor, 3);
    mouse(MOUSE_CLICK, 60, 4);
    assert_int_equal(toy->last, ACT_OPEN);
    mouse(MOUSE_WHEEL_DOWN, 5, 4);
    assert_int_equal(toy->last, ACT_SCROLL_DOWN);
    assert_int_equal(toy->list.top, 3);
    press("5");
    mouse(MOUSE_CLICK, column_of(23, "next bad"), 23);
    assert_int_equal(toy->last, ACT_NEXT_BAD);
    assert_int_equal(app.count, 0);
    toy->last = ACT_NONE;
    mouse(MOUSE_CLICK, 5, 0);  /* the title */
    mouse(MOUSE_CLICK, 5, 22); /* the status row */
    mouse(MOUSE_NONE, 5, 4);
    assert_int_equal(toy->last, ACT_NONE);
    mouse(MOUSE_CLICK, column_of(23, "? help"), 23);
    assert_int_equal(app.depth, 2);
    mouse(MOUSE_WHEEL_DOWN, 5, 4);
    mouse(MOUSE_CLICK, column_of(23, "q close"), 23);
    assert_int_equal(app.depth, 1);
}

static void clicks_in_a_menu(void **state)
{
    (void)state;
    press("s");
    int y = 21; /* the box ends above the two bottom rows: border, third, second, first */
    mouse(MOUSE_CLICK, column_of(y - 1, "third"), y - 1);
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    assert_int_equal(toy->last, ACT_SORT);
    assert_string_equal(toy->last_text, "three");
    press("s");
    mouse(MOUSE_WHEEL_UP, 5, 5);
    assert_int_equal(app.prompt.list.cursor, 0);
    mouse(MOUSE_CLICK, column_of(23, "select"), 23);
    assert_string_equal(toy->last_text, "one");
    press("s");
    toy->last = ACT_NONE;
    mouse(MOUSE_CLICK, 60, 5); /* beside it, on a row of the list */
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    assert_int_equal(toy->last, ACT_NONE);
    assert_int_equal(toy->list.cursor, 0);
}

static void clicks_while_a_line_is_typed(void **state)
{
    (void)state;
    press("/ x");
    mouse(MOUSE_CLICK, 5, 4);
    mouse(MOUSE_WHEEL_DOWN, 5, 4);
    assert_int_equal(app.prompt.kind, PROMPT_LINE);
    assert_int_equal(toy->list.top, 0);
    mouse(MOUSE_CLICK, column_of(23, "Enter"), 23);
    assert_int_equal(toy->last, ACT_SEARCH);
    assert_string_equal(toy->last_text, "x");
    unsaved = true;
    press("Q");
    mouse(MOUSE_CLICK, column_of(23, "n no"), 23);
    assert_int_equal(app.prompt.kind, PROMPT_CLOSED);
    assert_false(app.quit);
    press("Q");
    mouse(MOUSE_CLICK, column_of(23, "y yes"), 23);
    assert_true(app.quit);
}

/* What was seen when the click was made may have gone meanwhile. */
static void a_click_on_an_older_frame(void **state)
{
    (void)state;
    app_draw(&app, &screen);
    press("/");
    app_mouse(&app, &screen, &(struct mouse){MOUSE_CLICK, 5, 4});
    assert_int_equal(app.prompt.kind, PROMPT_LINE);
    assert_int_equal(toy->list.cursor, 0);
    app_draw(&app, &screen);
    press("Esc");
    app_mouse(&app, &screen, &(struct mouse){MOUSE_CLICK, 2, 23}); /* "Enter OK" */
    assert_int_equal(toy->acted, 0);
    press("s");
    app_draw(&app, &screen);
    press("Esc");
    app_mouse(&app, &screen, &(struct mouse){MOUSE_CLICK, 5, 20}); /* an item */
    assert_int_equal(toy->last, ACT_SORT_MENU);
}

static int free_screen(void **state)
{
    (void)state;
    grid_done(&screen);
    return 0;
}

static void a_wrong_theme_is_an_error(void **state)
{
    (void)state;
    struct app other;
    struct mm_err err = {0};
    const struct app_options options = {.theme = "nosuch"};
    assert_int_equal(app_init(&other, NULL, &options, NULL, &err), -1);
    assert_string_equal(err.text, "no theme is called 'nosuch'");
}

static void the_monkey_breaks_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        assert_int_equal(app_monkey(&app, seed, 3000), 3000);
    assert_false(app.quit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_become_actions, setup, teardown),
        cmocka_unit_test_setup_teardown(escape_backs_out_of_the_count_only, setup, teardown),
        cmocka_unit_test_setup_teardown(alt_is_escape_unless_it_is_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_keys_and_actions_say_so, setup, teardown),
        cmocka_unit_test_setup_teardown(actions_that_need_text_ask_for_it, setup, teardown),
        cmocka_unit_test_setup_teardown(menus_dispatch_what_was_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(commands, setup, teardown),
        cmocka_unit_test_setup_teardown(themes_change, setup, teardown),
        cmocka_unit_test_setup_teardown(themes_are_previewed, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_and_quitting, setup, teardown),
        cmocka_unit_test_setup_teardown(quitting_without_changes_asks_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_stack_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_reach_the_view, setup, teardown),
        cmocka_unit_test_setup_teardown(frames, setup, teardown),
        cmocka_unit_test_setup_teardown(every_size_can_be_drawn, setup, teardown),
        cmocka_unit_test_setup_teardown(help_is_made_from_the_table, setup, teardown),
        cmocka_unit_test_setup_teardown(help_finds_words, setup, teardown),
        cmocka_unit_test_setup_teardown(copying_waits_for_the_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(copying_what_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(a_text_that_is_too_long_is_not_copied, setup, teardown),
        cmocka_unit_test_setup_teardown(the_mouse_is_off_until_it_is_wanted, setup, teardown),
        cmocka_unit_test_setup_teardown(clicks_on_rows_and_hints, setup, teardown),
        cmocka_unit_test_setup_teardown(clicks_in_a_menu, setup, teardown),
        cmocka_unit_test_setup_teardown(clicks_while_a_line_is_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_click_on_an_older_frame, setup, teardown),
        cmocka_unit_test(a_wrong_theme_is_an_error),
        cmocka_unit_test_setup_teardown(the_monkey_breaks_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, free_screen);
}
