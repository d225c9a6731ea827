/* The directory of a zip archive, read from its end. */
#include "format/zip.h"
#include "format/little.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define LOCAL_SIZE   30
#define ENTRY_SIZE   46
#define END_SIZE     22
#define LOCATOR_SIZE 20
#define END64_SIZE   56
#define COMMENT_MOST 65535

#define LOCAL_MAGIC   0x04034b50u
#define ENTRY_MAGIC   0x02014b50u
#define END_MAGIC     0x06054b50u
#define LOCATOR_MAGIC 0x07064b50u
#define END64_MAGIC   0x06064b50u

#define EXTRA_ZIP64  0x0001
#define IN_EXTRA_U16 0xffffu /* the value stands in the zip64 record instead */
#define IN_EXTRA_U32 0xffffffffu

#define FLAG_ENCRYPTED 0x0001
#define FLAG_PATCH     0x0020
#define FLAG_HIDDEN    0x2000 /* the directory's values are masked */

/* The directory while it is read. */
struct directory {
    const uint8_t *data; /* all of the file */
    size_t size;
    const char *file;
    uint64_t begin, end;   /* of the entries, from the beginning of the file */
    uint64_t count;        /* entries, as the end record has it */
    uint64_t count_modulo; /* it is right modulo this: old writers let it wrap */
    uint64_t base;         /* where the archive begins in the file: offsets count from there */
};

int zip_fail(const struct zip_member *member, struct mm_err *err, enum mm_code code, const char *format, ...)
{
    char what[sizeof err->text];
    va_list args;
    va_start(args, format);
    mm_vformat(what, sizeof what, format, args);
    va_end(args);
    return mm_fail(err, code, "%s: %s", member->label, what);
}

bool zip_probe(const uint8_t *data, size_t size)
{
    return size >= 4 && (little_u32(data) == LOCAL_MAGIC || little_u32(data) == END_MAGIC);
}

/* ---- the end record ---- */

static bool is_end(const struct directory *d, size_t at, bool exact)
{
    size_t rest = d->size - at - END_SIZE;
    size_t comment;
    if (little_u32(d->data + at) != END_MAGIC)
        return false;
    comment = little_u16(d->data + at + END_SIZE - 2);
    return exact ? comment == rest : comment <= rest;
}

/* The last record whose comment ends with the file; if there is none, the last one with bytes behind it. */
static int find_end(const struct directory *d, size_t *at, struct mm_err *err)
{
    size_t last = d->size < END_SIZE ? 0 : d->size - END_SIZE;
    size_t first = last > COMMENT_MOST ? last - COMMENT_MOST : 0;
    for (int exact = 1; exact >= 0 && d->size >= END_SIZE; exact--) {
        for (size_t i = last + 1; i-- > first;) {
            if (is_end(d, i, exact)) {
                *at = i;
                return 0;
            }
        }
    }
    return mm_fail(
        err, MM_ECORRUPT,
        "%s: the directory at the end of the archive is missing: the file is cut short or is no zip",
        d->file);
}

static int bad_end(const struct directory *d, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: the archive's end record is wrong: %s", d->file, what);
}

/* From where it ends and how long it is; its stated offset then tells where the archive begins. */
static int place_entries(struct directory *d, uint64_t end, uint64_t length, uint64_t offset,
                         struct mm_err *err)
{
    if (length > end || offset > end - length)
        return bad_end(d, "the directory would begin before the file does", err);
    d->end = end;
    d->begin = end - length;
    d->base = d->begin - offset;
    return 0;
}

/* The zip64 record that the locator before the end record at `end` leads to. */
static int read_end64(struct directory *d, size_t end, struct mm_err *err)
{
    const uint8_t *locator = d->data + end - LOCATOR_SIZE;
    uint64_t stated = little_u64(locator + 8), place = end - LOCATOR_SIZE;
    if (little_u32(locator + 4) != 0 || little_u32(locator + 16) > 1)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: the archive is split over several files", d->file);
    /* it stands right before the locator, unless it has an extensible part; the stated place counts from
     * where the archive begins, which is not known yet */
    if (place < END64_SIZE)
        return bad_end(d, "the zip64 record is missing", err);
    place -= END64_SIZE;
    bool right_before = little_u32(d->data + place) == END64_MAGIC; /* some writers get its size wrong */
    if (!right_before)
        place = stated;
    if (place > end - LOCATOR_SIZE - END64_SIZE || little_u32(d->data + place) != END64_MAGIC ||
        (!right_before && little_u64(d->data + place + 4) != end - LOCATOR_SIZE - place - 12))
        return bad_end(d, "the zip64 record is missing", err);
    const uint8_t *p = d->data + place;
    if (little_u32(p + 16) != 0 || little_u32(p + 20) != 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: the archive is split over several files", d->file);
    d->count = little_u64(p + 32);
    d->count_modulo = 0;
    return place_entries(d, place, little_u64(p + 40), little_u64(p + 48), err);
}

static bool has_locator(const struct directory *d, size_t end)
{
    return end >= LOCATOR_SIZE && little_u32(d->data + end - LOCATOR_SIZE) == LOCATOR_MAGIC;
}

static int read_end(struct directory *d, struct mm_err *err)
{
    size_t end = 0;
    if (find_end(d, &end, err) < 0)
        return -1;
    if (has_locator(d, end))
        return read_end64(d, end, err);
    const uint8_t *p = d->data + end;
    if (little_u16(p + 4) != 0 || little_u16(p + 6) != 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: the archive is split over several files", d->file);
    d->count = little_u16(p + 10);
    d->count_modulo = IN_EXTRA_U16 + 1;
    return place_entries(d, end, little_u32(p + 12), little_u32(p + 16), err);
}

/* ---- a member's entry ---- */

static void blame(struct zip_member *member, enum mm_code code, const char *wrong)
{
    if (member->code != MM_OK)
        return;
    member->code = code;
    member->wrong = wrong;
}

static const uint8_t *find_extra(const uint8_t *p, size_t size, uint16_t id, size_t *length)
{
    while (size >= 4) {
        size_t n = little_u16(p + 2);
        if (n > size - 4)
            return NULL;
        if (little_u16(p) == id) {
            *length = n;
            return p + 4;
        }
        p += 4 + n;
        size -= 4 + n;
    }
    return NULL;
}

/* Those of sizes and offset that don't fit 32 bits stand in the extra field, in this order. */
static void read_zip64(struct zip_member *member, const uint8_t *extra, size_t size)
{
    uint64_t *const value[] = {&member->size, &member->packed, &member->offset};
    size_t length = 0;
    const uint8_t *p = find_extra(extra, size, EXTRA_ZIP64, &length);
    for (size_t i = 0; i < MM_COUNT(value); i++) {
        if (*value[i] != IN_EXTRA_U32)
            continue;
        if (!p || length < 8) {
            /* exactly 4 GiB - 1 without the field is what it says; that it can't be is seen later */
            return;
        }
        *value[i] = little_u64(p);
        p += 8;
        length -= 8;
    }
}

static const char *method_wrong(unsigned method)
{
    static const struct {
        unsigned method;
        const char *wrong;
    } known[] = {
        {1, "is compressed by Shrink, which is not read"},
        {6, "is compressed by Implode, which is not read"},
        {9, "is compressed by Deflate64, which is not read; save it with NumPy"},
        {12, "is compressed by bzip2, which is not read; save it with np.savez or np.savez_compressed"},
        {14, "is compressed by LZMA, which is not read; save it with np.savez or np.savez_compressed"},
        {93, "is compressed by Zstandard, which is not read; save it with np.savez or np.savez_compressed"},
        {95, "is compressed by XZ, which is not read; save it with np.savez or np.savez_compressed"},
        {99, "is encrypted (AES)"},
    };
    for (size_t i = 0; i < MM_COUNT(known); i++) {
        if (known[i].method == method)
            return known[i].wrong;
    }
    return "is compressed by a method that is not read";
}

static void check_kind(struct zip_member *member)
{
    if (member->flags & (FLAG_ENCRYPTED | FLAG_HIDDEN))
        blame(member, MM_EUNSUPPORTED, "is encrypted");
    if (member->flags & FLAG_PATCH)
        blame(member, MM_EUNSUPPORTED, "is a patch of another file");
    if (member->method != ZIP_STORED && member->method != ZIP_DEFLATED)
        blame(member, MM_EUNSUPPORTED, method_wrong(member->method));
}

/* Against the file, and against what can be. */
static void check_sizes(struct zip_member *member, const struct directory *d)
{
    uint64_t room = d->begin - d->base;
    if (member->offset > room || LOCAL_SIZE > room - member->offset ||
        member->packed > room - member->offset - LOCAL_SIZE)
        blame(member, MM_ECORRUPT, "does not lie inside the archive");
    else if (member->method == ZIP_STORED && member->packed != member->size)
        blame(member, MM_ECORRUPT, "is stored, but has two different sizes");
    else if (member->method == ZIP_DEFLATED && member->size / ZIP_RATIO_MOST > member->packed)
        blame(member, MM_ECORRUPT, "claims to hold more than its bytes can inflate to");
}

static const char *label_of(const char *file, const char *name, struct mm_arena *arena)
{
    static const char format[] = "%s: member '%s'";
    size_t size = strlen(file) + strlen(name) + sizeof format;
    char *label = mm_arena_alloc(arena, size);
    if (label)
        snprintf(label, size, format, file, name);
    return label;
}

static int read_entry(const struct directory *d, uint64_t *at, struct zip_member *member,
                      struct mm_arena *arena, struct mm_err *err)
{
    const uint8_t *p = d->data + *at;
    uint64_t left = d->end - *at;
    if (left < ENTRY_SIZE || little_u32(p) != ENTRY_MAGIC)
        return mm_fail(err, MM_ECORRUPT, "%s: the archive's directory is damaged at byte %" PRIu64, d->file,
                       *at);
    size_t name = little_u16(p + 28), extra = little_u16(p + 30), comment = little_u16(p + 32);
    if (name + extra + comment > left - ENTRY_SIZE)
        return mm_fail(err, MM_ECORRUPT, "%s: the archive's directory ends inside an entry, at byte %" PRIu64,
                       d->file, *at);
    *member = (struct zip_member){.name = mm_arena_strndup(arena, (const char *)p + ENTRY_SIZE, name),
                                  .flags = little_u16(p + 8),
                                  .method = little_u16(p + 10),
                                  .crc = little_u32(p + 16),
                                  .packed = little_u32(p + 20),
                                  .size = little_u32(p + 24),
                                  .offset = little_u32(p + 42)};
    member->label = member->name ? label_of(d->file, member->name, arena) : NULL;
    if (!member->label)
        return mm_fail_memory(err);
    read_zip64(member, p + ENTRY_SIZE + name, extra);
    check_kind(member);
    check_sizes(member, d);
    member->offset += member->code == MM_OK ? d->base : 0;
    *at += ENTRY_SIZE + name + extra + comment;
    return 0;
}

/* ---- all entries ---- */

static int read_entries(const struct directory *d, struct zip *zip, struct mm_arena *arena,
                        struct mm_err *err)
{
    uint64_t at = d->begin;
    size_t most = (size_t)(d->end - d->begin) / ENTRY_SIZE;
    zip->member = mm_arena_array(arena, most + 1, sizeof *zip->member);
    if (!zip->member)
        return mm_fail_memory(err);
    while (at < d->end) {
        if (read_entry(d, &at, &zip->member[zip->count], arena, err) < 0)
            return -1;
        zip->count++;
    }
    if (d->count_modulo ? zip->count % d->count_modulo != d->count : zip->count != d->count)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: the archive should have %" PRIu64 " members, its directory has %zu", d->file,
                       d->count, zip->count);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct zip_member *x = *(struct zip_member *const *)a, *y = *(struct zip_member *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x > y) - (x < y); /* in the directory's order */
}

static int by_place(const void *a, const void *b)
{
    const struct zip_member *x = *(struct zip_member *const *)a, *y = *(struct zip_member *const *)b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x > y) - (x < y);
}

/* Take out those whose name comes again later. */
static void drop_repeated(struct zip *zip, struct zip_member **sorted)
{
    size_t kept = 0, count = zip->count;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &zip->member[i];
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            sorted[i - 1]->limit = 1; /* a mark; limits are set after this */
    }
    for (size_t i = 0; i < count; i++) {
        if (zip->member[i].limit == 0)
            zip->member[kept++] = zip->member[i];
    }
    zip->repeated = count - kept;
    zip->count = kept;
}

/* The members without fault so far, by place; how many. */
static size_t sort_by_place(struct zip *zip, struct zip_member **sorted)
{
    size_t count = 0;
    for (size_t i = 0; i < zip->count; i++) {
        if (zip->member[i].code == MM_OK)
            sorted[count++] = &zip->member[i];
    }
    qsort(sorted, count, sizeof *sorted, by_place);
    return count;
}

/*
 * No two members share bytes: archives that inflate to far more than a thousand times their size are made by
 * letting all members use the same ones. Of two that would, the one is wrong that has no local header where
 * it should be, else the later one.
 */
static void check_overlaps(const struct directory *d, struct zip_member **sorted, size_t count)
{
    struct zip_member *before = NULL;
    uint64_t taken = 0; /* up to here the file belongs to members before */
    for (size_t i = 0; i < count; i++) {
        struct zip_member *member = sorted[i];
        bool over = member->offset < taken;
        if (over && little_u32(d->data + before->offset) == LOCAL_MAGIC) {
            blame(member, MM_ECORRUPT, "lies over another member");
            continue;
        }
        if (over)
            blame(before, MM_ECORRUPT, "is not where the archive's directory says");
        before = member;
        taken = member->offset + LOCAL_SIZE + member->packed;
    }
}

static void set_limits(struct zip *zip, struct zip_member **sorted, const struct directory *d)
{
    uint64_t limit = d->begin;
    check_overlaps(d, sorted, sort_by_place(zip, sorted));
    for (size_t i = sort_by_place(zip, sorted); i-- > 0; limit = sorted[i]->offset)
        sorted[i]->limit = limit;
}

int zip_list(struct zip *zip, const uint8_t *data, size_t size, const char *file, struct mm_arena *arena,
             struct mm_err *err)
{
    struct directory d = {.data = data, .size = size, .file = file};
    *zip = (struct zip){0};
    if (read_end(&d, err) < 0 || read_entries(&d, zip, arena, err) < 0)
        return -1;
    struct zip_member **sorted = calloc(zip->count + 1, sizeof *sorted);
    if (!sorted)
        return mm_fail_memory(err);
    drop_repeated(zip, sorted);
    set_limits(zip, sorted, &d);
    free(sorted);
    return 0;
}

/* ---- a member's bytes ---- */

int zip_locate(const struct zip_member *member, const uint8_t *window, size_t size, const uint8_t **bytes,
               struct mm_err *err)
{
    size_t name = strlen(member->name);
    if (member->code != MM_OK)
        return zip_fail(member, err, member->code, "%s", member->wrong);
    if (size < LOCAL_SIZE || little_u32(window) != LOCAL_MAGIC)
        return zip_fail(member, err, MM_ECORRUPT, "there is no member at byte %" PRIu64 " of the archive",
                        member->offset);
    size_t named = little_u16(window + 26), head = LOCAL_SIZE + named + little_u16(window + 28);
    if (head > size || member->packed > size - head)
        return zip_fail(member, err, MM_ECORRUPT, "its header says more bytes than the archive has there");
    if (named < name || memcmp(window + LOCAL_SIZE, member->name, name) != 0 ||
        (named > name && window[LOCAL_SIZE + name] != '\0') || little_u16(window + 8) != member->method)
        return zip_fail(member, err, MM_ECORRUPT, "the archive's directory leads to another member");
    *bytes = window + head;
    return 0;
}
