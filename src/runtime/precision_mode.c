/* Precisions of a whole network, by their words. */
#include "mmtui/runtime.h"

#include <string.h>

#define MAGICMIND "MagicMind"

static const struct mm_precision_mode modes[] = {
    {"force_float32", MM_F32, MM_DTYPE_NONE, MAGICMIND}, {"force_float16", MM_F16, MM_DTYPE_NONE, MAGICMIND},
    {"force_bfloat16", MM_BF16, MM_DTYPE_NONE, ""},      {"force_float8_e4m3", MM_F8E4M3, MM_DTYPE_NONE, ""},
    {"force_float8_e5m2", MM_F8E5M2, MM_DTYPE_NONE, ""}, {"qint8_mixed_float32", MM_F32, MM_I8, MAGICMIND},
    {"qint8_mixed_float16", MM_F16, MM_I8, MAGICMIND},   {"qint8_mixed_bfloat16", MM_BF16, MM_I8, ""},
    {"qint16_mixed_float32", MM_F32, MM_I16, MAGICMIND}, {"qint16_mixed_float16", MM_F16, MM_I16, MAGICMIND},
    {"qint4_mixed_float32", MM_F32, MM_I4, ""},          {"qint4_mixed_float16", MM_F16, MM_I4, ""},
};

const struct mm_precision_mode *mm_precision_modes(size_t *count)
{
    *count = MM_COUNT(modes);
    return modes;
}

const struct mm_precision_mode *mm_precision_mode_find(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(modes); i++) {
        if (strcmp(name, modes[i].name) == 0)
            return &modes[i];
    }
    return NULL;
}
