/* What tensors are known by where their names tell nothing. */
#include <math.h>
#include <stdlib.h>

#include "mmtui/pair.h"

#define ENDS_WEIGH 0.2 /* least and greatest value are single elements */

static int by_length(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct mm_shape squeezed(const struct mm_shape *shape)
{
    struct mm_shape out = {.rank = 0};
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] != 1)
            out.dim[out.rank++] = shape->dim[i];
    }
    return out;
}

/* Axes may stand elsewhere in the other dump. */
static struct mm_shape sorted(const struct mm_shape *shape)
{
    struct mm_shape out = squeezed(shape);
    qsort(out.dim, (size_t)out.rank, sizeof out.dim[0], by_length);
    return out;
}

static bool same_shape(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    if (a->count != b->count)
        return false;
    struct mm_shape x = sorted(&a->shape), y = sorted(&b->shape);
    return x.rank <= 1 || y.rank <= 1 || mm_shape_equal(&x, &y);
}

/* Of one of two samples no shape is known: both are looked at as a row. */
static const struct mm_summary *figures_against(const struct mm_fingerprint *a,
                                                const struct mm_fingerprint *other)
{
    bool row = squeezed(&a->shape).rank <= 1 || squeezed(&other->shape).rank <= 1;
    return a->sampled && other->sampled && row ? &a->row : &a->figures;
}

double mm_fingerprint_apart(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    if (!a->known || !b->known || !same_shape(a, b))
        return INFINITY;
    const struct mm_summary *x = figures_against(a, b), *y = figures_against(b, a);
    double scale = fmax(x->std, y->std), ends = fmax(fabs(x->min - y->min), fabs(x->max - y->max));
    double most = fmax(fmax(fabs(x->mean - y->mean), fabs(x->std - y->std)), ENDS_WEIGH * ends);
    return most == 0 ? 0 : most / scale;
}

bool mm_fingerprint_same_axes(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    struct mm_shape x = squeezed(&a->shape), y = squeezed(&b->shape);
    return a->known && b->known && mm_shape_equal(&x, &y);
}

bool mm_fingerprint_same_places(const struct mm_fingerprint *a, const struct mm_fingerprint *b)
{
    return mm_fingerprint_same_axes(a, b) &&
           (a->figures.min_at == b->figures.min_at || a->figures.max_at == b->figures.max_at);
}
