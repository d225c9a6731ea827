#include "ui/app.h"
#include "ui/clipboard.h"
#include "ui/help.h"
#include "ui/key.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define COUNT_MAX 999999 /* the largest number that can be typed before a key */

/* ---- opening and closing ---- */

int app_init(struct app *app, struct mm_session *session, const struct app_options *options,
             const struct app_hooks *hooks, struct mm_err *err)
{
    *app = (struct app){.session = session, .hooks = {.fd = -1}, .w = 80, .h = 24, .dirty = true};
    if (options)
        app->options = *options;
    if (hooks)
        app->hooks = *hooks;
    app->glyphs = app->options.ascii ? &glyphs_ascii : &glyphs_utf8;
    if (theme_load(&app->theme, app->options.theme ? app->options.theme : "default", err) < 0)
        return -1;
    mm_buf_init(&app->copy);
    mm_buf_init(&app->typed);
    if (actions_init(&app->actions, app->hooks.sections, app->hooks.section_count, err) < 0)
        return -1;
    app->histories = calloc((size_t)app->actions.top, sizeof(*app->histories));
    if (app->histories && keymap_init(&app->keymap, &app->actions, err) == 0)
        return 0;
    free(app->histories);
    actions_done(&app->actions);
    return mm_fail_memory(err);
}

void app_done(struct app *app)
{
    while (app->depth > 0) {
        struct view *view = app->stack[--app->depth];
        view->ops->close(view);
    }
    keymap_done(&app->keymap);
    mm_buf_done(&app->copy);
    mm_buf_done(&app->typed);
    for (int id = 0; id < app->actions.top; id++)
        history_done(&app->histories[id]);
    free(app->histories);
    actions_done(&app->actions);
}

/* ---- views ---- */

struct view *app_top(const struct app *app)
{
    return app->depth > 0 ? app->stack[app->depth - 1] : NULL;
}

static int bottom_rows(const struct app *app)
{
    return app->h < APP_SHORT ? 1 : 2;
}

static void tell_size(struct app *app, struct view *view)
{
    int h = app->h - bottom_rows(app);
    if (view->ops->size)
        view->ops->size(view, app, app->w, h > 0 ? h : 0);
}

int app_push_take(struct app *app, struct view *view)
{
    if (!view) {
        app_say(app, ROLE_ERROR, "Out of memory: can't open this screen.");
        return -1;
    }
    if (app->depth == APP_DEPTH) {
        view->ops->close(view);
        app_say(app, ROLE_ERROR, "Too many screens are open; q closes one.");
        return -1;
    }
    app->stack[app->depth++] = view;
    tell_size(app, view);
    app->dirty = true;
    return 0;
}

void app_pop(struct app *app)
{
    struct view *view = app_top(app);
    if (view) {
        app->depth--;
        view->ops->close(view);
    }
    if (app->depth == 0)
        app->quit = true;
    else
        app_changed(app); /* what lies below may be out of date */
}

void app_changed(struct app *app)
{
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i]->ops->update)
            app->stack[i]->ops->update(app->stack[i], app);
    }
    app->dirty = true;
}

void app_touch(struct app *app)
{
    app->dirty = true;
}

void app_resize(struct app *app, int w, int h)
{
    app->w = w < 0 ? 0 : w > GRID_MAX ? GRID_MAX : w;
    app->h = h < 0 ? 0 : h > GRID_MAX ? GRID_MAX : h;
    for (int i = 0; i < app->depth; i++)
        tell_size(app, app->stack[i]);
    app->dirty = true;
}

void app_ready(struct app *app)
{
    if (app->hooks.ready && app->hooks.ready(app->hooks.context))
        app_changed(app);
}

double app_due(const struct app *app)
{
    return app->hooks.due ? app->hooks.due(app->hooks.context) : INFINITY;
}

void app_tick(struct app *app)
{
    if (app->hooks.tick && app->hooks.tick(app->hooks.context))
        app_changed(app);
}

/* ---- saying and asking ---- */

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mm_vformat(app->message, sizeof(app->message), format, args);
    va_end(args);
    app->message_role = role;
    app->dirty = true;
}

void app_say_err(struct app *app, const struct mm_err *err)
{
    app_say(app, ROLE_ERROR, "%s", err->text);
}

/* The text of the action that the prompt is for. */
static void complete_text(const void *data, struct completions *out)
{
    const struct app *app = data;
    action_info(&app->actions, app->prompt.action)->complete(app, out);
}

void app_prompt(struct app *app, int action, const char *label, const char *text)
{
    struct completer completer = {action_info(&app->actions, action)->complete ? complete_text : NULL, app};
    prompt_open_line(&app->prompt, action, label, text, &app->histories[action], &completer);
    app->dirty = true;
}

void app_ask(struct app *app, int action, const char *question)
{
    prompt_open_ask(&app->prompt, action, question);
    app->dirty = true;
}

void app_menu(struct app *app, int action, const char *title, const struct menu_item *items, int count,
              int current)
{
    prompt_open_menu(&app->prompt, action, title, items, count, current);
    app->dirty = true;
}

void app_copy(struct app *app, const char *text, const char *what)
{
    size_t length = strlen(text);
    mm_buf_clear(&app->copy);
    if (length > CLIPBOARD_MAX) {
        app_say(app, ROLE_WARN, "Not copied: %zu bytes, and terminals take %d at most", length,
                CLIPBOARD_MAX);
        return;
    }
    mm_buf_puts(&app->copy, text);
    app->wants |= APP_WANTS_COPY;
    app_say(app, ROLE_STATUS, "Copied %s, if the terminal allows it", what);
}

/* ---- what the app itself answers to ---- */

static void quit(struct app *app, const struct action_event *event)
{
    bool sure = event->text && strcmp(event->text, "yes") == 0;
    const char *question = !sure && app->hooks.unsaved ? app->hooks.unsaved(app->hooks.context) : NULL;
    if (question)
        app_ask(app, ACT_QUIT, question);
    else
        app->quit = true;
}

static void close_view(struct app *app, const struct action_event *event)
{
    if (app->depth > 1)
        app_pop(app);
    else
        quit(app, event);
}

static void back(struct app *app, const struct action_event *event)
{
    if (app->depth > 1)
        app_pop(app);
    else if (event->id == ACT_BACK)
        app_say(app, ROLE_STATUS, "This is the first screen; q ends mmtui.");
}

static void command(struct app *app, const struct action_event *event)
{
    app_command(app, event->text);
}

/* ---- themes ---- */

static int use_theme(struct app *app, const char *name)
{
    struct mm_err err = {0};
    struct theme theme;
    if (theme_load(&theme, name, &err) < 0) {
        app_say_err(app, &err);
        return -1;
    }
    app->theme = theme;
    app->wants |= APP_WANTS_REPAINT;
    return 0;
}

static void open_theme_menu(struct app *app)
{
    int count = 0, current = 0;
    for (const char *name; count < APP_THEMES && (name = theme_shipped(count)); count++) {
        current = strcmp(name, app->theme.name) == 0 ? count : current;
        app->themes[count] = (struct menu_item){(char)('1' + count), name, name};
    }
    app->theme_before = app->theme;
    app_menu(app, ACT_THEME, "Theme", app->themes, count, current);
}

static void change_theme(struct app *app, const struct action_event *event)
{
    if (!event->text)
        open_theme_menu(app);
    else if (use_theme(app, event->text) == 0)
        app_say(app, ROLE_STATUS, "Theme: %s", app->theme.name);
}

/* A key was pressed in the menu of themes: the screen shows the one that is selected; Esc brings back the one before. */
static void preview_theme(struct app *app, enum prompt_result result)
{
    const struct prompt *prompt = &app->prompt;
    if (result == PROMPT_STAYS)
        use_theme(app, prompt->items[prompt->list.cursor].value);
    else if (result == PROMPT_CANCEL) {
        app->theme = app->theme_before;
        app->wants |= APP_WANTS_REPAINT;
    }
}

/* ---- the rest of its answers ---- */

static void open_help(struct app *app, const struct action_event *event)
{
    const struct view *top = app_top(app);
    uint64_t scopes = top ? top->ops->scopes(top) : 0;
    (void)event;
    if (!(scopes & SCOPE_HELP))
        app_push_take(app, help_view_open(app, scopes, top ? top->ops->name : ""));
}

static void redraw(struct app *app, const struct action_event *event)
{
    (void)event;
    app->wants |= APP_WANTS_REPAINT;
    app->dirty = true;
}

/* What the screen shows besides the bottom lines. Views that have better answer it themselves. */
static void copy_text(struct app *app, const struct action_event *event)
{
    struct grid grid;
    struct mm_buf text;
    const struct view *top = app_top(app);
    (void)event;
    grid_init(&grid);
    mm_buf_init(&text);
    if (top && grid_resize(&grid, app->w, app->h - bottom_rows(app)) == 0) {
        struct canvas all = grid_canvas(&grid);
        top->ops->draw(top, app, &all);
        grid_dump_glyphs(&grid, &text);
        app_copy(app, mm_buf_text(&text), mm_tr("what this screen shows"));
    }
    mm_buf_done(&text);
    grid_done(&grid);
}

static void mouse(struct app *app, const struct action_event *event)
{
    (void)event;
    app->mouse = !app->mouse;
    app->wants |= APP_WANTS_MOUSE;
    app_say(app, ROLE_STATUS, "%s",
            app->mouse ? "Mouse on (m: off), Shift selects text; a click selects, another one opens"
                       : "Mouse off");
}

static void suspend(struct app *app, const struct action_event *event)
{
    (void)event;
    app->wants |= APP_WANTS_SUSPEND;
}

static const struct {
    int id;
    void (*answer)(struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_COMMAND, command}, {ACT_THEME, change_theme}, {ACT_HELP, open_help},  {ACT_COPY_TEXT, copy_text},
    {ACT_MOUSE, mouse},     {ACT_REDRAW, redraw},      {ACT_SUSPEND, suspend}, {ACT_ESCAPE, back},
    {ACT_BACK, back},       {ACT_CLOSE, close_view},   {ACT_QUIT, quit},
};

static bool answer(struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].answer(app, event);
            return true;
        }
    }
    return false;
}

/* ---- actions ---- */

static uint64_t top_scopes(const struct app *app)
{
    const struct view *top = app_top(app);
    return top ? top->ops->scopes(top) : SCOPE_ANY;
}

/* Only what can be answered without a text is sent on without one. */
static bool asks_first(const struct app *app, const struct action_event *event)
{
    return action_info(&app->actions, event->id)->prompt && !event->text &&
           !(event->id == ACT_GOTO && event->count > 0);
}

void app_do(struct app *app, const struct action_event *event)
{
    const struct action_info *info = action_info(&app->actions, event->id);
    struct view *top = app_top(app);
    app->dirty = true;
    if (info->id == ACT_NONE)
        return;
    if (!(info->scopes & top_scopes(app))) {
        app_say(app, ROLE_WARN, "'%s' is not available on this screen.", info->name);
        return;
    }
    if (asks_first(app, event)) {
        app_prompt(app, event->id, info->prompt, NULL);
        return;
    }
    struct action_event row = *event;
    int64_t number;
    if (event->id == ACT_GOTO && event->text && mm_parse_i64(event->text, &number))
        row.count = number < 1 ? 1 : number > COUNT_MAX ? COUNT_MAX : (int)number;
    if (top && top->ops->act && top->ops->act(top, app, &row))
        return;
    if (app->hooks.act && app->hooks.act(app->hooks.context, app, &row))
        return;
    if (!answer(app, &row))
        app_say(app, ROLE_WARN, "'%s' does nothing here.", info->name);
}

void app_act(struct app *app, int id, const char *text)
{
    app_do(app, &(struct action_event){.id = id, .text = text});
}

/* A copy of [text, end) without blanks at its ends, cut to LINE_MAX_BYTES. */
static void copy_trimmed(char out[LINE_MAX_BYTES], const char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    length = length < LINE_MAX_BYTES - 1 ? length : LINE_MAX_BYTES - 1;
    memcpy(out, text, length);
    out[length] = '\0';
}

int app_command(struct app *app, const char *line)
{
    char copy[LINE_MAX_BYTES]; /* the line may be the prompt's own, and the action may open another prompt */
    int64_t number;
    copy_trimmed(copy, line + (line[0] == ':'));
    if (copy[0] == '\0')
        return 0;
    if (mm_parse_i64(copy, &number)) {
        app_act(app, ACT_GOTO, copy);
        return 0;
    }
    char *text = copy + strcspn(copy, " \t");
    if (*text) {
        *text++ = '\0';
        text += strspn(text, " \t");
    }
    int id = action_find(&app->actions, copy);
    if (id == ACT_NONE) {
        char hint[MM_NEAREST];
        app_say(app, ROLE_ERROR, "Unknown action '%s'%s (? lists them)", copy,
                action_hint(&app->actions, copy, hint));
        return -1;
    }
    app_act(app, id, *text ? text : NULL);
    return 0;
}

/* ---- keys ---- */

/* Bounded by the patience of who types. */
static void remember(struct app *app, int action, const char *text)
{
    history_add(&app->histories[action], text);
    if (text[0])
        mm_buf_printf(&app->typed, "%s %s\n", action_info(&app->actions, action)->name, text);
}

/* A key was pressed in a line: the view may show what comes of it. */
static void tell_typed(struct app *app, enum prompt_result result)
{
    struct view *top = app_top(app);
    if (result != PROMPT_COMMIT && top && top->ops->typed)
        top->ops->typed(top, app, app->prompt.action, result == PROMPT_STAYS ? app->prompt.line.text : NULL);
}

static void prompt_key_pressed(struct app *app, uint32_t key)
{
    char text[LINE_MAX_BYTES]; /* the action may open the prompt again */
    bool typed = app->prompt.kind == PROMPT_LINE;
    bool themes = app->prompt.kind == PROMPT_MENU && app->prompt.action == ACT_THEME;
    enum prompt_result result = prompt_key(&app->prompt, key);
    if (themes)
        preview_theme(app, result);
    if (typed)
        tell_typed(app, result);
    if (result != PROMPT_COMMIT)
        return;
    int action = app->prompt.action;
    copy_trimmed(text, prompt_answer(&app->prompt));
    if (typed)
        remember(app, action, text);
    if (text[0] || action_info(&app->actions, action)->empty)
        app_act(app, action, text);
}

/* A digit that continues (or, from 1 on, begins) a count. */
static bool count_key(struct app *app, uint32_t key)
{
    if (key < '0' || key > '9' || (key == '0' && app->count == 0))
        return false;
    app->count = app->count * 10 + (int)(key - '0');
    if (app->count > COUNT_MAX)
        app->count = COUNT_MAX;
    return true;
}

/*
 * A terminal sends Alt-x and a quick Esc x alike. It is Alt only where somebody has bound it.
 */
static bool is_really_escape(const struct app *app, uint32_t key)
{
    return (key & K_META) && (app->prompt.kind != PROMPT_CLOSED ||
                              keymap_lookup(&app->keymap, key, top_scopes(app)) == ACT_NONE);
}

void app_key(struct app *app, uint32_t key)
{
    char name[KEY_NAME_SIZE];
    if (key == K_NONE)
        return;
    if (is_really_escape(app, key)) {
        app_key(app, K_ESC);
        key &= ~K_META;
    }
    app->dirty = true;
    app->message[0] = '\0';
    if (app->prompt.kind != PROMPT_CLOSED) {
        prompt_key_pressed(app, key);
        return;
    }
    int id = keymap_lookup(&app->keymap, key, top_scopes(app));
    if ((id == ACT_NONE || app->count > 0) && count_key(app, key)) /* 70 is a number even where 0 is a key */
        return;
    int count = app->count;
    app->count = 0;
    if (count > 0 && id == ACT_ESCAPE)
        return; /* Esc backs out of one thing: the number */
    if (id == ACT_NONE)
        app_say(app, ROLE_STATUS, "%s does nothing here; ? shows the keys.", key_label(name, key));
    else
        app_do(app, &(struct action_event){.id = id, .count = count});
}

/* ---- the mouse ---- */

static void wheel(struct app *app, bool down)
{
    const struct action_event event = {.id = down ? ACT_SCROLL_DOWN : ACT_SCROLL_UP,
                                       .count = MOUSE_WHEEL_ROWS};
    if (app->prompt.kind == PROMPT_MENU || (app->prompt.kind == PROMPT_LINE && app->prompt.listing))
        prompt_key_pressed(app, down ? K_DOWN : K_UP);
    else if (app->prompt.kind == PROMPT_CLOSED && top_scopes(app) & SCOPE_LIST)
        app_do(app, &event);
}

/* What was drawn before a prompt opened, or while one was open, is void. */
static void click(struct app *app, const struct click *click)
{
    bool closed = app->prompt.kind == PROMPT_CLOSED;
    if (click->kind == CLICK_ACTION && closed) {
        app_do(app, &(struct action_event){.id = click->id, .count = click->count, .text = click->text});
    } else if (click->kind == CLICK_KEY && !closed) {
        prompt_key_pressed(app, (uint32_t)click->id);
    } else if (click->kind == CLICK_ITEM && app->prompt.kind == PROMPT_LINE) {
        prompt_choose(&app->prompt, click->id);
    } else if (app->prompt.kind == PROMPT_MENU) {
        bool item = click->kind == CLICK_ITEM && click->id < app->prompt.list.count;
        if (item)
            list_goto(&app->prompt.list, click->id);
        prompt_key_pressed(app, item ? K_ENTER : K_ESC); /* beside the menu: out of it */
    }
}

void app_mouse(struct app *app, const struct grid *grid, const struct mouse *mouse)
{
    struct click on = grid_click(grid, mouse->x, mouse->y);
    app->dirty = true;
    app->message[0] = '\0';
    app->count = 0;
    if (mouse->kind == MOUSE_CLICK)
        click(app, &on);
    else if (mouse->kind != MOUSE_NONE)
        wheel(app, mouse->kind == MOUSE_WHEEL_DOWN);
}
