#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/canvas.h"
#include "ui/glyphs.h"

#include <string.h>

static struct grid grid;

static struct canvas fresh(int w, int h)
{
    grid_done(&grid);
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, w, h), 0);
    return grid_canvas(&grid);
}

static void expect(const char *glyphs)
{
    struct mm_buf out;
    mm_buf_init(&out);
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), glyphs);
    mm_buf_done(&out);
}

static void expect_styles(const char *styles)
{
    struct mm_buf out;
    mm_buf_init(&out);
    grid_dump_styles(&grid, &out);
    assert_string_equal(mm_buf_text(&out), styles);
    mm_buf_done(&out);
}

static void text_is_drawn_and_clipped(void **state)
{
    (void)state;
    struct canvas c = fresh(8, 2);
    assert_int_equal(canvas_text(&c, 1, 0, -1, ROLE_TITLE, "abc"), 3);
    assert_int_equal(canvas_text(&c, 5, 1, -1, ROLE_BAD, "abcdef"), 3); /* the edge is after 3 columns */
    assert_int_equal(canvas_text(&c, 0, 1, 2, ROLE_OK, "xyz"), 2);
    assert_int_equal(canvas_text(&c, -2, 0, -1, ROLE_OK, "123"), 3); /* only the 3 is inside */
    assert_int_equal(canvas_text(&c, 9, 0, -1, ROLE_OK, "x"), 0);
    assert_int_equal(canvas_text(&c, 0, 7, -1, ROLE_OK, "x"), 1);
    assert_int_equal(canvas_text(&c, 0, 0, 0, ROLE_OK, "x"), 0);
    assert_int_equal(canvas_text(&c, 0, 0, -1, ROLE_OK, NULL), 0);
    expect("3abc\nxy   abc\n");
    expect_styles("oTTT\noo...BBB\n");
}

static void textf_formats(void **state)
{
    (void)state;
    struct canvas c = fresh(10, 1);
    assert_int_equal(canvas_textf(&c, 0, 0, -1, ROLE_OK, "%d-%s", 42, "x"), 4);
    expect("42-x\n");
}

static void wide_characters_stay_whole(void **state)
{
    (void)state;
    struct canvas c = fresh(5, 2);
    assert_int_equal(canvas_text(&c, 0, 0, -1, ROLE_OK, "中文字"), 5); /* the third would need column 6 */
    assert_int_equal(grid_cell(&grid, 0, 0)->width, 2);
    assert_int_equal(grid_cell(&grid, 1, 0)->width, 0);
    assert_int_equal(grid_cell(&grid, 4, 0)->cp, ' ');
    canvas_text(&c, -1, 1, -1, ROLE_OK, "中a"); /* its right half only: a blank */
    expect("中文\n a\n");
    canvas_text(&c, 1, 0, -1, ROLE_OK, "x"); /* over the right half: the left one goes too */
    expect(" x文\n a\n");
    canvas_text(&c, 2, 0, -1, ROLE_OK, "y"); /* over the left half */
    expect(" xy\n a\n");
    canvas_text(&c, 0, 0, 1, ROLE_OK, "中"); /* max 1 column: no room */
    expect(" xy\n a\n");
}

static void a_wide_character_at_the_edge_of_a_sub_canvas(void **state)
{
    (void)state;
    struct canvas c = fresh(6, 1);
    canvas_text(&c, 0, 0, -1, ROLE_OK, "......");
    struct canvas sub = canvas_sub(&c, 1, 0, 3, 1);
    canvas_text(&sub, 2, 0, -1, ROLE_OK, "中");
    expect("... ..\n"); /* half of it would be at column 4, outside of sub */
}

static void combining_marks_join_the_character_before(void **state)
{
    (void)state;
    struct canvas c = fresh(4, 1);
    /* e + acute + grave: one mark is kept; a mark with nothing before it is dropped */
    assert_int_equal(canvas_text(&c, 0, 0, -1, ROLE_OK, "e\xcc\x81\xcc\x80x"), 2);
    assert_int_equal(grid_cell(&grid, 0, 0)->mark, 0x301);
    assert_int_equal(canvas_text(&c, 3, 0, -1, ROLE_OK, "\xcc\x81"), 0);
    expect("e\xcc\x81x\n");
}

static void hostile_text_is_escaped(void **state)
{
    (void)state;
    struct canvas c = fresh(40, 1);
    assert_int_equal(canvas_text(&c, 0, 0, -1, ROLE_OK,
                                 "a\x1b[2J\n\xff\xe2\x80\xae"
                                 "b"),
                     21);
    expect("a\\x1b[2J\\n\\xff\\u202eb\n");
    for (int x = 0; x < 40; x++)
        assert_true(grid_cell(&grid, x, 0)->cp >= ' ' && grid_cell(&grid, x, 0)->cp < 0x7f);
    c = fresh(40, 1);
    assert_int_equal(canvas_put(&c, 0, 0, ROLE_OK, 0x202e), 6);
    assert_int_equal(canvas_put(&c, 6, 0, ROLE_OK, 0), 1);
    assert_int_equal(canvas_put(&c, 7, 0, ROLE_OK, 7), 2);
    expect("\\u202e \\a\n");
}

static void fit_pads_and_cuts(void **state)
{
    (void)state;
    struct canvas c = fresh(12, 4);
    canvas_text(&c, 0, 0, -1, ROLE_OK, "############");
    assert_int_equal(canvas_fit(&c, 0, 0, 6, ALIGN_LEFT, ROLE_OK, "abc", &glyphs_utf8), 6);
    assert_int_equal(canvas_fit(&c, 0, 1, 6, ALIGN_RIGHT, ROLE_OK, "abc", &glyphs_utf8), 6);
    assert_int_equal(canvas_fit(&c, 6, 1, 5, ALIGN_CENTER, ROLE_OK, "abc", &glyphs_utf8), 5);
    assert_int_equal(canvas_fit(&c, 0, 2, 4, ALIGN_LEFT, ROLE_OK, "abcdefgh", &glyphs_utf8), 4);
    assert_int_equal(canvas_fit(&c, 6, 2, 4, ALIGN_RIGHT, ROLE_OK, "abcdefgh", &glyphs_ascii), 4);
    assert_int_equal(canvas_fit(&c, 0, 3, 0, ALIGN_LEFT, ROLE_OK, "x", &glyphs_utf8), 0);
    assert_int_equal(canvas_fit(&c, 0, 3, 3, ALIGN_LEFT, ROLE_OK, NULL, &glyphs_utf8), 3);
    expect("abc   ######\n   abc abc\nabc…  ~fgh\n\n");
}

static void areas_and_lines(void **state)
{
    (void)state;
    struct canvas c = fresh(6, 4);
    canvas_fill(&c, 0, 0, 6, 4, ROLE_MENU);
    canvas_box(&c, ROLE_MENU, &glyphs_ascii);
    canvas_repeat(&c, 1, 1, 3, ROLE_BAR, glyphs_utf8.full);
    canvas_repeat(&c, 4, 2, 99, ROLE_BAR, "x");
    canvas_overlay(&c, 1, 1, 2, 1, ROLE_LIST_SEL);
    canvas_restyle(&c, 3, 1, 1, 1, ROLE_MATCH);
    expect("+----+\n|███ |\n|   xx\n+----+\n");
    expect_styles("eeeeee\nebbmee\neeeebb\neeeeee\n");
    assert_int_equal(grid_cell(&grid, 1, 1)->backdrop, ROLE_LIST_SEL);
    assert_int_equal(grid_cell(&grid, 3, 1)->backdrop, ROLE_DEFAULT);
    struct canvas tiny = canvas_sub(&c, 0, 0, 1, 1);
    canvas_box(&tiny, ROLE_BAD, &glyphs_ascii); /* no room for a box: nothing */
    assert_int_equal(grid_cell(&grid, 0, 0)->role, ROLE_MENU);
}

static void backdrop_shows_where_the_role_is_default(void **state)
{
    (void)state;
    struct canvas c = fresh(4, 1);
    canvas_overlay(&c, 0, 0, 3, 1, ROLE_LIST_SEL);
    canvas_text(&c, 1, 0, -1, ROLE_BAD, "x");
    expect_styles("LBL\n");
}

static void cursor_is_kept_inside(void **state)
{
    (void)state;
    struct canvas c = fresh(10, 10);
    struct canvas sub = canvas_sub(&c, 2, 3, 4, 4);
    canvas_cursor(&sub, 1, 1, true);
    assert_int_equal(grid.cursor_x, 3);
    assert_int_equal(grid.cursor_y, 4);
    canvas_cursor(&sub, 4, 0, false);
    assert_int_equal(grid.cursor_x, 3);
    assert_true(grid.cursor_shown);
}

/* Everything at every size, through a sub-canvas in the middle: the frame around it must stay untouched. */
static void draw_wildly(struct canvas *c)
{
    static const int places[] = {-1000000000, -70, -2, -1, 0, 1, 5, 70, 301, 1000000000};
    for (size_t i = 0; i < MM_COUNT(places); i++) {
        for (size_t k = 0; k < MM_COUNT(places); k++) {
            int x = places[i], y = places[k];
            canvas_text(c, x, 0, y, ROLE_BAD, "wide 中文字 text");
            canvas_fit(c, x, 1, y, ALIGN_RIGHT, ROLE_BAD, "中文字", &glyphs_utf8);
            canvas_fill(c, x, y, 400, 400, ROLE_BAD);
            canvas_overlay(c, x, y, places[k], 7, ROLE_LIST_SEL);
            canvas_hline(c, x, y, 500, ROLE_BAD, &glyphs_utf8);
            canvas_vline(c, x, y, 500, ROLE_BAD, &glyphs_utf8);
            canvas_cursor(c, x, y, true);
            struct canvas sub = canvas_sub(c, x, y, 1000000000, places[i]);
            canvas_box(&sub, ROLE_BAD, &glyphs_utf8);
            canvas_put(&sub, 0, 0, ROLE_BAD, 0x4e2d);
        }
    }
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    static const int sizes[][2] = {{0, 0}, {1, 1}, {2, 1}, {3, 3}, {40, 10}, {300, 100}};
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        int w = sizes[i][0], h = sizes[i][1];
        struct canvas c = fresh(w + 4, h + 2);
        struct canvas inner = canvas_sub(&c, 2, 1, w, h);
        assert_int_equal(inner.w, w);
        draw_wildly(&inner);
        for (int y = 0; y < h + 2; y++) {
            for (int x = 0; x < w + 4; x++) {
                bool inside = x >= 2 && x < w + 2 && y >= 1 && y < h + 1;
                const struct cell *cell = grid_cell(&grid, x, y);
                assert_true(inside || (cell->cp == ' ' && cell->role == 0 && cell->backdrop == 0));
                assert_true(cell->width <= 2);
                assert_true(cell->width != 2 || grid_cell(&grid, x + 1, y)->width == 0);
            }
        }
        c = fresh(w, h);
        draw_wildly(&c); /* the grid itself has nothing around it: the sanitizers look */
    }
}

static void sizes_are_clamped(void **state)
{
    (void)state;
    fresh(-5, 7);
    assert_int_equal(grid.w, 0);
    fresh(1000000, 1);
    assert_int_equal(grid.w, GRID_MAX);
    assert_null(grid_cell(&grid, GRID_MAX, 0));
    assert_null(grid_cell(&grid, -1, 0));
}

static void every_glyph_is_one_column(void **state)
{
    (void)state;
    const struct glyphs *sets[] = {&glyphs_utf8, &glyphs_ascii};
    for (size_t i = 0; i < 2; i++) {
        const struct glyphs *g = sets[i];
        const char *all[] = {g->ellipsis,   g->full,      g->shade,     g->left,      g->right,
                             g->up,         g->down,      g->to,        g->tag,       g->badge,
                             g->dash,       g->check,     g->cross,     g->line_h,    g->line_v,
                             g->line_cross, g->corner_tl, g->corner_tr, g->corner_bl, g->corner_br,
                             g->tick_up,    g->tick_down, g->bar_done,  g->bar_left};
        for (size_t k = 0; k < MM_COUNT(all); k++) {
            assert_int_equal(mm_text_width(all[k]), 1);
            assert_true(g->utf8 || strlen(all[k]) == 1);
        }
        assert_true(g->utf8 || strspn(g->dot, ", ") == strlen(g->dot)); /* these two may be wider */
        assert_true(g->utf8 || strcmp(g->versus, "vs") == 0);
        for (int k = 0; k < 9; k++) {
            assert_int_equal(mm_text_width(g->eighths_v[k]), 1);
            assert_int_equal(mm_text_width(g->eighths_h[k]), 1);
        }
    }
}

static int done(void **state)
{
    (void)state;
    grid_done(&grid);
    return 0;
}

/* The one that was drawn last counts; what is cut off by the clip is none; a new frame has none. */
static void clicks_lie_where_they_were_drawn(void **state)
{
    (void)state;
    struct grid clicks;
    grid_init(&clicks);
    assert_int_equal(grid_resize(&clicks, 20, 5), 0);
    struct canvas all = grid_canvas(&clicks);
    struct canvas part = canvas_sub(&all, 5, 1, 10, 2);
    canvas_click(&part, -3, -3, 5, 5, (struct click){.kind = CLICK_ACTION, .id = 1});
    canvas_click(&part, 1, 1, 100, 100, (struct click){.kind = CLICK_KEY, .id = 2, .count = 7, .text = "t"});
    canvas_click(&part, 10, 0, 5, 1, (struct click){.kind = CLICK_ITEM, .id = 3}); /* outside */
    canvas_click(&part, 0, 0, 0, 2, (struct click){.kind = CLICK_ITEM, .id = 4});  /* of no width */
    static const struct {
        int x, y, id;
    } cases[] = {{5, 1, 1},  {6, 1, 1},  {7, 1, 0},  {4, 1, 0}, {5, 0, 0},   {5, 2, 1},   {6, 2, 2},
                 {14, 2, 2}, {15, 2, 0}, {15, 1, 0}, {6, 3, 0}, {-1, -1, 0}, {2000, 2, 0}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct click click = grid_click(&clicks, cases[i].x, cases[i].y);
        assert_int_equal(click.id, cases[i].id);
        assert_int_equal(click.kind == CLICK_NONE, cases[i].id == 0);
    }
    struct click key = grid_click(&clicks, 6, 2);
    assert_int_equal(key.kind, CLICK_KEY);
    assert_int_equal(key.count, 7);
    assert_string_equal(key.text, "t");
    grid_clear(&clicks);
    assert_int_equal(grid_click(&clicks, 6, 2).kind, CLICK_NONE);
    grid_done(&clicks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_drawn_and_clipped),
        cmocka_unit_test(textf_formats),
        cmocka_unit_test(wide_characters_stay_whole),
        cmocka_unit_test(a_wide_character_at_the_edge_of_a_sub_canvas),
        cmocka_unit_test(combining_marks_join_the_character_before),
        cmocka_unit_test(hostile_text_is_escaped),
        cmocka_unit_test(fit_pads_and_cuts),
        cmocka_unit_test(areas_and_lines),
        cmocka_unit_test(backdrop_shows_where_the_role_is_default),
        cmocka_unit_test(cursor_is_kept_inside),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(clicks_lie_where_they_were_drawn),
        cmocka_unit_test(sizes_are_clamped),
        cmocka_unit_test(every_glyph_is_one_column),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
