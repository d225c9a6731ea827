/* The What if tab: its table, and the axis that channels lie along. */
#include "views/inspector.h"
#include "views/layer.h"
#include "views/whatif_table.h"

static void prepare(struct layer_view *layer, struct app *app)
{
    struct whatif_tab *tab = &layer->whatif;
    if (tab->shown != layer->id) /* another layer has other axes */
        tab->axis = -1;
    tab->shown = layer->id;
    tab->table = mm_session_whatif(app->session, layer->id, tab->axis, &tab->problem);
}

static int text(struct canvas *c, const struct layer_view *layer, const struct app *app, int top)
{
    return whatif_table_draw(c, app, layer->id, layer->whatif.table, layer->whatif.problem, top);
}

static bool act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    struct whatif_tab *tab = &layer->whatif;
    if (event->id != ACT_WHATIF_AXIS)
        return false;
    if (!tab->table)
        return true; /* not known yet, or never */
    if (tab->table->rank < 2) {
        app_say(app, ROLE_STATUS, "There is no other axis");
        return true;
    }
    tab->axis = (tab->table->axis + 1) % tab->table->rank;
    app_say(app, ROLE_STATUS, "Channels along axis %d", tab->axis);
    return true;
}

static const enum action hints[] = {ACT_BACK,           ACT_TAB_NEXT, ACT_WHATIF_AXIS, ACT_LAYER_NEXT,
                                    ACT_PRECISION_NEXT, ACT_PLAN,     ACT_HELP,        ACT_NONE};

const struct layer_tab whatif_tab = {.name = "What if",
                                     .key = ACT_TAB_5,
                                     .scope = SCOPE_WHATIF,
                                     .hints = hints,
                                     .text = text,
                                     .prepare = prepare,
                                     .act = act};
