#include "mmtui/pair.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair/alike.h"
#include "pair/by_graph.h"
#include "pair/rename.h"
#include "pair/side.h"
#include "pair/suffix.h"

/* A file with is_output this close in time to one of the same name is a repetition (FILE NAMES of mmtui-formats(5)). */
#define TF_REPEAT_STAMPS 2000

bool mm_framework_find(const char *name, enum mm_framework *out)
{
    static const char *const names[] = {
        [MM_FRAMEWORK_ONNX] = "onnx",
        [MM_FRAMEWORK_PYTORCH] = "pytorch",
        [MM_FRAMEWORK_CAFFE] = "caffe",
        [MM_FRAMEWORK_TENSORFLOW] = "tensorflow",
    };
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum mm_framework)i;
            return true;
        }
    }
    return false;
}

/* ---- the tensorflow rules ---- */

/* `name_N@axis..` becomes `name:N`; what follows an @ and the doubled prefix go. A name that is nothing else
 * stays. */
static const char *tensorflow_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    static const char prefix[] = "StatefulPartitionedCall_StatefulPartitionedCall_";
    static const char axis[] = "@axis";
    const char *from = entry->parsed.name;
    if (strncmp(from, prefix, sizeof prefix - 1) == 0)
        from += sizeof prefix - 1;
    size_t length = strcspn(from, "@");
    if (length == 0)
        return entry->parsed.name;
    char *name = mm_arena_strndup(arena, from, length);
    bool moved =
        entry->parsed.axis.kind != MM_AXIS_NONE || strncmp(from + length, axis, sizeof axis - 1) == 0;
    char *under = name && moved ? strrchr(name, '_') : NULL;
    if (under && under[1] && under[1 + strspn(under + 1, "0123456789")] == '\0')
        *under = ':';
    return name;
}

static bool is_output(const struct candidate *candidate, const struct mm_dump *dump)
{
    struct mm_load load;
    if (mm_load_open(&load, candidate->entry, dump->schema, NULL) < 0)
        return false; /* unreadable: it stays, and its row will say why */
    bool output = load.is_output;
    mm_load_close(&load);
    return output;
}

/* Is there a file of the same name, not itself a repetition, so shortly before the i-th? */
static bool is_near_earlier(const struct side *side, size_t i)
{
    const struct candidate *here = side->sorted[i];
    for (size_t k = i; k-- > 0 && strcmp(side->sorted[k]->name, here->name) == 0;) {
        if (here->entry->parsed.stamp - side->sorted[k]->entry->parsed.stamp > TF_REPEAT_STAMPS)
            return false;
        if (!side->sorted[k]->dropped)
            return true;
    }
    return false;
}

/* Drop outputs that repeat an earlier file of the same name. Only files whose name repeats are opened, once.
 */
static void drop_repeats(struct side *side)
{
    for (size_t i = 1; i < side->count; i++)
        side->sorted[i]->dropped = is_near_earlier(side, i) && is_output(side->sorted[i], side->dump);
}

/* ---- one side ---- */

static int order_by_name(const void *a, const void *b)
{
    const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->entry->order > y->entry->order) - (x->entry->order < y->entry->order);
}

static void side_done(struct side *side)
{
    free(side->all);
    free(side->sorted);
}

/* What its maker named it. */
static const char *file_or_member(const struct mm_entry *entry)
{
    return entry->member ? entry->member : entry->source->file;
}

/* By which names tensors are paired. */
enum reading {
    READ_PLAIN, /* the dump's, without time stamps */
    READ_NUMBERED, /* with the numbers that were taken for time stamps, where the format does not say that they are */
    READ_TENSORFLOW /* plain, and what TensorFlow adds is dropped */
};

/* NULL when memory is out. */
static const char *numbered_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    size_t stem;
    if (entry->parsed.stamp < 0 || entry->source->format->stamped)
        return entry->parsed.name;
    if (entry->member || !mm_format_by_name(entry->source->file, &stem))
        return file_or_member(entry);
    return mm_arena_strndup(arena, entry->source->file, stem);
}

static const char *name_of(const struct mm_entry *entry, enum reading reading, struct mm_arena *arena)
{
    return reading == READ_TENSORFLOW ? tensorflow_name(entry, arena)
           : reading == READ_NUMBERED ? numbered_name(entry, arena)
                                      : entry->parsed.name;
}

/* What names become. */
struct naming {
    enum reading reading;
    const struct mm_pairing *pairing;
    bool *used; /* by rule of pairing->renames */
    struct mm_arena *arena;
};

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

static int side_init(struct side *side, const struct mm_dump *dump, const struct naming *naming, bool is_dst)
{
    enum reading reading = naming->reading;
    bool tensorflow = reading == READ_TENSORFLOW;
    *side = (struct side){.dump = dump};
    side->all = calloc(dump->count + 1, sizeof *side->all);
    side->sorted = calloc(dump->count + 1, sizeof *side->sorted);
    if (!side->all || !side->sorted)
        return -1;
    for (size_t i = 0; i < dump->count; i++) {
        struct candidate *here = &side->all[side->count];
        here->entry = &dump->entries[i];
        here->name = name_of(here->entry, reading, naming->arena);
        if (!here->name)
            return -1;
        if (tensorflow && is_dst && strstr(file_or_member(here->entry), "cnnl")) {
            side->dropped++;
            continue;
        }
        side->sorted[side->count++] = here;
    }
    if (is_dst && mm_renames_count(naming->pairing->renames) && rename_all(side, naming) < 0)
        return -1;
    qsort(side->sorted, side->count, sizeof *side->sorted, order_by_name);
    if (tensorflow)
        drop_repeats(side);
    if (naming->pairing->occurrence != MM_OCCURRENCE_ALL)
        choose_occurrence(side, naming->pairing->occurrence);
    return 0;
}

/* Number the occurrences within [from, end), passing over dropped ones; they move behind the others. */
static uint32_t number_run(struct side *side, size_t from, size_t end)
{
    uint32_t n = 0;
    for (size_t i = from; i < end; i++) {
        struct candidate *here = side->sorted[i];
        if (here->dropped)
            continue;
        here->occurrence = n + 1;
        side->sorted[i] = side->sorted[from + n];
        side->sorted[from + n] = here;
        n++;
    }
    for (uint32_t i = 0; i < n; i++)
        side->sorted[from + i]->occurrences = n;
    return n;
}

/* Join two sides sorted by name: the k-th of a name with the k-th. */
static void join(struct side *src, struct side *dst)
{
    size_t i = 0, j = 0;
    while (i < src->count || j < dst->count) {
        int order = i == src->count   ? 1
                    : j == dst->count ? -1
                                      : strcmp(src->sorted[i]->name, dst->sorted[j]->name);
        size_t i_end = order <= 0 ? side_run_end(src, i) : i;
        size_t j_end = order >= 0 ? side_run_end(dst, j) : j;
        uint32_t n = number_run(src, i, i_end);
        uint32_t m = number_run(dst, j, j_end);
        for (uint32_t k = 0; k < n && k < m; k++) {
            src->sorted[i + k]->partner = dst->sorted[j + k];
            dst->sorted[j + k]->partner = src->sorted[i + k];
        }
        i = i_end;
        j = j_end;
    }
}

/* Two files with one tensor each, given by name: they are meant to be compared, whatever they are called. */
static void join_only(struct side *src, struct side *dst)
{
    bool lone = src->dump->is_file && dst->dump->is_file && src->count == 1 && dst->count == 1;
    struct candidate *s = lone ? src->sorted[0] : NULL, *d = lone ? dst->sorted[0] : NULL;
    if (!lone || s->partner || !s->occurrence || !d->occurrence)
        return;
    s->partner = d;
    d->partner = s;
    s->how = d->how = strcmp(s->name, d->name) != 0 ? "the only tensor of each file" : NULL;
}

/* ---- the list ---- */

struct list {
    struct mm_pairs *pairs;
    struct mm_pair *pair;
};

/* Named after src, but for one of dst that shares the partner of another. */
static void add(struct list *list, const struct candidate *src, const struct candidate *dst)
{
    struct mm_pairs *pairs = list->pairs;
    const struct candidate *any = !src || (dst && src->partner != dst && dst->partner == src) ? dst : src;
    uint32_t most = any->occurrences;
    if (src && dst && dst->occurrences > most)
        most = dst->occurrences;
    list->pair[pairs->count] = (struct mm_pair){.name = any->name,
                                                .src = src ? src->entry : NULL,
                                                .dst = dst ? dst->entry : NULL,
                                                .how = any->how || !src || !dst ? any->how : dst->how,
                                                .model = any->model,
                                                .occurrence = any->occurrence,
                                                .occurrences = most,
                                                .place = pairs->count};
    pairs->count++;
    pairs->both += src && dst;
    pairs->src_only += !dst;
    pairs->dst_only += !src;
}

/* dst-only entries from *next up to (not including) `limit`: they stand where dst has them. */
static void add_lone_dst(struct list *list, const struct side *dst, size_t *next, size_t limit)
{
    for (; *next < limit; (*next)++) {
        const struct candidate *here = &dst->all[*next];
        if (here->entry && here->occurrence && (!here->partner || here->partner->partner != here))
            add(list, here->partner, here);
    }
}

static size_t left_out(const struct side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += side->all[i].dropped;
    return count;
}

static int make_list(struct mm_pairs *pairs, const struct side *src, const struct side *dst)
{
    struct list list = {pairs, mm_arena_array(&pairs->arena, src->count + dst->count + 1, sizeof *list.pair)};
    if (!list.pair)
        return -1;
    size_t next = 0;
    for (size_t i = 0; i < src->count; i++) {
        const struct candidate *here = &src->all[i];
        if (!here->occurrence)
            continue; /* dropped */
        if (here->partner)
            add_lone_dst(&list, dst, &next, (size_t)(here->partner - dst->all));
        add(&list, here, here->partner);
    }
    add_lone_dst(&list, dst, &next, dst->count);
    pairs->pair = list.pair;
    pairs->dropped = src->dropped + dst->dropped + left_out(src) + left_out(dst);
    pairs->whole = (struct mm_pair_counts){pairs->count, pairs->both, pairs->src_only, pairs->dst_only};
    return 0;
}

/* ---- both sides ---- */

struct sides {
    struct side src, dst;
};

static int join_sides(struct sides *sides, const struct mm_dump *src, const struct mm_dump *dst,
                      const struct naming *naming)
{
    if (side_init(&sides->src, src, naming, false) < 0 || side_init(&sides->dst, dst, naming, true) < 0)
        return -1;
    join(&sides->src, &sides->dst);
    join_only(&sides->src, &sides->dst);
    return 0;
}

/* Names of a side in order; NULL when memory is out. */
static const char **names_of(const struct side *side)
{
    const char **names = calloc(side->count + 1, sizeof *names);
    for (size_t i = 0; names && i < side->count; i++)
        names[i] = side->sorted[i]->name;
    return names;
}

/* Nothing is paired yet: without a suffix that one side's names all have? 1: it is cut, and is *suffix; 0; -1: memory. */
static int cut_suffix(struct side *longer, const struct side *other, const char **suffix,
                      struct mm_arena *arena)
{
    const char **names = names_of(longer), **others = names_of(other);
    int result = names && others ? 0 : -1;
    size_t cut = result == 0 ? suffix_find(names, longer->count, others, other->count) : 0;
    if (cut) {
        *suffix = mm_arena_strdup(arena, names[0] + strlen(names[0]) - cut);
        result = *suffix ? 0 : -1;
    }
    for (size_t i = 0; cut && i < longer->count && result == 0; i++) {
        struct candidate *here = longer->sorted[i];
        size_t length = strlen(here->name);
        here->name = mm_arena_strndup(arena, here->name, length > cut ? length - cut : length);
        result = here->name ? 0 : -1;
    }
    if (cut && result == 0)
        qsort(longer->sorted, longer->count, sizeof *longer->sorted, order_by_name);
    free(names);
    free(others);
    return result < 0 ? -1 : cut > 0;
}

static bool any_partner(const struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        if (side->sorted[i]->partner)
            return true;
    }
    return false;
}

static int join_suffix(struct sides *sides, struct mm_pairs *pairs)
{
    if (any_partner(&sides->src))
        return 0;
    int cut = cut_suffix(&sides->dst, &sides->src, &pairs->suffix, &pairs->arena);
    pairs->suffix_dst = cut > 0;
    if (cut == 0)
        cut = cut_suffix(&sides->src, &sides->dst, &pairs->suffix, &pairs->arena);
    if (cut > 0)
        join(&sides->src, &sides->dst);
    return cut < 0 ? -1 : 0;
}

/* What quantisers put behind the name of a tensor, for its values on the grid and for its integers, and what is said of
 * such a pair. The values come first. */
static const struct {
    const char *ending, *how;
} quantised_endings[] = {
    {"_DequantizeLinear_Output", "same name but for _DequantizeLinear_Output"},
    {"_dequantized", "same name but for _dequantized"},
    {"_quantized", "same name but for _quantized"},
    {"_QuantizeLinear_Output", "same name but for _QuantizeLinear_Output"},
};

/* Is it this name with that behind it? As strcmp has it for the sorted list. */
static int compare_with_ending(const char *name, const char *ending, const char *other)
{
    size_t length = strlen(name);
    int order = strncmp(name, other, length);
    return order ? order : strcmp(ending, other + length);
}

static struct candidate *find_with_ending(const struct side *side, const char *name, const char *ending)
{
    size_t low = 0, high = side->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_with_ending(name, ending, side->sorted[middle]->name);
        if (order == 0)
            return side->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* A tensor of src that dst only has in integers, or behind them: named after it. One of each name. */
static void join_quantised(struct sides *sides)
{
    for (size_t i = 0; i < sides->src.count; i++) {
        struct candidate *here = sides->src.sorted[i], *found;
        for (size_t k = 0; k < MM_COUNT(quantised_endings) && !here->partner; k++) {
            found = find_with_ending(&sides->dst, here->name, quantised_endings[k].ending);
            if (!found || found->partner || found->dropped || found->occurrences > 1 || here->occurrences > 1)
                continue;
            here->partner = found;
            found->partner = here;
            here->how = quantised_endings[k].how;
        }
    }
}

/* The one candidate of that name that nobody has; NULL. */
static struct candidate *free_one(const struct side *side, const char *name, const char *ending)
{
    struct candidate *found = find_with_ending(side, name, ending);
    return found && !found->partner && !found->dropped && found->occurrences == 1 ? found : NULL;
}

/*
 * Where dst has a tensor, its codes and what these stand for, the last is what all that follows reads: a Relu that was
 * fused into the range is done only there. So it is the partner, and the tensor before stays alone, by a name of its own.
 */
static int prefer_dequantised(struct sides *sides, struct mm_arena *arena)
{
    int result = 0;
    for (size_t i = 0; i < sides->src.count; i++) {
        struct candidate *here = sides->src.sorted[i], *before = here->partner, *values;
        bool one = before && before->occurrences == 1 && strcmp(here->name, before->name) == 0;
        values = one ? free_one(&sides->dst, here->name, "_DequantizeLinear_Output") : NULL;
        if (!values || !free_one(&sides->dst, here->name, "_QuantizeLinear_Output"))
            continue;
        here->partner = values;
        values->partner = here;
        before->partner = NULL;
        before->stands_before = true;
        here->how = "same name but for _DequantizeLinear_Output";
    }
    for (size_t i = 0; i < sides->dst.count; i++) { /* now that nobody searches by name any more */
        struct candidate *before = sides->dst.sorted[i];
        struct mm_buf name = {0};
        if (!before->stands_before)
            continue;
        mm_buf_printf(&name, "%s_QuantizeLinear_Input", before->name);
        before->name = name.failed ? NULL : mm_arena_strdup(arena, mm_buf_text(&name));
        result = before->name ? result : -1;
        mm_buf_done(&name);
    }
    return result;
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
        alike =
            here->partner && strcmp(file_or_member(here->entry), file_or_member(here->partner->entry)) == 0;
    }
    return alike;
}

/* Joins the two sides by the better reading, and says which it was. */
static int join_best(struct sides *sides, const struct mm_dump *src, const struct mm_dump *dst,
                     struct naming *naming, bool *numbered)
{
    struct sides other = {0};
    *numbered = false;
    if (join_sides(sides, src, dst, naming) < 0)
        return -1;
    if ((!any_number(src) && !any_number(dst)) || all_alike(sides))
        return 0;
    naming->reading = READ_NUMBERED;
    int result = join_sides(&other, src, dst, naming);
    *numbered = result == 0 && is_numbered(sides, &other);
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
    bool plain = naming->reading != READ_TENSORFLOW;
    if (plain && join_suffix(sides, pairs) < 0)
        return -1;
    join_quantised(sides);
    if (prefer_dequantised(sides, naming->arena) < 0)
        return -1;
    if (naming->pairing->graph &&
        by_graph_join(&sides->src, &sides->dst, naming->pairing->graph, naming->arena) < 0)
        return -1;
    return alike_join(&sides->src, &sides->dst, naming->arena);
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
        result = make_list(pairs, &sides.src, &sides.dst);
    sides_done(&sides);
    if (result < 0) {
        mm_pairs_close(pairs);
        return mm_fail_memory(err);
    }
    *out = pairs;
    return 0;
}

void mm_pairs_layout(struct mm_pairs *pairs, const struct mm_layout *layout)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair; /* its own, const for all others */
    for (size_t i = 0; i < pairs->count; i++)
        pair[i].layout = layout;
}

void mm_pairs_read_as(struct mm_pairs *pairs, size_t place, enum mm_dtype dtype, bool against_floats)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair; /* its own, const for all others */
    for (size_t i = 0; i < pairs->count; i++) {
        if (place == SIZE_MAX ? pair[i].read_as != MM_DTYPE_NONE : place != i)
            continue;
        pair[i].read_as = dtype;
        pair[i].read_against_floats = against_floats;
    }
}

void mm_pairs_move(struct mm_pairs *pairs, size_t from, size_t to, const char *how)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair;
    pair[to].dst = pair[from].dst;
    pair[to].how = how;
    pair[from].dst = NULL;
    pair[from].how = NULL;
}

void mm_pairs_scales(struct mm_pairs *pairs, size_t place, const struct mm_pair_scales *scales)
{
    ((struct mm_pair *)pairs->pair)[place].scales = scales;
}

void mm_pairs_round_half(struct mm_pairs *pairs)
{
    struct mm_pair *pair = (struct mm_pair *)pairs->pair;
    for (size_t i = 0; i < pairs->count; i++)
        pair[i].round_half = true;
}

void mm_pairs_close(struct mm_pairs *pairs)
{
    if (!pairs)
        return;
    mm_arena_done(&pairs->arena);
    free(pairs);
}

void mm_pair_how(const struct mm_pair *pair, struct mm_buf *out)
{
    bool both = pair->src && pair->dst;
    const char *lone = pair->src ? "only in src" : "only in dst";
    mm_buf_puts(out, !both ? lone : pair->how ? pair->how : "same name");
    if (!both && pair->how)
        mm_buf_printf(out, "; %s", pair->how);
    if (pair->occurrences > 1)
        mm_buf_printf(out, ", occurrence %u of %u", pair->occurrence, pair->occurrences);
}
