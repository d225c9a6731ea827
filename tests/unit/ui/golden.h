/*
 * Golden screens: a frame (glyph plane, "---", style plane) is held against golden/NAME beside the test.
 * UPDATE=1 in the environment rewrites the files; then look at the difference before it is committed.
 * GOLDEN names another folder than the one beside this file. Include after <cmocka.h>.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "mmtui/base.h"
#include "ui/app.h"
#include "ui/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void golden_path(struct mm_buf *out, const char *name)
{
    const char *folder = getenv("GOLDEN");
    const char *here = __BASE_FILE__; /* the test: goldens lie beside it */
    if (folder)
        mm_buf_printf(out, "%s/%s", folder, name);
    else
        mm_buf_printf(out, "%.*sgolden/%s", (int)(mm_path_base(here) - here), here, name);
}

/* Print the first line that differs, so that a failure can be read without a diff tool. */
static inline void golden_explain(const char *name, const char *expected, const char *actual)
{
    int line = 1;
    while (*expected && *actual) {
        size_t a = strcspn(expected, "\n"), b = strcspn(actual, "\n");
        if (a != b || memcmp(expected, actual, a) != 0)
            break;
        expected += a + (expected[a] == '\n');
        actual += b + (actual[b] == '\n');
        line++;
    }
    print_error("%s:%d:\n  golden |%.*s|\n  now    |%.*s|\n", name, line, (int)strcspn(expected, "\n"),
                expected, (int)strcspn(actual, "\n"), actual);
}

static inline void golden_check_text(const char *name, const struct mm_buf *actual)
{
    struct mm_buf path, expected;
    mm_buf_init(&path);
    mm_buf_init(&expected);
    golden_path(&path, name);
    if (getenv("UPDATE"))
        assert_int_equal(mm_file_write(mm_buf_text(&path), mm_buf_text(actual), actual->length, NULL), 0);
    assert_int_equal(mm_file_read(mm_buf_text(&path), 1 << 20, &expected, NULL), 0);
    bool same = strcmp(mm_buf_text(&expected), mm_buf_text(actual)) == 0;
    if (!same)
        golden_explain(name, mm_buf_text(&expected), mm_buf_text(actual));
    mm_buf_done(&path);
    mm_buf_done(&expected);
    assert_true(same);
}

/* Draw the app as it is now and compare. */
static inline void golden_check(struct app *app, const char *name)
{
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(app, &frame);
    golden_check_text(name, &frame);
    mm_buf_done(&frame);
}

/* The three sizes and two glyph sets in which every view is looked at: NAME-WxH-utf8, NAME-WxH-ascii. */
static inline void golden_check_sizes(struct app *app, const char *name)
{
    static const int sizes[][2] = {{40, 12}, {80, 24}, {132, 43}};
    const struct glyphs *kept = app->glyphs;
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        for (int ascii = 0; ascii < 2; ascii++) {
            char file[200];
            app->glyphs = ascii ? &glyphs_ascii : &glyphs_utf8;
            app_resize(app, sizes[i][0], sizes[i][1]);
            snprintf(file, sizeof(file), "%s-%dx%d-%s", name, sizes[i][0], sizes[i][1],
                     ascii ? "ascii" : "utf8");
            golden_check(app, file);
        }
    }
    app->glyphs = kept;
}

#endif
