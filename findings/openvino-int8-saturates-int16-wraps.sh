#!/bin/sh
# OpenVINO adds uint8 and int8 with saturation, int16 and uint32 with wrapping, and its casts wrap
# Expected: integer Add and Multiply wrap, as in ONNX Runtime, NumPy and C, for every width alike.
# Seen: 255 + 255 is 255 in uint8, 100 + 100 and 20 * 20 are 127 in int8, abs(-128) is 127. 20000 + 20000 in
# int16 is -25536. A cast of 300 to uint8 gives 44, not 255.
# Versions: openvino 2026.4.1 (CPU plugin), numpy 2.4.6, 2026-11-30.
# Why it matters: integer post-processing in a model (masks, checksums, class arithmetic) differs by backend;
# a saturated value looks like a clipped activation.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 openvino==2026.4.1
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import openvino as ov
from openvino import opset13 as op

core = ov.Core()


def run(build, *inputs):
    parameters = [op.parameter(list(x.shape), x.dtype) for x in inputs]
    compiled = core.compile_model(ov.Model([build(*parameters)], parameters), "CPU",
                                  {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled(list(inputs))[0]


for dtype, a in (("uint8", 255), ("int8", 100), ("int16", 20000), ("uint32", 2**31)):
    x = np.array([a], dtype)
    print(dtype, a, "+", a, "=", run(lambda x: op.add(x, x), x).tolist()[0], "wrapped", (x + x).tolist()[0])
x = np.array([20], np.int8)
print("int8 20 * 20 =", run(lambda x: op.multiply(x, x), x).tolist()[0], "wrapped", (x * x).tolist()[0])
print("int8 abs(-128) =", run(lambda x: op.abs(x), np.array([-128], np.int8)).tolist()[0])
print("cast of 300 to uint8", run(lambda x: op.convert(x, "u8"), np.array([300], np.float32)).tolist()[0])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
uint8 255 + 255 = 255 wrapped 254
int8 100 + 100 = 127 wrapped -56
int16 20000 + 20000 = -25536 wrapped -25536
uint32 2147483648 + 2147483648 = 0 wrapped 0
int8 20 * 20 = 127 wrapped -112
int8 abs(-128) = 127
cast of 300 to uint8 44
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
