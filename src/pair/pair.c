/* Which tensor of one dump belongs to which of the other: rung after rung. */
#include "mmtui/pair.h"

#include <stdlib.h>
#include <string.h>

#include "pair/alike.h"
#include "pair/by_order.h"
#include "pair/operators.h"
#include "pair/by_graph.h"
#include "pair/hand.h"
#include "pair/list.h"
#include "pair/naming.h"
#include "pair/quantised_name.h"
#include "pair/rename.h"
#include "pair/same.h"
#include "pair/suffix.h"

struct sides {
    struct side src, dst;
};

static int join_sides(struct sides *sides, const struct mm_dump *src, const struct mm_dump *dst,
                      const struct naming *naming)
{
    if (naming_side(&sides->src, src, naming, false) < 0 || naming_side(&sides->dst, dst, naming, true) < 0)
        return -1;
    same_number(&sides->src);
    same_number(&sides->dst);
    hand_join(&sides->src, &sides->dst, &naming->pairing->hands);
    same_join(&sides->src, &sides->dst, MM_PAIR_BY_EXACT);
    same_only(&sides->src, &sides->dst);
    return 0;
}
static void sides_done(struct sides *sides)
{
    side_done(&sides->src);
    side_done(&sides->dst);
}

static bool any_number(const struct mm_dump *dump)
{
    for (size_t i = 0; i < dump->count; i++) {
        if (dump->entries[i].parsed.stamp >= 0 && !dump->entries[i].source->format->stamped)
            return true;
    }
    return false;
}

/* Are names with their numbers the better reading: more pairs, or as many and others? */
static bool is_numbered(const struct sides *plain, const struct sides *numbered)
{
    size_t n = 0, m = 0;
    bool others = false;
    for (size_t i = 0; i < plain->src.count; i++) {
        const struct candidate *a = plain->src.all[i].partner, *b = numbered->src.all[i].partner;
        n += a != NULL;
        m += b != NULL;
        others |= a && b && a->entry != b->entry;
    }
    return m > n || (m == n && others);
}

/* Are all paired, and with a file of the very same name? Then numbers in the names change nothing. */
static bool all_alike(const struct sides *plain)
{
    bool alike = plain->src.count == plain->dst.count;
    for (size_t i = 0; i < plain->src.count && alike; i++) {
        const struct candidate *here = &plain->src.all[i];
        alike = here->partner &&
                strcmp(naming_file_or_member(here->entry), naming_file_or_member(here->partner->entry)) == 0;
    }
    return alike;
}

static size_t count_partners(const struct side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += side->all[i].partner != NULL;
    return count;
}

/* How many are paired under a reading once what is merely alike is paired, too; -1: memory. */
static int64_t count_alike(const struct mm_dump *src, const struct mm_dump *dst, struct naming *naming,
                           enum reading reading)
{
    struct sides sides = {0};
    enum reading before = naming->reading;
    naming->reading = reading;
    int result = join_sides(&sides, src, dst, naming);
    if (result == 0)
        result = alike_join(&sides.src, &sides.dst, naming->arena);
    int64_t count = result < 0 ? -1 : (int64_t)count_partners(&sides.src);
    sides_done(&sides);
    naming->reading = before;
    return count;
}

/* No name is the same under either reading: "0_conv_out.npy" may still be what is "0_conv/out" on the other side. */
static int is_numbered_alike(const struct sides *sides, const struct mm_dump *src, const struct mm_dump *dst,
                             struct naming *naming, bool *numbered)
{
    if (count_partners(&sides->src) > 0)
        return 0;
    int64_t plain = count_alike(src, dst, naming, READ_PLAIN);
    int64_t other = count_alike(src, dst, naming, READ_NUMBERED);
    *numbered = other > plain;
    return plain < 0 || other < 0 ? -1 : 0;
}

/* Joins the two sides by the better reading, and says which it was. */
static int join_best(struct sides *sides, const struct mm_dump *src, const struct mm_dump *dst,
                     struct naming *naming, bool *numbered)
{
    struct sides other = {0};
    *numbered = false;
    if (join_sides(sides, src, dst, naming) < 0)
        return -1;
    if (side_off(&sides->src, MM_PAIR_BY_NUMBERS) || (!any_number(src) && !any_number(dst)) ||
        all_alike(sides))
        return 0;
    naming->reading = READ_NUMBERED;
    int result = join_sides(&other, src, dst, naming);
    *numbered = result == 0 && is_numbered(sides, &other);
    if (result == 0 && !*numbered)
        result = is_numbered_alike(sides, src, dst, naming, numbered);
    if (*numbered) {
        struct sides plain = *sides;
        *sides = other;
        other = plain;
    }
    sides_done(&other);
    return result;
}

/* What no name was found for yet: the weaker likenesses. */
static int join_left(struct mm_pairs *pairs, struct sides *sides, const struct naming *naming)
{
    struct side *src = &sides->src, *dst = &sides->dst;
    const struct mm_graph *graph = naming->pairing->graph;
    bool suffix = naming->reading != READ_TENSORFLOW && !side_off(src, MM_PAIR_BY_SUFFIX);
    if (suffix && suffix_join(src, dst, pairs) < 0)
        return -1;
    if (!side_off(src, MM_PAIR_BY_QUANTISED)) {
        quantised_name_join(src, dst);
        if (quantised_name_prefer(src, dst, naming->arena) < 0 || operators_join(src, dst) < 0)
            return -1;
    }
    if (graph && !side_off(src, MM_PAIR_BY_GRAPH) && by_graph_join(src, dst, graph, naming->arena) < 0)
        return -1;
    if (alike_join(src, dst, naming->arena) < 0 ||
        by_order_join(src, dst, naming->pairing, &pairs->order_costly) < 0)
        return -1;
    if (graph)
        hand_name(src, graph);
    return hand_part(src, dst, naming->pairing, naming->arena);
}

static int join_all(struct mm_pairs *pairs, struct sides *sides, const struct mm_dump *src,
                    const struct mm_dump *dst, const struct mm_pairing *pairing)
{
    struct naming naming = {.pairing = pairing, .arena = &pairs->arena};
    size_t rules = mm_renames_count(pairing->renames);
    struct mm_buf unused = {0};
    naming.used = mm_arena_array(&pairs->arena, rules + 1, sizeof *naming.used);
    if (pairing->framework == MM_FRAMEWORK_TENSORFLOW)
        naming.reading = READ_TENSORFLOW;
    bool tensorflow = naming.reading == READ_TENSORFLOW;
    if (!naming.used || (tensorflow ? join_sides(sides, src, dst, &naming)
                                    : join_best(sides, src, dst, &naming, &pairs->numbered)) < 0)
        return -1;
    if (rules)
        rename_say_unused(pairing->renames, naming.used, &unused);
    if (unused.length)
        pairs->unused = mm_arena_strdup(&pairs->arena, mm_buf_text(&unused));
    mm_buf_done(&unused);
    return join_left(pairs, sides, &naming);
}

int mm_pairs_open(struct mm_pairs **out, const struct mm_dump *src, const struct mm_dump *dst,
                  const struct mm_pairing *pairing, struct mm_err *err)
{
    static const struct mm_pairing by_name = {.framework = MM_FRAMEWORK_ONNX};
    struct sides sides = {0};
    struct mm_pairs *pairs = calloc(1, sizeof *pairs);
    int result = pairs ? join_all(pairs, &sides, src, dst, pairing ? pairing : &by_name) : -1;
    if (result == 0)
        result = list_make(pairs, &sides.src, &sides.dst);
    sides_done(&sides);
    if (result < 0) {
        mm_pairs_close(pairs);
        return mm_fail_memory(err);
    }
    *out = pairs;
    return 0;
}
