#include "views/plan_view.h"
#include "base/translate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/plan_lines.h"

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

/* How many lines the screen does not show: "3 above, 12 below". */
static void draw_marks(struct canvas *heads, const struct list *list, const struct app *app)
{
    int above = list->top, below = list->count - list->top - list->height;
    bool narrow = heads->w < 58;
    struct mm_buf text = {0};
    if (above > 0)
        mm_buf_printf(&text, narrow ? "%d %s" : "%d above", above, app->glyphs->up);
    if (below > 0)
        mm_buf_printf(&text, narrow ? "%s%d %s" : "%s%d below", text.length ? narrow ? "  " : ", " : "",
                      below, app->glyphs->down);
    int width = mm_text_width(mm_buf_text(&text));
    canvas_text(heads, heads->w - width, 0, -1, ROLE_DIM, mm_buf_text(&text));
    mm_buf_done(&text);
}

static void draw_detail(struct canvas *c, const struct plan_view *view, const struct app *app)
{
    int h = plan_detail_height(app, c->h);
    struct canvas pane = canvas_sub(c, 1, c->h - h, c->w - 2, h);
    const struct mm_override *override = plan_lines_override(view, app);
    if (h > 0 && override)
        plan_detail_draw(&pane, override, app);
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
    draw_marks(&heads, &plan_view->list, app);
    draw_detail(c, plan_view, app);
    for (int y = 0; y < body.h && plan_view->list.top + y < plan_view->list.count; y++) {
        int row = plan_view->list.top + y;
        const struct plan_line *line = &plan_view->lines[row];
        if (line->kind == LINE_OVERRIDE && line->override < count)
            plan_draw_override(&body, y, line->override, problem_of(plan_view, app, line->override),
                               &plan_view->costs, app);
        else if (line->text)
            canvas_fit(&body, 0, y, body.w, ALIGN_LEFT, roles[line->kind], line->text, app->glyphs);
        list_click(&body, y, &plan_view->list, row, false); /* Enter writes: a click must not */
        if (row == plan_view->list.cursor) {
            canvas_overlay(&body, 0, y, body.w, 1, ROLE_LIST_SEL);
            canvas_cursor(&body, 0, y, false);
        }
    }
}

/* What is wrong with the selected override; else whether there is something to write. */
static void status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct plan_view *plan_view = (const struct plan_view *)view;
    const struct plan_line *line = plan_lines_selected(plan_view);
    const struct mm_plan *plan = mm_session_plan_const(app->session);
    bool waits = mm_plan_unsaved(plan) || mm_plan_count(plan) == 0;
    bool override = line && line->kind == LINE_OVERRIDE && line->override < mm_plan_count(plan);
    const struct mm_problem *problem = override ? problem_of(plan_view, app, line->override) : NULL;
    bool pane = plan_detail_height(app, plan_view->h) > 0;
    struct mm_buf text = {0};
    if (problem)
        mm_buf_printf(&text, "%s: %s", mm_tr_in("word", mm_severity_text(problem->severity)), problem->what);
    else if (override && !pane)
        mm_text_escape(&text, mm_plan_at(plan, line->override)->why,
                       strlen(mm_plan_at(plan, line->override)->why));
    else if (waits)
        mm_buf_say(&text, "Nothing written yet (Enter writes)");
    inspector_status(app, c, problem ? ROLE_WARN : ROLE_STATUS, mm_buf_text(&text));
    mm_buf_done(&text);
}

/* ---- actions ---- */

/* x clears the selected override, p steps it; as one undo step. */
static bool change(struct plan_view *view, struct app *app, const struct action_event *event)
{
    const struct plan_line *line = plan_lines_selected(view);
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
    mm_format(label, sizeof label, "%s for %s",
              override.precision ? mm_precision_info(override.precision)->name : "no override",
              override.name);
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
    plan_lines_make(view, app);
    app_say(app, ROLE_STATUS, "%s",
            view->by_worth ? "By gain per cost: per cent of the outputs' error for a million operations"
                           : "By type of operator");
    app_changed(app);
}

static void diff(struct plan_view *view, struct app *app)
{
    struct mm_buf key = {0};
    view->differing = !view->differing;
    plan_lines_make(view, app);
    list_goto(&view->list, 0);
    app_say(app, ROLE_STATUS,
            view->differing ? "What is not in the file yet; %s shows the whole plan" : "The whole plan",
            inspector_key(app, ACT_PLAN_DIFF, &key));
    mm_buf_done(&key);
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
    if (event->id == ACT_PLAN_DIFF) {
        diff(plan, app);
        return true;
    }
    return list_act(&plan->list, event) || change(plan, app, event);
}

/* The pane is there while there is an override. */
static void fit(struct plan_view *plan, const struct app *app)
{
    int rows = plan->h - 2 - plan_detail_height(app, plan->h);
    list_resize(&plan->list, rows > 0 ? rows : 0);
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct plan_view *plan = (struct plan_view *)view;
    plan->h = h;
    fit(plan, app);
    if (plan->width != w - 2) {
        plan->width = w - 2;
        plan_lines_make(plan, app);
    }
}

static void update(struct view *view, struct app *app)
{
    struct plan_view *plan = (struct plan_view *)view;
    const struct mm_plan *chosen = mm_session_plan_const(app->session);
    if (plan->seen != mm_plan_revision(chosen) + 1 || plan->dialect != inspector_of_const(app)->dialect ||
        plan->costs.known != mm_session_triaged(app->session) || plan->unsaved != mm_plan_unsaved(chosen))
        plan_lines_make(plan, app);
    fit(plan, app);
}

static uint64_t scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST | SCOPE_PLAN;
}

static const int *hints(const struct view *view)
{
    static const int usual[] = {ACT_WRITE,     ACT_BACK,   ACT_PRECISION_NEXT, ACT_PRECISION_CLEAR,
                                ACT_UNDO,      ACT_REDO,   ACT_TO_MENU,        ACT_PLAN_DIFF,
                                ACT_PLAN_SORT, ACT_EXPORT, ACT_HELP,           ACT_NONE};
    (void)view;
    return usual;
}

static void close_view(struct view *view)
{
    struct plan_view *plan = (struct plan_view *)view;
    plan_lines_clear(plan);
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
    plan_lines_make(plan, app);
    for (int row = 0; row < plan->list.count; row++) {
        if (plan->lines[row].kind == LINE_OVERRIDE) {
            plan->list.cursor = row;
            break;
        }
    }
    return &plan->view;
}
