#!/bin/sh
# Unique in ONNX Runtime drops numbers when a NaN comes first
# Expected: [NaN, 1, 2, 2] has three distinct values (four if each NaN counted), as NumPy says.
# Seen: the answer is [NaN] alone: 1 and 2 are gone, and their counts are added to NaN's. With the NaN last,
# the NaN is gone and counted as a 1. The values are kept in an ordered map, and NaN compares as equal to
# everything.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a model with Unique returns a tensor of another shape after one NaN; what is reported is a
# shape mismatch, far from the cause.
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

text = """agraph (float[N] x) => (float[M] y, int64[M] counts) {
  y, first, inverse, counts = Unique(x)
}"""
for values in ((np.nan, 1, 2, 2), (1, 2, 2, np.nan)):
    feed = {"x": np.array(values, np.float32)}
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        y, counts = run(model(text), feed)
        print(values, name, y.tolist(), counts.tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
(nan, 1, 2, 2) onnxruntime [nan] [4]
(nan, 1, 2, 2) reference [1.0, 2.0, nan] [1, 2, 1]
(1, 2, 2, nan) onnxruntime [1.0, 2.0] [2, 2]
(1, 2, 2, nan) reference [1.0, 2.0, nan] [1, 2, 1]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
