#!/bin/sh
# A finite value of a million makes its Q4_0 block NaN; weights of 3e-6 become 0 in Q8_0 but not in Q4_0
# Expected: scaled integer blocks represent any finite float32 range, with 4 or 8 bits of relative precision.
# Seen: the scale of a block is a float16. With one value of 1e6 the Q4_0 scale is infinite: that value comes
# back infinite, its 31 neighbours NaN; Q8_0 gets there at 1e9. The scale of a Q8_0 block is its largest value
# / 127: below 4e-6 that rounds to 0 and the whole block is 0, where the coarser Q4_0 (/ 8) still keeps 3e-6
# and 1e-6 to 5 %. MXFP4, with its power-of-two scale, keeps all of them.
# Versions: gguf 0.19.0 (Python), numpy 2.4.6, 2026-11-30.
# Why it matters: NaN appears in a quantised model from finite weights, and small layers (biases, LoRA
# factors) vanish: it is the format, no fault in the kernel that reads it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 gguf==0.19.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from gguf import GGMLQuantizationType as Q, quants


def trip(x, q):
    with np.errstate(all="ignore"):
        return quants.dequantize(quants.quantize(x.reshape(1, 32).astype(np.float32), q), q).ravel()


for q in (Q.Q4_0, Q.Q5_0, Q.Q8_0, Q.MXFP4):
    for big in (1e6, 1e9):
        x = np.zeros(32)
        x[0] = big
        y = trip(x, q)
        print(q.name, "block of 0 and one %g:" % big, "%.3g" % y[0], "others", float(y[1]))
    for small in (1e-3, 3e-6, 1e-6):
        print(q.name, "block of %g: %.3g" % (small, trip(np.full(32, small), q)[0]))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
Q4_0 block of 0 and one 1e+06: inf others nan
Q4_0 block of 0 and one 1e+09: inf others nan
Q4_0 block of 0.001: 0.001
Q4_0 block of 3e-06: 2.86e-06
Q4_0 block of 1e-06: 9.54e-07
Q5_0 block of 0 and one 1e+06: 1e+06 others -0.0
Q5_0 block of 0 and one 1e+09: inf others nan
Q5_0 block of 0.001: 0.001
Q5_0 block of 3e-06: 2.86e-06
Q5_0 block of 1e-06: 9.54e-07
Q8_0 block of 0 and one 1e+06: 1e+06 others 0.0
Q8_0 block of 0 and one 1e+09: inf others nan
Q8_0 block of 0.001: 0.000999
Q8_0 block of 3e-06: 0
Q8_0 block of 1e-06: 0
MXFP4 block of 0 and one 1e+06: 7.86e+05 others 0.0
MXFP4 block of 0 and one 1e+09: 8.05e+08 others 0.0
MXFP4 block of 0.001: 0.000977
MXFP4 block of 3e-06: 2.86e-06
MXFP4 block of 1e-06: 9.54e-07
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
