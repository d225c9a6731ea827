/* GridSample: each place of the result says where in the input it is read, between the lines as well. */
#include "operator/call.h"

#include <math.h>

#define TAPS 4 /* most of one axis */

enum padding { ZEROS, BORDER, REFLECTION };

struct grid {
    const struct mm_value *x, *grid;
    int rank; /* spatial axes */
    int taps; /* 1: nearest, 2: linear, 4: cubic */
    enum padding padding;
    bool corners;
};

static int word_of(const struct mm_operator_call *call, const char *name, const char *const *words, int count,
                   struct mm_err *err)
{
    const char *word = op_text(call, name, words[0]);
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return op_fail(call, err, MM_EUNSUPPORTED, "%s is \"%s\"", name, word);
}

/* Opset 20 has shorter words for two modes. */
static int words_of(const struct mm_operator_call *call, struct grid *g, struct mm_err *err)
{
    static const char *const modes[] = {"linear", "cubic", "nearest", "bilinear", "bicubic"};
    static const char *const paddings[] = {"zeros", "border", "reflection"};
    static const int taps[] = {2, 4, 1, 2, 4};
    int mode = word_of(call, "mode", modes, (int)MM_COUNT(modes), err);
    int padding = mode < 0 ? -1 : word_of(call, "padding_mode", paddings, (int)MM_COUNT(paddings), err);
    if (padding < 0)
        return -1;
    g->taps = taps[mode];
    g->padding = (enum padding)padding;
    g->corners = op_int(call, "align_corners", 0) != 0;
    return 0;
}

/* The input's place of place `at`, which may lie outside; -1: there is zero. */
static int64_t inside(const struct grid *g, int64_t at, int64_t dim)
{
    if (at >= 0 && at < dim)
        return at;
    if (g->padding == ZEROS)
        return -1;
    if (g->padding == BORDER || dim == 1)
        return at < 0 ? 0 : dim - 1;
    /* about the first and last place, or half a place outside of them */
    int64_t period = g->corners ? 2 * (dim - 1) : 2 * dim, folded = (at % period + period) % period;
    return folded < dim ? folded : period - folded - !g->corners;
}

/* Keys' cubic with a = -0.75. */
static double cubic(double d)
{
    const double a = -0.75;
    d = fabs(d);
    return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

/* Taps about a coordinate of -1 (begin) to 1 (end of the axis; of the last place if `corners`). */
static void taps_of(const struct grid *g, double coordinate, int64_t dim, int64_t index[TAPS],
                    double weight[TAPS])
{
    double x =
        g->corners ? (coordinate + 1) / 2 * (double)(dim - 1) : ((coordinate + 1) * (double)dim - 1) / 2;
    x = x < 0x1p40 && x > -0x1p40 ? x : -0x1p40; /* far outside, and not a number */
    double base = g->taps == 1 ? rint(x) : floor(x);
    int64_t first = (int64_t)base - (g->taps == 4);
    for (int t = 0; t < g->taps; t++) {
        double d = x - (double)(first + t);
        weight[t] = g->taps == 1 ? 1 : g->taps == 2 ? 1 - fabs(d) : cubic(d);
        index[t] = inside(g, first + t, dim);
    }
}

struct place {
    int64_t index[MM_RANK_MAX][TAPS];
    double weight[MM_RANK_MAX][TAPS];
};

/* The grid's last axis has coordinates in the order x, y, z: of the last axis first. */
static void place_of(const struct grid *g, int64_t at, struct place *p)
{
    for (int i = 0; i < g->rank; i++)
        taps_of(g, op_get(g->grid, at + g->rank - 1 - i), g->x->shape.dim[i + 2], p->index[i], p->weight[i]);
}

/* The weighted sum over axis i and those behind it. */
static double sum_of(const struct grid *g, const struct place *p, int i, int64_t base)
{
    double sum = 0;
    if (i == g->rank)
        return op_get(g->x, base);
    for (int t = 0; t < g->taps; t++) {
        if (p->index[i][t] >= 0)
            sum += p->weight[i][t] * sum_of(g, p, i + 1, base * g->x->shape.dim[i + 2] + p->index[i][t]);
    }
    return sum;
}

static int sample_all(const struct mm_operator_call *call, const struct grid *g, struct mm_value *value,
                      struct mm_err *err)
{
    int64_t channels = g->x->shape.dim[1], places = op_product(&value->shape, 2, value->shape.rank);
    struct place p;
    for (int64_t k = 0; k < value->shape.dim[0] * places; k++) {
        int64_t image = k / places, at = k % places;
        if (op_stop(call, err))
            return -1;
        place_of(g, k * g->rank, &p);
        for (int64_t c = image * channels; c < (image + 1) * channels; c++)
            op_put(value, c * places + at, sum_of(g, &p, 0, c));
    }
    return 0;
}

static int run_grid_sample(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct grid g = {.x = op_need(call, 0, err)};
    g.grid = g.x ? op_need(call, 1, err) : NULL;
    if (!g.grid || words_of(call, &g, err))
        return -1;
    const struct mm_shape *x = &g.x->shape, *grid = &g.grid->shape;
    g.rank = x->rank - 2;
    if (g.rank < 1 || grid->rank != x->rank || grid->dim[grid->rank - 1] != g.rank ||
        grid->dim[0] != x->dim[0] || g.x->count == 0)
        return op_fail(call, err, MM_EARG, "the grid does not fit the input");
    struct mm_shape shape = {.rank = x->rank, .dim = {x->dim[0], x->dim[1]}};
    memcpy(shape.dim + 2, grid->dim + 1, (size_t)g.rank * sizeof *shape.dim);
    if (op_new(call, g.x->dtype, &shape, value, err))
        return -1;
    return value->count == 0 ? 0 : sample_all(call, &g, value, err);
}

const struct op_row op_grid_rows[] = {
    {{"GridSample", MM_OPERATOR_RESIZE, false}, OP_CHANNEL_ONE, run_grid_sample, NULL},
    {{NULL}},
};
