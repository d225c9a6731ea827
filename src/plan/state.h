/*
 * What the files of src/plan share: the plan's own state and the small helpers around it.
 *
 * An override that has been stored never changes: it is an entry, counted by reference, that the plan, the
 * steps of the history and the last saved state may hold together. So a step costs two pointers a change, and
 * undo and redo need no memory: they can't fail.
 */
#ifndef MMTUI_PLAN_STATE_H
#define MMTUI_PLAN_STATE_H

#include "mmtui/plan.h"

/* Steps that undo can take back; when there are more, the oldest is forgotten. Bounds the memory of a long
 * run. */
#define MM_HISTORY_MAX 500
/* Room for the rows of the settings table; settings.c checks that it is enough. */
#define MM_SETTINGS_MAX 16

/* One stored override; its strings lie behind it in the same block. */
struct mm_override_node {
    size_t references;
    struct mm_override override;
    char text[];
};

/* The chosen settings, by row of the settings table: 0 is "not chosen", else 1 + the index of the value. */
struct mm_choices {
    uint8_t value[MM_SETTINGS_MAX];
};

/* What a person said of pairs: never changed once made, counted by reference; NULL is an empty list. Its strings lie
 * behind it. */
struct mm_pair_list {
    size_t references;
    size_t count;
    struct mm_plan_pair pair[];
};

/* What happened to one name; NULL is "no override". Each pointer holds a reference. */
struct mm_change {
    struct mm_override_node *before, *after;
    size_t number; /* its place in the step while the step is open */
};

/* A closed step has its changes sorted by name, one a name. */
struct mm_step {
    char *label; /* NULL when there was no memory for it */
    struct mm_change *change;
    size_t count, capacity;
    struct mm_choices before, after;
    struct mm_pair_list *pairs_before, *pairs_after; /* references */
};

struct mm_plan {
    struct mm_override_node **entry; /* sorted by mm_name_compare; each holds a reference */
    size_t count;
    size_t capacity; /* never shrinks, so that undo finds room for what was there before */
    struct mm_choices choices;
    struct mm_pair_list *pairs, *saved_pairs; /* references */
    uint64_t pairs_revision;
    uint64_t revision;

    bool open; /* a step is being made: `current` */
    struct mm_step current;
    struct mm_step step[MM_HISTORY_MAX]; /* [0, done) can be undone, [done, steps) done again */
    size_t steps, done;

    struct mm_override_node **saved; /* what mark_saved saw, with references */
    size_t saved_count;
    struct mm_choices saved_choices;
    bool saved_known; /* false when there was no memory to remember it: the plan then counts as unsaved */
    bool has_file;    /* mark_saved was called */
};

/* ---- entries (override.c) ---- */

/* A copy of `override` with one reference, NULL strings made ""; NULL when memory is out. */
struct mm_override_node *mm_override_node_make(const struct mm_override *override);
struct mm_override_node *
mm_override_node_hold(struct mm_override_node *entry); /* one more reference; NULL stays NULL */
void mm_override_node_release(
    struct mm_override_node *entry); /* one less; the last one frees; NULL is fine */
/* The same content (NaN equals NaN). */
bool mm_override_node_same(const struct mm_override_node *a, const struct mm_override_node *b);
/* The order of overrides: natural order, ties by bytes, so that only equal names compare equal. */
int mm_name_compare(const char *a, const char *b);

/* ---- pairs (pairs.c) ---- */

struct mm_pair_list *mm_pair_list_hold(struct mm_pair_list *list); /* one more reference; NULL stays NULL */
void mm_pair_list_release(struct mm_pair_list *list); /* one less; the last one frees; NULL is fine */
bool mm_pair_list_same(const struct mm_pair_list *a, const struct mm_pair_list *b);
/* The plan's pairs are these from now on. */
void mm_plan_take_pairs(struct mm_plan *plan, struct mm_pair_list *list);

/* ---- the sorted list (plan.c) ---- */

/* Where `name` is, or where it would go: true when it is there. */
bool mm_plan_place(const struct mm_plan *plan, const char *name, size_t *place);
/* Make room for `need` overrides in all. */
int mm_plan_reserve(struct mm_plan *plan, size_t need, struct mm_err *err);

/* ---- history (history.c) ---- */

/* -1 unless a step is open. */
int mm_plan_check_open(const struct mm_plan *plan, struct mm_err *err);
/* Make room for one more change in the open step. */
int mm_step_reserve(struct mm_step *step, struct mm_err *err);
/* Record a change in the open step; takes over both references. There is room (mm_step_reserve). */
void mm_step_record(struct mm_step *step, struct mm_override_node *before, struct mm_override_node *after);
/* Forget all steps. */
void mm_history_done(struct mm_plan *plan);
/*
 * Make the plan's content `entry` (sorted, names different; references stay the caller's) and `choices`, as
 * one step. On failure nothing has changed.
 */
int mm_plan_replace(struct mm_plan *plan, struct mm_override_node *const *entry, size_t count,
                    const struct mm_choices *choices, const char *label, struct mm_err *err);

/* ---- reading (plan_read.c) ---- */

struct mm_json_value;
/* A plan file takes at most so many bytes, and values. */
#define MM_PLAN_BYTES_MOST  ((size_t)64 << 20)
#define MM_PLAN_VALUES_MOST 4000000 /* about 300,000 overrides */
/* Make the plan what an overrides.json says that stands as a value in the file `path`, as one step. */
int mm_plan_take_json(struct mm_plan *plan, const char *path, struct mm_json_value root, const char *label,
                      struct mm_err *err);

/* ---- settings (settings.c) ---- */

/* Set `key` in choices, with the rules of mm_plan_set_setting. */
int mm_choices_set(struct mm_choices *choices, const char *key, const char *value, struct mm_err *err);
bool mm_choices_same(const struct mm_choices *a, const struct mm_choices *b);
/* The value of row `row`, NULL when not chosen. */
const char *mm_choices_value(const struct mm_choices *choices, size_t row);
/* ---- plan files of version 1 (version1.c) ---- */

/* What the key and the value of a setting are called now: NULL if version 1 had no such key; the value as it
 * is where it was not called otherwise. */
const char *mm_version1_key(const char *key);
const char *mm_version1_value(const char *value);

#endif
