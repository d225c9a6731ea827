/* Dumps that are being written: listed anew when something has changed; what did not change is taken over. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/remote.h"

/* ---- on and off ------------------------------------------------------------------------------------------------- */

const struct mm_dump_live *session_live(const struct mm_session *session)
{
    return session->watch ? &session->live : NULL;
}

static int begin(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    const char *const paths[] = {session->src_path, session->dst_path};
    const struct mm_dump_options how = {.check = options->check,
                                        .given = options->given,
                                        .part = session_part(session, NULL, false),
                                        .schema = options->schema};
    for (size_t i = 0; i < MM_COUNT(paths); i++) {
        if (mm_remote_is(paths[i]))
            return mm_fail(err, MM_EARG, "%s: only dumps on this machine can be watched; r looks again",
                           paths[i]);
    }
    if (mm_watch_open(&session->watch, paths, MM_COUNT(paths), &how, options->watch_looks, err) < 0)
        return -1;
    session->live = (struct mm_dump_live){mm_watch_wanted, session->watch};
    return 0;
}

int watch_begin(struct mm_session *session, struct mm_err *err)
{
    return session->options.watch ? begin(session, err) : 0;
}

int mm_session_watch(struct mm_session *session, bool on, struct mm_err *err)
{
    if (session->saved)
        return mm_fail(err, MM_EARG, "a report has figures, not tensors: there is nothing to watch");
    if (on == (session->watch != NULL))
        return 0;
    if (!on) {
        mm_watch_close(session->watch);
        session->watch = NULL;
        session->unsettled = false;
        mm_session_apply(session); /* triage has waited for it */
        return 0;
    }
    if (begin(session, err) < 0)
        return -1;
    mm_watch_later(session->watch);
    return 0;
}

bool mm_session_watches(const struct mm_session *session)
{
    return session->watch != NULL;
}

int mm_session_watch_fd(const struct mm_session *session)
{
    return session->watch ? mm_watch_fd(session->watch) : -1;
}

double mm_session_watch_due(const struct mm_session *session)
{
    return session->watch ? mm_watch_due(session->watch) : INFINITY;
}

bool mm_session_settled(const struct mm_session *session)
{
    return !session->unsettled;
}

size_t mm_session_watch_held(const struct mm_session *session)
{
    return session->watch ? mm_watch_held(session->watch) : 0;
}

bool mm_session_watch_looks(const struct mm_session *session)
{
    return session->watch && mm_watch_looks(session->watch);
}

/* ---- entries of two lists --------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct mm_entry *x = *(const struct mm_entry *const *)a, *y = *(const struct mm_entry *const *)b;
    int order = strcmp(x->parsed.name, y->parsed.name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static const struct mm_entry **sorted(const struct mm_dump *dump)
{
    const struct mm_entry **entry = malloc((dump->count + 1) * sizeof *entry);
    for (size_t i = 0; entry && i < dump->count; i++)
        entry[i] = &dump->entries[i];
    if (entry && dump->count)
        qsort(entry, dump->count, sizeof *entry, by_name);
    return entry;
}

/*
 * By place in the list of before: the layer of the tensor that has that name now, of several the k-th for the k-th. Not by
 * file: time stamps in its name are others after another run.
 */
static size_t *follow(const struct mm_session *session, const struct mm_dump *before,
                      const struct mm_dump *after, bool dst)
{
    size_t *layer = session_places_of(session, after, dst), *now = malloc((before->count + 1) * sizeof *now);
    const struct mm_entry **old = sorted(before), **new = sorted(after);
    for (size_t i = 0, k = 0; layer && now && old && new &&i < before->count;) {
        int order = k == after->count ? -1 : strcmp(old[i]->parsed.name, new[k]->parsed.name);
        bool same = order == 0;
        if (order <= 0)
            now[old[i] - before->entries] = same ? layer[new[k] - after->entries] : SIZE_MAX;
        k += order >= 0;
        i += order <= 0;
    }
    bool ok = layer && now && old && new;
    free(layer);
    free(old);
    free(new);
    if (!ok)
        free(now);
    return ok ? now : NULL;
}

/* ---- anew --------------------------------------------------------------------------------------------------------- */

/* A file of many tensors that was listed before and is being written: what its old figures are of can't be told
 * meanwhile. */
static bool has_open_container(const struct mm_session *session, const struct mm_dump *dump)
{
    const struct mm_source *last = NULL;
    for (size_t i = 0; i < dump->count; i++) {
        const struct mm_entry *entry = &dump->entries[i];
        if (!entry->member || entry->source == last)
            continue;
        last = entry->source;
        if (mm_watch_writing(session->watch, last->path))
            return true;
    }
    return false;
}

static void heir_drop(struct mm_session *heir)
{
    session_unpair(heir);
    fingerprints_done(heir);
    mm_dump_close(heir->src);
    mm_dump_close(heir->dst);
    mm_arena_done(&heir->members);
}

static int list_anew(struct mm_session *session, struct mm_session *heir, struct mm_err *err)
{
    *heir = session_heir(session);
    heir->src = heir->dst = NULL;
    mm_arena_init(&heir->arena);
    mm_arena_init(&heir->quantised.arena);
    if (session_list(heir, err) == 0 && recognised_check(heir, err) == 0 && session_pair(heir, err) == 0)
        return 0;
    heir_drop(heir);
    return -1;
}

static int open_anew(struct mm_session *session, bool *again, struct mm_err *err)
{
    struct mm_session heir, before;
    bool started = session->pool != NULL;
    if (list_anew(session, &heir, err) < 0)
        return -1;
    session_stop(session);
    before = *session;
    *session = heir;
    struct session_places places = {follow(session, before.src, session->src, false),
                                    follow(session, before.dst, session->dst, true)};
    int result = session_keep(session, &before, &places, true, err);
    heir_drop(&before);
    *again = true;
    return result == 0 && started ? mm_session_start(session, err) : result;
}

int mm_session_watch_take(struct mm_session *session, bool at_once, bool *again, struct mm_err *err)
{
    int result = 0;
    *again = false;
    if (!session->watch)
        return 0;
    unsigned news = mm_watch_take(session->watch, at_once);
    session->unsettled |= !mm_watch_settled(session->watch);
    if (news & MM_WATCH_CHANGED) {
        double begun = mm_clock();
        session->unsettled = true;
        if (has_open_container(session, session->src) || has_open_container(session, session->dst))
            mm_watch_later(session->watch);
        else
            result = open_anew(session, again, err);
        mm_watch_pause(session->watch, mm_clock() - begun);
    }
    if (session->unsettled && mm_watch_settled(session->watch)) {
        session->unsettled = false;
        mm_session_apply(session);
    }
    return result;
}

/* ---- what came of it ------------------------------------------------------------------------------------------- */

double mm_change_of(double now, double earlier)
{
    if (isnan(now) || isnan(earlier))
        return NAN;
    if (now == earlier)
        return 1;
    return isinf(earlier) ? 0 : isinf(now) || earlier == 0 ? INFINITY : now / earlier;
}

struct mm_redone mm_session_redone(const struct mm_session *session, uint64_t after)
{
    struct mm_redone redone = {0};
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_layer *layer = &session->layers[id];
        double change = mm_change_of(session_figure(layer), layer->earlier);
        if (layer->redone <= after)
            continue;
        redone.layers++;
        redone.better += change <= MM_CHANGE_BETTER;
        redone.worse += change >= MM_CHANGE_WORSE;
    }
    return redone;
}

bool mm_session_has_earlier(const struct mm_session *session)
{
    return session->has_earlier;
}
