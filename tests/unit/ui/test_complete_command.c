#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/key.h"

#include "unit/ui/toy_view.h"

#include <stdio.h>
#include <string.h>

static struct app app;
static struct action_section sections[TOY_SECTIONS];
static int closed;

static int setup(void **state)
{
    const struct app_hooks hooks = {
        .sections = toy_sections(sections), .section_count = TOY_SECTIONS, .fd = -1};
    (void)state;
    if (app_init(&app, NULL, NULL, &hooks, NULL) < 0)
        return -1;
    app_push_take(&app, &toy_open(10, &closed)->view);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_done(&app);
    return 0;
}

/* What is on the line after `text` and a Tab. */
static const char *tab(const char *text)
{
    app_prompt(&app, ACT_COMMAND, ":", text);
    app_key(&app, K_TAB);
    return app.prompt.line.text;
}

static void names_of_actions(void **state)
{
    (void)state;
    assert_string_equal(tab("und"), "undo");
    assert_string_equal(tab(" the"), " theme "); /* a text follows */
    assert_string_equal(tab("tag-"), "tag-pattern ");
    assert_string_equal(tab("so"), "sort");
    assert_true(app.prompt.listing);
    assert_int_equal(app.prompt.found.count, 2);
    assert_string_equal(completions_at(&app.prompt.found, 0), "sort ");
    assert_string_equal(completions_at(&app.prompt.found, 1), "sort-menu");
    assert_string_equal(app.prompt.found.note[1], "Choose what to sort by");
    /* what this screen does not know is not offered */
    assert_string_equal(tab("wri"), "wri");
    assert_int_equal(app.prompt.found.count, 0);
}

static void what_follows_a_name(void **state)
{
    (void)state;
    assert_string_equal(tab("theme mon"), "theme mono");
    assert_string_equal(tab("them  mon"), "them  mono"); /* a beginning of the name is enough there */
    assert_string_equal(tab("theme /tm"), "theme /tmp/");
    assert_string_equal(tab("undo x"), "undo x"); /* takes none */
    assert_string_equal(tab("nonsense x"), "nonsense x");
    assert_int_equal(app.prompt.found.count, 0);
}

/* The prompt of an action completes as its command does. */
static void at_its_own_prompt(void **state)
{
    (void)state;
    app_prompt(&app, ACT_THEME, "Theme: ", "mon");
    app_key(&app, K_TAB);
    assert_string_equal(app.prompt.line.text, "mono");
    app_key(&app, K_ENTER);
    assert_string_equal(app.theme.name, "mono");
    app_act(&app, ACT_SEARCH, NULL); /* anything may stand there: Tab does nothing */
    app_key(&app, K_TAB);
    assert_false(app.prompt.listing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_of_actions, setup, teardown),
        cmocka_unit_test_setup_teardown(what_follows_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(at_its_own_prompt, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
