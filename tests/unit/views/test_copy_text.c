/* What goes to the clipboard: names, figures of a row, what a tab says; and what the mouse does on the screens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"
#include "views/layer.h"
#include "views/values.h"

#define OPEN(name) "/ \"" name "\" Enter Enter 1\n"

/* Keys; the last one copies. A script drops what only a terminal could do, so it is pressed here. */
static const char *copied(struct small *small, const char *keys, uint32_t last)
{
    small_keys(small, keys);
    app_key(small->app, last);
    assert_true(small->app->wants & APP_WANTS_COPY);
    small->app->wants = 0;
    return mm_buf_text(&small->app->copy);
}

static void names(void **state)
{
    struct small *small = *state;
    assert_string_equal(copied(small, "/ \"conv1\" Enter", 'y'), "conv1");
    assert_true(small_says(small, "Copied conv1, if the terminal allows it"));
    assert_string_equal(copied(small, "Enter", 'y'), "conv1");
    small_keys(small, "q & \"nothing-is-called-so\" Enter");
    app_key(small->app, 'y'); /* there is no row */
    app_key(small->app, 'Y');
    assert_int_equal(small->app->wants & APP_WANTS_COPY, 0);
}

/* The n-th field of a line. */
static void field(const char *line, int n, char *out, size_t size)
{
    for (; n > 0 && *line; n--)
        line += strcspn(line, "\t\n") + 1;
    snprintf(out, size, "%.*s", (int)strcspn(line, "\t\n"), line);
}

/* Every figure stands below its heading: 1 / sqrt(30) for relu1. */
static void figures(void **state)
{
    struct small *small = *state;
    const char *text = copied(small, "/ \"relu1\" Enter", 'Y');
    const char *row = strchr(text, '\n') + 1;
    static const struct {
        const char *heading, *figure;
    } cases[] = {{"number", "3"}, {"layer", "relu1"}, {"diff2", "1.83e-1"}, {"shape", "4"}};
    assert_int_equal(strchr(row, '\n') - text, (long)strlen(text) - 1); /* two lines */
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        char heading[80] = "", figure[80];
        int n = 0;
        for (; n < MM_COLUMN_COUNT && strcmp(heading, cases[i].heading) != 0; n++)
            field(text, n, heading, sizeof heading);
        assert_string_equal(heading, cases[i].heading);
        field(row, n - 1, figure, sizeof figure);
        assert_string_equal(figure, cases[i].figure);
    }
    assert_true(small_says(small, "figures of relu1"));
}

static void what_a_tab_says(void **state)
{
    struct small *small = *state;
    app_resize(small->app, 60, 14); /* the Stats tab is longer than that: all of it is copied */
    const char *text = copied(small, OPEN("relu1"), 'Y');
    assert_memory_equal(text, "#3 relu1\n", 9);
    assert_non_null(strstr(text, "verdict"));
    const struct layer_view *layer = (const struct layer_view *)app_top(small->app);
    int lines = 0;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    assert_true(layer->lines > layer_rows(layer));
    assert_int_equal(lines, 1 + layer->lines);
    assert_non_null(strstr(copied(small, "4", 'Y'), "worst by |d|"));
    assert_true(small_says(small, "tab Values of relu1"));
    assert_non_null(strstr(copied(small, "w", 'Y'), "Settings of the whole network"));
    assert_non_null(strstr(copied(small, "q ?", 'Y'), "Keys for the screen: layer"));
}

/* A name with an escape sequence does not get into a terminal by way of the clipboard's text. */
static void hostile_names_are_escaped(void **state)
{
    struct small *small = *state;
    const char *text = copied(small, "/ \"evil\" Enter Enter", 'Y');
    for (const char *p = text; *p; p++)
        assert_true(*p != '\x1b');
    small_keys(small, "q");
    text = copied(small, "", 'Y');
    int lines = 0;
    for (const char *p = text; *p; p++) {
        assert_true(*p != '\x1b');
        lines += *p == '\n';
    }
    assert_int_equal(lines, 2);
}

/* ---- mouse ---- */

/* Column and row of a text on the screen, in cells. */
static void find(struct small *small, const char *text, int *x, int *y)
{
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(small->app, &frame);
    const char *start = mm_buf_text(&frame), *hit = strstr(start, text), *line = start;
    assert_non_null(hit);
    for (*y = 0; strchr(line, '\n') < hit; ++*y)
        line = strchr(line, '\n') + 1;
    *x = 0;
    for (const char *p = line; p < hit;) {
        uint32_t cp;
        p += mm_text_decode(p, hit, &cp);
        *x += mm_text_width_cp(cp);
    }
    mm_buf_done(&frame);
}

static void click(struct small *small, const char *text)
{
    char script[40];
    int x, y;
    find(small, text, &x, &y);
    snprintf(script, sizeof script, ":click %d %d", x, y);
    small_keys(small, script);
}

static void clicks_in_the_list(void **state)
{
    struct small *small = *state;
    click(small, "relu1");
    assert_string_equal(small_selected(small), "relu1");
    assert_int_equal(small->app->depth, 1);
    click(small, "relu1");
    assert_int_equal(small->app->depth, 2);
    small_keys(small, "q");
    assert_int_equal(small->layers->order.column, MM_COLUMN_DIFF2);
    assert_false(small->layers->order.reverse);
    click(small, "diff2  "); /* the heading, not "sort diff2" of the title */
    assert_true(small->layers->order.reverse);
    click(small, "LAYER");
    assert_int_equal(small->layers->order.column, MM_COLUMN_LAYER);
    small_keys(small, ":resize 80x12\ng\n:wheel down");
    assert_int_equal(small->layers->list.top, 3);
    assert_int_equal(small->layers->list.cursor, 3);
}

static void clicks_in_tabs(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1"));
    struct layer_view *layer = (struct layer_view *)app_top(small->app);
    click(small, "3 Channels");
    assert_int_equal(layer->tab, 3);
    click(small, "max|src|"); /* any heading: the next order */
    assert_true(small_shows(small, "sort: range"));
    click(small, "4 Values");
    click(small, "index");
    assert_true(small_shows(small, "worst by |d/s|"));
    small_keys(small, "v g \"[0,0]\" Enter");
    click(small, "[1,2]"); /* all values by index, of 2 x 4 */
    assert_int_equal(((const struct values_tab *)layer_state(layer))->browse.cursor, 6);
    click(small, "[0,0]");
    assert_int_equal(((const struct values_tab *)layer_state(layer))->browse.cursor, 0);
    small_keys(small, ":resize 40x12\n");
    click(small, " 0 "); /* on a narrow screen the tabs are numbers */
    assert_int_equal(layer->tab, 0);
    small_keys(small, ":resize 80x24\n");
    click(small, "q close");
    assert_int_equal(small->app->depth, 1);
}

/* Actions that begin with "sort": a click takes one into the line, Enter runs it. */
static void clicks_on_candidates(void **state)
{
    struct small *small = *state;
    small_keys(small, ": \"sor\" Tab");
    assert_true(small->app->prompt.listing);
    click(small, "sort-reverse");
    assert_string_equal(small->app->prompt.line.text, "sort-reverse");
    assert_int_equal(small->app->prompt.kind, PROMPT_LINE);
    small_keys(small, ":wheel up");
    assert_string_not_equal(small->app->prompt.line.text, "sort-reverse");
    click(small, "sort-reverse");
    click(small, "Enter OK");
    assert_int_equal(small->app->prompt.kind, PROMPT_CLOSED);
    assert_true(small->layers->order.reverse);
}

static void clicks_never_write(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"conv1\" Enter p w");
    click(small, "conv1");
    click(small, "conv1");
    assert_true(mm_plan_unsaved(mm_session_plan_const(small->session)));
    assert_int_equal(access("export", F_OK), -1);
    click(small, "t runtime"); /* the hint opens a menu, a click in it takes */
    assert_int_equal(small->app->prompt.kind, PROMPT_MENU);
    click(small, "ONNX Runtime");
    assert_string_equal(small->inspector.dialect->id, "onnxruntime");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names),
        TEST(figures),
        TEST(what_a_tab_says),
        TEST(hostile_names_are_escaped),
        TEST(clicks_in_the_list),
        TEST(clicks_in_tabs),
        TEST(clicks_on_candidates),
        TEST(clicks_never_write),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
