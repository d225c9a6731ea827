#!/bin/sh
# Softmax of an opset-11 model: 0.25 in ONNX Runtime, 0.5 in ONNX's reference evaluator
# Expected: before opset 13 Softmax flattens the tensor from its axis (1 by default) on, so 1 x 2 x 2 zeros
# give 0.25 each; the evaluator picks the operator's version by the model's opset, as it does for others.
# Seen: the reference evaluator has one Softmax, with the new meaning and the new default axis -1. LogSoftmax
# and Hardmax are the same.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: old classifiers and detectors evaluated by the reference get a wrong golden where the tensor
# has more than two dimensions.
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


x = np.zeros((1, 2, 2), np.float32)
for op in ("Softmax", "LogSoftmax", "Hardmax"):
    m = model("agraph (float[1,2,2] x) => (float[1,2,2] y) { y = %s(x) }" % op)
    for opset in (11, 13):
        m.opset_import[0].version = opset
        for name, run in (("onnxruntime", ort), ("reference", reference)):
            print(op, "opset", opset, name, np.round(run(m, {"x": x})[0].ravel().astype(float), 4).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
Softmax opset 11 onnxruntime [0.25, 0.25, 0.25, 0.25]
Softmax opset 11 reference [0.5, 0.5, 0.5, 0.5]
Softmax opset 13 onnxruntime [0.5, 0.5, 0.5, 0.5]
Softmax opset 13 reference [0.5, 0.5, 0.5, 0.5]
LogSoftmax opset 11 onnxruntime [-1.3863, -1.3863, -1.3863, -1.3863]
LogSoftmax opset 11 reference [-0.6931, -0.6931, -0.6931, -0.6931]
LogSoftmax opset 13 onnxruntime [-0.6931, -0.6931, -0.6931, -0.6931]
LogSoftmax opset 13 reference [-0.6931, -0.6931, -0.6931, -0.6931]
Hardmax opset 11 onnxruntime [1.0, 0.0, 0.0, 0.0]
Hardmax opset 11 reference [1.0, 0.0, 1.0, 0.0]
Hardmax opset 13 onnxruntime [1.0, 0.0, 1.0, 0.0]
Hardmax opset 13 reference [1.0, 0.0, 1.0, 0.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
