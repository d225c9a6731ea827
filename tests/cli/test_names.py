#!/usr/bin/python3
"""Names as runtimes write them: what is paired, by what, and what is left alone because it is not certain. Every tensor
has values of its own, so that a pair which is not true has an error."""

import json

import numpy as np
import onnx
from onnx import helper

from harness import check, compare, layers, load_report, main, mmtui, same, test

RANDOM = np.random.default_rng(7)


def dumps(folder, names, src=(), dst=()):
    """names: (src's, dst's) of equal tensors; `src`, `dst`: names of tensors that only one side has."""
    values = [RANDOM.standard_normal((3, 4)).astype("f4") for _ in names]
    lone = lambda some: {name: RANDOM.standard_normal((3, 4)).astype("f4") for name in some}
    np.savez(folder / "src.npz", **{s: v for (s, _), v in zip(names, values)}, **lone(src))
    np.savez(folder / "dst.npz", **{d: v for (_, d), v in zip(names, values)}, **lone(dst))


def run(folder, *options, **more):
    return compare(folder, *options, src="src.npz", dst="dst.npz", **more)


def pairs(folder):
    """(src's member, dst's) -> how it was paired; every pair must be of equal values."""
    found = {}
    for layer in load_report(folder)["layers"]:
        if not layer.get("src") or not layer.get("dst"):
            continue
        same(layer["metrics"]["diff2"], 0, f"{layer['name']}: not the same tensor")
        found[layer["src"]["member"].removesuffix(".npy"), layer["dst"]["member"].removesuffix(".npy")] = layer["pairing"]
    return found


@test
def spellings(folder):
    """names: ONNX's against those of files, TensorFlow and MagicMind; each says what it was paired by"""
    names = [
        ("/layer1/conv1/Conv_output_0", "layer1_conv1_Conv"),
        ("/layer1/relu/Relu_output_0", "layer1_relu_Relu"),
        ("model.fc", "model_fc:0"),
        ("Split:1", "split_output_1"),
    ]
    dumps(folder, names)
    run(folder)
    found = pairs(folder)
    same(set(found), set(names), "pairs")
    same(found[names[0]], "same name but for separators and the number of the output", "how")
    shown = mmtui("diff", folder / "src.npz", folder / "dst.npz").out
    check("4 pairs" in shown, "diff pairs them as well")


@test
def uncertain(folder):
    """names: what looks like several is left alone, and its row says so"""
    dumps(folder, [("x_1", "x_1"), ("conv", "conv")], src=["x.1", "Conv", "fc1"], dst=["x:1", "CONV", "fc10"])
    run(folder)
    same(set(pairs(folder)), {("x_1", "x_1"), ("conv", "conv")}, "pairs")
    how = layers(folder)["x.1"]["pairing"]
    same(how, 'only in src; not paired: could be "x:1" or "x_1" (paired) of dst, and so could "x_1" (paired) of src', "how")
    same(layers(folder)["fc1"]["pairing"], "only in src", "how")


@test
def beginnings(folder):
    """names: a beginning that all names of a side have"""
    names = [("input", "input")] + [(f"layer{i}.conv", f"main_layer{i}_conv:0") for i in range(5)]
    dumps(folder, names)
    run(folder)
    same(set(pairs(folder)), set(names), "pairs")


def model(folder):
    weight = lambda name: helper.make_tensor(name, onnx.TensorProto.FLOAT, [1], [1.0])
    nodes = [
        helper.make_node("Conv", ["x", "onnx::Conv_9"], ["/conv/Conv_output_0"], "/conv/Conv"),
        helper.make_node("Relu", ["/conv/Conv_output_0"], ["/relu/Relu_output_0"], "/relu/Relu"),
        helper.make_node("MatMul", ["/relu/Relu_output_0", "w"], ["/seq/seq.0/MatMul_output_0"], "/seq/seq.0/MatMul"),
        helper.make_node("Sigmoid", ["/seq/seq.0/MatMul_output_0"], ["y"], "/seq/seq.2/Sigmoid"),
    ]
    value = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [value("x")], [value("y")], [weight("onnx::Conv_9"), weight("w")])
    path = folder / "model.onnx"
    onnx.save(helper.make_model(graph), path)
    return path


TENSORS = ["/conv/Conv_output_0", "/relu/Relu_output_0", "/seq/seq.0/MatMul_output_0", "y"]


@test
def opencv(folder):
    """names: OpenCV's layers are the first outputs of the model's nodes"""
    layer = ["/conv/Conv", "/relu/Relu", "/seq/seq.0/MatMul", "/seq/seq.2/Sigmoid"]
    names = [(t, f"onnx_node!{n}") for t, n in zip(TENSORS, layer)]
    dumps(folder, names, dst=["onnx_node!/seq/seq.2/Sigmoid/inv"])
    run(folder, "--no-pair-by", "order")
    same(pairs(folder), {}, "names without the model")
    run(folder, "--model", model(folder))
    found = pairs(folder)
    same(set(found), set(names), "pairs")
    same(set(found.values()), {"the same tensor of the model"}, "how")
    said = json.loads(mmtui("triage", folder / "src.npz", folder / "dst.npz", "--model", folder / "model.onnx", "--json").out)
    check(said["graph"], "triage uses the graph")


@test
def hooks(folder):
    """names: PyTorch's modules against the exported graph; triage knows the tensors of a dump that is named so"""
    names = [("bn", TENSORS[0]), ("relu", TENSORS[1]), ("seq.0", TENSORS[2]), ("seq", "y")]
    values = [RANDOM.standard_normal((3, 4)).astype("f4") for _ in names]
    other = RANDOM.standard_normal((3, 4)).astype("f4")
    named = dict(zip([n for n, _ in names], values))
    order = ["conv", "bn", "relu", "seq.0", "seq.1", "seq.2", "seq"]
    named.update({"conv": other, "seq.1": values[2], "seq.2": values[3]})
    np.savez(folder / "src.npz", **{name: named[name] for name in order})
    np.savez(folder / "dst.npz", **dict(zip(TENSORS, values)))
    run(folder, "--model", model(folder))
    found = pairs(folder)
    same(set(found), {*names, ("seq.1", TENSORS[2]), ("seq.2", "y")}, "pairs")
    same(layers(folder)["conv"]["pairing"], "only in src", "its result is not in the graph")
    run(folder, "--model", folder / "model.onnx", status=0)
    text = mmtui("triage", folder / "src.npz", folder / "dst.npz", "--model", folder / "model.onnx").out
    check("model's graph, which knows 4 of 6 tensors." in text.replace("\n", " "), "the graph is used")


@test
def rules(folder):
    """names: --rename and --map; rules that fit nothing are named, wrong ones are refused with file and line"""
    names = [("conv.7", "blob7/conv"), ("other", "zzz")]
    dumps(folder, names)
    (folder / "map.csv").write_text("src,dst\nother,zzz\nnone,nowhere\n")
    done = run(folder, "--rename", r"s/^blob([0-9]+).(.*)$/\2.\1/", "--map", folder / "map.csv")
    same(set(pairs(folder)), set(names), "pairs")
    same(pairs(folder)[names[1]], "named by --map or --rename", "how")
    check('1 of 3 rules of --map and --rename fits no name of dst: "none = nowhere".' in
          mmtui("triage", folder / "src.npz", folder / "dst.npz", "--rename", r"s/^blob([0-9]+).(.*)$/\2.\1/",
                "--map", folder / "map.csv").out.replace("\n", " "), "what fits nothing")
    (folder / "map.csv").write_text("a = b\nwords\n")
    said = run(folder, "--map", folder / "map.csv", status=2).err
    check("map.csv, line 2: this is neither SRC = DST" in said, said)
    said = run(folder, "--rename", "s/(/x/", status=2).err
    check('--rename: "s/(/x/" has no regular expression' in said, said)


@test
def warm_up(folder):
    """names: --occurrence chooses one of several runs"""
    for side, runs in ("src", 3), ("dst", 1):
        (folder / side).mkdir()
        for i in range(runs):  # dst is what src had in its last run
            np.save(folder / side / f"{i:03}_a.npy", np.full(3, 10 * i if side == "src" else 20, "f4"))
    compare(folder, "--occurrence", "last")
    same([layer["metrics"]["diff2"] for layer in load_report(folder)["layers"] if layer.get("dst")], [0], "the last")
    compare(folder, "--occurrence", "2")
    check(load_report(folder)["layers"][0]["metrics"]["diff2"] > 0, "the second is another")
    said = compare(folder, "--occurrence", "never", status=2).err
    check("is not last, first, all or a number from 1 on" in said, said)


main()
