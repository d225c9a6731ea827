/* File names made of fields, and the dumps of files that are called so. */
#include "dump/fields.h"

#include <stdlib.h>
#include <string.h>

#include "dump/listing.h"

static const char separator[] = "___";

/* ---- one name ---- */

static bool is_key(const char *field, const char *key)
{
    size_t length = strlen(key);
    return strncmp(field, key, length) == 0 && field[length] == '=';
}

/* A field of the dumper's own: its number is kept. */
static bool take_number(const char *field, size_t length, struct fields *fields)
{
    const struct {
        const char *key;
        int64_t *number;
    } known[] = {{"step", &fields->step},
                 {"forward_pass_id", &fields->step},
                 {"rank", &fields->rank},
                 {"dump_index", &fields->index}};
    char text[24];
    for (size_t i = 0; i < MM_COUNT(known); i++) {
        size_t key = strlen(known[i].key) + 1;
        if (!is_key(field, known[i].key) || length - key >= sizeof text)
            continue;
        memcpy(text, field + key, length - key);
        text[length - key] = '\0';
        return mm_parse_i64(text, known[i].number) && *known[i].number >= 0;
    }
    return false;
}

static size_t field_length(const char *field)
{
    const char *end = strstr(field, separator);
    return end ? (size_t)(end - field) : strlen(field);
}

bool fields_read(const char *stem, struct fields *fields, struct mm_buf *name)
{
    struct mm_buf rest = {0};
    bool named = false;
    *fields = (struct fields){-1, -1, -1};
    for (const char *p = stem; *p;) {
        size_t length = field_length(p);
        if (is_key(p, "name") && !named && length > 5) {
            mm_buf_add(name, p + 5, length - 5);
            named = true;
        } else if (!take_number(p, length, fields)) {
            mm_buf_putc(&rest, '.');
            mm_buf_add(&rest, p, length);
        }
        p += length;
        p += *p ? sizeof separator - 1 : 0;
    }
    bool numbered = fields->step >= 0 || fields->rank >= 0 || fields->index >= 0;
    if (named && numbered)
        mm_buf_puts(name, mm_buf_text(&rest));
    else
        mm_buf_clear(name);
    name->failed |= rest.failed;
    mm_buf_done(&rest);
    return named && numbered;
}

/* ---- a dump ---- */

struct named {
    struct mm_entry entry;
    struct fields fields;
    bool known;
};

static int by_fields(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->fields.step != y->fields.step)
        return x->fields.step < y->fields.step ? -1 : 1;
    if (x->fields.index != y->fields.index)
        return x->fields.index < y->fields.index ? -1 : 1;
    return mm_text_compare_natural(x->entry.source->file, y->entry.source->file);
}

/* A member that is no tensor of the model: the dumper's {"value": ..., "meta": ...}. */
static bool is_meta(const struct mm_entry *entry)
{
    return entry->member && strncmp(entry->member, "meta", 4) == 0;
}

static int read_one(struct listing *list, struct named *named)
{
    struct mm_arena *arena = &list->dump->arena;
    struct mm_buf name = {0};
    const char *scope = named->entry.source->scope ? named->entry.source->scope : "";
    const char *base = mm_path_base(named->entry.source->file);
    size_t length = strlen(base);
    mm_format_by_name(base, &length);
    char *stem = mm_arena_strndup(arena, base, length);
    mm_buf_puts(&name, scope);
    struct mm_buf own = {0};
    named->known = stem && fields_read(stem, &named->fields, &own);
    mm_buf_puts(&name, mm_buf_text(&own));
    if (named->known)
        named->entry.parsed.name = mm_arena_strdup(arena, mm_buf_text(&name));
    bool good = stem && named->entry.parsed.name && !name.failed && !own.failed;
    mm_buf_done(&name);
    mm_buf_done(&own);
    return good ? 0 : listing_no_memory(list);
}

/* Which steps (ranks) there are, and which is taken; -1: there are none. */
static int64_t choose(const struct named *named, size_t count, bool ranks, const int64_t *wanted,
                      struct mm_dump_numbers *numbers)
{
    int64_t least = -1, most = -1;
    for (size_t i = 0; i < count; i++) {
        int64_t here = ranks ? named[i].fields.rank : named[i].fields.step;
        least = here >= 0 && (least < 0 || here < least) ? here : least;
        most = here > most ? here : most;
    }
    if (least < 0 || numbers->count > 0)
        return -1;
    numbers->chosen = wanted ? *wanted : least;
    for (int64_t n = least; n <= most && n - least < 4096; n++) {
        bool there = false;
        for (size_t i = 0; i < count && !there; i++)
            there = (ranks ? named[i].fields.rank : named[i].fields.step) == n;
        numbers->count += there;
    }
    return numbers->chosen;
}

static bool is_there(const struct named *named, size_t count, bool ranks, int64_t wanted)
{
    for (size_t i = 0; i < count; i++) {
        if ((ranks ? named[i].fields.rank : named[i].fields.step) == wanted)
            return true;
    }
    return false;
}

/* What was asked for by --step or --rank, and no file has. */
static int check_wanted(const struct listing *list, const struct named *named, size_t count,
                        struct mm_err *err)
{
    const struct mm_dump_part *part = &list->part;
    if (list->dump->step.count && part->stepped && !is_there(named, count, false, part->step))
        return mm_fail(err, MM_EARG, "%s: --step %lld: no name of a file in it has this step",
                       list->dump->path, (long long)part->step);
    if (list->dump->rank.count && part->ranked && !is_there(named, count, true, part->rank))
        return mm_fail(err, MM_EARG, "%s: --rank %lld: no name of a file in it has this rank",
                       list->dump->path, (long long)part->rank);
    return 0;
}

/* All of them are known; those of another step or rank, and what the dumper says of a tensor, are left out. */
static int take(struct listing *list, struct named *named, size_t count, struct mm_err *err)
{
    struct mm_members *found = &list->found;
    const struct mm_dump_part *part = &list->part;
    int64_t step = choose(named, count, false, part->stepped ? &part->step : NULL, &list->dump->step);
    int64_t rank = part->concat.count && !part->ranked
                       ? -1
                       : choose(named, count, true, part->ranked ? &part->rank : NULL, &list->dump->rank);
    size_t kept = 0;
    if (check_wanted(list, named, count, err) < 0)
        return -1;
    qsort(named, count, sizeof *named, by_fields);
    for (size_t i = 0; i < count; i++) {
        const struct fields *fields = &named[i].fields;
        if ((step >= 0 && fields->step != step) || (rank >= 0 && fields->rank != rank) ||
            is_meta(&named[i].entry))
            continue;
        found->entry[kept] = named[i].entry;
        found->entry[kept].parsed.stamp = -1;
        found->entry[kept].listed = (uint32_t)kept + 1; /* as many as there are files, 4e9 at most */
        kept++;
    }
    list->dump->skipped += count - kept;
    found->count = kept;
    list->fields = kept;
    list->dump->numbered = kept > 0 && named[0].fields.index >= 0;
    return 0;
}

int listing_fields(struct listing *list, struct mm_err *err)
{
    const struct mm_members *found = &list->found;
    struct named *named = list->dump->is_file ? NULL : calloc(found->count + 1, sizeof *named);
    size_t known = 0;
    int result = 0;
    for (size_t i = 0; named && i < found->count && result == 0; i++) {
        named[i].entry = found->entry[i];
        result = read_one(list, &named[i]);
        known += named[i].known;
    }
    if (result == 0 && known > 0 && known == found->count)
        result = take(list, named, known, err);
    bool failed = !named && !list->dump->is_file;
    free(named);
    return failed ? listing_no_memory(list) : result;
}
