/*
 * The dialect of Polygraphy (with TensorRT 8.6 to 10): a script for --trt-network-postprocess-script, which is given the
 * parsed network. Layers of a parsed model have the names of its nodes, and where a node becomes several layers, their
 * metadata have. Polygraphy's own --layer-precisions sets no types of outputs, so that a result may still be stored in
 * the lower precision.
 */
#include "export/polygraphy.h"
#include "export/trtexec.h"
#include "base/quote.h"
#include "export/export.h"
#include "export/python_read.h"

static const struct mm_dialect_setting SETTINGS[] = {
    {NULL, NULL, NULL, NULL}, /* flags of polygraphy, not of the script */
};

/* ---- constraints.py ---- */

static const char HEAD[] =
    "    polygraphy convert model.onnx --fp16 --precision-constraints obey --trt-npps constraints.py -o "
    "model.engine\n"
    "    polygraphy run model.onnx --trt --fp16 --precision-constraints obey --trt-npps constraints.py "
    "--onnxrt\n"
    "\n"
    "Without --precision-constraints TensorRT takes no notice. TensorRT 11 has no such precisions any more. "
    "Only layers\n"
    "that make FLOAT32, FLOAT16 or BFLOAT16 are changed; names that the network does not have are printed to "
    "stderr.\n"
    "\n"
    "Made from overrides.json, which lies beside it: change the plan there with mmtui, not this file.\n"
    "\"\"\"\n"
    "\n"
    "import sys\n"
    "\n"
    "# the name of the model's node: the precision of the layers that it becomes\n"
    "PRECISIONS = {\n";

static const char BODY[] =
    "}\n"
    "\n"
    "# what TensorRT calls them\n"
    "TYPES = {\"INT8\": \"int8\", \"FLOAT16\": \"float16\", \"BFLOAT16\": \"bfloat16\", \"FLOAT32\": "
    "\"float32\"}\n"
    "\n"
    "\n"
    "def postprocess(network):\n"
    "    \"\"\"Set the precision of the chosen layers; return the names that the network does not "
    "have.\"\"\"\n"
    "    import tensorrt\n"
    "\n"
    "    types = {ours: getattr(tensorrt, theirs, None) for ours, theirs in TYPES.items()}\n"
    "    floats = [types[name] for name in (\"FLOAT16\", \"BFLOAT16\", \"FLOAT32\") if types[name] is not "
    "None]\n"
    "    missing, changed = dict.fromkeys(PRECISIONS), 0\n"
    "    for index in range(network.num_layers):\n"
    "        layer = network.get_layer(index)\n"
    "        name = _chosen(layer)\n"
    "        if name is None:\n"
    "            continue\n"
    "        missing.pop(name, None)\n"
    "        changed += _change(layer, PRECISIONS[name], types, floats)\n"
    "    for name in missing:\n"
    "        _say(\"not in the network: \" + ascii(name))\n"
    "    _say(\"%d layers changed\" % changed)\n"
    "    return list(missing)\n"
    "\n"
    "\n"
    "def _chosen(layer):\n"
    "    \"\"\"The name by which a layer was chosen: its own, or that of the node that the parser made it "
    "of.\"\"\"\n"
    "    if layer.name in PRECISIONS:\n"
    "        return layer.name\n"
    "    metadata = getattr(layer, \"metadata\", None) or \"\"\n"
    "    head, tail = \"[ONNX Layer: \", \"]\"\n"
    "    name = metadata[len(head) : -len(tail)] if metadata.startswith(head) and metadata.endswith(tail) "
    "else None\n"
    "    return name if name in PRECISIONS else None\n"
    "\n"
    "\n"
    "def _change(layer, precision, types, floats):\n"
    "    \"\"\"Whether the layer has floating-point results, and so was changed.\"\"\"\n"
    "    if types[precision] is None:\n"
    "        raise RuntimeError(\"this TensorRT has no \" + precision)\n"
    "    outputs = [index for index in range(layer.num_outputs) if _type(layer, index) in floats]\n"
    "    if not outputs:\n"
    "        _say(\"nothing to change, no floating-point result: \" + ascii(layer.name))\n"
    "        return False\n"
    "    layer.precision = types[precision]\n"
    "    if precision != \"INT8\":  # an integer result needs a scale of its own: TensorRT's choice\n"
    "        for index in outputs:\n"
    "            layer.set_output_type(index, types[precision])\n"
    "    return True\n"
    "\n"
    "\n"
    "def _type(layer, index):\n"
    "    output = layer.get_output(index)\n"
    "    return None if output is None else output.dtype\n"
    "\n"
    "\n"
    "def _say(text):\n"
    "    print(\"constraints: \" + text, file=sys.stderr)\n";

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    size_t count = export->targets->count;
    mm_buf_printf(out, "\"\"\"Precision of %zu %s of a TensorRT network, chosen with mmtui %s.\n\n", count,
                  count == 1 ? "operator" : "operators", MM_VERSION);
    mm_buf_puts(out, HEAD);
    for (size_t i = 0; i < count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        mm_buf_puts(out, "    ");
        mm_quote_python(out, target->name);
        mm_buf_printf(out, ": \"%s\",\n", mm_precision_info(target->override->precision)->name);
    }
    mm_buf_puts(out, BODY);
}

static const struct mm_export_file FILES[] = {
    {"constraints.py", "sets the precision of single layers: polygraphy --trt-npps constraints.py",
     add_script, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- checks, and reading back ---- */

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!mm_quote_is_utf8(target->name))
            mm_problems_add(problems, MM_SEVERITY_WARNING, "not-utf-8", target->override->name,
                            "the name is not UTF-8, and Python may not get to see it as it is");
    }
}

static int read_script(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    return mm_python_overrides(config, "PRECISIONS", import, err);
}

const struct mm_dialect mm_polygraphy = {
    .id = "polygraphy",
    .title = "Polygraphy (TensorRT 10)",
    .run = "polygraphy 0.49.26, with a stand-in for TensorRT",
    .documented = "Polygraphy 0.49.26 and TensorRT 10's Python interface",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_I8) | MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_BF16) |
                  MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .gone = mm_tensorrt_gone,
    .check = check,
    .read = read_script,
};
