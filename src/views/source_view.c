/* What the two dumps are: where they lie, what they were taken for, how they were put into order, what is odd. */
#include "views/source_view.h"

#include <stdlib.h>
#include <string.h>

#include "ui/list.h"
#include "ui/text_fit.h"
#include "views/actions.h"
#include "views/inspector.h"

/* One line of the screen: a piece of the text. */
struct row {
    size_t at;
    int length;
};

struct source {
    struct view view;
    struct mm_buf text; /* paragraphs, a line each */
    struct row *rows;
    size_t count, capacity;
    struct list list;
};

/* ---- the text ---- */

static void put_dump(struct mm_buf *out, const char *side, const char *path)
{
    mm_buf_printf(out, "%s  ", side);
    mm_text_escape(out, path ? path : "", strlen(path ? path : ""));
    mm_buf_putc(out, '\n');
}

static void put_all(struct source *source, const struct mm_session *session)
{
    const struct mm_session_options *options = mm_session_options(session);
    const char *notice = mm_session_notice(session);
    put_dump(&source->text, "src", options->src);
    put_dump(&source->text, "dst", options->dst);
    mm_buf_putc(&source->text, '\n');
    if (notice)
        mm_text_escape(&source->text, notice, strlen(notice));
    if (notice)
        mm_buf_puts(&source->text, "\n\n");
    mm_session_order_text(session, &source->text);
    mm_buf_putc(&source->text, '\n');
}

/* ---- rows ---- */

static void add_row(struct source *source, size_t at, size_t length)
{
    void *rows = source->rows;
    if (mm_grow(&rows, &source->capacity, source->count + 1, sizeof *source->rows) < 0)
        return; /* out of memory: a shorter text */
    source->rows = rows;
    source->rows[source->count++] = (struct row){at, (int)length};
}

/* One paragraph, which begins at `at`, in lines of `width` columns. */
static void add_paragraph(struct source *source, const char *paragraph, size_t at, int width)
{
    if (!*paragraph)
        add_row(source, at, 0);
    for (const char *p = paragraph; *p;) {
        size_t length = text_fit_break(p, width);
        add_row(source, at + (size_t)(p - paragraph), length);
        p += length;
        p += strspn(p, " ");
    }
}

static void make_rows(struct source *source, int width)
{
    const char *text = mm_buf_text(&source->text);
    struct mm_buf paragraph = {0};
    source->count = 0;
    for (size_t at = 0; text[at];) {
        size_t length = strcspn(text + at, "\n");
        mm_buf_clear(&paragraph);
        mm_buf_add(&paragraph, text + at, length);
        add_paragraph(source, mm_buf_text(&paragraph), at, width > 8 ? width : 8);
        at += length + (text[at + length] == '\n');
    }
    mm_buf_done(&paragraph);
}

/* ---- the view ---- */

static uint64_t source_scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST;
}

static const int *source_hints(const struct view *view)
{
    static const int hints[] = {ACT_DOWN, ACT_UP, ACT_NONE};
    (void)view;
    return hints;
}

static void source_draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct source *source = (const struct source *)view;
    const char *text = mm_buf_text(&source->text);
    (void)app;
    canvas_text(c, 1, 0, -1, ROLE_TITLE, "What the two dumps are");
    for (int y = 0; y < source->list.height && source->list.top + y < source->list.count; y++) {
        const struct row *row = &source->rows[source->list.top + y];
        canvas_textf(c, 1, 2 + y, -1, ROLE_VALUE, "%.*s", row->length, text + row->at);
    }
    canvas_cursor(c, 0, 2, false);
}

static void source_status(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct list *list = &((const struct source *)view)->list;
    int last = list->top + list->height < list->count ? list->top + list->height : list->count;
    (void)app;
    canvas_textf(c, 1, 0, -1, ROLE_STATUS, "Lines %d to %d of %d", list->count ? list->top + 1 : 0, last,
                 list->count);
}

static bool source_act(struct view *view, struct app *app, const struct action_event *event)
{
    (void)app;
    return list_scroll(&((struct source *)view)->list, event);
}

static void source_size(struct view *view, struct app *app, int w, int h)
{
    struct source *source = (struct source *)view;
    (void)app;
    make_rows(source, w - 2);
    list_set_count(&source->list, (int)source->count);
    list_resize(&source->list, h - 2);
}

static void source_close(struct view *view)
{
    struct source *source = (struct source *)view;
    mm_buf_done(&source->text);
    free(source->rows);
    free(source);
}

static const struct view_ops source_ops = {
    .name = "source",
    .scopes = source_scopes,
    .hints = source_hints,
    .draw = source_draw,
    .status = source_status,
    .act = source_act,
    .size = source_size,
    .close = source_close,
};

struct view *source_view_open(struct app *app)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->view.ops = &source_ops;
    mm_buf_init(&source->text);
    put_all(source, app->session);
    return &source->view;
}
