/* What pairing may ask of tensors whose names tell nothing: read once, kept as long as the dumps. */
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
                                   .figures = {.mean = stats->mean,
                                               .std = stats->std,
                                               .min = stats->min,
                                               .max = stats->max,
                                               .min_at = stats->min_at,
                                               .max_at = stats->max_at}};
}

/* ---- one tensor --------------------------------------------------------------------------------------------------- */

/* Can some of its values be read without all of them? */
static bool is_seekable(const struct mm_load *load)
{
    return load->tensor.encoding == MM_ENC_RAW && load->tensor.runs == 1 && !load->joined &&
           mm_tensor_settled(&load->tensor);
}

/* A large text file may be laid out otherwise than it seemed when it was opened. */
static int flatten(struct mm_load *load, const struct mm_session *session, const struct mm_entry *entry,
                   struct mm_tensor *out, void **memory, struct mm_run *run)
{
    struct mm_err err;
    if (mm_tensor_flatten(&load->tensor, NULL, out, memory, run, &err) == 0)
        return 0;
    return mm_load_validate(load, entry, session->options.schema, &err) < 0 ||
                   mm_tensor_flatten(&load->tensor, NULL, out, memory, run, &err) < 0
               ? -1
               : 0;
}

static void read_whole(struct mm_load *load, const struct mm_session *session, const struct mm_entry *entry,
                       struct mm_fingerprint *out)
{
    struct mm_tensor flat;
    struct mm_run run;
    struct mm_err err;
    uint64_t bytes;
    void *memory = NULL;
    bool good = flatten(load, session, entry, &flat, &memory, &run) == 0 &&
                mm_fingerprint_take(&flat, out, &bytes, &err) == 0 && mm_load_check(load, entry, &err) == 0;
    if (!good)
        *out = (struct mm_fingerprint){.known = false};
    free(memory);
}

static void read_some(struct mm_load *load, const struct mm_entry *entry, struct mm_fingerprint *out,
                      uint64_t *bytes)
{
    struct mm_err err;
    mm_map_random(&load->map);
    if (mm_fingerprint_take(&load->tensor, out, bytes, &err) < 0 ||
        mm_map_check(&load->map, entry->label, &err) < 0)
        *out = (struct mm_fingerprint){.known = false};
}

/* False: more than `left` bytes would have to be read. What can't be read is not known. */
static bool read_entry(const struct mm_session *session, const struct mm_entry *entry, uint64_t left,
                       struct mm_fingerprint *out, uint64_t *bytes)
{
    struct mm_load load;
    struct mm_err err;
    *out = (struct mm_fingerprint){.known = false};
    *bytes = 0;
    if (entry->kept != MM_KEPT_ALL || mm_load_open(&load, entry, session->options.schema, &err) < 0)
        return true;
    bool some = is_seekable(&load);
    if (some)
        read_some(&load, entry, out, bytes);
    else if (load.size <= left)
        read_whole(&load, session, entry, out);
    *bytes = some ? *bytes : load.size;
    mm_load_close(&load);
    return *bytes <= left;
}

/* ---- all of them -------------------------------------------------------------------------------------------------- */

static bool is_of(const struct mm_dump *dump, const struct mm_entry *entry)
{
    return dump && entry >= dump->entries && entry < dump->entries + dump->count;
}

static bool has_room(struct fingerprints *kept, size_t count)
{
    kept->of = kept->of ? kept->of : calloc(count, sizeof *kept->of);
    kept->bytes = kept->bytes ? kept->bytes : calloc(count, sizeof *kept->bytes);
    kept->asked = kept->asked ? kept->asked : calloc(count, sizeof *kept->asked);
    return kept->of && kept->bytes && kept->asked;
}

/* Where what is known of the entry is kept; NULL: it is of a third dump, or there is no memory for more. */
static struct fingerprints *place_of(struct mm_session *session, const struct mm_entry *entry, size_t *place)
{
    const struct mm_dump *dumps[2] = {session->src, session->dst};
    for (int i = 0; i < 2; i++) {
        if (!is_of(dumps[i], entry))
            continue;
        *place = (size_t)(entry - dumps[i]->entries);
        return has_room(&session->fingerprints[i], dumps[i]->count) ? &session->fingerprints[i] : NULL;
    }
    return NULL;
}

/* The same is left out whether it was read before or not: every pairing counts all that it asked for. */
bool session_fingerprint(void *context, const struct mm_entry *entry, struct mm_fingerprint *out)
{
    struct mm_session *session = context;
    uint64_t left = MM_ORDER_BYTES_MOST - session->fingerprint_bytes, bytes;
    size_t place = 0;
    struct fingerprints *kept = place_of(session, entry, &place);
    bool fits = true;
    if (kept && kept->asked[place]) {
        *out = kept->of[place];
        bytes = kept->bytes[place];
    } else {
        fits = read_entry(session, entry, left, out, &bytes);
    }
    if (fits && kept) {
        kept->of[place] = *out;
        kept->bytes[place] = bytes;
        kept->asked[place] = true;
    }
    if (!fits || bytes > left)
        return false;
    session->fingerprint_bytes += bytes;
    return true;
}

void fingerprints_done(struct mm_session *session)
{
    for (int i = 0; i < 2; i++) {
        free(session->fingerprints[i].of);
        free(session->fingerprints[i].bytes);
        free(session->fingerprints[i].asked);
    }
}
