#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/layout.h"
#include "unit/session/session_testing.h"

#define SHAPE(...)                                                                                           \
    (struct mm_shape)                                                                                        \
    {                                                                                                        \
        (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),                                           \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }
#define PAIR(a, b) ((struct layout_seen){.src = a, .dst = b, .rows = (a).rank > 1})

static bool find(const struct layout_seen *seen, size_t count, struct mm_layout *layout)
{
    struct layout_votes votes;
    return layout_find(seen, count, layout, &votes);
}

static void nothing_where_shapes_are_equal(void **state)
{
    (void)state;
    const struct layout_seen seen[] = {PAIR(SHAPE(1, 3, 8, 8), SHAPE(1, 3, 8, 8)),
                                       PAIR(SHAPE(1, 8), SHAPE(1, 8)), PAIR(SHAPE(7), SHAPE(7)),
                                       PAIR(SHAPE(1, 4, 4, 4), SHAPE(1, 4, 4, 4))};
    struct mm_layout layout;
    assert_false(find(seen, 4, &layout));
    assert_false(find(seen, 0, &layout));
}

static void channels_last(void **state)
{
    (void)state;
    const struct layout_seen seen[] = {PAIR(SHAPE(1, 3, 8, 8), SHAPE(1, 8, 8, 3)),
                                       PAIR(SHAPE(1, 5, 4, 6), SHAPE(1, 4, 6, 5)),
                                       PAIR(SHAPE(1, 16, 1, 1), SHAPE(1, 1, 1, 16)),
                                       PAIR(SHAPE(1, 4, 4, 4), SHAPE(1, 4, 4, 4)), /* either way */
                                       PAIR(SHAPE(1, 10), SHAPE(1, 10))};
    struct mm_layout layout;
    assert_true(find(seen, 5, &layout));
    assert_int_equal(layout.axis.perm[1], 2);
    assert_false(layout.blocked[0] || layout.blocked[1] || layout.times[0] || layout.times[1] ||
                 layout.more[1]);
    assert_false(find(seen, 2, &layout)); /* two are single layers */
}

/* Shapes of cubes say nothing; where their values tell, they count. */
static void cubes(void **state)
{
    (void)state;
    struct layout_seen seen[] = {
        PAIR(SHAPE(1, 3, 4, 4), SHAPE(1, 4, 4, 3)), PAIR(SHAPE(1, 4, 4, 4), SHAPE(1, 4, 4, 4)),
        PAIR(SHAPE(2, 4, 4, 4), SHAPE(2, 4, 4, 4)), PAIR(SHAPE(1, 4, 4, 4), SHAPE(1, 4, 4, 4))};
    struct mm_layout layout;
    assert_false(find(seen, 4, &layout));
    for (int i = 1; i < 4; i++)
        seen[i].turned = layout_channels(true);
    assert_true(find(seen, 4, &layout));
    assert_int_equal(layout.axis.perm[1], 2);
    for (int i = 1; i < 4; i++)
        seen[i].turned = layout_channels(false); /* which the picture's shape is not */
    assert_false(find(seen, 4, &layout));
}

/* Two of five, which could show it, do not. */
static void most_must_have_it(void **state)
{
    (void)state;
    const struct layout_seen seen[] = {PAIR(SHAPE(1, 3, 8, 8), SHAPE(2, 3, 8, 8)),
                                       PAIR(SHAPE(1, 5), SHAPE(2, 5)),
                                       PAIR(SHAPE(1, 6), SHAPE(2, 6)),
                                       PAIR(SHAPE(1, 7), SHAPE(1, 7)),
                                       PAIR(SHAPE(1, 9), SHAPE(1, 9)),
                                       PAIR(SHAPE(7), SHAPE(7))};
    struct mm_layout layout;
    assert_true(find(seen, 3, &layout));
    assert_int_equal(layout.times[1], 2);
    assert_false(find(seen, 5, &layout));
}

/* Samples, wherever they are: in front of all, or of length 1 on the other side. Of src, and together with NHWC. */
static void samples(void **state)
{
    (void)state;
    const struct layout_seen dst[] = {PAIR(SHAPE(2, 3, 8, 8), SHAPE(6, 3, 8, 8)),
                                      PAIR(SHAPE(16, 5), SHAPE(48, 5)), PAIR(SHAPE(7, 1, 5), SHAPE(7, 3, 5)),
                                      PAIR(SHAPE(4), SHAPE(12))};
    const struct layout_seen both[] = {
        PAIR(SHAPE(3, 3, 8, 8), SHAPE(1, 8, 8, 3)), PAIR(SHAPE(3, 5), SHAPE(1, 5)),
        PAIR(SHAPE(3, 4, 8, 9), SHAPE(1, 8, 9, 4)), PAIR(SHAPE(3, 9), SHAPE(1, 9)),
        PAIR(SHAPE(3, 6, 2, 3), SHAPE(1, 2, 3, 6)), PAIR(SHAPE(3, 7), SHAPE(1, 7))};
    struct mm_layout layout;
    assert_true(find(dst, 4, &layout));
    assert_true(layout.times[1] == 3 && layout.times[0] == 0 && layout.axis.kind == MM_AXIS_NONE);
    assert_true(find(both, 6, &layout));
    assert_true(layout.times[0] == 3 && layout.times[1] == 0 && layout.axis.perm[1] == 2);
}

/* One token more, in attention twice; a tensor without tokens says nothing. */
static void padding(void **state)
{
    (void)state;
    const struct layout_seen seen[] = {
        PAIR(SHAPE(1, 17, 32), SHAPE(1, 18, 32)), PAIR(SHAPE(1, 4, 17, 17), SHAPE(1, 4, 18, 18)),
        PAIR(SHAPE(1, 4, 17, 8), SHAPE(1, 4, 18, 8)), PAIR(SHAPE(1, 32), SHAPE(1, 32))};
    const struct layout_seen results[] = {
        PAIR(SHAPE(5, 4), SHAPE(6, 4)),       PAIR(SHAPE(5, 1), SHAPE(6, 1)),
        PAIR(SHAPE(5, 9), SHAPE(6, 9)),       PAIR(SHAPE(1, 32), SHAPE(1, 32)),
        PAIR(SHAPE(1, 8, 9), SHAPE(1, 8, 9)), PAIR(SHAPE(1, 2, 9), SHAPE(1, 2, 9)),
        PAIR(SHAPE(1, 8, 3), SHAPE(1, 8, 3)), PAIR(SHAPE(1, 2, 3), SHAPE(1, 2, 3)),
        PAIR(SHAPE(1, 2, 7), SHAPE(1, 2, 7)), PAIR(SHAPE(1, 2, 6), SHAPE(1, 2, 6))};
    struct mm_layout layout;
    assert_true(find(seen, 4, &layout));
    assert_true(layout.more[1] == 1 && layout.more[0] == 0 && !layout.front);
    assert_false(find(results, 10, &layout)); /* three of ten: a longer list of results */
}

static void blocks(void **state)
{
    (void)state;
    const struct layout_seen seen[] = {PAIR(SHAPE(1, 3, 8, 9), SHAPE(1, 1, 8, 9, 16)),
                                       PAIR(SHAPE(1, 32, 4, 4), SHAPE(1, 2, 4, 4, 16)),
                                       PAIR(SHAPE(1, 33, 4, 4), SHAPE(1, 2, 4, 4, 32)), /* int8 has 32 */
                                       PAIR(SHAPE(1, 10), SHAPE(1, 10))};
    const struct layout_seen last[] = {PAIR(SHAPE(1, 1, 8, 9, 4), SHAPE(1, 8, 9, 3)),
                                       PAIR(SHAPE(1, 2, 4, 5, 4), SHAPE(1, 4, 5, 8)),
                                       PAIR(SHAPE(1, 3, 6, 5, 4), SHAPE(1, 6, 5, 9))};
    struct mm_layout layout;
    assert_true(find(seen, 4, &layout));
    assert_true(layout.blocked[1] && !layout.blocked[0] && layout.axis.kind == MM_AXIS_NONE);
    assert_true(find(last, 3, &layout));
    assert_true(layout.blocked[0] && !layout.blocked[1] && layout.axis.perm[1] == 2);
}

/* Every pair of the session has it, and the notice says so once; values decide where the padding is. */
static void of_a_session(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    for (int i = 0; i < 4; i++) {
        char name[32];
        float s[15], d[18];
        snprintf(name, sizeof name, "%d_t%d.npy", i + 1, i);
        for (int k = 0; k < 15; k++)
            s[k] = (float)(k * k % 7 + i - 3);
        for (int k = 0; k < 18; k++)
            d[k] = k < 3 ? 100 : s[k - 3]; /* a row in front */
        put_npy(stage.src, name, "<f4", "(5, 3)", s, sizeof s);
        put_npy(stage.dst, name, "<f4", "(6, 3)", d, sizeof d);
    }
    stage_measure(&stage);
    const struct mm_layout *layout = mm_session_layout(stage.session);
    assert_non_null(layout);
    assert_true(layout->more[1] == 1 && layout->front);
    assert_string_equal(
        mm_session_notice(stage.session),
        "All of dst has 1 place more along an axis than src (4 of 4 tensors looked at): what is in "
        "front is taken for padding, and the rest compared.");
    for (size_t id = 0; id < 4; id++) {
        const struct mm_result *result = &mm_session_layer(stage.session, id)->result;
        assert_int_equal(result->match, MM_MATCH_PART);
        assert_true(result->metrics.diff2 == 0 && result->metrics.count == 15);
        assert_true(mm_shape_equal(&result->shape, &SHAPE(5, 3)));
    }
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_where_shapes_are_equal),
        cmocka_unit_test(channels_last),
        cmocka_unit_test(cubes),
        cmocka_unit_test(most_must_have_it),
        cmocka_unit_test(samples),
        cmocka_unit_test(padding),
        cmocka_unit_test(blocks),
        cmocka_unit_test(of_a_session),
    };
    return cmocka_run_group_tests_name("session/layout", tests, NULL, NULL);
}
