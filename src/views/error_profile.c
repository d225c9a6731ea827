#include "views/error_profile.h"

#include <math.h>
#include <stdlib.h>

/* The scale: six decades end at an error as large as the signal. */
#define DECADES 6

double error_profile_level(double error)
{
    if (isnan(error) || error >= 1)
        return 1;
    if (error <= 0)
        return 0;
    double level = 1 + log10(error) / DECADES;
    return level < 0 ? 0 : level;
}

#define DECADES_BELOW 4 /* that the rows below the threshold span */

static int clamp(double value, int low, int high)
{
    return value < low ? low : value > high ? high : (int)lround(value);
}

int error_profile_eighths(double error, double threshold, int rows)
{
    int all = rows * 8, below = all - 8;
    if (rows < 2 || !(threshold > 0))
        return clamp(1 + error_profile_level(error) * (all - 1), 1, all);
    if (error <= 0)
        return 1;
    double times = log10(error / threshold);
    if (times <= 0)
        return clamp((1 + times / DECADES_BELOW) * below, 1, below);
    if (isnan(error) || error >= 1)
        return all;
    return clamp(below + 1 + 7 * times / -log10(threshold), below + 1, all);
}

enum mm_column_id error_profile_column(enum mm_column_id column)
{
    bool other = column == MM_COLUMN_IMPL || column == MM_COLUMN_FORMAT || column == MM_COLUMN_BEFORE;
    return other ? column : MM_COLUMN_DIFF2;
}

/* -1 where there is no figure. */
static double error_of(const struct mm_session *session, enum mm_column_id column, size_t id)
{
    if (column == MM_COLUMN_DIFF2)
        return mm_session_layer(session, id)->rank;
    double value = mm_column(column)->value(session, id);
    return isnan(value) ? -1 : value;
}

/* The layers that share column x of w: [from, to). */
static void share(const struct error_profile *profile, int x, size_t *from, size_t *to)
{
    size_t count = profile->window.count, w = (size_t)profile->w;
    *from = (size_t)x * count / w;
    *to = ((size_t)x + 1) * count / w;
    if (*to == *from)
        *to = *from + 1; /* fewer layers than columns: each is drawn over several */
    *to = (*to < count ? *to : count) + profile->window.from;
    *from += profile->window.from;
}

static struct error_profile_bar bar_at(const struct mm_session *session, const struct error_profile *profile,
                                       int x)
{
    double threshold = mm_session_options(session)->thresholds.diff2;
    struct error_profile_bar bar = {.worst = -1};
    bool diff2 = profile->column == MM_COLUMN_DIFF2;
    size_t from, to;
    share(profile, x, &from, &to);
    for (size_t id = from; id < to; id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        double error = error_of(session, profile->column, id);
        bar.worst = error > bar.worst ? error : bar.worst;
        bar.bad |= diff2 ? layer->verdict.bad : error > threshold;
        bar.nonfinite |=
            diff2 ? layer->result.state == MM_STATE_MEASURED && layer->result.metrics.nonfinite_differ > 0
                  : isinf(error);
    }
    return bar;
}

void error_profile_make(struct error_profile *profile, const struct mm_session *session,
                        enum mm_column_id column, const struct error_profile_window *window, int w)
{
    uint64_t revision = mm_session_revision(session) + 1;
    if (profile->revision == revision && profile->column == column && profile->w == w &&
        profile->window.from == window->from && profile->window.count == window->count)
        return;
    struct error_profile_bar *bar = w > 0 && window->count ? calloc((size_t)w, sizeof *bar) : NULL;
    free(profile->bar);
    *profile = (struct error_profile){bar, bar ? w : 0, column, *window, revision};
    for (int x = 0; x < profile->w; x++)
        bar[x] = bar_at(session, profile, x);
    profile->w = w;
}

void error_profile_done(struct error_profile *profile)
{
    free(profile->bar);
    *profile = (struct error_profile){0};
}

/* One column: bars from the bottom in eighths; a line where nothing is over the threshold. */
static void draw_column(struct canvas *c, int x, const struct error_profile_bar *bar, bool selected,
                        double threshold, const struct glyphs *g)
{
    enum role role = selected ? ROLE_STRIP_CURSOR : bar->bad ? ROLE_STRIP_OVER : ROLE_STRIP;
    int eighths = bar->worst < 0 ? 0 : error_profile_eighths(bar->worst, threshold, c->h);
    for (int row = 0; row < c->h; row++) {
        int fill = eighths - (c->h - 1 - row) * 8;
        if (fill > 0)
            canvas_text(c, x, row, 1, role, g->eighths_v[fill > 8 ? 8 : fill]);
        else if (row == 0 && c->h > 1 && g->utf8) /* in ASCII it would look like a bar */
            canvas_text(c, x, row, 1, ROLE_AXIS, g->line_h);
    }
    /* what no figure tells stands out in every glyph set and without colour */
    if (bar->nonfinite)
        canvas_text(c, x, 0, 1, role, "!");
    if (selected)
        canvas_overlay(c, x, 0, 1, c->h, ROLE_STRIP_CURSOR);
}

int error_profile_zooms(size_t all)
{
    int zoom = 0;
    while (all >> zoom > ERROR_PROFILE_LEAST)
        zoom++;
    return zoom;
}

struct error_profile_window error_profile_follow(const struct error_profile_window *before, size_t all,
                                                 int zoom, size_t selected)
{
    size_t count = all >> zoom < ERROR_PROFILE_LEAST ? ERROR_PROFILE_LEAST : all >> zoom;
    if (zoom == 0 || count >= all)
        return (struct error_profile_window){0, all};
    size_t from = before->from, margin = count / 8;
    bool kept = before->count == count && from + count <= all;
    bool inside = (from == 0 || selected >= from + margin) &&
                  (from + count == all || selected < from + count - margin) && selected >= from &&
                  selected < from + count;
    if (selected < all && !(kept && inside))
        from = selected < count / 2 ? 0 : selected - count / 2;
    return (struct error_profile_window){from > all - count ? all - count : from, count};
}

void error_profile_draw(struct canvas *c, const struct error_profile *profile, double threshold,
                        size_t selected, const struct glyphs *g)
{
    for (int x = 0; profile->bar && c->h > 0 && x < profile->w; x++) {
        size_t from, to;
        share(profile, x, &from, &to);
        draw_column(c, x, &profile->bar[x], selected >= from && selected < to, threshold, g);
    }
}
