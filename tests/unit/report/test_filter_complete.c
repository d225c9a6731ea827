#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static void collect(void *context, size_t from, const char *candidate, const char *note)
{
    (void)note;
    struct mm_buf *out = context;
    if (out->length == 0)
        mm_buf_printf(out, "%zu:", from);
    mm_buf_printf(out, " %s", candidate);
}

/* "FROM: candidate candidate ..." */
static void assert_offered(const struct stage *stage, const char *text, const char *expected)
{
    struct mm_buf out = {0};
    mm_filter_complete(text, stage->session, collect, &out);
    if (strcmp(mm_buf_text(&out), expected) != 0)
        fail_msg("\"%s\": offered \"%s\", not \"%s\"", text, mm_buf_text(&out), expected);
    mm_buf_done(&out);
}

static void columns_and_words(void **state)
{
    assert_offered(*state, "dif", "0: diff1 diff2 diff3 diff3abs differ");
    assert_offered(*state, "conv !dt", "6: dtype");
    assert_offered(*state, "b", "0: beyond bad"); /* `before` needs an earlier dst */
    assert_offered(*state, "'a b' sugg", "6: suggested");
    assert_offered(*state, "xyz", "");
    assert_offered(*state, "'a b", ""); /* in quotes it is a name */
}

static void signs(void **state)
{
    assert_offered(*state, "mae", "0: mae<= mae>= mae!= mae< mae> mae=");
    assert_offered(*state, "bad op", "4: op!= op!~ op= op~");
    assert_offered(*state, "name", "0: name!= name!~ name= name~");
    assert_offered(*state, "diff3",
                   "0: diff3<= diff3>= diff3!= diff3< diff3> diff3= diff3abs"); /* or a longer one */
}

/* What layers have, each once, in natural order. */
static void values(void **state)
{
    assert_offered(*state, "op=", "3: Add Conv Lone Pow Relu mm.conv2d onnx::Op");
    assert_offered(*state, "bad !op!~x",
                   "9: Add Conv Lone Op Pow Relu conv2d mm.conv2d onnx::Op"); /* last parts */
    assert_offered(*state, "dtype=", "6: f16 f32 i8");
    assert_offered(*state, "verdict=", "8: nonfinite ok over shape unpaired unreadable");
    assert_offered(*state, "layer=\"rep",
                   "6: bad both_inf conv1_output conv2 conv10 from_zero lone_dst lone_src "
                   "nans \"rep (1)\" \"rep (2)\" shapes zero é\\x1b\"[0]");
    assert_offered(*state, "diff2>", "6: 0.05");
    assert_offered(*state, "mse>", "");
    assert_offered(*state, "nosuch=", "");
    assert_offered(*state, "=", "");
}

static void before_anything_is_read(void **state)
{
    (void)state;
    struct stage stage;
    stage_unread(&stage);
    assert_offered(&stage, "dtype=", "");
    assert_offered(&stage, "verdict=", "8: pending");
    assert_offered(&stage, "paired=", "7: exact occurrence");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_words),
        cmocka_unit_test(signs),
        cmocka_unit_test(values),
        cmocka_unit_test(before_anything_is_read),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
