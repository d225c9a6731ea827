#include "unit/export/exporting.h"
#include "export/yaml.h"

/* Entries as "key=value ...", "?" for what is none, and whether the rest of the text was left alone. */
static void check_map(const char *text, const char *expected)
{
    struct mm_yaml_map map;
    struct mm_buf key = {0}, value = {0}, out = {0};
    int more = 0;
    if (!mm_yaml_find(text, strlen(text), "k", &map))
        mm_buf_puts(&out, "none");
    else {
        size_t begin = map.begin, end = map.end;
        while ((more = mm_yaml_next("f", text, &map, &key, &value, NULL)) > 0)
            mm_buf_printf(&out, "%s=%s ", mm_buf_text(&key), mm_buf_text(&value));
        mm_buf_printf(&out, "%s[%.*s]", more < 0 ? "?" : "", (int)(end - begin), text + begin);
    }
    assert_string_equal(mm_buf_text(&out), expected);
    mm_buf_done(&key);
    mm_buf_done(&value);
    mm_buf_done(&out);
}

static void finds_mappings(void **state)
{
    (void)state;
    check_map("", "none");
    check_map("j: 1\nkk: 2\n  k: 3\nk:4\n", "none");
    check_map("k: {}\n", "[k: {}\n]");
    check_map("k:", "[k:]");
    check_map("k: ~\nj: 1\n", "[k: ~\n]");
    check_map("\xef\xbb\xbfk: { }\n", "[k: { }\n]");
    check_map("j: 1\nk:\n  a: x\n  b: y\nl: 2\n", "a=x b=y [k:\n  a: x\n  b: y\n]");
    check_map("k:\r\n  a: x\r\nl:\r\n", "a=x [k:\r\n  a: x\r\n]");
    check_map("k: # why\n\n  # some\n  a: x # so\n  # of l\n\nl: 2",
              "a=x [k: # why\n\n  # some\n  a: x # so\n]");
    check_map("k: {a: x, b: y}\nl: 2\n", "a=x b=y [k: {a: x, b: y}\n]");
    check_map("k: {\n  a:0: x, # } no\n  \"}\": y,\n} # end\nl: 2\n",
              "a:0=x }=y [k: {\n  a:0: x, # } no\n  \"}\": y,\n} # end\n]");
    check_map("k: {a: x\nl: 2\n", "none");
}

static void reads_scalars(void **state)
{
    (void)state;
    check_map("k:\n  a:0: x\n  b#c: y\n  d e : z z\n",
              "a:0=x b#c=y d e=z z [k:\n  a:0: x\n  b#c: y\n  d e : z z\n]");
    check_map("k:\n  'it''s: #': \"a\\tb\"\n", "it's: #=a\tb [k:\n  'it''s: #': \"a\\tb\"\n]");
    check_map("k:\n  \"\\x41\\u00e9\\U0001F480\\\"\\\\\\/\": x\n",
              "A\xc3\xa9\xf0\x9f\x92\x80\"\\/=x [k:\n  \"\\x41\\u00e9\\U0001F480\\\"\\\\\\/\": x\n]");
    check_map("k:\n  a:\n    b: x\n  c:\n  - 1\n", "a= c= ?[k:\n  a:\n    b: x\n  c:\n  - 1\n]");
}

static void tells_what_is_none(void **state)
{
    static const char *const bad[] = {
        "k:\n  a\n",          "k:\n  \"a: x\n",         "k:\n  'a: x\n",
        "k:\n  \"\\q\": x\n", "k:\n  \"\\x0\": x\n",    "k:\n  \"a\"b: x\n",
        "k: {a}\n",           "k: {a: x y: z}\n",       "k: {a: {b: c}}\n",
        "k:\n  : x\n",        "k:\n  \"\\u0000\": x\n",
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        struct mm_yaml_map map;
        struct mm_buf key = {0}, value = {0};
        struct mm_err err = {0};
        assert_true(mm_yaml_find(bad[i], strlen(bad[i]), "k", &map));
        assert_int_equal(mm_yaml_next("f", bad[i], &map, &key, &value, &err), -1);
        assert_int_equal(err.code, MM_ECORRUPT);
        assert_string_equal(err.text, bad[i][2] == ' ' ? "f: line 1: must be NAME: TYPE"
                                                       : "f: line 2: must be NAME: TYPE");
        mm_buf_done(&key);
        mm_buf_done(&value);
    }
}

static void check_key(const char *name, const char *expected)
{
    struct mm_buf out = {0};
    mm_yaml_key(&out, name);
    assert_string_equal(mm_buf_text(&out), expected);
    mm_buf_done(&out);
}

static void writes_keys(void **state)
{
    (void)state;
    check_key("/a/b_0.c-d:0", "/a/b_0.c-d:0");
    check_key("a:", "\"a:\"");
    check_key("1", "\"1\"");
    check_key("-a", "\"-a\"");
    check_key("Null", "\"Null\"");
    check_key("nulls", "nulls");
    check_key("no", "\"no\"");
    check_key("a b", "\"a b\"");
    check_key("a\n\"\xc3\xa9", "\"a\\n\\\"\\xe9\"");
    check_key("\xf0\x9f\x92\x80", "\"\\U0001f480\"");
}

static void keys_have_an_end(void **state)
{
    char name[1026];
    (void)state;
    memset(name, 'a', sizeof(name));
    name[1025] = 0;
    assert_false(mm_yaml_holds(name));
    name[1024] = 0;
    assert_true(mm_yaml_holds(name));
    name[0] = '-'; /* with its quotes it is 1026 */
    assert_false(mm_yaml_holds(name));
    assert_false(mm_yaml_holds("a\xff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_mappings),     cmocka_unit_test(reads_scalars),
        cmocka_unit_test(tells_what_is_none), cmocka_unit_test(writes_keys),
        cmocka_unit_test(keys_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
