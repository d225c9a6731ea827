#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- UTF-8 ---- */

static void decodes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length, used;
        uint32_t cp;
    } rows[] = {
        {"a", 1, 1, 'a'},
        {"\0", 1, 1, 0},
        {"\xc3\xa9!", 3, 2, 0xE9},
        {"\xe6\x97\xa5", 3, 3, 0x65E5},
        {"\xf0\x9f\x98\x80", 4, 4, 0x1F600},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10FFFF},
        {"\xf4\x90\x80\x80", 4, 1, 0xFFFD}, /* beyond the last */
        {"\xc0\xaf", 2, 1, 0xFFFD},         /* overlong / */
        {"\xe0\x80\xaf", 3, 1, 0xFFFD},
        {"\xed\xa0\x80", 3, 1, 0xFFFD}, /* surrogate */
        {"\xe6\x97", 2, 1, 0xFFFD},     /* cut off */
        {"\x80", 1, 1, 0xFFFD},
        {"\xff", 1, 1, 0xFFFD},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        char *exact = malloc(rows[i].length); /* so that a sanitizer sees a read behind it */
        uint32_t cp;
        memcpy(exact, rows[i].bytes, rows[i].length);
        assert_int_equal(mm_text_decode(exact, exact + rows[i].length, &cp), rows[i].used);
        assert_int_equal(cp, rows[i].cp);
        free(exact);
    }
}

static void encodes_what_decodes(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp += cp < 0x3000 ? 1 : 251) {
        char bytes[4];
        uint32_t back;
        size_t n = mm_text_encode(cp, bytes);
        assert_int_equal(n, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
        assert_int_equal(mm_text_decode(bytes, bytes + n, &back), n);
        assert_int_equal(back, cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp);
    }
    char bytes[4];
    assert_int_equal(mm_text_encode(0x110000, bytes), 3);
    assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
    assert_int_equal(mm_text_encode(UINT32_MAX, bytes), 3);
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(mm_text_width(""), 0);
    assert_int_equal(mm_text_width("conv2d_93.tmp_0"), 15);
    assert_int_equal(mm_text_width("日本"), 4);
    assert_int_equal(mm_text_width("e\u0301"), 1); /* a combining accent */
    assert_int_equal(mm_text_width("▁▂▃→│…"), 6);
    assert_int_equal(mm_text_width("\x1b\x7f\t"), 0);
    assert_int_equal(mm_text_width("\xc2\x85"), 0);
    assert_int_equal(mm_text_width("a\xff"), 2);
    assert_int_equal(mm_text_width_cp(0x1F600), 2);
    for (uint32_t cp = 0; cp < 0x110000; cp++)
        assert_in_range(mm_text_width_cp(cp), 0, 2);
}

/* ---- escape ---- */

static void assert_escaped(const char *text, size_t length, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_text_escape(&buf, text, length);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

#define ESCAPED(text, expected) assert_escaped(text, sizeof(text) - 1, expected)

static void escapes(void **state)
{
    (void)state;
    ESCAPED("", "");
    ESCAPED("enc.1/ln\\Pow_14", "enc.1/ln\\Pow_14");
    ESCAPED("é日本😀→", "é日本😀→");
    ESCAPED("\0\x01\x1f", "\\x00\\x01\\x1f");
    ESCAPED("\a\b\t\n\v\f\r", "\\a\\b\\t\\n\\v\\f\\r");
    ESCAPED("\x1b[31m", "\\x1b[31m");
    ESCAPED("\x7f", "\\x7f");
    ESCAPED("\xc2\x80\xc2\x9b"
            "31m\xc2\x9f",
            "\\x80\\x9b31m\\x9f"); /* C1: a CSI in one character */
    ESCAPED("\x9b", "\\x9b");      /* and as a bare byte */
    ESCAPED("a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd");
    ESCAPED("\u200b\ufeff\u00ad\u2028\u2029", "\\u200b\\ufeff\\xad\\u2028\\u2029");
    ESCAPED("\U000e0041", "\\U000e0041"); /* a tag character */
    ESCAPED("\ue000", "\\ue000");         /* private use */
    ESCAPED("\xc0\xaf", "\\xc0\\xaf");
    ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80");
    ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    ESCAPED("a\xe6\x97", "a\\xe6\\x97");
    ESCAPED("\xe6\x97z", "\\xe6\\x97z");
}

/* Whatever goes in: no control character comes out, and what comes out is UTF-8. */
static void escapes_every_pair_of_bytes(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    for (unsigned both = 0; both < 0x10000; both++) {
        const char text[] = {(char)(both >> 8), (char)both};
        mm_buf_clear(&buf);
        mm_text_escape(&buf, text, 2);
        const char *p = mm_buf_text(&buf), *end = p + buf.length;
        while (p < end) {
            uint32_t cp;
            p += mm_text_decode(p, end, &cp);
            assert_true(cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0) && cp != 0xFFFD);
        }
    }
    mm_buf_done(&buf);
}

/* ---- fit ---- */

static void assert_fit(const char *text, int columns, bool keep_tail, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_text_fit(&buf, text, columns, keep_tail, "…");
    assert_string_equal(mm_buf_text(&buf), expected);
    if (columns >= 0)
        assert_int_equal(mm_text_width(mm_buf_text(&buf)), columns);
    mm_buf_done(&buf);
}

static void fits(void **state)
{
    (void)state;
    assert_fit("conv1", 5, false, "conv1");
    assert_fit("conv1", 8, false, "conv1   ");
    assert_fit("conv1", 8, true, "conv1   ");
    assert_fit("conv1", 4, false, "con…");
    assert_fit("conv1", 4, true, "…nv1");
    assert_fit("conv1", 1, false, "…");
    assert_fit("conv1", 1, true, "…");
    assert_fit("conv1", 0, false, "");
    assert_fit("", 3, true, "   ");
    assert_fit("", 0, true, "");
}

static void fits_nothing_into_less_than_nothing(void **state)
{
    (void)state;
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_text_fit(&buf, "conv1", -3, false, "~");
    assert_int_equal(buf.length, 0);
    mm_buf_done(&buf);
}

static void fits_wide_characters(void **state)
{
    (void)state;
    assert_fit("日本語", 6, false, "日本語");
    assert_fit("日本語", 5, false, "日本…");
    assert_fit("日本語", 4, false, "日… "); /* half a character does not fit: a blank instead */
    assert_fit("日本語", 5, true, "…本語");
    assert_fit("日本語", 4, true, "…語 ");
    assert_fit("日本語", 2, false, "… ");
    assert_fit("日", 1, false, "…");
}

static void fits_combining_characters(void **state)
{
    (void)state;
    assert_fit("e\u0301abc", 3, false, "e\u0301a…");
    assert_fit("abe\u0301c", 4, false, "abe\u0301c");
    assert_fit("abe\u0301c", 3, true, "…e\u0301c");
    assert_fit("abe\u0301c", 2, true, "…c"); /* the accent goes with its letter */
    assert_fit("abe\u0301", 2, false, "a…");
}

/* ---- search, order, patterns ---- */

static void finds(void **state)
{
    (void)state;
    const char *text = "Conv2D_53.tmp_0";
    assert_ptr_equal(mm_text_find(text, ""), text);
    assert_ptr_equal(mm_text_find(text, "conv"), text);
    assert_ptr_equal(mm_text_find(text, "d_5"), text + 5);
    assert_ptr_equal(mm_text_find(text, "TMP_0"), text + 10);
    assert_null(mm_text_find(text, "tmp_00"));
    assert_null(mm_text_find("", "a"));
    assert_non_null(mm_text_find("", ""));
    assert_ptr_equal(mm_text_find("ababac", "ABAC") - 2, "ababac");
    assert_null(mm_text_find("É", "é")); /* ASCII only */
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static int by_nature(const void *a, const void *b)
{
    return mm_text_compare_natural(*(const char *const *)a, *(const char *const *)b);
}

static void natural_order(void **state)
{
    (void)state;
    /* ascending, every one below the next; equal numbers by their bytes */
    static const char *const names[] = {
        "",
        "0",
        "00",
        "01",
        "1",
        "1a",
        "2",
        "10",
        "99999999999999999999",
        "100000000000000000000",
        "a",
        "a01",
        "a1",
        "a1b",
        "a02",
        "a2",
        "a2b1",
        "a2b10",
        "a10",
        "ab",
        "b",
        "conv2",
        "conv2.1",
        "conv10",
        "é",
    };
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        for (size_t k = 0; k < MM_COUNT(names); k++) {
            int found = sign(mm_text_compare_natural(names[i], names[k]));
            if (found != (i > k) - (i < k))
                fail_msg("\"%s\" against \"%s\": %d", names[i], names[k], found);
        }
    }
}

/* A comparison that is no order makes qsort give nonsense: check all triples of short strings. */
static void natural_order_is_an_order(void **state)
{
    (void)state;
    static const char letters[] = "01a.";
    char words[84][4];
    const char *sorted[84];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        sprintf(words[n++], "%c", letters[i]);
        for (size_t k = 0; k < 4; k++) {
            sprintf(words[n++], "%c%c", letters[i], letters[k]);
            for (size_t m = 0; m < 4; m++)
                sprintf(words[n++], "%c%c%c", letters[i], letters[k], letters[m]);
        }
    }
    assert_int_equal(n, 84);
    for (size_t i = 0; i < n; i++)
        sorted[i] = words[i];
    qsort(sorted, n, sizeof *sorted, by_nature);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            assert_int_equal(sign(mm_text_compare_natural(sorted[i], sorted[k])), (i > k) - (i < k));
    }
}

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "any/thing", true},
        {"Pow_*", "Pow_14", true},
        {"Pow_*", "pow_14", false},
        {"*_1?", "Pow_14", true},
        {"*_1?", "Pow_1", false},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"?", "é", true},
        {"caf?", "café", true},
        {"??", "日本", true},
        {"?", "日本", false},
        {"*é?", "café!", true},
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]", "b", false},
        {"[^a-c]", "d", true},
        {"[]x]", "]", true},
        {"[!]]", "]", false},
        {"[a-]", "-", true},
        {"[é]", "é", true},
        {"[é]", "è", false},
        {"[α-ω]", "λ", true},
        {"[!é]", "è", true},
        {"[abc", "[abc", true},
        {"[", "[", true},
        {"a[", "ab", false},
        {"[!", "[!", true},
        {"a**b", "ab", true},
        {"*.*", "a.b.c", true},
        {"*ab", "aab", true},
        {"*a*b*", "xxaxxbxx", true},
        {"*a*b*", "xxbxxaxx", false},
        {"a*", "", false},
        {"*a", "ab", false},
        {"a\xff", "a\xff", true},
        {"a\xff", "a\xfe", false},
        {"a?", "a\xff", true},
        {"[0-9]*", "12", true},
        {"*[0-9]", "conv", false},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (mm_text_glob(rows[i].pattern, rows[i].text) != rows[i].fits)
            fail_msg("\"%s\" against \"%s\"", rows[i].pattern, rows[i].text);
    }
}

/* Patterns that take exponential time where every star tries everything, and cubic where a class never
 * ends. */
static void globs_the_worst_in_time(void **state)
{
    (void)state;
    char text[4001], pattern[4001];
    memset(text, 'a', 4000);
    text[4000] = '\0';
    for (size_t i = 0; i < 2000; i++)
        memcpy(pattern + 2 * i, "a*", 2);
    strcpy(pattern + 3998, "b");
    double start = mm_clock();
    assert_false(mm_text_glob(pattern, text));
    memset(pattern, '[', 2000);
    pattern[0] = '*';
    strcpy(pattern + 2000, "b");
    memset(text, '[', 4000);
    assert_false(mm_text_glob(pattern, text));
    assert_true(mm_clock() - start < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(encodes_what_decodes),
        cmocka_unit_test(widths),
        cmocka_unit_test(escapes),
        cmocka_unit_test(escapes_every_pair_of_bytes),
        cmocka_unit_test(fits),
        cmocka_unit_test(fits_nothing_into_less_than_nothing),
        cmocka_unit_test(fits_wide_characters),
        cmocka_unit_test(fits_combining_characters),
        cmocka_unit_test(finds),
        cmocka_unit_test(natural_order),
        cmocka_unit_test(natural_order_is_an_order),
        cmocka_unit_test(globs),
        cmocka_unit_test(globs_the_worst_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
