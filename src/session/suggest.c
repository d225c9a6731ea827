/* From suggestions to overrides. */
#include "session/state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

int mm_session_suggest(const struct mm_session *session, const struct mm_suggest_options *options,
                       struct mm_suggestions *out, struct mm_err *err)
{
    *out = (struct mm_suggestions){0};
    if (!session->options.triage)
        return mm_fail(err, MM_EARG, "suggestions need triage, which is switched off");
    if (!mm_session_triaged(session))
        return mm_fail(err, MM_EARG, "suggestions are available when all layers are measured and analysed");
    struct mm_triage_view view = triage_view(session);
    struct mm_verdict *verdicts = calloc(view.count + 1, sizeof *verdicts);
    if (!verdicts)
        return mm_fail_memory(err);
    for (size_t id = 0; id < view.count; id++)
        verdicts[id] = session->layers[id].verdict;
    int result = mm_suggest_find(&view, verdicts, session->options.graph, options, out, err);
    free(verdicts);
    return result;
}

static int accept(struct mm_session *session, const struct mm_suggestion *item, size_t *changed,
                  struct mm_err *err)
{
    enum mm_precision to = mm_suggestion_precision(item);
    const struct mm_override *had = mm_session_override(session, item->layer);
    if (had && had->precision > to) /* ascending */
        return 0;
    return choice_set(session, item->layer, to, item->text[0] ? item->text : NULL, changed, err);
}

int mm_session_accept(struct mm_session *session, const struct mm_suggestion *items, size_t count,
                      size_t *changed, struct mm_err *err)
{
    char label[160];
    size_t n = 0;
    int result = 0;
    if (count == 1)
        mm_format(label, sizeof label, "suggested for %s", session->layers[items[0].layer].label);
    else
        mm_format(label, sizeof label, "%zu suggestions", count);
    mm_plan_begin(session->plan, label);
    for (size_t i = 0; i < count && result == 0; i++)
        result = accept(session, &items[i], &n, err);
    if (result == 0 && mm_session_triaged(session))
        result = advice_put(session, &n, err);
    mm_plan_commit(session->plan);
    if (changed)
        *changed = n;
    return result;
}
