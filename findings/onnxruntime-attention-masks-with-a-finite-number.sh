#!/bin/sh
# Attention's masked scores are -3.4e38 in ONNX Runtime, -inf in the reference
# Expected: the operator's fourth output, the scores behind the mask, is -inf where the causal mask forbids.
# Seen: ONNX Runtime writes the lowest finite float32 there; the reference writes -inf. The attention output
# itself is the same. ONNX's own vector for this mode fails in ONNX Runtime for that reason.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: dumped scores differ by infinity in half of the elements, or drown every mean and cosine of
# the side that has -3.4e38, though nothing is wrong.
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


m = model("""agraph (float[1,1,2,4] q, float[1,1,2,4] k, float[1,1,2,4] v, float[2,2] bias)
    => (float[1,1,2,4] y, float[1,1,2,2] scores) {
  y, pk, pv, scores = Attention<is_causal = 1, qk_matmul_output_mode = 2>(q, k, v, bias)
}""")
m.opset_import[0].version = 23
x = np.arange(8, dtype=np.float32).reshape(1, 1, 2, 4) / 8
feed = {"q": x, "k": x, "v": x, "bias": np.zeros((2, 2), np.float32)}
for name, run in (("onnxruntime", ort), ("reference", reference)):
    y, scores = run(m, feed)
    print(name, "masked score", float(scores[0, 0, 0, 1]), "row's mean", float(scores[0, 0, 0].mean()),
          "output", np.round(y.ravel()[:4].astype(float), 4).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
onnxruntime masked score -3.4028234663852886e+38 row's mean -1.7014117331926443e+38 output [0.0, 0.125, 0.25, 0.375]
reference masked score -inf row's mean -inf output [0.0, 0.125, 0.25, 0.375]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
