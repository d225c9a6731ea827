#!/bin/sh
# NaN becomes 0 at the first ReLU in OpenVINO's CPU plugin
# Expected: ReLU of NaN is NaN, as in PyTorch, ONNX Runtime and NumPy's maximum.
# Seen: Relu and Clamp give 0 for NaN, ReduceMax skips it, Maximum(NaN, 1) is 1 while Maximum(1, NaN) is NaN,
# and TopK of [1, NaN, 3] comes unsorted: 1, NaN, 3. Sigmoid and Tanh keep NaN.
# Versions: openvino 2026.4.1 (CPU plugin), numpy 2.4.6, 2026-11-30.
# Why it matters: a NaN made by one layer is gone after the next activation: the dump of the final layers is
# finite, and wrong.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 openvino==2026.4.1
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import openvino as ov
from openvino import opset13 as op

core = ov.Core()


def run(build, *inputs):
    parameters = [op.parameter(list(x.shape), x.dtype) for x in inputs]
    compiled = core.compile_model(ov.Model([build(*parameters)], parameters), "CPU",
                                  {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled(list(inputs))[0]


nan = np.nan


def f(*v):
    return np.array(v, np.float32)


print("relu", run(lambda x: op.relu(x), f(nan, -1, 2)).tolist())
print("clamp 0..6", run(lambda x: op.clamp(x, 0, 6), f(nan, -1, 9)).tolist())
print("reduce_max", run(lambda x: op.reduce_max(x, op.constant([0]), False), f(1, nan, 3)).tolist())
print("maximum", run(lambda x, y: op.maximum(x, y), f(nan, 1), f(1, nan)).tolist())
print("sigmoid", run(lambda x: op.sigmoid(x), f(nan, 0)).tolist())
print("topk 3", run(lambda x: op.topk(x, op.constant(3), 0, "max", "value").output(0), f(1, nan, 3)).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
relu [0.0, 0.0, 2.0]
clamp 0..6 [0.0, 0.0, 6.0]
reduce_max 3.0
maximum [1.0, nan]
sigmoid [nan, 0.5]
topk 3 [1.0, nan, 3.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
