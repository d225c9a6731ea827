/* The error profile below the list of layers: its heading, and which part of a long network it shows. */
#include "views/layers.h"
#include "base/translate.h"

#include <string.h>

#include "ui/text_fit.h"
#include "views/verdict.h"

int layers_error_profile_height(const struct app *app, int h)
{
    if (app->options.plain)
        return 0;
    return h >= 34 ? 3 : h >= 20 ? 2 : h >= 12 ? 1 : 0;
}

void layers_profile_follow(struct layers *layers, const struct mm_session *session)
{
    layers->profile =
        error_profile_follow(&layers->profile, mm_session_count(session), layers->zoom, layers_here(layers));
}

/* "#1201-#1600 of 8000" */
static void range_text(const struct layers *layers, const struct app *app, struct mm_buf *out)
{
    mm_buf_printf(out, "#%zu-#%zu of %zu", layers->profile.from + 1,
                  layers->profile.from + layers->profile.count, mm_session_count(app->session));
}

/* In the place of bars that would stand in the order of names. */
static void draw_unordered(struct canvas *c, const struct app *app)
{
    if (strcmp(app->message, mm_tr(verdict_no_order)) != 0) /* once is enough */
        text_fit_wrap(c, 1, 0, c->w - 2, ROLE_DIM, verdict_no_order);
}

/* The threshold stands beside the row that belongs to what is over it, on the right which layers are seen. */
void layers_draw_profile(struct canvas *c, const struct layers *layers, const struct app *app)
{
    if (mm_session_order(app->session) == MM_ORDER_UNKNOWN) {
        draw_unordered(c, app);
        return;
    }
    int label = c->w >= 60 ? 6 : 0, right = 1;
    double threshold = mm_session_options(app->session)->thresholds.diff2;
    char limit[MM_NUM + 1] = ">";
    struct mm_buf range = {0};
    if (layers->zoom && label) {
        range_text(layers, app, &range);
        right = mm_text_width(mm_buf_text(&range)) + 2;
        canvas_text(c, c->w - right + 1, 0, -1, ROLE_AXIS, mm_buf_text(&range));
    }
    mm_buf_done(&range);
    struct canvas strip = canvas_sub(c, 1 + label, 0, c->w - 1 - right - label, c->h);
    if (c->h > 1 && threshold > 0 && strlen(mm_num_short(limit + 1, threshold, 2)) < 5)
        canvas_text(c, 1, 0, label, ROLE_AXIS, limit);
    enum mm_column_id column = error_profile_column(layers->order.column);
    canvas_text(c, 1, c->h - 1, label, ROLE_AXIS, mm_column(column)->title);
    error_profile_draw(&strip, app->session, column, &layers->profile, layers_here(layers), app->glyphs);
}

static void zoom(struct layers *layers, struct app *app, int by)
{
    int most = error_profile_zooms(mm_session_count(app->session)), before = layers->zoom;
    long to = (long)layers->zoom + by;
    struct mm_buf range = {0};
    if (layers_error_profile_height(app, layers->h) == 0) {
        app_say(app, ROLE_STATUS, "There is no room for the error profile here");
        return;
    }
    if (mm_session_order(app->session) == MM_ORDER_UNKNOWN) {
        app_say(app, ROLE_STATUS, "%s", verdict_no_order);
        return;
    }
    layers->zoom = to < 0 ? 0 : to > most ? most : (int)to;
    layers_profile_follow(layers, app->session);
    range_text(layers, app, &range);
    app_say(app, ROLE_STATUS, "Error profile: %s%s", mm_buf_text(&range),
            layers->zoom != before ? ""
            : by > 0               ? " (as close as it gets)"
                                   : " (all of it)");
    mm_buf_done(&range);
}

bool layers_profile_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    if (event->id != ACT_STRIP_IN && event->id != ACT_STRIP_OUT)
        return false;
    zoom(layers, app, event->id == ACT_STRIP_IN ? action_times(event) : -action_times(event));
    return true;
}
