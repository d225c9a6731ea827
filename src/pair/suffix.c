/* One side's names all end with something that the other's do not: "_DequantizeLinear_Output", ":0". */
#include "pair/suffix.h"

#include <stdlib.h>
#include <string.h>

#include "pair/naming.h"
#include "pair/same.h"

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

/* A person has said what it is: its name says nothing of the others'. */
static bool is_said(const struct candidate *candidate)
{
    return candidate->rung == MM_PAIR_BY_HAND || candidate->rung == MM_PAIR_BY_MAP;
}

/* Names of a side in order, *count of them; NULL when memory is out. */
static const char **names_of(const struct side *side, size_t *count)
{
    const char **names = calloc(side->count + 1, sizeof *names);
    *count = 0;
    for (size_t i = 0; names && i < side->count; i++) {
        if (!is_said(side->sorted[i]))
            names[(*count)++] = side->sorted[i]->name;
    }
    return names;
}

static int cut_all(struct side *side, size_t cut, struct mm_arena *arena)
{
    for (size_t i = 0; i < side->count; i++) {
        struct candidate *here = side->sorted[i];
        size_t length = strlen(here->name);
        if (is_said(here))
            continue;
        here->name = mm_arena_strndup(arena, here->name, length > cut ? length - cut : length);
        if (!here->name)
            return -1;
    }
    qsort(side->sorted, side->count, sizeof *side->sorted, naming_order);
    return 0;
}

/* Nothing is paired yet: without a suffix that one side's names all have? 1: it is cut, and is *suffix; 0; -1: memory. */
static int cut_suffix(struct side *longer, const struct side *other, const char **suffix,
                      struct mm_arena *arena)
{
    size_t count, others_count;
    const char **names = names_of(longer, &count), **others = names_of(other, &others_count);
    int result = names && others ? 0 : -1;
    size_t cut = result == 0 ? suffix_find(names, count, others, others_count) : 0;
    if (cut) {
        *suffix = mm_arena_strdup(arena, names[0] + strlen(names[0]) - cut);
        result = *suffix ? cut_all(longer, cut, arena) : -1;
    }
    free(names);
    free(others);
    return result < 0 ? -1 : cut > 0;
}

static bool any_partner(const struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        if (side->sorted[i]->partner && !is_said(side->sorted[i]))
            return true;
    }
    return false;
}

int suffix_join(struct side *src, struct side *dst, struct mm_pairs *pairs)
{
    if (any_partner(src))
        return 0;
    int cut = cut_suffix(dst, src, &pairs->suffix, &pairs->arena);
    pairs->suffix_dst = cut > 0;
    if (cut == 0)
        cut = cut_suffix(src, dst, &pairs->suffix, &pairs->arena);
    if (cut > 0)
        same_join(src, dst, MM_PAIR_BY_SUFFIX);
    return cut < 0 ? -1 : 0;
}
