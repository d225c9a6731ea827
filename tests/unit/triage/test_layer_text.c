#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "triage/layer_text.h"

static const char *name_of(const void *context, uint32_t id)
{
    return ((const char *const *)context)[id];
}

static void assert_line(const char *name, bool ordered, const char *expected)
{
    const char *names[] = {"other", name};
    struct mm_flow flow = {.count = 2, .ordered = ordered};
    struct mm_triage_view view = {.flow = &flow, .name = name_of, .context = names};
    struct mm_verdict verdict;
    layer_text_line(&view, 1, "inherited from ", "!", &verdict);
    assert_string_equal(verdict.text, expected);
}

/* The number is a place in the order; without one it is a row of some list. */
static void numbers(void **state)
{
    (void)state;
    assert_line("conv", true, "inherited from #2 conv!");
    assert_line("conv", false, "inherited from conv!");
}

/* Cut to what fits, and never within a character: 15 bytes before it, then 58 characters of three bytes, 189 in all;
 * another one would need 192 and has 191. */
static void cut(void **state)
{
    (void)state;
    char name[400] = "", expected[400] = "inherited from ";
    for (int i = 0; i < 100; i++)
        strcat(name, "\xe6\xbc\xa2");
    for (int i = 0; i < 58; i++)
        strcat(expected, "\xe6\xbc\xa2");
    assert_line(name, false, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
