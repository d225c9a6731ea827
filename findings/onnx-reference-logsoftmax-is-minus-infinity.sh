#!/bin/sh
# LogSoftmax of [0, -200] ends in -inf in ONNX's reference evaluator
# Expected: -200, exactly representable: log-softmax is computed as x - max - log(sum) for this very reason.
# Seen: the reference evaluator takes the logarithm of the softmax, which is 0 from about -104 down; ONNX
# Runtime gives -200. Near -90, where the softmax is subnormal, the reference has few digits left.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: models that end in LogSoftmax (speech recognisers) get -inf into their golden, and -inf -
# -inf is NaN in every metric.
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


m = model("agraph (float[4] x) => (float[4] y) { y = LogSoftmax(x) }")
x = np.array([0, -80, -100, -200], np.float32)
for name, run in (("onnxruntime", ort), ("reference", reference)):
    print(name, np.round(run(m, {"x": x})[0].astype(float), 3).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
onnxruntime [0.0, -80.0, -100.0, -200.0]
reference [0.0, -80.0, -99.983, -inf]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
