#!/bin/sh
# np.save of float8_e5m2 writes a file that np.load refuses, with ml_dtypes imported too
# Expected: the eight-bit types of ml_dtypes all behave alike: saved as raw bytes ('V1'), to be viewed by the
# reader.
# Seen: float8_e4m3fn, float8_e4m3fnuz and float8_e8m0fnu are saved as '<V1' and load as void. float8_e5m2
# alone is saved as '<f1', which no NumPy type has, and np.load raises. float8_e5m2fnuz is '<V1' again.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, 2026-11-30.
# Why it matters: a dump in E5M2 can be written but not read by the library that wrote it; the reader has to
# parse the header itself, and must not take 'f1' for a typing error.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 ml_dtypes==0.6.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import io
import numpy as np
import ml_dtypes

for name in ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"):
    f = io.BytesIO()
    np.save(f, np.ones(2, getattr(ml_dtypes, name)))
    descr = f.getvalue().split(b"'descr': ")[1].split(b",")[0].decode()
    f.seek(0)
    try:
        back = str(np.load(f).dtype)
    except ValueError as error:
        back = "ValueError: " + str(error)
    print(name, descr, "->", back)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float8_e4m3fn '<V1' -> |V1
float8_e4m3fnuz '<V1' -> |V1
float8_e5m2 '<f1' -> ValueError: descr is not a valid dtype descriptor: '<f1'
float8_e5m2fnuz '<V1' -> |V1
float8_e8m0fnu '<V1' -> |V1
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
