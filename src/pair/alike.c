/* Rung after rung: the names of both sides in one form, and which of them are the only ones there. */
#include "pair/alike.h"

#include <stdlib.h>
#include <string.h>

#include "graph/key.h"
#include "base/names.h"
#include "base/translate.h"
#include "pair/beginning.h"

static const struct {
    enum mm_key_form form;
    enum mm_graph_rung rung;
    enum mm_pair_rung by;
} rungs[] = {
    {MM_KEY_SAFE, MM_RUNG_SAFE, MM_PAIR_BY_SEPARATORS},
    {MM_KEY_TRIMMED, MM_RUNG_TRIMMED, MM_PAIR_BY_SEPARATORS},
    {MM_KEY_PLAIN, MM_RUNG_PLAIN, MM_PAIR_BY_SEPARATORS},
    {MM_KEY_ENDING, MM_RUNG_ENDING, MM_PAIR_BY_OUTPUT},
    {MM_KEY_FOLDED, MM_RUNG_FOLDED, MM_PAIR_BY_CASE},
};

/* ---- keys ------------------------------------------------------------------------------------------------------- */

void alike_keys_init(struct alike_keys *keys)
{
    *keys = (struct alike_keys){.slot = NULL};
    mm_names_init(&keys->names);
    mm_arena_init(&keys->arena);
    mm_buf_init(&keys->text);
}

void alike_keys_done(struct alike_keys *keys)
{
    mm_names_done(&keys->names);
    mm_arena_done(&keys->arena);
    mm_buf_done(&keys->text);
    free(keys->slot);
}

int alike_key_add(struct alike_keys *keys, const struct alike_cut *cut, int side, struct side_run *run)
{
    size_t skip = cut->text[side] ? strlen(cut->text[side]) : 0, known = keys->names.count;
    mm_buf_clear(&keys->text);
    char *key = mm_buf_reserve(&keys->text, run->length + 1);
    size_t length = key ? mm_key(cut->form, run->text, run->length, key) : 0;
    run->key = -1;
    if (length == 0)
        return key ? 0 : -1;
    if (skip && length > skip && memcmp(key, cut->text[side], skip) == 0) {
        key += skip;
        length -= skip;
    }
    run->key = mm_names_add(&keys->names, &keys->arena, key, length);
    if (run->key < 0 ||
        mm_grow((void **)&keys->slot, &keys->capacity, keys->names.count, sizeof *keys->slot) < 0)
        return -1;
    struct alike_slot *slot = &keys->slot[run->key];
    if (keys->names.count > known)
        *slot = (struct alike_slot){{0}, {NULL}, {{NULL}}, false};
    struct side_run *another = run;
    if (!slot->run[side] || (!slot->run[side]->open && run->open)) { /* one that is open tells more */
        another = slot->run[side];
        slot->run[side] = run;
    }
    for (size_t i = 0; another && i < MM_COUNT(slot->more[side]); i++) {
        if (!slot->more[side][i]) {
            slot->more[side][i] = another;
            break;
        }
    }
    slot->count[side]++;
    return 0;
}

int alike_keys_fill(struct alike_keys *keys, const struct alike_cut *cut, struct side_runs *sides)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < sides[side].count; i++) {
            if (alike_key_add(keys, cut, side, &sides[side].run[i]) < 0)
                return -1;
        }
    }
    return 0;
}

bool alike_slot_fits(const struct alike_slot *slot)
{
    return slot->count[0] == 1 && slot->count[1] == 1 && slot->run[0]->open && slot->run[1]->open;
}

/* ---- a rung ----------------------------------------------------------------------------------------------------- */

struct alike {
    struct side_runs sides[2];
    struct alike_keys endings; /* of all names, in the form in which endings are one */
    struct alike_keys plain;   /* of the open ones, in the form in which separators are one */
    struct mm_arena *arena;
};

/* "a:b" is "a_b" where "." may stand in a file's name, but not where "a.b" is left as well: not everybody lets it. */
static bool is_alone(const struct alike *alike, const struct side_run *s, const struct side_run *d)
{
    return s->plain >= 0 && s->plain == d->plain && alike_slot_fits(&alike->plain.slot[s->plain]);
}

/* "x:1" may be the same as "x_1", but not where one of them may as well be output 1 of "x", or the first of "x_1". */
static bool is_output_sure(const struct alike *alike, const struct side_run *s, const struct side_run *d)
{
    if (s->ending == d->ending || s->ending < 0 || d->ending < 0)
        return true;
    const struct alike_slot *x = &alike->endings.slot[s->ending], *y = &alike->endings.slot[d->ending];
    return x->count[0] + x->count[1] == 1 && y->count[0] + y->count[1] == 1;
}

static bool is_off(const struct alike *alike, enum mm_pair_rung rung)
{
    return side_off(alike->sides[0].side, rung);
}

/* Are the two one name in this form? Without memory they are: nothing is paired then. */
static bool same_in(enum mm_key_form form, const struct side_run *s, const struct side_run *d)
{
    struct mm_buf text[2] = {{0}, {0}};
    char *x = mm_buf_reserve(&text[0], s->length + 1), *y = mm_buf_reserve(&text[1], d->length + 1);
    size_t length = x && y ? mm_key(form, s->text, s->length, x) : 0;
    bool same = !x || !y || (mm_key(form, d->text, d->length, y) == length && memcmp(x, y, length) == 0);
    mm_buf_done(&text[0]);
    mm_buf_done(&text[1]);
    return same;
}

/* Would a surer likeness that was switched off have paired them? A weaker one has it in it, and must not do so. */
static bool is_refused(const struct alike *alike, enum mm_graph_rung rung, const struct side_run *s,
                       const struct side_run *d)
{
    bool refused = s->length == d->length && memcmp(s->text, d->text, s->length) == 0;
    for (size_t i = 0; i < MM_COUNT(rungs) && rungs[i].rung < rung && !refused; i++)
        refused = is_off(alike, rungs[i].by) && same_in(rungs[i].form, s, d);
    return refused;
}

static bool is_sure(const struct alike *alike, enum mm_graph_rung rung, const struct side_run *s,
                    const struct side_run *d)
{
    return (rung >= MM_RUNG_ENDING || is_output_sure(alike, s, d)) &&
           (rung >= MM_RUNG_PLAIN || is_alone(alike, s, d)) && !is_refused(alike, rung, s, d);
}

static void put_name(struct mm_buf *text, const struct side_run *run)
{
    mm_buf_putc(text, '"');
    mm_text_escape(text, run->text, run->length);
    mm_buf_putc(text, '"');
}

/* `"a", "b" (paired) or 4 more of dst`: a side's names in the slot, all but one of them. */
static void put_names(struct mm_buf *text, const struct alike *alike, const struct alike_slot *slot, int side,
                      const struct side_run *but)
{
    struct candidate *const *sorted = alike->sides[side].side->sorted;
    const struct side_run *said[ALIKE_SAID];
    size_t left = slot->count[side] - (but != NULL), count = 0;
    for (size_t i = 0; i < ALIKE_SAID && count < left; i++) {
        const struct side_run *run = i == 0 ? slot->run[side] : slot->more[side][i - 1];
        if (run && run != but)
            said[count++] = run;
    }
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count && count == left;
        mm_buf_say(text, i == 0 ? "" : last ? " or " : ", ");
        put_name(text, said[i]);
        mm_buf_say(text, sorted[said[i]->first]->partner ? " (paired)" : "");
    }
    if (left > count)
        mm_buf_printf(text, " or %zu more", left - count);
    mm_buf_say(text, side ? " of dst" : " of src");
}

/* What stands at a name that has no partner because several look like it. */
static int say_ambiguous(const struct alike *alike, const struct alike_slot *slot, int side,
                         struct side_run *run)
{
    struct mm_buf text = {0};
    mm_buf_say(&text, "not paired: could be ");
    put_names(&text, alike, slot, 1 - side, NULL);
    if (slot->count[side] > 1) {
        mm_buf_say(&text, ", and so could ");
        put_names(&text, alike, slot, side, run);
    }
    const char *how = text.failed ? NULL : mm_arena_strdup(alike->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    for (size_t k = 0; how && k < run->count; k++)
        alike->sides[side].side->sorted[run->first + k]->how = how;
    return how ? 0 : -1;
}

static bool is_ambiguous(const struct alike_slot *slot)
{
    return slot->count[0] && slot->count[1] && slot->count[0] + slot->count[1] > 2 && slot->run[0]->open &&
           slot->run[1]->open;
}

/* Names of an ambiguous slot are not tried further: a weaker likeness decides nothing. */
static int settle_ambiguous(struct alike *alike, const struct alike_keys *keys)
{
    for (int side = 0; side < 2; side++) {
        struct side_runs *runs = &alike->sides[side];
        for (size_t i = 0; i < runs->count; i++) {
            struct side_run *run = &runs->run[i];
            const struct alike_slot *slot = run->key >= 0 ? &keys->slot[run->key] : NULL;
            if (!slot || !run->open || !slot->ambiguous)
                continue;
            if (say_ambiguous(alike, slot, side, run) < 0)
                return -1;
            run->open = false;
            runs->open--;
        }
    }
    return 0;
}

static int pair_slots(struct alike *alike, struct alike_keys *keys, enum mm_graph_rung rung,
                      enum mm_pair_rung by)
{
    const char *how = mm_graph_rung_text(rung);
    for (size_t i = 0; i < keys->names.count; i++) {
        struct alike_slot *slot = &keys->slot[i];
        slot->ambiguous = is_ambiguous(slot);
        if (alike_slot_fits(slot) && is_sure(alike, rung, slot->run[0], slot->run[1]))
            side_pair(&alike->sides[0], slot->run[0], &alike->sides[1], slot->run[1], by, how);
    }
    return settle_ambiguous(alike, keys);
}

static int climb(struct alike *alike, const struct alike_cut *cut, enum mm_graph_rung rung,
                 enum mm_pair_rung by)
{
    struct alike_keys keys;
    alike_keys_init(&keys);
    int result = alike_keys_fill(&keys, cut, alike->sides);
    if (result == 0)
        result = pair_slots(alike, &keys, rung, by);
    alike_keys_done(&keys);
    return result;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static int fill_plain(struct alike *alike)
{
    const struct alike_cut cut = {.form = MM_KEY_PLAIN};
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < alike->sides[side].count; i++) {
            struct side_run *run = &alike->sides[side].run[i];
            if (run->open && alike_key_add(&alike->plain, &cut, side, run) < 0)
                return -1;
            run->plain = run->key;
        }
    }
    return 0;
}

static int fill_endings(struct alike *alike)
{
    const struct alike_cut cut = {.form = MM_KEY_ENDING};
    if (alike_keys_fill(&alike->endings, &cut, alike->sides) < 0)
        return -1;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < alike->sides[side].count; i++)
            alike->sides[side].run[i].ending = alike->sides[side].run[i].key;
    }
    return 0;
}

static bool any_open(const struct alike *alike)
{
    return alike->sides[0].open > 0 && alike->sides[1].open > 0;
}

static int climb_all(struct alike *alike)
{
    int result = fill_endings(alike);
    if (result == 0)
        result = fill_plain(alike);
    for (size_t i = 0; i < MM_COUNT(rungs) && result == 0 && any_open(alike); i++) {
        const struct alike_cut cut = {.form = rungs[i].form};
        if (!is_off(alike, rungs[i].by))
            result = climb(alike, &cut, rungs[i].rung, rungs[i].by);
    }
    struct alike_cut cut;
    struct mm_arena arena;
    mm_arena_init(&arena);
    bool try = result == 0 && any_open(alike) && !is_off(alike, MM_PAIR_BY_PREFIX);
    int found = try ? beginning_find(alike->sides, &cut, &arena) : result;
    if (found > 0)
        found = climb(alike, &cut, MM_RUNG_PREFIX, MM_PAIR_BY_PREFIX);
    mm_arena_done(&arena);
    return found;
}

int alike_join(struct side *src, struct side *dst, struct mm_arena *arena)
{
    struct alike alike = {.arena = arena};
    alike_keys_init(&alike.endings);
    alike_keys_init(&alike.plain);
    int result = side_runs_init(&alike.sides[0], src);
    if (result == 0)
        result = side_runs_init(&alike.sides[1], dst);
    if (result == 0 && any_open(&alike))
        result = climb_all(&alike);
    side_runs_done(&alike.sides[0]);
    side_runs_done(&alike.sides[1]);
    alike_keys_done(&alike.endings);
    alike_keys_done(&alike.plain);
    return result;
}
