/* The What if tab: its table, and the axis that channels lie along. */
#include <stdlib.h>

#include "views/inspector.h"
#include "views/layer.h"
#include "views/whatif_table.h"

struct whatif_tab {
    const struct mm_whatif_table *table; /* NULL while it is worked out */
    const char *problem;
    int axis;     /* of the channels, as chosen; -1: where they usually lie */
    size_t shown; /* the layer that axis is about; SIZE_MAX: none yet */
};

static void prepare(struct layer_view *layer, struct app *app)
{
    struct whatif_tab *tab = layer_state(layer);
    if (tab->shown != layer->id) /* another layer has other axes */
        tab->axis = -1;
    tab->shown = layer->id;
    tab->table = mm_session_whatif(app->session, layer->id, tab->axis, &tab->problem);
}

static int text(struct canvas *c, const struct layer_view *layer, const struct app *app, int top)
{
    const struct whatif_tab *tab = layer_state(layer);
    return whatif_table_draw(c, app, layer->id, tab->table, tab->problem, top);
}

static void act_axis(struct layer_view *layer, struct app *app)
{
    struct whatif_tab *tab = layer_state(layer);
    if (!tab->table)
        return; /* not known yet, or never */
    if (tab->table->rank < 2) {
        app_say(app, ROLE_STATUS, "There is no other axis");
        return;
    }
    tab->axis = (tab->table->axis + 1) % tab->table->rank;
    app_say(app, ROLE_STATUS, "Channels along axis %d", tab->axis);
}

static const struct tab_action actions[] = {
    {"whatif-axis", "a", "axis", "Take the next axis as that of the channels", act_axis, NULL, NULL},
};

static void *open_tab(void)
{
    struct whatif_tab *tab = calloc(1, sizeof *tab);
    if (tab)
        tab->shown = SIZE_MAX;
    return tab;
}

const struct layer_tab whatif_tab = {.title = "What if",
                                     .help = "the least error of each format",
                                     .action = actions,
                                     .actions = MM_COUNT(actions),
                                     .open = open_tab,
                                     .close = free,
                                     .text = text,
                                     .prepare = prepare};
