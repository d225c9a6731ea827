#!/bin/sh
# FakeQuantize over [-1, 1] with 255 levels makes 0 into -3.7e-9 in OpenVINO
# Expected: 255 levels are symmetric about 0, so 0 is a level and stays 0: that is why 255 is chosen.
# Seen: every value of the middle level becomes -3.7252903e-09; NaN becomes the lowest level. Ranges with a
# power of two of levels, [-1.28, 1.27] and [0, 2.55] with 256, do have their zero.
# Versions: openvino 2026.4.1 (CPU plugin), numpy 2.4.6, 2026-11-30.
# Why it matters: sparsity counts, "all zero" checks and relative errors of simulated int8 dumps go wrong
# where the device has exact zeros.
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


x = np.array([0, 0.003, -0.003, 1, np.nan], np.float32)
for low, high, levels in ((-1, 1, 255), (-1.28, 1.27, 256), (0, 2.55, 256)):
    y = run(lambda p: op.fake_quantize(p, *(op.constant(np.float32(v)) for v in (low, high, low, high)), levels), x)
    print(low, high, levels, "->", ["%.3g" % v for v in y], "exact zeros:", int((y == 0).sum()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
-1 1 255 -> ['-3.73e-09', '-3.73e-09', '-3.73e-09', '1', '-1'] exact zeros: 0
-1.28 1.27 256 -> ['0', '0', '0', '1', '-1.28'] exact zeros: 3
0 2.55 256 -> ['0', '0', '0', '1', '0'] exact zeros: 4
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
