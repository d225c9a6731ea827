#!/bin/sh
# np.nan_to_num returns a bfloat16 or float8 array unchanged
# Expected: NaN becomes 0 and infinity the largest finite value, as for float16; np.isnan does know bfloat16.
# Seen: NaN and infinity are still there, and no error is raised: nan_to_num passes over types that are not
# subtypes of np.inexact, and those of ml_dtypes are not. np.isfinite tells the truth.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: a comparison script that cleans both dumps with nan_to_num before it takes a mean or a
# cosine still gets NaN, for the bfloat16 side only.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from ml_dtypes import bfloat16, float8_e5m2

for dtype in (np.float16, bfloat16, float8_e5m2):
    a = np.array([np.nan, np.inf, 1], dtype)
    print(np.dtype(dtype).name, np.nan_to_num(a).astype(float).tolist(), np.isfinite(a).tolist())
print("inexact", np.issubdtype(bfloat16, np.inexact))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float16 [0.0, 65504.0, 1.0] [False, False, True]
bfloat16 [nan, inf, 1.0] [False, False, True]
float8_e5m2 [nan, inf, 1.0] [False, False, True]
inexact False
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
