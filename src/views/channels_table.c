#include "views/channels_table.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"
#include "ui/text_fit.h"

/* What stands out: so many times the median. */
#define STANDS_OUT 4.0

static double error_of(const struct mm_channel *channel)
{
    return channel->differ ? INFINITY : channel->rms;
}

static double src_of(const struct mm_channel *channel)
{
    return channel->greatest[0];
}

static double dst_of(const struct mm_channel *channel)
{
    return channel->greatest[1];
}

/* ---- order ---- */

static double range_of(const struct mm_channel *channel)
{
    return fmax(src_of(channel), dst_of(channel));
}

static double differ_of(const struct mm_channel *channel)
{
    return (double)channel->differ;
}

static double rms_of(const struct mm_channel *channel)
{
    return channel->rms;
}

/* The greater first; NaN last. */
static int descending(double x, double y)
{
    x = isnan(x) ? -1 : x;
    y = isnan(y) ? -1 : y;
    return (x < y) - (x > y);
}

int channels_compare(const struct mm_channels *channels, enum channels_sort sort, int a, int b)
{
    static double (*const keys[CHANNELS_SORTS][2])(const struct mm_channel *) = {
        [CHANNELS_BY_ERROR] = {differ_of, rms_of}, [CHANNELS_BY_RANGE] = {range_of}};
    for (int k = 0; k < 2 && keys[sort][k]; k++) {
        int order = descending(keys[sort][k](&channels->channel[a]), keys[sort][k](&channels->channel[b]));
        if (order)
            return order;
    }
    return (a > b) - (a < b);
}

/* ---- in words ---- */

static double times(const struct mm_channel_spread *spread)
{
    return spread->most >= 0 && spread->median > 0 ? spread->greatest / spread->median : NAN;
}

/* "Channel 5: 40x the median channel's range (dst 40x)"; the channel, or -1 with nothing said. */
static int64_t say_range(const struct mm_channels *channels, struct mm_buf *out)
{
    const struct mm_channel_spread *src = &channels->range[0], *dst = &channels->range[1];
    char text[MM_NUM], other[MM_NUM];
    bool in_src = times(src) >= STANDS_OUT, in_dst = times(dst) >= STANDS_OUT;
    const struct mm_channel_spread *range = in_src ? src : dst;
    if (!in_src && !in_dst)
        return -1;
    mm_buf_printf(out, "Channel %lld: %s the median channel's range", (long long)range->most,
                  text_fit_times(text, times(range)));
    if (in_src && in_dst && src->most == dst->most)
        mm_buf_printf(out, " (dst %s)", text_fit_times(other, times(dst)));
    else if (channels->has[0] && channels->has[1])
        mm_buf_printf(out, " in %s", in_src ? "src" : "dst");
    return range->most;
}

static void say_error(const struct mm_channels *channels, int64_t said, struct mm_buf *out)
{
    const struct mm_channel_spread *rms = &channels->rms;
    char text[MM_NUM];
    if (times(rms) >= STANDS_OUT && rms->most == said)
        mm_buf_printf(out, ", %s its error", text_fit_times(text, times(rms)));
    else if (times(rms) >= STANDS_OUT)
        mm_buf_printf(out, "%sChannel %lld: %s the median channel's error", said >= 0 ? ". " : "",
                      (long long)rms->most, text_fit_times(text, times(rms)));
    else if (rms->greatest > 0 && rms->median == 0)
        mm_buf_printf(out, "%sChannel %lld has the largest error, most have none", said >= 0 ? ". " : "",
                      (long long)rms->most);
}

static int64_t broken_channels(const struct mm_channels *channels)
{
    int64_t broken = 0;
    for (int64_t c = 0; c < channels->count; c++)
        broken += channels->channel[c].differ > 0;
    return broken;
}

void channels_say(const struct mm_channels *channels, struct mm_buf *out)
{
    int64_t broken = broken_channels(channels);
    if (channels->count < 2)
        return;
    int64_t said = say_range(channels, out);
    if (broken)
        mm_buf_printf(out, "%sNaN or Inf on one side in %lld of %lld channels", said >= 0 ? ". " : "",
                      (long long)broken, (long long)channels->count);
    else
        say_error(channels, said, out);
    mm_buf_say(out, out->length ? "." : "No channel stands out.");
}

/* ---- columns ---- */

struct column {
    const char *title;
    double (*value)(const struct mm_channel *channel);
    enum role role; /* of the bar */
    int side;       /* that it needs: 0, 1; 2: both */
};

static const struct column columns[] = {
    {"rms|d|", error_of, ROLE_BAR_ERROR, 2},
    {"max|src|", src_of, ROLE_BAR_SRC, 0},
    {"max|dst|", dst_of, ROLE_BAR_DST, 1},
};

#define INDEX_WIDTH  7
#define FIGURE_WIDTH 9
#define BAR_LEAST    5 /* narrower ones tell nothing */

static bool has(const struct mm_channels *channels, const struct column *column)
{
    return column->side == 2 ? channels->has[0] && channels->has[1] : channels->has[column->side];
}

/* Full length of a bar: of the error its own greatest, of the ranges that of both sides. */
static double full_of(const struct mm_channels *channels, const struct column *column)
{
    return column->side == 2 ? channels->rms.greatest
                             : fmax(channels->range[0].greatest, channels->range[1].greatest);
}

static void draw_bar(struct canvas *c, int x, int y, int width, enum role role, double share,
                     const struct glyphs *g)
{
    int eighths = share >= 1 ? width * 8 : (int)ceil(share * width * 8);
    canvas_repeat(c, x, y, eighths / 8, role, g->full);
    if (eighths % 8)
        canvas_text(c, x + eighths / 8, y, 1, role, g->eighths_h[eighths % 8]);
}

/* Figures and bars of one channel; NULL: the titles. */
static void draw_row(struct canvas *c, int y, int bar, const struct channels_table *table,
                     const struct mm_channel *channel, const struct app *app)
{
    const struct mm_channels *channels = table->channels;
    int x = INDEX_WIDTH;
    for (size_t i = 0; i < MM_COUNT(columns) && x + FIGURE_WIDTH <= c->w; i++) {
        const struct column *column = &columns[i];
        if (!has(channels, column))
            continue;
        char text[MM_NUM];
        double value = channel ? column->value(channel) : 0, full = full_of(channels, column);
        canvas_fit(c, x, y, FIGURE_WIDTH - 1, ALIGN_RIGHT,
                   !channel                       ? ROLE_HEADER
                   : isinf(value) || isnan(value) ? ROLE_NAN
                                                  : ROLE_VALUE,
                   !channel       ? column->title
                   : isinf(value) ? "NaN, Inf"
                                  : mm_num_sci(text, value),
                   app->glyphs);
        x += FIGURE_WIDTH;
        if (channel && bar > 0 && value > 0)
            draw_bar(c, x, y, bar, column->role, full > 0 ? value / full : 1, app->glyphs);
        x += bar > 0 ? bar + 1 : 1;
    }
}

static int bar_width(const struct canvas *c, const struct mm_channels *channels, const struct app *app)
{
    int shown = 0;
    for (size_t i = 0; i < MM_COUNT(columns); i++)
        shown += has(channels, &columns[i]);
    if (c->w < INDEX_WIDTH + shown * (FIGURE_WIDTH + BAR_LEAST + 1))
        shown = shown > 2 ? 2 : shown; /* the last one does without */
    int width = shown ? (c->w - INDEX_WIDTH) / shown - FIGURE_WIDTH - 1 : 0;
    return app->options.plain || width < BAR_LEAST ? 0 : width;
}

static void draw_head(struct canvas *c, const struct channels_table *table, const struct app *app)
{
    static const char *const sorts[CHANNELS_SORTS] = {"error", "range", "index"};
    const struct mm_channels *channels = table->channels;
    char shape[16 * MM_NUM];
    struct mm_buf text;
    mm_buf_init(&text);
    if (channels->axis < 0)
        mm_buf_say(&text, "one value");
    else
        mm_buf_printf(&text, "axis %d of %s: %lld channel%s%s%ssort: %s", channels->axis,
                      mm_shape_text(&channels->shape, false, shape, sizeof shape), (long long)channels->count,
                      channels->count == 1 ? "" : "s", table->known ? "" : " (axis by shape)",
                      app->glyphs->dot, mm_tr_in("hint", sorts[table->sort]));
    canvas_fit(c, 0, 0, c->w, ALIGN_LEFT, ROLE_DIM, mm_buf_text(&text), app->glyphs);
    mm_buf_clear(&text);
    channels_say(channels, &text);
    struct canvas lines = canvas_sub(c, 0, 1, c->w, CHANNELS_HEAD - 2);
    text_fit_wrap(&lines, 0, 0, c->w, ROLE_VALUE, mm_buf_text(&text));
    mm_buf_done(&text);
}

void channels_table_draw(struct canvas *c, const struct channels_table *table, const struct app *app)
{
    const struct list *list = table->list;
    int bar = bar_width(c, table->channels, app);
    draw_head(c, table, app);
    canvas_fit(c, 0, CHANNELS_HEAD - 1, INDEX_WIDTH - 1, ALIGN_RIGHT, ROLE_HEADER, mm_tr_in("title", "index"),
               app->glyphs);
    draw_row(c, CHANNELS_HEAD - 1, bar, table, NULL, app);
    for (int row = list->top; row < list->count && row < list->top + list->height; row++) {
        int y = CHANNELS_HEAD + row - list->top, channel = table->order[row];
        canvas_textf(c, 0, y, INDEX_WIDTH - 1, ROLE_LABEL, "%*d", INDEX_WIDTH - 1, channel);
        draw_row(c, y, bar, table, &table->channels->channel[channel], app);
        list_click(c, y, list, row, true);
        if (row == list->cursor) {
            canvas_overlay(c, 0, y, INDEX_WIDTH, 1, ROLE_LIST_SEL);
            canvas_cursor(c, 0, y, false);
        }
    }
}
