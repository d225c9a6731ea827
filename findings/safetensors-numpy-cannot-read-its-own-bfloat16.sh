#!/bin/sh
# safetensors.numpy writes bfloat16 and float8 arrays and cannot read them back
# Expected: what it saves it loads, at least once ml_dtypes is imported.
# Seen: save writes proper BF16, F8_E4M3, F8_E5M2 and F8_E8M0 tensors; load of the same bytes raises KeyError
# for each of them, and with it for every other tensor of the file.
# Versions: safetensors 0.8.0, ml_dtypes 0.6.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a NumPy-only pipeline can make dumps that only another framework (or a reader of its own)
# can open; the error names the type and not the file.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0 \
    safetensors==0.8.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import ml_dtypes
import numpy as np
from safetensors.numpy import load, save

for name in ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu"):
    dtype = getattr(ml_dtypes, name, None) or np.dtype(name)
    data = save({"x": np.ones(2, dtype), "y": np.ones(1, np.float32)})
    written = data.split(b'"x":{"dtype":"')[1].split(b'"')[0].decode()
    try:
        print(name, "written as", written, "read as", load(data)["x"].dtype.name)
    except KeyError as error:
        print(name, "written as", written, "read raises KeyError", error)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float16 written as F16 read as float16
bfloat16 written as BF16 read raises KeyError 'BF16'
float8_e4m3fn written as F8_E4M3 read raises KeyError 'F8_E4M3'
float8_e5m2 written as F8_E5M2 read raises KeyError 'F8_E5M2'
float8_e8m0fnu written as F8_E8M0 read raises KeyError 'F8_E8M0'
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
