/* The shipped themes, compiled in, so that they are there without being installed. */
#include "ui/theme_text.h"

/* Made from themes/NAME: a string a line. */
static const char *const text_default[] = {
#include "default.inc"
};
static const char *const text_mono[] = {
#include "mono.inc"
};
static const char *const text_blue_yellow[] = {
#include "blue-yellow.inc"
};
static const char *const text_cividis[] = {
#include "cividis.inc"
};
static const char *const text_solarized_dark[] = {
#include "solarized-dark.inc"
};
static const char *const text_solarized_light[] = {
#include "solarized-light.inc"
};
static const char *const text_gruvbox[] = {
#include "gruvbox.inc"
};
static const char *const text_high_contrast[] = {
#include "high-contrast.inc"
};

#define THEME(name, text)                                                                                    \
    {                                                                                                        \
        name, text, sizeof(text) / sizeof((text)[0])                                                         \
    }
const struct theme_text theme_texts[] = {
    THEME("default", text_default),
    THEME("mono", text_mono),
    THEME("blue-yellow", text_blue_yellow),
    THEME("cividis", text_cividis),
    THEME("solarized-dark", text_solarized_dark),
    THEME("solarized-light", text_solarized_light),
    THEME("gruvbox", text_gruvbox),
    THEME("high-contrast", text_high_contrast),
};
const int theme_text_count = sizeof(theme_texts) / sizeof(theme_texts[0]);
