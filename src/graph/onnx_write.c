/* A graph as an ONNX model without weights, through protobuf-c. */
#include "graph/onnx.h"

#include <stdlib.h>
#include <string.h>

#define IR_VERSION   8
#define OPSET        13 /* unless the graph tells */
#define OPSET_OTHERS 1  /* other domains have versions of their own, which the graph does not tell */

/* Everything is made in the arena; protobuf-c packs from pointers to non-const, and only reads. */
struct writer {
    const struct mm_graph *graph;
    struct mm_arena arena;
    bool failed;
};

static void *make(struct writer *w, size_t count, size_t size)
{
    void *memory = mm_arena_array(&w->arena, count, size);
    w->failed |= !memory;
    return memory;
}

/* The names of tensors, "" for what is left out. */
static char **names_of(struct writer *w, const int *tensors, int count)
{
    char **names = make(w, (size_t)count, sizeof *names);
    for (int i = 0; names && i < count; i++)
        names[i] = (char *)(tensors[i] < 0 ? "" : w->graph->tensors[tensors[i]].name);
    return names;
}

static Onnx__AttributeProto *attribute_of(struct writer *w, const struct mm_graph_attribute *from)
{
    Onnx__AttributeProto *to = make(w, 1, sizeof *to);
    if (!to)
        return NULL;
    onnx__attribute_proto__init(to);
    to->name = (char *)from->name;
    to->has_type = true;
    if (from->text) {
        to->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
        to->has_s = true;
        to->s = (ProtobufCBinaryData){strlen(from->text), (uint8_t *)from->text};
    } else if (from->floats) {
        to->type = from->single ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
                                : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
        to->has_f = from->single;
        to->f = from->single ? from->floats[0] : 0;
        to->n_floats = from->single ? 0 : (size_t)from->float_count;
        to->floats = (float *)from->floats;
    } else {
        to->type = from->single ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
                                : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
        to->has_i = from->single;
        to->i = from->single ? from->ints[0] : 0;
        to->n_ints = from->single ? 0 : (size_t)from->int_count;
        to->ints = (int64_t *)from->ints;
    }
    return to;
}

static Onnx__NodeProto *node_of(struct writer *w, const struct mm_graph_node *from)
{
    Onnx__NodeProto *to = make(w, 1, sizeof *to);
    if (!to)
        return NULL;
    onnx__node_proto__init(to);
    to->name = (char *)from->name;
    to->op_type = (char *)from->op_type;
    to->domain = *from->domain ? (char *)from->domain : NULL;
    to->input = names_of(w, from->inputs, from->input_count);
    to->n_input = (size_t)from->input_count;
    to->output = names_of(w, from->outputs, from->output_count);
    to->n_output = (size_t)from->output_count;
    to->attribute = make(w, (size_t)from->attribute_count, sizeof *to->attribute);
    for (int i = 0; to->attribute && i < from->attribute_count; i++)
        to->attribute[to->n_attribute++] = attribute_of(w, &from->attributes[i]);
    return to;
}

/* ---- tensors ------------------------------------------------------------------------------------------ */

static Onnx__TensorShapeProto *shape_of(struct writer *w, const struct mm_shape *from)
{
    Onnx__TensorShapeProto *to = from->rank < 0 ? NULL : make(w, 1, sizeof *to);
    if (!to)
        return NULL;
    onnx__tensor_shape_proto__init(to);
    to->dim = make(w, (size_t)from->rank, sizeof *to->dim);
    for (int i = 0; to->dim && i < from->rank; i++) {
        Onnx__TensorShapeProto__Dimension *dim = make(w, 1, sizeof *dim);
        if (!dim)
            break;
        onnx__tensor_shape_proto__dimension__init(dim);
        if (from->dim[i] >= 0) {
            dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
            dim->dim_value = from->dim[i];
        }
        to->dim[to->n_dim++] = dim;
    }
    return to;
}

static Onnx__TypeProto *type_of(struct writer *w, const struct mm_graph_tensor *from)
{
    int32_t number = mm_tensor_proto_number(from->dtype);
    if (number == ONNX__TENSOR_PROTO__DATA_TYPE__UNDEFINED && from->shape.rank < 0)
        return NULL;
    Onnx__TypeProto *type = make(w, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = make(w, 1, sizeof *tensor);
    if (!type || !tensor)
        return NULL;
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    type->tensor_type = tensor;
    tensor->has_elem_type = number != ONNX__TENSOR_PROTO__DATA_TYPE__UNDEFINED;
    tensor->elem_type = number;
    tensor->shape = shape_of(w, &from->shape);
    return type;
}

/* Is a tensor to be in this list of the graph? */
static bool is_input(const struct mm_graph_tensor *tensor)
{
    return tensor->producer < 0;
}

static bool is_output(const struct mm_graph_tensor *tensor)
{
    return (tensor->flags & MM_GRAPH_OUTPUT) != 0;
}

static bool is_typed(const struct mm_graph_tensor *tensor)
{
    return !is_input(tensor) && !is_output(tensor) &&
           (tensor->dtype != MM_DTYPE_NONE || tensor->shape.rank >= 0);
}

static Onnx__ValueInfoProto **values_of(struct writer *w, bool (*wanted)(const struct mm_graph_tensor *),
                                        size_t *count)
{
    Onnx__ValueInfoProto **list = make(w, (size_t)w->graph->tensor_count, sizeof *list);
    *count = 0;
    for (int i = 0; list && i < w->graph->tensor_count; i++) {
        const struct mm_graph_tensor *tensor = &w->graph->tensors[i];
        Onnx__ValueInfoProto *value = wanted(tensor) ? make(w, 1, sizeof *value) : NULL;
        if (!value)
            continue;
        onnx__value_info_proto__init(value);
        value->name = (char *)tensor->name;
        value->type = type_of(w, tensor);
        list[(*count)++] = value;
    }
    return list;
}

/* ---- the model ---------------------------------------------------------------------------------------- */

static bool same_domain(const Onnx__OperatorSetIdProto *opset, const char *domain)
{
    return strcmp(opset->domain, domain) == 0;
}

/* One row a domain, ONNX's own first. There are few. */
static void add_opset(struct writer *w, Onnx__ModelProto *model, const char *domain, int64_t version)
{
    for (size_t i = 0; i < model->n_opset_import; i++) {
        if (same_domain(model->opset_import[i], domain))
            return;
    }
    Onnx__OperatorSetIdProto *opset = make(w, 1, sizeof *opset);
    if (!opset)
        return;
    onnx__operator_set_id_proto__init(opset);
    opset->domain = (char *)domain;
    opset->has_version = true;
    opset->version = version;
    model->opset_import[model->n_opset_import++] = opset;
}

static void fill_model(struct writer *w, Onnx__ModelProto *model, Onnx__GraphProto *graph)
{
    const struct mm_graph *from = w->graph;
    model->has_ir_version = true;
    model->ir_version = IR_VERSION;
    model->producer_name = (char *)"mmtui";
    model->producer_version = (char *)MM_VERSION;
    model->graph = graph;
    graph->name = (char *)"graph";
    graph->node = make(w, (size_t)from->node_count, sizeof *graph->node);
    model->opset_import = make(w, (size_t)from->node_count + 1, sizeof *model->opset_import);
    if (w->failed)
        return;
    add_opset(w, model, "", from->opset ? from->opset : OPSET);
    for (int i = 0; i < from->node_count && !w->failed; i++) {
        graph->node[graph->n_node++] = node_of(w, &from->nodes[i]);
        add_opset(w, model, from->nodes[i].domain, OPSET_OTHERS);
    }
    graph->input = values_of(w, is_input, &graph->n_input);
    graph->output = values_of(w, is_output, &graph->n_output);
    graph->value_info = values_of(w, is_typed, &graph->n_value_info);
}

static int write_model(struct writer *w, const char *path, struct mm_err *err)
{
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__GraphProto graph = ONNX__GRAPH_PROTO__INIT;
    fill_model(w, &model, &graph);
    if (w->failed)
        return mm_fail_memory(err);
    size_t size = onnx__model_proto__get_packed_size(&model);
    uint8_t *bytes = malloc(size);
    if (!bytes)
        return mm_fail_memory(err);
    int result = mm_file_write(path, bytes, onnx__model_proto__pack(&model, bytes), err);
    free(bytes);
    return result;
}

int mm_graph_write_onnx(const struct mm_graph *graph, const char *path, struct mm_err *err)
{
    for (int i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent >= 0)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: a graph with bodies of If, Loop or Scan is not written",
                           path);
    }
    struct writer w = {.graph = graph};
    mm_arena_init(&w.arena);
    int result = write_model(&w, path, err);
    mm_arena_done(&w.arena);
    return result;
}
