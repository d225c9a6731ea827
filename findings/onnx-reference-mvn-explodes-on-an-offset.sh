#!/bin/sh
# MeanVarianceNormalization: the reference gives billions for values near 10000, ONNX Runtime NaN for a
# constant
# Expected: eight consecutive numbers normalise to -1.53 .. 1.53 wherever they start; a constant channel gives
# 0.
# Seen: the reference evaluator takes the variance as E[x*x] - E[x]**2 in float32: it is 0 or negative when
# the values start at 10000 or 100000, and the answers are -3.5e9 .. 3.5e9 or NaN. ONNX Runtime gets those
# right, and gives NaN for a constant, where the reference gives 0: it adds no epsilon.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: of two implementations each is wrong on data that the other handles; neither can be the
# golden of this operator alone.
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

m = model("agraph (float[1,1,2,4] x) => (float[1,1,2,4] y) { y = MeanVarianceNormalization(x) }")
for start, step in ((0, 1), (1e4, 1), (1e5, 1), (5, 0)):
    x = (start + step * np.arange(8)).astype(np.float32).reshape(1, 1, 2, 4)
    got, want = ort(m, {"x": x})[0].ravel(), reference(m, {"x": x})[0].ravel()
    print("from", start, "step", step, "onnxruntime %.4g %.4g" % (got[0], got[-1]),
          "reference %.4g %.4g" % (want[0], want[-1]))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
from 0 step 1 onnxruntime -1.528 1.528 reference -1.528 1.528
from 10000.0 step 1 onnxruntime -1.528 1.528 reference -3.5e+09 3.5e+09
from 100000.0 step 1 onnxruntime -1.528 1.528 reference nan nan
from 5 step 0 onnxruntime nan nan reference 0 0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
