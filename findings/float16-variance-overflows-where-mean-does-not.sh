#!/bin/sh
# np.std of float16 is infinite for values of 200, np.mean of the same array is right
# Expected: std and var take float32 inside, as mean does for float16.
# Seen: mean is 0, but the squares are summed in float16: std of 1000 times +200 and 1000 times -200 is inf.
# np.linalg.norm of [300, 300] is inf as well. Sums over the first axis of a C array stop at 2048, where the
# sum of all elements gives 10000: only a sum along contiguous elements is split into parts.
# Versions: numpy 2.4.6, 2026-11-30.
# Why it matters: standard deviation, SQNR and cosine of half-precision activations need astype(float32)
# first, even when every single value is small.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np

a = np.array([200] * 1000 + [-200] * 1000, np.float16)
print("mean", float(a.mean()), "std", float(a.std()), "in float32", float(a.astype(np.float32).std()))
print("norm", float(np.linalg.norm(np.array([300, 300], np.float16))))
ones = np.ones((5000, 2), np.float16)
print("sum over axis 0", ones.sum(0).astype(float).tolist(), "of all", float(ones.sum()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
mean 0.0 std inf in float32 200.0
norm inf
sum over axis 0 [2048.0, 2048.0] of all 10000.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
