/* What the name of a tensor file says: time stamp, tensor name, layout change. The grammar is in dump.h. */
#include "mmtui/dump.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits as a number; what does not fit is INT64_MAX. *p ends behind it. False if there is none. */
static bool take_number(const char **p, const char *end, int64_t *out)
{
    if (*p == end || !is_digit(**p))
        return false;
    int64_t value = 0;
    for (; *p < end && is_digit(**p); (*p)++) {
        int digit = **p - '0';
        value = value > (INT64_MAX - digit) / 10 ? INT64_MAX : value * 10 + digit;
    }
    *out = value;
    return true;
}

static bool take_char(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return false;
    (*p)++;
    return true;
}

/* -?[0-9] */
static bool take_axis(const char **p, const char *end, int *out)
{
    bool negative = take_char(p, end, '-');
    if (*p == end || !is_digit(**p))
        return false;
    int digit = *(*p)++ - '0';
    *out = negative ? -digit : digit;
    return true;
}

/* -?[0-9]to-?[0-9] */
static bool take_move(const char **p, const char *end, struct mm_axis *axis)
{
    axis->kind = MM_AXIS_MOVE;
    return take_axis(p, end, &axis->from) && take_char(p, end, 't') && take_char(p, end, 'o') &&
           take_axis(p, end, &axis->to);
}

/* \[[0-9](,[0-9])*\]; a longer list than a tensor can have axes is not a layout change */
static bool take_list(const char **p, const char *end, struct mm_axis *axis)
{
    axis->kind = MM_AXIS_PERMUTE;
    if (!take_char(p, end, '['))
        return false;
    do {
        if (axis->rank == MM_RANK_MAX || *p == end || !is_digit(**p))
            return false;
        axis->perm[axis->rank++] = *(*p)++ - '0';
    } while (take_char(p, end, ','));
    return take_char(p, end, ']');
}

/* What stands behind "@axis", up to the end. False: it is no layout change but a part of the name. */
static bool parse_axis(const char *p, const char *end, struct mm_file_name *out)
{
    struct mm_axis axis = {0};
    int64_t suffix = -1;
    bool list = p < end && *p == '[';
    if (!(list ? take_list(&p, end, &axis) : take_move(&p, end, &axis)))
        return false;
    if (take_char(&p, end, '-') && !take_number(&p, end, &suffix))
        return false;
    if (p != end)
        return false;
    out->axis = axis;
    out->suffix = suffix;
    return true;
}

/* Where the last "@axis" of [p, end) starts, or NULL. */
static const char *find_axis(const char *p, const char *end)
{
    static const char mark[] = "@axis";
    size_t length = sizeof mark - 1;
    for (const char *at = end; (size_t)(at - p) >= length; at--) {
        if (memcmp(at - length, mark, length) == 0)
            return at - length;
    }
    return NULL;
}

bool mm_file_name_stamped(const char *file)
{
    const char *end = file + strlen(file);
    int64_t stamp;
    return take_number(&file, end, &stamp) && take_char(&file, end, '_');
}

bool mm_file_name_parse(const char *file, struct mm_arena *arena, struct mm_file_name *out)
{
    return mm_file_name_parse_as(file, mm_format_by_name(file, NULL), arena, out);
}

bool mm_file_name_parse_as(const char *file, const struct mm_format *format, struct mm_arena *arena,
                           struct mm_file_name *out)
{
    size_t stem = strlen(file);
    mm_format_by_name(file, &stem);
    *out = (struct mm_file_name){.stamp = -1, .suffix = -1, .format = format};
    if (!format)
        return false;

    const char *name = file;
    const char *end = file + stem;
    const char *p = file;
    int64_t stamp;
    if (take_number(&p, end, &stamp) && take_char(&p, end, '_') && p < end) {
        out->stamp = stamp;
        name = p;
    } else if (format->stamped) {
        out->format = NULL;
        return false;
    }
    if (format->stamped) {
        const char *mark = find_axis(name, end);
        if (mark && mark > name && parse_axis(mark + strlen("@axis"), end, out))
            end = mark;
    }
    out->name = mm_arena_strndup(arena, name, (size_t)(end - name));
    return out->name != NULL;
}
