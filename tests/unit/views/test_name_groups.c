/* Which names are of one group. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "views/name_groups.h"

static void prefix_is(const char *name, int parts, const char *prefix)
{
    size_t length = name_prefix(name, parts);
    if (length != strlen(prefix) || memcmp(name, prefix, length) != 0)
        fail_msg("%d parts of %s: \"%.*s\"", parts, name, (int)length, name);
}

static void parts_of_a_name(void **state)
{
    (void)state;
    prefix_is("enc.0.attn.q", 1, "enc.");
    prefix_is("enc.0.attn.q", 2, "enc.0.");
    prefix_is("enc.0.attn.q", 3, "enc.0.attn.");
    prefix_is("enc.0.attn.q", 4, ""); /* nothing is behind the last part */
    prefix_is("enc.0.attn.q", 99, "");
    prefix_is("/enc/0/Add", 2, "/enc/0/");
    prefix_is("main::block::add", 1, "main::");
    prefix_is("a//b", 1, "a//");
    /* a _ ends a part where a number is beside it */
    prefix_is("conformer_layers.0_self_attn_Gemm_output_0", 1, "conformer_layers.");
    prefix_is("conformer_layers.0_self_attn_Gemm_output_0", 2, "conformer_layers.0_");
    prefix_is("conformer_layers.0_self_attn_Gemm_output_0", 3, "conformer_layers.0_self_attn_Gemm_output_");
    prefix_is("batch_norm_12.tmp_3", 1, "batch_norm_");
    prefix_is("batch_norm_12.tmp_3", 2, "batch_norm_12.");
    prefix_is("self_attn.q_proj", 1, "self_attn.");
    static const char *const whole[] = {"", ".", "/", "__", "_0", "0_", "a.", "::", "relu", "a_b"};
    for (size_t i = 0; i < MM_COUNT(whole); i++)
        prefix_is(whole[i], 1, "");
    prefix_is("_0_a", 1, "_0_");
}

static void group(struct name_groups *groups, const char *const *names, size_t count, int parts)
{
    struct mm_err err;
    assert_int_equal(name_groups_make(groups, names, NULL, count, parts, &err), 0);
}

/* "enc.0.* 2" of a name; "" where it is in none. */
static void group_is(const struct name_groups *groups, size_t name, const char *wanted)
{
    struct mm_buf text = {0};
    if (groups->of[name] != NAME_GROUP_NONE) {
        const struct name_group *of = &groups->group[groups->of[name]];
        mm_buf_printf(&text, "%.*s* %u", (int)of->length, of->prefix, of->count);
    }
    assert_string_equal(mm_buf_text(&text), wanted);
    mm_buf_done(&text);
}

static void by_blocks(void **state)
{
    static const char *const names[] = {"input",      "enc.0.q", "enc.0.ln.Pow", "enc.1.q",
                                        "enc.1.proj", "head.fc", "head.norm",    "enc.1.k"};
    struct name_groups groups = {0};
    (void)state;
    group(&groups, names, MM_COUNT(names), 0);
    assert_int_equal(groups.count, 3);
    group_is(&groups, 0, "");
    group_is(&groups, 2, "enc.0.* 2");
    group_is(&groups, 4, "enc.1.* 3");
    group_is(&groups, 5, "head.* 2");
    const struct name_group *enc = &groups.group[groups.of[3]];
    assert_int_equal(enc->member[0], 3);
    assert_int_equal(enc->member[1], 4);
    assert_int_equal(enc->member[2], 7);
    name_groups_done(&groups);
}

/* What all names share is no group; one alone is with its kin. */
static void what_suits(void **state)
{
    static const char *const shared[] = {"net1.a.0.x", "net1.a.0.y", "net1.a.1.x", "net1.a.1.y",
                                         "net1.a.2.x", "net1.a.2.y", "net1.out",   "net1.in"};
    static const char *const kinds[] = {"Conv_0", "Conv_1", "Relu_0", "Relu_1", "bn_0.tmp_1", "bn_1.tmp_1"};
    struct name_groups groups = {0};
    (void)state;
    group(&groups, shared, MM_COUNT(shared), 0);
    group_is(&groups, 0, "net1.a.0.* 2");
    group_is(&groups, 5, "net1.a.2.* 2");
    group_is(&groups, 6, "net1.* 2");
    group(&groups, kinds, MM_COUNT(kinds), 0);
    group_is(&groups, 1, "Conv_* 2");
    group_is(&groups, 2, "Relu_* 2");
    group_is(&groups, 4, "bn_* 2");
    name_groups_done(&groups);
}

/* A tensor's own quantised copy in the other dump does not make a group of the two. */
static void apart(void **state)
{
    static const char *const names[] = {"conv_0.out", "conv_0.out_quantized", "conv_1.out",
                                        "conv_1.out_quantized"};
    static const bool lone[] = {false, true, false, true};
    struct name_groups groups = {0};
    (void)state;
    assert_int_equal(name_groups_make(&groups, names, lone, MM_COUNT(names), 0, NULL), 0);
    group_is(&groups, 0, "conv_* 4");
    group(&groups, names, MM_COUNT(names), 0);
    group_is(&groups, 0, "conv_0.* 2");
    name_groups_done(&groups);
}

static void by_so_many_parts(void **state)
{
    static const char *const names[] = {"a.b.c", "a.b.d", "a.e.c", "a.e", "f"};
    struct name_groups groups = {0};
    (void)state;
    group(&groups, names, MM_COUNT(names), 1);
    group_is(&groups, 3, "a.* 4");
    group_is(&groups, 4, "");
    group(&groups, names, MM_COUNT(names), 2);
    assert_int_equal(groups.count, 1);
    group_is(&groups, 1, "a.b.* 2");
    group_is(&groups, 2, ""); /* alone */
    group(&groups, names, MM_COUNT(names), 3);
    assert_int_equal(groups.count, 0);
    group(&groups, names, 0, 0);
    assert_int_equal(groups.count, 0);
    name_groups_done(&groups);
}

static void folded_stays_folded(void **state)
{
    static const char *const before[] = {"a.0.x", "a.0.y", "a.1.x", "a.1.y"};
    static const char *const after[] = {"a.1.x", "a.1.z", "b", "a.0.x", "a.0.y"};
    struct name_groups groups = {0};
    (void)state;
    group(&groups, before, MM_COUNT(before), 2);
    groups.group[groups.of[2]].folded = true;
    group(&groups, after, MM_COUNT(after), 2);
    assert_true(groups.group[groups.of[0]].folded);
    assert_false(groups.group[groups.of[3]].folded);
    name_groups_done(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_name),  cmocka_unit_test(by_blocks),
        cmocka_unit_test(what_suits),       cmocka_unit_test(apart),
        cmocka_unit_test(by_so_many_parts), cmocka_unit_test(folded_stays_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
