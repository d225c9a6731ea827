/* Names in the order of execution, from a text or a JSON file. */
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "mmtui/dump.h"

#define FILE_MOST   (256u << 20)
#define VALUES_MOST 4000000

/* What reading collects. */
struct reading {
    struct mm_order_names *names;
    size_t capacity;
    const char **name; /* grows in a buffer that mm_grow owns */
};

static int add(struct reading *reading, const char *text, size_t length)
{
    struct mm_order_names *names = reading->names;
    void *memory = reading->name;
    if (mm_grow(&memory, &reading->capacity, names->count + 1, sizeof *reading->name) < 0)
        return -1;
    reading->name = memory;
    const char *copy = mm_arena_strndup(&names->arena, text, length);
    if (!copy)
        return -1;
    reading->name[names->count++] = copy;
    return 0;
}

/* ---- text ---- */

static int add_line(struct reading *reading, const char *line, size_t length)
{
    size_t stem;
    while (length && strchr(" \t\r", line[length - 1]))
        length--;
    while (length && strchr(" \t", line[0]))
        line++, length--;
    if (!length)
        return 0;
    int result = add(reading, line, length);
    const char *name = result == 0 ? reading->name[reading->names->count - 1] : "";
    if (result == 0 && mm_format_by_name(name, &stem) && stem > 0)
        ((char *)(uintptr_t)name)[stem] = '\0'; /* a copy of our own */
    return result;
}

static int read_lines(struct reading *reading, const char *text)
{
    int result = 0;
    while (*text && result == 0) {
        size_t length = strcspn(text, "\n");
        result = add_line(reading, text, length);
        text += length + (text[length] == '\n');
    }
    return result;
}

/* ---- JSON ---- */

/* "conv1", or the "name" of an object; absent when it is neither. */
static struct mm_json_value name_of(struct mm_json_value item)
{
    struct mm_json_value name = mm_json_kind(item) == MM_JSON_IS_OBJECT ? mm_json_member(item, "name") : item;
    return mm_json_kind(name) == MM_JSON_IS_TEXT ? name : (struct mm_json_value){0};
}

static bool is_list_of_names(struct mm_json_value list)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, item;
    size_t count = 0;
    for (; mm_json_next(&items, &key, &item); count++) {
        if (!name_of(item).at)
            return false;
    }
    return mm_json_kind(list) == MM_JSON_IS_ARRAY && count > 0;
}

/* {"conv1": {"shape": ...}, "relu1": ...} */
static bool has_names_for_keys(struct mm_json_value object)
{
    struct mm_json_items items = mm_json_items(object);
    struct mm_json_value key, item;
    size_t count = 0;
    for (; mm_json_next(&items, &key, &item); count++) {
        if (mm_json_kind(item) != MM_JSON_IS_OBJECT && mm_json_kind(item) != MM_JSON_IS_ARRAY)
            return false;
    }
    return mm_json_kind(object) == MM_JSON_IS_OBJECT && count > 1;
}

/* The first part that holds names, in the order of the text; the reader bounds the depth. */
static struct mm_json_value find_names(struct mm_json_value here)
{
    struct mm_json_items items = mm_json_items(here), again = items;
    struct mm_json_value key, item, found = {0};
    if (is_list_of_names(here))
        return here;
    while (mm_json_next(&items, &key, &item)) {
        if (is_list_of_names(item))
            return item;
    }
    if (has_names_for_keys(here))
        return here;
    while (!found.at && mm_json_next(&again, &key, &item))
        found = find_names(item);
    return found;
}

static int add_json(struct reading *reading, struct mm_json_value name)
{
    struct mm_buf text = {0};
    int result = mm_json_get_text(name, &text) ? add(reading, mm_buf_text(&text), text.length) : -1;
    mm_buf_done(&text);
    return result;
}

static int read_json(struct reading *reading, const struct mm_buf *text, const char *path, struct mm_err *err)
{
    struct mm_json_value root, key, item;
    if (mm_json_read(path, mm_buf_text(text), text->length, VALUES_MOST, &root, err) < 0)
        return -1;
    struct mm_json_items items = mm_json_items(find_names(root));
    while (mm_json_next(&items, &key, &item)) {
        if (add_json(reading, key.at ? key : name_of(item)) < 0)
            return mm_fail_memory(err);
    }
    return 0;
}

/* ---- both ---- */

static int read_any(struct reading *reading, struct mm_buf *text, const char *path, struct mm_err *err)
{
    if (mm_file_read(path, FILE_MOST, text, err) < 0)
        return -1;
    const char *begin = mm_buf_text(text);
    begin += mm_text_mark(begin, text->length);
    begin += strspn(begin, " \t\r\n");
    if (*begin == '[' || *begin == '{')
        return read_json(reading, text, path, err);
    return read_lines(reading, begin) < 0 ? mm_fail_memory(err) : 0;
}

static int publish(struct reading *reading, const char *path, struct mm_err *err)
{
    struct mm_order_names *names = reading->names;
    if (names->count == 0)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: there are no names in it (a name a line, or a JSON list of names)", path);
    names->name = mm_arena_array(&names->arena, names->count, sizeof *names->name);
    if (!names->name)
        return mm_fail_memory(err);
    memcpy(names->name, reading->name, names->count * sizeof *names->name);
    return 0;
}

int mm_order_names_read(struct mm_order_names *names, const char *path, struct mm_err *err)
{
    struct mm_buf text;
    struct reading reading = {.names = names};
    *names = (struct mm_order_names){.count = 0};
    mm_arena_init(&names->arena);
    mm_buf_init(&text);
    int result = read_any(&reading, &text, path, err);
    if (result == 0)
        result = publish(&reading, path, err);
    mm_buf_done(&text);
    free(reading.name);
    if (result < 0)
        mm_order_names_done(names);
    return result;
}

void mm_order_names_done(struct mm_order_names *names)
{
    mm_arena_done(&names->arena);
    *names = (struct mm_order_names){.count = 0};
}
