#include "pair/align.h"

#include <stdint.h>
#include <stdlib.h>

#include "mmtui/base.h"

static float *weight_of(const struct align *align, size_t row, size_t column)
{
    return &align->weight[row * align->columns + column];
}

static float *before_of(const struct align *align, size_t row, size_t column)
{
    return &align->before[row * (align->columns + 1) + column];
}

static float *after_of(const struct align *align, size_t row, size_t column)
{
    return &align->after[row * (align->columns + 1) + column];
}

int align_init(struct align *align, size_t rows, size_t columns)
{
    size_t inner, outer;
    *align = (struct align){.rows = rows, .columns = columns};
    if (!mm_mul(rows, columns, &inner) || !mm_mul(rows + 1, columns + 1, &outer))
        return -1;
    align->weight = calloc(inner + 1, sizeof *align->weight);
    align->before = calloc(outer, sizeof *align->before);
    align->after = calloc(outer, sizeof *align->after);
    align->column = calloc(rows + 1, sizeof *align->column);
    return align->weight && align->before && align->after && align->column ? 0 : -1;
}

void align_done(struct align *align)
{
    free(align->weight);
    free(align->before);
    free(align->after);
    free(align->column);
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static void fill(struct align *align)
{
    for (size_t i = 1; i <= align->rows; i++) {
        for (size_t j = 1; j <= align->columns; j++) {
            float both = *before_of(align, i - 1, j - 1) + *weight_of(align, i - 1, j - 1);
            *before_of(align, i, j) =
                larger(both, larger(*before_of(align, i - 1, j), *before_of(align, i, j - 1)));
        }
    }
    for (size_t i = align->rows; i-- > 0;) {
        for (size_t j = align->columns; j-- > 0;) {
            float both = *after_of(align, i + 1, j + 1) + *weight_of(align, i, j);
            *after_of(align, i, j) =
                larger(both, larger(*after_of(align, i + 1, j), *after_of(align, i, j + 1)));
        }
    }
}

void align_run(struct align *align)
{
    fill(align);
    for (size_t i = 0; i < align->rows; i++)
        align->column[i] = ALIGN_NONE;
    for (size_t i = align->rows, j = align->columns; i > 0 && j > 0;) {
        float here = *before_of(align, i, j), weight = *weight_of(align, i - 1, j - 1);
        if (weight > 0 && here == *before_of(align, i - 1, j - 1) + weight) {
            align->column[--i] = --j;
        } else if (here == *before_of(align, i - 1, j)) {
            i--;
        } else {
            j--;
        }
    }
}

float align_loss(const struct align *align, size_t row, size_t column)
{
    return *before_of(align, align->rows, align->columns) - *before_of(align, row, column) -
           *weight_of(align, row, column) - *after_of(align, row + 1, column + 1);
}
