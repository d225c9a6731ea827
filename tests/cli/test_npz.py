#!/usr/bin/python3
"""NumPy's .npz archives, made by NumPy: what the program finds in them is what it finds in .npy files of the same
arrays, whatever way they are packed; and what is wrong with one member is one bad row."""

import os
import pathlib
import shutil
import struct
import subprocess
import warnings
import zipfile

import numpy as np

from harness import ENVIRONMENT, MMTUI, cache, check, compare, found, layers, load_report, main, mmtui, same, settle
from harness import test

RANDOM = np.random.default_rng(5)
LONG = os.environ.get("MMTUI_LONG")
warnings.simplefilter("ignore")  # zipfile's, about names that stand there twice


def arrays():
    """What dumps have in them: many dtypes, 0-d, empty, Fortran order, big-endian, names with a slash."""
    x = RANDOM.standard_normal((6, 50, 40)).astype("f4")
    return {
        "conv1": x,
        "net/conv2": x[:3] * 4,
        "/abs": x[0],
        "half": x.astype("f2"),
        "double": x.astype("f8") * 1e5,
        "fortran": np.asfortranarray(x[1]),
        "fortran3": np.asfortranarray(x.astype("f8")),
        "big_endian": x.astype(">f4"),
        "int8": (x * 40).astype("i1"),
        "int64": (x * 1e12).astype("i8"),
        "flags": x > 0,
        "scalar": np.float32(7.25),
        "one": np.array([3.0]),
        "empty": np.zeros((0, 4), "f4"),
        "large": RANDOM.standard_normal(2_500_000).astype("f4").round(1),  # 10 MB: unpacked in pieces
        "constant": np.full(2_200_000, 1e6, "f4"),  # as large; is read a second time
    }


def other(values):
    """The same arrays, a little wrong, in another order."""
    wrong = {}
    for name in sorted(values):
        x = values[name]
        y = x if x.dtype == bool or x.size == 0 else x + np.asarray(x * 1e-3 + (x.dtype.kind == "i"), x.dtype)
        wrong[name] = np.asfortranarray(y) if np.isfortran(x) else np.asarray(y, x.dtype)
    return wrong


def file_name(name):
    """A name that a folder can have, in an order that is that of the archives."""
    return name.replace("/", "_") + ".npy"


def save_folder(folder, values):
    folder.mkdir()
    for name, x in values.items():
        np.save(folder / file_name(name), x)


def save_unseekable(path, values):
    """As into a pipe: sizes and checksums stand behind the members."""

    class Pipe:
        def __init__(self, file):
            self.file = file

        def write(self, data):
            return self.file.write(data)

        def flush(self):
            self.file.flush()

    with open(path, "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, x in values.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(x))


SAVE = {"stored": np.savez, "deflated": np.savez_compressed}
FIGURES = ("state", "layout", "metrics", "quantiles", "histogram", "verdict")


def side(layer, which):
    """What is said of a tensor, but for where it is."""
    return {key: value for key, value in layer[which].items() if key not in ("file", "member")}


def assert_same_figures(found, expected):
    """Every figure of every tensor to its last digit; names of files may have _ for /."""
    same(len(found), len(expected), "tensors")
    for name, layer in found.items():
        want = expected[name.replace("/", "_")]
        for key in FIGURES:
            same(layer.get(key), want.get(key), f"{key} of {name}")
        for which in ("src", "dst"):
            same(side(layer, which), side(want, which), f"{which} of {name}")


@test
def test_figures(folder):
    """npz: stored, deflated, or written into a pipe: every figure is that of .npy files"""
    values = arrays()
    wrong = other(values)
    save_folder(folder / "src", values)
    save_folder(folder / "dst", wrong)
    compare(folder, "--quantiles", "--hist")
    expected = layers(folder)
    for how, save in SAVE.items():
        save(folder / f"{how}_src.npz", **values)
        save(folder / f"{how}_dst.npz", **wrong)
    save_unseekable(folder / "pipe_src.npz", values)
    save_unseekable(folder / "pipe_dst.npz", wrong)
    for src, dst in (("stored", "stored"), ("deflated", "deflated"), ("pipe", "pipe"), ("stored", "deflated")):
        names = {"src": f"{src}_src.npz", "dst": f"{dst}_dst.npz"}
        compare(folder, "--quantiles", "--hist", "--check-crc", **names)
        assert_same_figures(layers(folder), expected)
        for layer in load_report(folder)["layers"]:
            same(layer["src"]["file"], names["src"], "file")
            same(layer["dst"]["member"], layer["name"], "member")
    same([layer["name"] for layer in load_report(folder)["layers"]], list(values), "order: that of src's members")


@test
def test_folders_and_files(folder):
    """npz: an archive against a folder, an archive in a folder, single arrays"""
    values = {"a": np.arange(6.0), "b": np.arange(4.0)}
    np.savez(folder / "x.npz", **values)
    save_folder(folder / "plain", values)
    (folder / "packed").mkdir()
    np.savez_compressed(folder / "packed" / "x.npz", a=values["a"])
    np.save(folder / "packed" / "b.npy", values["b"] + 1)
    for src, dst in (("x.npz", "plain"), ("plain", "x.npz"), ("packed", "x.npz"), ("packed", "plain")):
        run = mmtui(folder / src, folder / dst)
        check("2 pairs;" in run.out, run.out)
        same(run.row("a")[2:5], ["f64", "→", "f64"], "row")
    np.save(folder / "one.npy", values["a"])
    np.savez(folder / "two.npz", whatever=values["a"] + 1)
    run = mmtui(folder / "one.npy", folder / "two.npz")
    check("1 pairs;" in run.out or "1 pair;" in run.out, run.out)
    shutil.copy(folder / "x.npz", folder / "dump.bin")  # known by its content
    check("2 pairs; 0 bad" in mmtui(folder / "dump.bin", folder / "x.npz").out, "content")
    note = mmtui(folder / "x.npz", folder / "x.npz").err
    check("note" in note and "same file" in note, note)


@test
def test_odd_members(folder):
    """npz: object arrays, other files, names that repeat, folders"""
    with zipfile.ZipFile(folder / "x.npz", "w") as archive:

        def put(name, x, method=zipfile.ZIP_STORED):
            np.save(folder / "member.npy", x, allow_pickle=True)
            archive.writestr(name, (folder / "member.npy").read_bytes(), method)

        put("good.npy", np.arange(5.0))
        put("objects.npy", np.array([None, "x"], object))
        put("text.npy", np.array(["a"]))
        put("twice.npy", np.zeros(3))
        put("twice.npy", np.ones(3))
        put("../../up.npy", np.arange(5.0), zipfile.ZIP_DEFLATED)
        put("bare", np.arange(3.0))
        archive.writestr("README.txt", "not an array")
        archive.writestr("folder/", "")
    np.savez(folder / "y.npz", good=np.arange(5.0), twice=np.ones(3), bare=np.arange(3.0), objects=np.zeros(2))
    run = compare(folder, src="x.npz", dst="y.npz")
    by_name = layers(folder)
    same(set(by_name), {"good", "objects", "text", "twice", "../../up", "bare"}, "names")
    for name in ("good", "twice", "bare"):
        same(by_name[name]["metrics"]["diff1"], 0, name)
    same(by_name["objects"]["state"], "failed", "objects")
    same(by_name["objects"]["error"].split(" (")[0], "x.npz: member 'objects': this is an object array", "reason")
    check(by_name["text"]["error"].startswith("x.npz: member 'text': this is a string array"), by_name["text"])
    check("2 bad" in run.out, run.out)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x10
    path.write_bytes(data)


def data_of(path, name):
    """Where a member's bytes begin, and how many there are."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name + ".npy")
    head = path.read_bytes()[info.header_offset : info.header_offset + 30]
    return info.header_offset + 30 + sum(struct.unpack("<HH", head[26:])), info.compress_size


def assert_one_bad(folder, name, word, *options):
    run = compare(folder, "--no-cache", *options, src="x.npz", dst="y.npz")
    by_name = layers(folder)
    for other_name, layer in by_name.items():
        same(layer["state"], "failed" if other_name == name else "measured", f"state of {other_name}")
    check(by_name[name]["error"].startswith(f"x.npz: member '{name}': "), by_name[name]["error"])
    check(word in by_name[name]["error"], by_name[name]["error"])
    check("1 bad" in run.out, run.out)


@test
def test_damage(folder):
    """npz: a damaged member is one bad row, small or large, deflated, or stored with --check-crc"""
    values = {"a": np.arange(5000.0), "b": np.arange(5000.0)[::-1].copy()}
    values["large"] = RANDOM.standard_normal(2_500_000).astype("f4")
    for save, options in ((np.savez_compressed, ()), (np.savez, ("--check-crc",))):
        for name in ("a", "large"):
            save(folder / "x.npz", **values)
            save(folder / "y.npz", **values)
            begin, size = data_of(folder / "x.npz", name)
            flip(folder / "x.npz", begin + size // 2)
            assert_one_bad(folder, name, "damaged" if save is np.savez_compressed else "checksum", *options)
    compare(folder, "--no-cache", src="x.npz", dst="y.npz")  # without the option a stored value is what it is
    same(layers(folder)["large"]["state"], "measured", "unchecked")
    np.savez(folder / "x.npz", **values)
    flip(folder / "x.npz", data_of(folder / "x.npz", "b")[0] - 25)  # its name in the local header
    assert_one_bad(folder, "b", "leads to another member")


@test
def test_cut_short(folder):
    """npz: an archive that is cut short: an error by itself, one bad row in a folder"""
    save_folder(folder / "src", {"a": np.zeros(9), "x": np.zeros(9)})
    np.savez(folder / "x.npz", a=np.zeros(9))
    whole = (folder / "x.npz").read_bytes()
    for size in (0, 3, 100, len(whole) - 1):
        (folder / "x.npz").write_bytes(whole[:size])
        run = mmtui(folder / "x.npz", folder / "src", status=2)
        check("x.npz: " in run.err and "\n" == run.err[-1], run.err)
    (folder / "dst").mkdir()
    shutil.copy(folder / "x.npz", folder / "dst")
    np.save(folder / "dst" / "a.npy", np.zeros(9))
    compare(folder)
    same(layers(folder)["a"]["state"], "measured", "a")
    same(layers(folder)["x"]["state"], "failed", "x")
    check(layers(folder)["x"]["error"].startswith("x.npz: the directory at the end"), layers(folder)["x"]["error"])


@test
def test_cache_of_members(folder):
    """npz: results are kept by member; another archive of the same name is measured again"""
    values = arrays()
    np.savez_compressed(folder / "src.npz", **values)
    np.savez(folder / "dst.npz", **other(values))
    settle(folder)
    run = lambda: compare(folder, src="src.npz", dst="dst.npz", env=cache(folder))
    same(found(run())[0], 0, "first")
    first = load_report(folder)
    same(found(run()), (len(values), len(values)), "second")
    same(load_report(folder)["layers"], first["layers"], "from the cache")
    check(found(compare(folder, "--check-crc", src="src.npz", dst="dst.npz", env=cache(folder)))[0] == 0, "crc")
    np.savez(folder / "dst.npz", **values)
    settle(folder)
    same(found(run())[0], 0, "changed")
    same(layers(folder)["conv1"]["metrics"]["diff1"], 0, "changed")


@test
def test_shards(folder):
    """npz: shares of the work go by the members' sizes"""
    values = {f"t{i}": np.zeros(1000, "f4") for i in range(20)}
    values["huge"] = np.zeros(30000, "f4")
    np.savez_compressed(folder / "src.npz", **values)
    np.savez(folder / "dst.npz", **values)
    shares = []
    for i in (1, 2):
        compare(folder, f"--shard={i}/2", src="src.npz", dst="dst.npz")
        shares.append(set(layers(folder)))
    same(len(shares[0] | shares[1]), 21, "all")
    check(not shares[0] & shares[1], "each once")
    lighter = min(shares, key=len)
    check("huge" in lighter and len(lighter) < 10 or len(lighter) == 10, f"{len(lighter)} with the large one")


# ---- memory and time ----


def sparse(path, gigabytes, value):
    """A deflated member of zeros with a value in every 16 MiB, made without ever having all of it."""
    count = int(gigabytes * (1 << 28))
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count},), }}".ljust(117).encode() + b"\n"
    piece = bytearray(1 << 24)
    piece[4:8] = struct.pack("<f", value)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("x.npy", "w", force_zip64=True) as member:
            member.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header)
            for _ in range(4 * count // len(piece)):
                member.write(piece)


def private_memory(*arguments):
    """Run the program; the most memory of its own that it ever had, in KiB, and what it printed."""
    most = 0
    with subprocess.Popen([MMTUI, *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE) as run:
        while run.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{run.pid}/status").read_text()
            except OSError:
                break
            sizes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")]
            most = max([most, *sizes])
        out = run.stdout.read().decode()
        same(run.wait(), 0, "status")
    return most, out


@test
def test_memory(folder):
    """npz: a large deflated member is compared in at most 64 MiB of the program's own memory"""
    size = 4 if LONG else 0.25
    sparse(folder / "src.npz", size, 1.0)
    sparse(folder / "dst.npz", size, 1.001)  # but for a scale the same: read a second time
    most, out = private_memory(folder / "src.npz", folder / "dst.npz", "--no-cache", "--jobs=2")
    check("1.00e-3" in out and "0 bad" in out, out)
    check(0 < most < 64 * 1024, f"{most} KiB")


@test
def test_many_members(folder):
    """npz: ten thousand members are ten thousand pairs"""
    values = {f"layer_{i}": RANDOM.standard_normal(100).astype("f4") for i in range(10000)}
    for name in ("src", "dst"):
        np.savez(folder / f"{name}.npz", **values)
    check("10000 pairs; 0 bad" in mmtui(folder / "src.npz", folder / "dst.npz", "--no-cache", "-n", "1").out, "pairs")


@test
def zip64_record_of_wrong_size(folder):
    """npz: a zip64 record right before its locator is read whatever size it states (tpu-mlir's weights: 68 for 44)"""
    for side in ("src", "dst"):
        (folder / side).mkdir()
        np.savez(folder / side / "a.npz", x=np.arange(4, dtype="f4"))
    path = folder / "dst" / "a.npz"
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    entries, length, begin = struct.unpack("<HII", data[end + 10 : end + 20])
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 68, 45, 45, 0, 0, entries, entries, length, begin)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    path.write_bytes(data[:end] + record + locator + data[end:-6] + b"\xff\xff\xff\xff\0\0")
    same(list(np.load(path).keys()), ["x"], "what NumPy finds")
    compare(folder)
    same(layers(folder)["x"]["metrics"]["diff1"], 0, "diff1")


main()
