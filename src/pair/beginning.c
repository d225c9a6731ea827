#include "pair/beginning.h"

#include <stdlib.h>
#include <string.h>

#define PARTS 8 /* of a name that may belong to its beginning */
#define LEAST 2 /* names that must be paired */

/* The beginnings that a side's names have in common; the first is none at all. */
struct beginnings {
    const char *text[PARTS + 1];
    size_t count;
};

/* Names that begin so. */
struct beginning_count {
    size_t open, all;
};

struct counting {
    struct mm_names names;
    struct mm_arena arena;
    struct beginning_count *count; /* by number */
    size_t room;
};

static int count_one(struct counting *counting, const char *key, size_t length, bool open)
{
    size_t known = counting->names.count;
    int number = mm_names_add(&counting->names, &counting->arena, key, length);
    if (number < 0 || mm_grow((void **)&counting->count, &counting->room, counting->names.count,
                              sizeof *counting->count) < 0)
        return -1;
    if (counting->names.count > known)
        counting->count[number] = (struct beginning_count){0, 0};
    counting->count[number].open += open;
    counting->count[number].all++;
    return 0;
}

static int count_key(struct counting *counting, const char *key, size_t length, bool open)
{
    int parts = 0;
    for (size_t i = 0; i + 1 < length && parts < PARTS; i++) {
        if (key[i] != '_')
            continue;
        parts++;
        if (count_one(counting, key, i + 1, open) < 0)
            return -1;
    }
    return 0;
}

static int count_side(struct counting *counting, const struct side_runs *runs, struct mm_buf *text)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct side_run *run = &runs->run[i];
        mm_buf_clear(text);
        char *key = mm_buf_reserve(text, run->length + 1);
        if (!key ||
            count_key(counting, key, mm_key(MM_KEY_FOLDED, run->text, run->length, key), run->open) < 0)
            return -1;
    }
    return 0;
}

/* OpenCV's "onnx_node!NODE": only the graph tells what a node makes, and a tensor may be called as another's node is. */
static bool is_of_nodes(const struct mm_name *beginning)
{
    static const char mark[] = "onnx_node_";
    return beginning->length >= sizeof mark - 1 && memcmp(beginning->text, mark, sizeof mark - 1) == 0;
}

/* Those that hold for nearly all are beginnings of one another, hence no more than PARTS. */
static int choose(struct beginnings *out, const struct counting *own, const struct counting *other,
                  const struct side_runs *runs, struct mm_arena *arena)
{
    *out = (struct beginnings){.count = 1};
    for (size_t i = 0; i < own->names.count && out->count <= PARTS; i++) {
        const struct mm_name *name = &own->names.name[i];
        if (5 * own->count[i].open < 4 * runs->open || 2 * own->count[i].all <= runs->count ||
            mm_names_find(&other->names, name->text, name->length) >= 0 || is_of_nodes(name))
            continue;
        const char *text = mm_arena_strndup(arena, name->text, name->length);
        if (!text)
            return -1;
        out->text[out->count++] = text;
    }
    return 0;
}

static int collect(struct beginnings out[2], const struct side_runs *sides, struct mm_arena *arena)
{
    struct counting counting[2] = {{.count = NULL}};
    struct mm_buf text = {0};
    int result = 0;
    for (int i = 0; i < 2; i++) {
        mm_names_init(&counting[i].names);
        mm_arena_init(&counting[i].arena);
    }
    for (int i = 0; i < 2 && result == 0; i++)
        result = count_side(&counting[i], &sides[i], &text);
    for (int i = 0; i < 2 && result == 0; i++)
        result = choose(&out[i], &counting[i], &counting[1 - i], &sides[i], arena);
    for (int i = 0; i < 2; i++) {
        mm_names_done(&counting[i].names);
        mm_arena_done(&counting[i].arena);
        free(counting[i].count);
    }
    mm_buf_done(&text);
    return result;
}

/* How many names are paired so? -1: memory. */
static int64_t found_by(const struct alike_cut *cut, struct side_runs *sides)
{
    struct alike_keys keys;
    alike_keys_init(&keys);
    int64_t found = alike_keys_fill(&keys, cut, sides);
    for (size_t i = 0; i < keys.names.count && found >= 0; i++)
        found += alike_slot_fits(&keys.slot[i]);
    alike_keys_done(&keys);
    return found;
}

/* The fewest characters that find most: a longer beginning must find more. */
static int try_all(const struct beginnings *own, struct side_runs *sides, struct alike_cut *best,
                   int64_t *most)
{
    for (size_t i = 0; i < own[0].count; i++) {
        for (size_t k = 0; k < own[1].count; k++) {
            const struct alike_cut cut = {MM_KEY_FOLDED, {own[0].text[i], own[1].text[k]}};
            int64_t found = i + k > 0 ? found_by(&cut, sides) : 0;
            if (found < 0)
                return -1;
            if (found > *most) {
                *most = found;
                *best = cut;
            }
        }
    }
    return 0;
}

int beginning_find(struct side_runs *sides, struct alike_cut *cut, struct mm_arena *arena)
{
    struct beginnings own[2];
    int64_t most = 0;
    size_t fewer = sides[0].open < sides[1].open ? sides[0].open : sides[1].open;
    if (collect(own, sides, arena) < 0 || try_all(own, sides, cut, &most) < 0)
        return -1;
    return most >= LEAST && 2 * (size_t)most >= fewer;
}
