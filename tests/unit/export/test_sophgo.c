#include "unit/export/reading.h"

static void check_table(const struct mm_export *export, const char *expected)
{
    char *text = file_of(export, "qtable");
    assert_string_equal(text, expected);
    free(text);
}

/* A location is the operator's output and its type. */
static void writes_locations(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("sophgo", plan);
    check_table(&export, "# op_name quantize_mode\n");
    mm_plan_begin(plan, "all");
    set(plan, "conv", MM_PRECISION_F16);
    set(plan, "relu", MM_PRECISION_BF16);
    set(plan, "fc", MM_PRECISION_F32);
    set(plan, "shape", MM_PRECISION_I8);
    set_on(plan, "gone", "g_Conv");
    mm_plan_commit(plan);
    export.graph = graph;
    check_table(&export,
                "# op_name quantize_mode\nc_Conv F16\ng_Conv F32\nr_Relu BF16\ns_Reshape INT8\ny_Gemm F32\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* Seen with tpu-mlir 1.30.2: a Conv's location is gone where a Relu reads it. */
static void a_conv_before_a_relu(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("sophgo", plan);
    export.graph = graph;
    choose(plan, "fc", MM_PRECISION_F16);
    choose(plan, "conv", MM_PRECISION_F16);
    assert_true(is_told(&export, "fused-name", "conv"));
    assert_false(is_told(&export, "fused-name", "fc"));
    choose(plan, "relu", MM_PRECISION_F16);
    assert_false(is_told(&export, "fused-name", "conv"));
    export.graph = NULL;
    choose(plan, "relu", MM_PRECISION_NONE);
    assert_false(is_told(&export, "fused-name", "conv"));
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void reads_back(void **state)
{
    (void)state;
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("sophgo", NULL);
    check_read(&export, "# x\r\n\r\nc_Conv f16\r\n  y_Gemm\t F32 \n", "c_Conv:F16 y_Gemm:F32", "");
    export.graph = graph;
    check_read(&export, "c_Conv F16\ny_Gemm INT8\nr_Conv F32\nc_Conv BF16", "conv:BF16 fc:I8 r_Conv:F32",
               "\"r_Conv\" is not in the model\n");
    check_read(&export, "c_Conv W4F16\n", "",
               "\"c\": a plan has nothing for the mode W4F16, so it is left out\n");
    check_read(&export, "c_Conv F16\nc_Conv\n", "", "line 2: must be a name and a mode");
    check_read(&export, "a b F16\n", "", "line 1: must be a name and a mode");
    mm_graph_close(graph);
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("sophgo", MM_PRECISION_F16, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_locations),
        cmocka_unit_test(a_conv_before_a_relu),
        cmocka_unit_test(reads_back),
        cmocka_unit_test(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
