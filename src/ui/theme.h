/*
 * Themes: role -> colours and attributes, read from text such as
 *
 *     # comment
 *     default = default,default
 *     list.sel = ,,reverse           an empty part is inherited from `list`, then from `default`
 *     bad = brightred,,bold
 *     title = #ffd75f,24,bold+underline
 *     heat = #0000ff,#ffff00,#ff0000 the stops of the gradient that fills heat.0 .. heat.7
 *     inherit = gruvbox              before all roles: what that theme says, where this one says nothing
 *
 * Colours: `default` (the terminal's own), black red green yellow blue magenta cyan white, the same with
 * `bright` in front, gray, 0..255, #rrggbb. Attributes, joined by + or blanks: none bold dim italic underline
 * reverse. Those of themes/ are compiled in and go through the same reader. A loaded theme is const.
 */
#ifndef MMTUI_UI_THEME_H
#define MMTUI_UI_THEME_H

#include "mmtui/base.h"
#include "ui/role.h"

enum { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_ITALIC = 4, ATTR_UNDERLINE = 8, ATTR_REVERSE = 16 };

/* A colour: THEME_TERMINAL, 0..255 of the xterm palette, or THEME_RGB | 0xrrggbb. */
#define THEME_TERMINAL (-1)
#define THEME_RGB      0x1000000

struct style {
    int fg, bg;
    unsigned attrs; /* ATTR_* */
};

struct theme {
    char name[64];
    struct style styles[ROLE_COUNT]; /* complete: inheritance is already resolved */
};

/* Read a theme; `source` names it in errors ("themes/x:12: no role is called lits.sel"). */
int theme_parse(struct theme *theme, const char *source, const char *text, size_t length, struct mm_err *err);
/*
 * By name or path: a compiled-in one; else, with a slash in it, that file; else NAME in
 * $XDG_CONFIG_HOME/mmtui/themes, then in mmtui/themes under each of $XDG_DATA_DIRS.
 */
int theme_load(struct theme *theme, const char *name, struct mm_err *err);
/* The names of those that are compiled in, `default` first; NULL behind the last. */
const char *theme_shipped(int index);
/* The compiled-in `default`; can't fail. */
void theme_default(struct theme *theme);

/*
 * What a cell looks like: the backdrop wins where it names a colour; attributes add up. A step of the heat gradient as a
 * backdrop lends its colour to what lies behind the glyph, so that a half block shows two steps.
 */
struct style theme_style(const struct theme *theme, enum role role, enum role backdrop);
/* Do the steps of its heat gradient differ in colour? */
bool theme_heat_is_coloured(const struct theme *theme);
/* The nearest colour of a terminal with `colours` of them (8, 16, 88, 256; fewer than 8: THEME_TERMINAL). */
int theme_nearest(int colour, int colours);
/* 0xrrggbb of a colour of the xterm palette, 0..255 (of the first 16 as xterm has them). */
uint32_t theme_palette_rgb(int index);

#endif
