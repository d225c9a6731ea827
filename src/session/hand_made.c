/* Pairing by hand: which layers are meant, and whether the two can be a pair. */
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "session/state.h"

static const struct mm_pair *pair_of(const struct mm_session *session, size_t id)
{
    return &session->pairs->pair[id];
}

static bool is_both(const struct mm_pair *pair)
{
    return pair->src && pair->dst;
}

/* A name that two tensors can't share is shown as it is seen in the list. */
static const char *shown(const struct mm_session *session, size_t id)
{
    return session->layers[id].label;
}

/* ---- finding ---------------------------------------------------------------------------------------------------- */

static bool has_name(const struct mm_session *session, size_t id, bool dst, const char *name)
{
    const struct mm_pair *pair = pair_of(session, id);
    bool shown_so = !is_both(pair) && strcmp(shown(session, id), name) == 0;
    return pair->own[dst] && (shown_so || strcmp(pair->own[dst], name) == 0);
}

size_t mm_session_find(const struct mm_session *session, bool dst, const char *name)
{
    size_t found = SIZE_MAX;
    for (size_t id = 0; id < session->pairs->count; id++) {
        if (!has_name(session, id, dst, name))
            continue;
        if (!is_both(pair_of(session, id)))
            return id;
        found = found == SIZE_MAX ? id : found;
    }
    return found;
}

size_t mm_session_nearest(const struct mm_session *session, bool dst, const char *name)
{
    size_t found = SIZE_MAX;
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, name);
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_pair *pair = pair_of(session, id);
        if (!is_both(pair) && pair->own[dst] && mm_nearest_look(&nearest, pair->own[dst]))
            found = id;
    }
    return found;
}

/* ---- pairing ---------------------------------------------------------------------------------------------------- */

/* A layer of the same name of src (of dst) that is a pair; SIZE_MAX. */
static size_t paired_namesake(const struct mm_session *session, size_t id, bool dst)
{
    const char *name = pair_of(session, id)->own[dst];
    for (size_t i = 0; i < session->pairs->count; i++) {
        const struct mm_pair *pair = pair_of(session, i);
        if (is_both(pair) && pair->own[dst] && strcmp(pair->own[dst], name) == 0)
            return i;
    }
    return SIZE_MAX;
}

static int check_alone(const struct mm_session *session, size_t id, struct mm_err *err)
{
    const struct mm_pair *pair = pair_of(session, id);
    bool dst = pair->src == NULL;
    if (is_both(pair))
        return mm_fail(err, MM_EARG, "%s is paired already: unpair it first", shown(session, id));
    if (paired_namesake(session, id, dst) != SIZE_MAX)
        return mm_fail(err, MM_EARG,
                       "%s was dumped several times and is paired in part: unpair that first, or start with "
                       "--occurrence",
                       shown(session, id));
    return 0;
}

static int check_pair(const struct mm_session *session, size_t src, size_t dst, struct mm_err *err)
{
    if (session->saved)
        return mm_fail(err, MM_EARG, "a report has figures, not tensors: nothing can be paired in it");
    if (check_alone(session, src, err) < 0 || check_alone(session, dst, err) < 0)
        return -1;
    if (!pair_of(session, src)->src || !pair_of(session, dst)->dst)
        return mm_fail(err, MM_EARG, "%s and %s are both in %s alone: a pair has one of each",
                       shown(session, src), shown(session, dst), pair_of(session, src)->src ? "src" : "dst");
    return 0;
}

/* Close the step, and pair by it; a step that leads nowhere is taken back. */
static int follow(struct mm_session *session, int made, struct mm_err *err)
{
    bool again;
    size_t changed = mm_plan_commit(session->plan);
    if (made < 0)
        return -1;
    int result = mm_session_pair_again(session, &again, err);
    if (result < 0 && changed)
        mm_plan_undo(session->plan);
    return result;
}

int mm_session_pair(struct mm_session *session, size_t a, size_t b, struct mm_err *err)
{
    size_t src = pair_of(session, a)->src ? a : b, dst = src == a ? b : a;
    struct mm_buf label = {0};
    if (check_pair(session, src, dst, err) < 0)
        return -1;
    mm_buf_printf(&label, "pair %s with %s", shown(session, src), shown(session, dst));
    mm_plan_begin(session->plan, mm_buf_text(&label));
    mm_buf_done(&label);
    return follow(
        session,
        mm_plan_pair(session->plan, pair_of(session, src)->own[0], pair_of(session, dst)->own[1], err), err);
}

/* A layer of src alone that is to be paired with its only likely partner; SIZE_MAX: it is not. */
static size_t likely_of(const struct mm_session *session, size_t id)
{
    size_t other = pair_of(session, id)->src ? mm_session_likely(session, id) : SIZE_MAX;
    return other != SIZE_MAX && check_pair(session, id, other, NULL) == 0 ? other : SIZE_MAX;
}

int mm_session_pair_likely(struct mm_session *session, size_t *made, struct mm_err *err)
{
    char label[80];
    int result = 0;
    *made = 0;
    for (size_t id = 0; id < session->pairs->count; id++)
        *made += likely_of(session, id) != SIZE_MAX;
    if (*made == 0)
        return 0;
    mm_format(label, sizeof label, "pair %zu tensor%s with the likely partner%s", *made,
              *made == 1 ? "" : "s", *made == 1 ? "" : "s");
    mm_plan_begin(session->plan, label);
    for (size_t id = 0; id < session->pairs->count && result == 0; id++) {
        size_t other = likely_of(session, id);
        if (other != SIZE_MAX)
            result = mm_plan_pair(session->plan, pair_of(session, id)->own[0],
                                  pair_of(session, other)->own[1], err);
    }
    return follow(session, result, err);
}

int mm_session_part(struct mm_session *session, size_t id, struct mm_err *err)
{
    const struct mm_pair *pair = pair_of(session, id);
    struct mm_buf label = {0};
    if (session->saved)
        return mm_fail(err, MM_EARG, "a report has figures, not tensors: nothing can be taken apart in it");
    if (!is_both(pair))
        return mm_fail(err, MM_EARG, "%s is in %s alone: there is nothing to take apart", shown(session, id),
                       pair->src ? "src" : "dst");
    mm_buf_printf(&label, "unpair %s", shown(session, id));
    mm_plan_begin(session->plan, mm_buf_text(&label));
    mm_buf_done(&label);
    return follow(session, mm_plan_part(session->plan, pair->own[0], pair->own[1], err), err);
}
