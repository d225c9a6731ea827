#!/bin/sh
# OpenVINO's CPU plugin computes int64 in int32 and double in float32, and labels the result int64 and double
# Expected: the declared type's range and precision, or an error.
# Seen: 2**40 + 2**40 is 0, max(2**40, 1) is 1, a cast of 3e9 to int64 is -2147483648; 1e200 * 1e200 in double
# is 3.4e38 (not even infinity) and 0.1 * 0.1 has 7 digits. The output arrays have dtype int64 and float64.
# Versions: openvino 2026.4.1 (CPU plugin), numpy 2.4.6, 2026-11-30.
# Why it matters: token ids and hashes above 2**31 and double-precision references are wrong under a type that
# says otherwise; a comparison by dtype does not notice.
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


def show(name, y):
    print(name, y.dtype.name, y.tolist())


show("2**40 + 2**40", run(lambda x: op.add(x, x), np.array([2**40])))
show("max(2**40, 1)", run(lambda x: op.maximum(x, op.constant([1], np.int64)), np.array([2**40])))
show("2**31-1 + 1", run(lambda x: op.add(x, op.constant([1], np.int64)), np.array([2**31 - 1])))
show("int64(3e9)", run(lambda x: op.convert(x, "i64"), np.array([3e9], np.float32)))
show("x * x", run(lambda x: op.multiply(x, x), np.array([1e200, 0.1])))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
2**40 + 2**40 int64 [0]
max(2**40, 1) int64 [1]
2**31-1 + 1 int64 [-2147483648]
int64(3e9) int64 [-2147483648]
x * x float64 [3.4028234663852886e+38, 0.010000000707805157]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
