/*
 * The error strip: an error of every layer, diff2 or its like, along execution order, on a logarithmic scale,
 * in a few rows. With two rows or more the top one belongs to what is over the threshold, so that this is
 * seen without colour.
 */
#ifndef MMTUI_VIEWS_ERROR_PROFILE_H
#define MMTUI_VIEWS_ERROR_PROFILE_H

#include "mmtui/report.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"

/* The part of the layers that is drawn: `count` of them from `from` on, which there must be. */
struct error_profile_window {
    size_t from, count;
};
/* What is drawn, worked out once for many frames. A zeroed one is empty. */
struct error_profile_bar {
    double worst; /* error; -1: nothing measured */
    bool bad, nonfinite;
};
struct error_profile {
    struct error_profile_bar *bar; /* the columns */
    int w;
    enum mm_column_id column;
    struct error_profile_window window;
    uint64_t revision; /* of the session, plus 1 */
};
/*
 * The strip of diff2, or of another column that is an error (impl, format, before), for a canvas of width `w`; at once where
 * it is that already. Without memory it is empty.
 */
void error_profile_make(struct error_profile *profile, const struct mm_session *session,
                        enum mm_column_id column, const struct error_profile_window *window, int w);
void error_profile_done(struct error_profile *profile);
/* `selected` is a layer's id whose place is marked (mm_session_count: none). */
void error_profile_draw(struct canvas *c, const struct error_profile *profile, double threshold,
                        size_t selected, const struct glyphs *g);
/*
 * The window of `all` layers that has 1 / 2^zoom of them, ERROR_PROFILE_LEAST at least, where `selected` is seen: the
 * one before where it lies well inside, else one with it in the middle. zoom 0: all of them.
 */
#define ERROR_PROFILE_LEAST 16
struct error_profile_window error_profile_follow(const struct error_profile_window *before, size_t all,
                                                 int zoom, size_t selected);
/* How often all layers can be halved until ERROR_PROFILE_LEAST are left. */
int error_profile_zooms(size_t all);
/* The column to show while the list is sorted by `column`: itself when it is an error of another
 * comparison. */
enum mm_column_id error_profile_column(enum mm_column_id column);

/* The height of an error's bar in eighths of a row, of `rows` rows: 1 at least, and rows * 8 at 1 and
 * above. */
int error_profile_eighths(double error, double threshold, int rows);

/* 0..1 for an error: 0 at 1e-6 and below, 1 at 1 and above, logarithmic between. */
double error_profile_level(double error);

#endif
