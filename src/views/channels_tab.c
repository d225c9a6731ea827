/* The Channels tab: its table, the axis that channels lie along, their order, and the way to a channel's values. */
#include "views/channels_tab.h"

#include <stdlib.h>

#include "views/channels_table.h"
#include "views/request_text.h"
#include "views/values_tab.h"

extern const struct layer_tab channels_tab;

struct channels_tab {
    const struct mm_channels *channels; /* NULL while they are worked out */
    const char *problem;
    size_t shown;   /* the layer that axis and order are about; SIZE_MAX: none yet */
    int axis;       /* as chosen; -1: where they lie */
    bool known;     /* the axis that is shown is chosen, or told by the operator */
    int64_t wanted; /* the channel to select once it is there; -1: none */
    enum channels_sort sort;
    int *order;                        /* [channels->count] or NULL; owned */
    const struct mm_channels *ordered; /* what it is the order of */
    struct list list;
};

/* ---- order ---- */

struct sorting {
    const struct mm_channels *channels;
    enum channels_sort sort;
};

static int compare(const void *a, const void *b, void *context)
{
    const struct sorting *sorting = context;
    return channels_compare(sorting->channels, sorting->sort, *(const int *)a, *(const int *)b);
}

static void forget_order(struct channels_tab *tab)
{
    free(tab->order);
    tab->order = NULL;
    tab->ordered = NULL;
}

static void make_order(struct channels_tab *tab)
{
    int count = (int)tab->channels->count; /* at most MM_CHANNELS_MAX */
    struct sorting sorting = {tab->channels, tab->sort};
    forget_order(tab);
    tab->order = malloc((size_t)count * sizeof *tab->order + 1);
    for (int i = 0; tab->order && i < count; i++)
        tab->order[i] = i;
    if (tab->order)
        qsort_r(tab->order, (size_t)count, sizeof *tab->order, compare, &sorting);
    list_set_count(&tab->list, tab->order ? count : 0);
    tab->ordered = tab->channels;
}

/* The row of a channel; 0 where it is none. */
static int row_of(const struct channels_tab *tab, int64_t channel)
{
    for (int row = 0; row < tab->list.count; row++) {
        if (tab->order[row] == channel)
            return row;
    }
    return 0;
}

static int64_t selected(const struct channels_tab *tab)
{
    return tab->order && tab->list.count ? tab->order[tab->list.cursor] : -1;
}

/* ---- looking ---- */

static void begin_layer(struct channels_tab *tab, size_t id)
{
    if (tab->shown == id)
        return;
    tab->shown = id;
    tab->axis = tab->wanted = -1;
    forget_order(tab);
    tab->list = (struct list){0};
}

static void prepare(struct layer_view *layer, struct app *app)
{
    struct channels_tab *tab = layer_state(layer);
    const struct mm_channels *had = tab->ordered;
    begin_layer(tab, layer->id);
    int usual = mm_session_channel_axis(app->session, layer->id, &tab->known);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    tab->known |= tab->axis >= 0;
    tab->channels = NULL;
    tab->problem = NULL;
    if (shape)
        tab->channels =
            mm_session_channels(app->session, layer->id, tab->axis < 0 ? usual : tab->axis, &tab->problem);
    list_resize(&tab->list, layer_rows(layer) > CHANNELS_HEAD ? layer_rows(layer) - CHANNELS_HEAD : 0);
    if (!tab->channels) {
        forget_order(tab);
        return;
    }
    if (tab->channels != had || !tab->order)
        make_order(tab);
    if (tab->wanted >= 0)
        list_jump(&tab->list, row_of(tab, tab->wanted));
    tab->wanted = -1;
}

static void draw(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    const struct channels_tab *tab = layer_state(layer);
    const struct channels_table table = {tab->channels, tab->known, tab->sort, tab->order, &tab->list};
    const struct click sorts = {.kind = CLICK_ACTION, .id = action_find(&app->actions, "channels-sort")};
    if (tab->channels && tab->order) {
        channels_table_draw(c, &table, app);
        canvas_click(c, 0, CHANNELS_HEAD - 1, c->w, 1, sorts);
    } else
        request_text_draw(c, app, layer->id, MM_REQUEST_CHANNELS, tab->problem);
}

/* ---- actions ---- */

static void act_axis(struct layer_view *layer, struct app *app)
{
    struct channels_tab *tab = layer_state(layer);
    const struct mm_shape *shape = mm_session_shape(app->session, layer->id);
    bool known;
    int axis = tab->axis < 0 ? mm_session_channel_axis(app->session, layer->id, &known) : tab->axis;
    if (!shape || shape->rank < 2) {
        app_say(app, ROLE_STATUS, "There is no other axis");
        return;
    }
    tab->axis = (axis + 1) % shape->rank;
    forget_order(tab);
    tab->list.cursor = tab->list.top = 0;
    app_say(app, ROLE_STATUS, "Channels along axis %d", tab->axis);
}

static void act_sort(struct layer_view *layer, struct app *app)
{
    struct channels_tab *tab = layer_state(layer);
    int64_t channel = selected(tab);
    (void)app;
    tab->sort = (tab->sort + 1) % CHANNELS_SORTS;
    if (!tab->channels || !tab->order)
        return;
    make_order(tab);
    list_reorder(&tab->list, tab->list.count, row_of(tab, channel));
}

static void open_channel(struct layer_view *layer, struct app *app)
{
    struct channels_tab *tab = layer_state(layer);
    int64_t channel = selected(tab);
    struct mm_slice slice;
    if (!tab->channels || channel < 0)
        return;
    mm_slice_all(&slice);
    if (tab->channels->axis >= 0)
        slice.at[tab->channels->axis] = channel;
    values_show_slice(layer, app, &slice);
}

static bool act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    struct channels_tab *tab = layer_state(layer);
    if (event->id != ACT_OPEN)
        return list_act(&tab->list, event);
    open_channel(layer, app);
    return true;
}

static const struct tab_action actions[] = {
    {"channels-axis", "a", "axis", "Take the next axis as that of the channels", act_axis, NULL, NULL},
    {"channels-sort", "s", "sort", "Sort by error, by range, by index", act_sort, NULL, NULL},
};

void channels_show(struct layer_view *layer, struct app *app, int axis, int64_t channel)
{
    if (!layer_tab_show(layer, app, tab_number(&channels_tab)))
        return;
    struct channels_tab *tab = layer_state(layer);
    begin_layer(tab, layer->id);
    tab->axis = axis;
    tab->wanted = channel;
}

static void *open_tab(void)
{
    struct channels_tab *tab = calloc(1, sizeof *tab);
    if (tab) {
        tab->shown = SIZE_MAX;
        tab->axis = -1;
        tab->wanted = -1;
    }
    return tab;
}

static void close_tab(void *state)
{
    forget_order(state);
    free(state);
}

const struct layer_tab channels_tab = {.title = "Channels",
                                       .help = "error and range of each channel",
                                       .scopes = SCOPE_OPEN,
                                       .action = actions,
                                       .actions = MM_COUNT(actions),
                                       .open = open_tab,
                                       .close = close_tab,
                                       .draw = draw,
                                       .prepare = prepare,
                                       .act = act};
