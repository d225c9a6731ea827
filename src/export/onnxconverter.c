/*
 * The dialect of onnxconverter-common: arguments of float16.convert_float_to_float16, which writes a FLOAT16 model. What it
 * can be told of one operator is to leave it in FLOAT32, by the node's name (node_block_list, compared exactly; a name
 * that the model does not have is passed over without a word, so the script looks).
 */
#include "export/onnxconverter.h"
#include "export/import.h"
#include "export/python_text.h"

/* What it does anyway: nothing to write. */
static const struct mm_dialect_setting SETTINGS[] = {
    {"network_precision", "float16", "", ""},
    {NULL, NULL, NULL, NULL},
};

static void add_options(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_json_open_array(&json, "node_block_list");
    for (size_t i = 0; i < export->targets->count; i++)
        mm_json_put_text(&json, NULL, export->targets->target[i].name);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static const char SCRIPT[] =
    "\"\"\"Convert a model to FLOAT16 with onnxconverter-common as to_float16.json says, which lies beside "
    "this file.\n"
    "\n"
    "    python to_float16.py model.onnx model.float16.onnx\n"
    "\n"
    "    from to_float16 import convert\n"
    "    missing = convert(\"model.onnx\", \"model.float16.onnx\", keep_io_types=True)\n"
    "\n"
    "Other arguments of float16.convert_float_to_float16 may be given by name and win over the file. "
    "Operators of\n"
    "node_block_list stay in FLOAT32; names that the model does not have are printed to stderr and "
    "returned.\n"
    "\n"
    "The file was made from overrides.json: change the plan there with mmtui, not here.\n"
    "\"\"\"\n"
    "\n"
    "import json\n"
    "import os\n"
    "import sys\n"
    "\n"
    "OPTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), \"to_float16.json\")\n"
    "\n"
    "\n"
    "def options(path=OPTIONS):\n"
    "    \"\"\"The chosen arguments of convert_float_to_float16.\"\"\"\n"
    "    with open(path, encoding=\"ascii\") as file:\n"
    "        return json.load(file)\n"
    "\n"
    "\n"
    "def convert(model, output, **more):\n"
    "    \"\"\"Write the converted model; return the names of node_block_list that the model does not "
    "have.\"\"\"\n"
    "    import onnx\n"
    "    from onnxconverter_common import float16\n"
    "\n"
    "    arguments = {**options(), **more}\n"
    "    missing = sorted(set(arguments[\"node_block_list\"]) - _names(model))\n"
    "    for name in missing:\n"
    "        print(\"to_float16: not in the model: \" + ascii(name), file=sys.stderr)\n"
    "    onnx.save(float16.convert_float_to_float16(onnx.load(model), **arguments), output)\n"
    "    return missing\n";

static const char MAIN[] = "\n"
                           "\n"
                           "if __name__ == \"__main__\":\n"
                           "    sys.exit(1 if convert(*sys.argv[1:3]) else 0)\n";

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    (void)export;
    mm_buf_puts(out, SCRIPT);
    mm_buf_puts(out, mm_python_node_names);
    mm_buf_puts(out, MAIN);
}

static const struct mm_export_file FILES[] = {
    {"to_float16.json", "what stays in FLOAT32: arguments of convert_float_to_float16", add_options, false},
    {"to_float16.py", "converts with these arguments, and tells names that the model does not have",
     add_script, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static int read_options(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char *const known[] = {"node_block_list", NULL};
    struct mm_json_value root;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) == MM_JSON_IS_ARRAY) /* the list alone */
        return mm_import_names(import, root, "node_block_list", err);
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: must be an object with the arguments of convert_float_to_float16", config->path);
    return mm_import_names(import, mm_json_member(root, known[0]), known[0], err) < 0
               ? -1
               : mm_import_settings(import, root, known, err);
}

const struct mm_dialect mm_onnxconverter = {
    .id = "onnxconverter",
    .title = "onnxconverter-common",
    .run = "onnxconverter-common 1.16.0",
    .documented = "onnxconverter_common.float16.convert_float_to_float16",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .casts_each_reader = true, /* seen in 1.16.0: NODE_input_cast_K for every blocked node */
    .read = read_options,
};
