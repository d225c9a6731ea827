#include "compare/total.h"

#include <string.h>

/* Pieces whose sums wait to be merged; their memory is on the stack. */
#define ROUND 32

/* Seeking steps over runs: a field split into more pieces than this is read from end to end. */
#define RUNS_MAX 64

/* What has been read of runs longer than this leaves memory at once: two of 8 GiB must not push out all
 * else. */
#define DROP_ABOVE ((size_t)256 << 20)

/* A page fault maps so much around it, behind a piece's end too, and nobody drops that if the next piece was
 * done before. */
#define AROUND ((size_t)64 << 10)

/* Of either pass, one of the two. */
struct part {
    struct mm_sums sums;
    struct mm_centred centred;
};

static void part_init(struct part *part)
{
    mm_sums_init(&part->sums);
    memset(&part->centred, 0, sizeof(part->centred));
}

static void part_merge(struct part *part, const struct part *later)
{
    mm_sums_merge(&part->sums, &later->sums);
    mm_acc_merge(&part->centred.ss, &later->centred.ss);
    mm_acc_merge(&part->centred.dd, &later->centred.dd);
    mm_acc_merge(&part->centred.sd, &later->centred.sd);
    mm_acc_merge(&part->centred.own_s, &later->centred.own_s);
    mm_acc_merge(&part->centred.own_d, &later->centred.own_d);
    mm_acc_merge(&part->centred.residual, &later->centred.residual);
    mm_acc_merge(&part->centred.across, &later->centred.across);
}

/* ---- a stretch ---- */

static void scale(double *x, size_t n, double factor)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

static int next_double(const struct mm_work *work, struct mm_pass *pass, double *s, double *d, size_t *n,
                       struct mm_err *err)
{
    if (mm_pass_double(pass, s, d, n, err))
        return -1;
    if (work->factor != 1.0)
        scale(s, *n, work->factor);
    if (work->factor != 1.0 && !pass->single)
        scale(d, *n, work->factor);
    return 0;
}

static int sum_float(const struct mm_work *work, struct mm_pass *pass, struct mm_sums *sums,
                     struct mm_err *err)
{
    const struct mm_kernels *kernels = mm_kernels();
    struct mm_tile_float tile;
    size_t n;

    for (;;) {
        int64_t base = pass->base;

        if (mm_pass_float(pass, &tile, &n, err))
            return -1;
        if (n == 0)
            return 0;
        kernels->measure_float(sums, &work->limits, tile.s, tile.d, n, base);
    }
}

static int sum_double(const struct mm_work *work, struct mm_pass *pass, struct mm_sums *sums,
                      struct mm_err *err)
{
    const struct mm_kernels *kernels = mm_kernels();
    double s[MM_TILE], d[MM_TILE];
    size_t n;

    for (;;) {
        int64_t base = pass->base;

        if (next_double(work, pass, s, d, &n, err))
            return -1;
        if (n == 0)
            return 0;
        kernels->measure_double(sums, &work->limits, s, pass->single ? s : d, n, base);
    }
}

static int sum_centred(const struct mm_work *work, struct mm_pass *pass, const struct mm_centre *centre,
                       struct mm_centred *sums, struct mm_err *err)
{
    const struct mm_kernels *kernels = mm_kernels();
    double s[MM_TILE], d[MM_TILE];
    size_t n;

    for (;;) {
        if (next_double(work, pass, s, d, &n, err))
            return -1;
        if (n == 0)
            return 0;
        kernels->centre_double(sums, centre, s, pass->single ? s : d, n);
    }
}

/* From where the pass stands to its end. */
static int sum_part(const struct mm_work *work, struct mm_pass *pass, const struct mm_centre *centre,
                    struct part *part, struct mm_err *err)
{
    part_init(part);
    if (centre)
        return sum_centred(work, pass, centre, &part->centred, err);
    if (pass->lane_f && work->factor == 1.0)
        return sum_float(work, pass, &part->sums, err);
    return sum_double(work, pass, &part->sums, err);
}

/* ---- what has been read ---- */

void mm_drop_read(const struct mm_map *map, const struct mm_tensor *tensor, int64_t first, int64_t end)
{
    const struct mm_run *run = tensor->run;
    size_t unit, from, to;

    if (!map || tensor->encoding != MM_ENC_RAW || tensor->strided || tensor->runs != 1 || tensor->supply ||
        run->size < DROP_ABOVE)
        return;
    unit = (size_t)run->gap + mm_dtype_info(tensor->stored)->bytes;
    from = (size_t)first * unit;
    to = (size_t)end * unit + AROUND;
    mm_map_drop(map, run->data + from, (to < run->size ? to : run->size) - from);
}

static void drop(const struct mm_work *work, int64_t first, int64_t end)
{
    mm_drop_read(work->map_s, work->s, first, end);
    if (work->d != work->s)
        mm_drop_read(work->map_d, work->d, first, end);
}

/* ---- pieces, by whoever has time ---- */

struct piece {
    struct part part;
    bool failed, failed_dst;
    struct mm_err err;
};

struct round {
    struct mm_parallel_for loop;
    const struct mm_work *work;
    const struct mm_centre *centre;
    int64_t first; /* element that piece 0 begins with */
    struct piece piece[ROUND];
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void run_piece(struct mm_parallel_for *loop, size_t number)
{
    struct round *round = (struct round *)loop;
    const struct mm_work *work = round->work;
    struct piece *piece = &round->piece[number];
    int64_t first = round->first + (int64_t)number * MM_PIECE;
    int64_t end = least(first + MM_PIECE, work->s->count);
    struct mm_pass pass = work->pass;

    mm_pass_start(&pass, work->s, work->d);
    mm_pass_range(&pass, first, end);
    piece->failed = sum_part(work, &pass, round->centre, &piece->part, &piece->err) != 0;
    piece->failed_dst = pass.failed_dst;
    drop(work, first, end);
}

/* In order; the first failure counts. */
static int merge_round(struct mm_work *work, const struct round *round, struct part *out, struct mm_err *err)
{
    for (size_t i = 0; i < round->loop.count; i++) {
        const struct piece *piece = &round->piece[i];

        if (piece->failed) {
            work->pass.failed_dst = piece->failed_dst;
            if (err)
                *err = piece->err;
            return -1;
        }
        part_merge(out, &piece->part);
    }
    return 0;
}

static int divided(struct mm_work *work, const struct mm_centre *centre, struct part *out, struct mm_err *err)
{
    struct round round = {.loop = {.run = run_piece}, .work = work, .centre = centre};
    int64_t count = work->s->count;

    for (; round.first < count; round.first += ROUND * MM_PIECE) {
        round.loop.count = (size_t)least((count - round.first + MM_PIECE - 1) / MM_PIECE, ROUND);
        mm_parallel_for_run(work->helpers, &round.loop);
        if (merge_round(work, &round, out, err))
            return -1;
    }
    return 0;
}

/* ---- one worker from end to end ---- */

/* Pieces of `size` elements. */
static int straight(struct mm_work *work, const struct mm_centre *centre, int64_t size, struct part *out,
                    struct mm_err *err)
{
    int64_t count = work->s->count;
    struct part part;

    mm_pass_start(&work->pass, work->s, work->d);
    do {
        int64_t first = work->pass.base;

        work->pass.end = least(first + size, count);
        if (sum_part(work, &work->pass, centre, &part, err))
            return -1;
        part_merge(out, &part);
        drop(work, first, work->pass.end);
    } while (work->pass.base < count);
    return 0;
}

bool mm_divisible(const struct mm_tensor *tensor)
{
    return tensor->encoding == MM_ENC_RAW && tensor->runs <= RUNS_MAX && mm_tensor_settled(tensor);
}

static int total(struct mm_work *work, const struct mm_centre *centre, struct part *out, struct mm_err *err)
{
    part_init(out);
    if (work->s->count <= MM_WHOLE)
        return straight(work, centre, MM_WHOLE, out, err);
    if (mm_divisible(work->s) && mm_divisible(work->d))
        return divided(work, centre, out, err);
    return straight(work, centre, MM_PIECE, out, err);
}

int mm_total_sums(struct mm_work *work, struct mm_sums *out, struct mm_err *err)
{
    struct part part;

    if (total(work, NULL, &part, err))
        return -1;
    *out = part.sums;
    return 0;
}

int mm_total_centred(struct mm_work *work, const struct mm_centre *centre, struct mm_centred *out,
                     struct mm_err *err)
{
    struct part part;

    if (total(work, centre, &part, err))
        return -1;
    *out = part.centred;
    return 0;
}
