#!/bin/sh
# safetensors.numpy saves a transposed array with the new shape and the old data
# Expected: the values of the array, as np.save writes them, or an error: safetensors.torch refuses tensors
# that are not contiguous.
# Seen: a.T of [[0, 1, 2], [3, 4, 5]] comes back as [[0, 1], [2, 3], [4, 5]] and a[:, ::2] as [[0, 1], [2,
# 3]]: the first bytes of the buffer under the view's shape. No warning. np.ascontiguousarray before saving
# helps.
# Versions: safetensors 0.8.0, numpy 2.4.6, 2026-11-30.
# Why it matters: NHWC to NCHW conversions are views made by transpose; the dump written from one has the
# right shape and the values of a wrong layout, and the comparison reports a layout fault of the device.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 safetensors==0.8.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from safetensors.numpy import load, save

a = np.arange(6, dtype=np.float32).reshape(2, 3)
for name, view in (("a.T", a.T), ("a[:, ::2]", a[:, ::2]), ("copy of a.T", np.ascontiguousarray(a.T))):
    print(name, view.tolist(), "saved as", load(save({"x": view}))["x"].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
a.T [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] saved as [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
a[:, ::2] [[0.0, 2.0], [3.0, 5.0]] saved as [[0.0, 1.0], [2.0, 3.0]]
copy of a.T [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] saved as [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
