/* Text that is too long for its place: a name keeps its end, a sentence goes on in the next line. */
#ifndef MMTUI_UI_TEXT_FIT_H
#define MMTUI_UI_TEXT_FIT_H

#include "ui/canvas.h"
#include "ui/glyphs.h"

/*
 * A name, left-aligned in at most `width` columns; what is too long loses its beginning, because the ends of
 * tensor and file names tell them apart. Returns the columns that it took.
 */
int text_fit_name(struct canvas *c, int x, int y, int width, enum role role, const char *text,
                  const struct glyphs *g);

/*
 * A sentence in one line of at most `width` columns. Where it is too long its longest words, which are names, lose their
 * middles first, so that the figures behind them stay; what is too long all the same loses its end. Returns the columns
 * that it took.
 */
int text_fit_sentence(struct canvas *c, int x, int y, int width, enum role role, const char *text,
                      const struct glyphs *g);

/* A sentence in lines of `width` columns from y on, broken at blanks. Returns the number of lines (at least
 * 1). */
int text_fit_wrap(struct canvas *c, int x, int y, int width, enum role role, const char *text);

/* Bytes of the first line of `text` in `width` columns: up to a blank, or behind a Chinese character, where there is one, else as much as
 * fits. 0 only for "". Blanks at the break belong to neither line. */
size_t text_fit_break(const char *text, int width);

/* How many times: "0.55x", "150x", "1.5e4x". `out` is returned. */
const char *text_fit_times(char out[MM_NUM], double times);

/* mm.matmul, aten::matmul: the part of an op type that tells one from another. */
const char *text_fit_op(const char *op);

#endif
