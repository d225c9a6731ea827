/* The plan: overrides sorted by name, found by binary search; what was saved last. */
#include "plan/state.h"

#include <stdlib.h>
#include <string.h>

int mm_plan_open(struct mm_plan **plan, struct mm_err *err)
{
    *plan = calloc(1, sizeof(**plan));
    if (!*plan)
        return mm_fail_memory(err);
    (*plan)->saved_known = true;
    return 0;
}

static void release_all(struct mm_override_node **entry, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mm_override_node_release(entry[i]);
    free(entry);
}

void mm_plan_close(struct mm_plan *plan)
{
    if (!plan)
        return;
    mm_history_done(plan);
    release_all(plan->entry, plan->count);
    release_all(plan->saved, plan->saved_count);
    mm_pair_list_release(plan->pairs);
    mm_pair_list_release(plan->saved_pairs);
    free(plan);
}

size_t mm_plan_count(const struct mm_plan *plan)
{
    return plan->count;
}

const struct mm_override *mm_plan_at(const struct mm_plan *plan, size_t index)
{
    return index < plan->count ? &plan->entry[index]->override : NULL;
}

bool mm_plan_place(const struct mm_plan *plan, const char *name, size_t *place)
{
    size_t low = 0, high = plan->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = mm_name_compare(name, plan->entry[middle]->override.name);
        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *place = low;
    return false;
}

const struct mm_override *mm_plan_find(const struct mm_plan *plan, const char *name)
{
    size_t place;
    return name && mm_plan_place(plan, name, &place) ? &plan->entry[place]->override : NULL;
}

uint64_t mm_plan_revision(const struct mm_plan *plan)
{
    return plan->revision;
}

/* ---- changes ---- */

int mm_plan_reserve(struct mm_plan *plan, size_t need, struct mm_err *err)
{
    void *array = plan->entry;
    if (mm_grow(&array, &plan->capacity, need, sizeof(*plan->entry)) < 0)
        return mm_fail_memory(err);
    plan->entry = array;
    return 0;
}

/*
 * Put `entry` (its reference is taken over) at `place`: over what is there if `there`, else before it.
 * Everything that can fail comes first, so that a failed change is no change.
 */
static int put_entry(struct mm_plan *plan, size_t place, bool there, struct mm_override_node *entry,
                     struct mm_err *err)
{
    if (mm_step_reserve(&plan->current, err) < 0 || mm_plan_reserve(plan, plan->count + !there, err) < 0) {
        mm_override_node_release(entry);
        return -1;
    }
    struct mm_override_node **at = plan->entry + place;
    struct mm_override_node *before = there ? *at : NULL;
    if (!there) {
        memmove(at + 1, at, (plan->count - place) * sizeof(*at));
        plan->count++;
    }
    *at = entry;
    mm_step_record(&plan->current, before, mm_override_node_hold(entry));
    plan->revision++;
    return 0;
}

int mm_plan_set(struct mm_plan *plan, const struct mm_override *override, struct mm_err *err)
{
    if (mm_plan_check_open(plan, err) < 0)
        return -1;
    if (!override->name || !*override->name)
        return mm_fail(err, MM_EARG, "an override needs an operator's name");
    if ((unsigned) override->precision >= MM_PRECISION_COUNT)
        return mm_fail(err, MM_EARG, "there is no precision number %d", (int) override->precision);
    if (override->precision == MM_PRECISION_NONE)
        return mm_plan_clear(plan, override->name, err);
    bool own = override->precision == MM_PRECISION_OWN;
    if (own && !mm_precision_is_own(override->own))
        return mm_fail(err, MM_EARG, "a type of one runtime is written DIALECT:TYPE");
    struct mm_override given = *override;
    given.own = own ? override->own : "";
    struct mm_override_node *entry = mm_override_node_make(&given);
    if (!entry)
        return mm_fail_memory(err);
    size_t place;
    bool there = mm_plan_place(plan, entry->override.name, &place);
    if (there && mm_override_node_same(plan->entry[place], entry)) {
        mm_override_node_release(entry);
        return 0;
    }
    return put_entry(plan, place, there, entry, err);
}

int mm_plan_clear(struct mm_plan *plan, const char *name, struct mm_err *err)
{
    size_t place;
    if (mm_plan_check_open(plan, err) < 0)
        return -1;
    if (!name || !mm_plan_place(plan, name, &place))
        return 0;
    if (mm_step_reserve(&plan->current, err) < 0)
        return -1;
    struct mm_override_node **at = plan->entry + place;
    mm_step_record(&plan->current, *at, NULL);
    plan->count--;
    memmove(at, at + 1, (plan->count - place) * sizeof(*at));
    plan->revision++;
    return 0;
}

/* ---- saved or not ---- */

bool mm_plan_unsaved(const struct mm_plan *plan)
{
    if (!plan->saved_known || plan->count != plan->saved_count ||
        !mm_choices_same(&plan->choices, &plan->saved_choices))
        return true;
    /* mostly the very same entries, so this is quick enough to be asked for every frame */
    for (size_t i = 0; i < plan->count; i++) {
        if (!mm_override_node_same(plan->entry[i], plan->saved[i]))
            return true;
    }
    return false;
}

void mm_plan_mark_saved(struct mm_plan *plan)
{
    release_all(plan->saved, plan->saved_count);
    plan->has_file = true;
    plan->saved_count = 0;
    plan->saved = malloc(plan->count ? plan->count * sizeof(*plan->saved) : 1);
    plan->saved_known = plan->saved != NULL;
    if (!plan->saved_known)
        return;
    for (size_t i = 0; i < plan->count; i++)
        plan->saved[i] = mm_override_node_hold(plan->entry[i]);
    plan->saved_count = plan->count;
    plan->saved_choices = plan->choices;
}
