/* Single tensors of src whose axes stand in another order than the model's: a PyTorch module gives back [B, T, C] where the
 * graph's tensor, and dst's, is [B, C, T]. Measured with src transposed. Where dst is the one that does not follow the
 * model nothing is undone: that is a fault, and triage says it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "session/state.h"

#define RANK_MOST    6
#define ORDERS_MOST  24                 /* of axes of the same length: more are not tried */
#define ELEMENTS_MAX ((int64_t)1 << 22) /* of a tensor whose values decide */
#define ALIKE        0.1                /* diff2 under the right order: at most */
#define LOOKED_AT    4096               /* pairs; of more only those whose names are not the same */
#define CLEARLY      4                  /* and so many times less than under the next best */

/* Orders of src's axes that give dst's shape: order[i] is src's axis at dst's place i. */
struct orders {
    int order[ORDERS_MOST + 1][MM_RANK_MAX];
    size_t count; /* ORDERS_MOST + 1: too many */
};

/* Axes of length 1 are all the same: the first that is left. */
static void add_orders(struct orders *orders, const struct mm_shape *src, const struct mm_shape *dst, int at,
                       unsigned used, int *order)
{
    if (at == dst->rank && orders->count <= ORDERS_MOST)
        memcpy(orders->order[orders->count++], order, sizeof orders->order[0]);
    for (int axis = 0; at < dst->rank && axis < src->rank && orders->count <= ORDERS_MOST; axis++) {
        if (used & 1u << axis || src->dim[axis] != dst->dim[at])
            continue;
        order[at] = axis;
        add_orders(orders, src, dst, at + 1, used | 1u << axis, order);
        if (dst->dim[at] == 1)
            return;
    }
}

static void find_orders(struct orders *orders, const struct mm_shape *src, const struct mm_shape *dst)
{
    int order[MM_RANK_MAX] = {0};
    orders->count = 0;
    if (src->rank == dst->rank && src->rank > 1 && src->rank <= RANK_MOST)
        add_orders(orders, src, dst, 0, 0, order);
}

/* ---- does the model explain it? --------------------------------------------------------------------------------- */

/* As far as the model tells the shape; false where it does not. */
static bool follows(const struct mm_shape *shape, const struct mm_shape *declared)
{
    bool same = shape->rank == declared->rank;
    for (int i = 0; same && i < shape->rank; i++)
        same = declared->dim[i] < 0 || declared->dim[i] == shape->dim[i];
    return same;
}

/* a's shape with the axes of a Transpose: is it b? Without perm they are turned round. */
static bool is_transposed(const struct mm_graph_node *node, const struct mm_shape *a,
                          const struct mm_shape *b)
{
    const struct mm_graph_attribute *perm = mm_graph_attribute(node, "perm");
    bool same = a->rank == b->rank && (!perm || perm->int_count == a->rank);
    for (int i = 0; same && i < a->rank; i++) {
        int64_t axis = perm ? perm->ints[i] : a->rank - 1 - i;
        same = axis >= 0 && axis < a->rank && a->dim[axis] == b->dim[i];
    }
    return same;
}

/* The header of the pair whose tensor of the model this is, in the same run; false: there is none. */
static bool dst_shape(const struct mm_session *session, int tensor, int run, struct mm_shape *out)
{
    for (size_t i = 0; tensor >= 0 && i < session->pairs->count; i++) {
        struct mm_result result;
        bool known =
            session->match.tensor[i] == tensor && session->match.run[i] == run && session->pairs->pair[i].dst;
        if (!known)
            continue;
        mm_measure_header(&session->pairs->pair[i], session->src->schema, &result);
        known = result.dst.known;
        *out = result.dst.shape;
        mm_result_done(&result);
        if (known)
            return true;
    }
    return false;
}

/* One pair that is looked at. */
struct looked_at {
    const struct mm_session *session;
    size_t place;
    struct mm_shape src, dst;
};

/* Is src what the Transpose on the other side of `tensor` leaves of dst, and is dst's tensor there as that says? */
static bool is_beyond(const struct looked_at *at, int node, bool behind)
{
    const struct mm_session *session = at->session;
    const struct mm_graph_node *transpose = node >= 0 ? &session->options.graph->nodes[node] : NULL;
    struct mm_shape other;
    if (!transpose || strcmp(transpose->op_type, "Transpose") != 0 || !transpose->input_count ||
        !transpose->output_count)
        return false;
    bool fits =
        behind ? is_transposed(transpose, &at->dst, &at->src) : is_transposed(transpose, &at->src, &at->dst);
    int tensor = behind ? transpose->outputs[0] : transpose->inputs[0];
    return fits && dst_shape(session, tensor, session->match.run[at->place], &other) &&
           mm_shape_equal(&other, &at->src);
}

/* dst is as the model says, and src is not: by the shape that the model declares, or by a Transpose beside the tensor. */
static bool is_explained(const struct looked_at *at)
{
    const struct mm_graph *graph = at->session->options.graph;
    const struct mm_graph_tensor *tensor = &graph->tensors[at->session->match.tensor[at->place]];
    bool declared = tensor->shape.rank >= 0;
    bool src = declared && follows(&at->src, &tensor->shape),
         dst = declared && follows(&at->dst, &tensor->shape);
    if (declared && src != dst)
        return dst;
    if (declared && !dst)
        return false;
    bool found = is_beyond(at, tensor->producer, false);
    for (int i = 0; i < tensor->consumer_count && !found; i++)
        found = is_beyond(at, tensor->consumers[i], true);
    return found;
}

/* ---- which order ------------------------------------------------------------------------------------------------ */

/* As if src's files had been dumped in another order: axis i of src is the model's axis perm[i]. */
static struct mm_axis axis_of(const int *order, int rank)
{
    struct mm_axis axis = {.kind = MM_AXIS_PERMUTE, .rank = rank};
    for (int i = 0; i < rank; i++)
        axis.perm[order[i]] = i;
    return axis;
}

static double error_under(const struct mm_session *session, const struct mm_pair *pair,
                          const struct mm_layout *layout)
{
    struct mm_pair laid = *pair;
    struct mm_result result;
    laid.layout = layout;
    mm_measure_pair(&laid, session->src->schema, NULL, NULL, &result);
    double error = result.state == MM_STATE_MEASURED ? result.metrics.diff2 : INFINITY;
    mm_result_done(&result);
    return isnan(error) ? INFINITY : error;
}

/* The only one, or the one under which the values agree and under no other. -1: none. */
static int choose(const struct looked_at *at, const struct orders *orders, struct mm_layout *layout)
{
    double best = INFINITY, next = INFINITY;
    int chosen = -1;
    if (orders->count == 1)
        return 0;
    if (orders->count == 0 || orders->count > ORDERS_MOST || mm_shape_count(&at->src) > ELEMENTS_MAX)
        return -1;
    for (size_t i = 0; i < orders->count; i++) {
        layout->src_axis = axis_of(orders->order[i], at->src.rank);
        double error = error_under(at->session, &at->session->pairs->pair[at->place], layout);
        next = error < best ? best : error < next ? error : next;
        chosen = error < best ? (int)i : chosen;
        best = error < best ? error : best;
    }
    return best <= ALIKE && CLEARLY * best < next ? chosen : -1;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static bool look(struct mm_session *session, size_t place, struct looked_at *at)
{
    const struct mm_pair *pair = &session->pairs->pair[place];
    struct mm_result result;
    bool same = pair->rung == MM_PAIR_BY_EXACT || pair->rung == MM_PAIR_BY_OCCURRENCE;
    if (!pair->src || !pair->dst || session->match.tensor[place] < 0 ||
        (same && session->pairs->count > LOOKED_AT))
        return false;
    mm_measure_header(pair, session->src->schema, &result);
    bool differ = result.src.known && result.dst.known && result.match == MM_MATCH_MISMATCH;
    *at = (struct looked_at){session, place, result.src.shape, result.dst.shape};
    mm_result_done(&result);
    return differ;
}

static bool transpose_one(struct mm_session *session, const struct looked_at *at)
{
    const struct mm_layout *before = session->pairs->pair[at->place].layout;
    struct mm_layout *layout = mm_arena_alloc(&session->arena, sizeof *layout);
    struct orders orders;
    find_orders(&orders, &at->src, &at->dst);
    if (!layout || orders.count == 0 || !is_explained(at))
        return false;
    if (before)
        *layout = *before;
    int chosen = choose(at, &orders, layout);
    if (chosen < 0)
        return false;
    layout->src_axis = axis_of(orders.order[chosen], at->src.rank);
    mm_pairs_lay(session->pairs, at->place, layout);
    return true;
}

static void say(struct mm_session *session, size_t count, size_t first)
{
    const struct mm_pair *pair = &session->pairs->pair[first];
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%zu %s of src %s the axes in another order than the model, which dst follows (",
                  count, count == 1 ? "tensor" : "tensors", count == 1 ? "has" : "have");
    mm_text_escape(&text, pair->name, strlen(pair->name));
    mm_buf_say(&text, count == 1 ? ": " : " and others: ");
    mm_pair_laid_text(pair, MM_MATCH_UNDO_SRC, &text);
    mm_buf_puts(&text, ").");
    session_note(session, &text);
}

void permute_apply(struct mm_session *session)
{
    size_t count = 0, first = 0;
    struct looked_at at;
    for (size_t i = 0; session->options.graph && i < session->pairs->count; i++) {
        if (!look(session, i, &at) || !transpose_one(session, &at))
            continue;
        first = count++ ? first : i;
    }
    if (count)
        say(session, count, first);
}
