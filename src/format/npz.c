/*
 * NumPy's archive: a zip in which each member is a .npy file, its name the array's key with ".npy" behind it. What
 * np.load finds in it is found here: of two members of one name the last, and arrays whose member has another
 * ending, too.
 */
#include "format/formats.h"
#include "format/inflate.h"
#include "format/packed.h"

#include <stdio.h>

#define ENDING      ".npy"
#define ENDING_SIZE (sizeof ENDING - 1)
#define MAGIC_SIZE  6
/* What NumPy writes before the elements is mostly 128 bytes; more is asked for when it is needed. */
#define FIRST_HEAD 1024
/* Of a local header: 30 bytes, and two lengths of 16 bits. */
#define LOCAL_MOST (30 + 2 * 65535)

bool mm_npz_probe(const uint8_t *bytes, size_t size)
{
    return zip_probe(bytes, size);
}

/* ---- listing ---- */

static bool ends_so(const char *name)
{
    size_t length = strlen(name);
    return length >= ENDING_SIZE && strcmp(name + length - ENDING_SIZE, ENDING) == 0;
}

/* Does a member of another ending hold an array all the same? */
static bool begins_so(const struct mm_map *map, const struct zip_member *member)
{
    struct inflate_stream *stream;
    const uint8_t *bytes;
    uint8_t first[MAGIC_SIZE];
    size_t got = 0;
    if (member->code != MM_OK || member->size <= MAGIC_SIZE ||
        zip_locate(member, map->data + member->offset, (size_t)(member->limit - member->offset), &bytes,
                   NULL) < 0 ||
        inflate_open(&stream, member, bytes, NULL) < 0)
        return false;
    int result = inflate_read(stream, first, sizeof first, &got, NULL);
    inflate_close(stream);
    return result == 0 && mm_npy_probe(first, got);
}

/* "FILE: member 'KEY'", with "MORE" behind it; the key is what stands between the last two. */
static const char *sentence(const struct mm_source *source, const char *key, const char *more,
                            struct mm_arena *arena)
{
    static const char format[] = "%s: member '%s'%s%s";
    size_t size = strlen(source->file) + strlen(key) + strlen(more) + sizeof format;
    char *text = mm_arena_alloc(arena, size);
    if (text)
        snprintf(text, size, format, source->file, key, *more ? ": " : "", more);
    return text;
}

static int add(struct mm_members *members, const struct mm_source *source, struct zip_member *member,
               struct mm_arena *arena, struct mm_err *err)
{
    size_t length = strlen(member->name);
    struct mm_entry *entry = mm_members_add(members, source);
    char *key = mm_arena_strndup(arena, member->name, ends_so(member->name) ? length - ENDING_SIZE : length);
    if (!entry || !key)
        return mm_fail_memory(err);
    entry->member = key;
    entry->label = member->label = sentence(source, key, "", arena);
    entry->offset = member->offset;
    entry->size = member->size;
    entry->check = member->crc;
    entry->detail = member;
    entry->code = member->code;
    entry->wrong = member->wrong ? sentence(source, key, member->wrong, arena) : NULL;
    return entry->label && (entry->wrong || !member->wrong) ? 0 : mm_fail_memory(err);
}

static int add_all(const struct mm_source *source, const struct mm_map *map, struct mm_arena *arena,
                   struct mm_members *members, struct mm_err *err)
{
    struct zip zip;
    if (zip_list(&zip, map->data, map->size, source->file, arena, err) < 0)
        return -1;
    for (size_t i = 0; i < zip.count; i++) {
        struct zip_member *member = &zip.member[i];
        if (!ends_so(member->name) && !begins_so(map, member))
            members->skipped++;
        else if (add(members, source, member, arena, err) < 0)
            return -1;
    }
    return 0;
}

int mm_npz_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                struct mm_err *err)
{
    struct mm_map map;
    if (mm_map_open(&map, source->path, err) < 0)
        return -1;
    int result = add_all(source, &map, arena, members, err);
    if (mm_map_check(&map, source->file, err) < 0)
        result = -1;
    mm_map_close(&map);
    return result;
}

/* ---- a member ---- */

/* Where the source has it, packed or not. */
static int locate(struct mm_load *load, const struct mm_entry *entry, const uint8_t **bytes,
                  struct mm_err *err)
{
    const struct zip_member *member = entry->detail;
    struct mm_buf *memory = load->reader ? &load->reader->bytes : NULL;
    uint64_t window = member->limit - member->offset;
    if (window - LOCAL_MOST > member->packed && window > LOCAL_MOST)
        window = member->packed + LOCAL_MOST;
    if (mm_map_open_part(&load->map, entry->source->path, member->offset, (size_t)window, memory, err) < 0)
        return -1;
    return zip_locate(member, load->map.data, load->map.size, bytes, err);
}

int mm_npz_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct zip_member *member = entry->detail;
    const uint8_t *bytes;
    if (locate(load, entry, &bytes, err) < 0)
        return -1;
    if (member->method == ZIP_DEFLATED) {
        if (mm_packed_open(load, member, bytes, FIRST_HEAD, err) < 0)
            return -1;
        return mm_packed_need(load, mm_npy_head(load->bytes, load->have), err);
    }
    load->bytes = bytes;
    load->size = load->have = (size_t)member->size;
    return 0;
}

int mm_npz_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct zip_member *member = entry->detail;
    return member->method == ZIP_STORED ? inflate_check(member, load->bytes, err) : 0;
}
