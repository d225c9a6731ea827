/* Layers as CSV (RFC 4180, but lines end as text does here). */
#include "report/listing.h"

#include <string.h>

/* What begins a formula for a spreadsheet gets an apostrophe first, so that a tensor's name is never executed. */
static void put_cell(struct mm_buf *out, const char *text, bool figure)
{
    bool formula = !figure && *text && strchr("=+-@", *text);
    if (!formula && !text[strcspn(text, ",\"\n")]) {
        mm_buf_puts(out, text);
        return;
    }
    mm_buf_puts(out, formula ? "\"'" : "\"");
    for (; *text; text++) {
        if (*text == '"')
            mm_buf_putc(out, '"');
        mm_buf_putc(out, *text);
    }
    mm_buf_putc(out, '"');
}

static void put_row(const struct mm_session *session, size_t id, const enum mm_column_id *columns,
                    size_t count, struct mm_buf *cell, struct mm_buf *out)
{
    for (size_t c = 0; c < count; c++) {
        const struct mm_column *column = mm_column(columns[c]);
        mm_buf_clear(cell);
        if (column->numeric)
            put_exact(cell, session, columns[c], id);
        else
            column->text(session, id, cell);
        mm_buf_puts(out, c ? "," : "");
        put_cell(out, mm_buf_text(cell), column->numeric);
    }
    mm_buf_puts(out, "\n");
}

int listing_csv(const struct mm_session *session, const struct mm_listing *listing, struct mm_buf *out,
                struct mm_err *err)
{
    enum mm_column_id columns[MM_COLUMN_COUNT];
    size_t count = listing_columns(session, listing, columns);
    struct mm_buf cell = {0};
    for (size_t c = 0; c < count; c++)
        mm_buf_printf(out, "%s%s", c ? "," : "", mm_column(columns[c])->key);
    mm_buf_puts(out, "\n");
    for (size_t i = 0; i < listing->count; i++)
        put_row(session, listing->ids[i], columns, count, &cell, out);
    bool failed = cell.failed;
    mm_buf_done(&cell);
    return failed ? mm_fail_memory(err) : 0;
}
