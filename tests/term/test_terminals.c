/*
 * Many kinds of terminals: what each of them gets, and never gets; mouse, clipboard, frames as a whole, plain screens.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "term/session.h"

/* ---- helpers ---- */

/* Bytes that came from `from` on. */
static bool sent_since(size_t from, const char *bytes)
{
    return pty.output && strstr(pty.output + from, bytes);
}

static bool sent(const char *bytes)
{
    return sent_since(0, bytes);
}

static bool only_ascii(void)
{
    for (size_t i = 0; i < pty.length; i++) {
        if ((unsigned char)pty.output[i] >= 0x80)
            return false;
    }
    return true;
}

static void expect_cursor_on(const char *text)
{
    VTermPos at = {.row = -1};
    time_t deadline = time(NULL) + PTY_DEADLINE;
    for (;;) {
        vterm_state_get_cursorpos(vterm_obtain_state(pty.vterm), &at);
        if (pty_find(&pty, text) == at.row && !pty.cursor_visible)
            return;
        if (time(NULL) >= deadline) {
            pty_dump(&pty);
            fail_msg("the cursor is on row %d, not on '%s'", at.row, text);
        }
        pty_turn(&pty, time(NULL) + 1);
    }
}

static void expect_mouse(int mode)
{
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (pty.mouse != mode) {
        assert_true(time(NULL) < deadline);
        pty_turn(&pty, time(NULL) + 1);
    }
}

static void click(int x, int y)
{
    char report[40];
    snprintf(report, sizeof(report), "\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x + 1, y + 1, x + 1, y + 1);
    pty_keys(&pty, report);
}

/* Nothing of a frame is under way: the last mark is that of an end. */
static void expect_whole_frame(void)
{
    time_t deadline = time(NULL) + PTY_DEADLINE;
    for (;;) {
        const char *last = NULL;
        for (const char *p = pty.output; (p = strstr(p, "\x1b[?2026")); p++)
            last = p;
        if (last && last[7] == 'l')
            return;
        assert_true(time(NULL) < deadline);
        pty_turn(&pty, time(NULL) + 1);
    }
}

static void click_on(const char *text)
{
    char row[4096];
    expect_whole_frame();
    int y = pty_find(&pty, text);
    assert_true(y >= 0);
    pty_row(&pty, y, row, sizeof(row));
    int x = 0; /* columns before it: characters of one column each */
    for (const char *p = row; p < strstr(row, text); p++)
        x += ((unsigned char)*p & 0xc0) != 0x80;
    click(x, y);
}

/* ---- every kind of terminal ---- */

/* A short walk that draws every kind of screen. */
static void walk(void)
{
    pty_expect(&pty, "softmax_c");
    pty_expect(&pty, "? help");
    pty_keys(&pty, "s");
    pty_expect(&pty, "Sort by");
    pty_keys(&pty, "\x1b");
    pty_keys(&pty, "\r1");
    pty_expect(&pty, "[1 Stats]");
    pty_keys(&pty, "2");
    pty_expect(&pty, "[2 Histogram]");
    pty_keys(&pty, "4H");
    pty_expect(&pty, "max|d|");
    pty_keys(&pty, "qw");
    pty_expect(&pty, "Settings of the whole network");
    pty_keys(&pty, "q");
    pty_expect(&pty, "softmax_c");
}

static void check_terminal(const char *name, const char *locale, const char *option, bool no_color)
{
    setenv("TERM", name, 1);
    setenv("LC_ALL", locale, 1);
    if (no_color)
        setenv("NO_COLOR", "1", 1);
    else
        unsetenv("NO_COLOR");
    pty = (struct pty){.sync = true};
    start_with(80, 24, option);
    walk();
    quit_and_expect_restored();
    bool ascii = strcmp(locale, "C") == 0 || (option && strcmp(option, "--ascii") == 0);
    assert_int_equal(only_ascii(), ascii);
    bool mono = no_color || strcmp(name, "vt100") == 0 || (option && strcmp(option, "--color=never") == 0);
    assert_int_equal(output_has_colour(), !mono);
    bool old = strcmp(name, "vt100") == 0 || strcmp(name, "linux") == 0;
    assert_int_equal(sent("?2026"), !old); /* neither the question nor a frame in it */
    assert_int_equal(sent("\x1b[c"), !old);
    assert_false(sent("?1000"));
    assert_false(sent("]52;"));
    pty_close(&pty);
}

static void every_kind_of_terminal(void **state)
{
    static const char *const names[] = {"xterm-256color", "tmux-256color", "screen",
                                        "linux",          "vt100",         "xterm"};
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check_terminal(names[i], "C.UTF-8", NULL, false);
        check_terminal(names[i], "C", NULL, i % 2);
    }
    check_terminal("xterm-256color", "C.UTF-8", "--ascii", false);
    check_terminal("screen", "C.UTF-8", "--ascii", true);
    check_terminal("xterm-256color", "C.UTF-8", "--color=never", false);
    check_terminal("linux", "C.UTF-8", NULL, true);
    pty.shell = -1; /* teardown has nothing to do */
}

static void a_terminal_without_a_cursor_gets_a_sentence(void **state)
{
    static const struct {
        const char *name, *says, *todo;
    } cases[] = {
        {"dumb", "TERM=dumb can't place its cursor", "| cat"},
        {"no-such-terminal", "TERM=no-such-terminal is not in the terminfo", "try TERM=xterm-256color"},
        {"", "TERM is not set", "try TERM=xterm-256color"}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        setenv("TERM", cases[i].name, 1);
        start_with(300, 24, NULL);
        pty_expect_end(&pty);
        assert_true(WIFEXITED(pty.status));
        assert_int_equal(WEXITSTATUS(pty.status), 2);
        assert_true(pty_find(&pty, cases[i].says) >= 0);
        assert_true(pty_find(&pty, cases[i].todo) >= 0);
        assert_null(strchr(pty.output, '\x1b'));
        assert_true(pty_is_cooked(&pty));
        if (i < 2)
            pty_close(&pty);
    }
}

/* ---- frames as a whole ---- */

/* Every begin has its end, and nothing is drawn outside of them once it is known. */
static void frames_lie_between_begin_and_end(void **state)
{
    (void)state;
    pty.sync = true;
    start(80, 24);
    pty_keys(&pty, "jjj\r");
    pty_expect(&pty, "Stats");
    quit_and_expect_restored();
    int begun = 0, frames = 0;
    for (const char *p = pty.output; (p = strstr(p, "\x1b[?2026")); p += 7) {
        if (p[7] == '$')
            continue;
        assert_int_equal(p[7], begun ? 'l' : 'h');
        begun = !begun;
        frames += begun;
    }
    assert_int_equal(begun, 0);
    assert_true(frames >= 1);
    const char *tabs = strstr(pty.output, "[0 Triage]");
    assert_non_null(tabs);
    const char *begin = NULL;
    for (const char *p = pty.output; (p = strstr(p, "\x1b[?2026h")) && p < tabs; p++)
        begin = p;
    assert_non_null(begin);
    assert_true(strstr(begin, "\x1b[?2026l") > tabs);
}

static void a_terminal_that_does_not_know_frames(void **state)
{
    (void)state;
    start(80, 24);
    pty_keys(&pty, "\r");
    pty_expect(&pty, "Stats");
    quit_and_expect_restored();
    assert_true(sent(PTY_ASK_SYNC));
    assert_false(sent("?2026h"));
}

/* The answer that is under way is not left to the shell. */
static void leaving_before_the_answer(void **state)
{
    (void)state;
    pty.mute = true;
    start(80, 24);
    pty_keys(&pty, "Q\x1b[?2026;2$y\x1b[?62;1c");
    pty_expect_end(&pty);
    expect_restored();
    int waiting = -1;
    assert_int_equal(ioctl(pty.master, FIONREAD, &waiting), 0);
    assert_null(strstr(pty.output, "2026;2")); /* nothing of it was echoed */
}

/* ---- mouse ---- */

static void a_session_with_the_mouse(void **state)
{
    (void)state;
    pty.sync = true;
    start(80, 24);
    assert_int_equal(pty.mouse, VTERM_PROP_MOUSE_NONE);
    pty_keys(&pty, "m");
    pty_expect(&pty, "Mouse on");
    pty_expect(&pty, "Shift selects text");
    expect_mouse(VTERM_PROP_MOUSE_CLICK);
    assert_true(sent("\x1b[?1006h"));
    pty_keys(&pty, ":sort layer\r");
    expect_cursor_on("conv_a");
    click_on("conv_b");
    expect_cursor_on("conv_b");
    click_on("conv_b");
    pty_expect(&pty, "[0 Triage]");
    click_on("1 Stats");
    pty_expect(&pty, "[1 Stats]");
    click_on("q close");
    pty_expect(&pty, "softmax_c");
    click_on("LAYER"); /* it sorts already: the other way round */
    pty_expect(&pty, "sort layer \xe2\x86\x91");
    click_on("diff2");
    pty_expect(&pty, "sort diff2");
    pty_keys(&pty, "m");
    pty_expect(&pty, "Mouse off");
    expect_mouse(VTERM_PROP_MOUSE_NONE);
    pty_keys(&pty, "G\x1b[<0;5;3M"); /* pasted rubbish now */
    pty_keys(&pty, ":end\r");
    pty_expect(&pty, "Unknown action 'end'");
    quit_and_expect_restored();
}

static void start_with_mouse(void)
{
    start(80, 24);
    pty_keys(&pty, "m");
    pty_expect(&pty, "Mouse on");
    expect_mouse(VTERM_PROP_MOUSE_CLICK);
}

static void the_mouse_is_given_back(void **state)
{
    static const int numbers[] = {0, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGQUIT};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        start_with_mouse();
        if (numbers[i])
            kill(pty.program, numbers[i]);
        else
            pty_keys(&pty, "Q");
        pty_expect_end(&pty);
        expect_restored();
        assert_int_equal(pty.mouse, VTERM_PROP_MOUSE_NONE);
        if (i < 5)
            pty_close(&pty);
    }
}

/* As a shell starts it behind &: the signal changes nothing, not even the screen. */
static void an_ignored_signal_stays_ignored(void **state)
{
    (void)state;
    pty.background = true;
    start(80, 24);
    kill(pty.program, SIGQUIT);
    pty_keys(&pty, "m");
    pty_expect(&pty, "Mouse on");
    pty_expect(&pty, "LAYER");
    quit_and_expect_restored();
}

static void the_shell_has_the_mouse_meanwhile(void **state)
{
    (void)state;
    start_with_mouse();
    pty_keys(&pty, "\x1a");
    pty_wait_for(&pty, &pty.stopped);
    expect_restored();
    assert_int_equal(pty.mouse, VTERM_PROP_MOUSE_NONE);
    assert_int_equal(write(pty.orders[1], "c", 1), 1);
    expect_mouse(VTERM_PROP_MOUSE_CLICK);
    quit_and_expect_restored();
    assert_int_equal(pty.mouse, VTERM_PROP_MOUSE_NONE);
}

static void a_terminal_without_a_mouse(void **state)
{
    static const char *const names[] = {"linux", "vt100"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        setenv("TERM", names[i], 1);
        start(80, 24);
        pty_keys(&pty, "m");
        pty_expect(&pty, "no mouse that mmtui knows");
        pty_keys(&pty, "y");
        pty_expect(&pty, "no clipboard");
        quit_and_expect_restored();
        assert_false(sent("?1000") || sent("?1006") || sent("]52;"));
        if (i < 1)
            pty_close(&pty);
    }
}

/* ---- clipboard ---- */

/* "conv_b" is Y29udl9i in base 64. */
#define COPIED "\x1b]52;c;Y29udl9i"

static void a_name_to_the_clipboard(void **state)
{
    static const struct {
        const char *name, *bytes;
    } cases[] = {{"xterm-256color", COPIED "\x1b\\"},
                 {"tmux-256color", COPIED "\x1b\\\x1bPtmux;\x1b" COPIED "\a\x1b\\"},
                 {"screen", COPIED "\x1b\\\x1bP" COPIED "\a\x1b\\"}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        setenv("TERM", cases[i].name, 1);
        start(80, 24);
        pty_keys(&pty, "/conv_b\ry");
        pty_expect(&pty, "Copied conv_b, if the terminal allows it");
        assert_true(sent(cases[i].bytes));
        quit_and_expect_restored();
        if (i < 2)
            pty_close(&pty);
    }
}

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *hit = c ? strchr(digits, c) : NULL;
    return hit ? (int)(hit - digits) : -1;
}

/* The text of the last OSC 52. */
static void copied_text(char *out, size_t size)
{
    const char *p = pty.output, *last = NULL;
    unsigned bits = 0;
    int have = 0;
    size_t n = 0;
    while ((p = strstr(p, "\x1b]52;c;")))
        last = p += 7;
    assert_non_null(last);
    for (; digit_of(*last) >= 0 && n + 1 < size; last++) {
        bits = bits << 6 | (unsigned)digit_of(*last);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 255);
        }
    }
    out[n] = '\0';
}

static void figures_to_the_clipboard(void **state)
{
    (void)state;
    char text[8000];
    start(80, 24);
    pty_keys(&pty, "/conv_b\rY");
    pty_expect(&pty, "Copied figures of conv_b, if the terminal allows it");
    copied_text(text, sizeof(text));
    assert_memory_equal(text, "number\tlayer\t", 13);
    char *row = strchr(text, '\n') + 1;
    assert_non_null(strstr(row, "\tconv_b\t"));
    int tabs[2] = {0, 0};
    for (const char *p = text; *p; p++)
        tabs[p >= row] += *p == '\t';
    assert_int_equal(tabs[0], tabs[1]);
    pty_keys(&pty, "\r1Y");
    pty_expect(&pty, "tab Stats of conv_b");
    copied_text(text, sizeof(text));
    assert_non_null(strstr(text, "conv_b"));
    assert_non_null(strstr(text, "verdict"));
    quit_and_expect_restored();
}

/* ---- plain ---- */

/* Lines, blocks (U+2500 to U+259F: E2 94 80 to E2 96 9F), braille (U+2800 to U+28FF: E2 A0 80 to E2 A3 BF). */
static bool has_drawing(void)
{
    for (size_t i = 0; i + 2 < pty.length; i++) {
        const unsigned char *p = (const unsigned char *)pty.output + i;
        if (p[0] == 0xe2 && ((p[1] >= 0x94 && p[1] <= 0x95) || (p[1] == 0x96 && p[2] < 0xa0) ||
                             (p[1] >= 0xa0 && p[1] <= 0xa3)))
            return true;
    }
    return false;
}

static void plain_draws_no_bars_and_no_boxes(void **state)
{
    (void)state;
    start_with(132, 43, "--plain");
    walk();
    pty_keys(&pty, "\r3");
    pty_expect(&pty, "[3 Channels]");
    pty_keys(&pty, "5");
    pty_expect(&pty, "[5 What if]");
    pty_keys(&pty, "6");
    pty_expect(&pty, "[6 Neighbours]");
    pty_keys(&pty, "q?");
    pty_expect(&pty, "Keys for the screen");
    pty_keys(&pty, "q");
    quit_and_expect_restored();
    assert_false(has_drawing());
}

static void drawing_is_what_plain_leaves_out(void **state)
{
    (void)state;
    start_with(132, 43, NULL);
    walk();
    quit_and_expect_restored();
    assert_true(has_drawing());
}

/* What a screen reader reads is where the hidden cursor stands. */
static void the_hidden_cursor_follows(void **state)
{
    (void)state;
    start_with(80, 24, "--plain");
    pty_expect(&pty, "softmax_c");
    pty_keys(&pty, ":sort layer\r");
    expect_cursor_on("conv_a");
    pty_keys(&pty, "j");
    expect_cursor_on("conv_b");
    pty_keys(&pty, "P");
    pty_expect(&pty, "f32");
    expect_cursor_on("FLOAT16");
    pty_keys(&pty, "\x1b");
    pty_keys(&pty, "\r6");
    pty_expect(&pty, "[6 Neighbours]");
    pty_keys(&pty, "g");
    expect_cursor_on("here");
    pty_keys(&pty, "q");
    expect_cursor_on("conv_b");
    quit_and_expect_restored();
}

/* ---- sizes ---- */

/* On every screen: sizes that come while it draws, then one that fits. */
static void a_storm_on_every_screen(void **state)
{
    static const char *const keys[] = {"\r", "1",  "2",  "3",  "4",    "4H",    "5",   "6",
                                       "q?", "qi", "qw", "qs", "\x1b", "&conv", "\x1b"};
    (void)state;
    start(80, 24);
    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
        pty_keys(&pty, keys[k]);
        for (int i = 0; i < 40; i++)
            pty_resize(&pty, 1 + (i * 37 + (int)k) % 180, 1 + i * 13 % 60);
        pty_resize(&pty, 30, 30);
        pty_expect(&pty, "mmtui needs");
        pty_resize(&pty, 80, 24);
        time_t deadline = time(NULL) + PTY_DEADLINE;
        while (pty_find(&pty, "mmtui needs") >= 0) {
            assert_true(time(NULL) < deadline);
            pty_turn(&pty, time(NULL) + 1);
        }
    }
    pty_expect(&pty, "softmax_c");
    quit_and_expect_restored();
}

static void the_least_size(void **state)
{
    (void)state;
    start(80, 24);
    static const struct {
        int w, h;
        const char *shows;
    } cases[] = {{39, 10, "mmtui needs"},
                 {40, 10, "softmax_c"},
                 {40, 9, "mmtui needs"},
                 {300, 100, "softmax_c"},
                 {12, 6, "mmtui needs"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pty_resize(&pty, cases[i].w, cases[i].h);
        pty_expect(&pty, cases[i].shows);
    }
    quit_and_expect_restored();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_kind_of_terminal, setup),
        TEST(a_terminal_without_a_cursor_gets_a_sentence),
        TEST(frames_lie_between_begin_and_end),
        TEST(a_terminal_that_does_not_know_frames),
        TEST(leaving_before_the_answer),
        TEST(a_session_with_the_mouse),
        TEST(the_mouse_is_given_back),
        TEST(an_ignored_signal_stays_ignored),
        TEST(the_shell_has_the_mouse_meanwhile),
        TEST(a_terminal_without_a_mouse),
        TEST(a_name_to_the_clipboard),
        TEST(figures_to_the_clipboard),
        TEST(plain_draws_no_bars_and_no_boxes),
        TEST(drawing_is_what_plain_leaves_out),
        TEST(the_hidden_cursor_follows),
        TEST(a_storm_on_every_screen),
        TEST(the_least_size),
    };
    return cmocka_run_group_tests(tests, make_dumps, remove_dumps);
}
