#!/bin/sh
# Q4_0 of a symmetric block is exact at one end and an eighth short at the other; zeros come back as -0
# Expected: [-1 .. 1] quantised symmetrically keeps both ends or loses the same at both.
# Seen: the first value of largest magnitude is kept exactly and the other end becomes 0.875 of it: turning
# the signs of the weights moves the error to the other end. Q5_0 loses a sixteenth so, Q8_0 nothing. A block
# of zeros dequantises to -0 in Q4_0 and Q5_0, so a byte comparison of two zero tensors fails.
# Versions: gguf 0.19.0 (Python), numpy 2.4.6, 2026-11-30.
# Why it matters: the largest weight of a layer may be 12.5 % off at one sign: a bias of the format, not a
# wrong scale.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 gguf==0.19.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from gguf import GGMLQuantizationType as Q, quants

up = np.linspace(-1, 1, 32, dtype=np.float32).reshape(1, 32)
for q in (Q.Q4_0, Q.Q5_0, Q.Q8_0):
    for name, x in (("-1..1", up), ("1..-1", -up), ("zeros", 0 * up + 0)):
        y = quants.dequantize(quants.quantize(x, q), q).ravel()
        print(q.name, name, "ends", round(float(y[0]), 4), round(float(y[-1]), 4))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
Q4_0 -1..1 ends -1.0 0.875
Q4_0 1..-1 ends 1.0 -0.875
Q4_0 zeros ends -0.0 -0.0
Q5_0 -1..1 ends -1.0 0.9375
Q5_0 1..-1 ends 1.0 -0.9375
Q5_0 zeros ends -0.0 -0.0
Q8_0 -1..1 ends -0.9999 0.9999
Q8_0 1..-1 ends 0.9999 -0.9999
Q8_0 zeros ends 0.0 0.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
