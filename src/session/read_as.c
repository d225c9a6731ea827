/* Integers that are bit patterns of floats: by --dtype, or because all of a dump holds such. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

/* ---- as it was asked for ------------------------------------------------------------------------------------------ */

static bool is_meant(const struct mm_read_rule *rule, const struct mm_pair *pair)
{
    /* what it is called in the list, in src, and in dst */
    const char *const names[] = {pair->name, pair->own[0], pair->own[1]};
    bool meant = !rule->name;
    for (size_t i = 0; i < MM_COUNT(names) && !meant; i++)
        meant = names[i] && (strcmp(rule->name, names[i]) == 0 || mm_text_glob(rule->name, names[i]));
    return meant;
}

/* What the rule met. */
struct met {
    size_t tensors, fit; /* with the name; with integers of the width on a side */
    const char *name; /* of one that does not fit, and its types; NONE: that side is missing, or unreadable */
    enum mm_dtype src, dst;
};

/* Of the type already (a raw file that was told it), or its bits. */
static bool is_of(const struct mm_info *info, enum mm_dtype dtype)
{
    return info->dtype == dtype || mm_dtype_reads(dtype, info->dtype);
}

static void meet(struct mm_session *session, const struct mm_read_rule *rule, const struct mm_pair *pair,
                 struct met *met)
{
    struct mm_result result;
    struct mm_pair plain = *pair;
    plain.read_as = MM_DTYPE_NONE;
    mm_measure_header(&plain, session->src->schema, &result);
    bool src = result.src.known && is_of(&result.src, rule->dtype);
    bool dst = result.dst.known && is_of(&result.dst, rule->dtype);
    met->tensors++;
    met->fit += src || dst;
    if (!src && !dst && !met->name) {
        met->name = pair->name;
        met->src = result.src.known ? result.src.dtype : MM_DTYPE_NONE;
        met->dst = result.dst.known ? result.dst.dtype : MM_DTYPE_NONE;
    }
    mm_result_done(&result);
}

static int fail_rule(const struct mm_read_rule *rule, const struct met *met, struct mm_err *err)
{
    const struct mm_dtype_info *type = mm_dtype_info(rule->dtype);
    char word[MM_DTYPE_WORD];
    if (!met->tensors)
        return mm_fail(err, MM_EARG, "--dtype %s=%s: no tensor has that name", rule->name, type->name);
    return mm_fail(err, MM_EARG,
                   "--dtype %s%s%s: bit patterns of %s stand in integers of %u bits, but %s is %s in src and "
                   "%s in dst",
                   rule->name ? rule->name : "", rule->name ? "=" : "", type->name,
                   mm_dtype_word(rule->dtype, word), type->bits, met->name, mm_dtype_info(met->src)->name,
                   mm_dtype_info(met->dst)->name);
}

/* A rule must fit something; where it does not fit, tensors stay as they are. Headers are read until one fits. Those with
 * a name come after those without. */
static int apply_rule(struct mm_session *session, const struct mm_read_rule *rule, bool named,
                      struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    struct met met = {0};
    for (size_t i = 0; i < pairs->count && named == (rule->name != NULL); i++) {
        if (!is_meant(rule, &pairs->pair[i]))
            continue;
        if (!met.fit)
            meet(session, rule, &pairs->pair[i], &met);
        mm_pairs_read_as(session->pairs, i, rule->dtype, false);
    }
    return met.fit || named != (rule->name != NULL) ? 0 : fail_rule(rule, &met, err);
}

int read_as_given(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    for (size_t i = 0; i < 2 * options->read_rules; i++) {
        if (apply_rule(session, &options->read_rule[i % options->read_rules], i >= options->read_rules, err) <
            0)
            return -1;
    }
    return 0;
}

/* ---- as the dump shows it ---------------------------------------------------------------------------------------- */

#define LOOKED_AT    48 /* pairs, spread over the dump, whose headers are read */
#define MEASURED     12 /* of these, of each kind that may be such */
#define FITS_LEAST   3  /* of those measured */
#define FITS_SHARE   4  /* one in so many may not fit; where both sides are integers, one in two */
#define ELEMENTS_MAX ((int64_t)1 << 20) /* of one of them */

/* What was measured of those that may be bit patterns. */
struct seen {
    size_t tried, fits[MM_DTYPE_COUNT];
    bool src, dst; /* sides that hold them */
};

enum { AGAINST_FLOATS, BOTH_SIDES, KINDS };

static bool is_kind(const struct mm_info *info, enum mm_kind kind)
{
    return info->known && mm_dtype_info(info->dtype)->kind == kind;
}

static bool is_wide_integer(const struct mm_info *info)
{
    return (is_kind(info, MM_KIND_INT) || is_kind(info, MM_KIND_UINT)) &&
           mm_dtype_info(info->dtype)->bits <= 32 && info->shape.rank > 0 && info->count <= ELEMENTS_MAX;
}

/* Integers of at most 32 bits against floats, or two of 16 bits; KINDS: neither. */
static int kind_of(const struct mm_result *result)
{
    const struct mm_info *s = &result->src, *d = &result->dst;
    bool src = is_wide_integer(s), dst = is_wide_integer(d);
    if ((src && is_kind(d, MM_KIND_FLOAT)) || (dst && is_kind(s, MM_KIND_FLOAT)))
        return AGAINST_FLOATS;
    bool wide = src && dst && mm_dtype_info(s->dtype)->bits == 16 && mm_dtype_info(d->dtype)->bits == 16;
    return wide ? BOTH_SIDES : KINDS;
}

static void look(const struct mm_pair *pair, const struct mm_schema *schema, struct seen seen[KINDS])
{
    struct mm_result result;
    mm_measure_header(pair, schema, &result);
    int kind = result.src.known && result.dst.known ? kind_of(&result) : KINDS;
    mm_result_done(&result);
    if (kind == KINDS || seen[kind].tried == MEASURED)
        return;
    mm_measure_pair(pair, schema, NULL, NULL, &result);
    seen[kind].tried++;
    if (result.state == MM_STATE_MEASURED && result.bits != MM_DTYPE_NONE) {
        seen[kind].fits[result.bits]++;
        seen[kind].src |= result.bits_side[0];
        seen[kind].dst |= result.bits_side[1];
    }
    mm_result_done(&result);
}

/* Says it, and keeps it. */
static void note(struct mm_session *session, const struct seen *seen, enum mm_dtype dtype)
{
    const struct mm_dtype_info *type = mm_dtype_info(dtype);
    char word[MM_DTYPE_WORD];
    struct mm_buf text = {0};
    mm_buf_printf(&text,
                  "The %u-bit integers of %s are bit patterns of %s (%zu of %zu tensors looked at): read as "
                  "that (--dtype %s).",
                  type->bits,
                  seen->src && seen->dst ? "both dumps"
                  : seen->src            ? "src"
                                         : "dst",
                  mm_dtype_word(dtype, word), seen->fits[dtype], seen->tried, type->name);
    session->read_as[0] = seen->src ? dtype : MM_DTYPE_NONE;
    session->read_as[1] = seen->dst ? dtype : MM_DTYPE_NONE;
    session_note(session, &text);
}

void read_as_rules(const struct mm_session *session, struct mm_pairs *pairs)
{
    const struct mm_session_options *options = &session->options;
    for (size_t i = 0; i < 2 * options->read_rules; i++) {
        const struct mm_read_rule *rule = &options->read_rule[i % options->read_rules];
        bool named = i >= options->read_rules;
        for (size_t k = 0; k < pairs->count && named == (rule->name != NULL); k++) {
            if (is_meant(rule, &pairs->pair[k]))
                mm_pairs_read_as(pairs, k, rule->dtype, false);
        }
    }
}

/* The type that most of these are bit patterns of; NONE. Where both sides are integers, results of one sign are not told
 * from ids. */
static enum mm_dtype decide(const struct seen *seen, int kind)
{
    size_t share = kind == BOTH_SIDES ? 2 : FITS_SHARE;
    for (int dtype = 0; dtype < MM_DTYPE_COUNT; dtype++) {
        size_t fits = seen->fits[dtype];
        if (fits >= FITS_LEAST && share * (seen->tried - fits) <= seen->tried)
            return (enum mm_dtype)dtype;
    }
    return MM_DTYPE_NONE;
}

void read_as_seen(struct mm_session *session, struct mm_pairs *pairs, bool noted)
{
    struct seen seen[KINDS] = {{0}};
    size_t step = pairs->count / LOOKED_AT + 1;
    for (size_t i = 0; i < pairs->count; i += step) {
        const struct mm_pair *pair = &pairs->pair[i];
        if (pair->src && pair->dst && pair->read_as == MM_DTYPE_NONE)
            look(pair, session->src->schema, seen);
    }
    for (int kind = 0; kind < KINDS; kind++) {
        enum mm_dtype dtype = decide(&seen[kind], kind);
        if (dtype == MM_DTYPE_NONE)
            continue;
        mm_pairs_read_as(pairs, SIZE_MAX, dtype, kind == AGAINST_FLOATS);
        if (noted)
            note(session, &seen[kind], dtype);
        return;
    }
}

enum mm_dtype mm_session_read_as(const struct mm_session *session, bool dst)
{
    return session->read_as[dst];
}
