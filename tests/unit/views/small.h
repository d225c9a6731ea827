/*
 * A small session for the tests of the views: a dozen tensors of a few elements each, written by hand as
 * .npy, with one of every kind of trouble; and four MagicMind text tensors with node names and op types. Jobs
 * run inline, so every run is the same. The program's folder is the temporary one meanwhile, so that no path
 * on a screen changes. Include after <cmocka.h>.
 *
 *     # name       what                                        diff1             diff2
 *     1 input      equal                                       0                 0
 *     2 conv1      8 became 8.0625                             .0625 / 36        .0625 / sqrt(204) = 4.38e-3
 *     3 relu1      4 became 5                                  1 / 10            1 / sqrt(30) = .183
 *     4 pow        70000 became Inf in f16
 *     5 sqrt       3 became NaN
 *     6 reshape    2x3 against 4
 *     7 gather     dst is cut in the middle of its data
 *     8 dropout    only in src
 *     9 cast       only in dst
 *    10 (hostile)  a name with an escape sequence and a newline; 10, 10 became 10, 11: 1 / 20, 1 / sqrt(200)
 *    11 (long)     a name of 100 characters; equal
 *    12 (CJK)      a name of wide characters; equal
 *    13 quant      1.2 -3.4 5.6 7.8 against int8 1 -3 6 8      1.2 / 18 = .0667  sqrt(.4 / 105.2) = .0617
 *    14 head       1000 became 1001                            1 / 1000          1 / 1000
 */
#ifndef TESTS_SMALL_H
#define TESTS_SMALL_H

#include "unit/ui/golden.h"
#include "views/inspector.h"
#include "views/layers.h"

#include <limits.h>
#include <unistd.h>

#define SMALL_HOSTILE "evil\x1b[2J\nname"
#define SMALL_LONG                                                                                           \
    "encoder.layers.0.self_attention.query_key_value.projection.weight_quantized.dequantized.linear.out_7"
#define SMALL_CJK "层归一化_输出"

struct small {
    struct mm_graph *graph; /* NULL: none */
    struct mm_session *session;
    struct inspector inspector;
    struct app *app;
    struct layers *layers;
};

static char small_folder[PATH_MAX];

/* ---- files ---- */

static inline void small_write(const char *folder, const char *file, const void *data, size_t length)
{
    char *path = mm_path_join(folder, file);
    assert_int_equal(mm_file_write(path, data, length, NULL), 0);
    free(path);
}

/* `shape` is the text between the parentheses: "4," or "2, 4". */
static inline void small_npy(const char *folder, const char *file, const char *descr, const char *shape,
                             const void *data, size_t length)
{
    char header[128];
    struct mm_buf out;
    mm_buf_init(&out);
    int n = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr,
                     shape);
    mm_buf_add(&out, "\x93NUMPY\x01\x00\x76\x00", 10); /* 118 bytes of header: the data begin at 128 */
    mm_buf_printf(&out, "%s%*s\n", header, 117 - n, "");
    mm_buf_add(&out, data, length);
    small_write(folder, file, out.data, out.length);
    mm_buf_done(&out);
}

#define SMALL_F32(folder, file, shape, ...)                                                                  \
    small_npy(folder, file, "<f4", shape, (const float[]){__VA_ARGS__}, sizeof((const float[]){__VA_ARGS__}))
/* f16 as bit patterns: 3c00 1, 4000 2, 4200 3, 4400 4, 4500 5, 4600 6, 4700 7, 4800 8, 5640 100, 7c00 Inf,
 * 7e00 NaN */
#define SMALL_F16(folder, file, shape, ...)                                                                  \
    small_npy(folder, file, "<f2", shape, (const uint16_t[]){__VA_ARGS__},                                   \
              sizeof((const uint16_t[]){__VA_ARGS__}))

static inline void small_make_npy(void)
{
    SMALL_F32("src", "1001_input.npy", "2, 2", 1, -2, 0, 4);
    SMALL_F16("dst", "2001_input.npy", "2, 2", 0x3c00, 0xc000, 0, 0x4400);
    SMALL_F32("src", "1002_conv1.npy", "2, 4", 1, 2, 3, 4, 5, 6, 7, 8);
    SMALL_F16("dst", "2002_conv1.npy", "2, 4", 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700,
              0x4808);
    SMALL_F32("src", "1003_relu1.npy", "4,", 1, 2, 3, 4);
    SMALL_F16("dst", "2003_relu1.npy", "4,", 0x3c00, 0x4000, 0x4200, 0x4500);
    SMALL_F32("src", "1004_pow.npy", "4,", 1, 4, 70000, 100);
    SMALL_F16("dst", "2004_pow.npy", "4,", 0x3c00, 0x4400, 0x7c00, 0x5640);
    SMALL_F32("src", "1005_sqrt.npy", "4,", 1, 2, 3, 4);
    SMALL_F16("dst", "2005_sqrt.npy", "4,", 0x3c00, 0x4000, 0x7e00, 0x4400);
    SMALL_F32("src", "1006_reshape.npy", "2, 3", 1, 2, 3, 4, 5, 6);
    SMALL_F32("dst", "2006_reshape.npy", "4,", 1, 2, 3, 4);
    SMALL_F32("src", "1007_gather.npy", "4,", 1, 2, 3, 4);
    SMALL_F32("dst", "2007_gather.npy", "4,", 1, 2);
    SMALL_F32("src", "1008_dropout.npy", "4,", 1, 2, 3, 4);
    SMALL_F32("dst", "2009_cast.npy", "2,", 5, 6);
    SMALL_F32("src", "1010_" SMALL_HOSTILE ".npy", "2,", 10, 10);
    SMALL_F32("dst", "2010_" SMALL_HOSTILE ".npy", "2,", 10, 11);
    SMALL_F32("src", "1011_" SMALL_LONG ".npy", "1,", 7);
    SMALL_F32("dst", "2011_" SMALL_LONG ".npy", "1,", 7);
    SMALL_F32("src", "1012_" SMALL_CJK ".npy", "1,", 7);
    SMALL_F32("dst", "2012_" SMALL_CJK ".npy", "1,", 7);
    SMALL_F32("src", "1013_quant.npy", "4,", 1.2f, -3.4f, 5.6f, 7.8f);
    small_npy("dst", "2013_quant.npy", "|i1", "4,", (const int8_t[]){1, -3, 6, 8}, 4);
    SMALL_F32("src", "1014_head.npy", "1,", 1000);
    SMALL_F32("dst", "2014_head.npy", "1,", 1001);
}

static inline void small_pbtxt(const char *folder, const char *file, const char *node, const char *op,
                               const char *rest)
{
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "version_number: 1\nnode_name: \"%s\"\nop_type: \"%s\"\ndtype: %s\n", node, op,
                  rest);
    small_write(folder, file, text.data, text.length);
    mm_buf_done(&text);
}

/*
 * Four operators of a layer norm: 1 conv (dst holds it with axis 1 moved to the end, its largest value is off
 * by 2), 2 sub (equal), 3 pow (1e5 became Inf), 4 mean (4 became 5).
 */
static inline void small_make_ops(void)
{
    small_pbtxt("ops_src", "1_conv.pbtxt", "conv", "aten::conv2d",
                "DT_FLOAT32\ntensor_shape: [1, 2, 3]\nfloat_val: [1, 2, 3, 4, 5, 6]\n");
    small_pbtxt("ops_dst", "1_conv@axis1to-1.pbtxt", "main/conv", "mm.conv2d",
                "DT_FLOAT16\ntensor_shape: [1, 3, 2]\nfloat_val: [1, 4, 2, 5, 3, 8]\n");
    small_pbtxt("ops_src", "2_ln.Sub.pbtxt", "ln.Sub", "aten::sub",
                "DT_FLOAT32\ntensor_shape: 2\nfloat_val: [1, 2]\n");
    small_pbtxt("ops_dst", "2_ln.Sub.pbtxt", "main/ln.Sub", "mm.sub",
                "DT_FLOAT16\ntensor_shape: 2\nfloat_val: [1, 2]\n");
    small_pbtxt("ops_src", "3_ln.Pow.pbtxt", "ln.Pow", "aten::pow",
                "DT_FLOAT32\ntensor_shape: 2\nfloat_val: [100000, 4]\n");
    small_pbtxt("ops_dst", "3_ln.Pow.pbtxt", "main/ln.Pow", "mm.pow",
                "DT_FLOAT16\ntensor_shape: 2\nfloat_val: [inf, 4]\n");
    small_pbtxt("ops_src", "4_ln.ReduceMean.pbtxt", "ln.ReduceMean", "aten::mean",
                "DT_FLOAT32\ntensor_shape: 1\nfloat_val: 4\n");
    small_pbtxt("ops_dst", "4_ln.ReduceMean.pbtxt", "main/ln.ReduceMean", "mm.reduce_mean",
                "DT_FLOAT16\ntensor_shape: 1\nfloat_val: 5\n");
}

/* Of the group: makes the folders and goes there. The golden files stay where they are. */
static inline int small_group_setup(void **state)
{
    char golden[PATH_MAX], here[PATH_MAX];
    const char *base = getenv("TMPDIR");
    (void)state;
    snprintf(here, sizeof here, "%.*sgolden", (int)(mm_path_base(__FILE__) - __FILE__), __FILE__);
    if (!getenv("GOLDEN") && realpath(here, golden))
        setenv("GOLDEN", golden, 1);
    snprintf(small_folder, sizeof small_folder, "%s/mmtui-views-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(small_folder) || chdir(small_folder) < 0)
        return -1;
    static const char *const folders[] = {"src", "dst", "ops_src", "ops_dst"};
    for (size_t i = 0; i < MM_COUNT(folders); i++) {
        if (mm_folder_make(folders[i], NULL) < 0)
            return -1;
    }
    small_make_npy();
    small_make_ops();
    return 0;
}

static inline int small_group_teardown(void **state)
{
    (void)state;
    if (chdir("/") < 0)
        return -1;
    mm_folder_remove(small_folder);
    return 0;
}

/* ---- a session on them ---- */

static inline struct mm_session_options small_options(const char *src, const char *dst)
{
    struct mm_session_options options;
    mm_session_defaults(&options);
    options.src = src;
    options.dst = dst;
    options.jobs = 0;
    options.headers = true;
    return options;
}

static inline void small_open(struct small *small, const struct mm_session_options *options)
{
    struct mm_err err = {0};
    const struct inspector_options with = {
        .export_folder = "export", .dialect = "magicmind", .sort = "diff2"};
    if (mm_session_open(&small->session, options, &err) < 0 || mm_session_start(small->session, &err) < 0 ||
        inspector_init(&small->inspector, small->session, &with, &err) < 0)
        fail_msg("%s", err.text);
    small->app = &small->inspector.app;
    small->layers = (struct layers *)small->app->stack[0];
    app_resize(small->app, 80, 24);
}

/* All their files are of one time: times that differ, which depends on the clock's grain, would tell an order. */
static inline void small_open_folders(struct small *small, const char *src, const char *dst)
{
    char command[256];
    snprintf(command, sizeof command, "touch -d @1000000000 %s/* %s/*", src, dst);
    assert_int_equal(system(command), 0);
    struct mm_session_options options = small_options(src, dst);
    small_open(small, &options);
}

static inline void small_settle(struct small *small)
{
    small->app->hooks.settle(small->app->hooks.context);
}

/* Of a test: everything is measured, the first row is selected. */
static inline int small_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    small_open_folders(small, "src", "dst");
    small_settle(small);
    *state = small;
    return 0;
}

static inline int small_setup_ops(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    small_open_folders(small, "ops_src", "ops_dst");
    small_settle(small);
    *state = small;
    return 0;
}

/* Of a test: nothing is measured yet. */
static inline int small_setup_early(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    small_open_folders(small, "src", "dst");
    *state = small;
    return 0;
}

static inline int small_teardown(void **state)
{
    struct small *small = *state;
    inspector_done(&small->inspector);
    mm_session_close(small->session);
    mm_graph_close(small->graph);
    free(small);
    return 0;
}

/* ---- doing and seeing ---- */

/* Keys and commands as in a script; each step ends when all is measured. */
static inline void small_keys(struct small *small, const char *script)
{
    struct mm_err err = {0};
    if (script_run(small->app, "keys", script, strlen(script), &err) < 0)
        fail_msg("%s", err.text);
}

/* The label of the layer in a row of the list; "" beyond its end; "-" of the heading. */
static inline const char *small_row(const struct small *small, int row)
{
    const struct list *list = &small->layers->list;
    if (layers_is_heading(small->layers, row))
        return "-";
    return row < list->count ? mm_session_layer(small->session, small->layers->ids[row])->label : "";
}

static inline const char *small_selected(const struct small *small)
{
    return small_row(small, small->layers->list.cursor);
}

static inline bool small_sees(struct small *small, const char *text, bool wanted)
{
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(small->app, &frame);
    const char *end = strstr(mm_buf_text(&frame), "\n---\n");
    const char *hit = strstr(mm_buf_text(&frame), text);
    bool shown = hit && hit < end;
    if (shown != wanted)
        print_message("%sshown: %s\n%.*s\n", wanted ? "not " : "", text, (int)(end - mm_buf_text(&frame)),
                      mm_buf_text(&frame));
    mm_buf_done(&frame);
    return shown == wanted;
}

/* Whether a piece of text stands somewhere on the screen, on one line; or nowhere. */
static inline bool small_shows(struct small *small, const char *text)
{
    return small_sees(small, text, true);
}

static inline bool small_hides(struct small *small, const char *text)
{
    return small_sees(small, text, false);
}

static inline bool small_says(const struct small *small, const char *text)
{
    if (strstr(small->app->message, text))
        return true;
    print_message("the message is: %s\n", small->app->message);
    return false;
}

/* NAME-WxH-utf8 and -ascii in four sizes; the widest has the preview. */
static inline void small_goldens(struct small *small, const char *name)
{
    static const int sizes[][2] = {{40, 12}, {80, 24}, {132, 43}, {160, 50}};
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        for (int ascii = 0; ascii < 2; ascii++) {
            char file[200];
            small->app->glyphs = ascii ? &glyphs_ascii : &glyphs_utf8;
            app_resize(small->app, sizes[i][0], sizes[i][1]);
            small_settle(small);
            snprintf(file, sizeof file, "%s-%dx%d-%s", name, sizes[i][0], sizes[i][1],
                     ascii ? "ascii" : "utf8");
            golden_check(small->app, file);
        }
    }
    small->app->glyphs = &glyphs_utf8;
}

/*
 * Draw the top view at every size from 0 x 0 to 300 x 100 (a grid of them) into the middle of a larger grid:
 * nothing beside it may change.
 */
static inline void small_draw_all_sizes(struct small *small)
{
    struct view *view = app_top(small->app);
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 304, 104), 0);
    for (int w = 0; w <= 300; w += w < 64 ? 4 : 40) {
        for (int h = 0; h <= 100; h += h < 30 ? 3 : 20) {
            grid_clear(&grid);
            struct canvas all = grid_canvas(&grid);
            for (int y = 0; y < 104; y++)
                canvas_repeat(&all, 0, y, 304, ROLE_MATCH, "@");
            struct canvas c = canvas_sub(&all, 2, 2, w, h);
            canvas_fill(&c, 0, 0, w, h, ROLE_DEFAULT);
            view->ops->size(view, small->app, w, h);
            view->ops->draw(view, small->app, &c);
            if (view->ops->status)
                view->ops->status(view, small->app, &c);
            for (int y = 0; y < 104; y++) {
                for (int x = 0; x < 304; x++) {
                    const struct cell *cell = grid_cell(&grid, x, y);
                    bool inside = x >= 2 && x < 2 + w && y >= 2 && y < 2 + h;
                    if (!inside && (cell->cp != '@' || cell->role != ROLE_MATCH || cell->backdrop))
                        fail_msg("%s at %dx%d draws outside: %d,%d", view->ops->name, w, h, x - 2, y - 2);
                }
            }
        }
    }
    grid_done(&grid);
    app_resize(small->app, 80, 24);
}

#endif
