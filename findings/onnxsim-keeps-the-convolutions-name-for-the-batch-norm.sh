#!/bin/sh
# After onnxsim the tensor that was a convolution's output holds the batch norm's
# Expected: a folded batch norm leaves one tensor, under the name of the value it has: the batch norm's output
# (so that the convolution's old output is gone), as ONNX Runtime and onnxslim do.
# Seen: onnxsim keeps the name c of the convolution's output for the batch norm's values and b is gone. The
# same for an Add that becomes the bias. onnxslim keeps b, but renames the node from conv to c.
# Versions: onnxsim 0.8.1, onnxslim 0.1.98, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a golden from the original model and a dump of the simplified one pair c with c and differ
# by scale and offset at every convolution, while node-name lists break with the other tool.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 onnxsim==0.8.1 onnxslim==0.1.98
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import onnx
import onnxruntime
import onnxsim
import onnxslim
from onnx import numpy_helper

m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[1,1,4,4] x) => (float[1,1,4,4] y) <float[1] s = {2.0}, float[1] o = {10.0}, float[1] z = {0.0}, float[1] v = {1.0}> {
  [conv] c = Conv<pads = [1, 1, 1, 1]>(x, w)
  [norm] b = BatchNormalization(c, s, o, z, v)
  [relu] y = Relu(b)
}""")
m.graph.initializer.append(numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32), "w"))


def mean(model, tensor):
    names = {o for n in model.graph.node for o in n.output}
    if tensor not in names:
        return "absent"
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    copy.graph.output.append(onnx.helper.make_empty_tensor_value_info(tensor))
    s = onnxruntime.InferenceSession(copy.SerializeToString(), providers=["CPUExecutionProvider"])
    return "%.2f" % s.run([tensor], {"x": np.ones((1, 1, 4, 4), np.float32)})[0].mean()


fresh = lambda: onnx.ModelProto.FromString(m.SerializeToString())
for name, model in (("original", m), ("onnxsim", onnxsim.simplify(fresh())[0]), ("onnxslim", onnxslim.slim(fresh()))):
    print(name, "nodes", [n.name for n in model.graph.node], "mean of c:", mean(model, "c"), "of b:", mean(model, "b"))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
original nodes ['conv', 'norm', 'relu'] mean of c: 6.25 of b: 22.50
onnxsim nodes ['conv', 'relu'] mean of c: 22.50 of b: absent
onnxslim nodes ['c', 'relu'] mean of c: absent of b: 22.50
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
