#!/bin/sh
# ReduceMean over an empty axis is 0 in ONNX Runtime and NaN in the reference
# Expected: NaN (0 / 0), as NumPy gives, or an error.
# Seen: ONNX Runtime returns 0 for ReduceMean and ReduceSum alike, and -inf for ReduceMax. ReduceLogSumExp of
# two -inf is -inf in ONNX Runtime, NaN in the reference.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: models with a dynamic number of boxes or tokens meet empty axes; 0 looks like a sound mean.
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

text = """agraph (float[N] x) => (float m, float s, float b, float l) {
  m = ReduceMean<keepdims = 0>(x)
  s = ReduceSum<keepdims = 0>(x)
  b = ReduceMax<keepdims = 0>(x)
  l = ReduceLogSumExp<keepdims = 0>(x)
}"""
for values in ((), (-np.inf, -np.inf)):
    feed = {"x": np.array(values, np.float32)}
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        r = run(model(text), feed)
        print(values, name, *["%s %s" % (k, v.tolist()) for k, v in zip("Mean Sum Max LogSumExp".split(), r)])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
() onnxruntime Mean 0.0 Sum 0.0 Max -inf LogSumExp -inf
() reference Mean nan Sum 0.0 Max -inf LogSumExp -inf
(-inf, -inf) onnxruntime Mean -inf Sum -inf Max -inf LogSumExp -inf
(-inf, -inf) reference Mean -inf Sum -inf Max -inf LogSumExp nan
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
