/* What the tests of graphs share: a graph as text, by names rather than places, and its invariants. */
#ifndef GRAPH_TESTING_H
#define GRAPH_TESTING_H

#include "mmtui/graph.h"
#include "unit/format/format_testing.h"

/* "x", or "x#1" for the second tensor of this name; "-" for none. */
static inline void put_tensor(struct mm_buf *out, const struct mm_graph *graph, int place)
{
    if (place < 0) {
        mm_buf_putc(out, '-');
        return;
    }
    int version = 0;
    mm_buf_puts(out, graph->tensors[place].name);
    for (int i = mm_graph_tensor(graph, graph->tensors[place].name); i != place; version++) {
        assert_true(i >= 0);
        i = graph->tensors[i].again;
    }
    if (version > 0)
        mm_buf_printf(out, "#%d", version);
}

static inline void put_tensors(struct mm_buf *out, const struct mm_graph *graph, const int *list, int count)
{
    for (int i = 0; i < count; i++) {
        mm_buf_puts(out, i ? "," : "");
        put_tensor(out, graph, list[i]);
    }
}

static inline void put_attribute(struct mm_buf *out, const struct mm_graph_attribute *a)
{
    mm_buf_printf(out, "%s=", a->name);
    if (a->text)
        mm_buf_printf(out, "'%s'", a->text);
    mm_buf_puts(out, a->text || a->single ? "" : "[");
    for (int i = 0; i < a->int_count; i++)
        mm_buf_printf(out, "%s%lld", i ? "," : "", (long long)a->ints[i]);
    for (int i = 0; i < a->float_count; i++)
        mm_buf_printf(out, "%s%.9g", i ? "," : "", (double)a->floats[i]);
    mm_buf_puts(out, a->text || a->single ? ";" : "];");
}

/* "0 conv1|Conv||x,w,-|y|kernel_shape=[3,3];" and what bodies give back in brackets. */
static inline void put_node(struct mm_buf *out, const struct mm_graph *graph, int place)
{
    const struct mm_graph_node *n = &graph->nodes[place];
    mm_buf_printf(out, "%d %s|%s|%s|", place, n->name, n->op_type, n->domain);
    put_tensors(out, graph, n->inputs, n->input_count);
    if (n->read_count > n->input_count) {
        mm_buf_putc(out, '(');
        put_tensors(out, graph, n->inputs + n->input_count, n->read_count - n->input_count);
        mm_buf_putc(out, ')');
    }
    mm_buf_putc(out, '|');
    put_tensors(out, graph, n->outputs, n->output_count);
    mm_buf_putc(out, '|');
    for (int i = 0; i < n->attribute_count; i++)
        put_attribute(out, &n->attributes[i]);
    if (n->parent >= 0)
        mm_buf_printf(out, "|in %d", n->parent);
    mm_buf_putc(out, '\n');
}

/* "x|2|3,5|IOCB|f32|[1,-1]": producer, consumers, flags, dtype, shape ("?" unknown). */
static inline void put_edge(struct mm_buf *out, const struct mm_graph *graph, int place)
{
    const struct mm_graph_tensor *t = &graph->tensors[place];
    put_tensor(out, graph, place);
    mm_buf_printf(out, "|%d|", t->producer);
    for (int i = 0; i < t->consumer_count; i++)
        mm_buf_printf(out, "%s%d", i ? "," : "", t->consumers[i]);
    mm_buf_putc(out, '|');
    for (int i = 0; i < 4; i++) {
        if (t->flags >> i & 1)
            mm_buf_putc(out, "IOCB"[i]);
    }
    mm_buf_printf(out, "|%s|", mm_dtype_info(t->dtype)->name);
    for (int i = 0; i < t->shape.rank; i++)
        mm_buf_printf(out, "%s%lld", i ? "," : "[", (long long)t->shape.dim[i]);
    mm_buf_puts(out, t->shape.rank < 0 ? "?\n" : t->shape.rank == 0 ? "[]\n" : "]\n");
}

static inline int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Nodes in order, then tensors sorted as text. To be freed. */
static inline char *graph_text(const struct mm_graph *graph)
{
    struct mm_buf out;
    char **line = calloc((size_t)graph->tensor_count + 1, sizeof *line);
    assert_non_null(line);
    mm_buf_init(&out);
    mm_buf_printf(&out, "opset %lld\n", (long long)graph->opset);
    for (int i = 0; i < graph->node_count; i++)
        put_node(&out, graph, i);
    for (int i = 0; i < graph->tensor_count; i++) {
        struct mm_buf one;
        mm_buf_init(&one);
        put_edge(&one, graph, i);
        line[i] = one.data;
    }
    qsort(line, (size_t)graph->tensor_count, sizeof *line, by_text);
    for (int i = 0; i < graph->tensor_count; i++) {
        mm_buf_puts(&out, line[i]);
        free(line[i]);
    }
    free(line);
    assert_false(out.failed);
    return out.data;
}

static inline bool holds(const int *list, int count, int wanted)
{
    for (int i = 0; i < count; i++) {
        if (list[i] == wanted)
            return true;
    }
    return false;
}

/* What holds of every graph. */
static inline void assert_graph(const struct mm_graph *graph)
{
    for (int i = 0; i < graph->node_count; i++) {
        const struct mm_graph_node *n = &graph->nodes[i];
        assert_true(n->input_count >= 0 && n->read_count >= n->input_count && n->output_count >= 0);
        assert_true(n->parent == -1 || (n->parent > i && n->parent < graph->node_count));
        assert_true(n->again == -1 || (n->again > i && strcmp(graph->nodes[n->again].name, n->name) == 0));
        for (int k = 0; k < n->read_count; k++) {
            int t = n->inputs[k];
            assert_true(t < graph->tensor_count && (t >= 0 || (t == -1 && k < n->input_count)));
            if (t >= 0) {
                assert_true(graph->tensors[t].producer < i);
                assert_true(holds(graph->tensors[t].consumers, graph->tensors[t].consumer_count, i));
            }
        }
        for (int k = 0; k < n->output_count; k++) {
            assert_in_range(n->outputs[k] + 1, 0, graph->tensor_count);
            assert_true(n->outputs[k] < 0 || graph->tensors[n->outputs[k]].producer == i);
        }
        assert_true(!*n->name || mm_graph_node(graph, n->name) <= i);
    }
    for (int i = 0; i < graph->tensor_count; i++) {
        const struct mm_graph_tensor *t = &graph->tensors[i];
        assert_true(*t->name != '\0' && t->producer >= -1 && t->producer < graph->node_count);
        if (t->producer >= 0)
            assert_true(holds(graph->nodes[t->producer].outputs, graph->nodes[t->producer].output_count, i));
        for (int k = 0; k < t->consumer_count; k++) {
            const struct mm_graph_node *n = &graph->nodes[t->consumers[k]];
            assert_true(k == 0 || t->consumers[k] > t->consumers[k - 1]);
            assert_true(holds(n->inputs, n->read_count, i));
        }
        assert_in_range(t->shape.rank + 1, 0, MM_RANK_MAX + 1);
        assert_true(t->again == -1 || strcmp(graph->tensors[t->again].name, t->name) == 0);
        assert_in_range(mm_graph_tensor(graph, t->name), 0, i);
    }
}

/* "a,,b" in place; returns how many. An empty text is an empty list. */
static inline size_t split_list(char *text, const char **list)
{
    size_t count = 0;
    if (!*text)
        return 0;
    while (text && count < 32)
        list[count++] = strsep(&text, ",");
    return count;
}

/* Add "name|op|in,in|out,out". */
static inline void add_line(struct mm_graph_builder *b, const char *line)
{
    char copy[512], *rest = copy, *field[4];
    const char *in[32], *out[32];
    snprintf(copy, sizeof copy, "%s", line);
    for (int i = 0; i < 4; i++) {
        field[i] = strsep(&rest, "|");
        assert_non_null(field[i]);
    }
    size_t ins = split_list(field[2], in), outs = split_list(field[3], out);
    mm_graph_add_node(b, field[0], field[1], in, ins, out, outs);
}

/* A graph of such lines, the last one being NULL. */
static inline struct mm_graph *graph_of(const char *const *lines)
{
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    assert_non_null(b);
    for (; *lines; lines++)
        add_line(b, *lines);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", &err), 0);
    assert_graph(graph);
    return graph;
}
#define GRAPH(...) graph_of((const char *const[]){__VA_ARGS__, NULL})

static inline void assert_text(const struct mm_graph *graph, const char *expected)
{
    char *text = graph_text(graph);
    assert_string_equal(text, expected);
    free(text);
}

#endif
