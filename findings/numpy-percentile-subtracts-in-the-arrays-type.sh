#!/bin/sh
# np.percentile(a, 50) of int8 [-128, 127] is 127.5, of float16 [-60000, 60000] it is -inf; np.median is right
# for both
# Expected: the middle, -0.5 and 0, and at 0 % the smallest value.
# Seen: percentile and quantile interpolate low + (high - low) * t, with the difference in the array's own
# type: it wraps to -1 for int8 and overflows for float16, where 0 % even is NaN. np.ptp wraps as well. The
# answer for int8 is a float64, so nothing tells.
# Versions: numpy 2.4.6, 2026-11-30.
# Why it matters: calibration ranges by percentile over int8 or half-precision activations come out wrong
# whenever the range is wide, which is when one asks for percentiles.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np

for a in (np.array([-128, 127], np.int8), np.array([-60000, 60000], np.float16)):
    print(a.dtype.name, a.tolist(), "median", float(np.median(a)), "ptp", float(np.ptp(a)))
    for q in (0, 25, 50, 75, 100):
        print("  percentile", q, float(np.percentile(a, q)), "of float64", float(np.percentile(a.astype(float), q)))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
int8 [-128, 127] median -0.5 ptp -1.0
  percentile 0 -128.0 of float64 -128.0
  percentile 25 -128.25 of float64 -64.25
  percentile 50 127.5 of float64 -0.5
  percentile 75 127.25 of float64 63.25
  percentile 100 127.0 of float64 127.0
float16 [-60000.0, 60000.0] median 0.0 ptp inf
  percentile 0 nan of float64 -60000.0
  percentile 25 inf of float64 -30000.0
  percentile 50 -inf of float64 0.0
  percentile 75 -inf of float64 30000.0
  percentile 100 60000.0 of float64 60000.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
