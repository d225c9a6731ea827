#!/usr/bin/python3
"""GGUF: a file of the gguf package with what that package decodes it to; files that are damaged."""

import csv
import io
import json
import struct

import numpy as np

from harness import PEERS, check, main, mmtui, same, test

FILES = PEERS / "files"


@test
def decoded(folder):
    """gguf: every kind of block, and plain values, are what the gguf package says, bit for bit"""
    mmtui("convert", FILES / "gguf.gguf", folder / "out.npz")
    found, truth = np.load(folder / "out.npz"), np.load(FILES / "gguf.npz")
    same(sorted(found), sorted(truth), "names")
    for name in truth:
        same((found[name].dtype, found[name].shape), (truth[name].dtype, truth[name].shape), name)
        check(np.array_equal(found[name], truth[name]), name)


@test
def any_place(folder):
    """gguf: blocks are measured as the arrays are, with histograms, on both sides of a pair"""
    rows = list(csv.DictReader(io.StringIO(mmtui("compare", "-s", FILES / "gguf.npz", "-d", FILES / "gguf.gguf", "--hist",
                                                 "--quantiles", "--format", "csv", "--columns", "layer,dtype,diff2").out)))
    same(len(rows), 19, "tensors")
    same({row["diff2"] for row in rows}, {"0"}, "differences")
    same(next(row["dtype"] for row in rows if row["layer"] == "q4_k"), "f32 → Q4_K", "what it is stored as")
    shown = json.loads(mmtui("show", FILES / "gguf.gguf", "q6_k", "--json").out)[0]
    truth = np.load(FILES / "gguf.npz")["q6_k"].astype("f8")
    same((shown["min"], shown["max_at"], shown["stored_as"]), (truth.min(), int(truth.argmax()), "Q6_K"), "statistics")


def text(word):
    return struct.pack("<Q", len(word)) + word.encode()


def file_of(tensors, data=b"", pairs=b"", pair_count=0, version=3, count=None):
    """tensors: [(name, [ne], type, offset)]."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors) if count is None else count, pair_count) + pairs
    for name, sizes, kind, offset in tensors:
        head += text(name) + struct.pack("<I", len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)
        head += struct.pack("<IQ", kind, offset)
    return head + bytes(-len(head) % 32) + data


@test
def by_hand(folder):
    """gguf: ne[0] is the innermost axis; one Q8_0 block by hand; another alignment"""
    values = np.arange(6, dtype="<f4")
    block = struct.pack("<e", 0.5) + bytes(range(32))
    (folder / "a.gguf").write_bytes(file_of([("x", [3, 2], 0, 0), ("q", [32], 8, 32)], values.tobytes() + bytes(8) + block))
    mmtui("convert", folder / "a.gguf", folder / "a.npz")
    found = np.load(folder / "a.npz")
    same(found["x"].tolist(), [[0, 1, 2], [3, 4, 5]], "x")
    same(found["q"].tolist(), [i / 2 for i in range(32)], "q")
    pair = text("general.alignment") + struct.pack("<II", 4, 8)
    raw = file_of([("x", [6], 0, 0)], b"", pair, 1)
    end = raw.rstrip(b"\0")
    length = len(text("x")) + 4 + 8 + 12 + 24 + len(pair)
    (folder / "b.gguf").write_bytes(raw[:length] + bytes(-length % 8) + values.tobytes())
    check(len(end) <= length, "the header is what it should be")
    mmtui("convert", folder / "b.gguf", folder / "b.npy")
    same(np.load(folder / "b.npy").tolist(), values.tolist(), "aligned to 8")


@test
def damaged(folder):
    """gguf: what can't be is a sentence, whole files and single tensors"""
    good = FILES.joinpath("gguf.gguf").read_bytes()
    whole = {
        "cut": good[:700],
        "version": file_of([], version=1),
        "count": file_of([], count=1 << 60),
        "pairs": file_of([], pair_count=1 << 60),
        "text": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 62),
        "rank": file_of([("x", [1] * 5, 0, 0)], bytes(64)),
        "alignment": file_of([], b"", text("general.alignment") + struct.pack("<II", 4, 0), 1),
    }
    for name, data in whole.items():
        path = folder / f"{name}.gguf"
        path.write_bytes(data)
        run = mmtui("show", path, status=2)
        check(run.err.startswith(f"mmtui: {name}.gguf: ") or str(path) in run.err, run.err)
    single = {
        "values of GGUF's type 19": ("x", [256], 19, 0),
        "should end at byte": ("x", [64], 0, 0),
        "fit no whole number": ("x", [33], 8, 0),
        "fit no": ("x", [1 << 40, 1 << 40], 0, 0),
    }
    for word, tensor in single.items():
        (folder / "one.gguf").write_bytes(file_of([("good", [4], 0, 0), tensor], bytes(128)))
        run = mmtui("show", folder / "one.gguf", status=2)
        check("good\n  f32 [4]" in run.out and word in run.out, run.out)


main()
