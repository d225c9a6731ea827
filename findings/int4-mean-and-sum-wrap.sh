#!/bin/sh
# The mean of two int4 sevens is -1
# Expected: NumPy sums int8 in int64 and takes its mean in float64, so int4 would do the same.
# Seen: sum and mean of ml_dtypes' int4 stay int4 and wrap: sum of [7, 7] is -2, the mean -1. Yet -a and
# abs(a) widen to int8 (so abs(-8) is 8, where int8's abs(-128) is -128), a + a wraps, and a + 1 is int8.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: statistics of int4 weights must be taken after astype; the two halves of |a - b| follow
# different rules.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from ml_dtypes import int4

a = np.array([7, 7], int4)
low = np.array([-8], int4)
for name, r in (("sum", a.sum()), ("mean", a.mean()), ("a + a", (a + a)[0]), ("a + 1", (a + 1)[0]),
                ("abs(-8)", np.abs(low)[0]), ("-(-8)", (-low)[0])):
    print(name, int(r), np.asarray(r).dtype.name)
b = a.astype(np.int8)
print("int8 sum", int(b.sum()), b.sum().dtype.name, "mean", float(b.mean()), b.mean().dtype.name)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
sum -2 int4
mean -1 int4
a + a -2 int4
a + 1 8 int8
abs(-8) 8 int8
-(-8) 8 int8
int8 sum 14 int64 mean 7.0 float64
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
