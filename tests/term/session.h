/*
 * The program on three small tensors in a pseudo-terminal: a dump to look at, starting it, what it must leave behind.
 * Include after <cmocka.h>.
 */
#ifndef TESTS_TERM_SESSION_H
#define TESTS_TERM_SESSION_H

#include "term/pty.h"

#include <sys/stat.h>

static char folder[] = "/tmp/mmtui-term-XXXXXX";
static char source[100], target[100];
static struct pty pty;

/* ---- a dump to look at: three small .npy tensors a side ---- */

static inline void write_npy(const char *where, const char *name, float factor)
{
    static const char header[] = "\x93NUMPY\x01\x00\x76\x00"
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (8,), }";
    char path[200];
    char head[128];
    memset(head, ' ', sizeof(head));
    memcpy(head, header, sizeof(header) - 1);
    head[127] = '\n';
    snprintf(path, sizeof(path), "%s/%s.npy", where, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(head, 1, sizeof(head), file);
    for (int i = 1; i <= 8; i++) {
        float value = (float)i * factor;
        fwrite(&value, sizeof(value), 1, file);
    }
    assert_int_equal(fclose(file), 0);
}

static inline int make_dumps(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(source, sizeof(source), "%s/src", folder);
    snprintf(target, sizeof(target), "%s/dst", folder);
    mkdir(source, 0700);
    mkdir(target, 0700);
    static const char *const names[] = {"conv_a", "conv_b", "softmax_c"};
    for (int i = 0; i < 3; i++) {
        write_npy(source, names[i], 1.0f);
        write_npy(target, names[i], 1.0f + 0.1f * (float)i);
    }
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    return 0;
}

static inline int remove_dumps(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

/* ---- starting ---- */

static inline int setup(void **state)
{
    (void)state;
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("TMUX");
    unsetenv("STY");
    memset(&pty, 0, sizeof(pty));
    return getenv("MMTUI") ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    pty_close(&pty);
    return 0;
}

static inline void start_with(int w, int h, const char *option)
{
    char *argv[] = {getenv("MMTUI"), source, target, (char *)(uintptr_t)option, NULL};
    pty_open(&pty, w, h, argv);
}

static inline void start(int w, int h)
{
    start_with(w, h, NULL);
    pty_expect(&pty, "softmax_c");
    pty_expect(&pty, "? help");
}

static inline void expect_restored(void)
{
    assert_false(pty.altscreen);
    assert_true(pty.cursor_visible);
    assert_true(pty_is_cooked(&pty));
}

static inline void quit_and_expect_restored(void)
{
    pty_keys(&pty, "Q");
    pty_expect_end(&pty);
    assert_true(WIFEXITED(pty.status));
    assert_int_equal(WEXITSTATUS(pty.status), 0);
    expect_restored();
}

/* SGR sequences that set a colour (30-37, 90-97, 38;..., 40-47, 48;...). */
static inline bool output_has_colour(void)
{
    for (const char *p = pty.output; p && (p = strstr(p, "\x1b[")); p += 2) {
        const char *q = p + 2;
        size_t n = strspn(q, "0123456789;");
        if (q[n] != 'm')
            continue;
        while (n > 0) {
            long value = strtol(q, NULL, 10);
            if ((value >= 30 && value <= 38) || (value >= 40 && value <= 48) || (value >= 90 && value <= 107))
                return true;
            size_t digits = strcspn(q, ";m");
            n -= digits < n ? digits + 1 : n;
            q += digits + 1;
        }
    }
    return false;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
