/* One side's names all end with something that the other's do not: "_DequantizeLinear_Output", ":0". */
#include "pair/suffix.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX_MAX  64 /* characters that are tried */
#define NAMES_LEAST 2  /* one name alone has any end in common with itself */

static size_t common_end(const char *const *names, size_t count)
{
    size_t length = strlen(names[0]), common = length;
    for (size_t i = 1; i < count; i++) {
        size_t other = strlen(names[i]), k = 0;
        while (k < common && k < other && names[i][other - 1 - k] == names[0][length - 1 - k])
            k++;
        common = k;
    }
    return common < SUFFIX_MAX ? common : SUFFIX_MAX;
}

/* Is name without its last `cut` characters among the sorted others? */
static bool is_among(const char *name, size_t cut, const char *const *others, size_t count)
{
    size_t length = strlen(name) - cut, low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(others[middle], name, length);
        if (order == 0 && others[middle][length] == '\0')
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

size_t suffix_find(const char *const *names, size_t count, const char *const *others, size_t other_count)
{
    size_t best = 0, most = 0, smaller = count < other_count ? count : other_count;
    size_t common = count >= NAMES_LEAST && other_count ? common_end(names, count) : 0;
    for (size_t cut = 1; cut <= common; cut++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            found += strlen(names[i]) > cut && is_among(names[i], cut, others, other_count);
        if (found > most) {
            most = found;
            best = cut;
        }
    }
    return most >= NAMES_LEAST && 2 * most >= smaller ? best : 0;
}
