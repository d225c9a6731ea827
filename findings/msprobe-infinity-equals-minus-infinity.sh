#!/bin/sh
# msprobe's comparison finds +inf equal to -inf: cosine 1, error 0
# Expected: the signs differ, so at least the largest error is infinite.
# Seen: the positions of infinities are compared, not their signs; where both sides have one, both values are
# set to 0 before anything is measured. The same goes for NaN against NaN, which is sensible. NaN against a
# number is reported for its position, with no figures for the rest of the tensor. [1, 1] against [0, 1] has a
# largest relative error of 8388608.
# Versions: mindstudio-probe 26.2.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a mask added with the wrong sign, which is infinity in half precision, passes as a perfect
# match.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile --no-deps numpy==2.4.6 \
    mindstudio-probe==26.2.0 pandas==3.1.1 python-dateutil==2.9.0.post0 six==1.17.0 pyyaml==6.0.4 tqdm==4.70.1 \
    openpyxl==3.1.5 et_xmlfile==2.0.0 packaging==26.4
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import contextlib
import sys

import numpy as np
from msprobe.core.compare.npy_compare import CompareResult, ValidateTensor, compare_ops_apply

names = ("cosine", "distance", "max error", "max relative error", "within 1/1000", "within 5/1000")
inf, nan = np.inf, np.nan
lines = []
with contextlib.redirect_stdout(sys.stderr):
    for device, bench in (([inf, 1], [-inf, 1]), ([nan, 1], [nan, 1]), ([nan, 1], [0, 1]), ([1, 1], [0, 1])):
        r = ValidateTensor().check_tensor(CompareResult(np.array(device, np.float32), np.array(bench, np.float32)))
        values, message = compare_ops_apply(r.n_value, r.b_value, r.error_flag, r.err_msg)
        lines.append(("%s against %s: " % (device, bench) + ", ".join(
            "%s %s" % (n, v if isinstance(v, str) else round(float(v), 6)) for n, v in zip(names, values)) + " " + message).rstrip())
print(*lines, sep="\n")
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
[inf, 1] against [-inf, 1]: cosine 1.0, distance 0.0, max error 0.0, max relative error 0.0, within 1/1000 1.0, within 5/1000 1.0
[nan, 1] against [nan, 1]: cosine 1.0, distance 0.0, max error 0.0, max relative error 0.0, within 1/1000 1.0, within 5/1000 1.0
[nan, 1] against [0, 1]: cosine N/A, distance N/A, max error N/A, max relative error N/A, within 1/1000 N/A, within 5/1000 N/A The position of inf or nan in NPU and bench Tensor do not match.
[1, 1] against [0, 1]: cosine 0.707107, distance 1.0, max error 1.0, max relative error 8388608.0, within 1/1000 0.5, within 5/1000 0.5
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
