/* The inside of the Values tab: values_tab.c keeps what is looked at and answers actions; values_draw.c draws it. */
#ifndef MMTUI_VIEWS_VALUES_H
#define MMTUI_VIEWS_VALUES_H

#include "views/layer.h"
#include "views/long_list.h"

enum values_mode { VALUES_WORST, VALUES_BROWSE, VALUES_MAP, VALUES_MODES };

struct values_tab {
    enum values_mode mode;
    const char *problem;
    size_t shown; /* the layer that the rest is about; SIZE_MAX: none yet */
    struct mm_slice slice;
    /* one of them, by the mode; NULL while it is worked out */
    const struct mm_worst_elements *worst;
    const struct mm_window *window;
    const struct mm_heat *heat;
    enum mm_worst_by by;
    struct list list;        /* of the worst */
    struct long_list browse; /* of the slice's elements */
    int pair;                /* which two axes the map has: 0 the last two that are free, 1, ... others */
    int64_t row, column;     /* the marked cell of the map */
};

/* Lines above the rows of a list, and above and below the map. */
#define VALUES_HEAD 2

/* The canvas of the map, within that of the tab. */
struct canvas values_map_canvas(const struct canvas *c);
void values_draw(struct canvas *c, const struct layer_view *layer, const struct app *app);

#endif
