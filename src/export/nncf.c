/*
 * The NNCF dialect: nncf.IgnoredScope, whose operators nncf.quantize leaves as they are.
 *
 * NNCF compares the names of the model that it is given. For an ONNX model these are the nodes' names. For an OpenVINO
 * model they are OpenVINO's "friendly names", which its ONNX reader makes so (openvino 2026.4.1, read_model):
 *   - an operator has the node's name, but the one that makes an output of the model has that output's name;
 *   - a Conv with a bias and any Gemm become several: the multiplication is NODE/WithoutBiases, the addition NODE;
 *   - what stands inside of a ConvTranspose with a bias or a LayerNormalization gets a number for a name.
 * ov.convert_model also fuses (BatchNormalization into Conv) and numbers what is left, so that its names are not known
 * beforehand. ignored_scope.json has the names of read_model's model; ignored_scope.py looks them up in any of the three.
 * With validate=True (NNCF's own choice) a name that is not there is an exception.
 */
#include "export/nncf.h"

#include "export/import.h"

#define WITHOUT "/WithoutBiases"

static const struct mm_graph_node *node_of(const struct mm_export *export, const struct mm_target *target)
{
    return export->graph && target->node >= 0 ? &export->graph->nodes[target->node] : NULL;
}

static bool has_bias(const struct mm_graph_node *node)
{
    return node->input_count > 2 && node->inputs[2] >= 0;
}

/* Does OpenVINO's reader make NODE/WithoutBiases of it? */
static bool is_split(const struct mm_graph_node *node)
{
    return strcmp(node->op_type, "Gemm") == 0 || (strcmp(node->op_type, "Conv") == 0 && has_bias(node));
}

/* Does it hide what computes behind a number? */
static bool is_hidden(const struct mm_graph_node *node)
{
    return strcmp(node->op_type, "LayerNormalization") == 0 ||
           (strcmp(node->op_type, "ConvTranspose") == 0 && has_bias(node));
}

/* The model's output that the node makes, whose name it then has; NULL if it makes none. */
static const char *output_of(const struct mm_graph *graph, const struct mm_graph_node *node)
{
    for (int i = 0; i < node->output_count; i++) {
        int tensor = node->outputs[i];
        if (tensor >= 0 && (graph->tensors[tensor].flags & MM_GRAPH_OUTPUT))
            return graph->tensors[tensor].name;
    }
    return NULL;
}

/* ---- ignored_scope.json ---- */

static void put_names(const struct mm_export *export, const struct mm_target *target, struct mm_json *json)
{
    const struct mm_graph_node *node = node_of(export, target);
    const char *output = node ? output_of(export->graph, node) : NULL;
    mm_json_put_text(json, NULL, output ? output : target->name);
    if (!node || !is_split(node))
        return;
    struct mm_buf name = {0};
    mm_buf_printf(&name, "%s%s", target->name, WITHOUT);
    mm_json_put_text(json, NULL, mm_buf_text(&name));
    json->out->failed |= name.failed;
    mm_buf_done(&name);
}

static void add_scope(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_json_open_array(&json, "names");
    for (size_t i = 0; i < export->targets->count; i++)
        put_names(export, &export->targets->target[i], &json);
    mm_json_close_array(&json);
    mm_json_put_bool(&json, "validate", true);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static void check_names(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        const struct mm_graph_node *node = node_of(export, target);
        if (node && is_hidden(node))
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "nameless", target->override->name,
                "OpenVINO splits %s and numbers what computes, which ignored_scope.json can't name: use "
                "ignored_scope.py, which finds it",
                node->op_type);
    }
}

static const struct mm_export_file FILES[] = {
    {"ignored_scope.json",
     "what stays as it is: arguments of nncf.IgnoredScope, for OpenVINO's read_model of the model", add_scope,
     false},
    {"ignored_scope.py", "the same, looked up in the OpenVINO or ONNX model that is to be quantised",
     nncf_python, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- reading back ---- */

/* One name; the second of a split operator is the operator itself. "{re}" is what older files have before a pattern. */
static int read_name(struct mm_buf *name, struct mm_import *import, struct mm_err *err)
{
    const char *text = mm_buf_text(name);
    size_t length = strlen(text), tail = strlen(WITHOUT);
    if (strncmp(text, "{re}", 4) == 0) {
        mm_import_note(import, "the pattern \"%s\" is nothing that a plan has: it is left out", text + 4);
        return 0;
    }
    if (length > tail && strcmp(text + length - tail, WITHOUT) == 0)
        name->data[length - tail] = 0;
    return mm_import_override(import, MM_NAME_NODE, mm_buf_text(name), MM_PRECISION_F32, NULL, err);
}

static int read_names(struct mm_json_value list, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, item;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &item)) {
        mm_buf_clear(&name);
        if (mm_json_get_text(item, &name) && name.length)
            result = read_name(&name, import, err);
        else
            result = mm_fail(err, MM_ECORRUPT, "%s: must be a list of names", import->path);
    }
    mm_buf_done(&name);
    return result;
}

/* The list of names: by itself, as "names", or as "ignored_scopes", which NNCF's own configuration files had. */
static int read_scope(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char *const known[] = {"names", "validate", "ignored_scopes", NULL};
    struct mm_json_value root;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) == MM_JSON_IS_ARRAY)
        return read_names(root, import, err);
    struct mm_json_value names = mm_json_member(root, "names"),
                         older = mm_json_member(root, "ignored_scopes");
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT ||
        (mm_json_kind(names) != MM_JSON_IS_ARRAY && mm_json_kind(older) != MM_JSON_IS_ARRAY))
        return mm_fail(err, MM_ECORRUPT,
                       "%s: must be an object with \"names\": arguments of nncf.IgnoredScope", config->path);
    if (read_names(names, import, err) < 0 || read_names(older, import, err) < 0)
        return -1;
    return mm_import_settings(import, root, known, err);
}

const struct mm_dialect mm_nncf = {
    .id = "nncf",
    .title = "NNCF",
    .run = "nncf 3.4.0, openvino 2026.4.1",
    .documented = "nncf.IgnoredScope of nncf 3.4",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check_names,
    .read = read_scope,
};
