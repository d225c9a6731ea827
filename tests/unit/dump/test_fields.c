/* File names that are made of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/fields.h"
#include "unit/fixture.h"

/* "NAME STEP RANK INDEX", or NULL. */
static void is(const char *stem, const char *expected)
{
    struct fields fields;
    struct mm_buf name = {0};
    bool read = fields_read(stem, &fields, &name);
    if (read)
        mm_buf_printf(&name, " %d %d %d", (int)fields.step, (int)fields.rank, (int)fields.index);
    if (expected)
        assert_string_equal(mm_buf_text(&name), expected);
    else
        assert_true(!read && name.length == 0);
    mm_buf_done(&name);
}

static void names(void **state)
{
    (void)state;
    is("step=0___rank=1___dump_index=7___name=attn_q___layer_id=3", "attn_q.layer_id=3 0 1 7");
    is("forward_pass_id=2___rank=0___name=h___dump_index=3", "h 2 0 3");
    is("name=x___step=0___rank=0___dump_index=0", "x 0 0 0");
    is("rank=1___name=a=b", "a=b -1 1 -1");
    is("rank=x___name=a", NULL); /* no number of the dumper's */
    is("rank=x___step=1___name=a", "a.rank=x 1 -1 -1");
    is("name=x", NULL);
    is("rank=1___name=", NULL);
    is("rank=1", NULL);
    is("conv1", NULL);
    is("", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
