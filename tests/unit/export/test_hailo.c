#include "unit/export/reading.h"

static void writes_commands(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("hailo", plan);
    char *text = file_of(&export, "precision.alls");
    assert_string_equal(text, "");
    free(text);
    mm_plan_begin(plan, "all");
    set(plan, "net/conv10", MM_PRECISION_I16);
    set(plan, "net/conv9", MM_PRECISION_I16);
    set_own(plan, "fc1", "hailo:a8_w4");
    set(plan, "conv1", MM_PRECISION_F16); /* can't be said */
    mm_plan_commit(plan);
    text = file_of(&export, "precision.alls");
    assert_string_equal(text, "quantization_param([net/conv9, net/conv10], precision_mode=a16_w16)\n"
                              "quantization_param([fc1], precision_mode=a8_w4)\n");
    free(text);
    mm_plan_close(plan);
}

static void reads_commands(void **state)
{
    (void)state;
    struct mm_export export = export_for("hailo", NULL);
    check_read(
        &export,
        "quantization_param([a, net/b],\n  precision_mode=a16_w16)\nquantization_param(c, precision_mode = "
        "a8_w4)\n# quantization_param(d, precision_mode=a16_w16)\n",
        "a:I16 c:a8_w4 net/b:I16", "");
    check_read(&export,
               "norm1 = normalization([1.0], [2.0])\nquantization_param({conv*}, precision_mode=a16_w16)\n",
               "",
               "\"{conv*}\": a pattern, or no layer: it is left out\n"
               "other commands of the script are nothing that a plan has: keep it\n");
    check_read(&export, "quantization_param(a, precision_mode=a8_w8_a16)\n", "",
               "\"a\": a plan has nothing for a8_w8_a16, so it is left out\n");
    check_read(&export, "quantization_param([a], force_range_out=[0.0, 1.0])\n", "",
               "[a], force_range_out=[0.0, 1.0] is nothing that a plan has: it is left out\n");
    check_read(&export, "quantization_param([a], precision_mode=a16_w16\n", "",
               "quantization_param: its parenthesis is not closed");
    check_read(&export, "quantization_param([a, precision_mode=a16_w16)\n", "",
               "quantization_param: must be a layer, or a list of them");
}

/* A name is a word there. */
static void hostile_names(void **state)
{
    (void)state;
    check_hostile("hailo", MM_PRECISION_I16, MM_COUNT(HOSTILE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_commands),
        cmocka_unit_test(reads_commands),
        cmocka_unit_test(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
