#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static char *table(const struct stage *stage, const size_t *ids, size_t count,
                   const struct mm_table_options *options)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_report_table(stage->session, ids, count, options, &buf);
    assert_false(buf.failed);
    return buf.data;
}

static void assert_table(const struct stage *stage, const size_t *ids, size_t count,
                         const struct mm_table_options *options, const char *expected)
{
    char *text = table(stage, ids, count, options);
    assert_string_equal(text, expected);
    free(text);
}

/* As narrow as the content; figures to the right, text to the left. */
static void the_usual_columns(void **state)
{
    static const size_t ids[] = {NANS, CONV, REP1};
    assert_table(*state, ids, 3, &(struct mm_table_options){0},
                 " #  LAYER         OP         DTYPE        diff1    diff2  max|d|    cos  VERDICT\n"
                 " 5  nans          Pow        f32 → f32      NaN      NaN     NaN      -  1 NaN in dst\n"
                 " 1  conv1_output  mm.conv2d  f32 → f32  1.00e-1  1.83e-1       1  .9939  3.7x over 0.05\n"
                 "12  rep (1)       Add        f32 → f32  3.12e-2  3.12e-2  0.0312      1  ok\n");
}

static void chosen_columns(void **state)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_SHAPE, MM_COLUMN_SQNR, MM_COLUMN_NUMBER};
    static const size_t ids[] = {CONV, ODD};
    assert_table(*state, ids, 2, &(struct mm_table_options){.columns = columns, .column_count = 3},
                 "SHAPE   SQNR   #\n"
                 "2x2     14.8   1\n"
                 "scalar   Inf  10\n");
    assert_table(*state, ids, 0, &(struct mm_table_options){.columns = columns, .column_count = 2},
                 "SHAPE  SQNR\n");
}

static void a_limit(void **state)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_NUMBER};
    static const size_t ids[] = {0, 1, 2, 3};
    struct mm_table_options options = {.columns = columns, .column_count = 1, .limit = 3};
    assert_table(*state, ids, 4, &options, "#\n1\n2\n3\n(1 more)\n");
    options.limit = 4;
    assert_table(*state, ids, 4, &options, "#\n1\n2\n3\n4\n");
}

static void more_columns_than_there_are(void **state)
{
    const struct stage *stage = *state;
    enum mm_column_id columns[3 * MM_COLUMN_COUNT];
    static const size_t ids[] = {0};
    for (size_t i = 0; i < MM_COUNT(columns); i++)
        columns[i] = MM_COLUMN_NUMBER;
    char *text = table(stage, ids, 1,
                       &(struct mm_table_options){.columns = columns, .column_count = MM_COUNT(columns)});
    assert_true(strlen(text) > 0);
    free(text);
}

static void ascii(void **state)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_LAYER, MM_COLUMN_DTYPE, MM_COLUMN_NUMBER};
    static const size_t ids[] = {ODD, CONV, LONE_DST};
    assert_table(*state, ids, 3,
                 &(struct mm_table_options){.columns = columns, .column_count = 3, .ascii = true},
                 "LAYER         DTYPE        #\n"
                 "?\\x1b\"[0]     f32 -> f16  10\n"
                 "conv1_output  f32 -> f32   1\n"
                 "lone_dst      -> f32       9\n");
}

/* No line wider than the terminal as long as there is something to give away; names keep their ends. */
static void narrow_terminals(void **state)
{
    const struct stage *stage = *state;
    size_t ids[LAYERS];
    for (size_t i = 0; i < LAYERS; i++)
        ids[i] = i;
    struct stage longer;
    stage_init(&longer);
    put_both(&longer, "1_a_very_long_name_of_a_layer_whose_end_says_which_conv_17.pb", "n", "Op", FLOATS(1),
             FLOATS(2), 1);
    stage_measure(&longer);
    for (int ascii_only = 0; ascii_only < 2; ascii_only++) {
        for (int width = 84; width < 120; width += 5) {
            const struct mm_table_options options = {.width = width, .ascii = ascii_only};
            char *text = table(stage, ids, LAYERS, &options);
            for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
                assert_true(mm_text_width(line) <= width);
            free(text);
        }
        char *text = table(&longer, ids, 1, &(struct mm_table_options){.width = 80, .ascii = ascii_only});
        assert_non_null(strstr(text, ascii_only ? "~" : "…"));
        assert_non_null(strstr(text, "conv_17"));
        assert_null(strstr(text, "a_very"));
        free(text);
    }
    char *text =
        table(stage, ids, LAYERS, &(struct mm_table_options){.width = 1}); /* nothing helps: still a table */
    assert_true(strlen(text) > 0);
    free(text);
    stage_done(&longer);
}

/* A verdict that is too long loses its end. */
static void verdicts_keep_their_beginning(void **state)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_NUMBER, MM_COLUMN_VERDICT};
    static const size_t ids[] = {SHAPES};
    assert_table(*state, ids, 1,
                 &(struct mm_table_options){.columns = columns, .column_count = 2, .width = 20},
                 "#  VERDICT\n"
                 "6  shapes differ: 2…\n");
}

/* ---- the summary ---- */

static void assert_summary(const struct stage *stage, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_report_summary(stage->session, &buf);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

static void summary(void **state)
{
    assert_summary(*state,
                   "12 pairs, 1 only in src, 1 only in dst, 1 file skipped; 6 bad (over 0.05, not finite, or "
                   "unreadable); worst: #4 from_zero\n");
}

static void summary_of_little(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_both(&stage, "1_a.pb", "a", "a", FLOATS(1), FLOATS(1), 1);
    stage_measure(&stage);
    assert_summary(&stage, "1 pair; 0 bad (over 0.05, not finite, or unreadable)\n");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_columns),
        cmocka_unit_test(chosen_columns),
        cmocka_unit_test(a_limit),
        cmocka_unit_test(more_columns_than_there_are),
        cmocka_unit_test(ascii),
        cmocka_unit_test(narrow_terminals),
        cmocka_unit_test(verdicts_keep_their_beginning),
        cmocka_unit_test(summary),
        cmocka_unit_test(summary_of_little),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
