#!/bin/sh
# A FLOAT6 tensor of ONNX takes six bits a value in raw_data and a whole entry a value in int32_data
# Expected: the same packing in both, as of the other types below eight bits: INT4 and FLOAT4 are two to an entry in
# int32_data as they are two to a byte in raw_data.
# Seen: numpy_helper.from_array packs four values of float6_e2m3fn into three bytes; helper.make_tensor gives the same four
# values four entries, while four int4 values take two bytes and two entries.
# Versions: onnx 1.23.2, ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a reader that takes one field's packing for the other's gives values of the right count and the wrong
# size; both forms pass onnx.checker.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import ml_dtypes
import numpy as np
import onnx
from onnx import helper, numpy_helper

for name in ("int4", "float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn"):
    array = np.array([1, 2, 0.5, -1] if name.startswith("float") else [1, 2, 3, -1]).astype(getattr(ml_dtypes, name))
    raw = numpy_helper.from_array(array, "x")
    typed = helper.make_tensor("x", raw.data_type, array.shape, array.astype(np.float32))
    for tensor in (raw, typed):
        onnx.checker.check_tensor(tensor)
    same = np.array_equal(numpy_helper.to_array(raw).astype(np.float32), numpy_helper.to_array(typed).astype(np.float32))
    print(name, "4 values:", len(raw.raw_data), "bytes of raw_data,", len(typed.int32_data), "entries of int32_data, read alike",
          same)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
int4 4 values: 2 bytes of raw_data, 2 entries of int32_data, read alike True
float4_e2m1fn 4 values: 2 bytes of raw_data, 2 entries of int32_data, read alike True
float6_e2m3fn 4 values: 3 bytes of raw_data, 4 entries of int32_data, read alike True
float6_e3m2fn 4 values: 3 bytes of raw_data, 4 entries of int32_data, read alike True
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
