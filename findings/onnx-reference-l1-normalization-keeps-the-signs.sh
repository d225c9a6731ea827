#!/bin/sh
# LpNormalization with p = 1 divides by the sum, not by the sum of magnitudes, in ONNX's reference evaluator
# Expected: [1, -2, 3] / 6.
# Seen: [1, -2, 3] / 2 from the reference, / 6 from ONNX Runtime. [1, -1] gives 0: the sum is 0, which is
# taken for a zero vector. With p = 2 both agree.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: signed embeddings normalised by L1 are off by any factor and may flip their signs in the
# golden.
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


for p in (1, 2):
    m = model("agraph (float[N] x) => (float[N] y) { y = LpNormalization<p = %d>(x) }" % p)
    for values in ((1, -2, 3), (1, -1), (-1, -3)):
        x = np.array(values, np.float32)
        for name, run in (("onnxruntime", ort), ("reference", reference)):
            print("p", p, values, name, np.round(run(m, {"x": x})[0].astype(float), 4).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
p 1 (1, -2, 3) onnxruntime [0.1667, -0.3333, 0.5]
p 1 (1, -2, 3) reference [0.5, -1.0, 1.5]
p 1 (1, -1) onnxruntime [0.5, -0.5]
p 1 (1, -1) reference [0.0, 0.0]
p 1 (-1, -3) onnxruntime [-0.25, -0.75]
p 1 (-1, -3) reference [0.25, 0.75]
p 2 (1, -2, 3) onnxruntime [0.2673, -0.5345, 0.8018]
p 2 (1, -2, 3) reference [0.2673, -0.5345, 0.8018]
p 2 (1, -1) onnxruntime [0.7071, -0.7071]
p 2 (1, -1) reference [0.7071, -0.7071]
p 2 (-1, -3) onnxruntime [-0.3162, -0.9487]
p 2 (-1, -3) reference [-0.3162, -0.9487]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
