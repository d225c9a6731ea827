#!/bin/sh
# Cast from float to int4 rounds in ONNX Runtime, to int8 it truncates
# Expected: Cast to an integer truncates, whatever the width, as the reference evaluator does.
# Seen: for int4 and uint4 ONNX Runtime rounds, halves away from zero (0.5 becomes 1, 1.5 becomes 2, -0.5
# becomes -1), then wraps: 15.99 becomes 0. For int8 0.5 becomes 0 and 1.5 becomes 1. The reference truncates
# both. Of all float16 values 12288 differ for int4.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: int4 weights made by a Cast inside the model differ by one step in half of the elements,
# between two implementations of one standard.
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


x = np.array([0.5, 1.5, 1.9, -0.5, -1.5, 7.4, 15.99], np.float32)
for name in ("int4", "uint4", "int8"):
    m = model("agraph (float[N] x) => (float[N] y) { q = Cast<to = %d>(x) y = Cast<to = 1>(q) }" % getattr(T, name.upper()))
    print("input", x.tolist())
    for who, run in (("onnxruntime", ort), ("reference", reference)):
        print(name, who, run(m, {"x": x})[0].astype(int).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
input [0.5, 1.5, 1.899999976158142, -0.5, -1.5, 7.400000095367432, 15.989999771118164]
int4 onnxruntime [1, 2, 2, -1, -2, 7, 0]
int4 reference [0, 1, 1, 0, -1, 7, -1]
input [0.5, 1.5, 1.899999976158142, -0.5, -1.5, 7.400000095367432, 15.989999771118164]
uint4 onnxruntime [1, 2, 2, 15, 14, 7, 0]
uint4 reference [0, 1, 1, 0, 15, 7, 15]
input [0.5, 1.5, 1.899999976158142, -0.5, -1.5, 7.400000095367432, 15.989999771118164]
int8 onnxruntime [0, 1, 1, 0, -1, 7, 15]
int8 reference [0, 1, 1, 0, -1, 7, 15]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
