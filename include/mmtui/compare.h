/*
 * compare: measuring pairs, histograms, quantiles, the worker pool, the result cache and the progressive scan.
 *
 * Measuring a pair adds up a struct mm_sums in one pass over both tensors; the metrics are pure functions of
 * the sums. Nothing here says what a figure means.
 *
 * Threads: a worker writes its own job's result and nothing else; jobs come back to one thread, which owns
 * the rest.
 */
#ifndef MMTUI_COMPARE_H
#define MMTUI_COMPARE_H

#include <stdatomic.h>

#include "mmtui/pair.h"

/* ---- metrics ------------------------------------------------------------------------------------------ */

/* Own finite values of one side. With none finite: min = max = mean = std = NaN, indices -1. */
struct mm_stats {
    int64_t finite, nan, pos_inf, neg_inf, zero;
    double min, max, mean;
    double std; /* population: sqrt(Σ(x-mean)²/n) */
    int64_t min_at, max_at;
};

/*
 * METRICS of mmtui-formats(5), over the positions finite on both sides. All NaN when there is no such position
 * but `count` > 0; an empty tensor compares equal (diffs 0, cosine 1).
 */
struct mm_metrics {
    int64_t count;            /* elements */
    int64_t finite;           /* positions finite on both sides */
    int64_t nonfinite_equal;  /* left out, but equal */
    int64_t nonfinite_differ; /* the tensor is broken there: it ranks worst whatever the rest says */
    int64_t differ_at;
    double diff1, diff2, sqnr; /* sqnr in dB; +Inf for identical */
    double diff3_rel, diff3_abs;
    double diff4_greater, diff4_less; /* shares of diff4_n; 0 when diff4_n == 0 */
    int64_t diff4_n;
    double mse, rmse, mae, max_abs;
    int64_t max_abs_at, max_rel_at;
    double cosine;
    double cosine_gap; /* 1 - cosine without cancellation */
    double fit_scale, fit_offset;
    double fit_residual; /* sqrt(Σ(d - scale s - offset)² / Σ d²); 0 for an exact fit, 0 when all is zero */
    double beyond;       /* share with |e| > atol + rtol |s| */
    struct mm_stats src, dst;
};

/*
 * A number in a struct, in files: 8 bytes at `member`, a double (REAL) or an int64_t. A count is within 0 ..
 * elements, a place (an element's index in row-major order) within -1 (none) .. elements - 1.
 */
enum mm_figure_kind { MM_FIGURE_REAL, MM_FIGURE_COUNT, MM_FIGURE_PLACE };
struct mm_figure {
    const char *name; /* in mmtui.json */
    enum mm_figure_kind kind;
    size_t member;
};

/* In the order of mmtui.json. */
enum mm_metric_id {
    MM_METRIC_ELEMENTS,
    MM_METRIC_FINITE,
    MM_METRIC_NONFINITE_EQUAL,
    MM_METRIC_NONFINITE_DIFFER,
    MM_METRIC_DIFFER_AT,
    MM_METRIC_DIFF1,
    MM_METRIC_DIFF2,
    MM_METRIC_SQNR,
    MM_METRIC_DIFF3_REL,
    MM_METRIC_MAX_REL_AT,
    MM_METRIC_DIFF3_ABS,
    MM_METRIC_DIFF4_GREATER,
    MM_METRIC_DIFF4_LESS,
    MM_METRIC_DIFF4_N,
    MM_METRIC_MSE,
    MM_METRIC_RMSE,
    MM_METRIC_MAE,
    MM_METRIC_MAX_ABS,
    MM_METRIC_MAX_ABS_AT,
    MM_METRIC_COSINE,
    MM_METRIC_COSINE_GAP,
    MM_METRIC_FIT_SCALE,
    MM_METRIC_FIT_OFFSET,
    MM_METRIC_FIT_RESIDUAL,
    MM_METRIC_BEYOND,
    MM_METRIC_COUNT
};
/* Everything about a metric but its formula, in one row of src/compare/metric_table.c: mmtui.json, the result
 * cache, columns and the screens are made from it. */
struct mm_metric {
    struct mm_figure field; /* of struct mm_metrics */
    const char *label;      /* on screen, at most 9 columns; NULL: not shown by itself */
    const char *what;       /* what it is, in 27 columns of ASCII */
    void (*text)(const struct mm_metrics *m, double value, struct mm_buf *out); /* as people read it; may be
                                                                                   NULL */
    const char *unit;                                                           /* NULL: none */
    double (*rank)(const struct mm_metrics *m); /* what layers are sorted by; NULL: the figure itself */
};
/* Never NULL; `id` is below MM_METRIC_COUNT here and below. */
const struct mm_metric *mm_metric(enum mm_metric_id id);
/* The figure, a count or a place as a double (exact to 2^53). NaN where there was nothing to measure. */
double mm_metric_value(enum mm_metric_id id, const struct mm_metrics *m);
/* What layers are sorted by. */
double mm_metric_rank(enum mm_metric_id id, const struct mm_metrics *m);
/* Append the figure as people read it, without a unit; nothing for what is not shown. */
void mm_metric_text(enum mm_metric_id id, const struct mm_metrics *m, struct mm_buf *out);
/* The fields of struct mm_stats, in the order of mmtui.json. */
const struct mm_figure *mm_stat_figures(size_t *count);

/*
 * Pure functions of the sums, without a unit unless said. No position that is finite on both sides: NaN, and of
 * an empty tensor what equal tensors have (0; cosine 1). METRICS of mmtui-formats(5) has the sources.
 */

/* Σ|e| / Σ|s|; 0 / 0 is 0, x / 0 is +Inf. */
double mm_metric_diff1(const struct mm_sums *sums);
/* sqrt(Σe² / Σs²), alike; diff1 where squares are too small for a double. */
double mm_metric_diff2(const struct mm_sums *sums);
/* -20 log10(diff2) in dB: +Inf for 0, -Inf for +Inf, NaN for NaN. */
double mm_metric_sqnr(double diff2);
/* Σsd / sqrt(Σs² Σd²), -1 .. 1; both sides zero 1, one of them 0; NaN where a sum has left the range of a double. */
double mm_metric_cosine(const struct mm_sums *sums);
/* 1 - cosine = (Σe² - (|s|-|d|)²) / (2|s||d|) with |s| = sqrt(Σs²), 0 .. 2. Where the sides differ by a scale, a
 * second pass has more digits. */
double mm_metric_cosine_gap(const struct mm_sums *sums);
/* The line d = scale s + offset of least squares, and what it leaves: sqrt(Σ(d - scale s - offset)² / Σd²), 0 for an
 * exact fit and where all is zero, +Inf where only Σd² is. Of a constant s the scale is 1. */
void mm_metric_fit(const struct mm_sums *sums, double *scale, double *offset, double *residual);
/* Everything from the sums of the first pass. `centred` (may be NULL) replaces what would cancel. */
void mm_metrics_finish(const struct mm_sums *sums, const struct mm_centre *centre,
                       const struct mm_centred *centred, struct mm_metrics *out);
/* True when the first pass alone would lose digits (n mean² >> M2, a nearly exact fit, or sides that differ
 * by little but a scale); fills centre. */
bool mm_metrics_need_centre(const struct mm_sums *sums, struct mm_centre *centre);

/* ---- quantiles of |e| ---------------------------------------------------------------------------------- */

/*
 * Exact, over the n positions finite on both sides: the quantile q is the value at place floor(q (n - 1)),
 * counted from 0, of |e| in ascending order (numpy.quantile's method "lower": always a value that occurs,
 * never one in between). e = s - d in double. All NaN when n == 0.
 */
struct mm_quantiles {
    int64_t count; /* n */
    double p50, p90, p99, p999;
};
/* Two to four passes over views of equal count; -1 as for mm_measure_tensors. */
int mm_quantiles_tensors(const struct mm_tensor *s, const struct mm_tensor *d, const atomic_bool *cancel,
                         struct mm_quantiles *out, struct mm_err *err);
/* Opens the pair; MM_EARG when it has one side only or shapes differ. */
int mm_pair_quantiles(const struct mm_pair *pair, const struct mm_schema *schema, const atomic_bool *cancel,
                      struct mm_quantiles *out, struct mm_err *err);

/* ---- columns ------------------------------------------------------------------------------------------- */

/*
 * Tensors whose columns mean different things: the rows of a detector (picture, class, score, box), its raw result
 * (boxes in pixels beside scores), the indices of NMS. Beside boxes in pixels a wrong class is a hundredth of the
 * energy, so what the columns hold is measured column by column. Such a table is told by its values: columns of whole
 * numbers beside others that hold none, or four of pixels with scores in 0 .. 1 behind; they lie along the last axis
 * longer than 1, or the one before it.
 */
enum mm_table_kind {
    MM_TABLE_NONE = 0, /* not judged */
    MM_TABLE_INTEGERS, /* whole numbers on both sides (up to 0.001): a class, a picture, an index. Each by itself */
    MM_TABLE_SCORES, /* in 0 .. 1; all such columns together */
    MM_TABLE_VALUES  /* others; those of about one size together */
};
#define MM_TABLE_COLUMNS_MAX 512
struct mm_table {
    int axis; /* of the shape, whose places are the columns */
    int64_t columns, rows;
    int64_t inner; /* places of a column lie so far apart: 1 where the axis is the last */
    int64_t used;  /* rows that are not padding: all 0 or -1 on both sides */
    bool boxes;    /* the first four columns are a box in pixels */
    bool sure;     /* enough is known to judge columns that hold no whole numbers */
    uint8_t kind[MM_TABLE_COLUMNS_MAX];  /* enum mm_table_kind */
    uint8_t level[MM_TABLE_COLUMNS_MAX]; /* of VALUES: powers of 8 below the largest */
};
/* The columns that are furthest off. Of 64-bit integers that are no table: all of it, axis, first and last being -1. */
struct mm_table_error {
    int axis;
    enum mm_table_kind kind; /* NONE: no such table, or nothing is off there */
    int64_t first, last;     /* of the group */
    double
        error; /* INTEGERS: share of the rows that differ; VALUES: diff2; SCORES: diff2 of those that are 0.05 at
                     least on a side, against the larger side. 0: none */
};
/* Is it such a table? s and d: [count of the shape], laid alike, NaN allowed; `integers`: of an integer dtype. False
 * clears *out. Never more than MM_TABLE_COLUMNS_MAX columns; a feature map is none. */
bool mm_table_find(const double *s, const double *d, const struct mm_shape *shape, bool integers,
                   struct mm_table *out);
/* Index of an element: row < rows, column < columns. */
int64_t mm_table_at(const struct mm_table *table, int64_t row, int64_t column);
/* Are two columns measured together? */
bool mm_table_together(const struct mm_table *table, int64_t a, int64_t b);
/* The group of columns with the largest error. */
void mm_table_measure(const struct mm_table *table, const double *s, const double *d,
                      struct mm_table_error *out);

/* ---- measuring one pair ------------------------------------------------------------------------------- */

struct mm_pair_measurer;
struct mm_measure_options {
    double atol, rtol; /* over-tolerance share; numpy.allclose: 1e-8, 1e-5 */
    double small;      /* diff3's threshold; 0: 1e-6, or 1e-4 when either side is f16 */
    bool quantiles;    /* also those of |e|: two to four more passes */
    size_t hist_bins;  /* also histograms of so many bins over the range of both sides; 0: none */
    const struct mm_pair_measurer
        *elsewhere; /* asked first: pairs that lie on another machine. NULL: all are here. Borrowed */
};
/* atol 1e-8, rtol 1e-5 (numpy.allclose), nothing else asked for. */
void mm_measure_defaults(struct mm_measure_options *options);

struct mm_result;
/* Who measures pairs where they lie. False: this one is to be measured here, and *result is as it was. Else *result is
 * as of mm_measure_pair, the same to the last bit. From any thread. */
struct mm_pair_measurer {
    bool (*measure)(void *context, const struct mm_pair *pair, const struct mm_schema *schema,
                    const struct mm_measure_options *options, const atomic_bool *cancel,
                    struct mm_result *result);
    void *context;
};

enum mm_state {
    MM_STATE_PENDING = 0, /* nothing known yet */
    MM_STATE_HEADER,      /* headers read, not measured yet */
    MM_STATE_MEASURED,
    MM_STATE_MISMATCH, /* shapes differ */
    MM_STATE_SINGLE,   /* one side only; its own stats are there */
    MM_STATE_FAILED    /* a file could not be read; error says why */
};

/* Which state of an entry it is: of its file, and of the member there. Times in ns since the epoch. */
struct mm_entry_id {
    int64_t size, modified, changed; /* of the file */
    uint64_t inode, device;
    uint64_t offset, bytes; /* of the entry: where it begins there, and how much reading it takes */
    uint32_t check;         /* of a member */
};
/* Of both files; zeros for a side that is missing. */
struct mm_pair_id {
    struct mm_entry_id src, dst;
    bool sure; /* false: keep nothing. No such file, or one written so lately that more may follow unseen */
};
/* Which state the files are in now: before anything of them is read. */
void mm_pair_identify(const struct mm_pair *pair, struct mm_pair_id *id);
/* The same state of both files, as far as size, times, inode and device tell. */
bool mm_pair_id_same(const struct mm_pair_id *a, const struct mm_pair_id *b);
/* How a pair is read besides its files (layout, scales, bit patterns): equal where figures of the same files are. */
uint64_t mm_pair_reading_key(const struct mm_pair *pair);

/* What is known of one pair. Owned strings: mm_result_done. */
#define MM_HEAD 16
struct mm_result {
    enum mm_state state;
    enum mm_shape_match match;
    struct mm_info src, dst;
    struct mm_shape shape; /* of a pair whose headers are known: as it was compared; of a mismatch src's */
    double
        spread; /* MEASURED: of several samples, the largest diff2 of another one of the same side, of which the
                      first is compared; +Inf: NaN or Inf in one of them. 0: there is one sample, or they are equal */
    enum mm_dtype
        bits; /* MEASURED: integers of these sides are bit patterns of this type: read so, they are near the
                            other side's values, and as they are they are not. NONE: they are not */
    bool bits_side[2]; /* src, dst */
    double bits_error; /* diff2 when they are read so, at up to 1024 positions; +Inf without bits */
    uint64_t
        head; /* MEASURED: of dst's first MM_HEAD values: another's is another's hash; 0: there are fewer */
    struct mm_metrics metrics; /* SINGLE: only the stats of the side that is there */
    int64_t masked;            /* MEASURED: positions that hold a sentinel on both sides */
    struct mm_metrics
        *rest; /* the figures without these, by which a pair is judged; NULL: masked is 0. Owned */
    struct mm_table_error
        table;          /* MEASURED: of a table with columns of several meanings; kind NONE: it is none */
    bool has_quantiles; /* MEASURED, and asked for */
    struct mm_quantiles quantiles;
    struct mm_pair_hist *hist; /* MEASURED, and asked for; else NULL. Owned */
    enum mm_code code;         /* FAILED */
    bool failed_dst;           /* FAILED: which side */
    char *error;               /* FAILED: the sentence */
    struct mm_pair_id id;      /* the files' state that was measured */
};
/* The shape that the figures are of: dst's where src was laid over it, else src's. */
const struct mm_shape *mm_result_shape(const struct mm_result *result);
/* Free what it owns and zero it (PENDING); a zeroed result is fine. */
void mm_result_done(struct mm_result *result);
/* The figures by which it is judged: those of the rest where positions are masked. */
const struct mm_metrics *mm_result_judged(const struct mm_result *result);
/*
 * Sentinels stand for "nothing here": masks of -1e9, the lowest number of a format, -Inf. On one side they are -Inf,
 * or all that is at most -9500: within 1 % of one constant, of up to four times that (masks that were added), or of a
 * lowest number. The constant is at least 1000 times anything else there; 100 times is enough for powers of ten and
 * lowest numbers. Where one side has none, but its least value stands wherever (four times at least) the other has one,
 * then that is its sentinel: integers end there.
 *
 * Of one side: what is at most so much is a sentinel; -Inf: only that is; NaN: nothing is.
 */
double mm_sentinel_limit(const double *x, int64_t count);
/* By the figures of one side: false where that is NaN for sure. */
bool mm_sentinel_possible(const struct mm_stats *side);
/*
 * Writes NaN to both s and d at positions where both hold a sentinel, and returns how many; 0, and nothing is written,
 * where there are none, or fewer than four whose values differ between the sides and are not both powers of ten or
 * lowest numbers (these are values that differ).
 */
int64_t mm_sentinels_mask(double *s, double *d, int64_t count);

/* "integers", "scores", "values": in files; "" for NONE and what is no kind. */
const char *mm_table_word(enum mm_table_kind kind);
/* "column 5", "columns 0 to 3", "all of it": which these are. Returns out. */
const char *mm_table_text(const struct mm_table_error *columns, char *out, size_t size);
/* Does it hold 32 or 64-bit integers on both sides? */
bool mm_table_integers(const struct mm_result *result);

/* A tensor of more elements is known by some of them. */
#define MM_FINGERPRINT_WHOLE 65536
/*
 * What a tensor is known by (mm_fingerprint_of): of all its elements up to MM_FINGERPRINT_WHOLE, else of at most 16384, in evenly spread
 * runs of neighbours on each axis, the same ones whatever the order of the axes. *bytes: what the pages that they lie in
 * have, as far as they are stored one behind the other: a page each at worst, 64 MiB, whatever the tensor has. Not known: it is empty,
 * or not all of them are finite. -1 with MM_ECORRUPT where one can't be read, or MM_ENOMEM. RAW tensors that are settled are
 * read here and there, others from their beginning on.
 */
int mm_fingerprint_take(const struct mm_tensor *tensor, struct mm_fingerprint *out, uint64_t *bytes,
                        struct mm_err *err);

/* Headers only: state becomes HEADER, SINGLE, MISMATCH or FAILED. */
void mm_measure_header(const struct mm_pair *pair, const struct mm_schema *schema, struct mm_result *result);
/*
 * Headers and sums. `cancel` (may be NULL) is looked at once a tile: then state stays HEADER, or PENDING when
 * a header was not through. Never fails as a function.
 */
void mm_measure_pair(const struct mm_pair *pair, const struct mm_schema *schema,
                     const struct mm_measure_options *options, const atomic_bool *cancel,
                     struct mm_result *result);
/* The passes themselves over two views of equal count (only the metrics, whatever else the options ask for);
 * -1 with MM_ECORRUPT when a value can't be decoded. */
int mm_measure_tensors(const struct mm_tensor *s, const struct mm_tensor *d,
                       const struct mm_measure_options *options, const atomic_bool *cancel,
                       struct mm_metrics *out, struct mm_err *err);

/* ---- element by element -------------------------------------------------------------------------------- */

/*
 * The values of elements [from, from + n), in row-major order of src's shape. Called with from = 0 once more when the
 * values have to be read anew: what came before is void. Not 0 (with err filled) stops.
 */
typedef int (*mm_elements_work)(void *context, int64_t from, const double *s, const double *d, size_t n,
                                struct mm_err *err);
/* Open the pair and hand over all its values, a tile at a time. MM_EARG when it has one side only, or shapes differ;
 * else as mm_pair_read. An empty tensor gives no call. */
int mm_pair_elements(const struct mm_pair *pair, const struct mm_schema *schema, mm_elements_work work,
                     void *context, struct mm_err *err);

/* ---- the result cache ---------------------------------------------------------------------------------- */

/*
 * What was measured before, in one file per two folders and measure options. A result is found again as long
 * as both files are the same by size, times, inode and device. A cache can't fail: what can't be read is not
 * there, what can't be written is measured again next time.
 */

/* To be raised whenever any figure of a measured pair may change. */
#define MM_ENGINE_VERSION 8

struct mm_cache;

struct mm_cache_options {
    const char *folder;                /* of all cache files; made if missing */
    const char *src, *dst;             /* the two dumps' folders */
    const struct mm_schema *schema[2]; /* of src and dst; NULL: the project's own */
    const struct mm_measure_options *measure;
    unsigned shard, shards; /* runs at the same time must not share a file; 0 of 0: the whole */
};

/* malloc'ed "$XDG_CACHE_HOME/mmtui", "$HOME/.cache/mmtui", or NULL. */
char *mm_cache_folder(void);
/* Read what there is. Borrowed: pairs. Only src or dst that are not there, or memory, make it fail. */
int mm_cache_open(struct mm_cache **cache, const struct mm_cache_options *options,
                  const struct mm_pairs *pairs, struct mm_err *err);
/* Without writing: mm_cache_save does. NULL is fine. */
void mm_cache_close(struct mm_cache *cache);
/* How many results were read. */
size_t mm_cache_count(const struct mm_cache *cache);
/* From any thread, before the pair is measured: fill *id; true with *result when it was measured so
 * before. */
bool mm_cache_find(const struct mm_cache *cache, size_t pair, struct mm_pair_id *id,
                   struct mm_result *result);
/* The owner's thread: this state of the files is the one that was measured, or (found) had been before. */
void mm_cache_keep(struct mm_cache *cache, size_t pair, const struct mm_pair_id *id, bool found);
typedef const struct mm_result *(*mm_cache_result)(const void *context, size_t pair);
/*
 * Write what was kept, if any of it is new, and bound the folder's size. `result` gives a pair's result,
 * borrowed; those that are not final or FAILED are passed over. What was read and not looked at stays. For the
 * owner's thread. -1: it could not be written; the results are measured again next time.
 */
int mm_cache_save(struct mm_cache *cache, mm_cache_result result, const void *context, struct mm_err *err);

/* ---- long computations --------------------------------------------------------------------------------- */

/*
 * How far a computation is, in elements that have been gone over. Those who compute it add, any other thread may look
 * meanwhile. Zeroed at first.
 */
struct mm_progress {
    atomic_llong done, whole; /* whole: all that is expected; 0: not known yet */
};
/* `more` elements are still to be gone over. By the thread that owns the computation; progress may be NULL. */
void mm_progress_expect(struct mm_progress *progress, int64_t more);
/* n more are done. From any thread; progress may be NULL. */
void mm_progress_add(struct mm_progress *progress, int64_t n);
/* 0 .. 1; -1 when nothing is known yet. */
double mm_progress_share(struct mm_progress *progress);

/* Other workers, who help with what is large: see mm_scan_helpers. */
struct mm_helpers;

/* What goes along with a long computation; all of it may be NULL. */
struct mm_control {
    const atomic_bool *cancel; /* once it is set, MM_ECANCELLED */
    struct mm_progress *progress;
    struct mm_helpers *helpers;
};

/* ---- histograms of a pair ------------------------------------------------------------------------------ */

#define MM_HIST_BINS_MAX 4096

struct mm_hist_options {
    size_t bins;      /* 1 .. MM_HIST_BINS_MAX */
    double low, high; /* shared range; low == high asks for the range of both sides' finite values */
};

struct mm_pair_hist {
    struct mm_hist src, dst;  /* same range and bins; a side that is missing has bins == 0 */
    struct mm_exp_hist error; /* of e = s - d */
};

/* Opens the pair and counts. control may be NULL. Arrays are owned by *out (mm_pair_hist_done). */
int mm_pair_hist(const struct mm_pair *pair, const struct mm_schema *schema,
                 const struct mm_hist_options *options, const struct mm_control *control,
                 struct mm_pair_hist *out, struct mm_err *err);
/* Free the counts and zero it; a zeroed one is fine. */
void mm_pair_hist_done(struct mm_pair_hist *hist);

/* ---- where the error is, on request: channels, worst elements, heat map, values --------------------------- */

/*
 * All of these open the pair, take one pass over it (or over the part that is asked for), tile by tile: memory depends on
 * what comes out, not on the tensors. Places and axes are those of `shape`, in which both sides were compared; MM_EARG
 * when shapes differ. control may be NULL. Of one side alone there are its own values, and no error.
 */

/* Of one place on an axis. */
struct mm_channel {
    int64_t count;      /* elements */
    int64_t finite;     /* positions finite on both sides; of one side: its own */
    int64_t differ;     /* not finite, and not the same on both sides */
    double greatest[2]; /* src, dst: max |x| of its own finite values; 0 without any */
    double rms;         /* sqrt(Σe² / finite); NaN without finite positions, and of one side */
    double
        diff2; /* sqrt(Σe² / Σs²): 0 / 0 is 0, x / 0 is +Inf; NaN as rms, or where a sum left a double's range */
    double max_abs; /* max |e|; 0 without finite positions */
    int64_t worst;  /* the first position that differs in `differ`, else the first with max_abs; -1: none */
};
/* Of one figure over all channels. */
struct mm_channel_spread {
    int64_t most;            /* the first channel with the greatest; -1: no channel has the figure */
    double greatest, median; /* of those that have it: the one at place (n - 1) / 2 in ascending order */
};
#define MM_CHANNELS_MAX ((int64_t)1 << 18)
struct mm_channels {
    struct mm_shape shape;
    bool has[2]; /* src, dst */
    int axis;    /* -1: a scalar, which is one channel */
    int64_t count;
    struct mm_channel *channel;             /* [count], owned */
    struct mm_channel_spread rms, range[2]; /* range: of greatest, src and dst */
};
/* Along `axis` (-1: the whole tensor is one channel). MM_EARG for an axis that there is not, and for more than
 * MM_CHANNELS_MAX places. */
int mm_pair_channels(const struct mm_pair *pair, const struct mm_schema *schema, int axis,
                     const struct mm_control *control, struct mm_channels *out, struct mm_err *err);
/* A zeroed one is fine. */
void mm_channels_done(struct mm_channels *channels);

/* By what elements are the worst: |s - d|, or |s - d| / |s| (0 / 0 is 0, x / 0 is +Inf). */
enum mm_worst_by { MM_WORST_ABS, MM_WORST_REL };
struct mm_element {
    int64_t at;  /* row-major index */
    double s, d; /* NaN of a side that there is not */
    double key;  /* what it was ranked by; +Inf where not both are finite and they differ */
};
/* Not the same: by the key's sense; both NaN, or the same Inf, are equal. */
double mm_element_key(enum mm_worst_by by, double s, double d);
#define MM_WORST_ELEMENTS 256
struct mm_worst_elements {
    struct mm_shape shape;
    int64_t count;                                /* elements of the slice */
    int64_t differing;                            /* of these, how many have a key above 0 */
    struct mm_element element[MM_WORST_ELEMENTS]; /* the greatest key first, of equal ones the lowest index */
    size_t elements;
};
/* Of the elements of a slice (NULL: all) those that are furthest off; MM_EARG of one side alone. */
int mm_pair_worst(const struct mm_pair *pair, const struct mm_schema *schema, const struct mm_slice *slice,
                  enum mm_worst_by by, const struct mm_control *control, struct mm_worst_elements *out,
                  struct mm_err *err);

/* A stretch of a slice's elements, as values. */
struct mm_window {
    struct mm_shape shape;
    bool has[2];
    int64_t count; /* elements of the slice */
    int64_t from;  /* the first one that is here, counted in the slice */
    size_t n;
    struct mm_element *element; /* [n], owned; key: |s - d| */
};
/* Elements from, from + 1, ... of the slice, at most n, fewer at its end. */
int mm_pair_window(const struct mm_pair *pair, const struct mm_schema *schema, const struct mm_slice *slice,
                   int64_t from, size_t n, const struct mm_control *control, struct mm_window *out,
                   struct mm_err *err);
/* A zeroed one is fine. */
void mm_window_done(struct mm_window *window);

/* The error over two axes of a slice; along all its other axes the greatest counts. */
struct mm_heat_options {
    struct mm_slice slice;
    int y_axis, x_axis;    /* neither fixed in the slice; y -1: there is one row */
    int64_t rows, columns; /* at most so many cells, 1 or more each; their product is at most MM_HEAT_CELLS */
};
#define MM_HEAT_CELLS ((int64_t)1 << 22)
struct mm_heat_cell {
    double error; /* max |e|, exactly; +Inf where not both are finite and they differ; 0: all are equal */
    int64_t at;   /* the first element that has it; -1 with 0 */
};
struct mm_heat {
    struct mm_shape shape;
    struct mm_heat_options options; /* rows and columns as they are: not more than places on the axis */
    struct mm_heat_cell *cell;      /* [rows][columns], owned */
    double greatest, least;         /* of the finite errors above 0; 0 without any */
};
/* Row r of the map is places [mm_heat_place(dim, rows, r), mm_heat_place(dim, rows, r + 1)) on the axis. */
int64_t mm_heat_place(int64_t dim, int64_t cells, int64_t cell);
/* -1 with MM_EARG for axes and sizes that do not fit, and of one side alone. */
int mm_pair_heat(const struct mm_pair *pair, const struct mm_schema *schema,
                 const struct mm_heat_options *options, const struct mm_control *control, struct mm_heat *out,
                 struct mm_err *err);
/* The same of two views of equal shape. */
int mm_heat_tensors(const struct mm_tensor *s, const struct mm_tensor *d,
                    const struct mm_heat_options *options, const struct mm_control *control,
                    struct mm_heat *out, struct mm_err *err);
/* A zeroed one is fine. */
void mm_heat_done(struct mm_heat *heat);

/* ---- the worker pool ---------------------------------------------------------------------------------- */

/* A job is embedded in what it works on. run writes there and nowhere else; it looks at *cancel now and
 * then. */
struct mm_job {
    void (*run)(struct mm_job *job, const atomic_bool *cancel);
    struct mm_job *next; /* the pool's */
    unsigned worker;     /* set by the pool before run: which worker runs it, 0 .. mm_pool_workers() - 1 */
};

struct mm_pool;

/* threads == 0: jobs run inside mm_pool_finished, so that everything is deterministic. Signals are blocked in
 * workers. */
int mm_pool_open(struct mm_pool **pool, unsigned threads, struct mm_err *err);
/* How many jobs can run at once: 1 when they run inline. */
unsigned mm_pool_workers(const struct mm_pool *pool);
/*
 * Set cancel, wait for running jobs, start no others. Every job that was submitted or handed out, run or not,
 * can then still be collected with mm_pool_finished, so that its owner frees it.
 */
void mm_pool_stop(struct mm_pool *pool);
/* Stops if need be. Jobs not collected are forgotten. */
void mm_pool_close(struct mm_pool *pool);
/* Before anything that the source hands out. */
void mm_pool_submit(struct mm_pool *pool, struct mm_job *job);
/*
 * Where bulk work comes from: called by an idle worker, one at a time under the pool's lock; returns the next
 * job or NULL when there is none for now (mm_pool_kick asks again).
 */
typedef struct mm_job *(*mm_pool_source)(void *context);
/* NULL: none. `context` is borrowed. Nothing is asked for before the next kick. */
void mm_pool_set_source(struct mm_pool *pool, mm_pool_source source, void *context);
/* Ask the source again: there may be work. */
void mm_pool_kick(struct mm_pool *pool);
/* Run `change` under the lock that also guards the source. */
void mm_pool_locked(struct mm_pool *pool, void (*change)(void *context), void *context);
/* The next finished job, or NULL. With 0 threads: takes one job, runs it, returns it. */
struct mm_job *mm_pool_finished(struct mm_pool *pool);
/* A descriptor that is readable while finished jobs wait (-1 with 0 threads). */
int mm_pool_fd(const struct mm_pool *pool);
/* Nothing queued, running or waiting to be collected, and the source is dry. */
bool mm_pool_idle(struct mm_pool *pool);
/* Block until a finished job waits or the pool is idle. */
void mm_pool_wait(struct mm_pool *pool);
/* Block until so many (at least 1) do, or nothing is left to run: being woken for each costs more than a small job. */
void mm_pool_wait_for(struct mm_pool *pool, size_t count);

/* ---- the progressive scan ------------------------------------------------------------------------------ */

struct mm_scan;

/*
 * Measure all pairs, starting with what is in focus. With `headers`, the headers of all are read before the
 * figures of those out of focus, so that a list shows shapes at once; the rest then goes by size, largest
 * first. Without, it goes in execution order (sizes would cost a call a file, and what they are good for,
 * that no worker is left alone with a large tensor at the end, is not needed: large tensors are divided among
 * the workers). Borrowed: pool, pairs, schema; options are copied. The scan becomes the pool's source; work
 * begins with the next mm_pool_kick.
 */
int mm_scan_open(struct mm_scan **scan, struct mm_pool *pool, const struct mm_pairs *pairs,
                 const struct mm_schema *schema, const struct mm_measure_options *options, bool headers,
                 struct mm_err *err);
/* Before the work begins: look every pair up first, keep what is measured. Borrowed until the scan is
 * closed. */
void mm_scan_set_cache(struct mm_scan *scan, struct mm_cache *cache);
/* Before the work begins, and after the cache was set: this pair is measured already, from files in the state `id`. */
void mm_scan_known(struct mm_scan *scan, size_t pair, const struct mm_pair_id *id);
/* Workers of the pool that have nothing else to do, for other jobs of it that are large; NULL where there is
 * only one. Good until the scan is closed, for jobs that the pool runs. */
struct mm_helpers *mm_scan_helpers(struct mm_scan *scan);
/* After the pool is stopped and its jobs are collected. */
void mm_scan_close(struct mm_scan *scan);
/* Pairs to take first (what is on the screen), in this order. Copied. */
void mm_scan_focus(struct mm_scan *scan, const size_t *pairs, size_t count);
/* *result is given away: the receiver calls mm_result_done. `figures` tells the final result from the header's,
 * which may come later: the receiver then keeps the figures. */
typedef void (*mm_scan_apply)(void *context, size_t pair, bool figures, struct mm_result *result_take);
/* If `job` is one of this scan's, hand its results to `apply` one by one, free it and return true. Call from the
 * one thread that owns the results. */
bool mm_scan_collect(struct mm_scan *scan, struct mm_job *job, mm_scan_apply apply, void *context);
/* Pairs measured (or found impossible) so far. */
size_t mm_scan_done_count(const struct mm_scan *scan);
/* How many of them were found in the cache. */
size_t mm_scan_cached_count(const struct mm_scan *scan);

#endif
