#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "graph/key.h"

#include <stdlib.h>
#include <string.h>

/* The forms in their order. Written into a block of exactly the room that is asked for. */
static void forms(const char *name, const char *safe, const char *trimmed, const char *plain,
                  const char *ending, const char *folded)
{
    const char *const expected[MM_KEY_FORMS] = {name, safe, trimmed, plain, ending, folded};
    size_t length = strlen(name);
    for (int form = 0; form < MM_KEY_FORMS; form++) {
        char *out = malloc(length + 1), *copy = malloc(length ? length : 1);
        assert_non_null(out);
        assert_non_null(copy);
        memcpy(copy, name, length); /* no 0 behind it */
        assert_int_equal(mm_key((enum mm_key_form)form, copy, length, out), strlen(expected[form]));
        assert_string_equal(out, expected[form]);
        free(out);
        free(copy);
    }
}

static void separators(void **state)
{
    (void)state;
    forms("", "", "", "", "", "");
    forms("conv1", "conv1", "conv1", "conv1", "conv1", "conv1");
    forms("/m/conv.1-a", "_m_conv.1-a", "m_conv.1-a", "m_conv_1_a", "m_conv_1_a", "m_conv_1_a");
    forms("a:b;c|d+e f\\g", "a_b_c_d_e_f_g", "a_b_c_d_e_f_g", "a_b_c_d_e_f_g", "a_b_c_d_e_f_g",
          "a_b_c_d_e_f_g");
    forms("///", "___", "", "", "", "");
    forms(".a", ".a", ".a", "a", "a", "a");
    forms("a + b", "a___b", "a___b", "a___b", "a___b", "a_b");
    forms("\xc3\xa9t\xc3\xa9", "_t_", "t_", "t_", "t_", "t"); /* a character is one `_` */
    forms("\xff"
          "a",
          "_a", "a", "a", "a", "a");
}

static void endings(void **state)
{
    (void)state;
    forms("/A/Conv_output_0", "_A_Conv_output_0", "A_Conv_output_0", "A_Conv_output_0", "A_Conv", "a_conv");
    forms("s_output_12", "s_output_12", "s_output_12", "s_output_12", "s:12", "s:12");
    forms("x:0", "x_0", "x_0", "x_0", "x", "x");
    forms("x:3", "x_3", "x_3", "x_3", "x:3", "x:3");
    forms("B.forward.output.0", "B.forward.output.0", "B.forward.output.0", "B_forward_output_0", "B", "b");
    forms("B.forward.output.1", "B.forward.output.1", "B.forward.output.1", "B_forward_output_1", "B:1",
          "b:1");
    forms("x_0", "x_0", "x_0", "x_0", "x_0", "x_0");
    forms("x:01", "x_01", "x_01", "x_01", "x_01", "x_01");
    forms("x_output_00", "x_output_00", "x_output_00", "x_output_00", "x_output_00", "x_output_00");
    forms("x_output_0:1", "x_output_0_1", "x_output_0_1", "x_output_0_1", "x_output_0:1", "x_output_0:1");
    forms(":0", "_0", "0", "0", "0", "0"); /* nothing would be left */
    forms("_output_0", "_output_0", "output_0", "output_0", "output_0", "output_0");
    forms("x_output_", "x_output_", "x_output_", "x_output_", "x_output_", "x_output");
    forms("//:0", "___0", "0", "0", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators),
        cmocka_unit_test(endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
