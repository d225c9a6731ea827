/* Reading a call. */
#include "operator/call.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/translate.h"

int op_fail(const struct mm_operator_call *call, struct mm_err *err, enum mm_code code, const char *format,
            ...)
{
    char text[320];
    va_list args;
    va_start(args, format);
    mm_vformat(text, sizeof text, format, args);
    va_end(args);
    return mm_fail(err, code, "%s (%s): %s", call->node->name, call->node->op_type, text);
}

bool op_stop(const struct mm_operator_call *call, struct mm_err *err)
{
    if (!call->cancel || !atomic_load_explicit(call->cancel, memory_order_relaxed))
        return false;
    op_fail(call, err, MM_ECANCELLED, "cancelled");
    return true;
}

int64_t op_opset(const struct mm_operator_call *call)
{
    return call->opset > 0 ? call->opset : OP_OPSET_NEWEST;
}

/* ---- inputs -------------------------------------------------------------------------------------------- */

const struct mm_value *op_input(const struct mm_operator_call *call, int k)
{
    return k >= 0 && k < call->node->input_count ? call->input[k] : NULL;
}

const struct mm_value *op_need(const struct mm_operator_call *call, int k, struct mm_err *err)
{
    const struct mm_value *value = op_input(call, k);
    if (!value)
        op_fail(call, err, MM_EUNSUPPORTED, "the values of input %d are not known", k);
    return value;
}

int op_need_all(const struct mm_operator_call *call, struct mm_err *err)
{
    if (call->node->input_count == 0)
        return op_fail(call, err, MM_EARG, "it has no input");
    for (int k = 0; k < call->node->input_count; k++) {
        if (!op_need(call, k, err))
            return -1;
    }
    return 0;
}

/* ---- attributes ---------------------------------------------------------------------------------------- */

int64_t op_int(const struct mm_operator_call *call, const char *name, int64_t otherwise)
{
    return mm_graph_int(call->node, name, otherwise);
}

double op_float(const struct mm_operator_call *call, const char *name, double otherwise)
{
    const struct mm_graph_attribute *a = mm_graph_attribute(call->node, name);
    return a && a->float_count > 0 ? (double)a->floats[0] : otherwise;
}

const char *op_text(const struct mm_operator_call *call, const char *name, const char *otherwise)
{
    const struct mm_graph_attribute *a = mm_graph_attribute(call->node, name);
    return a && a->text ? a->text : otherwise;
}

double op_number(const struct mm_operator_call *call, int k, const char *name, double otherwise)
{
    const struct mm_value *value = op_input(call, k);
    return value && value->count > 0 ? op_get(value, 0) : op_float(call, name, otherwise);
}

static int list_full(const struct mm_operator_call *call, const char *name, struct mm_err *err)
{
    return op_fail(call, err, MM_EUNSUPPORTED, "\"%s\" with more than %d numbers", name, OP_LIST_MAX);
}

static int list_of_input(const struct mm_operator_call *call, const char *name, int k, struct op_list *list,
                         struct mm_err *err)
{
    const struct mm_value *value = op_input(call, k);
    if (!value && k >= 0 && k < call->node->input_count && call->node->inputs[k] >= 0)
        return op_need(call, k, err) ? 0 : -1;
    if (!value)
        return 0;
    if (value->count > OP_LIST_MAX)
        return list_full(call, name, err);
    list->given = true;
    list->count = (int)value->count;
    for (int i = 0; i < list->count; i++)
        list->v[i] = value->i ? value->i[i] : op_whole(value->f[i]);
    return 0;
}

int op_list(const struct mm_operator_call *call, const char *name, int k, struct op_list *list,
            struct mm_err *err)
{
    const struct mm_graph_attribute *a = mm_graph_attribute(call->node, name);
    *list = (struct op_list){0};
    if (!a)
        return list_of_input(call, name, k, list, err);
    if (a->int_count > OP_LIST_MAX)
        return list_full(call, name, err);
    list->given = true;
    list->count = a->int_count;
    memcpy(list->v, a->ints, (size_t)a->int_count * sizeof *a->ints);
    return 0;
}

int op_axes(const struct mm_operator_call *call, const char *name, int k, int rank, struct op_list *list,
            struct mm_err *err)
{
    unsigned seen = 0;
    if (op_list(call, name, k, list, err))
        return -1;
    for (int i = 0; i < list->count; i++) {
        int64_t axis = list->v[i] < 0 ? list->v[i] + rank : list->v[i];
        if (axis < 0 || axis >= rank || seen & 1u << axis)
            return op_fail(call, err, MM_EARG, "axis %lld of a tensor of %d axes", (long long)list->v[i],
                           rank);
        seen |= 1u << axis;
        list->v[i] = axis;
    }
    return 0;
}

int op_axis(const struct mm_operator_call *call, int64_t otherwise, int rank, bool end, int *axis,
            struct mm_err *err)
{
    int64_t told = op_int(call, "axis", otherwise);
    int64_t a = told < 0 ? told + rank : told;
    if (a < 0 || a > rank || (a == rank && !end))
        return op_fail(call, err, MM_EARG, "axis %lld of a tensor of %d axes", (long long)told, rank);
    *axis = (int)a;
    return 0;
}

/* ---- results ------------------------------------------------------------------------------------------- */

bool op_shape_fits(const struct mm_shape *shape)
{
    struct mm_shape most = *shape;
    for (int i = 0; i < shape->rank; i++)
        most.dim[i] += shape->dim[i] == 0;
    return shape->rank >= 0 && shape->rank <= MM_RANK_MAX && mm_shape_count(&most) >= 0;
}

int op_check_inputs(const struct mm_operator_call *call, struct mm_err *err)
{
    for (int k = 0; k < call->node->input_count; k++) {
        const struct mm_value *value = call->input[k];
        if (value && (!op_shape_fits(&value->shape) || mm_shape_count(&value->shape) != value->count))
            return op_fail(call, err, MM_EARG, "input %d has an impossible shape", k);
    }
    return 0;
}

int op_new(const struct mm_operator_call *call, enum mm_dtype dtype, const struct mm_shape *shape,
           struct mm_value *value, struct mm_err *err)
{
    struct mm_err why = {0};
    if (!op_shape_fits(shape))
        return op_fail(call, err, MM_EARG, "a result of an impossible shape");
    if (mm_value_new(value, dtype, shape, call->limit, &why) == 0)
        return 0;
    return op_fail(call, err, why.code, "%s", why.text);
}

int op_reshaped(const struct mm_operator_call *call, const struct mm_value *x, const struct mm_shape *shape,
                struct mm_value *value, struct mm_err *err)
{
    char from[200], to[200];
    if (mm_shape_count(shape) != x->count)
        return op_fail(call, err, MM_EARG, "%s does not become %s",
                       mm_shape_text(&x->shape, false, from, sizeof from),
                       mm_shape_text(shape, false, to, sizeof to));
    if (op_stop(call, err) || op_new(call, x->dtype, shape, value, err))
        return -1;
    if (x->f)
        memcpy(value->owned, x->f, (size_t)x->count * sizeof *x->f);
    else
        memcpy(value->owned, x->i, (size_t)x->count * sizeof *x->i);
    return 0;
}

int64_t op_product(const struct mm_shape *shape, int from, int to)
{
    int64_t product = 1;
    for (int i = from; i < to; i++)
        product *= shape->dim[i];
    return product;
}

void op_strides(const struct mm_shape *shape, int64_t stride[MM_RANK_MAX])
{
    int64_t step = 1;
    for (int i = shape->rank - 1; i >= 0; i--) {
        stride[i] = step;
        step *= shape->dim[i];
    }
}
