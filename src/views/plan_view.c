#include "views/plan_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"
#include "views/plan_draw.h"
#include "ui/text_fit.h"

/* A line of the screen. Lines with an override can be selected and changed. */
struct plan_line {
    enum { LINE_TEXT, LINE_HEAD, LINE_OVERRIDE, LINE_WARN } kind;
    size_t override; /* index in the plan */
    char *text;      /* the others' text */
};

struct plan_view {
    struct view view;
    struct list list;
    struct plan_line *lines;
    size_t capacity;
    int width;                        /* that sentences were broken for */
    uint64_t seen;                    /* plan revision that the lines were made from, + 1 */
    const struct mm_dialect *dialect; /* that the lines are for */
    struct mm_problems problems;      /* what is wrong with it for that runtime */
    bool by_worth;                    /* the order: gain per cost, else type of operator */
    struct plan_costs costs;
};

/* ---- lines ---- */

static void clear_lines(struct plan_view *plan)
{
    for (int i = 0; i < plan->list.count; i++)
        free(plan->lines[i].text);
    plan->list.count = 0;
}

static void add_line(struct plan_view *plan, struct plan_line line)
{
    void *lines = plan->lines;
    if (mm_grow(&lines, &plan->capacity, (size_t)plan->list.count + 1, sizeof *plan->lines) < 0) {
        free(line.text);
        return;
    }
    plan->lines = lines;
    plan->lines[plan->list.count++] = line;
}

/* A sentence in as many lines as it needs; all but the first are indented by `indent`. */
static void add_text(struct plan_view *plan, int kind, int indent, const char *text)
{
    struct mm_buf safe;
    mm_buf_init(&safe);
    mm_text_escape(&safe, text, strlen(text));
    const char *rest = mm_buf_text(&safe);
    int before = 0;
    do {
        size_t length = text_fit_break(rest, plan->width - before > 8 ? plan->width - before : 8);
        struct mm_buf line;
        mm_buf_init(&line);
        mm_buf_printf(&line, "%*s%.*s", before, "", (int)length, rest);
        add_line(plan, (struct plan_line){.kind = kind, .text = line.data});
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
    add_text(plan, kind, indent, mm_buf_text(&text));
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
        add_text(view, LINE_HEAD, 0, "by gain per cost");
    const char *before = NULL;
    for (size_t i = 0; order && i < count; i++) {
        const char *op = mm_plan_at(plan, order[i])->op_type;
        if (!worth && (!before || strcmp(before, op) != 0))
            add_text(view, LINE_HEAD, 0, op[0] ? op : "op type unknown");
        before = op;
        add_line(view, (struct plan_line){.kind = LINE_OVERRIDE, .override = order[i]});
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
        add_text(view, LINE_WARN, 2, mm_buf_text(&missing));
    mm_buf_done(&missing);
    if (mm_plan_count(plan) == 0)
        add_text(view, LINE_TEXT, 0, "No overrides yet: p on a layer sets its precision.");
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
    add_text(view, LINE_TEXT, 0, "");
    add_text(view, LINE_HEAD, 0, "Settings of the whole network (:set KEY VALUE)");
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_plan_setting(plan, settings[i].key);
        if (value)
            add_format(view, LINE_TEXT, 4, "  %s = %s", settings[i].key, value);
        chosen += value != NULL;
    }
    const char *why, *mode = mm_session_network_precision(session, &why);
    if (!chosen)
        add_text(view, LINE_TEXT, 0, "  none");
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
    add_text(view, LINE_TEXT, 0, "");
    add_format(view, LINE_HEAD, 0, "Enter writes for %s to %s/", export.dialect->title,
               inspector->export_folder);
    for (const struct mm_export_file *file = export.dialect->files; file->name; file++) {
        if (!file->cpp)
            add_format(view, LINE_TEXT, FILE_INDENT, "  %-19s %s", file->name, file->what);
    }
    mm_problems_text(&view->problems, true, &problems);
    char *rest = problems.data;
    for (char *line; rest && (line = strsep(&rest, "\n"));) {
        bool note = strncmp(line, "note: ", strlen("note: ")) == 0;
        if (*line)
            add_format(view, note ? LINE_TEXT : LINE_WARN, 2, "  %s%s", line, "");
    }
    mm_buf_done(&problems);
}

static void rebuild(struct plan_view *view, const struct app *app)
{
    const struct mm_plan *plan = mm_session_plan_const(app->session);
    int cursor = view->list.cursor;
    struct mm_export export = inspector_plan(inspector_of_const(app));
    find_costs(view, app);
    clear_lines(view);
    mm_problems_done(&view->problems);
    mm_lint(&export, &view->problems);
    add_overrides(view, plan, app->session);
    add_settings(view, plan, app->session);
    add_export(view, inspector_of_const(app));
    list_set_count(&view->list, view->list.count);
    list_goto(&view->list, cursor);
    view->seen = mm_plan_revision(plan) + 1;
    view->dialect = inspector_of_const(app)->dialect;
}

/* ---- drawing ---- */

/* The worst that is wrong with an operator's override; NULL: nothing but notes. */
static const struct mm_problem *problem_of(const struct plan_view *view, const struct app *app, size_t number)
{
    const char *name = mm_plan_at(mm_session_plan_const(app->session), number)->name;
    const struct mm_problem *worst = NULL;
    for (size_t i = 0; i < view->problems.count; i++) {
        const struct mm_problem *problem = &view->problems.problem[i];
        if (problem->name && problem->severity > (worst ? worst->severity : MM_SEVERITY_NOTE) &&
            strcmp(problem->name, name) == 0)
            worst = problem;
    }
    return worst;
}

static void draw(const struct view *view, const struct app *app, struct canvas *c)
{
    static const enum role roles[] = {[LINE_TEXT] = ROLE_VALUE,
                                      [LINE_HEAD] = ROLE_HEADER,
                                      [LINE_OVERRIDE] = ROLE_LIST,
                                      [LINE_WARN] = ROLE_WARN};
    const struct plan_view *plan_view = (const struct plan_view *)view;
    size_t count = mm_plan_count(mm_session_plan_const(app->session));
    plan_draw_title(c, &plan_view->costs, count, app);
    struct canvas heads = canvas_sub(c, 1, 1, c->w - 2, 1);
    if (count > 0)
        plan_draw_heads(&heads, &plan_view->costs);
    struct canvas body = canvas_sub(c, 1, 2, c->w - 2, plan_view->list.height);
    for (int y = 0; y < body.h && plan_view->list.top + y < plan_view->list.count; y++) {
        int row = plan_view->list.top + y;
        const struct plan_line *line = &plan_view->lines[row];
        if (line->kind == LINE_OVERRIDE && line->override < count)
            plan_draw_override(&body, y, line->override, problem_of(plan_view, app, line->override),
                               &plan_view->costs, app);
        else if (line->text)
            canvas_fit(&body, 0, y, body.w, ALIGN_LEFT, roles[line->kind], line->text, app->glyphs);
        if (row == plan_view->list.cursor) {
            canvas_overlay(&body, 0, y, body.w, 1, ROLE_LIST_SEL);
            canvas_cursor(&body, 0, y, false);
        }
    }
}

static const struct plan_line *selected(const struct plan_view *view)
{
    return view->list.count ? &view->lines[view->list.cursor] : NULL;
}

/* What is wrong with the selected override; else whether there is something to write. */
static void status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct plan_view *plan_view = (const struct plan_view *)view;
    const struct plan_line *line = selected(plan_view);
    const struct mm_plan *plan = mm_session_plan_const(app->session);
    bool waits = mm_plan_unsaved(plan) || mm_plan_count(plan) == 0;
    bool override = line && line->kind == LINE_OVERRIDE && line->override < mm_plan_count(plan);
    const struct mm_problem *problem = override ? problem_of(plan_view, app, line->override) : NULL;
    struct mm_buf text = {0};
    if (problem)
        mm_buf_printf(&text, "%s: %s", mm_severity_text(problem->severity), problem->what);
    else if (waits)
        mm_buf_puts(&text, "Nothing written yet (Enter writes)");
    inspector_status(app, c, problem ? ROLE_WARN : ROLE_STATUS, mm_buf_text(&text));
    mm_buf_done(&text);
}

/* ---- actions ---- */

/* x clears the selected override, p steps it; as one undo step. */
static bool change(struct plan_view *view, struct app *app, const struct action_event *event)
{
    const struct plan_line *line = selected(view);
    struct mm_plan *plan = mm_session_plan(app->session);
    bool clear = event->id == ACT_PRECISION_CLEAR;
    if (!clear && event->id != ACT_PRECISION_NEXT)
        return false;
    if (!line || line->kind != LINE_OVERRIDE) {
        app_say(app, ROLE_STATUS, "There is no override on this line");
        return true;
    }
    struct mm_override override = *mm_plan_at(plan, line->override);
    override.precision =
        clear ? MM_PRECISION_NONE : mm_dialect_next(inspector_of(app)->dialect, override.precision);
    struct mm_err err;
    char label[160];
    snprintf(label, sizeof label, "%s for %s",
             override.precision ? mm_precision_info(override.precision)->name : "no override", override.name);
    mm_plan_begin(plan, label);
    int result = mm_plan_set(plan, &override, &err);
    mm_plan_commit(plan);
    if (result < 0)
        app_say_err(app, &err);
    else
        app_say(app, ROLE_STATUS, "%s (u undoes it)", label);
    app_changed(app);
    return true;
}

static void sort(struct plan_view *view, struct app *app)
{
    if (!view->costs.known) {
        app_say(app, ROLE_STATUS, "Gain and cost are known when all layers are measured and analysed");
        return;
    }
    view->by_worth = !view->by_worth;
    rebuild(view, app);
    app_say(app, ROLE_STATUS, "%s",
            view->by_worth ? "By gain per cost: per cent of the outputs' error for a million operations"
                           : "By type of operator");
    app_changed(app);
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct plan_view *plan = (struct plan_view *)view;
    if (event->id == ACT_WRITE) {
        inspector_write(inspector_of(app));
        return true;
    }
    if (event->id == ACT_PLAN_SORT) {
        sort(plan, app);
        return true;
    }
    return list_act(&plan->list, event) || change(plan, app, event);
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct plan_view *plan = (struct plan_view *)view;
    list_resize(&plan->list, h - 2 > 0 ? h - 2 : 0);
    if (plan->width != w - 2) {
        plan->width = w - 2;
        rebuild(plan, app);
    }
}

static void update(struct view *view, struct app *app)
{
    struct plan_view *plan = (struct plan_view *)view;
    if (plan->seen != mm_plan_revision(mm_session_plan_const(app->session)) + 1 ||
        plan->dialect != inspector_of_const(app)->dialect ||
        plan->costs.known != mm_session_triaged(app->session))
        rebuild(plan, app);
}

static uint64_t scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST | SCOPE_PLAN;
}

static const int *hints(const struct view *view)
{
    static const int usual[] = {ACT_WRITE, ACT_BACK,    ACT_PRECISION_NEXT, ACT_PRECISION_CLEAR, ACT_UNDO,
                                ACT_REDO,  ACT_TO_MENU, ACT_PLAN_SORT,      ACT_EXPORT,          ACT_HELP,
                                ACT_NONE};
    (void)view;
    return usual;
}

static void close_view(struct view *view)
{
    struct plan_view *plan = (struct plan_view *)view;
    clear_lines(plan);
    mm_problems_done(&plan->problems);
    free(plan->costs.each);
    free(plan->lines);
    free(plan);
}

static const struct view_ops ops = {
    .name = "plan",
    .scopes = scopes,
    .hints = hints,
    .draw = draw,
    .status = status,
    .act = act,
    .size = size,
    .update = update,
    .close = close_view,
};

struct view *plan_view_open(struct app *app)
{
    struct plan_view *plan = calloc(1, sizeof *plan);
    if (!plan)
        return NULL;
    plan->view.ops = &ops;
    plan->width = 78; /* size() comes with the real one */
    rebuild(plan, app);
    for (int row = 0; row < plan->list.count; row++) {
        if (plan->lines[row].kind == LINE_OVERRIDE) {
            plan->list.cursor = row;
            break;
        }
    }
    return &plan->view;
}
