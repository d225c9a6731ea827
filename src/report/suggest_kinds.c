/* Suggestions in other kinds of text: for scripts, an issue, the pages of a CI. */
#include "base/json_write.h"
#include "report/listing.h"

#include <string.h>

/* What each kind writes before, for each, and behind. */
struct form {
    void (*head)(const struct mm_suggestions *list, struct mm_buf *out);
    void (*item)(const struct mm_session *session, const struct mm_suggestion *item, struct mm_buf *out);
    void (*foot)(const struct mm_suggestions *list, struct mm_buf *out);
};

static const char *label_of(const struct mm_session *session, const struct mm_suggestion *item)
{
    return mm_session_layer(session, item->layer)->label;
}

static const char *precision_of(const struct mm_suggestion *item)
{
    return mm_dtype_info(item->to)->long_name;
}

static void nothing(const struct mm_suggestions *list, struct mm_buf *out)
{
    (void)list;
    (void)out;
}

/* ---- CSV ---- */

void put_quoted(struct mm_buf *out, const char *text)
{
    mm_buf_putc(out, '"');
    if (*text && strchr("=+-@", *text)) /* no formula for a spreadsheet */
        mm_buf_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            mm_buf_putc(out, '"');
        mm_buf_putc(out, *text);
    }
    mm_buf_putc(out, '"');
}

static void csv_head(const struct mm_suggestions *list, struct mm_buf *out)
{
    (void)list;
    mm_buf_puts(out, "layer,op,to,reason,share,covered,elements,macs,bytes,casts,worth,text\n");
}

static void csv_item(const struct mm_session *session, const struct mm_suggestion *item, struct mm_buf *out)
{
    char share[MM_NUM], covered[MM_NUM];
    put_quoted(out, label_of(session, item));
    mm_buf_putc(out, ',');
    put_quoted(out, mm_session_op(session, item->layer));
    mm_buf_printf(out, ",%s,%s,%s,%s,%lld,", precision_of(item), mm_suggest_word(item->why),
                  mm_num_repr(share, item->share), mm_num_repr(covered, item->covered),
                  (long long)item->elements);
    if (item->macs >= 0)
        mm_buf_whole(out, item->macs);
    mm_buf_putc(out, ',');
    if (item->bytes != MM_COST_UNKNOWN)
        mm_buf_whole(out, item->bytes);
    mm_buf_putc(out, ',');
    if (item->casts != MM_COST_UNKNOWN)
        mm_buf_whole(out, item->casts);
    mm_buf_printf(out, ",%s,", mm_num_repr(share, item->worth));
    put_quoted(out, item->text);
    mm_buf_puts(out, "\n");
}

/* ---- Markdown ---- */

static void put_summary(const struct mm_suggestions *list, struct mm_buf *out)
{
    mm_report_suggestion_summary(list, out);
}

static void markdown_head(const struct mm_suggestions *list, struct mm_buf *out)
{
    mm_buf_puts(out, "## mmtui suggest\n\n");
    put_summary(list, out);
    mm_buf_puts(out, "\n\n");
    if (list->count)
        mm_buf_puts(out, "| LAYER | OP | TO | COVERED | WHY |\n| --- | --- | --- | ---: | --- |\n");
}

static void markdown_item(const struct mm_session *session, const struct mm_suggestion *item,
                          struct mm_buf *out)
{
    const char *cells[] = {label_of(session, item), mm_session_op(session, item->layer), precision_of(item)};
    for (size_t i = 0; i < MM_COUNT(cells); i++) {
        mm_buf_puts(out, "| ");
        put_markdown(out, cells[i]);
        mm_buf_putc(out, ' ');
    }
    mm_buf_printf(out, "| %.1f%% | ", 100 * item->covered);
    put_markdown(out, item->text);
    mm_buf_puts(out, " |\n");
}

/* ---- HTML ---- */

void put_suggest_page(struct mm_buf *out, const char *summary)
{
    mm_buf_puts(
        out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>mmtui suggest</title>"
             "<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;"
             "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{text-align:left;"
             "padding:.2rem .8rem .2rem 0}</style></head><body>\n<h1>mmtui suggest</h1>\n<p>");
    put_markup(out, summary);
}

static void html_head(const struct mm_suggestions *list, struct mm_buf *out)
{
    struct mm_buf text = {0};
    put_summary(list, &text);
    put_suggest_page(out, mm_buf_text(&text));
    mm_buf_done(&text);
    mm_buf_puts(out,
                "</p>\n<table><tr><th>layer</th><th>op</th><th>to</th><th>covered</th><th>why</th></tr>\n");
}

static void html_item(const struct mm_session *session, const struct mm_suggestion *item, struct mm_buf *out)
{
    const char *cells[] = {label_of(session, item), mm_session_op(session, item->layer), precision_of(item)};
    mm_buf_puts(out, "<tr>");
    for (size_t i = 0; i < MM_COUNT(cells); i++) {
        mm_buf_puts(out, "<td>");
        put_markup(out, cells[i]);
        mm_buf_puts(out, "</td>");
    }
    mm_buf_printf(out, "<td>%.1f%%</td><td>", 100 * item->covered);
    put_markup(out, item->text);
    mm_buf_puts(out, "</td></tr>\n");
}

static void html_foot(const struct mm_suggestions *list, struct mm_buf *out)
{
    (void)list;
    mm_buf_puts(out, "</table></body></html>\n");
}

/* ---- JUnit ---- */

/* What should be raised has failed; nothing to raise is one test that has passed. */
static void junit_head(const struct mm_suggestions *list, struct mm_buf *out)
{
    mm_buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"mmtui suggest\" "
        "tests=\"%zu\" failures=\"%zu\">\n",
        list->count ? list->count : 1, list->count);
    if (list->count > 0)
        return;
    struct mm_buf text = {0};
    put_summary(list, &text);
    mm_buf_puts(out, "    <testcase name=\"");
    put_markup(out, mm_buf_text(&text));
    mm_buf_puts(out, "\" classname=\"suggest\"/>\n");
    mm_buf_done(&text);
}

static void junit_item(const struct mm_session *session, const struct mm_suggestion *item, struct mm_buf *out)
{
    const char *op = mm_session_op(session, item->layer);
    mm_buf_puts(out, "    <testcase name=\"");
    put_markup(out, label_of(session, item));
    mm_buf_puts(out, "\" classname=\"");
    put_markup(out, *op ? op : "layer");
    mm_buf_printf(out, "\"><failure message=\"raise to %s: ", precision_of(item));
    put_markup(out, item->text);
    mm_buf_puts(out, "\"/></testcase>\n");
}

static void junit_foot(const struct mm_suggestions *list, struct mm_buf *out)
{
    (void)list;
    mm_buf_puts(out, "  </testsuite>\n</testsuites>\n");
}

/* ---- all of them ---- */

static const struct form forms[MM_REPORT_KINDS] = {
    [MM_REPORT_CSV] = {csv_head, csv_item, nothing},
    [MM_REPORT_MARKDOWN] = {markdown_head, markdown_item, nothing},
    [MM_REPORT_HTML] = {html_head, html_item, html_foot},
    [MM_REPORT_JUNIT] = {junit_head, junit_item, junit_foot},
};

static void put_json_item(const struct mm_session *session, const struct mm_suggestion *item,
                          struct mm_json *json)
{
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "name", mm_session_layer(session, item->layer)->pair->name);
    mm_json_put_text(json, "node", mm_session_node(session, item->layer));
    mm_json_put_text(json, "op", mm_session_op(session, item->layer));
    mm_json_put_text(json, "to", precision_of(item));
    mm_json_put_text(json, "why", mm_suggest_word(item->why));
    mm_json_put_number(json, "share", item->share);
    mm_json_put_number(json, "covered", item->covered);
    mm_json_put_whole(json, "elements", item->elements);
    if (item->macs >= 0)
        mm_json_put_whole(json, "macs", item->macs);
    if (item->bytes != MM_COST_UNKNOWN)
        mm_json_put_whole(json, "bytes", item->bytes);
    if (item->casts != MM_COST_UNKNOWN)
        mm_json_put_whole(json, "casts", item->casts);
    mm_json_put_number(json, "worth", item->worth);
    mm_json_put_text(json, "text", item->text);
    mm_json_close_object(json);
}

static void put_json(const struct mm_session *session, const struct mm_suggestions *list, struct mm_buf *out)
{
    struct mm_json json;
    struct mm_buf text = {0};
    put_summary(list, &text);
    mm_json_init(&json, out, (struct mm_json_style){.indent = 2, .nonfinite = MM_JSON_QUOTED});
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, "mmtui suggest", MM_REPORT_SCHEMA);
    mm_json_put_text(&json, "summary", mm_buf_text(&text));
    mm_json_put_number(&json, "error_now", list->before);
    mm_json_put_number(&json, "error_expected", list->after);
    mm_json_put_bool(&json, "within", list->within);
    mm_json_open_array(&json, "suggestions");
    for (size_t i = 0; i < list->count; i++)
        put_json_item(session, &list->item[i], &json);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
    mm_buf_done(&text);
}

void mm_report_suggestions_as(const struct mm_session *session, const struct mm_suggestions *list,
                              enum mm_report_kind kind, struct mm_buf *out)
{
    const struct form *form = &forms[kind];
    if (kind == MM_REPORT_JSON) {
        put_json(session, list, out);
        return;
    }
    if (!form->head) {
        mm_report_suggestions(session, list, out);
        return;
    }
    form->head(list, out);
    for (size_t i = 0; i < list->count; i++)
        form->item(session, &list->item[i], out);
    form->foot(list, out);
}
