#!/usr/bin/python3
"""Every figure of mmtui.json against NumPy in extended precision.

The formulas are written down here once more, from the definitions: over the positions that are finite on both sides,
values taken as doubles, sums in long double. The tensors are made here. Where real dumps with a table of their figures
lie beside the sources (or where $MMTUI_REALDATA says), those are checked too.
"""

import json
import math
import os
import pathlib

import numpy as np

import harness
from harness import ROOT, check, same

LONG = np.longdouble
NAN = float("nan")
METRIC_COUNTS = (
    "count finite nonfinite_equal nonfinite_differ differ_at diff3_relative_at diff4_count max_abs_at".split()
)
STAT_COUNTS = "finite nan pos_inf neg_inf zero min_at max_at".split()


# ---- the reference ----


def total(values):
    return np.sum(values.astype(LONG))


def ratio(a, b):
    if a == 0:
        return LONG(0)
    return a / b if b else LONG("inf")


def first(values, best):
    """The first index of the best value, -1 for none."""
    return int(best(values)) if len(values) else -1


def stats(x):
    """Of one side: its own finite values."""
    where = np.flatnonzero(np.isfinite(x))
    v = x[where]
    mean = total(v) / len(v) if len(v) else LONG("nan")
    low, high = first(v, np.argmin), first(v, np.argmax)
    return {
        "finite": len(v),
        "nan": int(np.isnan(x).sum()),
        "pos_inf": int((x == np.inf).sum()),
        "neg_inf": int((x == -np.inf).sum()),
        "zero": int((x == 0).sum()),
        "min": v[low] if len(v) else NAN,
        "max": v[high] if len(v) else NAN,
        "min_at": int(where[low]) if len(v) else -1,
        "max_at": int(where[high]) if len(v) else -1,
        "mean": mean,
        "std": np.sqrt(total((v.astype(LONG) - mean) ** 2) / len(v)) if len(v) else NAN,
    }


def line(s, d):
    """Least squares d = scale s + offset, and what is left over beside d. A constant s: scale 1."""
    mean_s, mean_d = total(s) / len(s), total(d) / len(d)
    cs, cd = s - mean_s, d - mean_d
    scale = total(cs * cd) / total(cs**2) if np.ptp(s) > 0 else LONG(1)
    left = total((cd - scale * cs) ** 2)
    return scale, mean_d - scale * mean_s, np.sqrt(ratio(left, total(d**2)))


def no_figures(empty):
    """Where no position counts: an empty tensor is equal, any other has no figures."""
    names = "diff1 diff2 diff3_relative diff3_absolute diff4_greater diff4_less mse rmse mae max_abs cosine_gap"
    names += " fit_offset fit_residual beyond_tolerance"
    figures = dict.fromkeys(names.split(), 0.0 if empty else NAN)
    figures.update(sqnr_db=math.inf if empty else NAN)
    figures.update(dict.fromkeys(("cosine", "fit_scale"), 1.0 if empty else NAN))
    return {**figures, "max_abs_at": -1, "diff3_relative_at": -1, "diff4_count": 0}


def figures(s, d, where, atol, rtol, small):
    """s, d: doubles, finite, at least one; where: their places in the tensor."""
    n = len(s)
    e = np.abs(s - d)
    ls, ld, le = s.astype(LONG), d.astype(LONG), s.astype(LONG) - d.astype(LONG)
    ss, dd, ee = total(ls**2), total(ld**2), total(le**2)
    big = np.abs(s) > small
    relative = e[big] / np.abs(s[big])
    worst = first(relative, np.argmax)
    greater, less = int((d > s).sum()), int((d < s).sum())
    diff2 = np.sqrt(ratio(ee, ss))
    with np.errstate(divide="ignore"):
        sqnr = -20 * np.log10(diff2)
    cosine = total(ls * ld) / (np.sqrt(ss) * np.sqrt(dd)) if ss and dd else LONG(not ss and not dd)
    scale, offset, residual = line(ls, ld)
    return {
        "diff1": ratio(total(np.abs(le)), total(np.abs(ls))),
        "diff2": diff2,
        "sqnr_db": sqnr,
        "diff3_relative": relative[worst] if big.any() else 0.0,
        "diff3_relative_at": int(where[np.flatnonzero(big)[worst]]) if big.any() else -1,
        "diff3_absolute": e[~big].max() if not big.all() else 0.0,
        "diff4_greater": greater / max(greater + less, 1),
        "diff4_less": less / max(greater + less, 1),
        "diff4_count": greater + less,
        "mse": ee / n,
        "rmse": np.sqrt(ee / n),
        "mae": total(np.abs(le)) / n,
        "max_abs": e.max(),
        "max_abs_at": int(where[e.argmax()]),
        "cosine": cosine,
        "cosine_gap": 1 - cosine,
        "fit_scale": scale,
        "fit_offset": offset,
        "fit_residual": residual,
        "beyond_tolerance": np.count_nonzero(e > atol + rtol * np.abs(s)) / n,
    }


def reference(src, dst, atol=1e-8, rtol=1e-5):
    s, d = (np.asarray(x).astype(np.float64).ravel() for x in (src, dst))
    both = np.isfinite(s) & np.isfinite(d)
    equal = (s == d) | (np.isnan(s) & np.isnan(d))
    differ = ~both & ~equal
    small = 1e-4 if any((x.dtype.kind, x.dtype.itemsize) == ("f", 2) for x in (src, dst)) else 1e-6
    found = {
        "count": s.size,
        "finite": int(both.sum()),
        "nonfinite_equal": int((~both & equal).sum()),
        "nonfinite_differ": int(differ.sum()),
        "differ_at": int(differ.argmax()) if differ.any() else -1,
    }
    if both.any():
        found.update(figures(s[both], d[both], np.flatnonzero(both), atol, rtol, small))
    else:
        found.update(no_figures(s.size == 0))
    return found


# ---- comparing figures ----


def tolerances(s, d, expected):
    """
    What may be off beside the relative 1e-12: figures that are differences of larger ones are as good as those are.
    """
    both = np.isfinite(s) & np.isfinite(d)
    s, d = s[both].astype(LONG), d[both].astype(LONG)
    if not len(s):
        return {}
    e, size = s - d, np.sqrt(total(s**2) * total(d**2))
    mean_s, mean_d = total(np.abs(s)) / len(s), total(np.abs(d)) / len(d)
    scale = abs(expected["fit_scale"])
    return {
        "cosine": 1e-15,
        "cosine_gap": 1e-18 + 1e-14 * ratio(total(e**2), size),
        "fit_scale": 1e-11 * max(scale, 1),
        "fit_offset": 1e-11 * (mean_d + scale * mean_s),
        "fit_residual": 1e-10,
        "sqnr_db": 1e-11,  # an absolute figure: 20 log10(1 + 1e-12)
    }


def number(figure):
    return float(figure)  # "NaN", "Infinity" too


def close(found, expected, absolute=0.0, relative=1e-12):
    with np.errstate(over="ignore", under="ignore"):
        expected = float(expected)
    if math.isnan(expected) or math.isinf(expected):
        return math.isnan(found) if math.isnan(expected) else found == expected
    return abs(found - expected) <= relative * abs(expected) + float(absolute)


def check_figures(found, expected, counts, absolute, where):
    same(set(found), set(expected), f"{where}: names")
    wrong = []
    for name, value in expected.items():
        if name in counts:
            good = found[name] == value
        else:
            good = close(number(found[name]), value, absolute.get(name, 0.0))
        if not good:
            wrong.append(f"{where}.{name}: expected {value!r}, found {found[name]!r}")
    check(not wrong, "\n".join(wrong))


def check_stats(found, x, where):
    x = np.asarray(x).astype(np.float64).ravel()
    finite = np.abs(x[np.isfinite(x)].astype(LONG))
    size = total(finite) / len(finite) if len(finite) else LONG(0)
    # a mean can be zero: as good as the mean of absolutes
    check_figures(found["stats"], stats(x), STAT_COUNTS, {"mean": 1e-13 * size, "std": 1e-14 * size}, where)


def check_layer(layer, src, dst, **tolerance):
    same(layer["state"], "measured", "state")
    for side, tensor in (("src", src), ("dst", dst)):
        kind = "bool" if tensor.dtype == bool else f"{tensor.dtype.kind}{tensor.dtype.itemsize * 8}"
        same(layer[side]["dtype"], kind, f"{side} dtype")
        same(layer[side]["shape"], list(tensor.shape), f"{side} shape")
        check_stats(layer[side], tensor, side)
    s, d = (x.astype(np.float64).ravel() for x in (src, dst))
    expected = reference(src, dst, **tolerance)
    check_figures(layer["metrics"], expected, METRIC_COUNTS, tolerances(s, d, expected), "metrics")


# ---- the tensors ----

RANDOM = np.random.default_rng(20240607)
FLOATS = ("f2", "f4", "f8")
INTEGERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
SHAPES = ((), (1,), (2, 3), (511,), (512,), (513,), (4, 1025), (1, 8, 24, 96))


def noisy(x, share=0.01):
    return x + share * np.abs(x).mean() * RANDOM.standard_normal(x.shape)


def integers(kind, shape, most=1000):
    info = np.iinfo(kind)
    return RANDOM.integers(max(info.min, -most), min(info.max, most) + 1, shape).astype(kind)


def with_values(x, places):
    x = np.array(x)
    for at, value in places.items():
        x.reshape(-1)[at] = value
    return x


def same_type():
    for kind in FLOATS:
        for shape in SHAPES:
            x = np.asarray(3 * RANDOM.standard_normal(shape) + 0.5)
            yield f"noise_{kind}_{'x'.join(map(str, shape))}", x.astype(kind), np.asarray(noisy(x)).astype(kind)
    for kind in INTEGERS:
        x = integers(kind, (7, 333))
        other = x + RANDOM.integers(-2, 3, x.shape).astype(kind) if kind[0] == "i" else integers(kind, x.shape)
        yield f"noise_{kind}", x, other.astype(kind)
        info = np.iinfo(kind)
        ends = np.array([info.min, info.max, info.min, info.max, 0, 1], kind)
        yield f"ends_{kind}", ends, ends[::-1].copy()
    x = RANDOM.random(5000) < 0.3
    yield "noise_bool", x, x ^ (RANDOM.random(5000) < 0.01)


def mixed_types():
    x = 20 * RANDOM.standard_normal((3, 40, 41))
    y = np.clip(np.round(x), 0, None)
    f4 = x.astype("f4")
    yield "mixed_f4_f2", f4, x.astype("f2")
    yield "mixed_f4_i1", f4, np.clip(np.round(x), -128, 127).astype("i1")
    yield "mixed_f4_u1", y.astype("f4") + np.float32(0.25), y.astype("u1")
    yield "mixed_f4_bool", (y > 3).astype("f4"), y > 4
    yield "mixed_f4_i8", f4, np.round(x).astype("i8")
    yield "mixed_f2_f8", x.astype("f2"), x
    yield "mixed_u1_i1", integers("u1", 999), integers("i1", 999)
    large = RANDOM.integers(-(2**62), 2**62, 2000)
    yield "mixed_i8_f8", large, large.astype("f8") * (1 + 1e-9)
    yield "mixed_u8_i8", integers("u8", 400, 2**63 - 1), integers("i8", 400, 2**62)
    yield "mixed_i4_f4", np.full(100, 16777217, "i4"), np.full(100, 16777216, "f4")


def not_finite():
    x = (5 * RANDOM.standard_normal(3000)).astype("f4")
    y = noisy(x).astype("f4")
    nan, inf = np.nan, np.inf
    yield "nan_in_dst", x, with_values(y, {0: nan, 511: nan, 512: nan, 2999: nan})
    yield "nan_in_src", with_values(x, {1023: nan, 1024: nan}), y
    yield "nan_in_both", with_values(x, {7: nan, 600: nan}), with_values(y, {7: nan, 601: nan})
    yield "inf_equal", with_values(x, {3: inf, 4: -inf}), with_values(y, {3: inf, 4: -inf})
    yield "inf_opposite", with_values(x, {3: inf, 4: -inf}), with_values(y, {3: -inf, 4: nan})
    yield "mask", np.where(x > 0, x, -inf).astype("f4"), np.where(x > 0, y, -inf).astype("f4")
    with np.errstate(over="ignore"):
        yield "overflow_f2", (x * 30000), (x * 30000).astype("f2")
    yield "all_nan", np.full(700, nan, "f4"), np.full(700, nan, "f4")
    yield "all_nan_dst", x, np.full(3000, nan, "f4")
    yield "all_inf", np.full(700, inf, "f8"), np.full(700, -inf, "f8")
    yield "one_nan", np.array(nan, "f2"), np.array(1.0, "f2")
    yield "huge_and_inf", with_values(np.full(600, 1e308), {5: inf}), with_values(np.full(600, 9e307), {5: inf})


def special():
    x = RANDOM.standard_normal(4096)
    zero = np.zeros(1000, "f4")
    ramp = np.arange(1000, dtype="f4")
    yield "identical", x, x
    yield "zero_mean", x - x.mean(), noisy(x - x.mean())
    yield "all_zero", zero, zero
    yield "zero_and_not", zero, ramp
    yield "not_and_zero", ramp, zero
    yield "minus_zero", -zero, zero
    yield "empty", np.zeros((0,), "f4"), np.zeros((0,), "f4")
    yield "empty_axis", np.zeros((3, 0, 2), "f2"), np.zeros((3, 0, 2), "i1")
    yield "constant", np.full(9999, 0.1, "f4"), np.full(9999, 0.1, "f4").astype("f2")
    yield "constant_src", np.full(4096, 3.0), noisy(np.full(4096, 3.0))
    yield "offset", x, x + 0.125
    yield "scale", x, x * 1.5
    yield "scale_and_offset", x.astype("f4"), (x * 0.75 - 2).astype("f4")
    yield "far_from_zero", x + 1e6, noisy(x, 1e-3) + 1e6
    yield "nearly_identical", x, x * (1 + 1e-9 * RANDOM.standard_normal(x.shape))
    yield "unrelated", x, RANDOM.standard_normal(4096)
    yield "opposite", x, -x
    yield "ties", np.round(x * 4).astype("i1"), np.round(x * 4 + 0.3).astype("i1")
    yield "small_src", (x * 1e-5).astype("f4"), (noisy(x) * 1e-5).astype("f4")
    yield "subnormal_f4", (x * 1e-41).astype("f4"), (noisy(x) * 1e-41).astype("f4")
    yield "subnormal_f2", (x * 3e-6).astype("f2"), (noisy(x) * 3e-6).astype("f2")
    yield "huge_f4", (x * 1e37).astype("f4"), (noisy(x) * 1e37).astype("f4")


def huge():
    x = RANDOM.standard_normal(2000)
    yield "huge_f8", x * 1e200, noisy(x) * 1e200
    yield "huge_f8_300", x * 1e300, noisy(x) * 1e300
    yield "tiny_f8", x * 1e-200, noisy(x) * 1e-200
    yield "huge_f8_and_ones", with_values(x, {77: 1e200}), with_values(x, {77: 1.01e200})
    yield "steps_f8", np.logspace(-100, 100, 401), np.logspace(-100, 100, 401) * 1.0625


def layouts():
    x = RANDOM.standard_normal((4, 5, 600))
    y = noisy(x)
    yield "big_endian_f4", x.astype(">f4"), y.astype("<f4")
    yield "big_endian_f2", x.astype("f4"), y.astype(">f2")
    yield "big_endian_i8", (x * 1e6).astype(">i8"), (y * 1e6).astype("<i8")
    yield "fortran_src", np.asfortranarray(x), y
    yield "fortran_dst", x.astype("f4"), np.asfortranarray(y.astype("f2"))
    yield "fortran_both", np.asfortranarray(x), np.asfortranarray(y)


CASES = {
    name: (src, dst)
    for kind in (same_type, mixed_types, not_finite, special, huge, layouts)
    for name, src, dst in kind()
}
measured = {}


@harness.test
def test_all(folder):
    """truth: one run over all of the tensors"""
    for side, which in zip(harness.pair_of_folders(folder), (0, 1)):
        for name, pair in CASES.items():
            np.save(side / f"{name}.npy", pair[which])
    harness.compare(folder)
    measured.update(harness.layers(folder))
    same(set(measured), set(CASES), "names")


def add_case(name, src, dst):
    harness.add(f"truth: {name}", lambda folder: check_layer(measured[name], src, dst))


for case, pair in CASES.items():
    add_case(case, *pair)


@harness.test
def test_tolerance(folder):
    """truth: --atol and --rtol"""
    src, dst = CASES["noise_f4_4x1025"]
    for side, tensor in zip(harness.pair_of_folders(folder), (src, dst)):
        np.save(side / "x.npy", tensor)
    for atol, rtol in ((0.03, 0), (0, 0.02), (0.01, 0.01), (0, 0), (1e9, 0)):
        harness.compare(folder, "--atol", str(atol), "--rtol", str(rtol))
        check_layer(harness.layers(folder)["x"], src, dst, atol=atol, rtol=rtol)


@harness.test
def test_jobs(folder):
    """truth: the same digits with 0, 1 and 7 threads"""
    for side, which in zip(harness.pair_of_folders(folder), (0, 1)):
        for name, pair in CASES.items():
            np.save(side / f"{name}.npy", pair[which])
    texts = []
    for jobs in "017":
        harness.compare(folder, "-j", jobs)
        texts.append([(folder / "out" / file).read_bytes() for file in ("diff.json", "mmtui.json")])
    check(texts[0] == texts[1] == texts[2], "the files differ")


# ---- real dumps ----

REAL = pathlib.Path(os.environ.get("MMTUI_REALDATA", ROOT.parent / "shared" / "realdata")) / "cls"
REAL_NAMES = {
    "max_abs": "max_abs",
    "argmax_abs": "max_abs_at",
    "mean_abs": "mae",
    "mse": "mse",
    "rel_l2": "diff2",
    "rel_l1": "diff1",
    "cosine": "cosine",
    "sqnr_db": "sqnr_db",
    "n": "finite",
}


def check_real_row(row, layer):
    where = row["tensor"]
    same(layer["state"], "measured", where)
    metrics = layer["metrics"]
    for side in ("src", "dst"):
        found = layer[side]["stats"]
        same(layer[side]["shape"], row[f"{side}_shape"], f"{where} shape")
        same(found["nan"], row[f"{side}_nan"], f"{where} {side} nan")
        same(found["pos_inf"] + found["neg_inf"], row[f"{side}_inf"], f"{where} {side} inf")
    same(metrics["count"], row["n"], f"{where} count")
    for name, ours in REAL_NAMES.items():
        expected, found = row["finite"][name], number(metrics[ours])
        if expected is None:  # 0/0
            continue
        good = found == expected if name in ("argmax_abs", "n") else close(found, number(expected), relative=1e-9)
        check(good, f"{where}.{name}: expected {expected}, found {found}")


def check_real(folder, which):
    with open(REAL / f"truth_{which}.json", encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    harness.mmtui("compare", "-s", REAL / "src", "-d", REAL / f"dst_{which}", "-o", folder / "out")
    found = harness.layers(folder)
    for row in rows:
        if row["status"] == "compared":
            check_real_row(row, found.pop(row["file"]))
    lone = {row["file"] for row in rows if row["status"] == "only_in_dst"}
    same(set(found), lone, "tensors without a row")
    check(all(found[name]["state"] == "single" and found[name]["src"] is None for name in lone), "only in dst")
    same(harness.load_report(folder)["totals"]["dst_only"], len(lone), "dst_only")


def add_real(which):
    harness.add(f"truth: real dumps, {which}", lambda folder: check_real(folder, which))


if REAL.is_dir():
    add_real("fp16")
    add_real("int8")

harness.main()
