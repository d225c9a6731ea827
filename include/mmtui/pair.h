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

struct mm_pair {
    const char *name;           /* the tensor's name that both sides share */
    const struct mm_entry *src; /* NULL: only in dst */
    const struct mm_entry *dst; /* NULL: only in src */
    uint32_t occurrence;        /* k: the k-th of this name on its side, from 1 */
    uint32_t occurrences;       /* how many of this name (the larger side) */
    size_t place;               /* 0-based, in the whole list, also where only a share of it is left */
};

struct mm_pair_counts {
    size_t count, both, src_only, dst_only;
};

struct mm_pairs {
    const struct mm_pair *pair; /* in src's execution order; dst-only ones stand where dst has them */
    size_t count;
    size_t both, src_only, dst_only;
    size_t dropped;              /* entries that the framework's rules left out */
    struct mm_pair_counts whole; /* before mm_pairs_shard */
    struct mm_arena arena;
};

/* Pair by name. The tensorflow rules read headers (is_output) where a name repeats; the others read no file.
 */
int mm_pairs_open(struct mm_pairs **pairs, const struct mm_dump *src, const struct mm_dump *dst,
                  enum mm_framework framework, struct mm_err *err);
void mm_pairs_close(struct mm_pairs *pairs);
/* Put the pairs into ascending order of key[count]; equal keys stay in order. Before mm_pairs_shard. */
int mm_pairs_order(struct mm_pairs *pairs, const int64_t *key, struct mm_err *err);
#define MM_SHARDS_MAX 65536
/*
 * Keep the index-th of `count` shares (1 <= index <= count <= MM_SHARDS_MAX) and forget the rest. Every pair
 * is in exactly one share. The shares depend on nothing but file sizes, names and `count`: the largest pair
 * goes to the share that has least so far, and so on.
 */
int mm_pairs_shard(struct mm_pairs *pairs, unsigned index, unsigned count, struct mm_err *err);
/* "same name", "same name, occurrence 2 of 3", "only in src", ... appended to out. */
void mm_pair_how(const struct mm_pair *pair, struct mm_buf *out);

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
    MM_MATCH_MISMATCH  /* shapes differ: nothing was measured */
};
const char *mm_shape_match_text(enum mm_shape_match match); /* "@axis of dst undone" */

/* Two tensors of a pair, opened and laid over each other; what measuring, histograms and values read. */
struct mm_pair_tensors {
    struct mm_load src, dst;
    bool has_src, has_dst;
    enum mm_shape_match match;
    struct mm_tensor s, d; /* the views to compare (permuted where needed) */
    void *memory[2];       /* of flattened ones */
    struct mm_run run[2];
};
/* Opens what the pair has. A shape mismatch is not an error: fit says so. failed_dst tells which side err is
 * about. */
int mm_pair_tensors_open(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_schema *schema, bool *failed_dst, struct mm_err *err);
/*
 * When a value of either side could not be read (MM_ECORRUPT): large text files may be laid out otherwise
 * than they seemed (mm_load_validate). 0: they can be read now, and the views have been made again. -1: err
 * says what is wrong, or is as it was when there is nothing to settle.
 */
int mm_pair_tensors_validate_both(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                                  const struct mm_schema *schema, const atomic_bool *cancel,
                                  struct mm_err *err);
/* When all was read: MM_EIO if a file became shorter meanwhile (mm_load_check). */
int mm_pair_tensors_check(const struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool *failed_dst,
                          struct mm_err *err);
void mm_pair_tensors_close(struct mm_pair_tensors *tensors);

#endif
