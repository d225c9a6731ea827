#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "format/lex.h"

static struct mm_lex lex_of(const char *text)
{
    return (struct mm_lex){"x", text, text, text + strlen(text), false};
}

static struct mm_word word_of(const char *text)
{
    return (struct mm_word){text, strlen(text)};
}

static void space_and_comments(void **state)
{
    struct mm_lex lex = lex_of(" \t\r\n # one\n#two\n x");
    (void)state;
    assert_true(mm_lex_space(&lex));
    assert_int_equal(*lex.at, 'x');
    assert_true(lex.comment);
    assert_int_equal(mm_lex_line(&lex, lex.at), 4);
    lex = lex_of("  # to the end");
    assert_false(mm_lex_space(&lex));
    assert_ptr_equal(lex.at, lex.end);
    lex = lex_of("");
    assert_false(mm_lex_space(&lex));
    assert_false(mm_lex_take(&lex, 'x'));
    assert_int_equal(mm_lex_line(&lex, lex.at), 1);
}

static void words(void **state)
{
    struct mm_lex lex = lex_of(" float_val:-1.5e+3,x");
    struct mm_word word;
    (void)state;
    assert_true(mm_lex_word(&lex, &word));
    assert_int_equal(word.length, 9);
    assert_true(mm_lex_take(&lex, ':'));
    assert_true(mm_lex_word(&lex, &word));
    assert_int_equal(word.length, 7);
    assert_false(mm_lex_word(&lex, &word));
    assert_true(mm_lex_take(&lex, ','));
}

static void strings(void **state)
{
    static const struct {
        const char *text;
        const char *bytes;
        size_t size;
    } cases[] = {
        {"'main/mm.conv2d'", "main/mm.conv2d", 14},
        {"\"a\" 'b' # c\n \"d\"", "abd", 3},
        {"''", "", 0},
        {"'\\n\\r\\t\\a\\b\\f\\v\\\\\\'\\\"\\?'", "\n\r\t\a\b\f\v\\'\"?", 11},
        {"'\\303\\274\\0011'", "\303\274\0011", 4},
        {"'\\x41\\xfg\\X4'", "A\x0fg\x04", 4},
        {"'\\u00fc\\U0001f600'", "\303\274\360\237\230\200", 6},
        {"'\xff\"'", "\xff\"", 2},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_lex lex = lex_of(cases[i].text);
        struct mm_buf buf;
        mm_buf_init(&buf);
        assert_int_equal(mm_lex_string(&lex, &buf, NULL), 0);
        assert_int_equal(buf.length, cases[i].size);
        assert_memory_equal(mm_buf_text(&buf), cases[i].bytes, cases[i].size);
        assert_ptr_equal(lex.at, lex.end);
        mm_buf_done(&buf);
    }
}

static void broken_strings(void **state)
{
    static const char *const cases[] = {"'abc",  "'abc\"",  "'a\nb'",    "'\\",           "'\\q'",
                                        "'\\x'", "'\\u12'", "'\\u12g4'", "'\\U00110000'", "x",
                                        "",      "'a' '",   "'\\xag\\'"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_lex lex = lex_of(cases[i]);
        struct mm_err err;
        assert_int_equal(mm_lex_string(&lex, NULL, &err), -1);
        assert_int_equal(err.code, MM_ECORRUPT);
    }
}

static void skipping(void **state)
{
    static const char *const good[] = {
        "1",   "-1.5f",  "DT_X",          "'a' \"b\"",
        "[]",  "[1, 2]", "{ a: 1 }",      "{ a { b: [ < c: 'x}' > ] } }",
        "< >", "- 1",    "[{a:1},{b:2}]", "{ [type.googleapis.com/x.y] { z: 1; } # }\n }"};
    static const char *const bad[] = {"",  "{", "[1", "{ ]",      "< }",        "{ 'a }",
                                      "}", ":", "-",  "{ \x01 }", "{ a: '\n' }"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        struct mm_lex lex = lex_of(good[i]);
        struct mm_err err = {MM_OK, ""};
        if (mm_lex_skip_value(&lex, &err) < 0 || lex.at != lex.end)
            fail_msg("%s: %s", good[i], err.text);
    }
    for (size_t i = 0; i < MM_COUNT(bad); i++) {
        struct mm_lex lex = lex_of(bad[i]);
        if (mm_lex_skip_value(&lex, NULL) == 0)
            fail_msg("'%s' is no value", bad[i]);
    }
}

static void deep_nesting(void **state)
{
    char text[202];
    struct mm_err err;
    (void)state;
    memset(text, '{', 100);
    memset(text + 100, '}', 100);
    text[200] = '\0';
    struct mm_lex lex = lex_of(text);
    assert_int_equal(mm_lex_skip_value(&lex, &err), 0);
    memset(text, '{', 101);
    memset(text + 101, '}', 100);
    text[201] = '\0';
    lex = lex_of(text);
    assert_int_equal(mm_lex_skip_value(&lex, &err), -1);
    assert_non_null(strstr(err.text, "nested too deeply"));
}

static void kinds_of_words(void **state)
{
    static const char *const floats[] = {"1",   "-1",     "+1.",      ".5",     "1.5", "1.5f",
                                         "1e5", "1E-05F", "-.5e+3",   "inf",    "INF", "-inf",
                                         "nan", "-NaN",   "Infinity", "0001.5", "1f"};
    static const char *const not_floats[] = {"",      "-",     ".",    "e5",  "1e",   "1e+",
                                             "1.5.2", "1.5ff", "0x10", "in",  "inff", "1_0",
                                             "--1",   "true",  ".f",   "1-2", "nan1"};
    static const char *const ints[] = {"0", "-0", "1", "-12", "+7", "18446744073709551615"};
    static const char *const not_ints[] = {"", "-", "1.0", "1e3", "0x1f", "017", "00", "inf", "true", "1u"};
    static const char *const names[] = {"a", "_x", "float_val", "A9"};
    static const char *const not_names[] = {"", "9a", "a.b", "a-b", "-"};
    bool value;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(floats); i++)
        assert_true(mm_lex_is_float(word_of(floats[i])));
    for (size_t i = 0; i < MM_COUNT(not_floats); i++)
        assert_false(mm_lex_is_float(word_of(not_floats[i])));
    for (size_t i = 0; i < MM_COUNT(ints); i++)
        assert_true(mm_lex_is_int(word_of(ints[i])));
    for (size_t i = 0; i < MM_COUNT(not_ints); i++)
        assert_false(mm_lex_is_int(word_of(not_ints[i])));
    for (size_t i = 0; i < MM_COUNT(names); i++)
        assert_true(mm_lex_is_name(word_of(names[i])));
    for (size_t i = 0; i < MM_COUNT(not_names); i++)
        assert_false(mm_lex_is_name(word_of(not_names[i])));
    assert_true(mm_lex_is_bool(word_of("true"), &value) && value);
    assert_true(mm_lex_is_bool(word_of("False"), &value) && !value);
    assert_false(mm_lex_is_bool(word_of("tru"), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_and_comments), cmocka_unit_test(words),    cmocka_unit_test(strings),
        cmocka_unit_test(broken_strings),     cmocka_unit_test(skipping), cmocka_unit_test(deep_nesting),
        cmocka_unit_test(kinds_of_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
