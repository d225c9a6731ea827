#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/fixture.h"

#include <cjson/cJSON.h>
#include <math.h>

static void assert_json(const char *text, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_json_string(&buf, text);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

static void strings(void **state)
{
    (void)state;
    assert_json("", "\"\"");
    assert_json("conv1/output:0", "\"conv1/output:0\"");
    assert_json("a\"b\\c", "\"a\\\"b\\\\c\"");
    assert_json("\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"");
    assert_json("\x01\x0b\x1b\x1f\x7f", "\"\\u0001\\u000b\\u001b\\u001f\\u007f\"");
    assert_json("é日", "\"\\u00e9\\u65e5\"");
    assert_json("😀", "\"\\ud83d\\ude00\"");
    assert_json("\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\"");
}

static void bad_bytes_become_fffd(void **state)
{
    (void)state;
    assert_json("a\xff", "\"a\\ufffd\"");
    assert_json("\xc3", "\"\\ufffd\"");
    assert_json("\xc3(", "\"\\ufffd(\"");
    assert_json("\xc0\x80", "\"\\ufffd\\ufffd\"");                         /* overlong NUL */
    assert_json("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");              /* a lone surrogate */
    assert_json("\xf4\x90\x80\x80!", "\"\\ufffd\\ufffd\\ufffd\\ufffd!\""); /* beyond U+10FFFF */
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
        char *expected = strchr(line, ' ') + 1;
        for (size_t i = 0; line[2 * i] != ' ' && line[0] != '-'; i++)
            text[i] = (char)(hex_digit(line[2 * i]) << 4 | hex_digit(line[2 * i + 1]));
        assert_json(text, expected);
        cJSON *parsed = cJSON_Parse(expected);
        assert_string_equal(cJSON_GetStringValue(parsed), text);
        cJSON_Delete(parsed);
    }
    assert_true(seen > 14000);
    free(printed);
    drop_folder(folder);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *bare, *strict;
    } rows[] = {
        {1, "1.0", "1.0"},
        {-0.0, "-0.0", "-0.0"},
        {0.0109, "0.0109", "0.0109"},
        {1e-7, "1e-07", "1e-07"},
        {NAN, "NaN", "\"NaN\""},
        {INFINITY, "Infinity", "\"Infinity\""},
        {-INFINITY, "-Infinity", "\"-Infinity\""},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_buf buf;
        mm_buf_init(&buf);
        mm_json_number_bare(&buf, rows[i].value);
        assert_string_equal(mm_buf_text(&buf), rows[i].bare);
        mm_buf_clear(&buf);
        mm_json_number(&buf, rows[i].value);
        assert_string_equal(mm_buf_text(&buf), rows[i].strict);
        mm_buf_done(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(bad_bytes_become_fffd),
        cmocka_unit_test(strings_are_pythons),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
