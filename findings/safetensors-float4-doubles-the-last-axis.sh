#!/bin/sh
# A float4 tensor of shape [3, 4] is saved by safetensors with shape [3, 8]
# Expected: the shape that was given, as for every other type.
# Seen: a tensor of dtype float4_e2m1fn_x2 (two values a byte) and shape [3, 4] is written as F4 with shape [3, 8]; one of
# float8_e4m3fn and the same shape as [3, 4].
# Versions: safetensors 0.8.0, numpy 2.4.6, 2026-11-30.
# Why it matters: the shape in the file counts values, the shape in the program counts bytes: a dump of packed weights has
# twice the columns of the tensor that it is of, and a comparison by shape refuses it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 safetensors==0.8.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import json

import numpy as np
from safetensors import TensorSpec, serialize_file

data = np.arange(12, dtype=np.uint8)
for dtype in ("float8_e4m3fn", "float4_e2m1fn_x2"):
    spec = TensorSpec(dtype=dtype, shape=(3, 4), data_ptr=data.ctypes.data, data_len=data.nbytes)
    serialize_file({"x": spec}, "x.safetensors", metadata=None)
    file = open("x.safetensors", "rb").read()
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])["x"]
    print(dtype, "[3, 4] written as", header["dtype"], header["shape"])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float8_e4m3fn [3, 4] written as F8_E4M3 [3, 4]
float4_e2m1fn_x2 [3, 4] written as F4 [3, 8]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
