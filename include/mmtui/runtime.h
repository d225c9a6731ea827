/*
 * runtime: ONNX Runtime, loaded when the program runs - every tensor of a real run of a model, dumped.
 *
 * The library is the user's own: it is never linked, and without it everything else works. A model is run as ONNX Runtime
 * runs it without optimisation, with one thread, so that a run can be repeated bit for bit; behind each tensor that is to be
 * dumped stands an operator of ours that writes it while the model runs. So one run is enough, no tensor is kept longer
 * than the model needs it, and what is computed is what is computed without them.
 *
 * Nothing here uses the network or writes outside the folder that it is told: ONNX Runtime's telemetry is turned off (by
 * ORT_DISABLE_TELEMETRY in the environment) before the library is loaded.
 */
#ifndef MMTUI_RUNTIME_H
#define MMTUI_RUNTIME_H

#include "mmtui/dump.h"
#include "mmtui/whatif.h"

/* ---- the library -------------------------------------------------------------------------------------------- */

struct mm_ort;

/*
 * Load the library at `path`, or, if that is NULL, the first one found where Debian's package, Python's wheel, npm's package
 * and an unpacked release put it. Not to be called while other threads read the environment. MM_ENOENT: there is none
 * (the text says how to get one); MM_EIO: it can't be loaded; MM_EUNSUPPORTED: it is not ONNX Runtime, or older than 1.14.
 */
int mm_ort_open(struct mm_ort **ort, const char *path, struct mm_err *err);
/* The library itself stays loaded. NULL is fine. */
void mm_ort_close(struct mm_ort *ort);
const char *mm_ort_version(const struct mm_ort *ort); /* "1.30.0" */
const char *mm_ort_path(const struct mm_ort *ort);

/* ---- what a model takes ------------------------------------------------------------------------------------- */

struct mm_model_input {
    const char *name;
    enum mm_dtype dtype;   /* MM_DTYPE_NONE: not a tensor of numbers */
    struct mm_shape shape; /* -1: any */
    bool is_sequence;      /* of tensors, whose dtype and shape are not told */
};

/* ---- dumping a run ------------------------------------------------------------------------------------------ */

/* Which tensors: MagicMind's DumpMode and its numbers. */
enum mm_dump_mode { MM_DUMP_OFF = -1, MM_DUMP_SPECIFIC = 0, MM_DUMP_ALL = 1, MM_DUMP_OUTPUTS = 2 };
/* By the word ("off", "specific", "all", "outputs") or the number; false: neither. */
bool mm_dump_mode_find(const char *text, enum mm_dump_mode *mode);

/* How MagicMind's files are written: its FileFormat and numbers. */
enum mm_dump_file_format { MM_DUMP_BINARY = 0, MM_DUMP_TEXT = 1 };

/* What is dumped, where, and how: the fields of MagicMind's ContextDumpInfo, and a format besides. All borrowed. */
struct mm_dump_info {
    enum mm_dump_mode dump_mode;
    const char *path;               /* a folder, made if need be; its older files are left */
    const char *const *tensor_name; /* SPECIFIC: names of tensors, or shell patterns */
    size_t tensor_names;
    enum mm_dump_file_format file_format;
    const struct mm_format *format; /* npy, pb, pbtxt, npz, safetensors; NULL: as file_format says */
};

/* A value for an input of the model. Borrowed. */
struct mm_feed {
    const char *name;
    struct mm_tensor
        tensor; /* of the input's dtype, with the values as they lie in memory: RAW, one run without gaps */
    const struct mm_tensor *item; /* of an input that is a sequence: its tensors, alike */
    size_t items;
    const char *file; /* that it is from, for error texts; NULL: none */
};

/* Takes a tensor of a run instead of a file: its name as in a dump. The view is valid during the call. -1 ends the run. */
typedef int mm_run_observer(void *context, const char *name, const struct mm_tensor *view,
                            struct mm_err *err);

struct mm_simulation;

/* How a model is run. Zeroed: without optimisation, one thread. Paths are borrowed. */
struct mm_run_options {
    bool
        as_deployed; /* let ONNX Runtime optimise the model as it does for a production run, and run what comes of it */
    int level;   /* with as_deployed: of optimisation, 1 (basic), 2 (extended) or 99 (all) */
    int threads; /* 0: 1 */
    bool
        float32; /* of a float16 model: run it as float32 with operators that round each result to float16, see below */
    bool check; /* hold the outputs of each run against one without taps, bit for bit */
    const char *
        model_dir; /* write what is run, without taps, into this folder under the model's name; NULL: don't */
    const atomic_bool *cancel;              /* may be NULL: asked at each tensor that is dumped */
    const struct mm_simulation *simulation; /* a precision, simulated; NULL: none. It outlives the run */
    mm_run_observer *observer;              /* NULL: tensors are written. Else nothing is */
    void *observer_context;
};

/*
 * float16 models with `float32`: every float16 of the model - inputs, constants, what operators make, in bodies and local
 * functions too - becomes float32, and behind each operator that made float16 its result is rounded to float16 (halves to
 * even, beyond 65519.99 Inf) and kept as float32. So each operator computes in float32 from values that float16 has, and its result
 * is what float16 stores; no cast decides on it. The larger constants are written as float32 once, a tile at a time, into a
 * file in the folder of the dump, which is removed in the end, or beside the model in model_dir, and are mapped from there.
 * MM_EARG: nothing of the model is float16; or with as_deployed, or a simulation.
 */
struct mm_model_run;

/*
 * A model, made ready to be run and dumped. The file is mapped, and constants stay in it. `info` and what it borrows must
 * outlive the run. MM_EUNSUPPORTED with the runtime's own sentence: it refuses the model.
 */
int mm_model_run_open(struct mm_model_run **run, const struct mm_ort *ort, const char *model,
                      const struct mm_dump_info *info, const struct mm_run_options *options,
                      struct mm_err *err);
/* Run it once, with a value for each input; of a second run tensors are the next occurrences of their names. MM_EARG: an input is missing, has no such
 * name, or another dtype or shape than the model says; the text names all inputs. MM_EIO: with `check`, an output differs
 * from that of a run without taps (models with random operators do). MM_ECANCELLED. What was dumped before something failed
 * stays, complete files only. */
int mm_model_run(struct mm_model_run *run, const struct mm_feed *feeds, size_t count, struct mm_err *err);
/* Write what says what the files are: mmtui-dump.json, and the files that hold many tensors. */
int mm_model_run_finish(struct mm_model_run *run, struct mm_err *err);
/* NULL is fine. */
void mm_model_run_close(struct mm_model_run *run);

/* Its inputs, which live as long as the run; returns how many. */
size_t mm_model_run_inputs(const struct mm_model_run *run, const struct mm_model_input **inputs);
/* Tensors written so far. */
size_t mm_model_run_written(const struct mm_model_run *run);
/* Those left out so far: sequences, optionals, text. */
size_t mm_model_run_left_out(const struct mm_model_run *run);
/* Was a float16 tensor among them? ONNX Runtime's kernels for CPUs compute most of float16 in float32 and cast around it, and
 * which casts it leaves out depends on what is asked for: so tensors of such a run need not be those of another one. */
bool mm_model_run_has_half(const struct mm_model_run *run);

/* ---- simulated precision ------------------------------------------------------------------------------------- */

/*
 * A run in float32 whose values are rounded as a runtime of lower precision stores them: it tells what a format costs a
 * network, whoever runs it. Operators that round are put into the model; ONNX Runtime computes the others as ever.
 *
 * Storage (float16, bfloat16, float8): every float32 tensor is rounded to the format - inputs, constants, what each operator
 * makes. Sums inside an operator are float32's: a runtime that adds up in the lower precision is worse than this.
 *
 * Integers: what an operator of `int_ops` reads is quantised and dequantised: its constants (weights; symmetric, by minimum and
 * maximum) once, its other inputs, but for the bias (input 2 of Conv, ConvTranspose, Gemm), each time, with scales that
 * were calibrated. Products of codes add up exactly where they stay below 2^24 codes times codes, else to float32's
 * digits; the bias is not quantised. What it makes is stored in the storage's format, or float32. A NaN stays, Inf
 * becomes the last code.
 *
 * Tensors of other types stay as they are (float16 of models that have it, float64), and so do parameters: the scales of
 * Resize and Upsample, of QuantizeLinear and DequantizeLinear, thresholds of NonMaxSuppression.
 */

/* A precision of a whole network, by its word. */
struct mm_precision_mode {
    const char *name;       /* "qint8_mixed_float16" */
    enum mm_dtype storage;  /* MM_F32: nothing is rounded */
    enum mm_dtype integers; /* MM_DTYPE_NONE: none */
    const char *owner;      /* whose word it is: "MagicMind"; "" mmtui's own */
};
/* The table; *count rows. */
const struct mm_precision_mode *mm_precision_modes(size_t *count);
/* NULL: there is none. */
const struct mm_precision_mode *mm_precision_mode_find(const char *name);

/* One operator that is not as the others. */
struct mm_simulated_op {
    const char *name;   /* the operator's, or */
    const char *tensor; /* that of a tensor which it makes; NULL or "": none */
    enum mm_dtype
        dtype; /* F32 F16 BF16: computed in, and stored as, this; I8 I16: quantised. A format of blocks: none */
};

struct mm_calibration;

/* Which precision. All borrowed. Zeroed but for storage: nothing is quantised. */
struct mm_simulation {
    enum mm_dtype storage, integers;
    const char *const *int_ops; /* types of operators; NULL: Conv, ConvTranspose, Gemm, MatMul */
    size_t int_op_count;
    enum mm_range range;     /* of inputs, over all runs of the calibration */
    bool input_per_channel;  /* a scale for each channel of an input */
    bool filter_per_channel; /* a scale for each output channel of weights */
    bool asymmetric;         /* inputs: a range with a zero point */
    bool
        fold_conv_bn; /* a BatchNormalization that alone reads a Conv's result becomes part of its weights first */
    bool away;        /* integers: halves away from zero (TensorFlow Lite's reference), not to even (ONNX) */
    bool reciprocal; /* integers: x times 1 / scale (PyTorch), not x / scale (ONNX) */
    bool saturate;   /* floats: beyond the greatest is the greatest (ONNX's Cast to float8), not Inf or NaN */
    const struct mm_simulated_op *op;
    size_t ops;
    const struct mm_calibration *calibration; /* needed by mm_simulation_needs_calibration */
};
/* Does anything have to be quantised? Then the run wants a calibration. */
bool mm_simulation_needs_calibration(const struct mm_simulation *simulation);

/*
 * Ranges of the inputs that are to be quantised, and the type of every tensor, from plain runs of the model. `simulation`
 * must outlive this; its member `calibration` plays no part. Open one, get the feeds for mm_calibration_run, take them.
 */
int mm_calibration_open(struct mm_calibration **calibration, const struct mm_ort *ort, const char *model,
                        const struct mm_simulation *simulation, const struct mm_run_options *options,
                        struct mm_err *err);
/* For mm_feeds_open. */
const struct mm_model_run *mm_calibration_run(const struct mm_calibration *calibration);
struct mm_feeds;
/* Run the model with all of them: once, or twice where the range is searched. */
int mm_calibration_take(struct mm_calibration *calibration, const struct mm_feeds *feeds, struct mm_err *err);
/* Has it the ranges that another precision of the same model needs, chosen in the same way? False as well where that can't be
 * found out. Then it may stand in `simulation->calibration`. */
bool mm_calibration_serves(const struct mm_calibration *calibration, const struct mm_simulation *simulation);
/* How many tensors came up in its runs, but with NaN and Inf alone: their scale is 1. The names of the first `room` of them, in
 * the order of their readers, go to `name` (borrowed from the calibration; NULL where room is 0). */
size_t mm_calibration_unseen(const struct mm_calibration *calibration, const char **name, size_t room);
/* NULL is fine. After the runs that use it. */
void mm_calibration_close(struct mm_calibration *calibration);

/* What a run quantises: append the text of a scales.json, by the names of tensors and weights. */
void mm_model_run_scales(const struct mm_model_run *run, struct mm_buf *out);
/* How much is rounded. */
struct mm_simulated_counts {
    size_t stored;    /* tensors, rounded to the storage's format */
    size_t quantised; /* inputs of operators */
    size_t weights;   /* constants, rounded or quantised */
    size_t unknown;   /* tensors whose type nothing tells: not rounded */
    size_t operators; /* whose inputs are quantised */
    size_t folded;    /* BatchNormalizations */
};
/* Zero where nothing is simulated. */
void mm_model_run_simulated(const struct mm_model_run *run, struct mm_simulated_counts *counts);

/* An operator whose inputs are quantised or, where nothing is, whose results are rounded. Texts live as long as the run. */
struct mm_rounded_operator {
    const char *name, *op_type;
    const char *tensor; /* its first result */
};
/* The number-th of them, from 0 on, in the model's order; false: there are not so many. */
bool mm_model_run_operator(const struct mm_model_run *run, size_t number, struct mm_rounded_operator *out);

/* ---- several precisions side by side --------------------------------------------------------------------------- */

/*
 * Runs that differ in one operator's precision compute the same before it. A model in which what stands behind such operators
 * stands several times, a tail for each, computes all of them in one run: the model's own outputs, and those that
 * each tail reaches, under names that mm_tail_of takes apart. Tensors of a tail are simulated like those that they are copies of, by the
 * calibration of the model itself.
 *
 * MM_EUNSUPPORTED: the model has bodies of If, Loop, Scan, local functions, weights in other files, or more than 256 MiB.
 * With fold_conv_bn tails are not for operators that read what a Conv makes: it is folded for one reader alone.
 */
struct mm_tails;
/* Read the model's graph; nothing is kept but that and the map of its file. */
int mm_tails_open(struct mm_tails **tails, const char *model, struct mm_err *err);
/* The operator that `op` means, in tail number `tail`, which begins with the operator that makes `from`. False: it does not
 * stand there. Texts of *out live as long as the tails. */
bool mm_tails_operator(struct mm_tails *tails, const char *from, size_t tail,
                       const struct mm_simulated_op *op, struct mm_simulated_op *out);
/* How large a tensor is in a run; of several runs the most counts. */
void mm_tails_note(struct mm_tails *tails, const char *tensor, uint64_t bytes);
/* Of all tensors in the tail of the operator that makes `from`: no run keeps more than these for it. */
uint64_t mm_tails_bytes(struct mm_tails *tails, const char *from);
/* Write the model with `count` tails to a file: that of number i begins with the operator that makes the tensor from[i]. */
int mm_tails_write(struct mm_tails *tails, const char *const *from, size_t count, const char *to,
                   struct mm_err *err);
/* NULL is fine. */
void mm_tails_close(struct mm_tails *tails);
/* The tail that a tensor of this name is in, SIZE_MAX: none; *length: of its name in the model itself. */
size_t mm_tail_of(const char *name, size_t *length);

/* ---- replaying operators -------------------------------------------------------------------------------------- */

/*
 * Operators of a model computed again, each by itself, from inputs that are handed over: the model with all edges cut. An
 * operator's result is then what this very operator makes of these inputs, as ONNX Runtime computes it, whatever was wrong
 * before it. One session for all; values are asked for when they are needed, and results are handed on as they come, so that
 * memory is bounded. Weights stay where they are in the file.
 *
 * An input that was not dumped is made from the nearest tensors before it that were, and `before` says so. Operators in bodies of
 * If, Loop, Scan, those that have bodies, and what is in local functions are not replayed.
 */
#define MM_REPLAY_OTHERS 2
struct mm_replayed {
    const char *tensor; /* what the operator makes; of the main graph. Borrowed */
    const struct mm_tensor
        *weights; /* in the place of its input number `input`, a constant: floats, raw; NULL: the
                                             model's. Borrowed until mm_replay_close */
    int input;
    unsigned other; /* 0 .. MM_REPLAY_OTHERS: which values of what it reads itself are asked for */
    bool done;      /* by the last run */
    size_t before;  /* operators before it that were computed with it, for their results were not dumped */
    char why
        [160]; /* why it can't be replayed: one sentence without a full stop; "": it can, as far as known */
};

struct mm_replay_call;
struct mm_replay_calls {
    /* Was a tensor dumped, and can it be read? */
    bool (*is_dumped)(void *context, const char *tensor);
    /* Hand over a tensor by one call of mm_replay_give; `other` is that of those in the list which read it. -1: it can't be read. */
    int (*give)(void *context, const char *tensor, unsigned other, struct mm_replay_call *call,
                struct mm_err *err);
    /* What a tensor's elements probably are: asked where the model does not say it and the library refuses the whole model. May be
     * NULL; NONE: not known. */
    enum mm_dtype (*dtype)(void *context, const char *tensor);
    /* What the operator `index` of the list made of it; valid during the call. -1 ends the run. */
    int (*take)(void *context, size_t index, const struct mm_tensor *result, struct mm_err *err);
    void *context;
};
/* In this shape (of as many elements). Floats are rounded to the model's format; integers must keep their values. */
int mm_replay_give(struct mm_replay_call *call, const struct mm_tensor *tensor, const struct mm_shape *shape,
                   struct mm_err *err);

struct mm_replay;
/* The library, the list and what `calls` refers to must outlive it. -1: the model can't be read. What can't be replayed is no
 * failure: `why` says it. */
int mm_replay_open(struct mm_replay **replay, const struct mm_ort *ort, const char *model,
                   struct mm_replayed *list, size_t count, const struct mm_replay_calls *calls,
                   const atomic_bool *cancel, struct mm_err *err);
/* Run all of them; as often as wanted, with other values behind `give`. An operator that fails is left out, and the others
 * are run again without it. -1: `take` failed, MM_ECANCELLED, or nothing can be run at all. */
int mm_replay_run(struct mm_replay *replay, struct mm_err *err);
/* NULL is fine. */
void mm_replay_close(struct mm_replay *replay);

/* ---- inputs from files ---------------------------------------------------------------------------------------- */

/* A file or folder with inputs; `name` NULL: of whichever they are by their names, or else of the next one. Borrowed. */
struct mm_feed_path {
    const char *name, *path;
};

/* Values for the inputs of one or several runs. */
struct mm_feeds;

/*
 * Read them, in this order. A tensor whose name in its file is an input's (the part behind the last `/` counts as well:
 * test_data_set_0/x), or that is told to be an input's, is for that input; else one is for the first input that has no
 * value yet. Where the input has a value already, the next run begins. An input that has no value in a later run keeps that
 * of the run before. Of a file or folder in which some tensors have an input's name, the others are passed over (results
 * that lie beside).
 *
 * Files that do not say it (raw, text) have the dtype and shape of `given` or, without, of the input. Floats of another
 * format are rounded to the input's, integers converted if that keeps their values; any other difference is MM_EARG. What a file has
 * for an input that is a sequence is one value of it.
 */
int mm_feeds_open(struct mm_feeds **feeds, const struct mm_model_run *run, const struct mm_feed_path *paths,
                  size_t count, const struct mm_given_list *given, struct mm_err *err);
/*
 * One run with made-up values, the same for the same seed: floats evenly between -1 and 1, integers 0 or 1. A dimension that the
 * model leaves open is that of `given`, or 1.
 */
int mm_feeds_random(struct mm_feeds **feeds, const struct mm_model_run *run, uint64_t seed,
                    const struct mm_given_list *given, struct mm_err *err);
/* How many runs there are. */
size_t mm_feeds_runs(const struct mm_feeds *feeds);
/* The values for one, as mm_model_run takes them; *count of them. They live as long as the feeds. */
const struct mm_feed *mm_feeds_run(const struct mm_feeds *feeds, size_t run, size_t *count);
/* NULL is fine. */
void mm_feeds_close(struct mm_feeds *feeds);

#endif
