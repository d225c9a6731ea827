#!/bin/sh
# A bool that is stored as 255 is neither true nor false in ONNX Runtime: Where picks 0
# Expected: any byte that is not 0 is true, as NumPy says of the same array and as the reference evaluator
# takes it.
# Seen: Not gives 254, which is true again; Equal with true is false; Cast to float gives 255; Where(mask, 1,
# -1) gives 0, which is neither of its two inputs.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: masks come as 0 / 255 images (view(bool), raw_data, a device's byte dump) and look right
# when printed; the attention or segmentation behind them is wrong by magnitudes.
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


m = model("""agraph (bool[3] m, float[3] x, float[3] z)
    => (bool[3] negated, bool[3] equal, float[3] as_float, float[3] picked) <bool t = {1}> {
  negated = Not(m)
  equal = Equal(m, t)
  as_float = Cast<to = 1>(m)
  picked = Where(m, x, z)
}""")
mask = np.array([0, 1, 255], np.uint8).view(bool)
feed = {"m": mask, "x": np.ones(3, np.float32), "z": -np.ones(3, np.float32)}
print("NumPy", mask.tolist(), (~mask).tolist(), np.where(mask, 1, -1).tolist())
for name, run in (("onnxruntime", ort), ("reference", reference)):
    negated, equal, as_float, picked = run(m, feed)
    print(name, "Not", negated.view(np.uint8).tolist(), "Equal true", equal.tolist(), "Cast", as_float.tolist(),
          "Where 1, -1", picked.tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
NumPy [False, True, True] [True, False, False] [-1, 1, 1]
onnxruntime Not [1, 0, 254] Equal true [False, True, False] Cast [0.0, 1.0, 255.0] Where 1, -1 [-1.0, 1.0, 0.0]
reference Not [1, 0, 0] Equal true [False, True, True] Cast [0.0, 1.0, 1.0] Where 1, -1 [-1.0, 1.0, 1.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
