#include "mmtui/base.h"
#include "unit/plan/helpers.h"
#include "base/quote.h"

typedef void quote_function(struct mm_buf *out, const char *text);

static void check(quote_function *quote, const char *text, const char *expected)
{
    struct mm_buf out = {0};
    quote(&out, text);
    assert_string_equal(mm_buf_text(&out), expected);
    mm_buf_done(&out);
}

static void plain_text(void **state)
{
    (void)state;
    quote_function *const all[] = {mm_quote_python, mm_quote_cpp};
    for (size_t i = 0; i < MM_COUNT(all); i++) {
        check(all[i], "", "\"\"");
        check(all[i], "main/mm.conv2d", "\"main/mm.conv2d\"");
        check(all[i], "a\"b'c\\d\n\r\te", "\"a\\\"b'c\\\\d\\n\\r\\te\"");
    }
}

/* e acute, the euro sign, a character beyond 16 bits (U+1F480), DEL, escape */
static void beyond_ascii(void **state)
{
    static const char text[] = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\x7f\x1b";
    (void)state;
    check(mm_quote_python, text, "\"\\xe9\\u20ac\\U0001f480\\x7f\\x1b\"");
    check(mm_quote_cpp, text, "\"\\303\\251\\342\\202\\254\\360\\237\\222\\200\\177\\033\"");
}

/* a lone byte, an overlong form, an encoded surrogate, a sequence cut off at the end; U+FFFD itself is
 * fine */
static void bytes_that_are_not_utf8(void **state)
{
    static const char text[] = "\xff\xc0\x80\xed\xa0\x80\xef\xbf\xbd\xe2\x82";
    static const char expected[] = "\"\\udcff\\udcc0\\udc80\\udced\\udca0\\udc80\\ufffd\\udce2\\udc82\"";
    (void)state;
    check(mm_quote_python, text, expected);
    check(mm_quote_cpp,
          "\xff"
          "7",
          "\"\\3777\"");
    assert_false(mm_quote_is_utf8(text));
    assert_true(mm_quote_is_utf8("\xef\xbf\xbd\xc3\xa9 ok"));
    assert_true(mm_quote_is_utf8(""));
    assert_false(mm_quote_is_utf8("ok\x80"));
}

static void no_trigraphs(void **state)
{
    (void)state;
    check(mm_quote_cpp, "what?\?/", "\"what\\?\\?/\"");
}

/* zeros and every byte that is not printable ASCII; what comes after an escape of three digits is never part of it */
static void protobuf_text(void **state)
{
    struct mm_buf out = {0};
    (void)state;
    mm_escape_protobuf(&out, "", 0);
    assert_int_equal(out.length, 0);
    mm_escape_protobuf(&out,
                       "\0"
                       "7 ~\x7f\x80\xff",
                       7);
    mm_escape_protobuf(&out, "?\"'\\\n\r\t\v", 8);
    assert_string_equal(mm_buf_text(&out), "\\0007 ~\\177\\200\\377?\\\"\\'\\\\\\n\\r\\t\\013");
    assert_int_equal(out.length, strlen(out.data));
    mm_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(beyond_ascii),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(no_trigraphs),
        cmocka_unit_test(protobuf_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
