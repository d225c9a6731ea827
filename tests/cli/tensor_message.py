"""MagicMind's tensor message under numbers of a test's own: the .proto, and messages that protoc encodes with it."""

import random
import subprocess

NAMES = (
    "version_number node_name op_type index is_output dtype tensor_shape float_val double_val int_val int64_val"
    " uint32_val uint64_val"
).split()
TYPES = "FLOAT16 FLOAT32 FLOAT64 INT4 INT8 INT16 INT32 INT64 UINT4 UINT8 UINT16 UINT32 UINT64 BOOL".split()
KINDS = {
    "version_number": "int32",
    "node_name": "string",
    "op_type": "string",
    "index": "int32",
    "is_output": "bool",
    "dtype": "DataType",
    "tensor_shape": "int64",
    "float_val": "float",
    "double_val": "double",
    "int_val": "int32",
    "int64_val": "int64",
    "uint32_val": "uint32",
    "uint64_val": "uint64",
}
LISTS = {"FLOAT16": "float_val", "FLOAT32": "float_val", "FLOAT64": "double_val", "INT64": "int64_val"}
LISTS.update({name: "int_val" for name in ("INT4", "INT8", "INT16", "INT32", "BOOL")})
LISTS.update({name: "uint32_val" for name in ("UINT4", "UINT8", "UINT16", "UINT32")}, UINT64="uint64_val")


class Schema:
    """The text of a .proto with shuffled numbers, and what protoc makes with it."""

    def __init__(self, seed, proto=3, packed=True, nested=False, without=()):
        rng = random.Random(seed)
        numbers = rng.sample([n for n in range(1, 3000) if n < 40 or n > 2900], len(NAMES))
        self.number = {name: n for name, n in zip(NAMES, numbers) if name not in without}
        self.value = dict(zip(TYPES, rng.sample(range(1, 60), len(TYPES))))
        enum = ["  DT_INVALID = 0 [deprecated = false];"] + [f"  DT_{t} = {v}; // {t}" for t, v in self.value.items()]
        enum = ["enum DataType {", '  reserved 100 to 120, 0x100; reserved "DT_OLD";', *enum, "}"]
        message = ["message TensorProto {", "  /* float_val = 77; */ reserved 4000, 4001;", "  message Other { optional int32 dtype = 1; }"]
        if proto == 3:
            message[-1] = "  message Other { int32 dtype = 1; map<string, int32> sizes = 2; }"
        message += enum if nested else []
        names = list(self.number)
        rng.shuffle(names)
        for name in names:
            label = "repeated " if name == "tensor_shape" or name.endswith("_val") else "optional " if proto == 2 else ""
            option = f" [packed = {'true' if packed else 'false'}]" if label == "repeated " else ""
            message.append(f"  {label}{KINDS[name]} {name} = {self.number[name]}{option};")
        message.append("  oneof extra { string note = 5000; int32 mark = 5001; }")
        message.append("}")
        head = [f'syntax = "proto{proto}"; // a comment; with = signs', "package some.vendor;", 'option java_package = "a;b{";']
        first = ["message Before { repeated int32 tensor_shape = 9; string name = 1; }"]
        if proto == 2:
            first = ["message Before { extensions 100 to max; repeated group Part = 8 { optional string node_name = 1; } }"]
        self.text = "\n".join(head + first + ([] if nested else enum) + message) + "\n"
        self.nested = nested

    def write(self, folder, name="tensor.proto"):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(self.text)
        return folder / name

    def descriptor(self, folder):
        path = self.write(folder)
        made = folder / "tensor.desc"
        subprocess.run(["protoc", f"-I{folder}", f"-o{made}", path], check=True)
        return made

    def python(self, folder):
        path = self.write(folder)
        subprocess.run(["protoc", f"-I{folder}", f"--python_out={folder}", path], check=True)
        return folder / "tensor_pb2.py"

    def encode(self, folder, text):
        path = self.write(folder)
        command = ["protoc", f"-I{folder}", "--encode=some.vendor.TensorProto", path]
        return subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


def value_text(value, dtype):
    return repr(float(value)) if dtype.startswith("FLOAT") else str(int(value))


def message_text(array, dtype, node="main/conv1", op="mm.conv2d", index=0, is_output=False):
    lines = ["version_number: 1", f'node_name: "{node}"', f'op_type: "{op}"', f"dtype: DT_{dtype}"]
    lines += [f"index: {index}"] * (index != 0) + ["is_output: true"] * is_output
    lines += [f"tensor_shape: {n}" for n in array.shape]
    lines += [f"{LISTS[dtype]}: {value_text(v, dtype)}" for v in array.ravel()]
    return "\n".join(lines) + "\n"
