#include "unit/export/reading.h"

static void check_file(const struct mm_export *export, const char *name, const char *expected)
{
    char *text = file_of(export, name);
    assert_string_equal(text, expected);
    free(text);
}

/* FLOAT32 stays as the model has it; FLOAT16 needs as many types as the operator has inputs and outputs. */
static void writes_both_files(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("atc", plan);
    mm_plan_begin(plan, "all");
    set(plan, "conv", MM_PRECISION_F32);
    set(plan, "fc", MM_PRECISION_F16);
    set(plan, "relu", MM_PRECISION_F16);
    set(plan, "shape", MM_PRECISION_I8); /* can't be said */
    mm_plan_commit(plan);
    check_file(&export, "keep_dtype.cfg", "conv\n");
    check_file(&export, "dtypes.cfg", "");
    assert_true(is_told(&export, "needs-model", "fc"));
    export.graph = graph;
    check_file(&export, "keep_dtype.cfg", "conv\n");
    check_file(&export, "dtypes.cfg",
               "fc::InputDtype:float16,float16,OutputDtype:float16\n"
               "relu::InputDtype:float16,OutputDtype:float16\n");
    assert_false(is_told(&export, "needs-model", "fc"));
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void reads_both_files(void **state)
{
    (void)state;
    struct mm_export export = export_for("atc", NULL);
    check_read(&export, "a/Relu\r\n\n  b\n", "a/Relu:F32 b:F32", "");
    check_read(&export, "OpType::LayerNorm\na\n", "a:F32",
               "\"OpType::LayerNorm\" is about all operators of a type, which a plan does not have: it is "
               "left out\n");
    check_read(
        &export,
        "a::InputDtype:float16,float16,OutputDtype:float16\nb::InputDtype:float32,OutputDtype:float32\n",
        "a:F16 b:F32", "");
    check_read(
        &export, "a::InputDtype:float16,int8,OutputDtype:float16\n", "",
        "\"a\" has types that a plan does not have (\"InputDtype:float16,int8,OutputDtype:float16\"): it is "
        "left out\n");
    check_read(
        &export, "a::InputDtype:float16,OutputDtype:float32\n", "",
        "\"a\" has types that a plan does not have (\"InputDtype:float16,OutputDtype:float32\"): it is left "
        "out\n");
}

/* Not: over several lines, with blanks around, as a type. */
static void hostile_names(void **state)
{
    (void)state;
    check_hostile("atc", MM_PRECISION_F32, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_both_files),
        cmocka_unit_test(reads_both_files),
        cmocka_unit_test(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
