/* Heat maps: by hand; all pairs of axes of odd shapes in many sizes against the definition, element by element. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/compare.h"
#include "compare/total.h"
#include "unit/compare/team.h"

struct both {
    struct mm_tensor s, d;
    struct mm_run run[2];
};

static void wrap(struct both *both, enum mm_dtype dtype, const struct mm_shape *shape, const void *s,
                 const void *d)
{
    mm_tensor_raw(&both->s, dtype, shape, s, &both->run[0]);
    mm_tensor_raw(&both->d, dtype, shape, d, &both->run[1]);
}

static void ask(const struct both *both, const struct mm_heat_options *options,
                const struct mm_control *control, struct mm_heat *out)
{
    struct mm_err err;
    if (mm_heat_tensors(&both->s, &both->d, options, control, out, &err) < 0)
        fail_msg("%s", err.text);
}

static struct mm_heat_options options_of(int y, int x, int64_t rows, int64_t columns)
{
    struct mm_heat_options options = {.y_axis = y, .x_axis = x, .rows = rows, .columns = columns};
    mm_slice_all(&options.slice);
    return options;
}

/* 3 x 4 in 2 x 2: rows 0 and 1, row 2; columns 0 and 1, 2 and 3. */
static void by_hand(void **state)
{
    const float s[12] = {0}, d[12] = {1, -2, 0, 0, 2, 0, 0, 0.5f, 0, 0, NAN, 9};
    const struct mm_shape shape = {2, {3, 4}};
    struct mm_heat_options options = options_of(0, 1, 2, 2);
    struct mm_heat heat;
    struct both both;
    (void)state;
    wrap(&both, MM_F32, &shape, s, d);
    ask(&both, &options, NULL, &heat);
    assert_true(heat.options.rows == 2 && heat.options.columns == 2);
    assert_true(heat.cell[0].error == 2 && heat.cell[0].at == 1); /* the first of two */
    assert_true(heat.cell[1].error == 0.5 && heat.cell[1].at == 7);
    assert_true(heat.cell[2].error == 0 && heat.cell[2].at == -1);
    assert_true(isinf(heat.cell[3].error) && heat.cell[3].at == 10);
    assert_true(heat.greatest == 2 && heat.least == 0.5);
    assert_int_equal(mm_heat_place(3, 2, 1), 2);
    assert_int_equal(mm_heat_place(3, 2, 2), 3);
    mm_heat_done(&heat);
}

/* Both NaN, and the same Inf, are no error; what floats can't hold is still told. */
static void not_finite(void **state)
{
    const float s[8] = {NAN, INFINITY, -INFINITY, 3e38f, 1, 2, 3, 4},
                d[8] = {NAN, INFINITY, -INFINITY, -3e38f, 1, 2, 3, 4};
    const struct mm_shape shape = {1, {8}};
    struct mm_heat_options options = options_of(-1, 0, 5, 1);
    struct mm_heat heat;
    struct both both;
    (void)state;
    wrap(&both, MM_F32, &shape, s, d);
    ask(&both, &options, NULL, &heat);
    assert_int_equal(heat.options.rows, 1);
    assert_true(heat.cell[0].error == 2 * (double)3e38f && heat.cell[0].at == 3);
    mm_heat_done(&heat);
}

/* ---- the definition ---- */

static int64_t place_of(const struct mm_shape *shape, int axis, int64_t at)
{
    int64_t coord[MM_RANK_MAX];
    mm_shape_coords(shape, at, coord);
    return axis < 0 ? 0 : coord[axis];
}

static void check(const struct both *both, const struct mm_heat_options *options, const struct mm_heat *heat)
{
    const struct mm_shape *shape = &both->s.shape;
    int64_t rows = heat->options.rows, columns = heat->options.columns;
    struct mm_heat_cell *cell = calloc((size_t)(rows * columns), sizeof *cell);
    for (int64_t i = 0; i < rows * columns; i++)
        cell[i].at = -1;
    for (int64_t at = 0; at < both->s.count; at++) {
        int64_t before = mm_slice_before(&options->slice, shape, at);
        if (before >= mm_slice_count(&options->slice, shape) ||
            mm_slice_element(&options->slice, shape, before) != at)
            continue;
        double s = mm_tensor_at(&both->s, at), d = mm_tensor_at(&both->d, at), e = fabs(s - d);
        int64_t y = options->y_axis < 0
                        ? 0
                        : place_of(shape, options->y_axis, at) * rows / shape->dim[options->y_axis];
        int64_t x = place_of(shape, options->x_axis, at) * columns / shape->dim[options->x_axis];
        e = isnan(s) != isnan(d) ? INFINITY : isnan(s) ? 0 : e;
        if (e > cell[y * columns + x].error)
            cell[y * columns + x] = (struct mm_heat_cell){e, at};
    }
    for (int64_t i = 0; i < rows * columns; i++) {
        assert_true(cell[i].error == heat->cell[i].error);
        assert_int_equal(cell[i].at, heat->cell[i].at);
    }
    free(cell);
}

static void fill(float *s, float *d, double *ws, double *wd, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        s[i] = (float)sin((double)i) * 3;
        d[i] = s[i] + (float)(i * 7919 % 1009) * 1e-5f; /* with ties */
        d[i] = i % 97 == 5 ? NAN : d[i];
        s[i] = i % 194 == 5 ? NAN : s[i];
        ws[i] = s[i];
        wd[i] = d[i];
    }
}

static void every_axis(const struct both *both, const char *slice, int64_t rows, int64_t columns)
{
    const struct mm_shape *shape = &both->s.shape;
    for (int y = -1; y < shape->rank; y++) {
        for (int x = 0; x < shape->rank; x++) {
            struct mm_heat_options options = options_of(y, x, rows, columns);
            struct mm_heat heat;
            assert_int_equal(mm_slice_parse(slice, shape, &options.slice, NULL), 0);
            if (x == y || options.slice.at[x] >= 0 || (y >= 0 && options.slice.at[y] >= 0))
                continue;
            ask(both, &options, NULL, &heat);
            check(both, &options, &heat);
            mm_heat_done(&heat);
        }
    }
}

static void against_the_definition(void **state)
{
    enum { N = 2 * 3 * 5 * 17 * 31 };
    static float s[N], d[N];
    static double ws[N], wd[N];
    static const struct mm_shape shapes[] = {
        {5, {2, 3, 5, 17, 31}}, {3, {3, 170, 31}}, {2, {31, 510}}, {1, {N}}};
    static const char *const slices[][3] = {
        {"", "[1,:,:,:,:]", "[:,2,:,3,:]"}, {"", "[:,:,7]", "[2,:,:]"}, {"", NULL}, {"", NULL}};
    (void)state;
    fill(s, d, ws, wd, N);
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        for (int k = 0; k < 3 && slices[i][k]; k++) {
            struct both both;
            wrap(&both, MM_F32, &shapes[i], s, d);
            every_axis(&both, slices[i][k], 7, 13);
            every_axis(&both, slices[i][k], 1000, 1);
            wrap(&both, MM_F64, &shapes[i], ws, wd);
            every_axis(&both, slices[i][k], 4, 1000);
        }
    }
}

static void shared_out(void **state)
{
    int64_t n = MM_WHOLE + MM_PIECE;
    const struct mm_shape shape = {2, {n / 5120, 5120}};
    float *s = calloc((size_t)n, sizeof *s), *d = calloc((size_t)n, sizeof *d);
    struct mm_heat_options options = options_of(0, 1, 37, 61);
    struct mm_heat alone, shared;
    struct team team;
    struct both both;
    (void)state;
    for (int64_t i = 0; i < n; i++)
        d[i] = (float)(i * 2654435761u % 65536) / 64;
    wrap(&both, MM_F32, &shape, s, d);
    team_open(&team);
    ask(&both, &options, NULL, &alone);
    ask(&both, &options, &(struct mm_control){.helpers = &team.helpers}, &shared);
    team_close(&team);
    assert_memory_equal(alone.cell, shared.cell, 37 * 61 * sizeof *alone.cell);
    mm_heat_done(&alone);
    mm_heat_done(&shared);
    free(s);
    free(d);
}

static void what_is_no_map(void **state)
{
    const float x[6] = {0};
    const struct mm_shape shape = {2, {2, 3}}, empty = {2, {0, 3}};
    const struct mm_heat_options bad[] = {options_of(0, 2, 4, 4), options_of(1, 1, 4, 4),
                                          options_of(0, 1, 0, 4), options_of(0, 1, 1 << 12, 1 << 12)};
    struct mm_heat_options fixed = options_of(0, 1, 4, 4);
    struct mm_heat heat;
    struct mm_err err;
    struct both both;
    (void)state;
    wrap(&both, MM_F32, &shape, x, x);
    for (size_t i = 0; i < MM_COUNT(bad); i++)
        assert_int_equal(mm_heat_tensors(&both.s, &both.d, &bad[i], NULL, &heat, &err), -1);
    fixed.slice.at[1] = 2;
    assert_int_equal(mm_heat_tensors(&both.s, &both.d, &fixed, NULL, &heat, &err), -1);
    wrap(&both, MM_F32, &empty, x, x);
    fixed.slice.at[1] = -1;
    ask(&both, &fixed, NULL, &heat);
    assert_int_equal(heat.options.rows, 0);
    mm_heat_done(&heat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(not_finite),
        cmocka_unit_test(against_the_definition),
        cmocka_unit_test(shared_out),
        cmocka_unit_test(what_is_no_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
