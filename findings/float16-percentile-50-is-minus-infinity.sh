#!/bin/sh
# np.percentile(a, 50) of the float16 array [-60000, 60000] is -inf, percentile 0 is NaN; np.median is 0
# Expected: the middle, 0, and the smallest value, -60000.
# Seen: percentile interpolates low + (high - low) * t in float16, and the difference overflows. The
# type of the answer is float16, so nothing tells.
# Versions: numpy 2.4.6, 2026-11-30.
# Why it matters: calibration ranges by percentile over half-precision activations with a wide range come out infinite.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check numpy==2.4.6
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np

a = np.array([-60000, 60000], np.float16)
print("median", float(np.median(a)))
for q in (0, 25, 50, 75, 100):
    print("percentile", q, float(np.percentile(a, q)), float(np.percentile(a.astype(np.float32), q)))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
median 0.0
percentile 0 nan -60000.0
percentile 25 inf -30000.0
percentile 50 -inf 0.0
percentile 75 -inf 30000.0
percentile 100 60000.0 60000.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
