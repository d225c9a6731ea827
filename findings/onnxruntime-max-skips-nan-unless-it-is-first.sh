#!/bin/sh
# ReduceMax in ONNX Runtime returns NaN only if the NaN stands first
# Expected: NaN, as Max of two tensors does and as NumPy does, wherever it stands; or never.
# Seen: [NaN, 1, 3] gives NaN, [1, NaN, 3] and [1, 3, NaN] give 3. ArgMax and Hardmax follow the same
# comparison; Hardmax of [NaN, 1, 3] is all zeros. TopK puts NaN on top wherever it stands. The reference
# evaluator gives NaN throughout.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: whether a NaN survives a reduction depends on where in the axis it sits, so a transposed
# layout moves "the first bad layer" to another node.
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

text = """agraph (float[3] x) => (float m, int64 i, float[3] h, float[1] t, float[3] b)
<int64[1] k = {1}> {
  m = ReduceMax<keepdims = 0>(x)
  i = ArgMax<keepdims = 0>(x)
  h = Hardmax(x)
  t, ti = TopK(x, k)
  b = Max(x, x)
}"""
for values in ((np.nan, 1, 3), (1, np.nan, 3), (1, 3, np.nan)):
    feed = {"x": np.array(values, np.float32)}
    for name, run in (("onnxruntime", ort), ("reference", reference)):
        r = run(model(text), feed)
        print(values, name, *["%s %s" % (k, v.tolist()) for k, v in zip("ReduceMax ArgMax Hardmax TopK Max".split(), r)])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
(nan, 1, 3) onnxruntime ReduceMax nan ArgMax 0 Hardmax [0.0, 0.0, 0.0] TopK [nan] Max [nan, 1.0, 3.0]
(nan, 1, 3) reference ReduceMax nan ArgMax 0 Hardmax [1.0, 0.0, 0.0] TopK [nan] Max [nan, 1.0, 3.0]
(1, nan, 3) onnxruntime ReduceMax 3.0 ArgMax 2 Hardmax [0.0, 0.0, 1.0] TopK [nan] Max [1.0, nan, 3.0]
(1, nan, 3) reference ReduceMax nan ArgMax 1 Hardmax [0.0, 1.0, 0.0] TopK [nan] Max [1.0, nan, 3.0]
(1, 3, nan) onnxruntime ReduceMax 3.0 ArgMax 1 Hardmax [0.0, 1.0, 0.0] TopK [nan] Max [1.0, 3.0, nan]
(1, 3, nan) reference ReduceMax nan ArgMax 2 Hardmax [0.0, 0.0, 1.0] TopK [nan] Max [1.0, 3.0, nan]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
