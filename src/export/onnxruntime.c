/*
 * The ONNX Runtime dialect: arguments of onnxruntime.quantization.quantize_static. What it can be told of one
 * operator is to leave it as the model has it, by the node's name (nodes_to_exclude, compared exactly; a name
 * that the model does not have is passed over without a word, so the script looks).
 */
#include "export/onnxruntime.h"
#include "export/import.h"

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

static void add_options(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_json_open_array(&json, "nodes_to_exclude");
    for (size_t i = 0; i < export->targets->count; i++)
        mm_json_put_text(&json, NULL, export->targets->target[i].name);
    mm_json_close_array(&json);
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
    "FLOAT32; names that the model does not have are printed to stderr and returned.\n"
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
    "    return {key: kinds[key][value] if key in kinds else value for key, value in chosen.items()}\n"
    "\n"
    "\n"
    "def quantize(model, output, reader, **more):\n"
    "    \"\"\"Write the quantised model; return the names of nodes_to_exclude that the model does not "
    "have.\"\"\"\n"
    "    from onnxruntime.quantization import quantize_static\n"
    "\n"
    "    arguments = {**options(), **more}\n"
    "    missing = sorted(set(arguments[\"nodes_to_exclude\"]) - _names(model))\n"
    "    for name in missing:\n"
    "        print(\"quantize: not in the model: \" + ascii(name), file=sys.stderr)\n"
    "    quantize_static(model, output, reader, **arguments)\n"
    "    return missing\n"
    "\n"
    "\n"
    "def _names(model):\n"
    "    import onnx\n"
    "\n"
    "    graphs = [onnx.load(model, load_external_data=False).graph]\n"
    "    names = set()\n"
    "    while graphs:\n"
    "        for node in graphs.pop().node:\n"
    "            names.add(node.name)\n"
    "            for attribute in node.attribute:\n"
    "                graphs.extend([attribute.g] if attribute.HasField(\"g\") else attribute.graphs)\n"
    "    return names\n";

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    (void)export;
    mm_buf_puts(out, SCRIPT);
}

static const struct mm_export_file FILES[] = {
    {"quantize.json", "what stays in FLOAT32, and settings: arguments of quantize_static", add_options,
     false},
    {"quantize.py", "quantises with these arguments, and tells names that the model does not have",
     add_script, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- reading quantize.json back ---- */

static int read_nodes(struct mm_json_value root, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(mm_json_member(root, "nodes_to_exclude"));
    struct mm_json_value key, item;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &item)) {
        mm_buf_clear(&name);
        if (mm_json_get_text(item, &name) && name.length)
            result =
                mm_import_override(import, MM_NAME_NODE, mm_buf_text(&name), MM_PRECISION_F32, NULL, err);
        else
            result = mm_fail(err, MM_ECORRUPT, "%s: nodes_to_exclude: must be a list of names", import->path);
    }
    mm_buf_done(&name);
    return result;
}

static int read_options(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char *const known[] = {"nodes_to_exclude", NULL};
    struct mm_json_value root;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: must be an object with the arguments of quantize_static",
                       config->path);
    return read_nodes(root, import, err) < 0 ? -1 : mm_import_settings(import, root, known, err);
}

const struct mm_dialect mm_onnxruntime = {
    .id = "onnxruntime",
    .title = "ONNX Runtime",
    .documented = "onnxruntime.quantization.quantize_static",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .read = read_options,
};
