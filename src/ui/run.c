#include "ui/clipboard.h"
#include "ui/run.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/term.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>

#define FRAME   (1.0 / 30) /* seconds between two frames at least */
#define TICK    1.0        /* seconds between two frames while jobs run and nothing else happens */
#define LONGEST 1e6        /* seconds, in milliseconds an int */

struct loop {
    struct app *app;
    struct term *term;
    struct grid grid;
    double drawn; /* when the last frame was shown */
    int ended_by; /* signal, or 0 */
    bool repaint;
    bool gone; /* the terminal is */
};

static bool is_busy(const struct app *app)
{
    return app->hooks.busy && app->hooks.busy(app->hooks.context);
}

/* Milliseconds until there is something to do by itself; -1: never. */
static int wait_time(const struct loop *loop)
{
    double due = app_due(loop->app);
    double frame = loop->app->dirty     ? loop->drawn + FRAME
                   : is_busy(loop->app) ? loop->drawn + TICK
                                        : INFINITY;
    due = frame < due ? frame : due;
    if (isinf(due))
        return -1;
    double left = due - mm_clock();
    return left <= 0 ? 0 : left > LONGEST ? (int)LONGEST * 1000 : (int)(left * 1000) + 1;
}

static void take_size(struct loop *loop)
{
    int w, h;
    term_size(loop->term, &w, &h);
    app_resize(loop->app, w, h);
    loop->repaint = true;
}

static void take_signals(struct loop *loop)
{
    unsigned happened = term_signals(loop->term);
    if (happened & TERM_ENDED) {
        loop->ended_by = term_end_signal(loop->term);
        return;
    }
    if (happened & TERM_SUSPEND)
        term_suspend(loop->term);
    if (happened)
        take_size(loop);
}

static void do_wants(struct loop *loop)
{
    struct app *app = loop->app;
    unsigned wants = app->wants;
    app->wants = 0;
    if (wants & APP_WANTS_COPY && !clipboard_send(mm_buf_text(&app->copy), app->copy.length))
        app_say(app, ROLE_WARN, "This terminal has no clipboard that mmtui could write to.");
    if (wants & APP_WANTS_MOUSE && !term_use_mouse(loop->term, app->mouse)) {
        app->mouse = false;
        app_say(app, ROLE_WARN, "This terminal has no mouse that mmtui knows (TERM is %s)", getenv("TERM"));
    }
    if (wants & APP_WANTS_REPAINT)
        loop->repaint = true;
    if (wants & APP_WANTS_SUSPEND) {
        term_suspend(loop->term);
        take_size(loop);
    }
}

static void take_keys(struct loop *loop)
{
    uint32_t key;
    int more = 1;
    while (!loop->app->quit && (more = term_key(loop->term, &key)) > 0) {
        const struct mouse mouse = term_mouse(loop->term);
        if (key == K_MOUSE)
            app_mouse(loop->app, &loop->grid, &mouse);
        else
            app_key(loop->app, key);
        do_wants(loop);
    }
    loop->gone = loop->gone || more < 0;
}

static void draw_if_due(struct loop *loop)
{
    double now = mm_clock();
    double since = now - loop->drawn;
    bool due = (loop->app->dirty && since >= FRAME) || (is_busy(loop->app) && since >= TICK);
    if (!due)
        return;
    app_draw(loop->app, &loop->grid);
    term_draw(loop->term, &loop->grid, &loop->app->theme, loop->repaint);
    loop->repaint = false;
    loop->drawn = now;
}

static void turn(struct loop *loop)
{
    const struct app_hooks *hooks = &loop->app->hooks;
    struct pollfd fds[4] = {
        {.fd = term_key_fd(loop->term), .events = POLLIN},
        {.fd = term_signal_fd(loop->term), .events = POLLIN},
        {.fd = hooks->fd, .events = POLLIN}, /* a negative fd is left out */
        {.fd = hooks->outside_fd ? hooks->outside_fd(hooks->context) : -1, .events = POLLIN}};
    bool happened = poll(fds, 4, wait_time(loop)) > 0;
    if (happened && fds[1].revents)
        take_signals(loop);
    if (happened && fds[2].revents)
        app_ready(loop->app);
    if (happened && fds[0].revents)
        take_keys(loop);
    if ((happened && fds[3].revents) || app_due(loop->app) <= mm_clock())
        app_tick(loop->app);
}

int app_run(struct app *app, struct term *term)
{
    struct loop loop = {.app = app, .term = term, .drawn = -1e9};
    grid_init(&loop.grid);
    take_size(&loop);
    draw_if_due(&loop);
    while (!app->quit && !loop.ended_by && !loop.gone) {
        turn(&loop);
        draw_if_due(&loop);
    }
    grid_done(&loop.grid);
    return loop.ended_by;
}
