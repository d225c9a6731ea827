/* A dump: a folder of tensor files, or one file, listed and put into execution order. */
#include "dump/listing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static struct mm_source *add_source(struct listing *list, const struct listing_file *file,
                                    const struct mm_format *format)
{
    struct mm_source *source = mm_arena_alloc(&list->dump->arena, sizeof *source);
    if (source)
        *source = (struct mm_source){.path = file->path,
                                     .file = file->file,
                                     .scope = file->scope,
                                     .format = format,
                                     .check = list->check,
                                     .schema = list->schema,
                                     .choice = list->part.choice};
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
        return listing_no_memory(list);
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
        return listing_no_memory(list);
    if (result < 0) {
        list->found.count = before;
        return add_unlisted(list, source, parsed, &err);
    }
    for (size_t i = before; i < list->found.count; i++) {
        if (list->found.entry[i].member && parse_member(&list->found.entry[i], arena) < 0)
            return listing_no_memory(list);
    }
    return 0;
}

const struct mm_format *listing_choose(struct listing *list, const char *path, const char *name)
{
    const struct mm_format *pb = mm_format_find("pb");
    size_t stem;
    bool stamped = mm_file_name_stamped(name);
    if (list->schema && stamped && mm_format_by_name(name, &stem) && strcmp(name + stem, pb->ending) == 0)
        return pb;
    return mm_format_choose(path, stamped, &list->memory);
}

int listing_add(struct listing *list, const struct listing_file *file, const struct mm_file_name *parsed)
{
    const struct mm_source *source = add_source(list, file, parsed->format);
    if (!source)
        return listing_no_memory(list);
    if (source->format->list)
        return add_members(list, source, parsed);
    return add_entry(list, source, parsed) ? 0 : listing_no_memory(list);
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
        entry->parsed.name = mm_entry_whole_name(entry, &list->dump->arena);
        if (!entry->parsed.name)
            return listing_no_memory(list);
    }
    return 0;
}

/* The folders that a tensor is in are a part of its name. */
static int put_scope(struct listing *list)
{
    for (size_t i = 0; i < list->found.count; i++) {
        struct mm_entry *entry = &list->found.entry[i];
        const char *scope = entry->source->scope;
        if (scope && *scope && !(entry->parsed.name = listing_join(list, scope, entry->parsed.name)))
            return listing_no_memory(list);
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
            return listing_no_memory(list);
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

/* Where a list says something: what it says nothing of comes last. */
static int compare_listed(const void *a, const void *b)
{
    const struct mm_entry *x = a, *y = b;
    if (x->parsed.stamp == y->parsed.stamp && x->listed != y->listed)
        return !x->listed ? 1 : !y->listed || x->listed < y->listed ? -1 : 1;
    return compare_entries(a, b);
}

static int publish(struct listing *list)
{
    struct mm_dump *dump = list->dump;
    struct mm_members *found = &list->found;
    for (size_t i = 0; i < found->count; i++)
        found->entry[i].order = i;
    if (found->count)
        qsort(found->entry, found->count, sizeof *found->entry,
              list->kind || list->numbered || list->statistics || list->fields ? compare_listed
                                                                               : compare_entries);
    for (size_t i = 0; i < found->count; i++)
        found->entry[i].order = i;
    struct mm_entry *entries = mm_arena_array(&dump->arena, found->count + 1, sizeof *entries);
    if (!entries)
        return listing_no_memory(list);
    if (found->count)
        memcpy(entries, found->entry, found->count * sizeof *entries);
    dump->entries = entries;
    dump->count = found->count;
    dump->skipped += found->skipped;
    dump->taken = found->taken;
    return 0;
}

/* A file that can't be taken for want of the runner that is asked for, where others have it. */
static bool is_of_other_runner(const struct mm_entry *entry)
{
    return entry->code == MM_ENOENT && !entry->member && entry->source->choice.runner;
}

/* Runs that were saved in files of their own: of a folder, those of the runner alone are wanted. */
static void drop_other_runners(struct listing *list)
{
    struct mm_members *found = &list->found;
    size_t kept = 0;
    if (!found->taken.runner)
        return;
    for (size_t i = 0; i < found->count; i++) {
        if (!is_of_other_runner(&found->entry[i]))
            found->entry[kept++] = found->entry[i];
    }
    list->dump->skipped += found->count - kept;
    found->count = kept;
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

static int fail_empty(const struct listing *list, struct mm_err *err)
{
    size_t skipped = list->found.skipped;
    if (skipped == 0)
        return mm_fail(err, MM_ENOENT, "%s: there is no array in it", list->dump->path);
    return mm_fail(err, MM_ENOENT, "%s: there is no array in it, skipped %zu other member%s",
                   list->dump->path, skipped, skipped == 1 ? "" : "s");
}

/* A network stands where its tensors were meant, or the file is of a kind that is not known. */
static int fail_kind(const struct mm_dump *dump, struct mm_err *err)
{
    static const char *const models[] = {".onnx", ".tflite", ".pt2", ".rknn", ".om", ".cambricon"};
    const char *end = strrchr(mm_path_base(dump->path), '.');
    char endings[LISTING_ENDINGS];
    for (size_t i = 0; end && i < MM_COUNT(models); i++) {
        if (strcmp(end, models[i]) == 0)
            return mm_fail(
                err, MM_EUNSUPPORTED,
                "%s: is a model, and no dump of its tensors: a model goes with --model MODEL, and mmtui dump "
                "and mmtui dump --script make dumps",
                dump->path);
    }
    return mm_fail(err, MM_EUNSUPPORTED, "%s: is no tensor file that is known by its content or name (%s)",
                   dump->path, listing_endings(endings));
}

static int find_in_file(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    const char *file = mm_path_base(dump->path);
    const struct mm_format *format = mm_format_of(dump->path);
    struct mm_file_name parsed;
    if (!format)
        return fail_kind(dump, err);
    if (parse_file(file, format, &dump->arena, &parsed) < 0)
        return listing_no_memory(list);
    const struct listing_file listed = {dump->path, file, ""};
    if (listing_add(list, &listed, &parsed) < 0)
        return -1;
    if (list->bad.code != MM_OK)
        return mm_fail(err, list->bad.code, "%s", list->bad.text);
    if (list->found.count == 0)
        return fail_empty(list, err);
    return 0;
}

/* ---- both ---- */

/* Statistics stand in the order of the calls. */
static void note_statistics(struct listing *list)
{
    struct mm_members *found = &list->found;
    if (found->count == 0 || found->entry[0].kept != MM_KEPT_STATISTICS)
        return;
    list->statistics = found->count;
    for (size_t i = 0; i < found->count; i++)
        found->entry[i].listed = (uint32_t)i + 1; /* a file has at most 4e6 values */
}

static int fill(struct listing *list, struct mm_err *err)
{
    struct mm_dump *dump = list->dump;
    struct stat info;
    bool there = stat(dump->path, &info) == 0;
    dump->is_file = there && !S_ISDIR(info.st_mode);
    if (list->live && (!there || (dump->is_file && !listing_wanted(list, dump->path))))
        return publish(list); /* nothing yet */
    if ((dump->is_file ? find_in_file(list, err) : listing_folder(list, err)) < 0)
        return -1;
    note_statistics(list);
    drop_others(list);
    drop_other_runners(list);
    if (listing_numbers(list) < 0 || validate_stamps(list) < 0 || put_scope(list) < 0 ||
        listing_fields(list, err) < 0 || listing_name(list) < 0 || listing_numbered(list) < 0 ||
        give(list) < 0)
        return -1;
    listing_operators(list);
    if (listing_join_ranks(list) < 0)
        return -1;
    return publish(list) < 0 || listing_source(list) < 0 ? -1 : 0;
}

int mm_dump_joined(const struct mm_dump *dump, struct mm_err *err)
{
    return dump->joined
               ? 0
               : mm_fail(err, MM_EARG,
                         "%s: --concat: it has no tensors of several ranks that it names (NAME.rank0, "
                         "NAME.rank1 ..., or folders rank0, rank1 ...)",
                         dump->path);
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
        list.part = options->part;
        list.schema = options->schema;
        list.file_names = options->file_names;
        list.live = options->live;
        list.enclosed = options->enclosed;
    }
    int result = dump->path ? fill(&list, err) : listing_no_memory(&list);
    if (result < 0 && list.err.code != MM_OK)
        mm_fail_memory(err);
    listing_done(&list);
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
    if (dump->elsewhere)
        dump->elsewhere->release(dump->elsewhere->held);
    mm_arena_done(&dump->arena);
    free(dump);
}

char *mm_dump_beside(const struct mm_dump *dump, const char *file)
{
    const char *folder = dump->elsewhere ? dump->elsewhere->beside : dump->path;
    return folder ? mm_path_join(folder, file) : NULL;
}
