/*
 * The error over two axes: the greatest |e| of each cell.
 *
 * Of floats the greatest of a stretch is first looked for many at a time. Only where it is above what the cell has, and
 * where something is not finite, is the stretch looked at element by element, for the place.
 */
#include "compare/slice_walk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct state {
    struct mm_heat *heat;
    struct mm_heat_cell *cell; /* the heat's, or a part's own; owned by a part */
    /* of the later one of the two axes: elements together, places, cells along it, and where each cell begins, in elements
     * of a row of that axis */
    int64_t inner, dim, cells;
    int64_t *begin; /* [cells + 1], the whole's */
    bool later_is_x;
    int64_t outer, outer_dim, outer_cells; /* of the other axis: elements a place takes, places, cells */
};

int64_t mm_heat_place(int64_t dim, int64_t cells, int64_t cell)
{
    /* the least place p with p * cells / dim >= cell */
    return (int64_t)(((__int128)cell * dim + cells - 1) / cells);
}

static int64_t cell_at(int64_t dim, int64_t cells, int64_t place)
{
    return (int64_t)((__int128)place * cells / dim);
}

/* ---- one stretch of one cell ---- */

static void look(struct mm_heat_cell *cell, int64_t at, double s, double d)
{
    double error = mm_element_key(MM_WORST_ABS, s, d);
    bool later = error == cell->error && at > cell->at;
    if (error == 0 || error < cell->error || later)
        return;
    *cell = (struct mm_heat_cell){error, at};
}

static void look_floats(struct mm_heat_cell *cell, int64_t at, const float *s, const float *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        look(cell, at + (int64_t)i, (double)s[i], (double)d[i]);
}

typedef float floats_t __attribute__((vector_size(8)));
typedef double doubles_t __attribute__((vector_size(16)));
typedef int64_t bits_t __attribute__((vector_size(16)));

#define AT_ONCE 4 /* vectors whose sums do not wait for each other */

/* The greatest |s - d|; NaN where one is not finite (or the sum of all is not). */
static double greatest_error(const float *s, const float *d, size_t n)
{
    const bits_t magnitude = {INT64_MAX, INT64_MAX};
    doubles_t most[AT_ONCE] = {{0, 0}}, sum[AT_ONCE] = {{0, 0}};
    double greatest = 0, total = 0;
    size_t i = 0;
    for (; i + 2 * AT_ONCE <= n; i += 2 * AT_ONCE) {
        for (size_t k = 0; k < AT_ONCE; k++) {
            floats_t x, y;
            memcpy(&x, s + i + 2 * k, sizeof x);
            memcpy(&y, d + i + 2 * k, sizeof y);
            doubles_t e = __builtin_convertvector(x, doubles_t) - __builtin_convertvector(y, doubles_t);
            bits_t size = (bits_t)e & magnitude, more = (doubles_t)size > most[k];
            most[k] = (doubles_t)((size & more) | ((bits_t)most[k] & ~more));
            sum[k] += (doubles_t)size; /* keeps what the comparison passes over: NaN */
        }
    }
    for (size_t k = 0; k < 2 * AT_ONCE; k++) {
        greatest = most[k / 2][k % 2] > greatest ? most[k / 2][k % 2] : greatest;
        total += sum[k / 2][k % 2];
    }
    for (; i < n; i++) {
        double e = fabs((double)s[i] - (double)d[i]);
        greatest = e > greatest ? e : greatest;
        total += e;
    }
    return isfinite(total) ? greatest : NAN;
}

static void add_floats(struct mm_heat_cell *cell, int64_t at, const float *s, const float *d, size_t n)
{
    bool passed = cell->error == INFINITY && cell->at < at; /* nothing can be worse, or as bad and earlier */
    if (!passed && !(greatest_error(s, d, n) <= cell->error && cell->at < at))
        look_floats(cell, at, s, d, n);
}

static void add_doubles(struct mm_heat_cell *cell, int64_t at, const double *s, const double *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        look(cell, at + (int64_t)i, s[i], d[i]);
}

/* ---- stretches of a tile ---- */

/* The cell of the later axis that this element of a row belongs to. */
static int64_t column_of(const struct state *state, int64_t in_row)
{
    return cell_at(state->dim, state->cells, in_row / state->inner);
}

static struct mm_heat_cell *row_cells(const struct state *state, int64_t at)
{
    int64_t other = state->outer_cells > 1
                        ? cell_at(state->outer_dim, state->outer_cells, at / state->outer % state->outer_dim)
                        : 0;
    return state->cell + (state->later_is_x ? other * state->cells : other);
}

/* Cuts [at, at + n) where another cell begins. `part` gets the place in the tile. */
#define FOR_EACH_CELL(state, at, n, first, cell, length)                                                     \
    for (struct cut cut = cut_begin(state, at, n); cut_next(state, &cut, &(first), &(cell), &(length));)

struct cut {
    int64_t at, end;
    int64_t in_row, column; /* of `at`; in_row 0: a row begins */
    struct mm_heat_cell *row;
};

static struct cut cut_begin(const struct state *state, int64_t at, size_t n)
{
    int64_t in_row = at % (state->inner * state->dim);
    return (struct cut){.at = at,
                        .end = at + (int64_t)n,
                        .in_row = in_row,
                        .column = column_of(state, in_row),
                        .row = row_cells(state, at)};
}

static bool cut_next(const struct state *state, struct cut *cut, int64_t *first, struct mm_heat_cell **cell,
                     size_t *length)
{
    if (cut->at == cut->end)
        return false;
    if (cut->column == state->cells) { /* the next row */
        cut->column = cut->in_row = 0;
        cut->row = row_cells(state, cut->at);
    }
    int64_t stop = cut->at + state->begin[cut->column + 1] - cut->in_row;
    stop = stop < cut->end ? stop : cut->end;
    *first = cut->at;
    *length = (size_t)(stop - cut->at);
    *cell = cut->row + cut->column * (state->later_is_x ? 1 : state->outer_cells);
    cut->in_row += stop - cut->at;
    cut->at = stop;
    cut->column++;
    return true;
}

static void add_tile_floats(void *context, int64_t at, const float *s, const float *d, size_t n)
{
    const struct state *state = context;
    struct mm_heat_cell *cell;
    int64_t first;
    size_t length;
    FOR_EACH_CELL(state, at, n, first, cell, length)
    add_floats(cell, first, s + (first - at), d + (first - at), length);
}

static void add_tile_doubles(void *context, int64_t at, const double *s, const double *d, size_t n)
{
    const struct state *state = context;
    struct mm_heat_cell *cell;
    int64_t first;
    size_t length;
    FOR_EACH_CELL(state, at, n, first, cell, length)
    add_doubles(cell, first, s + (first - at), d + (first - at), length);
}

/* ---- parts ---- */

static struct mm_heat_cell *cells_open(int64_t count)
{
    struct mm_heat_cell *cell = malloc((size_t)count * sizeof *cell + 1);
    for (int64_t i = 0; cell && i < count; i++)
        cell[i] = (struct mm_heat_cell){0, -1};
    return cell;
}

static int64_t cells_of(const struct mm_heat *heat)
{
    return heat->options.rows * heat->options.columns;
}

static void drop(void *part)
{
    free(((struct state *)part)->cell);
    free(part);
}

static void *begin(const void *whole)
{
    struct state *part = malloc(sizeof *part);
    if (!part)
        return NULL;
    *part = *(const struct state *)whole;
    part->cell = cells_open(cells_of(part->heat));
    if (part->cell)
        return part;
    free(part);
    return NULL;
}

static void join(void *whole, void *part)
{
    struct state *state = whole;
    const struct state *more = part;
    for (int64_t i = 0; i < cells_of(state->heat); i++) {
        const struct mm_heat_cell *cell = &more->cell[i];
        bool earlier = cell->error == state->cell[i].error && cell->at < state->cell[i].at;
        if (cell->error > state->cell[i].error || earlier)
            state->cell[i] = *cell;
    }
}

static const struct mm_slice_fold fold = {
    .doubles = add_tile_doubles, .floats = add_tile_floats, .begin = begin, .join = join, .drop = drop};

/* ---- which axes ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool good_axis(const struct mm_heat_options *options, const struct mm_shape *shape, int axis)
{
    return axis >= 0 && axis < shape->rank && options->slice.at[axis] < 0;
}

static int check(const struct mm_heat_options *options, const struct mm_shape *shape, struct mm_err *err)
{
    if (options->rows < 1 || options->columns < 1 || options->rows > MM_HEAT_CELLS / options->columns)
        return mm_fail(err, MM_EARG, "a heat map has 1 to %lld cells", (long long)MM_HEAT_CELLS);
    if (!good_axis(options, shape, options->x_axis))
        return mm_fail(err, MM_EARG, "axis %d is fixed, or there is none", options->x_axis);
    if (options->y_axis >= 0 &&
        (!good_axis(options, shape, options->y_axis) || options->y_axis == options->x_axis))
        return mm_fail(err, MM_EARG, "axis %d is fixed, taken, or there is none", options->y_axis);
    return 0;
}

static int64_t stride_of(const struct mm_shape *shape, int axis)
{
    int64_t stride = 1;
    for (int k = axis + 1; k < shape->rank; k++)
        stride *= shape->dim[k];
    return stride;
}

/* How the two axes lie. Not of an empty tensor. */
static int lay(struct state *state, struct mm_err *err)
{
    const struct mm_shape *shape = &state->heat->shape;
    const struct mm_heat_options *options = &state->heat->options;
    int x = options->x_axis, y = options->y_axis, other;
    state->later_is_x = x > y;
    state->inner = stride_of(shape, state->later_is_x ? x : y);
    state->dim = shape->dim[state->later_is_x ? x : y];
    state->cells = state->later_is_x ? options->columns : options->rows;
    state->outer_cells = state->later_is_x ? options->rows : options->columns;
    other = state->later_is_x ? y : x;
    state->outer = other < 0 ? 1 : stride_of(shape, other);
    state->outer_dim = other < 0 ? 1 : shape->dim[other];
    state->begin = malloc((size_t)(state->cells + 1) * sizeof *state->begin);
    if (!state->begin)
        return mm_fail_memory(err);
    for (int64_t c = 0; c <= state->cells; c++)
        state->begin[c] = mm_heat_place(state->dim, state->cells, c) * state->inner;
    return 0;
}

static int open_heat(struct mm_heat *out, const struct mm_shape *shape, const struct mm_heat_options *options,
                     struct mm_err *err)
{
    *out = (struct mm_heat){.shape = *shape, .options = *options};
    if (check(options, shape, err) < 0)
        return -1;
    out->options.columns = least(options->columns, shape->dim[options->x_axis]);
    out->options.rows = options->y_axis < 0 ? 1 : least(options->rows, shape->dim[options->y_axis]);
    out->cell = cells_open(cells_of(out));
    return out->cell ? 0 : mm_fail_memory(err);
}

static void extremes(struct mm_heat *heat)
{
    for (int64_t i = 0; i < cells_of(heat); i++) {
        double error = heat->cell[i].error;
        if (!(error > 0) || isinf(error))
            continue;
        heat->greatest = fmax(heat->greatest, error);
        heat->least = heat->least > 0 ? fmin(heat->least, error) : error;
    }
}

static int walk_heat(const struct mm_slice_walk *from, const struct mm_heat_options *options,
                     struct mm_heat *out, bool *failed_dst, struct mm_err *err)
{
    struct mm_slice_walk walk = *from;
    struct state state = {.heat = out};
    walk.slice = &options->slice;
    walk.fold = &fold;
    if (open_heat(out, &walk.s->shape, options, err) < 0)
        return -1;
    if (walk.s->count == 0)
        return 0;
    state.cell = out->cell;
    int failed = lay(&state, err);
    if (!failed)
        failed = mm_slice_walk(&walk, &state, failed_dst, err);
    free(state.begin);
    if (!failed)
        extremes(out);
    return failed;
}

/* ---- two tensors, a pair ---- */

int mm_heat_tensors(const struct mm_tensor *s, const struct mm_tensor *d,
                    const struct mm_heat_options *options, const struct mm_control *control,
                    struct mm_heat *out, struct mm_err *err)
{
    struct mm_slice_walk walk = {.s = s,
                                 .d = d,
                                 .name_s = "src",
                                 .name_d = "dst",
                                 .control = control ? *control : (struct mm_control){NULL}};
    bool failed_dst;
    *out = (struct mm_heat){0};
    if (!mm_shape_equal(&s->shape, &d->shape))
        return mm_fail(err, MM_EARG, "shapes differ");
    if (walk_heat(&walk, options, out, &failed_dst, err) == 0)
        return 0;
    mm_heat_done(out);
    return -1;
}

struct question {
    const struct mm_pair *pair;
    const struct mm_heat_options *options;
    struct mm_control control;
    struct mm_heat *out;
};

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct question *question = context;
    struct mm_slice_walk walk = {.control = question->control};
    mm_heat_done(question->out);
    if (mm_slice_walk_of(tensors, question->pair, &walk, err) < 0)
        return -1;
    return walk_heat(&walk, question->options, question->out, failed_dst, err);
}

int mm_pair_heat(const struct mm_pair *pair, const struct mm_schema *schema,
                 const struct mm_heat_options *options, const struct mm_control *control, struct mm_heat *out,
                 struct mm_err *err)
{
    struct question question = {pair, options, control ? *control : (struct mm_control){NULL}, out};
    struct mm_pair_reading reading = {.pair = pair,
                                      .schema = schema,
                                      .cancel = question.control.cancel,
                                      .values = answer,
                                      .context = &question};
    *out = (struct mm_heat){0};
    if (!pair->src || !pair->dst)
        return mm_fail(err, MM_EARG, "%s has no partner", (pair->src ? pair->src : pair->dst)->label);
    if (mm_pair_read(&reading, NULL, err) == 0)
        return 0;
    mm_heat_done(out);
    return -1;
}

void mm_heat_done(struct mm_heat *heat)
{
    free(heat->cell);
    *heat = (struct mm_heat){0};
}
