#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/theme.h"
#include "ui/theme_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct theme theme;
static struct mm_err err;

static int parse(const char *text)
{
    err = (struct mm_err){0};
    return theme_parse(&theme, "t", text, strlen(text), &err);
}

static void expect_style(enum role role, int fg, int bg, unsigned attrs)
{
    assert_int_equal(theme.styles[role].fg, fg);
    assert_int_equal(theme.styles[role].bg, bg);
    assert_int_equal(theme.styles[role].attrs, attrs);
}

static void roles_have_names_parents_and_letters(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role found;
        assert_true(role_name((enum role)i)[0]);
        assert_true(role_find(role_name((enum role)i), &found));
        assert_int_equal(found, i);
        assert_true(role_parent((enum role)i) < (enum role)i || i == ROLE_DEFAULT);
        for (int k = 0; k < i; k++)
            assert_int_not_equal(role_letter((enum role)i), role_letter((enum role)k));
    }
    assert_int_equal(role_parent(ROLE_LIST_SEL), ROLE_LIST);
    assert_int_equal(role_parent(ROLE_LIST), ROLE_DEFAULT);
    enum role none;
    assert_false(role_find("nothing", &none));
    assert_string_equal(role_name(ROLE_COUNT), "");
}

static void heat_steps(void **state)
{
    (void)state;
    assert_int_equal(role_heat(-1), ROLE_HEAT_0);
    assert_int_equal(role_heat(0.124), ROLE_HEAT_0);
    assert_int_equal(role_heat(0.125), ROLE_HEAT_1);
    assert_int_equal(role_heat(0.99), ROLE_HEAT_7);
    assert_int_equal(role_heat(INFINITY), ROLE_HEAT_7);
    assert_int_equal(role_heat(NAN), ROLE_HEAT_7);
}

static void parts_are_inherited_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(parse("# a comment\n"
                           "\n"
                           "  default = white , black\r\n"
                           "list = ,blue,bold+underline\n"
                           "list.sel = #102030,,reverse\n"
                           "list.tag = brightred\n"
                           "badge = 200,grey,none\n"),
                     0);
    expect_style(ROLE_DEFAULT, 7, 0, 0);
    expect_style(ROLE_TITLE, 7, 0, 0);
    expect_style(ROLE_LIST, 7, 4, ATTR_BOLD | ATTR_UNDERLINE);
    expect_style(ROLE_LIST_SEL, THEME_RGB | 0x102030, 4, ATTR_REVERSE);
    expect_style(ROLE_LIST_TAG, 9, 4, ATTR_BOLD | ATTR_UNDERLINE);
    expect_style(ROLE_BADGE, 200, 8, 0);
    assert_string_equal(theme.name, "t");
}

static void empty_is_the_terminals_own(void **state)
{
    (void)state;
    assert_int_equal(parse(""), 0);
    for (int i = 0; i < ROLE_COUNT; i++)
        expect_style((enum role)i, THEME_TERMINAL, THEME_TERMINAL, 0);
}

static void gradients(void **state)
{
    (void)state;
    /* two stops 70 apart: every step is 10 more; the odd halves round up */
    assert_int_equal(parse("heat = #000000,#460700\n"), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(theme.styles[ROLE_HEAT_0 + i].fg, THEME_RGB | (10 * i) << 16 | i << 8);
    assert_int_equal(parse("heat = #ff8000\nheat.7 = ,,bold"), 0);
    expect_style(ROLE_HEAT_0, THEME_RGB | 0xff8000, THEME_TERMINAL, 0);
    expect_style(ROLE_HEAT_7, THEME_RGB | 0xff8000, THEME_TERMINAL, ATTR_BOLD);
    /* a palette is not blended: 0 1/7 2/7 3/7 are nearer to the first of two */
    assert_int_equal(parse("heat = green,red"), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(theme.styles[ROLE_HEAT_0 + i].fg, i < 4 ? 2 : 1);
}

static void errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"a", "t:1: expected: role = fg,bg,attributes"},
        {"\n\nlits.sel = red", "t:3: no role is called 'lits.sel'; did you mean list.sel?"},
        {"list = pink", "t:1: no colour is called 'pink'"},
        {"list = 256", "t:1: colour 256 is not in 0..255"},
        {"list = ,-1", "t:1: colour -1 is not in 0..255"},
        {"list = #12345", "t:1: '#12345' is no colour: #rrggbb has six digits"},
        {"list = #12345g", "t:1: '#12345g' is no colour: #rrggbb has six digits"},
        {"list = red,,blinking", "t:1: no attribute is called 'blinking'"},
        {"list = red,,bold,dim", "t:1: expected at most fg,bg,attributes"},
        {"heat = red,1,2,3,4,5,6,7,8", "t:1: a gradient has at most 8 colours"},
        {"heat = ", "t:1: no colour is called ''"},
        {"heat.8 = red", "t:1: no role is called 'heat.8'; did you mean heat.0?"},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        assert_int_equal(parse(cases[i].text), -1);
        assert_string_equal(err.text, cases[i].error);
    }
    char *longer = malloc(5001);
    assert_non_null(longer);
    memset(longer, 'x', 5000);
    longer[5000] = '\0';
    assert_int_equal(parse(longer), -1);
    assert_string_equal(err.text, "t:1: the line is too long");
    free(longer);
}

static void compiled_in_themes_are_right(void **state)
{
    (void)state;
    for (int i = 0; i < theme_text_count; i++)
        assert_int_equal(theme_load(&theme, theme_texts[i].name, &err), 0);
    assert_int_equal(theme_load(&theme, "mono", NULL), 0);
    for (int i = 0; i < ROLE_COUNT; i++) {
        assert_int_equal(theme.styles[i].fg, THEME_TERMINAL);
        assert_int_equal(theme.styles[i].bg, THEME_TERMINAL);
    }
    theme_default(&theme);
    assert_string_equal(theme.name, "default");
    for (int i = 0; i < ROLE_COUNT; i++) /* the 16 colours of the terminal only */
        assert_true(theme.styles[i].fg < 16 && theme.styles[i].bg < 16);
    expect_style(ROLE_BAD, 1, THEME_TERMINAL, 0);
}

/* What is inherited is said first; what stands in the theme itself beats it, part by part. */
static void themes_inherit(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmtui-theme-XXXXXX";
    char path[100];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/mmtui/themes", folder);
    assert_int_equal(mm_folder_make(path, NULL), 0);
    snprintf(path, sizeof(path), "%s/mmtui/themes/loop", folder);
    assert_int_equal(mm_file_write(path, "inherit = loop\n", 15, NULL), 0);
    setenv("XDG_CONFIG_HOME", folder, 1);
    assert_int_equal(parse("# mine\ninherit = high-contrast\nbad = blue\nlist = ,17"), 0);
    expect_style(ROLE_BAD, 4, THEME_RGB | 0x000000, ATTR_BOLD);
    expect_style(ROLE_LIST, THEME_RGB | 0xffffff, 17, 0);
    expect_style(ROLE_WARN, THEME_RGB | 0xffff00, THEME_RGB | 0x000000, 0);
    assert_int_equal(parse("bad = blue\ninherit = mono"), -1);
    assert_string_equal(err.text, "t:2: inherit stands before the roles");
    assert_int_equal(parse("inherit = nosuch"), -1);
    assert_string_equal(err.text, "t:1: no theme is called 'nosuch'");
    assert_int_equal(parse("inherit = loop"), -1);
    assert_non_null(strstr(err.text, "more than 4 deep"));
    mm_folder_remove(folder);
}

/* Relative luminance of WCAG 2.1. */
static double luminance(int rgb)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double c = (rgb >> (16 - 8 * i) & 255) / 255.0;
        sum += weights[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(int a, int b)
{
    double x = luminance(a), y = luminance(b);
    return ((x > y ? x : y) + 0.05) / ((x > y ? y : x) + 0.05);
}

/* Text and background of a style as they are seen; a theme without a background of its own is for a black one. */
static double contrast_of(struct style style, int colours)
{
    int fg = style.fg == THEME_TERMINAL ? THEME_RGB | 0xe5e5e5 : style.fg;
    int bg = style.bg == THEME_TERMINAL ? THEME_RGB | 0x000000 : style.bg;
    if (colours) { /* as a terminal of so many colours shows it: cube and greys are the same everywhere */
        fg = THEME_RGB | theme_palette_rgb(theme_nearest(fg, colours));
        bg = THEME_RGB | theme_palette_rgb(theme_nearest(bg, colours));
    }
    return contrast(fg, bg);
}

/* Every role on its own background, and on that of the selected row: 3:1 at least (WCAG 2.1, large text and parts of a
 * screen), 7:1 in high-contrast; in 256 colours, too. `default` and `mono` have the terminal's own colours. */
static void what_is_shown_can_be_read(void **state)
{
    (void)state;
    assert_true(contrast(0xffffff, 0) > 20.99 && contrast(0xffffff, 0) < 21.01);
    assert_true(contrast(0x777777, 0xffffff) > 4.47 && contrast(0x777777, 0xffffff) < 4.49);
    for (int i = 2; i < theme_text_count; i++) {
        double least = strcmp(theme_texts[i].name, "high-contrast") == 0 ? 7 : 3;
        assert_int_equal(theme_load(&theme, theme_texts[i].name, &err), 0);
        for (int role = 0; role < ROLE_COUNT; role++) {
            for (int colours = 0; colours <= 256; colours += 256) {
                struct style plain = theme.styles[role];
                struct style selected = theme_style(&theme, (enum role)role, ROLE_LIST_SEL);
                if (contrast_of(plain, colours) < least || contrast_of(selected, colours) < least)
                    fail_msg("%s: %s in %d colours: %.2f, selected %.2f", theme_texts[i].name,
                             role_name((enum role)role), colours, contrast_of(plain, colours),
                             contrast_of(selected, colours));
            }
        }
    }
    assert_string_equal(theme_shipped(0), "default");
    assert_null(theme_shipped(theme_text_count));
    assert_null(theme_shipped(-1));
}

static void shipped_theme_is_right(void **state)
{
    (void)state;
    assert_int_equal(theme_load(&theme, "themes/blue-yellow", &err), 0);
    assert_string_equal(theme.name, "blue-yellow");
    expect_style(ROLE_HEAT_0, THEME_RGB | 0x0072b2, THEME_TERMINAL, 0);
    expect_style(ROLE_HEAT_7, THEME_RGB | 0xf0e442, THEME_TERMINAL, 0);
}

static void themes_are_found_by_name(void **state)
{
    (void)state;
    char folder[] = "/tmp/mmtui-theme-XXXXXX";
    char path[100];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/mmtui/themes", folder);
    assert_int_equal(mm_folder_make(path, NULL), 0);
    snprintf(path, sizeof(path), "%s/mmtui/themes/mine", folder);
    assert_int_equal(mm_file_write(path, "list = red\n", 11, NULL), 0);
    snprintf(path, sizeof(path), "%s/mmtui/themes/broken", folder);
    assert_int_equal(mm_file_write(path, "x\n", 2, NULL), 0);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_DATA_DIRS", "", 1);
    assert_int_equal(theme_load(&theme, "mine", &err), 0);
    expect_style(ROLE_LIST, 1, THEME_TERMINAL, 0);
    assert_int_equal(theme_load(&theme, "broken", &err), -1);
    assert_non_null(strstr(err.text, "broken:1: expected"));
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    assert_int_equal(theme_load(&theme, "mine", &err), -1);
    assert_string_equal(err.text, "no theme is called 'mine'");
    snprintf(path, sizeof(path), "/nowhere::%s", folder);
    setenv("XDG_DATA_DIRS", path, 1);
    assert_int_equal(theme_load(&theme, "mine", &err), 0);
    assert_int_equal(theme_load(&theme, "", &err), -1);
    assert_int_equal(theme_load(&theme, "./no/such", &err), -1);
    mm_folder_remove(folder);
}

static void backdrop_wins_where_it_says_something(void **state)
{
    (void)state;
    assert_int_equal(parse("bad = red,,bold\nlist.sel = ,blue,reverse\nmenu.sel = black,white"), 0);
    struct style s = theme_style(&theme, ROLE_BAD, ROLE_LIST_SEL);
    assert_int_equal(s.fg, 1);
    assert_int_equal(s.bg, 4);
    assert_int_equal(s.attrs, ATTR_BOLD | ATTR_REVERSE);
    s = theme_style(&theme, ROLE_BAD, ROLE_MENU_SEL);
    assert_int_equal(s.fg, 0);
    assert_int_equal(s.bg, 7);
    assert_int_equal(theme_style(&theme, ROLE_BAD, ROLE_DEFAULT).bg, THEME_TERMINAL);
}

static void nearest_colours(void **state)
{
    (void)state;
    assert_int_equal(theme_nearest(THEME_TERMINAL, 256), THEME_TERMINAL);
    assert_int_equal(theme_nearest(3, 0), THEME_TERMINAL);
    assert_int_equal(theme_nearest(3, 8), 3);
    assert_int_equal(theme_nearest(11, 8), 3);
    assert_int_equal(theme_nearest(11, 16), 11);
    assert_int_equal(theme_nearest(196, 256), 196);
    assert_int_equal(theme_nearest(196, 16), 9); /* 196 is #ff0000 */
    assert_int_equal(theme_nearest(196, 8), 1);
    assert_int_equal(theme_nearest(THEME_RGB | 0xff0000, 256), 196); /* 16 + 36 * 5 */
    assert_int_equal(theme_nearest(THEME_RGB | 0x5f87af, 256), 67);  /* 16 + 36 + 6 * 2 + 3 */
    assert_int_equal(theme_nearest(THEME_RGB | 0x808080, 256), 244); /* grey 8 + 10 * 12 */
    assert_int_equal(theme_nearest(THEME_RGB | 0x000000, 256), 16);
    assert_int_equal(theme_nearest(THEME_RGB | 0x00ff00, 16), 10);
    assert_int_equal(theme_nearest(THEME_RGB | 0x00ff00, 8), 2);
    assert_int_equal(theme_nearest(999, 256), THEME_TERMINAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_names_parents_and_letters),
        cmocka_unit_test(heat_steps),
        cmocka_unit_test(parts_are_inherited_one_by_one),
        cmocka_unit_test(empty_is_the_terminals_own),
        cmocka_unit_test(gradients),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(compiled_in_themes_are_right),
        cmocka_unit_test(themes_inherit),
        cmocka_unit_test(what_is_shown_can_be_read),
        cmocka_unit_test(shipped_theme_is_right),
        cmocka_unit_test(themes_are_found_by_name),
        cmocka_unit_test(backdrop_wins_where_it_says_something),
        cmocka_unit_test(nearest_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
