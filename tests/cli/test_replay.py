#!/usr/bin/python3
"""`--replay` and `:replay`: operators run by ONNX Runtime with dst's own inputs. Dumps are made by NumPy, with a fault that is
known; the library and a real model are fetched from npm.
"""

import json
import os
import subprocess

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, version_converter

import harness
import ort_api
from harness import ROOT, check, mmtui, same, test

F32 = TensorProto.FLOAT
ACCUSING = ("implementation", "input-fault", "output-fault", "overflow", "nonfinite")


def save_model(path, nodes, weights, inputs, opset=13):
    values = [helper.make_tensor_value_info(name, F32, shape) for name, shape in inputs.items()]
    outputs = [helper.make_empty_tensor_value_info(nodes[-1].output[0])]
    initializers = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "g", values, outputs, initializers), opset_imports=[helper.make_opsetid("", opset)]
    )
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def save_dump(folder, tensors):
    folder.mkdir(exist_ok=True)
    for name, array in tensors.items():
        np.save(folder / f"{name}.npy", array)


def triage(folder, *more, model="m.onnx", version="1.30.0", dst="dst", **options):
    run = mmtui("triage", folder / "src", folder / dst, "--model", folder / model, "--json", "--replay",
                "--onnxruntime", ort_api.library(version), *more, **options)
    found = json.loads(run.out)
    return found, {layer["name"]: layer for layer in found["layers"]}


def accused(layers):
    return sorted(name for name, layer in layers.items() if layer["verdict"] in ACCUSING)


def relative(a, b):
    return float(np.linalg.norm((a - b).astype("f8")) / np.linalg.norm(b.astype("f8")))


# ---- one operator is wrong ----


def small(folder):
    """tanh(x w + b); dst forgets b."""
    make = np.random.default_rng(1)
    x, w, b = (make.standard_normal(shape).astype("f4") for shape in ((6, 16), (16, 32), (32,)))
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["mm"]),
        helper.make_node("Add", ["mm", "b"], ["add"]),
        helper.make_node("Tanh", ["add"], ["y"]),
    ]
    save_model(folder / "m.onnx", nodes, {"w": w, "b": b}, {"x": [6, 16]})
    save_dump(folder / "src", {"x": x, "mm": x @ w, "add": x @ w + b, "y": np.tanh(x @ w + b)})
    save_dump(folder / "dst", {"x": x, "mm": x @ w, "add": x @ w, "y": np.tanh(x @ w)})
    return x @ w, b


@test
def by_hand(folder):
    """replay: the operator that forgot its bias is wrong, by as much as the bias is, and the others are right"""
    mm, b = small(folder)
    for version in ("1.30.0", "1.17.0"):
        found, layers = triage(folder, version=version)
        same(found["replay"], {"onnxruntime": version, "right": 2, "wrong": 1, "unclear": 0, "left_out": 0}, "the sums")
        same(accused(layers), ["add"], "accused")
        add = layers["add"]["recomputed"]
        same([add["by"], add["operator"], add["positions"], add["operators_before"]], ["onnxruntime", "wrong", 192, 0], "add")
        check(abs(add["residual"] - relative(mm, mm + b)) < 1e-6, f"residual {add['residual']}")
        same(layers["y"]["recomputed"]["operator"], "right", "what reads it")
        check(layers["y"]["recomputed"]["residual"] < 1e-6, "it is off by nothing")


@test
def in_words(folder):
    """replay: the page says how many operators are right, and without --replay nothing of it"""
    small(folder)
    arguments = ("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx")
    run = mmtui(*arguments, "--replay", "--onnxruntime", ort_api.library())
    words = " ".join(run.out.split())
    check("Run by ONNX Runtime 1.30.0 with dst's own inputs, 2 operators compute what they should, 1 does not." in words, words)
    check("Run by ONNX Runtime with dst's own inputs: off by" in words, words)
    run = mmtui(*arguments, "--replay", env={"MMTUI_ONNXRUNTIME": ort_api.library()})
    check("Run by ONNX Runtime 1.30.0" in run.out, "the environment tells where it is")
    run = mmtui(*arguments, env={"MMTUI_ONNXRUNTIME": ort_api.library()})
    check("ONNX Runtime" not in run.out, run.out)


@test
def nothing_over(folder):
    """replay: where nothing is over, nothing is run"""
    small(folder)
    run = mmtui("triage", folder / "src", folder / "src", "--model", folder / "m.onnx", "--json", "--replay",
                "--onnxruntime", ort_api.library())
    check("replay" not in json.loads(run.out), "there is nothing to say")


@test
def not_dumped(folder):
    """replay: what was not dumped is run as well, and it is said how many operators that are"""
    mm, b = small(folder)
    for side in ("src", "dst"):
        (folder / side / "mm.npy").unlink()
    _, layers = triage(folder)
    add = layers["add"]["recomputed"]
    same([add["operator"], add["operators_before"]], ["wrong", 1], "the two together")
    check(abs(add["residual"] - relative(mm, mm + b)) < 1e-6, f"residual {add['residual']}")
    same(layers["y"]["recomputed"]["operators_before"], 0, "its input is there")


@test
def other_graph(folder):
    """replay: where src's own result does not come out of src's inputs, nobody is accused by it"""
    small(folder)
    model = onnx.load(str(folder / "m.onnx"))
    model.graph.node[2].op_type = "Cos"
    onnx.save(model, str(folder / "other.onnx"))
    found, layers = triage(folder, model="other.onnx")
    same(found["replay"]["left_out"], 1, "left out")
    check("src's own result does not come out" in layers["y"]["recomputed"]["why_not"], "it says why")
    same(accused(layers), ["add"], "accused")


@test
def left_out(folder):
    """replay: bodies, random numbers and what the library refuses are left out, and the others are run"""
    make = np.random.default_rng(2)
    x = make.standard_normal((4, 64)).astype("f4")
    body = helper.make_graph([helper.make_node("Neg", ["relu"], ["neg"])], "b", [], [helper.make_tensor_value_info("neg", F32, None)])
    nodes = [
        helper.make_node("Relu", ["x"], ["relu"]),
        helper.make_node("If", ["yes"], ["if"], then_branch=body, else_branch=body),
        helper.make_node("RandomNormalLike", ["relu"], ["random"], seed=1.0),
        helper.make_node("Nonsense", ["relu"], ["odd"], domain="nobody.knows"),
        helper.make_node("Add", ["if", "random"], ["add"]),
    ]
    save_model(folder / "m.onnx", nodes, {"yes": np.array(True)}, {"x": [4, 64]})
    relu, random = np.maximum(x, 0), make.standard_normal((4, 64)).astype("f4")
    tensors = {"x": x, "relu": relu, "if": -relu, "random": random, "odd": relu, "add": random - relu}
    save_dump(folder / "src", tensors)
    save_dump(folder / "dst", {**tensors, "add": random + relu})
    found, layers = triage(folder)
    same([found["replay"][k] for k in ("right", "wrong", "left_out")], [1, 1, 3], "the sums")
    same([layers[k]["recomputed"]["operator"] for k in ("relu", "add")], ["right", "wrong"], "both are run")
    same(accused(layers), ["add"], "accused")


@test
def clipped_away(folder):
    """replay: an operator that is wrong only where its reader clips is called wrong, and that its reader has nothing of it"""
    make = np.random.default_rng(5)
    x, w, v = (make.standard_normal(shape).astype("f4") for shape in ((16, 64), (64, 64), (64, 8)))
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["mm"]),
        helper.make_node("Clip", ["mm", "least", "most"], ["clip"]),
        helper.make_node("MatMul", ["clip", "v"], ["y"]),
    ]
    save_model(folder / "m.onnx", nodes, {"w": w, "v": v, "least": np.float32(0), "most": np.float32(6)}, {"x": [16, 64]})
    mm = x @ w
    clip = np.clip(mm, 0, 6)
    tensors = {"x": x, "mm": mm, "clip": clip, "y": clip @ v}
    save_dump(folder / "src", tensors)
    save_dump(folder / "dst", {**tensors, "mm": np.where(mm > 6, 2 * mm, mm)})
    found, layers = triage(folder)
    same([accused(layers), found["replay"]["wrong"]], [["mm"], 1], "accused")
    text = mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx", "--replay", "--onnxruntime", ort_api.library()).out
    check("with dst's own inputs it is off by 0." in " ".join(text.split()), text)
    check("Largest consumer error: 0." in text, text)
    text = mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx").out
    check("1 harmless" in text, "without it nobody minds")


# ---- what formats cost is no fault ----


def grid(a, reference):
    """256 steps over the reference's range, with 0, what is beyond clipped."""
    least, most = min(float(reference.min()), 0), max(float(reference.max()), 0)
    step = (most - least) / 255
    zero = round(-least / step)
    return ((np.clip(np.rint(a / step) + zero, 0, 255) - zero) * step).astype("f4")


def chain(folder, fault):
    """Six matrices in int8, by one scale, with a ReLU behind each; fault(k, what, array) makes dst's."""
    make = np.random.default_rng(3)
    x = make.standard_normal((32, 64)).astype("f4")
    weights = {f"w{k}": (make.standard_normal((64, 64)) / 6).astype("f4") for k in range(6)}
    nodes, src, dst, s, d, last = [], {"x": x}, {"x": x}, x, x, "x"
    for k in range(6):
        w = weights[f"w{k}"]
        nodes.append(helper.make_node("MatMul", [last, f"w{k}"], [f"mm{k}"]))
        nodes.append(helper.make_node("Relu", [f"mm{k}"], [f"relu{k}"]))
        scale = np.abs(w).max() / 127
        used = fault(k, "weights", np.rint(w / scale) * scale).astype("f4")
        mm = s @ w
        dst[f"mm{k}"] = grid(grid(d, s) @ used, mm)
        src[f"mm{k}"], src[f"relu{k}"] = mm, np.maximum(mm, 0)
        s, d = src[f"relu{k}"], fault(k, "relu", np.maximum(dst[f"mm{k}"], 0)).astype("f4")
        dst[f"relu{k}"], last = d, f"relu{k}"
    save_model(folder / "m.onnx", nodes, weights, {"x": [32, 64]})
    save_dump(folder / "src", src)
    save_dump(folder / "dst", dst)


@test
def int8(folder):
    """replay: in an int8 run rounding accuses nobody, nor do inputs beyond a range that was chosen for src; faults are found"""
    faults = {
        "nothing": (lambda k, what, a: a, []),
        "three times too large": (lambda k, what, a: 3 * a if (k, what) == (2, "relu") else a, ["relu2"]),
        "transposed": (lambda k, what, a: a.T if (k, what) == (3, "weights") else a, ["mm3"]),
        "leaky": (lambda k, what, a: a + 0.2 if (k, what) == (1, "relu") else a, ["relu1"]),
    }
    for name, (fault, wrong) in faults.items():
        chain(folder, fault)
        found, layers = triage(folder, "--threshold", "0.03")
        same(accused(layers), wrong, name)
        same(found["replay"]["wrong"], len(wrong), name)
        same(found["replay"]["right"] >= 10, True, f"{name}: {found['replay']}")


@test
def halves(folder):
    """replay: sums that were held as halves accuse nobody, an activation that is missing behind them is found"""
    make = np.random.default_rng(4)
    x, w = make.standard_normal((8, 2048)).astype("f2"), make.standard_normal((2048, 48)).astype("f2")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["mm"]), helper.make_node("Relu", ["mm"], ["y"])]
    save_model(folder / "m.onnx", nodes, {"w": w.astype("f4")}, {"x": [8, 2048]})
    mm = x.astype("f4") @ w.astype("f4")
    half = np.zeros((8, 48), "f2")
    for k in range(2048):
        half += x[:, k, None] * w[k]
    check(relative(half.astype("f4"), mm) > 0.005, "halves cost more than one rounding")
    save_dump(folder / "src", {"x": x.astype("f4"), "mm": mm, "y": np.maximum(mm, 0)})
    save_dump(folder / "dst", {"x": x, "mm": half, "y": half})
    found, layers = triage(folder)
    same(accused(layers), ["y"], "accused")
    same([found["replay"]["wrong"], layers["mm"]["recomputed"]["operator"]], [1, "right"], str(layers["mm"]["recomputed"]))


# ---- without what it needs ----


@test
def missing(folder):
    """replay: without a model or a library a sentence says what is missing, and all else goes on without --replay"""
    small(folder)
    both = (folder / "src", folder / "dst")
    run = mmtui("triage", *both, "--replay", "--onnxruntime", ort_api.library(), status=2)
    check("--replay runs operators of the model: it needs --model FILE" in run.err, run.err)
    run = mmtui("triage", *both, "--model", folder / "m.onnx", "--replay", "--onnxruntime", folder / "none.so", status=2)
    check("none.so" in run.err and not run.out, run.err)
    run = mmtui("triage", *both, "--model", folder / "m.onnx", "--json", "--onnxruntime", folder / "none.so")
    check("replay" not in json.loads(run.out), "nobody asked for it")
    (folder / "m.onnx").rename(folder / "gone.onnx")
    run = mmtui("triage", *both, "--model", folder / "m.onnx", "--replay", "--onnxruntime", ort_api.library(), status=2)
    check("m.onnx" in run.err, run.err)


# ---- in the interface ----


def screen(folder, *more, script=":replay\n", env=None, dst="dst", size="110x24"):
    (folder / "script").write_text(script + ":screen -\n")
    words = [folder / "src", folder / dst] if dst else [folder / "out/mmtui.json"]
    return mmtui(*words, "--script", folder / "script", "--size", size, *more, env=env).out


@test
def on_screen(folder):
    """replay: `:replay` runs the operators and says what came of it; what is missing is said in its place"""
    small(folder)
    model = ("--model", folder / "m.onnx")
    told = "Replayed 3 operators: 1 wrong (#3), 2 right"
    shown = screen(folder, *model, "--onnxruntime", ort_api.library())
    check(told in shown, shown)
    shown = screen(folder, *model, "--onnxruntime", ort_api.library(), size="50x15")
    check(told in shown, shown)
    check(told in screen(folder, *model, env={"MMTUI_ONNXRUNTIME": ort_api.library()}), "by the environment")
    check(told in screen(folder, *model, "--replay", "--onnxruntime", ort_api.library(), script=""), "--replay does so at once")
    check("start mmtui with --model FILE" in screen(folder), "no model")
    check("none.so" in screen(folder, *model, "--onnxruntime", folder / "none.so"), "no library")
    check("nothing is over" in screen(folder, *model, dst="src"), "nothing to do")
    mmtui("compare", folder / "src", folder / "dst", *model, "-o", folder / "out")
    check("open the dumps themselves" in screen(folder, dst=None), "a report")


# ---- a real network ----


def real_model():
    fetched = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(fetched.returncode == 0, fetched.stderr.strip())
    return ROOT / fetched.stdout.strip()


def nodes_of(model, op_type):
    return [node for node in model.graph.node if node.op_type == op_type]


def change_weights(model, node, number, change):
    """They are what a Constant makes."""
    constants = {constant.output[0]: constant.attribute[0].t for constant in nodes_of(model, "Constant")}
    tensor = constants[node.input[number]]
    tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor)).copy(), tensor.name))


def set_attribute(node, name, value):
    for attribute in [a for a in node.attribute if a.name == name]:
        node.attribute.remove(attribute)
    node.attribute.append(helper.make_attribute(name, value))


def planted():
    """What is done to the model that dst runs, each to one operator."""
    convolution = lambda k, change: lambda m: (change_weights(m, nodes_of(m, "Conv")[k], 1, change), nodes_of(m, "Conv")[k])[1]
    norm = lambda k, number, change: lambda m: (
        change_weights(m, nodes_of(m, "BatchNormalization")[k], number, change), nodes_of(m, "BatchNormalization")[k])[1]

    def attribute(op_type, k, name, value):
        return lambda m: (set_attribute(nodes_of(m, op_type)[k], name, value), nodes_of(m, op_type)[k])[1]

    def other_type(op_type, k, other):
        def change(model):
            node = nodes_of(model, op_type)[k]
            node.op_type = other
            return node

        return change

    return {
        "kernel transposed": convolution(2, lambda w: w.swapaxes(2, 3)),
        "channels of the result in another order": convolution(4, lambda w: np.roll(w, 1, 0)),
        "a scale of 1.25": convolution(9, lambda w: w * np.float32(1.25)),
        "a channel of zeros": convolution(12, lambda w: w * (np.arange(w.shape[0]) != 3).reshape(-1, 1, 1, 1).astype("f4")),
        "mean dropped": norm(2, 3, np.zeros_like),
        "another channel's variance": norm(6, 4, lambda v: np.roll(v, 1)),
        "padding behind alone": attribute("Conv", 2, "pads", [0, 0, 2, 2]),
        "epsilon": attribute("BatchNormalization", 1, "epsilon", 0.3),
        "slope of the hard sigmoid": attribute("HardSigmoid", 0, "alpha", 0.5),
        "no activation": other_type("Relu", 1, "Identity"),
        "maximum for mean": other_type("GlobalAveragePool", 1, "GlobalMaxPool"),
    }


@test
def simulated(folder):
    """replay: a real network simulated in float8 and bfloat16 is right everywhere: its dump says what values were rounded to"""
    model = real_model()
    np.save(folder / "x.npy", np.random.default_rng(6).uniform(-1, 1, (1, 3, 48, 192)).astype("f4"))
    library = ("--onnxruntime", ort_api.library())
    for dst, more in (("src", ()), ("e4m3", ("--precision-mode", "force_float8_e4m3")),
                      ("bf16", ("--precision-mode", "force_bfloat16"))):
        mmtui("dump", model, "-i", folder / "x.npy", "-o", folder / dst, *library, *more)
    for dst, least in (("e4m3", 200), ("bf16", 200)):
        found, layers = triage(folder, model=model, dst=dst, status=(0, 1))
        if "replay" in found:  # nothing is run where nothing is over
            same(found["replay"]["wrong"], 0, f"{dst}: wrong")
            check(found["replay"]["right"] >= least, f"{dst}: {found['replay']}")
        same(accused(layers), [], dst)
    check("replay" in triage(folder, model=model, dst="e4m3")[0], "float8 has layers over the threshold")


SHAPES = ("--seed", "5", "--input-shapes", "x=1x3x48x192")
# what dst's precision is, of each of which a clean run accuses nobody; those beyond int8 are tried with MMTUI_LONG
NOISE = {
    "float32": (),
    "int8": ("--precision-mode", "qint8_mixed_float32"),
    "float16": ("--precision-mode", "force_float16"),
    "bfloat16": ("--precision-mode", "force_bfloat16"),
    "int8, a scale a channel": ("--precision-mode", "qint8_mixed_float32", "--filter-channel-quantize"),
    "int8 and float16": ("--precision-mode", "qint8_mixed_float16"),
}


@test
def real(folder):
    """replay: faults planted in a real network, which is really run again in several precisions, are found, nobody else is accused"""
    model = real_model()
    dump = lambda path, out, *more: mmtui("dump", path, *SHAPES, "-o", out, "--onnxruntime", ort_api.library(), *more)
    dump(model, folder / "src")
    for noise, more in list(NOISE.items())[: None if os.environ.get("MMTUI_LONG") else 2]:
        for number, (name, change) in enumerate([("nothing", None), *planted().items()]):
            changed = onnx.load(str(model))
            wrong = [change(changed).output[0]] if change else []
            onnx.save(changed, str(folder / "changed.onnx"))
            dst, what = f"dst{noise}{number}", f"{noise}, {name}"
            dump(folder / "changed.onnx", folder / dst, *more)
            found, layers = triage(folder, "--threshold", "0.01", model=model, dst=dst)
            same(accused(layers), wrong, what)
            if wrong or noise != "float32":  # where nothing is over, nothing is run
                same([found["replay"][k] for k in ("wrong", "left_out")], [len(wrong), 0], f"{what}: {found['replay']}")
            for output in wrong:
                same(layers[output]["recomputed"]["by"], "onnxruntime", what)


def quantised(model, dump):
    """Each result, in the order of the nodes, rounded to 256 steps over the range that it has in a dump."""
    model = version_converter.convert_version(model, 11)  # QuantizeLinear is there from 10 on
    nodes, renamed = [], {}
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        nodes.append(node)
        for name in node.output:
            file = dump / f"{name}.npy"
            if node.op_type == "Constant" or not file.exists() or (array := np.load(file)).dtype != np.float32:
                continue
            least, most = min(float(array.min()), 0), max(float(array.max()), 0)
            scale = (most - least) / 255 or 1
            constants = {f"{name}_scale": np.float32(scale), f"{name}_zero_point": np.uint8(round(-least / scale))}
            model.graph.initializer.extend(numpy_helper.from_array(np.array(value), key) for key, value in constants.items())
            codes, renamed[name] = f"{name}_QuantizeLinear_Output", f"{name}_DequantizeLinear_Output"
            nodes.append(helper.make_node("QuantizeLinear", [name, *constants], [codes]))
            nodes.append(helper.make_node("DequantizeLinear", [codes, *constants], [renamed[name]]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for output in model.graph.output:
        output.name = renamed[output.name]
    return model


@test
def quantised_model(folder):
    """replay: dst's codes are handed over by the quantised model's scales, with a simulation beside them; a fault is found"""
    model = real_model()
    shapes = ("--seed", "5", "--input-shapes", "x=1x3x48x192", "--onnxruntime", ort_api.library())
    mmtui("dump", model, "-o", folder / "src", *shapes)
    healthy, changed = onnx.load(str(model)), onnx.load(str(model))
    output = planted()["channels of the result in another order"](changed).output[0]
    onnx.save(quantised(healthy, folder / "src"), str(folder / "healthy.onnx"))
    onnx.save(quantised(changed, folder / "src"), str(folder / "changed.onnx"))
    for name, source, what in (("sim", "healthy", "Dequantize"), ("healthy", "healthy", "Quantize"), ("changed", "changed", "Quantize")):
        mmtui("dump", folder / f"{source}.onnx", "-o", folder / name, "--tensor", f"*_{what}Linear_Output", *shapes)
    for dst, wrong in (("healthy", []), ("changed", [output])):
        for more in ((), ("--sim", folder / "sim")):
            found, layers = triage(folder, "--dst-model", folder / "healthy.onnx", *more, model=model, dst=dst)
            same(accused(layers), wrong, f"{dst} {more}")
            same([found["replay"][k] for k in ("wrong", "unclear", "left_out")], [len(wrong), 0, 1], f"{dst} {more}: {found['replay']}")
            check(found["replay"]["right"] > 150, found["replay"])
            same(layers["conv2d_53.tmp_0"]["recomputed"]["why_not"], "its input x was not dumped on both sides", "left out")


@test
def fault_comes_first(folder):
    """triage: beside a simulation of the quantised network the fault is the first culprit, not what its format costs before it"""
    model = real_model()
    shapes = ("--seed", "5", "--input-shapes", "x=1x3x48x192", "--onnxruntime", ort_api.library())
    mmtui("dump", model, "-o", folder / "src", *shapes)
    for name, change in (("sim", None), ("dst", planted()["mean dropped"])):
        changed = onnx.load(str(model))
        output = change(changed).output[0] if change else ""
        onnx.save(quantised(changed, folder / "src"), str(folder / "m.onnx"))
        mmtui("dump", folder / "m.onnx", "-o", folder / name, "--tensor", "*_DequantizeLinear_Output", *shapes)
    arguments = ("triage", folder / "src", folder / "dst", "--model", model, "--sim", folder / "sim", "--threshold", "0.01")
    found = json.loads(mmtui(*arguments, "--json").out)
    layers = {layer["name"]: layer for layer in found["layers"]}
    same(found["first_culprit_name"], output, "the first culprit")
    same(accused(layers), [output], "accused")
    limited = [layer for layer in found["layers"] if layer["verdict"] == "format-limited"]
    check(limited and limited[0]["number"] < found["first_culprit"], "the format is the limit before it")
    page = mmtui(*arguments).out
    check(page.index(output) < page.index("format-limited"), page)


if __name__ == "__main__":
    harness.main()
