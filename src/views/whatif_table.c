#include "views/whatif_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "ui/text_fit.h"

/* ---- the row that is nearest ---- */

static bool observed(const struct mm_result *result)
{
    return result->state == MM_STATE_MEASURED && !isnan(result->metrics.diff2);
}

/* By ratio; an exact format is nearest to no error and to nothing else. */
static double distance(double figure, double observed)
{
    if (figure == observed)
        return 0;
    return figure > 0 && observed > 0 ? fabs(log(figure) - log(observed)) : INFINITY;
}

int whatif_nearest(const struct mm_whatif_table *table, const struct mm_result *result)
{
    double least = INFINITY;
    int nearest = -1;
    for (size_t i = 0; observed(result) && i < table->count; i++) {
        double off = distance(table->row[i].metrics.diff2, result->metrics.diff2);
        if (off < least) {
            least = off;
            nearest = (int)i;
        }
    }
    return nearest;
}

/* ---- columns ---- */

/* What a line of the table is made of: a row of the what-ifs, or (row NULL) what was observed. */
struct source {
    const struct mm_whatif *row;
    const struct mm_result *result;
};

static const struct mm_metrics *metrics_of(const struct source *source)
{
    return source->row ? &source->row->metrics : &source->result->metrics;
}

static bool is_integer(const struct source *source)
{
    return source->row && mm_dtype_info(source->row->setting.dtype)->kind == MM_KIND_INT;
}

static bool has_range(const struct source *source)
{
    return source->row && mm_whatif_has_range(&source->row->setting);
}

static bool is_in_blocks(const struct source *source)
{
    return source->row && source->row->setting.blocks != MM_BLOCKS_NONE;
}

static void text_format(const struct source *source, char *out, size_t size)
{
    const struct mm_dtype_info *info =
        mm_dtype_info(source->row ? source->row->setting.dtype : source->result->dst.dtype);
    if (!source->row)
        snprintf(out, size, "dst");
    else if (is_integer(source))
        snprintf(out, size, "int%u", info->bits);
    else
        snprintf(out, size, "%s", info->name);
}

static void text_scales(const struct source *source, char *out, size_t size)
{
    static const char *const blocks[] = {[MM_BLOCKS_MX] = "mx 32", [MM_BLOCKS_NVFP4] = "nv 16"};
    if (!source->row)
        snprintf(out, size, "%s", mm_dtype_info(source->result->dst.dtype)->name);
    else if (is_in_blocks(source))
        snprintf(out, size, "%s", blocks[source->row->setting.blocks]);
    else if (is_integer(source) && source->row->setting.per_channel)
        mm_format(out, size, "axis %d", source->row->setting.axis);
    else if (is_integer(source))
        mm_format(out, size, "tensor");
}

static void text_zero(const struct source *source, char *out, size_t size)
{
    if (has_range(source))
        snprintf(out, size, "%s", source->row->setting.asymmetric ? "asym" : "sym");
}

static void text_range(const struct source *source, char *out, size_t size)
{
    if (has_range(source))
        snprintf(out, size, "%s", mm_range_word(source->row->setting.range));
}

/* A figure of no finite element is none: the share that is clipped says why. */
static void text_diff2(const struct source *source, char *out, size_t size)
{
    char text[MM_NUM];
    if (!isnan(metrics_of(source)->diff2))
        snprintf(out, size, "%s", mm_num_sci(text, metrics_of(source)->diff2));
}

/* How many times the error of this row dst has. */
static void text_times(const struct source *source, char *out, size_t size)
{
    double times = source->result->metrics.diff2 / metrics_of(source)->diff2;
    if (source->row && observed(source->result) && isfinite(times))
        snprintf(out, size, times < 99.5 ? "%.2gx" : times < 99999 ? "%.0fx" : "%.0ex", times);
}

static void text_sqnr(const struct source *source, char *out, size_t size)
{
    double sqnr = metrics_of(source)->sqnr;
    if (isnan(sqnr))
        return;
    if (isinf(sqnr))
        snprintf(out, size, "%s", sqnr > 0 ? "Inf" : "-Inf");
    else
        snprintf(out, size, "%.1f", sqnr);
}

static void text_max_abs(const struct source *source, char *out, size_t size)
{
    char text[MM_NUM];
    if (!isnan(metrics_of(source)->max_abs))
        snprintf(out, size, "%s", mm_num_sci(text, metrics_of(source)->max_abs));
}

static void text_clipped(const struct source *source, char *out, size_t size)
{
    double clipped = source->row ? source->row->clipped : 0;
    if (clipped > 0 && clipped < 0.00005)
        snprintf(out, size, "<0.01%%");
    else if (source->row)
        snprintf(out, size, clipped > 0 ? "%.2f%%" : "0", clipped * 100);
}

/* Channels and blocks: the least and the greatest; asymmetric: the zero point behind it. */
static void text_scale(const struct source *source, char *out, size_t size)
{
    char a[MM_NUM], b[MM_NUM];
    const struct mm_whatif *row = source->row;
    if (!has_range(source) && !is_in_blocks(source))
        return;
    mm_num_short(a, row->scale_low, row->scale_low < row->scale_high ? 2 : 3);
    if (row->scale_low < row->scale_high)
        snprintf(out, size, " %s..%s", a, mm_num_short(b, row->scale_high, 2));
    else if (row->setting.asymmetric && !row->setting.per_channel)
        snprintf(out, size, " %s, %.0f", a, row->zero_point);
    else
        snprintf(out, size, " %s", a);
}

/* From left to right; what does not fit is left out from the right. */
static const struct column {
    const char *title;
    int width; /* the least; the last column takes what is left */
    enum align align;
    enum role role;
    void (*text)(const struct source *source, char *out, size_t size);
} columns[] = {
    {"format", 7, ALIGN_LEFT, ROLE_LABEL, text_format},
    {"per", 7, ALIGN_LEFT, ROLE_VALUE, text_scales},
    {"zero", 5, ALIGN_LEFT, ROLE_VALUE, text_zero},
    {"range", 7, ALIGN_LEFT, ROLE_VALUE, text_range},
    {"diff2", 8, ALIGN_RIGHT, ROLE_VALUE, text_diff2},
    {"dst/row", 8, ALIGN_RIGHT, ROLE_VALUE, text_times},
    {"SQNR", 6, ALIGN_RIGHT, ROLE_VALUE, text_sqnr},
    {"max|d|", 8, ALIGN_RIGHT, ROLE_VALUE, text_max_abs},
    {"clipped", 8, ALIGN_RIGHT, ROLE_VALUE, text_clipped},
    {" scale, zero", 12, ALIGN_LEFT, ROLE_DIM, text_scale},
};

#define MARK_WIDTH 2

/* "a..b" and "a, b" that are too long: better no second figure than half of one. */
static void cut_second(char *text, int width)
{
    char *dots = strstr(text, ".."), *comma = strchr(text, ',');
    if (mm_text_width(text) <= width)
        return;
    if (dots)
        dots[2] = '\0';
    else if (comma)
        *comma = '\0';
}

/* One line of the table; source NULL: its titles. */
static void draw_line(struct canvas *c, int y, const struct source *source, const struct app *app)
{
    int x = MARK_WIDTH;
    for (size_t i = 0; i < MM_COUNT(columns) && x + columns[i].width <= c->w; i++) {
        bool last = i + 1 == MM_COUNT(columns);
        int width = last ? c->w - x : columns[i].width;
        char text[64] = "";
        if (source)
            columns[i].text(source, text, sizeof text);
        if (last)
            cut_second(text, width);
        canvas_fit(c, x, y, width, columns[i].align, source ? columns[i].role : ROLE_HEADER,
                   source ? text : mm_tr_in("title", columns[i].title), app->glyphs);
        x += width;
    }
}

/* ---- all of it ---- */

static int draw_rows(struct canvas *c, const struct app *app, const struct mm_result *result,
                     const struct mm_whatif_table *table, int y)
{
    int nearest = whatif_nearest(table, result);
    draw_line(c, y++, NULL, app);
    if (observed(result))
        draw_line(c, y++, &(struct source){NULL, result}, app);
    for (size_t i = 0; i < table->count; i++, y++) {
        draw_line(c, y, &(struct source){&table->row[i], result}, app);
        if ((int)i == nearest)
            canvas_text(c, 0, y, 1, ROLE_MARK, app->glyphs->badge);
    }
    if (nearest >= 0) {
        canvas_text(c, 0, y, 1, ROLE_MARK, app->glyphs->badge);
        canvas_text(c, MARK_WIDTH, y++, -1, ROLE_DIM, "closest to dst's actual error");
    }
    y += text_fit_wrap(
        c, MARK_WIDTH, y, c->w - MARK_WIDTH, ROLE_DIM,
        "mx 32: OCP MX, 32 values of the last axis share a power of two; nv 16: NVFP4, 16 share an "
        "f8e4m3 scale");
    return y;
}

int whatif_table_draw(struct canvas *c, const struct app *app, size_t id, const struct mm_whatif_table *table,
                      const char *problem, int top)
{
    int y = text_fit_wrap(c, 0, -top, c->w, ROLE_DIM,
                          "Least error of src in each format; sums inside the operator are not modelled") -
            top + 1;
    if (problem)
        y += text_fit_wrap(c, 0, y, c->w, ROLE_ERROR, problem);
    else if (!table)
        canvas_text(c, 0, y++, -1, ROLE_DIM, "Computing ...");
    else
        y = draw_rows(c, app, &mm_session_layer(app->session, id)->result, table, y);
    return y + top;
}
