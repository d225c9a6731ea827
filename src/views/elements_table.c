#include "views/elements_table.h"
#include "base/translate.h"

#include <math.h>
#include <stdio.h>

#include "views/place.h"

#define FIGURE_WIDTH 12
#define NARROW_WIDTH 9
#define INDEX_LEAST  8

struct column {
    const char *title;
    void (*text)(const struct mm_element *element, int digits, char out[MM_NUM]);
    enum role role;
};

static void put(double value, int digits, char out[MM_NUM])
{
    mm_num_short(out, value, digits);
}

static void text_src(const struct mm_element *element, int digits, char out[MM_NUM])
{
    put(element->s, digits, out);
}

static void text_dst(const struct mm_element *element, int digits, char out[MM_NUM])
{
    put(element->d, digits, out);
}

static void text_abs(const struct mm_element *element, int digits, char out[MM_NUM])
{
    put(mm_element_key(MM_WORST_ABS, element->s, element->d), digits - 1, out);
}

static void text_rel(const struct mm_element *element, int digits, char out[MM_NUM])
{
    put(mm_element_key(MM_WORST_REL, element->s, element->d), digits - 1, out);
}

static const struct column columns[] = {{"src", text_src, ROLE_VALUE},
                                        {"dst", text_dst, ROLE_VALUE},
                                        {"|d|", text_abs, ROLE_VALUE},
                                        {"|d/s|", text_rel, ROLE_VALUE}};

/* ---- widths ---- */

/* Of the longest index of the shape, "[0,63,111,111]". */
static int index_width(const struct mm_shape *shape)
{
    char text[MM_NUM];
    int width = 2;
    for (int axis = 0; axis < shape->rank; axis++)
        width += snprintf(text, sizeof text, "%lld", (long long)shape->dim[axis] - 1) + 1;
    return width < INDEX_LEAST ? INDEX_LEAST : width;
}

struct layout {
    int index, figure;
    size_t columns;
};

/* All columns where there is room; else narrower ones, and fewer. */
static struct layout layout_of(const struct canvas *c, const struct mm_shape *shape)
{
    struct layout layout = {index_width(shape), FIGURE_WIDTH, MM_COUNT(columns)};
    if (layout.index + (int)layout.columns * FIGURE_WIDTH > c->w)
        layout.figure = NARROW_WIDTH;
    while (layout.columns > 3 && layout.index + (int)layout.columns * layout.figure > c->w)
        layout.columns--;
    int left = c->w - (int)layout.columns * layout.figure;
    layout.index = layout.index < left ? layout.index : left > 0 ? left : 0;
    return layout;
}

/* ---- drawing ---- */

void elements_table_head(struct canvas *c, int y, const struct app *app, const struct mm_shape *shape)
{
    struct layout layout = layout_of(c, shape);
    canvas_fit(c, 0, y, layout.index, ALIGN_LEFT, ROLE_HEADER, mm_tr_in("title", "index"), app->glyphs);
    for (size_t i = 0; i < layout.columns; i++)
        canvas_fit(c, layout.index + (int)i * layout.figure, y, layout.figure, ALIGN_RIGHT, ROLE_HEADER,
                   mm_tr_in("title", columns[i].title), app->glyphs);
}

/* Not finite on one side alone. */
static bool broken(const struct mm_element *element)
{
    return isinf(mm_element_key(MM_WORST_ABS, element->s, element->d));
}

void elements_table_row(struct canvas *c, int y, const struct app *app, const struct mm_shape *shape,
                        const struct mm_element *element, bool selected)
{
    struct layout layout = layout_of(c, shape);
    struct mm_buf index;
    mm_buf_init(&index);
    if (element)
        place_text(shape, element->at, &index);
    canvas_fit(c, 0, y, layout.index, ALIGN_LEFT, ROLE_LABEL, element ? mm_buf_text(&index) : "...",
               app->glyphs);
    mm_buf_done(&index);
    for (size_t i = 0; element && i < layout.columns; i++) {
        char text[MM_NUM];
        columns[i].text(element, layout.figure == FIGURE_WIDTH ? 6 : 4, text);
        canvas_fit(c, layout.index + (int)i * layout.figure + 1, y, layout.figure - 1, ALIGN_RIGHT,
                   broken(element) ? ROLE_NAN : columns[i].role, text, app->glyphs);
    }
    if (selected) {
        canvas_overlay(c, 0, y, c->w, 1, ROLE_LIST_SEL);
        canvas_cursor(c, 0, y, false);
    }
}
