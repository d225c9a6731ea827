/* Layers as a Markdown table, for an issue or a chat. */
#include "report/listing.h"
#include "base/translate.h"

#include <string.h>

void put_markdown(struct mm_buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|\\`*_<>[]#", *text))
            mm_buf_putc(out, '\\');
        mm_buf_putc(out, *text);
    }
}

static void put_head(const enum mm_column_id *columns, size_t count, struct mm_buf *out)
{
    for (size_t c = 0; c < count; c++) {
        mm_buf_puts(out, "| ");
        put_markdown(out, mm_tr_in("title", mm_column(columns[c])->title));
        mm_buf_putc(out, ' ');
    }
    mm_buf_puts(out, "|\n");
    for (size_t c = 0; c < count; c++)
        mm_buf_puts(out, mm_column(columns[c])->right ? "| ---: " : "| --- ");
    mm_buf_puts(out, "|\n");
}

static void put_row(const struct mm_session *session, size_t id, const enum mm_column_id *columns,
                    size_t count, struct mm_buf *cell, struct mm_buf *out)
{
    for (size_t c = 0; c < count; c++) {
        mm_buf_clear(cell);
        mm_column(columns[c])->text(session, id, cell);
        mm_buf_puts(out, "| ");
        put_markdown(out, mm_buf_text(cell));
        mm_buf_putc(out, ' ');
    }
    mm_buf_puts(out, "|\n");
}

/* What triage says, as it is laid out on its page. */
static int put_triage(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = mm_report_triage(session, MM_TRIAGE_COLUMNS, &text, err);
    mm_buf_printf(out, "```text\n%s```\n\n", mm_buf_text(&text));
    mm_buf_done(&text);
    return result;
}

int listing_markdown(const struct mm_session *session, const struct mm_listing *listing, struct mm_buf *out,
                     struct mm_err *err)
{
    enum mm_column_id columns[MM_COLUMN_COUNT];
    size_t count = listing_columns(session, listing, columns);
    struct mm_buf cell = {0};
    int result = 0;
    mm_buf_printf(out, "## %s\n\n", listing->title);
    if (mm_session_options(session)->triage) {
        result = put_triage(session, out, err);
    } else {
        mm_report_summary(session, &cell);
        mm_session_raw_text(session, &cell);
        put_markdown(out, mm_buf_text(&cell));
        mm_buf_putc(out, '\n');
    }
    if (listing->count > 0)
        put_head(columns, count, out);
    for (size_t i = 0; i < listing->count; i++)
        put_row(session, listing->ids[i], columns, count, &cell, out);
    mm_buf_done(&cell);
    return result;
}
