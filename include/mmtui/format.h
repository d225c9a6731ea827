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
    const char *origin; /* shown: "mmtui's own numbers" */
    size_t inferred;    /* from the wire of so many files: not verified; 0: somebody told the numbers */
    uint32_t number[MM_FIELD_COUNT]; /* 0: the message has no such field */
    struct {
        int32_t value;
        enum mm_dtype dtype;
    } dtype[MM_SCHEMA_DTYPES]; /* ends with MM_DTYPE_NONE */
};
/*
 * One that has no lists but float_val and double_val may lack version_number, which is then not checked, and dtype: then
 * what is in float_val is FLOAT32, whatever the message says, and what is in double_val is FLOAT64.
 */

/* proto/tensor.proto's numbers: the project's choice, not the vendor's. */
const struct mm_schema *mm_schema_own(void);
/*
 * The numbers that a file of at most 64 MiB tells: a .proto, a FileDescriptorSet (protoc -o), or Python that protoc made
 * (the SDK's tensor_pb2.py; its descriptor is read, nothing is run). Of several messages, the one with the most of the
 * fields' names. MM_EARG: there is none, or it lacks tensor_shape, all lists of values or, unless it has no lists but
 * float_val and double_val, version_number, dtype or the data types; the text names what. `origin` is the path. To be closed; NULL is fine there.
 */
int mm_schema_open(struct mm_schema **schema, const char *path, struct mm_err *err);
/* NULL is fine. */
void mm_schema_close(struct mm_schema *schema);
/* Append it as the text of a .proto, which mm_schema_open takes. */
void mm_schema_put(const struct mm_schema *schema, struct mm_buf *out);
/* Append the names of the fields that it has no numbers for ("int_val, uint32_val"); returns how many. */
size_t mm_schema_lacks(const struct mm_schema *schema, struct mm_buf *out);

/* ---- sources and entries -------------------------------------------------------------------------------- */

/*
 * Which results are taken of a file with those of several runners (Polygraphy). Zeroed: of the only runner, its first
 * iteration.
 */
struct mm_runner_choice {
    const char *runner; /* its name, or how its name alone begins; NULL: not told */
    bool pair;          /* src and dst are this file: of two runners, and none is told, the first */
    bool other;         /* of two runners: not the one that would be taken, but the other */
    bool iterated;      /* iteration is told */
    int64_t iteration;  /* from 0 on */
};
/* What such a file has, and which of it was taken. */
struct mm_runner_taken {
    const char *runner; /* NULL: the file has no runners */
    size_t runners;     /* how many there are */
    size_t place;       /* which one it is, from 0 on */
    size_t iterations;  /* of this one; 0: no such file */
    int64_t iteration;  /* from 0 on */
    bool mixed;         /* of a folder: other files were taken with other runners */
};

/* A file that tensors are in. */
struct mm_source {
    const char *path; /* as it is opened */
    const char *file; /* as it is shown: its name from the dump's folder on: "block/x.npy" */
    const char *
        scope; /* what of the folders on the way is a part of its tensors' names: "block/"; NULL or "": nothing */
    const struct mm_format *format;
    bool check; /* also the checksums of members that are stored as they are: costs reading them once more */
    const struct mm_schema *schema; /* of a .pb: beats what the caller of mm_load_open says; may be NULL */
    struct mm_runner_choice choice; /* of a file with several runners or iterations: which */
    const struct mm_file_state
        *elsewhere; /* of a file that is not here, but on another machine: its state as it
                                              was seen there last; the format then fetches. NULL: it is here */
};

/* What the user says of a tensor whose file does not. */
struct mm_given {
    enum mm_dtype dtype; /* MM_DTYPE_NONE: not told */
    bool shaped;         /* shape is told */
    struct mm_shape shape;
};

struct mm_entry;
/* Tensors that are parts of one, in the order of their ranks, one behind the other along `axis` (negative: from the end). */
struct mm_joined {
    const struct mm_entry *part; /* [count], none of them joined itself */
    size_t count;                /* at least 2 */
    int axis;
};

/* What a dump kept of a tensor. Of parts the tensor is what is there, with one axis. */
enum mm_kept {
    MM_KEPT_ALL = 0,
    MM_KEPT_FIRST,     /* the first values */
    MM_KEPT_SUM,       /* the sum of the absolute values */
    MM_KEPT_STATISTICS /* its greatest and least value, mean and root mean square, as far as there are such */
};

#define MM_STATISTICS_MOST 4

/* What a dump that kept no values says of a tensor. */
struct mm_statistics {
    const char *name[MM_STATISTICS_MOST]; /* "Max", "RMS" */
    double value[MM_STATISTICS_MOST];     /* may be NaN and infinite, where the tensor has such */
    size_t count;
    enum mm_dtype dtype;   /* of the tensor; MM_DTYPE_NONE: not known */
    bool shaped;           /* its shape is known */
    struct mm_shape shape; /* and this */
    int64_t elements;      /* how many it had; -1: not known */
};

/*
 * One tensor: a source that is nothing else, or a member of one that has many. What error texts, sizes, cache
 * keys and shares go by is the member's. Const once a dump has it, and everything here lies in the dump's arena.
 */
struct mm_entry {
    const struct mm_source *source;
    const char *member;  /* its name there, as the format has it; NULL: the source is this one tensor */
    const char *label;   /* how error texts about it begin: "x.npy", "a.npz: member 'x'" */
    uint64_t offset;     /* of a member: where its part of the source begins */
    uint64_t size;       /* of a member: the bytes that reading it gives, whatever they take in the source */
    uint32_t check;      /* of a member: the checksum that the source has of it, or 0 */
    const void *detail;  /* of a member: what else its format knows of it */
    enum mm_code code;   /* MM_OK, or it was seen when it was listed that it can't be read, ... */
    uint32_t listed;     /* place in the list that lies beside the tensors, from 1 on; 0: it is not in one */
    const char *wrong;   /* ... and why: the whole sentence */
    enum mm_kept kept;   /* what of the tensor's values the source has */
    const char *kept_of; /* of statistics: which, and of what: "Max, Min of torch.bool [2]"; else NULL */
    const struct mm_statistics *statistics; /* what these say; else NULL */
    const struct mm_joined
        *joined; /* the parts that it is put together of, the first of which is what stands above; or NULL */
    const char *op_type;          /* of the operator that made it, where the dump says it; or NULL */
    const struct mm_given *given; /* or NULL */
    struct mm_file_name parsed;
    size_t order; /* place in execution order within the dump */
};

/* Its name with whatever a stamp may be: what stands before the file's ending, or the member's key, without scope. NULL
 * when memory is out. */
const char *mm_entry_whole_name(const struct mm_entry *entry, struct mm_arena *arena);

/* What a source has, while it is listed: a growable array. */
struct mm_members {
    struct mm_entry *entry; /* malloc'ed */
    size_t count, capacity;
    size_t skipped;               /* members that are no tensors */
    struct mm_runner_taken taken; /* of the last source that has such; runner in the arena */
};
/* Free the array; what its entries point at is the arena's. */
void mm_members_done(struct mm_members *members);
/* Room for one more, zeroed but for its source; NULL when memory is out. */
struct mm_entry *mm_members_add(struct mm_members *members, const struct mm_source *source);

/* ---- one tensor file ---------------------------------------------------------------------------------- */

/* What opening a file takes, used again for the next one: of one worker, for one load at a time. Zeroed at
 * first. */
struct mm_reader {
    struct mm_buf bytes;    /* of a small file, or a small member */
    struct mm_buf unpacked; /* what a small compressed member unpacks to */
    struct mm_arena arena;
    struct mm_file_state state; /* of the file that the last load opened, whole; not known where it did not */
};
/* Free its memory; it is zeroed again, and may be used again. */
void mm_reader_done(struct mm_reader *reader);

struct mm_load {
    const struct mm_entry *entry; /* what is loaded */
    struct mm_map map;            /* of the source, or of the member's part of it */
    struct mm_map aside;          /* of values that stand in another file; or nothing */
    const uint8_t *bytes;         /* the tensor's file or member: its bytes, ... */
    size_t size;                  /* ... and how many; they lie in the map, or in what the load owns */
    size_t have; /* less than size where only the beginning is there, and `supply` has the rest */
    struct mm_supply *supply;              /* for the tensor, or NULL */
    struct mm_joined_load *joined;         /* of an entry that is put together; or NULL */
    struct mm_packed *packed;              /* of a compressed member; or NULL */
    struct mm_base64 *base64;              /* of a large member that is base64 text; or NULL */
    void (*release)(struct mm_load *load); /* ends what a format holds besides (held); or NULL */
    void *held;
    struct mm_buf own;         /* what a small one unpacks to, without a reader */
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
    bool
        unshaped; /* the file says no shape, and nobody told it: tensor.shape is how its numbers stand, a row or lines */
    bool exact; /* asked for, by mm_load_validate: the file is read from end to end */
};

/* Map and read the header. On failure nothing is left open; text starts with the file's name. */
int mm_load_open(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                 struct mm_err *err);
/*
 * The same with the memory of `reader` (may be NULL), which must outlive the load. Finding the values of a
 * large file, and unpacking a large member, can take long: `cancel` (may be NULL) stops it with MM_ECANCELLED. It must
 * outlive the load.
 */
int mm_load_open_in(struct mm_load *load, const struct mm_entry *entry, const struct mm_schema *schema,
                    struct mm_reader *reader, const atomic_bool *cancel, struct mm_err *err);
/*
 * When all was read: -1 if figures from it mean nothing. MM_EIO: the file became shorter meanwhile. MM_ECORRUPT: a
 * compressed member was damaged, or the checksum of a member is wrong (of one that is not compressed only where the
 * source says so). What is wrong with the file comes before anything else that was said of it.
 */
int mm_load_check(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
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
/* Unmap, and give the reader its memory back. The tensor ends here. */
void mm_load_close(struct mm_load *load);

/* ---- tensors that are put together of parts --------------------------------------------------------------- */

/* What the tensor of an open load is. */
enum mm_join {
    MM_JOIN_NONE,    /* that of one entry */
    MM_JOIN_WHOLE,   /* put together of parts */
    MM_JOIN_NO_AXIS, /* the first of parts, which do not have the axis */
    MM_JOIN_COPIES   /* the first of parts that are copies of one another: it is whole by itself */
};
enum mm_join mm_load_joined(const struct mm_load *load);
/* The first part, of a load that is joined; it lives as long as the load. */
const struct mm_tensor *mm_load_first_part(const struct mm_load *load);
/* Take the first part for the tensor, before anything is read of it: MM_JOIN_COPIES. */
void mm_load_take_first(struct mm_load *load);
/* Would the parts of a joined load have the shape `other` along this axis (from 0 on)? */
bool mm_load_fits_along(const struct mm_load *load, int axis, const struct mm_shape *other);

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
    bool unsynced;    /* not forced to disk: for dumps that can be made again */
    const char *name; /* for a file with many tensors; NULL: NumPy's "arr_0", "arr_1" ... */
};

/*
 * A file with many tensors, written one after the other, in the order in which they are added: for tensors that are not all
 * there at once. It is complete or not there (mm_atomic), and takes memory for the names alone (some 200 bytes a tensor,
 * and twice the name). For formats with a `pack`; no device or pipe.
 */
struct mm_pack;

/* Begin; nothing is at `path` yet. MM_EARG: the format can't, or `path` is a device or pipe. -1: *pack is NULL. */
int mm_pack_open(struct mm_pack **pack, const struct mm_format *format, const char *path, struct mm_err *err);
/*
 * The next tensor, which may end afterwards. store->name may be any text, "" too; of NULL, NumPy's "arr_N" with the number of
 * tensors before. -1, and the file is as it was, so that another one, or this one in another dtype, can be added:
 * MM_EARG: there is one of this name, or the format can't have such a name; MM_EUNSUPPORTED: the format lacks the dtype
 * (bfloat16 and others: make it float32); MM_ENOMEM; or what came of reading the values. Errors of the disk come out at
 * commit. The file is forced to disk unless all of the stores say `unsynced`.
 */
int mm_pack_add(struct mm_pack *pack, const struct mm_store *store, struct mm_err *err);
/*
 * Put the file in its place; none added: a file without tensors. Frees the pack, success or not; -1: whatever was at its path
 * is as it was. Safetensors of little data, or with names of more than some 4 MiB, are written once more beside it.
 */
int mm_pack_commit(struct mm_pack *pack, struct mm_err *err);
/* Remove what was written and free the pack; NULL is fine. */
void mm_pack_abort(struct mm_pack *pack);

/* ---- formats ------------------------------------------------------------------------------------------ */

struct mm_format {
    const char *name;   /* "npy" */
    const char *ending; /* ".npy"; "": its files have none, and are known by their content (probe) */
    const char *title;  /* "NumPy array" */
    bool stamped;       /* the file name must carry a time stamp (MagicMind) */
    bool weak; /* hardly anything tells these files: in a folder they count only where no others are */
    bool told; /* any file may be called so: in a folder they count only where the user says what they are */
    bool indirect; /* it only names other files: in a folder, these are listed themselves */
    /* Is a file of these bytes, which are all it has, one of this format? To be told from little of it, or from the
     * sizes that it says its parts have. NULL: the name alone can tell. */
    bool (*probe)(const uint8_t *bytes, size_t size);
    /* May it be one that is damaged? Asked where the name has this format's ending and no probe knows the content; a file
     * that isn't is no tensor file. NULL: the ending is enough. */
    bool (*may_be)(const uint8_t *bytes, size_t size);
    /*
     * The members of a source, in its own order, with everything but what a name says (parsed). Texts and detail
     * are allocated from `arena`. What is wrong with one member is kept with it; -1: nothing of the source can be
     * read. NULL: a source is one tensor.
     */
    int (*list)(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                struct mm_err *err);
    /* Bring a member's bytes to load->bytes, or of a source that is elsewhere what `read` needs. NULL: a source is one
     * tensor, and is mapped as a whole. */
    int (*fetch)(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
    /* The checksum of a fetched member that is stored as it is; may be NULL. */
    int (*check)(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err);
    /*
     * Fill load->tensor and the header fields from load->bytes, and of a member from load->entry->detail, if need be.
     * `label` is for error texts. Allocates from load->arena only. NULL: such files are known and refused; `list` fails and
     * says what to do.
     */
    int (*read)(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err);
    /* How a member's values are stored where no dtype says it, "Q4_K"; may be NULL, and may return it. */
    const char *(*stored_as)(const struct mm_entry *entry);
    /* Write atomically. bf16 and others that the format lacks: MM_EUNSUPPORTED. */
    int (*write)(const struct mm_store *store, const char *path, struct mm_err *err);
    /* Many tensors into one file, all or nothing of it; of equal names: MM_EARG. NULL: a source is one tensor. */
    int (*write_all)(const struct mm_store *stores, size_t count, const char *path, struct mm_err *err);
    const struct mm_pack_kind *pack; /* the same one tensor at a time, for mm_pack_open; NULL: it can't */
};

/* How the values of an entry are stored where that is no dtype ("Q4_K": blocks that are decoded to floats); NULL: as
 * its dtype says. Static. */
const char *mm_entry_stored_as(const struct mm_entry *entry);
/* All rows, in the order in which a file's content is asked about. */
const struct mm_format *mm_formats(size_t *count);
/* By its name ("npy"); NULL if there is none. */
const struct mm_format *mm_format_find(const char *name);
/* The format of a file by how it begins, else by the ending of its name; NULL if neither tells. */
const struct mm_format *mm_format_of(const char *path);
/* By the ending of the name alone, the first of those that share it. *stem (may be NULL): how much of it stands before
 * the ending. */
const struct mm_format *mm_format_by_name(const char *file, size_t *stem);
/*
 * The format of a file of a folder. One whose name has no format's ending is of a format without one, if the content says
 * so. Where formats share the ending, the content decides, and
 * for one that no probe knows: whether the name has a time stamp (`stamped`), and what the content may be. NULL: none of
 * them. Where the name leaves no choice, nothing is opened. `memory` (or NULL) is used for small files, again and again.
 */
const struct mm_format *mm_format_choose(const char *path, bool stamped, struct mm_buf *memory);

#endif
