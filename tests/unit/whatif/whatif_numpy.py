"""What mm_whatif_tensor should say, by NumPy: whatif_numpy.py VALUES.npy SETTINGS.

A line of SETTINGS: dtype per_channel axis asymmetric range. Prints a line each: scale zero scale_low scale_high
diff2 max_abs clipped nonfinite_differ. dtype mx:f4e2m1 and the like, nvfp4:f4e2m1: blocks of the last axis. Searched ranges (mse, kl) are not repeated here.
"""
import sys
import numpy as np

x = np.atleast_1d(np.load(sys.argv[1]))  # NumPy widens what has no axis
lane = np.float32 if x.dtype in (np.float32, np.float16, np.int8, np.int16) else np.float64
x = x.astype(lane)
finite = np.isfinite(x)
HIGHEST = {"i4": 7, "i8": 127, "i16": 32767}


def to_float(name):
    if name == "f16":
        with np.errstate(over="ignore"):
            return x.astype(np.float16).astype(np.float64)
    bits = {"bf16": 8, "f8e4m3": 4, "f8e5m2": 3}[name]
    least = {"bf16": -126, "f8e4m3": -6, "f8e5m2": -14}[name]
    most = {"bf16": (2 - 2.0**-7) * 2.0**127, "f8e4m3": 448.0, "f8e5m2": 57344.0}[name]
    wide = np.where(finite, x, 0).astype(np.float64)
    exponent = np.frexp(wide)[1] - 1
    unit = np.ldexp(1.0, np.maximum(exponent, least) - (bits - 1))
    with np.errstate(over="ignore"):
        near = np.rint(wide / unit) * unit
    near = np.where(np.abs(near) > most, np.nan if name == "f8e4m3" else np.copysign(np.inf, near), near)
    return np.where(finite, near, x.astype(np.float64))


# elements of blocks: digits with the leading one, exponents of the least normal number and of the greatest power, greatest
ELEMENTS = {
    "f8e4m3": (4, -6, 8, 448.0), "f8e5m2": (3, -14, 15, 57344.0), "f6e2m3": (4, 0, 2, 7.5), "f6e3m2": (3, -2, 4, 28.0),
    "f4e2m1": (2, 0, 2, 6.0), "i8": (99, 0, 0, 127 / 64),
}


def element(y, name):
    """y to the nearest, saturating; whether it was beyond."""
    bits, least, _, most = ELEMENTS[name]
    if name == "i8":
        near = np.rint(y * 64) / 64
    else:
        unit = np.ldexp(1.0, np.maximum(np.frexp(y)[1] - 1, least) - (bits - 1))
        near = np.rint(y / unit) * unit
    return np.clip(near, -most, most), np.abs(near) > most


def to_blocks(kind, name):
    """The tensor, the least and greatest scale, how many saturated."""
    size = 32 if kind == "mx" else 16
    out = x.astype(np.float64)
    rows = out.reshape(-1, x.shape[-1] if x.size else 1)
    tensor = np.max(np.abs(out[finite]), initial=0).astype(np.float32) / np.float32(2688) or np.float32(1)
    scales, beyond = [], 0
    for row in rows:
        for i in range(0, len(row), size):
            block = row[i : i + size]
            here = np.isfinite(block)
            most = np.max(np.abs(block[here]), initial=0)
            if most == 0:
                continue
            if kind == "mx":
                scale = 2.0 ** min(max(np.frexp(most)[1] - 1 - ELEMENTS[name][2], -127), 127)
            else:
                stored, _ = element(np.float64(np.float32(most) / np.float32(6) / tensor), "f8e4m3")
                scale = float(np.float32(stored) * tensor)
            scales.append(scale)
            with np.errstate(all="ignore"):
                y = (block[here].astype(lane) / lane(scale)).astype(np.float64) if scale else 0 * block[here]
            near, over = element(y, name)
            block[here] = lane(near) * lane(scale)
            beyond += np.count_nonzero(over)
    return out, min(scales, default=1.0), max(scales, default=1.0), beyond


def ranges(values, asymmetric, how):
    values = np.sort(values[np.isfinite(values)].astype(np.float64))
    n = len(values)
    if n == 0:
        return 0.0, 0.0
    if not asymmetric:
        top = np.sort(np.abs(values))[n - 1 - (n // 10000 if how == "p99.99" else 0)]
        return -top, top
    k = n // 20000 if how == "p99.99" else 0
    return min(values[k], 0.0), max(values[n - 1 - k], 0.0)


def to_integer(part, name, asymmetric, how):
    highest = HIGHEST[name]
    lowest = -highest - 1
    low, high = ranges(part, asymmetric, how)
    scale = (high - low) / (highest - lowest) if asymmetric else high / highest
    scale = scale if scale > 0 else 1.0
    zero = lowest + np.rint(-low / scale) if asymmetric else 0.0
    scale = lane(scale)
    with np.errstate(invalid="ignore"):
        code = np.rint(part / scale) + lane(zero)
    kept = np.clip(code, lowest if asymmetric else -highest, highest)
    here = np.isfinite(part)
    out = np.where(here, (kept - lane(zero)) * scale, part).astype(np.float64)
    clipped = np.count_nonzero(here & (kept != code)) if how != "minmax" else 0
    return out, float(scale), float(zero), clipped, bool(np.any(part[here] != 0))


def show(out, scale, zero, low, high, clipped):
    n = np.count_nonzero(finite)
    both = finite & np.isfinite(out)
    s = x[both].astype(np.float64)
    e = s - out[both]
    differ = np.count_nonzero(finite & ~np.isfinite(out))
    if s.size == 0:
        diff2 = greatest = np.nan if x.size else 0.0
    else:
        scaled = np.max(np.abs(s)) or 1.0
        a, b = np.sum((e / scaled) ** 2), np.sum((s / scaled) ** 2)
        diff2 = np.sqrt(a / b) if b else (0.0 if a == 0 else np.inf)
        greatest = np.max(np.abs(e))
    clipped = clipped if clipped is not None else differ
    print(*(repr(float(v)) for v in (scale, zero, low, high, diff2, greatest, clipped / n if n else 0, differ)))


for line in open(sys.argv[2]):
    name, per_channel, axis, asymmetric, how = line.split()
    if ":" in name:
        out, low, high, beyond = to_blocks(*name.split(":"))
        show(out, np.nan, np.nan, low, high, beyond)
    elif name not in HIGHEST:
        show(to_float(name), np.nan, np.nan, np.nan, np.nan, None)
    elif per_channel == "0" or x.size == 0:
        out, scale, zero, clipped, _ = to_integer(x, name, asymmetric == "1", how)
        if x.size == 0:
            scale, zero = (np.nan, np.nan) if per_channel == "1" else (1.0, 0.0)
            show(out, scale, zero, 1.0, 1.0, clipped)
        else:
            show(out, scale, zero, scale, scale, clipped)
    else:
        out = np.empty(x.shape)
        scales, clipped = [], 0
        for c in range(x.shape[int(axis)]):
            at = (slice(None),) * int(axis) + (c,)
            out[at], scale, _, some, filled = to_integer(x[at], name, asymmetric == "1", how)
            scales += [scale] if filled else []
            clipped += some
        scales = scales or [1.0]
        show(out, np.nan, np.nan, min(scales), max(scales), clipped)
