/* Layers as one HTML page that needs nothing else: made to be attached to a bug report. */
#include "report/listing.h"

#include <math.h>

#include "base/translate.h"
#include "report/html_page.inc"

enum { HISTOGRAMS = 24, BINS = 64 };

/* ---- the table ---- */

static void put_head(const enum mm_column_id *columns, size_t count, struct mm_buf *out)
{
    mm_buf_puts(out, "<table id=\"layers\"><thead><tr>");
    for (size_t c = 0; c < count; c++) {
        const struct mm_column *column = mm_column(columns[c]);
        mm_buf_printf(out, "<th data-key=\"%s\"%s%s%s title=\"", column->key,
                      column->numeric ? " data-figure" : "", column->worst_low ? " data-low" : "",
                      column->right ? " class=\"right\"" : "");
        put_markup(out, mm_column_help(columns[c]));
        mm_buf_puts(out, "\">");
        put_markup(out, mm_tr_in("title", column->title));
        mm_buf_puts(out, "</th>");
    }
    mm_buf_puts(out, "</tr></thead><tbody>\n");
}

static void put_cell(const struct mm_session *session, size_t id, enum mm_column_id which,
                     struct mm_buf *cell, struct mm_buf *out)
{
    const struct mm_column *column = mm_column(which);
    mm_buf_clear(cell);
    column->text(session, id, cell);
    mm_buf_puts(out, which == MM_COLUMN_LAYER ? "<td class=\"name\""
                     : column->right          ? "<td class=\"right\""
                                              : "<td");
    if (column->numeric) {
        mm_buf_puts(out, " data-value=\"");
        put_exact(out, session, which, id);
        mm_buf_putc(out, '"');
    }
    mm_buf_putc(out, '>');
    put_markup(out, mm_buf_text(cell));
    mm_buf_puts(out, "</td>");
}

static void put_table(const struct mm_session *session, const struct mm_listing *listing, struct mm_buf *out)
{
    enum mm_column_id columns[MM_COLUMN_COUNT];
    size_t count = listing_columns(session, listing, columns);
    struct mm_buf cell = {0};
    mm_buf_say(out, "<h2>Layers</h2>\n<p><input id=\"filter\" type=\"search\" aria-label=\"filter\" "
                    "placeholder=\"filter: conv, bad, diff2&gt;0.05, !pool\"> <span id=\"shown\" "
                    "class=\"soft\"></span></p>\n");
    put_head(columns, count, out);
    for (size_t i = 0; i < listing->count; i++) {
        size_t id = listing->ids[i];
        mm_buf_puts(out, mm_session_layer(session, id)->verdict.bad ? "<tr class=\"bad\">" : "<tr>");
        for (size_t c = 0; c < count; c++)
            put_cell(session, id, columns[c], &cell, out);
        mm_buf_puts(out, "</tr>\n");
    }
    mm_buf_puts(out, "</tbody></table>\n");
    out->failed |= cell.failed;
    mm_buf_done(&cell);
}

/* ---- histograms of the worst ---- */

static bool put_pair_histogram(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    static const struct mm_hist_options options = {.bins = BINS};
    const struct mm_layer *layer = mm_session_layer(session, id);
    struct mm_pair_hist hist = {0};
    struct mm_err err;
    if (layer->result.state != MM_STATE_MEASURED ||
        mm_pair_hist(layer->pair, NULL, &options, NULL, &hist, &err) < 0)
        return false; /* the file may be gone by now: the figures stand */
    mm_buf_puts(out, "<details><summary>");
    put_markup(out, layer->label);
    mm_buf_puts(out, "</summary>\n");
    put_histogram(&hist, out);
    mm_buf_puts(out, "</details>\n");
    mm_pair_hist_done(&hist);
    return true;
}

static void put_histograms(const struct mm_session *session, const struct mm_listing *listing,
                           struct mm_buf *out)
{
    struct mm_buf part = {0};
    size_t put = 0;
    for (size_t i = 0; i < listing->count && put < HISTOGRAMS; i++)
        put += put_pair_histogram(session, listing->ids[i], &part);
    if (put > 0)
        mm_buf_printf(
            out,
            "<h2>Histograms</h2>\n<p class=\"soft\">Of the first %zu: gray is the reference, the line the "
            "accelerator; below, the error by powers of two.</p>\n%s",
            put, mm_buf_text(&part));
    out->failed |= part.failed;
    mm_buf_done(&part);
}

/* ---- the page ---- */

static void put_top(const struct mm_session *session, const char *title, struct mm_buf *out)
{
    const struct mm_session_options *options = mm_session_options(session);
    mm_buf_say(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    put_markup(out, title);
    mm_buf_printf(out, "</title>\n%s</head><body>\n<h1>", style);
    put_markup(out, title);
    mm_buf_say(out, "</h1>\n<p>reference <code>");
    put_markup(out, options->src);
    mm_buf_say(out, "</code>, accelerator <code>");
    put_markup(out, options->dst);
    mm_buf_puts(out, "</code></p>\n");
}

/* What the triage says at its top, where there is no triage. */
static void put_summary(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_buf summary = {0};
    mm_report_summary(session, &summary);
    mm_session_raw_text(session, &summary);
    mm_buf_puts(out, "<p id=\"summary\">");
    put_markup(out, mm_buf_text(&summary));
    mm_buf_puts(out, "</p>\n");
    mm_buf_done(&summary);
    if (!mm_session_notice(session))
        return;
    mm_buf_puts(out, "<p>");
    put_markup(out, mm_session_notice(session));
    mm_buf_puts(out, "</p>\n");
}

static int put_triage(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    struct mm_buf text = {0};
    if (!mm_session_options(session)->triage) {
        put_summary(session, out);
        return 0;
    }
    int result = mm_report_triage(session, MM_TRIAGE_COLUMNS, &text, err);
    mm_buf_say(out, "<h2>What is wrong</h2>\n<pre id=\"triage\">");
    put_markup(out, mm_buf_text(&text));
    mm_buf_puts(out, "</pre>\n");
    mm_buf_done(&text);
    return result;
}

int listing_html(const struct mm_session *session, const struct mm_listing *listing, struct mm_buf *out,
                 struct mm_err *err)
{
    put_top(session, listing->title, out);
    if (put_triage(session, out, err) < 0)
        return -1;
    put_profile(session, out);
    put_table(session, listing, out);
    put_histograms(session, listing, out);
    mm_buf_printf(out, "<p class=\"soft\">mmtui %s</p>\n%s</body></html>\n", MM_VERSION, script);
    return 0;
}
