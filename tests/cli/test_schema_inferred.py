"""Field numbers of MagicMind's .pb that are inferred from the wire: the right ones, or a sentence; never a wrong value.

Every message is encoded by protoc, under numbers and in an encoding of the test's own.
"""

import json
import random
import re
import subprocess

import numpy as np
import onnx.numpy_helper

import harness
from harness import check, mmtui, same, test
from tensor_message import NAMES, TYPES, Schema, message_text

FLOATS = ("FLOAT16", "FLOAT32", "FLOAT64")
OPS = ("mm.conv2d", "mm.relu", "mm.add")


def numbers_of(text):
    return {name: int(n) for name, n in re.findall(r"^  (?:repeated |optional )?(?:\w+ )?(\w+) = (\d+);", text, re.M)}


def check_numbers(schema, found):
    """What is told is right; returns the names of the fields that are."""
    for name, number in found.items():
        expected = schema.value[name[3:]] if name.startswith("DT_") else schema.number[name]
        same(number, expected, name)
    return {name for name in found if not name.startswith("DT_")}


class Dump:
    """Tensors of a dump: dtype and values; written as .pb by protoc, and as .pbtxt."""

    def __init__(self, folder, schema, tensors, beyond=""):
        folder.mkdir(exist_ok=True)
        self.folder, self.schema, self.tensors = folder / "dst", schema, tensors
        for place, (dtype, array) in enumerate(tensors):
            text = message_text(array, dtype, node=f"main/n{place}", op=OPS[place // 2 % len(OPS)])
            for ending, data in (("pb", schema.encode(folder / "w", text + beyond)), ("pbtxt", text.encode())):
                side = folder / ("dst" if ending == "pb" else "src")
                side.mkdir(exist_ok=True)
                (side / f"{1000 + place}_t{place}.{ending}").write_bytes(data)

    def numbers(self):
        """By mmtui schema; None where it refuses."""
        run = mmtui("schema", self.folder, status=(0, 2))
        if run.status == 2:
            check("Give --schema FILE" in run.err, run.err)
            return None
        check("inferred from the wire of" in run.out and "not verified" in run.out, run.out)
        return check_numbers(self.schema, numbers_of(run.out))

    def check_values(self, *options):
        """Whatever can be read is what was written; returns the places of the tensors that can."""
        out = self.folder.parent / "npy"
        mmtui("convert", "-r", self.folder, out, "--format", "npy", *options, status=(0, 2))
        read = []
        for place, (_, array) in enumerate(self.tensors):
            file = out / f"{1000 + place}_t{place}.npy"
            if file.exists():
                read.append(place)
                found = np.load(file)
                same(found.shape, array.shape, f"shape of t{place}")
                same(found.ravel().tolist(), array.ravel().tolist(), f"values of t{place}")
                file.unlink()
        return read


def floats(rng, dtype, shape, scale=1.0):
    with np.errstate(over="ignore"):
        return (rng.standard_normal(shape) * scale).astype(dtype.lower()).astype(np.float64)


def integers(rng, dtype, shape):
    bits = 1 if dtype == "BOOL" else int(re.sub(r"\D", "", dtype))
    unsigned = dtype == "BOOL" or dtype[0] == "U"
    low, high = (0, 2**bits) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    count = int(np.prod(shape, dtype=int))
    values = [random.Random(int(rng.integers(1 << 30))).randrange(low, high) for _ in range(count)]
    return np.array(values, object).reshape(shape)


def tensor(rng, dtype, shape):
    return dtype, floats(rng, dtype, shape) if dtype in FLOATS else integers(rng, dtype, shape)


SHAPES = [(1, 3, 8, 8), (1, 16, 4, 4), (2, 10), (7,), (1, 5, 3), (4, 4), (), (1, 1), (3, 0, 2)]


@test
def ordinary_dumps(folder):
    """24 dumps of floats of several shapes under shuffled numbers, proto2 and 3, packed or not: every one is inferred"""
    for seed in range(24):
        rng = np.random.default_rng(seed)
        schema = Schema(seed, proto=2 + seed % 2, packed=seed // 2 % 2 == 0)
        dtype = FLOATS[seed % 3]
        shapes = [SHAPES[i] for i in rng.permutation(5)][: int(rng.integers(3, 6))]
        dump = Dump(folder / str(seed), schema, [tensor(rng, dtype, shape) for shape in shapes])
        found = dump.numbers()
        check(found is not None, f"seed {seed} is refused")
        check({"tensor_shape", "double_val" if dtype == "FLOAT64" else "float_val"} <= found, f"{seed}: {found}")
        same(dump.check_values(), list(range(len(shapes))), f"seed {seed}: tensors that are read")


@test
def any_dumps(folder):
    """60 dumps of any data types, shapes and numbers: what is told is right, what is read is what was written"""
    for seed in range(100, 160):
        rng = np.random.default_rng(seed)
        schema = Schema(seed, proto=2 + seed % 2, packed=bool(rng.integers(2)))
        kinds = [TYPES, FLOATS, ("FLOAT32",), ("FLOAT32", "INT8", "BOOL"), ("INT32", "UINT8"), ("FLOAT16", "INT64")]
        types = kinds[int(rng.integers(len(kinds)))]
        tensors = []
        for _ in range(int(rng.integers(1, 7))):
            tensors.append(tensor(rng, types[int(rng.integers(len(types)))], SHAPES[int(rng.integers(len(SHAPES)))]))
        dump = Dump(folder / str(seed), schema, tensors)
        found = dump.numbers()
        read = dump.check_values()
        sizes = {array.size for dtype, array in tensors if dtype in FLOATS and array.size > 1}
        same(found is not None, len(sizes) > 1, f"seed {seed}: inferred")
        check(found is not None or not read, f"seed {seed}: refused, and read all the same")


@test
def small_numbers(folder):
    """numbers from 1 to 13 in any order, and a version that is 1 beside a dtype that is 1"""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        schema = Schema(seed, packed=seed % 2 == 0)
        order = dict(zip(NAMES, random.Random(seed).sample(range(1, 14), 13)))
        schema.text = re.sub(r"(\w+) = (\d+)( \[packed|;\n)", lambda m: f"{m[1]} = {order.get(m[1], m[2])}{m[3]}", schema.text)
        if seed % 3 == 0:
            schema.text = re.sub(r"DT_FLOAT32 = \d+", "DT_FLOAT32 = 1", re.sub(r"= 1; //", "= 99; //", schema.text))
            schema.value["FLOAT32"] = 1
        schema.number = order
        dump = Dump(folder / str(seed), schema, [tensor(rng, "FLOAT32", shape) for shape in SHAPES[:4]])
        found = dump.numbers()
        check(found is not None and {"tensor_shape", "float_val"} <= found, f"seed {seed}: {found}")
        same("version_number" in found, seed % 3 != 0, f"seed {seed}: version_number")
        check("dtype" not in found, "one data type does not tell its number")
        same(len(dump.check_values()), 4, "tensors that are read")


@test
def it_is_said(folder):
    """that numbers are inferred stands in the note, in mmtui.json, in triage, in the saved map; integers have an error"""
    rng = np.random.default_rng(1)
    types = ("FLOAT32", "FLOAT32", "FLOAT64", "FLOAT64", "INT8", "BOOL")
    dump = Dump(folder, Schema(4), [tensor(rng, dtype, shape) for dtype, shape in zip(types, SHAPES)])
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    said = "The .pb files of dst are read by field numbers inferred from the wire of 6 files (not verified): give --schema FILE"
    check(said in run.err, run.err)
    check("There is none for index, is_output, int_val, int64_val, uint32_val, uint64_val." in run.err, run.err)
    dumps = json.loads((folder / "out" / "mmtui.json").read_text())["dumps"]
    same(dumps["dst"]["field_numbers"], "numbers inferred from the wire of 6 files (not verified)", "field_numbers")
    same(dumps["src"]["field_numbers"], None, "field_numbers of src")
    layers = harness.layers(folder)
    for place in range(4):
        same(layers[f"t{place}"]["metrics"]["diff1"], 0, f"diff1 of t{place}")
        same(layers[f"t{place}"]["dst"]["dtype"], layers[f"t{place}"]["src"]["dtype"], "dtype")
        same(layers[f"t{place}"]["dst"]["node_name"], f"main/n{place}", "node")
    for place in (4, 5):
        check("do not tell which data type dtype" in layers[f"t{place}"]["error"], layers[f"t{place}"])
    check(said in " ".join(mmtui("triage", folder / "src", folder / "dst").out.split()), "triage")
    same(json.loads(mmtui("triage", folder / "src", folder / "dst", "--json").out)["dumps"]["dst"], dumps["dst"], "triage --json")
    check("inferred from the wire of 6 files" in mmtui("show", dump.folder, status=2).err, "show")
    one = dump.folder / "1001_t1.pb"
    check("inferred from the wire of 6 files" in mmtui("show", one).err, "show of one file, by those beside it")
    run = mmtui("single", "-s", folder / "src" / "1001_t1.pbtxt", "-d", one)
    check("The .pb files of dst are read by field numbers inferred" in run.err, run.err)
    run = mmtui(folder / "dst", folder / "dst")
    same(run.err.count("are read by field"), 1, run.err)
    check(said.replace("of dst", "of src and dst") in run.err, run.err)

    saved = folder / "map.proto"
    run = mmtui("schema", dump.folder, "-o", saved)
    check("numbers inferred from the wire of 6 files (not verified); none for index, is_output" in run.out, run.out)
    same(mmtui("schema", dump.folder).out, saved.read_text(), "printed without -o")
    subprocess.run(["protoc", f"-I{folder}", f"-o{folder / 'map.desc'}", saved], check=True)
    for file in (saved, folder / "map.desc"):
        same(dump.check_values("--schema", file), [0, 1, 2, 3], "read by the saved map")


@test
def maps_without_a_data_type(folder):
    """a saved map that has no dtype is read again: what is in float_val is FLOAT32"""
    rng = np.random.default_rng(2)
    dump = Dump(folder, Schema(5, packed=False), [tensor(rng, "FLOAT16", shape) for shape in SHAPES[:4]])
    saved = folder / "map.proto"
    mmtui("schema", dump.folder, "-o", saved)
    check("// dtype: not known" in saved.read_text() and "enum" not in saved.read_text(), saved.read_text())
    subprocess.run(["protoc", f"-I{folder}", f"-o{folder / 'map.desc'}", saved], check=True)
    for file in (saved, folder / "map.desc"):
        same(dump.check_values("--schema", file), [0, 1, 2, 3], "read by the saved map")
    run = mmtui("show", dump.folder)
    check("floats are shown as f32, also where they may be f16" in run.err, run.err)
    check("  f32 [1, 3, 8, 8]" in run.out, run.out)
    text = saved.read_text().replace("}", "  repeated int32 int_val = 77;\n}")
    (folder / "more.proto").write_text(text)
    check("lacks dtype" in mmtui("show", saved, "--schema", folder / "more.proto", status=2).err, "integers need it")


@test
def types_are_told_apart(folder):
    """FLOAT16, FLOAT32, FLOAT64 in one dump: each tensor has its own data type; a type of no other file is an error"""
    rng = np.random.default_rng(3)
    tensors = [tensor(rng, dtype, shape) for dtype in FLOATS for shape in SHAPES[:4]]
    dump = Dump(folder, Schema(6), tensors)
    found = dump.numbers()
    check({"version_number", "dtype", "tensor_shape", "float_val", "double_val"} <= found, found)
    mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    for name, layer in harness.layers(folder).items():
        same(layer["dst"]["dtype"], layer["src"]["dtype"], name)
        same(layer["metrics"]["diff1"], 0, name)


@test
def what_is_refused(folder):
    """one size, 1-dimensional tensors beside their size, integers, zeros: refused by name, and every row has its error"""
    rng = np.random.default_rng(4)
    count = "\n".join(["  int64 number_of_values = 7000;", "}"])
    cases = {
        "same": ([tensor(rng, "FLOAT32", (2, 3)), tensor(rng, "FLOAT32", (3, 2))], "two different numbers of values"),
        "one": ([tensor(rng, "FLOAT32", (2, 3))], "two different numbers of values"),
        "integers": ([tensor(rng, "INT32", shape) for shape in SHAPES[:4]], "integers alone tell nothing"),
        "zeros": ([("FLOAT32", np.zeros(shape)) for shape in SHAPES[:4]], "are nearly all 0"),
    }
    for name, (tensors, why) in cases.items():
        dump = Dump(folder / name, Schema(7), tensors)
        run = mmtui("schema", dump.folder, status=2)
        check(why in run.err and "Give --schema FILE" in run.err, run.err)
        run = mmtui("compare", "-s", folder / name / "src", "-d", dump.folder, "-o", folder / name / "out")
        check("The .pb files of dst can't be read by mmtui's own field numbers" in run.err and why in run.err, run.err)
        check(all(layer["error"] for layer in harness.layers(folder / name).values()), "an error in each row")
        same(dump.check_values("--schema", dump.schema.write(folder / name / "w")), list(range(len(tensors))), "--schema")

    schema = Schema(8)
    schema.text = schema.text[: schema.text.rindex("}")] + "  repeated int64 sizes = 7000 [packed = true];\n}\n"
    tensors = [tensor(rng, "FLOAT32", (n,)) for n in (5, 9, 12)]
    for place, (dtype, array) in enumerate(tensors):
        Dump(folder / "two", schema, tensors[: place + 1], beyond=f"sizes: {array.size}\n")
        last = folder / "two" / "dst" / f"{1000 + place}_t{place}.pb"
        last.rename(folder / "two" / last.name)
    run = mmtui("schema", folder / "two", status=2)
    shapes = sorted([schema.number["tensor_shape"], 7000])
    check(f"tensor_shape may be number {shapes[0]} or {shapes[1]}" in run.err, run.err)


@test
def other_ways_come_first(folder):
    """--schema, the project's own numbers, pairs of .pb and .pbtxt: then nothing is inferred"""
    rng = np.random.default_rng(5)
    tensors = [tensor(rng, "FLOAT32", shape) for shape in SHAPES[:4]]
    dump = Dump(folder, Schema(9), tensors)
    run = mmtui("show", dump.folder, "--schema", dump.schema.write(folder / "w"))
    same(run.err, "", "with --schema")
    mmtui("convert", "-r", folder / "src", folder / "own", "--format", "pb")
    same(mmtui("show", folder / "own").err, "", "own numbers")
    check("from mmtui's own numbers" in mmtui("schema", folder / "own").out, "mmtui schema of own numbers")
    (folder / "own" / "1000_t0.pb").write_bytes((dump.folder / "1000_t0.pb").read_bytes())  # of other numbers
    run = mmtui("show", folder / "own", status=2)
    check("inferred" not in run.err, "one tensor that the own numbers read is enough")
    for place in (0, 1):
        text = folder / "src" / f"{1000 + place}_t{place}.pbtxt"
        (dump.folder / text.name).write_bytes(text.read_bytes())
    run = mmtui("convert", "-r", dump.folder, folder / "pairs", "--format", "npy", status=2)
    check("are read by the field numbers of the pairs of .pb and .pbtxt in" in run.err, run.err)
    same(np.load(folder / "pairs" / "1003_t3.npy").tolist(), tensors[3][1].tolist(), "by the pairs")


@test
def damaged_files(folder):
    """files that are cut off do not count, and have their error; a file whose values do not fit stops it"""
    rng = np.random.default_rng(6)
    dump = Dump(folder, Schema(10), [tensor(rng, "FLOAT32", shape) for shape in SHAPES[:5]])
    whole = (dump.folder / "1000_t0.pb").read_bytes()
    (dump.folder / "1000_t0.pb").write_bytes(whole[:-20])
    (dump.folder / "1005_t5.pb").write_bytes(b"")
    (dump.folder / "1006_t6.pb").write_bytes(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
    check(dump.numbers() is not None, "inferred from the others")
    same(dump.check_values(), [1, 2, 3, 4], "read")
    odd = message_text(floats(rng, "FLOAT32", (3, 4)), "FLOAT32").replace("tensor_shape: 4", "tensor_shape: 5")
    (dump.folder / "1007_t7.pb").write_bytes(dump.schema.encode(folder / "w", odd))
    same(dump.numbers(), None, "refused")
    same(dump.check_values(), [], "nothing is read")


@test
def onnx_is_onnx(folder):
    """ONNX's tensors, with a time stamp or without, good or damaged, are no MagicMind files, nor the other way round"""
    rng = np.random.default_rng(7)
    shapes = SHAPES[:4]
    arrays = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    for name, front in (("stamped", "100"), ("plain", "")):
        (folder / name).mkdir()
        for place, array in enumerate(arrays):
            file = folder / name / (f"{front}{place}_x{place}.pb" if front else f"x{place}.pb")
            file.write_bytes(onnx.numpy_helper.from_array(array, f"x{place}").SerializeToString())
        run = mmtui("convert", "-r", folder / name, folder / f"{name}_npy", "--format", "npy")
        same(run.err, "", "nothing is said")
        for file in sorted((folder / f"{name}_npy").iterdir()):
            place = int(file.stem[-1])
            same(np.load(file).tolist(), arrays[place].tolist(), file.name)
        same(len(list((folder / f"{name}_npy").iterdir())), 4, "tensors")
        check("inferred" not in mmtui("schema", folder / name, status=2).err, "mmtui schema")

    dump = Dump(folder, Schema(11), [tensor(rng, "FLOAT32", shape) for shape in shapes])
    for file in (folder / "stamped").iterdir():
        (dump.folder / file.name).write_bytes(file.read_bytes())
    check(dump.numbers() is not None, "MagicMind's beside ONNX's")
    same(dump.check_values(), [0, 1, 2, 3], "read")

    (folder / "damaged").mkdir()  # of a later version, so that they are ONNX by no rule that is known
    for place, array in enumerate(arrays):
        data = onnx.numpy_helper.from_array(array).SerializeToString() + b"\x9a\x06\x01x"
        (folder / "damaged" / f"100{place}_x{place}.pb").write_bytes(data)
    run = mmtui("schema", folder / "damaged", status=2)
    check("are those of ONNX's tensors" in run.err, run.err)
    mmtui("show", folder / "damaged", status=2)


if __name__ == "__main__":
    harness.main()
