#include "pair/modules.h"

#include <stdlib.h>
#include <string.h>

#include "graph/key.h"
#include "graph/names.h"

#define DEEPEST 32 /* scopes within scopes: deeper ones are passed over */

struct scope {
    int parent;  /* or -1 */
    int tensor;  /* the last that leaves it, or -1 */
    bool merged; /* several calls of one module */
};

struct scopes {
    const struct mm_graph *graph;
    struct mm_names names; /* "a.seq.0"; the number is the scope's */
    struct mm_names known; /* what the dump has: modules, and those around them */
    struct mm_names plain; /* names of scopes with `_` for separators */
    struct mm_arena arena;
    struct mm_buf path, key;
    struct scope *scope;
    size_t scope_room, plain_room;
    int *of_plain; /* by number in `plain`: the scope, or -1 where several are alike */
    int *of_node;  /* by node: the innermost scope, or -1 */
};

/* ---- the names that the dump has -------------------------------------------------------------------------------- */

/* With all that is before a dot. */
static int know(struct scopes *all, const struct side_run *run)
{
    for (size_t i = 1; i <= run->length; i++) {
        bool end = i == run->length || run->text[i] == '.';
        if (end && mm_names_add(&all->known, &all->arena, run->text, i) < 0)
            return -1;
    }
    return 0;
}

/* ---- scopes ----------------------------------------------------------------------------------------------------- */

static int add_scope(struct scopes *all, const char *text, size_t length, int parent)
{
    size_t known = all->names.count;
    int number = mm_names_add(&all->names, &all->arena, text, length);
    if (number < 0 ||
        mm_grow((void **)&all->scope, &all->scope_room, all->names.count, sizeof *all->scope) < 0)
        return -1;
    if (all->names.count > known)
        all->scope[number] = (struct scope){.parent = parent, .tensor = -1};
    return number;
}

/* "fc_1" where the dump has "fc" alone: the length without "_1". The whole length if it is a name of its own. */
static size_t without_call(struct scopes *all, const char *path, size_t length)
{
    size_t end = length;
    while (end > 0 && path[end - 1] >= '0' && path[end - 1] <= '9')
        end--;
    if (end == length || end < 2 || path[end - 1] != '_' || mm_names_find(&all->known, path, length) >= 0)
        return length;
    return mm_names_find(&all->known, path, end - 1) >= 0 && mm_names_find(&all->names, path, end - 1) >= 0
               ? end - 1
               : length;
}

/* Put a part of a node's name behind the path: "seq.0" takes the place of "seq" before it. Returns the length. */
static size_t push(struct scopes *all, size_t before, const char *part, size_t length)
{
    struct mm_buf *path = &all->path;
    size_t size = path->length - before;
    bool twice =
        size > 0 && length > size && memcmp(part, path->data + before, size) == 0 && part[size] == '.';
    size_t from = twice ? before : path->length;
    path->length = from;
    if (from > 0 && !twice) {
        mm_buf_putc(path, '.');
        from++;
    }
    mm_buf_add(path, part, length);
    return from;
}

/* The innermost scope of a node by its name; -1: it has none, -2: memory. */
static int scope_of_name(struct scopes *all, const char *name)
{
    int scope = -1, depth = 0;
    size_t before = 0;
    mm_buf_clear(&all->path);
    if (*name != '/')
        return -1;
    for (const char *part = name + 1, *slash; (slash = strchr(part, '/')); part = slash + 1) {
        if (++depth > DEEPEST || slash == part)
            return -1;
        before = push(all, before, part, (size_t)(slash - part));
        if (all->path.failed)
            return -2;
        size_t length = without_call(all, all->path.data, all->path.length);
        bool merged = length < all->path.length;
        all->path.length = length;
        scope = add_scope(all, all->path.data, length, scope);
        if (scope < 0)
            return -2;
        all->scope[scope].merged |= merged;
    }
    return scope;
}

static bool is_in(const struct scopes *all, int node, int scope)
{
    int at = all->of_node[node];
    while (at >= 0 && at != scope)
        at = all->scope[at].parent;
    return at == scope;
}

static bool leaves(const struct scopes *all, int tensor, int scope)
{
    const struct mm_graph_tensor *t = &all->graph->tensors[tensor];
    if (t->flags & MM_GRAPH_OUTPUT)
        return true;
    for (int i = 0; i < t->consumer_count; i++) {
        if (!is_in(all, t->consumers[i], scope))
            return true;
    }
    return false;
}

/* Nodes are in order: the last one stays. */
static void note_outputs(struct scopes *all, int node)
{
    const struct mm_graph_node *n = &all->graph->nodes[node];
    for (int scope = all->of_node[node]; scope >= 0; scope = all->scope[scope].parent) {
        for (int k = n->output_count; k-- > 0;) {
            if (n->outputs[k] >= 0 && leaves(all, n->outputs[k], scope))
                all->scope[scope].tensor = n->outputs[k];
        }
    }
}

static int add_plain(struct scopes *all, int scope)
{
    const struct mm_name *name = &all->names.name[scope];
    mm_buf_clear(&all->key);
    char *key = mm_buf_reserve(&all->key, name->length + 1);
    size_t known = all->plain.count, length = key ? mm_key(MM_KEY_PLAIN, name->text, name->length, key) : 0;
    int number = length ? mm_names_add(&all->plain, &all->arena, key, length) : -1;
    if (!key || (length && number < 0) ||
        mm_grow((void **)&all->of_plain, &all->plain_room, all->plain.count + 1, sizeof *all->of_plain) < 0)
        return -1;
    if (length)
        all->of_plain[number] = all->plain.count > known ? scope : -1;
    return 0;
}

static int fill(struct scopes *all, const struct side_runs *runs)
{
    const struct mm_graph *graph = all->graph;
    for (size_t i = 0; i < runs->count; i++) {
        if (know(all, &runs->run[i]) < 0)
            return -1;
    }
    for (int i = 0; i < graph->node_count; i++) {
        all->of_node[i] = scope_of_name(all, graph->nodes[i].name);
        if (all->of_node[i] < -1)
            return -1;
    }
    for (int i = 0; i < graph->node_count; i++)
        note_outputs(all, i);
    for (size_t i = 0; i < all->names.count; i++) {
        if (add_plain(all, (int)i) < 0)
            return -1;
    }
    return 0;
}

/* ---- modules ---------------------------------------------------------------------------------------------------- */

/* Is there a scope "fc_1" beside "fc"? The dump's names, which have no dots, do not tell which of them are calls. */
static bool is_called_again(struct scopes *all, int scope)
{
    const struct mm_name *name = &all->names.name[scope];
    mm_buf_clear(&all->path);
    mm_buf_add(&all->path, name->text, name->length);
    mm_buf_puts(&all->path, "_1");
    return all->path.failed || mm_names_find(&all->names, all->path.data, all->path.length) >= 0;
}

/* The scope of a name; -1: none, -2: memory. */
static int scope_of_run(struct scopes *all, const struct side_run *run)
{
    int exact = mm_names_find(&all->names, run->text, run->length);
    if (exact >= 0)
        return exact;
    mm_buf_clear(&all->key);
    char *key = mm_buf_reserve(&all->key, run->length + 1);
    if (!key)
        return -2;
    size_t length = mm_key(MM_KEY_PLAIN, run->text, run->length, key);
    int number = length ? mm_names_find(&all->plain, key, length) : -1;
    int scope = number >= 0 ? all->of_plain[number] : -1;
    return scope >= 0 && !is_called_again(all, scope) ? scope : -1;
}

/* Of a module that was called several times, dumped several times: it is not known which calls these are. */
static int tensor_of_run(const struct scopes *all, int scope, const struct side_run *run)
{
    return all->scope[scope].merged && run->count > 1 ? -1 : all->scope[scope].tensor;
}

/* Is it the same tensor behind a module without nodes: does what is between them not compute anything else? */
static bool passes_on(const struct scopes *all, int tensor, int scope)
{
    const struct mm_graph_tensor *t = &all->graph->tensors[tensor];
    int parent = all->scope[scope].parent;
    bool sum = false;
    for (int i = 0; i < t->consumer_count; i++) {
        int at = all->of_node[t->consumers[i]];
        if (is_in(all, t->consumers[i], scope))
            continue;
        if (at != parent)
            return true; /* a module that follows, or one outside */
        sum |= strcmp(all->graph->nodes[t->consumers[i]].op_type, "Add") == 0;
    }
    return sum || (t->flags & MM_GRAPH_OUTPUT);
}

/* The run of "a.seq.2" for "a.seq.3", or the nearest below it that has a scope; -1: none. */
static int sibling_before(const struct mm_names *texts, const struct side_run *run, struct mm_buf *name,
                          const int *scope)
{
    size_t end = run->length;
    while (end > 0 && run->text[end - 1] >= '0' && run->text[end - 1] <= '9')
        end--;
    int64_t number;
    if (end == run->length || end == 0 || run->text[end - 1] != '.' ||
        !mm_parse_i64(run->text + end, &number))
        return -1;
    for (int tries = 0; number-- > 0 && tries < DEEPEST; tries++) {
        mm_buf_clear(name);
        mm_buf_add(name, run->text, end);
        mm_buf_printf(name, "%lld", (long long)number);
        int found = name->failed ? -1 : mm_names_find(texts, name->data, name->length);
        if (found < 0 || scope[found] >= 0)
            return found;
    }
    return -1;
}

static bool is_convolution(const struct mm_graph *graph, int tensor)
{
    int node = graph->tensors[tensor].producer;
    return node >= 0 && strncmp(graph->nodes[node].op_type, "Conv", 4) == 0;
}

/* `texts` has the names of the runs, by number. */
static void fill_without_nodes(struct scopes *all, const struct side_runs *runs, const struct mm_names *texts,
                               const int *scope, int *tensor)
{
    struct mm_buf name = {0};
    for (size_t i = 0; i < runs->count; i++) {
        if (scope[i] >= 0 || tensor[i] >= 0)
            continue;
        int before = sibling_before(texts, &runs->run[i], &name, scope);
        int found = before >= 0 ? all->scope[scope[before]].tensor : -1;
        if (found < 0 || !passes_on(all, found, scope[before]))
            continue;
        tensor[i] = found;
        if (is_convolution(all->graph, found))
            tensor[before] = MODULE_NONE;
    }
    mm_buf_done(&name);
}

static int find_all(struct scopes *all, const struct side_runs *runs, int *scope, int *tensor)
{
    struct mm_names texts;
    int result = fill(all, runs);
    mm_names_init(&texts);
    for (size_t i = 0; i < runs->count && result == 0; i++) {
        struct side_run *run = &runs->run[i];
        scope[i] = tensor[i] < 0 ? scope_of_run(all, run) : -1;
        if (scope[i] >= 0)
            tensor[i] = tensor_of_run(all, scope[i], run);
        result = scope[i] == -2 || mm_names_add(&texts, &all->arena, run->text, run->length) < 0 ? -1 : 0;
    }
    if (result == 0)
        fill_without_nodes(all, runs, &texts, scope, tensor);
    mm_names_done(&texts);
    return result;
}

int modules_find(const struct mm_graph *graph, const struct side_runs *runs, int *tensor)
{
    struct scopes all = {.graph = graph};
    mm_names_init(&all.names);
    mm_names_init(&all.known);
    mm_names_init(&all.plain);
    mm_arena_init(&all.arena);
    all.of_node = calloc((size_t)graph->node_count + 1, sizeof *all.of_node);
    int *scope = calloc(runs->count + 1, sizeof *scope);
    int result = all.of_node && scope ? find_all(&all, runs, scope, tensor) : -1;
    mm_names_done(&all.names);
    mm_names_done(&all.known);
    mm_names_done(&all.plain);
    mm_arena_done(&all.arena);
    mm_buf_done(&all.path);
    mm_buf_done(&all.key);
    free(all.scope);
    free(all.of_plain);
    free(all.of_node);
    free(scope);
    return result;
}
