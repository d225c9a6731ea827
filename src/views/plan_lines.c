/* The lines of the plan screen: overrides, settings, and what the export writes. */
#include "views/plan_lines.h"
#include "base/translate.h"

#include <stdlib.h>
#include <string.h>

#include "ui/text_fit.h"

void plan_lines_clear(struct plan_view *plan)
{
    for (int i = 0; i < plan->list.count; i++)
        free(plan->lines[i].text);
    plan->list.count = 0;
}

void plan_lines_add(struct plan_view *plan, struct plan_line line)
{
    void *lines = plan->lines;
    if (mm_grow(&lines, &plan->capacity, (size_t)plan->list.count + 1, sizeof *plan->lines) < 0) {
        free(line.text);
        return;
    }
    plan->lines = lines;
    plan->lines[plan->list.count++] = line;
}

void plan_lines_add_text(struct plan_view *plan, int kind, int indent, const char *text)
{
    struct mm_buf safe;
    mm_buf_init(&safe);
    text = mm_tr_own(text);
    mm_text_escape(&safe, text, strlen(text));
    const char *rest = mm_buf_text(&safe);
    int before = 0;
    do {
        size_t length = text_fit_break(rest, plan->width - before > 8 ? plan->width - before : 8);
        struct mm_buf line;
        mm_buf_init(&line);
        mm_buf_printf(&line, "%*s%.*s", before, "", (int)length, rest);
        plan_lines_add(plan, (struct plan_line){.kind = kind, .text = line.data});
        rest += length;
        rest += strspn(rest, " ");
        before = indent;
    } while (*rest);
    mm_buf_done(&safe);
}

static void add_format(struct plan_view *plan, int kind, int indent, const char *format, const char *a,
                       const char *b)
{
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, format, a, b);
    plan_lines_add_text(plan, kind, indent, mm_buf_text(&text));
    mm_buf_done(&text);
}

static int by_op(const void *a, const void *b, void *context)
{
    const struct mm_plan *plan = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = strcmp(mm_plan_at(plan, x)->op_type, mm_plan_at(plan, y)->op_type);
    return order ? order : (x > y) - (x < y);
}

static int by_worth(const void *a, const void *b, void *context)
{
    const struct mm_raise_cost *cost = context;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    if (cost[i].worth != cost[k].worth)
        return cost[i].worth > cost[k].worth ? -1 : 1;
    return (i > k) - (i < k);
}

/* Under the name of their op type, or by what they bring for what they cost. */
static void add_in_order(struct plan_view *view, const struct mm_plan *plan)
{
    size_t count = mm_plan_count(plan);
    bool worth = view->by_worth && view->costs.known;
    size_t *order = calloc(count + 1, sizeof *order);
    for (size_t i = 0; order && i < count; i++)
        order[i] = i;
    if (order)
        qsort_r(order, count, sizeof *order, worth ? by_worth : by_op,
                worth ? (void *)view->costs.each : (void *)plan);
    if (worth && count > 0)
        plan_lines_add_text(view, LINE_HEAD, 0, "by gain per cost");
    const char *before = NULL;
    for (size_t i = 0; order && i < count; i++) {
        const char *op = mm_plan_at(plan, order[i])->op_type;
        if (!worth && (!before || strcmp(before, op) != 0))
            plan_lines_add_text(view, LINE_HEAD, 0, op[0] ? op : "op type unknown");
        before = op;
        plan_lines_add(view, (struct plan_line){.kind = LINE_OVERRIDE, .override = order[i]});
    }
    free(order);
}

static void add_overrides(struct plan_view *view, const struct mm_plan *plan,
                          const struct mm_session *session)
{
    add_in_order(view, plan);
    struct mm_buf missing;
    mm_buf_init(&missing);
    if (mm_session_missing(session, &missing) > 0)
        plan_lines_add_text(view, LINE_WARN, 2, mm_buf_text(&missing));
    mm_buf_done(&missing);
    if (mm_plan_count(plan) == 0)
        plan_lines_add_text(view, LINE_TEXT, 0, "No overrides yet: p on a layer sets its precision.");
}

/* What the overrides bring and cost, once the layers are analysed. */
static void find_costs(struct plan_view *view, const struct app *app)
{
    const struct mm_session *session = app->session;
    size_t count = mm_plan_count(mm_session_plan_const(session));
    free(view->costs.each);
    view->costs.each = calloc(count + 1, sizeof *view->costs.each);
    view->costs.known = view->costs.each && mm_session_triaged(session) &&
                        mm_session_costs(session, inspector_of_const(app)->dialect->casts_each_reader,
                                         view->costs.each, &view->costs.all, NULL) == 0;
}

static void add_settings(struct plan_view *view, const struct mm_plan *plan, const struct mm_session *session)
{
    size_t count, chosen = 0;
    const struct mm_setting *settings = mm_settings(&count);
    plan_lines_add_text(view, LINE_TEXT, 0, "");
    plan_lines_add_text(view, LINE_HEAD, 0, "Settings of the whole network (:set KEY VALUE)");
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_plan_setting(plan, settings[i].key);
        if (value)
            add_format(view, LINE_TEXT, 4, "  %s = %s", settings[i].key, value);
        chosen += value != NULL;
    }
    const char *why, *mode = mm_session_network_precision(session, &why);
    if (!chosen)
        plan_lines_add_text(view, LINE_TEXT, 0, "  none");
    if (mode && !mm_plan_setting(plan, "network_precision")) {
        add_format(view, LINE_TEXT, 2, "  Hint: %s. If the build used that precision too:%s", why, "");
        add_format(view, LINE_TEXT, 2, "  :set network_precision %s%s", mode, "");
    }
}

#define FILE_INDENT 22 /* what a file is stands behind its name */

static void add_export(struct plan_view *view, const struct inspector *inspector)
{
    struct mm_export export = inspector_plan(inspector);
    struct mm_buf problems = {0};
    plan_lines_add_text(view, LINE_TEXT, 0, "");
    add_format(view, LINE_HEAD, 0, "Enter writes for %s to %s/", export.dialect->title,
               inspector->export_folder);
    for (const struct mm_export_file *file = export.dialect->files; file->name; file++) {
        if (!file->cpp)
            add_format(view, LINE_TEXT, FILE_INDENT, "  %-19s %s", file->name, file->what);
    }
    mm_problems_text(&view->problems, true, &problems);
    const char *note_word = mm_tr_in("word", mm_severity_text(MM_SEVERITY_NOTE));
    char *rest = problems.data;
    for (char *line; rest && (line = strsep(&rest, "\n"));) {
        bool note = strncmp(line, note_word, strlen(note_word)) == 0;
        if (*line)
            add_format(view, note ? LINE_TEXT : LINE_WARN, 2, "  %s%s", line, "");
    }
    mm_buf_done(&problems);
}

void plan_lines_make(struct plan_view *view, const struct app *app)
{
    const struct mm_plan *plan = mm_session_plan_const(app->session);
    int cursor = view->list.cursor;
    struct mm_export export = inspector_plan(inspector_of_const(app));
    find_costs(view, app);
    plan_lines_clear(view);
    mm_problems_done(&view->problems);
    mm_lint(&export, &view->problems);
    if (view->differing) {
        plan_lines_add_changes(view, plan);
    } else {
        add_overrides(view, plan, app->session);
        add_settings(view, plan, app->session);
        add_export(view, inspector_of_const(app));
    }
    list_set_count(&view->list, view->list.count);
    list_goto(&view->list, cursor);
    view->seen = mm_plan_revision(plan) + 1;
    view->dialect = inspector_of_const(app)->dialect;
    view->unsaved = mm_plan_unsaved(plan);
}

const struct plan_line *plan_lines_selected(const struct plan_view *view)
{
    return view->list.count ? &view->lines[view->list.cursor] : NULL;
}

const struct mm_override *plan_lines_override(const struct plan_view *view, const struct app *app)
{
    const struct plan_line *line = plan_lines_selected(view);
    return line && line->kind == LINE_OVERRIDE
               ? mm_plan_at(mm_session_plan_const(app->session), line->override)
               : NULL;
}
