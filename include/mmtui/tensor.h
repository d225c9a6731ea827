/*
 * tensor: number formats, shapes, a tensor as a borrowed view, decoding, and the measuring kernels.
 *
 * A struct mm_tensor owns nothing: it points at bytes that somebody mapped. Whatever those bytes look like
 * (raw little- or big-endian numbers, column-major, protobuf varints, decimal text), a cursor turns them
 * into tiles of float or double in row-major order, and a kernel adds a pair of tiles to a struct mm_sums.
 * M number formats and N formulas meet in a tile: M + N pieces of code, not M x N.
 *
 * Two lanes are enough. Lane F (float) holds every value of f16, bf16, f32, 4-, 8- and 16-bit integers and
 * bool exactly; lane D (double) holds f64 and i32 exactly, and i64/u64 up to 2^53 (beyond: rounded to
 * nearest, the only inexact conversion there is). All arithmetic is done in double, whatever the lane.
 *
 * Sums are reproducible: the same pair of tensors gives the same bits on every machine and with any number
 * of threads, because the order of additions is fixed (see "summation" at struct mm_acc).
 */
#ifndef MMTUI_TENSOR_H
#define MMTUI_TENSOR_H

#include <stdatomic.h>

#include "mmtui/base.h"

/* ---- number formats ----------------------------------------------------------------------------------- */

enum mm_dtype {
    MM_DTYPE_NONE = 0,
    MM_F16,
    MM_BF16,
    MM_F32,
    MM_F64,
    MM_I4,
    MM_I8,
    MM_I16,
    MM_I32,
    MM_I64,
    MM_U4,
    MM_U8,
    MM_U16,
    MM_U32,
    MM_U64,
    MM_BOOL,
    MM_F8E4M3, /* OCP float8: 448 is its greatest, it has no Inf (float8_e4m3fn) */
    MM_F8E5M2,
    MM_F8E4M3FNUZ, /* no Inf, one NaN (0x80), no negative zero */
    MM_F8E5M2FNUZ,
    MM_F8E4M3B11, /* alike, with a bias of 11 (float8_e4m3b11fnuz) */
    MM_F8E8M0,    /* powers of two: the scales of blocks (OCP MX) */
    MM_F6E2M3,    /* elements of such blocks: no Inf, no NaN */
    MM_F6E3M2,
    MM_F4E2M1,
    MM_I2,
    MM_U2,
    MM_DTYPE_COUNT
};

/*
 * Formats of elements that share a scale: a block is so many neighbours on the last axis, the last one of a row as many as
 * are left; m is the greatest of its finite |x|, and rounding is to nearest even and saturates.
 *
 * MX     OCP Microscaling Formats 1.0: blocks of 32, the scale is a power of two (E8M0): its exponent floor(log2 m) less
 *        that of the greatest power of two which the elements have (F8E4M3 8, F8E5M2 15, F6E2M3 2, F6E3M2 4, F4E2M1 2, I8 0),
 *        -127 to 127. I8 counts 64ths, -127 to 127.
 * NVFP4  F4E2M1 in blocks of 16; a float32 scale t of the tensor, its greatest |x| / (6 * 448), and for each block a scale
 *        m / 6 / t in F8E4M3, which may be 0.
 */
enum mm_blocks { MM_BLOCKS_NONE, MM_BLOCKS_MX, MM_BLOCKS_NVFP4 };

/*
 * Is it a type of which there are only elements of blocks: F6E2M3, F6E3M2, F4E2M1? A tensor of them has no scales: its
 * numbers are not the values. (F8E4M3 and others may be such elements, too, and do not tell.)
 */
bool mm_dtype_is_element(enum mm_dtype dtype);

enum mm_kind { MM_KIND_NONE, MM_KIND_FLOAT, MM_KIND_INT, MM_KIND_UINT, MM_KIND_BOOL };

struct mm_dtype_info {
    const char *name;      /* as shown: "f16" */
    const char *long_name; /* as MagicMind spells it without DT_: "FLOAT16" */
    enum mm_kind kind;
    unsigned bits;  /* 4 for i4/u4 */
    unsigned bytes; /* of one stored element; 1 for fewer than 8 bits: one value a byte, in its low bits */
    bool lane_f;    /* every value is exact in a float */
    double lowest;  /* least finite value */
    double highest; /* greatest finite value */
    int digits;     /* of a float format: bits of the mantissa, the leading one not counted; else 0 */
};

/* Never NULL: MM_DTYPE_NONE and anything out of range give the row named "?". */
const struct mm_dtype_info *mm_dtype_info(enum mm_dtype dtype);
/* By name ("f16") or long name ("FLOAT16", with or without "DT_"), or as NumPy's ml_dtypes, PyTorch and ONNX spell it
 * ("float8_e4m3fn", "half", "FLOAT8E4M3FN"), any case; MM_DTYPE_NONE if unknown. */
enum mm_dtype mm_dtype_find(const char *name);

#define MM_DTYPE_WORD 16 /* of mm_dtype_word, the NUL included */
/* The long name as a word in a sentence, "float16"; returns out. */
const char *mm_dtype_word(enum mm_dtype dtype, char out[MM_DTYPE_WORD]);
/* Can integers of the type `stored` be the bit patterns of floats of the type `dtype`: are they as wide? */
bool mm_dtype_reads(enum mm_dtype dtype, enum mm_dtype stored);

/* IEEE 754 binary16, widened: exact. */
float mm_half_to_float(uint16_t half);
/* Narrowed to the nearest, ties to even; overflow gives Inf, NaN stays NaN. */
uint16_t mm_float_to_half(float value);
/* bfloat16, widened: exact. */
float mm_bf16_to_float(uint16_t bits);
/* Narrowed, as mm_float_to_half. */
uint16_t mm_float_to_bf16(float value);
/* FP8 E4M3 (OCP's, with 448 as its greatest), widened: exact. */
float mm_e4m3_to_float(uint8_t code);
/* Narrowed, as mm_float_to_half; it has no Inf: what overflows, Inf too, gives NaN. */
uint8_t mm_float_to_e4m3(float value);
/* The value of a code of any format of 8 bits or less (floats and integers), whose low bits it stands in: exact.
 * NaN for other dtypes. */
float mm_small_to_float(enum mm_dtype dtype, uint8_t code);
/* The nearest code of a float format of 8 bits or less, ties to even. What is beyond the greatest gives what the
 * format has for it: Inf, else NaN, else (6 and 4 bits) its greatest. NaN stays NaN; 6 and 4 bits have none: 0. E8M0
 * has no zero and no sign: NaN for these. Other dtypes: 0. */
uint8_t mm_float_to_small(enum mm_dtype dtype, float value);
/*
 * Take values of 2, 4 or 6 bits that are packed without gaps, the first one in the lowest bits (4 bits: ONNX,
 * safetensors), apart: `count` codes from the first-th on, one a byte. `bytes` are where the first value of all
 * stands, and have (first + count) * bits bits, at least.
 */
void mm_unpack_bits(unsigned bits, const uint8_t *bytes, uint64_t first, size_t count, uint8_t *out);
/* FP8 E5M2, widened: exact. */
float mm_e5m2_to_float(uint8_t code);
/* Narrowed, as mm_float_to_half. */
uint8_t mm_float_to_e5m2(float value);

/* ---- shapes ------------------------------------------------------------------------------------------- */

#define MM_RANK_MAX 16

/* rank 0 is a scalar (one element); a dimension of 0 makes an empty tensor. */
struct mm_shape {
    int rank;
    int64_t dim[MM_RANK_MAX];
};

/* Number of elements, or -1 when a dimension is negative or the product does not fit. */
int64_t mm_shape_count(const struct mm_shape *shape);
/* The same rank and the same dimensions. */
bool mm_shape_equal(const struct mm_shape *a, const struct mm_shape *b);
/* "[1, 3, 48, 192]", "[]" for a scalar; `x`-joined when compact: "1x3x48x192" ("scalar"). */
const char *mm_shape_text(const struct mm_shape *shape, bool compact, char *out, size_t size);
/* Row-major coordinates of element `index`. */
void mm_shape_coords(const struct mm_shape *shape, int64_t index, int64_t coord[MM_RANK_MAX]);

/*
 * A part of a tensor by index: of each axis one place, or all of it. Its elements are counted from 0 in row-major
 * order. A place that the axis does not have makes the slice empty.
 */
struct mm_slice {
    int64_t at[MM_RANK_MAX]; /* by axis; -1: all of it */
};
/* All of a tensor. */
void mm_slice_all(struct mm_slice *slice);
/* From "[0,:,3,:]", brackets and blanks being optional, negative places counted from the end; "" is all of it. -1 with
 * MM_EARG where it does not fit the shape. */
int mm_slice_parse(const char *text, const struct mm_shape *shape, struct mm_slice *out, struct mm_err *err);
/* "[0,:,3,:]" appended. */
void mm_slice_text(const struct mm_slice *slice, const struct mm_shape *shape, struct mm_buf *out);
/* The axes that are not fixed: how many. */
int mm_slice_free(const struct mm_slice *slice, const struct mm_shape *shape);
/* How many elements it has. */
int64_t mm_slice_count(const struct mm_slice *slice, const struct mm_shape *shape);
/* The row-major index of its n-th element, 0 <= n < its count. */
int64_t mm_slice_element(const struct mm_slice *slice, const struct mm_shape *shape, int64_t n);
/* How many of its elements stand before the one of this row-major index. */
int64_t mm_slice_before(const struct mm_slice *slice, const struct mm_shape *shape, int64_t index);
/* Its first stretch of neighbours, [*first, *end), at or behind row-major index `from`; false: there is none. */
bool mm_slice_next(const struct mm_slice *slice, const struct mm_shape *shape, int64_t from, int64_t *first,
                   int64_t *end);

/* ---- a tensor as a borrowed view --------------------------------------------------------------------- */

enum mm_encoding {
    MM_ENC_RAW,    /* elements of `stored` in memory order, `gap` bytes before each */
    MM_ENC_VARINT, /* protobuf varints (two's complement, 64 bit), `gap` bytes before each */
    /* decimal numbers, anything but [0-9a-zA-Z_.+-] between; `name:` and # comments skipped. With a gap
     * exactly the same `gap` bytes before each, those that the run begins with ("\nfloat_val: "); the run's
     * count is then what it should be, and a value that comes too early, too late or behind other bytes can't
     * be read. */
    MM_ENC_TEXT
};

/* A stretch of the payload. A packed repeated field is one run with gap 0; an unpacked one is a run whose
 * gap is the length of the tag; a field split in several pieces is several runs. */
struct mm_run {
    const uint8_t *data;
    size_t size;
    int64_t count; /* elements in it: checked against size by whoever made the run */
    uint32_t gap;
};

/*
 * Bytes that are unpacked as they are asked for, of a tensor too large to unpack into memory. Asking from front to
 * back is cheap, and takes little memory; asking for what was passed makes all bytes be unpacked to a place where
 * they stay. Who owns it frees it after all tensors that use it. One thread at a time, until `whole` is set.
 */
struct mm_supply {
    /* Bytes from `offset` on: *have of them, at most `want` and at least 1 (or NULL: they can't be had, and its
     * owner knows why). Valid until the next call. */
    const uint8_t *(*at)(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have);
    /* All of them: sets `whole`, and returns it. NULL: they can't be had. */
    const uint8_t *(*all)(struct mm_supply *supply);
    const uint8_t *whole; /* all of them, once they are somewhere */
    uint64_t begin, end;  /* of these, the tensor's */
};

/*
 * How integers stand for numbers: value = (code - zero_point) x scale, with one scale for the whole tensor or one for
 * each place on an axis.
 */
struct mm_scales {
    int64_t count;            /* 1, or the places on `axis` */
    int axis;                 /* of the tensor as it is stored, where count is above 1 */
    const double *scale;      /* [count], finite and above 0 */
    const double *zero_point; /* [count], within the codes; NULL: all 0 */
    enum mm_dtype dtype;      /* of the codes: i4 u4 i8 u8 i16 u16 i32; NONE: the tensor's */
};

struct mm_tensor {
    enum mm_dtype dtype;  /* what the values are (f16) */
    enum mm_dtype stored; /* how one RAW element is stored (f32 for a FLOAT16 in float_val); = dtype mostly */
    enum mm_encoding encoding;
    bool swapped; /* RAW: stored in the other byte order */
    bool strided; /* RAW, one run: logical row-major order is not memory order: see stride */
    struct mm_shape shape;
    int64_t count; /* = mm_shape_count(&shape) = sum of run counts */
    const struct mm_run *run;
    size_t runs;
    struct mm_supply
        *supply; /* RAW, one run without gaps whose data is NULL: where its bytes come from; or NULL */
    int64_t stride[MM_RANK_MAX]; /* in elements, when strided */
    bool quantised;              /* the value of a stored q is (q - zero_point) * scale: lane D */
    double scale, zero_point;
    const struct mm_scales *scales; /* quantised, by these instead; borrowed. Or NULL */
    int scale_axis;                 /* of this view, where they are more than one */
    bool rounded; /* with scales: the stored values are numbers, which are rounded to codes and back */
};

/* Are all its values exact in floats, so that it can be read in lane F? */
bool mm_tensor_lane_f(const struct mm_tensor *tensor);

/* A contiguous RAW tensor over `data` (tests, what-if, writers). run storage is the caller's. */
void mm_tensor_raw(struct mm_tensor *tensor, enum mm_dtype dtype, const struct mm_shape *shape,
                   const void *data, struct mm_run *run);
/* `size` bytes of a RAW tensor's run, from the `offset`-th on, where they lie; NULL: they can't be had. Valid until
 * the next call, or the next use of any cursor over the tensor. The run must have them. */
const uint8_t *mm_tensor_bytes(const struct mm_tensor *tensor, size_t run, size_t offset, size_t size);
/* Can any thread read any part of it at any time, as fast as in order? Not while bytes have yet to be unpacked. */
bool mm_tensor_settled(const struct mm_tensor *tensor);
/*
 * Read the tensor's values by these scales (borrowed): of integers what they stand for, of floats (`rounded`) what is
 * left of them once they were such integers: (clamp(rint(x / scale) + zero_point) - zero_point) x scale, divided in
 * floats as runtimes do; NaN stays. False, and nothing is done, where they do not fit: as many scales as the axis has
 * places, codes of another kind than the tensor's, or a tensor that has scales already.
 */
bool mm_tensor_dequantise(struct mm_tensor *tensor, const struct mm_scales *scales, bool rounded);
/* Mark as column-major (Fortran): same shape, strides set. RAW with at most one run only. */
void mm_tensor_fortran(struct mm_tensor *tensor);
/*
 * The view with axis i of the result = axis perm[i] of the argument. RAW with at most one run: a view.
 * Others can't be viewed out of order: -1 with MM_EUNSUPPORTED (flatten first).
 */
int mm_tensor_permute(const struct mm_tensor *tensor, const int *perm, struct mm_tensor *out,
                      struct mm_err *err);
/*
 * The view of a part: element 0 of the result is the argument's at from[rank], its shape is `shape`, of the same rank.
 * *run becomes the view's. RAW with one run whose bytes are all there: others are MM_EUNSUPPORTED (flatten first). -1
 * with MM_EARG where the part does not lie inside; MM_ECORRUPT where the values end before it begins.
 */
int mm_tensor_cut(const struct mm_tensor *tensor, const int64_t *from, const struct mm_shape *shape,
                  struct mm_tensor *out, struct mm_run *run, struct mm_err *err);
/*
 * All values of any tensor in row-major order, in malloc'ed memory that the caller frees: floats of a tensor that is
 * exact in them (mm_tensor_lane_f) if they are wanted (`floats`), else doubles. NULL with MM_ECORRUPT (the first
 * element that can't be read, or a count that is not the shape's), MM_ENOMEM, or MM_ECANCELLED once *cancel (may be
 * NULL) is set. An empty tensor gives memory without values.
 */
void *mm_tensor_decode(const struct mm_tensor *tensor, bool floats, const atomic_bool *cancel,
                       struct mm_err *err);
/*
 * Decode any tensor into a malloc'ed contiguous RAW one of its own dtype's lane (f32 or f64 storage).
 * *out views *memory and *run; the caller frees *memory. Fails as mm_tensor_decode.
 */
int mm_tensor_flatten(const struct mm_tensor *tensor, const atomic_bool *cancel, struct mm_tensor *out,
                      void **memory, struct mm_run *run, struct mm_err *err);

/* Reads a tensor's values in row-major order, a tile at a time. Copyable: a copy continues from the same
 * place. */
struct mm_decoders;
struct mm_cursor {
    const struct mm_tensor *tensor;
    const struct mm_decoders *decoders;
    int64_t index;        /* of the next element */
    size_t run;           /* the run it is in */
    int64_t in_run;       /* its number there */
    const uint8_t *place; /* its first byte, gap included (VARINT, TEXT) */
    bool bad; /* a value could not be read (malformed varint or number): what follows is not to be trusted */
};

/* At the first element. The tensor is borrowed; one that contradicts itself makes the cursor bad. */
void mm_cursor_init(struct mm_cursor *cursor, const struct mm_tensor *tensor);
/* Go to element `index` (0..count). Constant time for RAW, a walk for the others. */
void mm_cursor_seek(struct mm_cursor *cursor, int64_t index);
/* The next min(n, left) values; returns how many (0 at the end or when bad). Only of dtypes with lane_f. */
size_t mm_cursor_float(struct mm_cursor *cursor, float *out, size_t n);
/* The same as doubles, of any dtype. */
size_t mm_cursor_double(struct mm_cursor *cursor, double *out, size_t n);
/* As mm_cursor_float, without a copy where the values lie as they are needed: returns them (borrowed from the
 * tensor), or `tile` with them in it. */
const float *mm_cursor_floats(struct mm_cursor *cursor, float *tile, size_t n, size_t *got);
/* The same as doubles, of any dtype. */
const double *mm_cursor_doubles(struct mm_cursor *cursor, double *tile, size_t n, size_t *got);
/* One value by row-major index; NaN when it can't be read. */
double mm_tensor_at(const struct mm_tensor *tensor, int64_t index);

/* ---- sums --------------------------------------------------------------------------------------------- */

/*
 * Summation: a tile is taken in blocks of MM_BLOCK elements. In a block, element i goes to lane i % MM_LANES
 * (plain double additions, in index order); the lanes are added as a fixed tree ((0+1)+(2+3)); the block's
 * sum is added to hi with Neumaier's compensation kept in lo. Tiles start at multiples of MM_BLOCK, so
 * that the result does not depend on the tile size. Value = hi + lo.
 */
#define MM_BLOCK 1024
#define MM_LANES 4
#define MM_TILE  4096 /* elements a tile, a multiple of MM_BLOCK: two float tiles stay in L1 */

struct mm_acc {
    double hi, lo;
};
/* Add one value with Neumaier's compensation. */
void mm_acc_add(struct mm_acc *acc, double value);
/* Add the sum of what comes after. */
void mm_acc_merge(struct mm_acc *acc, const struct mm_acc *later);
/* hi + lo; once the sum has left the range of a double: +-Inf or NaN. */
double mm_acc_value(const struct mm_acc *acc);

/* One side, over that side's own finite values. */
struct mm_side_sums {
    int64_t finite, nan, pos_inf, neg_inf, zero;
    double min, max;        /* +Inf, -Inf while finite == 0 */
    int64_t min_at, max_at; /* first index that has it; -1 while finite == 0 */
    struct mm_acc sum, square;
};

/*
 * Sums over the positions where both sides are finite; e = s - d. The derived ones follow from the others
 * (Σ d = Σ s - Σ e, Σ s d = Σ s² - Σ s e, Σ d² = Σ s d - Σ s e + Σ e²), block by block, where Σ d² comes out
 * as at least Σ s² / 4 and |Σ s d| as at least Σ s² / 256. In other blocks they are added up as well.
 */
enum mm_sum {
    MM_SUM_S,                  /* Σ s */
    MM_SUM_ABS_S,              /* Σ |s| */
    MM_SUM_SS,                 /* Σ s² */
    MM_SUM_E,                  /* Σ e */
    MM_SUM_ABS_E,              /* Σ |e| */
    MM_SUM_EE,                 /* Σ e² */
    MM_SUM_SE,                 /* Σ s e */
    MM_SUM_DERIVED,            /* how many there are before the derived ones */
    MM_SUM_D = MM_SUM_DERIVED, /* Σ d */
    MM_SUM_DD,                 /* Σ d² */
    MM_SUM_SD,                 /* Σ s d */
    MM_SUM_COUNT
};

struct mm_sums {
    int64_t count;  /* positions seen */
    int64_t finite; /* finite on both sides: what `both` and everything below it covers */
    struct mm_side_sums s, d;
    int64_t nonfinite_equal;  /* both NaN, or both the same Inf */
    int64_t nonfinite_differ; /* non-finite on one side only, Inf against the other Inf, NaN against Inf */
    int64_t differ_at;        /* first such position, -1 if none */
    struct mm_acc both[MM_SUM_COUNT];
    double max_abs;     /* max |e|; 0 if none */
    int64_t max_abs_at; /* first index that has it; -1 while finite == 0 */
    double max_rel;     /* max |e|/|s| where |s| > small; 0 if none */
    int64_t max_rel_at; /* -1 if none */
    double max_small;   /* max |e| where |s| <= small; 0 if none */
    int64_t greater;    /* # d > s */
    int64_t less;       /* # d < s */
    int64_t beyond;     /* # |e| > atol + rtol |s| */
    uint64_t hint; /* a table's own, from tile to tile: what the next block is probably like. No result */
};

/* Second pass, only where the first one's cancellation would cost digits: sums about given means. */
struct mm_centred {
    struct mm_acc ss, dd, sd; /* Σ (s-ms)², Σ (d-md)², Σ (s-ms)(d-md) : positions finite on both sides */
    struct mm_acc own_s, own_d; /* Σ (x-mx)² over each side's own finite values */
    struct mm_acc residual;     /* Σ (d - scale s - offset)² : both finite */
    struct mm_acc across;       /* Σ (d - slope s)² : both finite */
};
struct mm_centre {
    double s, d;          /* means over both-finite positions */
    double own_s, own_d;  /* means over own finite values */
    double scale, offset; /* of the fit d = scale s + offset */
    double slope;         /* of the fit d = slope s */
};

/* The constants that the kernels compare with. */
struct mm_limits {
    double small; /* diff3's threshold on |s|: 1e-6, 1e-4 with f16 */
    double atol, rtol;
};

/* Of no position. */
void mm_sums_init(struct mm_sums *sums);
/* sums over [0, k) followed by sums over [k, n): indices in `later` are already absolute. */
void mm_sums_merge(struct mm_sums *sums, const struct mm_sums *later);

/* ---- histograms --------------------------------------------------------------------------------------- */

/* Equal bins over [low, high]; the last bin includes high. Finite values outside are counted apart. */
struct mm_hist {
    double low, high;
    size_t bins;
    uint64_t *count; /* [bins], the owner's */
    uint64_t below, above, nonfinite;
};

/* Error histogram: bin k counts positions with 2^(k+MM_EXP_LOW) <= |e| < 2^(k+1+MM_EXP_LOW); the end bins
 * also hold what lies beyond them. e == 0 is counted apart (zero). Needs no range. */
#define MM_EXP_LOW  (-64)
#define MM_EXP_BINS 128
struct mm_exp_hist {
    uint64_t zero;               /* e == 0 exactly */
    uint64_t count[MM_EXP_BINS]; /* [k]: floor(log2 |e|) == k + MM_EXP_LOW, ends clamped */
    uint64_t nonfinite;
};

/* ---- kernels ------------------------------------------------------------------------------------------ */

/*
 * One table per instruction set; the scalar one defines the meaning. `base` is the index of the tile's first
 * element (a multiple of MM_BLOCK, where sums are to be bit for bit those of other tiles); n <= MM_TILE. A table is const and chosen once at start.
 */
struct mm_kernels {
    const char *name; /* "scalar" */
    void (*measure_float)(struct mm_sums *sums, const struct mm_limits *limits, const float *s,
                          const float *d, size_t n, int64_t base);
    void (*measure_double)(struct mm_sums *sums, const struct mm_limits *limits, const double *s,
                           const double *d, size_t n, int64_t base);
    void (*centre_double)(struct mm_centred *sums, const struct mm_centre *centre, const double *s,
                          const double *d, size_t n);
    void (*hist_float)(struct mm_hist *hist, const float *x, size_t n);
    void (*hist_double)(struct mm_hist *hist, const double *x, size_t n);
    void (*exp_hist_float)(struct mm_exp_hist *hist, const float *s, const float *d, size_t n);
    void (*exp_hist_double)(struct mm_exp_hist *hist, const double *s, const double *d, size_t n);
};

/* The table in use: MMTUI_CPU (scalar, sse2, avx2, avx512, neon) if it names one that this machine can run,
 * else the best; a name that is unknown or can't run here changes nothing. */
const struct mm_kernels *mm_kernels(void);

#endif
