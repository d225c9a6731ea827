/* The Neighbours tab: what goes into a layer, the layer, and what reads it, each with its own error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"
#include "mmtui/report.h"
#include "views/inspector.h"
#include "views/layer.h"
#include "views/neighbours.h"
#include "views/error_profile.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

struct neighbours_tab {
    struct neighbours near;
    struct list list;
    bool down; /* walked to a reader: go on to readers */
};

/* ---- columns ---- */

enum column {
    COLUMN_ROLE,
    COLUMN_NUMBER,
    COLUMN_NAME,
    COLUMN_OP,
    COLUMN_ERROR,
    COLUMN_BAR,
    COLUMN_GROWS,
    COLUMN_VERDICT,
    COLUMN_COUNT
};

#define GAP  2   /* blanks between columns */
#define WIDE 100 /* from this width on columns are as wide as they like */

/* A column is there from a width of the tab on; the name takes what is left, up to the longest one. */
static const struct {
    const char *title;
    int from, width, wide;
    enum align align;
} columns[COLUMN_COUNT] = {
    [COLUMN_ROLE] = {"", 0, 5, 5, ALIGN_LEFT},         [COLUMN_NUMBER] = {"#", 0, 4, 5, ALIGN_RIGHT},
    [COLUMN_NAME] = {"LAYER", 0, 0, 0, ALIGN_LEFT},    [COLUMN_OP] = {"OP", 70, 9, 16, ALIGN_LEFT},
    [COLUMN_ERROR] = {"diff2", 0, 7, 7, ALIGN_RIGHT},  [COLUMN_BAR] = {"", 56, 6, 10, ALIGN_LEFT},
    [COLUMN_GROWS] = {"grows", 86, 6, 6, ALIGN_RIGHT}, [COLUMN_VERDICT] = {"VERDICT", 48, 14, 14, ALIGN_LEFT},
};

static int column_width(const struct app *app, int column, int w)
{
    if (w < columns[column].from || (column == COLUMN_BAR && app->options.plain))
        return 0;
    return w < WIDE ? columns[column].width : columns[column].wide;
}

struct layout {
    int x[COLUMN_COUNT], width[COLUMN_COUNT]; /* width 0: not shown */
};

static struct layout lay_out(const struct neighbours *near, const struct app *app, int w)
{
    struct layout layout;
    int left = w, longest = 5, x = 0;
    for (int row = 0; row < near->count; row++) {
        int width = mm_text_width(mm_session_layer(app->session, near->layer[row])->label);
        longest = width > longest ? width : longest;
    }
    for (int i = 0; i < COLUMN_COUNT; i++) {
        layout.width[i] = column_width(app, i, w);
        left -= layout.width[i] ? layout.width[i] + GAP : 0;
    }
    layout.width[COLUMN_NAME] = left < 4 ? 4 : left < longest ? left : longest;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        layout.x[i] = x;
        x += layout.width[i] ? layout.width[i] + GAP : 0;
    }
    return layout;
}

/* ---- words ---- */

#define TABLE_LEAST 4 /* headings and three rows stay in sight, however long the words are */

/* In at most what the table leaves; returns the lines that were drawn. */
static int draw_words(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    int most = layer_rows(layer) - TABLE_LEAST;
    struct canvas room = canvas_sub(c, 0, 0, c->w, most > 1 ? most : 1);
    struct mm_buf text;
    mm_buf_init(&text);
    bool here = neighbours_say(app, layer->id, &text);
    int y = text_fit_wrap(&room, 0, 0, c->w, here ? ROLE_BAD : ROLE_VALUE, mm_buf_text(&text));
    const struct mm_flow *flow = mm_session_flow(app->session);
    if (flow && flow->ordered && !flow->known)
        y += text_fit_wrap(
            &room, 0, y, c->w, ROLE_DIM,
            c->w < 70 ? "by execution order (no --model)"
                      : "by execution order (no --model): the layers executed just before and after");
    mm_buf_done(&text);
    return y < room.h ? y : room.h;
}

/* Words, a blank line where there is room, headings. */
static int head_lines(const struct layer_view *layer, int words)
{
    return words + 1 + (layer_rows(layer) - words > 6);
}

/* ---- rows ---- */

static const char *role_text(const struct neighbours *near, int row, const struct glyphs *g, char out[16])
{
    if (row == near->inputs)
        return mm_tr_in("title", "here");
    mm_format(out, 16, row < near->inputs ? "in %s" : "%s out", g->to);
    return out;
}

/* 0..1, logarithmic: two decades below the threshold are empty, an error as large as the signal fills it. */
static double bar_level(double error, double threshold)
{
    double low = threshold / 100;
    if (isnan(error) || error <= low)
        return 0;
    if (!(low > 0) || low >= 1 || error >= 1)
        return error_profile_level(error);
    return log10(error / low) / -log10(low);
}

static void draw_bar(struct canvas *c, int x, int y, int width, double error, double threshold,
                     const struct glyphs *g)
{
    int eighths = (int)lround(bar_level(error, threshold) * width * 8);
    enum role role = error_role(error);
    canvas_repeat(c, x, y, eighths / 8, role, g->eighths_h[8]);
    if (eighths % 8)
        canvas_text(c, x + eighths / 8, y, 1, role, g->eighths_h[eighths % 8]);
}

/* What the error is multiplied by on the way along this row's arrow. */
static void grows_text(const struct app *app, const struct neighbours *near, int row, struct mm_buf *out)
{
    const struct mm_blame *row_blame = mm_session_blame(app->session, near->layer[row]);
    const struct mm_blame *here = mm_session_blame(app->session, near->id);
    double from = row < near->inputs ? row_blame->error : here->error;
    double to = row < near->inputs ? here->error : row_blame->error;
    char text[MM_NUM];
    if (row == near->inputs)
        return;
    if (from > 0 && isfinite(from) && isfinite(to))
        mm_buf_puts(out, text_fit_times(text, to / from));
    else
        mm_buf_puts(out, app->glyphs->dash);
}

static void cell_text(const struct app *app, const struct neighbours *near, int row, enum column column,
                      struct mm_buf *out)
{
    size_t id = near->layer[row];
    char text[16];
    switch (column) {
    case COLUMN_ROLE: mm_buf_puts(out, role_text(near, row, app->glyphs, text)); break;
    case COLUMN_NUMBER:
        if (mm_session_order(app->session) != MM_ORDER_UNKNOWN)
            mm_buf_printf(out, "#%zu", id + 1);
        break;
    case COLUMN_OP: mm_buf_puts(out, text_fit_op(mm_session_op(app->session, id))); break;
    case COLUMN_ERROR: mm_column(MM_COLUMN_DIFF2)->text(app->session, id, out); break;
    case COLUMN_GROWS: grows_text(app, near, row, out); break;
    case COLUMN_VERDICT:
        mm_buf_puts(out, mm_tr_in("word", mm_verdict_word(mm_session_layer(app->session, id)->verdict.kind)));
        break;
    default: break;
    }
}

static enum role cell_role(const struct app *app, size_t id, enum column column, bool here)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    switch (column) {
    case COLUMN_ERROR: return error_role(mm_column(MM_COLUMN_DIFF2)->value(app->session, id));
    case COLUMN_VERDICT: return verdict_role(layer->verdict.kind);
    case COLUMN_NUMBER: return ROLE_DIM;
    default: return here ? ROLE_TITLE_NAME : ROLE_LIST;
    }
}

static void draw_row(struct canvas *c, int y, const struct app *app, const struct neighbours *near, int row,
                     const struct layout *layout)
{
    size_t id = near->layer[row];
    struct mm_buf text;
    mm_buf_init(&text);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        int x = layout->x[i], width = layout->width[i];
        enum role role = cell_role(app, id, (enum column)i, row == near->inputs);
        mm_buf_clear(&text);
        if (i == COLUMN_NAME) {
            text_fit_name(c, x, y, width, role, mm_session_layer(app->session, id)->label, app->glyphs);
        } else if (i == COLUMN_BAR) {
            draw_bar(c, x, y, width, mm_session_blame(app->session, id)->error,
                     mm_session_options(app->session)->thresholds.diff2, app->glyphs);
        } else if (width) {
            cell_text(app, near, row, (enum column)i, &text);
            canvas_fit(c, x, y, width, columns[i].align, role, mm_buf_text(&text), app->glyphs);
        }
    }
    mm_buf_done(&text);
}

static void draw_rows(struct canvas *c, const struct neighbours_tab *tab, const struct app *app)
{
    const struct list *list = &tab->list;
    const struct neighbours *near = &tab->near;
    struct layout layout = lay_out(near, app, c->w);
    for (int i = 0; i < COLUMN_COUNT; i++)
        canvas_fit(c, layout.x[i], 0, layout.width[i], columns[i].align, ROLE_HEADER,
                   mm_tr_in("title", columns[i].title), app->glyphs);
    struct canvas rows = canvas_sub(c, 0, 1, c->w, list->height);
    for (int y = 0; y < list->height && list->top + y < near->count; y++) {
        draw_row(&rows, y, app, near, list->top + y, &layout);
        list_click(&rows, y, list, list->top + y, true);
    }
    canvas_overlay(&rows, 0, list->cursor - list->top, c->w, 1, ROLE_LIST_SEL);
    canvas_cursor(&rows, 0, list->cursor - list->top, false);
}

static void draw(struct canvas *c, const struct layer_view *layer, const struct app *app)
{
    int head = head_lines(layer, draw_words(c, layer, app));
    struct canvas table = canvas_sub(c, 0, head - 1, c->w, c->h - head + 1);
    const struct neighbours_tab *tab = layer_state(layer);
    if (tab->near.count)
        draw_rows(&table, tab, app);
}

/* ---- keeping the rows ---- */

static int count_words(const struct layer_view *layer, const struct app *app)
{
    struct grid none; /* 0 x 0: only counts */
    grid_init(&none);
    struct canvas c = grid_canvas(&none);
    c.w = layer->w - 2;
    int lines = draw_words(&c, layer, app);
    grid_done(&none);
    return lines;
}

/* Another layer: the cursor stands where one probably wants to go next. */
static void prepare(struct layer_view *layer, struct app *app)
{
    struct neighbours_tab *tab = layer_state(layer);
    bool same = tab->near.count && tab->near.id == layer->id;
    bool known = neighbours_find(app->session, layer->id, &tab->near);
    list_resize(&tab->list, layer_rows(layer) - head_lines(layer, count_words(layer, app)));
    list_set_count(&tab->list, tab->near.count);
    if (known && !same)
        list_goto(&tab->list, neighbours_worst(app->session, &tab->near, tab->down));
}

static bool act(struct layer_view *layer, struct app *app, const struct action_event *event)
{
    struct neighbours_tab *tab = layer_state(layer);
    int row = tab->list.cursor;
    if (list_act(&tab->list, event))
        return true;
    if (event->id != ACT_OPEN)
        return false;
    if (row == tab->near.inputs) {
        app_say(app, ROLE_STATUS, "This is the layer itself; the rows around it are its neighbours");
    } else if (row < tab->near.count) {
        tab->down = row > tab->near.inputs;
        layer_jump(layer, app, tab->near.layer[row]);
    }
    return true;
}

static void *open_tab(void)
{
    return calloc(1, sizeof(struct neighbours_tab));
}

static void close_tab(void *state)
{
    neighbours_done(&((struct neighbours_tab *)state)->near);
    free(state);
}

const struct layer_tab neighbours_tab = {.title = "Neighbours",
                                         .help = "inputs and consumers",
                                         .scopes = SCOPE_OPEN,
                                         .open = open_tab,
                                         .close = close_tab,
                                         .draw = draw,
                                         .prepare = prepare,
                                         .act = act};
