#include "unit/export/reading.h"

static struct mm_known gguf(void)
{
    static const char *const names[] = {"blk.0.attn_norm.weight", "blk.0.ffn_down.bias",
                                        "blk.0.ffn_down.weight", "blk.10.ffn_down.weight", "output.weight"};
    return (struct mm_known){.name = names, .count = MM_COUNT(names), .what = "m.gguf"};
}

static void check_types(const struct mm_export *export, const char *expected)
{
    char *text = file_of(export, "tensor_types.txt");
    assert_string_equal(text, expected);
    free(text);
}

/* Patterns that fit one name, whatever is made lower-case of them. */
static void writes_patterns(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_known known = gguf();
    struct mm_export export = export_for("llamacpp", plan);
    export.known = &known;
    check_types(&export, "");
    mm_plan_begin(plan, "all");
    set(plan, "blk.10.ffn_down.weight", MM_PRECISION_F16);
    set(plan, "output.weight", MM_PRECISION_BF16);
    set_own(plan, "blk.0.ffn_down.weight", "llamacpp:q8_0");
    set_own(plan, "other", "sophgo:q8_0"); /* of another runtime */
    mm_plan_commit(plan);
    check_types(&export, "^blk\\.0\\.ffn_down\\.weight$=q8_0\n^blk\\.10\\.ffn_down\\.weight$=f16\n"
                         "^output\\.weight$=bf16\n");
    assert_limits(&export,
                  "1 operator (\"other\"): a type of another runtime is left out: for single operators, "
                  "llama.cpp takes FLOAT16, BFLOAT16 and FLOAT32 only\n");
    choose(plan, "A =b.Weight", MM_PRECISION_F32);
    export.known = NULL;
    char *text = file_of(&export, "tensor_types.txt");
    assert_int_equal(strncmp(text, "^\\x41\\x20\\x3db\\.\\x57eight$=f32\n", 31), 0);
    free(text);
    mm_plan_close(plan);
}

static void weights_that_stay(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_known known = gguf();
    struct mm_export export = export_for("llamacpp", plan);
    export.known = &known;
    mm_plan_begin(plan, "all");
    set(plan, "blk.0.attn_norm.weight", MM_PRECISION_F16);
    set(plan, "blk.0.ffn_down.bias", MM_PRECISION_F16);
    set(plan, "blk.0.ffn_down.weight", MM_PRECISION_F16);
    mm_plan_commit(plan);
    assert_true(is_told(&export, "not-quantised", "blk.0.attn_norm.weight"));
    assert_true(is_told(&export, "not-quantised", "blk.0.ffn_down.bias"));
    assert_false(is_told(&export, "not-quantised", "blk.0.ffn_down.weight"));
    assert_limits(
        &export,
        "1 operator (\"blk.0.attn_norm.weight\"): llama-quantize changes no norms and routers, so nothing is "
        "done for it\n"
        "1 operator (\"blk.0.ffn_down.bias\"): llama-quantize changes only tensors whose names end with "
        "\"weight\", so nothing is done for it\n");
    mm_plan_close(plan);
}

static void reads_back(void **state)
{
    (void)state;
    struct mm_known known = gguf();
    struct mm_export export = export_for("llamacpp", NULL);
    check_read(&export, "^blk\\.0\\.ffn_down\\.weight$=Q8_0 ^OUTPUT\\.weight$=f32\n\n",
               "blk.0.ffn_down.weight:q8_0 output.weight:F32", "");
    check_read(
        &export, "ffn_down=q4_k", "",
        "the pattern \"ffn_down\" is left out: which weights it fits, only --model MODEL.gguf tells\n");
    check_read(&export, "^a$=q9", "", "\"a\": the type \"q9\" is unknown, so it is left out\n");
    export.known = &known;
    check_read(&export, "blk\\.(0|1)\\.ffn_down=q4_k output=F16",
               "blk.0.ffn_down.weight:q4_k output.weight:F16", "");
    check_read(&export, "blk\\.\\d+=q4_k", "",
               "the pattern \"blk\\.\\d+\" is left out: it is not understood\n");
    check_read(&export, "blk.(=q4_k", "", "the pattern \"blk.(\" is left out: it is not understood\n");
    check_read(&export, "a=f16 b", "", "\"b\": must be PATTERN=TYPE");
    check_read(&export, "=f16", "", "\"=f16\": must be PATTERN=TYPE");
    check_read(&export, "a=", "", "\"a=\": must be PATTERN=TYPE");
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("llamacpp", MM_PRECISION_F16, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_patterns),
        cmocka_unit_test(weights_that_stay),
        cmocka_unit_test(reads_back),
        cmocka_unit_test(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
