#include "views/heat_chart.h"

#include <math.h>

/* The steps go from the least to the greatest error of the map, over so many powers of ten at least and at most. */
#define DECADES_LEAST 1.0
#define DECADES_MOST  4.0
#define STEPS         ROLE_HEAT_STEPS
/* A map of a few cells is drawn larger. */
#define LARGER_MAX 8
/* One row alone is a band. */
#define BAND 4

static bool half_blocks(const struct app *app)
{
    return app->glyphs->utf8 && theme_heat_is_coloured(&app->theme);
}

struct heat_chart_size heat_chart_size(const struct app *app, int w, int h)
{
    bool half = half_blocks(app);
    return (struct heat_chart_size){half, h > 0 ? (half ? 2 * h : h) : 1, w > 0 ? w : 1};
}

static double decades(const struct mm_heat *heat)
{
    double wide = heat->least > 0 ? log10(heat->greatest / heat->least) : DECADES_MOST;
    return wide < DECADES_LEAST ? DECADES_LEAST : wide > DECADES_MOST ? DECADES_MOST : wide;
}

int heat_chart_step(const struct mm_heat *heat, double error)
{
    if (!(error > 0))
        return 0;
    if (error >= heat->greatest)
        return STEPS - 1;
    double level = 1 + log10(error / heat->greatest) / decades(heat);
    return level <= 0 ? 1 : 1 + (int)(level * (STEPS - 1));
}

/* Screen columns, and rows of half a screen row (whole ones without half blocks), that a cell takes. */
static int larger(const struct canvas *c, const struct mm_heat *heat, bool half)
{
    int64_t x = c->w / heat->options.columns, y = (half ? 2 : 1) * c->h / heat->options.rows;
    x = half ? x : x / 2; /* a character is twice as high as wide */
    int64_t both = x < y ? x : y;
    return both < 1 ? 1 : both > LARGER_MAX ? LARGER_MAX : (int)both;
}

/* The step at a place of the screen; -1: nothing is there. */
static int step_at(const struct mm_heat *heat, int64_t row, int64_t column)
{
    if (row >= heat->options.rows || column >= heat->options.columns)
        return -1;
    return heat_chart_step(heat, heat->cell[row * heat->options.columns + column].error);
}

static void draw_half(struct canvas *c, int x, int y, int above, int below, const struct glyphs *g)
{
    if (above < 0)
        return;
    canvas_text(c, x, y, 1, (enum role)(ROLE_HEAT_0 + above), g->half_up);
    if (below >= 0)
        canvas_overlay(c, x, y, 1, 1, (enum role)(ROLE_HEAT_0 + below));
}

void heat_chart_draw(struct canvas *c, const struct app *app, const struct mm_heat *heat, int64_t row,
                     int64_t column)
{
    bool half = half_blocks(app);
    int by = larger(c, heat, half), across = half ? by : heat->options.columns * 2 * by <= c->w ? 2 * by : by;
    by = heat->options.rows == 1 && by < BAND ? BAND : by;
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++) {
            int step = step_at(heat, (half ? 2 * y : y) / by, x / across);
            if (half)
                draw_half(c, x, y, step, step_at(heat, (2 * y + 1) / by, x / across), app->glyphs);
            else if (step >= 0)
                canvas_text(c, x, y, 1, (enum role)(ROLE_HEAT_0 + step), app->glyphs->heat[step]);
        }
    }
    int x = (int)column * across, y = (int)row * by / (half ? 2 : 1);
    canvas_overlay(c, x, y, 1, 1, ROLE_DEFAULT);
    canvas_text(c, x, y, 1, ROLE_MARK, app->glyphs->cross);
    canvas_cursor(c, x, y, false);
}

void heat_chart_legend(struct canvas *c, int y, const struct app *app, const struct mm_heat *heat)
{
    char text[MM_NUM], least[MM_NUM];
    int x = canvas_text(c, 0, y, -1, ROLE_AXIS, "0 ");
    for (int step = 0; step < STEPS; step++)
        x += canvas_text(c, x, y, 2, (enum role)(ROLE_HEAT_0 + step),
                         half_blocks(app) ? app->glyphs->full : app->glyphs->heat[step]);
    canvas_textf(c, x + 1, y, -1, ROLE_AXIS, "%s (logarithmic, from %s)",
                 mm_num_short(text, heat->greatest, 3),
                 mm_num_short(least, heat->greatest * pow(10, -decades(heat)), 2));
}
