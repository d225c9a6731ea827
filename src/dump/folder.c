/* The tensor files of a folder, and of the folders in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/translate.h"
#include "dump/listing.h"
#include "dump/numbered.h"

/* ---- files ---- */

/* A list of names is none of the tensors. */
static bool take_list(struct listing *list, struct tree_folder *folder, const char *name)
{
    const struct name_list_kind *kind = name_list_kind(name);
    if (!kind)
        return false;
    folder->listed |= kind->outputs;
    if (list->list_count == LISTING_LISTS)
        return true;
    list->lists[list->list_count] = (struct name_list){.kind = kind,
                                                       .path = listing_join(list, folder->path, name),
                                                       .under = folder->file,
                                                       .scope = folder->scope,
                                                       .arena = &list->dump->arena};
    if (list->lists[list->list_count].path)
        list->list_count++;
    else
        listing_no_memory(list);
    return true;
}

/* A file without an ending in a numbered folder: only its content tells. */
static bool may_be_unnamed(const struct listing *list, const struct tree_folder *folder, const char *name)
{
    size_t length = strlen(folder->file);
    char path[1024];
    if (length == 0)
        return list->numbered_root && !strchr(name, '.');
    return !strchr(name, '.') && snprintf(path, sizeof path, "%s%s", folder->file, name) < (int)sizeof path &&
           numbered_operator(path, &length);
}

static int visit(void *context, struct tree_folder *folder, const char *name)
{
    struct listing *list = context;
    struct mm_arena *arena = &list->dump->arena;
    struct mm_file_name parsed;
    const struct mm_format *named = mm_format_by_name(name, NULL);
    bool unnamed = !named && may_be_unnamed(list, folder, name);
    if (unnamed && list->part.results != MM_RESULTS_ALL && !numbered_is_result(name, list->part.results))
        return 0; /* not asked for */
    if (take_list(list, folder, name) || (!named && !unnamed)) {
        list->dump->skipped++;
        return list->err.code == MM_OK ? 0 : -1;
    }
    struct listing_file file = {.path = listing_join(list, folder->path, name), .scope = folder->scope};
    if (!file.path)
        return listing_no_memory(list);
    file.file = file.path + strlen(folder->path);
    if (*folder->file && !(file.file = listing_join(list, folder->file, name)))
        return listing_no_memory(list);
    if (!listing_wanted(list, file.path))
        return 0;
    const struct mm_format *format = listing_choose(list, file.path, name);
    bool passed_over = format && (format->indirect || (format->told && list->given.count == 0));
    if (passed_over || !mm_file_name_parse_as(name, format, arena, &parsed)) {
        list->dump->skipped++;
        return passed_over || !format || !parsed.format ? 0 : listing_no_memory(list);
    }
    return listing_add(list, &file, &parsed);
}

/* Files of MagicMind lie in one folder; what is in others below it is another dump. */
static bool is_flat(void *context)
{
    const struct listing *list = context;
    for (size_t i = 0; i < list->found.count; i++) {
        if (list->found.entry[i].source->format->stamped)
            return true;
    }
    return false;
}

/* ---- the folder ---- */

const char *listing_endings(char out[static LISTING_ENDINGS])
{
    size_t count, length = 0;
    const struct mm_format *formats = mm_formats(&count);
    *out = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (strcmp(formats[before].ending, formats[i].ending) != 0)
            before++;
        size_t size = strlen(formats[i].ending) + 1;
        if (before < i || size == 1 || formats[i].indirect || length + size >= LISTING_ENDINGS)
            continue;
        length += (size_t)snprintf(out + length, LISTING_ENDINGS - length, length ? " %s" : "%s",
                                   formats[i].ending);
    }
    return out;
}

/* RKNN puts its list beside the folders golden, simulator and runtime, one of which is opened. */
static int find_list_above(struct listing *list)
{
    static const char *const above[] = {"../", "../../"};
    const char *root = listing_join(list, list->dump->path, "/");
    for (size_t i = 0; root && i < MM_COUNT(above) && list->list_count == 0; i++) {
        struct tree_folder folder = {.path = listing_join(list, root, above[i]), .file = ""};
        const char *path = folder.path ? listing_join(list, folder.path, "map_name_to_file.txt") : NULL;
        if (!path)
            return listing_no_memory(list);
        if (access(path, R_OK) == 0)
            take_list(list, &folder, mm_path_base(path));
    }
    return root ? 0 : listing_no_memory(list);
}

/* msprobe's "statistics" task keeps no tensors, only what dump.json says of them. */
static int add_statistics(struct listing *list)
{
    const struct mm_format *format = mm_format_find("msprobe");
    for (size_t i = 0; i < list->list_count; i++) {
        const struct name_list *names = &list->lists[i];
        const struct listing_file file = {.path = names->path,
                                          .file = listing_join(list, names->under, mm_path_base(names->path)),
                                          .scope = names->scope};
        const struct mm_file_name parsed = {
            .stamp = -1, .suffix = -1, .name = mm_path_base(names->path), .format = format};
        if (!file.file)
            return listing_no_memory(list);
        if (!name_list_statistics(names))
            continue;
        if (listing_add(list, &file, &parsed) < 0)
            return -1;
        list->dump->skipped--; /* a list of names no longer */
    }
    return 0;
}

/* Is the folder itself an operator's, out of such a dump? It may have been opened as "." */
static int find_numbered_root(struct listing *list)
{
    char *path = realpath(list->dump->path, NULL);
    const char *name = path ? listing_join(list, mm_path_base(path), "/") : "";
    size_t length;
    free(path);
    if (!name)
        return listing_no_memory(list);
    if (numbered_operator(name, &length))
        list->numbered_root = mm_arena_strndup(&list->dump->arena, name, strlen(name) - 1);
    return 0;
}

static int fail_empty(struct listing *list, struct mm_err *err)
{
    const struct mm_dump *dump = list->dump;
    char endings[LISTING_ENDINGS];
    char skipped[64] = "; no file is in it";
    if (dump->skipped)
        mm_format(skipped, sizeof skipped, ", skipped %zu other file%s", dump->skipped,
                  dump->skipped == 1 ? "" : "s");
    return mm_fail(err, MM_ENOENT,
                   "%s: no tensor file in this folder: looked for %s (MagicMind's begin with a time "
                   "stamp, as TIME_NAME.pb)%s",
                   dump->path, listing_endings(endings), skipped);
}

int listing_folder(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    struct mm_err inner = {MM_OK, ""};
    char endings[LISTING_ENDINGS];
    list->tree = (struct tree){
        .arena = &dump->arena, .part = &list->part, .file = visit, .flat = is_flat, .context = list};
    if (find_numbered_root(list) < 0)
        return -1;
    int result = tree_walk(&list->tree, dump->path, &inner);
    dump->skipped += list->tree.skipped;
    dump->step = list->tree.step;
    dump->rank = list->tree.rank;
    if (list->err.code != MM_OK || (result != 0 && inner.code == MM_OK))
        return listing_no_memory(list);
    if (result != 0 && (inner.code == MM_EARG || inner.code == MM_EUNSUPPORTED || inner.code == MM_ENOENT))
        return mm_fail(err, inner.code, "%s", inner.text);
    if (result != 0)
        return mm_fail(err, inner.code, "%s (a dump is a file or a folder of files that end in %s)",
                       inner.text, listing_endings(endings));
    if (list->found.count == 0 && add_statistics(list) < 0)
        return -1;
    if (list->found.count == 0)
        return list->live ? 0 : fail_empty(list, err);
    return list->list_count || list->enclosed ? 0 : find_list_above(list);
}

/* ---- both ---- */

bool listing_wanted(const struct listing *list, const char *path)
{
    return !list->live || list->live->wanted(list->live->context, path);
}

int listing_no_memory(struct listing *list)
{
    return mm_fail_memory(&list->err);
}

const char *listing_join(struct listing *list, const char *front, const char *text)
{
    size_t before = strlen(front), length = strlen(text);
    char *joined = mm_arena_alloc(&list->dump->arena, before + length + 1);
    if (!joined)
        return NULL;
    memcpy(joined, front, before);
    memcpy(joined + before, text, length);
    return joined;
}

void listing_done(struct listing *list)
{
    for (size_t i = 0; i < list->list_count; i++)
        name_list_done(&list->lists[i]);
    free(list->tree.seen);
    mm_buf_done(&list->memory);
    mm_members_done(&list->found);
}
