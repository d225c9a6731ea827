/* The runtimes that a plan can be exported to: a file (or a few) each, one line here. */
#include "export/magicmind.h"

#include <string.h>

static const struct mm_dialect DIALECTS[] = {
    {"magicmind", "Cambricon MagicMind", mm_magicmind_files, mm_magicmind_limits, mm_magicmind_write},
};

const struct mm_dialect *mm_dialects(size_t *count)
{
    *count = MM_COUNT(DIALECTS);
    return DIALECTS;
}

const struct mm_dialect *mm_dialect_find(const char *id)
{
    for (size_t i = 0; id && i < MM_COUNT(DIALECTS); i++) {
        if (strcmp(id, DIALECTS[i].id) == 0)
            return &DIALECTS[i];
    }
    return NULL;
}
