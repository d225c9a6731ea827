#include "views/columns_view.h"

#include <stdlib.h>
#include <string.h>

#include "views/layers.h"

struct columns_view {
    struct view view;
    struct layers *layers;       /* the screen below */
    struct column_choice before; /* what it had */
    struct list list;
    int row[MM_COLUMN_COUNT]; /* of each row its place in the choice: columns that the session has */
    int w, h;
};

#define KEY_AT     6  /* behind "[x] " and the border */
#define KEY_WIDTH  12 /* "introduced" and two blanks */
#define BOX_MOST   76
#define LIST_SEEN  7 /* rows of the screen below that stay in sight */
#define LIST_LEAST 4 /* where there is less room: title, headings, two layers */

static int box_height(const struct columns_view *columns)
{
    int most = columns->h - (columns->h > 2 * LIST_SEEN ? LIST_SEEN : LIST_LEAST);
    return columns->list.count + 2 < most ? columns->list.count + 2 : most;
}

static void make_rows(struct columns_view *columns, const struct mm_session *session)
{
    int count = 0;
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        if (mm_column_there(session, columns->layers->columns.pick[i].id))
            columns->row[count++] = i;
    }
    list_set_count(&columns->list, count);
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct columns_view *columns = (struct columns_view *)view;
    columns->w = w;
    columns->h = h;
    make_rows(columns, app->session);
    list_resize(&columns->list, box_height(columns) - 2);
}

static struct layers_layout seen(const struct columns_view *columns, const struct app *app)
{
    return layers_lay_out(columns->layers, app->session,
                          layers_list_width(columns->layers, app->session, columns->w));
}

/* ---- drawing ---- */

/* x: it is on the screen; -: there is no room for it. */
static const char *state_mark(const struct columns_view *columns, const struct layers_layout *layout,
                              int pick)
{
    const struct column_choice *choice = &columns->layers->columns;
    if (layout->width[choice->pick[pick].id])
        return "[x]";
    return choice->pick[pick].wish == COLUMN_HIDDEN ? "[ ]" : "[-]";
}

static void draw_row(const struct columns_view *columns, const struct app *app,
                     const struct layers_layout *layout, int row, struct canvas *box, int y)
{
    int pick = columns->row[row];
    enum mm_column_id id = columns->layers->columns.pick[pick].id;
    canvas_fill(box, 1, y, box->w - 2, 1, ROLE_MENU);
    canvas_text(box, 2, y, -1, ROLE_MENU_KEY, state_mark(columns, layout, pick));
    canvas_text(box, KEY_AT, y, KEY_WIDTH, ROLE_MENU, mm_column(id)->key);
    canvas_fit(box, KEY_AT + KEY_WIDTH, y, box->w - 2 - KEY_AT - KEY_WIDTH, ALIGN_LEFT, ROLE_MENU,
               mm_column_help(id), app->glyphs);
    if (row == columns->list.cursor) {
        canvas_overlay(box, 1, y, box->w - 2, 1, ROLE_MENU_SEL);
        canvas_cursor(box, 1, y, false);
    }
}

static void draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct columns_view *columns = (const struct columns_view *)view;
    const struct list *list = &columns->list;
    struct layers_layout layout = seen(columns, app);
    layers_draw(&columns->layers->view, app, c);
    int w = c->w < BOX_MOST ? c->w : BOX_MOST, h = box_height(columns);
    struct canvas box = canvas_sub(c, 0, c->h - h, w, h);
    canvas_overlay(&box, 0, 0, box.w, box.h, ROLE_DEFAULT);
    canvas_fill(&box, 0, 0, box.w, box.h, ROLE_MENU);
    canvas_box(&box, ROLE_MENU, app->glyphs);
    canvas_text(&box, 2, 0, box.w - 4, ROLE_MENU_KEY, "Columns, from left to right");
    for (int y = 0; y < list->height && list->top + y < list->count; y++)
        draw_row(columns, app, &layout, list->top + y, &box, 1 + y);
    if (list->height < list->count)
        canvas_textf(&box, 2, box.h - 1, box.w - 4, ROLE_MENU_KEY, " %d of %d ", list->cursor + 1,
                     list->count);
}

/* "; no room here for sqnr, mse"; false, and nothing, where all that was asked for is on the screen. */
static bool put_missing(const struct layers *layers, const struct mm_session *session, struct mm_buf *out)
{
    struct layers_layout layout =
        layers_lay_out(layers, session, layers_list_width(layers, session, layers->w));
    const char *comma = "; no room here for ";
    size_t before = out->length;
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        enum mm_column_id id = layers->columns.pick[i].id;
        if (layers->columns.pick[i].wish != COLUMN_ASKED || layout.width[id] || !mm_column_there(session, id))
            continue;
        mm_buf_printf(out, "%s%s", comma, mm_column(id)->key);
        comma = ", ";
    }
    return out->length > before;
}

static void status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct columns_view *columns = (const struct columns_view *)view;
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "%d shown", seen(columns, app).count);
    bool missing = put_missing(columns->layers, app->session, &text);
    canvas_fit(c, 1, 0, c->w - 2, ALIGN_LEFT, missing ? ROLE_WARN : ROLE_STATUS, mm_buf_text(&text),
               app->glyphs);
    mm_buf_done(&text);
}

/* ---- actions ---- */

/* What is on the screen goes, what is not comes. One column has to stay. */
static void toggle(struct columns_view *columns, struct app *app)
{
    struct column_choice *choice = &columns->layers->columns;
    struct layers_layout layout = seen(columns, app);
    int pick = columns->row[columns->list.cursor];
    enum mm_column_id id = choice->pick[pick].id;
    bool hide = layout.width[id] || choice->pick[pick].wish == COLUMN_ASKED;
    if (hide && layout.width[id] && layout.count == 1)
        app_say(app, ROLE_WARN, "One column has to stay.");
    else
        choice->pick[pick].wish = hide ? COLUMN_HIDDEN : COLUMN_ASKED;
}

/* One column further, past those that this session does not have. */
static void move(struct columns_view *columns, int by)
{
    int here = columns->list.cursor, there = here + by;
    if (there < 0 || there >= columns->list.count)
        return;
    column_choice_swap(&columns->layers->columns, columns->row[here], columns->row[there]);
    list_goto(&columns->list, there);
}

/* Those on the screen, as --columns takes them. */
static void say_columns(const struct layers *layers, struct app *app)
{
    struct layers_layout layout =
        layers_lay_out(layers, app->session, layers_list_width(layers, app->session, layers->w));
    struct mm_buf text = {0};
    for (int i = 0; i < layout.count; i++)
        mm_buf_printf(&text, "%s%s", i ? "," : "", mm_column(layout.column[i])->key);
    bool missing = put_missing(layers, app->session, &text);
    app_say(app, missing ? ROLE_WARN : ROLE_STATUS, "Columns: %s", mm_buf_text(&text));
    mm_buf_done(&text);
}

static void leave(struct columns_view *columns, struct app *app, bool keep)
{
    struct layers *layers = columns->layers;
    if (!keep)
        layers->columns = columns->before;
    app_pop(app);
    if (keep)
        say_columns(layers, app);
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct columns_view *columns = (struct columns_view *)view;
    if (list_act(&columns->list, event))
        return true;
    switch (event->id) {
    case ACT_COLUMN_TOGGLE: toggle(columns, app); return true;
    case ACT_COLUMN_RIGHT: move(columns, 1); return true;
    case ACT_COLUMN_LEFT: move(columns, -1); return true;
    case ACT_COLUMNS_USUAL:
        column_choice_usual(&columns->layers->columns);
        make_rows(columns, app->session);
        return true;
    case ACT_COLUMNS_KEEP: leave(columns, app, true); return true;
    case ACT_ESCAPE:
    case ACT_BACK:
    case ACT_CLOSE: leave(columns, app, false); return true;
    default: return false;
    }
}

static uint64_t scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST | SCOPE_COLUMNS;
}

static const int *hints(const struct view *view)
{
    static const int usual[] = {ACT_COLUMNS_KEEP, ACT_ESCAPE,        ACT_COLUMN_TOGGLE, ACT_COLUMN_RIGHT,
                                ACT_COLUMN_LEFT,  ACT_COLUMNS_USUAL, ACT_NONE};
    (void)view;
    return usual;
}

static void close_view(struct view *view)
{
    free(view);
}

static const struct view_ops ops = {
    .name = "columns",
    .scopes = scopes,
    .hints = hints,
    .draw = draw,
    .status = status,
    .act = act,
    .size = size,
    .close = close_view,
};

struct view *columns_view_open(struct app *app, struct layers *layers)
{
    struct columns_view *columns = calloc(1, sizeof *columns);
    if (!columns)
        return NULL;
    columns->view.ops = &ops;
    columns->layers = layers;
    columns->before = layers->columns;
    columns->w = layers->w;
    columns->h = layers->h;
    make_rows(columns, app->session);
    return &columns->view;
}

bool layers_columns_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    struct mm_err err;
    if (event->id != ACT_COLUMNS)
        return false;
    if (!event->text)
        app_push_take(app, columns_view_open(app, layers));
    else if (column_choice_read(&layers->columns, event->text, &err) < 0)
        app_say_err(app, &err);
    else
        say_columns(layers, app);
    return true;
}
