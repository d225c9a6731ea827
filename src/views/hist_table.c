#include "views/hist_table.h"
#include "base/translate.h"

#include <stdio.h>

#define RANGE_WIDTH 24
#define COUNT_WIDTH 9

/* The bins [from, to) that a row stands for. */
struct row {
    size_t from, to;
};

static struct row row_of(size_t row, size_t rows, size_t bins)
{
    return (struct row){row * bins / rows, (row + 1) * bins / rows};
}

static size_t rows_for(const struct canvas *c, size_t bins)
{
    size_t room = c->h > HIST_TABLE_HEAD ? (size_t)(c->h - HIST_TABLE_HEAD) : 0;
    return bins < room ? bins : room;
}

static void put_count(struct canvas *c, int column, int y, const uint64_t *count, struct row row,
                      const struct app *app)
{
    uint64_t sum = 0;
    char text[MM_NUM];
    for (size_t bin = row.from; bin < row.to; bin++)
        sum += count[bin];
    canvas_fit(c, RANGE_WIDTH + column * COUNT_WIDTH, y, COUNT_WIDTH, ALIGN_RIGHT, ROLE_VALUE,
               mm_num_count(text, (int64_t)sum), app->glyphs);
}

static void put_title(struct canvas *c, int column, const char *title, const struct app *app)
{
    canvas_fit(c, RANGE_WIDTH + column * COUNT_WIDTH, 0, COUNT_WIDTH, ALIGN_RIGHT, ROLE_HEADER,
               mm_tr_in("title", title), app->glyphs);
}

static void put_range(struct canvas *c, int y, double low, double high)
{
    char from[MM_NUM], to[MM_NUM];
    canvas_textf(c, 0, y, RANGE_WIDTH, ROLE_LABEL, "%s to %s", mm_num_short(from, low, 4),
                 mm_num_short(to, high, 4));
}

void hist_table_values(struct canvas *c, const struct app *app, const struct mm_pair_hist *hist)
{
    const struct mm_hist *sides[] = {&hist->src, &hist->dst}, *any = hist->src.bins ? sides[0] : sides[1];
    static const char *const titles[] = {"src", "dst"};
    double width = any->bins ? (any->high - any->low) / (double)any->bins : 0;
    size_t rows = rows_for(c, any->bins);
    canvas_text(c, 0, 0, -1, ROLE_HEADER, mm_tr_in("title", "values"));
    for (int side = 0; side < 2; side++) {
        if (sides[side]->bins)
            put_title(c, side, titles[side], app);
    }
    for (size_t i = 0; i < rows; i++) {
        struct row row = row_of(i, rows, any->bins);
        int y = HIST_TABLE_HEAD + (int)i;
        put_range(c, y, any->low + width * (double)row.from, any->low + width * (double)row.to);
        for (int side = 0; side < 2; side++) {
            if (sides[side]->bins)
                put_count(c, side, y, sides[side]->count, row, app);
        }
    }
}

void hist_table_error(struct canvas *c, const struct app *app, const struct mm_exp_hist *error, int from,
                      int to)
{
    size_t bins = (size_t)(to - from + 1), rows = rows_for(c, bins);
    canvas_text(c, 0, 0, -1, ROLE_HEADER, "|s - d|");
    put_title(c, 0, "count", app);
    for (size_t i = 0; i < rows; i++) {
        struct row row = row_of(i, rows, bins);
        int y = HIST_TABLE_HEAD + (int)i;
        canvas_textf(c, 0, y, RANGE_WIDTH, ROLE_LABEL, "2^%d to 2^%d", from + (int)row.from + MM_EXP_LOW,
                     from + (int)row.to + MM_EXP_LOW);
        put_count(c, 0, y, error->count + from, row, app);
    }
}
