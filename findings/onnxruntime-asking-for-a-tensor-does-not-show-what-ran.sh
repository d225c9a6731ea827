#!/bin/sh
# In a float16 model on the CPU a dumped tensor is infinite and the next one, made from it, is finite
# Expected: b = (x + x) - x with x = 60000 in float16: x + x overflows to infinity, so b is infinite.
# Seen: b is 60000, with all optimisation switched off. Casts are inserted around each operator for want of
# float16 kernels, and pairs of them between operators are removed, so the chain runs in float32. Asked for x
# + x too, the session returns infinity for it, and still 60000 for b. The reference evaluator gives infinity
# for both.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a float16 golden from the CPU hides overflows that every real half-precision device has, and
# its tensors contradict each other: inf - 60000 = 60000.
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

m = model("agraph (float16[1] x) => (float16[1] b, float16[1] a) { a = Add(x, x) b = Sub(a, x) }")
x = np.array([60000], np.float16)
print("b alone", ort(m, {"x": x}, ["b"])[0].tolist())
print("b and a", [v.tolist() for v in ort(m, {"x": x})])
print("reference", [v.tolist() for v in reference(m, {"x": x})])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
b alone [60000.0]
b and a [[60000.0], [inf]]
reference [[inf], [inf]]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
