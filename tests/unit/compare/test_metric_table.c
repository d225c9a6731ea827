/* The table of metrics: every member once, and figures as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"

#include <math.h>
#include <string.h>

/* No two rows share a name or a place, and together they cover the struct up to its statistics. */
static void every_member_once(void **state)
{
    (void)state;
    bool seen[sizeof(struct mm_metrics) / 8] = {false};
    for (int id = 0; id < MM_METRIC_COUNT; id++) {
        const struct mm_figure *field = &mm_metric((enum mm_metric_id)id)->field;
        assert_true(field->name && field->name[0] && field->member % 8 == 0);
        assert_true(field->member < offsetof(struct mm_metrics, src));
        assert_false(seen[field->member / 8]);
        seen[field->member / 8] = true;
        for (int k = 0; k < id; k++)
            assert_string_not_equal(field->name, mm_metric((enum mm_metric_id)k)->field.name);
    }
    for (size_t i = 0; i < offsetof(struct mm_metrics, src) / 8; i++)
        assert_true(seen[i]);
}

static void statistics_once(void **state)
{
    (void)state;
    size_t count;
    const struct mm_figure *stats = mm_stat_figures(&count);
    assert_int_equal(count * 8, sizeof(struct mm_stats));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(stats[i].member != stats[k].member);
            assert_string_not_equal(stats[i].name, stats[k].name);
        }
    }
}

/* What is shown has all that a screen asks for, in the room that there is. */
static void what_is_shown(void **state)
{
    (void)state;
    for (int id = 0; id < MM_METRIC_COUNT; id++) {
        const struct mm_metric *metric = mm_metric((enum mm_metric_id)id);
        assert_true((metric->label != NULL) == (metric->what != NULL));
        if (!metric->label)
            continue;
        assert_non_null(metric->text);
        assert_true(strlen(metric->label) <= 9 && strlen(metric->what) <= 27);
    }
}

static void assert_text(enum mm_metric_id id, const struct mm_metrics *m, const char *expected)
{
    struct mm_buf text = {0};
    mm_metric_text(id, m, &text);
    assert_string_equal(mm_buf_text(&text), expected);
    mm_buf_done(&text);
}

static void texts(void **state)
{
    (void)state;
    struct mm_metrics m = {.count = 12,
                           .nonfinite_differ = 1500,
                           .diff1 = 0.1,
                           .diff2 = NAN,
                           .sqnr = 14.84,
                           .max_abs = 0.5,
                           .max_abs_at = -1,
                           .cosine = 1,
                           .cosine_gap = 0,
                           .beyond = 0.0312};
    assert_text(MM_METRIC_DIFF1, &m, "1.00e-1");
    assert_text(MM_METRIC_DIFF2, &m, "NaN");
    assert_text(MM_METRIC_SQNR, &m, "14.8");
    assert_text(MM_METRIC_MAX_ABS, &m, "0.5");
    assert_text(MM_METRIC_COSINE, &m, "1");
    assert_text(MM_METRIC_BEYOND, &m, "3.1%");
    assert_text(MM_METRIC_NONFINITE_DIFFER, &m, "1500");
    assert_text(MM_METRIC_ELEMENTS, &m, ""); /* not shown by itself */
    m.sqnr = INFINITY;
    m.beyond = 0.0001;
    m.max_abs = 1e7;
    assert_text(MM_METRIC_SQNR, &m, "Inf");
    assert_text(MM_METRIC_BEYOND, &m, "<0.1%");
    assert_text(MM_METRIC_MAX_ABS, &m, "1.00e7");
    m.sqnr = -INFINITY;
    assert_text(MM_METRIC_SQNR, &m, "-Inf");
}

/* Counts and places are doubles, too; the cosine is sorted by its gap, which tells 1 from nearly 1. */
static void values(void **state)
{
    (void)state;
    struct mm_metrics m = {.count = INT64_C(1) << 53, .max_abs_at = -1, .cosine = 1, .cosine_gap = 1e-12};
    assert_true(mm_metric_value(MM_METRIC_ELEMENTS, &m) == 9007199254740992.0);
    assert_true(mm_metric_value(MM_METRIC_MAX_ABS_AT, &m) == -1);
    assert_true(mm_metric_value(MM_METRIC_COSINE, &m) == 1);
    assert_true(mm_metric_rank(MM_METRIC_COSINE, &m) < 1);
    m.diff2 = 0.25;
    assert_true(mm_metric_rank(MM_METRIC_DIFF2, &m) == 0.25);
    m.diff2 = NAN;
    assert_true(isnan(mm_metric_value(MM_METRIC_DIFF2, &m)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_once),
        cmocka_unit_test(statistics_once),
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(texts),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
