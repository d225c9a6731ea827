/* One override in full, below the list of the plan screen. */
#include "views/plan_lines.h"
#include "base/translate.h"

#include <math.h>
#include <string.h>

#include "mmtui/report.h"
#include "ui/text_fit.h"

#define DETAIL_FROM      13 /* rows of a view that has the pane, with one row for the reason */
#define DETAIL_MORE_FROM 20 /* with two */
#define LABEL            6

int plan_detail_height(const struct app *app, int h)
{
    bool some = mm_plan_count(mm_session_plan_const(app->session)) > 0;
    return !some || h < DETAIL_FROM ? 0 : h < DETAIL_MORE_FROM ? 3 : 4;
}

static void put_figure(struct mm_buf *out, const char *name, double value)
{
    char text[MM_NUM];
    if (!isnan(value))
        mm_buf_printf(out, "%s%s %s", out->length ? "  " : "", name, mm_num_sci(text, value));
}

static void put_figures(struct mm_buf *out, const struct mm_figures *figures)
{
    char text[MM_NUM];
    put_figure(out, "diff2", figures->diff2);
    put_figure(out, "diff1", figures->diff1);
    put_figure(out, "max|d|", figures->max_abs);
    if (!isnan(figures->cosine))
        mm_buf_printf(out, "%scos %s", out->length ? "  " : "", mm_num_short(text, figures->cosine, 4));
    if (out->length == 0)
        mm_buf_say(out, "no finite figures");
}

/* Where the tensor's layer has another diff2 by now. */
static void put_now(struct mm_buf *out, const struct mm_override *override, const struct app *app)
{
    char text[MM_NUM];
    size_t id = *override->tensor ? mm_session_find(app->session, true, override->tensor) : SIZE_MAX;
    if (id == SIZE_MAX)
        return;
    const struct mm_result *result = &mm_session_layer(app->session, id)->result;
    double now = mm_column(MM_COLUMN_DIFF2)->value(app->session, id);
    bool same = now == override->figures.diff2 || (!isfinite(now) && !isfinite(override->figures.diff2));
    if (result->state == MM_STATE_MEASURED && !same)
        mm_buf_printf(out, "%snow diff2 %s", out->length ? "; " : "",
                      isfinite(now) ? mm_num_sci(text, now) : "NaN");
}

/* As many lines as there are up to `rows`, the last one cut. */
static int draw_reason(struct canvas *c, int y, int rows, const char *text, const struct app *app)
{
    const char *rest = text;
    int room = c->w - LABEL;
    for (int line = 1; line < rows && room > 0 && mm_text_width(rest) > room; line++) {
        size_t length = text_fit_break(rest, room);
        canvas_textf(c, LABEL, y++, room, ROLE_VALUE, "%.*s", (int)length, rest);
        rest += length;
        while (*rest == ' ')
            rest++;
    }
    canvas_fit(c, LABEL, y, room, ALIGN_LEFT, ROLE_VALUE, rest, app->glyphs);
    return y + 1;
}

/* A rule with the name in it parts the pane from the list. */
static void draw_head(struct canvas *c, const struct mm_override *override, const struct app *app)
{
    struct mm_buf name = {0};
    const char *precision = mm_override_precision(override);
    mm_text_escape(&name, override->name, strlen(override->name));
    canvas_repeat(c, 0, 0, c->w, ROLE_DIM, app->options.plain ? " " : app->glyphs->bar_left);
    int room = c->w - 6 - mm_text_width(precision);
    int x = 3 + text_fit_name(c, 2, 0, room, ROLE_TITLE_NAME, mm_buf_text(&name), app->glyphs);
    canvas_text(c, 1, 0, 1, ROLE_TITLE_NAME, " ");
    canvas_text(c, x - 1, 0, 1, ROLE_TITLE_NAME, " ");
    x += canvas_text(c, x, 0, -1, ROLE_BADGE, precision);
    canvas_text(c, x, 0, 1, ROLE_BADGE, " ");
    mm_buf_done(&name);
}

void plan_detail_draw(struct canvas *c, const struct mm_override *override, const struct app *app)
{
    struct mm_buf why = {0}, figures = {0};
    mm_text_escape(&why, override->why, strlen(override->why));
    put_figures(&figures, &override->figures);
    put_now(&figures, override, app);
    draw_head(c, override, app);
    canvas_text(c, 0, 1, LABEL, ROLE_LABEL, "why");
    int y = draw_reason(c, 1, c->h - 2, why.length ? mm_buf_text(&why) : "no reason was given", app);
    canvas_text(c, 0, y, LABEL, ROLE_LABEL, "then");
    canvas_fit(c, LABEL, y, c->w - LABEL, ALIGN_LEFT, ROLE_VALUE, mm_buf_text(&figures), app->glyphs);
    mm_buf_done(&why);
    mm_buf_done(&figures);
}
