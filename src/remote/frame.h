/*
 * What goes over the wire between the near side (who compares) and the far side (`mmtui serve`), over the standard streams
 * of ssh. All numbers are little-endian, texts are a u32 length and that many bytes.
 *
 *     far side, at first:  "mmtui serve\n", then a frame HELLO
 *     near side, at first: a frame HELLO
 *     a frame:             u32 size of what follows the head, u8 type, u32 id of the request, the bytes
 *
 * A request is one frame (after SEND frames of the same id, where it brings a tensor along). Its answer is any number of
 * frames PART, then DONE, or FAIL (u8 enum mm_code, text). Answers to several requests may be mixed. Whatever is larger or
 * otherwise than it is described here is an error of the connection: nobody who writes to a stream can make this side
 * take more memory than the bounds say, or read beyond what has come.
 *
 *     HELLO    u32 REMOTE_PROTOCOL, u32 MM_ENGINE_VERSION, text version; from the near side also u8 figures only
 *     OPEN     u32 number of the dump, text path, and what mm_dump_options has (options.c)  -> listing.c
 *     FETCH    u32 number of the dump, u32 number of the entry, u64 hash of its head        -> chunks (chunk.c)
 *     MEASURE  a pair and how it is measured (pair.c)                                       -> a result (result.c)
 *     SEND     a piece of an entry that the near side has (sent.c); without an answer
 *     CANCEL   of the id's request; without an answer of its own
 *     CLOSE    u32 number of the dump                                                       -> DONE
 */
#ifndef REMOTE_FRAME_H
#define REMOTE_FRAME_H

#include "mmtui/base.h"

#define REMOTE_PROTOCOL 1
#define REMOTE_MAGIC    "mmtui serve\n"
#define FRAME_HEAD      ((size_t)9)
#define FRAME_MOST      ((size_t)4 << 20)   /* bytes behind a frame's head */
#define ANSWER_MOST     ((size_t)512 << 20) /* of all PARTs of one answer that are kept */

enum frame_type {
    FRAME_NONE,
    FRAME_HELLO,
    FRAME_OPEN,
    FRAME_FETCH,
    FRAME_MEASURE,
    FRAME_SEND,
    FRAME_CANCEL,
    FRAME_CLOSE,
    FRAME_PART,
    FRAME_DONE,
    FRAME_FAIL,
    FRAME_TYPES
};

/* Borrowed from the bytes that it was taken from. */
struct frame {
    enum frame_type type;
    uint32_t id;
    const uint8_t *data;
    size_t size;
};

/* Append one; more than FRAME_MOST bytes fail the buffer. */
void frame_put(struct mm_buf *out, enum frame_type type, uint32_t id, const void *data, size_t size);
/* The frame that `bytes` begin with. 1, and *used bytes are its; 0: not all of it is there; -1: it is none. */
int frame_take(const uint8_t *bytes, size_t size, struct frame *frame, size_t *used, struct mm_err *err);

/* Answers in frames of at most FRAME_MOST: PARTs, as many as it takes, then DONE. */
void frame_put_answer(struct mm_buf *out, uint32_t id, const void *data, size_t size);
/* FAIL with the code and sentence of `err`. */
void frame_put_error(struct mm_buf *out, uint32_t id, const struct mm_err *err);
/* What FAIL says; always -1. */
int frame_error(const struct frame *frame, struct mm_err *err);

#endif
