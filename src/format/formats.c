/* The table of on-disk formats. A new format is a reader, a writer and a row here. */
#include "format/formats.h"

#include <stdlib.h>
#include <string.h>

static const struct mm_format formats[] = {
    {.name = "npy",
     .ending = ".npy",
     .title = "NumPy array",
     .probe = mm_npy_probe,
     .read = mm_npy_read,
     .write = mm_npy_write},
    {.name = "npz",
     .ending = ".npz",
     .title = "NumPy arrays in a zip archive",
     .probe = mm_npz_probe,
     .list = mm_npz_list,
     .fetch = mm_npz_fetch,
     .check = mm_npz_check,
     .read = mm_npy_read,
     .write = mm_npz_write,
     .write_all = mm_npz_write_all},
    {.name = "pb",
     .ending = ".pb",
     .title = "MagicMind tensor, binary",
     .stamped = true,
     .read = mm_pb_read,
     .write = mm_pb_write},
    {.name = "pbtxt",
     .ending = ".pbtxt",
     .title = "MagicMind tensor, text",
     .stamped = true,
     .read = mm_pbtxt_read,
     .write = mm_pbtxt_write},
};

const struct mm_format *mm_formats(size_t *count)
{
    *count = MM_COUNT(formats);
    return formats;
}

const struct mm_format *mm_format_find(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

const struct mm_format *mm_format_by_name(const char *file, size_t *stem)
{
    size_t length = strlen(file);
    for (size_t i = 0; i < MM_COUNT(formats); i++) {
        size_t ending = strlen(formats[i].ending);
        if (length > ending && strcmp(file + length - ending, formats[i].ending) == 0) {
            if (stem)
                *stem = length - ending;
            return &formats[i];
        }
    }
    return NULL;
}

const struct mm_format *mm_format_of(const char *path)
{
    struct mm_map map;
    const struct mm_format *found = NULL;
    if (mm_map_open(&map, path, NULL) < 0)
        return NULL;
    size_t size = map.size < MM_PROBE_SIZE ? map.size : MM_PROBE_SIZE;
    for (size_t i = 0; i < MM_COUNT(formats) && !found; i++) {
        if (formats[i].probe && formats[i].probe(map.data, size))
            found = &formats[i];
    }
    mm_map_close(&map);
    return found ? found : mm_format_by_name(mm_path_base(path), NULL);
}

/* ---- members, while a source is listed ---- */

struct mm_entry *mm_members_add(struct mm_members *members, const struct mm_source *source)
{
    if (mm_grow((void **)&members->entry, &members->capacity, members->count + 1, sizeof *members->entry) < 0)
        return NULL;
    struct mm_entry *entry = &members->entry[members->count++];
    *entry = (struct mm_entry){.source = source};
    return entry;
}

void mm_members_done(struct mm_members *members)
{
    free(members->entry);
    *members = (struct mm_members){0};
}
