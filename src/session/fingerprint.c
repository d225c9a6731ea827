/* What pairing may ask of tensors whose names tell nothing: measured once, kept as long as the dumps. */
#include "session/state.h"

#include <stdlib.h>

struct mm_fingerprint fingerprint_of(const struct mm_result *result, bool dst)
{
    const struct mm_info *info = dst ? &result->dst : &result->src;
    const struct mm_stats *stats = dst ? &result->metrics.dst : &result->metrics.src;
    bool known = result->state == MM_STATE_SINGLE && info->known && stats->finite == info->count;
    return (struct mm_fingerprint){.known = known,
                                   .count = info->count,
                                   .shape = info->shape,
                                   .mean = stats->mean,
                                   .std = stats->std,
                                   .min = stats->min,
                                   .max = stats->max,
                                   .min_at = stats->min_at,
                                   .max_at = stats->max_at};
}

static void measure(const struct mm_session *session, const struct mm_entry *entry, bool dst,
                    struct mm_fingerprint *out)
{
    struct mm_pair pair = {.name = "", .src = dst ? NULL : entry, .dst = dst ? entry : NULL};
    struct mm_measure_options options;
    struct mm_result result = {.state = MM_STATE_PENDING};
    *out = (struct mm_fingerprint){.known = false};
    if (entry->kept != MM_KEPT_ALL)
        return;
    mm_measure_defaults(&options);
    mm_measure_pair(&pair, session->options.schema, &options, NULL, &result);
    *out = fingerprint_of(&result, dst);
    mm_result_done(&result);
}

static bool is_of(const struct mm_dump *dump, const struct mm_entry *entry)
{
    return dump && entry >= dump->entries && entry < dump->entries + dump->count;
}

void session_fingerprint(void *context, const struct mm_entry *entry, struct mm_fingerprint *out)
{
    struct mm_session *session = context;
    const struct mm_dump *dumps[2] = {session->src, session->dst};
    for (int i = 0; i < 2; i++) {
        struct fingerprints *kept = &session->fingerprints[i];
        if (!is_of(dumps[i], entry))
            continue;
        if (!kept->of)
            kept->of = calloc(dumps[i]->count, sizeof *kept->of);
        if (!kept->asked)
            kept->asked = calloc(dumps[i]->count, sizeof *kept->asked);
        if (!kept->of || !kept->asked)
            break;
        size_t place = (size_t)(entry - dumps[i]->entries);
        if (!kept->asked[place])
            measure(session, entry, i == 1, &kept->of[place]);
        kept->asked[place] = true;
        *out = kept->of[place];
        return;
    }
    measure(session, entry, false, out); /* of a third dump, or without memory for more */
}

void fingerprints_done(struct mm_session *session)
{
    for (int i = 0; i < 2; i++) {
        free(session->fingerprints[i].of);
        free(session->fingerprints[i].asked);
    }
}
