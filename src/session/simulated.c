/* What a dst that mmtui simulated says of itself: which operators read integers, and by which scales. */
#include "session/state.h"

#include "base/names.h"

#include <stdlib.h>
#include <string.h>

/* Rows of the list by their names; of occurrences the last, they are alike. */
static int number_names(const struct mm_simulated_dump *list, struct mm_names *names, struct mm_arena *arena,
                        size_t *row)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->tensor[i].name;
        int number = mm_names_add(names, arena, name, strlen(name));
        if (number < 0)
            return -1;
        row[number] = i;
    }
    return 0;
}

static struct simulated_facts facts_of(const struct mm_simulated_tensor *tensor)
{
    struct simulated_facts here = {.known = true, .reads = tensor->reads, .storage = tensor->storage};
    here.facts.simulated = true;
    if (tensor->reads == MM_DTYPE_NONE)
        return here;
    here.facts.parts = (unsigned char)(MM_PART_INPUT | (tensor->weights ? MM_PART_WEIGHTS : 0));
    if (tensor->weights) {
        here.facts.bits = (unsigned char)mm_dtype_info(tensor->reads)->bits;
        here.facts.weights = tensor->per_channel ? MM_PER_CHANNEL : MM_PER_TENSOR;
    }
    return here;
}

static int find_all(struct mm_session *session, const struct mm_simulated_dump *list)
{
    const struct mm_pairs *pairs = session->pairs;
    struct simulated_facts *facts = calloc(pairs->count + 1, sizeof *facts);
    size_t *row = calloc(list->count + 1, sizeof *row);
    struct mm_arena arena = {0};
    struct mm_names names;
    mm_names_init(&names);
    int result = facts && row ? number_names(list, &names, &arena, row) : -1;
    for (size_t i = 0; i < pairs->count && result == 0; i++) {
        const struct mm_entry *dst = pairs->pair[i].dst;
        int number = dst ? mm_names_find(&names, dst->parsed.name, strlen(dst->parsed.name)) : -1;
        if (number >= 0)
            facts[i] = facts_of(&list->tensor[row[number]]);
    }
    session->quantised.simulated = facts;
    free(row);
    mm_names_done(&names);
    mm_arena_done(&arena);
    return result;
}

int simulated_facts_find(struct mm_session *session, struct mm_err *err)
{
    struct mm_simulated_dump list;
    if (session->quantised.facts)
        return 0; /* a quantised model was given, and says more */
    int result = mm_simulated_dump_read(&list, session->dst, err);
    if (result == 0 && list.count > 0 && find_all(session, &list) < 0)
        result = mm_fail_memory(err);
    mm_simulated_dump_done(&list);
    return result;
}
