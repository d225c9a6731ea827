#!/bin/sh
# openvino.save_model turns weights that are NaN or infinite into 65504, and 1e6 as well
# Expected: a saved and loaded model computes what it computed before.
# Seen: save_model stores weights as float16 unless told compress_to_fp16=False. What does not fit is clipped:
# 1e6 and infinity become 65504, and so does NaN. A tensor most of whose values do not fit, or are tiny, is
# left in float32 with NaN and infinity as they were. No warning.
# Versions: openvino 2026.4.1 (CPU plugin), numpy 2.4.6, 2026-11-30.
# Why it matters: a broken weight is repaired to a large finite number on the way to the .bin file: the
# compiled model in memory gives NaN, the loaded one does not, and 0.1 has become 0.09998.
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


import os
import tempfile

folder = tempfile.mkdtemp(dir=".")
for values in ([np.nan, np.inf, -np.inf, 1e6] + [0.1] * 12, [np.nan, np.inf, 1e6, 0.1], [1e-9, 1e-8, 1e-7, 0.1]):
    weights = np.array(values, np.float32)
    x = op.parameter([len(values)], np.float32)
    model = ov.Model([op.add(x, op.constant(weights))], [x])
    for name, extra in (("default", {}), ("compress_to_fp16=False", {"compress_to_fp16": False})):
        path = os.path.join(folder, "m.xml")
        ov.save_model(model, path, **extra)
        y = core.compile_model(core.read_model(path), "CPU")(np.zeros(len(values), np.float32))[0]
        print(name, os.path.getsize(path[:-3] + "bin"), "bytes", ["%.4g" % v for v in y[:5]])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
default 32 bytes ['6.55e+04', '6.55e+04', '-6.55e+04', '6.55e+04', '0.09998']
compress_to_fp16=False 64 bytes ['nan', 'inf', '-inf', '1e+06', '0.1']
default 16 bytes ['nan', 'inf', '1e+06', '0.1']
compress_to_fp16=False 16 bytes ['nan', 'inf', '1e+06', '0.1']
default 16 bytes ['1e-09', '1e-08', '1e-07', '0.1']
compress_to_fp16=False 16 bytes ['1e-09', '1e-08', '1e-07', '0.1']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
