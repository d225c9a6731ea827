/* Rows of the list of layers that are no layer: a folded group, and the heading of what has no partner. */
#include "views/layers.h"
#include "base/translate.h"

#include <stdio.h>
#include <string.h>

#include "ui/text_fit.h"
#include "views/inspector.h"
#include "views/verdict.h"

/* "enc.0.* (24)", behind a filter "(3 of 24)"; the number stays where the name is cut. Behind it what was chosen for its operators, "mix" for several. */
static void draw_name(struct canvas *c, int x, int y, int width, const struct layers *layers,
                      const struct app *app, const struct layers_fold *fold)
{
    struct mm_buf name = {0};
    char count[32], mark[32] = "";
    if (layers->filter)
        mm_format(count, sizeof count, " (%zu of %u)", fold->count,
                  layers->rows.groups.group[fold->group].count);
    else
        mm_format(count, sizeof count, " (%zu)", fold->count);
    if (fold->chosen)
        snprintf(mark, sizeof mark, " %s%s", app->glyphs->badge,
                 fold->chosen == fold->count && fold->alike ? fold->badge : "mix");
    layers_fold_name(layers, fold, &name);
    int room = width - mm_text_width(count) - mm_text_width(mark);
    int shown = text_fit_name(c, x, y, room, ROLE_LIST, mm_buf_text(&name), app->glyphs);
    canvas_text(c, x + shown, y, -1, ROLE_DIM, count);
    int right = x + width - mm_text_width(mark);
    canvas_text(c, right, y, -1, ROLE_BADGE, mark);
    mm_buf_done(&name);
}

/* "3 over: overflow" */
static void draw_verdict(struct canvas *c, int x, int y, int width, const struct app *app,
                         const struct layers_fold *fold)
{
    const struct mm_verdict *verdict = &mm_session_layer(app->session, fold->worst)->verdict;
    struct mm_buf text = {0};
    char over[32] = "";
    if (fold->over)
        mm_format(over, sizeof over, "%zu over: ", fold->over);
    verdict_fit(verdict, width - mm_text_width(over), &text);
    x += canvas_text(c, x, y, width, ROLE_LIST, over);
    canvas_fit(c, x, y, width - mm_text_width(over), ALIGN_LEFT, verdict_role(verdict->kind),
               mm_buf_text(&text), app->glyphs);
    mm_buf_done(&text);
}

bool layers_draw_fold(struct canvas *c, int x, int y, int width, const struct layers *layers,
                      const struct app *app, const struct layers_fold *fold, enum mm_column_id column)
{
    struct mm_buf text = {0};
    if (column == MM_COLUMN_LAYER) {
        draw_name(c, x, y, width, layers, app, fold);
    } else if (column == MM_COLUMN_VERDICT) {
        draw_verdict(c, x, y, width, app, fold);
    } else if (column == MM_COLUMN_NUMBER) {
        mm_column(column)->text(app->session, fold->first, &text);
        canvas_fit(c, x, y, width, ALIGN_RIGHT, ROLE_DIM, mm_buf_text(&text), app->glyphs);
    }
    mm_buf_done(&text);
    return column == MM_COLUMN_LAYER || column == MM_COLUMN_VERDICT || column == MM_COLUMN_NUMBER;
}

/* "3 src only · 108 dst only" */
static void say_lone(const struct layers_rows *rows, const struct glyphs *g, struct mm_buf *out)
{
    if (rows->src_only)
        mm_buf_printf(out, "%zu src only", rows->src_only);
    if (rows->src_only && rows->dst_only)
        mm_buf_puts(out, g->dot);
    if (rows->dst_only)
        mm_buf_printf(out, "%zu dst only", rows->dst_only);
}

void layers_draw_heading(struct canvas *c, int x, int y, const struct layers *layers, const struct app *app)
{
    struct mm_buf text = {0};
    x = c->w < 60 ? 1 : x; /* where all of it has room */
    mm_buf_say(&text, "No partner: ");
    say_lone(&layers->rows, app->glyphs, &text);
    if (layers->rows.lone_folded)
        mm_buf_say(&text, " (folded)");
    canvas_fit(c, x, y, c->w - x, ALIGN_LEFT, ROLE_HEADER, mm_buf_text(&text), app->glyphs);
    mm_buf_done(&text);
}

static void group_text(const struct layers *layers, const struct app *app, const struct layers_fold *fold,
                       const char *key, struct mm_buf *out)
{
    char limit[MM_NUM];
    layers_fold_name(layers, fold, out);
    mm_buf_printf(out, ": %zu layers%s%zu over %s%sworst: ", fold->count, app->glyphs->dot, fold->over,
                  mm_num_short(limit, mm_session_options(app->session)->thresholds.diff2, 3),
                  app->glyphs->dot);
    mm_report_layer(app->session, fold->worst, out);
    mm_buf_printf(out, " (%s unfolds)", key);
}

bool layers_fold_text(const struct layers *layers, const struct app *app, struct mm_buf *out)
{
    const struct layers_fold *fold = layers_fold_at(layers, layers->list.cursor);
    bool heading = layers_is_heading(layers, layers->list.cursor);
    struct mm_buf key = {0};
    const char *fold_key = inspector_key(app, ACT_FOLD, &key);
    if (fold)
        group_text(layers, app, fold, fold_key, out);
    else if (heading)
        mm_buf_printf(out, "%zu tensors without a partner (%s %s)",
                      layers->rows.src_only + layers->rows.dst_only, fold_key,
                      layers->rows.lone_folded ? "unfolds" : "folds");
    mm_buf_done(&key);
    return fold || heading;
}
