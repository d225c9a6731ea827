/*
 * export: a plan as files that a runtime reads - one dialect a runtime.
 */
#ifndef MMTUI_EXPORT_H
#define MMTUI_EXPORT_H

#include "mmtui/graph.h"
#include "mmtui/plan.h"

/* ---- exports: one dialect per runtime ---- */

struct mm_export_options {
    bool cpp; /* also the C++ snippet, where the dialect has one */
};

/* A file that an export wrote or would write. */
struct mm_export_file {
    const char *name; /* "build_config.json" */
    const char *what; /* one line: what it is and how the runtime takes it */
    bool cpp;         /* only written with options.cpp */
};

struct mm_dialect {
    const char *id;                     /* "magicmind": --to ID */
    const char *title;                  /* "Cambricon MagicMind" */
    const struct mm_export_file *files; /* ends with a NULL name; those for cpp last */
    /* What of this plan the dialect can't express, one sentence a line appended; nothing when all is
     * expressed. */
    void (*limits)(const struct mm_plan *plan, struct mm_buf *out);
    /* Write all files into folder (made if missing), each atomically. Stops at the first failure. options may
     * be NULL. */
    int (*write)(const struct mm_plan *plan, const struct mm_export_options *options, const char *folder,
                 struct mm_err *err);
};

const struct mm_dialect *mm_dialects(size_t *count);
const struct mm_dialect *mm_dialect_find(const char *id); /* NULL if unknown */

#endif
