#!/bin/sh
# A bfloat16 array times the Python number 2.5 is float32, times 2 is bfloat16, plus an int32 is float64
# Expected: NumPy 2 lets a Python number follow the array's type, as float16 * 2.5 stays float16.
# Seen: 2.5 makes a float32 array, 2 does not; an int32 scalar makes float64 (float16 does that too); np.where
# with 0.0 makes float64. bfloat16 + float16 is float32 by the operator, but np.concatenate of the two raises.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: a simulated bfloat16 layer (x * 0.125, x + 1.0) silently runs in float32, and the dump looks
# more accurate than the device can be.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from ml_dtypes import bfloat16

for dtype in (np.float16, bfloat16):
    a = np.array([1, 2], dtype)
    try:
        joined = np.concatenate([a, np.ones(1, np.float16)]).dtype.name
    except TypeError as error:
        joined = type(error).__name__
    print(np.dtype(dtype).name, "* 2:", (a * 2).dtype.name, " * 2.5:", (a * 2.5).dtype.name,
          " + int32:", (a + np.int32(1)).dtype.name, " where 0.0:", np.where([True, False], a, 0.0).dtype.name,
          " + float16:", (a + np.float16(1)).dtype.name, " concatenate:", joined)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float16 * 2: float16  * 2.5: float16  + int32: float64  where 0.0: float16  + float16: float16  concatenate: float16
bfloat16 * 2: bfloat16  * 2.5: float32  + int32: float64  where 0.0: float64  + float16: float32  concatenate: DTypePromotionError
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
