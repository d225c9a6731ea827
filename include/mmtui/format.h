/*
 * format: the files that hold tensors - one reader and writer per on-disk format, and the schemas of those whose
 * numbers are not public.
 *
 * A tensor file is read in two depths: mm_load_open maps it and reads its header (dtype, shape, node name ...),
 * leaving the payload where it is as a borrowed view; decoding is the tensor folder's business. Opening takes
 * microseconds whatever the size, but for two: packed varints are counted (once over the payload), and so are
 * unpacked values; text: see mm_load_validate.
 *
 * Formats are recognised by file-name ending, then checked by content. What can be read is one row of a table
 * each (mm_formats); nothing else knows how many there are.
 */
#ifndef MMTUI_FORMAT_H
#define MMTUI_FORMAT_H

#include <stdatomic.h>

#include "mmtui/tensor.h"

/* ---- file names --------------------------------------------------------------------------------------- */

/* The layout change that a MagicMind file name can carry: @axis1to-1, @axis[0,2,3,1]. */
struct mm_axis {
    enum { MM_AXIS_NONE = 0, MM_AXIS_MOVE, MM_AXIS_PERMUTE } kind;
    int from, to;          /* MOVE: axis `from` was moved to position `to` (negative counts from the end) */
    int rank;              /* PERMUTE: length of perm */
    int perm[MM_RANK_MAX]; /* PERMUTE: dumped axis i = original axis perm[i] */
};

/* What a file name says. name and ending point into the parsed text's copy made by the caller's arena. */
struct mm_file_name {
    int64_t stamp;    /* leading integer, -1 if none */
    const char *name; /* the tensor's name */
    struct mm_axis axis;
    int64_t suffix; /* the -N after @axis.., -1 if none */
    const struct mm_format *format;
};

/* ---- schemas: field and enum numbers of the MagicMind tensor message ----------------------------------- */

/* The fields by name, in the order of TENSOR MESSAGE in mmtui-formats(5). */
enum mm_field {
    MM_FIELD_VERSION,
    MM_FIELD_NODE_NAME,
    MM_FIELD_OP_TYPE,
    MM_FIELD_INDEX,
    MM_FIELD_IS_OUTPUT,
    MM_FIELD_DTYPE,
    MM_FIELD_SHAPE,
    MM_FIELD_FLOAT_VAL,
    MM_FIELD_DOUBLE_VAL,
    MM_FIELD_INT_VAL,
    MM_FIELD_INT64_VAL,
    MM_FIELD_UINT32_VAL,
    MM_FIELD_UINT64_VAL,
    MM_FIELD_COUNT
};
const char *mm_field_name(enum mm_field field); /* "float_val" */

#define MM_SCHEMA_DTYPES 32

struct mm_schema {
    const char *origin;              /* shown: "mmtui's own numbers" */
    uint32_t number[MM_FIELD_COUNT]; /* 0: the message has no such field */
    struct {
        int32_t value;
        enum mm_dtype dtype;
    } dtype[MM_SCHEMA_DTYPES]; /* ends with MM_DTYPE_NONE */
};

/* proto/tensor.proto's numbers: the project's choice, not the vendor's. */
const struct mm_schema *mm_schema_own(void);

/* ---- an entry: one tensor in a file ---------------------------------------------------------------------- */

struct mm_entry {
    const char *path; /* whole path */
    const char *file; /* name in the folder */
    struct mm_file_name parsed;
    size_t order; /* place in execution order within the dump: by stamp, then natural order of file names */
};

/* ---- one tensor file ---------------------------------------------------------------------------------- */

/* What opening a file takes, used again for the next one: of one worker, for one load at a time. Zeroed at
 * first. */
struct mm_reader {
    struct mm_buf bytes; /* of a small file */
    struct mm_arena arena;
};
void mm_reader_done(struct mm_reader *reader);

struct mm_load {
    struct mm_map map;
    struct mm_reader *reader;  /* borrowed, or NULL */
    const atomic_bool *cancel; /* while the header is read; may be NULL */
    struct mm_arena arena;     /* strings and runs */
    struct mm_tensor tensor;
    const char *node_name; /* "" if the format has none */
    const char *op_type;
    int64_t index; /* which output of the node; 0 if unknown */
    bool is_output;
    bool own_numbers; /* a .pb read by the project's own field numbers */
    bool uncounted;   /* the values of a large text file: as many as the shape says, if reading them does not
                         fail */
    bool exact;       /* asked for, by mm_load_validate: the file is read from end to end */
};

/* Map and read the header. On failure nothing is left open; text starts with the file's name. */
int mm_load_open(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                 struct mm_err *err);
/*
 * The same with the memory of `reader` (may be NULL), which must outlive the load. Finding the values of a
 * large file can take long: `cancel` (may be NULL) stops it with MM_ECANCELLED.
 */
int mm_load_open_in(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                    struct mm_reader *reader, const atomic_bool *cancel, struct mm_err *err);
/* When all was read: -1 with MM_EIO if the file became shorter meanwhile, so that figures from it mean
 * nothing. */
int mm_load_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
/*
 * When values of an open load could not be read. Opening a large .pbtxt does not read all of it: the header
 * fields before and behind the values are read, and what is between is taken for values that are all laid out
 * alike, as many as the shape says; who reads them finds out. This reads such a file from end to end and
 * every value in it. 0: the file is good, and load->tensor (with load->uncounted false) can be read now. -1:
 * err says what is wrong, with the line. Other formats were checked when they were opened: -1, and err stays
 * as it is. load->cancel, set before, stops it with MM_ECANCELLED.
 */
int mm_load_validate(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                     struct mm_err *err);
void mm_load_close(struct mm_load *load);

/* ---- a tensor out of a message --------------------------------------------------------------------------- */

/* A tensor that stood in a larger file, and what its values lie in. It can be moved: nothing in it points into
 * itself. */
struct mm_stored {
    const char *name;        /* "" if it has none */
    struct mm_tensor tensor; /* RAW, row-major, at most one run */
    struct mm_map map;       /* of values in a file of their own; nothing is mapped if there is none */
    struct mm_arena arena;   /* name, run, decoded values */
};

/* When all was read: -1 with MM_EIO if the file of its own became shorter meanwhile. `file` is for the text. */
int mm_stored_check(const struct mm_stored *stored, const char *file, struct mm_err *err);
/* A zeroed or closed one is fine. */
void mm_stored_close(struct mm_stored *stored);

/* ---- writing ------------------------------------------------------------------------------------------ */

struct mm_store {
    const struct mm_tensor *tensor; /* any tensor; written as its dtype */
    const char *node_name, *op_type;
    int64_t index;
    bool is_output;
    bool unsynced; /* not forced to disk: for dumps that can be made again */
};

/* ---- formats ------------------------------------------------------------------------------------------ */

struct mm_format {
    const char *name;   /* "npy" */
    const char *ending; /* ".npy" */
    const char *title;  /* "NumPy array" */
    bool stamped;       /* the file name must carry a time stamp (MagicMind) */
    /*
     * Fill load->tensor and the header fields from load->map. `file` is for error texts. Allocates from
     * load->arena only.
     */
    int (*read)(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err);
    /* Write atomically. bf16 and others that the format lacks: MM_EUNSUPPORTED. */
    int (*write)(const struct mm_store *store, const char *path, struct mm_err *err);
};

const struct mm_format *mm_formats(size_t *count);
const struct mm_format *mm_format_find(const char *name);

#endif
