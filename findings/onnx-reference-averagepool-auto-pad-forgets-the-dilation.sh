#!/bin/sh
# AveragePool with auto_pad and dilation is too long by the dilation in ONNX's reference evaluator
# Expected: kernel 3 with dilation 2 spans 5, so auto_pad = VALID leaves 5 of 9 elements, as explicit pads of
# 0 do.
# Seen: the reference gives 7, the last two of them 0; ONNX Runtime gives 5. With SAME_UPPER the reference
# gives 9 (two zeros) and ONNX Runtime 7, where "same" would be 9 without the zeros: here neither is right.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: another shape is noticed, but for the wrong reason; zeros at the edge look like a padding
# fault of the device.
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


x = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 9)
for pad in ("auto_pad = \"VALID\"", "pads = [0, 0]", "auto_pad = \"SAME_UPPER\""):
    m = model("agraph (float[1,1,9] x) => (float[1,1,N] y) { y = AveragePool<kernel_shape = [3], dilations = [2], %s>(x) }" % pad)
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        print(pad, name, np.round(run(m, {"x": x})[0].ravel().astype(float), 2).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
auto_pad = "VALID" onnxruntime [3.0, 4.0, 5.0, 6.0, 7.0]
auto_pad = "VALID" reference [3.0, 4.0, 5.0, 6.0, 7.0, 0.0, 0.0]
pads = [0, 0] onnxruntime [3.0, 4.0, 5.0, 6.0, 7.0]
pads = [0, 0] reference [3.0, 4.0, 5.0, 6.0, 7.0]
auto_pad = "SAME_UPPER" onnxruntime [3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0]
auto_pad = "SAME_UPPER" reference [3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0, 0.0, 0.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
