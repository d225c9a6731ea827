/*
 * The QNN dialect: encodings, which qairt-converter and qnn-onnx-converter take with --quantization_overrides, and AIMET
 * with load_encodings_to_sim. An encoding is about one tensor: an operator's result, and the weights that it multiplies
 * with. The forms are told apart by "version": 0.6.1 has an object by names, 1.0.0 lists, both with activations and
 * parameters apart; 2.0.0 has one list, of scales alone: what is no integer there is what has no encoding.
 *
 * Checked with aimet-onnx 2.42.0: floats of 16 bits are taken in 0.6.1 and 1.0.0 (load_encodings_to_sim with strict=False
 * and disable_missing_quantizers=False), floats of 32 bits in none, a name that the model does not have is an exception,
 * and integers need scales, which a plan does not have.
 */
#include "export/qnn.h"

#include "export/import.h"

enum form { FORM_0_6_1, FORM_1_0_0 };

static const char *const VERSIONS[] = {"0.6.1", "1.0.0"};

/* By its first number; the second one is what AIMET writes when nothing is asked for. */
static enum form form_of(const char *version, bool *known)
{
    for (size_t i = 0; version && i < MM_COUNT(VERSIONS); i++) {
        if (strncmp(version, VERSIONS[i], 2) == 0 || (version[0] == VERSIONS[i][0] && !version[1])) {
            *known = true;
            return (enum form)i;
        }
    }
    *known = version == NULL;
    return FORM_1_0_0;
}

/* ---- overrides.encodings ---- */

static int bits_of(const struct mm_target *target)
{
    return target->override->precision == MM_PRECISION_F32 ? 32 : 16;
}

static void put_encoding(struct mm_json *json, enum form form, const char *name, int bits)
{
    if (form == FORM_0_6_1)
        mm_json_open_array(json, name);
    mm_json_flat(json);
    mm_json_open_object(json, NULL);
    if (form == FORM_0_6_1) {
        mm_json_put_whole(json, "bitwidth", bits);
        mm_json_put_text(json, "dtype", "float");
    } else {
        mm_json_put_text(json, "name", name);
        mm_json_put_text(json, "enc_type", "PER_TENSOR");
        mm_json_put_text(json, "dtype", "FLOAT");
        mm_json_put_whole(json, "bw", bits);
    }
    mm_json_close_object(json);
    if (form == FORM_0_6_1)
        mm_json_close_array(json);
}

/* The tensor of the operator's weights, if it multiplies with some; else NULL. */
static const char *weight_of(const struct mm_export *export, const struct mm_target *target)
{
    static const char *const types[] = {"Conv", "ConvTranspose", "Gemm", "MatMul"};
    const char *type = export->graph && target->node >= 0 ? export->graph->nodes[target->node].op_type : "";
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(type, types[i]) == 0)
            return mm_target_name(export, target, MM_NAME_WEIGHT);
    }
    return NULL;
}

static void put_results(const struct mm_export *export, enum form form, struct mm_json *json)
{
    for (size_t i = 0; i < export->targets->count; i++)
        put_encoding(json, form, export->targets->target[i].name, bits_of(&export->targets->target[i]));
}

/* Did an operator before this one have the same weights? An encoding stands once. */
static bool had_before(const struct mm_export *export, size_t index, const char *weight)
{
    for (size_t i = 0; i < index; i++) {
        const char *other = weight_of(export, &export->targets->target[i]);
        if (other && strcmp(other, weight) == 0)
            return true;
    }
    return false;
}

static void put_weights(const struct mm_export *export, enum form form, struct mm_json *json)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const char *weight = weight_of(export, &export->targets->target[i]);
        if (weight && !had_before(export, i, weight))
            put_encoding(json, form, weight, bits_of(&export->targets->target[i]));
    }
}

static void open_part(struct mm_json *json, enum form form, const char *key)
{
    if (form == FORM_0_6_1)
        mm_json_open_object(json, key);
    else
        mm_json_open_array(json, key);
}

static void close_part(struct mm_json *json, enum form form)
{
    if (form == FORM_0_6_1)
        mm_json_close_object(json);
    else
        mm_json_close_array(json);
}

static void add_encodings(const struct mm_export *export, struct mm_buf *out)
{
    bool known;
    enum form form = form_of(export->version, &known);
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_json_put_text(&json, "version", VERSIONS[form]);
    open_part(&json, form, "activation_encodings");
    put_results(export, form, &json);
    close_part(&json, form);
    open_part(&json, form, "param_encodings");
    put_weights(export, form, &json);
    close_part(&json, form);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static const struct mm_export_file FILES[] = {
    {"overrides.encodings", "tensors that are floats: qairt-converter --quantization_overrides, AIMET",
     add_encodings, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static void check_encodings(const struct mm_export *export, struct mm_problems *problems)
{
    bool known;
    form_of(export->version, &known);
    if (!known && export->version[0] == '2')
        mm_problems_add(problems, MM_SEVERITY_ERROR, "version", NULL,
                        "encodings of version %s have scales alone, and a float is what has no encoding: "
                        "take the tensors "
                        "out of the file that you have; 1.0.0 is written",
                        export->version);
    else if (!known)
        mm_problems_add(problems, MM_SEVERITY_ERROR, "version", NULL,
                        "floats are in encodings of version 0.6.1 and 1.0.0, not %s: 1.0.0 is written",
                        export->version);
    for (size_t i = 0; i < export->targets->count; i++) {
        if (bits_of(&export->targets->target[i]) == 32)
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "float32", export->targets->target[i].override->name,
                "aimet-onnx refuses floats of 32 bits, and it was not checked whether qairt-converter takes "
                "them: FLOAT16 is the sure choice");
    }
}

/* ---- reading back ---- */

/* What an encoding says, of either version: a float's bits, 0 for what is none. */
static uint64_t float_bits(struct mm_json_value encoding)
{
    uint64_t bits = 0;
    if (mm_json_kind(encoding) == MM_JSON_IS_ARRAY) { /* of 0.6.1: one a channel */
        struct mm_json_items items = mm_json_items(encoding);
        struct mm_json_value key, first;
        if (!mm_json_next(&items, &key, &first))
            return 0;
        encoding = first;
    }
    struct mm_json_value dtype = mm_json_member(encoding, "dtype");
    if (!mm_json_text_is(dtype, "float") && !mm_json_text_is(dtype, "FLOAT"))
        return 0;
    if (!mm_json_get_whole(mm_json_member(encoding, "bitwidth"), 64, &bits))
        mm_json_get_whole(mm_json_member(encoding, "bw"), 64, &bits);
    return bits == 16 || bits == 32 ? bits : 0;
}

/* Is it the weights of an operator? In the graph a plan's operator is named by its node, whatever tensor it is. */
static enum mm_name_kind kind_of(const struct mm_import *import, const char *name, bool param)
{
    const struct mm_graph *graph = import->from->graph;
    int tensor = graph ? mm_graph_tensor(graph, name) : -1;
    bool constant = tensor >= 0 && (graph->tensors[tensor].flags & MM_GRAPH_CONSTANT);
    return param || constant ? MM_NAME_WEIGHT : MM_NAME_TENSOR;
}

static int read_part(struct mm_import *import, struct mm_json_value part, bool param, size_t *others,
                     struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(part);
    struct mm_json_value key, item;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &item)) {
        mm_buf_clear(&name);
        if (!mm_json_get_text(mm_json_kind(part) == MM_JSON_IS_OBJECT ? key : mm_json_member(item, "name"),
                              &name) ||
            name.length == 0) {
            result = mm_fail(err, MM_ECORRUPT, "%s: an encoding has no name", import->path);
            break;
        }
        uint64_t bits = float_bits(item);
        *others += bits == 0;
        if (bits && (!param || import->from->graph)) /* without it nothing tells whose weights they are */
            result =
                mm_import_override(import, kind_of(import, mm_buf_text(&name), param), mm_buf_text(&name),
                                   bits == 32 ? MM_PRECISION_F32 : MM_PRECISION_F16, NULL, err);
    }
    mm_buf_done(&name);
    return result;
}

static int read_encodings(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char *const parts[] = {"encodings", "activation_encodings", "param_encodings"};
    struct mm_json_value root;
    size_t found = 0, others = 0;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    for (size_t i = 0; i < MM_COUNT(parts); i++) {
        struct mm_json_value part = mm_json_member(root, parts[i]);
        found += mm_json_kind(part) != MM_JSON_ABSENT;
        if (read_part(import, part, i == 2, &others, err) < 0)
            return -1;
    }
    if (!found)
        return mm_fail(err, MM_ECORRUPT, "%s: has neither \"encodings\" nor \"activation_encodings\"",
                       config->path);
    if (others)
        mm_import_note(
            import, "%zu of the encodings are scales, which a plan does not have: they are left out", others);
    return 0;
}

const struct mm_dialect mm_qnn = {
    .id = "qnn",
    .title = "QNN",
    .run = "aimet-onnx 2.42.0",
    .documented = "encodings 1.0.0 and 0.6.1 (--for VERSION) as aimet-onnx 2.42 loads them",
    .names = MM_NAME_TENSOR,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check_encodings,
    .read = read_encodings,
};
