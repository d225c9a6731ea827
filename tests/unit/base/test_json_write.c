/* The writer of JSON: layouts by hand and as Python's json.dumps has them, escapes, figures that are not finite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json_write.h"
#include "unit/fixture.h"

#include <math.h>

static const struct mm_json_style compact = {0}, bytes = {.keep_bytes = true};

static void assert_text(struct mm_json_style style, const char *text, const char *expected)
{
    struct mm_buf buf = {0};
    struct mm_json json;
    mm_json_init(&json, &buf, style);
    mm_json_put_text(&json, NULL, text);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

static void strings(void **state)
{
    (void)state;
    assert_text(compact, "", "\"\"");
    assert_text(compact, "conv1/output:0", "\"conv1/output:0\"");
    assert_text(compact, "a\"b\\c", "\"a\\\"b\\\\c\"");
    assert_text(compact, "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"");
    assert_text(compact, "\x01\x0b\x1b\x1f\x7f", "\"\\u0001\\u000b\\u001b\\u001f\\u007f\"");
    assert_text(compact, "é日", "\"\\u00e9\\u65e5\"");
    assert_text(compact, "😀", "\"\\ud83d\\ude00\"");
    assert_text(compact, "\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\"");
}

/* An overlong NUL, an encoded surrogate, a sequence cut off, something beyond U+10FFFF; U+FFFD itself is fine. */
static void bytes_that_are_not_utf8(void **state)
{
    (void)state;
    assert_text(compact, "a\xff", "\"a\\ufffd\"");
    assert_text(compact, "\xc3(", "\"\\ufffd(\"");
    assert_text(compact, "\xc0\x80", "\"\\ufffd\\ufffd\"");
    assert_text(compact, "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
    assert_text(compact, "\xf4\x90\x80\x80!", "\"\\ufffd\\ufffd\\ufffd\\ufffd!\"");
    assert_text(bytes, "a\xff", "\"a\\udcff\"");
    assert_text(bytes, "\xed\xa0\x80\xef\xbf\xbd\xe2\x82", "\"\\udced\\udca0\\udc80\\ufffd\\udce2\\udc82\"");
    assert_text(bytes, "é😀", "\"\\u00e9\\ud83d\\ude00\"");
}

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Each line: the text's bytes in hex, a blank, what json.dumps makes of it. */
static void strings_are_pythons(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *printed = python(folder, "import json, random\n"
                                   "random.seed(2)\n"
                                   "def show(s): print(s.encode().hex() or '-', json.dumps(s))\n"
                                   "for c in range(1, 0x3000): show('<' + chr(c) + '>')\n"
                                   "for i in range(2000):\n"
                                   "    c = [random.randrange(1, 0x110000) for k in range(8)]\n"
                                   "    show(''.join(chr(x) for x in c if not 0xd800 <= x < 0xe000))\n");
    size_t seen = 0;
    for (char *line = strtok(printed, "\n"); line; line = strtok(NULL, "\n"), seen++) {
        char text[64] = "";
        for (size_t i = 0; line[2 * i] != ' ' && line[0] != '-'; i++)
            text[i] = (char)(hex_digit(line[2 * i]) << 4 | hex_digit(line[2 * i + 1]));
        assert_text(compact, text, strchr(line, ' ') + 1);
        assert_text(bytes, text, strchr(line, ' ') + 1);
    }
    assert_true(seen > 14000);
    free(printed);
    drop_folder(folder);
}

/* {"a": [], "b": {}, "c": [1, [2.5, null], {"d": "x"}], "e\n": true} */
static void put_nest(struct mm_json *json)
{
    mm_json_open_object(json, NULL);
    mm_json_open_array(json, "a");
    mm_json_close_array(json);
    mm_json_open_object(json, "b");
    mm_json_close_object(json);
    mm_json_open_array(json, "c");
    mm_json_put_whole(json, NULL, 1);
    mm_json_open_array(json, NULL);
    mm_json_put_number(json, NULL, 2.5);
    mm_json_put_null(json, NULL);
    mm_json_close_array(json);
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "d", "x");
    mm_json_close_object(json);
    mm_json_close_array(json);
    mm_json_put_bool(json, "e\n", true);
    mm_json_close_object(json);
}

/* json.dumps(..., indent=N) of the same, and without an indent. */
static void layouts_are_pythons(void **state)
{
    (void)state;
    static const int indents[] = {0, 1, 2, 4};
    char *folder = temp_folder();
    for (size_t i = 0; i < MM_COUNT(indents); i++) {
        char script[256];
        snprintf(script, sizeof script,
                 "import json\n"
                 "value = {'a': [], 'b': {}, 'c': [1, [2.5, None], {'d': 'x'}], 'e\\n': True}\n"
                 "print(json.dumps(value, indent=%d or None), end='')\n",
                 indents[i]);
        char *expected = python(folder, script);
        struct mm_buf out = {0};
        struct mm_json json;
        mm_json_init(&json, &out, (struct mm_json_style){.indent = indents[i]});
        put_nest(&json);
        assert_string_equal(mm_buf_text(&out), expected);
        mm_buf_done(&out);
        free(expected);
    }
    drop_folder(folder);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *quoted, *bare, *null;
    } rows[] = {
        {1, "1.0", "1.0", "1.0"},
        {-0.0, "-0.0", "-0.0", "-0.0"},
        {0.0109, "0.0109", "0.0109", "0.0109"},
        {1e-7, "1e-07", "1e-07", "1e-07"},
        {NAN, "\"NaN\"", "NaN", "null"},
        {INFINITY, "\"Infinity\"", "Infinity", "null"},
        {-INFINITY, "\"-Infinity\"", "-Infinity", "null"},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        const char *const expected[] = {
            [MM_JSON_QUOTED] = rows[i].quoted, [MM_JSON_BARE] = rows[i].bare, [MM_JSON_NULL] = rows[i].null};
        for (size_t how = 0; how < MM_COUNT(expected); how++) {
            struct mm_buf out = {0};
            struct mm_json json;
            mm_json_init(&json, &out, (struct mm_json_style){.nonfinite = (enum mm_json_nonfinite)how});
            mm_json_put_number(&json, NULL, rows[i].value);
            assert_string_equal(mm_buf_text(&out), expected[how]);
            mm_buf_done(&out);
        }
    }
}

static void wholes(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    struct mm_json json;
    mm_json_init(&json, &out, compact);
    mm_json_open_array(&json, NULL);
    mm_json_put_whole(&json, NULL, INT64_MIN);
    mm_json_put_whole(&json, NULL, INT64_MAX);
    mm_json_put_bool(&json, NULL, false);
    mm_json_close_array(&json);
    assert_string_equal(mm_buf_text(&out), "[-9223372036854775808, 9223372036854775807, false]");
    mm_buf_done(&out);
}

/* Lines where they are asked for: before a member, an element and a close. */
static void lines(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    struct mm_json json;
    mm_json_init(&json, &out, compact);
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, "test", 3);
    mm_json_line(&json, 1);
    mm_json_open_array(&json, "a");
    mm_json_line(&json, 2);
    mm_json_put_whole(&json, NULL, 1);
    mm_json_put_whole(&json, NULL, 2);
    mm_json_line(&json, 1);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    assert_string_equal(mm_buf_text(&out), "{\"format\": \"test\", \"schema_version\": 3, \"mmtui_version\": "
                                           "\"" MM_VERSION "\",\n \"a\": [\n  1, 2\n ]}");
    mm_buf_done(&out);
}

/* One flat member among indented ones: what follows it has lines again. */
static void flat(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    struct mm_json json;
    mm_json_init(&json, &out, (struct mm_json_style){.indent = 2});
    mm_json_open_object(&json, NULL);
    mm_json_flat(&json);
    mm_json_open_object(&json, "a");
    mm_json_put_whole(&json, "b", 1);
    mm_json_open_array(&json, "c");
    mm_json_put_whole(&json, NULL, 2);
    mm_json_close_array(&json);
    mm_json_put_whole(&json, "d", 3);
    mm_json_close_object(&json);
    mm_json_open_array(&json, "e");
    mm_json_put_whole(&json, NULL, 4);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    assert_string_equal(mm_buf_text(&out),
                        "{\n  \"a\": {\"b\": 1, \"c\": [2], \"d\": 3},\n  \"e\": [\n    4\n  ]\n}");
    mm_buf_done(&out);
}

/* Pieces of one array, written apart, are what one writer makes. */
static void pieces(void **state)
{
    (void)state;
    static const int indents[] = {0, 4};
    for (size_t i = 0; i < MM_COUNT(indents); i++) {
        struct mm_json_style style = {.indent = indents[i]};
        struct mm_buf whole = {0}, apart = {0};
        struct mm_json json;
        mm_json_init(&json, &whole, style);
        mm_json_open_array(&json, NULL);
        for (int k = 0; k < 3; k++)
            mm_json_put_whole(&json, NULL, k);
        mm_json_close_array(&json);
        mm_json_init(&json, &apart, style);
        mm_json_open_array(&json, NULL);
        for (int k = 0; k < 3; k++) {
            mm_json_resume(&json, &apart, style, 1, k == 0);
            mm_json_put_whole(&json, NULL, k);
        }
        mm_json_resume(&json, &apart, style, 1, false);
        mm_json_close_array(&json);
        assert_string_equal(mm_buf_text(&apart), mm_buf_text(&whole));
        mm_buf_done(&whole);
        mm_buf_done(&apart);
    }
}

/* Wherever the room ends: the same text, and not a byte beyond (a sanitizer sees it). */
static void any_room(void **state)
{
    (void)state;
    static const int indents[] = {0, 3};
    for (size_t i = 0; i < MM_COUNT(indents); i++) {
        struct mm_json_style style = {.indent = indents[i]};
        struct mm_buf whole = {0};
        struct mm_json json;
        mm_json_init(&json, &whole, style);
        put_nest(&json);
        for (size_t capacity = 1; capacity < whole.length + 40; capacity++) {
            struct mm_buf out = {.data = malloc(capacity), .capacity = capacity};
            mm_json_init(&json, &out, style);
            put_nest(&json);
            assert_string_equal(mm_buf_text(&out), mm_buf_text(&whole));
            mm_buf_done(&out);
        }
        mm_buf_done(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(strings_are_pythons),
        cmocka_unit_test(layouts_are_pythons),
        cmocka_unit_test(numbers),
        cmocka_unit_test(wholes),
        cmocka_unit_test(lines),
        cmocka_unit_test(flat),
        cmocka_unit_test(pieces),
        cmocka_unit_test(any_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
