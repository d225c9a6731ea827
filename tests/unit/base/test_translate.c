/* Sentences of a catalogue that this test writes: Welsh, as it were ("cy"), so that nothing of the system is in the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/translate.h"

#include <inttypes.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Sorted by the original, as a .mo file is. */
static const struct {
    const char *original, *translation;
} catalogue[] = {
    {"", "Content-Type: text/plain; charset=UTF-8\n"},
    {"%-6s|%6s|", "%-6s|%6s|"},
    {"%.2f of %u, %c, %lld, %5zu", "%5$5zu %4$lld %3$c %2$u %1$.2f"},
    {"%s has %zu %s", "%1$s：%2$zu%3$.0s"},
    {"%s in %s", "%2$s 中有 %1$s"},
    {"a long sentence", "一二三四五"},
    {"hint\004sort", "排序"},
    {"many words", "许多词"},
    {"overflow", "溢出"},
};

static void put_u32(FILE *file, size_t value)
{
    uint32_t word = (uint32_t)value;
    fwrite(&word, sizeof word, 1, file);
}

/* A .mo file: its head, a table of lengths and places of originals, one of translations, the texts. */
static void write_catalogue(const char *path)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    const size_t count = MM_COUNT(catalogue), head = 28;
    size_t at = head + count * 16;
    put_u32(file, 0x950412de);
    put_u32(file, 0);
    put_u32(file, count);
    put_u32(file, head);
    put_u32(file, head + count * 8);
    put_u32(file, 0);
    put_u32(file, at);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < count; i++) {
            const char *text = side ? catalogue[i].translation : catalogue[i].original;
            put_u32(file, strlen(text));
            put_u32(file, at);
            at += strlen(text) + 1;
        }
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < count; i++) {
            const char *text = side ? catalogue[i].translation : catalogue[i].original;
            fwrite(text, 1, strlen(text) + 1, file);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static int open_language(void **state)
{
    static char folder[] = "/tmp/mmtui-translate-XXXXXX";
    char path[256];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/cy/LC_MESSAGES", folder);
    assert_int_equal(mm_folder_make(path, NULL), 0);
    snprintf(path, sizeof path, "%s/cy/LC_MESSAGES/" MM_TEXT_DOMAIN ".mo", folder);
    write_catalogue(path);
    assert_non_null(setlocale(LC_MESSAGES, "C.UTF-8"));
    setenv("LANGUAGE", "cy", 1);
    bindtextdomain(MM_TEXT_DOMAIN, folder);
    bind_textdomain_codeset(MM_TEXT_DOMAIN, "UTF-8");
    *state = folder;
    return 0;
}

static int close_language(void **state)
{
    mm_folder_remove(*state);
    return 0;
}

/* A text that no compiler makes one with a literal. */
static const char *not_own(char out[32], const char *text)
{
    snprintf(out, 32, "%s", text);
    return out;
}

static void says(const char *expected, const char *format, ...) MM_PRINTF(2, 3);
static void says(const char *expected, const char *format, ...)
{
    char text[200];
    va_list list;
    va_start(list, format);
    assert_int_equal(mm_vformat(text, sizeof text, format, list), strlen(expected));
    va_end(list);
    assert_string_equal(text, expected);
}

static void english_at_first(void **state)
{
    (void)state;
    mm_language_set(false);
    assert_false(mm_language_is_set());
    assert_string_equal(mm_tr("overflow"), "overflow");
    assert_string_equal(mm_tr_in("hint", "sort"), "sort");
    says("5 in here", "%s in %s", "5", "here");
    mm_language_set(true);
}

static void looked_up(void **state)
{
    (void)state;
    assert_string_equal(mm_tr("overflow"), "溢出");
    assert_string_equal(mm_tr("no such text"), "no such text");
    assert_string_equal(mm_tr(""), "");
    assert_null(mm_tr(NULL));
    assert_string_equal(mm_tr_in("hint", "sort"), "排序");
    assert_string_equal(mm_tr("sort"), "sort");
    assert_string_equal(mm_tr_in("hint", "overflow"), "溢出"); /* what has no context is for all */
}

static void names_stay(void **state)
{
    (void)state;
    char name[32];
    assert_string_equal(mm_tr_own("overflow"), "溢出");
    assert_string_equal(mm_tr_own(not_own(name, "overflow")), "overflow");
    says("here 中有 溢出", "%s in %s", "overflow", "here");
    says("溢出 中有 overflow", "%s in %s", not_own(name, "overflow"), "overflow");
}

static void arguments_move(void **state)
{
    (void)state;
    says("x：3", "%s has %zu %s", "x", (size_t)3, "layers");
    says("   12 -5000000000 c 4000000000 3.14", "%.2f of %u, %c, %lld, %5zu", 3.14159, 4000000000u, 'c',
         -5000000000LL, (size_t)12);
}

/* Whatever printf does, without a translation, too. */
static void as_printf(void **state)
{
    (void)state;
    char expected[200];
#define SAME(...)                                                                                            \
    snprintf(expected, sizeof expected, __VA_ARGS__);                                                        \
    says(expected, __VA_ARGS__)
    SAME("%d %5d|%-5d|%05d %+d %i", -3, 7, 7, 7, 7, -1);
    SAME("%u %x %#X %o %hhu %hu", 4294967295u, 255u, 255u, 8u, (unsigned char)200, (unsigned short)60000);
    SAME("%ld %lu %zd %zu %jd %td", -1L, 1UL, (ssize_t)-2, (size_t)2, (intmax_t)-3, (ptrdiff_t)4);
    SAME("%" PRId64 " %" PRIu64 " %08" PRIx32, INT64_MIN, UINT64_MAX, 0xabcu);
    SAME("%g %.3f %e %.0f%% %*.*f", 0.1, 2.0 / 3, 1e100, 50.0, 9, 2, 3.14159);
    SAME("%s|%5s|%-5s|%.2s|%.*s|%*s|", "ab", "ab", "ab", "abcd", 3, "abcdef", 4, "");
    SAME("%c%c%%", 'x', 'y');
#undef SAME
}

static void widths_are_columns(void **state)
{
    (void)state;
    says("溢出  |  溢出|", "%-6s|%6s|", "overflow", "overflow");
}

static void cut_behind_a_character(void **state)
{
    (void)state;
    char text[9]; /* room for two characters of three bytes, and a part of the third */
    assert_int_equal(mm_format(text, sizeof text, "a long sentence"), 15);
    assert_string_equal(text, "一二");
    assert_int_equal(mm_format(text, 1, "a long sentence"), 15);
    assert_string_equal(text, "");
}

/* Of a format that is in no catalogue only what is clearly a sentence is translated: it may be JSON. */
static void buffers(void **state)
{
    (void)state;
    struct mm_buf buf = {0};
    mm_buf_printf(&buf, "{\"%s\": \"%s\"}", "overflow", "many words");
    assert_string_equal(mm_buf_text(&buf), "{\"overflow\": \"许多词\"}");
    mm_buf_clear(&buf);
    mm_buf_printf(&buf, "%s in %s", "overflow", "b");
    mm_buf_puts(&buf, "overflow");
    mm_buf_say(&buf, "overflow");
    assert_string_equal(mm_buf_text(&buf), "b 中有 溢出overflow溢出");
    mm_buf_done(&buf);
    struct mm_err err;
    mm_fail(&err, MM_EARG, "%s in %s", "overflow", "c");
    assert_string_equal(err.text, "c 中有 溢出");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_at_first),
        cmocka_unit_test(looked_up),
        cmocka_unit_test(names_stay),
        cmocka_unit_test(arguments_move),
        cmocka_unit_test(as_printf),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(cut_behind_a_character),
        cmocka_unit_test(buffers),
    };
    return cmocka_run_group_tests(tests, open_language, close_language);
}
