#!/bin/sh
# Cast to float8 with saturate = 0 in ONNX Runtime: 61440 becomes NaN where infinity is due, 480 becomes 448
# where NaN is due
# Expected: without saturation, what rounds beyond the largest value becomes infinity in E5M2 and NaN in
# E4M3FN, as ml_dtypes and the reference evaluator do it for every float16 value.
# Seen: between 61440 and 65535 ONNX Runtime gives NaN for E5M2; in E4M3FN 465 to 479 are NaN, 480 to 495 are
# 448 again. From 65536 and 496 on all agree. The two FNUZ types agree everywhere, and so do all four with
# saturation.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a narrow range, but the one in which activations overflow first; a NaN that no other
# implementation has.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0 \
    onnx==1.23.2 onnxruntime==1.32.0
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


import ml_dtypes

x = np.array([57344, 61439, 61440, 63488, 65535, 65536], np.float32)
z = np.array([448, 464, 465, 479, 480, 495, 496], np.float32)
for name, values in (("FLOAT8E5M2", x), ("FLOAT8E4M3FN", z)):
    m = model("agraph (float[N] x) => (float[N] y) { q = Cast<to = %d, saturate = 0>(x) y = Cast<to = 1>(q) }" % getattr(T, name))
    dtype = ml_dtypes.float8_e5m2 if "E5" in name else ml_dtypes.float8_e4m3fn
    print(name, "input", values.tolist())
    print(name, "onnxruntime", ort(m, {"x": values})[0].tolist())
    print(name, "reference  ", reference(m, {"x": values})[0].tolist())
    print(name, "ml_dtypes  ", values.astype(dtype).astype(np.float32).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
FLOAT8E5M2 input [57344.0, 61439.0, 61440.0, 63488.0, 65535.0, 65536.0]
FLOAT8E5M2 onnxruntime [57344.0, 57344.0, nan, nan, nan, inf]
FLOAT8E5M2 reference   [57344.0, 57344.0, inf, inf, inf, inf]
FLOAT8E5M2 ml_dtypes   [57344.0, 57344.0, inf, inf, inf, inf]
FLOAT8E4M3FN input [448.0, 464.0, 465.0, 479.0, 480.0, 495.0, 496.0]
FLOAT8E4M3FN onnxruntime [448.0, 448.0, nan, nan, 448.0, 448.0, nan]
FLOAT8E4M3FN reference   [448.0, 448.0, nan, nan, nan, nan, nan]
FLOAT8E4M3FN ml_dtypes   [448.0, 448.0, nan, nan, nan, nan, nan]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
