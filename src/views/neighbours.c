#include "views/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "views/inspector.h"
#include "views/verdict.h"
#include "ui/text_fit.h"

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool neighbours_find(const struct mm_session *session, size_t id, struct neighbours *near)
{
    const struct mm_flow *flow = mm_session_flow(session);
    void *layer = near->layer;
    near->id = id;
    near->inputs = near->count = 0;
    if (!flow)
        return false;
    size_t inputs = flow->input_from[id + 1] - flow->input_from[id];
    size_t readers = flow->reader_from[id + 1] - flow->reader_from[id];
    if (mm_grow(&layer, &near->capacity, inputs + 1 + readers, sizeof *near->layer) < 0)
        return false;
    near->layer = layer;
    memcpy(near->layer, flow->input + flow->input_from[id], inputs * sizeof *near->layer);
    near->layer[inputs] = (uint32_t)id;
    memcpy(near->layer + inputs + 1, flow->reader + flow->reader_from[id], readers * sizeof *near->layer);
    qsort(near->layer, inputs, sizeof *near->layer, compare);
    qsort(near->layer + inputs + 1, readers, sizeof *near->layer, compare);
    near->inputs = (int)inputs;
    near->count = (int)(inputs + 1 + readers);
    return true;
}

void neighbours_done(struct neighbours *near)
{
    free(near->layer);
}

/* The row with the largest error of [from, to); -1 when there is none. Without a figure counts as least. */
static int worst_of(const struct mm_session *session, const struct neighbours *near, int from, int to)
{
    int best = -1;
    double most = -INFINITY;
    for (int row = from; row < to; row++) {
        double error = mm_session_blame(session, near->layer[row])->error;
        error = isnan(error) ? -1 : error;
        if (error > most) {
            most = error;
            best = row;
        }
    }
    return best;
}

int neighbours_worst(const struct mm_session *session, const struct neighbours *near, bool down)
{
    int input = worst_of(session, near, 0, near->inputs);
    int reader = worst_of(session, near, near->inputs + 1, near->count);
    int first = down ? reader : input, second = down ? input : reader;
    return first >= 0 ? first : second >= 0 ? second : near->inputs;
}

/* ---- the sentence ---- */

static const char *error_text(char out[MM_NUM], double error)
{
    return isinf(error) ? mm_tr_in("word", "broken") : mm_num_short(out, error, 2);
}

static void say_good(const struct mm_session *session, size_t id, const char *inputs, struct mm_buf *out)
{
    const struct mm_blame *here = mm_session_blame(session, id);
    char a[MM_NUM], b[MM_NUM];
    if (here->worst_input >= 0 && mm_session_blame(session, (size_t)here->worst_input)->over)
        mm_buf_printf(out, "Within the thresholds (%s), although #%d is not (%s).",
                      error_text(a, here->error), here->worst_input + 1, error_text(b, here->input_error));
    else
        mm_buf_printf(out, "Within the thresholds (%s)%s%s.", error_text(a, here->error),
                      here->worst_input >= 0 ? ", and so are " : "", here->worst_input >= 0 ? inputs : "");
}

static void say_starts(const struct mm_session *session, size_t id, const char *inputs, struct mm_buf *out)
{
    const struct mm_blame *here = mm_session_blame(session, id);
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (here->worst_input < 0)
        mm_buf_printf(out, "Introduced here (%s): no dumped layer comes before it.",
                      error_text(a, here->error));
    else if (here->built_up)
        mm_buf_printf(
            out,
            "Accumulated: no layer upstream is over the threshold alone; this one adds the most (%s of %s).",
            error_text(a, here->introduced), error_text(b, here->error));
    else if (!mm_session_blame(session, (size_t)here->worst_input)->over && isinf(here->error))
        mm_buf_printf(out, "Introduced here: %s are fine (%s at most), the result is broken.", inputs,
                      error_text(a, here->input_error));
    else if (!mm_session_blame(session, (size_t)here->worst_input)->over)
        mm_buf_printf(out, "Introduced here: %s are fine (%s at most), the result is not (%s).", inputs,
                      error_text(a, here->input_error), error_text(b, here->error));
    else if (isinf(here->error))
        mm_buf_printf(out, "Introduced here: #%d is off by %s, the result is broken.", here->worst_input + 1,
                      error_text(a, here->input_error));
    else
        mm_buf_printf(out, "Introduced here: #%d is off by %s, the result by %s that (%s).",
                      here->worst_input + 1, error_text(a, here->input_error),
                      text_fit_times(b, here->amplification), error_text(c, here->error));
}

static void say_comes_in(const struct app *app, size_t id, struct mm_buf *out)
{
    const struct mm_blame *here = mm_session_blame(app->session, id);
    const char *name = mm_session_layer(app->session, (size_t)here->root)->label;
    struct mm_buf keys;
    mm_buf_init(&keys);
    const char *key = inspector_key(app, ACT_ROOT, &keys);
    if (here->built_up)
        mm_buf_printf(out, "Inherited: accumulated upstream, most of it in #%d %s (%s goes there).",
                      here->root + 1, name, key);
    else if (here->worst_input == here->root)
        mm_buf_printf(out, "Inherited from #%d %s, where it starts (%s goes there).", here->root + 1, name,
                      key);
    else
        mm_buf_printf(out, "Inherited through #%d; it starts in #%d %s (%s goes there).",
                      here->worst_input + 1, here->root + 1, name, key);
    mm_buf_done(&keys);
}

bool neighbours_say(const struct app *app, size_t id, struct mm_buf *out)
{
    const struct mm_session *session = app->session;
    const struct mm_blame *here = mm_session_blame(session, id);
    const struct mm_flow *flow = mm_session_flow(session);
    const char *inputs = flow && flow->known ? "its inputs" : "the layers before it";
    if (!here)
        mm_buf_say(out, "Known once all layers are measured.");
    else if (isnan(here->error))
        mm_buf_say(out, "This tensor was not compared.");
    else if (!flow->ordered)
        mm_buf_printf(out, "%s; without it, which layers are next to this one is not known.",
                      verdict_no_order);
    else if (mm_flow_is_stranger(flow, id))
        mm_buf_say(out,
                   "The model's graph does not have this tensor: its inputs and consumers are not known.");
    else if (!here->over)
        say_good(session, id, inputs, out);
    else if (here->starts)
        say_starts(session, id, inputs, out);
    else if (here->root >= 0)
        say_comes_in(app, id, out);
    return here && here->starts && flow->ordered && !mm_flow_is_stranger(flow, id);
}
