#!/bin/sh
# onnx.helper.make_tensor: a value too large wraps, raises, saturates, becomes infinite or loses its sign, by
# type
# Expected: one rule for values that the element type cannot hold; say saturation or an error.
# Seen: INT4 wraps (9 becomes -7, which is a wrong sign), INT8 raises, FLOAT8E4M3FN saturates to 448, FLOAT16
# and FLOAT become infinite, FLOAT8E8M0 drops the sign of -1 and makes it 1, FLOAT4E2M1 saturates and turns
# NaN into -0. Fractions are cut off for INT4 and INT8 alike (1.7 becomes 1).
# Versions: onnx 1.23.2, ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: golden tensors and quantised initialisers made with the helper differ from what
# QuantizeLinear of the same values gives (it saturates), for int4 by the whole range.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0 \
    onnx==1.23.2
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import math

from onnx import TensorProto, helper, numpy_helper

for name, value in (("INT4", 9), ("INT4", 1.7), ("UINT4", -1), ("INT8", 300), ("INT8", 1.7), ("FLOAT8E4M3FN", 1e9),
                    ("FLOAT8E5M2", 1e9), ("FLOAT16", 1e9), ("FLOAT", 1e39), ("FLOAT8E8M0", -1.0),
                    ("FLOAT4E2M1", 1e9), ("FLOAT4E2M1", math.nan)):
    try:
        got = float(numpy_helper.to_array(helper.make_tensor("t", getattr(TensorProto, name), [1], [value]))[0])
    except (OverflowError, ValueError) as error:
        got = type(error).__name__
    print(name, value, "->", got)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
INT4 9 -> -7.0
INT4 1.7 -> 1.0
UINT4 -1 -> 15.0
INT8 300 -> OverflowError
INT8 1.7 -> 1.0
FLOAT8E4M3FN 1000000000.0 -> 448.0
FLOAT8E5M2 1000000000.0 -> 57344.0
FLOAT16 1000000000.0 -> inf
FLOAT 1e+39 -> inf
FLOAT8E8M0 -1.0 -> 1.0
FLOAT4E2M1 1000000000.0 -> 6.0
FLOAT4E2M1 nan -> -0.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
