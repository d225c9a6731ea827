/*
 * By whose field numbers the .pb files of a dump are read, where the user gives none: the project's own; where these read
 * none of them, what tensors tell that are there as .pbtxt, too; where there are none, what can be inferred.
 */
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "dump/listing.h"
#include "dump/schema_infer.h"

/* What is looked at, spread evenly over the dump. Only when nothing of it can be read by the project's own numbers; the
 * same bounds stand in mmtui-formats(5). */
#define FILES_MOST 256
#define BYTES_MOST ((size_t)16 << 20)  /* of a file; larger ones are passed over */
#define TOTAL_MOST ((size_t)128 << 20) /* of all */

static bool is_pb(const struct mm_entry *entry)
{
    return strcmp(entry->source->format->name, "pb") == 0 && entry->code == MM_OK;
}

/* ---- the files ---- */

struct sample {
    const struct mm_entry *entry[FILES_MOST];
    size_t count;
};

static void take_sample(const struct mm_members *found, struct sample *sample)
{
    size_t all = 0, place = 0;
    sample->count = 0;
    for (size_t i = 0; i < found->count; i++)
        all += is_pb(&found->entry[i]);
    size_t wanted = all < FILES_MOST ? all : FILES_MOST;
    for (size_t i = 0; i < found->count && sample->count < wanted; i++) {
        if (is_pb(&found->entry[i]) && place++ == sample->count * all / wanted)
            sample->entry[sample->count++] = &found->entry[i];
    }
}

/* Is the file of a size that is looked at? */
static bool open_small(struct mm_map *map, const struct mm_entry *entry, size_t left)
{
    if (mm_map_open(map, entry->source->path, NULL) < 0)
        return false;
    if (map->size <= BYTES_MOST && map->size <= left)
        return true;
    mm_map_close(map);
    return false;
}

/* One is enough: a dump that is damaged is no dump of other numbers. */
static bool is_read_by_own(const struct sample *sample)
{
    for (size_t i = 0; i < sample->count; i++) {
        struct mm_load load;
        struct mm_map map;
        if (!open_small(&map, sample->entry[i], SIZE_MAX))
            continue;
        mm_map_close(&map);
        if (mm_load_open(&load, sample->entry[i], mm_schema_own(), NULL) == 0) {
            mm_load_close(&load);
            return true;
        }
    }
    return false;
}

/* ---- inferred ---- */

static size_t common_divisor(size_t a, size_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Steps of this length, around and around, come by every place once, and the first few are spread evenly. */
static size_t stride_of(size_t count)
{
    size_t stride = 1 + count * 5 / 8;
    while (common_divisor(stride, count) != 1)
        stride++;
    return stride;
}

/* Those of the wires that can be walked to their end. Returns their number. */
static size_t see_all(const struct sample *sample, struct wire_seen *seen, struct wire_numbers *numbers)
{
    size_t count = 0, left = TOTAL_MOST, stride = stride_of(sample->count);
    for (size_t i = 0; i < sample->count; i++) {
        const struct mm_entry *entry = sample->entry[i * stride % sample->count];
        struct mm_map map;
        size_t before = numbers->count;
        if (!open_small(&map, entry, left))
            continue;
        bool good = wire_see(&seen[count], numbers, map.data, map.size);
        if (mm_map_check(&map, entry->source->file, NULL) < 0) {
            numbers->count = before;
            good = false;
        }
        left -= map.size;
        count += good;
        mm_map_close(&map);
    }
    return count;
}

/* Then something else is wrong with the files, and their rows say what. */
static bool agrees_with_own(const struct mm_schema *schema)
{
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        if (schema->number[i] && schema->number[i] != mm_schema_own()->number[i])
            return false;
    }
    return true;
}

static int refuse(struct listing *list, const struct mm_err *why)
{
    struct mm_buf text = {0};
    mm_buf_printf(
        &text,
        "can't be read by mmtui's own field numbers, and the wire tells no others: %s. Give --schema "
        "FILE (a .proto with the numbers, or the SDK's tensor_pb2.py), or dump some tensors as "
        ".pbtxt, too",
        why->text);
    list->dump->no_numbers = text.failed ? NULL : mm_arena_strdup(&list->dump->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return list->dump->no_numbers ? 0 : listing_no_memory(list);
}

static const char *origin_of(struct listing *list, size_t files)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "numbers inferred from the wire of %zu files (not verified)", files);
    const char *origin = text.failed ? NULL : mm_arena_strdup(&list->dump->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return origin;
}

static int infer(struct listing *list, const struct sample *sample, struct mm_schema *schema)
{
    struct mm_err why = {MM_OK, ""};
    struct wire_numbers numbers = {.count = 0};
    struct wire_seen *seen = calloc(sample->count, sizeof *seen);
    if (!seen)
        return listing_no_memory(list);
    size_t count = see_all(sample, seen, &numbers);
    int result = count == 0 ? 0 : schema_infer(seen, count, &numbers, schema, &why);
    free(seen);
    if (why.code == MM_ENOMEM)
        return listing_no_memory(list);
    if (result < 0)
        return refuse(list, &why);
    if (count == 0 || agrees_with_own(schema))
        *schema = *mm_schema_own();
    else if (!(schema->origin = origin_of(list, count)))
        return listing_no_memory(list);
    return 0;
}

/* ---- told by others ---- */

static int copy(struct listing *list, const struct mm_schema *from, struct mm_schema *to)
{
    *to = *from;
    to->origin = mm_arena_strdup(&list->dump->arena, from->origin);
    return to->origin ? 0 : listing_no_memory(list);
}

static char *folder_of(const struct mm_entry *entry)
{
    const char *path = entry->source->path, *base = mm_path_base(path);
    return base == path ? strdup(".") : strndup(path, (size_t)(base - path));
}

/* By pairs in the folder of the first file. 1: they tell; 0: they do not, or there are none. */
static int learn(struct listing *list, const struct sample *sample, struct mm_schema *schema)
{
    struct mm_schema *learnt = NULL;
    bool texts = false;
    for (size_t i = 0; i < list->found.count; i++)
        texts |= strcmp(list->found.entry[i].source->format->name, "pbtxt") == 0;
    char *folder = texts ? folder_of(sample->entry[0]) : NULL;
    if (!folder)
        return texts ? listing_no_memory(list) : 0;
    int result = mm_schema_learn(&learnt, folder, NULL) < 0 ? 0 : copy(list, learnt, schema) < 0 ? -1 : 1;
    mm_schema_close(learnt);
    free(folder);
    return result;
}

/* Of one file that is opened alone: what the files beside it tell. */
static int look_beside(struct listing *list, const struct sample *sample, struct mm_schema *schema)
{
    struct mm_dump *beside = NULL;
    char *folder = folder_of(sample->entry[0]);
    if (!folder)
        return listing_no_memory(list);
    int result = 0;
    if (mm_dump_open(&beside, folder, NULL, NULL) == 0) {
        const char *why = beside->no_numbers;
        if (beside->schema != mm_schema_own())
            result = copy(list, beside->schema, schema);
        else if (why && !(list->dump->no_numbers = mm_arena_strdup(&list->dump->arena, why)))
            result = listing_no_memory(list);
    }
    mm_dump_close(beside);
    free(folder);
    return result;
}

/* ---- both ---- */

/* A source is const once it is published: those of other numbers are made anew. */
static int use(struct listing *list, const struct mm_schema *schema)
{
    for (size_t i = 0; i < list->found.count; i++) {
        struct mm_entry *entry = &list->found.entry[i];
        if (!is_pb(entry))
            continue;
        struct mm_source *source = mm_arena_alloc(&list->dump->arena, sizeof *source);
        if (!source)
            return listing_no_memory(list);
        *source = *entry->source;
        source->schema = schema;
        entry->source = source;
    }
    list->dump->schema = schema;
    return 0;
}

static int find(struct listing *list, const struct sample *sample, struct mm_schema *schema)
{
    *schema = *mm_schema_own();
    if (list->dump->is_file)
        return look_beside(list, sample, schema);
    int learnt = learn(list, sample, schema);
    return learnt != 0 ? learnt : infer(list, sample, schema);
}

int listing_numbers(struct listing *list)
{
    struct sample sample;
    if (list->schema)
        return 0;
    take_sample(&list->found, &sample);
    if (sample.count == 0 || is_read_by_own(&sample))
        return 0;
    struct mm_schema *schema = mm_arena_alloc(&list->dump->arena, sizeof *schema);
    if (!schema)
        return listing_no_memory(list);
    if (find(list, &sample, schema) < 0)
        return -1;
    return list->dump->no_numbers || schema->origin == mm_schema_own()->origin ? 0 : use(list, schema);
}

/* ---- what is said ---- */

static bool has_pb(const struct mm_dump *dump)
{
    for (size_t i = 0; i < dump->count; i++) {
        if (is_pb(&dump->entries[i]))
            return true;
    }
    return false;
}

void mm_dump_say_numbers(const struct mm_dump *dump, const char *whose, struct mm_buf *out)
{
    const struct mm_schema *schema = dump->schema;
    struct mm_buf lacks = {0};
    if (!has_pb(dump) || (schema == mm_schema_own() && !dump->no_numbers))
        return;
    mm_buf_printf(out, "%sThe .pb files%s ", out->length ? " " : "", whose);
    if (dump->no_numbers) {
        mm_buf_printf(out, "%s.", dump->no_numbers);
        return;
    }
    mm_buf_say(out, schema->inferred ? "are read by field " : "are read by the field numbers of ");
    mm_text_escape(out, schema->origin, strlen(schema->origin));
    if (schema->inferred)
        mm_buf_say(out, ": give --schema FILE to be sure");
    if (mm_schema_lacks(schema, &lacks) > 0)
        mm_buf_printf(out, schema->inferred ? ". There is none for %s" : ", which has none for %s",
                      mm_buf_text(&lacks));
    if (schema->inferred && !schema->number[MM_FIELD_DTYPE])
        mm_buf_say(out, "; floats are shown as f32, also where they may be f16");
    mm_buf_puts(out, ".");
    mm_buf_done(&lacks);
}
