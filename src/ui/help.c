#include "ui/help.h"
#include "base/translate.h"
#include "ui/app.h"
#include "ui/text_fit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One line of the screen. */
struct row {
    const char *heading; /* a heading, or NULL */
    int id;              /* ACT_NONE on the second and later lines of one text */
    const char *text;    /* a piece of the help text, not terminated */
    int length;
};

struct help {
    struct view view;
    const struct actions *actions;
    uint64_t scopes; /* of the view that help was asked for */
    const char *name;
    struct row *rows;
    size_t count, capacity;
    struct list list;
    char wanted[64]; /* what is looked for; "": nothing */
    int hit;         /* the row that has it; -1: none */
};

/* Columns: where the action's name and the text begin. The name is left out on a narrow screen. */
struct columns {
    int name, text;
};

static struct columns columns_for(int w)
{
    return w >= 72 ? (struct columns){16, 35} : (struct columns){0, 16};
}

/* ---- making the rows ---- */

static void add_row(struct help *help, struct row row)
{
    void *rows = help->rows;
    if (mm_grow(&rows, &help->capacity, help->count + 1, sizeof(*help->rows)) < 0)
        return; /* out of memory: a shorter help */
    help->rows = rows;
    help->rows[help->count++] = row;
}

static void add_action(struct help *help, const struct action_info *info, int width)
{
    const char *text = mm_tr(info->help);
    int shown = info->id;
    while (*text) {
        int length = (int)text_fit_break(text, width > 8 ? width : 8);
        add_row(help, (struct row){.id = shown, .text = text, .length = length});
        shown = ACT_NONE;
        text += length;
        text += strspn(text, " ");
    }
}

static void add_heading(struct help *help, const char *heading)
{
    if (help->count > 0)
        add_row(help, (struct row){0});
    add_row(help, (struct row){.heading = heading});
}

/* Rebuild all rows: the actions that are known here, below the headings of their sections. */
static void make_rows(struct help *help, int w)
{
    const char *last = "";
    help->count = 0;
    for (size_t s = 0; s < help->actions->count; s++) {
        const struct action_section *section = &help->actions->section[s];
        for (size_t i = 0; i < section->count; i++) {
            if (!(section->row[i].scopes & help->scopes))
                continue;
            if (strcmp(section->heading, last) != 0)
                add_heading(help, section->heading);
            last = section->heading;
            add_action(help, &section->row[i], w - columns_for(w).text - 1);
        }
    }
}

/* ---- the view ---- */

static uint64_t help_scopes(const struct view *view)
{
    (void)view;
    return SCOPE_HELP | SCOPE_LIST;
}

static const int *help_hints(const struct view *view)
{
    static const int reading[] = {ACT_FIND, ACT_DOWN, ACT_UP, ACT_NONE};
    static const int finding[] = {ACT_FIND_NEXT, ACT_FIND, ACT_ESCAPE, ACT_DOWN, ACT_UP, ACT_NONE};
    return ((const struct help *)view)->wanted[0] ? finding : reading;
}

/* What is looked for, wherever it stands in a text (ASCII) that is drawn at x. */
static void mark(struct canvas *c, int x, int y, const char *text, size_t length, const char *wanted)
{
    size_t size = strlen(wanted);
    for (size_t i = 0; size && i + size <= length; i++) {
        if (strncasecmp(text + i, wanted, size) == 0)
            canvas_restyle(c, x + (int)i, y, (int)size, 1, ROLE_MATCH);
    }
}

static void draw_action(const struct help *help, const struct app *app, const struct row *row,
                        struct canvas *c, int y)
{
    struct columns at = columns_for(c->w);
    const struct action_info *info = action_info(help->actions, row->id);
    struct mm_buf keys;
    mm_buf_init(&keys);
    int count = row->id == ACT_NONE ? 0 : keymap_keys_in(&app->keymap, row->id, help->scopes, 0, &keys);
    int room = (at.name ? at.name : at.text) - 3;
    if (count > 0)
        canvas_fit(c, 2, y, room, ALIGN_LEFT, ROLE_HELP_KEY, mm_buf_text(&keys), app->glyphs);
    else if (row->id != ACT_NONE && !at.name)
        canvas_textf(c, 2, y, room, ROLE_HELP_KEY, ":%.*s", INT_MAX, info->name);
    if (row->id != ACT_NONE && at.name)
        canvas_textf(c, at.name, y, at.text - at.name - 1, ROLE_DIM, ":%.*s", INT_MAX, info->name);
    canvas_textf(c, at.text, y, -1, ROLE_HELP, "%.*s", row->length, row->text);
    if (row->id != ACT_NONE && at.name)
        mark(c, at.name + 1, y, info->name, strlen(info->name), help->wanted);
    mark(c, at.text, y, row->text, (size_t)row->length, help->wanted);
    mm_buf_done(&keys);
}

static void help_draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct help *help = (const struct help *)view;
    canvas_textf(c, 1, 0, -1, ROLE_TITLE, "Keys for the screen: %s", mm_tr_in("title", help->name));
    for (int y = 0; y < help->list.height; y++) {
        int index = help->list.top + y;
        if (index >= help->list.count)
            break;
        const struct row *row = &help->rows[index];
        if (row->heading)
            canvas_text(c, 1, 2 + y, -1, ROLE_HELP_HEAD, row->heading);
        else if (row->text)
            draw_action(help, app, row, c, 2 + y);
    }
    int at = help->hit - help->list.top;
    canvas_cursor(c, 0, 2 + (help->wanted[0] && at >= 0 && at < help->list.height ? at : 0), false);
}

/* ---- finding ---- */

/* An action's first line stands for all of its lines. */
static bool row_has(const struct help *help, const struct app *app, const struct row *row)
{
    const struct action_info *info = action_info(help->actions, row->id);
    struct mm_buf keys = {0};
    if (row->id == ACT_NONE)
        return row->heading && mm_text_find(row->heading, help->wanted);
    keymap_keys_in(&app->keymap, row->id, help->scopes, 0, &keys);
    bool key = strlen(help->wanted) > 2 && mm_text_find(mm_buf_text(&keys), help->wanted); /* PgDn; not d */
    mm_buf_done(&keys);
    return key || mm_text_find(info->name, help->wanted) || mm_text_find(info->help, help->wanted);
}

static int count_hits(const struct help *help, const struct app *app)
{
    int hits = 0;
    for (size_t i = 0; i < help->count; i++)
        hits += row_has(help, app, &help->rows[i]);
    return hits;
}

/* The next row that has it, from `from` on, round the ends; it is shown a few rows below the upper edge. */
static void seek(struct help *help, struct app *app, int from, int by)
{
    int count = (int)help->count;
    for (int i = 0; i < count; i++) {
        int row = ((from + by * i) % count + count) % count;
        if (!row_has(help, app, &help->rows[row]))
            continue;
        help->hit = row;
        int top = row - 2, last = count - help->list.height;
        top = top > last ? last : top;
        help->list.top = help->list.cursor = top > 0 ? top : 0;
        return;
    }
    app_say(app, ROLE_WARN, "Nothing here has \"%s\"", help->wanted);
    help->wanted[0] = '\0';
    help->hit = -1;
}

static bool find(struct help *help, struct app *app, const struct action_event *event)
{
    if (event->id == ACT_FIND) {
        snprintf(help->wanted, sizeof help->wanted, "%s", event->text ? event->text : "");
        if (help->wanted[0])
            seek(help, app, help->list.top, 1);
        return true;
    }
    if (event->id == ACT_ESCAPE && help->wanted[0]) {
        help->wanted[0] = '\0';
        return true;
    }
    if (event->id != ACT_FIND_NEXT && event->id != ACT_FIND_PREV)
        return false;
    int by = event->id == ACT_FIND_NEXT ? 1 : -1;
    if (help->wanted[0])
        seek(help, app, help->hit + by, by);
    else
        app_say(app, ROLE_STATUS, "Nothing is looked for: / asks for a word");
    return true;
}

static void help_status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct help *help = (const struct help *)view;
    const struct list *list = &help->list;
    int last = list->top + list->height < list->count ? list->top + list->height : list->count;
    int x = 1 + canvas_textf(c, 1, 0, -1, ROLE_STATUS, "Lines %d to %d of %d",
                             list->count ? list->top + 1 : 0, last, list->count);
    int hits = help->wanted[0] ? count_hits(help, app) : 0;
    if (hits)
        canvas_textf(c, x, 0, -1, ROLE_STATUS, hits == 1 ? "; %d has \"%s\"" : "; %d have \"%s\"", hits,
                     help->wanted);
}

static bool help_act(struct view *view, struct app *app, const struct action_event *event)
{
    struct help *help = (struct help *)view;
    return find(help, app, event) || list_scroll(&help->list, event);
}

static void help_size(struct view *view, struct app *app, int w, int h)
{
    struct help *help = (struct help *)view;
    (void)app;
    make_rows(help, w);
    help->hit = help->hit < (int)help->count ? help->hit : -1;
    list_set_count(&help->list, (int)help->count);
    list_resize(&help->list, h - 2);
}

static void help_close(struct view *view)
{
    struct help *help = (struct help *)view;
    free(help->rows);
    free(help);
}

static const struct view_ops help_ops = {
    .name = "help",
    .scopes = help_scopes,
    .hints = help_hints,
    .draw = help_draw,
    .status = help_status,
    .act = help_act,
    .size = help_size,
    .close = help_close,
};

struct view *help_view_open(struct app *app, uint64_t scopes, const char *name)
{
    struct help *help = calloc(1, sizeof(*help));
    if (!help)
        return NULL;
    help->view.ops = &help_ops;
    help->actions = &app->actions;
    help->scopes = scopes;
    help->name = name;
    help->hit = -1;
    return &help->view;
}
