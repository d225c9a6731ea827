/* What the user says of tensors whose files do not. */
#include "mmtui/dump.h"

#include <string.h>

static void take(const struct mm_given *from, struct mm_given *to)
{
    if (from->dtype != MM_DTYPE_NONE)
        to->dtype = from->dtype;
    if (from->shaped) {
        to->shaped = true;
        to->shape = from->shape;
    }
}

bool mm_given_find(const struct mm_given_list *list, const char *name, struct mm_given *out)
{
    *out = (struct mm_given){.dtype = MM_DTYPE_NONE};
    for (size_t i = 0; i < list->count; i++) {
        if (!list->row[i].name)
            take(&list->row[i].given, out);
    }
    for (size_t i = 0; i < list->count; i++) {
        const char *wanted = list->row[i].name;
        if (wanted && (strcmp(wanted, name) == 0 || mm_text_glob(wanted, name)))
            take(&list->row[i].given, out);
    }
    return out->dtype != MM_DTYPE_NONE || out->shaped;
}

bool mm_shape_parse(const char *text, struct mm_shape *out)
{
    const char *p = text;
    *out = (struct mm_shape){.rank = 0};
    if (*text == '\0' || strcmp(text, "scalar") == 0)
        return true;
    for (;; p++) {
        char number[20];
        size_t length = strspn(p, "0123456789");
        if (length == 0 || length >= sizeof number || out->rank == MM_RANK_MAX)
            return false;
        memcpy(number, p, length);
        number[length] = '\0';
        if (!mm_parse_i64(number, &out->dim[out->rank++]))
            return false;
        p += length;
        if (*p == '\0')
            return mm_shape_count(out) >= 0;
        if (*p != 'x' && *p != ',')
            return false;
    }
}
