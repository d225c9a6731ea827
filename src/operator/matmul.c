/* Gemm and MatMul at one output position: a row of the first times a column of the second. */
#include "operator/linear.h"
#include "operator/spread.h"

static int unfit(const struct mm_operator_call *call, const struct op_linear *l, struct mm_err *err)
{
    char a[200], b[200];
    return op_fail(call, err, MM_EARG, "%s and %s do not fit",
                   mm_shape_text(&l->x->shape, false, a, sizeof a),
                   mm_shape_text(&l->w->shape, false, b, sizeof b));
}

/* ---- Gemm ---------------------------------------------------------------------------------------------- */

static double gemm_at(const struct op_linear *l, int64_t position)
{
    int64_t i = position / l->shape.dim[1], j = position % l->shape.dim[1];
    double sum = op_dot(l, i * l->row_x, l->step_x, j * l->column_w, l->step_w, l->inner);
    double bias = l->bias ? op_get(l->bias, i * l->stride_bias[0] + j * l->stride_bias[1]) : 0;
    return l->alpha * sum + l->beta * bias;
}

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
    l->inner = turn_a ? a[0] : a[1];
    l->row_x = turn_a ? 1 : a[1];
    l->step_x = turn_a ? a[1] : 1;
    l->step_w = turn_b ? 1 : b[1];
    l->column_w = turn_b ? b[1] : 1;
    l->alpha = op_float(call, "alpha", 1);
    l->beta = op_float(call, "beta", 1);
    l->shape = (struct mm_shape){2, {turn_a ? a[1] : a[0], turn_b ? b[0] : b[1]}};
    l->at = gemm_at;
    if (l->inner != (turn_b ? b[1] : b[0]) || !op_shape_fits(&l->shape))
        return unfit(call, l, err);
    return place_bias(call, l, err);
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

/* Where the matrix of this place in the output's leading axes begins. */
static int64_t matrix_at(const struct mm_shape *batch, const int64_t *place, int64_t size)
{
    int64_t at = 0;
    for (int i = 0; i < batch->rank; i++)
        at = at * batch->dim[i] + (batch->dim[i] == 1 ? 0 : place[i]);
    return at * size;
}

static double matmul_at(const struct op_linear *l, int64_t position)
{
    int64_t place[MM_RANK_MAX];
    int64_t j = position % l->columns, i = position / l->columns % l->rows;
    mm_shape_coords(&l->batch, position / l->columns / l->rows, place);
    int64_t at_x = matrix_at(&l->batch_x, place, l->rows * l->inner) + i * l->row_x;
    int64_t at_w = matrix_at(&l->batch_w, place, l->inner * l->columns) + j * l->column_w;
    return op_dot(l, at_x, l->step_x, at_w, l->step_w, l->inner);
}

/* A vector is a row on the left and a column on the right; that axis is not in the output. */
static struct mm_shape as_matrix(const struct mm_shape *shape, bool column)
{
    struct mm_shape matrix = *shape;
    if (shape->rank == 1)
        matrix = column ? (struct mm_shape){2, {shape->dim[0], 1}} : (struct mm_shape){2, {1, shape->dim[0]}};
    return matrix;
}

static int output_shape(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    l->shape = l->batch;
    if (l->x->shape.rank > 1 && l->shape.rank < MM_RANK_MAX)
        l->shape.dim[l->shape.rank++] = l->rows;
    if (l->w->shape.rank > 1 && l->shape.rank < MM_RANK_MAX)
        l->shape.dim[l->shape.rank++] = l->columns;
    return op_shape_fits(&l->shape) ? 0 : unfit(call, l, err);
}

int op_prepare_matmul(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    if (op_linear_inputs(call, l, err))
        return -1;
    if (l->x->shape.rank < 1 || l->w->shape.rank < 1)
        return unfit(call, l, err);
    struct mm_shape a = as_matrix(&l->x->shape, false), b = as_matrix(&l->w->shape, true);
    int rank = (a.rank > b.rank ? a.rank : b.rank) - 2;
    l->batch_x = batch_of(&a, rank);
    l->batch_w = batch_of(&b, rank);
    l->rows = a.dim[a.rank - 2];
    l->inner = l->row_x = a.dim[a.rank - 1];
    l->columns = l->step_w = b.dim[b.rank - 1];
    l->step_x = l->column_w = 1;
    l->bias = NULL;
    l->at = matmul_at;
    if (l->inner != b.dim[b.rank - 2])
        return unfit(call, l, err);
    if (op_spread_shape(call, &l->batch_x, &l->batch_w, &l->batch, err))
        return -1;
    return output_shape(call, l, err);
}
