#include "mmtui/base.h"

#include <string.h>

#define LONGEST 256 /* bytes that are looked at */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* Rows of the usual table: row[j] is the distance of a's beginning from b's first j bytes; the last three are kept. */
size_t mm_text_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], m = strnlen(a, LONGEST), n = strnlen(b, LONGEST);
    size_t *row = rows[0], *above = rows[1], *second = rows[2];
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *free_row = second;
        second = above;
        above = row;
        row = free_row;
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && second[j - 2] + 1 < row[j])
                row[j] = second[j - 2] + 1;
        }
    }
    return row[n];
}
