/*
 * Depth first, in the order of the file: a node comes once everything that it reads has come. The stack is a
 * list: a chain may be as long as the model.
 */
#include "graph/order.h"

#include <stdlib.h>
#include <string.h>

enum state { UNSEEN, WAITING, DONE };

/* A node on the stack, and which of its dependencies comes next. */
struct visit {
    int node, next;
};

struct sorter {
    const struct mm_graph_builder *b;
    uint8_t *state;
    struct visit *stack;
    size_t depth;
    int *order;
    int ordered;
};

/* What a node waits for, one after the other: the makers of what it reads, then the nodes of its bodies,
 * which lie before it. -1: nothing here; false: no more. */
static bool dependency(const struct mm_graph_builder *b, int node, int i, int *on)
{
    const struct mm_draft_node *draft = &b->node[node];
    *on = -1;
    if (i < draft->node.read_count) {
        int tensor = draft->node.inputs[i];
        *on = tensor >= 0 ? b->tensor[tensor].tensor.producer : -1;
        return true;
    }
    int body = draft->body + (i - draft->node.read_count);
    if (body >= node)
        return false;
    if (b->node[body].node.parent == node)
        *on = body;
    return true;
}

static int circle(const struct sorter *s, int node, const char *what, struct mm_err *err)
{
    const struct mm_graph_node *n = &s->b->node[node].node;
    const char *name = n->name;
    struct mm_buf shown;
    if (!*name && n->output_count > 0 && n->outputs[0] >= 0)
        name = s->b->tensor[n->outputs[0]].tensor.name;
    mm_buf_init(&shown);
    mm_text_escape(&shown, name, strnlen(name, 100));
    mm_fail(err, MM_ECORRUPT,
            "%s: the graph goes round in a circle: node \"%s\" reads what is made from its output", what,
            mm_buf_text(&shown));
    mm_buf_done(&shown);
    return -1;
}

static void push(struct sorter *s, int node)
{
    s->state[node] = WAITING;
    s->stack[s->depth++] = (struct visit){node, 0};
}

static int visit(struct sorter *s, int root, const char *what, struct mm_err *err)
{
    push(s, root);
    while (s->depth > 0) {
        struct visit *top = &s->stack[s->depth - 1];
        int on;
        if (!dependency(s->b, top->node, top->next, &on)) {
            s->state[top->node] = DONE;
            s->order[s->ordered++] = top->node;
            s->depth--;
            continue;
        }
        top->next++;
        if (on < 0 || s->state[on] == DONE)
            continue;
        if (s->state[on] == WAITING)
            return circle(s, on, what, err);
        push(s, on);
    }
    return 0;
}

int mm_graph_order(const struct mm_graph_builder *b, int *order, const char *what, struct mm_err *err)
{
    struct sorter s = {.b = b, .order = order};
    int result = 0;
    s.state = calloc(b->nodes + 1, sizeof *s.state);
    s.stack = calloc(b->nodes + 1, sizeof *s.stack);
    if (!s.state || !s.stack)
        result = mm_fail_memory(err);
    for (size_t i = 0; i < b->nodes && result == 0; i++) {
        if (s.state[i] == UNSEEN)
            result = visit(&s, (int)i, what, err);
    }
    free(s.state);
    free(s.stack);
    return result;
}
