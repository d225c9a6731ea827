#!/usr/bin/python3
"""`mmtui compare`: diff.json byte for byte, MagicMind files, pairing, exit status.

The expected diff.json is Python's json.dump of a list that is computed here. Values are multiples of 2^-21 and few, so
that all sums are exact and the figures are the same to the last digit, whatever the order of adding.
"""

import json
import math
import subprocess

import numpy as np
from google.protobuf import text_format

import harness
from harness import ROOT, check, compare, layers, load_report, mmtui, pair_of_folders, same, schema

NAN, INF = float("nan"), float("inf")


# ---- the expected list ----


def ratio(a, b):
    if a == 0:
        return 0.0
    return a / b if b else INF


def results(src, dst, half):
    s, d = src.astype("f8").ravel(), dst.astype("f8").ravel()
    both = np.isfinite(s) & np.isfinite(d)
    equal = (s == d) | (np.isnan(s) & np.isnan(d))
    if not (both | equal).all():
        return [NAN, NAN, [NAN] * 2, [NAN] * 3]
    s, d = s[both], d[both]
    e = np.abs(s - d)
    big = np.abs(s) > (1e-4 if half else 1e-6)
    greater, less = int((d > s).sum()), int((d < s).sum())
    n = greater + less
    return [
        ratio(math.fsum(e), math.fsum(np.abs(s))),
        math.sqrt(ratio(math.fsum(e * e), math.fsum(s * s))),
        [float((e[big] / np.abs(s[big])).max(initial=0)), float(e[~big].max(initial=0))],
        [greater / max(n, 1), less / max(n, 1), float(n)],
    ]


def info(stamp="", node="", op="", index=0):
    return {"Timestamp": stamp, "NodeName": node, "OpType": op, "Index": index}


def valid(name, src, dst, src_info=None, dst_info=None, half=False):
    """One element of diff.json."""
    if src.shape == dst.shape:
        found = results(src, dst, half)
    else:
        found = [999, 999, [999] * 2, [999] * 3]
    return {
        "TensorName": name,
        "TensorShape": list(src.shape),
        "SrcModelInfo": src_info or info(),
        "DstModelInfo": dst_info or info(),
        "Valid": True,
        "Results": dict(zip(("diff1", "diff2", "diff3", "diff4"), found)),
    }


def unmatched(name):
    return {"TensorName": name, "Valid": False}


def check_diff(folder, expected):
    with open(folder / "out" / "diff.json", "rb") as file:
        found = file.read()
    wanted = json.dumps(expected, indent=4).encode()
    if found == wanted:
        return
    pairs = zip(wanted.splitlines(), found.splitlines())
    lines = [(n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b]
    n, a, b = lines[0] if lines else (0, len(wanted), len(found))
    raise AssertionError(f"diff.json line {n}: expected {a!r}, found {b!r}")


# ---- data ----

RANDOM = np.random.default_rng(7)


def dyadic(shape, kind="f4"):
    """Multiples of 1/64 within +-8."""
    return (RANDOM.integers(-512, 513, shape) / 64).astype(kind)


def near(x):
    return (x + RANDOM.integers(-2, 3, x.shape) / 64).astype(x.dtype)


def with_value(x, at, value):
    x = x.copy()
    x.reshape(-1)[at] = value
    return x


LISTS = {
    "f2": ("DT_FLOAT16", "float_val"),
    "f4": ("DT_FLOAT32", "float_val"),
    "f8": ("DT_FLOAT64", "double_val"),
    "i1": ("DT_INT8", "int_val"),
    "i2": ("DT_INT16", "int_val"),
    "i4": ("DT_INT32", "int_val"),
    "i8": ("DT_INT64", "int64_val"),
    "u1": ("DT_UINT8", "uint32_val"),
    "u2": ("DT_UINT16", "uint32_val"),
    "u4": ("DT_UINT32", "uint32_val"),
    "u8": ("DT_UINT64", "uint64_val"),
    "b1": ("DT_BOOL", "int_val"),
}


def message(array, node="", op="", index=0, is_output=False):
    """The tensor as MagicMind's message."""
    dtype, values = LISTS[array.dtype.kind + str(array.dtype.itemsize)]
    made = schema().TensorProto(
        version_number=1,
        node_name=node,
        op_type=op,
        index=index,
        is_output=is_output,
        dtype=schema().DataType.Value(dtype),
        tensor_shape=array.shape,
    )
    getattr(made, values).extend(array.ravel().tolist())
    return made


def protoc_encode(made):
    """The message in binary, by protoc's own encoder from its text form."""
    command = ["protoc", "--encode=mmtui.TensorProto", f"--proto_path={ROOT / 'proto'}", "tensor.proto"]
    text = text_format.MessageToString(made).encode()
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout


WRITERS = {
    "pb": lambda made: made.SerializeToString(),
    "protoc.pb": protoc_encode,
    "pbtxt": lambda made: text_format.MessageToString(made).encode(),
    "short.pbtxt": lambda made: text_format.MessageToString(made, use_short_repeated_primitives=True).encode(),
}


def write(path, array, how, **fields):
    """path without its ending."""
    path.with_name(f"{path.name}.{how.split('.')[-1]}").write_bytes(WRITERS[how](message(array, **fields)))


# ---- diff.json ----


def npy_pairs():
    x = dyadic((2, 3, 4))
    small = with_value(x, 5, 2.0**-21)
    yield "plain", x, near(x)
    yield "identical", x, x
    yield "small", small, with_value(near(small), 5, 2.0**-20)
    yield "half", dyadic(33, "f2"), dyadic(33)
    yield "small_half", with_value(dyadic(9, "f2"), 3, 2.0**-14), dyadic(9, "f2")
    yield "scalar", np.array(1.5), np.array(1.25)
    yield "zero_and_not", np.zeros(8, "f4"), np.ones(8, "f4")
    yield "all_zero", np.zeros((8, 1), "i4"), np.zeros((8, 1), "f4")
    yield "empty", np.zeros((0, 4), "f4"), np.zeros((0, 4), "f4")
    yield "shape", x, near(x).reshape(4, 6)
    yield "count", x, dyadic((2, 3, 5))
    yield "nan", x, with_value(x, 3, NAN)
    yield "inf", with_value(x, 0, INF), with_value(x, 0, -INF)
    yield "both_nan_inf", with_value(with_value(x, 1, NAN), 9, -INF), with_value(with_value(near(x), 1, NAN), 9, -INF)
    yield "only_nan", np.full(3, NAN, "f4"), np.full(3, NAN, "f4")
    yield "int8", RANDOM.integers(-128, 128, 50).astype("i1"), RANDOM.integers(-128, 128, 50).astype("i1")
    yield "bool", np.array([True, False, True]), np.array([True, True, False])
    yield "to_int8", dyadic(20), RANDOM.integers(-8, 9, 20).astype("i1")
    yield "caf\u00e9 \U0001f480", x, near(x)
    yield 'quote " \\ \x7f', x, near(x)
    yield "10", x, near(x)
    yield "9", x, near(x)
    yield "A", x, near(x)


def is_half(*arrays):
    return any(a.dtype == np.float16 for a in arrays)


@harness.test
def test_npy(folder):
    """compare: diff.json of .npy files is byte for byte what json.dump writes"""
    src, dst = pair_of_folders(folder)
    expected = {}
    for name, s, d in npy_pairs():
        np.save(src / f"{name}.npy", s)
        np.save(dst / f"{name}.npy", d)
        expected[f"{name}.npy"] = valid(name, s, d, half=is_half(s, d))
    # no finite position but nothing unequal either: no figure
    expected["only_nan.npy"]["Results"].update(diff1=NAN, diff2=NAN, diff3=[NAN] * 2, diff4=[NAN, NAN, 0.0])
    for name in ("b.src", "zz"):
        np.save(src / f"{name}.npy", dyadic(4))
        expected[f"{name}.npy"] = unmatched(name)
    np.save(dst / "aa.npy", dyadic(4))  # only there: not in diff.json
    compare(folder)
    check_diff(folder, [expected[file] for file in sorted(expected)])


@harness.test
def test_stamps(folder):
    """compare: .npy files with time stamps; sorted by file name, not by time"""
    src, dst = pair_of_folders(folder)
    expected = []
    for stamp, name in (("1000", "c"), ("1001", "b"), ("20", "d"), ("999", "a")):
        s, d = dyadic((3, 2)), dyadic((3, 2))
        np.save(src / f"{stamp}_{name}.npy", s)
        np.save(dst / f"{int(stamp) + 5000}_{name}.npy", d)
        expected.append(valid(name, s, d, info(stamp), info(str(int(stamp) + 5000))))
    compare(folder)
    check_diff(folder, expected)
    same([layer["name"] for layer in load_report(folder)["layers"]], ["d", "a", "c", "b"], "execution order")


@harness.test
def test_magicmind(folder):
    """compare: every data type as .pb and .pbtxt by google.protobuf and protoc --encode"""
    src, dst = pair_of_folders(folder)
    expected = []
    hows = list(WRITERS)
    for i, kind in enumerate(LISTS):
        for j, how in enumerate(hows):
            other = hows[(i + j + 1) % len(hows)]
            s = dyadic((2, 5), kind) if kind[0] == "f" else RANDOM.integers(0, 2 if kind == "b1" else 100, (2, 5))
            s = s.astype(kind)
            d = near(s) if kind[0] == "f" else s[::-1].copy()
            at, name = 1000 + 10 * i + j, f"{kind}_{j}"
            fields = [dict(node=f"net/{name}", op="aten::x", index=j), dict(node=f"main/{name}", op="mm.x", index=i)]
            write(src / f"{at}_{name}", s, how, **fields[0])
            write(dst / f"{at + 7}_{name}", d, other, **fields[1])
            sides = info(str(at), **fields[0]), info(str(at + 7), **fields[1])
            expected.append(valid(name, s, d, *sides, half=kind == "f2"))
    compare(folder)
    check_diff(folder, expected)
    for name, layer in layers(folder).items():
        kind = layer["src"]["dtype"]
        same(kind, layer["dst"]["dtype"], name)
        same(kind, "bool" if name[0] == "b" else f"{name[0]}{int(name[1]) * 8}", name)


@harness.test
def test_names(folder):
    """compare: node names with quotes, controls and characters of all kinds"""
    src, dst = pair_of_folders(folder)
    x = dyadic(6)
    text = 'a"b\\c/d\n\t\r\b\f\x01\x7f \u00e9\u4e2d\u202e\U0001f480'
    expected = []
    for i, how in enumerate(WRITERS):
        write(src / f"{i}_t{i}", x, how, node=text, op=text)
        write(dst / f"{i}_t{i}", x, how, node=text, op=text)
        expected.append(valid(f"t{i}", x, x, *[info(str(i), text, text)] * 2))
    run = compare(folder)
    check_diff(folder, expected)
    same(layers(folder)["t0"]["dst"]["node_name"], text, "node_name")
    check("4 pairs" in run.out, run.out)


@harness.test
def test_unreadable_in_diff(folder):
    """compare: an unreadable file is Valid false in diff.json, the others are right"""
    src, dst = pair_of_folders(folder)
    x = dyadic((3, 3))
    for name in "abc":
        np.save(src / f"{name}.npy", x)
        np.save(dst / f"{name}.npy", x)
    (dst / "b.npy").write_bytes(b"not an array")
    compare(folder)
    check_diff(folder, [valid("a", x, x), unmatched("b"), valid("c", x, x)])


# ---- layout ----


def check_layout(folder, name, layout):
    layer = layers(folder)[name]
    same((layer["state"], layer["layout"]), ("measured", layout), name)
    same((layer["metrics"]["diff1"], layer["metrics"]["diff4_count"]), (0.0, 0), name)


@harness.test
def test_axis(folder):
    """compare: @axis of dst is undone, with packed, text and plain values"""
    src, dst = pair_of_folders(folder)
    expected = []
    i = 1000
    for how in WRITERS:
        for kind in ("f4", "f2", "i1"):
            for axis in ("@axis1to-1", "@axis[0,2,3,1]", "@axis1to3-2", "@axis-3to-1-15"):
                s = RANDOM.integers(-100, 100, (2, 3, 4, 5)).astype(kind)
                d = s.transpose(0, 2, 3, 1)
                name = f"t{i}_x"
                write(src / f"{i}_{name}", s, how)
                write(dst / f"{i}_{name}{axis}", d, how)
                expected.append(valid(name, s, s, info(str(i)), info(str(i)), half=kind == "f2"))
                i += 1
    compare(folder)
    check_diff(folder, expected)
    for layer in expected:
        check_layout(folder, layer["TensorName"], "@axis of dst undone")


@harness.test
def test_axis_square(folder):
    """compare: @axis is undone where the shapes are equal without it too, and on both sides"""
    src, dst = pair_of_folders(folder)
    x = dyadic((1, 4, 4, 4))
    moved = x.transpose(0, 2, 3, 1)
    write(src / "1_square", x, "pb")
    write(dst / "1_square@axis1to-1", moved, "pb")
    write(src / "2_insrc@axis1to-1", moved, "pb")
    write(dst / "2_insrc", x, "pbtxt")
    write(src / "3_both@axis1to-1", moved, "pb")
    write(dst / "3_both@axis[0,3,1,2]", x.transpose(0, 3, 1, 2), "pb")
    compare(folder)
    check_layout(folder, "square", "@axis of dst undone")
    check_layout(folder, "insrc", "@axis of src undone")
    check_layout(folder, "both", "@axis of both undone")


@harness.test
def test_axis_that_does_not_fit(folder):
    """compare: an @axis that does not fit leaves a row with the two shapes"""
    src, dst = pair_of_folders(folder)
    write(src / "1_x", dyadic((2, 3)), "pb")
    write(dst / "1_x@axis[0,2,3,1]", dyadic((3, 2)), "pb")
    run = compare(folder)
    same(layers(folder)["x"]["state"], "mismatch", "state")
    same(layers(folder)["x"]["verdict"]["kind"], "shape", "verdict")
    check("1 bad" in run.out, run.out)


@harness.test
def test_squeezed(folder):
    """compare: axes of length 1 make no difference, and it says so"""
    src, dst = pair_of_folders(folder)
    x = dyadic((1, 6, 1, 7))
    np.save(src / "x.npy", x)
    np.save(dst / "x.npy", x.reshape(6, 7))
    compare(folder)
    check_layout(folder, "x", "same but for axes of length 1")


# ---- pairing ----


@harness.test
def test_kth_with_kth(folder):
    """compare: the k-th of a name pairs with the k-th, in time order"""
    src, dst = pair_of_folders(folder)
    for stamp, value in ((10000, 3), (999, 1), (1001, 2), (20000, 4)):
        write(src / f"{stamp}_loop", np.full(3, value, "f4"), "pb")
    for stamp, value in ((7, 1), (80, 2), (600, 3)):
        write(dst / f"{stamp}_loop", np.full(3, value, "f4"), "pbtxt")
    run = compare(folder)
    found = load_report(folder)["layers"]
    same([layer["src"]["timestamp"] for layer in found], [999, 1001, 10000, 20000], "order")
    same([layer["dst"] and layer["dst"]["timestamp"] for layer in found], [7, 80, 600, None], "partners")
    same(found[1]["pairing"], "same name, occurrence 2 of 4", "how")
    same(found[3]["pairing"], "only in src, occurrence 4 of 4", "how")
    check(all(layer["metrics"]["diff1"] == 0 for layer in found[:3]), "wrong partners")
    check("3 pairs, 1 only in src; 0 bad" in run.out, run.out)


@harness.test
def test_leftovers(folder):
    """compare: what is on one side only stands in mmtui.json with its own figures"""
    src, dst = pair_of_folders(folder)
    np.save(src / "a.npy", dyadic(4))
    np.save(src / "both.npy", dyadic(4))
    np.save(dst / "both.npy", dyadic(4))
    np.save(dst / "b.npy", np.array([1, 2, 9], "i1"))
    compare(folder)
    report = load_report(folder)
    same(
        {k: report["totals"][k] for k in ("layers", "pairs", "src_only", "dst_only")},
        dict(layers=3, pairs=1, src_only=1, dst_only=1),
        "totals",
    )
    lone = layers(folder)["b"]
    same((lone["state"], lone["src"], lone["pairing"]), ("single", None, "only in dst"), "b")
    same((lone["dst"]["stats"]["mean"], lone["dst"]["stats"]["max_at"]), (4.0, 2), "stats")
    check("metrics" not in lone, "metrics of a lone tensor")


@harness.test
def test_skipped(folder):
    """compare: other files are skipped and counted; .npy beside .pb too"""
    src, dst = pair_of_folders(folder)
    x = dyadic(4)
    for side in (src, dst):
        write(side / "1_x", x, "pb")
        (side / "README").write_text("hello")
        (side / "noname.pb").write_text("no time stamp")
        np.save(side / "y.npy", x)
    run = compare(folder)
    same(load_report(folder)["totals"]["skipped_files"], 6, "skipped")
    same(list(layers(folder)), ["x"], "layers")
    check("6 files skipped" in run.out, run.out)


@harness.test
def test_tensorflow(folder):
    """compare: --framework tensorflow normalises names, drops cnnl and repeated outputs"""
    src, dst = pair_of_folders(folder)
    prefix = "StatefulPartitionedCall_StatefulPartitionedCall_"
    x = dyadic((1, 3, 4, 4))
    moved = x.transpose(0, 2, 3, 1)
    write(src / "100_model_conv_0@axis1to-1", moved, "pb")
    write(dst / f"200_{prefix}model_conv_0@axis1to-1-7", moved, "pb")
    write(src / "101_dense@__inference_call_77", x, "pb")
    write(dst / "201_dense@_functionalize_a_b", x, "pb")
    write(src / "102_relu", x, "pb")
    write(dst / "202_relu@whatever", x, "pb")
    write(dst / "203_relu_cnnl_helper", x, "pb")
    for side, start in ((src, 3000), (dst, 6000)):
        write(side / f"{start}_out", x, "pb")
    write(dst / "7500_out", x + 1, "pb", is_output=True)  # a repetition: left out
    write(dst / "90000_out", x + 2, "pb", is_output=True)  # too late to be one
    compare(folder, "--framework", "tensorflow")
    found = [(y["name"], y["state"], y["dst"] and y["dst"]["timestamp"]) for y in load_report(folder)["layers"]]
    expected = [
        ("model_conv:0", "measured", 200),
        ("dense", "measured", 201),
        ("relu", "measured", 202),
        ("out", "measured", 6000),
        ("out", "single", 90000),
    ]
    same(found, expected, "pairs")
    diff = json.loads((folder / "out" / "diff.json").read_text())
    same([y["TensorName"] for y in diff], ["model_conv:0", "dense", "relu", "out"], "diff.json")
    check(all(y["Results"]["diff1"] == 0 for y in diff), "wrong partners")


@harness.test
def test_other_frameworks(folder):
    """compare: the other frameworks take names as they are"""
    src, dst = pair_of_folders(folder)
    x = dyadic(4)
    write(src / "1_dense@__inference_1", x, "pb")
    write(dst / "1_dense@__inference_1", x, "pb")
    write(dst / "2_cnnl_x", x, "pb")
    for framework in ("onnx", "pytorch", "caffe"):
        compare(folder, "--framework", framework)
        same(list(layers(folder)), ["dense@__inference_1", "cnnl_x"], framework)
    check("keras" in compare(folder, "--framework", "keras", status=2).err, "the wrong name is not told")


# ---- where it goes, and how it ends ----


def two_layers(folder):
    """One equal, one 25 % off."""
    src, dst = pair_of_folders(folder)
    x = np.full(64, 4.0, "f4")
    for name, factor in (("good", 1), ("bad", 1.25)):
        np.save(src / f"{name}.npy", x)
        np.save(dst / f"{name}.npy", x * np.float32(factor))
    return src, dst


@harness.test
def test_default_folder(folder):
    """compare: writes to diff_jsons unless told otherwise, makes folders, replaces files"""
    src, dst = two_layers(folder)
    run = mmtui("compare", "-s", src, "-d", dst, cwd=folder)
    same(sorted(f.name for f in (folder / "diff_jsons").iterdir()), ["diff.json", "mmtui.json"], "files")
    same(run.out.splitlines()[:2], ["diff_jsons/diff.json", "diff_jsons/mmtui.json"], "what it says")
    deep = folder / "a" / "b" / "c"
    for _ in range(2):
        mmtui("compare", "-s", src, "-d", dst, "-o", deep)
    same(sorted(f.name for f in deep.iterdir()), ["diff.json", "mmtui.json"], "files")
    same((deep / "diff.json").read_bytes(), (folder / "diff_jsons" / "diff.json").read_bytes(), "diff.json")


@harness.test
def test_vendor_spelling(folder):
    """compare: long options as the vendor's tool spells them, values attached or not"""
    src, dst = two_layers(folder)
    for options in (
        ["--src_dir", src, "--dst_dir", dst, "--output_dir", folder / "o1", "--framework", "onnx"],
        [f"--src_dir={src}", f"--dst-dir={dst}", f"--output-dir={folder / 'o2'}", "--framework=pytorch"],
        [f"-s{src}", f"-d{dst}", f"-o{folder / 'o3'}"],
    ):
        mmtui("compare", *options)
    same(len({(folder / f"o{i}" / "diff.json").read_bytes() for i in (1, 2, 3)}), 1, "different results")


@harness.test
def test_exit_status(folder):
    """compare: exit status 0, 1 with --fail and a bad layer, 2 on an error"""
    src, dst = two_layers(folder)
    compare(folder, status=0)
    compare(folder, "--fail", status=1)
    compare(folder, "--fail", "-t", "0.24", status=1)
    compare(folder, "--fail", "--threshold", "0.25", status=0)  # larger than, not as large as
    compare(folder, "--fail", dst="src", status=0)
    check("-s SRC -d DST" in mmtui("compare", status=2).err, "what is missing is not told")
    check("-s SRC -d DST" in mmtui("compare", "-s", src, status=2).err, "what is missing is not told")
    mmtui("compare", "-s", src, "-d", dst, "more", status=2)
    mmtui("compare", "-s", src, "-d", status=2)
    same(not (folder / "diff_jsons").exists(), True, "an error writes nothing")


@harness.test
def test_fail_counts(folder):
    """compare: --fail counts what is broken or unreadable as bad, not what has no partner"""
    for name, broken in (("nan", np.array([NAN], "f4")), ("shape", np.ones((2, 2), "f4")), ("type", None)):
        src, dst = pair_of_folders(folder)
        np.save(src / "x.npy", np.ones(1, "f4"))
        if broken is None:
            (dst / "x.npy").write_bytes(b"rubbish")
        else:
            np.save(dst / "x.npy", broken)
        run = compare(folder, "--fail", status=1)
        check("1 bad" in run.out, f"{name}: {run.out}")
    for side in (src, dst):
        np.save(side / "x.npy", np.ones(1, "f4"))
    np.save(dst / "y.npy", np.ones(1, "f4"))
    compare(folder, "--fail", status=0)


@harness.test
def test_verdicts(folder):
    """compare: what mmtui.json says beyond figures"""
    src, dst = pair_of_folders(folder)
    x = np.linspace(-1, 1, 99, dtype="f4")
    pairs = {
        "ok": (x, x, "ok", ""),
        "over": (x, x * 2, "over", "0.05"),
        "nan": (x, with_value(x, 5, NAN), "nonfinite", "1 NaN in dst"),
        "shape": (x, x.reshape(9, 11), "shape", "99 and 9"),
    }
    with np.errstate(over="ignore"):
        pairs["overflow"] = (x * 7e4, (x * 7e4).astype("f2"), "overflow", "> 65504")
    for name, (s, d, *_) in pairs.items():
        np.save(src / f"{name}.npy", s)
        np.save(dst / f"{name}.npy", d)
    compare(folder)
    report, found = load_report(folder), layers(folder)
    same((report["format"], report["schema_version"]), ("mmtui", 1), "head")
    same((report["src"], report["dst"]), (str(src), str(dst)), "folders")
    same(report["thresholds"], {"diff1": 0.05, "diff2": 0.05}, "thresholds")
    same(report["totals"]["bad"], 4, "bad")
    for name, (_, _, kind, text) in pairs.items():
        same(found[name]["verdict"]["kind"], kind, name)
        same(found[name]["verdict"]["bad"], kind != "ok", name)
        check(text in found[name]["verdict"]["text"], found[name]["verdict"]["text"])


@harness.test
def test_quantiles_and_histograms(folder):
    """compare: --quantiles and --hist write what NumPy computes"""
    src, dst = pair_of_folders(folder)
    random = np.random.default_rng(7)
    pairs = {}
    for name, kind in (("f32", "f4"), ("f16", "f2"), ("f64", "f8"), ("i32", "i4"), ("i8", "i1")):
        values = random.standard_normal((2, 30011)) * (1 if kind[0] == "f" else 40)
        pairs[name] = values.astype(kind)
    pairs["nan"] = np.array([[NAN, 1, 2, 3, INF], [1, 1, 4, 3, 0]], "f4")
    pairs["equal"] = np.full((2, 3), 2.5, "f4")
    for name, (s, d) in pairs.items():
        np.save(src / f"{name}.npy", s)
        np.save(dst / f"{name}.npy", d)
    np.save(src / "alone.npy", np.ones(3))
    compare(folder)
    check("quantiles" not in layers(folder)["f32"] and "histogram" not in layers(folder)["f32"], "not asked for")
    compare(folder, "--quantiles", "--hist")
    found = layers(folder)
    check("quantiles" not in found["alone"] and "histogram" not in found["alone"], "nothing to compare with")
    for name, (s, d) in pairs.items():
        s, d = s.astype("f8"), d.astype("f8")
        both = np.isfinite(s) & np.isfinite(d)
        e = np.abs(s - d)[both]
        expected = np.sort(e)[[k * (len(e) - 1) // 1000 for k in (500, 900, 990, 999)]]
        same(found[name]["quantiles"], dict(zip(("p50", "p90", "p99", "p99.9"), expected.tolist())), name)
        hist = found[name]["histogram"]
        finite = np.concatenate([s[np.isfinite(s)], d[np.isfinite(d)]])
        if name != "equal":
            same((hist["low"], hist["high"]), (finite.min(), finite.max()), name + ": range")
        for side, x in (("src", s), ("dst", d)):
            same(len(hist[side]), 64, name + ": bins")
            same(sum(hist[side]), int(np.isfinite(x).sum()), name + ": values in " + side)
            edges = np.histogram(x[np.isfinite(x)], 64, (hist["low"], hist["high"]))[0]
            # a value on an edge may be counted on its other side
            check(np.abs(np.cumsum(edges) - np.cumsum(hist[side])).max() <= 1500, name + ": " + side)
        error = hist["error"]
        same((error["zero"], error["nonfinite"]), (int((e == 0).sum()), int((~both).sum())), name + ": zeros")
        exponents = np.bincount(np.frexp(e[e > 0])[1] - 1 - error["first_exponent"], minlength=128)
        same(error["exponents"], exponents.tolist(), name + ": exponents")


harness.main()
