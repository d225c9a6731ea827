#include "ui/script.h"
#include "ui/app.h"
#include "ui/key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LINE_LIMIT 4096      /* bytes of a line, end included */
#define FILE_LIMIT (1 << 20) /* bytes of a script */

/* After everything that a user could do: wait for the jobs, and drop what only a terminal could do. */
static void settle(struct app *app)
{
    if (app->hooks.settle) {
        app->hooks.settle(app->hooks.context);
        app_changed(app);
    }
    app->wants = 0;
}

void script_frame(struct app *app, struct mm_buf *out)
{
    struct grid grid;
    grid_init(&grid);
    app_draw(app, &grid);
    grid_dump_glyphs(&grid, out);
    mm_buf_puts(out, "---\n");
    grid_dump_styles(&grid, out);
    grid_done(&grid);
}

bool script_parse_size(const char *text, int *w, int *h)
{
    char extra;
    return sscanf(text, "%4dx%4d%c", w, h, &extra) == 2 && *w >= 0 && *h >= 0 && *w <= GRID_MAX &&
           *h <= GRID_MAX;
}

/* ---- lines that are about the script itself ---- */

static int write_frame(struct app *app, const char *path, struct mm_err *err)
{
    struct mm_buf frame;
    int result = 0;
    mm_buf_init(&frame);
    script_frame(app, &frame);
    if (frame.failed)
        result = mm_fail_memory(err);
    else if (strcmp(path, "-") == 0)
        fwrite(mm_buf_text(&frame), 1, frame.length, stdout);
    else
        result = mm_file_write(path, mm_buf_text(&frame), frame.length, err);
    mm_buf_done(&frame);
    return result;
}

static int do_screen(struct app *app, const char *path, struct mm_err *err)
{
    settle(app);
    return write_frame(app, path, err);
}

static int do_resize(struct app *app, const char *size, struct mm_err *err)
{
    int w, h;
    if (!script_parse_size(size, &w, &h))
        return mm_fail(err, MM_EARG, "'%s' is no size such as 80x24", size);
    app_resize(app, w, h);
    settle(app);
    return 0;
}

static int use_mouse(struct app *app, const struct mouse *mouse, struct mm_err *err)
{
    struct grid grid;
    settle(app);
    grid_init(&grid);
    app_draw(app, &grid);
    int result = grid.w == app->w && grid.h == app->h ? 0 : mm_fail_memory(err);
    if (result == 0)
        app_mouse(app, &grid, mouse);
    grid_done(&grid);
    settle(app);
    return result;
}

static int do_click(struct app *app, const char *place, struct mm_err *err)
{
    struct mouse mouse = {.kind = MOUSE_CLICK};
    char extra;
    if (sscanf(place, "%4d %4d%c", &mouse.x, &mouse.y, &extra) != 2)
        return mm_fail(err, MM_EARG, "'%s' is no column and row such as 5 3", place);
    return use_mouse(app, &mouse, err);
}

static int do_wheel(struct app *app, const char *way, struct mm_err *err)
{
    bool down = strcmp(way, "down") == 0;
    const struct mouse mouse = {.kind = down ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP};
    if (!down && strcmp(way, "up") != 0)
        return mm_fail(err, MM_EARG, "the wheel goes up or down, not '%s'", way);
    return use_mouse(app, &mouse, err);
}

static int do_command(struct app *app, const char *line, struct mm_err *err)
{
    settle(app); /* a user acts on what is seen: the first step too */
    if (app_command(app, line) < 0)
        return mm_fail(err, MM_EARG, "%s", app->message);
    settle(app);
    return 0;
}

/* A line that begins with a colon: a word of the script's own, else a command of the app. */
static int colon_line(struct app *app, const char *line, struct mm_err *err)
{
    static const struct {
        const char *word;
        int (*run)(struct app *app, const char *text, struct mm_err *err);
    } words[] = {{":screen", do_screen},
                 {":screen-now", write_frame},
                 {":resize", do_resize},
                 {":click", do_click},
                 {":wheel", do_wheel}};
    size_t length = strcspn(line, " \t");
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strlen(words[i].word) != length || strncmp(line, words[i].word, length) != 0)
            continue;
        line += length + strspn(line + length, " \t");
        return *line ? words[i].run(app, line, err)
                     : mm_fail(err, MM_EARG, "%s needs an argument", words[i].word);
    }
    return do_command(app, line, err);
}

/* ---- lines of keys ---- */

static void press(struct app *app, uint32_t key)
{
    settle(app); /* as before a command */
    app_key(app, key);
    settle(app);
}

/* Type the characters up to the closing quote; returns what follows it, NULL when there is none. */
static const char *type_quoted(struct app *app, const char *p)
{
    const char *end = p + strlen(p);
    while (p < end && *p != '"' && !app->quit) {
        uint32_t cp;
        p += *p == '\\' && p + 1 < end;
        p += mm_text_decode(p, end, &cp);
        press(app, cp);
    }
    return app->quit ? end : p < end ? p + 1 : NULL;
}

static int key_line(struct app *app, const char *p, struct mm_err *err)
{
    while (*(p += strspn(p, " \t")) && !app->quit) {
        char word[KEY_NAME_SIZE];
        size_t length = strcspn(p, " \t");
        if (*p == '"' && length > 1) {
            p = type_quoted(app, p + 1);
            if (!p)
                return mm_fail(err, MM_EARG, "the closing quote is missing");
            continue;
        }
        snprintf(word, sizeof(word), "%.*s", (int)(length < sizeof(word) ? length : sizeof(word)), p);
        uint32_t key = key_parse(word);
        if (key == K_NONE)
            return mm_fail(err, MM_EARG, "unknown key '%.*s'", (int)(length < 40 ? length : 40), p);
        press(app, key);
        p += length;
    }
    return 0;
}

static int run_line(struct app *app, const char *start, size_t length, struct mm_err *err)
{
    char line[LINE_LIMIT];
    if (length >= sizeof(line))
        return mm_fail(err, MM_EARG, "the line is too long");
    memcpy(line, start, length);
    line[length] = '\0';
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        line[--length] = '\0';
    const char *text = line + strspn(line, " \t");
    if (*text == '\0' || *text == '#')
        return 0;
    if (text[0] == ':' && text[1] != ' ' && text[1] != '\0')
        return colon_line(app, text, err);
    return key_line(app, text, err);
}

int script_go_on(struct script *script, struct app *app, struct mm_err *err)
{
    const char *end = script->text + script->length;
    for (const char *text = script->text + script->at; text < end && !app->quit;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        struct mm_err why = {0};
        script->line++;
        if (run_line(app, text, (size_t)((stop ? stop : end) - text), &why) < 0)
            return mm_fail(err, why.code, "%s:%d: %s", script->source, script->line, why.text);
        text = stop ? stop + 1 : end;
        script->at = (size_t)(text - script->text);
    }
    return 0;
}

int script_run(struct app *app, const char *source, const char *text, size_t length, struct mm_err *err)
{
    struct script script = {.source = source, .text = text, .length = length};
    return script_go_on(&script, app, err);
}

int script_read(struct script *script, const char *path, struct mm_buf *text, struct mm_err *err)
{
    if (mm_file_read(path, FILE_LIMIT, text, err) < 0)
        return -1;
    *script = (struct script){.source = path, .text = mm_buf_text(text), .length = text->length};
    return 0;
}
