/* Which tensors of the model's graph the pairs are: their names, all at once, and a second try by other names. */
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "mmtui/pair.h"

static bool is_pair(const struct mm_pair *pair)
{
    return pair->src && pair->dst;
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

static void count_known(struct mm_model_match *match, const struct mm_pair *pair)
{
    size_t both = 0, both_known = 0, known = 0;
    for (size_t i = 0; i < match->count; i++) {
        bool found = match->tensor[i] >= 0;
        both += is_pair(&pair[i]);
        both_known += found && is_pair(&pair[i]);
        known += found;
    }
    match->asked = both ? both : match->count;
    match->known = both ? both_known : known;
}

bool mm_model_match_usable(const struct mm_model_match *match)
{
    return match->known > 0 && 2 * match->known >= match->asked;
}

/* ---- by name --------------------------------------------------------------------------------------------------- */

/* A file's name without the number before it, where that was taken for a part of the name. */
static const char *without_number(const struct mm_pair *pair)
{
    const struct mm_entry *entry = pair->src ? pair->src : pair->dst;
    return entry->parsed.stamp >= 0 ? entry->parsed.name : pair->name;
}

static bool any_number(const struct mm_pair *pair, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(without_number(&pair[i]), pair[i].name) != 0)
            return true;
    }
    return false;
}

static void take(struct mm_model_match *match, const struct mm_graph_matches *found)
{
    for (size_t i = 0; i < match->count; i++) {
        match->tensor[i] = found->match[i].tensor;
        match->run[i] = found->match[i].tensor >= 0 ? found->match[i].run : 0;
    }
}

static int by_names(struct mm_model_match *match, const struct mm_graph *graph, const struct mm_pair *pair,
                    const char **names, struct mm_err *err)
{
    struct mm_graph_matches first, second = {0};
    for (size_t i = 0; i < match->count; i++)
        names[i] = pair[i].model ? pair[i].model : pair[i].name;
    if (mm_graph_match(graph, names, match->count, MM_RUNGS_ALL, &first, err) < 0)
        return -1;
    take(match, &first);
    int result = 0;
    if (2 * first.found < match->count && any_number(pair, match->count)) {
        for (size_t i = 0; i < match->count; i++)
            names[i] = without_number(&pair[i]);
        result = mm_graph_match(graph, names, match->count, MM_RUNGS_ALL, &second, err);
        if (result == 0 && second.found > first.found)
            take(match, &second);
    }
    mm_graph_matches_done(&first);
    mm_graph_matches_done(&second);
    return result;
}

int mm_model_match_open(struct mm_model_match *match, const struct mm_graph *graph,
                        const struct mm_pair *pair, size_t count, struct mm_err *err)
{
    *match = (struct mm_model_match){.count = count};
    match->tensor = calloc(count + 1, sizeof *match->tensor);
    match->run = calloc(count + 1, sizeof *match->run);
    const char **names = calloc(count + 1, sizeof *names);
    int result = match->tensor && match->run && names ? 0 : mm_fail_memory(err);
    if (result == 0)
        result = by_names(match, graph, pair, names, err);
    free(names);
    if (result < 0)
        mm_model_match_done(match);
    else
        count_known(match, pair);
    return result;
}

/* ---- by other names -------------------------------------------------------------------------------------------- */

/* Copies, since the caller's name is valid until the next one is asked for. */
static int other_names(const struct mm_model_match *match, mm_model_name name, void *context,
                       struct mm_arena *arena, const char **names)
{
    for (size_t i = 0; i < match->count; i++) {
        names[i] = match->tensor[i] >= 0 ? "" : mm_arena_strdup(arena, name(context, i));
        if (!names[i])
            return -1;
    }
    return 0;
}

/* What is found already is not given away again, and one node's other tensors (its result in integers, say) that
 * carry its name as well are no further runs of it. */
static void take_more(struct mm_model_match *match, const struct mm_pair *pair,
                      const struct mm_graph_matches *found, const bool *taken)
{
    for (size_t i = 0; i < match->count; i++) {
        const struct mm_graph_match *here = &found->match[i];
        if (match->tensor[i] >= 0 || here->tensor < 0 || taken[here->tensor])
            continue;
        if ((uint32_t)here->occurrence + 1 != pair[i].occurrence)
            continue;
        match->tensor[i] = here->tensor;
        match->run[i] = here->run;
    }
}

int mm_model_match_more(struct mm_model_match *match, const struct mm_graph *graph,
                        const struct mm_pair *pair, mm_model_name name, void *context, struct mm_err *err)
{
    struct mm_arena arena;
    struct mm_graph_matches found = {0};
    const char **names = calloc(match->count + 1, sizeof *names);
    bool *taken = calloc((size_t)graph->tensor_count + 1, sizeof *taken);
    mm_arena_init(&arena);
    int result = -1;
    if (!names || !taken || other_names(match, name, context, &arena, names) < 0)
        mm_fail_memory(err);
    else
        result = mm_graph_match(graph, names, match->count, MM_RUNGS_ALL, &found, err);
    if (result == 0) {
        for (size_t i = 0; i < match->count; i++) {
            if (match->tensor[i] >= 0)
                taken[match->tensor[i]] = true;
        }
        take_more(match, pair, &found, taken);
        count_known(match, pair);
    }
    mm_graph_matches_done(&found);
    mm_arena_done(&arena);
    free(names);
    free(taken);
    return result;
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

void mm_model_match_missing(const struct mm_model_match *match, const struct mm_pair *pair, size_t most,
                            struct mm_buf *out)
{
    size_t shown = 0, missing = match->asked - match->known;
    bool lone = match->asked == match->count;
    for (size_t i = 0; i < match->count && shown < most; i++) {
        if (match->tensor[i] >= 0 || !(lone || is_pair(&pair[i])))
            continue;
        bool last = shown + 1 == most || shown + 1 == missing;
        mm_buf_say(out, !shown ? "\"" : last ? " and \"" : ", \"");
        mm_text_escape(out, pair[i].name, strlen(pair[i].name));
        mm_buf_putc(out, '"');
        shown++;
    }
}

void mm_model_match_done(struct mm_model_match *match)
{
    free(match->tensor);
    free(match->run);
    *match = (struct mm_model_match){.count = 0};
}
