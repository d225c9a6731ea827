/*
 * Steps: what undo takes back and redo does again.
 *
 * While a step is open its changes are made at once and recorded in order. Closing it leaves one change a
 * name, sorted by name, with what cancelled out dropped. Undo and redo then walk the plan and the step side
 * by side: linear however many changes, in place, without memory.
 */
#include "plan/state.h"

#include <stdlib.h>
#include <string.h>

/* ---- one step ---- */

static const char *change_name(const struct mm_change *change)
{
    return (change->before ? change->before : change->after)->override.name;
}

static void step_done(struct mm_step *step)
{
    for (size_t i = 0; i < step->count; i++) {
        mm_override_node_release(step->change[i].before);
        mm_override_node_release(step->change[i].after);
    }
    mm_pair_list_release(step->pairs_before);
    mm_pair_list_release(step->pairs_after);
    free(step->change);
    free(step->label);
    memset(step, 0, sizeof(*step));
}

int mm_step_reserve(struct mm_step *step, struct mm_err *err)
{
    void *array = step->change;
    if (mm_grow(&array, &step->capacity, step->count + 1, sizeof(*step->change)) < 0)
        return mm_fail_memory(err);
    step->change = array;
    return 0;
}

void mm_step_record(struct mm_step *step, struct mm_override_node *before, struct mm_override_node *after)
{
    step->change[step->count] = (struct mm_change){before, after, step->count};
    step->count++;
}

static int compare_changes(const void *a, const void *b)
{
    const struct mm_change *x = a, *y = b;
    int order = mm_name_compare(change_name(x), change_name(y));
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* One change out of `run` successive changes of one name: from the first "before" to the last "after". */
static struct mm_change join(const struct mm_change *change, size_t run)
{
    struct mm_change joined = {change[0].before, change[run - 1].after, 0};
    for (size_t i = 0; i + 1 < run; i++) {
        mm_override_node_release(change[i].after);
        mm_override_node_release(change[i + 1].before);
    }
    return joined;
}

/* Sort by name, join the changes of one name, drop those that changed nothing in the end. */
static void step_squeeze(struct mm_step *step)
{
    size_t kept = 0;
    if (step->count > 1)
        qsort(step->change, step->count, sizeof(*step->change), compare_changes);
    for (size_t i = 0, run; i < step->count; i += run) {
        const char *name = change_name(&step->change[i]);
        run = 1;
        while (i + run < step->count && strcmp(name, change_name(&step->change[i + run])) == 0)
            run++;
        struct mm_change joined = join(&step->change[i], run);
        if (mm_override_node_same(joined.before, joined.after)) {
            mm_override_node_release(joined.before);
            mm_override_node_release(joined.after);
        } else {
            step->change[kept++] = joined;
        }
    }
    step->count = kept;
}

/* How many things a closed step changed. */
static size_t step_size(const struct mm_step *step)
{
    size_t size = step->count + !mm_pair_list_same(step->pairs_before, step->pairs_after);
    for (size_t i = 0; i < MM_SETTINGS_MAX; i++)
        size += step->before.value[i] != step->after.value[i];
    return size;
}

/* ---- making a plan what a step says ---- */

static struct mm_override_node *present(const struct mm_change *change, bool undo)
{
    return undo ? change->after : change->before;
}

static struct mm_override_node *wanted(const struct mm_change *change, bool undo)
{
    return undo ? change->before : change->after;
}

/* Replace and remove what the step does not want as it is. */
static void replace_and_remove(struct mm_plan *plan, const struct mm_step *step, bool undo)
{
    size_t kept = 0, c = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct mm_override_node *entry = plan->entry[i];
        while (c < step->count && (!present(&step->change[c], undo) ||
                                   mm_name_compare(change_name(&step->change[c]), entry->override.name) < 0))
            c++;
        if (c < step->count && strcmp(change_name(&step->change[c]), entry->override.name) == 0) {
            struct mm_override_node *want = mm_override_node_hold(wanted(&step->change[c++], undo));
            mm_override_node_release(entry);
            if (!want)
                continue;
            entry = want;
        }
        plan->entry[kept++] = entry;
    }
    plan->count = kept;
}

/* Insert what is not there and wanted, from the back. The plan held as many before, so there is room. */
static void insert(struct mm_plan *plan, const struct mm_step *step, bool undo)
{
    size_t from = plan->count;
    for (size_t c = 0; c < step->count; c++)
        plan->count += !present(&step->change[c], undo);
    size_t to = plan->count;
    for (size_t c = step->count; c-- > 0;) {
        if (present(&step->change[c], undo))
            continue;
        while (from > 0 &&
               mm_name_compare(plan->entry[from - 1]->override.name, change_name(&step->change[c])) > 0)
            plan->entry[--to] = plan->entry[--from];
        plan->entry[--to] = mm_override_node_hold(wanted(&step->change[c], undo));
    }
}

static void apply(struct mm_plan *plan, const struct mm_step *step, bool undo)
{
    replace_and_remove(plan, step, undo);
    insert(plan, step, undo);
    plan->choices = undo ? step->before : step->after;
    mm_plan_take_pairs(plan, mm_pair_list_hold(undo ? step->pairs_before : step->pairs_after));
    plan->revision++;
}

/* ---- the history ---- */

static void drop_redo(struct mm_plan *plan)
{
    while (plan->steps > plan->done)
        step_done(&plan->step[--plan->steps]);
}

/* Add a closed step as the newest; takes it over. */
static void push(struct mm_plan *plan, struct mm_step *step)
{
    drop_redo(plan);
    if (plan->steps == MM_HISTORY_MAX) {
        step_done(&plan->step[0]);
        memmove(plan->step, plan->step + 1, (MM_HISTORY_MAX - 1) * sizeof(plan->step[0]));
        plan->steps--;
    }
    plan->step[plan->steps++] = *step;
    plan->done = plan->steps;
    memset(step, 0, sizeof(*step));
}

void mm_history_done(struct mm_plan *plan)
{
    step_done(&plan->current);
    plan->open = false;
    plan->done = 0;
    drop_redo(plan);
}

int mm_plan_check_open(const struct mm_plan *plan, struct mm_err *err)
{
    return plan->open ? 0 : mm_fail(err, MM_EARG, "the plan was to be changed outside a step");
}

void mm_plan_begin(struct mm_plan *plan, const char *label)
{
    mm_plan_commit(plan);
    plan->open = true;
    plan->current.label = label ? strdup(label) : NULL;
    plan->current.before = plan->choices;
    plan->current.pairs_before = mm_pair_list_hold(plan->pairs);
}

size_t mm_plan_commit(struct mm_plan *plan)
{
    if (!plan->open)
        return 0;
    plan->open = false;
    plan->current.after = plan->choices;
    plan->current.pairs_after = mm_pair_list_hold(plan->pairs);
    step_squeeze(&plan->current);
    size_t size = step_size(&plan->current);
    if (size > 0)
        push(plan, &plan->current);
    else
        step_done(&plan->current);
    return size;
}

static const char *label_of(const struct mm_step *step)
{
    return step->label ? step->label : "change";
}

const char *mm_plan_undo(struct mm_plan *plan)
{
    mm_plan_commit(plan);
    if (plan->done == 0)
        return NULL;
    const struct mm_step *step = &plan->step[--plan->done];
    apply(plan, step, true);
    return label_of(step);
}

const char *mm_plan_redo(struct mm_plan *plan)
{
    mm_plan_commit(plan);
    if (plan->done == plan->steps)
        return NULL;
    const struct mm_step *step = &plan->step[plan->done++];
    apply(plan, step, false);
    return label_of(step);
}

/* ---- replacing everything ---- */

/* Record what leads from one sorted list to another; there is room for all of both. */
static void record_difference(struct mm_step *step, const struct mm_plan *plan,
                              struct mm_override_node *const *entry, size_t count)
{
    size_t i = 0, k = 0;
    while (i < plan->count || k < count) {
        int order = i == plan->count ? 1
                    : k == count     ? -1
                                 : mm_name_compare(plan->entry[i]->override.name, entry[k]->override.name);
        struct mm_override_node *before = order <= 0 ? plan->entry[i++] : NULL;
        struct mm_override_node *after = order >= 0 ? entry[k++] : NULL;
        if (!mm_override_node_same(before, after))
            mm_step_record(step, mm_override_node_hold(before), mm_override_node_hold(after));
    }
}

int mm_plan_replace(struct mm_plan *plan, struct mm_override_node *const *entry, size_t count,
                    const struct mm_choices *choices, const char *label, struct mm_err *err)
{
    mm_plan_commit(plan);
    struct mm_step step = {.before = plan->choices, .after = *choices, .capacity = plan->count + count};
    step.change = calloc(step.capacity ? step.capacity : 1, sizeof(*step.change));
    if (!step.change)
        return mm_fail_memory(err);
    if (mm_plan_reserve(plan, count, err) < 0) {
        free(step.change);
        return -1;
    }
    step.pairs_before = mm_pair_list_hold(plan->pairs);
    step.pairs_after = mm_pair_list_hold(plan->pairs);
    record_difference(&step, plan, entry, count);
    if (step_size(&step) == 0) {
        step_done(&step);
        return 0;
    }
    step.label = strdup(label);
    apply(plan, &step, false);
    push(plan, &step);
    return 0;
}
