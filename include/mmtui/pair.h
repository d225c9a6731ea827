/*
 * pair: which tensor of one dump belongs to which of the other, and the one reader of a pair.
 *
 * A pair is two entries of two dumps that are taken for the same tensor, or one entry that found no partner.
 * Pairing decides from names, shapes and what is handed to it; nothing is measured here.
 */
#ifndef MMTUI_PAIR_H
#define MMTUI_PAIR_H

#include "mmtui/dump.h"
#include "mmtui/graph.h"

/* ---- pairing ------------------------------------------------------------------------------------------ */

enum mm_framework { MM_FRAMEWORK_ONNX, MM_FRAMEWORK_PYTORCH, MM_FRAMEWORK_CAFFE, MM_FRAMEWORK_TENSORFLOW };
/* False when the name is unknown. */
bool mm_framework_find(const char *name, enum mm_framework *out);

/* By what two tensors are taken for the same, in the order in which it is tried. From MM_PAIR_RUNG_FIRST on each can be
 * switched off. */
enum mm_pair_rung {
    MM_PAIR_BY_NONE = 0, /* not paired */
    MM_PAIR_BY_HAND,
    MM_PAIR_BY_MAP,
    MM_PAIR_BY_EXACT,
    MM_PAIR_BY_OCCURRENCE, /* of a name that one side has several times */
    MM_PAIR_BY_NUMBERS,
    MM_PAIR_BY_ONLY,
    MM_PAIR_BY_SUFFIX,
    MM_PAIR_BY_QUANTISED,
    MM_PAIR_BY_GRAPH,
    MM_PAIR_BY_SEPARATORS,
    MM_PAIR_BY_OUTPUT,
    MM_PAIR_BY_CASE,
    MM_PAIR_BY_PREFIX,
    MM_PAIR_BY_ORDER,
    MM_PAIR_RUNG_COUNT
};
#define MM_PAIR_RUNG_FIRST MM_PAIR_BY_EXACT
struct mm_pair_rung_info {
    const char *name; /* "separators": in options and reports */
    const char *help;
};
/* The row of a rung; never NULL. */
const struct mm_pair_rung_info *mm_pair_rung_info(enum mm_pair_rung rung);
/* By its name; NONE: there is no such. */
enum mm_pair_rung mm_pair_rung_find(const char *name);
/* Adds the rungs that are named ("case,prefix") to a set of bits 1 << rung. MM_EARG lists the names. */
int mm_pair_rungs_parse(const char *text, unsigned *set, struct mm_err *err);

/* Two names, as the dumps have them (mm_pair.own), that a person has paired, or taken apart. All tensors of the names:
 * the k-th with the k-th. */
struct mm_hand {
    const char *src, *dst;
    bool apart;
};
struct mm_hands {
    const struct mm_hand *hand;
    size_t count;
};

/*
 * What all tensors of a dump have where their shapes differ from the other dump's: undone when pairs are read. Indices
 * of pairs of members are 0 for src, 1 for dst. Zeroed: nothing.
 */
struct mm_layout {
    struct mm_axis
        axis;        /* of dst, as if its files' names had it where they have none; of what has its rank */
    bool blocked[2]; /* five axes N, C/b, H, W, b stand for N, C, H, W, with channels beyond C as padding */
    int64_t
        times[2];    /* the first axis (or one of length 1) is so many times the other's: samples of which the
                             first is taken; 0: no such */
    int64_t more[2]; /* axes are longer by so much: padding; 0: no such */
    bool front;      /* the padding is in front of what the other side has, not behind it */
    struct mm_axis src_axis; /* of src alike, where it is one pair's: the model says that dst has its order */
};

/* Where the scales of dst's integers are from. */
enum mm_scales_source {
    MM_SCALES_MODEL = 0, /* the quantised model */
    MM_SCALES_FILE,      /* a scales.json in dst's folder */
    MM_SCALES_FITTED,    /* told from the values of both sides */
    MM_SCALES_SOURCES
};
/* "from the quantised model", "from scales.json", "fitted" */
const char *mm_scales_source_text(enum mm_scales_source source);
/* How dst's integers are read. Borrowed, as layout is. */
struct mm_pair_scales {
    struct mm_scales scales;
    enum mm_scales_source source;
    bool unsure; /* FITTED: dst is so far off that its scale can't be told well */
    bool rounds; /* all that reads the tensor reads it through these integers: floats are rounded so, too */
};

/* What an earlier report says of a pair. */
struct mm_pair_told {
    const char *laid;    /* what was done to the shapes; "": it does not say */
    const char *op;      /* the operator's type by the model; "": it does not say */
    const char *side[2]; /* JSON of what it says of src's tensor, of dst's; NULL: there is none */
};

struct mm_pair {
    const char *name;           /* the tensor's name: src's, where the two differ */
    const struct mm_entry *src; /* NULL: only in dst */
    const struct mm_entry *dst; /* NULL: only in src */
    const char *own[2]; /* of src, of dst: the names by which --map and struct mm_hand know the two; NULL */
    enum mm_pair_rung rung; /* by what they were paired */
    const char *how; /* NULL: by its name; else what the names have in common, or, with one side alone, which
                          names look like it */
    const char *model;              /* the tensor's name in the graph by which the two were paired, or NULL */
    uint32_t occurrence;            /* k: the k-th of this name on its side, from 1 */
    uint32_t occurrences;           /* how many of this name (the larger side) */
    const struct mm_layout *layout; /* what all of the dumps have, or NULL. Borrowed */
    /* integers of its width on either side are the bit patterns of this type; NONE: they are integers */
    enum mm_dtype read_as;
    bool read_against_floats; /* ... but only where the other side holds floats */
    const struct mm_pair_scales
        *scales;     /* of dst's integers where src has floats, or NULL: compared as they are. Borrowed */
    bool round_half; /* FLOAT16 values that are stored wider are rounded to FLOAT16 first */
    size_t place;    /* 0-based, in the whole list, also where only a share of it is left */
    const struct mm_pair_told *told; /* of a report that was read again; else NULL. Borrowed */
};

struct mm_pair_counts {
    size_t count, both, src_only, dst_only;
};

struct mm_pairs {
    const struct mm_pair *pair; /* in src's execution order; dst-only ones stand where dst has them */
    size_t count;
    size_t both, src_only, dst_only;
    size_t by_order;    /* of `both` and `whole.both`: paired by MM_PAIR_BY_ORDER */
    bool order_costly;  /* nothing was paired so: more would have to be read for it than may be */
    size_t dropped;     /* entries that the framework's rules, or the choice of an occurrence, left out */
    const char *unused; /* a sentence about rules of `renames` that fit no name; NULL: there are none */
    const char *
        suffix; /* an end of all names of one side that the other's do not have, which was left out; or NULL */
    bool suffix_dst; /* it is dst's names that end so */
    bool numbered;   /* the numbers before file names belong to the names: they are no time stamps */
    struct mm_pair_counts whole; /* before mm_pairs_shard */
    struct mm_arena arena;
};

/*
 * Rules that a person gives for names of dst. `src = dst` says which tensor of src one of dst is; s/REGEX/WITH/
 * (extended regular expressions, \1 to \9 are groups, flags g and i) rewrites all others, each rule what the one
 * before it made.
 */
struct mm_renames;
/* Without rules, to be closed. -1: memory. */
int mm_renames_open(struct mm_renames **renames, struct mm_err *err);
/* NULL is fine. Pairs that were made with them stay. */
void mm_renames_close(struct mm_renames *renames);
/* Add an s/REGEX/WITH/; any sign that is no letter may take the place of the `/`. MM_EARG says what is wrong. */
int mm_renames_rule(struct mm_renames *renames, const char *rule, struct mm_err *err);
/* Add those of a file: a line each `src = dst`, `src != dst` (the two are not paired by any rung), or CSV `src,dst` (quotes, and a first line with these titles, may be),
 * or s/REGEX/WITH/; lines that are empty or begin with # are passed over. err has the file and the line. */
int mm_renames_read(struct mm_renames *renames, const char *path, struct mm_err *err);
size_t mm_renames_count(const struct mm_renames *renames); /* NULL: 0 */

struct mm_summary {
    double mean, std, min, max;
    int64_t min_at, max_at; /* places of the first ones, in row-major order */
};
/* What a tensor is known by where its name tells nothing. */
struct mm_fingerprint {
    bool known; /* false: it can't be read, or not all of it is finite */
    int64_t count;
    struct mm_shape shape;
    struct mm_summary figures;
    bool sampled;          /* figures and row are those of some elements (mm_fingerprint_take) */
    struct mm_summary row; /* of those that are looked at where the shape is not known; else not set */
};
/*
 * How far apart two tensors are: the largest difference of mean, of standard deviation, and, a fifth as heavy, of least and
 * greatest value, over the larger standard deviation. 0 for what is alike to the bit, infinite where shapes differ by more than
 * the order of axes and axes of length 1 (a row of values may be of a file that says no shape) or where one is not known.
 */
double mm_fingerprint_apart(const struct mm_fingerprint *a, const struct mm_fingerprint *b);
/* Have they the same axes in the same order, but for those of length 1? */
bool mm_fingerprint_same_axes(const struct mm_fingerprint *a, const struct mm_fingerprint *b);
/* And is one of their ends in the same place, too? What was transposed or shuffled has the same statistics. */
bool mm_fingerprint_same_places(const struct mm_fingerprint *a, const struct mm_fingerprint *b);
/* Whoever pairs can find out: of an entry, whose tensor is read for it. False: no more may be read. */
typedef bool (*mm_fingerprint_of)(void *context, const struct mm_entry *entry, struct mm_fingerprint *out);

#define MM_OCCURRENCE_ALL  0
#define MM_OCCURRENCE_LAST (-1)

/* By what is paired. All may be zero. */
struct mm_pairing {
    enum mm_framework framework; /* whose rules names follow */
    const struct mm_graph
        *graph; /* of the model: names that mean the same tensor of it are paired. Borrowed; or NULL */
    const struct mm_renames *renames; /* borrowed; or NULL */
    int64_t
        occurrence; /* which of a name's occurrences count: MM_OCCURRENCE_, or the N-th, of names that have several */
    unsigned off;                  /* rungs that are not used: bits 1 << enum mm_pair_rung */
    struct mm_hands hands;         /* borrowed while pairs are made */
    mm_fingerprint_of fingerprint; /* NULL: nothing is paired by its place in the order */
    void *context;                 /* fingerprint's */
};

/*
 * Pair by name. Where a number before the name is no part of the format (.npy), equal file names come first: if the
 * names with their numbers pair as many tensors as those without, and pair them otherwise, they are the names.
 * What is left is paired where names are the same but for separators, case, the number of the output, or what all
 * names of one side begin or end with, and no other name looks like the two; pairs' `how` says so. Names that look
 * like several stay alone. Before that the graph is asked; of several names of one side that mean one tensor there,
 * such as a module's and its last child's, each is a pair with the same entry of the other side.
 * Where names pair no more than half of either dump, and `fingerprint` is given, the two dumps are laid along each other in
 * their order: tensors of one shape and alike statistics, in the order that brings most of them together, are paired where no
 * other would do as well; nothing is, if that is less than half of the dump that has fewer (a quarter, if they are the same in float). What repeats a tensor to the bit
 * shares its partner. Once `fingerprint` says that no more may be read, nothing is paired so (order_costly).
 * The tensorflow rules read headers (is_output) where a name repeats; the others read no file. `pairing` NULL: a
 * zeroed one. -1: memory. The dumps stay open, and must outlive the pairs.
 */
int mm_pairs_open(struct mm_pairs **pairs, const struct mm_dump *src, const struct mm_dump *dst,
                  const struct mm_pairing *pairing, struct mm_err *err);
/* Integers of one pair (SIZE_MAX: of all for which nothing was said yet) are read as the bit patterns of `dtype`, as
 * struct mm_pair has it. */
void mm_pairs_read_as(struct mm_pairs *pairs, size_t place, enum mm_dtype dtype, bool against_floats);
/* All pairs have this layout. Before pairs are read or a share of them is taken; `layout` is borrowed. */
void mm_pairs_layout(struct mm_pairs *pairs, const struct mm_layout *layout);
/* One pair has this layout, whatever the others have; borrowed alike. */
void mm_pairs_lay(struct mm_pairs *pairs, size_t place, const struct mm_layout *layout);
/* dst's tensor of one pair belongs to another one, which has none: `how` (borrowed) says why. */
void mm_pairs_move(struct mm_pairs *pairs, size_t from, size_t to, enum mm_pair_rung rung, const char *how);
/* The same of a pair's scales. */
void mm_pairs_scales(struct mm_pairs *pairs, size_t place, const struct mm_pair_scales *scales);
/* Which tensors one without a partner could be paired with, where its name does not say; borrowed. */
void mm_pairs_could(struct mm_pairs *pairs, size_t place, const char *could);
/* FLOAT16 values that are stored wider (float_val of a tensor message) are rounded to FLOAT16 before they are compared:
 * of all pairs, before they are read. */
void mm_pairs_round_half(struct mm_pairs *pairs);
/* The dumps stay open; NULL is fine. */
void mm_pairs_close(struct mm_pairs *pairs);
/* Put the pairs into ascending order of key[count]; equal keys stay in order. Before mm_pairs_shard. */
int mm_pairs_order(struct mm_pairs *pairs, const int64_t *key, struct mm_err *err);
#define MM_SHARDS_MAX 65536
/*
 * Keep the index-th of `count` shards (1 <= index <= count <= MM_SHARDS_MAX) and forget the rest. Every pair
 * is in exactly one share. The shares depend on nothing but file sizes, names and `count`: the largest pair
 * goes to the share that has least so far, and so on.
 */
int mm_pairs_shard(struct mm_pairs *pairs, unsigned index, unsigned count, struct mm_err *err);
/* ---- which tensors of the model the pairs are ------------------------------------------------------------ */

/*
 * A graph may be used where it knows at least half of the tensors that both sides have: below that it is more
 * likely another network's, or its names are too far from the dump's, and what it says of order and inputs of the
 * few that it knows would pass over all the others.
 */
struct mm_model_match {
    int32_t *tensor; /* [count] place in the graph; -1: the graph does not know it */
    int32_t *run;    /* [count] which of several runs of the model, 0 the first */
    size_t count;
    size_t asked,
        known; /* pairs with both sides (all pairs if there are none), and how many the graph knows */
};
/*
 * By the pairs' names, all at once (mm_graph_match); a pair is the run of its occurrence. Where the numbers before
 * file names were taken for a part of the names, the names without them are tried as well, and what finds more is
 * taken. -1: memory.
 */
int mm_model_match_open(struct mm_model_match *match, const struct mm_graph *graph,
                        const struct mm_pair *pair, size_t count, struct mm_err *err);
/* Another name of a pair, such as its node's with ":K" for output K; "" where there is none. Valid until asked again. */
typedef const char *(*mm_model_name)(void *context, size_t place);
/* A second try for those that were not found. Names that mean a tensor that is found already are passed over, and so
 * are those that repeat where the pair's own name does not. */
int mm_model_match_more(struct mm_model_match *match, const struct mm_graph *graph,
                        const struct mm_pair *pair, mm_model_name name, void *context, struct mm_err *err);
/* Does the graph know half of them, at least? False when nothing was asked. */
bool mm_model_match_usable(const struct mm_model_match *match);
/* Up to `most` names that were not found, appended: "a", "b" and "c". */
void mm_model_match_missing(const struct mm_model_match *match, const struct mm_pair *pair, size_t most,
                            struct mm_buf *out);
/* A zeroed one is fine. */
void mm_model_match_done(struct mm_model_match *match);

/* "same name", "same name, occurrence 2 of 3", "only in src", ... appended to out. */
void mm_pair_how(const struct mm_pair *pair, struct mm_buf *out);
/* The same, and behind it the rung, by which --no-pair-by knows it: "same name but for a prefix [prefix]". */
void mm_pair_how_by(const struct mm_pair *pair, struct mm_buf *out);

/* ---- what a header says, kept after the file is closed ------------------------------------------------- */

struct mm_info {
    bool known;
    enum mm_dtype dtype;
    struct mm_shape shape;
    int64_t count;
    char *node_name, *op_type; /* owned, never NULL once known */
    int64_t index;
    bool is_output;
};
/* How are the pair's values read by its scales: not at all; dst's integers as what they stand for; dst's floats as what
 * rounding leaves of them? */
enum mm_dequantised { MM_DEQUANTISED_NO = 0, MM_DEQUANTISED_CODES, MM_DEQUANTISED_ROUNDED };
enum mm_dequantised mm_pair_dequantised(const struct mm_pair *pair, enum mm_dtype src, enum mm_dtype dst);
int mm_info_take(struct mm_info *info, const struct mm_load *load); /* copies; -1 when memory is out */
void mm_info_done(struct mm_info *info);

/* ---- the two tensors of a pair --------------------------------------------------------------------------- */

/* How dst was laid over src. */
enum mm_shape_match {
    MM_MATCH_NONE = 0, /* not measured */
    MM_MATCH_SAME,     /* same shape as they are */
    MM_MATCH_UNDO_SRC, /* src's @axis undone */
    MM_MATCH_UNDO_DST, /* dst's @axis undone */
    MM_MATCH_UNDO_BOTH,
    MM_MATCH_SQUEEZED, /* same elements in the same order, shapes differ by 1-sized axes only */
    MM_MATCH_PART, /* what both have: the first of several samples, or all but padding; an @axis may be undone */
    MM_MATCH_UNBLOCKED, /* blocks of channels undone, and what else there is to undo */
    MM_MATCH_TOLD_SRC,  /* src's file says no shape (raw numbers): dst's, which has as many elements */
    MM_MATCH_TOLD_DST,  /* the same of dst's */
    MM_MATCH_STATISTICS, /* one dump kept no more than statistics: the views are these, and the same of the other's values */
    MM_MATCH_MISMATCH /* shapes differ: nothing was measured */
};
const char *mm_shape_match_text(enum mm_shape_match match); /* "@axis of dst undone" */
/* The same of one pair, appended: "measured as src transposed 0,2,1", where it is that pair's alone. */
void mm_pair_laid_text(const struct mm_pair *pair, enum mm_shape_match match, struct mm_buf *out);

/* What is done to one side's tensor before it is compared, in this order. */
struct mm_laying {
    bool unblock;              /* N, C/b, H, W, b to N, C, H, W */
    bool undo;                 /* axes that were moved, moved back */
    bool cut;                  /* a part is taken: ... */
    struct mm_shape part;      /* ... of this shape, ... */
    int64_t from[MM_RANK_MAX]; /* ... from here on */
    int64_t samples;           /* of how many the part is the first, along sample_axis; 0: it is no sample */
    int sample_axis;
};

/* What two shapes (0 src, 1 dst) of a pair say of a layout that all pairs may have. */
struct mm_layout_fit {
    enum mm_shape_match without, with; /* how they fit with nothing undone, and under the layout */
    struct mm_laying lay[2];           /* what is done to them under it */
};
/* Both ways of fitting, by shapes alone: names of files are not asked. */
void mm_layout_try(const struct mm_layout *layout, const struct mm_shape *src, const struct mm_shape *dst,
                   struct mm_layout_fit *out);

/* Two tensors of a pair, opened and laid over each other; what measuring, histograms and what-if read. */
struct mm_pair_tensors {
    struct mm_load src, dst;
    bool has_src, has_dst;
    enum mm_shape_match match;
    struct mm_laying lay[2];   /* what was done to src, dst */
    struct mm_shape shape;     /* of both views; of a mismatch src's */
    struct mm_tensor s, d;     /* the views to compare (permuted where needed) */
    struct mm_tensor whole[2]; /* the same before a part of them was taken */
    void *memory[2];           /* of flattened ones */
    struct mm_run run[2], part[2];
};

/*
 * What is done with an open pair. 0, or -1 with err and, where that is known, *failed_dst: which side err is about.
 */
typedef int (*mm_pair_work)(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                            struct mm_err *err);

/* The k-th of a side's samples (lay[dst].samples of them, the 0-th is the view itself), while the pair is open. *run
 * becomes the view's. -1 with MM_EARG where there is no such. */
int mm_pair_sample(const struct mm_pair_tensors *tensors, bool dst, int64_t k, struct mm_tensor *out,
                   struct mm_run *run, struct mm_err *err);

/* How a pair is read. All but `pair` may be zero. */
struct mm_pair_reading {
    const struct mm_pair *pair;
    const struct mm_schema *schema; /* NULL: the project's own */
    struct mm_reader *readers;      /* two, src's and dst's: memory to open files with, again and again */
    const atomic_bool *cancel;
    bool src_only; /* of dst only the header is looked at, for how src was compared; there is no view d */
    mm_pair_work
        headers; /* once, without views; also when one file could not be opened: has_src, has_dst tell */
    mm_pair_work
        values;    /* with the views; begins anew when it is called again. NULL: only headers are read */
    void *context; /* of both */
};
/*
 * The one way to read a pair: opens what it has, lays dst over src, calls `values`, closes. When a value can't be
 * read (`values` gave MM_ECORRUPT), a large text file may be laid out otherwise than it seemed when it was opened:
 * such a file is read through (mm_load_validate), the views are made again, and `values` is called once more, at most
 * once for each side. A shape mismatch is no error: match says so.
 *
 * -1: err says why, with the file first, and *failed_dst (may be NULL) which side it is about; what `values` has
 * figured out is then void. MM_EARG: a pair without files; MM_ECANCELLED; MM_EIO also when a file became shorter
 * while it was read, whatever else was wrong; else what opening, `headers` and `values` give. 0: err is as it was.
 */
int mm_pair_read(const struct mm_pair_reading *reading, bool *failed_dst, struct mm_err *err);

#endif
