/*
 * ONNX's own node tests (the package libonnx-testdata): every one whose operator has a row is computed and compared
 * with what the specification's reference computed. node_tests.py reads them with python3-onnx.
 */
#include "operator_testing.h"
#include "stream.h"

/* ---- comparing ----------------------------------------------------------------------------------------- */

/* As ONNX's runner compares: relative 1e-3, absolute 1e-7 there; closer here, but for what was made in half. */
static bool alike(double a, double e, double relative)
{
    if (isnan(e) || isnan(a))
        return isnan(e) && isnan(a);
    return a == e || fabs(a - e) <= 1e-6 + relative * fabs(e);
}

/* Expected values that stand there with four digits. */
static bool is_rounded(const char *name)
{
    return strcmp(name, "test_gridsample_bicubic") == 0 || strncmp(name, "test_roialign", 13) == 0;
}

/* NULL: it agrees. */
static const char *difference(const char *name, const struct mm_value *actual,
                              const struct mm_value *expected, bool exact)
{
    bool half = expected->dtype == MM_F16 || expected->dtype == MM_BF16;
    double relative = exact ? 0 : half ? 1e-2 : is_rounded(name) ? 1e-3 : 1e-5;
    if (!mm_shape_equal(&actual->shape, &expected->shape))
        return "another shape";
    if (!!actual->f != !!expected->f)
        return "another kind of number";
    for (int64_t k = 0; k < expected->count; k++) {
        double a = mm_value_at(actual, k), e = mm_value_at(expected, k);
        if (exact ? a != e && !(isnan(a) && isnan(e)) : !alike(a, e, relative))
            return "other values";
    }
    return NULL;
}

/* Where ONNX's reference stands alone: with align_corners it divides by the length before it is rounded down (2.4 for
 * 4 x 0.6), runtimes by the length that there is; ONNX Runtime leaves these two tests out. */
static bool is_odd(const char *name)
{
    return strcmp(name, "test_resize_downsample_scales_cubic_align_corners") == 0 ||
           strcmp(name, "test_resize_downsample_scales_linear_align_corners") == 0;
}

/* Rows that ONNX 1.12 has no node test of, mostly later operators: the other tests of this folder have them. */
static bool has_no_test(const char *type)
{
    static const char *const types[] = {"Gelu",
                                        "Swish",
                                        "Mish",
                                        "QuickGelu",
                                        "GroupNormalization",
                                        "RMSNormalization",
                                        "SimplifiedLayerNormalization",
                                        "LpNormalization",
                                        "LpPool",
                                        "GlobalLpPool"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], type) == 0)
            return true;
    }
    return false;
}

struct tally {
    int ran, agreed, unsupported, odd;
    char types[200][40];
    int type_count;
};

static bool was_seen(const struct tally *tally, const char *type)
{
    for (int i = 0; i < tally->type_count; i++) {
        if (strcmp(tally->types[i], type) == 0)
            return true;
    }
    return false;
}

static void count_type(struct tally *tally, const char *type)
{
    if (was_seen(tally, type))
        return;
    assert_true(tally->type_count < 200);
    snprintf(tally->types[tally->type_count++], sizeof *tally->types, "%s", type);
}

static void run_output(const struct one *one, int output, bool exact, struct tally *tally)
{
    const struct mm_value *input[TENSORS];
    struct mm_value value;
    struct mm_err err = {0};
    for (int k = 0; k < one->inputs; k++)
        input[k] = one->there[one->outputs + k] ? &one->value[one->outputs + k] : NULL;
    struct mm_operator_call call = {&one->graph->nodes[0], one->opset, input, output, 1 << 24, NULL};
    int rc = mm_operator_run(&call, &value, &err);
    const char *what = rc ? err.text : difference(one->name, &value, &one->value[output], exact);
    tally->ran++;
    if (rc && err.code == MM_EUNSUPPORTED) {
        tally->unsupported++;
        print_message("%s: not supported: %s\n", one->name, err.text);
    } else if (what && is_odd(one->name)) {
        tally->odd++;
    } else if (what) {
        print_message("%s: output %d: %s\n", one->name, output, what);
    } else {
        tally->agreed++;
        count_type(tally, one->graph->nodes[0].op_type);
    }
    mm_value_done(&value);
}

static void run_one(const struct one *one, struct tally *tally)
{
    const struct mm_operator *is =
        mm_operator_find(one->graph->nodes[0].domain, one->graph->nodes[0].op_type);
    for (int k = 0; k < one->outputs && is; k++) {
        if (one->there[k])
            run_output(one, k, is->kind == MM_OPERATOR_MOVEMENT, tally);
    }
}

static void every_row_was_seen(const struct tally *tally)
{
    const struct mm_operator *row;
    int missing = 0;
    for (size_t i = 0; (row = mm_operator_row(i)); i++) {
        if (!was_seen(tally, row->type) && !has_no_test(row->type)) {
            print_message("no node test of %s was computed\n", row->type);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

static void the_specification_agrees(void **state)
{
    struct tally tally = {0};
    struct one one;
    (void)state;
    FILE *in = open_stream("node_tests.py", "");
    while (read_one(in, &one)) {
        run_one(&one, &tally);
        drop(&one);
    }
    assert_int_equal(pclose(in), 0);
    print_message("%d of %d outputs of ONNX's node tests agree, of %d operators; %d are not supported\n",
                  tally.agreed, tally.ran, tally.type_count, tally.unsupported);
    assert_int_equal(tally.agreed + tally.unsupported + tally.odd, tally.ran);
    assert_int_equal(tally.odd, 2);
    assert_true(tally.agreed >= 750);
    assert_true(tally.unsupported <= 15); /* training mode of BatchNormalization and Dropout */
    every_row_was_seen(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_specification_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
