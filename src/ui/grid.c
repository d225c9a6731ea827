#include "ui/canvas.h"

#include <stdlib.h>

static const struct cell blank = {.cp = ' ', .width = 1};

void grid_init(struct grid *grid)
{
    *grid = (struct grid){0};
    mm_buf_init(&grid->scratch);
}

void grid_done(struct grid *grid)
{
    free(grid->cells);
    free(grid->areas);
    mm_buf_done(&grid->scratch);
    *grid = (struct grid){0};
}

static int clamp_size(int n)
{
    return n < 0 ? 0 : n > GRID_MAX ? GRID_MAX : n;
}

int grid_resize(struct grid *grid, int w, int h)
{
    w = clamp_size(w);
    h = clamp_size(h);
    if (w != grid->w || h != grid->h) {
        free(grid->cells);
        /* at most GRID_MAX * GRID_MAX cells of 12 bytes: no overflow */
        size_t count = (size_t)w * (size_t)h;
        grid->cells = count ? malloc(count * sizeof(*grid->cells)) : NULL;
        grid->w = grid->cells || !count ? w : 0;
        grid->h = grid->cells || !count ? h : 0;
        if (count && !grid->cells)
            return -1;
    }
    grid_clear(grid);
    return 0;
}

void grid_clear(struct grid *grid)
{
    size_t count = (size_t)grid->w * (size_t)grid->h;
    for (size_t i = 0; i < count; i++)
        grid->cells[i] = blank;
    grid->cursor_x = grid->cursor_y = 0;
    grid->cursor_shown = false;
    grid->area_count = 0;
}

struct canvas grid_canvas(struct grid *grid)
{
    return (struct canvas){.grid = grid, .w = grid->w, .h = grid->h, .clip_x1 = grid->w, .clip_y1 = grid->h};
}

struct click grid_click(const struct grid *grid, int x, int y)
{
    for (size_t i = grid->area_count; i-- > 0;) {
        const struct click_area *area = &grid->areas[i];
        if (x >= area->x0 && x < area->x1 && y >= area->y0 && y < area->y1)
            return area->click;
    }
    return (struct click){.kind = CLICK_NONE};
}

const struct cell *grid_cell(const struct grid *grid, int x, int y)
{
    if (x < 0 || y < 0 || x >= grid->w || y >= grid->h)
        return NULL;
    return &grid->cells[(size_t)y * (size_t)grid->w + (size_t)x];
}

static void dump_cell(const struct cell *cell, struct mm_buf *out)
{
    char utf8[4];
    mm_buf_add(out, utf8, mm_text_encode(cell->cp, utf8));
    if (cell->mark)
        mm_buf_add(out, utf8, mm_text_encode(cell->mark, utf8));
}

void grid_dump_glyphs(const struct grid *grid, struct mm_buf *out)
{
    for (int y = 0; y < grid->h; y++) {
        int end = grid->w;
        while (end > 0 && grid_cell(grid, end - 1, y)->width == 1 && grid_cell(grid, end - 1, y)->cp == ' ')
            end--;
        for (int x = 0; x < end; x++) {
            if (grid_cell(grid, x, y)->width > 0)
                dump_cell(grid_cell(grid, x, y), out);
        }
        mm_buf_putc(out, '\n');
    }
}

/* A backdrop shows through where nothing is written, so that a selected row is seen in the style plane. */
static char style_letter(const struct cell *cell)
{
    bool through = cell->role == ROLE_DEFAULT || (cell->backdrop != ROLE_DEFAULT && cell->cp == ' ');
    return role_letter(through ? (enum role)cell->backdrop : (enum role)cell->role);
}

void grid_dump_styles(const struct grid *grid, struct mm_buf *out)
{
    for (int y = 0; y < grid->h; y++) {
        int end = grid->w;
        while (end > 0 && style_letter(grid_cell(grid, end - 1, y)) == '.')
            end--;
        for (int x = 0; x < end; x++)
            mm_buf_putc(out, style_letter(grid_cell(grid, x, y)));
        mm_buf_putc(out, '\n');
    }
}
