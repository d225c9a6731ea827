/*
 * The ONNX Runtime dialect: arguments of onnxruntime.quantization.quantize_static. It can be told to leave an operator as
 * the model has it, by the node's name (nodes_to_exclude, compared exactly; a name that the model does not have is passed
 * over without a word, so the script looks), and to quantise a tensor in 16 bits, by its name (TensorQuantOverrides of
 * extra_options, which refuses such names, or does not look: the script leaves them out and tells).
 */
#include "export/onnxruntime.h"
#include "export/import.h"
#include "export/python_text.h"

#define EXTRA "extra_options."
static const struct mm_dialect_setting SETTINGS[] = {
    {"network_precision", "int8_float32", "activation_type", "\"QInt8\""},
    {"network_precision", "int8_float32", "weight_type", "\"QInt8\""},
    {"weight_granularity", "per_tensor", "per_channel", "false"},
    {"weight_granularity", "per_channel", "per_channel", "true"},
    {"calibration_statistics", "min_max", "calibrate_method", "\"MinMax\""},
    {"calibration_statistics", "percentile_99.99", "calibrate_method", "\"Percentile\""},
    {"calibration_statistics", "entropy", "calibrate_method", "\"Entropy\""},
    {"calibration_statistics", "percentile_99.99", EXTRA "CalibPercentile", "99.99"},
    {"activation_symmetry", "symmetric", EXTRA "ActivationSymmetric", "true"},
    {"activation_symmetry", "asymmetric", EXTRA "ActivationSymmetric", "false"},
    {NULL, NULL, NULL, NULL},
};

/* ---- quantize.json ---- */

/* The tensor of an override in INT16: of the model, else of the plan. */
static const char *tensor_of(const struct mm_export *export, const struct mm_target *target)
{
    const char *name = mm_target_name(export, target, MM_NAME_TENSOR);
    return name ? name : *target->override->tensor ? target->override->tensor : target->override->name;
}

/* Of QInt16 as of QInt8: the types of activations must be alike. */
static void put_tensors(const struct mm_export *export, struct mm_json *json)
{
    bool open = false;
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (target->override->precision != MM_PRECISION_I16)
            continue;
        if (!open)
            mm_json_open_object(json, "tensor_quant_overrides");
        open = true;
        mm_json_flat(json);
        mm_json_open_array(json, tensor_of(export, target));
        mm_json_open_object(json, NULL);
        mm_json_put_text(json, "quant_type", "QInt16");
        mm_json_close_object(json);
        mm_json_close_array(json);
    }
    if (open)
        mm_json_close_object(json);
}

static void add_options(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_json_open_array(&json, "nodes_to_exclude");
    for (size_t i = 0; i < export->targets->count; i++) {
        if (export->targets->target[i].override->precision == MM_PRECISION_F32)
            mm_json_put_text(&json, NULL, export->targets->target[i].name);
    }
    mm_json_close_array(&json);
    put_tensors(export, &json);
    mm_export_settings(export, &json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

/* ---- quantize.py ---- */

static const char SCRIPT[] =
    "\"\"\"Quantise a model with ONNX Runtime as quantize.json says, which lies beside this file.\n"
    "\n"
    "    from quantize import quantize\n"
    "    missing = quantize(\"model.onnx\", \"model.int8.onnx\", reader)\n"
    "\n"
    "reader is an onnxruntime.quantization.CalibrationDataReader. Other arguments of quantize_static may be\n"
    "given by name and win over the file. Operators of nodes_to_exclude stay as the model has them, in\n"
    "FLOAT32; tensors of tensor_quant_overrides are quantised in the type that stands there (16 bits need a "
    "model of\n"
    "opset 21, into which ONNX Runtime turns an older one). Names that the model does not have are left out, "
    "printed\n"
    "to stderr and returned.\n"
    "\n"
    "The file was made from overrides.json: change the plan there with mmtui, not here.\n"
    "\"\"\"\n"
    "\n"
    "import json\n"
    "import os\n"
    "import sys\n"
    "\n"
    "OPTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), \"quantize.json\")\n"
    "\n"
    "\n"
    "def options(path=OPTIONS):\n"
    "    \"\"\"The chosen arguments of quantize_static.\"\"\"\n"
    "    from onnxruntime.quantization import CalibrationMethod, QuantType\n"
    "\n"
    "    kinds = {\"calibrate_method\": CalibrationMethod, \"activation_type\": QuantType, \"weight_type\": "
    "QuantType}\n"
    "    with open(path, encoding=\"ascii\") as file:\n"
    "        chosen = json.load(file)\n"
    "    tensors = chosen.pop(\"tensor_quant_overrides\", None)\n"
    "    if tensors:\n"
    "        chosen.setdefault(\"extra_options\", {})[\"TensorQuantOverrides\"] = {\n"
    "            name: [{**each, \"quant_type\": QuantType[each[\"quant_type\"]]} for each in of]\n"
    "            for name, of in tensors.items()\n"
    "        }\n"
    "    return {key: kinds[key][value] if key in kinds else value for key, value in chosen.items()}\n"
    "\n"
    "\n";

static const char QUANTIZE[] =
    "def quantize(model, output, reader, **more):\n"
    "    \"\"\"Write the quantised model; return the names that the model does not have.\"\"\"\n"
    "    from onnxruntime.quantization import quantize_static\n"
    "\n"
    "    arguments = {**options(), **more}\n"
    "    missing = sorted(set(arguments[\"nodes_to_exclude\"]) - _names(model))\n"
    "    tensors = arguments.get(\"extra_options\", {}).get(\"TensorQuantOverrides\", {})\n"
    "    for name in sorted(set(tensors) - _tensors(model)):\n"
    "        missing.append(name)\n"
    "        del tensors[name]\n"
    "    for name in missing:\n"
    "        print(\"quantize: not in the model: \" + ascii(name), file=sys.stderr)\n"
    "    quantize_static(model, output, reader, **arguments)\n"
    "    return missing\n"
    "\n"
    "\n"
    "def _tensors(model):\n"
    "    import onnx\n"
    "\n"
    "    graph = onnx.load(model, load_external_data=False).graph\n"
    "    made = [name for node in graph.node for name in node.output]\n"
    "    return {*made, *(value.name for value in graph.input)}\n";

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    (void)export;
    mm_buf_puts(out, SCRIPT);
    mm_buf_puts(out, QUANTIZE);
    mm_buf_puts(out, mm_python_node_names);
}

static const struct mm_export_file FILES[] = {
    {"quantize.json", "what stays in FLOAT32 or goes to INT16, and settings: arguments of quantize_static",
     add_options, false},
    {"quantize.py", "quantises with these arguments, and tells names that the model does not have",
     add_script, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- reading quantize.json back ---- */

/* One tensor with its list of overrides, of which the first is for all of it. */
static int read_tensor(struct mm_import *import, const char *name, struct mm_json_value list,
                       struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value none, first = {NULL, NULL};
    mm_json_next(&items, &none, &first);
    struct mm_json_value type = mm_json_member(first, "quant_type");
    bool wide = mm_json_text_is(type, "QInt16") || mm_json_text_is(type, "QUInt16");
    if (wide && *name && mm_json_count(list) == 1 && mm_json_count(first) == 1)
        return mm_import_override(import, MM_NAME_TENSOR, name, MM_PRECISION_I16, NULL, err);
    mm_import_note(import,
                   "what tensor_quant_overrides has of \"%.200s\" is nothing that a plan has: it is left out",
                   name);
    return 0;
}

static int read_tensors(struct mm_json_value root, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(mm_json_member(root, "tensor_quant_overrides"));
    struct mm_json_value key, value;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &value)) {
        mm_buf_clear(&name);
        mm_json_get_text(key, &name);
        result = name.failed ? mm_fail_memory(err) : read_tensor(import, mm_buf_text(&name), value, err);
    }
    mm_buf_done(&name);
    return result;
}

static int read_options(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char *const known[] = {"nodes_to_exclude", "tensor_quant_overrides", NULL};
    struct mm_json_value root;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: must be an object with the arguments of quantize_static",
                       config->path);
    if (mm_import_names(import, mm_json_member(root, known[0]), known[0], err) < 0 ||
        read_tensors(root, import, err) < 0)
        return -1;
    return mm_import_settings(import, root, known, err);
}

const struct mm_dialect mm_onnxruntime = {
    .id = "onnxruntime",
    .title = "ONNX Runtime",
    .run = "onnxruntime 1.32.0",
    .documented = "onnxruntime.quantization.quantize_static",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_I16) | MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .read = read_options,
};
