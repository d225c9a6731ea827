#!/usr/bin/python3
"""The Channels and Values tabs of one layer, held against NumPy: worst elements, channels, slices, the heat map."""

import os
import re

import numpy

from harness import main, mmtui, same, test

RANDOM = numpy.random.default_rng(7)
SHAPE = (2, 5, 7, 9)


def dumps(folder):
    s = RANDOM.normal(size=SHAPE).astype("f4")
    s[:, 3] *= 40
    d = (s + RANDOM.normal(size=SHAPE).astype("f4") * numpy.float32(0.01) * numpy.abs(s).max(axis=(0, 2, 3), keepdims=True)).astype("f4")
    d[1, 2, 3, 4] = numpy.nan
    for side, x in (("src", s), ("dst", d)):
        os.makedirs(folder / side)
        numpy.save(folder / side / "1_conv.npy", x)
    return s.astype("f8"), d.astype("f8")


def frames(folder, script):
    (folder / "script").write_text(script)
    mmtui("src", "dst", "--script", "script", "--size", "120x40", cwd=folder)
    return {name[:-4]: (folder / name).read_text().partition("\n---")[0] for name in os.listdir(folder) if name.endswith(".txt")}


def indices(text):
    return [tuple(map(int, index.split(","))) for index in re.findall(r"^ \[([\d,]+)\]", text, re.M)]


@test
def against_numpy(folder):
    """tabs: worst elements, channels, slices and cells are NumPy's"""
    s, d = dumps(folder)
    seen = frames(folder, "Enter 4\n:screen worst.txt\n:slice [0,3,:,2]\n:screen slice.txt\nv\n:screen values.txt\nH\n:screen row.txt\n"
                          "/ Enter\n:screen map.txt\n3\n:screen channels.txt\na\n:screen rows.txt\n")
    e = numpy.where(numpy.isnan(d), numpy.inf, numpy.abs(s - d))
    order = [numpy.unravel_index(i, SHAPE) for i in numpy.argsort(-e, axis=None, kind="stable")]
    same(indices(seen["worst"]), [tuple(map(int, at)) for at in order[: len(indices(seen["worst"]))]], "worst elements")
    column = numpy.argsort(-e[0, 3, :, 2], kind="stable")
    same(indices(seen["slice"]), [(0, 3, int(i), 2) for i in column], "worst of a slice")
    same(indices(seen["values"]), [(0, 3, i, 2) for i in range(7)], "values of a slice")
    for line, i in zip(seen["values"].split("\n")[5:], range(7)):
        shown = list(map(float, line.split()[1:]))
        wanted = [s[0, 3, i, 2], d[0, 3, i, 2], e[0, 3, i, 2], e[0, 3, i, 2] / abs(s[0, 3, i, 2])]
        same(numpy.allclose(shown, wanted, rtol=1e-4), True, f"{shown} and {wanted}")
    same(f"max|d| {e[0, 3, 0, 2]:.4g} @[0,3,0,2]" in seen["row"], True, seen["row"])
    cell = e[:, :, 0, 0]
    at = numpy.unravel_index(numpy.argmax(cell), cell.shape)
    same(f"max|d| {cell.max():.4g} @[{at[0]},{at[1]},0,0]" in seen["map"], True, seen["map"])
    channels(seen["channels"], s, d, 1)
    channels(seen["rows"], s, d, 2)


def channels(text, s, d, axis):
    rows = {int(m[1]): m for m in re.finditer(r"^ {2,}(\d+) +(NaN, Inf|\S+)\D+?([\d.e-]+)[^\d]+?([\d.e-]+)", text, re.M)}
    same(sorted(rows), list(range(SHAPE[axis])), "channels\n" + text)
    for i, m in rows.items():
        x, y = s.take(i, axis), d.take(i, axis)
        if numpy.isnan(y).any():
            same(m[2], "NaN, Inf", f"channel {i}")
        else:
            same(abs(float(m[2]) / numpy.sqrt(numpy.mean((x - y) ** 2)) - 1) < 5e-3, True, f"rms of {i}: {m[2]}")
        same(abs(float(m[3]) / numpy.abs(x).max() - 1) < 5e-3, True, f"src of {i}: {m[3]}")
        same(abs(float(m[4]) / numpy.nanmax(numpy.abs(y)) - 1) < 5e-3, True, f"dst of {i}: {m[4]}")


main()
