/* The precisions that an operator can be given, and how they are spelt. */
#include "mmtui/plan.h"

#include <string.h>
#include <strings.h>

static const struct mm_precision_info PRECISIONS[MM_PRECISION_COUNT] = {
    [MM_PRECISION_NONE] = {"none", "", "", false},
    [MM_PRECISION_I8] = {"INT8", "I8", "", false},
    [MM_PRECISION_I16] = {"INT16", "I16", "", false},
    [MM_PRECISION_F16] = {"FLOAT16", "F16", "FP16", true},
    [MM_PRECISION_BF16] = {"BFLOAT16", "BF16", "", true},
    [MM_PRECISION_F32] = {"FLOAT32", "F32", "FP32", true},
    [MM_PRECISION_OWN] = {"", "", "", false}, /* the override tells */
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
        const struct mm_precision_info *info = &PRECISIONS[i];
        if (strcasecmp(text, info->name) == 0 || strcasecmp(text, info->badge) == 0 ||
            strcasecmp(text, info->also) == 0)
            return (enum mm_precision)i;
    }
    return MM_PRECISION_COUNT;
}

bool mm_precision_is_own(const char *text)
{
    const char *colon = text ? strchr(text, ':') : NULL;
    if (!colon || colon == text || !colon[1])
        return false;
    for (const char *p = text; *p; p++) {
        if (*p <= ' ' || *p > '~')
            return false;
    }
    return true;
}

const char *mm_override_precision(const struct mm_override *override)
{
    return override->precision == MM_PRECISION_OWN ? override->own
                                                   : mm_precision_info(override->precision)->name;
}

const char *mm_override_badge(const struct mm_override *override)
{
    return override->precision == MM_PRECISION_OWN ? strchr(override->own, ':') + 1
                                                   : mm_precision_info(override->precision)->badge;
}
