/* The names that a model has, where it is no graph: the tensors of a GGUF, or a list of names. */
#include "export/export.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "mmtui/format.h"

#define LARGEST_LIST ((size_t)64 << 20)
#define MOST_NAMES   4000000

/* ---- reading ---- */

struct names {
    const char **name; /* malloc'ed; the texts lie in the arena */
    size_t count, room;
    struct mm_arena *arena;
};

static int add(struct names *names, const char *text, size_t length, struct mm_err *err)
{
    if (names->count == names->room) {
        size_t room = names->room ? names->room * 2 : 256;
        const char **more = realloc(names->name, room * sizeof *more);
        if (!more)
            return mm_fail_memory(err);
        names->name = more;
        names->room = room;
    }
    char *copy = mm_arena_strndup(names->arena, text, length);
    if (!copy)
        return mm_fail_memory(err);
    names->name[names->count++] = copy;
    return 0;
}

static int add_lines(struct names *names, const struct mm_buf *text, struct mm_err *err)
{
    const char *at = mm_buf_text(text), *end = at + text->length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        const char *next = stop ? stop + 1 : end;
        if (length && at[length - 1] == '\r')
            length--;
        if (length && *at != '#' && add(names, at, length, err) < 0)
            return -1;
        at = next;
    }
    return 0;
}

static int add_json(struct names *names, struct mm_json_value root, const char *path, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(root);
    struct mm_json_value key, value;
    struct mm_buf text = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &value)) {
        mm_buf_clear(&text);
        if (!mm_json_get_text(value, &text))
            result = mm_fail(err, MM_ECORRUPT, "%s: a list of names has strings only", path);
        else
            result = add(names, mm_buf_text(&text), text.length, err);
    }
    mm_buf_done(&text);
    return result;
}

static int read_list(struct names *names, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_json_value root;
    int result = mm_file_read(path, LARGEST_LIST, &text, err);
    const char *first = mm_buf_text(&text) + strspn(mm_buf_text(&text), " \t\r\n");
    if (result == 0 && *first == '{' &&
        mm_json_read(path, mm_buf_text(&text), text.length, MOST_NAMES, &root, NULL) == 0) {
        result = mm_fail(err, MM_EUNSUPPORTED, "%s: is a JSON object, not a list of names", path);
    } else if (result == 0 && *first == '[') {
        result = mm_json_read(path, mm_buf_text(&text), text.length, MOST_NAMES, &root, err);
        if (result == 0)
            result = add_json(names, root, path, err);
    } else if (result == 0)
        result = memchr(mm_buf_text(&text), 0, text.length)
                     ? mm_fail(err, MM_EUNSUPPORTED, "%s: neither a model (.onnx, .gguf) nor a list of names",
                               path)
                     : add_lines(names, &text, err);
    mm_buf_done(&text);
    return result;
}

static int read_members(struct names *names, const struct mm_format *format, const char *path,
                        struct mm_err *err)
{
    struct mm_source source = {.path = path, .file = mm_path_base(path), .format = format};
    struct mm_members members = {0};
    int result = format->list(&source, names->arena, &members, err);
    for (size_t i = 0; result == 0 && i < members.count; i++)
        result = add(names, members.entry[i].member, strlen(members.entry[i].member), err);
    mm_members_done(&members);
    return result;
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* 0: two names are the same but for case and what is neither a letter nor a digit. Else their order. */
static int compare_loosely(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        int order = tolower((unsigned char)*a) - tolower((unsigned char)*b);
        if (order || !*a)
            return order;
    }
}

static int by_likeness(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return compare_loosely(*x, *y);
}

static int keep(struct mm_known *known, struct names *names, struct mm_err *err)
{
    const char **kept = mm_arena_array(&known->arena, names->count, sizeof *kept);
    const char **loose = mm_arena_array(&known->arena, names->count, sizeof *loose);
    if (!kept || !loose)
        return mm_fail_memory(err);
    if (names->count)
        qsort(names->name, names->count, sizeof *names->name, by_bytes);
    for (size_t i = 0; i < names->count; i++) {
        if (i == 0 || strcmp(names->name[i], names->name[i - 1]) != 0)
            kept[known->count++] = names->name[i];
    }
    known->name = kept;
    if (known->count) {
        memcpy(loose, kept, known->count * sizeof *loose);
        qsort(loose, known->count, sizeof *loose, by_likeness);
    }
    known->loose = loose;
    return 0;
}

int mm_known_open(struct mm_known *known, const char *path, struct mm_err *err)
{
    *known = (struct mm_known){0};
    struct names names = {.arena = &known->arena};
    const struct mm_format *format = mm_format_by_name(path, NULL);
    int result = format && format->list && strcmp(format->ending, ".json") != 0
                     ? read_members(&names, format, path, err)
                     : read_list(&names, path, err);
    if (result == 0)
        result = keep(known, &names, err);
    if (result == 0 && known->count == 0)
        result = mm_fail(err, MM_ECORRUPT, "%s: has no names", path);
    known->what = mm_arena_strdup(&known->arena, mm_path_base(path));
    if (result == 0 && !known->what)
        result = mm_fail_memory(err);
    free(names.name);
    if (result < 0)
        mm_known_done(known);
    return result;
}

void mm_known_done(struct mm_known *known)
{
    mm_arena_done(&known->arena);
    *known = (struct mm_known){0};
}

/* ---- looking up ---- */

bool mm_known_has(const struct mm_known *known, const char *name)
{
    return known->count && bsearch(&name, known->name, known->count, sizeof *known->name, by_bytes) != NULL;
}

/* The only one that is alike; NULL: none, or several. */
static const char *find_each(const struct mm_known *known, const char *name)
{
    const char *found = NULL;
    for (size_t i = 0; i < known->count; i++) {
        if (compare_loosely(known->name[i], name) != 0)
            continue;
        if (found)
            return NULL;
        found = known->name[i];
    }
    return found;
}

/* The same where they stand in that order. */
static const char *find_sorted(const struct mm_known *known, const char *name)
{
    const char *const *found =
        known->count ? bsearch(&name, known->loose, known->count, sizeof *known->loose, by_likeness) : NULL;
    if (!found)
        return NULL;
    size_t at = (size_t)(found - known->loose);
    bool several = (at > 0 && compare_loosely(found[-1], name) == 0) ||
                   (at + 1 < known->count && compare_loosely(found[1], name) == 0);
    return several ? NULL : *found;
}

const char *mm_known_find(const struct mm_known *known, const char *name)
{
    const char **exact =
        known->count ? bsearch(&name, known->name, known->count, sizeof *known->name, by_bytes) : NULL;
    if (exact)
        return *exact;
    return known->loose ? find_sorted(known, name) : find_each(known, name);
}
