#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

static void words(void **state)
{
    (void)state;
    assert_string_equal(mm_suggest_word(MM_WHY_OVERFLOW), "overflow");
    assert_string_equal(mm_suggest_word(MM_WHY_DIGITS), "digits");
    assert_string_equal(mm_suggest_word(MM_WHY_SHARE), "share");
    assert_string_equal(mm_suggest_word(MM_WHY_HOLE), "hole");
    assert_string_equal(mm_suggest_word((enum mm_suggest_why)99), "?");
}

static void rules(void **state)
{
    (void)state;
    struct mm_suggest_options options;
    struct mm_err err;
    assert_int_equal(mm_suggest_parse("", &options, &err), 0);
    assert_int_equal(options.rule, MM_SUGGEST_AUTO);
    assert_true(options.cover == 0.95);
    assert_int_equal(mm_suggest_parse(" 80 %", &options, &err), -1); /* a number, then the sign */
    assert_int_equal(mm_suggest_parse(" 80% ", &options, &err), 0);
    assert_int_equal(options.rule, MM_SUGGEST_COVER);
    assert_true(options.cover == 0.8);
    assert_int_equal(mm_suggest_parse("100%", &options, &err), 0);
    assert_int_equal(mm_suggest_parse("top 7", &options, &err), 0);
    assert_int_equal(options.rule, MM_SUGGEST_TOP);
    assert_int_equal(options.top, 7);
    assert_int_equal(mm_suggest_parse("1e-2", &options, &err), 0);
    assert_int_equal(options.rule, MM_SUGGEST_TO_ERROR);
    assert_true(options.error == 0.01);
}

static void not_rules(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "101%", "0%", "-5%", "%",   "top", "top 0", "top x", "top -1",
        "1",    "0",  "-1",  "nan", "x",   "5 %",   "nan%",  "top 99999999999"};
    struct mm_suggest_options options;
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        struct mm_err err = {0};
        assert_int_equal(mm_suggest_parse(texts[i], &options, &err), -1);
        assert_int_equal(err.code, MM_EARG);
        assert_non_null(strstr(err.text, texts[i]));
    }
}

static void assert_says(const struct suggesting *on, uint32_t op, const char *text)
{
    char found[128];
    suggest_say(&on->s, op, found, sizeof found);
    assert_string_equal(found, text);
}

static void sentences(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "pow", INFINITY, "x", NULL), 6123456.5);
    network_op(&on.net, "sqrt", INFINITY, "pow", NULL);
    network_op(&on.net, "rsqrt", INFINITY, "x", NULL);
    int8_op(&on, "linear", 0.07, "x", NULL);
    network_op(&on.net, "gelu", 0.06, "x", NULL);
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_says(&on, 1, "values reach 6.1e6, beyond f16's 65504");
    assert_says(&on, 2, "reads #2, whose values reach 6.1e6: beyond f16");
    assert_says(&on, 3, "exceeds the range of f16");
    suggest_raise(&on.s, 4, MM_F16, MM_WHY_SHARE, -1);
    assert_says(&on, 4, "i8 adds 0.07 here");
    suggest_raise(&on.s, 5, MM_F32, MM_WHY_HOLE, -1);
    assert_says(&on, 5, "between f32 operators: saves casts");
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(rules),
        cmocka_unit_test(not_rules),
        cmocka_unit_test(sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
