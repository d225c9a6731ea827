/*
 * head: what is known of a tensor before its bytes are there, and in which form these are sent.
 *
 * Elements of a format with bytes of its own (half floats, packed lists, .npy of any byte order) are sent as they lie in
 * the file, without what lies between them; all others (text, varints) as the floats or doubles that they are measured as.
 * Either way the values are those that a reader on that machine has, bit for bit.
 */
#ifndef REMOTE_HEAD_H
#define REMOTE_HEAD_H

#include "remote/fields.h"

struct tensor_head {
    enum mm_code code;       /* MM_OK, or it can't be opened, ... */
    const char *wrong;       /* ... for this reason; then nothing else is set */
    struct mm_tensor tensor; /* RAW, without runs; scales are owned by whoever owns the head */
    struct mm_scales scales;
    uint64_t file; /* bytes of the tensor's file, or part of it: mm_load's size */
    const char *node_name, *op_type;
    int64_t index;
    bool is_output, own_numbers, unshaped;
};

/* Of an open load; texts and scales are borrowed from it. */
void head_of_load(struct tensor_head *head, const struct mm_load *load);
/* Of one that can't be opened. */
void head_of_error(struct tensor_head *head, const struct mm_err *err);
void head_put(struct mm_buf *out, const struct tensor_head *head);
/* Texts and scales in the arena. What contradicts itself makes the reader bad. */
void head_get(struct cache_reader *in, struct mm_arena *arena, struct tensor_head *head);
/* Two heads that are put alike have the same. */
uint64_t head_hash(const struct tensor_head *head);
/* Bytes of its elements as they are sent. */
size_t head_bytes(const struct tensor_head *head);
/* ... and of one of them. */
size_t head_width(const struct tensor_head *head);
/* load->tensor, the fields beside it, and *run: the bytes are at `data`, or come from `supply` (then data is NULL). */
void head_fill(const struct tensor_head *head, struct mm_load *load, const uint8_t *data,
               struct mm_supply *supply, struct mm_run *run);

#endif
