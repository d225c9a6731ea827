/*
 * The OpenVINO dialect: the mark "precise" of single layers in an IR file (model.xml), which keeps them from being
 * converted to the lower precision of inference (INFERENCE_PRECISION_HINT). The file is changed in place: a marked layer
 * gets an rt_info, all other bytes stay, so that the weights in model.bin still fit.
 *
 * A layer is an operator's when it has the node's name, NODE/WithoutBiases (a Conv or Gemm is split, see nncf.c), or makes
 * the operator's tensor.
 *
 * Checked with openvino 2026.4.1: it reads the mark as DisablePrecisionConversion, which is also what it writes, and
 * leaves marked layers in f32 under the hints f16 and bf16 on the CPU. A mark on a layer that is fused into another
 * (Conv before BatchNormalization) was lost with bf16.
 */
#include "export/openvino.h"

#include "base/names.h"
#include "export/import.h"

#define WITHOUT "/WithoutBiases"

/* ---- which layers are meant ---- */

/* Names of layers and tensors, and which target each is about; a target's name first, so that it has the lower number. */
struct wanted {
    struct mm_names layers, tensors;
    struct mm_arena arena;
    bool failed;
};

static void want(struct wanted *wanted, struct mm_names *names, const char *text)
{
    if (text && *text && mm_names_add(names, &wanted->arena, text, strlen(text)) < 0)
        wanted->failed = true;
}

static void want_target(const struct mm_export *export, const struct mm_target *target, struct wanted *wanted)
{
    struct mm_buf split = {0};
    mm_buf_printf(&split, "%s%s", target->name, WITHOUT);
    want(wanted, &wanted->layers, target->name);
    want(wanted, &wanted->layers, mm_buf_text(&split));
    want(wanted, &wanted->tensors, mm_target_name(export, target, MM_NAME_TENSOR));
    wanted->failed |= split.failed;
    mm_buf_done(&split);
}

static bool makes_wanted(const struct wanted *wanted, const struct openvino_layer *layer)
{
    const char *names = mm_buf_text(&layer->outputs);
    for (size_t at = 0; at < layer->outputs.length; at += strlen(names + at) + 1) {
        if (mm_names_find(&wanted->tensors, names + at, strlen(names + at)) >= 0)
            return true;
    }
    return false;
}

static bool is_wanted(const struct wanted *wanted, const struct openvino_layer *layer)
{
    const char *type = mm_buf_text(&layer->type);
    if (strcmp(type, "Const") == 0 || strcmp(type, "Parameter") == 0 || strcmp(type, "Result") == 0)
        return false;
    return mm_names_find(&wanted->layers, mm_buf_text(&layer->name), layer->name.length) >= 0 ||
           makes_wanted(wanted, layer);
}

static void wanted_done(struct wanted *wanted)
{
    mm_names_done(&wanted->layers);
    mm_names_done(&wanted->tensors);
    mm_arena_done(&wanted->arena);
}

/* ---- model.xml ---- */

static const char MARK[] = "<attribute name=\"precise\" version=\"0\" />";

/* The blanks before the tag in its line. */
static void put_indent(const char *text, const char *tag, struct mm_buf *out)
{
    const char *line = tag;
    while (line > text && (line[-1] == ' ' || line[-1] == '\t'))
        line--;
    mm_buf_putc(out, '\n');
    mm_buf_add(out, line, (size_t)(tag - line));
}

/* Append the text from `from` up to where the mark belongs, and the mark; where the text goes on. */
static const char *put_marked(const char *text, const char *from, const struct openvino_layer *layer,
                              struct mm_buf *out)
{
    const char *at = layer->info ? layer->info : layer->inside;
    mm_buf_add(out, from, (size_t)(at - from) - (layer->empty ? 2 : 0));
    if (layer->empty)
        mm_buf_putc(out, '>');
    put_indent(text, layer->tag, out);
    mm_buf_puts(out, layer->info ? "\t\t" : "\t<rt_info>");
    if (!layer->info) {
        put_indent(text, layer->tag, out);
        mm_buf_puts(out, "\t\t");
    }
    mm_buf_puts(out, MARK);
    if (!layer->info) {
        put_indent(text, layer->tag, out);
        mm_buf_puts(out, "\t</rt_info>");
    }
    if (layer->empty)
        mm_buf_puts(out, "</layer>");
    return at;
}

static void add_model(const struct mm_export *export, struct mm_buf *out)
{
    if (!export->base)
        return;
    struct wanted wanted = {0};
    struct openvino_layer layer = {0};
    const char *text = export->base->text, *end = text + export->base->length, *at = text, *done = text;
    mm_names_init(&wanted.layers);
    mm_names_init(&wanted.tensors);
    for (size_t i = 0; i < export->targets->count; i++)
        want_target(export, &export->targets->target[i], &wanted);
    while (openvino_next(&at, end, &layer)) {
        if (is_wanted(&wanted, &layer) && !layer.marked)
            done = put_marked(text, done, &layer, out);
        out->failed |= layer.name.failed || layer.type.failed || layer.outputs.failed;
    }
    mm_buf_add(out, done, (size_t)(end - done));
    out->failed |= wanted.failed;
    openvino_layer_done(&layer);
    wanted_done(&wanted);
}

static const struct mm_export_file FILES[] = {
    {"model.xml", "the IR with the mark \"precise\" on what stays in FLOAT32; model.bin stays as it is",
     add_model, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what can be wrong ---- */

/* All names of layers and tensors that the IR has. */
static void known_names(const struct mm_config *base, struct wanted *known)
{
    struct openvino_layer layer = {0};
    const char *at = base->text, *end = at + base->length;
    while (openvino_next(&at, end, &layer)) {
        const char *names = mm_buf_text(&layer.outputs);
        want(known, &known->layers, mm_buf_text(&layer.name));
        for (size_t i = 0; i < layer.outputs.length; i += strlen(names + i) + 1)
            want(known, &known->tensors, names + i);
    }
    openvino_layer_done(&layer);
}

static bool has(const struct mm_names *names, const char *text)
{
    return text && mm_names_find(names, text, strlen(text)) >= 0;
}

/* Does only a BatchNormalization read what it makes? */
static bool is_fused(const struct mm_export *export, const struct mm_target *target)
{
    const struct mm_graph *graph = export->graph;
    int tensor = graph && target->node >= 0 && graph->nodes[target->node].output_count
                     ? graph->nodes[target->node].outputs[0]
                     : -1;
    return tensor >= 0 && graph->tensors[tensor].consumer_count == 1 &&
           strcmp(graph->nodes[graph->tensors[tensor].consumers[0]].op_type, "BatchNormalization") == 0;
}

static void check_layers(const struct mm_export *export, struct mm_problems *problems)
{
    if (!export->base)
        return;
    struct wanted known = {0};
    mm_names_init(&known.layers);
    mm_names_init(&known.tensors);
    known_names(export->base, &known);
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!has(&known.layers, target->name) &&
            !has(&known.tensors, mm_target_name(export, target, MM_NAME_TENSOR)))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "no-layer", target->override->name,
                "no layer of %s has its name or makes its tensor (it was fused, or renamed): it is left "
                "out",
                export->base->path);
        else if (is_fused(export, target))
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "fused", target->override->name,
                "OpenVINO fuses it with the BatchNormalization behind it, and may lose the mark: look at "
                "runtimePrecision in the compiled model");
    }
    problems->failed |= known.failed;
    wanted_done(&known);
}

/* ---- reading back ---- */

static int read_model(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct openvino_layer layer = {0};
    const char *at = config->text, *end = at + config->length;
    size_t count = 0, tail = strlen(WITHOUT);
    int result = 0;
    for (; result == 0 && openvino_next(&at, end, &layer); count++) {
        size_t length = layer.name.length;
        if (!layer.marked || length == 0)
            continue;
        if (length > tail && strcmp(mm_buf_text(&layer.name) + length - tail, WITHOUT) == 0)
            layer.name.data[length - tail] = 0;
        result = layer.name.failed ? mm_fail_memory(err)
                                   : mm_import_override(import, MM_NAME_NODE, mm_buf_text(&layer.name),
                                                        MM_PRECISION_F32, NULL, err);
    }
    openvino_layer_done(&layer);
    if (result == 0 && count == 0)
        return mm_fail(err, MM_ECORRUPT, "%s: has no <layer>: this is no OpenVINO IR", config->path);
    return result;
}

const struct mm_dialect mm_openvino = {
    .id = "openvino",
    .title = "OpenVINO",
    .run = "openvino 2026.4.1",
    .documented = "rt_info \"precise\" of OpenVINO's IR, version 11",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .base = "model.xml",
    .check = check_layers,
    .read = read_model,
};
