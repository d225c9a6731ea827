#!/usr/bin/python3
"""Small networks in which one thing is wrong, or nothing: what triage says of each layer, and what suggest raises.

Each is made here with NumPy and onnx from random numbers, with the arithmetic that makes such a fault."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import mmtui, same, test

np.seterr(all="ignore")
NODE = helper.make_node


class Pair:
    """A pair of dumps in the order in which tensors are put, and perhaps a model."""

    def __init__(self, folder, seed):
        self.folder, self.random, self.count = folder, np.random.default_rng(seed), 0
        self.options = []
        for side in ("src", "dst"):
            (folder / side).mkdir()

    def normal(self, *shape):
        return self.random.standard_normal(shape).astype("f4")

    def near(self, a):
        """As another float kernel would give it: off by a thousandth."""
        return (a * (1 + 1e-3 * self.random.standard_normal(a.shape))).astype("f4")

    def put(self, name, src, dst):
        self.count += 1
        np.save(self.folder / "src" / f"{10 * self.count}_{name}.npy", src)
        np.save(self.folder / "dst" / f"{10 * self.count}_{name}.npy", dst)

    def model(self, nodes, inputs, output, weights=None):
        value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        constants = [numpy_helper.from_array(np.asarray(w), name) for name, w in (weights or {}).items()]
        outputs = [output] if isinstance(output, str) else output
        graph = helper.make_graph(nodes, "g", [value(name) for name in inputs], [value(name) for name in outputs],
                                  constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.save(model, str(self.folder / "model.onnx"))
        self.options = ["--model", self.folder / "model.onnx"]

    def run(self, command):
        return mmtui(command, self.folder / "src", self.folder / "dst", "--json", *self.options).out

    def text(self):
        """The report in one line."""
        return " ".join(mmtui("triage", self.folder / "src", self.folder / "dst", *self.options).out.split())

    def layers(self):
        return {layer["name"]: layer for layer in json.loads(self.run("triage"))["layers"]}

    def verdicts(self):
        """{name: (verdict, cause)} of layers that are not ok."""
        return {name: (layer["verdict"], layer["cause"]) for name, layer in self.layers().items()
                if layer["verdict"] != "ok"}

    def raised(self):
        out = mmtui("suggest", self.folder / "src", self.folder / "dst", *self.options).out
        rows = [line.split() for line in out.splitlines()]
        return sorted(row[1] for row in rows if row and row[0].isdigit() and "FLOAT" in " ".join(row))


@test
def lost_row(folder):
    """cases: a row that is lost and another that is there twice are not another order"""
    pair = Pair(folder, 1)
    x, s = pair.normal(1, 17, 64), pair.normal(1, 40, 64)
    d = s.copy()
    d[:, 7] = s[:, 30]
    pair.put("x", x, x)
    pair.put("emb", s, d)
    pair.put("y", x, pair.near(x))
    same(pair.verdicts(), {"emb": ("implementation", "lost-rows")})


@test
def depth_to_space(folder):
    """cases: DepthToSpace with its blocks in the other order, which the output minds"""
    pair = Pair(folder, 2)
    x = pair.normal(1, 12, 16, 16)
    crd = x.reshape(1, 3, 2, 2, 16, 16).transpose(0, 1, 4, 2, 5, 3).reshape(1, 3, 32, 32)
    dcr = x.reshape(1, 2, 2, 3, 16, 16).transpose(0, 3, 4, 1, 5, 2).reshape(1, 3, 32, 32)
    sigmoid = lambda a: (1 / (1 + np.exp(-a))).astype("f4")
    pair.put("x", x, x)
    pair.put("img", crd, pair.near(dcr))
    pair.put("y", sigmoid(crd), sigmoid(dcr))
    pair.model([NODE("DepthToSpace", ["x"], ["img"], blocksize=2, mode="CRD"), NODE("Sigmoid", ["img"], ["y"])],
               ["x"], "y")
    found = pair.verdicts()
    same((found["img"], found["y"][0], pair.raised()), (("implementation", "block-order"), "inherited", []))


@test
def large_mean(folder):
    """cases: x - mean in half, far from zero: the steps of half are named, and x, mean and difference are raised"""
    pair = Pair(folder, 3)
    w, x, feed = pair.normal(128, 128) / np.sqrt(128), 1000 + pair.normal(64, 128), pair.normal(64, 32)

    def run(t):
        a = x.astype(t)
        mean = a.astype("f4").mean(-1, keepdims=True).astype(t)
        centred = (a.astype("f4") - mean.astype("f4")).astype(t)
        return a, mean, centred, (centred.astype("f4") @ w).astype(t)

    pair.put("in", feed, feed.astype("f2"))
    for name, s, d in zip("xmso", run("f4"), run("f2")):
        pair.put(name, s, d)
    pair.model([NODE("Gemm", ["in", "w0"], ["x"]), NODE("ReduceMean", ["x"], ["m"], axes=[-1]),
                NODE("Sub", ["x", "m"], ["s"]), NODE("MatMul", ["s", "w"], ["o"])], ["in", "w0", "w"], "o")
    same((pair.verdicts()["s"], pair.raised()), (("format-limited", "cancellation"), ["m", "s", "x"]))
    same(pair.layers()["o"]["from"], 4)


@test
def masks(folder):
    """cases: each format's own lowest number is no fault; -1e9 on both sides does not hide wrong scores"""
    above = np.triu(np.ones((32, 32), bool), 1)
    for place, (low_src, low_dst, dtype, noise, wanted) in enumerate([
            (np.finfo("f4").min, -65504.0, "f2", 0, {}), (-1e9, -1e9, "f4", 1, {"masked"})]):
        (folder / str(place)).mkdir()
        pair = Pair(folder / str(place), 4)
        scores, off = pair.normal(4, 32, 32), noise * pair.normal(4, 32, 32)
        for name, error in (("x", 0), ("masked", off)):
            s = np.where(above, low_src, 0 if name == "x" else scores)
            d = np.where(above, low_dst, 0 if name == "x" else scores + error)
            pair.put(name, s.astype("f4"), d.astype(dtype))
        pair.model([NODE("Add", ["x", "scores"], ["masked"])], ["x", "scores"], "masked")
        same((set(pair.verdicts()), set(pair.raised()) - {"masked"}), (set(wanted), set()), f"masks {low_src}")


@test
def nan_in_the_reference(folder):
    """cases: NaN that src alone has are not dst's, and nothing is raised for them"""
    pair = Pair(folder, 5)
    s, v = pair.normal(1, 4, 16, 16), pair.normal(1, 4, 16, 8)
    s[:, :, 12:] = -np.inf
    e = np.exp(s - s.max(-1, keepdims=True))
    q = (e / e.sum(-1, keepdims=True)).astype("f4")
    r = q.copy()
    r[:, :, 12:] = 1 / 16
    pair.put("s", s, s)
    pair.put("p", q, r)
    pair.put("o", q @ v, r @ v)
    pair.model([NODE("Softmax", ["s"], ["p"]), NODE("MatMul", ["p", "v"], ["o"])], ["s", "v"], "o")
    same((pair.verdicts()["p"], pair.raised()), (("harmless", "reference-nonfinite"), []))


@test
def fused(folder):
    """cases: a convolution whose dump holds the batch norm that reads it is right, with a model and by order alone"""
    for place, known in enumerate((True, False)):
        (folder / str(place)).mkdir()
        pair = Pair(folder / str(place), 6)
        x, c = pair.normal(1, 8, 12, 12), pair.normal(1, 16, 12, 12)
        n = c * pair.random.uniform(.5, 2, (1, 16, 1, 1)).astype("f4") + pair.normal(1, 16, 1, 1)
        for name, s, d in (("x", x, x), ("c", c, n), ("n", n, n), ("r", np.maximum(n, 0), np.maximum(n, 0))):
            pair.put(name, s, pair.near(d))
        if known:
            pair.model([NODE("Conv", ["x", "w"], ["c"]),
                        NODE("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"]), NODE("Relu", ["n"], ["r"])],
                       ["x", "w", "g", "b", "m", "v"], "r")
        same((pair.verdicts(), pair.raised()), ({"c": ("harmless", "in-dump")}, []), f"known {known}")


@test
def whole_numbers(folder):
    """cases: class ids and shapes are compared as integers, and never raised"""
    pair = Pair(folder, 7)
    logits, s = pair.normal(1, 21, 64, 64), pair.random.integers(0, 21, (1, 64, 64))
    d, flip = s.copy(), pair.random.random(s.shape) < .02
    d[flip] = pair.random.integers(0, 21, flip.sum())
    pair.put("logits", logits, pair.near(logits))
    pair.put("cls", s, d)
    pair.put("shp", np.array([1, 8, 75]), np.array([1, 8, 80]))
    pair.model([NODE("ArgMax", ["logits"], ["cls"]), NODE("Shape", ["logits"], ["shp"])], ["logits"], "cls")
    found = pair.verdicts()
    same((found["cls"][1], found["shp"][1], pair.raised()), ("integers-differ", "integers-differ", []))


@test
def underflow(folder):
    """cases: a variance below half's least number became 0: that is underflow, and it is raised"""
    pair = Pair(folder, 8)
    x = pair.normal(4, 64) * np.float32(1e-4)
    square = (x.astype("f2").astype("f4") ** 2).astype("f2")
    pair.put("x", x, x.astype("f2"))
    pair.put("v", (x ** 2).mean(-1, keepdims=True), square.astype("f4").mean(-1, keepdims=True).astype("f2"))
    pair.model([NODE("Mul", ["x", "x"], ["x2"]), NODE("ReduceMean", ["x2"], ["v"])], ["x"], "v")
    same((pair.verdicts(), pair.raised()), ({"v": ("format-limited", "underflow")}, ["v"]))


@test
def which_axis(folder):
    """cases: the operators tell which axis has the channels, of a map 4 wide as well; a vector has none"""
    pair = Pair(folder, 20)
    x, w = pair.normal(1, 3, 16, 4), pair.normal(8, 3, 1, 1)
    c = np.einsum("ncht,oc->noht", x, w[:, :, 0, 0])
    d = pair.near(c)
    d[:, 5] += 2 * pair.normal(16, 4)
    pair.put("x", x, x)
    pair.put("c", c, d)
    pair.put("v", np.maximum(c, 0).reshape(-1), np.maximum(d, 0).reshape(-1))
    pair.model([NODE("Conv", ["x", "w"], ["c"]), NODE("Relu", ["c"], ["r"]), NODE("Flatten", ["r"], ["v"])], ["x"], "v",
               {"w": w})
    layers = pair.layers()
    same([layers["c"]["worst_channel"][key] for key in ("axis", "channel")], [1, 5])
    same("worst_channel" in layers["v"] or "worst_index" in layers["v"], False)
    pair.options = []
    layers = pair.layers()
    same(("worst_channel" in layers["c"], layers["c"]["worst_index"]["index"]), (False, 5))


@test
def runs(folder):
    """cases: an input or output that was dumped in several runs of the model is listed once"""
    pair = Pair(folder, 21)
    for step in range(3):
        x = pair.normal(64)
        pair.put("x", x, x)
        pair.put("y", x * 2, x * 2 if step < 2 else x * 2.5)
    pair.model([NODE("Add", ["x", "x"], ["y"])], ["x"], "y")
    same(pair.text().rpartition("No problem found ")[2].split(". ")[1:],
         ["Input x: the same on both sides (3 runs)", "Output y: 0.25, over (1 of 3 runs)."])


def wide_chain(folder, reader, type_of_reader, over=False):
    """x * 30000 * 0.0001 in half, computed wider: a is Inf in the dump alone. `reader` reads it."""
    pair = Pair(folder, 22)
    x = np.abs(pair.normal(4, 64)) + 3
    a = x * 30000
    r = reader(a)
    pair.put("x", x, x.astype("f2"))
    pair.put("a", a, a.astype("f2"))
    pair.put("r", r, (r * (1.2 if over else 1)).astype("f2"))
    pair.put("y", r / 2, (r * (1.2 if over else 1) / 2).astype("f2"))
    pair.model([NODE("Mul", ["x", "big"], ["a"]), NODE(type_of_reader, ["a", "small"][:2 if "Mul" in type_of_reader else 1], ["r"]),
                NODE("Mul", ["r", "half"], ["y"])], ["x"], "y",
               {"big": np.float32(30000), "small": np.float32(1e-4), "half": np.float32(.5)})
    return pair


@test
def wider(folder):
    """cases: Inf that the dump alone has, for what reads it is right, are harmless and raise nothing; where the reader has a
    bound, or is wrong, they overflow"""
    folders = [folder / name for name in "abc"]
    for one in folders:
        one.mkdir()
    kept = wide_chain(folders[0], lambda a: a * np.float32(1e-4), "Mul")
    same((kept.verdicts(), kept.raised()), ({"a": ("harmless", "wider")}, []))
    bounded = wide_chain(folders[1], lambda a: 1 / (1 + np.exp(-a)), "Sigmoid")
    same(bounded.verdicts(), {"a": ("overflow", "overflow")})
    wrong = wide_chain(folders[2], lambda a: a * np.float32(1e-4), "Mul", over=True)
    same(wrong.verdicts()["a"][0], "overflow")


@test
def suffix(folder):
    """cases: names that all end alike on one side are paired without that end"""
    for side, end in (("src", ""), ("dst", "_DequantizeLinear_Output")):
        (folder / side).mkdir()
        for i in range(3):
            np.save(folder / side / f"conv_{i}{end}.npy", np.arange(8, dtype="f4") + i)
    run = mmtui("triage", folder / "src", folder / "dst")
    same(run.out.startswith("3 pairs; 0 bad"), True, run.out)


@test
def channels_last(folder):
    """cases: a dump that has channels last throughout is said once and undone, and a fault inside stands out"""
    shapes = [(1, 3, 32, 32), (1, 16, 16, 16), (1, 32, 8, 8), (1, 32, 8, 8), (1, 64, 4, 4)]
    for place, bad in enumerate((True, False)):
        (folder / str(place)).mkdir()
        pair = Pair(folder / str(place), 9)
        for i, shape in enumerate(shapes):
            s = pair.normal(*shape)
            d = s + .5 * pair.normal(*shape) if bad and i >= 3 else pair.near(s)
            pair.put(f"h{i}", s, np.ascontiguousarray(d.astype("f4").transpose(0, 2, 3, 1)))
        pair.model([NODE("Conv", [f"h{i}", "w"], [f"h{i + 1}"]) for i in range(4)], ["h0", "w"], "h4")
        same(sorted(pair.verdicts()), ["h3", "h4"] if bad else [], f"bad {bad}")
        page = mmtui("triage", pair.folder / "src", pair.folder / "dst", *pair.options).out
        same(page.count("channels last (NHWC)"), 1, page)


harness.main()
