/* scales.json: what the integers of a dump stand for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_read.h"
#include "mmtui/dump.h"

#define FILE_MOST   (256u << 20)
#define VALUES_MOST 4000000

struct reading {
    struct mm_scales_file *file;
    const char *path;
    const char *tensor; /* its name, visible */
    struct mm_err *err;
};

static int wrong(const struct reading *reading, const char *what)
{
    return mm_fail(reading->err, MM_ECORRUPT, "%s: \"%.80s\": %s", reading->path, reading->tensor, what);
}

/* A number or a list of them, in the arena; -1 where it is neither. */
static int read_numbers(struct reading *reading, struct mm_json_value value, const double **out,
                        int64_t *count)
{
    enum mm_json_kind kind = mm_json_kind(value);
    struct mm_json_items items = mm_json_items(value);
    struct mm_json_value key, item;
    size_t n = kind == MM_JSON_IS_ARRAY ? mm_json_count(value) : kind == MM_JSON_IS_NUMBER, i = 0;
    double *numbers = n ? mm_arena_array(&reading->file->arena, n, sizeof *numbers) : NULL;
    if (n && !numbers)
        return mm_fail_memory(reading->err);
    if (kind == MM_JSON_IS_NUMBER)
        mm_json_get_number(value, &numbers[i++]);
    while (kind == MM_JSON_IS_ARRAY && mm_json_next(&items, &key, &item) &&
           mm_json_get_number(item, &numbers[i]))
        i++;
    *out = numbers;
    *count = (int64_t)n;
    return i == n && n > 0 ? 0 : wrong(reading, "is not a number or a list of numbers (scale, zero_point)");
}

static bool all_scales(const double *scale, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (!(scale[i] > 0) || !isfinite(scale[i]))
            return false;
    }
    return true;
}

static bool all_whole(const double *zero, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(zero[i]) || zero[i] != rint(zero[i]))
            return false;
    }
    return true;
}

/* One for all becomes one for each scale. */
static int read_zero_points(struct reading *reading, struct mm_json_value value, struct mm_scales *out)
{
    int64_t count;
    if (!value.at)
        return 0;
    if (read_numbers(reading, value, &out->zero_point, &count) < 0)
        return -1;
    if (!all_whole(out->zero_point, count))
        return wrong(reading, "zero_point: not a whole number");
    if (count == out->count)
        return 0;
    if (count != 1)
        return wrong(reading, "not as many zero points as scales");
    double *each = mm_arena_array(&reading->file->arena, (size_t)out->count, sizeof *each);
    if (!each)
        return mm_fail_memory(reading->err);
    for (int64_t i = 0; i < out->count; i++)
        each[i] = out->zero_point[0];
    out->zero_point = each;
    return 0;
}

static bool has_known_keys(struct mm_json_value object)
{
    struct mm_json_items items = mm_json_items(object);
    struct mm_json_value key, item;
    while (mm_json_next(&items, &key, &item)) {
        if (!mm_json_text_is(key, "scale") && !mm_json_text_is(key, "zero_point") &&
            !mm_json_text_is(key, "axis"))
            return false;
    }
    return true;
}

static int read_scales(struct reading *reading, struct mm_json_value object, struct mm_scales *out)
{
    struct mm_json_value axis = mm_json_member(object, "axis");
    uint64_t place = 1;
    if (mm_json_kind(object) != MM_JSON_IS_OBJECT || !mm_json_member(object, "scale").at)
        return wrong(reading, "not an object with a scale: {\"scale\": S, \"zero_point\": Z, \"axis\": K}");
    if (!has_known_keys(object))
        return wrong(reading, "has a key other than scale, zero_point and axis");
    if (read_numbers(reading, mm_json_member(object, "scale"), &out->scale, &out->count) < 0)
        return -1;
    if (!all_scales(out->scale, out->count))
        return wrong(reading, "scale: not above 0");
    if (axis.at && !mm_json_get_whole(axis, MM_RANK_MAX - 1, &place))
        return wrong(reading, "axis: not a whole number from 0 to 15");
    out->axis = (int)place;
    return read_zero_points(reading, mm_json_member(object, "zero_point"), out);
}

static int read_all(struct reading *reading, struct mm_json_value root)
{
    struct mm_scales_file *file = reading->file;
    struct mm_json_items items = mm_json_items(root);
    struct mm_json_value key, item;
    size_t count = mm_json_kind(root) == MM_JSON_IS_OBJECT ? mm_json_count(root) : 0;
    struct mm_named_scales *tensor = mm_arena_array(&file->arena, count + 1, sizeof *tensor);
    if (!tensor)
        return mm_fail_memory(reading->err);
    if (count == 0)
        return mm_fail(reading->err, MM_ECORRUPT, "%s: not an object of tensors by their names",
                       reading->path);
    file->tensor = tensor;
    while (mm_json_next(&items, &key, &item)) {
        struct mm_buf name = {0}, visible = {0};
        mm_json_get_text(key, &name);
        mm_text_escape(&visible, mm_buf_text(&name), name.length);
        reading->tensor = mm_arena_strdup(&file->arena, mm_buf_text(&visible));
        tensor->name = mm_arena_strdup(&file->arena, mm_buf_text(&name));
        bool failed = name.failed || visible.failed || !reading->tensor || !tensor->name;
        mm_buf_done(&name);
        mm_buf_done(&visible);
        if (failed)
            return mm_fail_memory(reading->err);
        if (read_scales(reading, item, &tensor->scales) < 0)
            return -1;
        tensor++;
        file->count++;
    }
    return 0;
}

int mm_scales_file_read(struct mm_scales_file *file, const char *path, struct mm_err *err)
{
    struct reading reading = {.file = file, .path = path, .err = err};
    struct mm_json_value root;
    struct mm_buf text = {0};
    *file = (struct mm_scales_file){.count = 0};
    mm_arena_init(&file->arena);
    int result = mm_file_read(path, FILE_MOST, &text, err);
    if (result == 0)
        result = mm_json_read(path, mm_buf_text(&text), text.length, VALUES_MOST, &root, err);
    if (result == 0)
        result = read_all(&reading, root);
    mm_buf_done(&text);
    if (result < 0)
        mm_scales_file_done(file);
    return result;
}

void mm_scales_file_done(struct mm_scales_file *file)
{
    mm_arena_done(&file->arena);
    *file = (struct mm_scales_file){.count = 0};
}

char *mm_scales_file_in(const struct mm_dump *dump)
{
    char *path = dump->is_file ? NULL : mm_dump_beside(dump, "scales.json");
    if (path && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}
