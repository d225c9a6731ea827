#!/usr/bin/env python3
"""Which pairs `mmtui compare` makes of two runtimes' dumps of one network, against those that the values tell.

Usage: pair_check.py MMTUI FOLDER ...    folders of pair_networks.py; prints a line a comparison, and the shares of all
       pair_check.py --keep FILE.json.gz FOLDER:SRC:DST ...   names, shapes and which are the same: what make test replays

Two tensors are truly the same if they have the same elements, but for float noise, in the same shape, or under the same
permutation of axes, axes of length 1 left out. A pair is false if its tensors are not. Of the true ones those count that can be
told: a tensor that equals several of the other side (Identity, Dropout, a container's and its last child's) is in none of them,
but where the other side's dump has all of its equals under one tensor. Constant tensors are left out.
"""
import gzip
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

LEAST_TRUE, MOST_FALSE = 0.95, 0.01
NOISE = 2e-4


def load(path):
    with np.load(path) as file:
        return {name: file[name] for name in file if file[name].size}


def is_constant(value):
    return value.size < 2 or value.dtype.kind not in "fiu" or not np.isfinite(value.astype("f8")).all() or value.min() == value.max()


def close(a, b):
    return np.linalg.norm(a - b) <= NOISE * max(np.linalg.norm(a), np.linalg.norm(b))


def same(a, b):
    """Equal up to float noise, as they are or with axes permuted."""
    a, b = np.squeeze(a).astype("f8"), np.squeeze(b).astype("f8")
    if a.size != b.size:
        return False
    if a.shape == b.shape and close(a, b):
        return True
    if sorted(a.shape) != sorted(b.shape) or not close(np.sort(a, axis=None), np.sort(b, axis=None)):
        return False
    return any(a.transpose(order).shape == b.shape and close(a.transpose(order), b) for order in itertools.permutations(range(a.ndim)))


def key(value):
    flat = value.astype("f8")
    return np.array([flat.mean(), flat.std(), flat.min(), flat.max()]), flat.std()


def equal_pairs(src, dst):
    by_size = {}
    for name, value in dst.items():
        by_size.setdefault(value.size, []).append((name, *key(value)))
    found = set()
    for name, value in src.items():
        figures, scale = key(value)
        for other, others, _ in by_size.get(value.size, ()):
            if np.abs(figures - others).max() <= 1e-2 * scale and same(value, dst[other]):
                found.add((name, other))
    return found


def only(equal):
    """Pairs in which neither has another equal."""
    left, right = {}, {}
    for a, b in equal:
        left.setdefault(a, set()).add(b)
        right.setdefault(b, set()).add(a)
    return {(a, b) for a, b in equal if len(left[a]) == 1 and len(right[b]) == 1}


def made(mmtui, src, dst, *options):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([mmtui, "compare", src, dst, "-o", out, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        report = json.loads((pathlib.Path(out) / "mmtui.json").read_text())
    own = lambda side: side["member"].removesuffix(".npy")
    return {(own(l["src"]), own(l["dst"])): l["paired_by"] for l in report["layers"] if l.get("src") and l.get("dst")}


def judge(mmtui, folder, kind, verbose):
    files = folder / (kind[0] + ".npz"), folder / (kind[1] + ".npz")
    src, dst = load(files[0]), load(files[1])
    equal = equal_pairs(src, dst)
    true = {(a, b) for a, b in only(equal) if not is_constant(src[a])}
    rows = []
    for how, options in (("--model", ["--model", folder / "model.onnx"]), ("names", [])):
        pairs = made(mmtui, *files, *options)
        wrong = {p for p in pairs if p not in equal and not is_constant(src[p[0]]) and not is_constant(dst[p[1]])}
        found = len(true & pairs.keys())
        rows.append((how, len(true), found, len(pairs), len(wrong)))
        print(f"{folder.name:24} {kind[0]:>6} {kind[1]:6} {how:8} {len(src):4} x {len(dst):4}   true {found:4} of {len(true):4}   false {len(wrong):3} of {len(pairs):4}", flush=True)
        if verbose:
            for pair in sorted(true - pairs.keys()):
                print("   missed", *pair)
            for pair in sorted(wrong):
                print("   false ", *pair, pairs[pair])
    return rows


def order_of(a, b):
    """The axes of a, without those of length 1, in the order of b's."""
    a, b = np.squeeze(a).astype("f8"), np.squeeze(b).astype("f8")
    orders = [range(a.ndim)] if a.shape == b.shape and close(a, b) else itertools.permutations(range(a.ndim))
    return next((list(o) for o in orders if a.transpose(o).shape == b.shape and close(a.transpose(o), b)), list(range(a.ndim)))


def kept(folder, src_kind, dst_kind):
    """Two lists, in their order, of [name, shape, which values, their axes]; values are numbered, those of -1 are constant."""
    sides = [load(folder / (kind + ".npz")) for kind in (src_kind, dst_kind)]
    groups = []  # (a tensor, its number)
    out = []
    for side in sides:
        rows = []
        for name, value in side.items():
            if is_constant(value):
                rows.append([name, list(value.shape), -1, []])
                continue
            found = next((k for k, first in enumerate(groups) if first.size == value.size and same(first, value)), None)
            if found is None:
                found = len(groups)
                groups.append(value)
            rows.append([name, list(value.shape), found, order_of(groups[found], value)])
        out.append(rows)
    return out


def keep(path, wanted):
    networks = {}
    for text in wanted:
        folder, *kinds = text.split(":")
        networks[":".join([pathlib.Path(folder).name, *kinds])] = kept(pathlib.Path(folder), *kinds)
    pathlib.Path(path).write_bytes(gzip.compress(json.dumps(networks, separators=(",", ":")).encode(), mtime=0))


def main():
    if sys.argv[1] == "--keep":
        keep(sys.argv[2], sys.argv[3:])
        return 0
    mmtui, folders = sys.argv[1], sys.argv[2:]
    verbose = "-v" in folders
    bad = 0
    for kind in (("ort", "opencv"), ("hooks", "ort")):
        total = {}
        for folder in map(pathlib.Path, folders):
            if all((folder / (name + ".npz")).exists() for name in kind):
                for how, *figures in judge(mmtui, folder, kind, verbose):
                    total.setdefault(how, []).append(figures)
        for how, rows in total.items():
            n, found, pairs, wrong = map(sum, zip(*rows))
            least = min(row[1] / max(row[0], 1) for row in rows)
            print(f"{kind[0]} against {kind[1]}, {how}: {len(rows)} networks, {100 * found / max(n, 1):.1f} % of {n} true pairs (least {100 * least:.1f} %), "
                  f"{100 * wrong / max(pairs, 1):.2f} % of {pairs} made are false")
            bad += found < LEAST_TRUE * n or wrong >= MOST_FALSE * max(pairs, 1)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
