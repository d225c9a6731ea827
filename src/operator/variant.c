/* Going through the variants of a call, and running one. */
#include "operator/variant.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

static const struct op_variant_row *const families[] = {
    op_variant_settings, op_variant_types, op_variant_inputs, op_variant_places, op_variant_axes};

/* ---- changing the copy ---- */

static struct mm_graph_attribute *attribute(struct mm_operator_variant *v, const char *name)
{
    int at = 0;
    while (at < v->node.attribute_count && strcmp(v->attribute[at].name, name) != 0)
        at++;
    v->node.attribute_count += at == v->node.attribute_count;
    v->attribute[at] = (struct mm_graph_attribute){.name = name};
    return &v->attribute[at];
}

void op_variant_ints(struct mm_operator_variant *v, const char *name, const int64_t *values, int count)
{
    int64_t *copy = mm_arena_array(&v->arena, (size_t)count + 1, sizeof *copy);
    struct mm_graph_attribute *a = attribute(v, name);
    v->failed = v->failed || !copy;
    for (int i = 0; copy && i < count; i++)
        copy[i] = values[i];
    a->ints = copy;
    a->int_count = copy ? count : 0;
}

void op_variant_int(struct mm_operator_variant *v, const char *name, int64_t value)
{
    op_variant_ints(v, name, &value, 1);
}

void op_variant_float(struct mm_operator_variant *v, const char *name, double value)
{
    float *copy = mm_arena_array(&v->arena, 1, sizeof *copy);
    struct mm_graph_attribute *a = attribute(v, name);
    v->failed = v->failed || !copy;
    if (copy)
        *copy = (float)value;
    a->floats = copy;
    a->float_count = copy ? 1 : 0;
}

void op_variant_text(struct mm_operator_variant *v, const char *name, const char *value)
{
    attribute(v, name)->text = value;
}

void op_variant_type(struct mm_operator_variant *v, const char *type)
{
    v->node.op_type = type;
    v->node.domain = "";
}

void op_variant_input(struct mm_operator_variant *v, int k, const struct mm_value *value)
{
    while (v->node.input_count <= k) {
        v->tensor[v->node.input_count] = -1;
        v->input[v->node.input_count++] = NULL;
    }
    v->input[k] = value;
    if (!value)
        v->tensor[k] = -1; /* left out, which is not the same as not known */
}

struct mm_value *op_variant_own(struct mm_operator_variant *v, int k, const struct mm_value *like)
{
    struct mm_value *own = v->owned < OP_VARIANT_INPUTS ? &v->own[v->owned] : NULL;
    if (!own || mm_value_new(own, like->dtype, &like->shape, like->count, NULL) < 0) {
        v->failed = true;
        return NULL;
    }
    v->owned++;
    op_variant_input(v, k, own);
    return own;
}

void op_variant_says(struct mm_operator_variant *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mm_vformat(v->says, sizeof v->says, format, args);
    va_end(args);
}

/* ---- going through them ---- */

static int copy_call(struct mm_operator_variant *v, const struct mm_operator_call *call)
{
    const struct mm_graph_node *node = call->node;
    size_t attributes = (size_t)node->attribute_count, inputs = (size_t)node->input_count;
    mm_arena_init(&v->arena);
    v->attribute = mm_arena_array(&v->arena, attributes + OP_VARIANT_ADDED, sizeof *v->attribute);
    v->input = mm_arena_array(&v->arena, inputs + OP_VARIANT_INPUTS, sizeof *v->input);
    v->tensor = mm_arena_array(&v->arena, inputs + OP_VARIANT_INPUTS, sizeof *v->tensor);
    if (!v->attribute || !v->input || !v->tensor)
        return -1;
    for (size_t i = 0; i < attributes; i++)
        v->attribute[i] = node->attributes[i];
    for (size_t k = 0; k < inputs; k++) {
        v->input[k] = call->input[k];
        v->tensor[k] = node->inputs[k];
    }
    v->model = call;
    v->node = *node;
    v->node.attributes = v->attribute;
    v->node.inputs = v->tensor;
    v->call = *call;
    v->call.node = &v->node;
    v->call.input = v->input;
    return 0;
}

/* Variant number `index` among all columns of the rows of a type: its row and column. NULL: behind the last. */
static const struct op_variant_row *row_at(const char *type, size_t index, int *k)
{
    for (size_t i = 0; i < MM_COUNT(families); i++) {
        for (const struct op_variant_row *row = families[i]; row->type; row++) {
            if (strcmp(row->type, type) != 0)
                continue;
            if (index < (size_t)row->count) {
                *k = (int)index;
                return row;
            }
            index -= (size_t)row->count;
        }
    }
    return NULL;
}

static struct mm_operator_variant *make(const struct mm_operator_call *call, const struct op_variant_row *row,
                                        int k, bool *failed)
{
    struct mm_operator_variant *v = calloc(1, sizeof *v);
    *failed = !v || copy_call(v, call) < 0;
    bool there = !*failed && row->change(v, row, k);
    *failed = *failed || v->failed;
    if (there && !*failed) {
        if (!v->origin && k < OP_VARIANT_CHOICE)
            v->origin = row->origin[k];
        return v;
    }
    mm_operator_variant_close(v);
    return NULL;
}

int mm_operator_variant_next(const struct mm_operator_call *call, size_t *at,
                             struct mm_operator_variant **variant, struct mm_err *err)
{
    const struct op_variant_row *row;
    int k;
    bool failed;
    *variant = NULL;
    if (op_check_inputs(call, err))
        return -1;
    while ((row = row_at(call->node->op_type, *at, &k))) {
        ++*at;
        *variant = make(call, row, k, &failed);
        if (failed)
            return mm_fail_memory(err);
        if (*variant)
            return 1;
    }
    return 0;
}

void mm_operator_variant_close(struct mm_operator_variant *v)
{
    if (!v)
        return;
    for (int i = 0; i < v->owned; i++)
        mm_value_done(&v->own[i]);
    mm_arena_done(&v->arena);
    free(v);
}

const char *mm_operator_variant_says(const struct mm_operator_variant *v)
{
    return v->says;
}

const char *mm_operator_variant_origin(const struct mm_operator_variant *v)
{
    return v->origin ? v->origin : "";
}

const char *mm_operator_variant_activation(const struct mm_operator_variant *v)
{
    return v->activation ? v->activation : "";
}

/* ---- running ---- */

int mm_operator_variant_run(const struct mm_operator_variant *v, struct mm_value *value, struct mm_err *err)
{
    if (mm_operator_run(&v->call, value, err) < 0)
        return -1;
    for (int64_t i = 0; v->after && i < value->count; i++)
        op_put(value, i, v->after(op_get(value, i)));
    return 0;
}

int mm_operator_variant_sample(const struct mm_operator_variant *v, const int64_t *position, size_t count,
                               double *result, struct mm_err *err)
{
    if (mm_operator_sample(&v->call, position, count, result, err) < 0)
        return -1;
    for (size_t i = 0; v->after && i < count; i++)
        result[i] = v->after(result[i]);
    return 0;
}

int mm_operator_variant_shape(const struct mm_operator_variant *v, struct mm_shape *shape, struct mm_err *err)
{
    return mm_operator_linear_shape(&v->call, shape, err);
}

/* ---- changes that are rows ---- */

bool op_variant_number(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    double now = row->whole ? (double)op_int(v->model, row->name, (int64_t)row->otherwise)
                            : op_float(v->model, row->name, row->otherwise);
    char mine[MM_NUM], told[MM_NUM];
    if ((float)now == (float)row->value[k])
        return false;
    if (row->whole)
        op_variant_int(v, row->name, (int64_t)row->value[k]);
    else
        op_variant_float(v, row->name, row->value[k]);
    op_variant_says(v, "with %s %s where the model says %s", row->name, mm_num_short(mine, row->value[k], 3),
                    mm_num_short(told, now, 3));
    return true;
}

bool op_variant_word(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const char *now = op_text(v->model, row->name, row->word[row->count - 1]);
    if (strcmp(now, row->word[k]) == 0)
        return false;
    op_variant_text(v, row->name, row->word[k]);
    op_variant_says(v, "with %s %s where the model says %s", row->name, row->word[k], now);
    return true;
}
