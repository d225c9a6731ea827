/* Suggestions that were found by running a model: text, and the other forms. */
#include "base/json_write.h"
#include "report/listing.h"

#include <math.h>
#include <string.h>

#define SHOWN 10 /* operators of the text that are not raised */

static const char *label_of(const struct mm_simulated_operator *item)
{
    return *item->name ? item->name : item->tensor;
}

static size_t raised_of(const struct mm_simulated_suggestions *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->item[i].raised;
    return count;
}

static bool is_missed(const struct mm_simulated_suggestions *list)
{
    return isfinite(list->goal) && list->after > list->goal;
}

/* ---- sentences ---- */

static void put_before(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    char error[MM_NUM];
    mm_buf_printf(out, "%s: the outputs are off by %s.", list->mode, mm_num_short(error, list->before, 3));
}

static void put_after(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    char error[MM_NUM], goal[MM_NUM];
    size_t raised = raised_of(list);
    mm_buf_printf(out, "%zu operator%s in FLOAT32: the outputs are off by %s, as a run with this plan has it",
                  raised, raised == 1 ? "" : "s", mm_num_short(error, list->after, 3));
    if (is_missed(list))
        mm_buf_printf(out, "; %s can't be had by raising operators", mm_num_short(goal, list->goal, 3));
    mm_buf_printf(out, " (%zu settings in %zu runs)", list->settings, list->runs);
}

static void put_summary(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    put_before(list, out);
    mm_buf_putc(out, ' ');
    put_after(list, out);
}

/* ---- text ---- */

static void text_item(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                      struct mm_buf *out)
{
    char error[MM_NUM], gain[MM_NUM];
    mm_buf_printf(out, "  %-8s %-10s %-16s %s\n", mm_num_short(error, item->error, 3),
                  mm_num_short(gain, list->before - item->error, 3), item->op_type, label_of(item));
}

static void put_text(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    put_before(list, out);
    mm_buf_printf(out, " %zu operators, each alone in FLOAT32:\n  then     gains      operator\n",
                  list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (i < SHOWN || list->item[i].raised)
            text_item(list, &list->item[i], out);
    }
    put_after(list, out);
    mm_buf_puts(out, ":\n");
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i].raised)
            mm_buf_printf(out, "  %s\n", label_of(&list->item[i]));
    }
}

/* ---- CSV, Markdown, HTML ---- */

/* What each kind writes before, for each, and behind. */
struct form {
    void (*head)(const struct mm_simulated_suggestions *list, struct mm_buf *out);
    void (*item)(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                 struct mm_buf *out);
    const char *foot;
};

static void csv_head(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    (void)list;
    mm_buf_puts(out, "operator,op,tensor,error,gain,raised\n");
}

static void csv_item(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                     struct mm_buf *out)
{
    char error[MM_NUM], gain[MM_NUM];
    const char *texts[] = {item->name, item->op_type, item->tensor};
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        put_quoted(out, texts[i]);
        mm_buf_putc(out, ',');
    }
    mm_buf_printf(out, "%s,%s,%d\n", mm_num_repr(error, item->error),
                  mm_num_repr(gain, list->before - item->error), item->raised);
}

static void markdown_head(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    struct mm_buf text = {0};
    put_summary(list, &text);
    mm_buf_puts(out, "## mmtui suggest\n\n");
    put_markdown(out, mm_buf_text(&text));
    mm_buf_puts(out, "\n\n| OPERATOR | OP | THEN | GAINS | RAISE |\n| --- | --- | ---: | ---: | --- |\n");
    mm_buf_done(&text);
}

static void markdown_item(const struct mm_simulated_suggestions *list,
                          const struct mm_simulated_operator *item, struct mm_buf *out)
{
    char error[MM_NUM], gain[MM_NUM];
    mm_buf_puts(out, "| ");
    put_markdown(out, label_of(item));
    mm_buf_puts(out, " | ");
    put_markdown(out, item->op_type);
    mm_buf_printf(out, " | %s | %s | %s |\n", mm_num_short(error, item->error, 3),
                  mm_num_short(gain, list->before - item->error, 3), item->raised ? "FLOAT32" : "");
}

static void html_head(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    struct mm_buf text = {0};
    put_summary(list, &text);
    put_suggest_page(out, mm_buf_text(&text));
    mm_buf_puts(out, "</p>\n<table><tr><th>operator</th><th>op</th><th>then</th><th>gains</th><th>raise</th>"
                     "</tr>\n");
    mm_buf_done(&text);
}

static void html_item(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                      struct mm_buf *out)
{
    char error[MM_NUM], gain[MM_NUM];
    mm_buf_puts(out, "<tr><td>");
    put_markup(out, label_of(item));
    mm_buf_puts(out, "</td><td>");
    put_markup(out, item->op_type);
    mm_buf_printf(out, "</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", mm_num_short(error, item->error, 3),
                  mm_num_short(gain, list->before - item->error, 3), item->raised ? "FLOAT32" : "");
}

/* ---- JUnit ---- */

static void junit_head(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    size_t raised = raised_of(list), failed = raised + is_missed(list);
    struct mm_buf text = {0};
    mm_buf_printf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"mmtui "
                  "suggest\" tests=\"%zu\" failures=\"%zu\">\n",
                  failed ? failed : 1, failed);
    put_summary(list, &text);
    if (is_missed(list))
        mm_buf_puts(out, "    <testcase name=\"outputs\" classname=\"suggest\"><failure message=\"");
    else if (raised == 0)
        mm_buf_puts(out, "    <testcase name=\"");
    if (failed == 0 || is_missed(list))
        put_markup(out, mm_buf_text(&text));
    mm_buf_puts(out, is_missed(list) ? "\"/></testcase>\n" : failed ? "" : "\" classname=\"suggest\"/>\n");
    mm_buf_done(&text);
}

static void junit_item(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                       struct mm_buf *out)
{
    char error[MM_NUM], before[MM_NUM];
    if (!item->raised)
        return;
    mm_buf_puts(out, "    <testcase name=\"");
    put_markup(out, label_of(item));
    mm_buf_puts(out, "\" classname=\"");
    put_markup(out, item->op_type);
    mm_buf_printf(
        out,
        "\"><failure message=\"raise to FLOAT32: with it alone the outputs are off by %s instead of "
        "%s\"/></testcase>\n",
        mm_num_short(error, item->error, 3), mm_num_short(before, list->before, 3));
}

/* ---- JSON ---- */

static void json_item(const struct mm_simulated_suggestions *list, const struct mm_simulated_operator *item,
                      struct mm_json *json)
{
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "node", item->name);
    mm_json_put_text(json, "op", item->op_type);
    mm_json_put_text(json, "name", item->tensor);
    mm_json_put_number(json, "error", item->error);
    mm_json_put_number(json, "gain", list->before - item->error);
    mm_json_put_bool(json, "raised", item->raised);
    mm_json_close_object(json);
}

static void put_json(const struct mm_simulated_suggestions *list, struct mm_buf *out)
{
    struct mm_json json;
    struct mm_buf text = {0};
    put_summary(list, &text);
    mm_json_init(&json, out, (struct mm_json_style){.indent = 2, .nonfinite = MM_JSON_QUOTED});
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, "mmtui suggest --simulate", MM_REPORT_SCHEMA);
    mm_json_put_text(&json, "summary", mm_buf_text(&text));
    mm_json_put_text(&json, "precision_mode", list->mode);
    mm_json_put_number(&json, "error_now", list->before);
    mm_json_put_number(&json, "error_then", list->after);
    if (isfinite(list->goal))
        mm_json_put_number(&json, "goal", list->goal);
    mm_json_put_bool(&json, "within", !is_missed(list));
    mm_json_put_whole(&json, "settings", (int64_t)list->settings);
    mm_json_put_whole(&json, "runs", (int64_t)list->runs);
    mm_json_open_array(&json, "operators");
    for (size_t i = 0; i < list->count; i++)
        json_item(list, &list->item[i], &json);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
    mm_buf_done(&text);
}

/* ---- all of them ---- */

static const struct form forms[MM_REPORT_KINDS] = {
    [MM_REPORT_CSV] = {csv_head, csv_item, ""},
    [MM_REPORT_MARKDOWN] = {markdown_head, markdown_item, ""},
    [MM_REPORT_HTML] = {html_head, html_item, "</table></body></html>\n"},
    [MM_REPORT_JUNIT] = {junit_head, junit_item, "  </testsuite>\n</testsuites>\n"},
};

void mm_report_simulated(const struct mm_simulated_suggestions *list, enum mm_report_kind kind,
                         struct mm_buf *out)
{
    const struct form *form = &forms[kind];
    if (kind == MM_REPORT_JSON) {
        put_json(list, out);
        return;
    }
    if (!form->head) {
        put_text(list, out);
        return;
    }
    form->head(list, out);
    for (size_t i = 0; i < list->count; i++)
        form->item(list, &list->item[i], out);
    mm_buf_puts(out, form->foot);
}
