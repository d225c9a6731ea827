#include "mmtui/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer with its sort key, fetched once: a comparison then touches nothing else. */
struct keyed {
    size_t id;
    double value;
    char *text;
    const struct mm_order *order;
};

/* Worst first; no figure last. */
static int by_value(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    const struct mm_column *column = mm_column(x->order->column);
    if (isnan(x->value) || isnan(y->value)) {
        if (isnan(x->value) != isnan(y->value))
            return isnan(x->value) ? 1 : -1;
    } else if (x->value != y->value) {
        bool first = column->worst_low ? x->value < y->value : x->value > y->value;
        return first != x->order->reverse ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* No text last, as with figures. */
static int by_text(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (!x->text[0] != !y->text[0])
        return x->text[0] ? -1 : 1;
    int order = mm_text_compare_natural(x->text, y->text);
    if (order)
        return x->order->reverse ? -order : order;
    return (x->id > y->id) - (x->id < y->id);
}

static bool fetch(const struct mm_session *session, const struct mm_column *column, struct keyed *keyed)
{
    if (column->numeric) {
        keyed->value = column->value(session, keyed->id);
        return true;
    }
    struct mm_buf text;
    mm_buf_init(&text);
    column->text(session, keyed->id, &text);
    keyed->text = text.data ? text.data : strdup("");
    return keyed->text;
}

void mm_order_sort(const struct mm_session *session, const struct mm_order *order, size_t *ids, size_t count)
{
    const struct mm_column *column = mm_column(order->column);
    struct keyed *keyed = calloc(count + 1, sizeof *keyed);
    bool ok = keyed;
    for (size_t i = 0; ok && i < count; i++) {
        keyed[i].id = ids[i];
        keyed[i].order = order;
        ok = fetch(session, column, &keyed[i]);
    }
    if (ok) { /* without memory the order stays what it was */
        qsort(keyed, count, sizeof *keyed, column->numeric ? by_value : by_text);
        for (size_t i = 0; i < count; i++)
            ids[i] = keyed[i].id;
    }
    for (size_t i = 0; keyed && i < count; i++)
        free(keyed[i].text);
    free(keyed);
}
