/* Layers as JUnit's XML: a test case each, for the pages of a CI. */
#include "report/listing.h"

#include <string.h>

/* Not compared is skipped; what could not be read is an error, what is bad a failure. */
static const char *outcome_of(const struct mm_layer *layer)
{
    if (layer->result.state == MM_STATE_FAILED)
        return "error";
    if (layer->verdict.bad)
        return "failure";
    return layer->result.state == MM_STATE_MEASURED ? NULL : "skipped";
}

static void put_message(struct mm_buf *out, const struct mm_layer *layer)
{
    const char *text = layer->verdict.text[0] ? layer->verdict.text : mm_verdict_word(layer->verdict.kind);
    mm_buf_puts(out, " message=\"");
    put_markup(out, layer->result.error ? layer->result.error : text);
    mm_buf_putc(out, '"');
}

static void put_details(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    static const enum mm_column_id shown[] = {MM_COLUMN_OP,    MM_COLUMN_DTYPE, MM_COLUMN_DIFF1,
                                              MM_COLUMN_DIFF2, MM_COLUMN_SQNR,  MM_COLUMN_MAX_ABS,
                                              MM_COLUMN_COSINE};
    struct mm_buf cell = {0};
    for (size_t i = 0; i < MM_COUNT(shown); i++) {
        mm_buf_clear(&cell);
        mm_column(shown[i])->text(session, id, &cell);
        if (cell.length == 0)
            continue;
        mm_buf_printf(out, "%s: ", mm_column(shown[i])->key);
        put_markup(out, mm_buf_text(&cell));
        mm_buf_putc(out, '\n');
    }
    mm_buf_done(&cell);
}

static void put_case(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const char *outcome = outcome_of(layer), *op = mm_session_op(session, id);
    mm_buf_puts(out, "    <testcase name=\"");
    put_markup(out, layer->label);
    if (layer->pair->occurrences > 1)
        mm_buf_printf(out, " (%u)", layer->pair->occurrence);
    mm_buf_puts(out, "\" classname=\"");
    put_markup(out, *op ? op : "layer");
    if (!outcome) {
        mm_buf_puts(out, "\"/>\n");
        return;
    }
    mm_buf_printf(out, "\">\n      <%s", outcome);
    put_message(out, layer);
    if (strcmp(outcome, "skipped") == 0) {
        mm_buf_puts(out, "/>\n    </testcase>\n");
        return;
    }
    mm_buf_puts(out, ">");
    put_details(session, id, out);
    mm_buf_printf(out, "</%s>\n    </testcase>\n", outcome);
}

static size_t count_of(const struct mm_session *session, const struct mm_listing *listing,
                       const char *outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < listing->count; i++) {
        const char *this = outcome_of(mm_session_layer(session, listing->ids[i]));
        count += this && strcmp(this, outcome) == 0;
    }
    return count;
}

int listing_junit(const struct mm_session *session, const struct mm_listing *listing, struct mm_buf *out,
                  struct mm_err *err)
{
    (void)err;
    mm_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
    put_markup(out, listing->title);
    mm_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", listing->count,
                  count_of(session, listing, "failure"), count_of(session, listing, "error"),
                  count_of(session, listing, "skipped"));
    for (size_t i = 0; i < listing->count; i++)
        put_case(session, listing->ids[i], out);
    mm_buf_puts(out, "  </testsuite>\n</testsuites>\n");
    return 0;
}
