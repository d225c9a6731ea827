#!/bin/sh
# QuantizeLinear in OpenVINO rounds halves the other way when the zero point is odd
# Expected: ONNX's formula: round(x / scale) to even, then add the zero point: 0.5, 1.5, 2.5 with zero point 3
# give 3, 5, 5.
# Seen: 4, 4, 6: the zero point is added first and the sum rounded to even. With an even zero point both
# agree.
# Versions: openvino 2026.4.1 (CPU plugin), onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: int8 tensors differ by one step at every tie, and ties are frequent behind a layer that was
# quantised already (scales that are multiples of each other); the float side is equal.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 openvino==2026.4.1 \
    onnx==1.23.2
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import onnx
import openvino as ov
from onnx.reference import ReferenceEvaluator

x = np.array([0.5, 1.5, 2.5, 3.5, -0.5, -1.5], np.float32)
for zero_point in (0, 2, 3):
    m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
    agraph (float[6] x) => (int8[6] y) <float s = {1.0}, int8 z = {%d}> { y = QuantizeLinear(x, s, z) }""" % zero_point)
    onnx.save(m, "m.onnx")
    compiled = ov.Core().compile_model("m.onnx", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    print("zero point", zero_point, "openvino", compiled(x)[0].tolist(),
          "reference", ReferenceEvaluator(m).run(None, {"x": x})[0].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
zero point 0 openvino [0, 2, 2, 4, 0, -2] reference [0, 2, 2, 4, 0, -2]
zero point 2 openvino [2, 4, 4, 6, 2, 0] reference [2, 4, 4, 6, 2, 0]
zero point 3 openvino [4, 4, 6, 6, 2, 2] reference [3, 5, 5, 7, 3, 1]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
