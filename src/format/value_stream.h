/*
 * value_stream: a tensor's values for a writer, a tile at a time, as what is to be written: floats as doubles,
 * integers and bools as 64-bit integers. Unlike a cursor's doubles these are exact beyond 2^53 too, wherever
 * the tensor's own bytes are; and a value that the tensor's dtype can't hold is an error, never a silently
 * different number.
 */
#ifndef MMTUI_FORMAT_VALUE_STREAM_H
#define MMTUI_FORMAT_VALUE_STREAM_H

#include "mmtui/tensor.h"

struct mm_value_stream {
    const char *file; /* for error texts */
    const struct mm_dtype_info *info;
    bool integer; /* value.whole is filled, else value.real */
    int64_t at;   /* index of the tile's first value */
    size_t n;     /* values in the tile */
    struct mm_cursor cursor;
    union {
        double real[MM_TILE];
        int64_t whole[MM_TILE]; /* of u64: the bits */
    } value;
};

void mm_value_stream_init(struct mm_value_stream *stream, const struct mm_tensor *tensor, const char *file);
/* The next tile: 1, 0 at the end, -1. */
int mm_value_stream_next(struct mm_value_stream *stream, struct mm_err *err);

#endif
