#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mmtui/report.h"
#include "mmtui/base.h"
#include "report/json_walk.h"

/* "KEY=VALUE;" of every member, then "." at a good end or "!" where it is bad. In memory of its exact size.
 */
static const char *walked(const char *text, char open, struct mm_buf *out)
{
    size_t length = strlen(text);
    char *exact = malloc(length ? length : 1);
    memcpy(exact, text, length);
    struct json_span key = {"", ""}, value;
    struct json_walk walk = json_walk_into((struct json_span){exact, exact + length}, open);
    mm_buf_clear(out);
    while (json_walk_next(&walk, open == '{' ? &key : NULL, &value)) {
        mm_buf_add(out, key.at, (size_t)(key.end - key.at));
        mm_buf_putc(out, '=');
        mm_buf_add(out, value.at, (size_t)(value.end - value.at));
        mm_buf_putc(out, ';');
    }
    mm_buf_puts(out, json_walk_at_end(&walk) ? "." : "!");
    free(exact);
    return mm_buf_text(out);
}

static void test_values(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    assert_string_equal(walked("{}", '{', &out), ".");
    assert_string_equal(walked(" { } \n", '{', &out), ".");
    assert_string_equal(walked("{\"a\": 1, \"b\":[1, {\"]\": \"}\"}] ,\n\"c\" : \"x\\\"}\" }", '{', &out),
                        "\"a\"=1;\"b\"=[1, {\"]\": \"}\"}];\"c\"=\"x\\\"}\";.");
    assert_string_equal(walked("[1,-2.5e3 , true,\"\\\\\",null]", '[', &out),
                        "=1;=-2.5e3;=true;=\"\\\\\";=null;.");
    mm_buf_done(&out);
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      " ",   "[",        "{",         "}",           "x",        "{\"a\"",        "{\"a\":",
        "{a:1}", "{,}", "{\"a\":}", "{\"a\" 1}", "{\"a\":\"x}", "{\"a\":[", "{\"a\":1,",     "{\"a\":\"\\",
        "{1:2}", "[1]", "{\"a\"}",  "{\"a\":1]", "{} x",        "{}}",      "{\"a\":{\"]\"", "{\"",
    };
    struct mm_buf out = {0};
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        const char *end = strchr(walked(texts[i], '{', &out), '!');
        if (!end)
            fail_msg("taken for good: %s", texts[i]);
    }
    mm_buf_done(&out);
}

static void test_cut(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, \"]\\\"\"], \"b\": {\"c\": null}, \"d\": 12}";
    struct mm_buf out = {0};
    char cut[sizeof text];
    for (size_t length = 0; length + 1 < sizeof text; length++) {
        memcpy(cut, text, length);
        cut[length] = '\0';
        assert_non_null(strchr(walked(cut, '{', &out), '!'));
    }
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
