#!/usr/bin/python3
"""Dumps that mindstudio-probe wrote of a small network (tests/peers/msprobe_dump.py): tensors and statistics against NumPy."""

import io
import json
import zipfile

import numpy as np

from harness import PEERS, check, compare, load_report, main, same, test

ARCHIVE = PEERS / "files/msprobe.zip"


def near(found, wanted, relative):
    check(abs(found - wanted) <= relative * max(abs(wanted), 1e-3), f"{found}, not {wanted}")


def expected():
    with zipfile.ZipFile(ARCHIVE) as archive:
        return dict(np.load(io.BytesIO(archive.read("expected.npz"))))


def unpack(folder):
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)


def said(folder, task):
    """name: what msprobe itself says of the tensor, where it has a name"""
    (path,) = (folder / task).rglob("dump.json")
    found = {}

    def walk(prefix, value):
        if isinstance(value, dict) and value.get("type") == "torch.Tensor":
            found[prefix] = value
        elif isinstance(value, dict):
            for key, part in value.items():
                walk(f"{prefix}.{key}", part)
        elif isinstance(value, list):
            for k, part in enumerate(value):
                walk(f"{prefix}.{k}", part)

    for call, parts in json.loads(path.read_text())["data"].items():
        for key, part in parts.items():
            walk(f"{call}.{ {'input_args': 'input', 'output': 'output', 'parameters': 'parameters'}.get(key, key) }", part)
    return found


@test
def tensors(folder):
    """msprobe: a dump of tensors against the modules' outputs as hooks saw them: every figure is NumPy's"""
    unpack(folder)
    wanted = expected()
    changed = {name: value * np.float32(1.01) + np.float32(0.002) for name, value in wanted.items()}
    np.savez(folder / "dst.npz", **changed)
    compare(folder, src="tensor", dst="dst.npz")
    rows = {layer["name"]: layer for layer in load_report(folder)["layers"] if "paired_by" in layer}
    same(set(rows), set(wanted), "pairs")
    for name, value in wanted.items():
        s, d = value.astype("f8"), changed[name].astype("f8")
        stats, metrics = rows[name]["src"]["stats"], rows[name]["metrics"]
        same(tuple(rows[name]["src"]["shape"]), value.shape, name)
        for key, figure in (("min", s.min()), ("max", s.max()), ("mean", s.mean()), ("std", s.std())):
            near(stats[key], figure, 1e-9)
        near(metrics["diff2"], np.sqrt(((s - d) ** 2).sum() / (s ** 2).sum()), 1e-9)
        near(metrics["diff1"], np.abs(s - d).sum() / np.abs(s).sum(), 1e-9)


@test
def statistics_of_tensors(folder):
    """msprobe: what it says of a tensor (Max, Min, Mean, Norm) is what the tensor in its file has"""
    unpack(folder)
    compare(folder, src="tensor", dst="tensor")
    rows = {layer["name"]: layer["src"] for layer in load_report(folder)["layers"]}
    found = {name: value for name, value in said(folder, "tensor").items() if name in rows}
    same(set(found), set(rows), "names")
    check(len(found) > 25, len(found))
    for name, value in found.items():
        stats, count = rows[name]["stats"], np.prod(value["shape"])
        for key, figure in (("Max", stats["max"]), ("Min", stats["min"]),
                            ("Norm", np.sqrt(count * (stats["mean"] ** 2 + stats["std"] ** 2)))):
            near(value[key], figure, 2e-6)
        check(abs(value["Mean"] - stats["mean"]) < 1e-6 * stats["std"] + 1e-7, f"{name}: {value['Mean']}")  # summed as float32


@test
def statistics(folder):
    """msprobe: a dump of statistics has those of the tensors' own dump, each by its name"""
    unpack(folder)
    run = compare(folder, src="statistics", dst="statistics")
    check("which kept their statistics alone" in run.err, run.err)
    rows = [layer["name"] for layer in load_report(folder)["layers"]]
    same(len(rows), len(said(folder, "tensor")), "rows")
    with_tensors, alone = said(folder, "tensor"), said(folder, "statistics")
    same(set(with_tensors), set(alone), "names")
    for name, value in alone.items():
        for key in ("Max", "Min", "Mean", "Norm"):
            same(value[key], with_tensors[name][key], f"{name} {key}")


@test
def statistics_of_the_other(folder):
    """msprobe: a dump of statistics against one of tensors is compared by statistics: NumPy's of the tensors, and what is off is bad"""
    unpack(folder)
    for src, dst in (("statistics", "tensor"), ("tensor", "statistics")):
        run = compare(folder, src=src, dst=dst)
        check("could not be read" not in run.err, run.err)
        found = load_report(folder)["layers"]
        same(len(found), 32, "pairs")
        same({layer["layout"].split(":")[0] for layer in found}, {"compared by statistics"}, "label")
        same({layer["verdict"]["kind"] for layer in found}, {"ok"}, "verdicts")
        check(all(layer["metrics"]["diff2"] < 1e-6 for layer in found), "diff2")
        check(not any("stats" in layer[side] for layer in found for side in ("src", "dst")), "figures of figures")
    named = {name: value for name, value in said(folder, "statistics").items() if name in expected()}
    values = {name: expected()[name].astype("f8") * 1.25 for name in named}
    np.savez(folder / "off.npz", **{name: value.astype("f4") for name, value in values.items()})
    compare(folder, src="statistics", dst="off.npz")
    rows = {layer["name"]: layer for layer in load_report(folder)["layers"] if "paired_by" in layer}
    same(set(rows), set(named), "pairs")
    check(len(rows) > 3, rows)
    for name, value in named.items():
        off = values[name]
        kept = np.array([value["Max"], value["Min"], value["Mean"], value["Norm"] / np.sqrt(off.size)])
        now = np.array([off.max(), off.min(), off.mean(), np.sqrt((off ** 2).mean())])
        near(rows[name]["metrics"]["diff2"], np.linalg.norm(now - kept) / np.linalg.norm(kept), 1e-5)
        check(rows[name]["verdict"]["bad"], rows[name])
    np.savez(folder / "other.npz", **{name: np.zeros(7, "f4") for name in named})
    check("they are not as many" in compare(folder, src="statistics", dst="other.npz").err, "other shapes")


if __name__ == "__main__":
    main()
