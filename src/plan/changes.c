/* What the plan says that its file does not. */
#include "plan/state.h"

#include <stdlib.h>

bool mm_plan_has_file(const struct mm_plan *plan)
{
    return plan->has_file;
}

/* Both lists are sorted by name. */
static size_t put_overrides(const struct mm_plan *plan, struct mm_plan_change *changes)
{
    size_t i = 0, k = 0, count = 0, saved = plan->saved_known ? plan->saved_count : 0;
    while (i < saved || k < plan->count) {
        int order = i == saved ? 1
                    : k == plan->count
                        ? -1
                        : mm_name_compare(plan->saved[i]->override.name, plan->entry[k]->override.name);
        const struct mm_override_node *before = order <= 0 ? plan->saved[i++] : NULL;
        const struct mm_override_node *after = order >= 0 ? plan->entry[k++] : NULL;
        if (!mm_override_node_same(before, after))
            changes[count++] = (struct mm_plan_change){.before = before ? &before->override : NULL,
                                                       .after = after ? &after->override : NULL};
    }
    return count;
}

static size_t put_settings(const struct mm_plan *plan, struct mm_plan_change *changes)
{
    size_t rows, count = 0;
    const struct mm_setting *settings = mm_settings(&rows);
    for (size_t row = 0; row < rows; row++) {
        if (plan->choices.value[row] == plan->saved_choices.value[row])
            continue;
        changes[count++] = (struct mm_plan_change){.key = settings[row].key,
                                                   .was = mm_choices_value(&plan->saved_choices, row),
                                                   .is = mm_choices_value(&plan->choices, row)};
    }
    return count;
}

int mm_plan_changes(const struct mm_plan *plan, struct mm_plan_change **changes, size_t *count,
                    struct mm_err *err)
{
    *count = 0;
    *changes = calloc(plan->count + plan->saved_count + MM_SETTINGS_MAX, sizeof **changes);
    if (!*changes)
        return mm_fail_memory(err);
    *count = put_overrides(plan, *changes);
    *count += put_settings(plan, *changes + *count);
    return 0;
}
