/* A dump: a flat folder of tensor files, or one file, listed and put into execution order. */
#include "mmtui/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the listing collects before it is sorted and published. */
struct listing {
    struct mm_dump *dump;
    bool check;
    const struct mm_schema *schema; /* for .pb; NULL: nothing is known */
    struct mm_given_list given;
    struct mm_buf memory; /* of files that are looked at */
    char *folder;         /* with the '/' that file names follow */
    size_t folder_length;
    struct mm_members found;
    struct mm_err err; /* the first that is no file's own: memory */
    struct mm_err bad; /* why a file with many tensors could not be listed, the first one's */
};

static int no_memory(struct listing *list)
{
    return mm_fail_memory(&list->err);
}

/* ---- names ---- */

/* A member's key is a .npy file's name without its ending: the same rules. */
static int parse_member(struct mm_entry *entry, struct mm_arena *arena)
{
    size_t length = strlen(entry->member);
    char *file = malloc(length + sizeof ".npy");
    if (!file)
        return -1;
    memcpy(file, entry->member, length);
    memcpy(file + length, ".npy", sizeof ".npy");
    bool parsed = mm_file_name_parse(file, arena, &entry->parsed);
    free(file);
    if (!parsed) /* the empty key */
        entry->parsed = (struct mm_file_name){.name = entry->member, .stamp = -1, .suffix = -1};
    entry->parsed.format = entry->source->format;
    return 0;
}

/* ---- files ---- */

static struct mm_source *add_source(struct listing *list, const char *path, const char *file,
                                    const struct mm_format *format)
{
    struct mm_source *source = mm_arena_alloc(&list->dump->arena, sizeof *source);
    if (source)
        *source = (struct mm_source){
            .path = path, .file = file, .format = format, .check = list->check, .schema = list->schema};
    return source;
}

static struct mm_entry *add_entry(struct listing *list, const struct mm_source *source,
                                  const struct mm_file_name *parsed)
{
    struct mm_entry *entry = mm_members_add(&list->found, source);
    if (entry) {
        entry->label = source->file;
        entry->parsed = *parsed;
    }
    return entry;
}

/* In its place one entry that says why it can't be read. */
static int add_unlisted(struct listing *list, const struct mm_source *source,
                        const struct mm_file_name *parsed, const struct mm_err *why)
{
    struct mm_entry *entry = add_entry(list, source, parsed);
    if (list->bad.code == MM_OK)
        list->bad = *why;
    if (entry)
        entry->wrong = mm_arena_strdup(&list->dump->arena, why->text);
    if (!entry || !entry->wrong)
        return no_memory(list);
    entry->code = why->code;
    return 0;
}

static int add_members(struct listing *list, const struct mm_source *source,
                       const struct mm_file_name *parsed)
{
    struct mm_arena *arena = &list->dump->arena;
    struct mm_err err = {MM_OK, ""};
    size_t before = list->found.count;
    int result = source->format->list(source, arena, &list->found, &err);
    if (result < 0 && err.code == MM_ENOMEM)
        return no_memory(list);
    if (result < 0) {
        list->found.count = before;
        return add_unlisted(list, source, parsed, &err);
    }
    for (size_t i = before; i < list->found.count; i++) {
        if (list->found.entry[i].member && parse_member(&list->found.entry[i], arena) < 0)
            return no_memory(list);
    }
    return 0;
}

static int add_file(struct listing *list, const char *path, const char *file,
                    const struct mm_file_name *parsed)
{
    const struct mm_source *source = add_source(list, path, file, parsed->format);
    if (!source)
        return no_memory(list);
    if (source->format->list)
        return add_members(list, source, parsed);
    return add_entry(list, source, parsed) ? 0 : no_memory(list);
}

/* Whoever tells the numbers of MagicMind's .pb says that these are such, whatever else they may look like. */
static const struct mm_format *choose(struct listing *list, const char *path, const char *name)
{
    const struct mm_format *pb = mm_format_find("pb");
    size_t stem;
    bool stamped = mm_file_name_stamped(name);
    if (list->schema && stamped && mm_format_by_name(name, &stem) && strcmp(name + stem, pb->ending) == 0)
        return pb;
    return mm_format_choose(path, stamped, &list->memory);
}

static int visit(void *context, const char *name)
{
    struct listing *list = context;
    struct mm_arena *arena = &list->dump->arena;
    struct mm_file_name parsed;
    if (!mm_format_by_name(name, NULL)) {
        list->dump->skipped++;
        return 0;
    }
    size_t length = strlen(name);
    char *path = mm_arena_alloc(arena, list->folder_length + length + 1);
    if (!path)
        return no_memory(list);
    memcpy(path, list->folder, list->folder_length);
    char *file = memcpy(path + list->folder_length, name, length);
    const struct mm_format *format = choose(list, path, name);
    bool passed_over = format && (format->indirect || (format->told && list->given.count == 0));
    if (passed_over || !mm_file_name_parse_as(name, format, arena, &parsed)) {
        list->dump->skipped++;
        return passed_over || !format || !parsed.format ? 0 : no_memory(list);
    }
    return add_file(list, path, file, &parsed);
}

/* ---- what belongs together ---- */

/* Forget those that are not wanted: they count as skipped. */
static void keep(struct listing *list, bool (*wanted)(const struct mm_format *format))
{
    struct mm_members *found = &list->found;
    bool any = false;
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++)
        any |= wanted(found->entry[i].source->format);
    for (size_t i = 0; i < found->count && any; i++) {
        if (wanted(found->entry[i].source->format))
            found->entry[kept++] = found->entry[i];
    }
    if (!any)
        return;
    list->dump->skipped += found->count - kept;
    found->count = kept;
}

static bool is_stamped(const struct mm_format *format)
{
    return format->stamped;
}

static bool is_strong(const struct mm_format *format)
{
    return !format->weak;
}

/* Where MagicMind's files are, others (a .npy beside them) are not part of the dump. Raw numbers and text are it only
 * where nothing else is: any file may be so. */
static void drop_others(struct listing *list)
{
    keep(list, is_stamped);
    keep(list, is_strong);
}

/* What stands before a file's ending, or a member's key. */
static const char *whole_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    size_t stem;
    if (entry->member)
        return entry->member;
    if (!mm_format_by_name(entry->source->file, &stem))
        stem = strlen(entry->source->file);
    return mm_arena_strndup(arena, entry->source->file, stem);
}

/* "2_conv.npy" may be tensor "conv" at time 2 or tensor "2_conv": a stamp only if every one has one. */
static int validate_stamps(struct listing *list)
{
    struct mm_members *found = &list->found;
    bool all = true;
    for (size_t i = 0; i < found->count; i++)
        all &= found->entry[i].parsed.stamp >= 0;
    for (size_t i = 0; i < found->count && !all; i++) {
        struct mm_entry *entry = &found->entry[i];
        if (entry->parsed.stamp < 0)
            continue;
        entry->parsed.stamp = -1;
        entry->parsed.name = whole_name(entry, &list->dump->arena);
        if (!entry->parsed.name)
            return no_memory(list);
    }
    return 0;
}

/* What the user says of each. */
static int give(struct listing *list)
{
    struct mm_members *found = &list->found;
    for (size_t i = 0; i < found->count && list->given.count > 0; i++) {
        struct mm_given given, *kept;
        if (!mm_given_find(&list->given, found->entry[i].parsed.name, &given))
            continue;
        kept = mm_arena_alloc(&list->dump->arena, sizeof *kept);
        if (!kept)
            return no_memory(list);
        *kept = given;
        found->entry[i].given = kept;
    }
    return 0;
}

/* Entries of one source are in the source's own order, and next to each other: `order` is that for now. */
static int compare_entries(const void *a, const void *b)
{
    const struct mm_entry *x = a, *y = b;
    if (x->parsed.stamp != y->parsed.stamp)
        return x->parsed.stamp < y->parsed.stamp ? -1 : 1;
    int order = x->source == y->source ? 0 : mm_text_compare_natural(x->source->file, y->source->file);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int publish(struct listing *list)
{
    struct mm_dump *dump = list->dump;
    struct mm_members *found = &list->found;
    for (size_t i = 0; i < found->count; i++)
        found->entry[i].order = i;
    qsort(found->entry, found->count, sizeof *found->entry, compare_entries);
    for (size_t i = 0; i < found->count; i++)
        found->entry[i].order = i;
    struct mm_entry *entries = mm_arena_array(&dump->arena, found->count, sizeof *entries);
    if (!entries)
        return no_memory(list);
    memcpy(entries, found->entry, found->count * sizeof *entries);
    dump->entries = entries;
    dump->count = found->count;
    dump->skipped += found->skipped;
    return 0;
}

/* ---- a folder ---- */

#define ENDINGS_MOST 200

/* ".npy .npz ...": of all formats, each once. */
static const char *looked_for(char out[static ENDINGS_MOST])
{
    size_t count, length = 0;
    const struct mm_format *formats = mm_formats(&count);
    *out = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (strcmp(formats[before].ending, formats[i].ending) != 0)
            before++;
        size_t size = strlen(formats[i].ending) + 1;
        if (before < i || formats[i].indirect || length + size >= ENDINGS_MOST)
            continue;
        length +=
            (size_t)snprintf(out + length, ENDINGS_MOST - length, length ? " %s" : "%s", formats[i].ending);
    }
    return out;
}

static int find_in_folder(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    struct mm_err inner = {MM_OK, ""};
    char endings[ENDINGS_MOST];
    list->folder = mm_path_join(dump->path, "");
    if (!list->folder)
        return no_memory(list);
    list->folder_length = strlen(list->folder);
    int result = mm_folder_list(dump->path, visit, list, &inner);
    if (list->err.code != MM_OK)
        return -1;
    if (result != 0)
        return mm_fail(err, inner.code, "%s (a dump is a file or a folder of files that end in %s)",
                       inner.text, looked_for(endings));
    if (list->found.count == 0)
        return mm_fail(err, MM_ENOENT,
                       "%s: no tensor file in this folder: looked for %s (MagicMind's begin with a time "
                       "stamp, as TIME_NAME.pb), skipped %zu other file%s",
                       dump->path, looked_for(endings), dump->skipped, dump->skipped == 1 ? "" : "s");
    return 0;
}

/* ---- one file ---- */

/* What the name of a file says that was asked for by name: no format can be told by it, no stamp is needed. */
static int parse_file(const char *file, const struct mm_format *format, struct mm_arena *arena,
                      struct mm_file_name *parsed)
{
    size_t stem;
    if (mm_file_name_parse_as(file, format, arena, parsed))
        return 0;
    if (!mm_format_by_name(file, &stem))
        stem = strlen(file);
    *parsed = (struct mm_file_name){
        .stamp = -1, .suffix = -1, .format = format, .name = mm_arena_strndup(arena, file, stem)};
    return parsed->name ? 0 : -1;
}

static int find_in_file(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    const char *file = mm_path_base(dump->path);
    const struct mm_format *format = mm_format_of(dump->path);
    struct mm_file_name parsed;
    char endings[ENDINGS_MOST];
    if (!format)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: is no tensor file that is known by its content or name (%s)", dump->path,
                       looked_for(endings));
    if (parse_file(file, format, &dump->arena, &parsed) < 0)
        return no_memory(list);
    if (add_file(list, dump->path, file, &parsed) < 0)
        return -1;
    if (list->bad.code != MM_OK)
        return mm_fail(err, list->bad.code, "%s", list->bad.text);
    if (list->found.count == 0)
        return mm_fail(err, MM_ENOENT, "%s: there is no array in it, skipped %zu other member%s", dump->path,
                       list->found.skipped, list->found.skipped == 1 ? "" : "s");
    return 0;
}

/* ---- both ---- */

static int fill(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    struct stat info;
    dump->is_file = stat(dump->path, &info) == 0 && !S_ISDIR(info.st_mode);
    if ((dump->is_file ? find_in_file(list, err) : find_in_folder(list, err)) < 0)
        return -1;
    drop_others(list);
    return validate_stamps(list) < 0 || give(list) < 0 || publish(list) < 0 ? -1 : 0;
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

    struct listing list = {.dump = dump, .check = options && options->check};
    if (options) {
        list.given = options->given;
        list.schema = options->schema;
    }
    int result = dump->path ? fill(&list, err) : no_memory(&list);
    if (result < 0 && list.err.code != MM_OK)
        mm_fail_memory(err);
    free(list.folder);
    mm_buf_done(&list.memory);
    mm_members_done(&list.found);
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
