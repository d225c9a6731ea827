/* The reader of JSON: what is refused and where, and what is found in what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json_read.h"
#include "unit/fixture.h"

#include <math.h>

/* A checked text in memory of its exact size, so that a look behind its end is seen. */
struct doc {
    char *text;
    struct mm_json_value root;
};

static int doc_open(struct doc *doc, const char *text, size_t length, size_t most, struct mm_err *err)
{
    doc->text = malloc(length ? length : 1);
    memcpy(doc->text, text, length);
    return mm_json_read("f.json", doc->text, length, most, &doc->root, err);
}

static struct mm_json_value doc_good(struct doc *doc, const char *text)
{
    struct mm_err err = {0};
    if (doc_open(doc, text, strlen(text), 1000, &err) < 0)
        fail_msg("%s", err.text);
    return doc->root;
}

static void assert_refused(const char *text, size_t length, enum mm_code code, const char *sentence)
{
    struct doc doc;
    struct mm_err err = {0};
    assert_int_equal(doc_open(&doc, text, length, 1000, &err), -1);
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, sentence);
    assert_int_equal(mm_json_kind(doc.root), MM_JSON_ABSENT);
    free(doc.text);
}

#define REFUSED(text, line, what)                                                                            \
    assert_refused(text, sizeof(text) - 1, MM_ECORRUPT, "f.json: line " #line ": not valid JSON: " what)

static void broken_text(void **state)
{
    (void)state;
    assert_refused("", 0, MM_ECORRUPT, "f.json: is empty");
    REFUSED(" \n", 2, "the text ends here");
    REFUSED("{\n\"a\":\n}", 3, "no value begins like this");
    REFUSED("[1] x", 1, "something stands behind the end");
    REFUSED("[NaN]", 1, "no value begins like this");
    REFUSED("[1,]", 1, "no value begins like this");
    REFUSED("[1,\n\n2", 3, "a comma or the end of the list is missing");
    REFUSED("[1 2]", 1, "a comma or the end of the list is missing");
    REFUSED("[1}", 1, "a comma or the end of the list is missing");
    REFUSED("{\"a\":1,}", 1, "a name in quotes is missing");
    REFUSED("{a:1}", 1, "a name in quotes is missing");
    REFUSED("{\"a\" 1}", 1, "a colon is missing");
    REFUSED("\"abc", 1, "a string does not end");
    REFUSED("\"abc\\\"", 1, "a string does not end");
    REFUSED("\"abc\\", 1, "there is no such escape");
    REFUSED("\"\\x41\"", 1, "there is no such escape");
    REFUSED("\"\\u12\"", 1, "\\u is not followed by four hexadecimal digits");
    REFUSED("\"a\nb\"", 1, "a control character in a string");
    REFUSED("01", 1, "something stands behind the end");
    REFUSED("1.", 1, "a digit is missing");
    REFUSED("-", 1, "a digit is missing");
    REFUSED("1e+", 1, "a digit is missing");
    REFUSED(".5", 1, "no value begins like this");
    REFUSED("truth", 1, "no value begins like this");
}

static void surrogates_and_nul(void **state)
{
    (void)state;
    REFUSED("\"\\ud83d\"", 1, "half of a surrogate pair");
    REFUSED("\"\\ud83d\\u0041\"", 1, "half of a surrogate pair");
    REFUSED("\"\\udc00\"", 1, "half of a surrogate pair");
    REFUSED("\n\"a\\u0000b\"", 2, "a NUL character");
    REFUSED("\"a\0b\"", 1, "a NUL character");
    REFUSED("[1]\0", 1, "something stands behind the end");
    REFUSED("\0", 1, "a NUL character");
}

static void limits(void **state)
{
    (void)state;
    char text[2002];
    memset(text, '[', 65);
    assert_refused(text, 65, MM_EUNSUPPORTED, "f.json: line 1: nested deeper than mmtui reads");
    memset(text + 64, ']', 64);
    struct doc doc;
    assert_int_equal(doc_open(&doc, text, 128, 1000, NULL), 0);
    free(doc.text);
    text[0] = '[';
    for (int i = 0; i < 1000; i++)
        memcpy(text + 1 + 2 * i, i < 999 ? "1," : "1]", 2);
    assert_refused(text, 2001, MM_EUNSUPPORTED, "f.json: line 1: more values than mmtui reads");
    assert_int_equal(doc_open(&doc, text, 2001, 1001, NULL), 0); /* the list is one */
    assert_int_equal(mm_json_count(doc.root), 1000);
    free(doc.text);
}

static void assert_says(const char *json, const char *expected)
{
    struct doc doc;
    struct mm_buf text = {0};
    mm_buf_puts(&text, "<");
    assert_true(mm_json_get_text(doc_good(&doc, json), &text));
    assert_string_equal(mm_buf_text(&text) + 1, expected);
    assert_true(mm_json_text_is(doc.root, expected));
    assert_false(mm_json_text_is(doc.root, ""));
    mm_buf_puts(&text, "x");
    assert_false(mm_json_text_is(doc.root, mm_buf_text(&text) + 1));
    mm_buf_done(&text);
    free(doc.text);
}

static void strings(void **state)
{
    (void)state;
    assert_says("\"abc\"", "abc");
    assert_says("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    assert_says("\"\\u00e9\\u65e5 \xc3\xa9\"", "é日 é");
    assert_says("\"\\uD83D\\ude00\"", "😀");
    /* lone surrogates of bytes; a pair is a character, even when its second half is in their range */
    assert_says("\"a\\udcffb\"", "a\xff"
                                 "b");
    assert_says("\"\\udc80\\uDCC3\\uDca9\"", "\x80\xc3\xa9");
    assert_says("\"\\ud83d\\udc80\\udcff\"", "\xf0\x9f\x92\x80\xff");
    assert_says("\"\\\\udcff\"", "\\udcff");
    assert_says(" \"\xff\" ", "\xff"); /* a byte that is not UTF-8 is that byte */
    assert_says("\xEF\xBB\xBF\"x\"", "x");
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } rows[] = {{"0", 0},
                {"-0.5", -0.5},
                {"1e3", 1000},
                {"2.5E-1", .25},
                {"1e999", INFINITY},
                {"123456789012345678901234567890", 123456789012345678901234567890.0}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct doc doc;
        double value = NAN;
        assert_true(mm_json_get_number(doc_good(&doc, rows[i].text), &value));
        assert_true(value == rows[i].value);
        free(doc.text);
    }
}

static void wholes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } rows[] = {{"0", true, 0},   {"7", true, 7},    {"1e1", true, 10},   {"11", false, 0},
                {"-1", false, 0}, {"0.5", false, 0}, {"\"1\"", false, 0}, {"1e300", false, 0}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct doc doc;
        uint64_t value = 99;
        assert_true(mm_json_get_whole(doc_good(&doc, rows[i].text), 10, &value) == rows[i].good);
        assert_true(!rows[i].good || value == rows[i].value);
        free(doc.text);
    }
}

/* What a value is not, it does not say. */
static void kinds(void **state)
{
    (void)state;
    static const char *const texts[] = {
        [MM_JSON_IS_NULL] = "null",    [MM_JSON_IS_BOOL] = "false",    [MM_JSON_IS_NUMBER] = "-3",
        [MM_JSON_IS_TEXT] = "\"[1]\"", [MM_JSON_IS_ARRAY] = "[\"x\"]", [MM_JSON_IS_OBJECT] = "{\"x\": true}"};
    for (int kind = MM_JSON_IS_NULL; kind <= MM_JSON_IS_OBJECT; kind++) {
        struct doc doc;
        struct mm_buf text = {0};
        double number;
        bool flag = true;
        struct mm_json_value value = doc_good(&doc, texts[kind]);
        assert_int_equal(mm_json_kind(value), kind);
        assert_true(mm_json_get_text(value, &text) == (kind == MM_JSON_IS_TEXT));
        assert_true(mm_json_get_number(value, &number) == (kind == MM_JSON_IS_NUMBER));
        assert_true(mm_json_get_bool(value, &flag) == (kind == MM_JSON_IS_BOOL));
        assert_int_equal(mm_json_count(value), kind >= MM_JSON_IS_ARRAY);
        assert_true(!mm_json_member(value, "x").at == (kind != MM_JSON_IS_OBJECT));
        mm_buf_done(&text);
        free(doc.text);
    }
}

static void assert_span(struct mm_json_value value, const char *expected)
{
    assert_int_equal(value.end - value.at, strlen(expected));
    assert_memory_equal(value.at, expected, strlen(expected));
}

/* Members are found by what their names say, the first of two; values are the text as it stands. */
static void members(void **state)
{
    (void)state;
    struct doc doc;
    struct mm_json_value root = doc_good(&doc, " { \"a\" : [1 , {\"]\":\"}\\\"\"}] ,\n\"\\u0062\":-2.50e3,"
                                               "\"c\":{ },\"a\":null, \"\" : \"\" } ");
    assert_span(mm_json_member(root, "a"), "[1 , {\"]\":\"}\\\"\"}]");
    assert_span(mm_json_member(root, "b"), "-2.50e3");
    assert_span(mm_json_member(root, "c"), "{ }");
    assert_span(mm_json_member(root, ""), "\"\"");
    assert_null(mm_json_member(root, "d").at);
    assert_null(mm_json_member(mm_json_member(root, "d"), "x").at);
    assert_int_equal(mm_json_count(root), 5);
    assert_int_equal(mm_json_count(mm_json_member(root, "a")), 2);
    assert_int_equal(mm_json_count(mm_json_member(root, "c")), 0);
    free(doc.text);
}

static void elements(void **state)
{
    (void)state;
    static const char *const expected[] = {"1", "[ ]", "\"a,]\"", "true", "{\"k\":0}"};
    struct doc doc;
    struct mm_json_items items = mm_json_items(doc_good(&doc, "[1,[ ] , \"a,]\"\t,true,{\"k\":0}\n]"));
    struct mm_json_value key, value;
    for (size_t i = 0; i < MM_COUNT(expected); i++) {
        assert_true(mm_json_next(&items, &key, &value));
        assert_null(key.at);
        assert_span(value, expected[i]);
    }
    assert_false(mm_json_next(&items, &key, &value));
    free(doc.text);
}

/* Walk over all of it: nothing but what the text holds is touched. */
static size_t walk(struct mm_json_value value)
{
    struct mm_json_items items = mm_json_items(value);
    struct mm_json_value key, item;
    struct mm_buf text = {0};
    size_t count = 1;
    while (mm_json_next(&items, &key, &item)) {
        mm_json_get_text(key, &text);
        mm_json_get_text(item, &text);
        count += walk(item);
    }
    mm_buf_done(&text);
    return count;
}

/* Cut anywhere it is refused; changed anywhere it is refused or walked. */
static void hostile(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, \"]\\\"\\u00e9\"], \"b\": {\"c\": null}, \"d\": -1.5e2}";
    static const char changes[] = "\0\"{}[],:\\9xu \n";
    struct doc doc;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        assert_int_equal(doc_open(&doc, text, at, 100, NULL), -1);
        free(doc.text);
        for (size_t c = 0; c < sizeof changes - 1; c++) {
            char changed[sizeof text];
            memcpy(changed, text, sizeof text);
            changed[at] = changes[c];
            if (doc_open(&doc, changed, sizeof text - 1, 100, NULL) == 0)
                assert_true(walk(doc.root) >= 1);
            free(doc.text);
        }
    }
    assert_int_equal(walk(doc_good(&doc, text)), 7);
    free(doc.text);
}

/* Random documents, most of them with a character changed, added or left out: Python's json says which are good. */
static const char documents[] =
    "import json, random\n"
    "random.seed(5)\n"
    "def no(word): raise ValueError\n"
    "def value(depth):\n"
    "    kind = random.randrange(8 if depth < 4 else 5)\n"
    "    if kind < 5: return [None, True, random.randrange(-99, 99), random.gauss(0, 9), "
    "'a\"\\u00e9'][kind]\n"
    "    if kind < 7: return [value(depth + 1) for k in range(random.randrange(3))]\n"
    "    return {'k' * k: value(depth + 1) for k in range(random.randrange(3))}\n"
    "for i in range(6000):\n"
    "    text = json.dumps(value(0), separators=random.choice([(',', ':'), (' , ', ' : ')]))\n"
    "    at, c = random.randrange(len(text)), random.choice('{}[],:\"01-.eE\\\\u tn')\n"
    "    text = random.choice([text, text[:at] + c + text[at:], text[:at] + c + text[at + 1:],\n"
    "                          text[:at] + text[at + 1:]])\n"
    "    try: json.loads(text, parse_constant=no); good = 1\n"
    "    except ValueError: good = 0\n"
    "    print(f'{good}{text}')\n";

static void agrees_with_python(void **state)
{
    (void)state;
    char *folder = temp_folder();
    char *printed = python(folder, documents);
    size_t good = 0, seen = 0;
    for (char *line = strtok(printed, "\n"); line; line = strtok(NULL, "\n"), seen++) {
        struct doc doc;
        bool found = doc_open(&doc, line + 1, strlen(line + 1), 100, NULL) == 0;
        if (found != (line[0] == '1'))
            fail_msg("%s", line);
        good += found;
        free(doc.text);
    }
    assert_true(seen == 6000 && good > 2000 && good < 5000);
    free(printed);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_text),
        cmocka_unit_test(surrogates_and_nul),
        cmocka_unit_test(limits),
        cmocka_unit_test(strings),
        cmocka_unit_test(numbers),
        cmocka_unit_test(wholes),
        cmocka_unit_test(kinds),
        cmocka_unit_test(members),
        cmocka_unit_test(elements),
        cmocka_unit_test(hostile),
        cmocka_unit_test(agrees_with_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
