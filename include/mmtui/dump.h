/*
 * dump: dumped tensors in a folder and those in it, or in one file - which files belong to it, what their names say, and their
 * order.
 *
 * Opening a dump lists the folder and parses file names. Files that hold many tensors are asked what they have;
 * of the others only those are opened whose ending several formats share. A struct mm_dump is const once opened, so any number of threads may load its entries.
 */
#ifndef MMTUI_DUMP_H
#define MMTUI_DUMP_H

#include "mmtui/format.h"

/* ---- file names --------------------------------------------------------------------------------------- */

/*
 * Parse ^([0-9]+)_(NAME)(@axis(..)(-N)?)?\.(pb|pbtxt)$ for the MagicMind formats; for .npy the name is the
 * file name without its ending, and leading digits with a '_' behind them are taken for a stamp. One .npy
 * file alone can't tell whether "2_conv" is a tensor "conv" at time 2 or a tensor "2_conv": mm_dump_open
 * takes the stamps back unless every tensor of the dump has one. What follows an "@axis" that is no
 * layout change belongs to the name. False when the file is not a tensor file (out->format is NULL) or memory
 * is out (out->format is set).
 */
bool mm_file_name_parse(const char *file, struct mm_arena *arena, struct mm_file_name *out);

/* The same where the format is known by the content (NULL: none). */
bool mm_file_name_parse_as(const char *file, const struct mm_format *format, struct mm_arena *arena,
                           struct mm_file_name *out);
/* Does the name begin with digits and a '_', as a time stamp does? */
bool mm_file_name_stamped(const char *file);

/*
 * The permutation that takes a tensor of `rank` axes, dumped with `axis`, back to its original order:
 * original axis i = dumped axis perm[i]. False when the axis does not fit the rank.
 */
bool mm_axis_undo(const struct mm_axis *axis, int rank, int perm[MM_RANK_MAX]);

/* ---- what the user says ------------------------------------------------------------------------------------ */

/* Of the tensors of a dump: those whose name is `name`, or which it fits as a shell pattern; NULL: of all. */
struct mm_given_row {
    const char *name;
    struct mm_given given;
};
/* Borrowed. Of several rows for a tensor the last one counts, those with a name before those without. */
struct mm_given_list {
    const struct mm_given_row *row;
    size_t count;
};
/* What the list says of this tensor; false: nothing. */
bool mm_given_find(const struct mm_given_list *list, const char *name, struct mm_given *out);
/* "2x3x4" or "2,3,4", "scalar" or "" for no axes. False when it is no shape. */
bool mm_shape_parse(const char *text, struct mm_shape *out);

/* Tensors that ranks have dumped in parts: of those whose name is `name`, or which it fits as a shell pattern (NULL: of
 * all), the parts are one behind the other along `axis` (negative: from the end). */
struct mm_concat_row {
    const char *name;
    int axis;
};
/* Borrowed. Which of several rows counts is as of struct mm_given_list. */
struct mm_concat_list {
    const struct mm_concat_row *row;
    size_t count;
};

/* ---- a dump ------------------------------------------------------------------------------------------- */

/* Whose results, of a dump that has the CPU's beside the accelerator's (Cambricon CATCH with use_cpu). */
enum mm_results {
    MM_RESULTS_ALL = 0, /* everything */
    MM_RESULTS_CPU,     /* the CPU's results alone, each called as its folder */
    MM_RESULTS_DEVICE   /* the accelerator's, alike */
};

/* Which of the folders that are steps (step0, step_3 ...) and ranks (rank0, rank1 ...), and which results of files that
 * have several. Zeroed: the first. */
struct mm_dump_part {
    bool stepped, ranked; /* step, rank are asked for */
    int64_t step, rank;
    enum mm_results results;
    struct mm_runner_choice choice; /* its runner is borrowed */
    struct mm_concat_list concat; /* of all ranks, unless one is asked for; empty: nothing is put together */
};
/* How many of them a dump has, and which was taken; of 0: it has none. */
struct mm_dump_numbers {
    size_t count;
    int64_t chosen;
    bool process; /* the number is a process's: in another dump the same one has another */
};

/* What stands for the files of a dump that is on another machine. */
struct mm_dump_elsewhere {
    const char *beside;  /* a folder here with the lists that lie beside its tensors; NULL: there are none */
    const size_t *place; /* of mm_dump_times; NULL: times tell nothing */
    void (*release)(void *held); /* called when the dump is closed, before its arena ends */
    void *held;
};

struct mm_dump {
    const char *path;
    const struct mm_entry *entries; /* in execution order */
    size_t count;
    size_t skipped;                 /* files, and members of files, that are no tensors */
    bool is_file;                   /* path is one file, not a folder */
    const struct mm_schema *schema; /* for .pb */
    const char *
        no_numbers; /* why no numbers were found for .pb files that the project's own do not read: what follows
                               "The .pb files "; or NULL */
    bool by_message;        /* some tensors are called as the ONNX messages in their files say */
    bool listed;            /* the order is that of a list that the runtime has put beside the tensors */
    bool numbered;          /* ... or that of the numbers in names of folders or files */
    const char *recognised; /* what the folder was taken for, and why: "34 tensors of an RKNN snapshot
                               (map_name_to_file.txt)"; NULL: a flat folder or a file, nothing else */
    struct mm_dump_numbers step, rank;
    struct mm_runner_taken taken; /* of a file with runners and iterations: which were taken */
    size_t joined,
        joined_ranks; /* tensors that are put together of parts (part.concat), of how many at most */
    const struct mm_dump_elsewhere *elsewhere; /* of a dump on another machine; NULL: it is here */
    struct mm_arena arena;
};

/* Of a dump that is being written meanwhile: which files are whole. A folder without tensors, or one that is not there
 * yet, is an empty dump then. */
struct mm_dump_live {
    bool (*wanted)(void *context,
                   const char *path); /* asked of every file that may be a tensor; as mm_watch_wanted */
    void *context;
};

struct mm_dump_options {
    const struct mm_schema *schema; /* NULL: see mm_dump_open; borrowed */
    bool check;                     /* also the checksums of members that are not compressed */
    struct mm_given_list given;     /* for files that do not say what their values are; borrowed */
    struct mm_dump_part part;
    bool enclosed;   /* nothing outside of the folder is looked at: not the list that RKNN puts above it */
    bool file_names; /* ONNX's input_N.pb and output_N.pb are called as their files all the same */
    const struct mm_dump_live *live; /* borrowed; NULL: all is there */
};

/*
 * List a folder, or one file of whatever format, which is known by its content rather than by its name.
 *
 * The folders on the way to a file are a part of its tensors' names ("block1/conv.npy": block1/conv), except steps and
 * ranks, one of which is gone into, and those that say nothing (npy, dump_tensor_data). At most 10,000 folders, 32 deep;
 * hidden ones, and those that a link leads to once more, are passed over; so are all folders in one with MagicMind's
 * files. A list beside the tensors (trtexec's tensor_summary.json, RKNN's map_name_to_file.txt, AIMET's
 * layer_output_name_order.json, msprobe's dump.json) gives names and order, ONNX's input_N.pb and output_N.pb are called
 * as their messages say. In folders NUMBER_OPERATOR the files without an ending that are text of Cambricon CATCH's dump
 * tool are tensors; the operator's type is the folder's. The folder that is listed may be such a one itself.
 *
 * Files that are all called as SGLang's dumper does (step=0___rank=0___dump_index=7___name=q___layer_id=1) have their
 * tensor's name (q.layer_id=1), its step and rank, one of which is taken as of folders, and its place in the order.
 *
 * With part.concat, tensors whose names have "rank0", "rank1" ... in them, or that lie in the folders rank0, rank1 ..., are
 * one tensor each, called without that, as far as the list tells an axis for its name: of others one rank's stays (folders,
 * SGLang's fields), or all do (other names). One of which a rank has no part can't be opened. One that a single rank has is that.
 *
 * The order is by time stamp; by the list; by the numbers of folders; then by the natural order of file names; members in their file's order. In a folder
 * with MagicMind files (.pb, .pbtxt) the others beside them are skipped and counted; raw numbers and text are where
 * anything else is. A file with many tensors that
 * can't be listed is one entry, which says why; if there is nothing else it is an error. A folder or a file without
 * tensors is an error (MM_ENOENT, says what was looked for and how much was skipped).
 *
 * MagicMind's .pb are read by the schema of the options; without one, by the project's own numbers if these read any of
 * them; else by what tensors tell that are there as .pbtxt, too (mm_schema_learn); else by what can be inferred from all
 * messages together, of at most 256 files of at most 16 MiB, 128 MiB together; of one file alone by what its folder
 * tells. Nothing is inferred that another reading of the same bytes would contradict: then dump->no_numbers says which,
 * and the tensors fail as they do by the project's own numbers.
 */
int mm_dump_open(struct mm_dump **dump, const char *path, const struct mm_dump_options *options,
                 struct mm_err *err);
/* MM_EARG, with a sentence for who asked for part.concat: it has put nothing together. */
int mm_dump_joined(const struct mm_dump *dump, struct mm_err *err);
/* All its entries end here. NULL is fine. */
void mm_dump_close(struct mm_dump *dump);
/* The path of a file that lies beside the tensors in the dump's folder, whether it is there or not; NULL: there is no
 * folder, or memory is out. To be freed. */
char *mm_dump_beside(const struct mm_dump *dump, const char *file);
/* Append a sentence on whose numbers its .pb files are read by, and what these lack, or on why there are none; `whose` is
 * "" or such as " of dst". Nothing where there are no .pb files, or the project's own numbers read them. */
void mm_dump_say_numbers(const struct mm_dump *dump, const char *whose, struct mm_buf *out);

/* ---- dumps that are being written ------------------------------------------------------------------------ */

/*
 * What happens in folders and files of dumps, new folders included. The system tells (inotify, Linux); where it can't -
 * network file systems, a limit that is reached - all files are looked at every other second. One thread uses it.
 *
 * A file is listed when it is whole: nobody has it open for writing any more, as far as the system tells, and its header
 * fits its size; what was not touched for a minute is taken as it is, and so is one that was listed before and is being
 * written anew, whose old figures may stay (mm_watch_writing).
 */
struct mm_watch;
/* `how`: the options of the dumps, borrowed but for the struct itself. look_only: do not ask the system. The paths need not
 * be there yet. */
int mm_watch_open(struct mm_watch **watch, const char *const *paths, size_t count,
                  const struct mm_dump_options *how, bool look_only, struct mm_err *err);
/* NULL is fine. */
void mm_watch_close(struct mm_watch *watch);
/* Readable when something has happened; -1: nothing tells, or not now, see mm_watch_due. To be asked for anew each time. */
int mm_watch_fd(const struct mm_watch *watch);
/* When (mm_clock) to call mm_watch_take though nothing has happened; INFINITY: never, which is so when all is quiet and the
 * system tells. */
double mm_watch_due(const struct mm_watch *watch);
enum {
    MM_WATCH_CHANGED = 1,
    /* the dumps are to be listed again */ MM_WATCH_SETTLED = 2 /* nothing has happened for a second */
};
/* Take in what has happened. Bits of the above; CHANGED comes a moment after the first change of a burst. at_once: without
 * that moment, and settled or not, it is now. */
unsigned mm_watch_take(struct mm_watch *watch, bool at_once);
/* Nothing has happened that is not listed, and nothing happens. */
bool mm_watch_settled(const struct mm_watch *watch);
/* Before the dumps are listed with mm_watch_wanted ... */
void mm_watch_list_begin(struct mm_watch *watch);
/* ... and behind that: files that were not asked for are forgotten. */
void mm_watch_list_end(struct mm_watch *watch);
/* What was done because of CHANGED took so many seconds: the pause until the next one is fitted to that. */
void mm_watch_pause(struct mm_watch *watch, double seconds);
/* Not now: CHANGED comes again in a moment. */
void mm_watch_later(struct mm_watch *watch);
/* Is the file whole? For mm_dump_live: context is the watch. */
bool mm_watch_wanted(void *context, const char *path);
/* Is it being written (anew) just now? */
bool mm_watch_writing(const struct mm_watch *watch, const char *path);
/* Files that the last list has left out, as they are not whole. */
size_t mm_watch_held(const struct mm_watch *watch);
/* Are files looked at every other second? */
bool mm_watch_looks(const struct mm_watch *watch);

/* ---- two dumps in one folder ----------------------------------------------------------------------------- */

/* Paths in `arena`. */
struct mm_snapshot {
    const char *src, *dst;
    const char *sim;            /* the simulation of dst's number format; or NULL */
    enum mm_results results[2]; /* whose of src and dst, where these are one folder */
    struct mm_arena arena;
};
/*
 * Is it a folder as RKNN's accuracy analysis leaves it? It has a folder "golden" (src), and "runtime" (dst), beside which
 * "simulator" is sim, or "simulator" alone (dst). Or a dump of Cambricon CATCH in which operators have the CPU's result
 * (src) beside the accelerator's (dst)? False, and nothing to be ended, where it is not so or memory is out.
 */
bool mm_snapshot_find(struct mm_snapshot *snapshot, const char *path);
/* The paths end. A zeroed one is fine. */
void mm_snapshot_done(struct mm_snapshot *snapshot);

/*
 * The field numbers of MagicMind's .pb, learnt from tensors that are in a folder as NAME.pb and NAME.pbtxt (at most 32 of
 * them, .pb of at most 16 MiB): a number is a field's where what is under it equals what the text says, in all pairs, and
 * no other number's does. What the texts leave open stays 0, and data types that are in none are not known. MM_ENOENT:
 * there is no such pair. MM_EARG: version_number, dtype, tensor_shape or all lists of values stay open; the text names
 * them. To be closed with mm_schema_close.
 */
int mm_schema_learn(struct mm_schema **schema, const char *folder, struct mm_err *err);

/* ---- converting ------------------------------------------------------------------------------------------ */

struct mm_convert {
    const struct mm_format *format; /* to this; it can be written */
    const char *path;               /* a file or, with `folder`, a folder, made if need be */
    bool folder;                    /* a file for each tensor */
    void (*note)(void *context, const char *sentence); /* a tensor that was left out, and why; or NULL */
    void *context;
    size_t written, left_out; /* tensors: the result */
};
/*
 * Write all tensors of a dump in another format. Into a folder: a file each, under its own name; what a file name
 * can't hold becomes _, and of two names that become the same the second is left out. A format whose file names begin
 * with a time stamp gets the place in the order where there is none. One that can't be read or written is left out
 * with a note. bfloat16 and narrower floats become float32 where the format has no such. Into one file: several only where the format takes several (else MM_EARG), all of them or, where a
 * tensor can't be written, none (-1). Each file is complete or not there.
 */
int mm_dump_convert(const struct mm_dump *dump, struct mm_convert *convert, struct mm_err *err);

/* ---- the order of execution ------------------------------------------------------------------------------ */

/* What tells in which order the tensors were computed: one for two dumps. */
enum mm_order_source {
    MM_ORDER_UNKNOWN = 0, /* nothing does */
    MM_ORDER_GIVEN,       /* a list that the user named */
    MM_ORDER_STAMPS,      /* time stamps before file names */
    MM_ORDER_MODEL,       /* the model's graph */
    MM_ORDER_FOLDERS,     /* the numbers in names of folders or files */
    MM_ORDER_LIST,        /* a list beside the tensors, which the runtime wrote */
    MM_ORDER_TIMES,       /* modification times of the files: no more than a hint */
    MM_ORDER_SOURCES
};
const char *mm_order_source_key(enum mm_order_source source); /* "stamps", for files; "unknown" */
/* A sentence: "The order of execution is that of the time stamps." Of an unknown one also how to give it. */
const char *mm_order_source_text(enum mm_order_source source);

/* Names in the order of execution. */
struct mm_order_names {
    const char **name;
    size_t count;
    struct mm_arena arena;
};
/*
 * Read them from a file of at most 256 MiB. Text: a name a line; blank lines are passed over, and the ending of a
 * tensor file's name is dropped. JSON (the file begins with [ or {): the first list of names, or of objects with a
 * "name", that is found going through it, or the keys of the first object whose values are all objects or lists. An
 * empty list is MM_ECORRUPT.
 */
int mm_order_names_read(struct mm_order_names *names, const char *path, struct mm_err *err);
/* A zeroed one is fine. */
void mm_order_names_done(struct mm_order_names *names);
/* The path of a list that a runtime has put into the dump's folder (tensor_summary.json,
 * layer_output_name_order.json); NULL if there is none, or memory is out. To be freed. */
char *mm_order_list_in(const struct mm_dump *dump);

/*
 * The order of the files' modification times: place[entry of the dump] from 0 on. They tell something only where no
 * two are equal and it is not also the order of the names (by bytes, natural, or as a shell lists them) or of the
 * folder's listing, forwards or backwards: files that were copied without their times have that of the copying. Fewer
 * than four files tell nothing. 1: they tell; 0: they don't (place is void); -1: memory.
 */
int mm_dump_times(const struct mm_dump *dump, size_t *place, struct mm_err *err);

/* ---- what integers stand for -------------------------------------------------------------------------------- */

/* The scales of one tensor in a scales.json; its dtype is NONE, for the file does not tell it. */
struct mm_named_scales {
    const char *name;
    struct mm_scales scales;
};
struct mm_scales_file {
    const struct mm_named_scales *tensor;
    size_t count;
    struct mm_arena arena;
};
/*
 * Read {"NAME": {"scale": S or [S, ...], "zero_point": Z or [Z, ...], "axis": K}, ...}: at most 256 MiB. zero_point (0)
 * and axis (1) may be left out; a negative axis is an error, for the shape is not known here. Scales are above 0, zero
 * points whole and as many as there are scales, or one for all. Other keys in a tensor's object, and whatever is no such
 * object, are MM_ECORRUPT with the tensor's name and what is wrong with it.
 */
int mm_scales_file_read(struct mm_scales_file *file, const char *path, struct mm_err *err);
/* A zeroed one is fine. */
void mm_scales_file_done(struct mm_scales_file *file);
/* The path of a scales.json in the dump's folder; NULL if there is none, or memory is out. To be freed. */
char *mm_scales_file_in(const struct mm_dump *dump);

/* ---- what a simulated run rounded --------------------------------------------------------------------------- */

/* A tensor of a run that was made by `mmtui dump --precision-mode`. */
struct mm_simulated_tensor {
    const char *name;
    enum mm_dtype storage; /* the float format that its values were rounded to; NONE: they were not */
    enum mm_dtype reads;   /* the integers through which its operator read its inputs; NONE: as they were */
    bool weights,
        per_channel; /* it has weights, which were rounded alike: by one scale, or a scale for each channel */
};
struct mm_simulated_dump {
    const struct mm_simulated_tensor *tensor; /* in the order of the run; occurrences are alike */
    size_t count;
    struct mm_arena arena;
};
/* From mmtui-dump.json in the dump's folder. No such file, one that can't be read, or one of another run: count 0. -1: memory. */
int mm_simulated_dump_read(struct mm_simulated_dump *out, const struct mm_dump *dump, struct mm_err *err);
/* A zeroed one is fine. */
void mm_simulated_dump_done(struct mm_simulated_dump *simulated);

#endif
