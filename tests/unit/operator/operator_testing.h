/* What the tests of operators share: one node, its inputs, and what should come out. */
#ifndef OPERATOR_TESTING_H
#define OPERATOR_TESTING_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/operator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SHAPE(...)  ((struct mm_shape){MM_COUNT(((int64_t[]){__VA_ARGS__})), {__VA_ARGS__}})
#define SCALAR      ((struct mm_shape){0})
#define FLOATS(...) ((const float[]){__VA_ARGS__})
#define INTS(...)   ((const int64_t[]){__VA_ARGS__})

#define OP_INPUTS 8

/* A call that is being put together: begin, inputs, attributes, then expect. */
struct op {
    struct mm_graph_builder *builder;
    struct mm_graph *graph;
    const char *type;
    int64_t opset, limit;
    int outputs, output;
    struct mm_value value[OP_INPUTS];
    bool there[OP_INPUTS];
    const struct mm_value *input[OP_INPUTS]; /* once the node is made: a test may forget one */
    int inputs;
    bool added;
    const atomic_bool *cancel;
};

static inline struct op op_begin(const char *type, int64_t opset)
{
    return (struct op){
        .builder = mm_graph_new(), .type = type, .opset = opset, .limit = 1 << 20, .outputs = 2};
}

static inline void give_value(struct op *op, struct mm_value value)
{
    assert_true(op->inputs < OP_INPUTS && !op->added);
    op->value[op->inputs] = value;
    op->there[op->inputs++] = true;
}

static inline void give(struct op *op, struct mm_shape shape, const float *floats)
{
    give_value(op, mm_value_floats(&shape, floats));
}

static inline void give_ints(struct op *op, struct mm_shape shape, const int64_t *ints)
{
    give_value(op, mm_value_ints(&shape, ints));
}

/* An optional input that is left out. */
static inline void give_none(struct op *op)
{
    op->inputs++;
}

/* Inputs have names where they have values. */
static inline void add_node(struct op *op)
{
    static const char *const names[OP_INPUTS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    static const char *const outputs[] = {"y0", "y1", "y2"};
    const char *inputs[OP_INPUTS];
    for (int i = 0; i < op->inputs; i++)
        inputs[i] = op->there[i] ? names[i] : "";
    if (!op->added)
        mm_graph_add_node(op->builder, "node", op->type, inputs, (size_t)op->inputs, outputs,
                          (size_t)op->outputs);
    op->added = true;
}

static inline void set_int(struct op *op, const char *name, int64_t value)
{
    add_node(op);
    mm_graph_add_int(op->builder, name, value);
}

static inline void set_ints(struct op *op, const char *name, size_t count, const int64_t *values)
{
    add_node(op);
    mm_graph_add_ints(op->builder, name, values, count);
}

static inline void set_float(struct op *op, const char *name, float value)
{
    add_node(op);
    mm_graph_add_float(op->builder, name, value);
}

static inline void set_floats(struct op *op, const char *name, size_t count, const float *values)
{
    add_node(op);
    mm_graph_add_floats(op->builder, name, values, count);
}

static inline void set_text(struct op *op, const char *name, const char *value)
{
    add_node(op);
    mm_graph_add_text(op->builder, name, value);
}

static inline struct mm_operator_call call_of(struct op *op)
{
    struct mm_err err = {0};
    add_node(op);
    if (!op->graph) {
        if (mm_graph_finish(op->builder, &op->graph, "test", &err))
            fail_msg("%s", err.text);
        for (int i = 0; i < op->inputs; i++)
            op->input[i] = op->there[i] ? &op->value[i] : NULL;
    }
    return (struct mm_operator_call){op->graph->nodes, op->opset, op->input,
                                     op->output,       op->limit, op->cancel};
}

static inline void op_end(struct op *op)
{
    for (int i = 0; i < op->inputs; i++)
        mm_value_done(&op->value[i]);
    mm_graph_close(op->graph);
}

static inline struct mm_value run(struct op *op)
{
    struct mm_operator_call call = call_of(op);
    struct mm_err err = {0};
    struct mm_value value;
    if (mm_operator_run(&call, &value, &err))
        fail_msg("%s", err.text);
    return value;
}

static inline void assert_near(double actual, double expected, double within)
{
    bool same = actual == expected || (isnan(actual) && isnan(expected));
    if (!same && !(fabs(actual - expected) <= within * (1 + fabs(expected))))
        fail_msg("%.9g is not %.9g", actual, expected);
}

static inline void assert_shape(const struct mm_shape *actual, struct mm_shape expected)
{
    char a[200], e[200];
    if (!mm_shape_equal(actual, &expected))
        fail_msg("%s is not %s", mm_shape_text(actual, false, a, sizeof a),
                 mm_shape_text(&expected, false, e, sizeof e));
}

/* Run it once more for each output that is looked at; floats as near as a float rounds. */
static inline void expect_output(struct op *op, int output, struct mm_shape shape, const float *expected)
{
    op->output = output;
    struct mm_value value = run(op);
    assert_shape(&value.shape, shape);
    assert_non_null(value.f);
    for (int64_t k = 0; k < value.count; k++)
        assert_near(value.f[k], expected[k], 2e-7);
    mm_value_done(&value);
}

static inline void expect_ints_output(struct op *op, int output, struct mm_shape shape,
                                      const int64_t *expected)
{
    op->output = output;
    struct mm_value value = run(op);
    assert_shape(&value.shape, shape);
    assert_non_null(value.i);
    for (int64_t k = 0; k < value.count; k++)
        assert_int_equal(value.i[k], expected[k]);
    mm_value_done(&value);
}

static inline void expect(struct op *op, struct mm_shape shape, const float *expected)
{
    expect_output(op, 0, shape, expected);
    op_end(op);
}

static inline void expect_ints(struct op *op, struct mm_shape shape, const int64_t *expected)
{
    expect_ints_output(op, 0, shape, expected);
    op_end(op);
}

/* It fails with this code, and the text has `part` in it. */
static inline void expect_failure(struct op *op, enum mm_code code, const char *part)
{
    struct mm_operator_call call = call_of(op);
    struct mm_value value;
    struct mm_err err = {0};
    assert_int_equal(mm_operator_run(&call, &value, &err), -1);
    assert_null(value.owned);
    if (err.code != code || !strstr(err.text, part) || strncmp(err.text, "node", 4) != 0)
        fail_msg("code %d, not %d: %s", err.code, code, err.text);
    op_end(op);
}

#endif
