#!/bin/sh
# One NaN stops np.sort and np.unique of a bfloat16 array
# Expected: as for float16 and float32, the numbers in order and NaN last.
# Seen: with a NaN inside, np.sort and np.argsort leave it in place and order only what follows it; np.unique
# keeps what is unsorted. Without a NaN all is well. No warning.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: percentiles, medians and "how many distinct levels has this tensor" of a bfloat16 dump are
# wrong as soon as one value is NaN.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from ml_dtypes import bfloat16

values = [3, np.nan, 1, 2, 1]
for dtype in (np.float16, bfloat16):
    a = np.array(values, dtype)
    name = np.dtype(dtype).name
    print(name, "sort", np.sort(a).astype(float).tolist())
    print(name, "argsort", np.argsort(a, kind="stable").tolist())
    print(name, "unique", np.unique(a).astype(float).tolist())
print("bfloat16 without NaN", np.sort(np.array([3, 1, 2], bfloat16)).astype(float).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float16 sort [1.0, 1.0, 2.0, 3.0, nan]
float16 argsort [2, 4, 3, 0, 1]
float16 unique [1.0, 2.0, 3.0, nan]
bfloat16 sort [3.0, nan, 1.0, 1.0, 2.0]
bfloat16 argsort [0, 1, 2, 4, 3]
bfloat16 unique [3.0, nan, 1.0, 2.0]
bfloat16 without NaN [1.0, 2.0, 3.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
