#!/bin/sh
# LpPool with ceil_mode: the last, partial window is twice too large in ONNX's reference evaluator
# Expected: five elements in windows of two: 0+1, 2+3, and 4 alone (p = 1), as ONNX Runtime gives.
# Seen: the reference gives 8 for the last: it scales partial windows up as if it were taking a mean. With p =
# 2 the factor is the square root of 2.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: an operator that few test; the edge of every map is wrong in the golden.
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
    m = model("""agraph (float[1,1,5] x) => (float[1,1,3] y) {
      y = LpPool<kernel_shape = [2], strides = [2], ceil_mode = 1, p = %d>(x)
    }""" % p)
    m.opset_import[0].version = 18
    x = np.arange(5, dtype=np.float32).reshape(1, 1, 5)
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        print("p", p, name, np.round(run(m, {"x": x})[0].ravel().astype(float), 3).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
p 1 onnxruntime [1.0, 5.0, 4.0]
p 1 reference [1.0, 5.0, 8.0]
p 2 onnxruntime [1.0, 3.606, 4.0]
p 2 reference [1.0, 3.606, 5.657]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
