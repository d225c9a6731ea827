/* Lines of a tensor. */
#include "operator/lines.h"

#include <stdlib.h>

unsigned op_axes_between(int from, int to)
{
    unsigned axes = 0;
    for (int i = from; i < to; i++)
        axes |= 1u << i;
    return axes;
}

/* One more axis, joined with the one before where that runs on into it. */
static void add_axis(int *rank, int64_t *dims, int64_t *steps, int64_t dim, int64_t step)
{
    int last = *rank - 1;
    if (last >= 0 && steps[last] == step * dim) {
        dims[last] *= dim;
        steps[last] = step;
        return;
    }
    dims[*rank] = dim;
    steps[*rank] = step;
    (*rank)++;
}

void op_lines_init(struct op_lines *lines, const struct mm_value *x, unsigned axes)
{
    int64_t stride[MM_RANK_MAX];
    *lines = (struct op_lines){.x = x, .count = 1, .length = 1};
    op_strides(&x->shape, stride);
    for (int i = 0; i < x->shape.rank; i++) {
        int64_t dim = x->shape.dim[i];
        if (axes >> i & 1) {
            add_axis(&lines->line_rank, lines->line_dim, lines->line_step, dim, stride[i]);
            lines->length *= dim;
        } else {
            add_axis(&lines->rank, lines->dim, lines->step, dim, stride[i]);
            lines->count *= dim;
        }
    }
}

/* ---- one line in and out ------------------------------------------------------------------------------- */

/* Call for every run of a line: `n` elements, `step` apart, from `at` on; k is the first one's place in the
 * line. */
struct run {
    int64_t at, step, n, k;
    int64_t index[MM_RANK_MAX];
};

static void first_run(const struct op_lines *l, int64_t base, struct run *run)
{
    *run = (struct run){.at = base, .step = 1, .n = 1};
    if (l->line_rank > 0) {
        run->step = l->line_step[l->line_rank - 1];
        run->n = l->line_dim[l->line_rank - 1];
    }
}

/* False when that was the last one. */
static bool next_run(const struct op_lines *l, struct run *run)
{
    run->k += run->n;
    for (int i = l->line_rank - 2; i >= 0; i--) {
        run->at += l->line_step[i];
        if (++run->index[i] < l->line_dim[i])
            break;
        run->at -= l->line_step[i] * l->line_dim[i];
        run->index[i] = 0;
    }
    return run->k < l->length;
}

static void gather(const struct op_lines *l, int64_t base, double *line)
{
    struct run run;
    if (l->length == 0)
        return;
    first_run(l, base, &run);
    do {
        if (run.step == 1) {
            op_read(l->x, run.at, (size_t)run.n, line + run.k);
            continue;
        }
        for (int64_t j = 0; j < run.n; j++)
            line[run.k + j] = op_get(l->x, run.at + j * run.step);
    } while (next_run(l, &run));
}

static void scatter(const struct op_lines *l, int64_t base, const double *line, struct mm_value *value)
{
    struct run run;
    if (l->length == 0)
        return;
    first_run(l, base, &run);
    do {
        if (run.step == 1) {
            op_write(value, run.at, (size_t)run.n, line + run.k);
            continue;
        }
        for (int64_t j = 0; j < run.n; j++)
            op_put(value, run.at + j * run.step, line[run.k + j]);
    } while (next_run(l, &run));
}

/* ---- all lines ----------------------------------------------------------------------------------------- */

static void next_line(const struct op_lines *l, int64_t *index, int64_t *base)
{
    for (int i = l->rank - 1; i >= 0; i--) {
        *base += l->step[i];
        if (++index[i] < l->dim[i])
            return;
        *base -= l->step[i] * l->dim[i];
        index[i] = 0;
    }
}

static double *line_new(const struct op_lines *l)
{
    return calloc(l->length ? (size_t)l->length : 1, sizeof(double));
}

int op_lines_fold(const struct mm_operator_call *call, const struct op_lines *lines, op_fold fold,
                  const void *context, struct mm_value *value, struct mm_err *err)
{
    int64_t index[MM_RANK_MAX] = {0}, base = 0, line = 0;
    double *x = line_new(lines);
    if (!x)
        return mm_fail_memory(err);
    for (; line < lines->count && !op_stop(call, err); line++) {
        gather(lines, base, x);
        op_put(value, line, fold(context, x, lines->length));
        next_line(lines, index, &base);
    }
    free(x);
    return line < lines->count ? -1 : 0;
}

int op_lines_map(const struct mm_operator_call *call, const struct op_lines *lines, op_line change,
                 const void *context, struct mm_value *value, struct mm_err *err)
{
    int64_t index[MM_RANK_MAX] = {0}, base = 0, line = 0;
    double *x = line_new(lines);
    if (!x)
        return mm_fail_memory(err);
    for (; line < lines->count && !op_stop(call, err); line++) {
        gather(lines, base, x);
        change(context, line, x, lines->length);
        scatter(lines, base, x, value);
        next_line(lines, index, &base);
    }
    free(x);
    return line < lines->count ? -1 : 0;
}
