#!/bin/sh
# ReduceSumSquare of int32 saturates in ONNX Runtime and comes as int64 from the reference
# Expected: 60000**2 * 2 does not fit int32; integer arithmetic wraps in both, and the declared type is int32.
# Seen: ONNX Runtime returns 2147483647. The reference evaluator wraps each square, sums in int64 and returns
# an int64 tensor for an output declared int32.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: integer golden values differ in type and value with no arithmetic mistake of the device.
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

m = model("agraph (int32[2] x) => (int32 y) { y = ReduceSumSquare<keepdims = 0>(x) }")
feed = {"x": np.array([60000, 60000], np.int32)}
for name, run in (("onnxruntime", ort), ("reference", reference)):
    y = np.asarray(run(m, feed)[0])
    print(name, y.dtype.name, int(y))
m = model("agraph (int32[2] x) => (int32 y) { y = ReduceSum<keepdims = 0>(x) }")
feed = {"x": np.array([2147483647, 1], np.int32)}
for name, run in (("onnxruntime", ort), ("reference", reference)):
    y = np.asarray(run(m, feed)[0])
    print("ReduceSum", name, y.dtype.name, int(y))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
onnxruntime int32 2147483647
reference int64 -1389934592
ReduceSum onnxruntime int32 2147483647
ReduceSum reference int32 -2147483648
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
