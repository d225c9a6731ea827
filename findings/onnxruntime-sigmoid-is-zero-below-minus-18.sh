#!/bin/sh
# Sigmoid of -18 is exactly 0 in ONNX Runtime, and of -17 it is twice what it should be
# Expected: 1.5e-8 and 4.1e-8, each a normal float32 number far from the end of the range.
# Seen: the CPU kernel is a rational approximation that is exact to about 1e-7 in absolute terms only: -15 is
# off by a sixth, -17 by a factor of 2.2, -18 and lower give 0. On the other side everything is 1, as it
# should be.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: relative errors, and a Log behind the Sigmoid (-inf instead of -18), accuse a device that
# computes it right.
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

m = model("agraph (float[1] x) => (float[1] y, float[1] l) { y = Sigmoid(x) l = Log(y) }")
for x in (-5, -10, -15, -17, -18, -30):
    y, l = ort(m, {"x": np.array([x], np.float32)})
    exact = 1 / (1 + np.exp(-np.float64(x)))
    off = abs(y[0] / exact - 1)
    print("x", x, "exact %.1e" % exact, "onnxruntime is 0, its logarithm %g" % l[0] if y[0] == 0
          else "onnxruntime is off by over 10 %" if off > 0.1 else "onnxruntime is off by less than 1 %")
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
x -5 exact 6.7e-03 onnxruntime is off by less than 1 %
x -10 exact 4.5e-05 onnxruntime is off by less than 1 %
x -15 exact 3.1e-07 onnxruntime is off by over 10 %
x -17 exact 4.1e-08 onnxruntime is off by over 10 %
x -18 exact 1.5e-08 onnxruntime is 0, its logarithm -inf
x -30 exact 9.4e-14 onnxruntime is 0, its logarithm -inf
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
