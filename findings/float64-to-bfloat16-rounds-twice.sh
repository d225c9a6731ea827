#!/bin/sh
# astype(bfloat16) of float64 and int64 rounds twice, to float32 first
# Expected: the nearest bfloat16, as NumPy's float64 to float16 gives the nearest float16.
# Seen: 1 + 2**-8 + 2**-40 lies above the middle of 1 and 1.0078125 and becomes 1: float32 drops the last bit,
# then the tie goes to even. The same with float8_e4m3fn, and with integers (2**24 + 2**16 + 1).
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: a bfloat16 reference made from float64 values can be off by one place in the last digit
# against a device or a library that rounds once; "exactly equal" then fails with nobody at fault.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from ml_dtypes import bfloat16, float8_e4m3fn

above_bf16 = 1 + 2.0**-8 + 2.0**-40
above_e4m3 = 1 + 2.0**-4 + 2.0**-40
above_f16 = 1 + 2.0**-11 + 2.0**-40
print("bfloat16", float(np.float64(above_bf16).astype(bfloat16)), "nearest is", 1 + 2.0**-7)
print("float8_e4m3fn", float(np.float64(above_e4m3).astype(float8_e4m3fn)), "nearest is", 1 + 2.0**-3)
print("float16", float(np.float64(above_f16).astype(np.float16)), "nearest is", 1 + 2.0**-10)
print("int64 to bfloat16", int(float(np.int64(2**24 + 2**16 + 1).astype(bfloat16))), "nearest is", 2**24 + 2**17)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
bfloat16 1.0 nearest is 1.0078125
float8_e4m3fn 1.0 nearest is 1.125
float16 1.0009765625 nearest is 1.0009765625
int64 to bfloat16 16777216 nearest is 16908288
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
