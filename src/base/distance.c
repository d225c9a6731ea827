#include "mmtui/base.h"

#include <string.h>

#define LONGEST 256 /* bytes that are looked at */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* One row of the usual table at a time: row[j] is the distance of a's beginning from b's first j bytes. */
size_t mm_text_distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], m = strnlen(a, LONGEST), n = strnlen(b, LONGEST);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[n];
}
