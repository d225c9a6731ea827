/* The tensors of one dump by the names that they are paired by. */
#include "pair/naming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair/rename.h"
#include "pair/tensorflow.h"

int naming_order(const void *a, const void *b)
{
    const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->entry->order > y->entry->order) - (x->entry->order < y->entry->order);
}

const char *naming_file_or_member(const struct mm_entry *entry)
{
    return entry->member ? entry->member : entry->source->file;
}

/* NULL when memory is out. */
static const char *numbered_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    const char *scope = entry->source->scope ? entry->source->scope : "";
    if (entry->parsed.stamp < 0 || entry->source->format->stamped || entry->listed)
        return entry->parsed.name;
    const char *name = mm_entry_whole_name(entry, arena);
    char *scoped = name ? mm_arena_alloc(arena, strlen(scope) + strlen(name) + 1) : NULL;
    return scoped ? strcat(strcpy(scoped, scope), name) : NULL;
}

static const char *name_of(const struct mm_entry *entry, enum reading reading, struct mm_arena *arena)
{
    return reading == READ_TENSORFLOW ? tensorflow_name(entry, arena)
           : reading == READ_NUMBERED ? numbered_name(entry, arena)
                                      : entry->parsed.name;
}

/* Names of dst by the rules that were given. One that has the name which a rule gives to another is not meant by it. */
static int rename_all(struct side *side, const struct naming *naming)
{
    const struct mm_renames *renames = naming->pairing->renames;
    for (size_t i = 0; i < side->count; i++) {
        struct candidate *here = side->sorted[i];
        const char *name = rename_name(renames, here->name, naming->used, naming->arena);
        if (!name)
            return -1;
        here->how = strcmp(name, here->name) != 0 ? "named by --map or --rename" : NULL;
        here->rung = here->how ? MM_PAIR_BY_MAP : MM_PAIR_BY_NONE;
        here->name = name;
    }
    for (size_t i = 0; i < side->count; i++) {
        struct candidate *here = side->sorted[i];
        if (here->how || !rename_is_given(renames, here->name, naming->used))
            continue;
        struct mm_buf text = {0};
        mm_buf_printf(&text, "%s (dst's own)", here->name);
        here->name = text.failed ? NULL : mm_arena_strdup(naming->arena, mm_buf_text(&text));
        mm_buf_done(&text);
        if (!here->name)
            return -1;
    }
    return 0;
}

/* Leave out all but one occurrence of the names that have several. */
static void choose_occurrence(struct side *side, int64_t wanted)
{
    for (size_t i = 0, end; i < side->count; i = end) {
        end = side_run_end(side, i);
        size_t chosen = wanted == MM_OCCURRENCE_LAST ? end - 1 : i + (size_t)wanted - 1;
        for (size_t k = i; k < end && end - i > 1; k++)
            side->sorted[k]->dropped |= k != chosen;
    }
}

int naming_side(struct side *side, const struct mm_dump *dump, const struct naming *naming, bool is_dst)
{
    enum reading reading = naming->reading;
    bool tensorflow = reading == READ_TENSORFLOW;
    *side = (struct side){.dump = dump, .off = naming->pairing->off};
    side->all = calloc(dump->count + 1, sizeof *side->all);
    side->sorted = calloc(dump->count + 1, sizeof *side->sorted);
    if (!side->all || !side->sorted)
        return -1;
    for (size_t i = 0; i < dump->count; i++) {
        struct candidate *here = &side->all[side->count];
        here->entry = &dump->entries[i];
        here->name = here->own = name_of(here->entry, reading, naming->arena);
        if (!here->name)
            return -1;
        if (tensorflow && is_dst && strstr(naming_file_or_member(here->entry), "cnnl")) {
            side->dropped++;
            continue;
        }
        side->sorted[side->count++] = here;
    }
    if (is_dst && mm_renames_count(naming->pairing->renames) && rename_all(side, naming) < 0)
        return -1;
    qsort(side->sorted, side->count, sizeof *side->sorted, naming_order);
    if (tensorflow)
        tensorflow_drop_repeats(side);
    if (naming->pairing->occurrence != MM_OCCURRENCE_ALL)
        choose_occurrence(side, naming->pairing->occurrence);
    return 0;
}
