/* Suggestions as a text table, with what they cost and what they bring. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "mmtui/report.h"

enum { COLUMN_COUNT = 10, WHY = COLUMN_COUNT - 1 };
static const struct {
    const char *title;
    bool figure; /* on the right */
} columns[COLUMN_COUNT] = {{"#", true},       {"LAYER", false},   {"OP", false},  {"TO", false},
                           {"COVERED", true}, {"ELEMENTS", true}, {"MACS", true}, {"BYTES", true},
                           {"CASTS", true},   {"WHY", false}};

static void put_percent(struct mm_buf *out, double share)
{
    mm_buf_printf(out, "%.1f%%", 100 * share);
}

static void put_count(struct mm_buf *out, int64_t count)
{
    char digits[MM_NUM];
    mm_buf_puts(out, count < 0 ? "-" : mm_num_count(digits, count));
}

/* "+12.3k", "-2", "0"; "-" where it is not known. */
static void put_more(struct mm_buf *out, int64_t count)
{
    char digits[MM_NUM];
    if (count == MM_COST_UNKNOWN)
        mm_buf_putc(out, '-');
    else
        mm_buf_printf(out, "%s%s",
                      count > 0   ? "+"
                      : count < 0 ? "-"
                                  : "",
                      mm_num_count(digits, count < 0 ? -count : count));
}

static void fill(const struct mm_session *session, const struct mm_suggestion *item, struct mm_buf *cell)
{
    const struct mm_layer *layer = mm_session_layer(session, item->layer);
    const char *op = mm_session_op(session, item->layer);
    for (int c = 0; c < COLUMN_COUNT; c++)
        mm_buf_clear(&cell[c]);
    mm_buf_printf(&cell[0], "%u", item->layer + 1);
    mm_buf_puts(&cell[1], layer->label);
    mm_text_escape(&cell[2], op, strlen(op));
    mm_buf_puts(&cell[3], mm_dtype_info(item->to)->long_name);
    if (item->why == MM_WHY_OVERFLOW)
        mm_buf_puts(&cell[4], "-");
    else
        put_percent(&cell[4], item->covered);
    put_count(&cell[5], item->elements);
    put_count(&cell[6], item->macs);
    put_more(&cell[7], item->bytes);
    put_more(&cell[8], item->casts);
    mm_text_escape(&cell[WHY], item->text, strlen(item->text));
}

static void measure(const struct mm_session *session, const struct mm_suggestions *list, struct mm_buf *cell,
                    int *widths)
{
    for (int c = 0; c < COLUMN_COUNT; c++)
        widths[c] = mm_text_width(mm_tr_in("title", columns[c].title));
    for (size_t i = 0; i < list->count; i++) {
        fill(session, &list->item[i], cell);
        for (int c = 0; c < COLUMN_COUNT; c++) {
            int width = mm_text_width(mm_buf_text(&cell[c]));
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

static void put_row(const char *const *text, const int *widths, struct mm_buf *out)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        int blanks = widths[c] - mm_text_width(text[c]);
        mm_buf_printf(out, "%*s%s", columns[c].figure ? blanks : 0, "", text[c]);
        if (c != WHY)
            mm_buf_printf(out, "%*s  ", columns[c].figure ? 0 : blanks, "");
    }
    mm_buf_putc(out, '\n');
}

static void put_rows(const struct mm_session *session, const struct mm_suggestions *list, struct mm_buf *out)
{
    struct mm_buf cell[COLUMN_COUNT] = {0};
    const char *text[COLUMN_COUNT];
    int widths[COLUMN_COUNT];
    measure(session, list, cell, widths);
    for (int c = 0; c < COLUMN_COUNT; c++)
        text[c] = mm_tr_in("title", columns[c].title);
    put_row(text, widths, out);
    for (size_t i = 0; i < list->count; i++) {
        fill(session, &list->item[i], cell);
        for (int c = 0; c < COLUMN_COUNT; c++)
            text[c] = mm_buf_text(&cell[c]);
        put_row(text, widths, out);
    }
    for (int c = 0; c < COLUMN_COUNT; c++)
        mm_buf_done(&cell[c]);
}

static const char *error_text(char *out, double error)
{
    return isinf(error) ? "broken (NaN, Inf or another shape)" : mm_num_short(out, error, 2);
}

/* "6 operators, 91.2k elements, 3.1M MACs" */
static void put_cost(const struct mm_suggestions *list, struct mm_buf *out)
{
    char digits[MM_NUM];
    mm_buf_printf(out, "%zu %s, %s elements", list->count, list->count == 1 ? "operator" : "operators",
                  mm_num_count(digits, list->elements));
    if (list->macs >= 0)
        mm_buf_printf(out, ", %s MACs", mm_num_count(digits, list->macs));
    if (list->bytes != MM_COST_UNKNOWN) {
        mm_buf_puts(out, ", ");
        put_more(out, list->bytes);
        mm_buf_say(out, " bytes");
    }
    if (list->casts != MM_COST_UNKNOWN) {
        mm_buf_puts(out, ", ");
        put_more(out, list->casts);
        mm_buf_say(out, list->casts == 1 || list->casts == -1 ? " cast" : " casts");
    }
}

static void put_unexplained(const struct mm_suggestions *list, struct mm_buf *out)
{
    char adds[MM_NUM], explained[MM_NUM];
    mm_buf_printf(out, "#%u adds %s, its format explains %s: nothing shows that raising it would mend that",
                  list->unexplained, mm_num_short(adds, list->adds, 2),
                  mm_num_short(explained, list->explained, 2));
}

void mm_report_suggestion_summary(const struct mm_suggestions *list, struct mm_buf *out)
{
    char before[MM_NUM], after[MM_NUM];
    if (list->count == 0 && list->within) {
        mm_buf_printf(out, "nothing to raise: the outputs are within the thresholds (%s)",
                      error_text(before, list->before));
    } else if (list->count == 0 && list->unknown) {
        mm_buf_say(out,
                   "nothing is suggested: without an order of the layers it is not known which errors reach "
                   "the outputs (--model FILE or --order FILE; --top N suggests regardless)");
    } else if (list->count == 0 && list->unexplained) {
        mm_buf_printf(out, "nothing to raise: output error %s; ", error_text(before, list->before));
        put_unexplained(list, out);
    } else if (list->count == 0) {
        mm_buf_printf(out, "nothing to raise: output error %s, which no precision would lower",
                      error_text(before, list->before));
    } else {
        mm_buf_printf(out, "output error %s now", error_text(before, list->before));
        mm_buf_printf(out, ", about %s afterwards; ", error_text(after, list->after));
        put_cost(list, out);
    }
}

void mm_report_suggestions(const struct mm_session *session, const struct mm_suggestions *list,
                           struct mm_buf *out)
{
    if (list->count)
        put_rows(session, list, out);
    mm_report_suggestion_summary(list, out);
    mm_buf_putc(out, '\n');
    const struct mm_flow *flow = mm_session_flow(session);
    if (list->count && !flow->ordered)
        mm_buf_say(out,
                   "The order of the layers is not known: each is taken for an output, and its error for its "
                   "own. --model gives the graph.\n");
    else if (list->count && !flow->known)
        mm_buf_say(out, "Layer connections by execution order; --model gives the graph.\n");
    if (list->count && list->unexplained) {
        put_unexplained(list, out);
        mm_buf_say(out, ".\n");
    }
    if (!list->within && list->beyond >= 0.005) {
        put_percent(out, list->beyond);
        mm_buf_say(out, " of the error comes from layers that no precision repairs (see the verdicts).\n");
    }
    if (list->count && list->masked && list->masked_by >= 0)
        mm_buf_printf(
            out,
            "%zu layers are downstream of #%d, which is broken: their own errors are not known. Raise "
            "these, dump again, and ask for suggestions again.\n",
            list->masked, list->masked_by + 1);
}
