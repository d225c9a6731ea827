#!/bin/sh
# onnxconverter-common's float16 conversion clips weights at 10000 and lifts small ones to 1.2e-7
# Expected: weights are rounded to the nearest float16: up to 65504 kept, below 3e-8 becomes 0.
# Seen: everything finite above 10000 becomes 10000 (max_finite_val, the default), and everything that is not
# 0 but smaller than 1e-7 becomes +-1.19e-7: also 6e-8, which float16 has, and 1e-30. Infinity and NaN are
# kept. It warns on stderr, once a tensor.
# Versions: onnxconverter-common 1.16.0, onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: the float16 reference of a model with a mask of -65504 or a scale of 20000 differs from what
# a device makes of the float32 model, by a factor of 6.5; tiny weights come alive.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxconverter-common==1.16.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import onnx
from onnx import numpy_helper
from onnxconverter_common import float16

values = np.array([-65504, 20000, 9999, 6e-8, -1e-30, 0, np.inf, np.nan], np.float32)
m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[8] x) => (float[8] y) <float[1] w = {0.0}> { y = Add(x, w) }""")
m.graph.initializer[0].CopyFrom(numpy_helper.from_array(values, "w"))
half = numpy_helper.to_array(float16.convert_float_to_float16(m).graph.initializer[0])
with np.errstate(over="ignore"):
    for before, after in zip(values, half):
        print("weight %g" % before, "nearest %g" % np.float16(before), "converted %g" % after)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
weight -65504 nearest -65504 converted -10000
weight 20000 nearest 20000 converted 10000
weight 9999 nearest 10000 converted 10000
weight 6e-08 nearest 5.96046e-08 converted 1.19209e-07
weight -1e-30 nearest -0 converted -1.19209e-07
weight 0 nearest 0 converted 0
weight inf nearest inf converted inf
weight nan nearest nan converted nan
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
