#include "views/copy_text.h"
#include "base/translate.h"

#include <stdio.h>
#include <string.h>

#include "mmtui/report.h"

void copy_name(struct app *app, size_t id)
{
    const char *name = mm_session_layer(app->session, id)->pair->name;
    app_copy(app, name, name);
}

static void put_line(const struct mm_session *session, size_t id, bool headings, struct mm_buf *out)
{
    const char *between = "";
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        const struct mm_column *column = mm_column((enum mm_column_id)i);
        if (!mm_column_there(session, (enum mm_column_id)i))
            continue;
        mm_buf_puts(out, between);
        between = "\t";
        if (headings)
            mm_buf_puts(out, column->key);
        else
            column->text(session, id, out);
    }
    mm_buf_putc(out, '\n');
}

void copy_row(struct app *app, size_t id)
{
    struct mm_buf text, what;
    mm_buf_init(&text);
    mm_buf_init(&what);
    put_line(app->session, id, true, &text);
    put_line(app->session, id, false, &text);
    mm_buf_printf(&what, "figures of %s", mm_session_layer(app->session, id)->label);
    app_copy(app, mm_buf_text(&text), mm_buf_text(&what));
    mm_buf_done(&text);
    mm_buf_done(&what);
}

/* "#5 sqrt" and the op type. */
static void put_title(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const char *label = mm_session_layer(session, id)->label, *op = mm_session_op(session, id);
    if (mm_session_order(session) != MM_ORDER_UNKNOWN)
        mm_buf_printf(out, "#%zu ", id + 1);
    mm_text_escape(out, label, strlen(label));
    mm_buf_printf(out, "%s%s\n", *op ? "  " : "", op);
}

void copy_tab(const struct layer_view *layer, struct app *app)
{
    const struct layer_tab *tab = tab_at(layer->tab);
    struct grid grid;
    struct mm_buf text, what;
    grid_init(&grid);
    mm_buf_init(&text);
    mm_buf_init(&what);
    put_title(app->session, layer->id, &text);
    if (grid_resize(&grid, layer->w - 2, tab->text ? layer->lines : layer_rows(layer)) == 0) {
        struct canvas body = grid_canvas(&grid);
        if (tab->text)
            tab->text(&body, layer, app, 0);
        else
            tab->draw(&body, layer, app);
        grid_dump_glyphs(&grid, &text);
    }
    mm_buf_printf(&what, "tab %s of %s", mm_tr_in("title", tab->title),
                  mm_session_layer(app->session, layer->id)->label);
    app_copy(app, mm_buf_text(&text), mm_buf_text(&what));
    mm_buf_done(&text);
    mm_buf_done(&what);
    grid_done(&grid);
}
