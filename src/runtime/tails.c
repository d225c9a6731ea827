/* What stands behind an operator, several times in one model: runs that differ from there on share all before it. */
#include "runtime/tails.h"

#include "runtime/model_edit.h"
#include "runtime/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_ENDING "/mmtui_tail_"

struct mm_tails {
    char *path;
    struct mm_graph *graph;
    struct model_edit edit; /* reads the messages */
    struct model model;     /* the file */
    struct mm_wire_field main_graph;
    bool has_functions;
    uint64_t *bytes; /* by tensor */
    bool *reached;   /* by node: from `from` */
    int from;        /* a node; -1: none yet */
};

/* ---- names ---- */

size_t mm_tail_of(const char *name, size_t *length)
{
    const char *ending = strstr(name, TAIL_ENDING);
    *length = ending ? (size_t)(ending - name) : strlen(name);
    return ending ? strtoul(ending + strlen(TAIL_ENDING), NULL, 10) : SIZE_MAX;
}

int tail_original(const struct mm_graph *original, int place, const char *name)
{
    size_t length;
    if (place < original->tensor_count && strcmp(original->tensors[place].name, name) == 0)
        return place; /* the same graph, where bodies may have several of a name */
    if (mm_tail_of(name, &length) == SIZE_MAX)
        return mm_graph_tensor(original, name);
    char *own = strndup(name, length);
    int tensor = own ? mm_graph_tensor(original, own) : -1;
    free(own);
    return tensor;
}

/* ---- what stands behind ---- */

static bool reads_reached(const struct mm_tails *tails, const struct mm_graph_node *node)
{
    for (int k = 0; k < node->input_count; k++) {
        int producer = node->inputs[k] >= 0 ? tails->graph->tensors[node->inputs[k]].producer : -1;
        if (producer >= 0 && tails->reached[producer])
            return true;
    }
    return false;
}

/* Nodes stand in an order in which they can be computed. */
static void reach(struct mm_tails *tails, int from)
{
    if (from == tails->from)
        return;
    for (int n = 0; n < tails->graph->node_count; n++) {
        tails->reached[n] = false;
        tails->reached[n] = n == from || (n > from && reads_reached(tails, &tails->graph->nodes[n]));
    }
    tails->from = from;
}

static int producer_of(const struct mm_tails *tails, const char *tensor)
{
    int place = mm_graph_tensor(tails->graph, tensor);
    return place >= 0 ? tails->graph->tensors[place].producer : -1;
}

/* The first tensor that a node makes; NULL: none. */
static const char *first_result(const struct mm_graph *graph, int node)
{
    for (int k = 0; k < graph->nodes[node].output_count; k++) {
        if (graph->nodes[node].outputs[k] >= 0)
            return graph->tensors[graph->nodes[node].outputs[k]].name;
    }
    return NULL;
}

bool mm_tails_operator(struct mm_tails *tails, const char *from, size_t tail,
                       const struct mm_simulated_op *op, struct mm_simulated_op *out)
{
    int first = producer_of(tails, from), node = simulated_find_operator(tails->graph, op);
    struct mm_buf text = {0};
    if (first < 0 || node < 0)
        return false;
    reach(tails, first);
    const char *result = tails->reached[node] ? first_result(tails->graph, node) : NULL;
    if (result)
        mm_buf_printf(&text, "%s" TAIL_ENDING "%zu", result, tail);
    const char *name = result ? mm_arena_strdup(&tails->model.arena, mm_buf_text(&text)) : NULL;
    tails->edit.failed |= result && !name;
    mm_buf_done(&text);
    *out = (struct mm_simulated_op){"", name, op->dtype};
    return name != NULL;
}

void mm_tails_note(struct mm_tails *tails, const char *tensor, uint64_t bytes)
{
    int place = mm_graph_tensor(tails->graph, tensor);
    if (place >= 0 && tails->bytes[place] < bytes)
        tails->bytes[place] = bytes;
}

uint64_t mm_tails_bytes(struct mm_tails *tails, const char *from)
{
    int first = producer_of(tails, from);
    uint64_t sum = 0;
    if (first < 0)
        return 0;
    reach(tails, first);
    for (int i = 0; i < tails->graph->tensor_count; i++) {
        int producer = tails->graph->tensors[i].producer;
        sum += producer >= 0 && tails->reached[producer] ? tails->bytes[i] : 0;
    }
    return sum;
}

/* ---- the copies ---- */

static bool is_text(const struct mm_wire_field *field, uint32_t number)
{
    return field->number == number && field->type == MM_WIRE_BYTES;
}

static bool is_changed(const struct mm_names *changed, const struct mm_wire_field *field)
{
    return field->size > 0 && mm_names_find(changed, (const char *)field->data, field->size) >= 0;
}

/* One of the texts of a message, with the tail's ending. */
static void put_renamed(struct mm_buf *out, const struct mm_wire_field *field, size_t tail)
{
    struct mm_buf text = {0};
    mm_buf_add(&text, field->data, field->size);
    mm_buf_printf(&text, TAIL_ENDING "%zu", tail);
    edit_put_message(out, field->number, &text);
    mm_buf_done(&text);
}

/* Is it computed otherwise in this tail: does it make `from`, or read what was? */
static bool belongs(struct model_edit *edit, const struct mm_wire_field *node, const char *from,
                    const struct mm_names *changed)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    size_t length = strlen(from);
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_NODE_INPUT) && is_changed(changed, &field))
            return true;
        if (is_text(&field, FIELD_NODE_OUTPUT) && field.size == length &&
            memcmp(field.data, from, length) == 0)
            return true;
    }
    return false;
}

static void copy_node(struct model_edit *edit, const struct mm_wire_field *node, size_t tail,
                      struct mm_names *changed, struct mm_buf *out)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        bool made = is_text(&field, FIELD_NODE_OUTPUT) && field.size > 0;
        if (made)
            edit->failed |=
                mm_names_add(changed, &edit->model->arena, (const char *)field.data, field.size) < 0;
        if (made || (is_text(&field, FIELD_NODE_NAME) && field.size > 0) ||
            (is_text(&field, FIELD_NODE_INPUT) && is_changed(changed, &field)))
            put_renamed(&written, &field, tail);
        else
            edit_copy(&written, &field);
    }
    edit_put_message(out, FIELD_GRAPH_NODE, &written);
    mm_buf_done(&written);
}

/* An output of the model, or what is known of a tensor within. */
static void copy_value(struct model_edit *edit, const struct mm_wire_field *value, size_t tail,
                       const struct mm_names *changed, struct mm_buf *out)
{
    const char *name = edit_text(edit, value, FIELD_VALUE_NAME);
    struct mm_wire wire = edit_inside(edit, value);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    if (mm_names_find(changed, name, strlen(name)) < 0)
        return;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_VALUE_NAME))
            put_renamed(&written, &field, tail);
        else
            edit_copy(&written, &field);
    }
    edit_put_message(out, value->number, &written);
    mm_buf_done(&written);
}

static void copy_tail(struct mm_tails *tails, const char *from, size_t tail, struct mm_buf *out)
{
    struct model_edit *edit = &tails->edit;
    struct mm_wire wire = edit_inside(edit, &tails->main_graph);
    struct mm_wire_field field;
    struct mm_names changed;
    mm_names_init(&changed);
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_GRAPH_NODE) && belongs(edit, &field, from, &changed))
            copy_node(edit, &field, tail, &changed, out);
    }
    wire = edit_inside(edit, &tails->main_graph);
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_GRAPH_OUTPUT) || is_text(&field, FIELD_GRAPH_VALUE_INFO))
            copy_value(edit, &field, tail, &changed, out);
    }
    mm_names_done(&changed);
}

static int copy_all(struct mm_tails *tails, const char *const *from, size_t count, struct mm_buf *out,
                    struct mm_err *err)
{
    const struct mm_map *map = &tails->model.map;
    struct mm_wire wire = {tails->path, map->data, map->data, map->data + map->size};
    struct mm_wire_field field;
    struct mm_buf graph = {0};
    mm_buf_add(&graph, tails->main_graph.data, tails->main_graph.size);
    for (size_t i = 0; i < count; i++)
        copy_tail(tails, from[i], i, &graph);
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_MODEL_GRAPH))
            edit_put_message(out, FIELD_MODEL_GRAPH, &graph);
        else
            edit_copy(out, &field);
    }
    mm_buf_done(&graph);
    return out->failed || tails->edit.failed ? mm_fail_memory(err) : 0;
}

int mm_tails_write(struct mm_tails *tails, const char *const *from, size_t count, const char *to,
                   struct mm_err *err)
{
    struct mm_buf out = {0};
    int result = copy_all(tails, from, count, &out, err);
    if (result == 0)
        result = mm_file_write(to, out.data, out.length, err);
    mm_buf_done(&out);
    return result;
}

/* ---- open, close ---- */

#define FILE_MOST ((size_t)256 << 20) /* bytes that are written anew for each model of tails */

/* Do its weights lie in other files, which can't be read from another folder? */
static bool has_external(struct mm_tails *tails)
{
    struct mm_wire wire = edit_inside(&tails->edit, &tails->main_graph);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_text(&field, FIELD_GRAPH_INITIALIZER) &&
            edit_number(&tails->edit, &field, FIELD_TENSOR_LOCATION) == LOCATION_EXTERNAL)
            return true;
    }
    return false;
}

static bool has_bodies(const struct mm_graph *graph)
{
    for (int n = 0; n < graph->node_count; n++) {
        if (graph->nodes[n].parent >= 0)
            return true;
    }
    return false;
}

static int read_model(struct mm_tails *tails, struct mm_err *err)
{
    const struct mm_map *map = &tails->model.map;
    struct mm_wire wire = {tails->path, map->data, map->data, map->data + map->size};
    struct mm_wire_field field;
    int graphs = 0, more;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        tails->has_functions |= is_text(&field, FIELD_MODEL_FUNCTION);
        if (is_text(&field, FIELD_MODEL_GRAPH)) {
            tails->main_graph = field;
            graphs++;
        }
    }
    if (more < 0)
        return -1;
    if (graphs != 1 || tails->has_functions || has_bodies(tails->graph) || map->size > FILE_MOST ||
        has_external(tails))
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: has bodies, functions, weights in other files, or is larger than 256 MiB",
                       tails->path);
    return 0;
}

static int open_all(struct mm_tails *tails, const char *path, struct mm_err *err)
{
    tails->path = strdup(path);
    if (!tails->path)
        return mm_fail_memory(err);
    if (mm_graph_open_onnx(&tails->graph, path, err) < 0 || model_map(&tails->model, tails->path, err) < 0)
        return -1;
    tails->bytes = calloc((size_t)tails->graph->tensor_count + 1, sizeof *tails->bytes);
    tails->reached = calloc((size_t)tails->graph->node_count + 1, sizeof *tails->reached);
    if (!tails->bytes || !tails->reached)
        return mm_fail_memory(err);
    return read_model(tails, err);
}

int mm_tails_open(struct mm_tails **out, const char *model, struct mm_err *err)
{
    struct mm_tails *tails = calloc(1, sizeof *tails);
    *out = NULL;
    if (!tails)
        return mm_fail_memory(err);
    tails->from = -1;
    tails->edit.model = &tails->model;
    if (open_all(tails, model, err) < 0) {
        mm_tails_close(tails);
        return -1;
    }
    *out = tails;
    return 0;
}

void mm_tails_close(struct mm_tails *tails)
{
    if (!tails)
        return;
    mm_graph_close(tails->graph);
    model_close(&tails->model);
    free(tails->bytes);
    free(tails->reached);
    free(tails->path);
    free(tails);
}
