#include "operator_testing.h"
#include "operator/spread.h"

static struct mm_operator_call nowhere(struct op *op)
{
    *op = op_begin("Add", 13);
    give(op, SCALAR, FLOATS(0));
    return call_of(op);
}

static void shapes(void **state)
{
    (void)state;
    struct op op;
    struct mm_operator_call call = nowhere(&op);
    struct mm_shape out;
    struct mm_err err;
    assert_int_equal(op_spread_shape(&call, &SHAPE(2, 1, 3), &SHAPE(4, 1), &out, NULL), 0);
    assert_shape(&out, SHAPE(2, 4, 3));
    assert_int_equal(op_spread_shape(&call, &SCALAR, &SHAPE(0, 1), &out, NULL), 0);
    assert_shape(&out, SHAPE(0, 1));
    assert_int_equal(op_spread_shape(&call, &SHAPE(2), &SHAPE(3), &out, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_non_null(strstr(err.text, "[2] and [3] do not broadcast"));
    op_end(&op);
}

static void axes_that_run_on_are_one(void **state)
{
    (void)state;
    struct op_spread s;
    const struct mm_shape full = SHAPE(2, 3, 4, 5), channel = SHAPE(3, 1, 1), tail = SHAPE(4, 5);
    op_spread_init(&s, (const struct mm_shape *[]){&full, &full}, 2, &full);
    assert_int_equal(s.rank, 1);
    assert_int_equal(s.dim[0], 120);
    op_spread_init(&s, (const struct mm_shape *[]){&full, &channel}, 2, &full);
    assert_int_equal(s.rank, 3);
    assert_int_equal(s.dim[2], 20);
    assert_int_equal(s.step[1][2], 0);
    assert_int_equal(s.step[1][1], 1);
    assert_int_equal(s.step[1][0], 0);
    op_spread_init(&s, (const struct mm_shape *[]){&full, &tail}, 2, &full);
    assert_int_equal(s.rank, 2);
    assert_int_equal(s.dim[0], 6);
    assert_int_equal(s.step[1][0], 0);
    assert_int_equal(s.step[1][1], 1);
}

struct seen {
    int calls;
    int64_t at[20], a[20], b[20];
    size_t n[20];
};

static void see(void *context, int64_t at, const int64_t *in, const int64_t *step, size_t n)
{
    struct seen *seen = context;
    assert_int_equal(step[0], 1);
    seen->at[seen->calls] = at;
    seen->a[seen->calls] = in[0];
    seen->b[seen->calls] = in[1];
    seen->n[seen->calls++] = n;
}

static void the_walk(void **state)
{
    (void)state;
    struct op op;
    struct mm_operator_call call = nowhere(&op);
    struct seen seen = {0};
    struct op_spread s;
    const struct mm_shape full = SHAPE(2, 2, 3), channel = SHAPE(2, 1);
    op_spread_init(&s, (const struct mm_shape *[]){&full, &channel}, 2, &full);
    assert_int_equal(op_spread_run(&call, &s, see, &seen, NULL), 0);
    assert_int_equal(seen.calls, 4);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(seen.at[k], 3 * k);
        assert_int_equal(seen.a[k], 3 * k);
        assert_int_equal(seen.b[k], k % 2);
        assert_int_equal(seen.n[k], 3);
    }
    const struct mm_shape large = SHAPE(2500);
    seen.calls = 0;
    op_spread_init(&s, (const struct mm_shape *[]){&large, &large}, 2, &large);
    assert_int_equal(op_spread_run(&call, &s, see, &seen, NULL), 0);
    assert_int_equal(seen.calls, 3);
    assert_int_equal(seen.at[2], 2048);
    assert_int_equal(seen.b[2], 2048);
    assert_int_equal(seen.n[2], 452);
    op_end(&op);
}

static void empty_ones(void **state)
{
    (void)state;
    struct op op;
    struct mm_operator_call call = nowhere(&op);
    struct seen seen = {0};
    struct op_spread s;
    const struct mm_shape none = SHAPE(3, 0), one = SHAPE(1);
    op_spread_init(&s, (const struct mm_shape *[]){&none, &one}, 2, &none);
    assert_int_equal(op_spread_run(&call, &s, see, &seen, NULL), 0);
    assert_int_equal(seen.calls, 0);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(axes_that_run_on_are_one),
        cmocka_unit_test(the_walk),
        cmocka_unit_test(empty_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
