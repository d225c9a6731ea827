#!/usr/bin/python3
"""Ranges that were chosen for a run without errors: behind a fault values lie far beyond them, or far inside. What triage
says of small int8 networks, made here with NumPy and onnx: the fault is named, and no layer that only reads it."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import check, mmtui, same, test

LAYERS = ("a", "b", "c", "r", "d", "e", "f", "g")


def steps(x, like):
    """x in 256 steps over the range of `like` and 0; what is beyond is clipped."""
    low, high = min(like.min(), 0), max(like.max(), 0)
    step = (high - low) / 255
    return (np.clip(np.round((x - low) / step), 0, 255) * step + low).astype("f4")


def network(random, folder):
    """Products, three of which read b, and one ReLU, r. What runs it: of x, a fault at b, and src where it is in int8."""
    w = {f"w{k}": (random.normal(size=(32, 32)) / 6).astype("f4") for k in range(7)}
    node = helper.make_node
    nodes = [node("MatMul", ["x", "w0"], ["a"]), node("MatMul", ["a", "w1"], ["b"]), node("MatMul", ["b", "w2"], ["c"]),
             node("Relu", ["c"], ["r"])]
    nodes += [node("MatMul", [read, f"w{k}"], [out]) for k, (read, out) in enumerate(("bd", "be", "rf", "eg"), 3)]
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [64, 32])
    graph = helper.make_graph(nodes, "g", [value("x")], [value("d"), value("f"), value("g")],
                              [numpy_helper.from_array(v, k) for k, v in w.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(folder / "m.onnx"))

    def run(x, fault=lambda y: y, like=None):
        v, q = {"x": x}, (lambda name, y: steps(y, like[name])) if like else lambda name, y: y.astype("f4")
        cast = lambda m: m if not like else np.round(m / np.abs(m).max(0) * 127) * (np.abs(m).max(0) / 127)
        for k, n in enumerate(nodes):
            read = v[n.input[0]]
            y = np.maximum(read, 0) if n.op_type == "Relu" else read @ cast(w[n.input[1]])
            v[n.output[0]] = fault(y).astype("f4") if n.output[0] == "b" else q(n.output[0], y)
        return v

    return run


def said(folder, src, dst, *options):
    for side, tensors in (("src", src), ("dst", dst)):
        (folder / side).mkdir(exist_ok=True)
        for k, name in enumerate(("x", *LAYERS)):
            np.save(folder / side / f"{k}_{name}.npy", tensors[name])
    run = mmtui("triage", folder / "src", folder / "dst", "--no-cache", "--json", "--model", folder / "m.onnx", *options)
    return {x["name"]: x for x in json.loads(run.out)["layers"]}


def accused(layers):
    return [name for name, x in layers.items() if x["verdict"] == "implementation"]


@test
def beyond(folder):
    """ranges: what a fault drives out of the ranges behind it is clipped there, and nobody there is accused"""
    run = network(np.random.default_rng(3), folder)
    x = np.random.default_rng(4).normal(size=(64, 32)).astype("f4")
    src = run(x)
    dst = run(x, lambda y: 5 * y[:, ::-1], src)
    for name in "cde":  # so it is there: more than one in twenty, by a lot
        check(np.mean(dst[name] == dst[name].max()) > .1, name)
    layers = said(folder, src, dst)
    same(accused(layers), ["b"], "accused")
    same({layers[name]["recomputed"]["operator"] for name in "crdefg"}, {"right"}, "operators behind it")


@test
def inside(folder):
    """ranges: where next to nothing comes in, the steps of a range that was chosen for more are no operator's fault"""
    run = network(np.random.default_rng(5), folder)
    x = np.random.default_rng(6).normal(size=(64, 32)).astype("f4")
    src = run(x)
    layers = said(folder, src, run(x, lambda y: y[:, ::-1] * .02, src))
    same(accused(layers), ["b"], "accused")


@test
def too_narrow(folder):
    """ranges: one that does not hold what src has itself is no excuse"""
    run = network(np.random.default_rng(7), folder)
    x = np.random.default_rng(8).normal(size=(64, 32)).astype("f4")
    src = run(x)
    layers = said(folder, src, run(x, lambda y: np.clip(y, -.3 * np.abs(y).max(), .3 * np.abs(y).max()), src))
    same(layers["b"]["recomputed"]["operator"], "wrong", "b")
    check(layers["b"]["verdict"] in ("settings", "implementation"), layers["b"]["verdict"])


harness.main()
