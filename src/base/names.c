/* An open hash table with linear probing, at most half full. */
#include "base/names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_LEAST 64

void mm_names_init(struct mm_names *names)
{
    *names = (struct mm_names){0};
}

void mm_names_done(struct mm_names *names)
{
    free(names->name);
    free(names->slot);
    mm_names_init(names);
}

/* FNV-1a; its low bits are mixed well enough for a table of a power of two. */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* Where the name is, or the free slot where it belongs. There is always a free one. */
static size_t place_of(const struct mm_names *names, const char *text, size_t length, uint64_t hash)
{
    size_t mask = names->slots - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        if (names->slot[i] < 0)
            return i;
        const struct mm_name *name = &names->name[names->slot[i]];
        if (name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0)
            return i;
    }
}

static bool make_room(struct mm_names *names)
{
    if (names->count >= INT_MAX)
        return false;
    if (mm_grow((void **)&names->name, &names->capacity, names->count + 1, sizeof *names->name) < 0)
        return false;
    if (names->count + 1 <= names->slots / 2)
        return true;
    size_t slots = names->slots ? names->slots * 2 : SLOTS_LEAST;
    int *slot = malloc(slots * sizeof *slot);
    if (!slot)
        return false;
    free(names->slot);
    names->slot = slot;
    names->slots = slots;
    memset(slot, 0xff, slots * sizeof *slot);
    for (size_t n = 0; n < names->count; n++) {
        size_t i = (size_t)names->name[n].hash & (slots - 1);
        while (slot[i] >= 0)
            i = (i + 1) & (slots - 1);
        slot[i] = (int)n;
    }
    return true;
}

int mm_names_add(struct mm_names *names, struct mm_arena *arena, const char *text, size_t length)
{
    if (!make_room(names))
        return -1;
    uint64_t hash = hash_of(text, length);
    size_t place = place_of(names, text, length, hash);
    if (names->slot[place] >= 0)
        return names->slot[place];
    char *copy = mm_arena_strndup(arena, text, length);
    if (!copy)
        return -1;
    names->name[names->count] = (struct mm_name){copy, length, hash};
    names->slot[place] = (int)names->count;
    return (int)names->count++;
}

/* The place of the last one was free before, so that no other name was put further on because of it. */
void mm_names_take_back(struct mm_names *names)
{
    const struct mm_name *last = &names->name[names->count - 1];
    names->slot[place_of(names, last->text, last->length, last->hash)] = -1;
    names->count--;
}

int mm_names_find(const struct mm_names *names, const char *text, size_t length)
{
    return names->slots ? names->slot[place_of(names, text, length, hash_of(text, length))] : -1;
}
