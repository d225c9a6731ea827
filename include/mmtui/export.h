/*
 * export: a plan as files that a runtime reads - one dialect a runtime.
 *
 * A dialect is one row: what the runtime calls the operators that it can be told about, which of the plan's
 * precisions and settings it takes and under which words, the files, and how such a file is read back. Everything
 * else follows from the row: choosing it (--to, :to), writing all files, the table of dialects, and the sentences about
 * what it can't express. What a dialect can't express is left out of its files and told, never dropped without a word.
 *
 * Names: a plan has the operator's name from the dst dump and the name of the tensor it was chosen on. A
 * runtime may want another one, which the model's graph tells where there is one.
 */
#ifndef MMTUI_EXPORT_H
#define MMTUI_EXPORT_H

#include "mmtui/graph.h"
#include "mmtui/plan.h"

struct mm_dialect;
struct mm_problems;
struct mm_import;

/* ---- what an export is made from ---------------------------------------------------------------------- */

/* The names that a model has, where it is no graph: a GGUF's tensors, or a list. Sorted by bytes, each once. */
struct mm_known {
    const char *const *name;
    const char *const
        *loose; /* the same by letters and digits alone, for mm_known_find; NULL: it looks at each */
    size_t count;
    const char *what; /* "model.gguf": for sentences */
    struct mm_arena arena;
};
/* Read the names of a model: of a GGUF file the tensors, of any other file one name a line (or a JSON list of strings).
 * -1: the file can't be read. */
int mm_known_open(struct mm_known *known, const char *path, struct mm_err *err);
/* A zeroed one is fine. */
void mm_known_done(struct mm_known *known);
/* Is it one of them? */
bool mm_known_has(const struct mm_known *known, const char *name);
/* The one name that is meant: exactly this one, else the only one that is the same once separators and case are
 * passed over. NULL: none, or several. */
const char *mm_known_find(const struct mm_known *known, const char *name);

/* A file that a runtime has already, to be changed in place or to be read back. */
struct mm_config {
    const char *path;
    const char *text; /* NUL behind it */
    size_t length;
};

/* What a runtime goes by when it is told about one operator. */
enum mm_name_kind {
    MM_NAME_LAYER,  /* its own name of the operator: the dst dump's node_name */
    MM_NAME_NODE,   /* the name of the model's node */
    MM_NAME_TENSOR, /* the name of the operator's result in the model */
    MM_NAME_WEIGHT  /* the name of the operator's weight in the model */
};
const char *mm_name_kind_text(enum mm_name_kind kind); /* "the model's node" */

/* What one override means in the runtime. An override of a fused layer ("conv1 + relu1") is about several. */
struct mm_target {
    const struct mm_override *override;
    const char *name; /* of the dialect's kind; never NULL */
    int node;         /* in the graph, or -1 */
    bool sure;        /* the model has it */
};
struct mm_targets {
    struct mm_target *target; /* by name (natural order), each name once: of two precisions the higher */
    size_t count;
    struct mm_arena arena;
};

/* One plan for one runtime. All pointers are borrowed. */
struct mm_export {
    const struct mm_dialect *dialect;
    const struct mm_plan *plan;
    const struct mm_graph *graph; /* of the model that the runtime reads, or NULL */
    const struct mm_known *known; /* its names, where it is no graph; or NULL */
    const struct mm_config *base; /* the runtime's file as it is, for dialects that change one; or NULL */
    const char *version; /* of the runtime: "11.0"; NULL: the one that the dialect was checked with */
    const struct mm_targets *targets; /* mm_export_targets; set while files are made and checked */
    bool cpp;                         /* also the files in C++ */
};

/* ---- a dialect ---------------------------------------------------------------------------------------- */

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

/* What a version of the runtime no longer takes. */
struct mm_dialect_gone {
    const char *since; /* "11": from this version on */
    const char *what;  /* "TensorRT 11 has no --layerPrecisions; export for modelopt" */
};

struct mm_dialect {
    const char *id;    /* "magicmind": --to ID */
    const char *title; /* "Cambricon MagicMind" */
    /* The package and version whose own code has read such files ("onnxruntime 1.32.0"), in tests/peers; NULL: the form
     * was checked against documentation only. */
    const char *run;
    const char *documented; /* where the form is from, with the version: "trtexec of TensorRT 10.16" */
    enum mm_name_kind names;
    unsigned precisions;                       /* of one operator: MM_TAKES of each */
    const char *const *types;                  /* own ones, without "ID:", ending with NULL; or NULL */
    const struct mm_dialect_setting *settings; /* ends with a NULL setting; keys of an object together */
    const struct mm_export_file *files; /* ends with a NULL name; the main one first, those in C++ last */
    const struct mm_dialect_gone *gone; /* ends with a NULL since; or NULL */
    const char *base; /* "x.quantization.cfg": the file that --base gives; NULL: takes none */
    const char *const
        *fixed_types; /* operator types whose precision it can't change, ending with NULL; or NULL */
    bool
        casts_each_reader; /* where precision changes, every reader gets a cast of its own; else they share it */
    /* What else is wrong with such files, as problems (export->targets is set); NULL: nothing else. */
    void (*check)(const struct mm_export *export, struct mm_problems *problems);
    /* Read such a file back into what is imported (mm_import_override ...); NULL: it can't be read. */
    int (*read)(const struct mm_config *config, struct mm_import *import, struct mm_err *err);
};
#define MM_TAKES(precision) (1u << (precision))

/* The dialects by number, in the order of the table; NULL behind the last. */
const struct mm_dialect *mm_dialect_at(size_t index);
const struct mm_dialect *mm_dialect_find(const char *id); /* NULL if unknown */
/* As find; NULL with MM_EARG and a sentence that names all there are. */
const struct mm_dialect *mm_dialect_get(const char *id, struct mm_err *err);

/* Can the runtime be told so of one operator? (A name that it can't take is another matter: mm_lint tells.) */
bool mm_dialect_takes(const struct mm_dialect *dialect, const struct mm_override *override);
/* The next higher one among the floating precisions that it takes, MM_PRECISION_NONE behind the last. */
enum mm_precision mm_dialect_next(const struct mm_dialect *dialect, enum mm_precision precision);

/* ---- names -------------------------------------------------------------------------------------------- */

/* The first override from *at on that the runtime takes, and *at behind it; NULL behind the last. */
const struct mm_override *mm_export_next(const struct mm_export *export, size_t *at);
size_t mm_export_count(const struct mm_export *export); /* how many that are */
/*
 * What the runtime calls an override's operator; borrowed from the plan, the graph or the known names. *sure (may be
 * NULL): the model has it. Without a model, or where it does not have the operator: the plan's own name (of a
 * tensor: the plan's tensor). NULL where the graph has the operator, but no name for it. Of a fused layer: the last
 * of its operators; mm_export_targets has all.
 */
const char *mm_export_name(const struct mm_export *export, const struct mm_override *override, bool *sure);
/* The same operator by another kind of name: that of the graph's node, of its result, of its weight; NULL where there is
 * none or the target is not in the graph. */
const char *mm_target_name(const struct mm_export *export, const struct mm_target *target,
                           enum mm_name_kind kind);
/* All that the plan's overrides mean in the runtime: those that it takes, without those that have no name there (problems
 * tell them). -1: memory. */
int mm_export_targets(const struct mm_export *export, struct mm_targets *targets, struct mm_err *err);
/* The target of this name, by bytes; NULL: there is none. */
const struct mm_target *mm_targets_find(const struct mm_targets *targets, const char *name);
/* A zeroed one is fine. */
void mm_targets_done(struct mm_targets *targets);

/* ---- what is wrong with an export --------------------------------------------------------------------- */

enum mm_severity {
    MM_SEVERITY_NOTE,    /* to know */
    MM_SEVERITY_WARNING, /* likely not what was meant, or without effect */
    MM_SEVERITY_ERROR,   /* the runtime would refuse the file, pass over the override, or do something else */
    MM_SEVERITY_COUNT
};
const char *mm_severity_text(enum mm_severity severity); /* "error" */

struct mm_problem {
    enum mm_severity severity;
    const char *rule; /* "unknown-name"; a literal */
    const char *name; /* the override's; NULL: it is about the whole export */
    const char *what; /* "not in the model, so nothing is done for it"; without the name and a full stop */
};
struct mm_problems {
    struct mm_problem *problem; /* in the order in which they were found */
    size_t count, capacity;
    size_t by_severity[MM_SEVERITY_COUNT];
    bool failed; /* memory is out: some are missing */
    struct mm_arena arena;
};
/* A zeroed one is empty. `rule` is kept, what else is given is copied; `name` may be NULL. */
void mm_problems_add(struct mm_problems *problems, enum mm_severity severity, const char *rule,
                     const char *name, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A zeroed one is fine. */
void mm_problems_done(struct mm_problems *problems);
/* Append them one sentence a line, those that say the same of several operators as one: `2 operators (such as "a"):
 * WHAT`. With `severity` each line begins with it ("error: ..."), and errors stand first. */
void mm_problems_text(const struct mm_problems *problems, bool severity, struct mm_buf *out);

/*
 * Everything that can be known to go wrong before the files reach the runtime: names that the model does not have (with
 * the nearest one) or that are of the wrong kind, precisions and settings that the files can't have, types of operators
 * that the runtime can't raise, what its version no longer takes, overrides that only add casts, settings that contradict
 * each other, and the dialect's own rules. Without a model, names can't be checked, which is a note.
 */
void mm_lint(const struct mm_export *export, struct mm_problems *problems);
/* The same as sentences for people who see what they export: one a line, appended; nothing when there is nothing. */
void mm_export_limits(const struct mm_export *export, struct mm_buf *out);

/* Write all files into folder (made if missing), each atomically. Stops at the first failure. A dialect that changes a
 * file needs `base` for it. */
int mm_export_write(const struct mm_export *export, const char *folder, struct mm_err *err);
/* -1 with MM_EARG: the dialect changes a file, and there is no `base`. */
int mm_export_check_base(const struct mm_export *export, struct mm_err *err);
/* Append the text of the main file. */
int mm_export_main(const struct mm_export *export, struct mm_buf *out, struct mm_err *err);

/* ---- reading back ------------------------------------------------------------------------------------- */

/* Read an existing file of the dialect as a plan, which becomes one undo step. The model, if there is one, gives types of
 * operators and the plan's kinds of names. `notes` (a sentence a line, appended) says what of the file a plan does not
 * have. On error the plan is unchanged. */
int mm_plan_import(struct mm_plan *plan, const struct mm_export *from, const char *path, struct mm_buf *notes,
                   struct mm_err *err);

#endif
