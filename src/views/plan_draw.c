#include "views/plan_draw.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"
#include "ui/text_fit.h"

/* Where names, figures and reasons stand. */
struct places {
    int name, gain, casts, worth, why; /* gain, casts, worth: 0: no room, or not known */
    int name_width;
};

#define NAME_AT     11
#define GAIN_WIDTH  6
#define CASTS_WIDTH 6
#define WORTH_WIDTH 9

static struct places places_of(const struct plan_costs *costs, int w)
{
    struct places at = {.name = NAME_AT};
    at.name_width = w >= 100 ? 44 : w >= 60 ? w / 2 - 8 : w - 11; /* on a narrow screen without why */
    int next = NAME_AT + at.name_width + 2;
    if (costs->known && w >= 60) {
        at.gain = next;
        at.casts = at.gain + GAIN_WIDTH;
        next = at.casts + CASTS_WIDTH + 2;
    }
    if (costs->known && w >= 100) {
        at.worth = next - 2;
        next = at.worth + WORTH_WIDTH + 2;
    }
    at.why = next;
    return at;
}

static const char *casts_text(char out[MM_NUM], int64_t casts)
{
    char digits[MM_NUM];
    if (casts == MM_COST_UNKNOWN)
        return "-";
    snprintf(out, MM_NUM, "%s%s",
             casts > 0   ? "+"
             : casts < 0 ? "-"
                         : "",
             mm_num_count(digits, casts < 0 ? -casts : casts));
    return out;
}

static void draw_cost(struct canvas *c, int y, const struct mm_raise_cost *cost, const struct places *at)
{
    char text[MM_NUM];
    if (!at->gain)
        return;
    snprintf(text, sizeof text, "%.1f%%", 100 * cost->share);
    canvas_textf(c, at->gain, y, GAIN_WIDTH, ROLE_VALUE, "%*s", GAIN_WIDTH,
                 isinf(cost->share) ? "NaN" : text);
    canvas_textf(c, at->casts, y, CASTS_WIDTH, ROLE_VALUE, "%*s", CASTS_WIDTH, casts_text(text, cost->casts));
    if (at->worth)
        canvas_textf(c, at->worth, y, WORTH_WIDTH, ROLE_VALUE, "%*s", WORTH_WIDTH,
                     isinf(cost->worth) ? "-" : mm_num_short(text, cost->worth, 3));
}

void plan_draw_heads(struct canvas *c, const struct plan_costs *costs)
{
    struct places places = places_of(costs, c->w), *at = &places;
    const int y = 0;
    if (!at->gain)
        return;
    canvas_textf(c, at->gain, y, GAIN_WIDTH, ROLE_DIM, "%*s", GAIN_WIDTH, "gain");
    canvas_textf(c, at->casts, y, CASTS_WIDTH, ROLE_DIM, "%*s", CASTS_WIDTH, "casts");
    if (at->worth)
        canvas_textf(c, at->worth, y, WORTH_WIDTH, ROLE_DIM, "%*s", WORTH_WIDTH, "%/M ops");
}

void plan_draw_override(struct canvas *c, int y, size_t number, const struct mm_problem *problem,
                        const struct plan_costs *costs, const struct app *app)
{
    const struct mm_override *override = mm_plan_at(mm_session_plan_const(app->session), number);
    struct places at = places_of(costs, c->w);
    char figure[MM_NUM];
    struct mm_buf why;
    mm_buf_init(&why);
    bool known = !isnan(override->figures.diff2);
    bool own = override->precision == MM_PRECISION_OWN; /* shorter without the runtime's name */
    canvas_text(c, 2, y, 8, ROLE_BADGE, own ? mm_override_badge(override) : mm_override_precision(override));
    text_fit_name(c, at.name, y, at.name_width, ROLE_LIST, override->name, app->glyphs);
    bool here = mm_session_knows(app->session, override);
    bool error = problem && problem->severity == MM_SEVERITY_ERROR;
    if (problem)
        canvas_text(c, 0, y, 1, error ? ROLE_ERROR : ROLE_WARN, "!");
    if (error)
        mm_buf_printf(&why, "%s; ", problem->what);
    mm_buf_say(&why, here || error ? "" : "not in dst or the model; ");
    mm_buf_printf(&why, "%s%s%s", known ? "diff2 " : "",
                  known ? mm_num_sci(figure, override->figures.diff2) : "", known ? ": " : "");
    mm_buf_puts(&why, override->why);
    if (costs->known)
        draw_cost(c, y, &costs->each[number], &at);
    canvas_fit(c, at.why, y, c->w - at.why, ALIGN_LEFT, here && !error ? ROLE_DIM : ROLE_WARN,
               mm_buf_text(&why), app->glyphs);
    mm_buf_done(&why);
}

static bool ends_nan(const struct plan_costs *costs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (isinf(costs->each[i].share))
            return true;
    }
    return false;
}

void plan_draw_title(struct canvas *c, const struct plan_costs *costs, size_t count, const struct app *app)
{
    const struct mm_raise_cost *all = &costs->all;
    char number[MM_NUM];
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "Plan: %zu %s", count, count == 1 ? "override" : "overrides");
    if (costs->known && count > 0) {
        bool ends = ends_nan(costs, count);
        mm_buf_say(&text, ends ? ", ends NaN" : "");
        if (!ends || all->share >= 0.0005)
            mm_buf_printf(&text, ", gain %.1f%%", 100 * all->share);
        if (all->macs >= 0)
            mm_buf_printf(&text, ", %s MACs", mm_num_count(number, all->macs));
        if (all->bytes != MM_COST_UNKNOWN)
            mm_buf_printf(&text, ", %s bytes", casts_text(number, all->bytes));
        if (all->casts != MM_COST_UNKNOWN)
            mm_buf_printf(&text, ", %s casts", casts_text(number, all->casts));
    }
    int width = mm_text_width(mm_buf_text(&text)), room = c->w - 1;
    canvas_fit(c, 1, 0, width < room ? width : room, ALIGN_LEFT, ROLE_TITLE, mm_buf_text(&text), app->glyphs);
    mm_buf_done(&text);
}
