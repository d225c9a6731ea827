#!/bin/sh
# Unique along columns without sorting: ONNX's reference evaluator returns all columns
# Expected: [[2, 1, 2], [0, 0, 0]] has two distinct columns, in the order of their appearance.
# Seen: with sorted = 0 and axis = 1 the reference returns three columns, though its own counts are [2, 1] and
# its inverse is right: it takes rows by the column numbers. Sorted, or along axis 0, it agrees with ONNX
# Runtime.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: the golden has another shape than the device, in models that merge equal points or tokens.
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


x = np.array([[2, 1, 2], [0, 0, 0]], np.float32)
for axis in (0, 1):
    for sort in (0, 1):
        m = model("""agraph (float[2,3] x) => (float[A,B] y, int64[C] first, int64[D] inverse, int64[E] counts) {
          y, first, inverse, counts = Unique<axis = %d, sorted = %d>(x)
        }""" % (axis, sort))
        for name, run in (("onnxruntime", ort), ("reference", reference)):
            y, first, inverse, counts = run(m, {"x": x})
            print("axis", axis, "sorted", sort, name, y.astype(int).tolist(), "counts", counts.tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
axis 0 sorted 0 onnxruntime [[2, 1, 2], [0, 0, 0]] counts [1, 1]
axis 0 sorted 0 reference [[2, 1, 2], [0, 0, 0]] counts [1, 1]
axis 0 sorted 1 onnxruntime [[0, 0, 0], [2, 1, 2]] counts [1, 1]
axis 0 sorted 1 reference [[0, 0, 0], [2, 1, 2]] counts [1, 1]
axis 1 sorted 0 onnxruntime [[2, 1], [0, 0]] counts [2, 1]
axis 1 sorted 0 reference [[2, 1, 2], [0, 0, 0]] counts [2, 1]
axis 1 sorted 1 onnxruntime [[1, 2], [0, 0]] counts [1, 2]
axis 1 sorted 1 reference [[1, 2], [0, 0]] counts [1, 2]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
