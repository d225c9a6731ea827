/* What is known of a pair. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"

static void a_zeroed_result_can_be_done(void **state)
{
    struct mm_result result = {.state = MM_STATE_PENDING};

    (void)state;
    mm_result_done(&result);
    assert_int_equal(result.state, MM_STATE_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zeroed_result_can_be_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
