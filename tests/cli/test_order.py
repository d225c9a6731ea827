#!/usr/bin/python3
"""The order of execution, and the model's graph, from outside: what tells them, and what is said where nothing does."""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper

from harness import check, main, mmtui, same, test


def put(folder, tensors, stamps=False):
    """tensors: (name, src, dst); None where a side does not have it. With stamps 10, 20 ... in the order of the list."""
    for side, column in (("src", 1), ("dst", 2)):
        (folder / side).mkdir(exist_ok=True)
        for place, row in enumerate(tensors, 1):
            if row[column] is not None:
                stamp = f"{10 * place}_" if stamps else ""
                np.save(folder / side / f"{stamp}{row[0]}.npy", row[column])


def model(folder, nodes, inputs, outputs, functions=()):
    def value(name):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)

    graph = helper.make_graph(nodes, "g", [value(n) for n in inputs], [value(n) for n in outputs])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    made = helper.make_model(graph, opset_imports=opsets, functions=list(functions))
    made.ir_version = 8
    onnx.save(made, folder / "model.onnx")
    return str(folder / "model.onnx")


def node(op, reads, makes, **attributes):
    return helper.make_node(op, reads, makes, **attributes)


def triage(folder, *options):
    """The report's text, and its JSON."""
    words = ["triage", folder / "src", folder / "dst", "--no-cache", *options]
    return mmtui(*words).out, json.loads(mmtui(*words, "--json").out)


def exporter_names(random):
    """Ten layers as an exporter names them and a file can: each off by 0.5 from the third on. x -> l0 -> ... -> l9."""
    rows, nodes, before = [], [], "x"
    x = random.standard_normal(64).astype("f4")
    rows.append(("x", x, x))
    for i in range(10):
        name = f"/net/layer.{i}/Op_output_0"
        s = random.standard_normal(64).astype("f4")
        off = 0.5 * random.standard_normal(64).astype("f4") if i >= 2 else 0
        rows.append((name[1:].replace("/", "_"), s, (s + off).astype("f4")))
        nodes.append(node("Relu", [before], [name]))
        before = name
    return rows, nodes, before


@test
def model_by_ladder(folder):
    """order: names of files are found in the model that has slashes; the third layer is the first culprit"""
    rows, nodes, last = exporter_names(np.random.default_rng(1))
    put(folder, rows[::-1])
    text, said = triage(folder, "--model", model(folder, nodes, ["x"], [last]))
    check("model's graph, which knows 11 of 11 tensors." in text.replace("\n", " "), "coverage")
    same((said["order"], said["model_knows"], said["model_asked"]), ("model", 11, 11), "JSON")
    same(said["layers"][said["first_culprit"] - 1]["name"], "net_layer.2_Op_output_0", "first culprit")
    same(len(said["starts"]), 1, "accused")


@test
def foreign_model(folder):
    """order: a model that knows less than half is not used, and it is said why and what stands in"""
    rows, nodes, _ = exporter_names(np.random.default_rng(2))
    put(folder, rows, stamps=True)
    text, said = triage(folder, "--model", model(folder, [node("Relu", ["x"], ["elsewhere"])], ["x"], ["elsewhere"]))
    words = " ".join(text.split())
    check('The model knows 1 of 11 tensors, less than half ("net_layer.0_Op_output_0",' in words, "why")
    check("The order of execution is that of the time stamps." in words, "what stands in")
    same((said["order"], said["graph"]), ("stamps", False), "JSON")


@test
def nothing_tells(folder):
    """order: where nothing tells it, # is blank, no first culprit is named, and it is said how to give an order"""
    rows, _, _ = exporter_names(np.random.default_rng(3))
    put(folder, rows)
    for side in ("src", "dst"):
        for file in (folder / side).iterdir():
            os.utime(file, (1600000000, 1600000000))
    text, said = triage(folder)
    words = " ".join(text.split())
    check("The order of execution is not known: give the model (--model FILE), or a file with a name a line (--order"
          in words, "how to give it")
    check("First layer" not in text and "#" not in text, "no first, no numbers")
    same((said["order"], said["first_culprit"]), ("unknown", None), "JSON")
    check("Nobody has looked" not in text, "it was looked into")
    table = mmtui(folder / "src", folder / "dst", "--no-cache").out
    same(sorted({line.split()[0] for line in table.splitlines()[1:12]})[0][:3], "net", "no number before a name")
    script = folder / "keys"
    for keys in ("f", "F", "R", "]", "["):
        script.write_text(f"{keys}\n:screen -\n", encoding="utf-8")
        screen = mmtui(folder / "src", folder / "dst", "--no-cache", "--script", script).out
        check("The order of execution is not known: --model FILE or --order FILE gives it" in screen, keys)


@test
def order_file(folder):
    """order: --order names tensors as the model does, and the layers stand in its order"""
    rows, _, _ = exporter_names(np.random.default_rng(4))
    put(folder, rows)
    names = ["x"] + [f"/net/layer.{i}/Op_output_0" for i in range(10)]
    (folder / "order.txt").write_text("\ufeff" + "\n".join(names), encoding="utf-8")
    _, said = triage(folder, "--order", folder / "order.txt")
    same(said["order"], "given", "source")
    same([layer["name"] for layer in said["layers"]], [row[0] for row in rows], "layers")
    same(said["first_culprit"], 4, "first culprit")
    (folder / "dst" / "tensor_summary.json").write_text(json.dumps({"tensors": [{"name": n} for n in names]}))
    _, said = triage(folder)
    same((said["order"], said["first_culprit"]), ("list", 4), "the runtime's own list")


@test
def repeated_runs(folder):
    """order: one graph run four times: what the third run's a does is that run's, and its readers inherit it"""
    random = np.random.default_rng(5)
    rows = []
    for step in range(4):
        for name in "xaby":
            s = random.standard_normal(64).astype("f4")
            bad = step > 2 or (step == 2 and name != "x")  # what the last run is fed comes from the third
            rows.append((name, s, (s + 0.5 * random.standard_normal(64)).astype("f4") if bad else s))
    put(folder, rows, stamps=True)
    nodes = [node("Neg", ["x"], ["a"]), node("Relu", ["a"], ["b"]), node("Neg", ["b"], ["y"])]
    _, said = triage(folder, "--model", model(folder, nodes, ["x"], ["y"]))
    same(said["first_culprit"], 10, "a of the third run")
    same([start["number"] for start in said["starts"]], [10], "nobody else")
    same([layer["from"] for layer in said["layers"][10:]], [10] * 6, "what reads that, and the run that is fed with it")


@test
def inside_function(folder):
    """order: a tensor inside a function of the model stands in its place, and is not accused for what came in"""
    random = np.random.default_rng(6)
    rows = []
    for name in ("x", "a", "_inlfunc_blk_t", "b", "y"):
        s = random.standard_normal(64).astype("f4")
        rows.append((name, s, s if name == "x" else (s + 0.5 * random.standard_normal(64)).astype("f4")))
    put(folder, rows)
    body = helper.make_function("own", "blk", ["fx"], ["fy"], [node("Relu", ["fx"], ["t"]), node("Neg", ["t"], ["fy"])],
                                [helper.make_opsetid("", 17)])
    nodes = [node("Relu", ["x"], ["a"]), node("blk", ["a"], ["b"], domain="own"), node("Relu", ["b"], ["y"])]
    _, said = triage(folder, "--model", model(folder, nodes, ["x"], ["y"], [body]))
    same([layer["name"] for layer in said["layers"]], [row[0] for row in rows], "layers")
    same([start["number"] for start in said["starts"]], [2], "a alone")


@test
def numbers_are_names(folder):
    """order: equal names with numbers are paired before a number is taken for a stamp"""
    random = np.random.default_rng(7)
    rows = [(f"{i}_conv", random.standard_normal((2, 8)).astype("f4")) for i in range(1, 6)]
    put(folder, [(n, a, None if n == "2_conv" else a) for n, a in rows])
    _, said = triage(folder)
    same([(l["name"], l["verdict"]) for l in said["layers"]],
         [(n, "unpaired" if n == "2_conv" else "ok") for n, _ in rows], "layers")
    np.save(folder / "dst" / "2_conv.npy", rows[1][1])
    np.save(folder / "dst" / "extra.npy", rows[1][1])
    _, said = triage(folder)
    same([l["verdict"] for l in said["layers"]], ["ok"] * 5 + ["unpaired"], "one extra file without a number")


if __name__ == "__main__":
    main()
