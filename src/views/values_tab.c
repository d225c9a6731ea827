/* The Values tab: the worst elements, all elements by index, the heat map; of all of the tensor or of a slice. */
#include "views/values_tab.h"

#include <stdlib.h>
#include <string.h>

#include "views/heat_chart.h"
#include "views/values.h"

extern const struct layer_tab values_tab;

static bool one_sided(const struct layer_view *layer, const struct app *app)
{
    const struct mm_pair *pair = mm_session_layer(app->session, layer->id)->pair;
    return !pair->src || !pair->dst;
}

/* ---- what is looked at ---- */

static void look_at(struct values_tab *tab, const struct mm_slice *slice)
{
    tab->slice = *slice;
    tab->list = (struct list){0};
    tab->browse = (struct long_list){0};
    tab->pair = 0;
    tab->row = tab->column = 0;
}

static void look_at_all(struct values_tab *tab)
{
    struct mm_slice all;
    mm_slice_all(&all);
    look_at(tab, &all);
}

static void begin_layer(struct values_tab *tab, size_t id)
{
    if (tab->shown == id)
        return;
    tab->shown = id;
    look_at_all(tab);
}

static void prepare_worst(struct layer_view *layer, struct app *app, const struct mm_shape *shape)
{
    struct values_tab *tab = layer_state(layer);
    (void)shape;
    tab->worst = mm_session_worst(app->session, layer->id, &tab->slice, tab->by, &tab->problem);
    list_resize(&tab->list, layer_rows(layer) > VALUES_HEAD ? layer_rows(layer) - VALUES_HEAD : 0);
    if (tab->worst)
        list_set_count(&tab->list, (int)tab->worst->elements);
}

static void prepare_browse(struct layer_view *layer, struct app *app, const struct mm_shape *shape)
{
    struct values_tab *tab = layer_state(layer);
    long_list_fit(&tab->browse, mm_slice_count(&tab->slice, shape), layer_rows(layer) - VALUES_HEAD);
    tab->window = mm_session_window(app->session, layer->id, &tab->slice, tab->browse.top, &tab->problem);
}

/* Can it be an axis of the map: neither fixed nor of one place? */
static bool map_axis(const struct values_tab *tab, const struct mm_shape *shape, int axis)
{
    return tab->slice.at[axis] < 0 && shape->dim[axis] > 1;
}

/* The pair-th two of those axes, counted from the last two; of one alone a row; without any the last free one. */
static void choose_axes(const struct values_tab *tab, const struct mm_shape *shape,
                        struct mm_heat_options *options)
{
    int pair = tab->pair;
    options->y_axis = options->x_axis = -1;
    for (int x = 0; x < shape->rank; x++)
        options->x_axis = tab->slice.at[x] < 0 && options->x_axis < 0 ? x : options->x_axis;
    for (int x = shape->rank - 1; x >= 0; x--) {
        if (!map_axis(tab, shape, x))
            continue;
        options->x_axis = pair == tab->pair ? x : options->x_axis;
        for (int y = x - 1; y >= 0; y--) {
            if (!map_axis(tab, shape, y) || pair-- > 0)
                continue;
            options->y_axis = y;
            options->x_axis = x;
            return;
        }
    }
}

static void keep_cell(struct values_tab *tab)
{
    const struct mm_heat_options *options = &tab->heat->options;
    tab->row = tab->row < options->rows ? tab->row : options->rows - 1;
    tab->column = tab->column < options->columns ? tab->column : options->columns - 1;
}

static void prepare_map(struct layer_view *layer, struct app *app, const struct mm_shape *shape)
{
    struct values_tab *tab = layer_state(layer);
    struct heat_chart_size size = heat_chart_size(app, layer->w - 2, layer_rows(layer) - VALUES_HEAD - 1);
    struct mm_heat_options options = {.slice = tab->slice, .rows = size.rows, .columns = size.columns};
    choose_axes(tab, shape, &options);
    if (options.x_axis < 0 || mm_slice_count(&tab->slice, shape) == 0) {
        tab->problem = "There is one value, or none: no map";
        return;
    }
    tab->heat = mm_session_heat(app->session, layer->id, &options, &tab->problem);
    if (tab->heat)
        keep_cell(tab);
}

static void prepare(struct layer_view *layer, struct app *app)
{
    static void (*const prepares[VALUES_MODES])(struct layer_view *, struct app *,
                                                const struct mm_shape *) = {prepare_worst, prepare_browse,
                                                                            prepare_map};
    struct values_tab *tab = layer_state(layer);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    begin_layer(tab, layer->id);
    tab->worst = NULL;
    tab->window = NULL;
    tab->heat = NULL;
    tab->problem = NULL;
    if (one_sided(layer, app))
        tab->mode = VALUES_BROWSE; /* there is no error */
    if (shape)
        prepares[tab->mode](layer, app, shape);
}

/* ---- actions ---- */

static void set_mode(struct layer_view *layer, struct app *app, enum values_mode mode)
{
    struct values_tab *tab = layer_state(layer);
    tab->mode = mode;
    if (one_sided(layer, app) && mode != VALUES_BROWSE)
        app_say(app, ROLE_STATUS, "This tensor has no partner: there is no error");
}

static void act_browse(struct layer_view *layer, struct app *app)
{
    struct values_tab *tab = layer_state(layer);
    set_mode(layer, app, tab->mode == VALUES_BROWSE ? VALUES_WORST : VALUES_BROWSE);
}

static void act_map(struct layer_view *layer, struct app *app)
{
    struct values_tab *tab = layer_state(layer);
    set_mode(layer, app, tab->mode == VALUES_MAP ? VALUES_WORST : VALUES_MAP);
}

static void act_by(struct layer_view *layer, struct app *app)
{
    struct values_tab *tab = layer_state(layer);
    tab->by = tab->by == MM_WORST_ABS ? MM_WORST_REL : MM_WORST_ABS;
    tab->list.cursor = tab->list.top = 0;
    set_mode(layer, app, VALUES_WORST);
}

static void act_axes(struct layer_view *layer, struct app *app)
{
    struct values_tab *tab = layer_state(layer);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    int free_axes = 0;
    for (int axis = 0; shape && axis < shape->rank; axis++)
        free_axes += map_axis(tab, shape, axis);
    if (tab->mode != VALUES_MAP || free_axes < 3) {
        app_say(app, ROLE_STATUS,
                tab->mode == VALUES_MAP ? "There are no other axes" : "The heat map has axes");
        return;
    }
    tab->pair = (tab->pair + 1) % (free_axes * (free_axes - 1) / 2);
    tab->row = tab->column = 0;
}

static void move_column(struct layer_view *layer, int64_t by)
{
    struct values_tab *tab = layer_state(layer);
    if (tab->mode == VALUES_MAP && tab->column + by >= 0)
        tab->column += by; /* prepare() keeps it inside */
}

static void act_left(struct layer_view *layer, struct app *app)
{
    (void)app;
    move_column(layer, -1);
}

static void act_right(struct layer_view *layer, struct app *app)
{
    (void)app;
    move_column(layer, 1);
}

static void answer_slice(struct layer_view *layer, struct app *app, const char *text)
{
    struct values_tab *tab = layer_state(layer);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    struct mm_slice slice;
    struct mm_err err = {0};
    if (shape && mm_slice_parse(text, shape, &slice, &err) == 0)
        look_at(tab, &slice);
    else if (shape)
        app_say_err(app, &err);
}

/* All elements by index, this one selected: within the slice if it is there. */
static void browse_to(struct layer_view *layer, const struct mm_shape *shape, int64_t at)
{
    struct values_tab *tab = layer_state(layer);
    int64_t n = mm_slice_before(&tab->slice, shape, at);
    if (n >= mm_slice_count(&tab->slice, shape) || mm_slice_element(&tab->slice, shape, n) != at) {
        look_at_all(tab);
        n = at;
    }
    tab->mode = VALUES_BROWSE;
    tab->browse.count = mm_slice_count(&tab->slice, shape);
    tab->browse.cursor = n;
    tab->browse.top =
        n - (layer_rows(layer) - VALUES_HEAD) / 2; /* in the middle; prepare() keeps it inside */
}

/* "[0,3,1,5]", or a plain element number. */
static void answer_index(struct layer_view *layer, struct app *app, const char *text)
{
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    struct mm_slice slice;
    struct mm_err err = {0};
    int64_t at = -1;
    if (!shape || !*text)
        return;
    if (mm_parse_i64(text, &at) && at >= 0 && at < mm_shape_count(shape))
        browse_to(layer, shape, at);
    else if (mm_slice_parse(text, shape, &slice, &err) < 0)
        app_say_err(app, &err);
    else if (mm_slice_count(&slice, shape) > 0)
        browse_to(layer, shape, mm_slice_element(&slice, shape, 0));
}

/* What is selected, in the list of all elements. */
static void open_element(struct layer_view *layer, struct app *app)
{
    struct values_tab *tab = layer_state(layer);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    int64_t at = -1;
    if (tab->worst && tab->list.count)
        at = tab->worst->element[tab->list.cursor].at;
    else if (tab->heat)
        at = tab->heat->cell[tab->row * tab->heat->options.columns + tab->column].at;
    if (at >= 0 && shape)
        browse_to(layer, shape, at);
}

/* Out of the map or the list of all elements; then out of the slice. */
static bool back_out(struct values_tab *tab, const struct mm_shape *shape, bool single)
{
    if (tab->mode != VALUES_WORST && !single) {
        tab->mode = VALUES_WORST;
        return true;
    }
    if (!shape || mm_slice_free(&tab->slice, shape) == shape->rank)
        return false;
    look_at_all(tab);
    return true;
}

static bool move(struct values_tab *tab, const struct action_event *event)
{
    if (tab->mode == VALUES_WORST)
        return list_act(&tab->list, event);
    if (tab->mode == VALUES_BROWSE)
        return long_list_act(&tab->browse, event);
    if (!tab->heat)
        return false;
    struct long_list rows = {.count = tab->heat->options.rows, .cursor = tab->row, .height = 20};
    struct action_event one = *event; /* all rows of the map are seen: there is nothing to scroll */
    one.id = event->id == ACT_SCROLL_DOWN ? ACT_DOWN : event->id == ACT_SCROLL_UP ? ACT_UP : event->id;
    bool moved = long_list_act(&rows, &one);
    tab->row = rows.cursor;
    return moved;
}

static bool act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    struct values_tab *tab = layer_state(layer);
    if (event->id == ACT_ESCAPE)
        return back_out(tab, mm_session_shape(app->session, layer->id), one_sided(layer, app));
    if (event->id != ACT_OPEN)
        return move(tab, event);
    open_element(layer, app);
    return true;
}

static const struct tab_action actions[] = {
    {"values-browse", "v", "all values", "All values by index, or the worst", act_browse, NULL, NULL},
    {"values-map", "H", "heat map", "Heat map of the error over two axes, or the worst", act_map, NULL, NULL},
    {"values-index", "g", "index", "Go to an index: [0,3,1,5], or an element's number", NULL,
     "Index: ", answer_index},
    {"slice", "/", "slice", "Look at a part (:slice [0,:,3,:]); an empty line is all of it", NULL,
     "Slice: ", answer_slice},
    {"values-by", "s", "by", "The worst by |d|, or by |d/s|", act_by, NULL, NULL},
    {"values-axes", "a", "axes", "Other axes of the heat map", act_axes, NULL, NULL},
    {"values-left", "<", NULL, "In the heat map, a cell to the left", act_left, NULL, NULL},
    {"values-right", ">", NULL, "In the heat map, a cell to the right", act_right, NULL, NULL},
};

/* ---- for others ---- */

static struct values_tab *show(struct layer_view *layer, struct app *app)
{
    if (!layer_tab_show(layer, app, tab_number(&values_tab)))
        return NULL;
    struct values_tab *tab = layer_state(layer);
    begin_layer(tab, layer->id);
    return tab;
}

void values_show_slice(struct layer_view *layer, struct app *app, const struct mm_slice *slice)
{
    struct values_tab *tab = show(layer, app);
    if (!tab)
        return;
    look_at(tab, slice);
    tab->mode = VALUES_WORST;
}

void values_show_element(struct layer_view *layer, struct app *app, int64_t at)
{
    struct values_tab *tab = show(layer, app);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    if (!tab)
        return;
    look_at_all(tab);
    if (shape && at >= 0)
        browse_to(layer, shape, at);
}

static void *open_tab(void)
{
    struct values_tab *tab = calloc(1, sizeof *tab);
    if (tab)
        tab->shown = SIZE_MAX;
    return tab;
}

const struct layer_tab values_tab = {.title = "Values",
                                     .help = "the worst elements, all by index, a heat map",
                                     .scopes = SCOPE_OPEN,
                                     .action = actions,
                                     .actions = MM_COUNT(actions),
                                     .open = open_tab,
                                     .close = free,
                                     .draw = values_draw,
                                     .prepare = prepare,
                                     .act = act};
