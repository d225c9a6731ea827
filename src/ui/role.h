/*
 * Roles: what a piece of text on the screen is, never which colour it has.
 *
 * A view draws with roles; the theme says what a role looks like. Names are dotted, and a role that a theme
 * does not mention looks like the role named by its front part: `list.sel` like `list`, `list` like
 * `default`. To add one: a row in the enum, a row in role.c's table.
 */
#ifndef MMTUI_UI_ROLE_H
#define MMTUI_UI_ROLE_H

#include <stdbool.h>

enum role {
    ROLE_DEFAULT,
    ROLE_TITLE,       /* the first line of a screen */
    ROLE_TITLE_NAME,  /* file, folder or layer name inside the title */
    ROLE_HEADER,      /* column headings */
    ROLE_HEADER_SORT, /* the heading of the column that sorts */
    ROLE_FOOTER,      /* the line of key hints */
    ROLE_FOOTER_KEY,
    ROLE_STATUS, /* the line above the hints */
    ROLE_STATUS_UNSAVED,
    ROLE_ERROR, /* a message that something failed */
    ROLE_LIST,
    ROLE_LIST_SEL,  /* the selected row (usually a backdrop) */
    ROLE_LIST_TAG,  /* the dot before a tagged row */
    ROLE_LIST_WAIT, /* a row that has not been measured yet */
    ROLE_BADGE,     /* a chosen precision */
    ROLE_BADGE_SUGGEST,
    ROLE_OK,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_NAN, /* NaN and Inf */
    ROLE_DIM,
    ROLE_LABEL, /* the name of a figure ("mean", "cosine") */
    ROLE_VALUE, /* the figure itself */
    ROLE_MATCH, /* what a search found */
    ROLE_HEAT,
    ROLE_HEAT_0, /* the gradient from small (0) to large (7) errors */
    ROLE_HEAT_1,
    ROLE_HEAT_2,
    ROLE_HEAT_3,
    ROLE_HEAT_4,
    ROLE_HEAT_5,
    ROLE_HEAT_6,
    ROLE_HEAT_7,
    ROLE_BAR,
    ROLE_BAR_SRC,
    ROLE_BAR_DST,
    ROLE_BAR_BOTH,
    ROLE_BAR_ERROR,
    ROLE_AXIS, /* axes, grid lines and their figures */
    ROLE_MARK, /* a marked place on an axis: 65504, an int8 step */
    ROLE_STRIP,
    ROLE_STRIP_CURSOR,
    ROLE_STRIP_OVER, /* layers over the threshold */
    ROLE_PROGRESS,
    ROLE_TAB,
    ROLE_TAB_ACTIVE,
    ROLE_PROMPT,
    ROLE_PROMPT_LABEL,
    ROLE_MENU,
    ROLE_MENU_SEL,
    ROLE_MENU_KEY,
    ROLE_HELP,
    ROLE_HELP_KEY,
    ROLE_HELP_HEAD,
    ROLE_COUNT
};

#define ROLE_HEAT_STEPS 8

/* "list.sel"; the empty string for a number that is no role. */
const char *role_name(enum role role);
/* False when there is no role of that name. */
bool role_find(const char *name, enum role *out);
/* The role that this one falls back to; ROLE_DEFAULT is its own parent. */
enum role role_parent(enum role role);
/* One letter a role in the style plane of a golden screen; '.' is ROLE_DEFAULT. All differ. */
char role_letter(enum role role);
/* The step of the heat gradient for a value between 0 and 1 (clamped; NaN is the hottest). */
enum role role_heat(double value);

#endif
