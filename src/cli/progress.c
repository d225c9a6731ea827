#include "cli/progress.h"
#include "cli/commands.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seconds before the first line, and between two. */
#define PATIENCE 1.0
#define INTERVAL 0.1
/* Unreadable files that are told one by one. */
#define MOST_FAILURES 20

struct progress {
    double started, shown; /* mm_clock */
    bool visible;
};

static void show(struct progress *progress, const struct mm_session *session)
{
    double now = mm_clock();
    if (now - progress->started < PATIENCE || now - progress->shown < INTERVAL)
        return;
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    cli_say(stderr, "\rmeasuring %zu of %zu tensors, %.0f s ", totals.measured, totals.layers,
            now - progress->started);
    progress->shown = now;
    progress->visible = true;
}

/* Wait for results, but not for longer than the clock on the screen may stand still: one tensor can take
 * minutes. */
static void wait_a_little(struct mm_session *session)
{
    struct pollfd finished = {.fd = mm_session_fd(session), .events = POLLIN};
    if (finished.fd >= 0)
        poll(&finished, 1, (int)(INTERVAL * 1000));
}

static void settle_in_sight(struct mm_session *session)
{
    struct progress progress = {.started = mm_clock()};
    for (;;) {
        mm_session_apply(session);
        if (mm_session_idle(session))
            break;
        show(&progress, session);
        wait_a_little(session);
    }
    if (progress.visible)
        cli_say(stderr, "\r%50s\r", "");
}

static void say(const char *kind, const char *text)
{
    struct mm_buf visible;
    mm_buf_init(&visible);
    mm_text_escape(&visible, text, strlen(text));
    cli_say(stderr, "mmtui: %s: %s\n", kind, mm_buf_text(&visible));
    mm_buf_done(&visible);
}

static void say_failure(const struct mm_result *result)
{
    say(result->failed_dst ? "dst" : "src", result->error ? result->error : mm_code_word(result->code));
}

static void say_failures(const struct mm_session *session)
{
    size_t failures = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_result *result = &mm_session_layer(session, id)->result;
        if (result->state == MM_STATE_FAILED && failures++ < MOST_FAILURES)
            say_failure(result);
    }
    if (failures > MOST_FAILURES)
        cli_say(stderr, "mmtui: %zu more files could not be read\n", failures - MOST_FAILURES);
}

int measure_all(struct mm_session *session, struct mm_err *err)
{
    if (mm_session_start(session, err) < 0)
        return -1;
    if (mm_session_notice(session))
        say("note", mm_session_notice(session));
    if (isatty(STDERR_FILENO))
        settle_in_sight(session);
    else
        mm_session_finish(session, NULL, NULL);
    say_failures(session);
    return 0;
}

void print_raw(const struct mm_session *session, struct mm_buf *out)
{
    size_t before = out->length;
    mm_session_raw_text(session, out);
    if (out->length > before)
        mm_buf_putc(out, '\n');
}

void tell_missing(const struct mm_session *session, const char *plan)
{
    struct mm_buf text = {0}, path = {0};
    if (plan && mm_session_missing(session, &text) > 0) {
        mm_text_escape(&path, plan, strlen(plan));
        fflush(stdout);
        cli_say(stderr, "mmtui: %s: %s\n", mm_buf_text(&path), mm_buf_text(&text));
    }
    mm_buf_done(&text);
    mm_buf_done(&path);
}
