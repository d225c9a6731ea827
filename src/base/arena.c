#include "mmtui/base.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of this size unless one allocation needs more. */
#define BLOCK_SIZE (16 * 1024)

struct mm_arena_block {
    struct mm_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

void mm_arena_init(struct mm_arena *arena)
{
    arena->first = NULL;
}

void mm_arena_done(struct mm_arena *arena)
{
    while (arena->first) {
        struct mm_arena_block *next = arena->first->next;
        free(arena->first);
        arena->first = next;
    }
}

/* The first block is an ordinary one: blocks made for one large thing are put behind it, if there is one. */
void mm_arena_reset(struct mm_arena *arena)
{
    struct mm_arena_block *kept = arena->first;
    if (!kept || kept->size > BLOCK_SIZE) {
        mm_arena_done(arena);
        return;
    }
    arena->first = kept->next;
    mm_arena_done(arena);
    memset(kept->bytes, 0, kept->used);
    kept->used = 0;
    kept->next = NULL;
    arena->first = kept;
}

static struct mm_arena_block *add_block(struct mm_arena *arena, size_t need)
{
    size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    struct mm_arena_block *block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    /* A block made for one large thing is full: keep filling the one before it. */
    if (need > BLOCK_SIZE && arena->first) {
        block->next = arena->first->next;
        arena->first->next = block;
    } else {
        block->next = arena->first;
        arena->first = block;
    }
    return block;
}

void *mm_arena_alloc(struct mm_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align - sizeof(struct mm_arena_block))
        return NULL;
    size = (size + align - 1) / align * align;
    if (size == 0)
        size = align;
    struct mm_arena_block *block = arena->first;
    if (!block || block->size - block->used < size)
        block = add_block(arena, size);
    if (!block)
        return NULL;
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

void *mm_arena_array(struct mm_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return mm_mul(count, size, &bytes) ? mm_arena_alloc(arena, bytes) : NULL;
}

char *mm_arena_strndup(struct mm_arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? mm_arena_alloc(arena, length + 1) : NULL;
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *mm_arena_strdup(struct mm_arena *arena, const char *text)
{
    return mm_arena_strndup(arena, text, strlen(text));
}
