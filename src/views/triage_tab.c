/* The Triage tab: what is wrong with a layer, how sure that is, what to do, and the figures behind it. */
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "views/channels_tab.h"
#include "views/layer.h"
#include "views/values_tab.h"
#include "views/verdict.h"

struct triage_tab {
    size_t asked; /* the last layer that this screen had analysed; SIZE_MAX: none */
};

/* ---- looking ---- */

static bool can_be_analysed(const struct mm_layer *data)
{
    return data->result.state == MM_STATE_MEASURED || data->result.state == MM_STATE_MISMATCH;
}

/* One layer at a time is asked for, so that a walk through the list does not pile up work. */
static void prepare(struct layer_view *layer, struct app *app)
{
    struct mm_session *session = app->session;
    struct triage_tab *tab = layer_state(layer);
    bool waits =
        tab->asked != SIZE_MAX && !mm_session_evidence(session, tab->asked) && !mm_session_triaged(session);
    if (!mm_session_flow(session) || mm_session_evidence(session, layer->id) || waits ||
        !can_be_analysed(mm_session_layer(session, layer->id)))
        return;
    tab->asked = layer->id;
    mm_session_analyse(session, layer->id);
}

/* What is still to come; "" when everything is there. */
static void say_progress(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    if (!can_be_analysed(mm_session_layer(session, id)) || mm_session_evidence(session, id))
        return;
    if (mm_session_flow(session))
        mm_buf_say(out, mm_session_triaged(session) ? "Not analysed." : "Analysing ...");
    else if (totals.measured < totals.layers)
        mm_buf_printf(out, "Waiting for all layers (%zu/%zu).", totals.measured, totals.layers);
}

/* ---- drawing ---- */

/* "settings, likely: i8 per tensor is too coarse ..."; many a sentence begins with the word anyhow. */
static void say_verdict(const struct mm_verdict *verdict, struct mm_buf *out)
{
    const char *word = mm_tr_in("word", mm_verdict_word(verdict->kind)), *text = verdict->text;
    bool begins = strncmp(text, word, strlen(word)) == 0;
    mm_buf_say(out, verdict->kind == MM_VERDICT_NONE ? "not measured yet" : word);
    if (verdict->confidence != MM_CONFIDENCE_NONE)
        mm_buf_printf(out, ", %s", mm_tr_in("word", mm_confidence_word(verdict->confidence)));
    if (verdict->kind == MM_VERDICT_OK)
        text = "within the thresholds";
    else if (begins)
        text +=
            strlen(word) + (strncmp(text + strlen(word), "\uFF1A", 3) == 0 ? 3 : text[strlen(word)] == ':');
    mm_buf_printf(out, "%s%s", *text ? ": " : "", text + (*text == ' '));
}

static int draw_verdict(struct canvas *c, const struct app *app, size_t id, int y)
{
    const struct mm_layer *data = mm_session_layer(app->session, id);
    const struct mm_verdict *verdict = &data->verdict;
    struct mm_buf text;
    mm_buf_init(&text);
    say_verdict(verdict, &text);
    y = layer_sentence(c, y, verdict_role(verdict->kind), "verdict", mm_buf_text(&text));
    if (data->result.error)
        y = layer_sentence(c, y, ROLE_ERROR, "error", data->result.error);
    mm_buf_clear(&text);
    verdict_next(app, id, &text);
    if (text.length)
        y = layer_sentence(c, y, ROLE_VALUE, "next", mm_buf_text(&text));
    mm_buf_done(&text);
    return layer_chosen(c, y, app, id);
}

/* A paragraph a line of `text`. */
static int draw_paragraphs(struct canvas *c, int y, const char *label, struct mm_buf *text)
{
    char *rest = text->data;
    for (char *line; text->length && (line = strtok_r(rest, "\n", &rest)); label = "")
        y = layer_sentence(c, y, ROLE_VALUE, label, line);
    return y;
}

static int draw_text(struct canvas *c, const struct layer_view *layer, const struct app *app, int top)
{
    struct mm_buf evidence, other;
    mm_buf_init(&evidence);
    mm_buf_init(&other);
    mm_session_explain(app->session, layer->id, &evidence, &other);
    int y = draw_verdict(c, app, layer->id, -top);
    if (evidence.length)
        y = draw_paragraphs(c, y + 1, "why", &evidence);
    mm_buf_clear(&other);
    say_progress(app->session, layer->id, &other);
    if (other.length)
        y = layer_sentence(c, y + 1, ROLE_DIM, "", mm_buf_text(&other));
    mm_buf_done(&evidence);
    mm_buf_done(&other);
    return y + top;
}

/* ---- the way to what the sentences name ---- */

/* The channel that stands out, else the Channels tab as it is. */
static void act_channel(struct layer_view *layer, struct app *app)
{
    const struct mm_evidence *evidence = mm_session_evidence(app->session, layer->id);
    if (evidence && evidence->worst.channel >= 0)
        channels_show(layer, app, evidence->worst.axis, evidence->worst.channel);
    else
        channels_show(layer, app, -1, -1);
}

/* The element that the sentences name, else the metrics, among its neighbours. */
static void act_element(struct layer_view *layer, struct app *app)
{
    const struct mm_evidence *evidence = mm_session_evidence(app->session, layer->id);
    const struct mm_metrics *m = mm_result_judged(&mm_session_layer(app->session, layer->id)->result);
    int64_t at = m->nonfinite_differ ? m->differ_at : m->max_abs_at;
    values_show_element(layer, app, evidence && evidence->worst.at >= 0 ? evidence->worst.at : at);
}

static const struct tab_action actions[] = {
    {"worst-element", "v", "worst element", "The worst element among its neighbours, in the Values tab",
     act_element, NULL, NULL},
    {"worst-channel", "c", "worst channel", "The worst channel, in the Channels tab", act_channel, NULL,
     NULL},
};

static void *open_tab(void)
{
    struct triage_tab *tab = calloc(1, sizeof *tab);
    if (tab)
        tab->asked = SIZE_MAX;
    return tab;
}

const struct layer_tab triage_tab = {.title = "Triage",
                                     .help = "what is wrong, why, and what to do",
                                     .action = actions,
                                     .actions = MM_COUNT(actions),
                                     .open = open_tab,
                                     .close = free,
                                     .text = draw_text,
                                     .prepare = prepare};
