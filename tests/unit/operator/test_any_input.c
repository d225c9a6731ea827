/*
 * Node and values come from files: whatever they are, a call gives a result within the limit or says why not. Each row
 * gets random inputs and attributes (the same every time); the sanitizers see what goes wrong besides.
 */
#include "operator_testing.h"

#define TRIES 400
#define LIMIT 4000

struct random {
    uint64_t state;
};

/* xorshift64* (Vigna 2016) */
static uint64_t next(struct random *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}

static int64_t below(struct random *r, int64_t n)
{
    return (int64_t)(next(r) % (uint64_t)n);
}

static int64_t any_int(struct random *r)
{
    static const int64_t odd[] = {INT64_MIN, INT64_MAX, INT32_MAX, -1000, 1000, (int64_t)1 << 40, 100};
    return below(r, 12) ? below(r, 7) - 2 : odd[below(r, MM_COUNT(odd))];
}

static float any_float(struct random *r)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, 0, 1e-30f};
    return below(r, 12) ? (float)(below(r, 17) - 8) / 4 : odd[below(r, MM_COUNT(odd))];
}

static struct mm_shape any_shape(struct random *r)
{
    struct mm_shape shape = {.rank = (int)below(r, 6)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = below(r, 20) ? 1 + below(r, 4) : 0;
    return shape;
}

/* Half of them of one shape, so that something fits. */
static struct mm_value any_value(struct random *r, const struct mm_shape *usual)
{
    static const enum mm_dtype dtypes[] = {MM_F32, MM_F32, MM_F32, MM_I64, MM_I64, MM_I8, MM_U8, MM_BOOL};
    struct mm_shape shape = below(r, 2) ? *usual : any_shape(r);
    struct mm_value value;
    assert_int_equal(mm_value_new(&value, dtypes[below(r, MM_COUNT(dtypes))], &shape, 10000, NULL), 0);
    for (int64_t k = 0; k < value.count; k++) {
        if (value.f)
            ((float *)value.owned)[k] = any_float(r);
        else
            ((int64_t *)value.owned)[k] = any_int(r);
    }
    return value;
}

static void any_attribute(struct random *r, struct op *op)
{
    static const char *const ints[] = {
        "axis",      "keepdims",     "axes",           "pads",       "strides",   "dilations", "group",
        "blocksize", "perm",         "starts",         "ends",       "split",     "k",         "size",
        "p",         "transA",       "transB",         "batch_dims", "ceil_mode", "to",        "kernel_shape",
        "shape",     "output_shape", "output_padding", "num_groups", "antialias", "allowzero", "exclusive",
        "upper",     "block_size"};
    static const char *const texts[] = {
        "mode",         "auto_pad",     "reduction", "coordinate_transformation_mode",
        "nearest_mode", "padding_mode", "equation"};
    static const char *const words[] = {
        "linear", "cubic",  "SAME_UPPER", "VALID",   "align_corners", "tf_crop_and_resize", "asymmetric",
        "ceil",   "add",    "max",        "reflect", "wrap",          "bilinear",           "CRD",
        "",       "sum",    "zeros",      "border",  "reflection",    "ij,jk->ik",          "...i,i...->...",
        "ii",     "ij->ji", "i,j->ij"};
    int64_t list[8];
    size_t count = (size_t)below(r, 6);
    for (size_t k = 0; k < MM_COUNT(list); k++)
        list[k] = any_int(r);
    const char *name = ints[below(r, MM_COUNT(ints))];
    switch (below(r, 4)) {
    case 0: set_int(op, name, list[0]); break;
    case 1: set_ints(op, name, count, list); break;
    case 2: set_text(op, texts[below(r, MM_COUNT(texts))], words[below(r, MM_COUNT(words))]); break;
    default: set_float(op, "alpha", any_float(r)); break;
    }
}

/* Windows that may fit: else hardly any would. */
static void a_window(struct random *r, const struct mm_shape *usual, struct op *op)
{
    static const char *const names[] = {"kernel_shape", "strides", "dilations", "pads"};
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        int64_t list[2 * MM_RANK_MAX];
        size_t count = usual->rank > 2 ? (size_t)(usual->rank - 2) * (i == 3 ? 2 : 1) : 1;
        for (size_t k = 0; k < count; k++)
            list[k] = below(r, 20) ? 1 + below(r, 3) - (i == 3) : any_int(r);
        if (i == 0 || below(r, 2))
            set_ints(op, names[i], count, list);
    }
}

/* These need no values. */
static bool is_short(const char *type)
{
    return strcmp(type, "Shape") == 0 || strcmp(type, "Size") == 0;
}

/* What would have a result stops where it is told to. */
static void check_cancel(const struct mm_operator_call *call)
{
    struct mm_operator_call stopped = *call;
    atomic_bool cancel = true;
    struct mm_value value;
    struct mm_err err = {0};
    stopped.cancel = &cancel;
    if (mm_operator_run(&stopped, &value, &err) == 0)
        fail_msg("%s goes on", call->node->op_type);
    assert_int_equal(err.code, MM_ECANCELLED);
}

static void check(struct op *op, struct random *r)
{
    struct mm_operator_call call = call_of(op);
    struct mm_value value;
    struct mm_err err = {0};
    call.output = (int)below(r, 2);
    if (mm_operator_run(&call, &value, &err)) {
        assert_null(value.owned);
        assert_true(err.code != MM_OK && *err.text);
    } else {
        assert_non_null(value.owned);
        assert_true(value.count <= LIMIT && value.count == mm_shape_count(&value.shape));
        assert_true((value.f != NULL) != (value.i != NULL));
        if (value.count > 0 && !is_short(op->type))
            check_cancel(&call);
    }
    mm_value_done(&value);
}

static void try_sample(struct op *op, const struct mm_operator *row)
{
    struct mm_operator_call call = call_of(op);
    int64_t position[20];
    double result[20];
    size_t count;
    if (row->kind == MM_OPERATOR_LINEAR && mm_operator_positions(&call, 20, position, &count, NULL) == 0)
        assert_int_equal(mm_operator_sample(&call, position, count, result, NULL), 0);
}

/* The same of what others make of it. */
static void try_variants(struct op *op)
{
    struct mm_operator_call call = call_of(op);
    struct mm_operator_variant *v;
    struct mm_err err = {0};
    struct mm_value value;
    size_t at = 0;
    int more;
    while ((more = mm_operator_variant_next(&call, &at, &v, &err)) > 0) {
        assert_true(*mm_operator_variant_says(v));
        if (mm_operator_variant_run(v, &value, NULL) == 0)
            assert_true(value.count <= LIMIT && value.count == mm_shape_count(&value.shape));
        mm_value_done(&value);
        mm_operator_variant_close(v);
    }
    assert_true(more == 0 || err.code != MM_OK);
}

static void try_row(const struct mm_operator *row, struct random *r)
{
    static const int64_t opsets[] = {1, 6, 7, 9, 10, 11, 13, 18, 21};
    for (int i = 0; i < TRIES; i++) {
        struct op op = op_begin(row->type, opsets[below(r, MM_COUNT(opsets))]);
        struct mm_shape usual = any_shape(r);
        op.limit = LIMIT;
        for (int64_t k = below(r, 6); k > 0; k--) {
            if (below(r, 10))
                give_value(&op, any_value(r, &usual));
            else
                give_none(&op);
        }
        if (row->kind == MM_OPERATOR_POOL || row->kind == MM_OPERATOR_LINEAR)
            a_window(r, &usual, &op);
        for (int64_t k = below(r, 6); k > 0; k--)
            any_attribute(r, &op);
        check(&op, r);
        try_sample(&op, row);
        try_variants(&op);
        op_end(&op);
    }
}

static void a_result_or_a_reason(void **state)
{
    const struct mm_operator *row;
    struct random r = {88172645463325252ULL};
    (void)state;
    for (size_t i = 0; (row = mm_operator_row(i)); i++)
        try_row(row, &r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_result_or_a_reason)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
