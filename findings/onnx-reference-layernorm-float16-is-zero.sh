#!/bin/sh
# ONNX's reference evaluator normalises float16 values of 300 to zero
# Expected: LayerNormalization's stash_type is float32 by default, so the statistics are taken in float32 and
# the answer is +1 and -1, as ONNX Runtime gives.
# Seen: the reference evaluator squares in float16; the variance is infinite and every output is 0 or -0.
# Values up to about 100 come out right. RMSNormalization (opset 23) is the same.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a golden of a transformer in float16 made with the reference evaluator is zero behind every
# layer norm with large activations; the device is right and looks wrong.
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

x = np.array([[300, -300, 300, -300], [100, -100, 100, -100]], np.float16)
for version, name in ((21, "LayerNormalization"), (23, "RMSNormalization")):
    m = model("agraph (float16[2,4] x, float16[4] w) => (float16[2,4] y) { y = %s(x, w) }" % name)
    m.opset_import[0].version = version
    feed = {"x": x, "w": np.ones(4, np.float16)}
    print(name, "onnxruntime", ort(m, feed)[0].tolist())
    print(name, "reference", reference(m, feed)[0].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
LayerNormalization onnxruntime [[1.0, -1.0, 1.0, -1.0], [1.0, -1.0, 1.0, -1.0]]
LayerNormalization reference [[0.0, -0.0, 0.0, -0.0], [1.0, -1.0, 1.0, -1.0]]
RMSNormalization onnxruntime [[1.0, -1.0, 1.0, -1.0], [1.0, -1.0, 1.0, -1.0]]
RMSNormalization reference [[0.0, -0.0, 0.0, -0.0], [1.0, -1.0, 1.0, -1.0]]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
