#!/usr/bin/python3
"""Bad input: a clear row or sentence each, nothing lost, no crash.

Wherever a file is bad there are good ones beside it, whose rows must be right. That no run dies, hangs or prints a
control character is checked by the harness for every run.
"""

import os
import signal
import resource
import shutil
import struct
import subprocess
import time

import numpy as np

import harness
from harness import MMTUI, check, compare, layers, load_report, mmtui, pair_of_folders, same, table

GOOD = np.arange(24, dtype="f4").reshape(2, 3, 4) + 1
NOBODY = 65534


# ---- data ----


def good_folders(folder):
    """Two good layers on both sides: "first" equal, "last" off by one."""
    src, dst = pair_of_folders(folder)
    for name, off in (("first", 0), ("last", 1)):
        np.save(src / f"{name}.npy", GOOD)
        np.save(dst / f"{name}.npy", GOOD + np.float32(off))
    return src, dst


def npy_bytes(descr, shape, data=b"", version=1, rest=""):
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, {rest}}}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(head)) + head + data


def tensor(array=GOOD, **fields):
    """The bytes of a good .pb file, or of one that differs in some fields."""
    given = dict(
        version_number=1, dtype=harness.schema().DT_FLOAT32, tensor_shape=array.shape, float_val=array.ravel().tolist()
    )
    return harness.schema().TensorProto(**{**given, **fields}).SerializeToString()


# ---- checks ----


def check_good_rows(found):
    same(found["first"]["metrics"]["diff1"], 0.0, "the good layer")
    same(found["last"]["metrics"]["max_abs"], 1.0, "the other good layer")


def check_bad(folder, name, file, words, kind="corrupt", side="dst"):
    """One bad layer `name`; the sentence names the file and has the words, in mmtui.json and on stderr."""
    run = compare(folder, "--fail", status=1)
    found = layers(folder)
    layer = found[name]
    same(layer["state"], "failed", "state")
    same(layer["verdict"]["kind"], "unreadable", "verdict")
    check(kind in layer["verdict"]["text"], layer["verdict"]["text"])
    for text in (layer["error"], run.err):
        check(file in text and all(word in text for word in words), text)
    check(f"mmtui: {side}: " in run.err, run.err)
    check_good_rows(found)
    text = table(folder)
    check(f"{side} file is {kind}" in " ".join(text.row(name)), text.out)
    check(file in text.err and all(word in text.err for word in words), text.err)
    check("overflow" not in text.row("first") and text.row("last"), text.out)
    return run


def check_bad_npy(folder, data, words, kind="corrupt"):
    src, dst = good_folders(folder)
    np.save(src / "bad.npy", GOOD)
    (dst / "bad.npy").write_bytes(data)
    check_bad(folder, "bad", "bad.npy", words, kind)


def check_bad_pb(folder, data, words, kind="corrupt", ending="pb"):
    src, dst = pair_of_folders(folder)
    for name, off in (("1_first", 0), ("3_last", 1)):
        (src / f"{name}.pb").write_bytes(tensor())
        (dst / f"{name}.pb").write_bytes(tensor(GOOD + off))
    (src / "2_bad.pb").write_bytes(tensor())
    (dst / f"2_bad.{ending}").write_bytes(data)
    check_bad(folder, "bad", f"2_bad.{ending}", words, kind)


def check_error(run, *words):
    """One sentence on stderr that has all the words; nothing on stdout."""
    lines = run.err.splitlines()
    check(len(lines) == 1 and lines[0].startswith("mmtui: "), run.err)
    check(all(str(word) in run.err for word in words), run.err)
    same(run.out or "", "", "stdout")


def no_temporary_files(folder):
    left = [name for _, _, names in os.walk(folder) for name in names if ".tmp" in name]
    check(not left, f"temporary files were left: {left}")


# ---- files cut short or damaged ----


@harness.test
def test_truncated_npy(folder):
    """bad input: a truncated .npy file"""
    whole = npy_bytes("'<f4'", "(2, 3, 4)", GOOD.tobytes())
    check_bad_npy(folder, whole[:-10], ["96 bytes", "86 are there"])


@harness.test
def test_truncated_everywhere(folder):
    """bad input: .npy, .pb and .pbtxt files cut at every length"""
    text = b'version_number: 1\nnode_name: "conv"\ndtype: DT_FLOAT32\ntensor_shape: 2\nfloat_val: [1.5, -2e3]\n'
    for ending, whole in (("npy", npy_bytes("'<f4'", "(2,)", bytes(8))), ("pb", tensor()), ("pbtxt", text)):
        top = folder / ending
        top.mkdir()
        src, dst = pair_of_folders(top)
        for length in range(len(whole)):
            (src / f"{length}_x.{ending}").write_bytes(whole)
            (dst / f"{length}_x.{ending}").write_bytes(whole[:length])
        compare(top)
        found = load_report(top)["layers"]
        same(len(found), len(whole), "rows")
        for layer in found:
            # text can end between two fields that may be absent; a message without all of its values can't be right
            good = layer["state"] == "failed" or (ending == "pbtxt" and layer["state"] in ("measured", "mismatch"))
            check(good, f"{layer['dst']['file']}: {layer['state']}")
            if layer["state"] == "failed":
                check(layer["error"].startswith(layer["dst"]["file"] + ": "), layer["error"])


@harness.test
def test_truncated_pb(folder):
    """bad input: a truncated .pb file"""
    check_bad_pb(folder, tensor()[:-3], [])


@harness.test
def test_truncated_pbtxt(folder):
    """bad input: a .pbtxt file that ends inside a string"""
    check_bad_pb(folder, b'version_number: 1\nnode_name: "conv', ["line 2"], ending="pbtxt")


@harness.test
def test_flipped_byte(folder):
    """bad input: a flipped byte in the header of a .npy file"""
    whole = bytearray(npy_bytes("'<f4'", "(2, 3, 4)", GOOD.tobytes()))
    whole[20] ^= 0x20
    check_bad_npy(folder, bytes(whole), ["header"])


@harness.test
def test_every_bit(folder):
    """bad input: every single bit of a .npy, a .pb and a .pbtxt file flipped"""
    text = b'version_number: 1\nnode_name: "c"\ndtype: DT_INT8\ntensor_shape: [1, 3]\nint_val: [1, -2, 3]\n'
    small = GOOD[0, 0]
    binary = npy_bytes("'<f4'", "(4,)", small.tobytes())
    for ending, whole in (("npy", binary), ("pb", tensor(small)), ("pbtxt", text)):
        top = folder / ending
        top.mkdir()
        src, dst = pair_of_folders(top)
        for bit in range(8 * len(whole)):
            data = bytearray(whole)
            data[bit // 8] ^= 1 << bit % 8
            (dst / f"{bit}_x.{ending}").write_bytes(data)
            os.link(dst / f"{bit}_x.{ending}", src / f"{bit}_x.{ending}")
        compare(top)
        found = load_report(top)["layers"]
        same(len(found), 8 * len(whole), "rows")
        check({layer["state"] for layer in found} == {"measured", "failed"}, "states")
        for layer in found:
            if layer["state"] == "failed":
                check(layer["error"].startswith(layer["src"]["file"] + ": "), layer["error"])


# ---- shapes and types ----


@harness.test
def test_wrong_shape_product(folder):
    """bad input: a shape whose product is not the number of values"""
    check_bad_pb(folder, tensor(tensor_shape=(2, 3, 5)), ["[2, 3, 5]", "30 values", "24 are there"])


@harness.test
def test_wrong_version(folder):
    """bad input: a version_number that is not 1"""
    check_bad_pb(folder, tensor(version_number=2), ["version_number is 2"], "unsupported")


@harness.test
def test_wrong_dtype(folder):
    """bad input: a data type that is not in the list"""
    check_bad_pb(folder, tensor(dtype=99), ["99"], "unsupported")


@harness.test
def test_wrong_list(folder):
    """bad input: values in the list of another data type"""
    check_bad_pb(folder, tensor(dtype=harness.schema().DT_INT64), ["float_val", "int64_val"])


@harness.test
def test_huge_shape(folder):
    """bad input: a claimed shape of 2^62 elements"""
    check_bad_npy(folder, npy_bytes("'<f4'", f"({2**62},)"), [str(2**62)])


@harness.test
def test_huge_shapes(folder):
    """bad input: claimed shapes that overflow in all ways"""
    src, dst = good_folders(folder)
    shapes = [(2**62,), (2**31, 2**31), (2**63 - 1,), (2**32, 2**32), (10**30,), (-1,), (2**40, 2**40)]
    for i, shape in enumerate(shapes):
        text = f"({', '.join(map(str, shape))},)"
        for kind in ("u1", "f4", "f8"):
            for side in (src, dst):
                (side / f"bad{i}{kind}.npy").write_bytes(npy_bytes(f"'<{kind}'", text, bytes(100)))
    compare(folder)
    found = layers(folder)
    check_good_rows(found)
    for name, layer in found.items():
        check(layer["state"] == "failed" or not name.startswith("bad"), f"{name}: {layer['state']}")


@harness.test
def test_rank_40(folder):
    """bad input: 40 dimensions"""
    check_bad_npy(folder, npy_bytes("'<f4'", f"({'1, ' * 40})", bytes(4)), ["dimensions"], "unsupported")


@harness.test
def test_rank_40_pb(folder):
    """bad input: 40 dimensions in a .pb file"""
    check_bad_pb(folder, tensor(GOOD[0, 0, :1], tensor_shape=(1,) * 40), ["40 dimensions"], "unsupported")


@harness.test
def test_object_array(folder):
    """bad input: an array of Python objects is refused with a sentence"""
    src, dst = good_folders(folder)
    np.save(src / "bad.npy", GOOD)
    np.save(dst / "bad.npy", np.array([{}, None], object), allow_pickle=True)
    check_bad(folder, "bad", "bad.npy", ["object"], "unsupported")


@harness.test
def test_other_arrays(folder):
    """bad input: complex, text, date and structured arrays are refused with a sentence each"""
    src, dst = good_folders(folder)
    kinds = {
        "complex": np.ones(3, "c8"),
        "text": np.array(["a", "bc"]),
        "bytes": np.array([b"a", b"bc"]),
        "date": np.array(["2024-01-01"], "M8[D]"),
        "struct": np.ones(2, [("a", "f4"), ("b", "i4")]),
        "long": np.ones(2, "f16"),
    }
    for name, array in kinds.items():
        np.save(src / f"{name}.npy", array)
        np.save(dst / f"{name}.npy", array)
    compare(folder)
    found = layers(folder)
    check_good_rows(found)
    for name in kinds:
        same(found[name]["state"], "failed", name)
        check("unsupported" in found[name]["verdict"]["text"], found[name]["verdict"]["text"])
        check(found[name]["error"].startswith(f"{name}.npy: "), found[name]["error"])


# ---- names ----


@harness.test
def test_escape_names(folder):
    """bad input: names full of escape sequences are shown escaped, never sent"""
    src, dst = good_folders(folder)
    names = {
        b"\x1b]0;owned\x07title": r"\x1b]0;owned\atitle",
        b"\x1b[2J\x1b[31mred": r"\x1b[2J\x1b[31mred",
        b"new\nline\rback\ttab": r"new\nline\rback\ttab",
        "bidi\u202eevil\u2066".encode(): r"bidi\u202eevil\u2066",
        "c1\u009b31m".encode(): r"c1\x9b31m",
        b"raw\x9b31m\xff\xfe": r"raw\x9b31m\xff\xfe",
        b"del\x7f": r"del\x7f",
        "soft\u00adhyphen\u200bfeff\ufeff".encode(): r"soft\xadhyphen\u200bfeff\ufeff",
    }
    for name in names:
        for side in (src, dst):
            with open(os.path.join(os.fsencode(side), name + b".npy"), "wb") as file:
                file.write(b"rubbish" if side == dst else npy_bytes("'<f4'", "(1,)", bytes(4)))
    run = table(folder)
    for shown in names.values():
        check(shown in run.out, f"the table does not have {shown}")
        check(f"{shown}.npy" in run.err, f"no sentence about {shown}")
    compare(folder)
    found = load_report(folder)["layers"]
    same(len(found), len(names) + 2, "rows")
    plain = table(folder, "--ascii", env={"LC_ALL": "C"})
    check(plain.out.isascii(), "not ASCII")


@harness.test
def test_escapes_in_arguments(folder):
    """bad input: escape sequences in arguments come back escaped"""
    src, dst = good_folders(folder)
    evil = "\x1b]0;x\x07\n\u202e"
    for arguments in ((evil, evil), ("--" + evil,), (src, dst, "--filter", evil + "=3"), (src, dst, "--sort", evil)):
        check(r"\x1b]0;x\a" in mmtui(*arguments, status=2).err, "not shown")
    run = mmtui("compare", "-s", src, "-d", dst, "-o", folder / evil)
    check(r"\x1b]0;x\a" in run.out, run.out)


@harness.test
def test_escapes_inside(folder):
    """bad input: escape sequences in node names and op types inside of files"""
    src, dst = pair_of_folders(folder)
    evil = "\x1b]0;x\x07\n\u202e"
    for side in (src, dst):
        (side / "1_x.pb").write_bytes(tensor(node_name=evil, op_type=evil))
    check(r"\x1b]0;x\a" in table(folder).out, "not shown")
    compare(folder)
    same(layers(folder)["x"]["dst"]["op_type"], evil, "op_type")


# ---- files that can't be read ----


def unreadable(folder, make, words, kind):
    src, dst = good_folders(folder)
    np.save(src / "bad.npy", GOOD)
    make(dst / "bad.npy")
    check_bad(folder, "bad", "bad.npy", words, kind)


@harness.test
def test_vanished(folder):
    """bad input: a file that is gone when it is read (a symbolic link to nowhere)"""
    unreadable(folder, lambda path: path.symlink_to(folder / "nowhere"), ["No such file"], "missing")


@harness.test
def test_link_loop(folder):
    """bad input: a symbolic link to itself"""
    unreadable(folder, lambda path: path.symlink_to(path), ["symbolic links"], "unreadable")


@harness.test
def test_folder_as_file(folder):
    """bad input: a folder named like a tensor"""
    unreadable(folder, os.mkdir, ["not a regular file"], "unsupported")


@harness.test
def test_fifo(folder):
    """bad input: a fifo named like a tensor is not waited for"""
    unreadable(folder, os.mkfifo, ["not a regular file"], "unsupported")


@harness.test
def test_empty_file(folder):
    """bad input: an empty file"""
    unreadable(folder, lambda path: path.write_bytes(b""), ["does not start as"], "corrupt")


def as_nobody(folder):
    """What makes a run that permissions stop: root reads everything, so it has to be somebody else."""
    if os.geteuid() != 0:
        return MMTUI, {}
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copy(MMTUI, folder / "mmtui")
    (folder / "mmtui").chmod(0o755)
    return str(folder / "mmtui"), {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def run_as_nobody(program, options, *arguments):
    done = subprocess.run(
        [program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=harness.ENVIRONMENT, timeout=harness.TIME_LIMIT, **options
    )
    return harness.Run(arguments, done)


@harness.test
def test_no_permission(folder):
    """bad input: files and folders without permission"""
    src, dst = good_folders(folder)
    np.save(src / "bad.npy", GOOD)
    np.save(dst / "bad.npy", GOOD)
    program, options = as_nobody(folder)
    (dst / "bad.npy").chmod(0)
    run = run_as_nobody(program, options, src, dst)
    same(run.status, 0, "exit status")
    check("dst file is unreadable" in run.out and "bad.npy: opening it: Permission denied" in run.err, run.show())
    run = run_as_nobody(program, options, "compare", "-s", src, "-d", dst, "-o", src / "out" / "x")
    if options:  # somebody else than who owns src
        same((run.status, run.out), (2, ""), "exit status")
        check(f"{src / 'out'}: making the folder: Permission denied" in run.err, run.err)
    dst.chmod(0)
    run = run_as_nobody(program, options, src, dst)
    dst.chmod(0o755)
    same(run.status, 2, "exit status")
    check_error(run, dst, "Permission denied")


# ---- folders ----


@harness.test
def test_empty_folder(folder):
    """bad input: an empty folder"""
    src, dst = good_folders(folder)
    (folder / "empty").mkdir()
    for arguments in ((src, folder / "empty"), (folder / "empty", dst)):
        check_error(mmtui(*arguments, status=2), folder / "empty", "no tensor file", ".npy", ".pb")


@harness.test
def test_no_tensors(folder):
    """bad input: a folder without tensor files says how many others were skipped"""
    src, dst = good_folders(folder)
    other = folder / "other"
    (other / "in" / "it").mkdir(parents=True)
    for name in ("a.txt", "b.bin", "noname.pb", "in/c.md", "in/it/d"):
        (other / name).write_text("x")
    check_error(mmtui(other, dst, status=2), other, "no tensor file", "skipped 5 other files")


@harness.test
def test_missing_folder(folder):
    """bad input: src or dst missing, or a file"""
    src, dst = good_folders(folder)
    gone = folder / "gone"
    check_error(mmtui(gone, dst, status=2), gone, "No such file")
    check_error(mmtui(src, gone, status=2), gone, "No such file")
    (folder / "notes").write_text("no tensor")
    check_error(mmtui(src, folder / "notes", status=2), folder / "notes", "is no tensor file")
    (folder / "net.onnx").write_bytes(b"\x08\x07")
    check_error(mmtui(src, folder / "net.onnx", status=2), folder / "net.onnx", "is a model, and no dump of its tensors")
    check_error(mmtui("", dst, status=2), "No such file")
    check_error(compare(folder, src="gone", status=2), gone, "No such file")
    check(not (folder / "out").exists(), "an error leaves no folder behind")


@harness.test
def test_same_folder(folder):
    """bad input: the same folder twice is compared, with a note"""
    src, _ = good_folders(folder)
    (folder / "link").symlink_to(src)
    for other in ("src", "link", "../" + folder.name + "/src"):
        for run in (table(folder, dst=other), compare(folder, dst=other)):
            check("note" in run.err and "same folder" in run.err, run.err)
            check("2 pairs; 0 bad" in run.out, run.out)


@harness.test
def test_nothing_in_common(folder):
    """bad input: two folders without a common name are shown, with a note"""
    src, dst = pair_of_folders(folder)
    np.save(src / "a.npy", GOOD)
    np.save(dst / "b.npy", GOOD)
    for run in (table(folder), compare(folder), compare(folder, "--fail", status=1)):
        check("note" in run.err and "same network" in run.err, run.err)
        check("0 pairs, 1 only in src, 1 only in dst; 0 bad" in run.out, run.out)


@harness.test
def test_many_files(folder):
    """bad input: folders with 10,000 files take a few seconds, and none is lost"""
    src, dst = pair_of_folders(folder)
    count = 10000
    values = np.arange(224, dtype="f4")
    data = npy_bytes("'<f4'", "(224,)", values.tobytes(), rest=" " * 58)
    same(len(data), 1024, "a KB each")
    for i in range(count):
        (src / f"layer.{i}.npy").write_bytes(data)
        if i % 1000 == 7:  # ten different ones, whose figures tell that no two rows were mixed up
            (dst / f"layer.{i}.npy").write_bytes(data[:-896] + (values + 1 + i).tobytes())
        else:
            os.link(src / f"layer.{i}.npy", dst / f"layer.{i}.npy")
    started = time.monotonic()
    run = compare(folder)
    seconds = time.monotonic() - started
    check("10000 pairs; 10 bad" in run.out, run.out)
    found = load_report(folder)["layers"]
    same([layer["name"] for layer in found], [f"layer.{i}" for i in range(count)], "natural order")
    expected = [1.0 + i if i % 1000 == 7 else 0.0 for i in range(count)]
    same([layer["metrics"]["max_abs"] for layer in found], expected, "figures")
    check(seconds < 10, f"took {seconds:.1f} s")


# ---- output ----


def many_layers(src, count):
    """So that the table is larger than the buffer of a pipe or a stream."""
    for i in range(count):
        os.link(src / "first.npy", src / f"a.long.name.of.a.layer.{i}.npy")


@harness.test
def test_output_is_a_file(folder):
    """bad input: the output folder is a file, or lies in one"""
    good_folders(folder)
    (folder / "out").write_text("precious")
    check_error(compare(folder, status=2), folder / "out", "making the folder")
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out" / "deep", status=2)
    check_error(run, folder / "out", "making the folder")
    same((folder / "out").read_text(), "precious", "the file")


@harness.test
def test_target_is_a_folder(folder):
    """bad input: a folder stands where diff.json should go"""
    good_folders(folder)
    (folder / "out" / "diff.json").mkdir(parents=True)
    check_error(compare(folder, status=2), folder / "out" / "diff.json", "Is a directory")
    no_temporary_files(folder)


def full_after(size):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@harness.test
def test_full_disk(folder):
    """bad input: a full disk is an error, and the old files stay whole"""
    good_folders(folder)
    compare(folder)
    before = {f.name: f.read_bytes() for f in (folder / "out").iterdir()}
    for size in (1, 100, len(before["diff.json"]) + 10):
        run = compare(folder, status=2, preexec_fn=full_after(size))
        named = [name for name in before if f"{folder / 'out' / name}: " in run.err]
        check(len(named) == 1 and len(before[named[0]]) > size and "File too large" in run.err, run.err)
        same({f.name: f.read_bytes() for f in (folder / "out").iterdir()}, before, "old files")


@harness.test
def test_full_stdout(folder):
    """bad input: what can't be printed is an error"""
    src, dst = good_folders(folder)
    with open("/dev/full", "wb") as full:
        for arguments in ((src, dst), ("--help",), ("compare", "-s", src, "-d", dst, "-o", folder / "out")):
            run = mmtui(*arguments, status=2, stdout=full)
            check("standard output" in run.err and "No space left" in run.err, run.err)


@harness.test
def test_closed_pipe(folder):
    """bad input: a closed pipe as stdout ends quietly, with the status that a shell gives it"""
    src, dst = good_folders(folder)
    many_layers(src, 1000)
    for arguments in ((src, dst), (src, src), ("--help",)):
        reader, writer = os.pipe()
        os.close(reader)
        run = mmtui(*arguments, status=128 + signal.SIGPIPE, stdout=writer)
        os.close(writer)
        check("standard output" not in run.err, run.err)


@harness.test
def test_named_pipe(folder):
    """bad input: a pipe with a name, whose writer may never come, is refused"""
    src, dst = good_folders(folder)
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    for arguments in (
        *((src, dst, "--" + o, pipe) for o in ("plan", "map", "order", "schema", "script", "baseline")),
        (src, dst, "--script", os.devnull, "--theme", pipe),
        ("merge", pipe),
        ("lint", "--plan", pipe),
        ("export", "--plan", pipe, folder / "out"),
        ("plan", "--from", "rknn", pipe),
    ):
        run = mmtui(*arguments, status=2)
        check(f"{pipe}: is a pipe" in run.err, run.err)


@harness.test
def test_standard_input(folder):
    """bad input: a pipe without a name has a writer, and is read"""
    good_folders(folder)
    plan = '{"format": "mmtui-plan", "version": 1, "ops": {}}'
    reader, writer = os.pipe()
    os.write(writer, plan.encode())
    os.close(writer)
    run = mmtui("lint", "--plan", "/dev/stdin", "--to", "magicmind", status=(0, 1, 2), stdin=reader)
    os.close(reader)
    check("is a pipe" not in run.err and "/dev/stdin" in run.out + run.err, run.out + run.err)


@harness.test
def test_huge_name(folder):
    """bad input: a name of 900,000 characters makes no table of that width"""
    src, dst = good_folders(folder)
    for side in src, dst:
        for i in range(50):
            op = "O" * 900_000 if i == 3 else "Conv"
            (side / f"100{i}_t{i}.pbtxt").write_text(
                f'version_number: 1 node_name: "n{i}" op_type: "{op}" tensor_shape: 1 dtype: DT_FLOAT32 float_val: 1'
            )
    run = mmtui(src, dst)
    check("OOOO" in run.out and len(run.out) < 500_000, len(run.out))
    check("O" * 900_000 in mmtui(src, dst, "--format", "json").out, "JSON has it whole")


def small_stack():
    resource.setrlimit(resource.RLIMIT_STACK, (64 * 1024, resource.getrlimit(resource.RLIMIT_STACK)[1]))


@harness.test
def test_small_stack(folder):
    """bad input: a limit of 64 KiB for stacks changes nothing"""
    src, dst = good_folders(folder)
    usual = mmtui("triage", src, dst).out
    for jobs in "0", "2":
        same(mmtui("triage", src, dst, "--jobs", jobs, preexec_fn=small_stack).out, usual, f"--jobs {jobs}")


@harness.test
def test_closed_streams(folder):
    """bad input: stdin, stdout and stderr closed; nothing is printed into a file instead"""
    good_folders(folder)
    compare(folder)
    before = {f.name: f.read_bytes() for f in (folder / "out").iterdir()}
    for closed in ((0,), (1,), (0, 1), (1, 2), (0, 1, 2)):
        command = [MMTUI, "compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "new"]
        redirections = [f"{fd}{'<' if fd == 0 else '>'}&-" for fd in closed]
        shell = ["sh", "-c", '"$@" ' + " ".join(redirections), "sh", *command]
        done = subprocess.run(shell, env=harness.ENVIRONMENT, timeout=harness.TIME_LIMIT, capture_output=True)
        same(done.returncode, 2 if 1 in closed else 0, f"exit status with {closed} closed")
        same({f.name: f.read_bytes() for f in (folder / "new").iterdir()}, before, "files")
        shutil.rmtree(folder / "new")
    many_layers(folder / "src", 3000)
    shell = ["sh", "-c", '"$@" >&-', "sh", MMTUI, folder / "src", folder / "dst"]
    done = subprocess.run(shell, env=harness.ENVIRONMENT, timeout=harness.TIME_LIMIT, stderr=subprocess.PIPE)
    same(done.returncode, 2, "exit status")
    same(done.stderr.decode().count("\n"), 1, "one sentence")


harness.main()
