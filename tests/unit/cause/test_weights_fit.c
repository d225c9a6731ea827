#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/recompute.h"
#include "unit/cause/cause_testing.h"

/* y = x W with a random x [ROWS, DEPTH] and columns of W of very different size. */
enum { ROWS = 40, DEPTH = 24, COLUMNS = 6, COUNT = ROWS * COLUMNS };

struct product {
    float x[ROWS * DEPTH], w[DEPTH * COLUMNS];
    struct mm_value value[2];
    const struct mm_value *input[2];
    struct mm_graph *graph;
    struct mm_operator_call call;
    int64_t position[COUNT];
    double y0[COUNT], r[COUNT];
};

static void multiply(const struct product *p, const double *w, double *out)
{
    for (int i = 0; i < COUNT; i++) {
        out[i] = 0;
        for (int k = 0; k < DEPTH; k++)
            out[i] += (double)p->x[i / COLUMNS * DEPTH + k] * w[k * COLUMNS + i % COLUMNS];
    }
}

static void product_init(struct product *p)
{
    uint64_t seed = 5;
    struct mm_shape xs = {2, {ROWS, DEPTH}}, ws = {2, {DEPTH, COLUMNS}};
    struct mm_graph_builder *builder = mm_graph_new();
    mm_graph_add_tensor(builder, "w", MM_GRAPH_CONSTANT, MM_F32, &ws);
    mm_graph_add_node(builder, "n", "MatMul", (const char *const[]){"x", "w"}, 2, (const char *const[]){"y"},
                      1);
    assert_int_equal(mm_graph_finish(builder, &p->graph, "test", NULL), 0);
    for (int i = 0; i < ROWS * DEPTH; i++)
        p->x[i] = (float)normal(&seed);
    for (int i = 0; i < DEPTH * COLUMNS; i++)
        p->w[i] = (float)(normal(&seed) * pow(3, i % COLUMNS));
    p->value[0] = mm_value_floats(&xs, p->x);
    p->value[1] = mm_value_floats(&ws, p->w);
    for (int i = 0; i < 2; i++)
        p->input[i] = &p->value[i];
    for (int i = 0; i < COUNT; i++)
        p->position[i] = i;
    p->call = (struct mm_operator_call){.node = &p->graph->nodes[0], .input = p->input};
}

/* What rounding adds, by the definition: s = max|W| / 127 over all, or over each column. */
static void rounding(const struct product *p, bool each, double *change)
{
    double most[COLUMNS] = {0}, all = 0;
    for (int i = 0; i < DEPTH * COLUMNS; i++) {
        most[i % COLUMNS] = fmax(most[i % COLUMNS], fabs((double)p->w[i]));
        all = fmax(all, fabs((double)p->w[i]));
    }
    for (int i = 0; i < DEPTH * COLUMNS; i++) {
        double s = (each ? most[i % COLUMNS] : all) / 127;
        change[i] = nearbyint((double)p->w[i] / s) * s - (double)p->w[i];
    }
}

static double norm(const double *v)
{
    double sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

static void fit_at(struct product *p, size_t count, struct mm_recomputed *found)
{
    double w[DEPTH * COLUMNS];
    for (int i = 0; i < DEPTH * COLUMNS; i++)
        w[i] = (double)p->w[i];
    multiply(p, w, p->y0);
    struct sampled sampled = {.graph = p->graph,
                              .call = &p->call,
                              .places = {.at = p->position, .count = count},
                              .residual = p->r,
                              .norm = norm(p->y0)};
    *found =
        (struct mm_recomputed){.per_tensor = NAN, .per_channel = NAN, .fit_tensor = NAN, .fit_channel = NAN};
    assert_int_equal(weights_fit(&sampled, found, NULL), 0);
}

static void fit(struct product *p, struct mm_recomputed *found)
{
    fit_at(p, COUNT, found);
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-5 * fabs(expected))) /* changes are held as floats */
        fail_msg("%.17g is not %.17g", value, expected);
}

/* The residual of either rounding fits its own, and the costs are those of the definition. */
static void granularities(void **state)
{
    (void)state;
    for (int each = 0; each < 2; each++) {
        struct product p;
        struct mm_recomputed found;
        double change[DEPTH * COLUMNS], r[2][COUNT];
        product_init(&p);
        for (int k = 0; k < 2; k++) {
            rounding(&p, k, change);
            multiply(&p, change, r[k]);
        }
        memcpy(p.r, r[each], sizeof p.r);
        fit(&p, &found);
        assert_near(found.per_tensor, norm(r[0]) / norm(p.y0));
        assert_near(found.per_channel, norm(r[1]) / norm(p.y0));
        assert_near(each ? found.fit_channel : found.fit_tensor, 1);
        /* the widest of six columns is rounded alike by both: sqrt(1 / 6) = 0.41 */
        assert_true(fabs(each ? found.fit_tensor : found.fit_channel) < 0.6);
        mm_graph_close(p.graph);
    }
}

/* Any two residuals correlate by 1 or -1 with any two others: so few tell what the weights cost, and no more. */
static void few_positions(void **state)
{
    (void)state;
    struct product p;
    struct mm_recomputed found;
    product_init(&p);
    p.r[0] = 1;
    p.r[1] = -1;
    for (int i = 2; i < COUNT; i++)
        p.r[i] = i % 2;
    fit_at(&p, 15, &found);
    assert_true(isnan(found.fit_tensor) && isnan(found.fit_channel));
    assert_true(found.per_tensor > 0 && found.per_channel > 0);
    fit_at(&p, 16, &found);
    assert_false(isnan(found.fit_tensor) || isnan(found.fit_channel));
    mm_graph_close(p.graph);
}

/* x in 256 steps of its range, 0 among them. */
static void inputs(void **state)
{
    (void)state;
    struct product p;
    struct mm_recomputed found;
    double w[DEPTH * COLUMNS], sum[COUNT];
    float x[ROWS * DEPTH], least = 0, most = 0;
    product_init(&p);
    fit(&p, &found);
    memcpy(x, p.x, sizeof x);
    for (int i = 0; i < ROWS * DEPTH; i++) {
        least = fminf(least, x[i]);
        most = fmaxf(most, x[i]);
    }
    double step = ((double)most - (double)least) / 255;
    for (int i = 0; i < ROWS * DEPTH; i++)
        p.x[i] = (float)(nearbyint((double)x[i] / step) * step - (double)x[i]);
    for (int i = 0; i < DEPTH * COLUMNS; i++)
        w[i] = (double)p.w[i];
    multiply(&p, w, sum);
    assert_near(found.input_int8, norm(sum) / norm(p.y0));
    mm_graph_close(p.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(granularities), cmocka_unit_test(few_positions),
                                       cmocka_unit_test(inputs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
