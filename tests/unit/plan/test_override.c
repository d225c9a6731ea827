#include "mmtui/plan.h"
#include "unit/plan/helpers.h"
#include "plan/state.h"

static void copies_strings(void **state)
{
    (void)state;
    char name[] = "conv";
    struct mm_override_node *entry =
        mm_override_node_make(&(struct mm_override){.name = name, .precision = MM_PRECISION_F16});
    name[0] = 'X';
    assert_string_equal(entry->override.name, "conv");
    assert_string_equal(entry->override.op_type, "");
    assert_string_equal(entry->override.tensor, "");
    assert_string_equal(entry->override.why, "");
    mm_override_node_release(entry);
}

static void counts_references(void **state)
{
    (void)state;
    struct mm_override_node *entry = mm_override_node_make(&(struct mm_override){.name = "a"});
    assert_ptr_equal(mm_override_node_hold(entry), entry);
    mm_override_node_release(entry);
    assert_string_equal(entry->override.name, "a"); /* still there: a sanitizer would tell */
    mm_override_node_release(entry);
    assert_null(mm_override_node_hold(NULL));
    mm_override_node_release(NULL);
}

static bool same_as(const struct mm_override *a, struct mm_override b)
{
    struct mm_override_node *x = mm_override_node_make(a), *y = mm_override_node_make(&b);
    bool same = mm_override_node_same(x, y);
    mm_override_node_release(x);
    mm_override_node_release(y);
    return same;
}

static void compares_content(void **state)
{
    (void)state;
    struct mm_override a = {"n", "Op", "t", MM_PRECISION_F16, "why", {NAN, 1, INFINITY, 0.5}}, b = a;
    assert_true(same_as(&a, b));
    b.figures.diff1 = 0;
    assert_false(same_as(&a, b));
    b = a, b.why = "else";
    assert_false(same_as(&a, b));
    b = a, b.precision = MM_PRECISION_F32;
    assert_false(same_as(&a, b));
    b = a, b.op_type = "";
    assert_false(same_as(&a, b));
    b = a, b.own = "gguf:q8_0";
    assert_false(same_as(&a, b));
    b = a, b.tensor = "u";
    assert_false(same_as(&a, b));
    assert_true(mm_override_node_same(NULL, NULL));
}

/* Natural order, and only equal names compare equal. */
static void orders_names(void **state)
{
    static const char *const sorted[] = {"", "a", "a01", "a1", "a2", "a10", "a10b", "b", "\xff"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(sorted); i++) {
        for (size_t k = 0; k < MM_COUNT(sorted); k++) {
            int order = mm_name_compare(sorted[i], sorted[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_strings),
        cmocka_unit_test(counts_references),
        cmocka_unit_test(compares_content),
        cmocka_unit_test(orders_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
