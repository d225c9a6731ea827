#include "pair/modules.h"

#include <stdlib.h>
#include <string.h>

#include "graph/key.h"
#include "base/names.h"

#define DEEPEST     32 /* scopes within scopes: deeper ones are passed over */
#define FIRST_PARTS 3  /* of names that are taken away where all have them */

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

/* ---- modules without nodes --------------------------------------------------------------------------------------- */

struct sibling {
    struct scopes *all;
    const struct side_runs *runs;
    struct mm_names texts;   /* of the runs, by their number */
    struct mm_names parents; /* "a.seq" of "a.seq.0" */
    int *last;               /* by parent: the run that came last, or -1 */
    size_t *order;           /* runs in the order in which they were dumped */
    int *scope;              /* by run: its scope, or that of the sibling whose tensor it has; -1 */
    int *tensor;
};

enum bare { BARE_NOT, BARE_ANY, BARE_NORM, BARE_DROP };

/* Modules that exporters leave out, by the last part of their names: parameters and others are none of them. */
static enum bare bare_kind(const struct side_run *run)
{
    static const struct {
        const char *word;
        enum bare kind;
    } words[] = {{"bn", BARE_NORM}, {"norm", BARE_NORM}, {"drop", BARE_DROP}, {"ident", BARE_ANY}};
    const char *dot = strrchr(run->text, '.'), *part = dot ? dot + 1 : run->text;
    if (*part && part[strspn(part, "0123456789")] == '\0')
        return BARE_ANY;
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strstr(part, words[i].word))
            return words[i].kind;
    }
    return BARE_NOT;
}

static const struct mm_graph_node *producer(const struct mm_graph *graph, int tensor)
{
    int node = graph->tensors[tensor].producer;
    return node >= 0 ? &graph->nodes[node] : NULL;
}

static bool is_convolution(const struct mm_graph *graph, int tensor)
{
    const struct mm_graph_node *node = producer(graph, tensor);
    return node && strncmp(node->op_type, "Conv", 4) == 0 && node->input_count > 1 && node->inputs[1] >= 0;
}

/* PyTorch's exporter gives weights into which it has folded something names of their own, such as "onnx::Conv_45". */
static bool has_new_weights(const struct mm_graph *graph, int tensor)
{
    static const char mark[] = "onnx::";
    return is_convolution(graph, tensor) &&
           strncmp(graph->tensors[producer(graph, tensor)->inputs[1]].name, mark, sizeof mark - 1) == 0;
}

static bool has_own_weights(const struct mm_graph *graph, int tensor)
{
    static const char mark[] = ".weight";
    const char *name = graph->tensors[producer(graph, tensor)->inputs[1]].name;
    size_t length = strlen(name);
    return length >= sizeof mark - 1 && strcmp(name + length - (sizeof mark - 1), mark) == 0;
}

/* Does the tensor reach what comes after the module in a way that a module without nodes may stand between? */
static bool passes_on(const struct scopes *all, int tensor, int scope, enum bare kind)
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
    return sum || (t->flags & MM_GRAPH_OUTPUT) || (kind == BARE_NORM && has_new_weights(all->graph, tensor));
}

/* What a function that the module around calls, such as relu, makes of a tensor that only it reads; or -1. */
static int behind_function(const struct scopes *all, int tensor, int scope)
{
    const struct mm_graph_tensor *t = &all->graph->tensors[tensor];
    int node = t->consumer_count == 1 ? t->consumers[0] : -1;
    if (node < 0 || all->of_node[node] != all->scope[scope].parent)
        return -1;
    const struct mm_graph_node *n = &all->graph->nodes[node];
    return n->read_count == 1 && n->output_count == 1 ? n->outputs[0] : -1;
}

/* The run of "a.seq.2" for "a.seq.3", or the nearest below it that has a scope; -1: none. */
static int by_number(const struct sibling *sibling, const struct side_run *run)
{
    struct mm_buf *name = &sibling->all->path;
    size_t end = run->length;
    int64_t number;
    while (end > 0 && run->text[end - 1] >= '0' && run->text[end - 1] <= '9')
        end--;
    if (end == run->length || end == 0 || run->text[end - 1] != '.' ||
        !mm_parse_i64(run->text + end, &number))
        return -1;
    for (int tries = 0; number-- > 0 && tries < DEEPEST; tries++) {
        mm_buf_clear(name);
        mm_buf_add(name, run->text, end);
        mm_buf_printf(name, "%lld", (long long)number);
        int found = name->failed ? -1 : mm_names_find(&sibling->texts, name->data, name->length);
        if (found < 0 || sibling->scope[found] >= 0)
            return found;
    }
    return -1;
}

static int parent_of(struct sibling *sibling, const struct side_run *run)
{
    const char *dot = strrchr(run->text, '.');
    return mm_names_find(&sibling->parents, run->text, dot ? (size_t)(dot - run->text) : 0);
}

static void give(struct sibling *sibling, size_t run, int before, enum bare kind)
{
    const struct scopes *all = sibling->all;
    int scope = sibling->scope[before], found = sibling->tensor[before];
    if (found == MODULE_NONE && scope >= 0)
        found = all->scope[scope].tensor; /* that of a convolution with new weights */
    if (found < 0 || scope < 0)
        return;
    bool direct = passes_on(all, found, scope, kind);
    int behind = direct || kind != BARE_DROP ? -1 : behind_function(all, found, scope);
    if (!direct && (behind < 0 || !passes_on(all, behind, scope, kind)))
        return;
    sibling->tensor[run] = direct ? found : behind;
    sibling->scope[run] = scope;
    if (direct && kind != BARE_DROP && is_convolution(all->graph, found) &&
        !has_own_weights(all->graph, found) && all->of_node[all->graph->tensors[found].producer] == scope &&
        sibling->scope[before] == scope)
        sibling->tensor[before] = MODULE_NONE;
}

static size_t dumped(const struct side_runs *runs, size_t run)
{
    return runs->side->sorted[runs->run[run].first]->entry->order;
}

/* Were the modules dumped in the order in which they ran, as far as the graph tells? */
static bool is_ordered(const struct sibling *sibling)
{
    const struct scopes *all = sibling->all;
    int last = -1;
    for (size_t i = 0; i < sibling->runs->count; i++) {
        int scope = sibling->scope[sibling->order[i]];
        int tensor = scope >= 0 && !all->scope[scope].merged ? all->scope[scope].tensor : -1;
        if (tensor < 0)
            continue;
        if (all->graph->tensors[tensor].producer < last)
            return false;
        last = all->graph->tensors[tensor].producer;
    }
    return last >= 0;
}

static void fill_bare(struct sibling *sibling)
{
    bool ordered = is_ordered(sibling);
    for (size_t i = 0; i < sibling->runs->count; i++) {
        size_t n = sibling->order[i];
        const struct side_run *run = &sibling->runs->run[n];
        int *last = &sibling->last[parent_of(sibling, run)];
        enum bare kind = sibling->scope[n] < 0 && sibling->tensor[n] == -1 ? bare_kind(run) : BARE_NOT;
        int before = ordered ? *last : by_number(sibling, run);
        if (kind != BARE_NOT && before >= 0)
            give(sibling, n, before, kind);
        if (sibling->scope[n] >= 0)
            *last = (int)n;
    }
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

struct placed {
    size_t order, run;
};

static int by_order(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static int sort_runs(struct sibling *sibling)
{
    size_t count = sibling->runs->count;
    struct placed *placed = calloc(count + 1, sizeof *placed);
    for (size_t i = 0; placed && i < count; i++)
        placed[i] = (struct placed){dumped(sibling->runs, i), i};
    if (placed)
        qsort(placed, count, sizeof *placed, by_order);
    for (size_t i = 0; placed && i < count; i++)
        sibling->order[i] = placed[i].run;
    free(placed);
    return placed ? 0 : -1;
}

static int fill_sibling(struct sibling *sibling)
{
    struct scopes *all = sibling->all;
    for (size_t i = 0; i < sibling->runs->count; i++) {
        struct side_run *run = &sibling->runs->run[i];
        const char *dot = strrchr(run->text, '.');
        sibling->scope[i] = sibling->tensor[i] < 0 ? scope_of_run(all, run) : -1;
        if (sibling->scope[i] == -2 ||
            mm_names_add(&sibling->texts, &all->arena, run->text, run->length) < 0 ||
            mm_names_add(&sibling->parents, &all->arena, run->text, dot ? (size_t)(dot - run->text) : 0) < 0)
            return -1;
        if (sibling->scope[i] < 0)
            continue;
        int found = sibling->tensor[i] = tensor_of_run(all, sibling->scope[i], run);
        if (found >= 0 && has_new_weights(all->graph, found) &&
            all->of_node[all->graph->tensors[found].producer] == sibling->scope[i])
            sibling->tensor[i] = MODULE_NONE;
    }
    for (size_t i = 0; i < sibling->parents.count; i++)
        sibling->last[i] = -1;
    return sort_runs(sibling);
}

static int find_all(struct scopes *all, const struct side_runs *runs, int *tensor)
{
    struct sibling sibling = {.all = all, .runs = runs, .tensor = tensor};
    mm_names_init(&sibling.texts);
    mm_names_init(&sibling.parents);
    sibling.last = calloc(runs->count + 1, sizeof *sibling.last);
    sibling.order = calloc(runs->count + 1, sizeof *sibling.order);
    sibling.scope = calloc(runs->count + 1, sizeof *sibling.scope);
    int result = sibling.last && sibling.order && sibling.scope ? fill(all, runs) : -1;
    if (result == 0)
        result = fill_sibling(&sibling);
    if (result == 0)
        fill_bare(&sibling);
    mm_names_done(&sibling.texts);
    mm_names_done(&sibling.parents);
    free(sibling.last);
    free(sibling.order);
    free(sibling.scope);
    return result;
}

/* ---- "model.", "module." before all names ------------------------------------------------------------------------- */

static bool has_scope(const struct mm_graph *graph, const char *text, size_t length)
{
    for (int i = 0; i < graph->node_count; i++) {
        const char *name = graph->nodes[i].name;
        if (*name == '/' && strncmp(name + 1, text, length) == 0 && name[1 + length] == '/')
            return true;
    }
    return false;
}

/* Take away the part that all modules' names begin with, where the graph has no such scope. True if there was one. */
static bool drop_first(const struct mm_graph *graph, struct side_runs *runs, const int *tensor)
{
    const char *first = NULL;
    size_t length = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct side_run *run = &runs->run[i];
        if (tensor[i] >= 0)
            continue;
        length = first ? length : strcspn(run->text, ".");
        first = first ? first : run->text;
        bool begins = run->length >= length && memcmp(run->text, first, length) == 0;
        if (!begins || (run->length > length && run->text[length] != '.') || run->length == length + 1)
            return false;
    }
    if (!first || !first[length] || has_scope(graph, first, length))
        return false;
    for (size_t i = 0; i < runs->count; i++) {
        struct side_run *run = &runs->run[i];
        size_t skip = tensor[i] >= 0 ? 0 : run->length > length ? length + 1 : length; /* the root: "" */
        run->text += skip;
        run->length -= skip;
    }
    return true;
}

static int find_in(struct scopes *all, const struct side_runs *runs, int *tensor)
{
    struct side_runs copy = *runs;
    copy.run = malloc((runs->count + 1) * sizeof *copy.run);
    if (!copy.run)
        return -1;
    memcpy(copy.run, runs->run, runs->count * sizeof *copy.run);
    for (int i = 0; i < FIRST_PARTS && drop_first(all->graph, &copy, tensor);)
        i++;
    int result = find_all(all, &copy, tensor);
    free(copy.run);
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
    int result = all.of_node ? find_in(&all, runs, tensor) : -1;
    mm_names_done(&all.names);
    mm_names_done(&all.known);
    mm_names_done(&all.plain);
    mm_arena_done(&all.arena);
    mm_buf_done(&all.path);
    mm_buf_done(&all.key);
    free(all.scope);
    free(all.of_plain);
    free(all.of_node);
    return result;
}
