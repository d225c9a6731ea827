#!/usr/bin/python3
"""Dumps that are wrong where the network is not, and the other way round: stale and reused buffers, values that nobody
reads. What triage says of each layer of small networks, made here with NumPy and onnx."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import check, mmtui, same, test

np.seterr(all="ignore")
NODE = helper.make_node


class Net:
    """Nodes by name of their result; what src and dst have of each tensor."""

    def __init__(self, folder, seed=1):
        self.folder, self.random = folder, np.random.default_rng(seed)
        self.src, self.dst, self.nodes, self.weights, self.inputs, self.outputs = {}, {}, [], {}, [], []

    def normal(self, *shape):
        return self.random.standard_normal(shape).astype("f4")

    def noisy(self, a, share=1e-3):
        return (a + share * a.std() * self.random.standard_normal(a.shape)).astype("f4")

    def input(self, name, *shape):
        self.inputs.append(name)
        self.src[name] = self.dst[name] = self.normal(*shape)

    def add(self, name, op, reads, function, weights=(), noise=1e-4, **attributes):
        """`function` computes both sides, dst from its own inputs; with some noise."""
        self.nodes.append(NODE(op, list(reads) + list(weights), [name], **attributes))
        for w in weights:
            if w not in self.inputs:
                assert w in self.weights, w
        self.src[name] = function(*(self.src[r] for r in reads)).astype("f4")
        self.dst[name] = self.noisy(function(*(self.dst[r] for r in reads)), noise)
        return name

    def matmul(self, name, read, width, noise=1e-4):
        w = self.weights[name + "_w"] = self.normal(self.src[read].shape[-1], width) / np.float32(np.sqrt(width))
        return self.add(name, "MatMul", [read], lambda x: x @ w, [name + "_w"], noise)

    def write(self, model=True, order=None):
        for side, tensors in (("src", self.src), ("dst", self.dst)):
            (self.folder / side).mkdir(parents=True, exist_ok=True)
            for number, name in enumerate(order or tensors, 1):
                if name in tensors:
                    np.save(self.folder / side / f"{10 * number}_{name}.npy", tensors[name])
        self.options = []
        if model:
            value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            constants = [numpy_helper.from_array(np.asarray(w), name) for name, w in self.weights.items()]
            graph = helper.make_graph(self.nodes, "g", [value(n) for n in self.inputs],
                                      [value(n) for n in self.outputs], constants)
            made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
            made.ir_version = 8
            onnx.save(made, str(self.folder / "model.onnx"))
            self.options = ["--model", self.folder / "model.onnx"]
        return self

    def layers(self):
        run = mmtui("triage", self.folder / "src", self.folder / "dst", "--json", *self.options)
        return {layer["name"]: layer for layer in json.loads(run.out)["layers"]}

    def verdicts(self):
        return {name: (layer["verdict"], layer["cause"], layer["from_name"]) for name, layer in self.layers().items()
                if layer["verdict"] != "ok"}


relu = lambda x: np.maximum(x, 0)


def chain(folder, widths=(32, 32, 32, 32), seed=1, noise=1e-4):
    """x -> a -> b -> c -> d, matrix products of `widths` columns, 16 rows"""
    net = Net(folder, seed)
    net.input("x", 16, 32)
    for name, read, width in zip("abcd", "xabc", widths):
        net.matmul(name, read, width, noise)
    net.outputs = ["d"]
    return net


@test
def stale(folder):
    """artefacts: a buffer that holds an earlier tensor is the dump's where its readers are right, and a fault where not"""
    net = chain(folder / "right")
    net.dst["c"] = net.dst["a"]
    found = net.write().verdicts()
    same(found, {"c": ("harmless", "in-dump", "a")})
    check("dst holds the values of #2 a" in net.layers()["c"]["text"], net.layers()["c"]["text"])
    net = chain(folder / "wrong")
    net.dst["c"] = net.dst["a"]
    net.dst["d"] = net.dst["c"] @ net.weights["d_w"]
    same(net.write().verdicts(), {"c": ("implementation", "stale", "a"), "d": ("inherited", "", "c")})


@test
def by_order(folder):
    """artefacts: by order alone, what comes next stands in for readers"""
    for name, wrong in (("right", False), ("wrong", True)):
        net = chain(folder / name)
        net.dst["c"] = net.dst["a"]
        if wrong:
            net.dst["d"] = net.dst["c"] @ net.weights["d_w"]
        found = net.write(model=False).verdicts()["c"]
        same(found, ("implementation", "stale", "a") if wrong else ("harmless", "in-dump", "a"))


@test
def prefix(folder):
    """artefacts: a buffer that begins with the values of a larger or a smaller tensor names it"""
    for widths, expected in (((64, 32, 32, 32), "dst holds the values of #2 a"),
                             ((16, 32, 32, 32), "the first 256 values of dst are those of #2 a")):
        for wrong in (False, True):
            net = chain(folder / f"{widths[0]}{wrong}", widths)
            count = min(net.dst["a"].size, net.dst["c"].size)
            net.dst["c"] = net.dst["c"].copy()
            net.dst["c"].reshape(-1)[:count] = net.dst["a"].reshape(-1)[:count]
            if wrong:
                net.dst["d"] = net.dst["c"] @ net.weights["d_w"]
            layer = net.write().layers()["c"]
            same((layer["verdict"], layer["from_name"], layer["text"]),
                 ("implementation" if wrong else "harmless", "a", expected))


@test
def written_later(folder):
    """artefacts: a buffer that holds what was made of it was overwritten; what is off for itself behind it does not have it
    from there"""
    net = chain(folder, noise=0.06)
    net.input("y", 16, 32)
    net.add("s", "Add", ["c", "y"], lambda c, y: c + y, noise=0.2)
    net.outputs.append("s")
    net.dst["c"] = net.dst["s"]
    same(net.write(model=False).verdicts()["c"], ("harmless", "in-dump", "s"))
    found = net.write().verdicts()
    same(found["c"], ("harmless", "in-dump", "s"))
    check(found.get("s", ("",))[0] != "inherited" and found["s"][2] is None, found)


@test
def no_staleness(folder):
    """artefacts: operators that give back what they get, and tensors that differ by less than the error, are no evidence"""
    net = Net(folder / "alias")
    net.input("x", 16, 32)
    net.matmul("a", "x", 32)
    net.dst["a"] = net.dst["a"] + net.normal(16, 32)
    net.add("i", "Identity", ["a"], lambda a: a, noise=0)
    net.add("r", "Reshape", ["i"], lambda a: a.reshape(8, 64), noise=0)
    net.nodes[-1].input.append("shape")
    net.weights["shape"] = np.array([8, 64])
    net.outputs = ["r"]
    found = net.write().verdicts()
    same({name: row[::2] for name, row in found.items()},
         {"a": ("implementation", None), "i": ("inherited", "a"), "r": ("inherited", "a")})
    net = Net(folder / "positive")
    net.input("x", 16, 32)
    net.matmul("a", "x", 32)
    net.dst["a"] = np.abs(net.dst["a"])  # a wrong sign, which the ReLU lets through
    net.add("r", "Relu", ["a"], relu, noise=0)
    net.outputs = ["r"]
    found = net.write().verdicts()
    same((found["a"][0], found["a"][2], found["r"][0]), ("implementation", None, "inherited"))
    net = Net(folder / "near")
    net.input("x", 16, 32)
    net.add("a", "Mul", ["x"], lambda x: np.abs(x) - .01, noise=0)
    net.nodes[-1] = NODE("Custom", ["x"], ["a"], domain="own")
    net.dst["a"] = np.abs(net.dst["a"] + .2 * net.normal(16, 32))
    net.add("r", "Relu", ["a"], relu, noise=0)
    net.outputs = ["r"]
    found = net.write().verdicts()
    check(found["a"][0] == "implementation" and "stale" not in found["a"] and found["r"][::2] == ("inherited", "a"), found)


@test
def decode_steps(folder):
    """artefacts: a buffer that still holds the run before"""
    net = Net(folder)
    w = net.normal(32, 32)
    steps = []
    for step in range(3):
        x = net.normal(4, 32)
        steps.append((x, x @ w, relu(x @ w)))
    for side in ("src", "dst"):
        (folder / side).mkdir(parents=True)
        for step, tensors in enumerate(steps):
            for k, name in enumerate("xyz"):
                values = steps[1][k] if side == "dst" and step == 2 and name == "y" else tensors[k]
                np.save(folder / side / f"{30 * step + 10 * k + 10}_{name}.npy", values)
    net.nodes, net.weights, net.inputs, net.outputs = [NODE("MatMul", ["x", "w"], ["y"]), NODE("Relu", ["y"], ["z"])], {
        "w": w}, ["x"], ["z"]
    net.src = net.dst = {}
    net.write()
    run = mmtui("triage", folder / "src", folder / "dst", "--json", *net.options)
    bad = [layer for layer in json.loads(run.out)["layers"] if layer["verdict"] != "ok"]
    same([(layer["number"], layer["verdict"], layer["cause"], layer["from"]) for layer in bad],
         [(8, "harmless", "in-dump", 5)])


def custom(net, name, reads, function):
    """An operator that can't be recomputed."""
    return net.add(name, "Own", reads, function, domain="own")


def off(net, name, size=.5):
    """Wrong in dst by `size`; what was right is returned."""
    right = net.dst[name]
    net.dst[name] = net.noisy(right, size)
    return right


def reads_right(net, name, read, right, function):
    """What reads the right values, though others were dumped."""
    wrong, net.dst[read] = net.dst[read], right
    custom(net, name, [read], function)
    net.dst[read] = wrong


def network(folder):
    net = Net(folder)
    net.input("x", 16, 32)
    custom(net, "a", ["x"], lambda x: 2 * x)
    return net


@test
def harmless(folder):
    """harmless: where all readers are right, or harmless themselves; what is not in both dumps does not count"""
    net = network(folder / "right")
    reads_right(net, "b", "a", off(net, "a"), relu)
    net.outputs = [custom(net, "o", ["b"], lambda b: b + 1)]
    same(net.write().verdicts(), {"a": ("harmless", "", None)})
    net = network(folder / "through")
    off(net, "a")
    custom(net, "b", ["a"], lambda a: 3 * a)
    right = net.src["b"]
    reads_right(net, "o", "b", right, lambda b: b + 1)
    net.outputs = ["o"]
    same(net.write().verdicts(), {"a": ("harmless", "", None), "b": ("harmless", "", None)})
    net = network(folder / "missing")
    right = off(net, "a")
    reads_right(net, "b", "a", right, relu)
    reads_right(net, "c", "a", right, lambda a: -a)
    net.outputs = [custom(net, "o", ["b", "c"], lambda b, c: b + c)]
    del net.dst["c"]
    same(net.write().verdicts(), {"a": ("harmless", "", None), "c": ("unpaired", "", None)})
    net = network(folder / "reversed")
    custom(net, "b", ["a"], lambda a: 3 * a)
    net.outputs = [custom(net, "o", ["b"], lambda b: b + 1)]
    net.dst["b"] = net.dst["b"][:, ::-1].copy()
    same(net.write().verdicts(), {"b": ("harmless", "channels-reversed", None)})


@test
def not_harmless(folder):
    """harmless: not where a reader or an output is over, also by way of layers that are not"""
    net = network(folder / "end")
    off(net, "a")
    custom(net, "b", ["a"], relu)
    net.outputs = [custom(net, "o", ["x"], lambda x: x + 1)]
    same(net.write().verdicts(), {"a": ("implementation", "", None), "b": ("inherited", "", "a")})
    net = network(folder / "output")
    reads_right(net, "b", "a", off(net, "a"), relu)
    net.outputs = ["a", "b"]
    same(net.write().verdicts(), {"a": ("implementation", "", None)})
    net = network(folder / "unread")
    off(net, "a")
    custom(net, "b", ["a"], relu)
    del net.dst["b"]
    net.outputs = ["b"]
    same(net.write().verdicts()["a"], ("implementation", "", None))
    net = Net(folder / "enlarged")
    net.input("x", 16, 32)
    net.matmul("a", "x", 32)
    off(net, "a")
    net.weights["k"] = np.float32(40)
    net.add("b", "Add", ["a"], lambda a: a + 40, ["k"])
    net.outputs = [net.add("o", "Sub", ["b"], lambda b: b - 40, ["k"])]
    same(net.write().verdicts(), {"a": ("implementation", "", None), "o": ("inherited", "", "a")})
    net = Net(folder / "softmax")
    net.input("x", 16, 32)
    net.matmul("a", "x", 32)
    net.dst["a"] = net.dst["a"] + 3  # a softmax does not see that, and what computes it is wrong all the same
    net.outputs = [net.add("o", "Softmax", ["a"], lambda a: np.exp(a) / np.exp(a).sum(-1, keepdims=True))]
    same(net.write().verdicts()["a"][0], "implementation")


@test
def below_the_threshold(folder):
    """blame: an error that starts below the threshold is named where it makes others go over, and not where nothing does"""
    for name, last, expected in (("over", lambda b: b**5, "implementation"), ("within", lambda b: b + 1, None)):
        for model in (True, False):
            net = network(folder / f"{name}{model}")
            custom(net, "b", ["a"], lambda a: -a)
            off(net, "b", .045)
            net.outputs = [custom(net, "c", ["b"], last)]
            found = net.write(model).verdicts()
            same(found.get("b", (None,))[0], expected, f"{name} {model}")
            if expected:
                same(found["c"][::2], ("inherited", "b"))


@test
def loud(folder):
    """blame: a fault that fits is not overruled by what came in; what is moved about upstream is not found again behind"""
    for model in (True, False):
        net = network(folder / str(model))
        off(net, "a", .6)
        custom(net, "b", ["a"], lambda a: a + .1)
        order = net.random.permutation(32)
        net.dst["b"] = net.dst["b"][:, order]
        custom(net, "c", ["b"], lambda b: b * 2)
        net.outputs = [custom(net, "d", ["c"], lambda c: c + .5)]
        found = net.write(model).verdicts()
        same([found[name][:2] for name in "abcd"], [("implementation", ""), ("implementation", "channels-permuted"),
                                                    ("inherited", ""), ("inherited", "")], f"{model}")


def half(net):
    for name in net.dst:
        net.dst[name] = net.dst[name].astype("f2")
    return net


@test
def small_differences(folder):
    """verdicts: what half loses in a norm of values far from zero, or in the mean of a centred tensor, is nobody's fault"""
    norm = lambda b: (b - b.mean(-1, keepdims=True)) / b.std(-1, keepdims=True)
    for model in (True, False):
        net = Net(folder / f"norm{model}")
        net.input("x", 16, 32)
        net.matmul("a", "x", 32, noise=0)
        net.weights.update(k=np.float32(800), g=np.ones(32, "f4"))
        net.add("b", "Add", ["a"], lambda a: a + 800, ["k"], noise=0)
        net.dst["b"] = net.dst["b"].astype("f2").astype("f4")
        net.add("l", "LayerNormalization", ["b"], lambda b: norm(b.astype("f8")), ["g"], noise=0)
        net.matmul("o", "l", 8, noise=0)
        net.outputs = ["o"]
        found = half(net).write(model).verdicts()
        same((found["l"][0], found["o"][::2]), ("noise" if model else "format-limited", ("inherited", "l")))
        net = Net(folder / f"mean{model}")
        net.input("x", 16, 512)
        mean = lambda a: a.mean(-1, keepdims=True)
        net.add("m", "ReduceMean", ["x"], mean, axes=[-1], noise=0)
        net.add("s", "Sub", ["x", "m"], lambda a, m: a - m, noise=0)
        net.add("n", "ReduceMean", ["s"], mean, axes=[-1], noise=0)
        net.outputs = [net.add("o", "Add", ["s", "n"], lambda a, b: a + b, noise=0)]
        net.dst["n"] = net.noisy(net.dst["n"], 400)  # as sums of values that are off by the steps of half come out
        same(half(net).write(model).verdicts()["n"][:2], ("harmless", "near-zero"))
        net.dst["n"] = net.dst["n"] * np.float16(0)
        found = net.write(model).verdicts()["n"]
        same(found[:2], ("harmless" if model else "format-limited", "underflow"))


@test
def swapped(folder):
    """verdicts: a Concat that has its inputs the other way round holds its own inputs, and is no stale buffer"""
    for model in (True, False):
        net = Net(folder / str(model))
        net.input("x", 16, 32)
        net.matmul("a", "x", 16)
        net.matmul("b", "x", 24)
        net.add("k", "Concat", ["a", "b"], lambda a, b: np.concatenate([a, b], 1), axis=1)
        net.dst["k"] = np.concatenate([net.dst["b"], net.dst["a"]], 1)
        net.matmul("o", "k", 8)
        net.outputs = ["o"]
        found = net.write(model).verdicts()["k"]
        check(found[0] == "implementation" and found[1] != "stale" and found[2] is None, found)


@test
def which_input(folder):
    """artefacts: of two inputs that are off, the one that a reader was not made of is wrong in the dump alone"""
    net = Net(folder)
    net.input("x", 16, 32)
    net.matmul("c", "x", 32)
    net.matmul("d", "c", 32, noise=.1)
    net.add("s", "Add", ["c", "d"], lambda a, b: a + b, noise=.02)
    net.matmul("o", "s", 8)
    net.dst["c"] = net.normal(16, 32)
    net.outputs = ["o"]
    found = net.write().verdicts()
    same(found["c"], ("harmless", "in-dump", None))
    check("in-dump" not in found["d"], found)


harness.main()
