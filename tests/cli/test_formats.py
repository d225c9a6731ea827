#!/usr/bin/python3
"""Formats, from outside: files of other packages (tests/peers), folders in which formats are mixed, raw numbers and text,
safetensors that are cut up over files."""

import json
import os
import pathlib
import shutil
import struct
import tempfile

import numpy as np

from harness import PEERS as ALL_PEERS, check, main, mmtui, same, test

PEERS = ALL_PEERS / "number_formats"


def rows(folder, src, dst, *options):
    """{name: row} of mmtui.json."""
    out = tempfile.mkdtemp(dir=folder)
    mmtui("compare", "-s", src, "-d", dst, "-o", out, *options)
    with open(os.path.join(out, "mmtui.json")) as file:
        return {row["name"]: row for row in json.load(file)["layers"]}


def equal(folder, src, dst, names, *options):
    """The pairs of these names hold the same values, NaN in the same places."""
    found = rows(folder, src, dst, *options)
    for name in names:
        row = found[name]
        check(row["src"] is not None and row["dst"] is not None, f"{name}: {row}")
        same(row["metrics"]["diff2"], 0, f"{name}: diff2")
        same(row["metrics"]["max_abs"], 0, f"{name}: max_abs")
        same(row["metrics"]["nonfinite_differ"], 0, f"{name}: nonfinite_differ")
    return found


@test
def numpy_with_ml_dtypes(folder):
    """peers: arrays of ml_dtypes that NumPy saved"""
    names = [f[:-4] for f in os.listdir(PEERS / "npy")]
    same(len(names), 14, "arrays")
    found = equal(folder, PEERS / "values.npz", PEERS / "npy", names)
    same(found["bf16"]["dst"]["dtype"], "bf16", "V2 is")
    same(found["f8e5m2"]["dst"]["dtype"], "f8e5m2", "f1 is")
    run = mmtui("show", PEERS / "void.npy", status=2)
    check("--dtype" in run.out, run.out)


@test
def onnx_tensors(folder):
    """peers: ONNX tensors, raw, in lists, and as text"""
    for kind, ending in (("onnx", ".pb"), ("typed", ".pb"), ("text", ".pbtxt")):
        names = [f[: -len(ending)] for f in os.listdir(PEERS / kind)]
        same(len(names), 25, f"tensors in {kind}")
        found = equal(folder, PEERS / "values.npz", PEERS / kind, names)
        for name in names:
            same(found[name]["dst"]["dtype"], name, f"{kind}: dtype of {name}")
            same(found[name]["dst"]["node_name"], name, f"{kind}: name in {name}")


@test
def onnx_sequence(folder):
    """peers: an ONNX sequence is several tensors"""
    run = mmtui("show", PEERS / "sequence.pb", "--json")
    found = json.loads(run.out)
    same([t["name"] for t in found], ["sequence[0]", "sequence[1]"], "names")
    same([t["dtype"] for t in found], ["f32", "f16"], "dtypes")


@test
def safetensors_file(folder):
    """peers: safetensors of all dtypes that its package writes"""
    names = [t["name"] for t in json.loads(mmtui("show", PEERS / "tensors.safetensors", "--json").out)]
    same(len(names), 19, "tensors")
    found = equal(folder, PEERS / "values.npz", PEERS / "tensors.safetensors", names)
    for name in names:
        same(found[name]["dst"]["dtype"], name, f"dtype of {name}")


def test_data(folder):
    """ONNX's test data: thousands of tensors as python3-onnx reads them (MMTUI_LONG)"""
    from onnx import TensorProto, numpy_helper

    files = sorted(pathlib.Path("/usr/share/libonnx-testdata/data").rglob("*put_*.pb"))
    check(len(files) > 1000, f"{len(files)} files of libonnx-testdata")
    (folder / "dst").mkdir()
    expected = {}
    for path in files:
        tensor = TensorProto()
        try:
            tensor.ParseFromString(path.read_bytes())
            array = numpy_helper.to_array(tensor)
        except Exception:  # a sequence
            continue
        if array.dtype.kind not in "fiub" or tensor.data_type == TensorProto.BFLOAT16:
            continue
        name = "_".join(path.parts[-3:])[:-3]
        expected[name] = array
        (folder / "dst" / f"{name}.pb").symlink_to(path)
    check(len(expected) > 1000, f"{len(expected)} tensors")
    np.savez(folder / "src.npz", **expected)
    found = equal(folder, folder / "src.npz", folder / "dst", expected)
    for name, array in expected.items():
        same(found[name]["dst"]["shape"], list(array.shape), f"shape of {name}")


if os.environ.get("MMTUI_LONG"):
    test(test_data)


@test
def there_and_back(folder):
    """convert: every number format through safetensors, ONNX and raw, byte by byte"""
    for ending, kind in (("onnx", None), ("raw", "raw")):
        out = folder / ending
        run = mmtui("convert", "-r", PEERS / "onnx", out, "--format", ending)
        same(len(os.listdir(out)), 25, f"files of {ending}")
        if not kind:
            equal(folder, PEERS / "values.npz", out, ["f4e2m1", "f6e3m2", "i2", "f8e8m0", "bf16", "i64"])
    for name, size in (("f6e2m3", 24), ("bf16", 48), ("i64", 192)):
        same(os.path.getsize(folder / "raw" / f"{name}.raw"), size, f"bytes of {name}")
    run = mmtui("convert", PEERS / "tensors.safetensors", folder / "again.safetensors")
    names = [t["name"] for t in json.loads(mmtui("show", folder / "again.safetensors", "--json").out)]
    same(len(names), 19, "tensors written")
    equal(folder, PEERS / "values.npz", folder / "again.safetensors", names)


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, array in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in tensors.values()))


@test
def several_files(folder):
    """safetensors: a model over several files, by its index and as a folder"""
    parts = folder / "parts"
    parts.mkdir()
    tensors = {n: np.arange(6, dtype="f4").reshape(2, 3) * k for k, n in enumerate(("a", "b", "c", "d"), 1)}
    write_safetensors(parts / "m-1-of-2.safetensors", {n: tensors[n] for n in "ab"})
    write_safetensors(parts / "m-2-of-2.safetensors", {n: tensors[n] for n in "cd"})
    index = {"metadata": {"total_size": 96}, "weight_map": {"a": "m-1-of-2.safetensors", "b": "m-1-of-2.safetensors",
             "c": "m-2-of-2.safetensors", "d": "m-2-of-2.safetensors"}}
    (parts / "m.safetensors.index.json").write_text(json.dumps(index))
    np.savez(folder / "all.npz", **tensors)
    same(set(equal(folder, folder / "all.npz", parts, "abcd")), set("abcd"), "of the folder")
    same(set(equal(folder, folder / "all.npz", parts / "m.safetensors.index.json", "abcd")), set("abcd"), "of the index")
    index["weight_map"]["x"] = "m-1-of-2.safetensors"
    (parts / "m.safetensors.index.json").write_text(json.dumps(index))
    run = mmtui("show", parts / "m.safetensors.index.json", status=2)
    check("tensor 'x': the index says that it is here" in run.out, run.out)
    index["weight_map"]["x"] = "../out.safetensors"
    (parts / "m.safetensors.index.json").write_text(json.dumps(index))
    check("only files in the index's folder" in mmtui("show", parts / "m.safetensors.index.json", status=2).err)


@test
def mixed_folders(folder):
    """folders: MagicMind's and ONNX's .pb are told apart; raw numbers and text count where nothing else is"""
    x = np.arange(12, dtype="f4").reshape(3, 4)
    both = folder / "both"
    both.mkdir()
    shutil.copy(PEERS / "onnx/f32.pb", both / "f32.pb")
    shutil.copy(PEERS / "onnx/f16.pb", both / "12_f16.pb")  # digits are no time stamp of MagicMind's here
    (both / "graph.pb").write_bytes(b"\x0a\x05hello")  # no tensor
    (both / "notes.txt").write_text("1 2 3\n")
    (both / "weights.bin").write_bytes(b"1234")
    os.mkfifo(both / "pipe.pb")
    np.savez(folder / "src.npz", **{"f32": np.load(PEERS / "values.npz")["f32"]})
    found = equal(folder, folder / "src.npz", both, ["f32"])
    check("f16" in found or "12_f16" in found, f"{list(found)}")
    same(len(found), 2, f"tensors in {list(found)}")
    stamped = folder / "stamped"
    mmtui("convert", PEERS / "onnx/f32.pb", folder / "7_f32.pb", "--format", "pb")
    stamped.mkdir()
    shutil.copy(folder / "7_f32.pb", stamped)
    shutil.copy(PEERS / "onnx/f16.pb", stamped / "other.pb")
    equal(folder, folder / "src.npz", stamped, ["f32"])
    raw = folder / "raw"
    raw.mkdir()
    x.tofile(raw / "x.raw")
    x.tofile(raw / "y.bin")  # counts only if it is said what it is
    check("y" not in rows(folder, raw, raw), "a .bin file of which nothing was said")
    check("y" in rows(folder, raw, raw, "--shape", "y=12"), "a .bin file of which its shape was said")
    os.remove(raw / "y.bin")
    np.savetxt(raw / "t.txt", x, delimiter=",", header="a header")
    (raw / "README.txt").write_text("Numbers: 1 2 3\n")
    np.savez(folder / "x.npz", x=x, t=x)
    found = equal(folder, folder / "x.npz", raw, ["x", "t"], "--shape", "x=3x4")
    same(found["x"]["dst"]["shape"], [3, 4], "shape")
    run = mmtui(folder / "x.npz", raw, "--shape", "x=3x5")
    check("x.raw: has 48 bytes, which is not what [3, 5] of f32 takes" in run.err, run.err)
    check("is not a shape" in mmtui(raw, raw, "--shape", "3xx", status=2).err)
    check("--shape z*=...: no tensor has that name" in mmtui(raw, raw, "--shape", "z*=12", status=2).err)


@test
def told_shapes(folder):
    """raw and text: a file that says no shape has the other's; channels last are found by the values"""
    draw = np.random.default_rng(3)
    image = draw.standard_normal((1, 4, 3, 5)).astype("f4")
    src, raw, text = (folder / name for name in ("src", "raw", "text"))
    for place in (src, raw, text):
        place.mkdir()
    for name, values in (("image", image), ("matrix", image.reshape(6, 10)), ("none", image[:0])):
        np.save(src / f"{name}.npy", values)
        (values * np.float32(1.25)).tofile(raw / f"{name}.raw")
        np.savetxt(text / f"{name}.txt", values.ravel() * 1.25)
    np.savetxt(text / "image.txt", image.reshape(20, 3) * 1.25)  # lines of three
    for dst, told in ((raw, ["image", "matrix", "none"]), (text, ["image", "matrix"])):
        found = rows(folder, src, dst)
        for name in told:
            layer = found[name]
            same(layer["layout"], "src's shape, as dst's file says none", f"{dst.name}: {name}")
            same(layer["dst"]["shape"], layer["src"]["shape"], f"{dst.name}: {name}")
            off = layer["metrics"]["diff1"]
            check(abs(off - (0.25 if name != "none" else 0)) < 1e-6, f"{dst.name}: {name}: {off}")
    layer = rows(folder, raw, src)["image"]
    same((layer["layout"], layer["src"]["shape"]), ("dst's shape, as src's file says none", [1, 4, 3, 5]), "turned round")
    same(rows(folder, src, raw, "--shape", "image=1x3x4x5")["image"]["state"], "mismatch", "a shape that was told")
    np.savetxt(text / "matrix.txt", image.reshape(10, 6))  # rows of a matrix: another one than src's
    same(rows(folder, src, text)["matrix"]["state"], "mismatch", "rows")
    for kind, told in (("f2", "f16, bf16 or i16"), ("i1", "i8, u8 or f8e4m3")):
        image.astype(kind).tofile(raw / "matrix.raw")
        size = 60 * np.dtype(kind).itemsize
        want = (f"matrix.raw: has {size} bytes, which read as f32 are fewer values than the 60 of the other dump: "
                f"with --dtype {told} they are as many")
        same(rows(folder, src, raw)["matrix"]["error"], want, kind)
        same(rows(folder, raw, src)["matrix"]["error"], want, kind)
        same(rows(folder, src, raw, "--dtype", f"matrix={told[:3].strip(',')}")["matrix"]["state"], "measured", kind)
    image[0, 0, 0, 0] = 1
    image.tofile(raw / "matrix.raw")
    (raw / "matrix.raw").write_bytes((raw / "matrix.raw").read_bytes()[4:])
    same(rows(folder, src, raw)["matrix"]["state"], "mismatch", "another number of values")
    last = folder / "last"
    last.mkdir()
    for i in range(4):
        values = draw.standard_normal((1, 3 + i, 4, 5)).astype("f4")
        np.save(src / f"{i}.npy", values)
        (values.transpose(0, 2, 3, 1) * np.float32(1.25)).tofile(last / f"{i}.raw")
    for a, b in ((src, last), (last, src)):
        run = mmtui(a, b)
        check("All of dst has channels" in run.err and "(4 of 4 tensors looked at)" in run.err, run.err)
        layer = rows(folder, a, b)["2"]
        want = 0.25 if a is src else 0.2
        check(abs(layer["metrics"]["diff1"] - want) < 1e-6, str(layer["metrics"]["diff1"]))
        same(layer["src" if b is src else "dst"]["shape"], [1, 4, 5, 5], "as it was written")


@test
def every_locale(folder):
    """text: numbers read alike in every locale"""
    (folder / "t.txt").write_text("1.5 2,5\n")
    run = mmtui("show", folder / "t.txt", "--json", env={"LC_ALL": "de_DE.UTF-8"})
    same(json.loads(run.out)[0]["shape"], [3], "shape")


@test
def void_of_two_bytes(folder):
    """npy: two bytes of nothing are bfloat16"""
    bits = np.array([0x3fc0, 0xc300, 0x0001, 0x7f80], "<u2")
    for side in ("src", "dst"):
        (folder / side).mkdir()
    np.save(folder / "dst/a.npy", bits.view("V2"))
    np.save(folder / "src/a.npy", (bits.astype("<u4") << 16).view("<f4"))
    equal(folder, folder / "src", folder / "dst", ["a"])


def put_safetensors(path, dtype, shape, data):
    header = json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


@test
def elements_without_scales(folder):
    """f4e2m1 and the like: that they are elements of blocks is said wherever they are compared with values, and in show"""
    sides = [folder / name for name in ("values", "elements", "others", "scales")]
    for side in sides:
        side.mkdir()
    np.save(sides[0] / "w.npy", np.arange(1, 33, dtype="f4").reshape(2, 16))
    put_safetensors(sides[1] / "w.safetensors", "F4", [2, 16], bytes(range(16)))
    put_safetensors(sides[2] / "w.safetensors", "F4", [2, 16], bytes(range(16, 32)))
    put_safetensors(sides[3] / "w.safetensors", "F8_E8M0", [2, 16], bytes(range(112, 144)))
    said = "1 tensor of dst holds f4e2m1, elements of blocks (MX, NVFP4) without the scales"
    for command in (["compare", "-s", sides[0], "-d", sides[1], "-o", folder / "out"], ["triage", sides[0], sides[1]], sides[:2]):
        run = mmtui(*command, status=0)
        check(said in run.out.replace("\n", " "), run.out)
    run = mmtui(sides[1], sides[0], status=0)
    check(said.replace("dst", "src") in run.out, run.out)
    row = rows(folder, sides[0], sides[1])["w"]
    same(row["dst_read_as"], "f4e2m1 elements of blocks, without their scales", "dst_read_as")
    for src, dst in ((sides[1], sides[2]), (sides[0], sides[0]), (sides[3], sides[0])):  # elements, values, scales
        check("elements of blocks" not in mmtui(src, dst, status=0).out, f"{src} {dst}")
    check("a value is one times its block's scale" in mmtui("show", sides[1]).out, "show: elements")
    check("the scales of blocks" in mmtui("show", sides[3]).out, "show: scales")
    check("blocks" not in mmtui("show", sides[0]).out, "show: values")


if __name__ == "__main__":
    main()
