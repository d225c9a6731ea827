/*
 * The themes that are compiled in, as the text that a theme file would have.
 */
#ifndef MMTUI_UI_THEME_TEXT_H
#define MMTUI_UI_THEME_TEXT_H

#include <stddef.h>

struct theme_text {
    const char *name;
    const char *const *lines; /* with their ends */
    size_t count;
};

extern const struct theme_text theme_texts[];
extern const int theme_text_count;

#endif
