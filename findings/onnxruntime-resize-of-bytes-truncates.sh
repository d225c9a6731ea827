#!/bin/sh
# Linear Resize of uint8 and int8 cuts fractions off in ONNX Runtime, the reference rounds
# Expected: rounding to nearest.
# Seen: between 1 and 2 ONNX Runtime gives 1 twice, the reference 1 and 2; for int8 the cut is towards zero,
# so negative activations move up and positive ones down.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: quantised segmentation and pose models upsample in int8; many elements differ by one step
# between a golden that truncates and a device that rounds, and the difference has a bias.
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


for dtype, values in (("uint8", (0, 1, 2, 255)), ("int8", (-128, -1, 2, 127))):
    m = model("""agraph (%s[1,1,1,4] x) => (%s[a,b,c,d] y) <float[4] s = {1.0, 1.0, 1.0, 2.0}> {
      y = Resize<mode = "linear">(x, "", s)
    }""" % (dtype, dtype))
    x = np.array(values, dtype).reshape(1, 1, 1, 4)
    m32 = model("""agraph (float[1,1,1,4] x) => (float[a,b,c,d] y) <float[4] s = {1.0, 1.0, 1.0, 2.0}> {
      y = Resize<mode = "linear">(x, "", s)
    }""")
    print(dtype, "in float32 ", ort(m32, {"x": x.astype(np.float32)})[0].ravel().tolist())
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        print(dtype, name.ljust(11), run(m, {"x": x})[0].ravel().tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
uint8 in float32  [0.0, 0.25, 0.75, 1.25, 1.75, 65.25, 191.75, 255.0]
uint8 onnxruntime [0, 0, 0, 1, 1, 65, 191, 255]
uint8 reference   [0, 0, 1, 1, 2, 65, 192, 255]
int8 in float32  [-128.0, -96.25, -32.75, -0.25, 1.25, 33.25, 95.75, 127.0]
int8 onnxruntime [-128, -96, -32, 0, 1, 33, 95, 127]
int8 reference   [-128, -96, -33, 0, 1, 33, 96, 127]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
