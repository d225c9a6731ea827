/* gguf_blocks: values that GGUF stores in blocks with common scales, decoded to floats. */
#ifndef FORMAT_GGUF_BLOCKS_H
#define FORMAT_GGUF_BLOCKS_H

#include "mmtui/format.h"

#define GGUF_BLOCK_MOST 256 /* values of the largest block */

/* A kind of block. Layouts are those of ggml's structs; a block's values follow each other in the tensor. */
struct gguf_block {
    uint32_t type;                                    /* in the file */
    const char *name;                                 /* "Q4_K" */
    unsigned values;                                  /* in one block */
    unsigned bytes;                                   /* that it takes */
    void (*decode)(const uint8_t *block, float *out); /* out[values] */
};
/* By the file's number; NULL if there is none, or it can't be decoded. */
const struct gguf_block *gguf_block_find(uint32_t type);

/* Make the load's tensor, F32 with a RAW run of `count` values, read them from blocks at `packed`, which live as long as
 * the load. -1: memory is out. */
int gguf_supply(struct mm_load *load, const struct gguf_block *block, const uint8_t *packed,
                struct mm_err *err);

#endif
