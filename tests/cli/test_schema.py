"""MagicMind's .pb under other field numbers: --schema, what the files beside them tell.

Every message is encoded by protoc, under numbers and in an encoding of the test's own.
"""

import re
import subprocess

import numpy as np

import harness
from harness import ROOT, check, mmtui, same, test
from tensor_message import NAMES, TYPES, Schema, message_text


def arrays(seed=1):
    """dtype -> an array of its values, negative ones and the largest ones included."""
    rng = np.random.default_rng(seed)
    made = {"BOOL": rng.integers(0, 2, (5,))}
    for name in ("FLOAT16", "FLOAT32", "FLOAT64"):
        made[name] = rng.standard_normal((2, 3, 4)).astype(name.lower()).astype(np.float64)
    for name in TYPES:
        match = re.fullmatch(r"(U?)INT(\d+)", name)
        if match:
            bits = int(match[2])
            low, high = (0, 2**bits - 1) if match[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
            made[name] = np.array([low, high, 1, 0, high // 3, low // 2], object).reshape(2, 3)
    return made


def write_all(schema, work, folder, seed=1, ending="pb"):
    folder.mkdir(exist_ok=True)
    for place, (dtype, array) in enumerate(arrays(seed).items()):
        text = message_text(array, dtype, node=f"main/n{place}", is_output=place == 3, index=place % 3)
        data = schema.encode(work, text) if ending == "pb" else text.encode()
        (folder / f"{1000 + place}_t{dtype}.{ending}").write_bytes(data)


def check_equal(folder, schema_file, rows=len(TYPES)):
    """src (text, no numbers in it) and dst (.pb): the same values, whatever the numbers."""
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out", "--schema", schema_file)
    same(run.status, 0, "exit status")
    layers = harness.layers(folder)
    same(len(layers), rows, "layers")
    for name, layer in layers.items():
        same(layer["metrics"]["diff1"], 0, f"diff1 of {name}")
        same(layer["dst"]["dtype"], layer["src"]["dtype"], f"dtype of {name}")
        same(layer["dst"]["node_name"], layer["src"]["node_name"], f"node of {name}")
    return run


def both(folder, schema):
    write_all(schema, folder / "work", folder / "src", ending="pbtxt")
    write_all(schema, folder / "work", folder / "dst")


def forms(folder, **how):
    schema = Schema(**how)
    both(folder, schema)
    for file in (schema.write(folder / "a"), schema.descriptor(folder / "b"), schema.python(folder / "c")):
        check_equal(folder, file)


for seed, how in enumerate(
    [
        {"proto": 3, "packed": True},
        {"proto": 3, "packed": False, "nested": True},
        {"proto": 2, "packed": True, "nested": True},
        {"proto": 2, "packed": False},
    ]
):
    title = f"--schema as .proto, descriptor, tensor_pb2.py: {', '.join(f'{k} {v}' for k, v in how.items())}"
    harness.add(title, lambda folder, seed=seed, how=how: forms(folder, seed=seed, **how))


def python_literal(data, form, width):
    """The bytes as Python of protoc would have them: every byte escaped or not, in parts."""
    parts = [data[i : i + width] for i in range(0, len(data), width)]
    if form == "octal":
        one = lambda b: chr(b) if b < 128 and chr(b).isalpha() else f"\\{b:03o}"
        return " ".join("b'" + "".join(map(one, part)) + "'" for part in parts)
    return " \\\n    ".join(repr(part) for part in parts)


@test
def both_forms_of_python(folder):
    """serialized_pb=b'' and _b(''), AddSerializedFile(b''), in one literal or several"""
    schema = Schema(7)
    both(folder, schema)
    set_bytes = schema.descriptor(folder / "a").read_bytes()
    at = 2 if set_bytes[1] < 0x80 else 3  # the one file's descriptor without the set around it
    data = set_bytes[at:]
    old = "DESCRIPTOR = _descriptor.FileDescriptor(\n  name='tensor.proto',\n  syntax='proto3',\n  serialized_pb={}\n)\n"
    new = "DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile({})\n"
    for number, (form, literal) in enumerate(
        [
            (old, python_literal(data, "repr", 10**6)),
            (old, "_b(" + python_literal(data, "octal", 10**6).replace("b'", "'") + ")"),
            (new, python_literal(data, "octal", 61)),
            (new, python_literal(data, "repr", 37)),
            (new, "(\n" + python_literal(data, "repr", 50) + ")"),
        ]
    ):
        file = folder / f"form{number}_pb2.py"
        file.write_text("# -*- coding: utf-8 -*-\nimport os\nos.abort()\n" + form.format(literal))
        check_equal(folder, file)


@test
def the_schema_is_said(folder):
    """one line says whose numbers are used; show, convert, single take --schema"""
    schema = Schema(11, packed=False)
    both(folder, schema)
    file = schema.write(folder / "a")
    run = mmtui(folder / "src", folder / "dst", "--schema", file)
    check(f"The .pb files of dst are read by the field numbers of {file}." in run.err, run.err)
    run = mmtui("triage", folder / "src", folder / "dst", "--schema", file)
    check("are read by the field numbers of" in " ".join(run.out.split()), run.out)
    one = folder / "dst" / "1001_tFLOAT16.pb"
    check("main/n1" in mmtui("show", one, "--schema", file).out, "the node in mmtui show")
    same(mmtui("convert", one, folder / "x.npy", "--schema", file).status, 0, "convert")
    same(np.load(folder / "x.npy").tolist(), arrays()["FLOAT16"].tolist(), "converted")
    text = folder / "src" / "1001_tFLOAT16.pbtxt"
    run = mmtui("single", "-s", text, "-d", one, "--schema", file)
    same(run.status, 0, "single")


def refused(folder, text, *words):
    file = folder / "bad.proto"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    run = mmtui("show", ROOT / "README.md", "--schema", file, status=2)
    for word in words:
        check(word in run.err, f"{word!r} is not in {run.err!r}")
    check("bad.proto" in run.err, "names the file")


@test
def what_lacks_is_named(folder):
    """--schema: a file that lacks fields, has them twice, or of a type that is not read"""
    refused(folder, Schema(1, without=("dtype",)).text, "TensorProto lacks dtype")
    refused(folder, Schema(1, without=("version_number", "tensor_shape")).text, "lacks version_number, tensor_shape")
    values = [name for name in NAMES if name.endswith("_val")]
    refused(folder, Schema(1, without=values).text, "every list of values")
    text = Schema(3).text
    refused(folder, text.replace("enum DataType", "enum Kinds"), "lacks the enum DataType")
    refused(folder, re.sub(r"repeated int32 int_val", "repeated sint32 int_val", text), "int_val is of type sint32")
    refused(folder, re.sub(r"int_val = \d+", "int_val = 1001", re.sub(r"index = \d+", "index = 1001", text)), "both have the number 1001")
    refused(folder, re.sub(r"DT_BOOL = \d+", "DT_BOOL = 59", re.sub(r"DT_INT8 = \d+", "DT_INT8 = 59", text)), "DT_INT8", "DT_BOOL", "59")
    refused(folder, "", "has no message with fields such as")
    refused(folder, "message {", "has no message")
    refused(folder, "message A { int32 = ; enum } { { [ ' \"\\", "has no message")
    refused(folder, b"\x0a\x7f\x00\x01", "has no message")
    refused(folder, "message A {" * 100000, "has no message")
    refused(folder, "AddSerializedFile(b'\\x0a\\xff", "has no message")


@test
def lists_without_numbers(folder):
    """a list that the schema has no number for: said once, and where a tensor needs it"""
    schema = Schema(5)
    both(folder, schema)
    file = folder / "part.proto"
    file.write_text("\n".join(line for line in schema.text.splitlines() if " uint64_val" not in line))
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out", "--schema", file)
    check("has none for uint64_val" in run.err, run.err)
    layers = harness.layers(folder)
    check("has no number for uint64_val" in layers["tUINT64"]["error"], layers["tUINT64"])
    same(layers["tINT8"]["metrics"]["diff1"], 0, "another's diff1")


@test
def saved_schema(folder):
    """mmtui schema: what it prints and writes is a .proto that protoc and --schema take, with the same numbers"""
    schema = Schema(17)
    both(folder, schema)
    for file in (schema.write(folder / "a"), schema.descriptor(folder / "b"), schema.python(folder / "c")):
        saved = folder / "map.proto"
        run = mmtui("schema", file, "-o", saved)
        same(run.out, f"{saved}: the numbers of {file}\n", "printed")
        same(mmtui("schema", file).out, saved.read_text(), "printed without -o")
        text = saved.read_text()
        for name, number in schema.number.items():
            check(re.search(rf" {name} = {number};", text), name)
        for name, value in schema.value.items():
            check(f" DT_{name} = {value};" in text, name)
        subprocess.run(["protoc", f"-I{folder}", f"-o{folder / 'map.desc'}", saved], check=True)
        check_equal(folder, saved)
        check_equal(folder, folder / "map.desc")
    mmtui("schema", status=2)
    mmtui("schema", folder / "none.proto", status=2)


def twins(folder, schema, wanted, **how):
    """Tensors of these data types in both forms; arrays() tells their values."""
    folder.mkdir(exist_ok=True)
    for place, dtype in enumerate(wanted):
        text = message_text(arrays()[dtype], dtype, node=f"main/n{place}", index=place, **how)
        (folder / f"{2000 + place}_x{place}.pbtxt").write_text(text)
        (folder / f"{2000 + place}_x{place}.pb").write_bytes(schema.encode(folder / "w", text))


def numbers_of(text):
    return {name: int(n) for name, n in re.findall(r"(\w+) = (\d+);", text)}


@test
def learnt_from_pairs(folder):
    """mmtui schema FOLDER: the numbers by tensors that are there as .pb and .pbtxt, right or not told at all"""
    both_types = {"FLOAT32", "INT8"}
    for seed, (proto, packed) in enumerate([(3, True), (3, False), (2, True), (2, False)]):
        schema = Schema(40 + seed, proto=proto, packed=packed)
        if 1 in (schema.value[dtype] for dtype in both_types):
            continue
        twins(folder / f"d{seed}", schema, ["FLOAT32", "INT8", "UINT64", "FLOAT32"], is_output=False)
        found = numbers_of(mmtui("schema", folder / f"d{seed}").out)
        for name in "version_number node_name op_type index dtype tensor_shape float_val int_val uint64_val".split():
            if name == "op_type" and name not in found:
                continue
            same(found.get(name), schema.number[name], name)
        for dtype in ("FLOAT32", "INT8", "UINT64"):
            same(found[f"DT_{dtype}"], schema.value[dtype], dtype)
        check("double_val" not in found and "is_output" not in found, "what no pair tells is not told")


@test
def learnt_numbers_read(folder):
    """a dump is read by the numbers that mmtui schema learnt, and what they do not have is refused by name"""
    schema = Schema(50)
    both(folder, schema)
    twins(folder / "pairs", schema, ["INT8", "FLOAT32", "FLOAT16", "BOOL", "UINT4"])
    saved = folder / "map.proto"
    mmtui("schema", folder / "pairs", "-o", saved)
    mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out", "--schema", saved)
    found = harness.layers(folder)
    for dtype in ("INT8", "FLOAT32", "FLOAT16", "BOOL", "UINT4"):
        same(found[f"t{dtype}"]["metrics"]["diff1"], 0, dtype)
    check("is not a known data type" in found["tINT64"]["error"], found["tINT64"])


@test
def pairs_that_do_not_tell(folder):
    """what two fields could be is refused, with what is missing; so is a folder without pairs"""
    schema = Schema(60)
    (folder / "a").mkdir()
    text = message_text(arrays()["FLOAT32"], "FLOAT32", is_output=True, index=1)
    (folder / "a" / "1_x.pbtxt").write_text(text)
    (folder / "a" / "1_x.pb").write_bytes(schema.encode(folder / "w", text))
    run = mmtui("schema", folder / "a", status=2)
    check("1 pair of a .pb and a .pbtxt does not tell the number of version_number" in run.err, run.err)
    other = message_text(arrays()["FLOAT64"], "FLOAT64", is_output=True, index=1)
    (folder / "a" / "1_x.pbtxt").write_text(other)
    run = mmtui("schema", folder / "a", status=2)
    check("any list of values" in run.err, run.err)
    (folder / "a" / "1_x.pb").write_bytes(b"\x0a\xff")
    check("no tensor is there both" in mmtui("schema", folder / "a", status=2).err, "a broken .pb")


@test
def cut_files(folder):
    """a descriptor or Python cut off anywhere is read as far as it is whole, or refused"""
    schema = Schema(13)
    for path in (schema.descriptor(folder / "a"), schema.python(folder / "b")):
        data = path.read_bytes()
        for size in range(0, len(data), max(1, len(data) // 40)):
            cut = folder / "cut"
            cut.write_bytes(data[:size])
            mmtui("show", ROOT / "README.md", "--schema", cut, status=2)


if __name__ == "__main__":
    harness.main()
