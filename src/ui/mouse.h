/* What the mouse can do. Positions are cells of the screen, (0, 0) is the upper left one. */
#ifndef MMTUI_UI_MOUSE_H
#define MMTUI_UI_MOUSE_H

enum mouse_kind {
    MOUSE_NONE, /* a release, another button, a movement: nothing that means something */
    MOUSE_CLICK,
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN
};

struct mouse {
    enum mouse_kind kind;
    int x, y;
};

/* Rows that a notch of the wheel scrolls. */
#define MOUSE_WHEEL_ROWS 3

#endif
