/* Layers that could not be looked at, though their figures are there: what is said of them, so that nobody takes the
 * verdict of the figures alone for all that could be found. */
#include "session/state.h"

#include <stdlib.h>

void unanalysed_note(struct mm_session *session, size_t id, const struct mm_err *why)
{
    struct unanalysed *lost = &session->triage.unanalysed;
    if (why->code == MM_ECANCELLED || session->closing)
        return;
    if (lost->why.code == MM_OK)
        lost->why = *why;
    if (id == SIZE_MAX) {
        lost->all = true;
        return;
    }
    if (!lost->layer)
        lost->layer = calloc(session->pairs->count + 1, sizeof *lost->layer);
    if (!lost->layer) /* not even that: none of the layers' verdicts is sure then */
        lost->all = true;
    else if (!lost->layer[id])
        lost->count++, lost->layer[id] = true;
}

void unanalysed_verdict(const struct mm_session *session, size_t id, struct mm_verdict *verdict)
{
    const struct unanalysed *lost = &session->triage.unanalysed;
    if (lost->layer && lost->layer[id])
        mm_triage_unanalysed(verdict, lost->why.text);
}

void unanalysed_done(struct mm_session *session)
{
    free(session->triage.unanalysed.layer);
    session->triage.unanalysed.layer = NULL;
}

size_t mm_session_unanalysed(const struct mm_session *session, const char **why)
{
    const struct unanalysed *lost = &session->triage.unanalysed;
    *why = lost->why.code == MM_OK ? "" : lost->why.text;
    return lost->all ? session->pairs->count : lost->count;
}
