/* All names of a dump against the graph: rung after rung, then occurrences. */
#include "graph/ladder.h"

#include <stdlib.h>

const char *mm_graph_rung_text(enum mm_graph_rung rung)
{
    static const char *const texts[MM_RUNG_COUNT] = {
        [MM_RUNG_NONE] = "not found",
        [MM_RUNG_EXACT] = "same name",
        [MM_RUNG_OPERATOR] = "same name but for the operator's type at its end",
        [MM_RUNG_SAFE] = "same name, with _ for what a file name can't have",
        [MM_RUNG_TRIMMED] = "same name but for separators at the beginning",
        [MM_RUNG_PLAIN] = "same name but for separators",
        [MM_RUNG_ENDING] = "same name but for separators and the number of the output",
        [MM_RUNG_FOLDED] = "same name but for case and separators",
        [MM_RUNG_PREFIX] = "same name but for a prefix",
    };
    return (unsigned)rung < MM_RUNG_COUNT ? texts[rung] : "";
}

/* ---- the rungs ------------------------------------------------------------------------------------------------ */

static const enum mm_graph_rung rung_of[MM_KEY_FORMS] = {
    [MM_KEY_EXACT] = MM_RUNG_EXACT, [MM_KEY_SAFE] = MM_RUNG_SAFE,     [MM_KEY_TRIMMED] = MM_RUNG_TRIMMED,
    [MM_KEY_PLAIN] = MM_RUNG_PLAIN, [MM_KEY_ENDING] = MM_RUNG_ENDING, [MM_KEY_FOLDED] = MM_RUNG_FOLDED,
};

static bool climb(struct mm_ladder *ladder, unsigned rungs)
{
    bool good = true;
    for (int form = 0; form < MM_KEY_FORMS && good && ladder->open > 0; form++) {
        bool wanted = rungs >> rung_of[form] & 1;
        bool last = form == MM_KEY_FOLDED && (rungs >> MM_RUNG_PREFIX & 1);
        if (!wanted && !last)
            continue;
        good = mm_ladder_table_fill(&ladder->table, ladder->graph, (enum mm_key_form)form, "");
        if (good && wanted)
            good = mm_ladder_step(ladder, (enum mm_key_form)form, rung_of[form], "");
        if (good && form == MM_KEY_EXACT && (rungs >> MM_RUNG_OPERATOR & 1))
            mm_ladder_operators(ladder);
        if (good && last)
            good = mm_ladder_prefixes(ladder);
        mm_ladder_table_done(&ladder->table);
    }
    return good;
}

/* ---- names and occurrences ------------------------------------------------------------------------------------ */

/* number[place of a name] = place of the equal ones in ladder->name. */
static bool collect(struct mm_ladder *ladder, const char *const *names, size_t count, int *number,
                    struct mm_graph_match *match)
{
    struct mm_names known;
    struct mm_arena arena;
    bool good = true;
    mm_names_init(&known);
    mm_arena_init(&arena);
    for (size_t i = 0; i < count && good; i++) {
        size_t length = strlen(names[i]);
        int n = number[i] = mm_names_add(&known, &arena, names[i], length);
        good = n >= 0;
        if (good && (size_t)n == ladder->count)
            ladder->name[ladder->count++] =
                (struct mm_ladder_name){.text = names[i],
                                        .length = length,
                                        .key = -1,
                                        .match = {.tensor = -1, .candidate = {-1, -1}}};
        if (good)
            match[i].occurrence = ladder->name[n].occurrences++;
    }
    ladder->open = ladder->count;
    mm_names_done(&known);
    mm_arena_done(&arena);
    return good;
}

/* The next occurrence of a name whose tensor is written V times a run. */
static void place_occurrence(const struct mm_graph *graph, struct mm_ladder_name *name,
                             struct mm_graph_match *match)
{
    int again = name->versions > 1 ? graph->tensors[name->next].again : -1;
    match->run = match->occurrence / name->versions;
    match->tensor = name->next;
    name->next = again >= 0 ? again : name->match.tensor;
}

static void count_match(struct mm_graph_matches *matches, const struct mm_graph_match *match)
{
    matches->found += match->tensor >= 0;
    matches->ambiguous += match->candidate[0] >= 0;
    matches->missing += match->tensor < 0 && match->candidate[0] < 0;
    if (match->tensor < 0)
        return;
    matches->by_rung[match->rung]++;
    if (match->run >= matches->runs)
        matches->runs = match->run + 1;
}

static void fill(struct mm_graph_matches *matches, const struct mm_ladder *ladder, const int *number,
                 struct mm_graph_match *match)
{
    for (size_t i = 0; i < matches->count; i++) {
        struct mm_ladder_name *name = &ladder->name[number[i]];
        int occurrence = match[i].occurrence;
        match[i] = name->match;
        match[i].occurrence = occurrence;
        if (match[i].tensor >= 0)
            place_occurrence(ladder->graph, name, &match[i]);
        count_match(matches, &match[i]);
    }
    matches->match = match;
    matches->prefix = ladder->prefix;
    matches->prefix_of_graph = ladder->prefix_of_graph;
}

/* ---- from tensors to names ------------------------------------------------------------------------------------ */

/* By tensor, those of a tensor in the order of their runs, which is that of the names. */
static bool invert(struct mm_graph_matches *matches)
{
    size_t tensors = (size_t)matches->tensor_count;
    int *first = mm_arena_array(&matches->arena, tensors + 2, sizeof *first);
    int *by_tensor = mm_arena_array(&matches->arena, matches->count, sizeof *by_tensor);
    if (!first || !by_tensor)
        return false;
    for (size_t i = 0; i < matches->count; i++) {
        if (matches->match[i].tensor >= 0)
            first[matches->match[i].tensor + 2]++;
    }
    for (size_t t = 2; t < tensors + 2; t++)
        first[t] += first[t - 1];
    for (size_t i = 0; i < matches->count; i++) {
        if (matches->match[i].tensor >= 0)
            by_tensor[first[matches->match[i].tensor + 1]++] = (int)i;
    }
    matches->first = first;
    matches->by_tensor = by_tensor;
    return true;
}

int mm_graph_matched(const struct mm_graph_matches *matches, int tensor, int run)
{
    if (tensor < 0 || tensor >= matches->tensor_count)
        return -1;
    int low = matches->first[tensor], high = matches->first[tensor + 1], begin = low;
    while (low < high) { /* the first that is later than the run */
        int middle = low + (high - low) / 2;
        if (matches->match[matches->by_tensor[middle]].run <= run)
            low = middle + 1;
        else
            high = middle;
    }
    return low > begin ? matches->by_tensor[low - 1] : -1;
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

static bool match_all(struct mm_ladder *ladder, const char *const *names, unsigned rungs,
                      struct mm_graph_matches *matches)
{
    size_t count = matches->count;
    struct mm_graph_match *match = mm_arena_array(&matches->arena, count, sizeof *match);
    int *number = calloc(count + 1, sizeof *number);
    ladder->name = calloc(count + 1, sizeof *ladder->name);
    ladder->taken = calloc((size_t)matches->tensor_count + 1, sizeof *ladder->taken);
    ladder->claims = calloc((size_t)matches->tensor_count + 1, sizeof *ladder->claims);
    bool good = match && number && ladder->name && ladder->taken && ladder->claims &&
                collect(ladder, names, count, number, match) && climb(ladder, rungs);
    if (good)
        fill(matches, ladder, number, match);
    free(number);
    free(ladder->name);
    free(ladder->taken);
    free(ladder->claims);
    return good && invert(matches);
}

int mm_graph_match(const struct mm_graph *graph, const char *const *names, size_t count, unsigned rungs,
                   struct mm_graph_matches *matches, struct mm_err *err)
{
    *matches = (struct mm_graph_matches){.count = count, .tensor_count = graph->tensor_count};
    mm_arena_init(&matches->arena);
    struct mm_ladder ladder = {.graph = graph, .arena = &matches->arena};
    mm_ladder_table_init(&ladder.table);
    mm_buf_init(&ladder.key);
    bool good = match_all(&ladder, names, rungs, matches);
    mm_ladder_table_done(&ladder.table);
    mm_buf_done(&ladder.key);
    if (good)
        return 0;
    mm_graph_matches_done(matches);
    return mm_fail_memory(err);
}

void mm_graph_matches_done(struct mm_graph_matches *matches)
{
    mm_arena_done(&matches->arena);
    *matches = (struct mm_graph_matches){.count = 0};
}
