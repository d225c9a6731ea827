/* A Relu that dst has fused into the result before it: that result is compared with what src has behind its Relu. */
#include "session/state.h"

#include <math.h>
#include <string.h>

/* No code stands for a number below 0. */
static bool is_positive(const struct mm_scales *scales)
{
    double lowest = mm_dtype_info(scales->dtype)->lowest;
    for (int64_t i = 0; i < scales->count; i++) {
        double zero = scales->zero_point ? scales->zero_point[i] : 0;
        if (zero > lowest)
            return false;
    }
    return scales->dtype != MM_DTYPE_NONE;
}

static bool may_be_folded(const struct mm_pair *pair)
{
    return pair->src && pair->dst && pair->scales && is_positive(&pair->scales->scales);
}

static bool is_src_only(const struct mm_pair *pair)
{
    return pair->src && !pair->dst;
}

/* ---- by the graph ----------------------------------------------------------------------------------------------- */

static bool is_clamp(const struct mm_graph_node *node)
{
    static const char *const types[] = {"Relu", "Clip", "Relu6"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(node->op_type, types[i]) == 0)
            return true;
    }
    return false;
}

/* The tensor behind the Relu that alone reads a pair's tensor in src's model; -1. */
static int behind_clamp(const struct mm_session *session, size_t i)
{
    const struct mm_graph *graph = session->options.graph;
    const struct mm_graph_tensor *tensor = &graph->tensors[session->match.tensor[i]];
    if (tensor->consumer_count != 1 || (tensor->flags & MM_GRAPH_OUTPUT))
        return -1;
    const struct mm_graph_node *node = &graph->nodes[tensor->consumers[0]];
    return is_clamp(node) && node->output_count ? node->outputs[0] : -1;
}

static int64_t find_in_graph(const struct mm_session *session, size_t i)
{
    const struct mm_pairs *pairs = session->pairs;
    int behind = behind_clamp(session, i);
    for (size_t k = 0; behind >= 0 && k < pairs->count; k++) {
        if (session->match.tensor[k] == behind && session->match.run[k] == session->match.run[i] &&
            is_src_only(&pairs->pair[k]))
            return (int64_t)k;
    }
    return -1;
}

/* ---- by the values ---------------------------------------------------------------------------------------------- */

#define CANDIDATES 256  /* tensors that only src has, the next ones first */
#define SAMPLE     2048 /* values that are looked at */
#define SAME       1e-6 /* relative */

/* Is the second tensor (as dst) the first one without what is below 0, or above 6? And is anything? */
static int is_clamped(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                      struct mm_err *err)
{
    bool *clamped = context;
    const struct mm_tensor *s = &tensors->s, *d = &tensors->d;
    struct mm_cursor from_s, from_d;
    size_t below = 0, zero = 0, off = 0, off6 = 0;
    (void)err;
    *failed_dst = *clamped = false;
    if (tensors->match == MM_MATCH_MISMATCH || s->count != d->count)
        return 0;
    mm_cursor_init(&from_s, s);
    mm_cursor_init(&from_d, d);
    for (int64_t i = 0; i < s->count; i += s->count / SAMPLE + 1) {
        double x = NAN, y = NAN;
        mm_cursor_seek(&from_s, i);
        mm_cursor_seek(&from_d, i);
        mm_cursor_double(&from_s, &x, 1);
        mm_cursor_double(&from_d, &y, 1);
        double relu = fmax(x, 0);
        below += x < 0;
        zero += y == 0;
        off += !(fabs(y - relu) <= SAME * fabs(relu));
        off6 += !(fabs(y - fmin(relu, 6)) <= SAME * fabs(relu));
    }
    *clamped = below > 0 && zero >= below && (off == 0 || off6 == 0);
    return 0;
}

static int64_t find_by_values(const struct mm_session *session, size_t i)
{
    const struct mm_pairs *pairs = session->pairs;
    size_t tried = 0;
    for (size_t step = 1; step < pairs->count && tried < CANDIDATES; step++) {
        size_t k = (i + step) % pairs->count;
        bool clamped = false;
        if (!is_src_only(&pairs->pair[k]))
            continue;
        struct mm_pair both = {.src = pairs->pair[i].src, .dst = pairs->pair[k].src};
        struct mm_pair_reading reading = {
            .pair = &both, .schema = session->src->schema, .values = is_clamped, .context = &clamped};
        tried++;
        if (mm_pair_read(&reading, NULL, NULL) == 0 && clamped)
            return (int64_t)k;
    }
    return -1;
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

/* dst's tensor, its scales and its place in the quantised model go to another pair. */
static void move(struct mm_session *session, size_t from, size_t to)
{
    int32_t *tensor = session->quantised.tensor;
    const struct mm_pair_scales *scales = session->pairs->pair[from].scales;
    mm_pairs_move(session->pairs, from, to, MM_PAIR_BY_QUANTISED,
                  "a Relu that dst has fused into the result before it");
    mm_pairs_scales(session->pairs, from, NULL);
    mm_pairs_scales(session->pairs, to, scales);
    if (tensor) {
        tensor[to] = tensor[from];
        tensor[from] = -1;
    }
}

void fold_apply(struct mm_session *session)
{
    size_t folded = 0;
    bool off = session->options.pairing.off & 1u << MM_PAIR_BY_QUANTISED;
    for (size_t i = 0; i < session->pairs->count && !off; i++) {
        if (!may_be_folded(&session->pairs->pair[i]))
            continue;
        bool known = session->options.graph && session->match.tensor[i] >= 0;
        int64_t to = known ? find_in_graph(session, i) : find_by_values(session, i);
        if (to < 0)
            continue;
        move(session, i, (size_t)to);
        folded++;
    }
    if (folded) {
        struct mm_buf text = {0};
        mm_buf_printf(
            &text,
            "dst has no tensor of its own for %zu Relu of src: the range of the result before does its "
            "work, and is compared with it.",
            folded);
        session_note(session, &text);
    }
}
