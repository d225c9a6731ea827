/*
 * Overrides and what stands beside them in the graph. Where precision changes between two operators the runtime puts a
 * cast (or requantises): an operator that is raised alone costs one before and one behind it, an operator left out
 * between raised ones likewise.
 */
#include "export/lint.h"

#include <stdlib.h>

/* Operators that hand on values as they are. */
static const char *const MOVES[] = {
    "Reshape", "Transpose", "Identity", "Flatten", "Squeeze", "Unsqueeze", "Slice",        "Split",
    "Concat",  "Gather",    "Expand",   "Tile",    "Dropout", "Pad",       "DepthToSpace", "SpaceToDepth"};

struct around {
    const struct mm_graph *graph;
    const bool *raised; /* by node */
    const char *reader; /* a reader that is not raised; NULL: all are */
    size_t before, before_raised, behind, behind_raised;
};

static bool only_moves(const char *type)
{
    for (size_t i = 0; i < MM_COUNT(MOVES); i++) {
        if (strcmp(MOVES[i], type) == 0)
            return true;
    }
    return false;
}

static const char *called(const struct mm_graph *graph, int node)
{
    const struct mm_graph_node *n = &graph->nodes[node];
    if (n->name[0])
        return n->name;
    return n->output_count && n->outputs[0] >= 0 ? graph->tensors[n->outputs[0]].name : n->op_type;
}

static struct around look_around(const struct mm_graph *graph, const bool *raised, int node)
{
    struct around around = {.graph = graph, .raised = raised};
    const struct mm_graph_node *n = &graph->nodes[node];
    for (int i = 0; i < n->input_count; i++) {
        int producer = n->inputs[i] < 0 ? -1 : graph->tensors[n->inputs[i]].producer;
        if (producer < 0 || (graph->tensors[n->inputs[i]].flags & MM_GRAPH_CONSTANT))
            continue;
        around.before++;
        around.before_raised += raised[producer];
    }
    for (int i = 0; i < n->output_count; i++) {
        const struct mm_graph_tensor *made = n->outputs[i] < 0 ? NULL : &graph->tensors[n->outputs[i]];
        for (int k = 0; made && k < made->consumer_count; k++) {
            around.behind++;
            around.behind_raised += raised[made->consumers[k]];
            if (!raised[made->consumers[k]] && !around.reader)
                around.reader = called(graph, made->consumers[k]);
        }
    }
    return around;
}

static void say_raised(const struct mm_export *export, const bool *raised, const struct mm_target *target,
                       struct mm_problems *problems)
{
    const char *type = export->graph->nodes[target->node].op_type, *name = target->override->name;
    struct around around = look_around(export->graph, raised, target->node);
    bool alone = around.before_raised == 0 && around.behind_raised == 0;
    if (alone && only_moves(type))
        mm_problems_add(problems, MM_SEVERITY_WARNING, "moves-only", name,
                        "%s only moves values: raised alone it adds casts and changes nothing", type);
    else if (alone && around.before + around.behind > 0)
        mm_problems_add(problems, MM_SEVERITY_NOTE, "alone", name,
                        "nothing beside it is raised, so that it costs a cast before and behind it");
    if (around.reader && around.behind_raised == 0 && export->dialect->names == MM_NAME_TENSOR)
        mm_problems_add(problems, MM_SEVERITY_NOTE, "reader-stays", name,
                        "what reads its result stays in low precision, where the values are rounded again");
}

static void say_hole(const struct mm_graph *graph, const bool *raised, int node, struct mm_problems *problems)
{
    struct around around = look_around(graph, raised, node);
    if (around.before && around.behind && around.before == around.before_raised &&
        around.behind == around.behind_raised)
        mm_problems_add(problems, MM_SEVERITY_WARNING, "hole", called(graph, node),
                        "it stays as it is, but all around it is raised: two casts for one operator");
}

void lint_neighbours(const struct mm_export *export, struct mm_problems *problems)
{
    const struct mm_graph *graph = export->graph;
    bool *raised = graph ? calloc((size_t)graph->node_count + 1, sizeof *raised) : NULL;
    if (graph && !raised)
        problems->failed = true;
    if (!raised)
        return;
    for (size_t i = 0; i < export->targets->count; i++) {
        if (export->targets->target[i].node >= 0)
            raised[export->targets->target[i].node] = true;
    }
    for (size_t i = 0; i < export->targets->count; i++) {
        if (export->targets->target[i].node >= 0)
            say_raised(export, raised, &export->targets->target[i], problems);
    }
    for (int node = 0; node < graph->node_count; node++) {
        if (!raised[node])
            say_hole(graph, raised, node, problems);
    }
    free(raised);
}
