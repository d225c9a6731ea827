/* The Values tab drawn: a line that says what is seen, then a list or the map. */
#include "views/values.h"

#include <limits.h>
#include <math.h>

#include "base/translate.h"
#include "views/elements_table.h"
#include "views/heat_chart.h"
#include "views/place.h"
#include "views/request_text.h"

static void draw_line(struct canvas *c, int y, const struct app *app, struct mm_buf *text)
{
    canvas_fit(c, 0, y, c->w, ALIGN_LEFT, ROLE_DIM, mm_buf_text(text), app->glyphs);
    mm_buf_done(text);
}

/* " in [0,:,3,:]", where it is not all. */
static void put_slice(const struct values_tab *tab, const struct mm_shape *shape, struct mm_buf *out)
{
    if (mm_slice_free(&tab->slice, shape) == shape->rank)
        return;
    mm_buf_say(out, " in ");
    mm_slice_text(&tab->slice, shape, out);
}

/* ---- lists ---- */

static void draw_worst(struct canvas *c, const struct values_tab *tab, const struct app *app)
{
    static const char *const by[] = {[MM_WORST_ABS] = "|d|", [MM_WORST_REL] = "|d/s|"};
    const struct mm_worst_elements *worst = tab->worst;
    char differing[MM_NUM], count[MM_NUM];
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "worst by %s", by[tab->by]);
    put_slice(tab, &worst->shape, &text);
    mm_buf_printf(&text, "%s%s of %s differ", app->glyphs->dot, mm_num_count(differing, worst->differing),
                  mm_num_count(count, worst->count));
    draw_line(c, 0, app, &text);
    if (worst->elements)
        elements_table_head(c, 1, app, &worst->shape);
    else
        canvas_text(c, 0, 2, -1, ROLE_OK, "src and dst are equal here");
    canvas_click(c, 0, 1, c->w, 1,
                 (struct click){.kind = CLICK_ACTION, .id = action_find(&app->actions, "values-by")});
    for (int row = tab->list.top; row < tab->list.count && row < tab->list.top + tab->list.height; row++) {
        int y = VALUES_HEAD + row - tab->list.top;
        elements_table_row(c, y, app, &worst->shape, &worst->element[row], row == tab->list.cursor);
        list_click(c, y, &tab->list, row, true);
    }
}

/* The slice's n-th element, where the window has it. */
static const struct mm_element *element_at(const struct mm_window *window, int64_t n)
{
    bool here = n >= window->from && n - window->from < (int64_t)window->n;
    return here ? &window->element[n - window->from] : NULL;
}

static void draw_browse(struct canvas *c, const struct values_tab *tab, const struct app *app)
{
    const struct mm_window *window = tab->window;
    const struct long_list *list = &tab->browse;
    char count[MM_NUM];
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_say(&text, "all values");
    put_slice(tab, &window->shape, &text);
    mm_buf_printf(&text, "%s%s elements", app->glyphs->dot, mm_num_count(count, window->count));
    if (!window->has[0] || !window->has[1])
        mm_buf_printf(&text, "%sonly in %s", app->glyphs->dot, window->has[0] ? "src" : "dst");
    draw_line(c, 0, app, &text);
    elements_table_head(c, 1, app, &window->shape);
    for (int y = 0; y < list->height && list->top + y < list->count; y++) {
        int64_t row = list->top + y;
        elements_table_row(c, VALUES_HEAD + y, app, &window->shape, element_at(window, row),
                           row == list->cursor);
        if (row <= INT_MAX) /* a count is no longer */
            canvas_click(
                c, 0, VALUES_HEAD + y, c->w, 1,
                (struct click){.kind = CLICK_ACTION, .id = row ? ACT_GOTO : ACT_TOP, .count = (int)row});
    }
}

/* ---- the map ---- */

struct canvas values_map_canvas(const struct canvas *c)
{
    return canvas_sub(c, 0, VALUES_HEAD, c->w, c->h - VALUES_HEAD - 1);
}

/* "12..15", or "12" where the cell is one place. */
static void put_places(int64_t dim, int64_t cells, int64_t cell, struct mm_buf *out)
{
    int64_t first = mm_heat_place(dim, cells, cell), last = mm_heat_place(dim, cells, cell + 1) - 1;
    mm_buf_printf(out, "%lld", (long long)first);
    if (last > first)
        mm_buf_printf(out, "..%lld", (long long)last);
}

/* "axis 2: 12..15, axis 3: 7: max|d| 0.25 @[0,3,13,7]" */
static void put_cell(const struct values_tab *tab, struct mm_buf *out)
{
    const struct mm_heat *heat = tab->heat;
    const struct mm_heat_options *options = &heat->options;
    const struct mm_heat_cell *cell = &heat->cell[tab->row * options->columns + tab->column];
    char text[MM_NUM];
    if (options->y_axis >= 0) {
        mm_buf_printf(out, "axis %d: ", options->y_axis);
        put_places(heat->shape.dim[options->y_axis], options->rows, tab->row, out);
        mm_buf_puts(out, ", ");
    }
    mm_buf_printf(out, "axis %d: ", options->x_axis);
    put_places(heat->shape.dim[options->x_axis], options->columns, tab->column, out);
    if (isinf(cell->error))
        mm_buf_say(out, ": NaN or Inf");
    else
        mm_buf_printf(out, ": max|d| %s", mm_num_short(text, cell->error, 4));
    if (cell->at < 0)
        return;
    mm_buf_puts(out, " @");
    place_text(&heat->shape, cell->at, out);
}

static void draw_map(struct canvas *c, const struct values_tab *tab, const struct app *app)
{
    const struct mm_heat_options *options = &tab->heat->options;
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_puts(&text, "max|d|");
    put_slice(tab, &tab->heat->shape, &text);
    if (options->y_axis >= 0)
        mm_buf_printf(&text, "%saxis %d down, axis %d across", app->glyphs->dot, options->y_axis,
                      options->x_axis);
    else
        mm_buf_printf(&text, "%saxis %d across", app->glyphs->dot, options->x_axis);
    draw_line(c, 0, app, &text);
    mm_buf_init(&text);
    put_cell(tab, &text);
    canvas_fit(c, 0, 1, c->w, ALIGN_LEFT, ROLE_VALUE, mm_buf_text(&text), app->glyphs);
    mm_buf_done(&text);
    if (app->options.plain)
        return;
    struct canvas map = values_map_canvas(c);
    heat_chart_draw(&map, app, tab->heat, tab->row, tab->column);
    heat_chart_legend(c, c->h - 1, app, tab->heat);
}

void values_draw(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    static const enum mm_request kinds[VALUES_MODES] = {MM_REQUEST_WORST, MM_REQUEST_WINDOW, MM_REQUEST_HEAT};
    const struct values_tab *tab = layer_state(layer);
    if (tab->worst)
        draw_worst(c, tab, app);
    else if (tab->window)
        draw_browse(c, tab, app);
    else if (tab->heat)
        draw_map(c, tab, app);
    else
        request_text_draw(c, app, layer->id, kinds[tab->mode], tab->problem);
}
