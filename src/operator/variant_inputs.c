/* Variants by an input: a bias that is left out, weights laid otherwise, inputs in another order. */
#include "operator/variant.h"

#include <math.h>
#include <stdlib.h>

static bool without_bias(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    bool there = op_input(v->model, 2) != NULL;
    (void)row;
    (void)k;
    if (there)
        op_variant_input(v, 2, NULL);
    op_variant_says(v, "without its bias");
    return there;
}

/* ---- order ---- */

/* A Concat's inputs reversed, or moved on by one. */
static bool other_order(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int n = v->model->node->input_count;
    (void)row;
    for (int i = 0; i < n; i++)
        op_variant_input(v, i,
                         op_input(v->model, k == 0   ? n - 1 - i
                                            : k == 1 ? (i + 1) % n
                                                     : (i + n - 1) % n));
    op_variant_says(v, k == 0 ? "with its inputs in reverse order" : "with its inputs moved on by one");
    return k == 0 ? n > 1 : n > 2;
}

/* Inputs k and k + 1 changed places. */
static bool neighbours(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int n = v->model->node->input_count;
    (void)row;
    if (k + 1 >= n || n < 3)
        return false;
    op_variant_input(v, k, op_input(v->model, k + 1));
    op_variant_input(v, k + 1, op_input(v->model, k));
    op_variant_says(v, "with inputs %d and %d in each other's place", k, k + 1);
    return true;
}

static bool swapped(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    (void)row;
    (void)k;
    if (v->model->node->input_count != 2)
        return false;
    op_variant_input(v, 0, op_input(v->model, 1));
    op_variant_input(v, 1, op_input(v->model, 0));
    op_variant_says(v, "with its two inputs in each other's place");
    return true;
}

/* ---- weights laid otherwise ---- */

/* Two axes of the same length changed places. */
static void turn(const struct mm_value *from, int a, int b, struct mm_value *to)
{
    int64_t coord[MM_RANK_MAX], stride[MM_RANK_MAX];
    op_strides(&from->shape, stride);
    for (int64_t i = 0; i < from->count; i++) {
        int64_t at = 0;
        mm_shape_coords(&from->shape, i, coord);
        for (int axis = 0; axis < from->shape.rank; axis++)
            at += coord[axis == a ? b : axis == b ? a : axis] * stride[axis];
        op_put(to, i, op_get(from, at));
    }
}

/* Kernels with rows for columns, or channels in for channels out. */
static bool turned_kernel(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *w = op_input(v->model, 1);
    int a = k == 0 ? 2 : 0, b = a + 1;
    (void)row;
    if (!w || w->shape.rank != 4 || w->shape.dim[a] != w->shape.dim[b] || w->shape.dim[a] < 2)
        return false;
    struct mm_value *own = op_variant_own(v, 1, w);
    if (own)
        turn(w, a, b, own);
    op_variant_says(v, k == 0 ? "with its kernels transposed (rows for columns)"
                              : "with its weights transposed (channels in for channels out)");
    return own != NULL;
}

/* Kernels turned by 180 degrees: a convolution where the model's operator is a correlation. */
static bool reversed_kernel(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *w = op_input(v->model, 1);
    int64_t taps = w && w->shape.rank > 2 ? op_product(&w->shape, 2, w->shape.rank) : 1;
    struct mm_value *own = taps > 1 ? op_variant_own(v, 1, w) : NULL;
    (void)row;
    (void)k;
    for (int64_t i = 0; own && i < own->count; i++)
        op_put(own, i, op_get(w, i / taps * taps + taps - 1 - i % taps));
    op_variant_says(v, "with its kernels turned by 180 degrees");
    return own != NULL;
}

static bool turned_matrix(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *w = op_input(v->model, 1);
    int rank = w ? w->shape.rank : 0;
    (void)row;
    (void)k;
    if (rank < 2 || w->shape.dim[rank - 1] != w->shape.dim[rank - 2] || w->shape.dim[rank - 1] < 2)
        return false;
    struct mm_value *own = op_variant_own(v, 1, w);
    if (own)
        turn(w, rank - 2, rank - 1, own);
    op_variant_says(v, "with its second matrix transposed");
    return own != NULL;
}

/* The bytes of the other layout, [in, out] for [out, in], whatever the lengths are. */
static bool other_layout(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *w = op_input(v->model, 1);
    (void)row;
    (void)k;
    if (!w || w->shape.rank != 2 || w->shape.dim[0] == w->shape.dim[1] || w->shape.dim[0] < 2 ||
        w->shape.dim[1] < 2)
        return false;
    struct mm_value *own = op_variant_own(v, 1, w);
    int64_t rows = w->shape.dim[0], columns = w->shape.dim[1];
    for (int64_t i = 0; own && i < own->count; i++) /* element i of the transposed bytes, read row-major */
        op_put(own, i, op_get(w, i % rows * columns + i / rows));
    op_variant_says(v, "with the bytes of its weights in the other layout (transposed)");
    return own != NULL;
}

static bool flag_flipped(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int64_t now = op_int(v->model, row->word[k], 0);
    op_variant_int(v, row->word[k], !now);
    op_variant_says(v, "with %s %d where the model says %d", row->word[k], !now, now != 0);
    return true;
}

/* ---- weights of fewer bits ---- */

static float greatest(const struct mm_value *w)
{
    float most = 0;
    for (int64_t i = 0; i < w->count; i++)
        most = isfinite(w->f[i]) ? fmaxf(most, fabsf(w->f[i])) : most;
    return most;
}

/* Without VNNI products of two pairs are added up in 16 bits: oneDNN halves int8 weights so that they can't overflow,
 * and loses their last bit. */
static bool halved_weights(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *w = op_input(v->model, 1);
    double step = w && w->f ? 2 * (double)greatest(w) / 127 : 0;
    struct mm_value *own = step > 0 ? op_variant_own(v, 1, w) : NULL;
    (void)row;
    (void)k;
    for (int64_t i = 0; own && i < own->count; i++)
        op_put(own, i, step * rint(op_get(w, i) / step));
    op_variant_says(v, "with int8 weights of 7 bits (halved)");
    return own != NULL;
}

const struct op_variant_row op_variant_inputs[] = {
    {"Conv", 1, without_bias},
    {"ConvTranspose", 1, without_bias},
    {"Gemm", 1, without_bias},
    {"LayerNormalization", 1, without_bias},
    {"Concat", 3, other_order},
    {"Concat", OP_VARIANT_CHOICE, neighbours},
    {"Sub", 1, swapped},
    {"Div", 1, swapped},
    {"Pow", 1, swapped},
    {"Less", 1, swapped},
    {"Greater", 1, swapped},
    {"Conv", 2, turned_kernel},
    {"Conv", 1, reversed_kernel},
    {"ConvTranspose", 2, turned_kernel},
    {"ConvTranspose", 1, reversed_kernel},
    {"MatMul", 1, turned_matrix},
    {"MatMul", 1, other_layout},
    {"Gemm", 2, flag_flipped, .word = {"transB", "transA"}},
    {"Gemm", 1, other_layout},
    {"Conv", 1, halved_weights, .origin = {"oneDNN without VNNI"}},
    {NULL},
};
