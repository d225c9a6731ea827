#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"

static void weights(void **state)
{
    (void)state;
    static const char *const with[] = {"Conv", "mm.depthwise_conv1d", "aten::_convolution", "MatMul", "",
                                       "Gemm"};
    static const char *const without[] = {"Relu", "mm.add", "HardSwish", "Div"};
    for (size_t i = 0; i < MM_COUNT(with); i++)
        assert_true(mm_op_has_weights(with[i]));
    for (size_t i = 0; i < MM_COUNT(without); i++)
        assert_false(mm_op_has_weights(without[i]));
    assert_true(mm_op_has_weights(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
