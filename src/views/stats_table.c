#include "views/stats_table.h"

#include <math.h>
#include <string.h>

#include "base/translate.h"
#include "mmtui/session.h"
#include "ui/text_fit.h"
#include "views/place.h"

/* One side of a layer as the rows below see it. */
struct side {
    const struct mm_entry *entry;
    const struct mm_info *info;
    const struct mm_stats *stats; /* NULL before measuring */
    const struct mm_shape *shape; /* in which indices count; NULL: neither file has that shape */
};

/* Figures of statistics: which of what, "Max, Min of torch.bool [2]". NULL: these are values. */
static const char *kept_of(const struct side *side)
{
    return side->entry ? side->entry->kept_of : NULL;
}

static struct side side_of(const struct mm_layer *layer, bool dst)
{
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED || result->state == MM_STATE_SINGLE;
    struct side side = {.entry = dst ? layer->pair->dst : layer->pair->src,
                        .info = dst ? &result->dst : &result->src,
                        .shape = place_shape(result, dst)};
    if (side.entry && measured && !kept_of(&side) && result->match != MM_MATCH_STATISTICS)
        side.stats = dst ? &result->metrics.dst : &result->metrics.src;
    return side;
}

/* What of it stands before " of " (behind it). */
static void put_kept(const struct side *side, bool behind, struct mm_buf *out)
{
    const char *text = kept_of(side), *of = text ? strstr(text, " of ") : NULL;
    if (of && behind)
        mm_buf_puts(out, of + 4);
    else if (of)
        mm_buf_add(out, text, (size_t)(of - text));
}

static void text_of(const struct side *side, struct mm_buf *out)
{
    put_kept(side, true, out);
}

static void text_kept(const struct side *side, struct mm_buf *out)
{
    put_kept(side, false, out);
}

static void text_dtype(const struct side *side, struct mm_buf *out)
{
    if (side->info->known && !kept_of(side))
        mm_buf_puts(out, mm_dtype_info(side->info->dtype)->name);
}

static void text_shape(const struct side *side, struct mm_buf *out)
{
    char text[MM_RANK_MAX * 22];
    if (side->info->known && !kept_of(side))
        mm_buf_puts(out, mm_shape_text(&side->info->shape, true, text, sizeof text));
}

/* A figure of the finite elements; where there is none, "NaN" would say that one stands there. */
static void add_figure(double value, int digits, struct mm_buf *out)
{
    char text[MM_NUM];
    mm_buf_puts(out, isnan(value) ? "-" : mm_num_short(text, value, digits));
}

/* A value and where it stands: "-3.21 @[0,2,11,5]". */
static void value_at(const struct side *side, double value, int64_t at, struct mm_buf *out)
{
    add_figure(value, 5, out);
    if (at < 0 || side->info->shape.rank == 0)
        return;
    mm_buf_puts(out, " @");
    place_text(side->shape, at, out);
}

static void text_min(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        value_at(side, side->stats->min, side->stats->min_at, out);
}

static void text_max(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        value_at(side, side->stats->max, side->stats->max_at, out);
}

static void text_mean(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        add_figure(side->stats->mean, 6, out);
}

static void text_std(const struct side *side, struct mm_buf *out)
{
    if (side->stats)
        add_figure(side->stats->std, 6, out);
}

static void text_zeros(const struct side *side, struct mm_buf *out)
{
    char text[MM_NUM];
    if (side->stats)
        mm_buf_printf(out, "%s of %s", mm_num_count(text, side->stats->zero),
                      mm_num_count((char[MM_NUM]){0}, side->info->count));
}

static void text_nonfinite(const struct side *side, struct mm_buf *out)
{
    const struct mm_stats *stats = side->stats;
    char text[MM_NUM];
    if (!stats)
        return;
    if (stats->nan + stats->pos_inf + stats->neg_inf == 0) {
        mm_buf_say(out, "none");
        return;
    }
    const char *before = "";
    const struct {
        int64_t count;
        const char *name;
    } kinds[] = {{stats->nan, "NaN"}, {stats->pos_inf, "+Inf"}, {stats->neg_inf, "-Inf"}};
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (kinds[i].count) {
            mm_buf_printf(out, "%s%s %s", before, mm_num_count(text, kinds[i].count), kinds[i].name);
            before = ", ";
        }
    }
}

static void text_node(const struct side *side, struct mm_buf *out)
{
    if (side->info->known)
        mm_buf_puts(out, side->info->node_name);
}

static void text_op(const struct side *side, struct mm_buf *out)
{
    if (side->info->known)
        mm_buf_puts(out, side->info->op_type);
}

static void text_file(const struct side *side, struct mm_buf *out)
{
    if (side->entry)
        mm_buf_puts(out, side->entry->label);
}

struct row {
    const char *label;
    void (*text)(const struct side *side, struct mm_buf *out);
    bool name; /* too long: it loses its beginning */
};

static const struct row stats_rows[] = {
    {"kept", text_kept, false},          {"of", text_of, false},   {"dtype", text_dtype, false},
    {"shape", text_shape, false},        {"min", text_min, false}, {"max", text_max, false},
    {"mean", text_mean, false},          {"std", text_std, false}, {"zeros", text_zeros, false},
    {"NaN, Inf", text_nonfinite, false},
};

static const struct row names_rows[] = {
    {"node", text_node, true},
    {"op", text_op, true},
    {"file", text_file, true},
};

#define LABEL_WIDTH 10
#define STATS_WIDTH 34 /* of a side, at most */
#define NAMES_WIDTH 64

static enum role row_role(const struct row *row, const struct side *side)
{
    const struct mm_stats *stats = side->stats;
    bool broken = row->text == text_nonfinite && stats && stats->nan + stats->pos_inf + stats->neg_inf;
    return broken ? ROLE_NAN : ROLE_VALUE;
}

/* One line; false, and nothing drawn, when neither side has anything to say. */
static bool draw_row(struct canvas *c, int y, const struct row *row, const struct side sides[2], int column,
                     const struct app *app)
{
    struct mm_buf text;
    bool any = false;
    mm_buf_init(&text);
    for (int i = 0; i < 2; i++) {
        mm_buf_clear(&text);
        if (sides[i].entry)
            row->text(&sides[i], &text);
        any |= text.length > 0;
        char *place = text.length ? strchr(text.data, '@') : NULL;
        if (place && !row->name && mm_text_width(text.data) > column)
            *place = '\0'; /* better no place than half of one */
        int x = LABEL_WIDTH + i * (column + 2);
        if (row->name)
            text_fit_name(c, x, y, column, ROLE_VALUE, mm_buf_text(&text), app->glyphs);
        else
            canvas_fit(c, x, y, column, ALIGN_LEFT, row_role(row, &sides[i]), mm_buf_text(&text),
                       app->glyphs);
    }
    if (any)
        canvas_text(c, 0, y, LABEL_WIDTH, ROLE_LABEL, mm_tr_in("title", row->label));
    mm_buf_done(&text);
    return any;
}

static int draw_sides(struct canvas *c, const struct app *app, size_t id, int top, int most,
                      const struct row *rows, size_t count)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    const struct side sides[2] = {side_of(layer, false), side_of(layer, true)};
    int y = 1, column = (c->w - LABEL_WIDTH - 2) / 2;
    column = column > most ? most : column;
    canvas_text(c, LABEL_WIDTH, -top, column, ROLE_HEADER, sides[0].entry ? "src" : "src (missing)");
    canvas_text(c, LABEL_WIDTH + column + 2, -top, column, ROLE_HEADER,
                sides[1].entry ? "dst" : "dst (missing)");
    for (size_t i = 0; i < count; i++)
        y += draw_row(c, y - top, &rows[i], sides, column, app);
    return y;
}

int stats_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    return draw_sides(c, app, id, top, STATS_WIDTH, stats_rows, MM_COUNT(stats_rows));
}

int names_table_draw(struct canvas *c, const struct app *app, size_t id, int top)
{
    return draw_sides(c, app, id, top, NAMES_WIDTH, names_rows, MM_COUNT(names_rows));
}
