/* Pieces of generated Python scripts. */
#include "export/python_text.h"

const char mm_python_node_names[] =
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
