/* Walking over a pair of tensors tile by tile. */
#include "compare/pass.h"

#include <inttypes.h>

void mm_pass_start(struct mm_pass *pass, const struct mm_tensor *s, const struct mm_tensor *d)
{
    mm_cursor_init(&pass->s, s);
    mm_cursor_init(&pass->d, d);
    pass->single = s == d;
    pass->lane_f = mm_tensor_lane_f(s) && mm_tensor_lane_f(d);
    pass->failed_dst = false;
    pass->base = 0;
    pass->end = s->count;
}

void mm_pass_range(struct mm_pass *pass, int64_t first, int64_t end)
{
    mm_cursor_seek(&pass->s, first);
    if (!pass->single)
        mm_cursor_seek(&pass->d, first);
    pass->base = first;
    pass->end = end;
}

static int cancelled(const struct mm_pass *pass, struct mm_err *err)
{
    if (pass->cancel && atomic_load_explicit(pass->cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return 0;
}

/* Both sides must have given as much as was wanted. */
static int check(struct mm_pass *pass, size_t wanted, size_t s, size_t d, struct mm_err *err)
{
    const char *name = s < wanted ? pass->name_s : pass->name_d;

    if (s == wanted && d == wanted) {
        pass->base += (int64_t)wanted;
        return 0;
    }
    pass->failed_dst = s == wanted;
    return mm_fail(err, MM_ECORRUPT, "%s: element %" PRId64 " of %" PRId64 " can't be read", name,
                   pass->base + (int64_t)(s < wanted ? s : d), pass->s.tensor->count);
}

static size_t next_count(const struct mm_pass *pass)
{
    int64_t left = pass->end - pass->base;

    return left < MM_TILE ? (size_t)left : MM_TILE;
}

int mm_pass_float(struct mm_pass *pass, struct mm_tile_float *tile, size_t *n, struct mm_err *err)
{
    size_t got_s, got_d;

    *n = next_count(pass);
    if (cancelled(pass, err))
        return -1;
    tile->s = mm_cursor_floats(&pass->s, tile->memory_s, *n, &got_s);
    tile->d = tile->s;
    got_d = got_s;
    if (!pass->single)
        tile->d = mm_cursor_floats(&pass->d, tile->memory_d, *n, &got_d);
    return check(pass, *n, got_s, got_d, err);
}

int mm_pass_double(struct mm_pass *pass, double s[MM_TILE], double d[MM_TILE], size_t *n, struct mm_err *err)
{
    size_t got_s, got_d;

    *n = next_count(pass);
    if (cancelled(pass, err))
        return -1;
    got_s = mm_cursor_double(&pass->s, s, *n);
    got_d = pass->single ? got_s : mm_cursor_double(&pass->d, d, *n);
    return check(pass, *n, got_s, got_d, err);
}
