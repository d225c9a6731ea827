#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

static void put_side(const char *folder, const char *name, bool output)
{
    const struct pb_head head = {"", "", 0, output};
    const struct mm_shape shape = {.rank = 1, .dim = {2}};
    put_tensor(folder, name, "pb", &head, MM_F32, &shape, FLOATS(1, 2));
}

static void put_pair(struct stage *stage, const char *name)
{
    put_both(stage, name, "n", "Relu", FLOATS(1, 2), FLOATS(1, 2), 2);
}

/* Measures, and asks; `expected` NULL: covered, and nothing is said. */
static void assert_covers(struct stage *stage, double least, const char *expected)
{
    struct mm_buf why = {0};
    if (!stage->session)
        stage_measure(stage);
    assert_int_equal(mm_session_covers(stage->session, least, &why), expected == NULL);
    assert_string_equal(mm_buf_text(&why), expected ? expected : "");
    mm_buf_done(&why);
}

static void nothing_in_common(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_side(stage.src, "1_a.pb", false);
    put_side(stage.dst, "1_b.pb", false);
    assert_covers(&stage, 0, "nothing was compared: no tensor of src has a partner in dst");
    stage_done(&stage);
}

/* Two pairs, two more of src, one more of dst: 2 of 3 of the smaller side. */
static void a_share_of_the_smaller_side(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_side(stage.src, "1_c.pb", false);
    put_side(stage.src, "2_d.pb", false);
    put_pair(&stage, "3_a.pb");
    put_pair(&stage, "4_b.pb");
    put_side(stage.dst, "5_e.pb", false);
    assert_covers(&stage, 0.6, NULL);
    assert_covers(&stage, 2.0 / 3, NULL);
    assert_covers(&stage, 0.7, "2 of 3 tensors were compared, less than 0.7 of them");
    stage_done(&stage);
}

/* What src has more than dst is no fault by itself: dst may fuse operators. */
static void fused_operators(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_side(stage.src, "1_b.pb", false);
    put_side(stage.src, "2_c.pb", false);
    put_pair(&stage, "3_a.pb");
    assert_covers(&stage, 1, NULL);
    stage_done(&stage);
}

static void the_output_by_its_header(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_side(stage.src, "1_a.pb", true);
    put_pair(&stage, "2_b.pb");
    assert_covers(&stage, 0, "the network's output a is not in dst");
    stage_done(&stage);
}

/* By time stamps, what src wrote last; something in between may be missing. */
static void the_output_by_time_stamps(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_pair(&stage, "1_a.pb");
    put_side(stage.src, "2_b.pb", false);
    put_pair(&stage, "3_c.pb");
    assert_covers(&stage, 0, NULL);
    mm_session_close(stage.session);
    stage.session = NULL;
    put_side(stage.src, "4_y.pb", false);
    assert_covers(&stage, 0, "the network's output y is not in dst");
    stage_done(&stage);
}

/* A share of a run: the output may be in another. */
static void a_shard(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_pair(&stage, "1_a.pb");
    put_pair(&stage, "2_b.pb");
    put_side(stage.src, "3_y.pb", true);
    stage.options.shard = 1;
    stage.options.shards = 2;
    assert_covers(&stage, 0, NULL);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_common),         cmocka_unit_test(a_share_of_the_smaller_side),
        cmocka_unit_test(fused_operators),           cmocka_unit_test(the_output_by_its_header),
        cmocka_unit_test(the_output_by_time_stamps), cmocka_unit_test(a_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
