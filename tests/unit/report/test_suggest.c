#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static struct mm_suggestion items[] = {
    {.layer = NANS,
     .to = MM_F32,
     .why = MM_WHY_OVERFLOW,
     .elements = 2,
     .macs = -1,
     .bytes = MM_COST_UNKNOWN,
     .casts = MM_COST_UNKNOWN,
     .text = "too large"},
    {.layer = CONV,
     .to = MM_F16,
     .why = MM_WHY_SHARE,
     .share = 0.9,
     .covered = 0.9,
     .elements = 4,
     .macs = 1570000,
     .bytes = 12300,
     .casts = -1,
     .text = "i8 adds 0.07 here"},
};
static const struct mm_suggestions list = {.item = items,
                                           .count = 2,
                                           .before = INFINITY,
                                           .after = 0.0123,
                                           .covered = 0.9,
                                           .elements = 24600,
                                           .macs = 1570000,
                                           .bytes = -4,
                                           .casts = 1,
                                           .masked_by = -1};

static void as_a_table(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf out = {0};
    stage_init(&stage);
    put_layers(&stage);
    stage.options.triage = true;
    stage_measure(&stage);
    struct mm_suggestions more = list;
    mm_report_suggestions(stage.session, &more, &out);
    assert_string_equal(
        mm_buf_text(&out),
        "#  LAYER         OP         TO       COVERED  ELEMENTS   MACS   BYTES  CASTS  WHY\n"
        "5  nans          Pow        FLOAT32        -         2      -       -      -  too large\n"
        "1  conv1_output  mm.conv2d  FLOAT16    90.0%         4  1.57M  +12.3k     -1  i8 adds 0.07 here\n"
        "output error broken (NaN, Inf or another shape) now, about 0.012 afterwards; 2 "
        "operators, 24.6k elements, "
        "1.57M MACs, -4 bytes, +1 cast\n"
        "Layer connections by execution order; --model gives the graph.\n");
    mm_buf_clear(&out);
    more.beyond = 0.25;
    more.masked = 7;
    more.masked_by = 4;
    mm_report_suggestions(stage.session, &more, &out);
    assert_non_null(
        strstr(mm_buf_text(&out), "\n25.0% of the error comes from layers that no precision repairs"));
    assert_non_null(strstr(mm_buf_text(&out), "\n7 layers are downstream of #5, which is broken"));
    mm_buf_clear(&out);
    mm_report_suggestions(stage.session, &(struct mm_suggestions){.masked_by = -1}, &out);
    assert_string_equal(mm_buf_text(&out),
                        "nothing to raise: output error 0, which no precision would lower\n");
    mm_buf_clear(&out);
    mm_report_suggestion_summary(&(struct mm_suggestions){.masked_by = -1, .unknown = true}, &out);
    assert_non_null(strstr(mm_buf_text(&out), "nothing is suggested: without an order of the layers"));
    mm_buf_done(&out);
    stage_done(&stage);
}

static void in_one_line(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    struct mm_suggestions one = list;
    one.count = 1;
    one.before = 1;
    one.macs = -1;
    one.bytes = one.casts = MM_COST_UNKNOWN;
    mm_report_suggestion_summary(&one, &out);
    assert_string_equal(mm_buf_text(&out),
                        "output error 1 now, about 0.012 afterwards; 1 operator, 24.6k elements");
    mm_buf_done(&out);
}

static void nothing_bad(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf out = {0};
    stage_init(&stage);
    stage.options.triage = true;
    put_both(&stage, "1_a.pb", "a", "Relu", FLOATS(1, 2), FLOATS(1, 2), 2);
    stage_measure(&stage);
    mm_report_suggestions(stage.session,
                          &(struct mm_suggestions){.masked_by = -1, .within = true, .before = 9e-4}, &out);
    assert_string_equal(mm_buf_text(&out),
                        "nothing to raise: the outputs are within the thresholds (0.0009)\n");
    mm_buf_done(&out);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_table),
        cmocka_unit_test(in_one_line),
        cmocka_unit_test(nothing_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
