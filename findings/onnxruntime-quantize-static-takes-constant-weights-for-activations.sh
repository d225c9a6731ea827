#!/bin/sh
# quantize_static with per_channel=True gives weights of a Constant node one scale for all
# Expected: per_channel=True means a scale for each output channel of a convolution's weights, computed once,
# wherever the model keeps them: as an initializer, or in a Constant node, as PaddleOCR's published models do
# (a text direction classifier has 250 such nodes and no initializer).
# Seen: weights in a Constant node are treated like an activation: one scale for the whole tensor, asymmetric
# (zero point -128), and the float values stay in the model and are quantised each time it runs. There is no
# error. In the QOperator format a network of such convolutions with biases ended in an AttributeError.
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, 2026-12-01.
# Why it matters: the dump shows "weights of one scale" errors although per channel was asked for, and that is
# true. Move constants to initializers before quantising.
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
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, quantize_static

logging.disable(logging.CRITICAL)


class Data(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"x": np.linspace(-1, 1, 16, dtype="f4").reshape(1, 1, 4, 4)}])

    def get_next(self):
        return next(self.rest, None)


w = np.array([1, 100], "f4").reshape(2, 1, 1, 1) * np.linspace(0.5, 1, 9, dtype="f4").reshape(1, 1, 3, 3)
value = helper.make_tensor_value_info
for where in ("initializer", "Constant"):
    tensor = numpy_helper.from_array(w, "w")
    constant = [helper.make_node("Constant", [], ["w"], value=tensor)] if where == "Constant" else []
    graph = helper.make_graph([*constant, helper.make_node("Conv", ["x", "w"], ["y"])], "g",
                              [value("x", 1, [1, 1, 4, 4])], [value("y", 1, [1, 2, 2, 2])],
                              [tensor] if where == "initializer" else [])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, "m.onnx")
    quantize_static("m.onnx", "q.onnx", Data(), per_channel=True)
    q = onnx.load("q.onnx").graph
    stored = {i.name: numpy_helper.to_array(i) for i in q.initializer}
    conv = next(n for n in q.node if n.op_type == "Conv")
    maker = {o: n for n in q.node for o in n.output}
    node = maker[conv.input[1]]
    scale, zero = stored[node.input[1]], stored[node.input[2]]
    floats = [n.op_type for n in q.node if n.op_type == "QuantizeLinear" and n.input[0] == "w"]
    print(f"{where}: {scale.size} scale(s), zero point {zero.ravel().tolist()}, quantised when it runs: {bool(floats)}")
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
initializer: 2 scale(s), zero point [0, 0], quantised when it runs: False
Constant: 1 scale(s), zero point [-128], quantised when it runs: True
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
