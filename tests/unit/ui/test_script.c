#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/script.h"

#include "unit/ui/toy_view.h"

#include <string.h>

static struct app app;
static struct toy *toy;
static struct mm_err err;
static int settled;
static struct action_section sections[TOY_SECTIONS];

static void settle(void *context)
{
    (void)context;
    settled++;
}

static int setup(void **state)
{
    (void)state;
    const struct app_hooks hooks = {
        .sections = toy_sections(sections), .section_count = TOY_SECTIONS, .fd = -1, .settle = settle};
    settled = 0;
    if (app_init(&app, NULL, NULL, &hooks, NULL) < 0)
        return -1;
    toy = toy_open(100, NULL);
    app_push_take(&app, &toy->view);
    app_resize(&app, 40, 12);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_done(&app);
    return 0;
}

static int run(const char *text)
{
    err = (struct mm_err){0};
    return script_run(&app, "s", text, strlen(text), &err);
}

static void keys_and_commands(void **state)
{
    (void)state;
    assert_int_equal(run("# nothing\n\n  j j\tDown \r\n"), 0);
    assert_int_equal(toy->list.cursor, 3);
    assert_int_equal(settled, 6); /* before each key and after it */
    assert_int_equal(run(":20"), 0);
    assert_int_equal(toy->list.cursor, 19);
    assert_int_equal(run("/ \"a \\\"b\\\\ j\" Enter"), 0);
    assert_string_equal(toy->last_text, "a \"b\\ j");
    assert_int_equal(run(":sort diff2\nj"), 0);
    assert_int_equal(toy->last, ACT_DOWN);
    assert_int_equal(run(":resize 132x43"), 0);
    assert_int_equal(app.w, 132);
    assert_int_equal(app.h, 43);
}

static void a_script_ends_with_the_app(void **state)
{
    (void)state;
    assert_int_equal(run("Q\nj nosuchkey"), 0);
    assert_true(app.quit);
}

static void screens_are_written(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmtui-script-XXXXXX";
    char text[200], path[100];
    struct mm_buf frame;
    assert_non_null(mkdtemp(folder));
    snprintf(text, sizeof(text), ":screen %s/frame\n:screen-now %s/now\n", folder, folder);
    assert_int_equal(run(text), 0);
    assert_int_equal(settled, 1);
    snprintf(path, sizeof(path), "%s/frame", folder);
    mm_buf_init(&frame);
    assert_int_equal(mm_file_read(path, 10000, &frame, NULL), 0);
    assert_string_equal(mm_buf_text(&frame),
                        " toy 40 x 10\n row 0\n row 1\n row 2\n row 3\n row 4\n row 5\n row 6\n"
                        " row 7\n row 8\n toy status\n Enter open  e next bad  ? help  q close\n"
                        "---\n"
                        ".TTTTTTTTTTT\n"
                        "LlllLlLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL\n"
                        ".lllll\n.lllll\n.lllll\n.lllll\n.lllll\n.lllll\n.lllll\n.lllll\n"
                        "ssssssssssssssssssssssssssssssssssssssss\n"
                        "fkkkkkfffffffkfffffffffffkfffffffkffffff\n");
    mm_buf_done(&frame);
    mm_folder_remove(folder);
}

static void errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"j\nnokey", "s:2: unknown key 'nokey'"},
        {":nosuch", "s:1: Unknown action 'nosuch' (? lists them)"},
        {":resize 80", "s:1: '80' is no size such as 80x24"},
        {":screen", "s:1: :screen needs an argument"},
        {"j \"abc", "s:1: the closing quote is missing"},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        assert_int_equal(run(cases[i].text), -1);
        assert_string_equal(err.text, cases[i].error);
    }
    struct script script;
    struct mm_buf text = {0};
    assert_int_equal(script_read(&script, "/no/such/script", &text, &err), -1);
    assert_int_equal(run(":screen /no/such/folder/x"), -1);
}

static void sizes(void **state)
{
    (void)state;
    int w, h;
    assert_true(script_parse_size("80x24", &w, &h));
    assert_int_equal(w, 80);
    assert_int_equal(h, 24);
    assert_true(script_parse_size("0x0", &w, &h));
    static const char *const wrong[] = {"",       "80",   "80x",      "x24",    "80x24x",
                                        "80x24 ", "-1x5", "99999x24", "3000x24"};
    for (size_t i = 0; i < MM_COUNT(wrong); i++)
        assert_false(script_parse_size(wrong[i], &w, &h));
}

/* The second toy row lies at y = 2 (below the title): a click selects it, another one opens it. */
static void the_mouse_in_a_script(void **state)
{
    (void)state;
    assert_int_equal(run(":click 3 2"), 0);
    assert_int_equal(toy->list.cursor, 1);
    assert_int_equal(toy->last, ACT_GOTO);
    assert_int_equal(run(":click 3 2"), 0);
    assert_int_equal(toy->last, ACT_OPEN);
    assert_int_equal(run(":wheel down\n:wheel down\n:wheel up"), 0);
    assert_int_equal(toy->last, ACT_SCROLL_UP);
    assert_int_equal(toy->list.top, 3);
    static const char *const wrong[] = {":click 3", ":click a b", ":click 3 4 5", ":wheel left"};
    for (size_t i = 0; i < MM_COUNT(wrong); i++)
        assert_int_equal(run(wrong[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_and_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(a_script_ends_with_the_app, setup, teardown),
        cmocka_unit_test_setup_teardown(screens_are_written, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_name_the_line, setup, teardown),
        cmocka_unit_test(sizes),
        cmocka_unit_test_setup_teardown(the_mouse_in_a_script, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
