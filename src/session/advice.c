/* Settings advice: from what was analysed to the plan. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

/* Integers beside a tensor that does not lie on their grid are its readers' business. */
static bool is_quantised(const struct triage_state *triage, size_t id)
{
    return (triage->flow->quantised[id] & MM_QUANTISED_RESULT) && triage->evidence[id] &&
           triage->evidence[id]->format >= 0;
}

bool mm_session_gains(const struct mm_session *session, size_t id, struct mm_gains *out)
{
    const struct triage_state *triage = &session->triage;
    struct mm_background background;
    if (!triage->begun)
        return false;
    mm_background_find(triage->subjects, session->pairs->count, &background);
    return mm_background_gains(&background, &triage->subjects[id], is_quantised(triage, id), out);
}

int mm_session_advice(const struct mm_session *session, struct mm_advice *out, struct mm_err *err)
{
    const struct triage_state *triage = &session->triage;
    size_t count = session->pairs->count;
    *out = (struct mm_advice){0};
    if (!mm_session_triaged(session))
        return 0;
    bool *quantised = calloc(count + 1, sizeof *quantised);
    if (!quantised)
        return mm_fail_memory(err);
    for (size_t id = 0; id < count; id++)
        quantised[id] = is_quantised(triage, id);
    int result = mm_advice_find(triage->subjects, count, quantised, out, err);
    free(quantised);
    return result;
}

int advice_put(struct mm_session *session, size_t *changed, struct mm_err *err)
{
    struct mm_advice advice;
    struct mm_advice_setting setting[MM_ADVICE_COUNT];
    if (mm_session_advice(session, &advice, err) < 0)
        return -1;
    size_t count = mm_advice_settings(&advice, setting);
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        const char *had = mm_plan_setting(session->plan, setting[i].key);
        *changed += !had || strcmp(had, setting[i].value) != 0;
        result = mm_plan_set_setting(session->plan, setting[i].key, setting[i].value, err);
    }
    return result;
}

int mm_session_advise(struct mm_session *session, size_t *changed, struct mm_err *err)
{
    size_t n = 0;
    mm_plan_begin(session->plan, "the advised settings");
    int result = advice_put(session, &n, err);
    mm_plan_commit(session->plan);
    if (changed)
        *changed = n;
    return result;
}
