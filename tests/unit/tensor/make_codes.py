"""Writes ml_dtypes_codes.h: what ml_dtypes makes of all codes of its small floats, and of some floats.
Run with ml_dtypes and numpy: python make_codes.py > ml_dtypes_codes.h"""
import math
import ml_dtypes as m
import numpy as np

ROWS = [("MM_F8E4M3", m.float8_e4m3fn), ("MM_F8E5M2", m.float8_e5m2), ("MM_F8E4M3FNUZ", m.float8_e4m3fnuz),
        ("MM_F8E5M2FNUZ", m.float8_e5m2fnuz), ("MM_F8E4M3B11", m.float8_e4m3b11fnuz), ("MM_F8E8M0", m.float8_e8m0fnu),
        ("MM_F6E2M3", m.float6_e2m3fn), ("MM_F6E3M2", m.float6_e3m2fn), ("MM_F4E2M1", m.float4_e2m1fn),
        ("MM_I4", m.int4), ("MM_U4", m.uint4), ("MM_I2", m.int2), ("MM_U2", m.uint2)]


def c(x):
    x = float(x)
    if math.isnan(x):
        return "NAN"
    if math.isinf(x):
        return "-INFINITY" if x < 0 else "INFINITY"
    text = x.hex()
    mantissa, exponent = text.split("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    mantissa = mantissa + "0" if mantissa.endswith("x") else mantissa
    return mantissa + "p" + str(int(exponent)) + "f"


def lines(values):
    line = "    "
    for v in values:
        if len(line) + len(v) > 105:
            print(line.rstrip())
            line = "    "
        line += " " * (line != "    ") + v + ","
    print(line)


print("/* Made by make_codes.py with ml_dtypes %s and NumPy %s: the values of all 256 bytes as each of its dtypes. */"
      % (m.__version__, np.__version__))
print("static const struct {\n    enum mm_dtype dtype;\n    float value[256];\n} ml_dtypes_codes[] = {")
for name, dtype in ROWS:
    values = np.arange(256, dtype=np.uint8).view(dtype).astype(np.float32)
    print("{%s, {" % name)
    lines([c(v) for v in values])
    print("}},")
print("};\n")
GIVEN = [0.0, 0.3, 0.5, 0.75, 1.0, 1.0625, 1.1875, 1.25, 1.5, 1.75, 2.5, 3.0, 3.5, 5.0, 5.1, 6.0, 6.5, 7.4, 9.0, 17.0, 19.0,
         27.0, 29.5, 30.9, 31.5, 100.0, 239.0, 247.9, 248.1, 449.0, 463.0, 57000.0, 61000.0, 62000.0, 1e-3, 2.0**-7, 2.0**-10,
         2.0**-11 * 1.5, 2.0**-17, 1e30, -0.3, -1.1875, -2.5, -30.0, -5000.0, 2.0**-149, 1.5 * 2.0**-127]
print("/* The bytes that casting these floats to the dtypes gives there. */")
print("static const float ml_dtypes_floats[] = {")
lines([c(np.float32(v)) for v in GIVEN])
print("};\nstatic const struct {\n    enum mm_dtype dtype;\n    unsigned char code[%d];\n} ml_dtypes_casts[] = {" % len(GIVEN))
for name, dtype in ROWS[:9]:
    with np.errstate(all="ignore"):
        codes = np.array(GIVEN, np.float32).astype(dtype).view(np.uint8)
    print("{%s, {" % name)
    lines(["0x%02x" % v for v in codes])
    print("}},")
print("};")
