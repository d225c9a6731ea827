/* Operators with weights, whole and at some positions, against plain NumPy loops (linear_cases.py). */
#include "stream.h"
#include "unit/format/format_testing.h"

#define MOST 300

enum { WHOLE, CHANGE_TENSOR, CHANGE_CHANNEL, BY_TENSOR, BY_CHANNEL, EXPECTED }; /* outputs of a case */

static struct mm_operator_call call_of_case(struct one *one, const struct mm_value *input[3])
{
    for (int k = 0; k < 3; k++)
        input[k] = k < one->inputs ? &one->value[EXPECTED + k] : NULL;
    return (struct mm_operator_call){one->graph->nodes, one->opset, input, 0, 1 << 20, NULL};
}

static double greatest(const struct mm_value *value)
{
    double most = 0;
    for (int64_t k = 0; k < value->count; k++)
        most = fmax(most, fabs(mm_value_at(value, k)));
    return most;
}

static void assert_alike(const struct one *one, const struct mm_value *actual,
                         const struct mm_value *expected)
{
    double within = 2e-6 * greatest(expected);
    if (!mm_shape_equal(&actual->shape, &expected->shape))
        fail_msg("%s: another shape", one->name);
    for (int64_t k = 0; k < expected->count; k++) {
        if (!(fabs(mm_value_at(actual, k) - mm_value_at(expected, k)) <= within))
            fail_msg("%s: %g is not %g", one->name, mm_value_at(actual, k), mm_value_at(expected, k));
    }
}

static void check_whole(struct one *one, const struct mm_operator_call *call)
{
    struct mm_err err = {0};
    struct mm_shape shape;
    struct mm_value y;
    if (mm_operator_run(call, &y, &err) || mm_operator_linear_shape(call, &shape, &err))
        fail_msg("%s", err.text);
    assert_true(mm_shape_equal(&shape, &y.shape));
    assert_alike(one, &y, &one->value[WHOLE]);
    mm_value_done(&y);
}

/* The values of a result at positions. */
static void check_sample(const struct one *one, const struct mm_operator_call *call, const int64_t *position,
                         size_t count, const struct mm_value *expected)
{
    double result[MOST], within = 2e-6 * greatest(expected);
    struct mm_err err = {0};
    if (mm_operator_sample(call, position, count, result, &err))
        fail_msg("%s", err.text);
    for (size_t k = 0; k < count; k++) {
        if (!(fabs(result[k] - mm_value_at(expected, position[k])) <= within))
            fail_msg("%s: %g is not %g at %d", one->name, result[k], mm_value_at(expected, position[k]),
                     (int)position[k]);
    }
}

static void check_positions(const int64_t *position, size_t count, int64_t total)
{
    assert_true(count > 0 && (int64_t)count <= total);
    for (size_t k = 0; k < count; k++) {
        assert_true(position[k] >= 0 && position[k] < total);
        for (size_t j = 0; j < k; j++)
            assert_true(position[j] != position[k]);
    }
}

static void check_case(struct one *one)
{
    const struct mm_value *input[3];
    struct mm_operator_call call = call_of_case(one, input);
    struct mm_value by_tensor, by_channel;
    int64_t position[MOST], total = one->value[WHOLE].count;
    size_t count;
    const struct mm_value *w = input[1];
    check_whole(one, &call);
    assert_int_equal(mm_operator_positions(&call, MOST, position, &count, NULL), 0);
    assert_true(total > MOST ? count > MOST / 2 : count == (size_t)total);
    check_positions(position, count, total);
    check_sample(one, &call, position, count, &one->value[WHOLE]);
    int axis = mm_weight_channel_axis(call.node, 1, w->shape.rank);
    assert_int_equal(mm_weight_round(w, -1, NULL, &by_tensor, NULL), 0);
    assert_int_equal(mm_weight_round(w, axis, NULL, &by_channel, NULL), 0);
    assert_alike(one, &by_tensor, &one->value[CHANGE_TENSOR]);
    assert_alike(one, &by_channel, &one->value[CHANGE_CHANNEL]);
    input[2] = NULL;
    input[1] = &by_tensor;
    check_sample(one, &call, position, count, &one->value[BY_TENSOR]);
    input[1] = &by_channel;
    check_sample(one, &call, position, count, &one->value[BY_CHANNEL]);
    mm_value_done(&by_tensor);
    mm_value_done(&by_channel);
}

static void as_numpy_computes_them(void **state)
{
    char *folder = make_folder();
    FILE *in = open_stream("linear_cases.py", folder);
    struct one one;
    int cases = 0;
    (void)state;
    for (; read_one(in, &one); cases++) {
        assert_int_equal(one.outputs, EXPECTED);
        check_case(&one);
        drop(&one);
    }
    assert_int_equal(pclose(in), 0);
    assert_int_equal(cases, 18);
    drop_folder(folder);
}

static const float values[64 * 64];

static struct op product(int64_t rows, int64_t inner, int64_t columns)
{
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(rows, inner), values);
    give(&op, SHAPE(inner, columns), values);
    return op;
}

static void positions_are_the_same_every_time(void **state)
{
    int64_t first[100], again[100], seen_columns = 0;
    size_t count, count_again;
    bool seen[64] = {0};
    struct op op = product(64, 1, 64);
    struct mm_operator_call call = call_of(&op);
    (void)state;
    assert_int_equal(mm_operator_positions(&call, 100, first, &count, NULL), 0);
    assert_int_equal(mm_operator_positions(&call, 100, again, &count_again, NULL), 0);
    assert_int_equal(count, count_again);
    assert_memory_equal(first, again, count * sizeof *first);
    check_positions(first, count, 64 * 64);
    for (size_t k = 0; k < count; k++) {
        seen_columns += !seen[first[k] % 64];
        seen[first[k] % 64] = true;
    }
    assert_true(seen_columns >= 3);
    assert_int_equal(mm_operator_positions(&call, 0, first, &count, NULL), 0);
    assert_int_equal(count, 0);
    op_end(&op);
}

/* Few bundles: then more of each, so that all that are asked for are there. */
static void all_there_are(void **state)
{
    static const int64_t shapes[][2] = {{1, 40}, {40, 1}, {8, 8}, {1, 1}, {64, 2}};
    int64_t position[200];
    size_t count;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct op op = product(shapes[i][0], 2, shapes[i][1]);
        struct mm_operator_call call = call_of(&op);
        assert_int_equal(mm_operator_positions(&call, 200, position, &count, NULL), 0);
        assert_int_equal(count, shapes[i][0] * shapes[i][1]);
        check_positions(position, count, (int64_t)count);
        op_end(&op);
    }
}

static void what_can_not_be_sampled(void **state)
{
    struct op op = product(2, 2, 2);
    struct mm_operator_call call = call_of(&op);
    struct mm_err err;
    double result;
    atomic_bool cancel = true;
    (void)state;
    assert_int_equal(mm_operator_sample(&call, INTS(4), 1, &result, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_operator_sample(&call, INTS(-1), 1, &result, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    call.cancel = &cancel;
    assert_int_equal(mm_operator_sample(&call, INTS(0), 1, &result, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    op_end(&op);
    op = op_begin("Relu", 13);
    give(&op, SHAPE(1), values);
    call = call_of(&op);
    assert_int_equal(mm_operator_sample(&call, INTS(0), 1, &result, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_numpy_computes_them),
        cmocka_unit_test(positions_are_the_same_every_time),
        cmocka_unit_test(all_there_are),
        cmocka_unit_test(what_can_not_be_sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
