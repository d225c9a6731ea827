/* A dump: one flat folder of tensor files, listed and put into execution order without opening any file. */
#include "mmtui/dump.h"

#include <stdlib.h>
#include <string.h>

/* What the listing collects before it is sorted and published. */
struct listing {
    struct mm_dump *dump;
    char *folder; /* with the '/' that file names follow */
    size_t folder_length;
    struct mm_entry *entry;
    size_t count, capacity;
    bool no_memory;
};

static int visit(void *context, const char *name)
{
    struct listing *list = context;
    struct mm_arena *arena = &list->dump->arena;
    struct mm_file_name parsed;
    if (!mm_file_name_parse(name, arena, &parsed)) {
        list->no_memory = parsed.format != NULL;
        list->dump->skipped++;
        return list->no_memory;
    }
    size_t length = strlen(name);
    char *path = mm_arena_alloc(arena, list->folder_length + length + 1);
    if (!path || mm_grow((void **)&list->entry, &list->capacity, list->count + 1, sizeof *list->entry) < 0) {
        list->no_memory = true;
        return 1;
    }
    memcpy(path, list->folder, list->folder_length);
    char *file = memcpy(path + list->folder_length, name, length);
    list->entry[list->count++] = (struct mm_entry){.path = path, .file = file, .parsed = parsed};
    return 0;
}

/* Where MagicMind's files are, others (a .npy beside them) are not part of the dump: they count as skipped.
 */
static void drop_unstamped_formats(struct listing *list)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++)
        any |= list->entry[i].parsed.format->stamped;
    if (!any)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->entry[i].parsed.format->stamped)
            list->entry[kept++] = list->entry[i];
    }
    list->dump->skipped += list->count - kept;
    list->count = kept;
}

/* "2_conv.npy" may be tensor "conv" at time 2 or tensor "2_conv": a stamp only if every file has one. */
static int validate_stamps(struct listing *list, struct mm_err *err)
{
    bool all = true;
    for (size_t i = 0; i < list->count; i++)
        all &= list->entry[i].parsed.stamp >= 0;
    for (size_t i = 0; i < list->count && !all; i++) {
        struct mm_entry *entry = &list->entry[i];
        if (entry->parsed.stamp < 0)
            continue;
        size_t stem = strlen(entry->file) - strlen(entry->parsed.format->ending);
        entry->parsed.stamp = -1;
        entry->parsed.name = mm_arena_strndup(&list->dump->arena, entry->file, stem);
        if (!entry->parsed.name)
            return mm_fail_memory(err);
    }
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct mm_entry *x = a;
    const struct mm_entry *y = b;
    if (x->parsed.stamp != y->parsed.stamp)
        return x->parsed.stamp < y->parsed.stamp ? -1 : 1;
    return mm_text_compare_natural(x->file, y->file);
}

static int publish(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    qsort(list->entry, list->count, sizeof *list->entry, compare_entries);
    for (size_t i = 0; i < list->count; i++)
        list->entry[i].order = i;
    struct mm_entry *entries = mm_arena_array(&dump->arena, list->count, sizeof *entries);
    if (!entries)
        return mm_fail_memory(err);
    memcpy(entries, list->entry, list->count * sizeof *entries);
    dump->entries = entries;
    dump->count = list->count;
    return 0;
}

static const char looked_for[] = "NAME.npy, TIME_NAME.pb or TIME_NAME.pbtxt";

static int list_folder(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    struct mm_err inner = {MM_OK, ""};
    int result = mm_folder_list(dump->path, visit, list, &inner);
    if (list->no_memory)
        return mm_fail_memory(err);
    if (result != 0)
        return mm_fail(err, inner.code, "%s (a dump is a folder of %s files)", inner.text, looked_for);
    if (list->count == 0)
        return mm_fail(err, MM_ENOENT,
                       "%s: no tensor file in this folder: looked for %s, skipped %zu other file%s",
                       dump->path, looked_for, dump->skipped, dump->skipped == 1 ? "" : "s");
    drop_unstamped_formats(list);
    if (validate_stamps(list, err) < 0)
        return -1;
    return publish(list, err);
}

int mm_dump_open(struct mm_dump **out, const char *path, const struct mm_dump_options *options,
                 struct mm_err *err)
{
    *out = NULL;
    struct mm_dump *dump = calloc(1, sizeof *dump);
    if (!dump)
        return mm_fail_memory(err);
    mm_arena_init(&dump->arena);
    dump->schema = options && options->schema ? options->schema : mm_schema_own();
    dump->path = mm_arena_strdup(&dump->arena, path);

    struct listing list = {.dump = dump, .folder = mm_path_join(path, "")};
    int result = -1;
    if (dump->path && list.folder) {
        list.folder_length = strlen(list.folder);
        result = list_folder(&list, err);
    } else {
        mm_fail_memory(err);
    }
    free(list.folder);
    free(list.entry);
    if (result < 0) {
        mm_dump_close(dump);
        return -1;
    }
    *out = dump;
    return 0;
}

void mm_dump_close(struct mm_dump *dump)
{
    if (!dump)
        return;
    mm_arena_done(&dump->arena);
    free(dump);
}
