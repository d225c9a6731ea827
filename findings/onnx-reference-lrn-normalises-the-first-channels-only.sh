#!/bin/sh
# ONNX's reference evaluator normalises only as many channels as the batch has images in LRN
# Expected: every channel is divided by a power of its neighbours' sum of squares.
# Seen: with batch 1 only channel 0 is right, the others are divided by the bias alone (so copied, for bias
# 1); with batch 2 the first two channels are right. ONNX Runtime does all. ONNX's own vectors use 5 images
# and 5 channels, which hides it.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: AlexNet and GoogLeNet era models with batch 1: the golden is wrong in all but one channel.
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


m = model("agraph (float[N,4,1,1] x) => (float[N,4,1,1] y) { y = LRN<size = 3, alpha = 3.0, beta = 1.0>(x) }")
for batch in (1, 2, 4):
    x = np.ones((batch, 4, 1, 1), np.float32)
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        print("batch", batch, name, np.round(run(m, {"x": x})[0][0].ravel().astype(float), 4).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
batch 1 onnxruntime [0.3333, 0.25, 0.25, 0.3333]
batch 1 reference [0.3333, 1.0, 1.0, 1.0]
batch 2 onnxruntime [0.3333, 0.25, 0.25, 0.3333]
batch 2 reference [0.3333, 0.25, 1.0, 1.0]
batch 4 onnxruntime [0.3333, 0.25, 0.25, 0.3333]
batch 4 reference [0.3333, 0.25, 0.25, 0.3333]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
