/* What the user says of tensors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/dump.h"

static void shapes(void **state)
{
    static const struct {
        const char *text;
        struct mm_shape shape;
    } good[] = {{"1x3x224x224", {4, {1, 3, 224, 224}}},
                {"2,3,4", {3, {2, 3, 4}}},
                {"7", {1, {7}}},
                {"scalar", {0, {0}}},
                {"", {0, {0}}},
                {"0x5", {2, {0, 5}}}};
    static const char *const bad[] = {"x",
                                      "1x",
                                      "x1",
                                      "1xx2",
                                      "-1",
                                      "1 2",
                                      "a",
                                      "1.5",
                                      "99999999999999999999",
                                      "4611686018427387904x4",
                                      "1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1"};
    struct mm_shape shape;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        assert_true(mm_shape_parse(good[i].text, &shape));
        assert_true(mm_shape_equal(&shape, &good[i].shape));
    }
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        if (mm_shape_parse(bad[i], &shape))
            fail_msg("%s is a shape", bad[i]);
    }
}

/* A name beats none, the later row the earlier one; type and shape each by itself. */
static void rows(void **state)
{
    const struct mm_given_row row[] = {
        {"conv*", {.dtype = MM_F16}},
        {NULL, {.dtype = MM_U8}},
        {NULL, {.shaped = true, .shape = {1, {5}}}},
        {"conv2", {.shaped = true, .shape = {1, {7}}}},
        {"x[0]", {.dtype = MM_I8}},
    };
    const struct mm_given_list list = {row, MM_COUNT(row)}, first = {row, 1};
    struct mm_given given;
    (void)state;
    assert_true(mm_given_find(&list, "conv2", &given));
    assert_true(given.dtype == MM_F16 && given.shape.dim[0] == 7);
    assert_true(mm_given_find(&list, "fc", &given));
    assert_true(given.dtype == MM_U8 && given.shaped && given.shape.dim[0] == 5);
    assert_true(mm_given_find(&list, "x[0]", &given) && given.dtype == MM_I8); /* no pattern: its very name */
    assert_false(mm_given_find(&first, "fc", &given));
    assert_false(given.shaped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
