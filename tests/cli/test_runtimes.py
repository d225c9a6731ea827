#!/usr/bin/python3
"""Dumps of one network by two runtimes that name nothing alike: names, shapes and order are those of real ones (tests/peers/
pair_check.py), the values are made up."""

import gzip
import json

import numpy as np

from harness import PEERS, check, compare, load_report, main, same, test

NETWORKS = json.loads(gzip.decompress((PEERS / "files/pairs.json.gz").read_bytes()))


def drawn(number, shape):
    """Values as layers have them: of a mean and a width of their own, some of them cut off at 0."""
    if number < 0:
        return np.full(shape, 2, "f4")
    random = np.random.default_rng([7, number])
    values = random.normal(random.uniform(-1, 1), random.uniform(0.3, 3), shape)
    return (np.maximum(values, 0) if number % 3 == 0 else values).astype("f4")


def tensors(rows, first, noise):
    """`first`: by number of the values, the shape without axes of length 1 of the tensor that has them as they are drawn."""
    random, made = np.random.default_rng(noise[0]), {}
    for name, shape, number, axes in rows:
        squeezed = [n for n in shape if n != 1]
        plain = first.setdefault(number, squeezed) if number >= 0 else squeezed
        value = drawn(number, plain)
        if number >= 0 and axes:
            value = value.transpose(axes) if [plain[k] for k in axes] == squeezed else value
        value = value.reshape(shape)
        off = random.standard_normal(shape) * noise[1] * value.std() if noise[1] and number >= 0 else 0
        made[name] = (value + off).astype("f4")
    return made


def shares(folder, name, error):
    """(share of the true pairs that are made, share of the pairs made that are false, what is made)"""
    rows, first = NETWORKS[name], {}
    for side, noise, path in ((rows[0], 0, "src.npz"), (rows[1], error, "dst.npz")):
        np.savez(folder / path, **tensors(side, first, (1, noise)))
    compare(folder, src="src.npz", dst="dst.npz")
    numbers = [{row[0]: row[2] for row in side} for side in rows]
    own = lambda side: side["member"].removesuffix(".npy")
    made = {(own(l["src"]), own(l["dst"])) for l in load_report(folder)["layers"] if l.get("src") and l.get("dst")}
    several = lambda side: {n for n in side.values() if list(side.values()).count(n) > 1}
    ones = set(numbers[0].values()) & set(numbers[1].values()) - several(numbers[0]) - several(numbers[1]) - {-1}
    true = {(a, b) for a, n in numbers[0].items() if n in ones for b, m in numbers[1].items() if n == m}
    check(len(true) >= 6, f"{name}: {len(true)} true pairs")
    wrong = [pair for pair in made if numbers[0][pair[0]] != numbers[1][pair[1]] and numbers[0][pair[0]] >= 0]
    return len(true & made) / len(true), len(wrong) / len(made), made


@test
def as_float(folder):
    """runtimes: at least 95 % of the true pairs, under 1 % false, by names, order, shapes and statistics"""
    for name in NETWORKS:
        found, false, _ = shares(folder, name, 0)
        check(found >= 0.95 and false < 0.01, f"{name}: {found:.3f} of the true pairs, {false:.3f} of those made are false")


@test
def with_errors(folder):
    """runtimes: the same with an error of 1 %, as a lower precision has it"""
    for name in NETWORKS:
        found, false, _ = shares(folder, name, 0.01)
        check(found >= 0.95 and false < 0.01, f"{name}: {found:.3f} of the true pairs, {false:.3f} of those made are false")


@test
def never_silently(folder):
    """runtimes: the order of dumps is said where it pairs, on each row and above all, and can be switched off"""
    name = next(iter(NETWORKS))
    made = shares(folder, name, 0)[2]
    report = load_report(folder)
    rows = [layer for layer in report["layers"] if layer.get("paired_by") == "order"]
    check(len(rows) >= 15, f"{len(rows)} of {len(made)}")
    same({layer["pairing"] for layer in rows} - {"the same values as another of its dump, which is paired by order"},
         {"same place in the order, same shape, alike statistics"}, "the rows")
    said = compare(folder, src="src.npz", dst="dst.npz")
    wanted = f"{len(rows)} of {len(made)} pairs were made by the order of both dumps, shapes and statistics"
    check(wanted in " ".join((said.out + said.err).split()), said.out + said.err)
    compare(folder, "--no-pair-by", "order", src="src.npz", dst="dst.npz")
    check(not any(layer.get("paired_by") == "order" for layer in load_report(folder)["layers"]), "off")


@test
def other_network(folder):
    """runtimes: of tensors of another network with the same shapes none is paired"""
    random = np.random.default_rng(3)
    for path, scale in (("src.npz", 1), ("dst.npz", 9)):
        np.savez(folder / path, **{f"{path[0]}{k * 7}": (random.uniform(-1, 1) + random.standard_normal((4, 5, 6)) * scale * random.uniform(0.2, 3)).astype("f4")
                                   for k in range(20)})
    compare(folder, src="src.npz", dst="dst.npz")
    check(not any("paired_by" in layer for layer in load_report(folder)["layers"]), "something is paired")


@test
def a_fault(folder):
    """runtimes: what follows a broken layer, in values, is paired all the same where nothing is missing between"""
    random = np.random.default_rng(4)
    src = {f"layer.{k}": (random.uniform(-1, 1) + random.standard_normal((3, 4 + k % 4, 6)) * random.uniform(0.3, 3)).astype("f4") for k in range(24)}
    dst = {f"{40 + 3 * k}": value * np.float32(1 if k < 18 else 5) + np.float32(k >= 18) for k, value in enumerate(src.values())}
    np.savez(folder / "src.npz", **src)
    np.savez(folder / "dst.npz", **dst)
    compare(folder, src="src.npz", dst="dst.npz")
    own = lambda side: side["member"].removesuffix(".npy")
    made = {(own(l["src"]), own(l["dst"])) for l in load_report(folder)["layers"] if "paired_by" in l}
    same(made, set(zip(src, dst)), "pairs")


if __name__ == "__main__":
    main()
