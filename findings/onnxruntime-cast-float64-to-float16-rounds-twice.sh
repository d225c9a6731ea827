#!/bin/sh
# Cast from double to float16 rounds twice in ONNX Runtime
# Expected: the nearest float16, which the reference evaluator (NumPy) gives.
# Seen: 1 + 2**-11 + 2**-40 becomes 1, not 1.0009765625: the cast goes through float32, where the last bit is
# lost and the rest is a tie. 65519.9999999 becomes infinity, not 65504.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a tensor "cast to half" from a double reference differs in the last bit, at the end of the
# range in being infinite.
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

m = model("agraph (double[2] x) => (float16[2] y) { y = Cast<to = 10>(x) }")
feed = {"x": np.array([1 + 2.0**-11 + 2.0**-40, 65519.9999999])}
print("onnxruntime", ort(m, feed)[0].tolist())
print("reference", reference(m, feed)[0].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
onnxruntime [1.0, inf]
reference [1.0009765625, 65504.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
