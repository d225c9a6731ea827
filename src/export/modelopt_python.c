/* to_mixed.py: a module that runs Model Optimizer with the arguments of to_mixed.json. */
#include "export/modelopt.h"
#include "export/python_text.h"

static const char HEAD[] =
    "\"\"\"Make a model of mixed precision with NVIDIA's Model Optimizer as to_mixed.json says, which lies "
    "beside this file.\n"
    "\n"
    "    python to_mixed.py model.onnx model.mixed.onnx\n"
    "    trtexec --onnx=model.mixed.onnx --saveEngine=model.engine      # TensorRT 11; 10 wants "
    "--stronglyTyped, too\n"
    "\n"
    "    from to_mixed import autocast, quantize\n"
    "    missing = autocast(\"model.onnx\", \"model.mixed.onnx\", keep_io_types=True)\n"
    "    missing = quantize(\"model.onnx\", \"model.int8.onnx\", calibration_data={\"x\": array})\n"
    "\n"
    "autocast lowers the model but for nodes_to_exclude, quantize quantises all but those. Other arguments "
    "of\n"
    "modelopt.onnx.autocast.convert_to_mixed_precision and modelopt.onnx.quantization.quantize may be given "
    "by name and\n"
    "win over the file. Patterns that no node's name matches are printed to stderr and returned.\n"
    "\n"
    "The file was made from overrides.json: change the plan there with mmtui, not here.\n"
    "\"\"\"\n"
    "\n"
    "import json\n"
    "import os\n"
    "import re\n"
    "import sys\n"
    "\n"
    "OPTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), \"to_mixed.json\")\n"
    "LISTS = (\"nodes_to_exclude\", \"nodes_to_include\")\n"
    "QUANTIZE = (\"quantize_mode\", \"high_precision_dtype\")\n"
    "\n"
    "\n"
    "def options(path=OPTIONS):\n"
    "    \"\"\"The chosen arguments, of both functions.\"\"\"\n"
    "    with open(path, encoding=\"ascii\") as file:\n"
    "        return json.load(file)\n"
    "\n"
    "\n";

static const char FUNCTIONS[] =
    "def autocast(model, output, **more):\n"
    "    \"\"\"Write the model in low precision but for what is excluded; return patterns that match no "
    "name.\"\"\"\n"
    "    import onnx\n"
    "    from modelopt.onnx.autocast import convert_to_mixed_precision\n"
    "\n"
    "    chosen = {key: value for key, value in options().items() if key not in QUANTIZE}\n"
    "    arguments = {**chosen, **more}\n"
    "    missing = _missing(model, arguments)\n"
    "    onnx.save(convert_to_mixed_precision(onnx_path=model, **arguments), output)\n"
    "    return missing\n"
    "\n"
    "\n"
    "def quantize(model, output, **more):\n"
    "    \"\"\"Write the quantised model; return patterns that match no name.\"\"\"\n"
    "    from modelopt.onnx.quantization import quantize\n"
    "\n"
    "    chosen = {key: value for key, value in options().items() if key in QUANTIZE + LISTS[:1]}\n"
    "    # without a choice of the plan: what is excluded stays as it is\n"
    "    arguments = {\"high_precision_dtype\": \"fp32\", **chosen, **more}\n"
    "    missing = _missing(model, arguments)\n"
    "    quantize(onnx_path=model, output_path=output, **arguments)\n"
    "    return missing\n"
    "\n"
    "\n"
    "def _missing(model, arguments):\n"
    "    names = _names(model)\n"
    "    patterns = [pattern for key in LISTS for pattern in arguments.get(key) or []]\n"
    "    missing = [pattern for pattern in patterns if not any(re.match(pattern, name) for name in names)]\n"
    "    for pattern in missing:\n"
    "        print(\"to_mixed: no node of the model matches: \" + ascii(pattern), file=sys.stderr)\n"
    "    return missing\n";

static const char MAIN[] = "\n"
                           "\n"
                           "if __name__ == \"__main__\":\n"
                           "    convert = quantize if \"quantize_mode\" in options() else autocast\n"
                           "    sys.exit(1 if convert(*sys.argv[1:3]) else 0)\n";

void mm_modelopt_python(const struct mm_export *export, struct mm_buf *out)
{
    (void)export;
    mm_buf_puts(out, HEAD);
    mm_buf_puts(out, FUNCTIONS);
    mm_buf_puts(out, mm_python_node_names);
    mm_buf_puts(out, MAIN);
}
