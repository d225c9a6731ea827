/* The table of operators: families, one behind the other. */
#include "operator/call.h"

static const struct op_row *const families[] = {
    op_unary_rows,  op_activation_rows, op_cast_rows,     op_binary_rows,  op_softmax_rows,   op_reduce_rows,
    op_arg_rows,    op_pool_rows,       op_resize_rows,   op_shape_rows,   op_slice_rows,     op_join_rows,
    op_gather_rows, op_pad_rows,        op_block_rows,    op_scatter_rows, op_index_rows,     op_grid_rows,
    op_norm_rows,   op_line_norm_rows,  op_quantise_rows, op_linear_rows,  op_recurrent_rows, op_box_rows,
};

static bool known_domain(const char *domain)
{
    return !*domain || strcmp(domain, "ai.onnx") == 0 || strcmp(domain, "com.microsoft") == 0;
}

static const struct op_row *find(const char *domain, const char *op_type)
{
    if (!known_domain(domain))
        return NULL;
    for (size_t i = 0; i < MM_COUNT(families); i++) {
        for (const struct op_row *row = families[i]; row->is.type; row++) {
            if (strcmp(row->is.type, op_type) == 0)
                return row;
        }
    }
    return NULL;
}

const struct op_row *op_row_of(const struct mm_graph_node *node)
{
    return find(node->domain, node->op_type);
}

const struct mm_operator *mm_operator_find(const char *domain, const char *op_type)
{
    const struct op_row *row = find(domain, op_type);
    return row ? &row->is : NULL;
}

const struct mm_operator *mm_operator_row(size_t index)
{
    for (size_t i = 0; i < MM_COUNT(families); i++) {
        for (const struct op_row *row = families[i]; row->is.type; row++) {
            if (index-- == 0)
                return &row->is;
        }
    }
    return NULL;
}

const char *mm_operator_kind_word(enum mm_operator_kind kind)
{
    static const char *const words[MM_OPERATOR_KINDS] = {
        [MM_OPERATOR_LINEAR] = "linear",
        [MM_OPERATOR_ELEMENTWISE] = "element-wise",
        [MM_OPERATOR_SOFTMAX] = "softmax",
        [MM_OPERATOR_REDUCTION] = "reduction",
        [MM_OPERATOR_ARGUMENT] = "index of a value",
        [MM_OPERATOR_POOL] = "pooling",
        [MM_OPERATOR_RESIZE] = "resize",
        [MM_OPERATOR_MOVEMENT] = "movement",
        [MM_OPERATOR_NORMALISATION] = "normalisation",
        [MM_OPERATOR_RECURRENT] = "recurrent",
        [MM_OPERATOR_QUANTISATION] = "quantisation",
    };
    return (unsigned)kind < MM_OPERATOR_KINDS ? words[kind] : "?";
}

int mm_operator_channel_axis(const struct mm_graph_node *node, int weight_input, int rank)
{
    const struct op_row *row = op_row_of(node);
    int axis = -1;
    if (row && row->channel == OP_CHANNEL_ONE)
        axis = 1;
    else if (row && row->channel == OP_CHANNEL_MATRIX)
        axis = weight_input == 0 ? rank - 2 : rank - 1;
    return axis < rank ? axis : -1;
}

int mm_operator_run(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_graph_node *node = call->node;
    const struct op_row *row = op_row_of(node);
    *value = (struct mm_value){0};
    if (!row)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: operators of type %s%s%s are not recomputed", node->name,
                       node->domain, *node->domain ? "." : "", node->op_type);
    if (op_check_inputs(call, err))
        return -1;
    if (row->run(call, value, err) == 0)
        return 0;
    mm_value_done(value);
    return -1;
}
