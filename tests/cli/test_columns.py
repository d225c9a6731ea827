#!/usr/bin/python3
"""Tensors whose columns mean different things: rows of box, score and class, and a detector's raw result. What is
wrong with one column is nothing beside boxes in pixels; compare counts it, triage names it. Clean ones stay good."""

import json

import numpy as np

import harness
from harness import compare, mmtui, same, test

np.seterr(all="ignore")


class Tables:
    def __init__(self, folder, seed):
        self.folder, self.random = folder, np.random.default_rng(seed)

    def boxes(self, rows, size):
        corner, wide = self.random.uniform(0, 0.7 * size, (rows, 2)), self.random.uniform(0.02 * size, 0.3 * size, (rows, 2))
        return np.concatenate([corner, corner + wide], 1)

    def detections(self, rows, size=640):
        score = np.sort(self.random.uniform(0.3, 0.99, rows))[::-1]
        return np.column_stack([self.boxes(rows, size), score, self.random.integers(0, 30, rows)]).astype("f4")

    def near(self, a, *whole):
        """Off by a thousandth, but for columns of whole numbers."""
        d = (a * (1 + 1e-3 * self.random.standard_normal(a.shape))).astype("f4")
        d[..., whole] = a[..., whole]
        return d

    def put(self, src, dst):
        for side, table in (("src", src), ("dst", dst)):
            (self.folder / side).mkdir(exist_ok=True)
            x = np.random.default_rng(1).standard_normal((1, 3, 8, 8)).astype("f4")
            np.save(self.folder / side / "10_images.npy", x)
            np.save(self.folder / side / "20_out.npy", table)

    def look(self, fails):
        """(verdict, cause, text, columns) of the table; compare --fail does or does not."""
        compare(self.folder, "--fail", status=1 if fails else 0)
        layer = json.loads((self.folder / "out" / "mmtui.json").read_text())["layers"][1]
        told = json.loads(mmtui("triage", self.folder / "src", self.folder / "dst", "--json").out)["layers"][1]
        return told["verdict"], told["cause"], told["text"], layer.get("columns")


def looked(folder, seed, make):
    tables = Tables(folder, seed)
    tables.put(*make(tables))
    return tables.look(True)


@test
def classes_by_another_table(folder):
    """columns: classes mapped by another table, 0.01 of the energy, fail and are named"""

    def make(t):
        s = t.detections(60)
        d = t.near(s, 5)
        d[:, 5] = np.random.default_rng(3).permutation(30)[s[:, 5].astype(int)]
        make.share = float((d[:, 5] != s[:, 5]).mean())
        make.diff2 = float(np.sqrt(((s - d) ** 2).sum() / (s.astype("f8") ** 2).sum()))
        return s, d

    verdict, cause, text, columns = looked(folder, 1, make)
    same(make.diff2 < 0.05, True)
    same((verdict, cause), ("output-fault", "class-map"))
    same(text.startswith("column 5, class ids mapped by another table"), True, text)
    same((columns["axis"], columns["kind"], columns["first"], columns["last"]), (1, "integers", 5, 5))
    same(abs(columns["error"] - make.share) < 1e-9, True)


@test
def report_without_tensors(folder):
    """columns: a report that is opened without the tensors counts them as well"""

    def make(t):
        s = t.detections(40)
        d = t.near(s, 5)
        d[:10, 5] += 1
        return s, d

    looked(folder, 7, make)
    out = mmtui(folder / "out" / "mmtui.json").out
    same("25 % of the integers in column 5 differ" in out and "2 pairs; 1 bad" in out, True, out)


@test
def token_ids(folder):
    """columns: token ids that are off by one, a millionth of the energy, are other tokens that were fed"""

    def make(t):
        s = t.random.integers(1000, 3000, (1, 40))
        return s, s + (np.arange(40) % 4 == 0)

    tables = Tables(folder, 8)
    tables.put(*make(tables))
    for side in ("src", "dst"):
        (folder / side / "10_images.npy").unlink()  # it is the input now
    compare(folder, "--fail", status=1)
    told = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json").out)["layers"][0]
    same((told["verdict"], told["cause"]), ("input-fault", "integers-differ"))
    same(told["text"].startswith("10 of 40 integers differ (25 %)"), True, told["text"])


@test
def ssd_boxes(folder):
    """columns: SSD's [1, 1, N, 7] padded with zeros, boxes in parts of the picture as y, x, y, x"""

    def make(t):
        s = np.zeros((1, 1, 50, 7), "f4")
        s[0, 0, :20] = np.column_stack([np.zeros(20), t.random.integers(1, 90, 20), np.linspace(0.9, 0.2, 20), t.boxes(20, 1)])
        s[0, 0, 20, 0] = -1
        d = t.near(s, 0, 1)
        d[..., 3:] = d[..., [4, 3, 6, 5]]
        return s, d

    verdict, cause, text, columns = looked(folder, 2, make)
    same((verdict, text), ("output-fault", "x and y exchanged in columns 3 to 6 (boxes y, x, y, x)"))


@test
def raw_scores_lost(folder):
    """columns: a raw result [1, 4 + C, N] in integers of one scale, which has no step for scores"""

    def make(t):
        box = np.stack([t.random.uniform(0, 640, 200), t.random.uniform(0, 640, 200)] + [t.random.uniform(8, 90, 200)] * 2)
        score = t.random.uniform(0, 0.01, (12, 200))
        score[t.random.integers(0, 12, 20), t.random.integers(0, 200, 20)] = t.random.uniform(0.4, 0.9, 20)
        s = np.concatenate([box, score])[None].astype("f4")
        return s, (np.rint(s / 2.5) * 2.5).astype("f4")

    verdict, cause, text, columns = looked(folder, 3, make)
    same((verdict, cause), ("format-limited", "underflow"))
    same(text, "columns 4 to 15 are all 0, one scale for boxes and scores loses them")
    same((columns["axis"], columns["kind"], columns["error"]), (1, "scores", 1))


@test
def one_detection_fewer(folder):
    """columns: a detection near the threshold that dst has not; the others agree"""

    def make(t):
        s = t.detections(30)
        return s, t.near(np.delete(s, 12, 0), 5)

    verdict, cause, text, columns = looked(folder, 4, make)
    same((verdict, cause, text), ("output-fault", "detections", "1 row fewer in dst: 29 of src's 30 agree"))


@test
def indices_of_nms(folder):
    """columns: NMS's picture, class, box as int64, where classes differ and boxes agree"""

    def make(t):
        s = np.column_stack([np.arange(40) // 20, t.random.integers(0, 9, 40), np.sort(t.random.choice(8400, 40, False))])
        d = s.copy()
        d[:, 1] = (s[:, 1] + 1) % 9
        return s, d

    verdict, cause, text, columns = looked(folder, 5, make)
    same((verdict, cause), ("output-fault", "class-map"))
    same((columns["kind"], columns["first"], columns["error"]), ("integers", 1, 1))


@test
def clean(folder):
    """columns: tables that only round, and matrices that are none, pass"""
    t = Tables(folder, 6)
    s = t.detections(50)
    tokens = (t.random.standard_normal((40, 64)) * np.where(np.arange(64) % 9, 1, 90)).astype("f4")
    step = np.abs(tokens).max() / 127
    for src, dst in (
        (s, t.near(s, 5)),
        (s, s.astype("f2")),
        (s[:, :4], t.near(s[:, :4])),
        (tokens, (np.rint(tokens / step) * step).astype("f4")),
        (np.maximum(tokens, 0)[None], np.maximum(np.rint(tokens / step) * step, 0).astype("f4")[None]),
    ):
        t.put(src, dst)
        verdict, cause, text, columns = t.look(False)
        same((verdict, cause, text), ("ok", "", ""))
        same(columns is None or columns["error"] < 0.01, True, columns)


harness.main()
