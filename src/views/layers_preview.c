/* The selected layer beside the list, where there is room. */
#include "views/layers.h"

#include "ui/text_fit.h"
#include "views/hist_chart.h"
#include "views/metrics_table.h"
#include "views/stats_table.h"
#include "views/verdict.h"

#define CHART_LEAST 8 /* rows below which a histogram says nothing */

static int draw_next(struct canvas *c, int y, const struct app *app, size_t id)
{
    struct mm_buf text;
    mm_buf_init(&text);
    verdict_next(app, id, &text);
    int lines = text.length ? text_fit_wrap(c, 0, y, c->w, ROLE_VALUE, mm_buf_text(&text)) : 0;
    mm_buf_done(&text);
    return lines;
}

/* Name, verdict, what to do, statistics, metrics where there is room for them, and the histogram. */
void layers_draw_preview(struct canvas *c, const struct layers *layers, const struct app *app)
{
    size_t id = layers_selected(layers);
    if (!app->options.plain)
        canvas_vline(c, 0, 0, c->h, ROLE_AXIS, app->glyphs);
    if (id == SIZE_MAX)
        return;
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    struct canvas inside = canvas_sub(c, 2, 0, c->w - 2, c->h);
    text_fit_name(&inside, 0, 0, inside.w, ROLE_TITLE_NAME, layer->label, app->glyphs);
    int y = 1;
    if (layer->verdict.text[0])
        y += text_fit_wrap(&inside, 0, y, inside.w, verdict_role(layer->verdict.kind), layer->verdict.text);
    if (layer->result.error)
        y += text_fit_wrap(&inside, 0, y, inside.w, ROLE_ERROR, layer->result.error);
    y += draw_next(&inside, y, app, id);
    struct canvas stats = canvas_sub(&inside, 0, y + 1, inside.w, inside.h - y - 1);
    y += stats_table_draw(&stats, app, id, 0) + 2;
    if (inside.h - y >= metrics_table_lines(app, id) + 1 + CHART_LEAST) {
        struct canvas metrics = canvas_sub(&inside, 0, y, inside.w, inside.h - y);
        int lines = metrics_table_draw(&metrics, app, id, 0);
        y += lines ? lines + 1 : 0;
    }
    struct canvas chart = canvas_sub(&inside, 0, y, inside.w, inside.h - y);
    if (layers->hist && chart.h >= CHART_LEAST) {
        struct hist_chart_options options = {.log = true};
        hist_chart_draw(&chart, app, layers->hist, &options);
    }
}
