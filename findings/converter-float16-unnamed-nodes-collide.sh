#!/bin/sh
# Two unnamed Resize nodes: the float16 model of onnxconverter-common defines a name twice
# Expected: node names are optional in ONNX, so a converter that adds tensors makes up unique names.
# Seen: the casts around blocked operators (Resize and others by default, or op_block_list) are called after
# the node; two nodes without names give _input_cast_0 and _output_cast_0 twice, and neither checker nor
# runtime takes the model. With names it works. Nor is node_block_list checked: a name that no node has is
# taken in silence, so nothing is kept in float32.
# Versions: onnxconverter-common 1.16.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a mixed-precision list is exported by node name; models with unnamed nodes, or a name
# misspelt, fail late or not at all.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 onnxconverter-common==1.16.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import onnx
import onnxruntime
from onnxconverter_common import float16

onnxruntime.set_default_logger_severity(4)


def outcome(m):
    try:
        onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
        return "loads"
    except Exception as error:
        return "refused: " + str(error).split(" : ")[-1].split("Error: ")[-1].strip()


for names in (("", "", ""), ("first", "second", "third")):
    m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
    agraph (float[1,1,2,2] x) => (float[1,1,8,8] y) <float[4] s = {1.0, 1.0, 2.0, 2.0}> {
      a = Resize(x, , s)
      b = Mul(a, a)
      y = Resize(b, , s)
    }""")
    for node, name in zip(m.graph.node, names):
        node.name = name
    print(names, "float32", outcome(m), "| float16", outcome(float16.convert_float_to_float16(m)))
m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[2] x) => (float[2] y) { [add] a = Add(x, x) [mul] y = Mul(a, x) }""")
for block in (["mul"], ["mull"]):
    copy = onnx.ModelProto.FromString(m.SerializeToString())
    r = float16.convert_float_to_float16(copy, node_block_list=block)
    print("node_block_list", block, "->", [n.op_type for n in r.graph.node])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
('', '', '') float32 loads | float16 refused: Duplicate definition of name (_output_cast_0).
('first', 'second', 'third') float32 loads | float16 loads
node_block_list ['mul'] -> ['Add', 'Cast', 'Cast', 'Mul', 'Cast']
node_block_list ['mull'] -> ['Add', 'Mul']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
