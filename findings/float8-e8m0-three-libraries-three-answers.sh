#!/bin/sh
# A negative number as a float8 E8M0 scale: 2**-127, its magnitude, or NaN, by library
# Expected: E8M0 has neither sign nor zero nor infinity, so libraries agree on an error or NaN.
# Seen: -2 becomes 2**-127 in ONNX Runtime, 2 in ONNX's reference evaluator, NaN in ml_dtypes. Infinity
# becomes 2**127, NaN, NaN; 0 becomes 2**-127 in the first two and NaN in the third. 1.2 is rounded up to 2 in
# the first two (the operator's default round_mode), to 1 in ml_dtypes.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: block scales of MX formats: one sign or zero decides between a vanished block, a live one
# and NaN; scales differ by a factor of two between two honest roundings.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0 \
    onnx==1.23.2 onnxruntime==1.32.0
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


import ml_dtypes

x = np.array([-2, 0, 1.2, 3, np.inf, 2.0**-149], np.float32)
m = model("agraph (float[N] x) => (float[N] y) { q = Cast<to = %d>(x) y = Cast<to = 1>(q) }" % T.FLOAT8E8M0)
m.opset_import[0].version = 25
print("input      ", ["%.3g" % v for v in x])
for who, y in (("onnxruntime", ort(m, {"x": x})[0]), ("reference  ", reference(m, {"x": x})[0]),
               ("ml_dtypes  ", x.astype(ml_dtypes.float8_e8m0fnu).astype(np.float32))):
    print(who, ["%.3g" % v for v in y])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
input       ['-2', '0', '1.2', '3', 'inf', '1.4e-45']
onnxruntime ['5.88e-39', '5.88e-39', '2', '4', '1.7e+38', '5.88e-39']
reference   ['2', '5.88e-39', '2', '4', 'nan', '1.18e-38']
ml_dtypes   ['nan', 'nan', '1', '4', 'nan', '5.88e-39']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
