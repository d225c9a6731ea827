/* Names that a person has paired, or taken apart. */
#include "pair/hand.h"

#include <string.h>

#include "base/translate.h"
#include "pair/rename.h"

static const char paired_by_hand[] = "paired by hand";

/* The next tensor of this name that counts and has no partner, from *next on in execution order; NULL: none. */
static struct candidate *next_of(struct side *side, const char *name, size_t *next)
{
    while (*next < side->count) {
        struct candidate *here = &side->all[(*next)++];
        if (here->occurrence && !here->partner && strcmp(here->own, name) == 0)
            return here;
    }
    return NULL;
}

void hand_join(struct side *src, struct side *dst, const struct mm_hands *hands)
{
    for (size_t i = 0; i < hands->count; i++) {
        const struct mm_hand *hand = &hands->hand[i];
        size_t at[2] = {0, 0};
        struct candidate *s, *d;
        while (!hand->apart && (s = next_of(src, hand->src, &at[0])) &&
               (d = next_of(dst, hand->dst, &at[1]))) {
            side_join(s, d, MM_PAIR_BY_HAND);
            s->how = d->how = paired_by_hand;
        }
    }
}

void hand_name(struct side *src, const struct mm_graph *graph)
{
    for (size_t i = 0; i < src->count; i++) {
        struct candidate *here = &src->all[i];
        bool said = here->partner && (here->rung == MM_PAIR_BY_HAND || here->rung == MM_PAIR_BY_MAP);
        if (said && !here->model && mm_graph_find(graph, here->own) < 0 &&
            mm_graph_find(graph, here->partner->own) >= 0)
            here->model = here->partner->model = here->partner->own;
    }
}

/* ---- taking apart ----------------------------------------------------------------------------------------------- */

/* Who says that the two do not belong together; NULL: nobody. */
static const char *kept_apart(const struct mm_pairing *pairing, const char *src, const char *dst)
{
    for (size_t i = 0; i < pairing->hands.count; i++) {
        const struct mm_hand *hand = &pairing->hands.hand[i];
        if (hand->apart && strcmp(hand->src, src) == 0 && strcmp(hand->dst, dst) == 0)
            return "by hand";
    }
    return rename_apart(pairing->renames, src, dst) ? "by --map" : NULL;
}

static const char *say_apart(const char *other, const char *dump, const char *who, struct mm_arena *arena)
{
    struct mm_buf text = {0};
    mm_buf_say(&text, "kept apart from \"");
    mm_text_escape(&text, other, strlen(other));
    mm_buf_printf(&text, "\" of %s %s", dump, who);
    const char *how = text.failed ? NULL : mm_arena_strdup(arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return how;
}

/* Somebody else whose partner is this one: several names of one side may mean one tensor of the other. */
static struct candidate *other_partner(struct side *side, const struct candidate *of)
{
    for (size_t i = 0; i < side->count; i++) {
        if (side->all[i].partner == of)
            return &side->all[i];
    }
    return NULL;
}

/* One side's tensors from their partners. */
static int part(struct side *side, bool is_dst, const struct mm_pairing *pairing, struct mm_arena *arena)
{
    for (size_t i = 0; i < side->count; i++) {
        struct candidate *here = &side->all[i], *other = here->partner;
        const char *src = other ? (is_dst ? other : here)->own : NULL;
        const char *dst = other ? (is_dst ? here : other)->own : NULL;
        const char *who = other && here->rung != MM_PAIR_BY_HAND ? kept_apart(pairing, src, dst) : NULL;
        if (!who)
            continue;
        here->partner = NULL;
        here->how = say_apart(other->own, is_dst ? "src" : "dst", who, arena);
        if (!here->how)
            return -1;
        if (other->partner != here)
            continue;
        other->partner = other_partner(side, other);
        if (!other->partner && !(other->how = say_apart(here->own, is_dst ? "dst" : "src", who, arena)))
            return -1;
    }
    return 0;
}

static bool any_apart(const struct mm_pairing *pairing)
{
    bool any = rename_any_apart(pairing->renames);
    for (size_t i = 0; i < pairing->hands.count; i++)
        any |= pairing->hands.hand[i].apart;
    return any;
}

int hand_part(struct side *src, struct side *dst, const struct mm_pairing *pairing, struct mm_arena *arena)
{
    if (!any_apart(pairing))
        return 0;
    return part(src, false, pairing, arena) < 0 ? -1 : part(dst, true, pairing, arena);
}
