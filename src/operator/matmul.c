/* Gemm and MatMul: a column of the second matrix is shared by the rows of the first. */
#include "operator/linear.h"
#include "operator/spread.h"

static int unfit(const struct mm_operator_call *call, const struct op_linear *l, struct mm_err *err)
{
    char a[200], b[200];
    return op_fail(call, err, MM_EARG, "%s and %s do not fit",
                   mm_shape_text(&l->x->shape, false, a, sizeof a),
                   mm_shape_text(&l->w->shape, false, b, sizeof b));
}

/* A bundle is (matrix of the batch, column). */
static int64_t bundle_of(const struct op_linear *l, int64_t position)
{
    return position / l->columns / l->rows * l->columns + position % l->columns;
}

static int64_t position_of(const struct op_linear *l, int64_t bundle, int64_t member)
{
    return (bundle / l->columns * l->rows + member) * l->columns + bundle % l->columns;
}

/* Where the matrix of this place in the output's leading axes begins, in matrices. */
static int64_t matrix_at(const struct op_linear *l, const struct mm_shape *batch, int64_t place)
{
    int64_t coord[MM_RANK_MAX], at = 0;
    mm_shape_coords(&l->batch, place, coord);
    for (int i = 0; i < batch->rank; i++)
        at = at * batch->dim[i] + (batch->dim[i] == 1 ? 0 : coord[i]);
    return at;
}

static void load(struct op_linear *l, int64_t bundle)
{
    int64_t first = matrix_at(l, &l->batch_w, bundle / l->columns) * l->length * l->columns;
    int64_t at = first + bundle % l->columns * l->column_w;
    for (int64_t k = 0; k < l->length; k++)
        l->part[k] = op_get(l->w, at + k * l->step_w);
}

static double value(const struct op_linear *l, int64_t position)
{
    int64_t i = position / l->columns % l->rows, j = position % l->columns;
    int64_t first = matrix_at(l, &l->batch_x, position / l->columns / l->rows) * l->rows * l->length;
    double sum = op_dot(l, l->part, l->x, first + i * l->row_x, l->step_x, l->length);
    double bias = l->bias ? op_get(l->bias, i * l->stride_bias[0] + j * l->stride_bias[1]) : 0;
    return l->alpha * sum + l->beta * bias;
}

static int finish(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (!op_shape_fits(&l->shape))
        return unfit(call, l, err);
    l->bundles = mm_shape_count(&l->batch) * l->columns;
    l->members = l->rows;
    l->bundle_of = bundle_of;
    l->position_of = position_of;
    l->load = load;
    l->value = value;
    return 0;
}

/* ---- Gemm ---------------------------------------------------------------------------------------------- */

/* C broadcasts to the output; before opset 7 only where `broadcast` says so, with the same meaning. */
static int place_bias(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    int64_t step = 1;
    if (!l->bias)
        return 0;
    const struct mm_shape *shape = &l->bias->shape;
    for (int i = 1; i >= 0; i--) {
        int own = i - (2 - shape->rank);
        int64_t dim = own >= 0 ? shape->dim[own] : 1;
        if (shape->rank > 2 || (dim != 1 && dim != l->shape.dim[i]))
            return op_fail(call, err, MM_EARG, "C does not broadcast to the output");
        l->stride_bias[i] = dim == 1 ? 0 : step;
        step *= dim;
    }
    return 0;
}

int op_prepare_gemm(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (op_linear_inputs(call, l, err))
        return -1;
    if (l->x->shape.rank != 2 || l->w->shape.rank != 2)
        return unfit(call, l, err);
    const int64_t *a = l->x->shape.dim, *b = l->w->shape.dim;
    bool turn_a = op_int(call, "transA", 0) != 0, turn_b = op_int(call, "transB", 0) != 0;
    l->length = turn_a ? a[0] : a[1];
    l->row_x = turn_a ? 1 : a[1];
    l->step_x = turn_a ? a[1] : 1;
    l->step_w = turn_b ? 1 : b[1];
    l->column_w = turn_b ? b[1] : 1;
    l->alpha = op_float(call, "alpha", 1);
    l->beta = op_float(call, "beta", 1);
    l->rows = turn_a ? a[1] : a[0];
    l->columns = turn_b ? b[0] : b[1];
    l->shape = (struct mm_shape){2, {l->rows, l->columns}};
    if (l->length != (turn_b ? b[1] : b[0]))
        return unfit(call, l, err);
    return place_bias(call, l, err) ? -1 : finish(call, l, err);
}

/* ---- MatMul -------------------------------------------------------------------------------------------- */

/* The leading axes: all but the last two, with ones in front up to `rank`. */
static struct mm_shape batch_of(const struct mm_shape *shape, int rank)
{
    struct mm_shape batch = {.rank = rank};
    for (int i = 0; i < rank; i++) {
        int own = i - (rank - (shape->rank - 2));
        batch.dim[i] = own < 0 ? 1 : shape->dim[own];
    }
    return batch;
}

/* A vector is a row on the left and a column on the right; that axis is not in the output. */
static struct mm_shape as_matrix(const struct mm_shape *shape, bool column)
{
    struct mm_shape matrix = *shape;
    if (shape->rank == 1)
        matrix = column ? (struct mm_shape){2, {shape->dim[0], 1}} : (struct mm_shape){2, {1, shape->dim[0]}};
    return matrix;
}

static void output_shape(struct op_linear *l)
{
    l->shape = l->batch;
    if (l->x->shape.rank > 1)
        l->shape.dim[l->shape.rank++] = l->rows;
    if (l->w->shape.rank > 1)
        l->shape.dim[l->shape.rank++] = l->columns;
}

int op_prepare_matmul(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (op_linear_inputs(call, l, err))
        return -1;
    if (l->x->shape.rank < 1 || l->w->shape.rank < 1)
        return unfit(call, l, err);
    struct mm_shape a = as_matrix(&l->x->shape, false), b = as_matrix(&l->w->shape, true);
    int rank = (a.rank > b.rank ? a.rank : b.rank) - 2; /* so that the output has no more axes than they */
    l->batch_x = batch_of(&a, rank);
    l->batch_w = batch_of(&b, rank);
    l->rows = a.dim[a.rank - 2];
    l->length = l->row_x = a.dim[a.rank - 1];
    l->columns = l->step_w = b.dim[b.rank - 1];
    l->step_x = l->column_w = 1;
    l->bias = NULL;
    if (l->length != b.dim[b.rank - 2])
        return unfit(call, l, err);
    if (op_spread_shape(call, &l->batch_x, &l->batch_w, &l->batch, err))
        return -1;
    output_shape(l);
    return finish(call, l, err);
}
