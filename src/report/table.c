#include "report/listing.h"
#include "report/triage.h"

#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

static const enum mm_column_id usual[] = {
    MM_COLUMN_NUMBER, MM_COLUMN_LAYER,   MM_COLUMN_OP,      MM_COLUMN_DTYPE, MM_COLUMN_DIFF1,
    MM_COLUMN_DIFF2,  MM_COLUMN_MAX_ABS, MM_COLUMN_COSINE,  MM_COLUMN_IMPL,  MM_COLUMN_FORMAT,
    MM_COLUMN_BEFORE, MM_COLUMN_CHANGE,  MM_COLUMN_APPLIED, MM_COLUMN_SINCE, MM_COLUMN_VERDICT,
};

/* Those of `wanted` that this session has something for; returns how many. */
static size_t choose_columns(const struct mm_session *session, const enum mm_column_id *wanted, size_t count,
                             enum mm_column_id out[MM_COLUMN_COUNT])
{
    size_t n = 0;
    for (size_t i = 0; i < count && n < MM_COLUMN_COUNT; i++) {
        if (mm_column_there(session, wanted[i]))
            out[n++] = wanted[i];
    }
    return n;
}

size_t listing_columns(const struct mm_session *session, const struct mm_listing *listing,
                       enum mm_column_id out[MM_COLUMN_COUNT])
{
    return choose_columns(session, listing->columns ? listing->columns : usual,
                          listing->columns ? listing->column_count : MM_COUNT(usual), out);
}

/* A longer cell is cut: all rows of its column are padded to it. TensorRT's names of fused layers reach a thousand. */
#define WIDEST 2000

/* The widest of a column's cells, so that a text table is as narrow as its content. */
static int content_width(const struct mm_session *session, const size_t *ids, size_t count,
                         const struct mm_column *column, struct mm_buf *cell)
{
    int width = mm_text_width(mm_tr_in("title", column->title));
    for (size_t i = 0; i < count; i++) {
        mm_buf_clear(cell);
        column->text(session, ids[i], cell);
        int this = mm_text_width(mm_buf_text(cell));
        width = this > width ? this : width;
    }
    return width < WIDEST ? width : WIDEST;
}

/* In ASCII: the arrow between dtypes; whatever else is not ASCII came from a name and is shown as ?. */
static void to_ascii(struct mm_buf *out, const char *text)
{
    const char *end = text + strlen(text);
    for (const char *p = text; p < end;) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        if (cp == 0x2192)
            mm_buf_puts(out, "->");
        else
            mm_buf_putc(out, cp < 0x80 ? (char)cp : '?');
    }
}

/* What does not fit loses its end, a layer's name its beginning: names differ at their ends. */
static void put_cell(struct mm_buf *out, const char *text, int width, enum mm_column_id id, bool last,
                     bool ascii)
{
    bool right = mm_column(id)->right;
    struct mm_buf plain;
    mm_buf_init(&plain);
    if (ascii)
        to_ascii(&plain, text);
    else
        mm_buf_puts(&plain, text);
    int pad = width - mm_text_width(mm_buf_text(&plain));
    for (int i = 0; right && i < pad; i++)
        mm_buf_putc(out, ' ');
    if (pad < 0)
        mm_text_fit(out, mm_buf_text(&plain), width, id == MM_COLUMN_LAYER, ascii ? "~" : "…");
    else
        mm_buf_puts(out, mm_buf_text(&plain));
    for (int i = 0; !right && !last && i < pad; i++)
        mm_buf_putc(out, ' ');
    if (!last)
        mm_buf_puts(out, "  ");
    mm_buf_done(&plain);
}

/* Where a terminal is narrower than the table, the layer's name gives way first. */
static void fit_width(const enum mm_column_id *columns, size_t count, int *widths, int terminal)
{
    int total = 0;
    for (size_t c = 0; c < count; c++)
        total += widths[c] + 2;
    for (size_t c = 0; terminal > 0 && total - 2 > terminal && c < count; c++) {
        if (columns[c] != MM_COLUMN_LAYER && columns[c] != MM_COLUMN_VERDICT)
            continue;
        int least = columns[c] == MM_COLUMN_LAYER ? 16 : 10;
        int give = total - 2 - terminal;
        give = give > widths[c] - least ? widths[c] - least : give;
        if (give > 0) {
            widths[c] -= give;
            total -= give;
        }
    }
}

void mm_report_table(const struct mm_session *session, const size_t *ids, size_t count,
                     const struct mm_table_options *options, struct mm_buf *out)
{
    enum mm_column_id columns[MM_COLUMN_COUNT];
    size_t n = choose_columns(session, options->columns ? options->columns : usual,
                              options->columns ? options->column_count : MM_COUNT(usual), columns);
    size_t rows = options->limit && options->limit < count ? options->limit : count;
    int widths[MM_COLUMN_COUNT];
    struct mm_buf cell;
    mm_buf_init(&cell);
    for (size_t c = 0; c < n; c++) {
        widths[c] = content_width(session, ids, rows, mm_column(columns[c]), &cell);
        widths[c] += options->ascii && columns[c] == MM_COLUMN_DTYPE; /* -> is wider than its arrow */
    }
    fit_width(columns, n, widths, options->width);
    for (size_t c = 0; c < n; c++) {
        put_cell(out, mm_tr_in("title", mm_column(columns[c])->title), widths[c], columns[c], c + 1 == n,
                 options->ascii);
    }
    mm_buf_putc(out, '\n');
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < n; c++) {
            mm_buf_clear(&cell);
            mm_column(columns[c])->text(session, ids[r], &cell);
            put_cell(out, mm_buf_text(&cell), widths[c], columns[c], c + 1 == n, options->ascii);
        }
        mm_buf_putc(out, '\n');
    }
    if (rows < count)
        mm_buf_printf(out, "(%zu more)\n", count - rows);
    mm_buf_done(&cell);
}

/* The layer that ranks worst, or count when nothing was measured. */
static size_t worst_layer(const struct mm_session *session)
{
    size_t worst = mm_session_count(session);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        if (layer->rank > 0 &&
            (worst == mm_session_count(session) || layer->rank > mm_session_layer(session, worst)->rank))
            worst = id;
    }
    return worst;
}

void mm_report_layer(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    if (mm_session_order(session) != MM_ORDER_UNKNOWN)
        mm_buf_printf(out, "#%zu ", layer->pair->place + 1);
    mm_buf_puts(out, layer->label);
}

void mm_report_summary(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    const struct mm_session_options *options = mm_session_options(session);
    struct mm_buf why = {0};
    if (!mm_session_covers(session, REPORT_COVERED, &why))
        mm_buf_printf(out, "Note: %s. ", mm_buf_text(&why));
    mm_buf_done(&why);
    if (options->shards)
        mm_buf_printf(out, "shard %u of %u: ", options->shard, options->shards);
    mm_buf_printf(out, totals.pairs == 1 ? "%zu pair" : "%zu pairs", totals.pairs);
    if (totals.src_only)
        mm_buf_printf(out, ", %zu only in src", totals.src_only);
    if (totals.dst_only)
        mm_buf_printf(out, ", %zu only in dst", totals.dst_only);
    if (totals.skipped)
        mm_buf_printf(out, ", %zu %s skipped", totals.skipped, totals.skipped == 1 ? "file" : "files");
    char limit[MM_NUM];
    const struct mm_thresholds *thresholds = &options->thresholds;
    mm_buf_printf(out, "; %zu bad (over %s, not finite, or unreadable)", totals.bad,
                  mm_num_short(limit, thresholds->diff2, 3));
    if (totals.cached)
        mm_buf_printf(out, "; %zu of %zu from the cache", totals.cached, totals.layers);
    size_t worst = worst_layer(session);
    if (worst < mm_session_count(session)) {
        mm_buf_say(out, "; worst: ");
        mm_report_layer(session, worst, out);
    }
    mm_buf_putc(out, '\n');
}
