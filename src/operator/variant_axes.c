/* Variants by axes: softmax along another one, a transposition by another order, a mean over others. */
#include "operator/variant.h"

#include <stdio.h>

static int rank_of(const struct mm_operator_variant *v)
{
    const struct mm_value *x = op_input(v->model, 0);
    return x ? x->shape.rank : 0;
}

/* ---- one axis ---- */

static bool along(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int rank = rank_of(v);
    bool rest = op_opset(v->model) < 13 && strstr(v->model->node->op_type, "oftmax");
    int64_t now = op_int(v->model, "axis", rest ? rank > 1 : row->otherwise);
    now = now < 0 ? now + rank : now;
    if (k >= rank || (k == now && !rest))
        return false;
    op_variant_int(v, "axis", k);
    if (rest)
        v->call.opset = 13; /* that axis alone */
    op_variant_says(v, "along axis %d%s where the model says %lld%s", k, rest ? " alone" : "", (long long)now,
                    rest ? " and all behind it" : "");
    return !rest || now < rank - 1 || k != now;
}

/* As before opset 13: one line of all axes from `axis` on. */
static bool flattened(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int rank = rank_of(v);
    int64_t now = op_int(v->model, "axis", -1);
    now = now < 0 ? now + rank : now;
    (void)row;
    if (op_opset(v->model) < 13 || (k == 0 && now >= rank - 1) || (k == 1 && (rank < 3 || now == 1)))
        return false;
    v->call.opset = 11;
    op_variant_int(v, "axis", k == 0 ? now : 1);
    op_variant_says(v, "over axis %lld and all behind it (as before opset 13)",
                    k == 0 ? (long long)now : 1LL);
    return true;
}

/* ---- several axes ---- */

#define REDUCED_MOST 4

static void name_axes(const int64_t *axes, int count, char out[32])
{
    out[0] = 0;
    for (int i = 0; i < count; i++) {
        size_t n = strlen(out);
        snprintf(out + n, 32 - n, "%s%lld", i ? "," : "", (long long)axes[i]);
    }
}

/* Each subset of as many axes as the model reduces; k runs over all subsets of four axes. */
static bool other_axes(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int rank = rank_of(v), count = 0;
    int64_t axes[REDUCED_MOST];
    struct op_list told;
    unsigned now = 0;
    char mine[32], its[32];
    (void)row;
    if (rank < 2 || rank > REDUCED_MOST || k >= 1 << rank ||
        op_axes(v->model, "axes", 1, rank, &told, NULL) < 0)
        return false;
    for (int i = 0; i < told.count; i++)
        now |= 1u << told.v[i];
    for (int i = 0; i < rank; i++) {
        if (k >> i & 1)
            axes[count++] = i;
    }
    if (count == 0 || count != told.count || now == (unsigned)k)
        return false;
    op_variant_ints(v, "axes", axes, count);
    v->node.input_count = 1;
    name_axes(axes, count, mine);
    name_axes(told.v, told.count, its);
    op_variant_says(v, "over axes %s where the model says %s", mine, its);
    return true;
}

/* ---- orders ---- */

#define TURNED_MOST 4 /* axes, of which there are 24 orders */

/* Order number k of `rank` axes; false behind the last. */
static bool order_at(int k, int rank, int64_t order[TURNED_MOST])
{
    bool used[TURNED_MOST] = {false};
    int orders = 1;
    for (int i = 2; i <= rank; i++)
        orders *= i;
    if (k >= orders)
        return false;
    for (int i = 0; i < rank; i++) {
        orders /= rank - i;
        int skip = k / orders, axis = 0;
        k %= orders;
        for (;; axis++) {
            if (!used[axis] && skip-- == 0)
                break;
        }
        used[axis] = true;
        order[i] = axis;
    }
    return true;
}

static bool other_perm(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    int rank = rank_of(v);
    int64_t order[TURNED_MOST];
    struct op_list told;
    char mine[32], its[32];
    (void)row;
    if (rank < 2 || rank > TURNED_MOST || !order_at(k, rank, order) ||
        op_list(v->model, "perm", -1, &told, NULL) < 0)
        return false;
    for (int i = 0; i < rank && !told.given; i++)
        told.v[i] = rank - 1 - i;
    if ((told.given && told.count != rank) || memcmp(told.v, order, (size_t)rank * sizeof *order) == 0)
        return false;
    op_variant_ints(v, "perm", order, rank);
    name_axes(order, rank, mine);
    name_axes(told.v, rank, its);
    if (k == 0)
        op_variant_says(v, "as if it were not there (the values in the order of the input)");
    else
        op_variant_says(v, "with perm %s where the model says %s", mine, its);
    return true;
}

#define ALONG(type, otherwise)                                                                               \
    {                                                                                                        \
        type, 6, along, NULL, true, otherwise                                                                \
    }
#define OVER(type)                                                                                           \
    {                                                                                                        \
        type, 1 << REDUCED_MOST, other_axes                                                                  \
    }

const struct op_variant_row op_variant_axes[] = {
    ALONG("Softmax", -1),
    ALONG("LogSoftmax", -1),
    ALONG("Hardmax", -1),
    ALONG("LpNormalization", -1),
    ALONG("ArgMax", 0),
    ALONG("ArgMin", 0),
    {"Softmax", 2, flattened},
    {"LogSoftmax", 2, flattened},
    OVER("ReduceMean"),
    OVER("ReduceSum"),
    OVER("ReduceMax"),
    OVER("ReduceMin"),
    {"Transpose", 24, other_perm},
    {NULL},
};
