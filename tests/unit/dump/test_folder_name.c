#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/folder_name.h"
#include "mmtui/base.h"

static void roles(void **state)
{
    static const struct {
        const char *name;
        bool listed;
        enum folder_role role;
        int64_t number;
    } cases[] = {
        {"step0", false, FOLDER_STEP, 0},
        {"step_12", false, FOLDER_STEP, 12},
        {"Step-3", false, FOLDER_STEP, 3},
        {"step", false, FOLDER_PART, 0},
        {"step_", false, FOLDER_PART, 0},
        {"step_x", false, FOLDER_PART, 0},
        {"step3a", false, FOLDER_PART, 0},
        {"step_-3", false, FOLDER_PART, 0},
        {"step99999999999999999999", false, FOLDER_PART, 0},
        {"test_data_set_1", false, FOLDER_STEP, 1},
        {"layer_outputs_7", false, FOLDER_STEP, 7},
        {"rank", false, FOLDER_RANK, 0},
        {"rank1", false, FOLDER_RANK, 1},
        {"rank_table", false, FOLDER_PART, 0},
        {"proc4711", false, FOLDER_RANK, 4711},
        {"proc", false, FOLDER_PART, 0},
        {"process", false, FOLDER_PART, 0},
        {"npy", false, FOLDER_SHELL, 0},
        {"dump_tensor_data", false, FOLDER_SHELL, 0},
        {"outputs", false, FOLDER_PART, 0},
        {"outputs", true, FOLDER_SHELL, 0},
        {"inputs", true, FOLDER_PART, 0},
        {".git", false, FOLDER_HIDDEN, 0},
        {"conv1", false, FOLDER_PART, 0},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        int64_t number = -1;
        enum folder_role role = folder_role(cases[i].name, cases[i].listed, &number);
        if (role != cases[i].role)
            fail_msg("%s is %d", cases[i].name, role);
        if (role == FOLDER_STEP || role == FOLDER_RANK)
            assert_int_equal(number, cases[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(roles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
