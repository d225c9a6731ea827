#include "operator_testing.h"

static void names_and_domains(void **state)
{
    (void)state;
    assert_string_equal(mm_operator_find("", "Conv")->type, "Conv");
    assert_ptr_equal(mm_operator_find("ai.onnx", "Conv"), mm_operator_find("", "Conv"));
    assert_non_null(mm_operator_find("com.microsoft", "QuickGelu"));
    assert_null(mm_operator_find("ai.onnx.ml", "Scaler"));
    assert_null(mm_operator_find("my.own", "Conv"));
    assert_null(mm_operator_find("", "conv"));
    assert_null(mm_operator_find("", "DetectObjects"));
}

static void rows_are_whole(void **state)
{
    (void)state;
    const struct mm_operator *row;
    size_t count = 0;
    for (; (row = mm_operator_row(count)); count++) {
        assert_true(row->kind >= 0 && row->kind < MM_OPERATOR_KINDS);
        assert_true(strlen(mm_operator_kind_word(row->kind)) > 1);
        assert_ptr_equal(mm_operator_find("", row->type), row); /* no name stands twice */
    }
    assert_true(count > 120);
    assert_string_equal(mm_operator_kind_word(MM_OPERATOR_KINDS), "?");
}

static void what_they_are(void **state)
{
    (void)state;
    assert_int_equal(mm_operator_find("", "Gemm")->kind, MM_OPERATOR_LINEAR);
    assert_int_equal(mm_operator_find("", "Add")->kind, MM_OPERATOR_ELEMENTWISE);
    assert_int_equal(mm_operator_find("", "GlobalMaxPool")->kind, MM_OPERATOR_REDUCTION);
    assert_true(mm_operator_find("", "MaxPool")->selects);
    assert_false(mm_operator_find("", "AveragePool")->selects);
    assert_true(mm_operator_find("", "Relu")->selects);
    assert_true(mm_operator_find("", "Transpose")->selects);
}

static int channel_axis(const char *type, int weight, int rank)
{
    struct op op = op_begin(type, 17);
    give(&op, SHAPE(1), FLOATS(0));
    struct mm_operator_call call = call_of(&op);
    int axis = mm_operator_channel_axis(call.node, weight, rank);
    op_end(&op);
    return axis;
}

static void channels(void **state)
{
    (void)state;
    assert_int_equal(channel_axis("Conv", 1, 4), 1);
    assert_int_equal(channel_axis("BatchNormalization", -1, 2), 1);
    assert_int_equal(channel_axis("BatchNormalization", -1, 1), -1);
    assert_int_equal(channel_axis("MatMul", 1, 3), 2);
    assert_int_equal(channel_axis("MatMul", 0, 3), 1);
    assert_int_equal(channel_axis("MatMul", 0, 1), -1);
    assert_int_equal(channel_axis("Relu", -1, 4), -1);
    assert_int_equal(channel_axis("NoSuch", -1, 4), -1);
}

static void what_is_not_there(void **state)
{
    (void)state;
    struct op op = op_begin("LSTM", 17);
    give(&op, SHAPE(1), FLOATS(0));
    expect_failure(&op, MM_EUNSUPPORTED, "LSTM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_domains), cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(what_they_are),     cmocka_unit_test(channels),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
