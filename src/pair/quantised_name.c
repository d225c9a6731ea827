/* Names that quantisers and compilers derive from the name of a tensor. */
#include "pair/quantised_name.h"

#include <stdlib.h>
#include <string.h>

/* What quantisers and compilers put behind the name of a tensor, for its values on the grid and for its integers, and what is said of
 * such a pair. The values come first. */
static const struct {
    const char *ending, *how;
} quantised_endings[] = {
    {"_DequantizeLinear_Output", "same name but for _DequantizeLinear_Output"},
    {"_dequantized", "same name but for _dequantized"},
    {"_quantized", "same name but for _quantized"},
    {"_QuantizeLinear_Output", "same name but for _QuantizeLinear_Output"},
    {"_f32", "same name but for _f32"}, /* tpu-mlir's: what a tensor was cast to, or is stored as */
    {"_f16", "same name but for _f16"},
    {"_bf16", "same name but for _bf16"},
};

/* Is it this name with that behind it? As strcmp has it for the sorted list. */
static int compare_with_ending(const char *name, const char *ending, const char *other)
{
    size_t length = strlen(name);
    int order = strncmp(name, other, length);
    return order ? order : strcmp(ending, other + length);
}

static struct candidate *find_with_ending(const struct side *side, const char *name, const char *ending)
{
    size_t low = 0, high = side->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_with_ending(name, ending, side->sorted[middle]->name);
        if (order == 0)
            return side->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void quantised_name_join(struct side *src, struct side *dst)
{
    for (size_t i = 0; i < src->count; i++) {
        struct candidate *here = src->sorted[i], *found;
        for (size_t k = 0; k < MM_COUNT(quantised_endings) && !here->partner; k++) {
            found = find_with_ending(dst, here->name, quantised_endings[k].ending);
            if (!found || found->partner || found->dropped || found->occurrences > 1 || here->occurrences > 1)
                continue;
            here->partner = found;
            found->partner = here;
            here->how = quantised_endings[k].how;
            here->rung = found->rung = MM_PAIR_BY_QUANTISED;
        }
    }
}

/* The one candidate of that name that nobody has; NULL. */
static struct candidate *free_one(const struct side *side, const char *name, const char *ending)
{
    struct candidate *found = find_with_ending(side, name, ending);
    return found && !found->partner && !found->dropped && found->occurrences == 1 ? found : NULL;
}

int quantised_name_prefer(struct side *src, struct side *dst, struct mm_arena *arena)
{
    int result = 0;
    for (size_t i = 0; i < src->count; i++) {
        struct candidate *here = src->sorted[i], *before = here->partner, *values;
        bool one = before && here->rung != MM_PAIR_BY_HAND && before->occurrences == 1 &&
                   strcmp(here->name, before->name) == 0;
        values = one ? free_one(dst, here->name, "_DequantizeLinear_Output") : NULL;
        if (!values || !free_one(dst, here->name, "_QuantizeLinear_Output"))
            continue;
        here->partner = values;
        values->partner = here;
        before->partner = NULL;
        before->stands_before = true;
        here->how = "same name but for _DequantizeLinear_Output";
        here->rung = values->rung = MM_PAIR_BY_QUANTISED;
    }
    for (size_t i = 0; i < dst->count; i++) { /* now that nobody searches by name any more */
        struct candidate *before = dst->sorted[i];
        struct mm_buf name = {0};
        if (!before->stands_before)
            continue;
        mm_buf_printf(&name, "%s_QuantizeLinear_Input", before->name);
        before->name = name.failed ? NULL : mm_arena_strdup(arena, mm_buf_text(&name));
        result = before->name ? result : -1;
        mm_buf_done(&name);
    }
    return result;
}
