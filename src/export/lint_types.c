/* Types of operators whose precision a runtime can't change, and operators that hold no floats. */
#include "export/lint.h"

static bool is_listed(const char *const *types, const char *type)
{
    for (size_t i = 0; types && types[i]; i++) {
        if (strcmp(types[i], type) == 0)
            return true;
    }
    return false;
}

static bool is_integer(enum mm_dtype dtype)
{
    return dtype != MM_DTYPE_NONE && mm_dtype_info(dtype)->kind != MM_KIND_FLOAT;
}

static const char *type_of(const struct mm_export *export, const struct mm_target *target)
{
    return export->graph && target->node >= 0 ? export->graph->nodes[target->node].op_type
                                              : target->override->op_type;
}

/* Does the node make nothing but integers, as far as the model tells? */
static bool makes_integers(const struct mm_graph *graph, int node)
{
    bool any = false;
    for (int i = 0; i < graph->nodes[node].output_count; i++) {
        int tensor = graph->nodes[node].outputs[i];
        if (tensor < 0)
            continue;
        if (!is_integer(graph->tensors[tensor].dtype))
            return false;
        any = true;
    }
    return any;
}

void lint_types(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        const char *type = type_of(export, target);
        if (is_listed(export->dialect->fixed_types, type))
            mm_problems_add(problems, MM_SEVERITY_ERROR, "type", target->override->name,
                            "%s can't change the precision of %s", export->dialect->title, type);
        else if (export->graph && target->node >= 0 && makes_integers(export->graph, target->node))
            mm_problems_add(problems, MM_SEVERITY_WARNING, "integers", target->override->name,
                            "it makes integers, which have no such precision");
    }
}
