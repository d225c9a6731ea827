#!/bin/sh
# One NaN or infinity makes a whole MXFP4 block zero in gguf, a whole Q8_0 block NaN
# Expected: a NaN stays visible after quantising, as one NaN or as a block of them.
# Seen: Q8_0, Q4_0 and Q5_1 give NaN for all 32 values of the block (Q4_0 keeps an infinite one infinite).
# MXFP4 gives 32 zeros, for one NaN as for one infinity, with no trace.
# Versions: gguf 0.19.0 (Python), numpy 2.4.6, 2026-11-30.
# Why it matters: weights that were broken before they were quantised look like dead channels, not like NaN.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 gguf==0.19.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from gguf import GGMLQuantizationType as Q, quants

for bad in (np.nan, np.inf):
    x = np.linspace(-1, 1, 32, dtype=np.float32).reshape(1, 32)
    x[0, 3] = bad
    for q in (Q.Q8_0, Q.Q4_0, Q.Q5_1, Q.MXFP4):
        y = quants.dequantize(quants.quantize(x, q), q).ravel()
        print("one", bad, q.name, "->", int(np.isnan(y).sum()), "NaN,", int(np.isinf(y).sum()), "inf,",
              int((y == 0).sum()), "zeros")
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
one nan Q8_0 -> 32 NaN, 0 inf, 0 zeros
one nan Q4_0 -> 32 NaN, 0 inf, 0 zeros
one nan Q5_1 -> 32 NaN, 0 inf, 0 zeros
one nan MXFP4 -> 0 NaN, 0 inf, 32 zeros
one inf Q8_0 -> 32 NaN, 0 inf, 0 zeros
one inf Q4_0 -> 31 NaN, 1 inf, 0 zeros
one inf Q5_1 -> 32 NaN, 0 inf, 0 zeros
one inf MXFP4 -> 0 NaN, 0 inf, 32 zeros
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
