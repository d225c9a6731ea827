/* Precisions of a whole network by their words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/runtime.h"

#include <string.h>

/* MagicMind's words are those of its build configuration. */
static void words(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mm_dtype storage, integers;
        const char *owner;
    } wanted[] = {{"force_float32", MM_F32, MM_DTYPE_NONE, "MagicMind"},
                  {"force_float16", MM_F16, MM_DTYPE_NONE, "MagicMind"},
                  {"force_bfloat16", MM_BF16, MM_DTYPE_NONE, ""},
                  {"qint8_mixed_float32", MM_F32, MM_I8, "MagicMind"},
                  {"qint8_mixed_float16", MM_F16, MM_I8, "MagicMind"},
                  {"qint16_mixed_float32", MM_F32, MM_I16, "MagicMind"},
                  {"qint16_mixed_float16", MM_F16, MM_I16, "MagicMind"}};
    for (size_t i = 0; i < MM_COUNT(wanted); i++) {
        const struct mm_precision_mode *mode = mm_precision_mode_find(wanted[i].name);
        assert_non_null(mode);
        assert_int_equal(mode->storage, wanted[i].storage);
        assert_int_equal(mode->integers, wanted[i].integers);
        assert_string_equal(mode->owner, wanted[i].owner);
    }
    assert_null(mm_precision_mode_find("int8"));
    assert_null(mm_precision_mode_find(""));
}

static void each_once(void **state)
{
    (void)state;
    size_t count;
    const struct mm_precision_mode *modes = mm_precision_modes(&count);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(mm_precision_mode_find(modes[i].name), &modes[i]);
    assert_string_equal(modes[0].name, "force_float32"); /* the default of --help */
}

/* Integers of the network or of one operator want a calibration, floats none. */
static void calibration(void **state)
{
    (void)state;
    struct mm_simulated_op op = {.name = "a", .dtype = MM_F16};
    struct mm_simulation simulation = {.storage = MM_F16, .op = &op, .ops = 1};
    assert_false(mm_simulation_needs_calibration(&simulation));
    op.dtype = MM_I8;
    assert_true(mm_simulation_needs_calibration(&simulation));
    simulation.ops = 0;
    assert_false(mm_simulation_needs_calibration(&simulation));
    simulation.integers = MM_I16;
    assert_true(mm_simulation_needs_calibration(&simulation));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(each_once),
        cmocka_unit_test(calibration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
