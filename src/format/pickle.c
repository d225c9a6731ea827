/* Walking a pickle. */
#include "format/pickle.h"
#include "format/little.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NODES_MOST ((size_t)1 << 24)
#define STACK_MOST ((size_t)1 << 20)
#define MEMO_MOST  ((size_t)1 << 22)

struct walk {
    const uint8_t *at, *end, *begin;
    struct mm_arena *arena;
    struct pickle_node **stack; /* a NULL is a mark */
    size_t depth, stack_capacity;
    struct pickle_node **memo;
    size_t memo_count, memo_capacity;
    size_t nodes;
    const char *wrong; /* the first thing that is */
    enum mm_code code;
    uint8_t opcode;
};

static void fail(struct walk *walk, enum mm_code code, const char *wrong)
{
    if (!walk->wrong) {
        walk->wrong = wrong;
        walk->code = code;
    }
}

/* ---- bytes ---- */

static const uint8_t *take(struct walk *walk, uint64_t size)
{
    const uint8_t *at = walk->at;
    if (walk->wrong || (uint64_t)(walk->end - walk->at) < size) {
        fail(walk, MM_ECORRUPT, "ends early");
        return NULL;
    }
    walk->at += size;
    return at;
}

static uint64_t take_number(struct walk *walk, size_t bytes)
{
    const uint8_t *at = take(walk, bytes);
    return at ? little_get(at, bytes) : 0;
}

/* Up to a line feed, which is passed. */
static const uint8_t *take_line(struct walk *walk, size_t *length)
{
    const uint8_t *feed = memchr(walk->at, '\n', (size_t)(walk->end - walk->at));
    *length = feed ? (size_t)(feed - walk->at) : 0;
    return take(walk, feed ? *length + 1 : (uint64_t)(walk->end - walk->at) + 1);
}

/* ---- nodes ---- */

static struct pickle_node *new_node(struct walk *walk, enum pickle_kind kind)
{
    struct pickle_node *node = walk->nodes < NODES_MOST ? mm_arena_alloc(walk->arena, sizeof *node) : NULL;
    if (walk->nodes++ == NODES_MOST)
        fail(walk, MM_EUNSUPPORTED, "has more values than any list of tensors");
    else if (!node)
        fail(walk, MM_ENOMEM, "");
    else
        node->kind = kind;
    return node;
}

/* Items grow by doubling; the arena keeps the old ones. */
static void add_item(struct walk *walk, struct pickle_node *node, struct pickle_node *item)
{
    if (node->count == node->capacity) {
        size_t capacity = node->capacity ? node->capacity * 2 : 4;
        struct pickle_node **items = mm_arena_array(walk->arena, capacity, sizeof *items);
        if (!items) {
            fail(walk, MM_ENOMEM, "");
            return;
        }
        if (node->count > 0)
            memcpy(items, node->items, node->count * sizeof *items);
        node->items = items;
        node->capacity = capacity;
    }
    node->items[node->count++] = item;
}

static void push(struct walk *walk, struct pickle_node *node)
{
    if (walk->depth == STACK_MOST)
        fail(walk, MM_EUNSUPPORTED, "nests deeper than any list of tensors");
    else if (mm_grow((void **)&walk->stack, &walk->stack_capacity, walk->depth + 1, sizeof node) < 0)
        fail(walk, MM_ENOMEM, "");
    else
        walk->stack[walk->depth++] = node;
}

/* NULL, and wrong, when there is none, or a mark stands there. */
static struct pickle_node *pop(struct walk *walk)
{
    if (walk->depth == 0 || !walk->stack[walk->depth - 1]) {
        fail(walk, MM_ECORRUPT, "takes a value that is not there");
        return NULL;
    }
    return walk->stack[--walk->depth];
}

static struct pickle_node *top(struct walk *walk)
{
    struct pickle_node *node = pop(walk);
    walk->depth += node != NULL;
    return node;
}

/* How many values stand above the last mark; SIZE_MAX, and wrong: there is none. */
static size_t above_mark(struct walk *walk)
{
    size_t from = walk->depth;
    while (from > 0 && walk->stack[from - 1])
        from--;
    if (from == 0) {
        fail(walk, MM_ECORRUPT, "takes a mark that is not there");
        return SIZE_MAX;
    }
    return walk->depth - from;
}

static void push_text(struct walk *walk, enum pickle_kind kind, const uint8_t *text, size_t length)
{
    struct pickle_node *node = walk->wrong ? NULL : new_node(walk, kind);
    if (!node)
        return;
    node->text = mm_arena_strndup(walk->arena, (const char *)text, length);
    node->length = length;
    if (!node->text)
        fail(walk, MM_ENOMEM, "");
    push(walk, node);
}

static void push_whole(struct walk *walk, enum pickle_kind kind, int64_t value)
{
    struct pickle_node *node = walk->wrong ? NULL : new_node(walk, kind);
    if (node) {
        node->whole = value;
        push(walk, node);
    }
}

static void push_kind(struct walk *walk, enum pickle_kind kind)
{
    push_whole(walk, kind, 0);
}

/* ---- opcodes ---- */

static void op_none(struct walk *walk)
{
    push_kind(walk, PICKLE_NONE);
}

static void op_bool(struct walk *walk)
{
    push_whole(walk, PICKLE_BOOL, walk->opcode == 0x88);
}

static void op_int4(struct walk *walk)
{
    push_whole(walk, PICKLE_WHOLE, (int32_t)take_number(walk, 4));
}

static void op_int1(struct walk *walk)
{
    push_whole(walk, PICKLE_WHOLE, (int64_t)take_number(walk, 1));
}

static void op_int2(struct walk *walk)
{
    push_whole(walk, PICKLE_WHOLE, (int64_t)take_number(walk, 2));
}

/* Two's complement of as many bytes as are said; what does not fit in 64 bits is the nearest that does. */
static void op_long(struct walk *walk)
{
    uint64_t length = take_number(walk, walk->opcode == 0x8a ? 1 : 4);
    const uint8_t *at = take(walk, length);
    if (!at)
        return;
    bool negative = length > 0 && at[length - 1] >> 7;
    uint64_t value = length <= 8 ? little_get(at, (size_t)length) : negative ? (uint64_t)1 << 63 : INT64_MAX;
    if (negative && length < 8)
        value |= UINT64_MAX << (8 * length);
    push_whole(walk, PICKLE_WHOLE, (int64_t)value);
}

static void op_real(struct walk *walk)
{
    const uint8_t *at = take(walk, 8);
    struct pickle_node *node = at ? new_node(walk, PICKLE_REAL) : NULL;
    uint64_t bits = 0;
    if (!node)
        return;
    for (int i = 0; i < 8; i++) /* big-endian */
        bits = bits << 8 | at[i];
    memcpy(&node->real, &bits, sizeof bits);
    push(walk, node);
}

/* How many bytes a text's length takes. */
static size_t length_size(uint8_t opcode)
{
    switch (opcode) {
    case 0x8c: /* SHORT_BINUNICODE */
    case 'C':  /* SHORT_BINBYTES */
    case 'U': return 1;
    case 0x8d: /* BINUNICODE8 */
    case 0x8e: return 8;
    default: return 4; /* BINUNICODE, BINBYTES, BINSTRING */
    }
}

static void op_text(struct walk *walk)
{
    uint64_t length = take_number(walk, length_size(walk->opcode));
    const uint8_t *text = take(walk, length);
    push_text(walk, PICKLE_TEXT, text, text ? (size_t)length : 0);
}

static void op_list(struct walk *walk)
{
    push_kind(walk, PICKLE_LIST);
}

static void op_dict(struct walk *walk)
{
    push_kind(walk, PICKLE_DICT);
}

static void op_mark(struct walk *walk)
{
    push(walk, NULL);
}

/* Put the values above the last mark into `node`, and take the mark away. */
static void take_marked(struct walk *walk, struct pickle_node *node, size_t count)
{
    for (size_t i = 0; i < count && node && !walk->wrong; i++)
        add_item(walk, node, walk->stack[walk->depth - count + i]);
    walk->depth -= count + 1;
}

/* TUPLE, LIST, FROZENSET; DICT */
static void op_marked(struct walk *walk)
{
    size_t count = above_mark(walk);
    struct pickle_node *node =
        walk->wrong ? NULL : new_node(walk, walk->opcode == 'd' ? PICKLE_DICT : PICKLE_LIST);
    if (!node)
        return;
    take_marked(walk, node, count);
    push(walk, node);
}

static void op_tuple(struct walk *walk)
{
    size_t count = (size_t)(walk->opcode - 0x84);
    struct pickle_node *items[3], *node;
    for (size_t i = count; i-- > 0;)
        items[i] = pop(walk);
    node = walk->wrong ? NULL : new_node(walk, PICKLE_LIST);
    for (size_t i = 0; i < count && node; i++)
        add_item(walk, node, items[i]);
    if (node)
        push(walk, node);
}

/* What items go into: a list, a dictionary, or what a call gave (an OrderedDict), which keeps them as a third item. */
static struct pickle_node *target(struct walk *walk, struct pickle_node *node, enum pickle_kind kind)
{
    if (!node || node->kind != PICKLE_CALL)
        return node;
    if (node->count < 3)
        add_item(walk, node, new_node(walk, kind));
    return walk->wrong ? NULL : node->items[2];
}

static void op_append(struct walk *walk)
{
    struct pickle_node *item = pop(walk), *list = target(walk, top(walk), PICKLE_LIST);
    if (item && list)
        add_item(walk, list, item);
}

static void op_appends(struct walk *walk)
{
    size_t count = above_mark(walk);
    if (walk->wrong)
        return;
    struct pickle_node *list = NULL;
    if (walk->depth > count + 1)
        list = target(walk, walk->stack[walk->depth - count - 2],
                      walk->opcode == 'u' ? PICKLE_DICT : PICKLE_LIST);
    if (!list)
        fail(walk, MM_ECORRUPT, "adds to what is not there");
    else
        take_marked(walk, list, count);
}

static void op_setitem(struct walk *walk)
{
    struct pickle_node *value = pop(walk), *key = pop(walk), *dict = target(walk, top(walk), PICKLE_DICT);
    if (!value || !key || !dict)
        return;
    add_item(walk, dict, key);
    add_item(walk, dict, value);
}

static void op_global(struct walk *walk)
{
    size_t module_length, name_length;
    const uint8_t *module = take_line(walk, &module_length);
    const uint8_t *name = take_line(walk, &name_length);
    char *text = walk->wrong ? NULL : mm_arena_array(walk->arena, module_length + name_length + 2, 1);
    if (!text) {
        fail(walk, MM_ENOMEM, "");
        return;
    }
    memcpy(text, module, module_length);
    text[module_length] = ' ';
    memcpy(text + module_length + 1, name, name_length);
    push_text(walk, PICKLE_GLOBAL, (const uint8_t *)text, module_length + name_length + 1);
}

static void op_stack_global(struct walk *walk)
{
    struct pickle_node *name = pop(walk), *module = pop(walk);
    if (walk->wrong)
        return;
    if (name->kind != PICKLE_TEXT || module->kind != PICKLE_TEXT) {
        fail(walk, MM_ECORRUPT, "names a global by what is no text");
        return;
    }
    size_t size = module->length + name->length + 2;
    char *text = mm_arena_array(walk->arena, size, 1);
    if (text) {
        snprintf(text, size, "%s %s", module->text, name->text);
        push_text(walk, PICKLE_GLOBAL, (const uint8_t *)text, size - 1);
    } else {
        fail(walk, MM_ENOMEM, "");
    }
}

/* REDUCE, NEWOBJ: a call is kept as what it would be. */
static void op_call(struct walk *walk)
{
    struct pickle_node *arguments = pop(walk), *called = pop(walk);
    struct pickle_node *node = walk->wrong ? NULL : new_node(walk, PICKLE_CALL);
    if (!node)
        return;
    add_item(walk, node, called);
    add_item(walk, node, arguments);
    push(walk, node);
}

/* BUILD: the state of an object: kept as the third item of a call, if it has none yet; else passed over. */
static void op_build(struct walk *walk)
{
    struct pickle_node *state = pop(walk), *object = top(walk);
    if (state && object && object->kind == PICKLE_CALL && object->count == 2)
        add_item(walk, object, state);
}

static void op_stored(struct walk *walk)
{
    struct pickle_node *id = pop(walk), *node = walk->wrong ? NULL : new_node(walk, PICKLE_STORED);
    if (!node)
        return;
    add_item(walk, node, id);
    push(walk, node);
}

static void put_memo(struct walk *walk, uint64_t place)
{
    struct pickle_node *node = top(walk);
    if (place >= MEMO_MOST) {
        fail(walk, MM_EUNSUPPORTED, "remembers more values than any list of tensors");
        return;
    }
    if (!node)
        return;
    if (mm_grow((void **)&walk->memo, &walk->memo_capacity, (size_t)place + 1, sizeof node) < 0) {
        fail(walk, MM_ENOMEM, "");
        return;
    }
    while (walk->memo_count <= place)
        walk->memo[walk->memo_count++] = NULL;
    walk->memo[place] = node;
}

static void op_put(struct walk *walk)
{
    put_memo(walk, take_number(walk, walk->opcode == 'q' ? 1 : 4));
}

static void op_memoize(struct walk *walk)
{
    put_memo(walk, walk->memo_count);
}

static void op_get(struct walk *walk)
{
    uint64_t place = take_number(walk, walk->opcode == 'h' ? 1 : 4);
    if (place >= walk->memo_count || !walk->memo[place])
        fail(walk, MM_ECORRUPT, "takes a value that was not remembered");
    else
        push(walk, walk->memo[place]);
}

static void op_pop(struct walk *walk)
{
    if (walk->depth == 0)
        fail(walk, MM_ECORRUPT, "takes a value that is not there");
    else
        walk->depth--;
}

static void op_pop_mark(struct walk *walk)
{
    size_t count = above_mark(walk);
    if (!walk->wrong)
        walk->depth -= count + 1;
}

static void op_dup(struct walk *walk)
{
    struct pickle_node *node = top(walk);
    if (node)
        push(walk, node);
}

static void op_protocol(struct walk *walk)
{
    if (take_number(walk, 1) > 5)
        fail(walk, MM_EUNSUPPORTED, "is of a protocol above 5");
}

static void op_frame(struct walk *walk)
{
    take_number(walk, 8);
}

typedef void operation(struct walk *walk);
static operation *const operations[256] = {
    ['N'] = op_none,      [0x88] = op_bool,   [0x89] = op_bool,    ['J'] = op_int4,
    ['K'] = op_int1,      ['M'] = op_int2,    [0x8a] = op_long,    [0x8b] = op_long,
    ['G'] = op_real,      [0x8c] = op_text,   ['X'] = op_text,     [0x8d] = op_text,
    ['C'] = op_text,      ['B'] = op_text,    [0x8e] = op_text,    ['U'] = op_text,
    ['T'] = op_text,      [']'] = op_list,    [')'] = op_list,     [0x8f] = op_list,
    ['}'] = op_dict,      ['('] = op_mark,    ['t'] = op_marked,   ['l'] = op_marked,
    [0x91] = op_marked,   ['d'] = op_marked,  [0x85] = op_tuple,   [0x86] = op_tuple,
    [0x87] = op_tuple,    ['a'] = op_append,  ['e'] = op_appends,  [0x90] = op_appends,
    ['u'] = op_appends,   ['s'] = op_setitem, ['c'] = op_global,   [0x93] = op_stack_global,
    ['R'] = op_call,      [0x81] = op_call,   ['b'] = op_build,    ['Q'] = op_stored,
    ['q'] = op_put,       ['r'] = op_put,     [0x94] = op_memoize, ['h'] = op_get,
    ['j'] = op_get,       ['0'] = op_pop,     ['1'] = op_pop_mark, ['2'] = op_dup,
    [0x80] = op_protocol, [0x95] = op_frame,
};

/* Up to STOP; what then stands on the stack. */
static struct pickle_node *run(struct walk *walk)
{
    while (!walk->wrong) {
        walk->opcode = (uint8_t)take_number(walk, 1);
        if (walk->opcode == '.' && !walk->wrong)
            return pop(walk);
        if (!walk->wrong && operations[walk->opcode])
            operations[walk->opcode](walk);
        else
            fail(walk, MM_EUNSUPPORTED, "has an instruction that lists of tensors do not need");
    }
    return NULL;
}

struct pickle_node *pickle_walk(const uint8_t *data, size_t size, const char *label, struct mm_arena *arena,
                                struct mm_err *err)
{
    struct walk walk = {.at = data, .end = data + size, .begin = data, .arena = arena};
    struct pickle_node *node = run(&walk);
    free(walk.stack);
    free(walk.memo);
    if (walk.wrong && walk.code == MM_ENOMEM)
        mm_fail_memory(err);
    else if (walk.wrong)
        mm_fail(err, walk.code, "%s: the pickle %s (byte %zu)", label, walk.wrong,
                (size_t)(walk.at - walk.begin));
    return walk.wrong ? NULL : node;
}

bool pickle_is_global(const struct pickle_node *node, const char *name)
{
    return node && node->kind == PICKLE_GLOBAL && strcmp(node->text, name) == 0;
}

const struct pickle_node *pickle_item(const struct pickle_node *node, size_t i)
{
    return node && i < node->count ? node->items[i] : NULL;
}
