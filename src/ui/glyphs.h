/*
 * Glyphs: the few characters beyond ASCII that the screens use, in two sets. Views take them from app->glyphs
 * and never write such a character themselves, so that one switch (--ascii, or a locale that is not UTF-8)
 * turns all of them. Every glyph is exactly one column wide unless its comment says otherwise.
 */
#ifndef MMTUI_UI_GLYPHS_H
#define MMTUI_UI_GLYPHS_H

#include <stdbool.h>

struct glyphs {
    bool utf8;
    const char *ellipsis;     /* stands for what was cut off */
    const char *eighths_v[9]; /* 0/8 .. 8/8 of a cell, filled from below; [0] is a blank */
    const char *eighths_h[9]; /* the same, filled from the left */
    const char *full;         /* a full block */
    const char *shade;        /* a half-tone block */
    const char *half_up;      /* the upper half of a cell */
    const char *heat[8];      /* from small to large, for where colours tell nothing; [0] is a blank */
    const char *left, *right, *up, *down; /* arrows */
    const char *to;                       /* "becomes": f32 -> i8 (ASCII: '>') */
    const char *versus;                   /* src against dst in a title (ASCII: vs) */
    const char *tag;                      /* before a tagged row */
    const char *badge;                    /* before a chosen precision */
    const char *suggest;                  /* before a suggested one */
    const char *dot;                      /* between two facts on one line, with its blanks */
    const char *dash;                     /* a figure that does not exist */
    const char *check, *cross;
    const char *line_h, *line_v, *line_cross;
    const char *corner_tl, *corner_tr, *corner_bl, *corner_br;
    const char *tick_up, *tick_down; /* marks on an axis */
    const char *bar_done, *bar_left; /* a progress bar: the part that is done, the rest */
};

extern const struct glyphs glyphs_utf8;
extern const struct glyphs glyphs_ascii;

#endif
