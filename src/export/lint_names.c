/* Names that the model does not have, that it has as another kind, or that an operator lacks. */
#include "export/lint.h"

/* ---- the nearest name ---- */

static const char *nearest_name(const struct mm_export *export, const char *wanted)
{
    struct mm_nearest nearest;
    const struct mm_graph *graph = export->graph;
    enum mm_name_kind kind = export->dialect->names;
    mm_nearest_init(&nearest, wanted);
    for (size_t i = 0; export->known && i < export->known->count; i++)
        mm_nearest_look(&nearest, export->known->name[i]);
    if (!graph)
        return nearest.name;
    for (int i = 0; kind == MM_NAME_NODE && i < graph->node_count; i++)
        mm_nearest_look(&nearest, graph->nodes[i].name);
    for (int i = 0; kind != MM_NAME_NODE && i < graph->tensor_count; i++) {
        bool constant = graph->tensors[i].flags & MM_GRAPH_CONSTANT;
        if (constant == (kind == MM_NAME_WEIGHT))
            mm_nearest_look(&nearest, graph->tensors[i].name);
    }
    return nearest.name;
}

/* So many unknown names get a nearest one: it is compared with every name of the model, and a plan of another model has
 * thousands, for which no nearest name helps. */
#define MOST_NEAREST 50

/* ---- what is wrong with one ---- */

/* What the model has by this very name where it is not what the runtime goes by; NULL: nothing. */
static const char *other_kind(const struct mm_export *export, const char *name)
{
    int tensor = export->graph ? mm_graph_tensor(export->graph, name) : -1;
    if (tensor < 0)
        return NULL;
    const struct mm_graph_tensor *found = &export->graph->tensors[tensor];
    if (found->flags & MM_GRAPH_CONSTANT)
        return "a weight of the model";
    return found->producer < 0 ? "an input of the model" : NULL;
}

static void unknown(const struct mm_export *export, const struct mm_target *target, bool look,
                    struct mm_problems *problems)
{
    const char *name = target->override->name, *kind = other_kind(export, target->name);
    if (kind) {
        mm_problems_add(problems, MM_SEVERITY_ERROR, "kind-of-name", name,
                        "is %s, but %s goes by the name of %s", kind, export->dialect->title,
                        mm_name_kind_text(export->dialect->names));
        return;
    }
    const char *nearest = look ? nearest_name(export, target->name) : NULL;
    struct mm_buf like = {0};
    if (nearest)
        mm_text_escape(&like, nearest, strlen(nearest));
    mm_problems_add(problems, MM_SEVERITY_ERROR, "unknown-name", name,
                    "not in %s, so nothing is done for it%s%s%s",
                    export->known ? export->known->what : "the model",
                    nearest ? "; the nearest name is \"" : "", mm_buf_text(&like), nearest ? "\"" : "");
    problems->failed |= like.failed;
    mm_buf_done(&like);
}

static bool has_target(const struct mm_export *export, const struct mm_override *override)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        if (export->targets->target[i].override == override)
            return true;
    }
    return false;
}

static void nameless(const struct mm_export *export, struct mm_problems *problems)
{
    const struct mm_override *override;
    for (size_t at = 0; (override = mm_export_next(export, &at));) {
        if (!mm_export_name(export, override, NULL) && !has_target(export, override))
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "nameless", override->name,
                export->dialect->names == MM_NAME_WEIGHT
                    ? "it has no weight in the model, and %s goes by the name of one, so it is left out"
                    : "it has no name in the model, and %s goes by names, so it is left out",
                export->dialect->title);
    }
}

void lint_names(const struct mm_export *export, struct mm_problems *problems)
{
    bool layers = export->dialect->names == MM_NAME_LAYER;
    bool model = export->known || (export->graph && !layers);
    if (!model && !layers && export->targets->count)
        mm_problems_add(
            problems, MM_SEVERITY_NOTE, "unchecked", NULL,
            "without the model (--model) nothing tells whether it has these names: %s goes by the name of %s",
            export->dialect->title, mm_name_kind_text(export->dialect->names));
    for (size_t i = 0, found = 0; model && i < export->targets->count; i++) {
        if (!export->targets->target[i].sure)
            unknown(export, &export->targets->target[i], found++ < MOST_NEAREST, problems);
    }
    nameless(export, problems);
}
