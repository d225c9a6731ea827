/* Names that end with the type of the operator that made the tensor. */
#include "pair/operators.h"

#include <stdlib.h>
#include <string.h>

#include "dump/operator_type.h"
#include "graph/key.h"
#include "base/names.h"

static const char how[] = "same name but for the operator's type at its end";

/* The open names of one side, in the form in which separators are one. */
struct stems {
    struct mm_names names;
    struct mm_arena arena;
    struct mm_buf key;
    struct side_run **run; /* by number of the key; NULL: several are alike */
    size_t capacity;
};

static const char *key_of(struct stems *stems, const char *name, size_t length, size_t *size)
{
    mm_buf_clear(&stems->key);
    char *key = mm_buf_reserve(&stems->key, length + 1);
    *size = key ? mm_key(MM_KEY_PLAIN, name, length, key) : 0;
    return key;
}

static int stems_fill(struct stems *stems, const struct side_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        size_t size, known = stems->names.count;
        if (!runs->run[i].open)
            continue;
        const char *key = key_of(stems, runs->run[i].text, runs->run[i].length, &size);
        if (key && size == 0)
            continue;
        int number = key ? mm_names_add(&stems->names, &stems->arena, key, size) : -1;
        if (number < 0 ||
            mm_grow((void **)&stems->run, &stems->capacity, stems->names.count, sizeof *stems->run) < 0)
            return -1;
        stems->run[number] = stems->names.count > known ? &runs->run[i] : NULL;
    }
    return 0;
}

/* The name that is these characters, one to one. 0, or -1 without memory. */
static int stems_find(struct stems *stems, const char *text, size_t length, struct side_run **found)
{
    size_t size;
    const char *key = key_of(stems, text, length, &size);
    int number = key && size ? mm_names_find(&stems->names, key, size) : -1;
    *found = number >= 0 ? stems->run[number] : NULL;
    return key ? 0 : -1;
}

/* Of the steps of an operator the last has its result: does another name go on behind this one? They stand behind it. */
static bool goes_on(const struct side_runs *runs, size_t i)
{
    const struct side_run *here = &runs->run[i];
    for (i++; i < runs->count && strncmp(runs->run[i].text, here->text, here->length) == 0; i++) {
        if (runs->run[i].open && runs->run[i].text[here->length] == '_')
            return true;
    }
    return false;
}

/* found[run of `longer`] = the run of the stems, where it is one to one. */
static int find_all(struct stems *stems, const struct side_runs *longer, enum operator_ending ending,
                    struct side_run **found)
{
    for (size_t i = 0; i < stems->names.count; i++) {
        if (stems->run[i])
            stems->run[i]->key = 0;
    }
    for (size_t i = 0; i < longer->count; i++) {
        const struct side_run *run = &longer->run[i];
        size_t stem = 0, end = 0;
        const struct mm_entry *entry = longer->side->sorted[run->first]->entry;
        if (!run->open || !entry->op_type || !operator_type_of(run->text, ending, &stem, &end) ||
            (ending == OPERATOR_STEPS && goes_on(longer, i)))
            continue;
        if (end < run->length && stems_find(stems, run->text, end, &found[i]) < 0)
            return -1;
        if (!found[i] && stems_find(stems, run->text, stem, &found[i]) < 0)
            return -1;
        if (found[i])
            found[i]->key++;
    }
    for (size_t i = 0; i < longer->count; i++)
        found[i] = found[i] && found[i]->key == 1 ? found[i] : NULL;
    return 0;
}

static int join(struct side_runs *longer, struct side_runs *others, enum operator_ending ending)
{
    struct stems stems = {.capacity = 0};
    struct side_run **found = calloc(longer->count + 1, sizeof *found);
    mm_names_init(&stems.names);
    mm_arena_init(&stems.arena);
    mm_buf_init(&stems.key);
    int result = found && stems_fill(&stems, others) == 0 ? find_all(&stems, longer, ending, found) : -1;
    for (size_t i = 0; result == 0 && i < longer->count; i++) {
        if (found[i])
            side_pair(longer, &longer->run[i], others, found[i], MM_PAIR_BY_QUANTISED, how);
    }
    mm_names_done(&stems.names);
    mm_arena_done(&stems.arena);
    mm_buf_done(&stems.key);
    free(stems.run);
    free(found);
    return result;
}

int operators_join(struct side *src, struct side *dst)
{
    struct side_runs runs[2] = {{.count = 0}};
    int result = side_runs_init(&runs[0], src);
    if (result == 0)
        result = side_runs_init(&runs[1], dst);
    for (int ending = 0; ending < OPERATOR_ENDINGS && result == 0 && runs[0].open && runs[1].open; ending++) {
        enum operator_ending with = (enum operator_ending)ending;
        result = join(&runs[1], &runs[0], with) < 0 || join(&runs[0], &runs[1], with) < 0 ? -1 : 0;
    }
    side_runs_done(&runs[0]);
    side_runs_done(&runs[1]);
    return result;
}
