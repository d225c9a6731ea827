#include "mmtui/base.h"
#include "unit/plan/helpers.h"
#include "base/json_text.h"

#include <cjson/cJSON.h>

static cJSON *parse(const char *text, size_t length, struct mm_err *err)
{
    struct mm_buf buf = {0};
    mm_buf_add(&buf, text, length);
    cJSON *root = mm_json_parse(&buf, "f.json", err);
    mm_buf_done(&buf);
    return root;
}

static void check_string(const char *json, const char *expected)
{
    cJSON *root = parse(json, strlen(json), NULL);
    assert_true(cJSON_IsString(root));
    assert_string_equal(root->valuestring, expected);
    cJSON_Delete(root);
}

static void check_error(const char *json, size_t length, enum mm_code code, const char *part)
{
    struct mm_err err = {0};
    assert_null(parse(json, length, &err));
    assert_int_equal(err.code, code);
    assert_true(strncmp(err.text, "f.json: ", 8) == 0);
    assert_non_null(strstr(err.text, part));
}

static void lone_surrogates_are_bytes(void **state)
{
    (void)state;
    check_string("\"a\\udcffb\"", "a\xff"
                                  "b");
    check_string("\"\\udc80\\uDCC3\\uDca9\"", "\x80\xc3\xa9");
    /* a pair is a character, even when its second half is in the range of bytes */
    check_string("\"\\ud83d\\udc80\\udcff\"", "\xf0\x9f\x92\x80\xff");
    /* an escaped backslash is no escape */
    check_string("\"\\\\udcff\"", "\\udcff");
    check_string("\"\\\"\\u00e9\\n\"", "\"\xc3\xa9\n");
}

static void refuses_broken_text(void **state)
{
    (void)state;
    check_error("", 0, MM_ECORRUPT, "is empty");
    check_error("{\n\"a\":\n}", 8, MM_ECORRUPT, "line 3: ");
    check_error("[1] x", 5, MM_ECORRUPT, "line 1: ");
    check_error("[NaN]", 5, MM_ECORRUPT, "not valid JSON");
    check_error("\"\\ud83d\"", 8, MM_ECORRUPT, "not valid JSON");
    check_error("\"\\udc00\"", 8, MM_ECORRUPT, "not valid JSON");
    check_error("\"\\u12\"", 6, MM_ECORRUPT, "not valid JSON");
    check_error("\"abc", 4, MM_ECORRUPT, "not valid JSON");
    check_error("\"abc\\", 5, MM_ECORRUPT, "not valid JSON");
    check_error("\"abc\\u00", 8, MM_ECORRUPT, "not valid JSON");
}

static void refuses_nul(void **state)
{
    (void)state;
    check_error("[1]\0", 4, MM_ECORRUPT, "NUL");
    check_error("\n\"a\\u0000b\"", 11, MM_ECORRUPT, "NUL character stands in line 2");
    check_string("\"\\\\u0000\"", "\\u0000");
}

static void refuses_depth_and_bulk(void **state)
{
    (void)state;
    size_t length = 5000002;
    char *text = malloc(length);
    memset(text, '[', length);
    check_error(text, 100000, MM_ECORRUPT, "nested too deep");
    text[0] = '[';
    memset(text + 1, ',', length - 2);
    text[length - 1] = ']';
    check_error(text, length, MM_EUNSUPPORTED, "more than 4000000 values");
    text[0] = '"';
    text[length - 1] = '"'; /* the same inside a string is one value */
    cJSON *root = parse(text, length, NULL);
    assert_true(cJSON_IsString(root));
    cJSON_Delete(root);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lone_surrogates_are_bytes),
        cmocka_unit_test(refuses_broken_text),
        cmocka_unit_test(refuses_nul),
        cmocka_unit_test(refuses_depth_and_bulk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
