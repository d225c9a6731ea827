#include "ui/theme.h"

#include <limits.h>

/* The 16 colours as xterm has them; what a terminal really shows for them is its owner's choice. */
static const uint32_t ansi[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                  0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                  0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

/* The 6 x 6 x 6 cube (16..231) and the greys (232..255) are the same everywhere. */
uint32_t theme_palette_rgb(int index)
{
    static const uint32_t levels[6] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    if (index < 16)
        return ansi[index];
    if (index >= 232)
        return (uint32_t)(8 + 10 * (index - 232)) * 0x010101u;
    index -= 16;
    return levels[index / 36] << 16 | levels[index / 6 % 6] << 8 | levels[index % 6];
}

/* Squared distance, weighted roughly as the eye does (green counts most, blue least). */
static int distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

static int nearest(uint32_t rgb, int first, int end)
{
    int best = first, best_distance = INT_MAX;
    for (int i = first; i < end; i++) {
        int d = distance(rgb, theme_palette_rgb(i));
        if (d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    return best;
}

int theme_nearest(int colour, int colours)
{
    if (colour < 0 || colours < 8)
        return THEME_TERMINAL;
    int have = colours >= 256 ? 256 : colours >= 16 ? 16 : 8; /* 88-colour palettes differ beyond 16 */
    if (colour & THEME_RGB) {
        uint32_t rgb = (uint32_t)colour & 0xffffff;
        return have == 256 ? nearest(rgb, 16, 256) : nearest(rgb, 0, have);
    }
    if (colour > 255)
        return THEME_TERMINAL;
    if (colour < have)
        return colour;
    return colour < 16 ? colour - 8 : nearest(theme_palette_rgb(colour), 0, have);
}
