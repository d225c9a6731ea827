#include "unit/export/hostile.h"

static void rules(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("aiedge", plan);
    mm_plan_begin(plan, "all");
    set_on(plan, "fc", "net/fc.1;bias");
    mm_plan_commit(plan);
    choose(plan, "conv", MM_PRECISION_F16);
    char *text = file_of(&export, "recipe.json");
    const char *rest =
        strchr(text, '}'); /* the rest of the rule for all is read by the package: tests/peers */
    assert_int_equal(
        strncmp(text,
                "[\n  {\n    \"regex\": \".*\",\n    \"operation\": \"*\",\n    \"algorithm_key\": "
                "\"min_max_uniform_quantize\",\n    \"op_config\": {",
                110),
        0);
    assert_non_null(strstr(rest, "  },\n"
                                 "  {\n"
                                 "    \"regex\": \"(^|;)net/fc\\\\.1;bias;\",\n"
                                 "    \"operation\": \"*\",\n"
                                 "    \"algorithm_key\": \"no_quantize\"\n"
                                 "  }"));
    const char *none = strstr(rest, "\"algorithm_key\": \"no_quantize\"\n"),
               *half = strstr(rest, "\"float_casting\"");
    assert_true(none && half && none < half);
    assert_non_null(strstr(rest, "    \"regex\": \"(?:^|;)"));
    free(text);
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "a;b", "b"};
    char *longest = malloc(10001);
    struct mm_plan *plan = plan_new();
    struct mm_known known = {.name = names, .count = MM_COUNT(names), .what = "names"};
    struct mm_export export = export_for("aiedge", plan);
    memset(longest, 'x', 10000);
    longest[10000] = 0;
    mm_plan_begin(plan, "all");
    set_on(plan, "first", "a");
    set_on(plan, "second", "b");
    mm_plan_commit(plan);
    export.known = &known;
    struct mm_buf text = {0};
    mm_export_limits(&export, &text);
    assert_non_null(strstr(mm_buf_text(&text),
                           "1 operator (\"first\"): its rule fits \"a;b\", too: a scope is what an "
                           "operator makes, with ';' between\n"));
    mm_buf_clear(&text);
    mm_plan_begin(plan, "long");
    set_on(plan, "first", longest);
    mm_plan_commit(plan);
    mm_export_limits(&export, &text);
    assert_non_null(strstr(mm_buf_text(&text),
                           "ai-edge-quantizer looks at the first 10000 bytes of names: it is left out"));
    char *recipe = file_of(&export, "recipe.json");
    assert_null(strstr(recipe, "xxxx"));
    free(recipe);
    free(longest);
    mm_buf_done(&text);
    mm_plan_close(plan);
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("aiedge", "recipe.json");
}

#define RULE(regex, algorithm)                                                                               \
    "{\"regex\": \"" regex "\", \"operation\": \"*\", \"algorithm_key\": \"" algorithm "\"}"

static void other_files(void **state)
{
    static const struct import_case cases[] = {
        {"[" RULE(".*", "min_max_uniform_quantize") ", " RULE("(^|;)a\\\\.b;", "no_quantize") ", " RULE(
             "(^|;)c;", "no_quantize") ", " RULE("(?:^|;)c;", "float_casting") "]",
         "", 2},
        {"[" RULE("dense1/.*", "no_quantize") "]",
         "the rule \"dense1/.*\" is nothing that a plan has: it is left out\n", 0},
        {"[" RULE("(^|;)a.b;", "no_quantize") "]",
         "the rule \"(^|;)a.b;\" is nothing that a plan has: it is left out\n", 0},
        {"[" RULE("(^|;);", "no_quantize") "]",
         "the rule \"(^|;);\" is nothing that a plan has: it is left out\n", 0},
        {"[{\"regex\": \".*\"}]", ": a rule must have \"regex\" and \"algorithm_key\"", 0},
        {"{}", ": must be a list of rules", 0},
    };
    (void)state;
    check_imports("aiedge", cases, MM_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(problems),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
