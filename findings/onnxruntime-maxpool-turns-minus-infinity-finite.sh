#!/bin/sh
# MaxPool drops NaN and turns a window of -inf into -3.4e38
# Expected: NaN in a window gives NaN (as Max and PyTorch's max pooling do), and the largest of four -inf is
# -inf.
# Seen: ONNX Runtime's MaxPool starts from the lowest finite float, so NaN never wins and -inf becomes
# -3.4028235e+38; GlobalMaxPool of [1, NaN, 3, 2] is 3 too. The reference evaluator drops NaN in MaxPool also,
# keeps it in GlobalMaxPool, and keeps -inf.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a max-pool layer ends the trail of NaN, so the last bad tensor of a dump is not the last bad
# layer; and masks made of -inf come out as a huge finite error.
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

text = """agraph (float[1,1,2,2] x) => (float[1,1,1,1] p, float[1,1,1,1] g) {
  p = MaxPool<kernel_shape = [2, 2]>(x)
  g = GlobalMaxPool(x)
}"""
for values in ((1, np.nan, 3, 2), (-np.inf,) * 4):
    feed = {"x": np.array(values, np.float32).reshape(1, 1, 2, 2)}
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        p, g = run(model(text), feed)
        print(values, name, "MaxPool", float(p.item()), "GlobalMaxPool", float(g.item()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
(1, nan, 3, 2) onnxruntime MaxPool 3.0 GlobalMaxPool 3.0
(1, nan, 3, 2) reference MaxPool 3.0 GlobalMaxPool nan
(-inf, -inf, -inf, -inf) onnxruntime MaxPool -3.4028234663852886e+38 GlobalMaxPool -3.4028234663852886e+38
(-inf, -inf, -inf, -inf) reference MaxPool -inf GlobalMaxPool -inf
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
