#!/usr/bin/python3
"""`mmtui dump --script`: what it prints, its writer, and dumps that it made of models of the real frameworks.

The dumps are kept in tests/peers/files, beside what they must hold; `make peers` makes both anew.
"""

import ast
import contextlib
import io
import json
import sys
import types
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper

from harness import PEERS, ROOT, check, layers, main, mmtui, same, test

NAMES = ("pytorch", "tensorflow", "onnxruntime")


def printed(name):
    return mmtui("dump", "--script", name).out


# ---- what is printed ----


@test
def scripts(folder):
    """dump script: each compiles, names the program's version, and needs its framework, NumPy and Python alone"""
    version = mmtui("--version").out.split()[1]
    usual = set(sys.stdlib_module_names)
    for name in NAMES:
        text = printed(name)
        tree = ast.parse(text)
        check(text.startswith("#!/usr/bin/env python3\n"), text[:40])
        check(f'\nVERSION = "{version}"\n' in text, f"{name}: no version")
        check(f"dump_{name}.py" in ast.get_docstring(tree), f"{name}: the docstring does not say how it is called")
        imported = {part.name for node in ast.walk(tree) if isinstance(node, ast.Import) for part in node.names}
        imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        roots = {word.split(".")[0] for word in imported} - usual
        same(roots - {"torch", "tensorflow", "onnxruntime", "ai_edge_litert"}, {"numpy"}, name)
        compile(text, name, "exec")
        source = (ROOT / f"src/cli/adapters/dump_{name}.py").read_text(encoding="utf-8")
        first, _, rest = source.partition("from writer import *\n")
        check(text.startswith(first) and text.endswith(rest) and rest, f"{name}: not what lies in src/cli/adapters")


@test
def old_python(folder):
    """dump script: nothing in them is newer than Python 3.8"""
    for name in NAMES:
        ast.parse(printed(name), feature_version=(3, 8))


@test
def refused(folder):
    """dump script: a name that there is not is answered with those that there are"""
    for name in ("nonsense", "", "torch", "pytorch.py"):
        run = mmtui("dump", "--script", name, status=2)
        same(run.out, "", "stdout")
        check(f"--script {name}: there is no dump script of that name; there are pytorch, tensorflow and onnxruntime" in run.err, run.err)
    run = mmtui("dump", "--script", "pytorch", "model.onnx", status=2)
    check("mmtui dump --script pytorch > dump.py" in run.err, run.err)


# ---- the writer ----


class Stand(types.ModuleType):
    """Stands in for a framework while the script is loaded."""

    def __init__(self, name, **members):
        super().__init__(name)
        self.__dict__.update(members)


def load(name, **members):
    """The printed script as a module, with a stand-in for its framework."""
    module = types.ModuleType("script")
    before = sys.modules.get(name)
    sys.modules[name] = Stand(name, **members)
    try:
        exec(compile(printed(name), name, "exec"), module.__dict__)
    finally:
        sys.modules.pop(name)
        if before:
            sys.modules[name] = before
    return module


def shown(path):
    """{name: what `mmtui show --json` says} in the order of the dump."""
    return {tensor["name"]: tensor for tensor in json.loads(mmtui("show", path, "--json").out)}


def quietly(function):
    """What the scripts tell a person is in mmtui-dump.json as well."""

    def run(folder):
        with contextlib.redirect_stderr(io.StringIO()):
            function(folder)

    run.__doc__ = function.__doc__
    return run


@test
@quietly
def writer(folder):
    """dump script: tensors come back with their names, order, operators and types, and what was missed is counted"""
    script = load("onnxruntime", __version__="9")
    dump = script.Writer(folder / "dump", "framework 1")
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    dump.put("z/ä b[0]", "Conv", values)
    dump.put("z/ä b[0] twin", "Relu", values)
    dump.put("big", "", values.astype(">f8").T)
    dump.put("bf16", "Cast", (values.view(np.uint32) >> 16).astype(np.uint16), "<V2")
    dump.put("f8", "", np.array([0x38, 0xB8], np.uint8), "float8_e4m3fn")
    dump.put("codes", "QuantizeLinear", np.array([1, 3], np.uint8), None, {"scale": 0.5, "zero_point": 1})
    dump.put("yes", "", np.array(True))
    same(dump.put("text", "", np.array(["a"])), None, "an array of text")
    dump.put("n" * 300, "", np.zeros((0, 2), np.float16))
    dump.close()
    found = shown(folder / "dump")
    same(list(found), ["z/ä b[0]", "z/ä b[0] twin", "big", "bf16", "f8", "codes", "yes", "n" * 300], "names in order")
    same([t.get("op", "") for t in found.values()], ["Conv", "Relu", "", "Cast", "", "QuantizeLinear", "", ""], "operators")
    same([t["dtype"] for t in found.values()], ["f32", "f32", "f64", "bf16", "f8e4m3", "u8", "bool", "f16"], "types")
    same(found["big"]["shape"], [3, 2], "shape")
    np.savez(folder / "expected.npz", **{"z/ä b[0]": values, "big": values.T, "bf16": values, "f8": np.float32([1, -1]),
                                         "codes": np.float32([0, 1])})
    run = mmtui("compare", "-s", folder / "expected.npz", "-d", folder / "dump", "-o", folder / "out")
    report = layers(folder)
    for name in ("z/ä b[0]", "big", "bf16", "f8", "codes"):
        same(report[name]["metrics"]["diff2"], 0, name)
    check("8 tensors of mmtui's own dump (mmtui-dump.json); 1 thing could not be dumped (\"not_seen\" in it)" in run.err, run.err)
    files = sorted((folder / "dump").glob("*.npy"))
    same(files[0].stat().st_ino, files[1].stat().st_ino, "equal tensors take room once")
    told = json.loads((folder / "dump" / "mmtui-dump.json").read_text())
    same((told["script"], told["framework"]), ("mmtui " + mmtui("--version").out.split()[1], "framework 1"), "who made it")
    try:
        script.Writer(folder / "dump", "again")
    except FileExistsError as error:
        check("needs a folder of its own" in str(error), str(error))
    else:
        raise AssertionError("two dumps in one folder")


@test
@quietly
def renamed(folder):
    """dump script: an operator's result that is its module's becomes the module's; the last of equal ones does"""
    script = load("onnxruntime", __version__="9")
    dump = script.Writer(folder / "dump", "framework")
    one, two = np.float32([1]), np.float32([2])
    rows = [dump.put("m.add", "Add", two), dump.put("m.mul", "Mul", one, None, {"scale": 1.0}), dump.put("m.relu", "Relu", one)]
    dump.put("m", "Block", one, None, None, rows)
    dump.put("n", "Block", one, None, None, rows[:1])
    dump.close()
    same([(row["name"], row["op_type"]) for row in dump.rows], [("m.add", "Add"), ("m.mul", "Mul"), ("m", "Block"), ("n", "Block")], "rows")
    same(list(shown(folder / "dump")), ["m.add", "m.mul", "m", "n"], "names")


# ---- ONNX's files, without its runtime ----


class Session:
    """Runs Relu and QuantizeLinear of the model that it is given, and asks that it is a right one."""

    def __init__(self, data, options, providers):
        self.model = onnx.load_model_from_string(data)
        self.folder = options.entries["session.model_external_initializers_file_folder_path"]
        same(providers, ["CPUExecutionProvider"], "provider")

    def get_inputs(self):
        return [types.SimpleNamespace(name="x", type="tensor(float)", shape=["N", 2])]

    def get_outputs(self):
        return [types.SimpleNamespace(name=o.name, type="tensor(float)") for o in self.model.graph.output]

    def run(self, names, inputs):
        relu = np.maximum(inputs["x"], 0)
        codes = np.rint(relu / 0.5).astype(np.uint8) + 3
        values = {"r": relu, "q": codes, "t": codes.T, "s": np.float32(0.5), "z": np.uint8(3)}
        return [values[name] for name in names]


class Options:
    def __init__(self):
        self.entries = {}

    def add_session_config_entry(self, key, value):
        self.entries[key] = value


@test
@quietly
def onnx_outputs(folder):
    """dump script: every tensor of an ONNX model is asked for, once, by bytes that onnx itself reads as one model"""
    nodes = [helper.make_node("Relu", ["x"], ["r"]), helper.make_node("QuantizeLinear", ["r", "s", "z"], ["q"]),
             helper.make_node("Transpose", ["q"], ["t"])]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [info("x", TensorProto.FLOAT, ["N", 2])], [info("t", TensorProto.UINT8, None)],
                              [helper.make_tensor("s", TensorProto.FLOAT, [], [0.5]), helper.make_tensor("z", TensorProto.UINT8, [], [3])])
    onnx.save(helper.make_model(graph), folder / "m.onnx")
    script = load("onnxruntime", __version__="9", SessionOptions=Options, InferenceSession=Session,
                  GraphOptimizationLevel=types.SimpleNamespace(ORT_DISABLE_ALL=0))
    data = (folder / "m.onnx").read_bytes()
    model = onnx.load_model_from_string(script.with_outputs(data, ["r", "q"]))
    same([o.name for o in model.graph.output], ["t", "r", "q"], "outputs")
    same([n.op_type for n in model.graph.node], ["Relu", "QuantizeLinear", "Transpose"], "nodes")
    script.dump(str(folder / "m.onnx"), folder / "dump", {"x": np.float32([[-1, 2], [3, 4]])})
    same(list(shown(folder / "dump")), ["x", "r", "q", "t"], "names")
    same(json.loads((folder / "dump" / "scales.json").read_text()), {n: {"scale": 0.5, "zero_point": 3} for n in "qt"}, "scales")
    script.dump(str(folder / "m.onnx"), folder / "random")
    same(shown(folder / "random")["x"]["shape"], [1, 2], "an axis of unknown length")
    check("random numbers of shape [1, 2]" in (folder / "random" / "mmtui-dump.json").read_text(), "what was not given")


# ---- dumps of the real frameworks ----


def unpack(folder, name):
    with zipfile.ZipFile(PEERS / "files" / f"dump_{name}.zip") as packed:
        packed.extractall(folder)


def assert_holds(folder, dump, limit, count, *options):
    """All tensors of DUMP.npz are in the dump, with an error (diff2) of at most `limit`; that of each by its name."""
    mmtui("compare", "-s", folder / f"{dump}.npz", "-d", folder / dump, "-o", folder / "out", *options)
    report = layers(folder)
    expected = np.load(folder / f"{dump}.npz").files
    same(len(expected), count, f"{dump}: tensors that are expected")
    errors = {name: report[name]["metrics"]["diff2"] if report[name]["dst"] else None for name in expected}
    bad = {name: error for name, error in errors.items() if error is None or not error <= limit}
    check(not bad, f"{dump}: {bad}")
    return errors


def assert_paired(folder, src, dst, lonely, least, most):
    """Only `lonely` have no partner; the largest error is between `least` and `most`."""
    mmtui("compare", "-s", folder / src, "-d", folder / dst, "-o", folder / "out")
    found = layers(folder)
    same(sorted(name for name, row in found.items() if not (row["src"] and row["dst"])), sorted(lonely), "without a partner")
    worst = max(row["metrics"]["diff2"] for row in found.values() if row["src"] and row["dst"])
    check(least <= worst <= most, f"the largest error is {worst}")


def list_of(folder, dump):
    return json.loads((folder / dump / "mmtui-dump.json").read_text())


@test
def pytorch_values(folder):
    """dump script: PyTorch in float32: in place, called twice, functional, attention and encoder layers, tuples"""
    unpack(folder, "pytorch")
    exact = assert_holds(folder, "f32", 3e-7, 26)
    for name in ("stem.0", "stem.1", "block.conv", "block.conv_1", "block.relu", "block.relu_1", "block.sub", "block", "mul"):
        same(exact[name], 0, name)
    found = shown(folder / "f32")
    same(list(found)[:6], ["input[0]", "input[scale]", "stem.0", "stem.1", "stem", "block.conv"], "order")
    same(found["block.conv_1"]["op"], "Conv", "operator")
    check("encoder.layers.0.self_attn.scaled_dot_product_attention" in found, "operators in attention")
    same([text.split(":")[0] for text in list_of(folder, "f32")["not_seen"]],
         ["encoder.layers.0.self_attn.out_proj", "unused"], "not seen")


@test
def pytorch_autocast(folder):
    """dump script: PyTorch with autocast: bfloat16 is bfloat16, and pairs with float32 tensor by tensor"""
    unpack(folder, "pytorch")
    assert_holds(folder, "bf16", 4e-3, 26)
    found = shown(folder / "bf16")
    same((found["block.conv"]["dtype"], found["input[0]"]["dtype"]), ("bf16", "f32"), "types")
    assert_paired(folder, "f32", "bf16", [], 1e-3, 1e-2)


@test
def pytorch_quantised(folder):
    """dump script: PyTorch's quantised modules: integers with scale and zero point, fused modules under the last name"""
    unpack(folder, "pytorch")
    assert_holds(folder, "int8", 1e-7, 7)
    same(shown(folder / "int8")["relu"]["dtype"], "u8", "type")
    assert_paired(folder, "small", "int8", ["conv", "bn"], 1e-3, 0.2)
    same(list_of(folder, "int8")["not_seen"], ["conv: is fused (ConvReLU2d): there is no result of it alone"], "not seen")


@test
def keras_layers(folder):
    """dump script: Keras' layers, called twice and nested, operators between them; mixed_bfloat16 pairs with float32"""
    unpack(folder, "tensorflow")
    same(set(assert_holds(folder, "f32", 0, 11).values()), {0}, "errors")
    found = shown(folder / "bf16")
    same((found["block/conv_1"]["dtype"], found["attention/Softmax"]["dtype"]), ("bf16", "f32"), "types")
    assert_paired(folder, "f32", "bf16", [], 1e-3, 2e-2)


@test
def tensorflow_function(folder):
    """dump script: a SavedModel's function holds what its layers compute, and nothing of weights alone"""
    unpack(folder, "tensorflow")
    found = list(shown(folder / "function"))
    ends = {"stem": "stem_1/Relu", "block": "block_1/Relu", "rows": "rows_1/Reshape", "block/Sub": "block_1/sub",
            "attention": "attention_1/attention_output_1/BiasAdd", "flat": "flat_1/Reshape", "head": "head_1/Softmax"}
    full = {name: next(f for f in found if f.endswith("/" + end) and f.count("/") == end.count("/") + 1) for name, end in ends.items()}
    (folder / "map").write_text("".join(f"{name} = {other}\n" for name, other in full.items()))
    mmtui("compare", "-s", folder / "f32.npz", "-d", folder / "function", "-o", folder / "out", "--map", folder / "map")
    report = layers(folder)
    for name in ends:
        check(report[name]["dst"] and report[name]["metrics"]["diff2"] < 1e-6, f"{name}: {report[name]['metrics']}")
    check(not [name for name in found if "ReadVariableOp" in name or "PartitionedCall" in name], found)


@test
def tflite(folder):
    """dump script: a .tflite file's integers are within a step of what Keras computes"""
    unpack(folder, "tensorflow")
    found = list(shown(folder / "int8"))
    stem, pool = (next(name for name in found if part in name) for part in ("stem_1/Relu", "pool_1/Mean"))
    (folder / "map").write_text(f"stem = {stem}\npool = {pool}\nhead = {found[-1]}\n")
    assert_holds(folder, "int8", 0.02, 3, "--map", folder / "map")
    expected, scales = np.load(folder / "int8.npz"), json.loads((folder / "int8" / "scales.json").read_text())
    row = next(row for row in list_of(folder, "int8")["tensors"] if row["name"] == stem)
    codes = np.load(folder / "int8" / row["file"]).astype(np.float64)
    values = (codes - scales[stem]["zero_point"]) * scales[stem]["scale"]
    check(abs(values - expected["stem"]).max() < 2 * scales[stem]["scale"], "more than two steps")


@test
def onnx_models(folder):
    """dump script: ONNX Runtime's tensors are the reference evaluator's: bfloat16, float8, int4, lists, external weights"""
    unpack(folder, "onnxruntime")
    assert_holds(folder, "f32", 3e-7, 7)
    exact = assert_holds(folder, "rare", 3e-7, 7)
    same({exact[name] for name in ("bf16", "f8", "f16", "int4", "z")}, {0}, "errors")
    check({"list[0]", "list[1]"} < set(shown(folder / "rare")), "a sequence")
    check(any("choice (If)" in text for text in list_of(folder, "rare")["not_seen"]), "the body of If")


@test
def onnx_quantised(folder):
    """dump script: quantised ONNX models: integers with their scale and zero point pair with the float model"""
    unpack(folder, "onnxruntime")
    for dump, scaled in (("qdq", "relu_QuantizeLinear_Output"), ("qlinear", "y_quantized")):
        scales = json.loads((folder / dump / "scales.json").read_text())
        check(scaled in scales and scales[scaled]["scale"] > 0, scales)
    mmtui("compare", "-s", folder / "f32", "-d", folder / "qlinear", "-o", folder / "out")
    found = layers(folder)
    for name in ("relu", "plus", "pool", "flat", "y"):
        check(0 < found[name]["metrics"]["diff2"] < 0.02, f"{name}: {found[name]['metrics']}")


if __name__ == "__main__":
    main()
