/* The Stats tab: both sides in figures. */
#include "views/inspector.h"
#include "views/layer.h"
#include "views/metrics_table.h"
#include "views/stats_table.h"
#include "views/verdict.h"

/* What there is to say besides figures: the verdict, an error, how the two were paired and laid out, what was
 * chosen. */
static int draw_words(struct canvas *c, const struct app *app, size_t id, int y)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    char spread[MM_NUM];
    struct mm_buf text;
    mm_buf_init(&text);
    if (layer->verdict.text[0])
        y = layer_sentence(c, y, layer->verdict.bad ? verdict_role(layer->verdict.kind) : ROLE_VALUE,
                           "verdict", layer->verdict.text);
    else if (layer->verdict.kind == MM_VERDICT_OK)
        y = layer_sentence(c, y, ROLE_OK, "verdict", "ok: within the thresholds");
    if (layer->result.error)
        y = layer_sentence(c, y, ROLE_ERROR, "error", layer->result.error);
    y = layer_chosen(c, y, app, id);
    mm_pair_how_by(layer->pair, &text);
    if (layer->result.match != MM_MATCH_NONE) {
        mm_buf_puts(&text, "; ");
        mm_pair_laid_text(layer->pair, layer->result.match, &text);
    }
    if (layer->result.spread > 0)
        mm_buf_printf(&text, "; samples differ by %s", mm_num_short(spread, layer->result.spread, 2));
    y = layer_sentence(c, y, ROLE_VALUE, "pair", mm_buf_text(&text));
    mm_buf_clear(&text);
    if (mm_layer_scales_text(layer, &text))
        y = layer_sentence(c, y, ROLE_VALUE, "dst", mm_buf_text(&text));
    mm_buf_done(&text);
    return y;
}

static int draw_text(struct canvas *c, const struct layer_view *layer, const struct app *app, int top)
{
    static int (*const tables[])(struct canvas *, const struct app *, size_t,
                                 int) = {stats_table_draw, metrics_table_draw, names_table_draw};
    int y = draw_words(c, app, layer->id, -top) + top;
    for (size_t i = 0; i < MM_COUNT(tables); i++) {
        struct canvas table = canvas_sub(c, 0, y + 1 - top, c->w, 200);
        int lines = tables[i](&table, app, layer->id, 0);
        y += lines ? lines + 1 : 0;
    }
    return y;
}

const struct layer_tab stats_tab = {.title = "Stats", .help = "both sides in figures", .text = draw_text};
