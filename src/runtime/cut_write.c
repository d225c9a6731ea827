/* What is needed of a model, written as one whose edges are cut. */
#include "runtime/cut.h"

#include "format/tensor_proto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FROM      "mmtui_from_"    /* and the tensor's place: what a source makes */
#define IR_LEAST  4                /* from this version on, constants need not be listed as inputs */
#define WEIGHTS   "mmtui_weights_" /* and the tap's number */
#define OTHER     "mmtui_other_"   /* alike, and the number of the output */
#define NAME_ROOM 64

/* Is it read from a source? Constants are not. */
static bool is_source(const struct cut_tensor *tensor)
{
    return tensor->needed && !tensor->initializer.data;
}

/* `number`: the tensor's place or, of another source, that and `other` times how many tensors there are. */
static void put_source(const struct cut *cut, size_t number, struct mm_buf *graph)
{
    size_t place = number % cut->tensors;
    struct mm_buf node = {0};
    char name[NAME_ROOM], type[NAME_ROOM];
    snprintf(name, sizeof name, FROM "%zu", number);
    snprintf(type, sizeof type, CUT_SOURCE "%d", mm_tensor_proto_number(cut->tensor[place].dtype));
    edit_put_text(&node, FIELD_NODE_OUTPUT, name);
    edit_put_text(&node, FIELD_NODE_NAME, name);
    edit_put_text(&node, FIELD_NODE_OP_TYPE, type);
    edit_put_text(&node, FIELD_NODE_DOMAIN, MODEL_DOMAIN);
    edit_put_int_attribute(&node, "i", (int64_t)number);
    edit_put_message(graph, FIELD_GRAPH_NODE, &node);
    mm_buf_done(&node);
}

static void put_input(const struct cut *cut, int64_t place, unsigned other, struct mm_buf *node)
{
    char name[NAME_ROOM];
    long long number = place + (long long)other * (long long)cut->tensors;
    snprintf(name, sizeof name, FROM "%lld", number);
    if (place < 0)
        edit_put_text(node, FIELD_NODE_INPUT, "");
    else
        edit_put_text(node, FIELD_NODE_INPUT,
                      is_source(&cut->tensor[place]) ? name : cut->tensor[place].name);
}

static struct mm_wire node_wire(const struct cut *cut, const struct cut_node *node)
{
    return (struct mm_wire){cut->path, cut->model.map.data, node->field.data,
                            node->field.data + node->field.size};
}

/* The message as it is, but for its name and the inputs that are cut. */
static void put_node(const struct cut *cut, size_t place, struct mm_buf *graph)
{
    const struct cut_node *node = &cut->node[place];
    struct mm_wire wire = node_wire(cut, node);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    char name[NAME_ROOM];
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_NODE_INPUT && field.number != FIELD_NODE_NAME)
            edit_copy(&written, &field);
    }
    for (size_t k = 0; k < node->inputs; k++)
        put_input(cut, cut->edge[node->edge + k], 0, &written);
    snprintf(name, sizeof name, CUT_NODE "%zu", place);
    edit_put_text(&written, FIELD_NODE_NAME, name);
    edit_put_message(graph, FIELD_GRAPH_NODE, &written);
    mm_buf_done(&written);
}

/* ---- the same node with other weights ---- */

static void put_weights(const struct mm_tensor *weights, size_t number, struct mm_buf *graph)
{
    struct mm_buf tensor = {0};
    char name[NAME_ROOM];
    snprintf(name, sizeof name, WEIGHTS "%zu", number);
    for (int i = 0; i < weights->shape.rank; i++)
        edit_put_varint(&tensor, FIELD_TENSOR_DIMS, (uint64_t)weights->shape.dim[i]);
    edit_put_varint(&tensor, FIELD_TENSOR_TYPE, (uint64_t)mm_tensor_proto_number(weights->dtype));
    edit_put_text(&tensor, FIELD_TENSOR_NAME, name);
    edit_put_bytes(&tensor, FIELD_TENSOR_RAW, weights->runs ? weights->run->data : (const uint8_t *)"",
                   (size_t)weights->count * mm_dtype_info(weights->dtype)->bytes);
    edit_put_message(graph, FIELD_GRAPH_INITIALIZER, &tensor);
    mm_buf_done(&tensor);
}

static void other_name(char out[NAME_ROOM], size_t number, size_t output)
{
    snprintf(out, NAME_ROOM, OTHER "%zu_%zu", number, output);
}

static void put_other(const struct cut *cut, const struct cut_tap *tap, size_t number, struct mm_buf *graph)
{
    size_t place = (size_t)cut->tensor[tap->tensor].node;
    const struct cut_node *node = &cut->node[place];
    struct mm_wire wire = node_wire(cut, node);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    char name[NAME_ROOM];
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_NODE_INPUT && field.number != FIELD_NODE_OUTPUT &&
            field.number != FIELD_NODE_NAME)
            edit_copy(&written, &field);
    }
    snprintf(name, sizeof name, WEIGHTS "%zu", number);
    for (size_t k = 0; k < node->inputs; k++) {
        if (tap->weights && k == tap->input)
            edit_put_text(&written, FIELD_NODE_INPUT, name);
        else
            put_input(cut, cut->edge[node->edge + k], tap->other, &written);
    }
    for (size_t k = 0; k < node->outputs; k++) {
        other_name(name, number, k);
        edit_put_text(&written, FIELD_NODE_OUTPUT, cut->edge[node->edge + node->inputs + k] < 0 ? "" : name);
    }
    snprintf(name, sizeof name, CUT_NODE "%zu_%zu", place, number);
    edit_put_text(&written, FIELD_NODE_NAME, name);
    edit_put_message(graph, FIELD_GRAPH_NODE, &written);
    mm_buf_done(&written);
}

/* What its tap reads. */
static const char *inside_of(struct cut *cut, const struct cut_tap *tap, size_t number)
{
    const struct cut_tensor *tensor = &cut->tensor[tap->tensor];
    const struct cut_node *node = &cut->node[tensor->node];
    char name[NAME_ROOM];
    size_t k = 0;
    if (!cut_is_again(tap))
        return tensor->name;
    while (k + 1 < node->outputs && cut->edge[node->edge + node->inputs + k] != tap->tensor)
        k++;
    other_name(name, number, k);
    return mm_arena_strdup(&cut->model.arena, name);
}

/* A run has to have a result that is asked for: what the first tap makes, which is nothing. */
static void put_output(struct mm_buf *graph)
{
    struct mm_buf value = {0};
    edit_put_text(&value, FIELD_VALUE_NAME, MODEL_TAP_NAME "0");
    edit_put_message(graph, FIELD_GRAPH_OUTPUT, &value);
    mm_buf_done(&value);
}

static int put_taps(struct model_edit *edit, struct cut *cut, const struct cut_tap *tap, size_t taps,
                    struct mm_buf *graph, struct mm_err *err)
{
    struct model *model = &cut->model;
    struct edit_scope scope = {.taps = taps};
    model->tensor = calloc(taps + 1, sizeof *model->tensor);
    scope.tap = calloc(taps + 1, sizeof *scope.tap);
    scope.inside = calloc(taps + 1, sizeof *scope.inside);
    bool enough = model->tensor && scope.tap && scope.inside;
    for (size_t i = 0; i < taps && enough; i++) {
        const struct cut_tensor *tensor = &cut->tensor[tap[i].tensor];
        model->tensor[i] = (struct model_tensor){
            .name = tensor->name, .node = "", .op_type = cut->node[tensor->node].op_type};
        scope.tap[i] = i;
        scope.inside[i] = inside_of(cut, &tap[i], i);
        enough = scope.inside[i] != NULL;
    }
    model->tensors = enough ? taps : 0;
    if (enough)
        edit_put_taps(edit, &scope, FIELD_GRAPH_NODE, graph);
    edit_scope_done(&scope);
    return enough ? 0 : mm_fail_memory(err);
}

static int put_graph(struct model_edit *edit, struct cut *cut, const struct cut_tap *tap, size_t taps,
                     struct mm_buf *graph, struct mm_err *err)
{
    edit_put_text(graph, FIELD_GRAPH_NAME, "mmtui");
    for (size_t i = 0; i < cut->tensors; i++) {
        const struct cut_tensor *tensor = &cut->tensor[i];
        for (unsigned other = 1; other <= CUT_OTHERS && is_source(tensor); other++) {
            if (tensor->others & 1u << other)
                put_source(cut, other * cut->tensors + i, graph);
        }
        if (is_source(tensor))
            put_source(cut, i, graph);
        else if (tensor->needed)
            edit_initializer(edit, &tensor->initializer, graph);
    }
    for (size_t i = 0; i < cut->nodes; i++) {
        if (cut->node[i].needed)
            put_node(cut, i, graph);
    }
    for (size_t i = 0; i < taps; i++) {
        if (!cut_is_again(&tap[i]))
            continue;
        if (tap[i].weights)
            put_weights(tap[i].weights, i, graph);
        put_other(cut, &tap[i], i, graph);
    }
    put_output(graph);
    return put_taps(edit, cut, tap, taps, graph, err);
}

/* Of an earlier one, all but what belongs to the file. */
static void forget(struct model *model)
{
    for (size_t i = 0; i < model->weights; i++)
        mm_stored_close(&model->weight[i].stored);
    free(model->tensor);
    model->tensor = NULL;
    model->tensors = model->tensor_room = model->weights = 0;
    mm_buf_clear(&model->bytes);
}

int cut_write(struct cut *cut, const struct cut_tap *tap, size_t taps, struct mm_err *err)
{
    struct model *model = &cut->model;
    struct model_edit edit = {.model = model};
    struct mm_buf graph = {0};
    forget(model);
    edit_put_varint(&model->bytes, FIELD_MODEL_IR_VERSION,
                    (uint64_t)(cut->ir_version < IR_LEAST ? IR_LEAST : cut->ir_version));
    int result = put_graph(&edit, cut, tap, taps, &graph, err);
    edit_put_message(&model->bytes, FIELD_MODEL_GRAPH, &graph);
    mm_buf_add(&model->bytes, mm_buf_text(&cut->head), cut->head.length);
    edit_put_opset(&model->bytes, FIELD_MODEL_OPSET);
    model->weight_bytes = cut->weight_bytes; /* weights are brought into order as in a run of the whole */
    mm_buf_done(&graph);
    edit_done(&edit);
    if (result == 0 && (edit.failed || model->bytes.failed))
        return mm_fail_memory(err);
    if (result == 0 && model->bytes.length > (size_t)INT32_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is larger than 2 GiB without its weights", cut->path);
    return result;
}
