#!/usr/bin/env python3
"""Dump all tensors of an ONNX model as ONNX Runtime computes them, for mmtui to compare.

On the command line:     python3 dump_onnxruntime.py model.onnx DIR --input x=x.npy
                         (inputs that are not given are filled with random numbers, the same each time)
In a program:            dump("model.onnx", "DIR", {"x": array})
Then, with another:      mmtui DIR OTHER --model model.onnx

A tensor is called as in the model; inputs are in the dump, too. What nodes inside If, Loop, Scan and local functions
compute is not seen. The graph is run as it stands, without the fusions that ONNX Runtime makes, as a tensor that is
asked for can't be fused away; --level all asks for the fusions that are left.
Integers with a known scale and zero point (QuantizeLinear, QLinearConv and the like, and what only moves their values)
have them in scales.json. The execution provider is the CPU's if no other is named (--provider).
Needs onnxruntime and NumPy; all tensors are in memory at once.
"""
import argparse
import ctypes

import onnxruntime

from writer import *

# ---- as much of the model's file as is needed: which tensors the nodes make ----


def fields(data, at, end):
    """(number, value) of a protobuf message: integers, or (begin, end) of what has a length."""
    def varint(at):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value, at

    while at < end:
        key, at = varint(at)
        kind = key & 7
        if kind == 0:
            value, at = varint(at)
        else:
            length, at = varint(at) if kind == 2 else (8 if kind == 1 else 4, at)
            value, at = (at, at + length), at + length
        yield key >> 3, value


def text(data, span):
    return bytes(data[span[0]:span[1]]).decode("utf-8", "replace")


class Node:
    """Of NodeProto: input = 1, output = 2, op_type = 4, attribute = 5 (name = 1, i = 3, g = 6), domain = 7."""

    def __init__(self, data, span):
        self.inputs, self.outputs, self.numbers, self.op_type, self.bodies = [], [], {}, "", 0
        for number, value in fields(data, *span):
            if number == 1:
                self.inputs.append(text(data, value))
            elif number == 2:
                self.outputs.append(text(data, value))
            elif number == 4:
                self.op_type = text(data, value)
            elif number == 5:
                attribute = dict(fields(data, *value))
                self.bodies += 6 in attribute
                if 3 in attribute:
                    self.numbers[text(data, attribute[1])] = attribute[3]


def read(data):
    """Nodes, names of outputs, number of local functions. Of ModelProto: graph = 7 (node = 1, output = 12), functions = 25."""
    nodes, outputs, functions = [], [], 0
    for number, value in fields(data, 0, len(data)):
        functions += number == 25
        for inner, span in fields(data, *value) if number == 7 else ():
            if inner == 1:
                nodes.append(Node(data, span))
            elif inner == 12:
                outputs.append(text(data, dict(fields(data, *span))[1]))
    return nodes, outputs, functions


def with_outputs(data, names):
    """The model with more outputs: one more `graph` behind it, which parsers join with the first."""
    def field(number, payload):
        size, head = len(payload), bytearray([number << 3 | 2])
        while size > 127:
            head.append(size & 127 | 128)
            size >>= 7
        return bytes(head) + bytes([size]) + payload

    return data + field(7, b"".join(field(12, field(1, name.encode("utf-8"))) for name in names))


# ---- scale and zero point ----

# Operators by the places of the inputs that scale and zero point of their (only) output are.
SCALES = {"QuantizeLinear": (1, 2), "QLinearConv": (6, 7), "QLinearMatMul": (6, 7), "QGemm": (7, 8), "QLinearAdd": (6, 7),
          "QLinearMul": (6, 7), "QLinearConcat": (0, 1), "QLinearSigmoid": (3, 4), "QLinearLeakyRelu": (3, 4),
          "QLinearSoftmax": (3, 4), "QLinearAveragePool": (3, 4), "QLinearGlobalAveragePool": (3, 4)}
# What moves values and changes none: the parameters are those of the first input.
MOVES = {"Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity", "MaxPool", "Slice", "Gather", "Split", "Expand",
         "DepthToSpace", "SpaceToDepth"}


def scales_of(nodes, arrays):
    """{name: {"scale", "zero_point", "axis"}} of all that is quantised; `arrays` has scales and zero points."""
    found = {}
    for node in nodes:
        if node.op_type in SCALES:
            scale, zero = (arrays.get(node.inputs[i]) if i < len(node.inputs) else None for i in SCALES[node.op_type])
            if scale is None:
                continue
            found[node.outputs[0]] = {"scale": scale.tolist(), "zero_point": zero.astype(int).tolist() if zero is not None else 0}
            if scale.ndim == 1 and scale.size > 1:
                axis = node.numbers.get("axis", 1)
                found[node.outputs[0]]["axis"] = axis  # below 0: counted from the end, see dump()
        elif node.op_type == "DynamicQuantizeLinear":
            scale, zero = (arrays.get(name) for name in node.outputs[1:3])
            if scale is not None:
                found[node.outputs[0]] = {"scale": float(scale), "zero_point": int(zero) if zero is not None else 0}
        elif node.op_type in MOVES and found.get(node.inputs[0]) and "axis" not in found[node.inputs[0]]:
            found.update((name, found[node.inputs[0]]) for name in node.outputs if name)
    return found


def wanted(nodes):
    """Names of all that is to be computed: what nodes make, and the scales and zero points among the weights."""
    made = [name for node in nodes for name in node.outputs if name]
    scales = [node.inputs[i] for node in nodes if node.op_type in SCALES for i in SCALES[node.op_type] if i < len(node.inputs)]
    return made, [name for name in dict.fromkeys(scales) if name and name not in set(made)]


# ---- running ----

LEVELS = {"none": "ORT_DISABLE_ALL", "basic": "ORT_ENABLE_BASIC", "extended": "ORT_ENABLE_EXTENDED", "all": "ORT_ENABLE_ALL"}


def open_session(model, names, level, providers):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, LEVELS[level])
    options.log_severity_level = 3
    folder = os.path.dirname(os.path.realpath(model))
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", folder)
    with open(model, "rb") as file:
        data = file.read()
    return onnxruntime.InferenceSession(with_outputs(data, names), options, providers=providers)


TYPES = {"float": "f4", "double": "f8", "float16": "f2", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2",
         "int32": "i4", "uint32": "u4", "int64": "i8", "uint64": "u8", "bool": "?"}


def fill(session, inputs, seed, tell):
    """Random numbers for what is not given: N(0, 1), integers 0 and 1; an axis of unknown length has 1."""
    random = np.random.default_rng(seed)
    for need in session.get_inputs():
        kind = re.sub(r"^tensor\((\w+)\)$", r"\1", need.type)
        if need.name not in inputs:
            if kind not in TYPES:
                raise SystemExit("%s: is a %s; give it with --input %s=FILE.npy" % (need.name, need.type, need.name))
            shape = [n if isinstance(n, int) else 1 for n in need.shape]
            values = random.standard_normal(shape) if kind in ("float", "double", "float16") else random.integers(0, 2, shape)
            inputs[need.name] = values.astype(TYPES[kind])
            tell("%s: was not given; random numbers of shape %s, seed %d" % (need.name, shape, seed))


# Types that NumPy has no code for: bytes an element (0: two elements a byte), what .npy says of them.
RARE = {"bfloat16": (2, "<V2"), "float8e4m3fn": (1, "float8_e4m3fn"), "float8e4m3fnuz": (1, "float8_e4m3fnuz"),
        "float8e5m2": (1, "float8_e5m2"), "float8e5m2fnuz": (1, "float8_e5m2fnuz"), "int4": (0, "|i1"), "uint4": (0, "|u1")}


def rare_of(kind):
    return RARE.get(kind[7:-1]) if kind.startswith("tensor(") else None


def copy_rare(value, kind):
    """The elements of a tensor of such a type, as integers of that size."""
    size, _ = rare_of(kind)
    shape, count = value.shape(), int(np.prod(value.shape(), dtype=np.int64))
    data = np.frombuffer(ctypes.string_at(value.data_ptr(), count * size if size else (count + 1) // 2), np.uint8)
    if size == 0:  # the first of two in the low half
        data = np.stack([data & 15, data >> 4], 1).reshape(-1)[:count]
        data = ((data ^ 8).astype(np.int8) - 8) if kind == "tensor(int4)" else data
    return data.view(np.uint16).reshape(shape) if size == 2 else data.reshape(shape)


def run(session, inputs):
    """{name: value} of all outputs; those of rare types in a run of their own."""
    kinds = {output.name: output.type for output in session.get_outputs()}
    plain = [name for name in kinds if not rare_of(kinds[name])]
    rare = [name for name in kinds if rare_of(kinds[name])]
    values = dict(zip(plain, session.run(plain, inputs))) if plain else {}
    if rare:
        feed = {name: onnxruntime.OrtValue.ortvalue_from_numpy(np.asarray(array)) for name, array in inputs.items()}
        found = session.run_with_ort_values(rare, feed)
        values.update((name, copy_rare(value, kinds[name])) for name, value in zip(rare, found))
    return values, kinds


def put(writer, name, op_type, value, kind, scales):
    """One output: a tensor, a list or dict of tensors, or nothing."""
    if value is None:
        writer.miss("%s: is an optional without a value" % name)
    elif isinstance(value, (list, dict)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            put(writer, "%s[%s]" % (name, key), op_type, item, "", None)
    else:
        writer.put(name, op_type, value, rare_of(kind)[1] if rare_of(kind) else None, scales)


def dump(model, folder, inputs=None, level="none", providers=("CPUExecutionProvider",), seed=0):
    """Run a model file once with `inputs` ({name: array}; what lacks is random) and write all tensors to a folder."""
    writer = Writer(folder, "onnxruntime %s, %s, optimisation %s" % (onnxruntime.__version__, ", ".join(providers), level))
    with open(model, "rb") as file:
        nodes, outputs, functions = read(file.read())
    made, weights = wanted(nodes)
    session = open_session(model, [n for n in made + weights if n not in outputs], level, list(providers))
    inputs = dict(inputs or {})
    fill(session, inputs, seed, writer.miss)
    arrays, kinds = run(session, inputs)
    scales = scales_of(nodes, arrays)
    for name, array in inputs.items():
        put(writer, name, "", array, "", scales.get(name))
    for node in nodes:
        for name in node.outputs:
            if name in arrays:
                found = scales.get(name)
                if found and found.get("axis", 0) < 0:
                    found["axis"] += np.ndim(arrays[name])
                put(writer, name, node.op_type, arrays[name], kinds[name], found)
        if node.bodies:
            writer.miss("%s (%s): what the nodes in its body compute" % (node.outputs[0], node.op_type))
    if functions:
        writer.miss("%d local functions: what the nodes in them compute" % functions)
    if level == "none":
        writer.miss("fusions: the graph ran as it stands; a session with optimisation computes fused nodes otherwise")
    writer.close()


def main():
    parser = argparse.ArgumentParser(description="Dump all tensors of an ONNX model as ONNX Runtime computes them.")
    parser.add_argument("model", help="an .onnx file")
    parser.add_argument("folder", metavar="DIR", help="for the dump; empty or not there yet")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=FILE", help="a .npy file, or an .npz with inputs by name")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers for inputs that are not given")
    parser.add_argument("--level", choices=list(LEVELS), default="none", help="optimisation of the graph (none)")
    parser.add_argument("--provider", action="append", help="execution provider (CPUExecutionProvider)")
    options = parser.parse_args()
    inputs = {}
    for given in options.input:
        name, equals, path = given.partition("=")
        if not equals and given.endswith(".npz"):
            inputs.update(np.load(given))
        elif equals:
            inputs[name] = np.load(path)
        else:
            parser.error("--input %s: NAME=FILE.npy, or an .npz file" % given)
    dump(options.model, options.folder, inputs, options.level, options.provider or ["CPUExecutionProvider"], options.seed)


if __name__ == "__main__":
    main()
