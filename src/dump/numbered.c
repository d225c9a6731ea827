/* Numbered folders, one an operator. */
#include "dump/numbered.h"

#include <string.h>

static const char result[] = "_result", cpu[] = "cpu_result";

/* Digits and a '_' with something behind it: what stands there, and the number. NULL: it begins otherwise. */
static const char *behind_number(const char *name, const char *end, int64_t *number)
{
    const char *p = name;
    *number = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        *number = *number > (INT64_MAX - 9) / 10 ? INT64_MAX : *number * 10 + (*p - '0');
    return p > name && p + 1 < end && *p == '_' ? p + 1 : NULL;
}

const char *numbered_operator(const char *file, size_t *length)
{
    const char *base = mm_path_base(file), *end = base - 1, *begin = end;
    int64_t number;
    if (base == file)
        return NULL;
    while (begin > file && begin[-1] != '/')
        begin--;
    const char *type = behind_number(begin, end, &number);
    *length = type ? (size_t)(end - type) : 0;
    return type;
}

static bool ends_with(const char *file, const char *end)
{
    size_t length = strlen(file), wanted = strlen(end);
    return length >= wanted && strcmp(file + length - wanted, end) == 0;
}

bool numbered_is_result(const char *file, enum mm_results whose)
{
    const char *base = mm_path_base(file);
    bool is_cpu = strcmp(base, cpu) == 0;
    if (whose == MM_RESULTS_CPU)
        return is_cpu;
    return !is_cpu && ends_with(base, result);
}

bool numbered_same_folder(const char *a, const char *b)
{
    size_t length = (size_t)(mm_path_base(a) - a);
    return (size_t)(mm_path_base(b) - b) == length && memcmp(a, b, length) == 0;
}

/* One step of a path: its place among its neighbours. */
struct step {
    int kind; /* 0 an argument, 1 a folder, 2 a result */
    int64_t number;
    const char *text;
    size_t length;
};

static struct step step_of(const char *path)
{
    size_t length = strcspn(path, "/");
    struct step step = {.text = path, .length = length};
    if (path[length])
        step.kind = behind_number(path, path + length, &step.number) ? 1 : 0;
    else
        step.kind = ends_with(path, result) ? 2 : 0;
    return step;
}

static int compare_steps(const struct step *a, const struct step *b)
{
    if (a->kind != b->kind)
        return a->kind - b->kind;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    size_t length = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

int numbered_compare(const char *a, const char *b)
{
    for (;;) {
        struct step x = step_of(a), y = step_of(b);
        int order = compare_steps(&x, &y);
        a += x.length;
        b += y.length;
        if (order || !*a || !*b)
            return order ? order : (*a != '\0') - (*b != '\0');
        a++;
        b++;
    }
}
