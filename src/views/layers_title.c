/* The first line of the layers screen. */
#include "views/layers.h"

#include "ui/text_fit.h"

#include <stdio.h>
#include <string.h>

#include "base/translate.h"

static void draw_progress(struct canvas *c, int right, const struct layers *layers, const struct app *app)
{
    const struct mm_session_totals *totals = &layers->totals;
    const struct glyphs *g = app->glyphs;
    int percent = totals->layers ? (int)(totals->measured * 100 / totals->layers) : 100;
    char time[32];
    snprintf(time, sizeof time, "%d:%02d", (int)totals->seconds / 60, (int)totals->seconds % 60);
    int bar = app->options.plain || c->w < 100 ? 0 : 8;
    int x = right - (int)strlen(time) - bar - 16 - (bar ? 1 : 0);
    x += canvas_textf(c, x, 0, -1, ROLE_PROGRESS, "measuring %3d%% ", percent);
    canvas_repeat(c, x, 0, bar, ROLE_DIM, g->bar_left);
    canvas_repeat(c, x, 0, bar * percent / 100, ROLE_PROGRESS, g->bar_done);
    canvas_text(c, x + bar + (bar ? 1 : 0), 0, -1, ROLE_PROGRESS, time);
}

/* "watching", "watching, 2 being written"; returns where it begins, with a gap before it. */
static int draw_watching(struct canvas *c, int right, const struct app *app)
{
    char text[64] = "watching";
    size_t held = mm_session_watch_held(app->session);
    if (held && c->w >= 100)
        snprintf(text, sizeof text, "watching, %zu being written", held);
    int width = (int)strlen(text);
    canvas_text(c, right - width, 0, -1, ROLE_PROGRESS, text);
    return right - width - 2;
}

/* What stands on the right of the title; returns the column where it begins. */
static int draw_title_right(struct canvas *c, const struct layers *layers, const struct app *app)
{
    const struct glyphs *g = app->glyphs;
    int right = c->w - 1;
    char text[64];
    if (layers->totals.measured < layers->totals.layers) {
        int width = c->w >= 100 && !app->options.plain ? 31 : 22;
        draw_progress(c, right, layers, app);
        right -= width;
    } else if (layers->totals.analysing) {
        int width = mm_format(text, sizeof text, "analysing %zu", layers->totals.analysing);
        canvas_text(c, right - width, 0, -1, ROLE_PROGRESS, text);
        right -= width + 2;
    }
    if (mm_session_watches(app->session))
        right = draw_watching(c, right, app);
    const struct mm_column *column = mm_column(layers->order.column);
    bool falls = (column->numeric && !column->worst_low) != layers->order.reverse;
    mm_format(text, sizeof text, "sort %s %s", column->key, falls ? g->down : g->up);
    int width = mm_text_width(text);
    if (c->w < 60)
        return right;
    canvas_text(c, right - width, 0, -1, ROLE_TITLE, text);
    return right - width;
}

#define NAMES_LEAST  16 /* of the dumps: what less leaves says nothing */
#define COUNTS_LEAST 20 /* "123456 pairs", "17 of 222 shown: bad" */

/* "222 pairs · 0 src only · 108 dst only"; where that is too long, without what is zero; or just the
 * pairs. */
static void counts_text(const struct layers *layers, const struct glyphs *g, int room, struct mm_buf *out)
{
    const struct mm_session_totals *totals = &layers->totals;
    mm_buf_clear(out);
    if (layers->filter) {
        mm_buf_printf(out, "%zu of %zu shown: %s", layers->rows.shown, totals->layers, layers->filter_text);
        return;
    }
    for (int brief = 0; brief < 3; brief++) {
        mm_buf_clear(out);
        mm_buf_printf(out, totals->pairs == 1 ? "%zu pair" : "%zu pairs", totals->pairs);
        if (brief == 0 || (brief == 1 && totals->src_only))
            mm_buf_printf(out, "%s%zu src only", g->dot, totals->src_only);
        if (brief == 0 || (brief == 1 && totals->dst_only))
            mm_buf_printf(out, "%s%zu dst only", g->dot, totals->dst_only);
        if (mm_text_width(mm_buf_text(out)) <= room)
            return;
    }
}

/* Columns of the least that counts_text says, which long names of dumps must leave. */
static int least_counts(const struct layers *layers, const struct glyphs *g)
{
    struct mm_buf text;
    mm_buf_init(&text);
    counts_text(layers, g, 0, &text);
    int width = mm_text_width(mm_buf_text(&text));
    mm_buf_done(&text);
    return width < COUNTS_LEAST ? width : COUNTS_LEAST;
}

/* The folder's name, and the host that it is on. */
static void put_dump(const struct mm_dump *dump, struct mm_buf *out)
{
    const char *colon = dump->elsewhere ? strchr(dump->path, ':') : NULL;
    struct mm_buf host = {0};
    if (colon)
        mm_buf_add(&host, dump->path, (size_t)(colon + 1 - dump->path));
    const char *name = mm_path_base(dump->path) + (strchr(dump->path, '/') || !colon ? 0 : host.length);
    mm_buf_printf(out, "%s%s", mm_buf_text(&host), name);
    mm_buf_done(&host);
}

void layers_draw_title(struct canvas *c, const struct layers *layers, const struct app *app)
{
    const struct glyphs *g = app->glyphs;
    struct canvas left = canvas_sub(c, 0, 0, draw_title_right(c, layers, app) - 1, 1);
    struct mm_buf text;
    mm_buf_init(&text);
    const struct mm_dump *src = mm_session_src(app->session), *dst = mm_session_dst(app->session);
    put_dump(src, &text);
    mm_buf_printf(&text, " %s ", g->versus);
    put_dump(dst, &text);
    if (!*mm_path_base(src->path) && !*mm_path_base(dst->path))
        mm_buf_clear(&text);
    if (text.length == 0)
        mm_buf_say(&text, "a report"); /* MagicMind's diff.json does not say of what */
    int x = 1 + canvas_text(&left, 1, 0, -1, ROLE_TITLE, "mmtui") + 2;
    int room = left.w - x - least_counts(layers, g) - 3;
    x += text_fit_sentence(&left, x, 0, room > NAMES_LEAST ? room : NAMES_LEAST, ROLE_TITLE_NAME,
                           mm_buf_text(&text), g) +
         3;
    counts_text(layers, g, left.w - x, &text);
    canvas_fit(&left, x, 0, left.w - x, ALIGN_LEFT, ROLE_DIM, mm_buf_text(&text), g);
    mm_buf_done(&text);
}
