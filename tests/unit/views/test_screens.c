/*
 * Screens with something open on them - menus, prompts, questions, candidates, help - at three sizes, in UTF-8 and ASCII;
 * and every screen at every size and in a storm of resizes. Screens as such have their goldens in their views' tests.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

struct screen {
    const char *name;  /* of its goldens; NULL: it has them elsewhere */
    const char *keys;  /* from the list of layers on, as a script */
    const char *shows; /* at 80x24 */
};

static const struct screen screens[] = {
    {"menu-sort", "s", "relative L2"},
    {"menu-sort-moved", "s j j", "relative L2"},
    {"menu-precision", "P", "FLOAT32"},
    {"menu-theme", ": \"theme\" Enter j", "mono"},
    {"menu-runtime", "w t", "ONNX Runtime"},
    {"prompt-search", "/ \"conv\"", "/conv"},
    {"prompt-filter", "& \"op=Conv\"", "Show only: op=Conv"},
    {"prompt-command", ": \"sort-\" Tab", "sort-reverse"},
    {"prompt-slice", "/ \"conv1\" Enter Enter 4 / \"[0,:]\"", "Slice: [0,:]"},
    {"ask-quit", "p Q", "Quit anyway? (y/n)"},
    {"layers-filtered", "& \"r\" Enter", "6 of 14 shown: r"},
    {"layers-none", "& \"nothing-is-called-so\" Enter", "no layer matches"},
    {"layers-searched", "/ \"conv\" Enter", "conv1"},
    {"layers-tagged", "Space Space j t p", "▸F16"},
    {"layers-marked", "/ \"dropout\" Enter =", "dropout marked"},
    {"layers-paired", ":pair dropout cast", "Paired dropout with cast"},
    {"layers-unpaired", "/ \"relu1\" Enter !", "apart"},
    {"layers-undone", "p u", "Undone"},
    {"layers-redone", "p u C-r", "Redone"},
    {"layers-reload", "r", "No file has changed"},
    {"layers-error", ":sort nonsense", "no column"},
    {"layers-count", "1 2", "12"},
    {"layers-mouse", "m", "Mouse on"},
    {"plan-settings", ":set network_precision float16\nw", "network_precision = float16"},
    {"help-layer", "Enter ?", "Keys for the screen: layer"},
    {NULL, "", "relu1"},
    {NULL, "Enter", "[0 Triage]"},
    {NULL, "Enter 1", "[1 Stats]"},
    {NULL, "Enter 2", "[2 Histogram]"},
    {NULL, "Enter 3", "[3 Channels]"},
    {NULL, "/ \"conv1\" Enter Enter 4", "worst by"},
    {NULL, "/ \"conv1\" Enter Enter 4 v", "all values"},
    {NULL, "/ \"conv1\" Enter Enter 4 H", "axis 0 down"},
    {NULL, "Enter 5", "[5 What if]"},
    {NULL, "Enter 6", "[6 Neighbours]"},
    {NULL, "w", "Settings of the whole network"},
    {NULL, "i", "What the two dumps are"},
};

static struct small *open_screen(const struct screen *screen)
{
    struct small *small = calloc(1, sizeof *small);
    assert_non_null(small);
    small_open_folders(small, "src", "dst");
    small_settle(small);
    small_keys(small, screen->keys);
    if (!small_shows(small, screen->shows))
        fail_msg("%s", screen->keys);
    return small;
}

static void close_screen(struct small *small)
{
    void *state = small;
    small_teardown(&state);
}

/* Not the message, which is one key old: it is drawn by app_draw as it is. */
static void goldens(void **state)
{
    static const int sizes[][2] = {{40, 12}, {80, 24}, {132, 43}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(screens); i++) {
        struct small *small = screens[i].name ? open_screen(&screens[i]) : NULL;
        for (size_t k = 0; small && k < 2 * MM_COUNT(sizes); k++) {
            char file[100];
            const int *size = sizes[k / 2];
            small->app->glyphs = k % 2 ? &glyphs_ascii : &glyphs_utf8;
            app_resize(small->app, size[0], size[1]);
            small_settle(small);
            snprintf(file, sizeof file, "screen-%s-%dx%d-%s", screens[i].name, size[0], size[1],
                     k % 2 ? "ascii" : "utf8");
            golden_check(small->app, file);
        }
        if (small)
            close_screen(small);
    }
}

/* Below 40 x 10 there is the sentence and nothing else; from there on never. */
static void expect_sentence(struct small *small, struct grid *grid, int w, int h)
{
    app_resize(small->app, w, h);
    app_draw(small->app, grid);
    assert_int_equal(grid->w, w);
    assert_int_equal(grid->h, h);
    const struct cell *first = grid_cell(grid, 0, 0);
    bool sentence = w >= 5 && h > 0 && first->cp == 'm' && first->role == ROLE_DEFAULT &&
                    grid_cell(grid, 4, 0)->cp == 'i'; /* "mmtui needs ...": titles begin with a blank */
    assert_int_equal(sentence, (w < APP_MIN_W || h < APP_MIN_H) && w >= 5 && h > 0);
}

static void every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(screens); i++) {
        struct small *small = open_screen(&screens[i]);
        struct grid grid;
        grid_init(&grid);
        for (int w = 0; w <= 300; w += w < 44 ? 4 : w < 140 ? 16 : 80) {
            for (int h = 0; h <= 100; h += h < 14 ? 2 : 21)
                expect_sentence(small, &grid, w, h);
        }
        expect_sentence(small, &grid, 39, 10);
        expect_sentence(small, &grid, 40, 10);
        expect_sentence(small, &grid, 40, 9);
        expect_sentence(small, &grid, 300, 100);
        small_draw_all_sizes(small);
        grid_done(&grid);
        close_screen(small);
    }
}

/* Sizes one after the other, keys between them; then the screen is as if nothing had been. */
static void a_storm_of_resizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(screens); i++) {
        struct small *small = open_screen(&screens[i]);
        struct mm_buf before, after;
        mm_buf_init(&before);
        mm_buf_init(&after);
        script_frame(small->app, &before);
        for (int k = 0; k < 60; k++) {
            struct mm_buf frame;
            mm_buf_init(&frame);
            /* no list gets shorter than its cursor's row here: that would scroll it for good */
            app_resize(small->app, 40 + k * 37 % 260, 24 + k * 13 % 76);
            script_frame(small->app, &frame);
            mm_buf_done(&frame);
        }
        app_resize(small->app, 80, 24);
        small_settle(small);
        script_frame(small->app, &after);
        if (strcmp(mm_buf_text(&before), mm_buf_text(&after)) != 0)
            fail_msg("%s\n%s\n%s", screens[i].keys, mm_buf_text(&before), mm_buf_text(&after));
        mm_buf_done(&before);
        mm_buf_done(&after);
        close_screen(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goldens),
        cmocka_unit_test(every_size),
        cmocka_unit_test(a_storm_of_resizes),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
