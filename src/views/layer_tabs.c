/* The tabs of a layer screen: which one is seen, the row that names them, and their actions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/layer.h"
#include "base/translate.h"

void *layer_state(const struct layer_view *layer)
{
    return layer->state[layer->tab];
}

/* What the tab itself offers stands between what every tab has. */
static void make_hints(struct layer_view *layer)
{
    static const int first[] = {ACT_OPEN, ACT_BACK, ACT_TAB_NEXT};
    static const int last[] = {ACT_LAYER_NEXT, ACT_NEXT_BAD, ACT_PRECISION_NEXT,
                               ACT_ROOT,       ACT_PLAN,     ACT_UNDO};
    const struct layer_tab *tab = tab_at(layer->tab);
    size_t n = 0, own = LAYER_HINTS - MM_COUNT(first) - MM_COUNT(last) - 1;
    own = tab->actions < own ? tab->actions : own;
    for (size_t i = 0; i < MM_COUNT(first); i++)
        layer->hints[n++] = first[i];
    for (size_t i = 0; i < own; i++)
        layer->hints[n++] = tab_action_id(layer->tab, i);
    for (size_t i = 0; i < MM_COUNT(last); i++)
        layer->hints[n++] = last[i];
    layer->hints[n] = ACT_NONE;
}

bool layer_tab_show(struct layer_view *layer, struct app *app, int number)
{
    const struct layer_tab *tab = tab_at(number);
    if (tab->open && !layer->state[number]) {
        layer->state[number] = tab->open();
        if (!layer->state[number]) {
            app_say(app, ROLE_ERROR, "Out of memory: can't open this tab");
            return false;
        }
    }
    if (number != layer->tab)
        layer->top = 0;
    layer->tab = number;
    make_hints(layer);
    return true;
}

void layer_tabs_reset(struct layer_view *layer)
{
    for (int number = 0; number < tab_count(); number++) {
        if (layer->state[number])
            tab_at(number)->close(layer->state[number]);
        layer->state[number] = NULL;
    }
}

void layer_tabs_close(struct layer_view *layer)
{
    layer_tabs_reset(layer);
    free(layer->state);
}

/* Where there is no room for all names, without blanks between them, then only the numbers of the others. */
void layer_tabs_draw(struct canvas *c, const struct layer_view *layer)
{
    int x = 1, whole = 1;
    for (int number = 0; number < tab_count(); number++)
        whole += (int)mm_text_width(mm_tr_in("title", tab_at(number)->title)) + 4;
    int gap = whole + tab_count() <= c->w || whole > c->w;
    for (int number = 0; number < tab_count(); number++) {
        const char *title = mm_tr_in("title", tab_at(number)->title);
        int from = x;
        if (number == layer->tab)
            x += canvas_textf(c, x, 0, -1, ROLE_TAB_ACTIVE, "[%d %s]", number, title) + gap;
        else if (whole <= c->w)
            x += canvas_textf(c, x, 0, -1, ROLE_TAB, " %d %s ", number, title) + gap;
        else
            x += canvas_textf(c, x, 0, -1, ROLE_TAB, " %d ", number);
        canvas_click(c, from, 0, x - from, 1,
                     (struct click){.kind = CLICK_ACTION, .id = tab_show_id(number)});
    }
}

/* The tab that an action chooses; -1 for other actions. */
static int chosen(const struct layer_view *layer, const struct action_event *event)
{
    int by = action_times(event) % tab_count();
    if (event->id == ACT_TAB_NEXT)
        return (layer->tab + by) % tab_count();
    if (event->id == ACT_TAB_PREV)
        return (layer->tab + tab_count() - by) % tab_count();
    return tab_shown_by(event->id);
}

bool layer_tabs_act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    const struct layer_tab *tab = tab_at(layer->tab);
    const struct tab_action *own = tab_action_of(layer->tab, event->id);
    int number = chosen(layer, event);
    if (number >= 0)
        layer_tab_show(layer, app, number);
    else if (own && own->prompt)
        own->answer(layer, app, event->text ? event->text : "");
    else if (own)
        own->run(layer, app);
    else
        return tab->act && tab->act(layer, app, event);
    return true;
}
