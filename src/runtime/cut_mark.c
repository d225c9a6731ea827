/* What an operator needs to be computed by itself: from it up to what was dumped. */
#include "runtime/cut.h"

#include <string.h>

/* One walk. Nodes and tensors that it comes to are marked at its end. */
struct walk {
    struct cut *cut;
    cut_is_dumped *is_dumped;
    void *context;
    size_t before;
    bool marking;   /* the second time: it is known to end well */
    bool only_way;  /* of the operator itself, all but the operator: it is computed with other values */
    unsigned other; /* what it reads itself comes from this source */
};

#define DEPTH_MOST 4000 /* operators one behind the other; each takes a few frames of the stack */

static bool is_dumped(struct walk *walk, struct cut_tensor *tensor)
{
    if (tensor->dumped < 0)
        tensor->dumped = walk->is_dumped(walk->context, tensor->name);
    return tensor->dumped > 0;
}

/* A value that stands in the model: an initialiser, what a Constant makes, or Identity of one of these. */
static bool stands(struct cut *cut, int64_t place, int depth)
{
    const struct cut_tensor *tensor = &cut->tensor[place];
    if (tensor->initializer.data)
        return true;
    if (tensor->node < 0 || depth > 32)
        return false;
    struct cut_node *node = &cut->node[tensor->node];
    int64_t input = node->inputs == 1 ? cut->edge[node->edge] : -1;
    if (node->stands < 0)
        node->stands =
            strcmp(node->op_type, "Constant") == 0 ||
            (strcmp(node->op_type, "Identity") == 0 && input >= 0 && stands(cut, input, depth + 1));
    return node->stands > 0;
}

static int walk_node(struct walk *walk, size_t place, int depth, struct mm_err *err);

static int walk_input(struct walk *walk, int64_t place, int depth, struct mm_err *err)
{
    struct cut *cut = walk->cut;
    struct cut_tensor *tensor = &cut->tensor[place];
    bool constant = stands(cut, place, 0);
    if (tensor->initializer.data || (!constant && is_dumped(walk, tensor))) {
        if (tensor->failed)
            return mm_fail(err, MM_EUNSUPPORTED, "its input %s can't be read: %s", tensor->name,
                           tensor->failed);
        tensor->needed |= walk->marking;
        if (walk->marking && walk->other && depth == 0)
            tensor->others |= 1u << walk->other;
        return 0;
    }
    if (tensor->node < 0)
        return mm_fail(err, MM_EUNSUPPORTED, "its input %s was not dumped on both sides", tensor->name);
    bool first = cut->node[tensor->node].visit != cut->visit;
    walk->before += first && !constant;
    return walk_node(walk, (size_t)tensor->node, depth + 1, err);
}

/* Operators that give something else each time. */
static bool draws(const struct cut_node *node)
{
    static const char *const types[] = {"RandomNormal",      "RandomUniform", "RandomNormalLike",
                                        "RandomUniformLike", "Multinomial",   "Bernoulli"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(node->op_type, types[i]) == 0)
            return true;
    }
    return strcmp(node->op_type, "Dropout") == 0 && node->inputs > 2; /* which may be told to train */
}

static int walk_node(struct walk *walk, size_t place, int depth, struct mm_err *err)
{
    struct cut_node *node = &walk->cut->node[place];
    if (node->visit == walk->cut->visit)
        return 0;
    node->visit = walk->cut->visit;
    if (node->failed)
        return mm_fail(err, MM_EUNSUPPORTED, "%s", node->failed);
    if (node->whole)
        return mm_fail(err, MM_EUNSUPPORTED, "%s has operators within it and is not taken apart",
                       node->op_type);
    if (draws(node))
        return mm_fail(err, MM_EUNSUPPORTED, "%s draws random numbers", node->op_type);
    if (depth > DEPTH_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "more than %d operators before it were not dumped", DEPTH_MOST);
    for (size_t k = 0; k < node->inputs; k++) {
        int64_t input = walk->cut->edge[node->edge + k];
        if (input >= 0 && walk_input(walk, input, depth, err) < 0)
            return -1;
    }
    node->needed |= walk->marking && !(walk->only_way && depth == 0);
    return 0;
}

bool cut_is_again(const struct cut_tap *tap)
{
    return tap->weights || tap->other;
}

int cut_mark(struct cut *cut, const struct cut_tap *tap, cut_is_dumped *dumped, void *context, size_t *before,
             struct mm_err *err)
{
    struct walk walk = {.cut = cut,
                        .is_dumped = dumped,
                        .context = context,
                        .only_way = cut_is_again(tap),
                        .other = tap->other};
    int64_t node = tap->tensor >= 0 ? cut->tensor[tap->tensor].node : -1;
    if (node < 0)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "no operator of the main graph makes it: it is in a body or a local function");
    cut->visit++;
    if (walk_node(&walk, (size_t)node, 0, err) < 0)
        return -1;
    *before = walk.before;
    walk.marking = true;
    cut->visit++;
    return walk_node(&walk, (size_t)node, 0, err);
}

void cut_unmark(struct cut *cut)
{
    for (size_t i = 0; i < cut->nodes; i++)
        cut->node[i].needed = false;
    for (size_t i = 0; i < cut->tensors; i++) {
        cut->tensor[i].needed = false;
        cut->tensor[i].others = 0;
    }
}
