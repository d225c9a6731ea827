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

/* "#1201-#1600 of 8000" */
static void range_text(const struct layers *layers, const struct app *app, struct mm_buf *out)
{
    mm_buf_printf(out, "#%zu-#%zu of %zu", layers->profile.window.from + 1,
                  layers->profile.window.from + layers->profile.window.count, mm_session_count(app->session));
}

/* What stands on the left and on the right of the bars, with a blank beside them. */
#define LEFT 6
static int left_width(int w)
{
    return w >= 60 ? LEFT : 0;
}

static int right_width(const struct layers *layers, const struct app *app, int w)
{
    struct mm_buf range = {0};
    if (layers->zoom && w >= 60)
        range_text(layers, app, &range);
    int width = mm_text_width(mm_buf_text(&range));
    mm_buf_done(&range);
    return width ? width + 1 : 0;
}

void layers_profile_follow(struct layers *layers, const struct app *app)
{
    struct error_profile *profile = &layers->profile;
    struct error_profile_window window = error_profile_follow(
        &profile->window, mm_session_count(app->session), layers->zoom, layers_here(layers));
    if (window.from != profile->window.from || window.count != profile->window.count)
        profile->revision = 0; /* the text on its right is another */
    profile->window = window;
    if (layers_error_profile_height(app, layers->h) == 0)
        return;
    error_profile_make(profile, app->session, error_profile_column(layers->order.column), &window,
                       layers->w - 2 - left_width(layers->w) - right_width(layers, app, layers->w));
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
    const struct error_profile *profile = &layers->profile;
    int label = left_width(c->w), right = right_width(layers, app, c->w);
    double threshold = mm_session_options(app->session)->thresholds.diff2;
    char limit[MM_NUM + 1] = ">";
    struct mm_buf range = {0};
    if (right) {
        range_text(layers, app, &range);
        canvas_text(c, c->w - right, 0, -1, ROLE_AXIS, mm_buf_text(&range));
    }
    mm_buf_done(&range);
    struct canvas strip = canvas_sub(c, 1 + label, 0, c->w - 2 - label - right, c->h);
    if (c->h > 1 && threshold > 0 && strlen(mm_num_short(limit + 1, threshold, 2)) < 5)
        canvas_text(c, 1, 0, label, ROLE_AXIS, limit);
    canvas_text(c, 1, c->h - 1, label, ROLE_AXIS, mm_column(profile->column)->title);
    error_profile_draw(&strip, profile, threshold, layers_here(layers), app->glyphs);
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
    layers_profile_follow(layers, app);
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
