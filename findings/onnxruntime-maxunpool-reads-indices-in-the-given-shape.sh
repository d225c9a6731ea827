#!/bin/sh
# MaxUnpool with output_shape puts the values elsewhere in ONNX Runtime
# Expected: the indices come from a MaxPool over 4 x 4, so 5 means row 1, column 1, and output_shape = 5 x 5
# only adds a border. ONNX's test vector says so.
# Seen: ONNX Runtime reads 5 as an index into 5 x 5: row 1, column 0. All four values land in other places;
# sum, mean and histogram are the same.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: segmentation decoders with odd sizes use this; a golden from ONNX Runtime looks shifted
# against a device that follows the standard.
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


m = model("""agraph (float[1,1,2,2] x, int64[1,1,2,2] i, int64[4] s) => (float[1,1,5,5] y) {
  y = MaxUnpool<kernel_shape = [2, 2], strides = [2, 2]>(x, i, s)
}""")
feed = {"x": np.array([[[[5, 6], [7, 8]]]], np.float32), "i": np.array([[[[5, 7], [13, 15]]]]),
        "s": np.array([1, 1, 5, 5])}
for name, run in (("onnxruntime", ort), ("reference", reference)):
    y = run(m, feed)[0][0, 0]
    print(name, {int(y[r, c]): "row %d column %d" % (r, c) for r, c in zip(*np.nonzero(y))})
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
onnxruntime {5: 'row 1 column 0', 6: 'row 1 column 2', 7: 'row 2 column 3', 8: 'row 3 column 0'}
reference {5: 'row 1 column 1', 6: 'row 1 column 3', 7: 'row 3 column 1', 8: 'row 3 column 3'}
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
