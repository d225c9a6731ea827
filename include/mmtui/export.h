/*
 * export: a plan as files that a runtime reads - one dialect a runtime.
 *
 * A dialect is one row: what the runtime calls the operators that it can be told about, which of the plan's
 * precisions and settings it takes and under which words, and the files. Everything else follows from the
 * row: choosing it (--to, :to), writing all files, and the sentences about what it can't express. What a
 * dialect can't express is left out of its files and told, never dropped without a word.
 *
 * Names: a plan has the operator's name from the dst dump and the name of the tensor it was chosen on. A
 * runtime may want another one, which the model's graph tells where there is one.
 */
#ifndef MMTUI_EXPORT_H
#define MMTUI_EXPORT_H

#include "mmtui/graph.h"
#include "mmtui/plan.h"

struct mm_dialect;

/* One plan for one runtime. All pointers are borrowed. */
struct mm_export {
    const struct mm_dialect *dialect;
    const struct mm_plan *plan;
    const struct mm_graph *graph; /* of the model that the runtime reads, or NULL */
    bool cpp;                     /* also the files in C++ */
};

/* What a runtime goes by when it is told about one operator. */
enum mm_name_kind {
    MM_NAME_LAYER,  /* its own name of the operator: the dst dump's node_name */
    MM_NAME_NODE,   /* the name of the model's node */
    MM_NAME_TENSOR, /* the name of the operator's result in the model */
    MM_NAME_WEIGHT  /* the name of the operator's weight in the model */
};

/* A file that an export writes. */
struct mm_export_file {
    const char *name; /* "build_config.json" */
    const char *what; /* one line: what it is and how the runtime takes it */
    /* Append its text. */
    void (*make)(const struct mm_export *export, struct mm_buf *out);
    bool cpp; /* only written when C++ is asked for */
};

/* One value of a setting of the plan, as a runtime's file has it. */
struct mm_dialect_setting {
    const char *setting, *value; /* a row of mm_settings, and one of its values */
    const char *key;             /* "precision_config.precision_mode": a dot leads into an object */
    const char *json;            /* the value as JSON: "\"force_float16\"" */
};

struct mm_dialect {
    const char *id;    /* "magicmind": --to ID */
    const char *title; /* "Cambricon MagicMind" */
    enum mm_name_kind names;
    unsigned precisions;                       /* of one operator: MM_TAKES of each */
    const char *const *types;                  /* own ones, without "ID:", ending with NULL; or NULL */
    const struct mm_dialect_setting *settings; /* ends with a NULL setting; keys of an object together */
    const struct mm_export_file *files;        /* ends with a NULL name; those in C++ last */
    /* What else the runtime can't be told, one sentence a line appended; NULL: nothing else. */
    void (*limits)(const struct mm_export *export, struct mm_buf *out);
};
#define MM_TAKES(precision) (1u << (precision))

/* The dialects by number, in the order of the table; NULL behind the last. */
const struct mm_dialect *mm_dialect_at(size_t index);
const struct mm_dialect *mm_dialect_find(const char *id); /* NULL if unknown */
/* As find; NULL with MM_EARG and a sentence that names all there are. */
const struct mm_dialect *mm_dialect_get(const char *id, struct mm_err *err);

/* Can the runtime be told so of one operator? (A name that it can't take is another matter: limits tell.) */
bool mm_dialect_takes(const struct mm_dialect *dialect, const struct mm_override *override);
/* The next higher one among the floating precisions that it takes, MM_PRECISION_NONE behind the last. */
enum mm_precision mm_dialect_next(const struct mm_dialect *dialect, enum mm_precision precision);

/* The first override from *at on that the runtime takes, and *at behind it; NULL behind the last. */
const struct mm_override *mm_export_next(const struct mm_export *export, size_t *at);
size_t mm_export_count(const struct mm_export *export); /* how many that are */
/*
 * What the runtime calls an override's operator; borrowed from the plan or the graph. *sure (may be NULL):
 * the graph has it. Without a graph, or where it does not have the operator: the plan's own name (of a
 * tensor: the plan's tensor). NULL where the graph has the operator, but no name for it.
 */
const char *mm_export_name(const struct mm_export *export, const struct mm_override *override, bool *sure);

/* What of the plan the files do not have, one sentence a line appended; nothing when they have all. */
void mm_export_limits(const struct mm_export *export, struct mm_buf *out);
/* Write all files into folder (made if missing), each atomically. Stops at the first failure. */
int mm_export_write(const struct mm_export *export, const char *folder, struct mm_err *err);

#endif
