/*
 * The error strip: diff2 of every layer along execution order, on a logarithmic scale, in a few rows. With
 * two rows or more the top one belongs to what is over the threshold, so that this is seen without colour.
 */
#ifndef UI_STRIP_H
#define UI_STRIP_H

#include "mmtui/session.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"

/* `selected` is a layer's id whose place is marked (mm_session_count: none). */
void strip_draw(struct canvas *c, const struct mm_session *session, size_t selected, const struct glyphs *g);

/* The height of an error's bar in eighths of a row, of `rows` rows: 1 at least, and rows * 8 at 1 and above.
 */
int strip_eighths(double error, double threshold, int rows);

/* 0..1 for an error: 0 at 1e-6 and below, 1 at 1 and above, logarithmic between. */
double strip_level(double error);

#endif
