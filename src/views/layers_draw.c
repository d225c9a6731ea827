#include <math.h>
#include <stdio.h>
#include <string.h>

#include "views/inspector.h"
#include "base/translate.h"
#include "views/suggest.h"
#include "views/layers.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

int layers_list_height(const struct app *app, int h)
{
    int rows = h - 2 - layers_error_profile_height(app, h);
    return rows > 0 ? rows : 0;
}

/* ---- rows ---- */

static enum role cell_role(const struct mm_session *session, size_t id, enum mm_column_id column)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    if (column == MM_COLUMN_VERDICT)
        return verdict_role(layer->verdict.kind);
    if (layer->verdict.kind == MM_VERDICT_NONE)
        return ROLE_LIST_WAIT;
    if (column == MM_COLUMN_DIFF1 || column == MM_COLUMN_DIFF2)
        return error_role(mm_column(column)->value(session, id));
    return column == MM_COLUMN_NUMBER ? ROLE_DIM : ROLE_LIST;
}

#define DTYPE_WIDE 9 /* from here on there are blanks around the arrow */

/* The dtypes, with the arrow that the glyph set has. */
static void dtype_text(const struct app *app, size_t id, int width, struct mm_buf *out)
{
    const struct mm_result *result = &mm_session_layer(app->session, id)->result;
    if (result->src.known)
        mm_buf_puts(out, mm_dtype_info(result->src.dtype)->name);
    if (result->src.known || result->dst.known)
        mm_buf_printf(out, !app->glyphs->utf8 ? "-%s" : width < DTYPE_WIDE ? "%s" : " %s ", app->glyphs->to);
    if (result->dst.known)
        mm_buf_puts(out, mm_dtype_info(result->dst.dtype)->name);
    if (mm_layer_dequantised(mm_session_layer(app->session, id)) == MM_DEQUANTISED_CODES)
        mm_buf_putc(out, '*');
}

/* What of a text still says something in a column that is too narrow for all of it. */
static const char *cut_text(const struct layers *layers, const struct mm_layer *layer,
                            enum mm_column_id column, int width, struct mm_buf *text)
{
    if (column == MM_COLUMN_OP && width < layers->op_width)
        return text_fit_op(mm_buf_text(text));
    if (column == MM_COLUMN_VERDICT) {
        mm_buf_clear(text);
        verdict_fit(&layer->verdict, width, text);
    }
    return mm_buf_text(text);
}

/* Columns of the first `bytes` bytes. */
static int width_until(const char *text, size_t bytes)
{
    return mm_text_width(text) - mm_text_width(text + bytes);
}

/* Mark what the search finds in a text, of which the columns [from, from + shown) are seen. */
static void mark_matches(struct canvas *c, int x, int y, int from, int shown, const char *text,
                         const char *search)
{
    size_t length = strlen(search);
    const char *hit = length ? mm_text_find(text, search) : NULL;
    for (; hit; hit = mm_text_find(hit + length, search)) {
        size_t at = (size_t)(hit - text);
        int begin = width_until(text, at) - from, end = width_until(text, at + length) - from;
        begin = begin < 0 ? 0 : begin;
        end = end > shown ? shown : end;
        if (end > begin)
            canvas_restyle(c, x + begin, y, end - begin, 1, ROLE_MATCH);
    }
}

#define BADGE_MOST 10 /* a longer name (of a type of one runtime) loses its end */

/* Badges of three letters stand in one column; BF16 and longer ones begin further left. */
static int badge_width(const char *mark, int width)
{
    int need = 1 + mm_text_width(mark), most = width >= 2 * BADGE_MOST ? BADGE_MOST : LAYERS_BADGE + 1;
    need = need < LAYERS_BADGE ? LAYERS_BADGE : need;
    return need < most ? need : most;
}

/* The layer's name, its end kept when it is too long, and behind it what is suggested, or else was chosen. */
static void draw_layer_cell(struct canvas *c, int x, int y, int width, const struct layers *layers,
                            const struct app *app, size_t id, const char *text)
{
    const struct mm_override *override = mm_session_override(app->session, id);
    char mark[48] = "";
    enum role mark_role = ROLE_BADGE;
    if (!suggest_badge(app, id, mark, &mark_role) && override)
        snprintf(mark, sizeof mark, "%s%s", app->glyphs->badge, mm_override_badge(override));
    int badge = mark[0] && width >= 10 ? badge_width(mark, width) : 0;
    enum role role = cell_role(app->session, id, MM_COLUMN_LAYER);
    int shown = text_fit_name(c, x, y, width - badge, role, text, app->glyphs);
    mark_matches(c, x, y, mm_text_width(text) - shown, shown, text, layers->search);
    if (badge)
        canvas_text(c, x + width - badge + 1, y, badge - 1, mark_role, mark);
}

static void draw_cell(struct canvas *c, int x, int y, int width, const struct layers *layers,
                      const struct app *app, size_t id, enum mm_column_id column, struct mm_buf *text)
{
    mm_buf_clear(text);
    if (column == MM_COLUMN_DTYPE)
        dtype_text(app, id, width, text);
    else
        mm_column(column)->text(app->session, id, text);
    if (column == MM_COLUMN_LAYER) {
        draw_layer_cell(c, x, y, width, layers, app, id, mm_buf_text(text));
        return;
    }
    const char *seen = cut_text(layers, mm_session_layer(app->session, id), column, width, text);
    canvas_fit(c, x, y, width, mm_column(column)->right ? ALIGN_RIGHT : ALIGN_LEFT,
               cell_role(app->session, id, column), seen, app->glyphs);
    if (column == MM_COLUMN_OP)
        mark_matches(c, x, y, 0, width, seen, layers->search);
}

static void draw_row(struct canvas *c, int y, const struct layers *layers, const struct app *app, int row,
                     const struct layers_layout *layout, struct mm_buf *text)
{
    const struct layers_fold *fold = layers_fold_at(layers, row);
    bool heading = layers_is_heading(layers, row);
    size_t id = layers->ids[row];
    int x = layout->margin;
    for (int i = 0; i < layout->count && !heading; i++) {
        enum mm_column_id column = layout->column[i];
        int width = layout->width[column];
        if (!fold || !layers_draw_fold(c, x, y, width, layers, app, fold, column))
            draw_cell(c, x, y, width, layers, app, id, column, text);
        x += width + layout->gap;
    }
    if (heading)
        layers_draw_heading(c,
                            layout->margin ? layout->margin : layout->width[MM_COLUMN_NUMBER] + layout->gap,
                            y, layers, app);
    else if (id == layers->marked && !fold)
        canvas_text(c, 0, y, 1, ROLE_LIST_TAG, "=");
    else if (fold ? fold->tagged > 0 : mm_session_layer(app->session, id)->tagged)
        canvas_text(c, 0, y, 1, ROLE_LIST_TAG, app->glyphs->tag);
    if (row == layers->list.cursor) {
        canvas_overlay(c, 0, y, c->w, 1, ROLE_LIST_SEL);
        canvas_cursor(c, 0, y, false);
    }
}

static void draw_headings(struct canvas *c, const struct layers *layers, const struct app *app,
                          const struct layers_layout *layout)
{
    int x = layout->margin;
    for (int i = 0; i < layout->count; i++) {
        enum mm_column_id id = layout->column[i];
        const struct mm_column *column = mm_column(id);
        bool sorts = id == layers->order.column;
        canvas_click(c, x, 0, layout->width[id], 1,
                     (struct click){.kind = CLICK_ACTION,
                                    .id = sorts ? ACT_SORT_REVERSE : ACT_SORT,
                                    .text = sorts ? NULL : column->key});
        canvas_fit(c, x, 0, layout->width[id], column->right ? ALIGN_RIGHT : ALIGN_LEFT,
                   sorts ? ROLE_HEADER_SORT : ROLE_HEADER, mm_tr_in("title", column->title), app->glyphs);
        x += layout->width[id] + layout->gap;
    }
}

static void draw_list(struct canvas *c, const struct layers *layers, const struct app *app)
{
    struct layers_layout layout = layers_lay_out(layers, app->session, c->w);
    struct canvas headings = canvas_sub(c, 0, 0, c->w, 1);
    draw_headings(&headings, layers, app, &layout);
    struct mm_buf text;
    mm_buf_init(&text);
    struct canvas rows = canvas_sub(c, 0, 1, c->w, layers->list.height);
    for (int y = 0; y < layers->list.height && layers->list.top + y < layers->list.count; y++) {
        draw_row(&rows, y, layers, app, layers->list.top + y, &layout, &text);
        list_click(&rows, y, &layers->list, layers->list.top + y, true);
    }
    if (layers->list.count == 0)
        canvas_text(&rows, 1, 1, -1, ROLE_DIM,
                    layers->filter                     ? "no layer matches the filter (Esc shows all)"
                    : mm_session_watches(app->session) ? "waiting for tensors in src and dst"
                                                       : "there are no layers");
    mm_buf_done(&text);
}

void layers_draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layers *layers = (const struct layers *)view;
    int error_profile_height = layers_error_profile_height(app, c->h);
    int preview = layers_preview_width(layers, app->session, c->w);
    struct canvas title = canvas_sub(c, 0, 0, c->w, 1);
    layers_draw_title(&title, layers, app);
    struct canvas list =
        canvas_sub(c, 0, 1, c->w - preview - (preview ? 1 : 0), c->h - 1 - error_profile_height);
    draw_list(&list, layers, app);
    if (preview) {
        struct canvas right = canvas_sub(c, c->w - preview, 1, preview, c->h - 1 - error_profile_height);
        layers_draw_preview(&right, layers, app);
    }
    if (error_profile_height) {
        struct canvas strip = canvas_sub(c, 0, c->h - error_profile_height, c->w, error_profile_height);
        layers_draw_profile(&strip, layers, app);
    }
}

/* "3 of 4 suggested · 1 override · 2 tagged · 12 over 0.05"; where that is too long, without what is zero, and then without
 * tags and overrides. */
static void say_counts(const struct layers *layers, const struct app *app, int room, struct mm_buf *out)
{
    const struct mm_session_totals *totals = &layers->totals;
    size_t chosen = mm_plan_count(mm_session_plan_const(app->session));
    size_t suggested = mm_session_suggestions(app->session)->count, marked = mm_session_marked(app->session);
    const char *dot = app->glyphs->dot;
    char limit[MM_NUM];
    mm_num_short(limit, mm_session_options(app->session)->thresholds.diff2, 3);
    for (int brief = 0; brief < 3; brief++) {
        mm_buf_clear(out);
        if (suggested && marked < suggested)
            mm_buf_printf(out, "%zu of ", marked);
        if (suggested)
            mm_buf_printf(out, "%zu suggested%s", suggested, dot);
        if (brief == 0 || (brief == 1 && chosen))
            mm_buf_printf(out, chosen == 1 ? "%zu override%s" : "%zu overrides%s", chosen, dot);
        if (brief == 0 || (brief == 1 && totals->tagged))
            mm_buf_printf(out, "%zu tagged%s", totals->tagged, dot);
        mm_buf_printf(out, "%zu over %s%s", totals->bad, limit,
                      totals->measured < totals->layers ? " so far" : "");
        if (mm_text_width(mm_buf_text(out)) <= room)
            return;
    }
}

void layers_status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct layers *layers = (const struct layers *)view;
    size_t selected = layers_selected(layers);
    struct mm_buf text;
    mm_buf_init(&text);
    if (!layers_mark_text(layers, app, &text) && !layers_fold_text(layers, app, &text) &&
        selected != SIZE_MAX)
        suggest_line(app, selected, &text);
    if (text.length == 0)
        say_counts(layers, app, inspector_status_room(app, c->w), &text);
    inspector_status(app, c, ROLE_STATUS, mm_buf_text(&text));
    mm_buf_done(&text);
}
