/*
 * plan: what a person chose - precisions of single operators and settings of the whole network, with undo, and
 * plan files.
 *
 * A plan knows operators by the name that the dst dump gives them (its node_name) and nothing of tensors,
 * screens or runtimes: precisions and settings have the field's names, and a dialect (mmtui/export.h) says
 * which of them its runtime takes and what they are called there. A plan holds at most one override a name.
 * Every change happens inside a step (mm_plan_begin .. mm_plan_commit); a step is what undo takes back.
 *
 * Overrides stay sorted by name (natural order), so that files made from the same choices are the same bytes.
 * All strings given are copied. Pointers to overrides are valid until the next change.
 */
#ifndef MMTUI_PLAN_H
#define MMTUI_PLAN_H

#include "mmtui/base.h"

/*
 * What an operator can be given, in rising order: FLOAT16 has more digits than BFLOAT16, which has FLOAT32's
 * range. A type that only one runtime has (a block format, say) is MM_PRECISION_OWN, and the override tells
 * which.
 */
enum mm_precision {
    MM_PRECISION_NONE = 0,
    MM_PRECISION_I8,
    MM_PRECISION_I16,
    MM_PRECISION_F16,
    MM_PRECISION_BF16,
    MM_PRECISION_F32,
    MM_PRECISION_OWN,
    MM_PRECISION_COUNT
};

struct mm_precision_info {
    const char *name;  /* "FLOAT16": the word in overrides.json */
    const char *badge; /* "F16": in lists; as long as "BF16" at most */
    const char *also;  /* "FP16": another word that is understood */
    bool floating;     /* needs no calibration */
};
/* The row of a precision; that of MM_PRECISION_NONE for a number that is none. Never NULL. */
const struct mm_precision_info *mm_precision_info(enum mm_precision precision);
/* By name, badge or other word, any case; MM_PRECISION_NONE for "none"; MM_PRECISION_COUNT when unknown (an
 * own type is none of the table: mm_precision_is_own). */
enum mm_precision mm_precision_find(const char *text);
/* How a type of one runtime is spelt: "DIALECT:TYPE", something on both sides of the first colon, printable
 * ASCII without blanks. */
bool mm_precision_is_own(const char *text);

/* Figures at the time of the choice. NaN where there was none. */
struct mm_figures {
    double diff1, diff2, max_abs, cosine;
};

struct mm_override {
    const char *name;    /* the operator, as the runtime calls it */
    const char *op_type; /* "" if unknown */
    const char *tensor;  /* the tensor whose row it was chosen on */
    enum mm_precision precision;
    const char *why; /* one sentence */
    struct mm_figures figures;
    const char *own; /* MM_PRECISION_OWN: "DIALECT:TYPE"; "" otherwise (NULL when given is fine) */
};
/* How to show the precision of a plan's override: "BFLOAT16", "gguf:q8_0". Borrowed. */
const char *mm_override_precision(const struct mm_override *override);
/* The same, short, for lists: "BF16", "q8_0". Borrowed. */
const char *mm_override_badge(const struct mm_override *override);

struct mm_plan;

/* An empty plan that counts as saved. -1: no memory. */
int mm_plan_open(struct mm_plan **plan, struct mm_err *err);
/* With its history; NULL is fine. */
void mm_plan_close(struct mm_plan *plan);

/* How many overrides. */
size_t mm_plan_count(const struct mm_plan *plan);
/* By place in the order of names; NULL beyond the last. */
const struct mm_override *mm_plan_at(const struct mm_plan *plan, size_t index);
/* By the exact name; NULL if there is none, and for NULL. */
const struct mm_override *mm_plan_find(const struct mm_plan *plan, const char *name);
/* Counts up with every change (undo and redo included): for caches of what is derived from the plan. */
uint64_t mm_plan_revision(const struct mm_plan *plan);

/* ---- changes ---- */

/*
 * Open a step; label is shown by undo ("raise 4 ops to FLOAT32"). A step that is still open is closed first,
 * as by undo, redo and load. The newest 500 steps are kept.
 */
void mm_plan_begin(struct mm_plan *plan, const char *label);
/* Add or replace (same name); MM_PRECISION_NONE removes. -1 on no memory, an empty name, or MM_PRECISION_OWN
 * without such a type. Only inside a step. */
int mm_plan_set(struct mm_plan *plan, const struct mm_override *override, struct mm_err *err);
/* Remove; a name that is not there is no error. Only inside a step. */
int mm_plan_clear(struct mm_plan *plan, const char *name, struct mm_err *err);
/* Choose a setting's value; NULL or "" clears it; -1 MM_EARG for an unknown key or value (text lists the
 * values). Only inside a step. */
int mm_plan_set_setting(struct mm_plan *plan, const char *key, const char *value, struct mm_err *err);
/* Close the step. A step that changed nothing leaves no trace. Returns the number of changes. Redo is
 * dropped. */
size_t mm_plan_commit(struct mm_plan *plan);
/* Take the newest step back: its label, or NULL when there is none. Valid until the next step. */
const char *mm_plan_undo(struct mm_plan *plan);
/* Do the step taken back last again: as undo. */
const char *mm_plan_redo(struct mm_plan *plan);

/* True when the plan differs from what mm_plan_mark_saved saw last (undoing back to it counts as saved). */
bool mm_plan_unsaved(const struct mm_plan *plan);
/* What the plan holds now is what a file holds. Without memory to remember it the plan counts as unsaved. */
void mm_plan_mark_saved(struct mm_plan *plan);

/* ---- tensors paired by hand ----------------------------------------------------------------------------- */

/* Names of src and dst that a person has paired, or taken apart; what pairing makes of them: struct mm_hand. */
struct mm_plan_pair {
    const char *src, *dst;
    bool apart;
};
struct mm_plan_pairs {
    const struct mm_plan_pair *pair; /* as they were made */
    size_t count;
};
/* What the plan says now. Not part of overrides.json: mm_plan_pairs_save writes them. Valid until the next change. */
struct mm_plan_pairs mm_plan_pairs(const struct mm_plan *plan);
/* Counts up whenever what the plan says of pairs changes (undo and redo included). */
uint64_t mm_plan_pairs_revision(const struct mm_plan *plan);
/* The two belong together: what was said of either name with another one is forgotten. Only inside a step. */
int mm_plan_pair(struct mm_plan *plan, const char *src, const char *dst, struct mm_err *err);
/* They do not: if they were paired by hand, that is forgotten, else they are kept apart. Only inside a step. */
int mm_plan_part(struct mm_plan *plan, const char *src, const char *dst, struct mm_err *err);
/* As mm_plan_unsaved, of these pairs alone. */
bool mm_plan_pairs_unsaved(const struct mm_plan *plan);
/* What is said of pairs now is what a file holds. */
void mm_plan_mark_pairs_saved(struct mm_plan *plan);
/* Write a file for --map (atomic), a line each; names that such a line can't hold are an error. Does not mark them as
 * saved. */
int mm_plan_pairs_save(const struct mm_plan *plan, const char *path, struct mm_err *err);

/* ---- what differs from the file -------------------------------------------------------------------------- */

/* One override, or one setting of the whole network, that is not what the file has (mm_plan_mark_saved). */
struct mm_plan_change {
    const struct mm_override *before, *after; /* NULL: there is none. Both NULL: it is a setting */
    const char *key, *was, *is; /* a setting: its values, NULL where it is not chosen; else NULL */
};
/*
 * What the plan says that its file does not: overrides by name, then settings. *changes is malloc'ed, its pointers are
 * borrowed until the plan changes or is marked as saved. -1: no memory. Nothing where mm_plan_unsaved is false.
 */
int mm_plan_changes(const struct mm_plan *plan, struct mm_plan_change **changes, size_t *count,
                    struct mm_err *err);
/* Was there ever a file: was the plan marked as saved? */
bool mm_plan_has_file(const struct mm_plan *plan);

/* ---- a copy against crashes ---------------------------------------------------------------------------------- */

/*
 * While a person works, what is not in a file yet lies in a folder of the user's, so that a crash, a lost connection or
 * a reboot costs nothing. A place there belongs to two dumps, by their real paths, and to one process: it is locked
 * as long as it is open. What another process has left behind, that runs no more, can be taken over.
 */
struct mm_autosave;
/* $XDG_STATE_HOME/mmtui, or ~/.local/state/mmtui; NULL: neither is known, or memory is out. To be freed. */
char *mm_state_folder(void);
/* Take a place in `folder`, which is made if need be, and look for what was left behind. -1: it can't be written or
 * locked; the sentence names it. */
int mm_autosave_open(struct mm_autosave **autosave, const char *folder, const char *src, const char *dst,
                     struct mm_err *err);
/* keep: what is there stays for the next one; else nothing of this process does. What was left behind by others, and
 * neither restored nor dropped, stays in any case. NULL is fine. */
void mm_autosave_close(struct mm_autosave *autosave, bool keep);

struct mm_autosave_left {
    size_t overrides, settings, pairs;
    int64_t time; /* seconds since the epoch */
};
/* What was left behind last of these two dumps; false: nothing. */
bool mm_autosave_left(const struct mm_autosave *autosave, struct mm_autosave_left *left);
/* Make the plan what was left behind, as one undo step; pairs made by hand, too. It is not marked as saved. -1: the
 * file can't be read (any more); the plan is as it was. */
int mm_autosave_restore(struct mm_autosave *autosave, struct mm_plan *plan, struct mm_err *err);
/* Remove what was left behind. */
void mm_autosave_drop(struct mm_autosave *autosave);
/* Is what lies there something else than what the plan has unsaved? Costs little; nothing is written. */
bool mm_autosave_due(const struct mm_autosave *autosave, const struct mm_plan *plan);
/* Write it (temporary name, sync, rename), or remove it where nothing is unsaved. After -1 it is due again only when the
 * plan has changed. */
int mm_autosave_write(struct mm_autosave *autosave, const struct mm_plan *plan, struct mm_err *err);

/* ---- settings of the whole network ---- */

struct mm_setting {
    const char *key;           /* "weight_granularity" */
    const char *const *values; /* NULL-terminated; "true" and "false" for what is on or off */
    const char *help;
};
/* The table; *count rows. */
const struct mm_setting *mm_settings(size_t *count);
/* The chosen value or NULL. */
const char *mm_plan_setting(const struct mm_plan *plan, const char *key);

/* ---- plan files ---- */

/* "schema_version" of overrides.json. 2 since settings have names of no runtime and precisions are more than
 * FLOAT16 and FLOAT32; files of version 1 (with keys of MagicMind) are read. */
#define MM_PLAN_SCHEMA 2

/* Append the text of overrides.json. */
void mm_plan_text(const struct mm_plan *plan, struct mm_buf *out);
/* Write overrides.json (atomic). Does not mark the plan as saved: nor does load; the caller knows which file
 * counts. */
int mm_plan_save(const struct mm_plan *plan, const char *path, struct mm_err *err);
/*
 * Read overrides.json as one undo step, replacing what is there. On error the plan is unchanged. Refuses
 * other formats and newer schema versions, unknown precisions, empty or doubled names, with file and place.
 */
int mm_plan_load(struct mm_plan *plan, const char *path, struct mm_err *err);

#endif
