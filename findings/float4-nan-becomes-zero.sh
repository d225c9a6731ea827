#!/bin/sh
# NaN cast to a float4 or float6 type becomes zero with the sign turned, with no warning
# Expected: the types have no NaN, so an error, the largest value, or +0.
# Seen: NaN becomes -0 and -NaN +0; infinity becomes the largest finite value.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: a tensor that is all NaN looks like zeros after a round trip through MXFP4.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import ml_dtypes

values = np.array([np.nan, -np.nan, np.inf, -np.inf, 100], np.float32)
for name in ("float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn"):
    print(name, values.astype(getattr(ml_dtypes, name)).astype(np.float32).tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float4_e2m1fn [-0.0, 0.0, 6.0, -6.0, 6.0]
float6_e2m3fn [-0.0, 0.0, 7.5, -7.5, 7.5]
float6_e3m2fn [-0.0, 0.0, 28.0, -28.0, 28.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
