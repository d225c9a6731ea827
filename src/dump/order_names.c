/* Names in the order of execution, from a text or a JSON file. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "mmtui/dump.h"

#define FILE_MOST (256u << 20)

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

static const char *name_of(const cJSON *item)
{
    const cJSON *name = cJSON_IsObject(item) ? cJSON_GetObjectItemCaseSensitive(item, "name") : item;
    return cJSON_IsString(name) ? name->valuestring : NULL;
}

static bool is_list_of_names(const cJSON *list)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!name_of(item))
            return false;
    }
    return cJSON_IsArray(list) && list->child;
}

/* {"conv1": {"shape": ...}, "relu1": ...} */
static bool has_names_for_keys(const cJSON *object)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object)
    {
        if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
            return false;
    }
    return cJSON_IsObject(object) && object->child && object->child->next;
}

/* The first part that holds names, in the order of the text; the parser bounds the depth. */
static const cJSON *find_names(const cJSON *here)
{
    if (is_list_of_names(here))
        return here;
    const cJSON *item, *found = NULL;
    if (cJSON_IsObject(here) || cJSON_IsArray(here)) {
        cJSON_ArrayForEach(item, here)
        {
            if (is_list_of_names(item))
                return item;
        }
    }
    if (has_names_for_keys(here))
        return here;
    for (item = here ? here->child : NULL; item && !found; item = item->next)
        found = find_names(item);
    return found;
}

static int read_json(struct reading *reading, struct mm_buf *text, const char *path, struct mm_err *err)
{
    cJSON *root = mm_json_parse(text, path, err);
    if (!root)
        return -1;
    const cJSON *names = find_names(root), *item;
    int result = 0;
    cJSON_ArrayForEach(item, names)
    {
        const char *name = cJSON_IsObject(names) ? item->string : name_of(item);
        if (result == 0 && add(reading, name, strlen(name)) < 0)
            result = mm_fail_memory(err);
    }
    cJSON_Delete(root);
    return result;
}

/* ---- both ---- */

static int read_any(struct reading *reading, struct mm_buf *text, const char *path, struct mm_err *err)
{
    if (mm_file_read(path, FILE_MOST, text, err) < 0)
        return -1;
    const char *begin = mm_buf_text(text);
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
