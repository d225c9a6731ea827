#!/bin/sh
# The mean of a thousand ones in bfloat16 is 0.2559, while their dot product is right
# Expected: NumPy takes means of float16 in float32, so a bfloat16 mean would at least be near 1.
# Seen: sum and cumsum stay at 256 from the 257th one on, mean is 256/1000 in bfloat16, var is far from 0.
# np.dot of the same array gives 1000: it accumulates wider. The @ operator even changes the type to float32,
# which float16 operands do not.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: mean, MSE and variance of bfloat16 dumps taken without astype(float32) are worthless above a
# few hundred elements; a cosine built from np.dot over such norms looks fine and hides it.
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
    a = np.ones(1000, dtype)
    row, column = a.reshape(1, -1), a.reshape(-1, 1)
    print(np.dtype(dtype).name, "sum", float(a.sum()), "mean", float(a.mean()), "var", float(a.var()),
          "cumsum", float(np.cumsum(a)[-1]), "dot", float(np.dot(a, a)), "@", (row @ column).dtype.name)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float16 sum 1000.0 mean 1.0 var 0.0 cumsum 1000.0 dot 1000.0 @ float16
bfloat16 sum 256.0 mean 0.255859375 var 0.255859375 cumsum 256.0 dot 1000.0 @ float32
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
