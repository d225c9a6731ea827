#!/usr/bin/python3
"""`mmtui convert`, `mmtui show`, `mmtui diff`, `mmtui formats`: against NumPy."""

import json

import numpy as np
from google.protobuf import text_format

from harness import check, main, mmtui, same, schema, test


def arrays():
    rng = np.random.default_rng(3)
    return {
        "half": rng.normal(size=(2, 3)).astype("f2"),
        "single": np.asfortranarray(rng.normal(size=(4, 5)).astype("f4")),
        "big": np.arange(6, dtype=">i4").reshape(2, 3) - 3,
        "scalar": np.array(2.5),
        "empty": np.zeros((0, 3), "f4"),
        "flags": np.array([True, False, True]),
        "special": np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], "f4"),
    }


def same_array(found, expected, name):
    same(found.shape, expected.shape, f"{name}: shape")
    same(found.dtype.newbyteorder("="), expected.dtype.newbyteorder("="), f"{name}: dtype")
    check(np.array_equal(found, expected, equal_nan=expected.dtype.kind == "f"), f"{name}: {found} {expected}")


@test
def there_and_back(folder):
    """convert: npz to npy, pb, pbtxt and back gives the same arrays"""
    data = arrays()
    np.savez(folder / "a.npz", **data)
    for name in ("npy", "pb", "pbtxt"):
        mmtui("convert", folder / "a.npz", folder / name, "--format", name)
        mmtui("convert", "-r", folder / name, folder / f"{name}.npz")
        back = np.load(folder / f"{name}.npz")
        same(sorted(back), sorted(data), f"{name}: names")
        for key, expected in data.items():
            same_array(back[key], expected, f"{name}: {key}")


@test
def onnx_text(folder):
    """convert --format onnx-text, and to .textproto: python3-onnx reads the arrays and names, mmtui its own"""
    import onnx
    from onnx import numpy_helper

    data = {**arrays(), "many": np.random.default_rng(5).integers(0, 256, 30000).astype("u1")}
    np.savez(folder / "a.npz", **data)
    mmtui("convert", folder / "a.npz", folder / "out", "--format", "onnx-text")
    for key, expected in data.items():
        text = (folder / "out" / f"{key}.pbtxt").read_text()
        message = text_format.Parse(text, onnx.TensorProto())
        same(message.name, key, "name")
        same_array(numpy_helper.to_array(message), expected, key)
        check(text_format.MessageToString(message) == text, f"{key}: protobuf prints another text")
    mmtui("convert", "-r", folder / "out", folder / "back.npz")
    with np.load(folder / "back.npz") as back:
        for key, expected in data.items():
            same_array(back[key], expected, f"back: {key}")
    np.save(folder / "one.npy", data["single"])
    mmtui("convert", folder / "one.npy", folder / "one.textproto")
    message = text_format.Parse((folder / "one.textproto").read_text(), onnx.TensorProto())
    same_array(numpy_helper.to_array(message), data["single"], "one")
    same(message.name, "one", "one: name")
    run = mmtui("show", folder / "one.textproto")
    check("[4, 5]" in run.out and "one" in run.out, run.out)


@test
def vendor(folder):
    """convert -i -o: readable text that the tensor message's own parser reads"""
    np.save(folder / "a.npy", np.array([[1, 2], [3, 4.5]], "f4"))
    mmtui("convert", "-i", folder / "a.npy", cwd=folder)
    message = text_format.Parse((folder / "output_file").read_text(), schema().TensorProto())
    same(list(message.tensor_shape), [2, 2], "shape")
    same(list(message.float_val), [1, 2, 3, 4.5], "values")


@test
def names(folder):
    """convert: names that no file can have, and names that become the same"""
    np.savez(folder / "a.npz", **{"x/y": np.zeros(2), "x_y": np.ones(2), "../z": np.ones(1)})
    run = mmtui("convert", folder / "a.npz", folder / "out", "--format", "npy", status=2)
    same(sorted(p.name for p in (folder / "out").iterdir()), ["_._z.npy", "x_y.npy"], "files")
    check("another tensor is written as x_y.npy" in run.err and "1 left out" in run.out, run.err + run.out)
    same(sorted(p.name for p in folder.iterdir()), ["a.npz", "out"], "nothing beside the folder")


@test
def stamps(folder):
    """convert: time stamps and layouts in names are kept; a stamped format gets the place in the order"""
    (folder / "in").mkdir()
    np.save(folder / "in/conv.npy", np.zeros(2, "f4"))
    np.save(folder / "in/add.npy", np.zeros(2, "f4"))
    mmtui("convert", "-r", folder / "in", folder / "pb", "--format", "pbtxt")
    same(sorted(p.name for p in (folder / "pb").iterdir()), ["1_add.pbtxt", "2_conv.pbtxt"], "files")
    mmtui("convert", "-r", folder / "pb", folder / "pb2", "--format", "pb")
    same(sorted(p.name for p in (folder / "pb2").iterdir()), ["1_add.pb", "2_conv.pb"], "stamps are kept")


@test
def refused(folder):
    """convert: a folder without -r, many into one, a name without an ending, a damaged file: sentences"""
    (folder / "in").mkdir()
    np.save(folder / "in/a.npy", np.zeros(2, "f4"))
    (folder / "in/b.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'")
    check("-r" in mmtui("convert", folder / "in", folder / "x.npz", status=2).err, "-r")
    check("do not fit" in mmtui("convert", "-r", folder / "in", folder / "x.npy", status=2).err, "many")
    check("--format" in mmtui("convert", folder / "in/a.npy", folder / "x", status=2).err, "ending")
    check("b.npy" in mmtui("convert", "-r", folder / "in", folder / "x.npz", status=2).err, "damaged")
    check(not (folder / "x.npz").exists(), "all or nothing")
    mmtui("convert", "-r", folder / "in", folder / "out", "--format", "npy", status=2)
    same([p.name for p in (folder / "out").iterdir()], ["a.npy"], "what is good")


@test
def twice_the_same_name(folder):
    """convert: a tensor that was dumped twice goes into a folder as two files, and into no file of both"""
    np.save(folder / "x.npy", np.arange(3, dtype="f4"))
    (folder / "in").mkdir()
    for stamp in (1, 2):
        mmtui("convert", folder / "x.npy", folder / f"in/{stamp}_x.pb")
    for ending in ("npz", "safetensors"):
        said = mmtui("convert", "-r", folder / "in", folder / f"both.{ending}", status=2).err
        check(f"both.{ending}: tensor 'x': another one has the same name" in said, said)
    same(sorted(p.name for p in folder.iterdir()), ["in", "x.npy"], "files")
    mmtui("convert", "-r", folder / "in", folder / "out", "--format", "npy")
    same(sorted(p.name for p in (folder / "out").iterdir()), ["1_x.npy", "2_x.npy"], "into a folder")


@test
def show(folder):
    """show: shapes, statistics and histogram are NumPy's"""
    x = np.random.default_rng(1).normal(size=(3, 7)).astype("f4")
    x[1, 2] = 0
    np.savez(folder / "a.npz", x=x, half=np.array([np.nan, 1, -3, np.inf], "f2"))
    both = {row["name"]: row for row in json.loads(mmtui("show", folder / "a.npz", "--json").out)}
    row = both["x"]
    same((row["dtype"], row["shape"], row["elements"]), ("f32", [3, 7], 21), "head")
    same((row["min"], row["max"], row["min_at"], row["zero"]), (x.min(), x.max(), int(x.argmin()), 1), "figures")
    check(abs(row["mean"] - x.astype("f8").mean()) < 1e-15 and abs(row["std"] - x.astype("f8").std()) < 1e-15, "mean, std")
    same(row["histogram"]["count"], np.histogram(x.astype("f8"), 40)[0].tolist(), "histogram")
    row = both["half"]
    same((row["nan"], row["pos_inf"], row["finite"], row["min"], row["max"]), (1, 1, 2, -3.0, 1.0), "half")
    text = mmtui("show", folder / "a.npz", "ha*", "--ascii").out
    check(text.startswith("half\n  f16 [4], 4 values\n  min -3 at [2], max 1 at [1], mean -1, std 2\n"), text)
    check("1 NaN (25 %), 1 Inf (25 %)" in text and "x\n" not in text and text.isascii(), text)
    check("no tensor in it" in mmtui("show", folder / "a.npz", "nope", status=2).err, "unknown name")


@test
def diff(folder):
    """diff: metrics and the worst elements of two files; a table of many; --fail"""
    s = np.arange(12, dtype="f4").reshape(3, 4)
    d = s.copy()
    d[2, 1] += 3
    d[0, 2] -= 0.5
    np.save(folder / "a.npy", s)
    np.save(folder / "b.npy", d)
    out = mmtui("diff", folder / "a.npy", folder / "b.npy", "--fail", status=1).out
    worst = [line.split(None, 3) for line in out.splitlines()[-2:]]
    same(worst, [["3", "9", "12", "[2, 1]"], ["0.5", "2", "1.5", "[0, 2]"]], "worst elements")
    check("diff4     50.0% / 50.0%" in out, out)
    mmtui("diff", folder / "a.npy", folder / "a.npy", "--fail")
    np.savez(folder / "a.npz", x=s, y=s)
    np.savez(folder / "b.npz", x=d, y=s)
    table = mmtui("diff", folder / "a.npz", folder / "b.npz", "--fail", status=1)
    check(table.row("y")[-1] == "ok" and "2 pairs; 1 bad" in table.out, table.out)


@test
def formats(folder):
    """formats: every format has its line"""
    lines = mmtui("formats").out.splitlines()
    names = [line.split()[0] for line in lines[1:-1]]
    check({"npy", "npz", "pb", "pbtxt"} <= set(names), names)


main()
