/* What a terminal sends, byte by byte, and the keys that it means. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/base.h"
#include "ui/key.h"
#include "ui/term_key.h"

#define SPECIAL 300 /* a code that the terminal's description knows */

struct feed {
    const int *code;
    int count, at;
};

static int next(void *context, bool soon)
{
    struct feed *feed = context;
    (void)soon;
    return feed->at < feed->count ? feed->code[feed->at++] : TERM_KEY_NONE;
}

static void back(void *context, int code)
{
    struct feed *feed = context;
    assert_true(feed->at > 0 && feed->code[feed->at - 1] == code);
    feed->at--;
}

static uint32_t special(int code)
{
    return code == SPECIAL ? K_PGUP : K_NONE;
}

/* The keys of these codes, up to `room`; returns how many, K_NONE among them. */
static int keys_of(const int *code, int count, bool utf8, uint32_t *out, int room)
{
    struct feed feed = {code, count, 0};
    struct term_report report = {0};
    const struct term_key_source source = {
        .next = next, .back = back, .special = special, .context = &feed, .utf8 = utf8, .report = &report};
    int n = 0;
    for (int c; n < room && (c = next(&feed, false)) != TERM_KEY_NONE;)
        out[n++] = term_key_decode(&source, c);
    return n;
}

#define CODES(...) (const int[]){__VA_ARGS__}, (int)MM_COUNT(((const int[]){__VA_ARGS__}))
#define KEYS(...)  (const uint32_t[]){__VA_ARGS__}, (int)MM_COUNT(((const uint32_t[]){__VA_ARGS__}))

static void expect(const int *code, int codes, bool utf8, const uint32_t *key, int keys)
{
    uint32_t found[16];
    assert_int_equal(keys_of(code, codes, utf8, found, 16), keys);
    for (int i = 0; i < keys; i++)
        assert_int_equal(found[i], key[i]);
}

static void characters(void **state)
{
    (void)state;
    expect(CODES('a', 'Z', ' '), true, KEYS('a', 'Z', ' '));
    expect(CODES('\r', '\n', '\t', '\b', 127), true, KEYS(K_ENTER, K_ENTER, K_TAB, K_BACKSPACE, K_BACKSPACE));
    expect(CODES(1, 26, 0, 31), true, KEYS(K_CTRL | 'a', K_CTRL | 'z', K_NONE, K_NONE));
    expect(CODES(SPECIAL, SPECIAL + 1), true, KEYS(K_PGUP, K_NONE));
}

static void utf8(void **state)
{
    (void)state;
    expect(CODES(0xc3, 0xa9, 'x'), true, KEYS(0xe9, 'x'));      /* e with acute accent */
    expect(CODES(0xe5, 0xb1, 0x82), true, KEYS(0x5c42));        /* three bytes */
    expect(CODES(0xf0, 0x9f, 0x98, 0x80), true, KEYS(0x1f600)); /* four */
    expect(CODES(0xc3, 'x'), true, KEYS(K_NONE, 'x'));          /* cut short: x is a key still */
    expect(CODES(0xc3), true, KEYS(K_NONE));                    /* and nothing comes */
    expect(CODES(0xa9, 0xff, 0xc0, 'x'), true, KEYS(K_NONE, K_NONE, K_NONE, 'x')); /* no lead bytes */
    expect(CODES(0xe0, 0x80, 0x80), true, KEYS(K_NONE));                           /* too long a form */
    expect(CODES(0xc3, 0xa9), false, KEYS(K_NONE, K_NONE));                        /* another locale */
}

static void escape_and_alt(void **state)
{
    (void)state;
    expect(CODES(27), true, KEYS(K_ESC));
    expect(CODES(27, 'x'), true, KEYS(K_META | 'x'));
    expect(CODES(27, '\r'), true, KEYS(K_META | K_ENTER));
    expect(CODES(27, 27), true, KEYS(K_ESC, K_ESC));
    expect(CODES(27, 0xc3, 0xa9), true, KEYS(K_ESC, 0xe9));
    expect(CODES(27, SPECIAL), true, KEYS(K_ESC, K_PGUP));
}

static void unknown_sequences_are_skipped(void **state)
{
    (void)state;
    expect(CODES(27, '[', '1', ';', '5', 'P', 'j'), true, KEYS(K_NONE, 'j'));
    expect(CODES(27, 'O', 'Q', 'j'), true, KEYS(K_NONE, 'j'));
    expect(CODES(27, '[', '2'), true, KEYS(K_NONE));
    expect(CODES(27, '[', 27, 'x'), true, KEYS(K_NONE, K_META | 'x')); /* another one begins in it */
}

/* ---- mouse and answers ---- */

static uint32_t key_of_bytes(const char *bytes, bool mouse, struct term_report *report, struct feed *feed)
{
    static int code[64];
    int count = 0;
    for (; bytes[count]; count++)
        code[count] = (unsigned char)bytes[count];
    *feed = (struct feed){code, count, 1};
    const struct term_key_source source = {
        .next = next, .back = back, .special = special, .context = feed, .mouse = mouse, .report = report};
    return term_key_decode(&source, code[0]);
}

static void the_mouse(void **state)
{
    static const struct {
        const char *bytes;
        struct mouse mouse; /* MOUSE_NONE: it means nothing */
    } cases[] = {
        {"\033[<0;1;1M", {MOUSE_CLICK, 0, 0}},       {"\033[<0;300;100M", {MOUSE_CLICK, 299, 99}},
        {"\033[<0;5;7m", {MOUSE_NONE, 0, 0}},  /* let go */
        {"\033[<2;5;7M", {MOUSE_NONE, 0, 0}},  /* the right button */
        {"\033[<35;5;7M", {MOUSE_NONE, 0, 0}}, /* moved */
        {"\033[<64;5;7M", {MOUSE_WHEEL_UP, 4, 6}},   {"\033[<65;5;7M", {MOUSE_WHEEL_DOWN, 4, 6}},
        {"\033[<81;5;7M", {MOUSE_WHEEL_DOWN, 4, 6}}, /* with Ctrl */
        {"\033[<66;5;7M", {MOUSE_NONE, 0, 0}},       /* to the left */
        {"\033[<0;0;1M", {MOUSE_NONE, 0, 0}},        {"\033[<0;5M", {MOUSE_NONE, 0, 0}},
        {"\033[<0;5;7;9M", {MOUSE_NONE, 0, 0}},      {"\033[<99999999;5;7M", {MOUSE_NONE, 0, 0}},
        {"\033[M !\"", {MOUSE_CLICK, 0, 1}}, /* as old terminals send it: 32 + 0, 1, 2 */
        {"\033[Ma!!", {MOUSE_WHEEL_DOWN, 0, 0}},     {"\033[M#!!", {MOUSE_NONE, 0, 0}}, /* let go */
        {"\033[M !\xff", {MOUSE_CLICK, 0, 222}},     {"\033[M !", {MOUSE_NONE, 0, 0}},  /* cut short */
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct term_report report = {0};
        struct feed feed;
        uint32_t key = key_of_bytes(cases[i].bytes, true, &report, &feed);
        assert_int_equal(key, cases[i].mouse.kind == MOUSE_NONE ? K_NONE : K_MOUSE);
        assert_int_equal(feed.at, feed.count); /* nothing of it is typed */
        if (key == K_MOUSE)
            assert_memory_equal(&report.mouse, &cases[i].mouse, sizeof report.mouse);
        assert_int_equal(key_of_bytes("\033[<0;1;1M", false, &report, &feed), K_NONE); /* it is off */
        assert_int_equal(feed.at, feed.count);
    }
}

static void answers_of_the_terminal(void **state)
{
    static const struct {
        const char *bytes;
        bool answered, sync;
    } cases[] = {
        {"\033[?2026;2$y", false, true},  {"\033[?2026;1$y", false, true}, {"\033[?2026;0$y", false, false},
        {"\033[?2026;4$y", false, false}, {"\033[?25;2$y", false, false},  {"\033[?62;1;6c", true, false},
        {"\033[?1;2c", true, false},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct term_report report = {0};
        struct feed feed;
        assert_int_equal(key_of_bytes(cases[i].bytes, false, &report, &feed), K_REPORT);
        assert_int_equal(feed.at, feed.count);
        assert_int_equal(report.answered, cases[i].answered);
        assert_int_equal(report.sync, cases[i].sync);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters),     cmocka_unit_test(utf8),
        cmocka_unit_test(escape_and_alt), cmocka_unit_test(unknown_sequences_are_skipped),
        cmocka_unit_test(the_mouse),      cmocka_unit_test(answers_of_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
