#include "mmtui/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sort.h"

/* What is sorted: rows, and room for as many; their texts, one behind the other, where the column has no figures. */
struct sorting {
    struct sort_row *rows, *spare;
    struct sort_text *texts;
    struct mm_buf all;
};

/* Those without a figure come last in both directions. */
static void fetch_figures(struct sorting *s, const struct mm_session *session, const struct mm_order *order,
                          const size_t *ids, size_t count)
{
    const struct mm_column *column = mm_column(order->column);
    bool falling = column->worst_low == order->reverse;
    for (size_t i = 0; i < count; i++)
        s->rows[i] = (struct sort_row){sort_key(column->value(session, ids[i]), falling), i};
}

/* The texts with NULs between; *filled of the rows have one, and stand before the others. -1: no memory. */
static int fetch_texts(struct sorting *s, const struct mm_session *session, const struct mm_order *order,
                       const size_t *ids, size_t count, size_t *filled)
{
    size_t empty = 0;
    *filled = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = s->all.length;
        mm_column(order->column)->text(session, ids[i], &s->all);
        if (s->all.length == at)
            s->spare[empty++].id = i;
        else
            s->rows[(*filled)++] = (struct sort_row){at, i};
        mm_buf_putc(&s->all, '\0');
    }
    if (s->all.failed)
        return -1;
    memcpy(s->rows + *filled, s->spare, empty * sizeof *s->rows);
    for (size_t i = 0; i < *filled; i++) /* the buffer does not move any more */
        s->texts[s->rows[i].id].text = s->all.data + s->rows[i].key;
    return 0;
}

#define AHEAD 6 /* layers that memory is asked for before they are looked at */

/* The texts of names are there already, unless some have a number behind them. */
static bool borrow_names(struct sorting *s, const struct mm_session *session, const struct mm_order *order,
                         const size_t *ids, size_t count)
{
    for (size_t i = 0; order->column == MM_COLUMN_LAYER && i < count; i++) {
        const struct mm_layer *layer = mm_session_layer(session, ids[i]);
        if (i + AHEAD < count) { /* layers lie far apart in memory */
            __builtin_prefetch(&mm_session_layer(session, ids[i + AHEAD])->label);
            __builtin_prefetch(&mm_session_layer(session, ids[i + AHEAD])->pair);
        }
        if (layer->pair->occurrences > 1 || !layer->label[0])
            return false;
        s->texts[i].text = layer->label;
        s->rows[i].id = i;
    }
    return order->column == MM_COLUMN_LAYER;
}

/* The other way round; rows of one text stay as they stand. */
static void turn(struct sorting *s, size_t count)
{
    size_t out = 0;
    for (size_t end = count, from; end > 0; end = from) {
        const char *text = s->texts[s->rows[end - 1].id].text;
        for (from = end - 1; from > 0 && strcmp(s->texts[s->rows[from - 1].id].text, text) == 0;)
            from--;
        memcpy(s->spare + out, s->rows + from, (end - from) * sizeof *s->rows);
        out += end - from;
    }
    memcpy(s->rows, s->spare, count * sizeof *s->rows);
}

static int sort_rows(struct sorting *s, const struct mm_session *session, const struct mm_order *order,
                     const size_t *ids, size_t count)
{
    size_t filled = count;
    if (mm_column(order->column)->numeric) {
        fetch_figures(s, session, order, ids, count);
        sort_by_key(s->rows, s->spare, count);
        return 0;
    }
    s->texts = calloc(count + 1, sizeof *s->texts);
    if (!s->texts)
        return -1;
    if (!borrow_names(s, session, order, ids, count) &&
        fetch_texts(s, session, order, ids, count, &filled) < 0)
        return -1;
    sort_by_text(s->rows, s->spare, filled, s->texts);
    if (order->reverse)
        turn(s, filled);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Ties stay in the order of ids. */
static void ascend(size_t *ids, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (ids[i] < ids[i - 1]) {
            qsort(ids, count, sizeof *ids, by_id);
            return;
        }
    }
}

void mm_order_sort(const struct mm_session *session, const struct mm_order *order, size_t *ids, size_t count)
{
    struct sorting s = {.rows = calloc(count + 1, sizeof *s.rows),
                        .spare = calloc(count + 1, sizeof *s.spare)};
    mm_buf_init(&s.all);
    if (s.rows && s.spare) {
        ascend(ids, count);
        if (sort_rows(&s, session, order, ids, count) == 0) { /* without memory they stay as they are */
            for (size_t i = 0; i < count; i++)
                s.spare[i].id = ids[s.rows[i].id];
            for (size_t i = 0; i < count; i++)
                ids[i] = s.spare[i].id;
        }
    }
    mm_buf_done(&s.all);
    free(s.texts);
    free(s.rows);
    free(s.spare);
}
