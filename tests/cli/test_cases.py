#!/usr/bin/python3
"""Small networks in which one thing is wrong, or nothing: what triage says of each layer, and what suggest raises.

Each is made here with NumPy and onnx from random numbers, with the arithmetic that makes such a fault."""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import check, mmtui, same, test

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
    same('All names of dst end with "_DequantizeLinear_Output"' in run.out, True, run.out)
    found = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json").out)["dumps"]
    same((found["src"]["suffix"], found["dst"]["suffix"]), ("", "_DequantizeLinear_Output"))


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


# ---- what all of a dump has -------------------------------------------------------------------------------------

def relu(a):
    return np.maximum(a, 0)


def tripled(a):
    """Every other channel three times too large."""
    a = a.copy()
    a[:, 1::2] *= 3
    return a


def picture_net(pair):
    """A small network of 1x1 convolutions: what runs it, with one tensor wrong or None, and its nodes."""
    image, channels = pair.normal(1, 3, 12, 12), (3, 20, 24, 40)
    weights = [pair.normal(k, c) / np.sqrt(c) for c, k in zip(channels, channels[1:])]

    def run(bad):
        tensors, x = {"x": image}, image
        for i, w in enumerate(weights):
            for name, a in ((f"conv{i}", lambda: np.einsum("kc,nchw->nkhw", w, x)), (f"relu{i}", lambda: relu(x))):
                x = tensors[name] = (tripled(a()) if name == bad else a()).astype("f4")
        tensors["pool"] = x.mean((2, 3), keepdims=True)
        return tensors

    before = ["x", "relu0", "relu1"]
    nodes = [node for i, x in enumerate(before) for node in
             (NODE("Conv", [x, f"w{i}"], [f"conv{i}"]), NODE("Relu", [f"conv{i}"], [f"relu{i}"]))]
    return run, nodes + [NODE("GlobalAveragePool", ["relu2"], ["pool"])], {}


def token_net(pair, tokens=17):
    """Attention of four heads, twice, and the first token; as picture_net."""
    first = pair.normal(1, tokens, 32)

    def run(bad):
        tensors, x = {"y0": first}, first
        for i in range(2):
            r = x.reshape(1, tokens, 4, 8)
            q, k = r.transpose(0, 2, 1, 3), r.transpose(0, 2, 3, 1)
            m = q @ k
            s = m / 3
            e = np.exp(s - s.max(-1, keepdims=True))
            p = e / e.sum(-1, keepdims=True)
            v = tripled(p @ q) if bad == f"v{i}" else p @ q
            t = v.transpose(0, 2, 1, 3)
            x = t.reshape(1, tokens, 32)
            tensors |= {f"r{i}": r, f"q{i}": q, f"k{i}": k, f"m{i}": m, f"s{i}": s, f"p{i}": p, f"v{i}": v, f"t{i}": t,
                        f"y{i + 1}": x}
        return {name: a.astype("f4") for name, a in (tensors | {"out": x[:, 0]}).items()}

    nodes = []
    for i in range(2):
        r, q, k, m, s, p, v, t = (f"{name}{i}" for name in "rqkmspvt")
        nodes += [NODE("Reshape", [f"y{i}", "heads"], [r]), NODE("Transpose", [r], [q], perm=[0, 2, 1, 3]),
                  NODE("Transpose", [r], [k], perm=[0, 2, 3, 1]), NODE("MatMul", [q, k], [m]),
                  NODE("Div", [m, "three"], [s]), NODE("Softmax", [s], [p], axis=-1), NODE("MatMul", [p, q], [v]),
                  NODE("Transpose", [v], [t], perm=[0, 2, 1, 3]), NODE("Reshape", [t, "rows"], [f"y{i + 1}"])]
    constants = {"heads": np.array([1, tokens, 4, 8]), "rows": np.array([1, tokens, 32]), "three": np.float32(3),
                 "first": np.array(0)}
    return run, nodes + [NODE("Gather", ["y2", "first"], ["out"], axis=1)], constants


def of_dump(folder, seed, net, src_of, dst_of, bad):
    """A pair of whom src_of and dst_of make the dumps; the tensor `bad` (or None) comes out wrong."""
    folder.mkdir()
    pair = Pair(folder, seed)
    run, nodes, constants = net(pair)
    src, dst = run(None), run(bad)
    for name in src:
        pair.put(name, src_of(pair, src[name]), dst_of(pair, pair.near(dst[name])))
    pair.model(nodes, [list(src)[0]], list(src)[-1], constants)
    return pair


def as_it_is(_, a):
    return a


def samples(count):
    return lambda pair, a: np.concatenate([a] + [pair.near(a) for _ in range(count - 1)])


def padded(tokens, before, behind):
    """Axes of so many tokens are longer; what stands there is nothing that the others know."""
    def make(_, a):
        widths = [(before, behind) if n == tokens else (0, 0) for n in a.shape]
        return np.pad(a, widths) if a.ndim > 2 else a
    return make


def blocked(size):
    """N, C, H, W as N, C/b, H, W, b, with channels of zeros up to whole blocks."""
    def make(_, a):
        n, c, h, w = a.shape
        whole = np.zeros((n, -(-c // size) * size, h, w), a.dtype)
        whole[:, :c] = a
        return np.ascontiguousarray(whole.reshape(n, -1, size, h, w).transpose(0, 1, 3, 4, 2))
    return make


def last(_, a):
    return np.ascontiguousarray(a.transpose(0, 2, 3, 1))


def check_dumps(folder, name, net, dumps, bad, expected):
    """Once without a fault: nobody is accused; once with one, which is the only one; with the model and without."""
    for place, wrong in enumerate((None, bad)):
        pair = of_dump(folder / f"{name}{place}", 20, net, *dumps, wrong)
        for options in (pair.options, []):
            pair.options = options
            origins = [layer for layer, (verdict, _) in pair.verdicts().items() if verdict != "inherited"]
            same(origins, [wrong] if wrong else [], f"{name}, bad {wrong}, {options}")
        found = json.loads(pair.run("triage"))["dumps"]
        usual = {"channels": None, "samples": 1, "padding": 0, "padding_in_front": False, "integers_are": None,
                 "suffix": "", "field_numbers": None, "recognised": None}
        same({(side, key): value for side in found for key, value in found[side].items() if value != usual[key]},
             expected, name)


@test
def several_samples(folder):
    """cases: a dump of several samples of one picture is compared by the first, and a fault inside stands out"""
    check_dumps(folder, "dst", picture_net, (as_it_is, samples(2)), "relu1", {("dst", "samples"): 2})
    check_dumps(folder, "src", picture_net, (samples(3), as_it_is), "relu1", {("src", "samples"): 3})
    check_dumps(folder, "tokens", token_net, (as_it_is, samples(4)), "v1", {("dst", "samples"): 4})
    check_dumps(folder, "last", picture_net, (as_it_is, lambda p, a: samples(2)(p, last(p, a))), "relu1",
                {("src", "channels"): "second", ("dst", "channels"): "last", ("dst", "samples"): 2})


@test
def samples_that_differ(folder):
    """cases: samples of one picture that differ are said; another picture is no property of the dump"""
    pair = Pair(folder, 21)
    tensors = picture_net(pair)[0](None)
    for name, a in tensors.items():
        pair.put(name, a, np.concatenate([pair.near(a), pair.near(-a if name == "relu2" else a)]))
    page = mmtui("triage", folder / "src", folder / "dst").out
    same("The samples of dst differ from each other in 1 tensor, most in relu2 (2)" in page, True, page)
    layers = json.loads(pair.run("triage"))["layers"]
    same([layer["name"] for layer in layers if layer.get("samples_differ", 0) > .05], ["relu2"])

    (folder / "other").mkdir()
    pair = Pair(folder / "other", 22)
    for name, a in picture_net(pair)[0](None).items():
        pair.put(name, tensors[name], np.concatenate([a, pair.normal(*a.shape)]))
    same({kind for kind, _ in pair.verdicts().values()}, {"shape", "inherited"})
    same(json.loads(pair.run("triage"))["dumps"]["dst"]["samples"], 1)


@test
def padding(folder):
    """cases: tokens that one dump has more of, behind or in front, are padding; the rest is compared"""
    check_dumps(folder, "behind", token_net, (as_it_is, padded(17, 0, 1)), "v1", {("dst", "padding"): 1})
    check_dumps(folder, "front", token_net, (as_it_is, padded(17, 3, 0)), "v1",
                {("dst", "padding"): 3, ("dst", "padding_in_front"): True})
    check_dumps(folder, "src", token_net, (padded(17, 0, 7), as_it_is), "v1", {("src", "padding"): 7})
    check_dumps(folder, "rows", picture_net, (as_it_is, padded(12, 0, 2)), "relu1", {("dst", "padding"): 2})


@test
def a_longer_list(folder):
    """cases: a few tensors with one row more are a longer list of results, and no padding"""
    pair = Pair(folder, 23)
    tensors = picture_net(pair)[0](None)
    for name, a in tensors.items():
        pair.put(name, a, pair.near(a))
    for name, width in (("boxes", 4), ("scores", 80), ("keep", 7)):
        a = pair.normal(6, width)
        pair.put(name, a[:5], a)
    same(list(pair.verdicts()), ["boxes", "scores", "keep"])
    same(json.loads(pair.run("triage"))["dumps"]["dst"]["padding"], 0)


@test
def channel_blocks(folder):
    """cases: channels in blocks (NC1HWC0, NC4HW4) are undone, from NCHW and NHWC, and a fault inside stands out"""
    for size, src in ((16, as_it_is), (32, last), (8, as_it_is), (4, as_it_is)):
        found = {("dst", "channels"): "blocks"} | ({("src", "channels"): "last"} if src is last else {})
        check_dumps(folder, f"dst{size}", picture_net, (src, blocked(size)), "relu1", found)
    check_dumps(folder, "src16", picture_net, (blocked(16), as_it_is), "relu1", {("src", "channels"): "blocks"})


# ---- bit patterns ---------------------------------------------------------------------------------------------------

def half_bits(a):
    return a.astype("f2").view("u2")


def bfloat_bits(a):
    return (np.ascontiguousarray(a, "f4").view("u4") >> 16).astype("u2")


def rows_net(pair):
    x = pair.normal(8, 64)
    tensors = {"h0": x}
    for i in range(1, 6):
        x = tensors[f"h{i}"] = (x @ pair.normal(64, 64) / 8).astype("f4")
    return tensors


@test
def bit_patterns(folder):
    """cases: integers that are bit patterns of floats are read as that where a dump is full of them"""
    kinds = (("u16", half_bits, "f16"), ("i16", lambda a: half_bits(a).view("i2"), "f16"),
             ("bf16", bfloat_bits, "bf16"), ("i32", lambda a: a.view("i4"), "f32"))
    for name, bits, dtype in kinds:
        for bad in (False, True):
            (folder / f"{name}{bad}").mkdir()
            pair = Pair(folder / f"{name}{bad}", 24)
            for h, s in rows_net(pair).items():
                pair.put(h, s, bits(np.ascontiguousarray(s[::-1]) if bad and h == "h3" else s))
            same(pair.verdicts(), {"h3": ("implementation", "flipped")} if bad else {}, name)
            same(json.loads(pair.run("triage"))["dumps"]["dst"]["integers_are"], dtype, name)


@test
def one_bit_pattern(folder):
    """cases: one tensor of bit patterns is named, accuses nobody, and --dtype reads it; ids of 16 bits are none"""
    pair = Pair(folder, 25)
    for h, s in rows_net(pair).items():
        pair.put(h, s, half_bits(s) if h == "h2" else s.astype("f2"))
    ids = pair.random.integers(0, 60000, 500).astype("u2")
    pair.put("ids", ids, np.where(np.arange(500) < 400, ids, ids + 1).astype("u2"))
    same((pair.verdicts(), pair.raised()), ({"h2": ("over", "bit-patterns")}, []))
    page = mmtui("triage", folder / "src", folder / "dst").out
    same("h2: dst's 16-bit integers are bit patterns of float16: --dtype h2=f16." in page, True, page)
    for option in ("h2=f16", "h*=f16", "f16"):
        pair.options = ["--dtype", option]
        same("h2" in pair.verdicts(), False, option)
    for option, sentence in (("h1=bf16", "h1 is f32 in src and f16 in dst"), ("none=f16", "no tensor has that name"),
                             ("ids=f32", "float32 stand in integers of 32 bits"), ("h2=nothing", "is not a number format"),
                             ("h2=", "is not a number format")):
        run = mmtui("triage", folder / "src", folder / "dst", "--dtype", option, status=2)
        same(sentence in run.err, True, run.err)


@test
def bit_patterns_on_both_sides(folder):
    """cases: two dumps of bit patterns are compared as floats"""
    pair = Pair(folder, 26)
    for h, s in rows_net(pair).items():
        pair.put(h, half_bits(s), half_bits(pair.near(-s if h == "h3" else s)))
    same({name: kind for name, (kind, _) in pair.verdicts().items()}, {"h3": "implementation"})


@test
def void_arrays(folder):
    """cases: bfloat16 as NumPy saves it, bytes without a type, is read as bfloat16"""
    pair = Pair(folder, 27)
    a = pair.normal(4, 4)
    pair.put("a", bfloat_bits(a).view("V2"), bfloat_bits(a).view("V2"))
    pair.put("b", a, bfloat_bits(a).view("V2"))
    out = json.loads(pair.run("triage"))["layers"]
    same([layer["verdict"] for layer in out], ["ok", "ok"])
    same(0 < out[1]["error"] < 2 ** -8, True, out[1]["error"])


# ---- whole numbers, and what became 0 -----------------------------------------------------------------------------

@test
def ids_in_any_type(folder):
    """cases: ids, labels and masks are compared as values whatever they are saved in; none is a quantised float"""
    ids, labels = np.random.default_rng(1).integers(0, 2000, (1, 64)), np.arange(300) * 7 % 80
    wrong = ids.copy()
    wrong[0, [3, 9, 40]] = [5, 6, 7]
    mask = np.arange(64) < 50
    for s_type, d_type in (("i8", "i8"), ("i8", "i4"), ("f4", "f4"), ("f2", "f2"), ("i8", "f4"), ("i4", "f4")):
        (folder / f"{s_type}{d_type}").mkdir()
        pair = Pair(folder / f"{s_type}{d_type}", 28)
        x = pair.normal(1, 64, 32)
        pair.put("x", x, pair.near(x))
        pair.put("ids", ids.astype(s_type), wrong.astype(d_type))
        found = json.loads(pair.run("triage"))["layers"][1]
        same((found["cause"], pair.raised()), ("integers-differ", []), f"{s_type} {d_type}")
        same(found["text"].startswith("3 of 64 integers differ (4.7 %), first 5 for"), True, found["text"])
    for s_type, d_type in (("?", "?"), ("u1", "u1"), ("f4", "f4"), ("?", "f4")):
        (folder / f"mask{'b' if s_type == '?' else s_type}{'b' if d_type == '?' else d_type}").mkdir()
        pair = Pair(folder / f"mask{'b' if s_type == '?' else s_type}{'b' if d_type == '?' else d_type}", 29)
        pair.put("x", x, pair.near(x))
        pair.put("mask", mask.astype(s_type), (np.arange(64) < 49).astype(d_type))
        same(pair.verdicts(), {"mask": ("over", "integers-differ")}, f"mask {s_type} {d_type}")


@test
def near_ids(folder):
    """cases: another class is another class, however near its number is; accumulators of 32 bits are not ids"""
    pair = Pair(folder, 30)
    x = pair.normal(1, 64)
    pair.put("x", x, pair.near(x))
    pair.put("top1", np.array([281]), np.array([282]))
    pair.put("sums", np.array([28100, 5000], "i4"), np.array([28101, 5001], "i4"))
    same((pair.verdicts(), pair.raised()), ({"top1": ("over", "integers-differ")}, []))


@test
def logarithm_of_zero(folder):
    """cases: probabilities that became 0 in half, and Inf of their logarithm: both are raised"""
    for wide in (False, True):
        (folder / str(wide)).mkdir()
        pair = Pair(folder / str(wide), 31)
        x = 6 * pair.normal(32, 64)
        e = np.exp(x - x.max(-1, keepdims=True))
        p = e / e.sum(-1, keepdims=True)
        for name, s, d in (("x", x, x.astype("f2")), ("p", p, p.astype("f2")),
                           ("l", np.log(p), np.log(p.astype("f2").astype("f4")).astype("f2"))):
            pair.put(name, s.astype("f4"), d.astype("f4") if wide else d)
        pair.model([NODE("Softmax", ["x"], ["p"], axis=-1), NODE("Log", ["p"], ["l"])], ["x"], "l")
        same((pair.verdicts(), pair.raised()), ({"l": ("overflow", "inner-overflow")}, ["l", "p"]), f"wide {wide}")


@test
def steps_of_half_in_float(folder):
    """cases: half saved as float32: what a large mean leaves has half's steps, and is no integer grid"""
    pair = Pair(folder, 32)
    x = 200 + .5 * pair.normal(32, 64)
    runs = []
    for t in ("f4", "f2"):
        a = x.astype(t).astype("f4")
        m = a.mean(-1, keepdims=True).astype(t).astype("f4")
        runs.append((a, m, (a - m).astype(t).astype("f4")))
    for name, s, d in zip("xmc", *runs):
        pair.put(name, s, d)
    pair.model([NODE("ReduceMean", ["x"], ["m"], axes=[-1]), NODE("Sub", ["x", "m"], ["c"])], ["x"], "c")
    same((pair.verdicts(), pair.raised()), ({"c": ("format-limited", "cancellation")}, ["c", "m"]))


def convolve(x, w):
    """3 x 3, with zeros around."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, w).astype("f4")


def convolutions(pair, faults, form=lambda a: a, model=True):
    """x, then c0, r0 ... c2, r2: convolutions of 16 channels of 16 x 16 and their ReLUs. faults: {name: function of dst}."""
    x, weights = pair.normal(1, 3, 16, 16), [pair.normal(16, 3, 3, 3) / 4] + [pair.normal(16, 16, 3, 3) / 8] * 2

    def run(faults):
        a, made = x, [("x", x)]
        for i, w in enumerate(weights):
            for name, step in ((f"c{i}", lambda a: convolve(a, w)), (f"r{i}", relu)):
                a = faults.get(name, lambda a: a)(step(a))
                made.append((name, a))
        return made

    for (name, s), (_, d) in zip(run({}), run(faults)):
        pair.put(name, s, form(pair.near(d)))
    nodes = []
    for i in range(3):
        nodes += [NODE("Conv", [f"r{i - 1}" if i else "x", f"w{i}"], [f"c{i}"], pads=[1] * 4), NODE("Relu", [f"c{i}"], [f"r{i}"])]
    if model:
        pair.model(nodes, ["x"], "r2", {f"w{i}": w for i, w in enumerate(weights)})


def changed(place, value):
    def change(a):
        a = a.copy()
        a[place] = value
        return a
    return change


@test
def one_value_among_thousands(folder):
    """cases: one value of 4096 is far off, where no sample of the positions has it: the operator is not right"""
    for place in ((0, 5, 6, 7), (0, 9, 2, 13), (0, 0, 15, 1)):
        here = folder / "_".join(map(str, place))
        here.mkdir()
        pair = Pair(here, 40)
        convolutions(pair, {"c1": changed(place, 1000)})
        same((pair.verdicts()["c1"], pair.raised()), (("implementation", "isolated"), []), str(place))


@test
def cubes_channels_last(folder):
    """cases: channels last, where all but the picture have as many channels as rows and columns"""
    for number, (faults, wanted) in enumerate([({}, {}), ({"c1": changed(np.s_[:, 4], 0)}, {"c1"})]):
        for model in (True, False):
            here = folder / f"{number}{model}"
            here.mkdir()
            pair = Pair(here, 41)
            convolutions(pair, faults, lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)), model)
            accused = {name for name, (verdict, _) in pair.verdicts().items() if verdict != "inherited"}
            same(accused, set(wanted), f"{faults} {model}")
            check("All of dst has channels last (NHWC)" in pair.text(), "said once")


@test
def readers_without_an_order(folder):
    """cases: no order, and a factor that all behind hand on: they show it as well, none is accused"""
    pair = Pair(folder, 42)
    convolutions(pair, {"c1": lambda a: 2 * a}, model=False)
    for side in ("src", "dst"):
        for file in (folder / side).iterdir():
            file.rename(folder / side / file.name.split("_")[1])
            os.utime(folder / side / file.name.split("_")[1], (1e9, 1e9))
    found = pair.verdicts()
    same({name: found[name] for name in ("c1", "r1")}, {name: ("over", "scale") for name in ("c1", "r1")})
    same([name for name, (verdict, _) in found.items() if verdict != "over"], [])


def codes(a):
    """Raw uint8 of the whole range."""
    low, high = min(a.min(), 0), max(a.max(), 0)
    step = (high - low) / 255
    return np.clip(np.round(a / step) + round(-low / step), 0, 255).astype("u1")


@test
def few_raw_tensors(folder):
    """cases: four tensors, all raw integers, one with its channels reversed: two that a scale fits tell of all"""
    pair = Pair(folder, 43)
    x = pair.normal(1, 8, 12, 12)
    a, b = relu(x + .3), pair.normal(1, 8, 12, 12)
    pair.put("x", x, codes(x))
    pair.put("a", a, codes(a))
    pair.put("b", b, codes(b[:, ::-1]))
    pair.put("c", b ** 2, codes(b[:, ::-1] ** 2 * (1 + .5 * pair.normal(1, 8, 12, 12))))
    same((pair.verdicts()["b"], "x" in pair.verdicts()), (("implementation", "channels-reversed"), False))
    check("4 tensors of dst hold raw u8" in pair.text(), "said once")


@test
def words_for_one(folder):
    """cases: sentences about one position and one column"""
    pair = Pair(folder, 44)
    rows = pair.random.random((60, 6)).astype("f4")
    rows[:, :4] *= 600
    rows[:, 5] = pair.random.integers(0, 80, 60)
    wrong = rows.copy()
    wrong[:, 4] = rows[:, 4] ** 2
    a = pair.normal(8, 16)
    pair.put("x", a, a)
    pair.put("det", rows, wrong)
    pair.put("n", a, changed((3, 4), np.nan)(a))
    layers = pair.layers()
    check("1 position is NaN or Inf on one side only." in layers["n"]["evidence"], layers["n"]["evidence"])
    check("Of column 4 alone: off by 0.33." in layers["det"]["evidence"], layers["det"]["evidence"])


@test
def coarser_than_int8(folder):
    """cases: weights of 4 bits, which int8 does not explain: nobody is accused, and no input of error 0 is said to grow"""
    pair = Pair(folder, 45)
    x, weights = pair.normal(64, 48), [pair.normal(48, 48) / 7 for _ in range(4)]

    def run(weigh):
        a, made = x, [("x", x)]
        for i, w in enumerate(weights):
            a = (a @ weigh(w)).astype("f4")
            made.append((f"y{i}", a))
        return made

    def four_bits(w):
        step = np.abs(w).max() / 7
        return np.clip(np.round(w / step), -8, 7) * step

    for (name, s), (_, d) in zip(run(lambda w: w), run(four_bits)):
        pair.put(name, s, d)
    pair.model([NODE("MatMul", [f"y{i - 1}" if i else "x", f"w{i}"], [f"y{i}"]) for i in range(4)], ["x"], "y3",
               {f"w{i}": w for i, w in enumerate(weights)})
    layers = pair.layers()
    same([name for name, layer in layers.items() if layer["verdict"] == "implementation"], [])
    check("where formats and weights explain" in layers["y0"]["text"], layers["y0"]["text"])
    check("(0)" not in layers["y0"]["text"], layers["y0"]["text"])


harness.main()
