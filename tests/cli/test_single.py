#!/usr/bin/python3
"""`mmtui single`, `mmtui compare --vendor-exact`: held against the formulas of MagicMind's tool, written in NumPy."""

import json
import math

import numpy as np

from harness import check, main, mmtui, pair_of_folders, same, test

GUARD = 1e-9  # what the tool divides by where the values of s sum to 0


def vendor_diffs(s, d):
    """diff1 and diff2 with the guard of the signed sum."""
    s, d = s.astype("f8").ravel(), d.astype("f8").ravel()
    if np.abs(s - d).sum() == 0:
        return 0.0, 0.0
    zero = s.sum() == 0
    diff1 = np.abs(s - d).sum() / (GUARD if zero else np.abs(s).sum())
    return diff1, math.sqrt(((s - d) ** 2).sum() / (GUARD if zero else (s**2).sum()))


def beyond(s, d, mode, th1, th2):
    """[(index, |d|, |d/s|)] of what the modes list."""
    s, d = s.astype("f8").ravel(), d.astype("f8").ravel()
    out = []
    for i, (a, b) in enumerate(zip(s, d)):
        distance = abs(a - b)
        relative = 0.0 if distance == 0 else distance / abs(a) if a else math.inf
        over = distance > th1, relative > th2
        if [None, over[0], over[1], any(over), all(over)][mode]:
            out.append((i, distance, relative))
    return out


def parse(text):
    lines = text.splitlines()
    head = dict(line.split(": ") for line in lines[:5])
    return head, [(int(i), float(a), float(b)) for i, a, b in (line.split(", ") for line in lines[5:])]


def tensors():
    rng = np.random.default_rng(7)
    s = np.round(rng.normal(size=(3, 4, 5)) * 64).astype("f4") / 16
    d = s + np.round(rng.normal(size=s.shape) * 16).astype("f4") / 32
    s[0, 0, 0] = 0
    return s, d


@test
def words_as_options(folder):
    """single, compare: SRC and DST as words are what -s and -d are; a mixture is refused"""
    s, d = tensors()
    src, dst = pair_of_folders(folder)
    np.save(src / "a.npy", s)
    np.save(dst / "a.npy", d)
    files = src / "a.npy", dst / "a.npy"
    same(mmtui("single", *files).out, mmtui("single", "-s", files[0], "-d", files[1]).out, "single")
    report = "--format", "csv"
    by_words = mmtui("compare", src, dst, *report).out
    check("a.npy" in by_words or "a," in by_words, by_words)
    same(by_words, mmtui("compare", "-s", src, "-d", dst, *report).out, "compare")
    for command, words in (("single", files), ("compare", (src, dst))):
        for wrong in ((words[0],), ("-s", *words), ("-s", words[0], "-d", words[1], words[1])):
            check("SRC DST, or -s SRC -d DST" in mmtui(command, *wrong, status=2).err, f"{command} {wrong}")


@test
def modes(folder):
    """single: each mode lists what NumPy lists, with index, |d| and |d/s|"""
    s, d = tensors()
    np.save(folder / "a.npy", s)
    np.save(folder / "b.npy", d)
    counts = []
    for mode in (1, 2, 3, 4):
        run = mmtui("single", "-s", folder / "a.npy", "-d", folder / "b.npy", "-m", str(mode), "--th1", "0.5", "--th2", "0.25")
        head, found = parse(run.out)
        same(head["Shape"], "[3, 4, 5]", "shape")
        same(found, beyond(s, d, mode, 0.5, 0.25), f"mode {mode}")
        counts.append(len(found))
    check(0 < counts[3] < min(counts[:2]) and max(counts[:2]) < counts[2], f"the modes are told apart: {counts}")


@test
def head(folder):
    """single: the head has the four diffs of diff.json"""
    s, d = tensors()
    np.save(folder / "a.npy", s)
    np.save(folder / "b.npy", d)
    found, _ = parse(mmtui("single", "-s", folder / "a.npy", "-d", folder / "b.npy").out)
    e, a = np.abs(s.astype("f8") - d), np.abs(s.astype("f8"))
    same(float(found["Diff1"]), e.sum() / a.sum(), "Diff1")  # sums of multiples of 1/32: exact
    check(math.isclose(float(found["Diff2"]), math.sqrt((e**2).sum() / (a**2).sum()), rel_tol=1e-15), "Diff2")
    same(json.loads(found["Diff3"]), [(e[a > 1e-6] / a[a > 1e-6]).max(), e[a <= 1e-6].max()], "Diff3")
    n = int((d != s).sum())
    same(json.loads(found["Diff4"]), [(d > s).sum() / n, (d < s).sum() / n, n], "Diff4")


@test
def nonfinite(folder):
    """single: an element that is not finite on one side is listed, the same Inf on both is not"""
    np.save(folder / "a.npy", np.array([np.inf, 1, np.nan, 2, -np.inf], "f4"))
    np.save(folder / "b.npy", np.array([np.inf, 1, 0, 2, np.inf], "f4"))
    out = mmtui("single", "-s", folder / "a.npy", "-d", folder / "b.npy", "-m", "4").out.splitlines()
    same(out[5:], ["2, nan, nan", "4, nan, nan"], "lines")


@test
def transposed(folder):
    """single: -k undoes an order of axes; a result file; --fail"""
    s, d = tensors()
    np.save(folder / "a.npy", s)
    np.save(folder / "b.npy", d.transpose(2, 0, 1))
    result = folder / "result.txt"
    run = mmtui("single", "-s", folder / "a.npy", "-d", folder / "b.npy", "-k", "2,0,1", "-o", result, "-m", "1",
                "--fail", status=1)
    _, found = parse(result.read_text())
    same(found, beyond(s, d, 1, 1, 0.03), "elements")
    check(f"{len(found)} elements beyond" in run.out, run.out)
    run = mmtui("single", "-s", folder / "a.npy", "-d", folder / "b.npy", status=2)
    check("shapes differ" in run.err and "[3, 4, 5]" in run.err and "[5, 3, 4]" in run.err, run.err)
    for wrong in ("0,0", "1,2", "x", ""):
        check("--trans_key" in mmtui("single", "-s", "a", "-d", "b", "-k", wrong, status=2).err, wrong)


@test
def several(folder):
    """single: a folder or an archive of many is refused, with what takes them"""
    np.save(folder / "a.npy", np.zeros(2, "f4"))
    np.savez(folder / "many.npz", x=np.zeros(2), y=np.zeros(2))
    for other in (folder, folder / "many.npz"):
        check("mmtui compare" in mmtui("single", "-s", folder / "a.npy", "-d", other, status=2).err, str(other))


def text_tensor(values):
    return ("version_number: 1\nnode_name: \"n\"\ndtype: DT_FLOAT16\n" f"tensor_shape: {len(values)}\n"
            + "".join(f"float_val: {v}\n" for v in values))


@test
def vendor_exact(folder):
    """compare --vendor-exact: diff1 and diff2 by the guard of the signed sum, FLOAT16 rounded first, 999, NaN"""
    s, d = tensors()
    balanced = np.array([1, -1, 2, -2], "f4")
    halves = [0.1, 0.2, 70000.0, -0.3], [0.0999755859, 0.25, 70000.0, -0.3]
    src = {"plain": s, "balanced": balanced, "equal": balanced, "shape": s, "nan": np.array([1, np.nan], "f4")}
    dst = {"plain": d, "balanced": balanced + np.float32(0.5), "equal": balanced, "shape": s[0],
           "nan": np.array([1, 2], "f4")}
    a, b = pair_of_folders(folder)
    for name in src:
        np.save(a / f"{name}.npy", src[name])
        np.save(b / f"{name}.npy", dst[name])
    mmtui("compare", "-s", a, "-d", b, "-o", folder / "out", "--vendor-exact")
    found = {row["TensorName"]: row["Results"] for row in json.loads((folder / "out/diff.json").read_text())}
    for name in ("plain", "balanced", "equal"):
        for key, expected in zip(("diff1", "diff2"), vendor_diffs(src[name], dst[name])):
            check(math.isclose(found[name][key], expected, rel_tol=1e-14), f"{name} {key}: {found[name][key]}, {expected}")
    check(found["balanced"]["diff1"] == 2 / 1e-9, "4 * 0.5 / 1e-9")
    same(found["shape"]["diff1"], 999, "shapes that differ")
    check(math.isnan(found["nan"]["diff2"]), "NaN on one side")
    for side, values in zip("ab", halves):
        (folder / f"{side}.pbtxt").write_text(text_tensor(values))
    head, _ = parse(mmtui("single", "-s", folder / "a.pbtxt", "-d", folder / "b.pbtxt", "--vendor-exact").out)
    with np.errstate(over="ignore"):
        x, y = (np.array(values, "f2").astype("f8")[[0, 1, 3]] for values in halves)
    check(math.isclose(float(head["Diff1"]), vendor_diffs(x, y)[0], rel_tol=1e-14), head["Diff1"])
    same(json.loads(head["Diff4"]), [1.0, 0.0, 1.0], "0.1 and 0.0999755859 are one FLOAT16; 70000 is Inf on both sides")


main()
