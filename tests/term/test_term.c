/*
 * The program in a real pseudo-terminal: what it leaves behind, and what it survives.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "term/session.h"

/* ---- tests ---- */

static void start_and_quit_restore_the_screen(void **state)
{
    (void)state;
    start(80, 24);
    assert_true(pty.altscreen);
    assert_false(pty_is_cooked(&pty));
    assert_int_equal(pty_find(&pty, "? help"), 23);
    quit_and_expect_restored();
}

static void the_hidden_cursor_stands_on_the_selected_row(void **state)
{
    (void)state;
    start(80, 24);
    assert_false(pty.cursor_visible);
    pty_keys(&pty, "g/conv_b\r");
    pty_expect(&pty, "conv_b");
    VTermPos at = {.row = -1};
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (at.row != pty_find(&pty, "conv_b") || pty.cursor_visible) {
        assert_true(time(NULL) < deadline);
        pty_turn(&pty, time(NULL) + 1);
        vterm_state_get_cursorpos(vterm_obtain_state(pty.vterm), &at);
    }
    quit_and_expect_restored();
}

static void walking_through_the_screens(void **state)
{
    (void)state;
    start(100, 30);
    pty_keys(&pty, "\r");
    pty_expect(&pty, "Stats");
    pty_keys(&pty, "?");
    pty_expect(&pty, "Keys for the screen");
    pty_keys(&pty, "qq");
    pty_expect(&pty, "softmax_c");
    pty_keys(&pty, "\x1b[B\x1bOA\x1b[6~\x1b[Z\x1b"); /* arrows, page, S-Tab, Esc: as terminals send them */
    pty_keys(&pty, ":nonsense\r");
    pty_expect(&pty, "Unknown action 'nonsense'");
    quit_and_expect_restored();
}

/* What was typed into lines is there in the next run, each at its own prompt; by a script nothing is kept. */
static void lines_are_kept_for_the_next_run(void **state)
{
    (void)state;
    start(80, 24);
    pty_keys(&pty, ":theme mono\r");
    pty_expect(&pty, "Theme: mono");
    pty_keys(&pty, "/softmax\r");
    quit_and_expect_restored();
    pty_close(&pty);
    memset(&pty, 0, sizeof pty);
    start(80, 24);
    pty_keys(&pty, "/\x1bOA");
    pty_expect(&pty, "/softmax");
    pty_keys(&pty, "\x1b:\x1bOA");
    pty_expect(&pty, ":theme mono");
    pty_keys(&pty, "\x15tag\t");
    pty_expect(&pty, "tag-pattern   Tag every name");
    pty_keys(&pty, "\x1b\x1b");
    quit_and_expect_restored();
}

/* A pair taken apart, its halves paired again: measured by workers that are others than before. */
static void pairing_by_hand(void **state)
{
    (void)state;
    start(80, 24);
    pty_keys(&pty, ":sort layer\r/conv_b\r!");
    pty_expect(&pty, "Took the pair conv_b apart");
    pty_expect(&pty, "2 pairs");
    pty_keys(&pty, "=");
    pty_expect(&pty, "conv_b marked: = on one only in");
    pty_keys(&pty, "\x1b");
    pty_expect(&pty, "Mark dropped");
    pty_keys(&pty, "=j=");
    pty_expect(&pty, "Paired conv_b with conv_b");
    pty_expect(&pty, "3 pairs");
    pty_keys(&pty, "Q");
    pty_expect(&pty, "Hand-made pairs not saved. Quit anyway?");
    pty_keys(&pty, "y");
    pty_expect_end(&pty);
    assert_int_equal(WEXITSTATUS(pty.status), 0);
    expect_restored();
}

static void a_storm_of_resizes(void **state)
{
    (void)state;
    start(80, 24);
    for (int i = 0; i < 300; i++)
        pty_resize(&pty, 1 + i * 37 % 180, 1 + i * 13 % 60);
    pty_resize(&pty, 90, 20);
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (pty_find(&pty, "? help") != 19 || pty_find(&pty, "conv_a") < 0) {
        assert_true(time(NULL) < deadline);
        pty_turn(&pty, time(NULL) + 1);
    }
    quit_and_expect_restored();
}

static void stop_and_continue(const char *keys, int number)
{
    start(80, 24);
    if (keys)
        pty_keys(&pty, keys);
    else
        kill(pty.program, number);
    pty_wait_for(&pty, &pty.stopped);
    expect_restored();
    pty_resize(&pty, 70, 15); /* while it could not see it */
    assert_int_equal(write(pty.orders[1], "c", 1), 1);
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (!pty.altscreen || pty_find(&pty, "? help") != 14) {
        assert_true(time(NULL) < deadline);
        pty_turn(&pty, time(NULL) + 1);
    }
    assert_false(pty_is_cooked(&pty));
    quit_and_expect_restored();
}

static void ctrl_z_and_fg(void **state)
{
    (void)state;
    stop_and_continue("\x1a", 0);
}

static void sigtstp_and_fg(void **state)
{
    (void)state;
    stop_and_continue(NULL, SIGTSTP);
}

static void signals_that_end_it(void **state)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        start(80, 24);
        kill(pty.program, numbers[i]);
        pty_expect_end(&pty);
        expect_restored();
        assert_true(WIFEXITED(pty.status));
        assert_int_equal(WEXITSTATUS(pty.status), 128 + numbers[i]);
        if (i < 2)
            pty_close(&pty);
    }
}

static void a_crash_restores_the_screen(void **state)
{
    (void)state;
    start(80, 24);
    kill(pty.program, SIGSEGV);
    pty_expect_end(&pty);
    expect_restored();
    /* by the signal itself, or with a report of a sanitizer that caught it */
    assert_false(WIFEXITED(pty.status) && WEXITSTATUS(pty.status) == 0);
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
    (void)state;
    start(80, 24);
    pid_t program = pty.program;
    close(pty.master);
    pty.master = -1;
    pty.gone = true;
    /* The stand-in shell, as leader of the session, dies of the hang-up; then nobody reports. The pipe's end
     * tells. */
    struct pollfd fd = {.fd = pty.reports[0], .events = POLLIN};
    assert_true(poll(&fd, 1, PTY_DEADLINE * 1000) > 0);
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (kill(program, 0) == 0)
        assert_true(time(NULL) < deadline);
    pty.ended = true;
}

static void no_color_is_obeyed(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    start(80, 24);
    pty_keys(&pty, "\r");
    pty_expect(&pty, "Stats");
    quit_and_expect_restored();
    assert_false(output_has_colour());
}

static void color_always_beats_no_color(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    start_with(80, 24, "--color=always");
    pty_expect(&pty, "softmax_c");
    pty_expect(&pty, "? help");
    quit_and_expect_restored();
    assert_true(output_has_colour());
}

static void color_never_wins(void **state)
{
    (void)state;
    start_with(80, 24, "--color=never");
    pty_expect(&pty, "softmax_c");
    pty_expect(&pty, "? help");
    quit_and_expect_restored();
    assert_false(output_has_colour());
}

static void a_c_locale_gets_ascii_only(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    start(80, 24);
    pty_keys(&pty, "\r");
    pty_expect(&pty, "Stats");
    pty_keys(&pty, "2");
    pty_expect(&pty, "Histogram");
    quit_and_expect_restored();
    for (size_t i = 0; i < pty.length; i++)
        assert_true((unsigned char)pty.output[i] < 0x80);
}

static void rubbish_from_the_keyboard(void **state)
{
    static const char rubbish[] =
        "\x1b[200~\x1b[201~\x1b[99;99;99~\x1b[<0;1;1M\x1b[1;5P\x1bOz\xff\xfe\xc3\x28\xf8\x00"
        "\x1b[;;;;;;;;;;;;;;;;;;;;;\x1d\x1e\x1f";
    (void)state;
    start(80, 24);
    for (int i = 0; i < 20; i++)
        pty_type(&pty, rubbish, sizeof(rubbish) - 1);
    pty_keys(&pty, "\x1b");
    pty_keys(&pty, "\x0c"); /* ^L */
    pty_keys(&pty, ":rubbish-is-over\r");
    pty_expect(&pty, "Unknown action 'rubbish-is-over'");
    quit_and_expect_restored();
}

static void too_small_and_back(void **state)
{
    (void)state;
    start(80, 24);
    pty_resize(&pty, 30, 8);
    pty_expect(&pty, "mmtui needs");
    pty_resize(&pty, 80, 24);
    pty_expect(&pty, "softmax_c");
    quit_and_expect_restored();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(start_and_quit_restore_the_screen),
        TEST(the_hidden_cursor_stands_on_the_selected_row),
        TEST(walking_through_the_screens),
        TEST(lines_are_kept_for_the_next_run),
        TEST(pairing_by_hand),
        TEST(a_storm_of_resizes),
        TEST(ctrl_z_and_fg),
        TEST(sigtstp_and_fg),
        TEST(signals_that_end_it),
        TEST(a_crash_restores_the_screen),
        TEST(a_terminal_that_goes_away_ends_it),
        TEST(no_color_is_obeyed),
        TEST(color_always_beats_no_color),
        TEST(color_never_wins),
        TEST(a_c_locale_gets_ascii_only),
        TEST(rubbish_from_the_keyboard),
        TEST(too_small_and_back),
    };
    return cmocka_run_group_tests(tests, make_dumps, remove_dumps);
}
