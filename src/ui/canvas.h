/*
 * The canvas: where every screen is drawn, with or without a terminal.
 *
 * A grid owns the cells of one frame. A canvas is a window onto a grid: an origin and a clip. It is passed
 * and copied by value or pointer and owns nothing. canvas_sub() makes a smaller window whose (0, 0) is its
 * own corner; whatever is drawn through it stays inside the clip of all its parents. So a view draws from (0,
 * 0) to (w, h), and nobody can break another one's lines.
 *
 * Invariants: every cell has a code point that takes one or two columns (a blank at first); a character of
 * two columns owns the cell to its right (width 0) and is drawn whole or, at the edge of a clip, as a
 * blank. Overwriting one half of it blanks the other. Text from files is escaped on the way
 * in (mm_text_escape), so no control or bidi character can be in a cell. Any size from 0 x 0 is safe.
 */
#ifndef MMTUI_UI_CANVAS_H
#define MMTUI_UI_CANVAS_H

#include "mmtui/base.h"
#include "ui/role.h"

struct glyphs;

struct cell {
    uint32_t cp;      /* never a control character */
    uint32_t mark;    /* one combining character on top of it, or 0; further ones are dropped */
    uint8_t width;    /* 1, 2, or 0: the right half of the cell before it */
    uint8_t role;     /* enum role of what stands here */
    uint8_t backdrop; /* enum role of what lies under it (a selected row), or ROLE_DEFAULT */
};

/* What a click does where it was drawn. */
enum click_kind {
    CLICK_NONE,
    CLICK_ACTION, /* the action `id`, with `count` and `text` */
    CLICK_KEY,    /* the key `id`, where a prompt or a menu is open */
    CLICK_ITEM    /* row `id` of the menu that is open */
};

struct click {
    enum click_kind kind;
    int id, count;
    const char *text; /* NULL: none. Borrowed for as long as the program runs: use static texts */
};

struct click_area {
    int x0, y0, x1, y1; /* in the grid; x1, y1 are one beyond */
    struct click click;
};

struct grid {
    struct cell *cells; /* w * h, row by row */
    int w, h;
    int cursor_x, cursor_y;   /* where the hardware cursor is parked (for screen readers) */
    bool cursor_shown;        /* visible while a line is edited */
    struct mm_buf scratch;    /* escaped text on its way into cells */
    struct click_area *areas; /* of this frame, those drawn last on top */
    size_t area_count, area_room;
};

struct canvas {
    struct grid *grid;
    int x, y; /* its (0, 0) in the grid; may lie outside */
    int w, h; /* its size as asked for, never negative: what to lay out for */
    int clip_x0, clip_y0, clip_x1,
        clip_y1; /* what may be written, in grid coordinates; x1, y1 are one beyond */
};

/* ---- the grid ---- */

#define GRID_MAX 2000 /* columns or rows beyond this are not used (a terminal may claim anything) */

void grid_init(struct grid *grid);
void grid_done(struct grid *grid);
/* Set the size (clamped to 0..GRID_MAX) and clear. 0, or -1 without memory (then it is 0 x 0). */
int grid_resize(struct grid *grid, int w, int h);
void grid_clear(struct grid *grid);
/* A canvas over the whole grid. */
struct canvas grid_canvas(struct grid *grid);
/* The cell, or NULL outside. */
const struct cell *grid_cell(const struct grid *grid, int x, int y);

/* What a click on the cell does: the one that was drawn last there; CLICK_NONE for none. */
struct click grid_click(const struct grid *grid, int x, int y);

/* Append the rows as UTF-8 text, each ended by '\n', blanks at their ends cut. */
void grid_dump_glyphs(const struct grid *grid, struct mm_buf *out);
/*
 * The same with one letter a cell: role_letter, or the backdrop's where the cell is blank or of the default
 * role.
 */
void grid_dump_styles(const struct grid *grid, struct mm_buf *out);

/* ---- drawing; coordinates are the canvas's own, everything outside the clip is dropped ---- */

/* The part of `c` at (x, y), w x h. A negative size counts as 0. */
struct canvas canvas_sub(const struct canvas *c, int x, int y, int w, int h);

/*
 * Draw UTF-8 text, at most `max` columns of it (max < 0: up to the right edge). Returns the columns that it
 * took, so that the next piece goes to x + result. Clipped text still counts, up to the right edge of the
 * canvas.
 */
int canvas_text(struct canvas *c, int x, int y, int max, enum role role, const char *text);
int canvas_textf(struct canvas *c, int x, int y, int max, enum role role, const char *format, ...)
    MM_PRINTF(6, 7);

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTER };

/*
 * Draw text into exactly `width` columns: padded with blanks on the other side, or cut with `g`'s ellipsis.
 * With ALIGN_RIGHT what is too long loses its beginning, else its end. Returns max(width, 0).
 */
int canvas_fit(struct canvas *c, int x, int y, int width, enum align align, enum role role, const char *text,
               const struct glyphs *g);

/* One code point (escaped like text if it has to be). Returns its columns. */
int canvas_put(struct canvas *c, int x, int y, enum role role, uint32_t cp);
/* Blanks. */
void canvas_fill(struct canvas *c, int x, int y, int w, int h, enum role role);
/* A row of one glyph (g->line_h for a rule, an eighth block for a bar), `w` columns. */
void canvas_repeat(struct canvas *c, int x, int y, int w, enum role role, const char *glyph);
void canvas_hline(struct canvas *c, int x, int y, int w, enum role role, const struct glyphs *g);
void canvas_vline(struct canvas *c, int x, int y, int h, enum role role, const struct glyphs *g);
/* A box along the edges of the canvas; needs 2 x 2. */
void canvas_box(struct canvas *c, enum role role, const struct glyphs *g);
/* Lay a backdrop under what is drawn there: a selected row. Text drawn later keeps it. */
void canvas_overlay(struct canvas *c, int x, int y, int w, int h, enum role backdrop);
/* Change the role of what is already drawn there: the hit of a search. */
void canvas_restyle(struct canvas *c, int x, int y, int w, int h, enum role role);
/* A click on this part does something. Without memory it does nothing. */
void canvas_click(struct canvas *c, int x, int y, int w, int h, struct click click);
/* Park the hardware cursor: a view puts it on its selected row. `shown` only while a line is edited. */
void canvas_cursor(struct canvas *c, int x, int y, bool shown);

#endif
