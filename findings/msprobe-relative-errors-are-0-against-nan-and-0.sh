#!/bin/sh
# msprobe's msaccucmp metrics: the relative error is 0 if the golden value is 0, or if it is NaN on one side
# only
# Expected: NaN stays NaN, and 1 against 0 is a large relative error, as in msprobe's other comparison
# (8388608).
# Seen: MaxRelativeError, MeanRelativeError and AccumulatedRelativeError of [1, 2] against [0, 0] are 0,
# RelativeEuclideanDistance too; of [1, 1] against [NaN, 1] the three are 0. MaxAbsoluteError does say 2 and
# nan. In float16 the RelativeEuclideanDistance of 200s against 202s is 0: the golden's norm overflows.
# Versions: mindstudio-probe 26.2.0, numpy 2.4.6, 2026-11-30.
# Why it matters: sorted by relative error, a layer that is all NaN in the golden, or all zero, comes out
# best.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile --no-deps numpy==2.4.6 \
    mindstudio-probe==26.2.0 pandas==3.1.1 python-dateutil==2.9.0.post0 six==1.17.0 pyyaml==6.0.4 tqdm==4.70.1 \
    openpyxl==3.1.5 et_xmlfile==2.0.0 packaging==26.4
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import importlib
import os
import sys

import numpy as np
import msprobe

root = os.path.join(os.path.dirname(msprobe.__file__), "msaccucmp")
sys.path[:0] = [root, os.path.join(root, "algorithm_manager", "builtin_algorithm")]
cases = {
    "[1 2] against [0 0]": (np.array([1, 2], np.float32), np.array([0, 0], np.float32)),
    "[1 1] against [nan 1]": (np.array([1, 1], np.float32), np.array([np.nan, 1], np.float32)),
    "float16 200 against 202": (np.full(10000, 200, np.float16), np.full(10000, 202, np.float16)),
}
for case, (mine, golden) in cases.items():
    for name in ("MaxAbsoluteError", "MaxRelativeError", "MeanRelativeError", "AccumulatedRelativeError",
                 "RelativeEuclideanDistance"):
        with np.errstate(all="ignore"):
            value = importlib.import_module("alg_" + name).compare(mine, golden, None)[0]
        print(case, name, value)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
[1 2] against [0 0] MaxAbsoluteError 2.000000
[1 2] against [0 0] MaxRelativeError 0.000000
[1 2] against [0 0] MeanRelativeError 0.000000
[1 2] against [0 0] AccumulatedRelativeError 0.000000
[1 2] against [0 0] RelativeEuclideanDistance 0.000000
[1 1] against [nan 1] MaxAbsoluteError nan
[1 1] against [nan 1] MaxRelativeError 0.000000
[1 1] against [nan 1] MeanRelativeError 0.000000
[1 1] against [nan 1] AccumulatedRelativeError 0.000000
[1 1] against [nan 1] RelativeEuclideanDistance nan
float16 200 against 202 MaxAbsoluteError 2.000000
float16 200 against 202 MaxRelativeError 0.009766
float16 200 against 202 MeanRelativeError 0.009766
float16 200 against 202 AccumulatedRelativeError 97.625000
float16 200 against 202 RelativeEuclideanDistance 0.000000
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
