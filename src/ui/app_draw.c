#include "ui/app.h"
#include "base/translate.h"
#include "ui/key.h"
#include "ui/text_fit.h"

#include <string.h>

/* ---- too small ---- */

/* One sentence, broken at blanks. */
static void draw_too_small(struct canvas *c)
{
    const char *text = "mmtui needs a window of at least 40 x 10.";
    int x = 0, y = 0;
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (x > 0 && x + 1 + length > c->w) {
            x = 0;
            y++;
        }
        x += x > 0;
        x += canvas_textf(c, x, y, -1, ROLE_DEFAULT, "%.*s", length, text);
        text += length + (text[length] == ' ');
    }
}

/* ---- hints ---- */

struct hint {
    struct mm_buf key;
    const char *label;
    int width; /* columns, with the two blanks before the next one */
};

/* False when the action has no key or no label, or is unknown here. */
static bool make_hint(const struct app *app, int id, uint64_t scopes, struct hint *hint)
{
    const struct action_info *info = action_info(&app->actions, id);
    mm_buf_init(&hint->key);
    hint->label = mm_tr_in("hint", info->hint);
    if (!info->hint || keymap_keys_in(&app->keymap, id, scopes, 1, &hint->key) == 0) {
        mm_buf_done(&hint->key);
        return false;
    }
    hint->width = mm_text_width(mm_buf_text(&hint->key)) + 1 + mm_text_width(hint->label) + 2;
    return true;
}

/* Draw one hint if it fits before `end`; returns where the next one goes. */
static int draw_hint(const struct app *app, int id, uint64_t scopes, struct canvas *c, int x, int end)
{
    struct hint hint;
    if (!make_hint(app, id, scopes, &hint))
        return x;
    if (x + hint.width - 2 <= end) {
        int at = x + canvas_text(c, x, 0, -1, ROLE_FOOTER_KEY, mm_buf_text(&hint.key));
        canvas_text(c, at + 1, 0, -1, ROLE_FOOTER, hint.label);
        canvas_click(c, x, 0, hint.width - 2, 1, (struct click){.kind = CLICK_ACTION, .id = id});
        x += hint.width;
    }
    mm_buf_done(&hint.key);
    return x;
}

static int hint_width(const struct app *app, int id, uint64_t scopes)
{
    struct hint hint;
    if (!make_hint(app, id, scopes, &hint))
        return 0;
    mm_buf_done(&hint.key);
    return hint.width;
}

static bool always_shown(int id)
{
    return id == ACT_HELP || id == ACT_CLOSE;
}

/* The view's hints as far as they fit; help and close always have their place behind them. */
static void draw_hints(const struct app *app, struct canvas *c)
{
    const struct view *top = app_top(app);
    uint64_t scopes = top->ops->scopes(top);
    const int *hints = top->ops->hints ? top->ops->hints(top) : NULL;
    int help = scopes & SCOPE_HELP ? 0 : hint_width(app, ACT_HELP, scopes);
    int end = c->w - help - hint_width(app, ACT_CLOSE, scopes);
    int x = 1;
    for (; hints && *hints != ACT_NONE; hints++) {
        if (!always_shown(*hints))
            x = draw_hint(app, *hints, scopes, c, x, end);
    }
    if (help)
        x = draw_hint(app, ACT_HELP, scopes, c, x, c->w);
    draw_hint(app, ACT_CLOSE, scopes, c, x, c->w);
}

static void draw_prompt_hints(const struct app *app, struct canvas *c)
{
    static const struct {
        enum prompt_kind kind;
        const char *key, *label;
        uint32_t pressed; /* by a click; 0: none */
    } hints[] = {{PROMPT_LINE, "Enter", "OK", K_ENTER},
                 {PROMPT_LINE, "Esc", "cancel", K_ESC},
                 {PROMPT_LINE, "Tab", "complete", K_TAB},
                 {PROMPT_LINE, "Up", "history", K_UP},
                 {PROMPT_MENU, "Enter", "select", K_ENTER},
                 {PROMPT_MENU, "Esc", "cancel", K_ESC},
                 {PROMPT_MENU, "j k", "move", 0},
                 {PROMPT_ASK, "y", "yes", 'y'},
                 {PROMPT_ASK, "n", "no", 'n'}};
    int x = 1;
    for (size_t i = 0; i < MM_COUNT(hints); i++) {
        bool tab = hints[i].kind == PROMPT_LINE && hints[i].key[0] == 'T';
        if (hints[i].kind != app->prompt.kind || (tab && !app->prompt.completer.find))
            continue;
        int from = x;
        x += canvas_text(c, x, 0, -1, ROLE_FOOTER_KEY, hints[i].key) + 1;
        x += canvas_text(c, x, 0, -1, ROLE_FOOTER, mm_tr_in("hint", hints[i].label)) + 2;
        if (hints[i].pressed)
            canvas_click(c, from, 0, x - from - 2, 1,
                         (struct click){.kind = CLICK_KEY, .id = (int)hints[i].pressed});
    }
}

static void draw_footer(const struct app *app, struct canvas *c)
{
    canvas_fill(c, 0, 0, c->w, 1, ROLE_FOOTER);
    if (app->prompt.kind != PROMPT_CLOSED)
        draw_prompt_hints(app, c);
    else
        draw_hints(app, c);
    if (app->count > 0)
        canvas_textf(c, c->w - 8, 0, -1, ROLE_FOOTER_KEY, " %6d", app->count);
}

/* ---- the status row ---- */

static bool has_line_prompt(const struct app *app)
{
    return app->prompt.kind == PROMPT_LINE || app->prompt.kind == PROMPT_ASK;
}

static void draw_status(const struct app *app, struct canvas *c)
{
    const struct view *top = app_top(app);
    canvas_fill(c, 0, 0, c->w, 1, ROLE_STATUS);
    if (has_line_prompt(app))
        prompt_draw_line(&app->prompt, c);
    else if (app->message[0]) {
        canvas_fill(c, 1, 0, c->w - 2, 1, app->message_role);
        text_fit_sentence(c, 1, 0, c->w - 2, app->message_role, app->message, app->glyphs);
    } else if (top->ops->status)
        top->ops->status(top, app, c);
}

/* On a short screen one row is both: what was said or asked last goes before the hints. */
static void draw_bottom(const struct app *app, struct canvas *c)
{
    struct canvas first = canvas_sub(c, 0, 0, c->w, 1);
    struct canvas last = canvas_sub(c, 0, c->h - 1, c->w, 1);
    bool shared = c->h == 1;
    if (!shared || has_line_prompt(app) || app->message[0])
        draw_status(app, &first);
    if (!shared || !(has_line_prompt(app) || app->message[0]))
        draw_footer(app, &last);
}

/* ---- the frame ---- */

void app_render(const struct app *app, struct grid *grid)
{
    const struct view *top = app_top(app);
    grid_clear(grid);
    struct canvas all = grid_canvas(grid);
    if (all.w < APP_MIN_W || all.h < APP_MIN_H) {
        draw_too_small(&all);
        return;
    }
    if (!top)
        return;
    int bottom = all.h < APP_SHORT ? 1 : 2;
    struct canvas body = canvas_sub(&all, 0, 0, all.w, all.h - bottom);
    struct canvas rows = canvas_sub(&all, 0, all.h - bottom, all.w, bottom);
    top->ops->draw(top, app, &body);
    draw_bottom(app, &rows);
    if (app->prompt.kind == PROMPT_MENU)
        prompt_draw_menu(&app->prompt, &body, app->glyphs, app->options.plain);
    prompt_draw_list(&app->prompt, &body, app->glyphs, app->options.plain);
}

void app_draw(struct app *app, struct grid *grid)
{
    if (grid_resize(grid, app->w, app->h) == 0)
        app_render(app, grid);
    app->dirty = false;
}
