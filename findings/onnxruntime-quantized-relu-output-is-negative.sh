#!/bin/sh
# After quantize_static the tensor that was a ReLU's output holds negative numbers
# Expected: tensors that keep their name keep their meaning: r = Relu(c) is not negative, in the quantised
# model either.
# Seen: the QDQ model has no Relu: the convolution writes r itself, with values down to -6.5, and the
# following QuantizeLinear (zero point -128) cuts them off. c is gone. The graph output's name moves to the
# last DequantizeLinear, and what was y is y_QuantizeLinear_Input. In the QOperator format the tensor is
# called c_quantized but has r's scale and values. Excluding the ReLU by nodes_to_exclude keeps both tensors.
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: compared by name, r has a terrible SQNR at the first layer although nothing is wrong; its
# partner is r_DequantizeLinear_Output.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import logging

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

logging.disable(logging.CRITICAL)
m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[1,1,8,8] x) => (float[1,2,4,4] y) {
  [conv] c = Conv<pads = [1, 1, 1, 1]>(x, w)
  [relu] r = Relu(c)
  [pool] y = MaxPool<kernel_shape = [2, 2], strides = [2, 2]>(r)
}""")
weights = np.array([1, -1] * 9, np.float32).reshape(2, 1, 3, 3)
m.graph.initializer.append(numpy_helper.from_array(weights, "w"))
onnx.save(m, "float.onnx")
x = np.random.default_rng(0).normal(size=(1, 1, 8, 8)).astype(np.float32)


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = [{"x": x}]

    def get_next(self):
        return self.left.pop() if self.left else None


def show(name, path, tensors):
    model = onnx.load(path)
    names = {o for n in model.graph.node for o in n.output}
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(t) for t in tensors if t in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    s = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    print(name, [n.op_type for n in model.graph.node if n.op_type in ("Conv", "QLinearConv", "Relu")],
          {t: "min %.1f" % s.run([t], {"x": x})[0].min() if t in names else "absent" for t in tensors})


show("float", "float.onnx", ["c", "r"])
quantize_static("float.onnx", "qdq.onnx", Reader())
show("QDQ", "qdq.onnx", ["c", "r", "r_DequantizeLinear_Output"])
quantize_static("float.onnx", "kept.onnx", Reader(), nodes_to_exclude=["relu"])
show("QDQ, relu excluded", "kept.onnx", ["c", "r"])
quantize_static("float.onnx", "qop.onnx", Reader(), quant_format=QuantFormat.QOperator)
print("QOperator", [list(n.output) for n in onnx.load("qop.onnx").graph.node])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float ['Conv', 'Relu'] {'c': 'min -6.5', 'r': 'min 0.0'}
QDQ ['Conv'] {'c': 'absent', 'r': 'min -6.5', 'r_DequantizeLinear_Output': 'min 0.0'}
QDQ, relu excluded ['Conv', 'Relu'] {'c': 'min -6.5', 'r': 'min 0.0'}
QOperator [['x_quantized'], ['c_quantized'], ['y_quantized'], ['y']]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
