#!/bin/sh
# ONNX's reference evaluator quantises +infinity to -128, ONNX Runtime to 127
# Expected: QuantizeLinear saturates, so +inf gives the highest value of the type and -inf the lowest.
# Seen: ONNX Runtime does that. The reference evaluator gives the lowest value for both, and for every number
# beyond the range of int32 as well (1e20): it casts to an integer before it clips. Finite values up to 2**31
# agree.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a golden made with the reference evaluator has, in int8, the wrong end of the scale exactly
# where a float layer overflowed; the difference of 255 steps is not the device's.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np, onnx, onnxruntime
from onnx import TensorProto as T, helper as h
from onnx.reference import ReferenceEvaluator

onnxruntime.set_default_logger_severity(4)

def model(text):
    m = onnx.parser.parse_model("<ir_version: 10, opset_import: [\"\" : 21]>\n" + text)
    return m


def ort(m, feed, names=None):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    s = onnxruntime.InferenceSession(m.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return s.run(names, feed)


def reference(m, feed):
    return ReferenceEvaluator(m).run(None, feed)

m = model("agraph (float[N] x) => (int8[N] y) <float s = {1.0}, int8 z = {0}> { y = QuantizeLinear(x, s, z) }")
x = np.array([np.inf, -np.inf, 1e20, 2e9, 300, 2.5], np.float32)
print("input", x.tolist())
print("onnxruntime", ort(m, {"x": x})[0].tolist())
print("reference", reference(m, {"x": x})[0].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
input [inf, -inf, 1.0000000200408773e+20, 2000000000.0, 300.0, 2.5]
onnxruntime [127, -128, 127, 127, 127, 2]
reference [-128, -128, -128, 127, 127, 2]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
