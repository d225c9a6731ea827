#include "unit/ui/monkey.h"
#include "ui/app.h"
#include "ui/key.h"

#include <stdio.h>
#include <string.h>

/* xorshift64*: small, seeded, the same everywhere. */
static uint32_t next_random(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545F4914F6CDD1DULL >> 33) % below);
}

/* What would end the run, or leave traces outside the program. */
static bool is_forbidden(const struct app *app, int id)
{
    static const char *const never[] = {"quit", "suspend", "write", "export", "pairs", "command"};
    for (size_t i = 0; i < MM_COUNT(never); i++) {
        if (strcmp(never[i], action_info(&app->actions, id)->name) == 0)
            return true;
    }
    return id == ACT_CLOSE && app->depth <= 1;
}

static uint32_t random_key(uint64_t *state)
{
    static const uint32_t special[] = {
        K_ENTER, K_ENTER, K_TAB,   K_ESC,  K_ESC,           K_BACKSPACE,  K_UP,
        K_DOWN,  K_LEFT,  K_RIGHT, K_HOME, K_END,           K_PGUP,       K_PGDN,
        K_F1,    0x4e2d,  0x301,   0x202e, K_SHIFT | K_TAB, K_META | 'x', K_CTRL | 'w'};
    uint32_t kind = next_random(state, 8);
    if (kind < 2)
        return special[next_random(state, MM_COUNT(special))];
    if (kind == 2)
        return K_CTRL | ('a' + next_random(state, 26));
    return ' ' + next_random(state, 95);
}

static void press(struct app *app, uint64_t *state)
{
    uint32_t key = random_key(state);
    const struct view *top = app_top(app);
    if (app->prompt.kind == PROMPT_CLOSED && top &&
        is_forbidden(app, keymap_lookup(&app->keymap, key, top->ops->scopes(top))))
        return;
    if (app->prompt.kind != PROMPT_CLOSED && is_forbidden(app, app->prompt.action))
        key = K_ESC;
    app_key(app, key);
}

/* What the screens have words for, and what they have none for. */
static const char *random_text(uint64_t *state, char *out, size_t size)
{
    static const char *const texts[] = {"conv",
                                        "Pow_*",
                                        "diff2>0.05",
                                        "op=Conv",
                                        "f16",
                                        "",
                                        "Pow_* f32",
                                        "*",
                                        "diff2",
                                        "-1",
                                        "nan",
                                        "999999999999",
                                        "[",
                                        "dtype=i8",
                                        "\xff\x1b[2J",
                                        "mono",
                                        "0.001",
                                        "*** *** i8",
                                        "* none",
                                        "default",
                                        "dropout = cast",
                                        "[0,:,3,:]",
                                        "[:,1]",
                                        "[0,0,0,0]",
                                        "2",
                                        "95%",
                                        "top 5",
                                        "name~a|b",
                                        "onnxruntime",
                                        "network_precision float16",
                                        "diff1 1e-9",
                                        "blue-yellow",
                                        "1e308",
                                        "conv = conv1",
                                        "9223372036854775807",
                                        "~("};
    size_t length = 0;
    if (next_random(state, 4) != 0)
        return texts[next_random(state, MM_COUNT(texts))];
    for (size_t wanted = next_random(state, (uint32_t)size); length < wanted && length + 1 < size; length++)
        out[length] = (char)(1 + next_random(state, next_random(state, 8) ? 126 : 255));
    out[length] = '\0';
    return out;
}

static void type_command(struct app *app, uint64_t *state)
{
    char line[400], text[80];
    const char *words = random_text(state, text, sizeof text);
    int id = (int)(1 + next_random(state, (uint32_t)app->actions.top - 1));
    if (next_random(state, 8) == 0)
        snprintf(line, sizeof line, "%s", words);
    else
        snprintf(line, sizeof line, "%s %s", action_info(&app->actions, id)->name, words);
    size_t word = strcspn(line, " \t");
    char name[80];
    snprintf(name, sizeof name, "%.*s", (int)(word < 79 ? word : 79), line);
    if (!is_forbidden(app, action_find(&app->actions, name)))
        app_command(app, line);
}

/* Half of the time where a click does something. */
static void use_mouse(struct app *app, const struct grid *grid, uint64_t *state)
{
    struct mouse mouse = {.kind = (enum mouse_kind)next_random(state, 4),
                          .x = (int)next_random(state, 310) - 5,
                          .y = (int)next_random(state, 110) - 5};
    if (grid->area_count > 0 && next_random(state, 2)) {
        const struct click_area *area = &grid->areas[next_random(state, (uint32_t)grid->area_count)];
        mouse.kind = MOUSE_CLICK;
        mouse.x = area->x0;
        mouse.y = area->y0;
    }
    struct click click = grid_click(grid, mouse.x, mouse.y);
    bool open = app->prompt.kind != PROMPT_CLOSED;
    if ((click.kind == CLICK_ACTION && is_forbidden(app, click.id)) ||
        (open && is_forbidden(app, app->prompt.action)))
        app_key(app, K_ESC);
    else
        app_mouse(app, grid, &mouse);
}

static void act(struct app *app, uint64_t *state)
{
    char text[80];
    struct action_event event = {.id = (int)(1 + next_random(state, (uint32_t)app->actions.top - 1))};
    if (is_forbidden(app, event.id))
        return;
    if (next_random(state, 4) == 0)
        event.count = (int)next_random(state, 1000);
    if (action_info(&app->actions, event.id)->prompt && next_random(state, 4) != 0)
        event.text = random_text(state, text, sizeof text);
    app_do(app, &event);
}

static void resize(struct app *app, uint64_t *state)
{
    uint32_t kind = next_random(state, 4);
    if (kind == 0)
        app_resize(app, (int)next_random(state, 50), (int)next_random(state, 16));
    else if (kind == 1)
        app_resize(app, 80, 24);
    else
        app_resize(app, (int)next_random(state, 301), (int)next_random(state, 101));
}

static void step(struct app *app, const struct grid *grid, uint64_t *state)
{
    uint32_t kind = next_random(state, 32);
    if (kind == 0)
        resize(app, state);
    else if (kind < 4)
        use_mouse(app, grid, state);
    else if (kind < 6 && app->prompt.kind == PROMPT_CLOSED)
        type_command(app, state);
    else if (kind < 14 && app->prompt.kind == PROMPT_CLOSED)
        act(app, state);
    else
        press(app, state);
    if (kind == 31 && app->hooks.settle) {
        app->hooks.settle(app->hooks.context);
        app_changed(app);
    }
    app_ready(app);
    app->wants = 0;
}

long app_monkey(struct app *app, uint64_t seed, long steps)
{
    struct grid grid;
    uint64_t state = seed * 2 + 1; /* xorshift must not start at 0 */
    long done = 0;
    grid_init(&grid);
    while (done < steps && !app->quit) {
        step(app, &grid, &state);
        app_draw(app, &grid);
        done++;
    }
    grid_done(&grid);
    return done;
}
