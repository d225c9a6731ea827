#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/session/session_testing.h"

/* Values with both signs, and their bit patterns in half. */
static void values(int i, float s[16], uint16_t bits[16])
{
    for (int k = 0; k < 16; k++) {
        s[k] = (float)((k * 5 + i) % 16) - 7.5F;
        bits[k] = mm_float_to_half(s[k]);
    }
}

/* h0, h1 ...: `count` tensors of floats in src, and in dst of bit patterns; then "ids" of 16 bits on both sides. */
static void put_all(struct stage *stage, int count, const char *descr)
{
    float s[16];
    uint16_t bits[16], ids[4] = {1, 2, 40000, 4};
    stage_init(stage);
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d_h%d.npy", i + 1, i);
        values(i, s, bits);
        put_npy(stage->src, name, "<f4", "(2, 8)", s, sizeof s);
        put_npy(stage->dst, name, descr, "(2, 8)", bits, sizeof bits);
    }
    put_npy(stage->src, "90_ids.npy", "<u2", "(4,)", ids, sizeof ids);
    put_npy(stage->dst, "90_ids.npy", "<u2", "(4,)", ids, sizeof ids);
}

static const struct mm_result *result_of(const struct stage *stage, size_t id)
{
    return &mm_session_layer(stage->session, id)->result;
}

static void all_of_a_dump(void **state)
{
    (void)state;
    static const char *const descrs[] = {"<u2", "<i2"};
    for (size_t i = 0; i < MM_COUNT(descrs); i++) {
        struct stage stage;
        put_all(&stage, 4, descrs[i]);
        stage_measure(&stage);
        for (size_t id = 0; id < 4; id++) {
            assert_int_equal(result_of(&stage, id)->dst.dtype, MM_F16);
            assert_true(result_of(&stage, id)->metrics.diff2 == 0);
        }
        assert_int_equal(result_of(&stage, 4)->dst.dtype, MM_U16); /* no floats on the other side */
        assert_int_equal(mm_session_read_as(stage.session, true), MM_F16);
        assert_int_equal(mm_session_read_as(stage.session, false), MM_DTYPE_NONE);
        assert_string_equal(
            mm_session_notice(stage.session),
            "The 16-bit integers of dst are bit patterns of float16 (4 of 4 tensors looked at): read "
            "as that (--dtype f16).");
        stage_done(&stage);
    }
}

static void two_are_told_alone(void **state)
{
    (void)state;
    struct stage stage;
    put_all(&stage, 2, "<u2");
    stage_measure(&stage);
    assert_null(mm_session_notice(stage.session));
    assert_int_equal(result_of(&stage, 0)->dst.dtype, MM_U16);
    assert_int_equal(result_of(&stage, 0)->bits, MM_F16);
    assert_true(result_of(&stage, 0)->bits_side[1] && !result_of(&stage, 0)->bits_side[0]);
    assert_true(result_of(&stage, 0)->bits_error == 0);
    assert_int_equal(result_of(&stage, 2)->bits, MM_DTYPE_NONE);
    stage_done(&stage);
}

static void as_it_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mm_dtype first, second, ids;
    } cases[] = {
        {"h1", MM_U16, MM_F16, MM_U16}, {"h*", MM_F16, MM_F16, MM_U16}, {NULL, MM_F16, MM_F16, MM_F16}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_read_rule rule = {cases[i].name, MM_F16};
        struct stage stage;
        put_all(&stage, 2, "<u2");
        stage.options.read_rule = &rule;
        stage.options.read_rules = 1;
        stage_measure(&stage);
        assert_int_equal(result_of(&stage, 0)->dst.dtype, cases[i].first);
        assert_int_equal(result_of(&stage, 1)->dst.dtype, cases[i].second);
        assert_int_equal(result_of(&stage, 1)->src.dtype, MM_F32); /* as wide as it is */
        assert_int_equal(result_of(&stage, 2)->dst.dtype, cases[i].ids);
        stage_done(&stage);
    }
}

static void assert_refused(struct mm_read_rule rule, const char *sentence)
{
    struct mm_err err = {MM_OK, ""};
    struct stage stage;
    put_all(&stage, 1, "<u2");
    stage.options.read_rule = &rule;
    stage.options.read_rules = 1;
    assert_int_equal(mm_session_open(&stage.session, &stage.options, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_string_equal(err.text, sentence);
    stage.session = NULL;
    stage_done(&stage);
}

static void what_fits_nothing(void **state)
{
    (void)state;
    assert_refused((struct mm_read_rule){"x", MM_F16}, "--dtype x=f16: no tensor has that name");
    assert_refused(
        (struct mm_read_rule){"h0", MM_F8E4M3},
        "--dtype h0=f8e4m3: bit patterns of float8_e4m3 stand in integers of 8 bits, but h0 is f32 in src "
        "and u16 in dst");
    assert_refused(
        (struct mm_read_rule){NULL, MM_F64},
        "--dtype f64: bit patterns of float64 stand in integers of 64 bits, but h0 is f32 in src and u16 "
        "in dst");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_dump),
        cmocka_unit_test(two_are_told_alone),
        cmocka_unit_test(as_it_was_asked_for),
        cmocka_unit_test(what_fits_nothing),
    };
    return cmocka_run_group_tests_name("session/read_as", tests, NULL, NULL);
}
