/* What the dialects share: the pieces that their files and sentences are made of. */
#ifndef MMTUI_EXPORT_EXPORT_H
#define MMTUI_EXPORT_EXPORT_H

#include "mmtui/export.h"

/* ---- files ---- */

/* The plan itself: overrides.json, which mmtui loads again. */
void mm_export_plan(const struct mm_export *export, struct mm_buf *out);
/*
 * Append the chosen settings that the dialect has, as the members of a JSON object, each on a line of its own
 * with two blanks before it; `between` stands before the first one. Returns how many.
 */
size_t mm_export_settings(const struct mm_export *export, const char *between, struct mm_buf *out);

/* ---- sentences ---- */

/* How many operators something holds for, and the first of them. */
struct mm_tally {
    size_t count;
    const char *example;
};
void mm_tally_add(struct mm_tally *tally, const char *name);
/* Append `2 operators (such as "a"): WHAT` and a line end; nothing when there is none. */
void mm_tally_say(const struct mm_tally *tally, const char *what, struct mm_buf *out);

#endif
