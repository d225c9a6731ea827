#include "ui/canvas.h"
#include "ui/glyphs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

/* Coordinates beyond this are nowhere near a screen; keeping them out keeps every sum below in range. */
#define FAR 1000000

static bool is_far(int a, int b)
{
    return a < -FAR || a > FAR || b < -FAR || b > FAR;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

struct canvas canvas_sub(const struct canvas *c, int x, int y, int w, int h)
{
    struct canvas sub = {.grid = c->grid};
    if (is_far(x, y) || is_far(c->x, c->y))
        return sub;
    sub.x = c->x + x;
    sub.y = c->y + y;
    sub.w = smaller(larger(w, 0), FAR);
    sub.h = smaller(larger(h, 0), FAR);
    sub.clip_x0 = larger(c->clip_x0, sub.x);
    sub.clip_y0 = larger(c->clip_y0, sub.y);
    sub.clip_x1 = larger(smaller(c->clip_x1, sub.x + sub.w), sub.clip_x0);
    sub.clip_y1 = larger(smaller(c->clip_y1, sub.y + sub.h), sub.clip_y0);
    return sub;
}

/* ---- single cells ---- */

/* The cell at canvas coordinates, or NULL outside the clip. */
static struct cell *cell_at(const struct canvas *c, int x, int y)
{
    if (is_far(x, y))
        return NULL;
    x += c->x;
    y += c->y;
    if (x < c->clip_x0 || x >= c->clip_x1 || y < c->clip_y0 || y >= c->clip_y1)
        return NULL;
    return &c->grid->cells[(size_t)y * (size_t)c->grid->w + (size_t)x];
}

/* The cell is about to be overwritten: if it is half of a wide character, the other half becomes a blank. */
static void detach(const struct grid *grid, struct cell *cell)
{
    struct cell *other = NULL;
    size_t index = (size_t)(cell - grid->cells);
    if (cell->width == 0 && index > 0)
        other = cell - 1;
    else if (cell->width == 2 && index + 1 < (size_t)grid->w * (size_t)grid->h)
        other = cell + 1;
    if (other) {
        other->cp = ' ';
        other->mark = 0;
        other->width = 1;
    }
    cell->width = 1;
}

static void set_cell(const struct canvas *c, struct cell *cell, enum role role, uint32_t cp, int width)
{
    detach(c->grid, cell);
    cell->cp = cp;
    cell->mark = 0;
    cell->width = (uint8_t)width;
    cell->role = (uint8_t)role;
}

/* Put a visible code point of 1 or 2 columns; a wide one that is cut by the clip leaves a blank. */
static void put_cell(struct canvas *c, int x, int y, enum role role, uint32_t cp, int width)
{
    struct cell *left = cell_at(c, x, y);
    struct cell *right = width == 2 ? cell_at(c, x + 1, y) : NULL;
    if (width == 2 && left && right) {
        set_cell(c, left, role, cp, 1);
        set_cell(c, right, role, ' ', 1);
        left->width = 2;
        right->width = 0;
    } else if (width == 2) {
        if (left)
            set_cell(c, left, role, ' ', 1);
        if (right)
            set_cell(c, right, role, ' ', 1);
    } else if (left) {
        set_cell(c, left, role, cp, 1);
    }
}

/* A combining character joins the cell that was drawn last, which began at x. */
static void put_mark(struct canvas *c, int x, int y, uint32_t cp)
{
    struct cell *cell = cell_at(c, x, y);
    if (cell && cell->width > 0 && cell->mark == 0)
        cell->mark = cp;
}

/* ---- text ---- */

static bool is_plain_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7E)
            return false;
    }
    return true;
}

/* The text as it may be shown; valid until the next call. */
static const char *safe_text(struct grid *grid, const char *text, size_t *length)
{
    *length = strlen(text);
    if (is_plain_ascii(text, *length))
        return text;
    mm_buf_clear(&grid->scratch);
    mm_text_escape(&grid->scratch, text, *length);
    *length = grid->scratch.length;
    return mm_buf_text(&grid->scratch);
}

/* Draw text that needs no escape any more; returns columns taken, at most `limit`. */
static int draw_safe(struct canvas *c, int x, int y, int limit, enum role role, const char *text,
                     size_t length)
{
    const char *end = text + length;
    int taken = 0, last = -1;
    while (text < end) {
        uint32_t cp;
        text += mm_text_decode(text, end, &cp);
        int width = mm_text_width_cp(cp);
        if (width <= 0) {
            if (last >= 0)
                put_mark(c, x + last, y, cp);
            continue;
        }
        if (taken + width > limit) {
            if (taken < limit) /* half of a wide character would fit */
                put_cell(c, x + taken, y, role, ' ', 1);
            return limit;
        }
        put_cell(c, x + taken, y, role, cp, width);
        last = taken;
        taken += width;
    }
    return taken;
}

int canvas_text(struct canvas *c, int x, int y, int max, enum role role, const char *text)
{
    if (!text || is_far(x, y))
        return 0;
    int room = c->w - x;
    int limit = max < 0 ? room : smaller(max, room);
    if (limit <= 0)
        return 0;
    size_t length;
    text = safe_text(c->grid, mm_tr_own(text), &length);
    return draw_safe(c, x, y, limit, role, text, length);
}

int canvas_textf(struct canvas *c, int x, int y, int max, enum role role, const char *format, ...)
{
    char text[4096]; /* more columns than GRID_MAX */
    va_list args;
    va_start(args, format);
    mm_vformat(text, sizeof(text), format, args);
    va_end(args);
    return canvas_text(c, x, y, max, role, text);
}

static int align_offset(enum align align, int slack)
{
    return align == ALIGN_RIGHT ? slack : align == ALIGN_CENTER ? slack / 2 : 0;
}

/* Text that is too long for its column: a cut copy of it. */
static void draw_cut(struct canvas *c, int x, int y, int width, enum align align, enum role role,
                     const char *text, const struct glyphs *g)
{
    struct mm_buf cut;
    mm_buf_init(&cut);
    mm_text_fit(&cut, text, width, align == ALIGN_RIGHT, g->ellipsis);
    draw_safe(c, x, y, width, role, mm_buf_text(&cut), cut.length);
    mm_buf_done(&cut);
}

int canvas_fit(struct canvas *c, int x, int y, int width, enum align align, enum role role, const char *text,
               const struct glyphs *g)
{
    if (width <= 0 || is_far(x, y))
        return 0;
    width = smaller(width, FAR);
    size_t length;
    text = safe_text(c->grid, text ? mm_tr_own(text) : "", &length);
    int columns = length > GRID_MAX * 8 ? FAR : mm_text_width(text);
    int drawn =
        smaller(width, larger(c->clip_x1 - c->x - x, 0)); /* beyond the clip there is nothing to fill */
    if (columns > width) {
        draw_cut(c, x, y, width, align, role, text, g);
    } else {
        int offset = align_offset(align, width - columns);
        for (int i = 0; i < drawn; i++)
            put_cell(c, x + i, y, role, ' ', 1);
        draw_safe(c, x + offset, y, width - offset, role, text, length);
    }
    return width;
}

int canvas_put(struct canvas *c, int x, int y, enum role role, uint32_t cp)
{
    char text[8] = {0};
    mm_text_encode(cp, text);
    if (cp == 0)
        text[0] = ' ';
    return canvas_text(c, x, y, -1, role, text);
}

/* ---- areas ---- */

/* The part of a rectangle that lies inside the clip, as canvas coordinates. False when nothing is left. */
static bool clip_area(const struct canvas *c, int *x, int *y, int *w, int *h)
{
    struct canvas part = canvas_sub(c, *x, *y, *w, *h);
    *x = part.clip_x0 - c->x;
    *y = part.clip_y0 - c->y;
    *w = part.clip_x1 - part.clip_x0;
    *h = part.clip_y1 - part.clip_y0;
    return *w > 0 && *h > 0;
}

void canvas_fill(struct canvas *c, int x, int y, int w, int h, enum role role)
{
    if (!clip_area(c, &x, &y, &w, &h))
        return;
    for (int row = y; row < y + h; row++)
        for (int column = x; column < x + w; column++)
            put_cell(c, column, row, role, ' ', 1);
}

void canvas_overlay(struct canvas *c, int x, int y, int w, int h, enum role backdrop)
{
    if (!clip_area(c, &x, &y, &w, &h))
        return;
    for (int row = y; row < y + h; row++)
        for (int column = x; column < x + w; column++)
            cell_at(c, column, row)->backdrop = (uint8_t)backdrop;
}

void canvas_restyle(struct canvas *c, int x, int y, int w, int h, enum role role)
{
    if (!clip_area(c, &x, &y, &w, &h))
        return;
    for (int row = y; row < y + h; row++)
        for (int column = x; column < x + w; column++)
            cell_at(c, column, row)->role = (uint8_t)role;
}

/* `count` times one glyph, going right or down. */
static void repeat(struct canvas *c, int x, int y, int w, int h, enum role role, const char *glyph)
{
    uint32_t cp;
    if (!clip_area(c, &x, &y, &w, &h))
        return;
    mm_text_decode(glyph, glyph + strlen(glyph), &cp);
    for (int row = y; row < y + h; row++)
        for (int column = x; column < x + w; column++)
            put_cell(c, column, row, role, cp, 1);
}

void canvas_repeat(struct canvas *c, int x, int y, int w, enum role role, const char *glyph)
{
    repeat(c, x, y, w, 1, role, glyph);
}

void canvas_hline(struct canvas *c, int x, int y, int w, enum role role, const struct glyphs *g)
{
    repeat(c, x, y, w, 1, role, g->line_h);
}

void canvas_vline(struct canvas *c, int x, int y, int h, enum role role, const struct glyphs *g)
{
    repeat(c, x, y, 1, h, role, g->line_v);
}

void canvas_box(struct canvas *c, enum role role, const struct glyphs *g)
{
    if (c->w < 2 || c->h < 2)
        return;
    canvas_hline(c, 1, 0, c->w - 2, role, g);
    canvas_hline(c, 1, c->h - 1, c->w - 2, role, g);
    canvas_vline(c, 0, 1, c->h - 2, role, g);
    canvas_vline(c, c->w - 1, 1, c->h - 2, role, g);
    canvas_text(c, 0, 0, 1, role, g->corner_tl);
    canvas_text(c, c->w - 1, 0, 1, role, g->corner_tr);
    canvas_text(c, 0, c->h - 1, 1, role, g->corner_bl);
    canvas_text(c, c->w - 1, c->h - 1, 1, role, g->corner_br);
}

void canvas_cursor(struct canvas *c, int x, int y, bool shown)
{
    if (!cell_at(c, x, y))
        return;
    c->grid->cursor_x = c->x + x;
    c->grid->cursor_y = c->y + y;
    c->grid->cursor_shown = shown;
}

void canvas_click(struct canvas *c, int x, int y, int w, int h, struct click click)
{
    struct canvas part = canvas_sub(c, x, y, w, h);
    struct grid *grid = c->grid;
    void *areas = grid->areas;
    if (part.clip_x0 >= part.clip_x1 || part.clip_y0 >= part.clip_y1 ||
        mm_grow(&areas, &grid->area_room, grid->area_count + 1, sizeof(*grid->areas)) < 0)
        return;
    grid->areas = areas;
    grid->areas[grid->area_count++] =
        (struct click_area){part.clip_x0, part.clip_y0, part.clip_x1, part.clip_y1, click};
}
