/* The precisions that an operator can be given. */
#include "mmtui/plan.h"

#include <strings.h>

static const struct mm_precision_info PRECISIONS[MM_PRECISION_COUNT] = {
    [MM_PRECISION_NONE] = {"none", ""},
    [MM_PRECISION_F16] = {"FLOAT16", "F16"},
    [MM_PRECISION_F32] = {"FLOAT32", "F32"},
};

const struct mm_precision_info *mm_precision_info(enum mm_precision precision)
{
    size_t row = (size_t)precision;
    return &PRECISIONS[row < MM_COUNT(PRECISIONS) ? row : MM_PRECISION_NONE];
}

enum mm_precision mm_precision_find(const char *text)
{
    if (!text || !*text)
        return MM_PRECISION_COUNT;
    for (size_t i = 0; i < MM_COUNT(PRECISIONS); i++) {
        if (strcasecmp(text, PRECISIONS[i].name) == 0 || strcasecmp(text, PRECISIONS[i].badge) == 0)
            return (enum mm_precision)i;
    }
    return MM_PRECISION_COUNT;
}
