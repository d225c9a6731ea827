#!/usr/bin/python3
"""Faults that the values of one tensor tell, and what looks like them and is right: what triage says, and that suggest
answers none of them with precision.

Each is made here with NumPy, with the arithmetic that makes such a fault."""

import json

import numpy as np

import harness
from harness import check, mmtui, same, test

np.seterr(all="ignore")


class Dumps:
    """x, y and z in this order; x is right on both sides, y is what the test is about."""

    def __init__(self, folder, seed):
        self.folder, self.random = folder, np.random.default_rng(seed)

    def normal(self, *shape):
        return self.random.standard_normal(shape).astype("f4")

    def near(self, a):
        """As another float kernel would give it: off by a thousandth."""
        return (a * (1 + 1e-3 * self.random.standard_normal(a.shape))).astype("f4")

    def put(self, name, **sides):
        self.folder = self.folder.parent / name
        x = self.normal(1, 16, 32)
        for side, y in sides.items():
            (self.folder / side).mkdir(parents=True)
            np.save(self.folder / side / "10_x.npy", x)
            np.save(self.folder / side / "20_y.npy", y)
            np.save(self.folder / side / "30_z.npy", self.near(x))
        return self

    def found(self):
        """(verdict, cause, sentence) of y."""
        out = mmtui("triage", self.folder / "src", self.folder / "dst", "--json").out
        y = json.loads(out)["layers"][1]
        return y["verdict"], y["cause"], y["text"]

    def raised(self):
        out = mmtui("suggest", self.folder / "src", self.folder / "dst").out
        return [row for row in out.splitlines() if "FLOAT" in row and row.split()[0].isdigit()]


def starts(found, verdict, cause, text):
    same((found[0], found[1], found[2][: len(text)]), (verdict, cause, text))


@test
def wraps(folder):
    """values: a conversion to int8 without saturation, an accumulator of 16 bits"""
    dumps = Dumps(folder / "x", 1)
    y = dumps.normal(1, 8, 20, 20)
    codes = np.rint(y / 0.02).astype("i4").astype("i1")
    dumps.put("int8", src=y, dst=(codes * 0.02).astype("f4"))
    starts(dumps.found(), "implementation", "wrapped", "integers wrap around modulo 256, they do not saturate")
    sums = np.rint(y * 25000).astype("i4")
    dumps.put("int16", src=sums, dst=sums.astype("i2").astype("i4"))
    starts(dumps.found(), "implementation", "wrapped", "integers wrap around modulo 65536, they do not saturate")
    same(dumps.raised(), [])


@test
def nothing_to_round(folder):
    """values: of tensors without a finite value no least error of a format is told; how much worse than before fits its column"""
    for side in ("src", "dst", "before"):
        (folder / side).mkdir()
        np.save(folder / side / "empty.npy", np.zeros((0, 4), "f4"))
        np.save(folder / side / "nan.npy", np.full((4, 8), np.nan, "f4"))
        for name, off in (("worse", 2 if side == "dst" else 1.0009 if side == "before" else 1), ("exact", 1 + (side == "dst"))):
            np.save(folder / side / f"{name}.npy", np.full((4, 8), off, "f4"))
    for name in ("empty", "nan"):
        (folder / "s").write_text(f":filter {name}\nEnter\n:screen -\n")
        seen = mmtui(folder / "src", folder / "dst", "--script", folder / "s").out
        check("within the thresholds" in seen and "at least" not in seen, seen)
    rows = mmtui(folder / "src", folder / "dst", "--before", folder / "before", "--columns", "layer,change").out.splitlines()
    found = {row.split()[0]: row.split(None, 1)[1:] for row in rows[1:5]}
    same((found["worse"], found["exact"], found["nan"]), (["1e3x worse"], ["worse"], []), "changes")


@test
def samples(folder):
    """values: one sample of a batch is empty; two have changed places"""
    dumps = Dumps(folder / "x", 2)
    y = dumps.normal(4, 3, 16, 16)
    empty = dumps.near(y)
    empty[2] = 0
    dumps.put("empty", src=y, dst=empty)
    starts(dumps.found(), "implementation", "batch-sample", "sample 2 of 4 (axis 0) is 0 everywhere")
    same(dumps.raised(), [])
    dumps.put("places", src=y, dst=dumps.near(y)[[0, 3, 2, 1]])
    starts(dumps.found(), "implementation", "batch-sample", "samples 1, 3 of 4 (axis 0) changed places")
    dumps.put("same", src=np.repeat(y[:1], 4, 0), dst=np.repeat(dumps.near(y[:1]), 4, 0)[[1, 0, 3, 2]])
    same(dumps.found()[0], "ok")


@test
def masks(folder):
    """values: masks by each format's own value are no fault; one key more that is masked is"""
    dumps = Dumps(folder / "x", 3)
    scores, later = 4 * dumps.normal(2, 4, 24, 24), np.triu(np.ones((24, 24), bool), 1)
    more = later | (np.arange(24) > 22)
    for count, (a, b) in enumerate([(-3.4028235e38, -65504), (-1e9, -np.inf), (-1e4, -1e4), (-2147483648, -32768)]):
        a, b = np.float32(a), np.float32(b)
        dumps.put(f"same{count}", src=np.where(later, a, scores), dst=np.where(later, b, dumps.near(scores)))
        same(dumps.found()[0], "ok", (a, b))
        dumps.put(f"more{count}", src=np.where(later, a, scores), dst=np.where(more, b, dumps.near(scores)))
        starts(dumps.found(), "implementation", "mask-differs", "the mask differs: 0 positions in src alone, 8 in dst")
    same(dumps.raised(), [])


@test
def padding_and_axis(folder):
    """values: an average that counts its padding; softmax over the wrong axis"""
    dumps = Dumps(folder / "x", 4)
    inner = np.abs(dumps.normal(1, 8, 12, 12)) + 1
    padded = np.pad(inner, ((0, 0), (0, 0), (1, 1), (1, 1)))
    total = sum(padded[:, :, i : i + 12, j : j + 12] for i in range(3) for j in range(3))
    count = np.convolve(np.ones(12), np.ones(3), "same")
    dumps.put("pool", src=(total / np.outer(count, count)).astype("f4"), dst=(total / 9).astype("f4"))
    starts(dumps.found(), "implementation", "border", "only the border is off (top, bottom, left, right, 1 deep)")
    x = dumps.normal(1, 4, 16, 16)
    softmax = lambda axis: (np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)).astype("f4")
    dumps.put("softmax", src=softmax(3), dst=softmax(2))
    starts(dumps.found(), "implementation", "softmax-axis", "softmax over axis 2 in dst, over axis 3 in src")
    same(dumps.raised(), [])


@test
def few_values(folder):
    """values: two wrong ones of sixty are counted, and are no part that was never written"""
    dumps = Dumps(folder / "x", 5)
    y = dumps.normal(1, 60)
    d = dumps.near(y)
    d[0, 17] += 3
    d[0, 44] -= 4
    dumps.put("two", src=y, dst=d)
    starts(dumps.found(), "implementation", "isolated", "2 of 60 values are wrong, here and there")


@test
def one_binade(folder):
    """values: bf16 within a binade has 128 even steps, and is bf16"""
    dumps = Dumps(folder / "x", 6)
    y = (1 + dumps.random.random((1, 16, 400))).astype("f4")
    d = (y.view("u4") & 0xFFFF0000).view("f4")
    d[0, 3:9] = d[0, 3:9, ::-1]  # something to look at
    dumps.put("binade", src=y, dst=d)
    out = mmtui("triage", dumps.folder / "src", dumps.folder / "dst", "--json").out
    floors = json.loads(out)["layers"][1]["floors"]
    same([floor["format"] for floor in floors if floor["is_dst"]], ["bf16"])


harness.main()
