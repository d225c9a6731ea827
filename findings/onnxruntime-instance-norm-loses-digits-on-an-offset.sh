#!/bin/sh
# InstanceNormalization in ONNX Runtime has three good digits left at an offset of a million,
# LayerNormalization seven
# Expected: both subtract the mean first, so eight consecutive numbers give +-1.5275 from any start.
# Seen: InstanceNormalization multiplies first and then adds a large constant, so its error grows with mean /
# deviation: 2e-5 at 1000, 3e-4 at 10000, 4e-3 at a million. LayerNormalization of the same numbers stays
# exact, and the reference too.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: style-transfer and audio models normalise channels with large means; an error of 1e-3
# against a device may be the reference's own.
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

text = """agraph (float[1,1,8] x, float[1] w, float[1] b, float[8] v) => (float[1,1,8] i, float[1,1,8] l) {
  i = InstanceNormalization(x, w, b)
  l = LayerNormalization(x, v)
}"""
for start in (1e3, 1e4, 1e6):
    feed = {"x": (start + np.arange(8)).astype(np.float32).reshape(1, 1, 8), "w": np.ones(1, np.float32),
            "b": np.zeros(1, np.float32), "v": np.ones(8, np.float32)}
    d = np.arange(8) - 3.5
    exact = d / np.sqrt((d * d).mean() + 1e-5)
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        r = [np.abs(y.ravel() - exact).max() for y in run(model(text), feed)]
        print("from %g" % start, name, "error of InstanceNormalization %.0e, LayerNormalization %s"
              % (r[0], "below 1e-5" if r[1] < 1e-5 else "above"))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
from 1000 onnxruntime error of InstanceNormalization 2e-05, LayerNormalization below 1e-5
from 1000 reference error of InstanceNormalization 3e-08, LayerNormalization below 1e-5
from 10000 onnxruntime error of InstanceNormalization 3e-04, LayerNormalization below 1e-5
from 10000 reference error of InstanceNormalization 3e-08, LayerNormalization below 1e-5
from 1e+06 onnxruntime error of InstanceNormalization 4e-03, LayerNormalization below 1e-5
from 1e+06 reference error of InstanceNormalization 3e-08, LayerNormalization below 1e-5
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
