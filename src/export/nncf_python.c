/* The NNCF dialect's script: the chosen operators, looked up in the model that is to be quantised. */
#include "base/quote.h"
#include "export/export.h"
#include "export/nncf.h"

static const char BEGIN[] =
    "\"\"\"What of a model NNCF leaves as it is.\n"
    "\n"
    "    from ignored_scope import ignored_scope\n"
    "    model = openvino.Core().read_model(\"model.onnx\")   # or openvino.convert_model, or onnx.load\n"
    "    quantized = nncf.quantize(model, dataset, ignored_scope=ignored_scope(model))\n"
    "\n"
    "OpenVINO splits, fuses and renames operators of ONNX. So they are looked up in the model that is given: "
    "by name, by\n"
    "the tensor that they make, and, where both are gone, as what the operator behind them reads. Those that "
    "are not\n"
    "found (or were fused away) are printed to stderr, and returned by find(model).\n"
    "\n"
    "The file was made from overrides.json: change the plan there with mmtui, not here.\n"
    "\"\"\"\n"
    "\n"
    "import re\n"
    "import sys\n"
    "\n"
    "# node, type, the tensor that it makes, the BatchNormalization that alone reads it\n"
    "OPERATORS = [\n";

static const char END[] =
    "]\n"
    "\n"
    "# of ONNX, what OpenVINO makes several operators of; of OpenVINO, those of them that compute\n"
    "SPLIT = {\"Conv\", \"ConvTranspose\", \"Gemm\", \"LayerNormalization\"}\n"
    "COMPUTES = {\"Convolution\", \"GroupConvolution\", \"ConvolutionBackpropData\", "
    "\"GroupConvolutionBackpropData\",\n"
    "            \"MatMul\", \"MVN\"}\n"
    "NUMBERED = re.compile(r\"[A-Za-z]+_[0-9]+\")\n"
    "\n"
    "\n"
    "def ignored_scope(model):\n"
    "    \"\"\"nncf.IgnoredScope with the chosen operators, as an OpenVINO or ONNX model calls them.\"\"\"\n"
    "    import nncf\n"
    "\n"
    "    names, missing = find(model)\n"
    "    for name in missing:\n"
    "        print(\"ignored_scope: not in the model: \" + ascii(name), file=sys.stderr)\n"
    "    return nncf.IgnoredScope(names=names)\n"
    "\n"
    "\n"
    "def find(model):\n"
    "    \"\"\"(the names that the model has for the chosen operators, the nodes that it does not "
    "have).\"\"\"\n"
    "    lookup = _in_onnx(model) if hasattr(model, \"graph\") else _in_openvino(model)\n"
    "    names, missing = set(), []\n"
    "    for operator in OPERATORS:\n"
    "        found = lookup(*operator)\n"
    "        names.update(found)\n"
    "        if not found:\n"
    "            missing.append(operator[0])\n"
    "    return sorted(names), missing\n"
    "\n"
    "\n"
    "def _in_onnx(model):\n"
    "    known = {node.name for node in model.graph.node}\n"
    "    return lambda node, kind, tensor, behind: {node} & known\n"
    "\n"
    "\n"
    "def _in_openvino(model):\n"
    "    nodes, tensors = {}, {}\n"
    "    for operator in model.get_ops():\n"
    "        if operator.get_type_name() not in (\"Constant\", \"Parameter\", \"Result\"):\n"
    "            nodes[operator.get_friendly_name()] = operator\n"
    "            for output in operator.outputs():\n"
    "                tensors.update((name, operator) for name in output.get_names())\n"
    "\n"
    "    def lookup(node, kind, tensor, behind):\n"
    "        known = [nodes.get(node), nodes.get(node + \"/WithoutBiases\"), tensors.get(tensor)]\n"
    "        found = {o.get_friendly_name(): o for o in known if o is not None}\n"
    "        for operator in list(found.values()) if kind in SPLIT else []:\n"
    "            _inside(operator, found)\n"
    "        if not found and behind in nodes:\n"
    "            _inside(nodes[behind], found)\n"
    "            found = {name: o for name, o in found.items() if o.get_type_name() in COMPUTES}\n"
    "        return set(found)\n"
    "\n"
    "    return lookup\n"
    "\n"
    "\n"
    "def _inside(operator, found):\n"
    "    \"\"\"Add what the operator reads first, as long as it has a number for a name.\"\"\"\n"
    "    while operator.get_type_name() not in COMPUTES:\n"
    "        value = operator.input_value(0)\n"
    "        operator = value.get_node()\n"
    "        if value.get_names() or not NUMBERED.fullmatch(operator.get_friendly_name()):\n"
    "            return\n"
    "        found[operator.get_friendly_name()] = operator\n";

/* The BatchNormalization that is the only one to read what the node makes: OpenVINO fuses the two. */
static const char *batch_normalization(const struct mm_graph *graph, const struct mm_graph_node *node)
{
    int tensor = node->output_count ? node->outputs[0] : -1;
    if (tensor < 0 || graph->tensors[tensor].consumer_count != 1)
        return "";
    const struct mm_graph_node *reader = &graph->nodes[graph->tensors[tensor].consumers[0]];
    return strcmp(reader->op_type, "BatchNormalization") == 0 ? reader->name : "";
}

static void add_operator(const struct mm_export *export, const struct mm_target *target, struct mm_buf *out)
{
    bool known = export->graph && target->node >= 0;
    const struct mm_graph_node *node = known ? &export->graph->nodes[target->node] : NULL;
    const char *tensor = mm_target_name(export, target, MM_NAME_TENSOR);
    mm_buf_puts(out, "    (");
    mm_quote_python(out, target->name);
    mm_buf_puts(out, ", ");
    mm_quote_python(out, node ? node->op_type : target->override->op_type);
    mm_buf_puts(out, ", ");
    mm_quote_python(out, tensor ? tensor : target->override->tensor);
    mm_buf_puts(out, ", ");
    mm_quote_python(out, node ? batch_normalization(export->graph, node) : "");
    mm_buf_puts(out, "),\n");
}

void nncf_python(const struct mm_export *export, struct mm_buf *out)
{
    mm_buf_puts(out, BEGIN);
    for (size_t i = 0; i < export->targets->count; i++)
        add_operator(export, &export->targets->target[i], out);
    mm_buf_puts(out, END);
}
