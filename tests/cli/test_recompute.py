#!/usr/bin/python3
"""`mmtui triage --model`: operators recomputed from dst's own inputs. Small random networks, run by NumPy in FP32 and in
int8, with one operator that is wrong: it alone is accused, in both."""

import json

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import check, mmtui, same, test

# ---- operators --------------------------------------------------------------------------------------------


def conv(x, w, b=None, stride=1, pad=1):
    n, c, h, v = x.shape
    o, _, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = (h + 2 * pad - kh) // stride + 1, (v + 2 * pad - kw) // stride + 1
    y = np.zeros((n, o, oh, ow))
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride]
            y += np.einsum("nchw,oc->nohw", part, w[:, :, i, j])
    return y if b is None else y + b[:, None, None]


def max_pool(x):
    return x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).max((3, 5))


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def resized(x, phase):
    """Nearest, twice as large; phase 1 is off by one sample."""
    at = np.minimum((np.arange(2 * x.shape[2]) + phase) // 2, x.shape[2] - 1)
    return x[:, :, at][:, :, :, at]


# ---- the network ------------------------------------------------------------------------------------------


class Net:
    """Names of operators are those of their results. `fault` maps a name to a function that computes it wrongly."""

    def __init__(self, seed=7):
        r = np.random.default_rng(seed)
        he = lambda *shape: (r.normal(size=shape) * np.sqrt(2 / np.prod(shape[1:]))).astype("f4")
        self.w = {"c1": he(16, 4, 3, 3), "c2": he(16, 16, 3, 3), "c3": he(16, 16, 3, 3), "c4": he(24, 32, 3, 3),
                  "c5": he(24, 24, 3, 3), "c6": he(24, 24, 1, 1)}
        self.b = {k: (r.normal(size=w.shape[0]) * .5).astype("f4") for k, w in self.w.items()}
        self.fc = (r.normal(size=(24, 10)) / 4).astype("f4")
        self.x = r.normal(size=(1, 4, 16, 16)).astype("f4")

    def nodes(self):
        n, conv_in = helper.make_node, lambda k, x: [x, k + "_w", k + "_b"]
        same_size = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
        return [n("Conv", conv_in("c1", "x"), ["c1"], **same_size), n("Relu", ["c1"], ["r1"]),
                n("Conv", conv_in("c2", "r1"), ["c2"], **same_size), n("LeakyRelu", ["c2"], ["r2"], alpha=0.1),
                n("MaxPool", ["r2"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
                n("Conv", conv_in("c3", "p"), ["c3"], **same_size), n("Sigmoid", ["c3"], ["s"]),
                n("Mul", ["c3", "s"], ["m"]), n("Concat", ["m", "p"], ["k"], axis=1),
                n("Conv", conv_in("c4", "k"), ["c4"], **same_size), n("Relu", ["c4"], ["r4"]),
                n("Resize", ["r4", "", "scales"], ["u"], mode="nearest", nearest_mode="floor",
                  coordinate_transformation_mode="asymmetric"),
                n("Conv", conv_in("c5", "u"), ["c5"], strides=[2, 2], **same_size), n("Add", ["c5", "r4"], ["a"]),
                n("Conv", conv_in("c6", "a"), ["c6"], kernel_shape=[1, 1]),
                n("Transpose", ["c6"], ["t"], perm=[0, 2, 3, 1]), n("MatMul", ["t", "fc"], ["f"]),
                n("Softmax", ["f"], ["y"], axis=3)]

    def save(self, path):
        constants = {**{k + "_w": w for k, w in self.w.items()}, **{k + "_b": b for k, b in self.b.items()},
                     "fc": self.fc, "scales": np.array([1, 1, 2, 2], "f4")}
        value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes(), "net", [value("x")], [value("y")],
                                  [numpy_helper.from_array(v, k) for k, v in constants.items()])
        path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())

    def run(self, mode, fault=None, fused=()):
        """name -> result. mode "f4", "f2", or weights and results in int8 "i8" (a scale a tensor), "i8c" (a channel).
        What is fused is not rounded."""
        fault, w, out = fault or {}, {k: self.weights(v, mode) for k, v in self.w.items()}, {}
        fc = self.weights(self.fc.T, mode).T

        def put(name, right):
            value = fault[name](right, out, w.get(name, fc), self.b.get(name)) if name in fault else right()
            out[name] = value if name in fused else rounded(value, mode)
            return out[name]

        x = put("x", lambda: self.x)
        convolve = lambda k, x, **how: put(k, lambda: conv(x, w[k], self.b[k], **how))
        c1 = convolve("c1", x)
        r1 = put("r1", lambda: np.maximum(c1, 0))
        c2 = convolve("c2", r1)
        r2 = put("r2", lambda: np.where(c2 < 0, .1 * c2, c2))
        p = put("p", lambda: max_pool(r2))
        c3 = convolve("c3", p)
        s = put("s", lambda: 1 / (1 + np.exp(-c3)))
        m = put("m", lambda: c3 * s)
        k = put("k", lambda: np.concatenate([m, p], 1))
        c4 = convolve("c4", k)
        r4 = put("r4", lambda: np.maximum(c4, 0))
        u = put("u", lambda: resized(r4, 0))
        c5 = convolve("c5", u, stride=2)
        a = put("a", lambda: c5 + r4)
        c6 = convolve("c6", a, pad=0)
        t = put("t", lambda: c6.transpose(0, 2, 3, 1))
        f = put("f", lambda: t @ fc)
        put("y", lambda: softmax(f, 3))
        return out

    def weights(self, w, mode):
        if not mode.startswith("i8"):
            return w.astype(mode).astype("f8")
        most = np.abs(w).max(tuple(range(1, w.ndim)), keepdims=True) if mode == "i8c" else np.abs(w).max()
        return np.clip(np.rint(w / (most / 127)), -127, 127) * (most / 127)


def rounded(x, mode):
    if not mode.startswith("i8"):
        return x.astype(mode).astype("f8")
    low, high = min(x.min(), 0), max(x.max(), 0)
    step = (high - low) / 255
    return (np.clip(np.rint(x / step) - np.rint(low / step), 0, 255) + np.rint(low / step)) * step


# ---- faults: (right, results so far, weights, bias) -> what comes out --------------------------------------------------


def channel_zeroed(right, *_):
    y = right().copy()
    y[:, 3:6] = 0
    return y


FAULTS = {
    "weights transposed": ("c2", lambda right, out, w, b: conv(out["r1"], w.transpose(0, 1, 3, 2), b)),
    "channels zeroed": ("c3", channel_zeroed),
    "scale doubled": ("c4", lambda right, *_: 2 * right()),
    "bias dropped": ("c5", lambda right, out, w, b: conv(out["u"], w, None, stride=2)),
    "padding on the wrong side": ("c1", lambda right, out, w, b: conv(
        np.pad(out["x"], ((0, 0), (0, 0), (0, 2), (0, 2))), w, b, pad=0)),
    "another slope": ("r2", lambda right, out, *_: np.where(out["c2"] < 0, .5 * out["c2"], out["c2"])),
    "hard sigmoid for sigmoid": ("s", lambda right, out, *_: np.clip(out["c3"] * .5 + .5, 0, 1)),
    "concat swapped": ("k", lambda right, out, *_: np.concatenate([out["p"], out["m"]], 1)),
    "resize off by a sample": ("u", lambda right, out, *_: resized(out["r4"], 1)),
    "transpose by another order": ("t", lambda right, out, *_: out["c6"].transpose(0, 3, 2, 1)),
    "softmax along another axis": ("y", lambda right, out, *_: softmax(out["f"], 2)),
    "matrix reversed": ("f", lambda right, out, w, b: out["t"] @ w[:, ::-1]),
}


def dump(folder, results, dtype="f4"):
    folder.mkdir()
    for place, (name, value) in enumerate(results.items(), 1):
        np.save(folder / f"{place}_{name}.npy", value.astype(dtype))


def triage(folder, mode, fault=None, *options, fused=()):
    net = Net()
    net.save(folder / "m.onnx")
    dump(folder / "src", net.run("f4"))
    results = {name: value for name, value in net.run(mode, fault, fused).items() if name not in fused}
    dump(folder / "dst", results, "f2" if mode == "f2" else "f4")
    return json.loads(mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx", "--json",
                             *options).out)


def accused(report):
    return [layer["name"] for layer in report["layers"]
            if layer["verdict"] in ("implementation", "input-fault", "output-fault")]


def planted(mode, name, fault):
    def run(folder):
        same(accused(triage(folder, mode, {name: fault})), [name], "accused")
    return run


for mode in ("f4", "f2", "i8", "i8c"):
    for title, (name, fault) in FAULTS.items():
        harness.add(f"recompute: {title}, {mode}: the operator is found, and nobody else is accused",
                    planted(mode, name, fault))


# ---- fused ------------------------------------------------------------------------------------------------

# dst has nothing of these: they are seen in what reads them, c3 in m = c3 * sigmoid(c3)
FUSED = ("c1", "c2", "c3", "c4", "s", "t", "c6")
SEEN_IN = {"c1": "r1", "c2": "r2", "c3": "m", "c4": "r4", "s": "m", "t": "f"}


def not_recomputed(report):
    return [layer["name"] for layer in report["layers"] if "why_not" in layer.get("recomputed", {})]


def planted_fused(mode, name, fault):
    def run(folder):
        report = triage(folder, mode, {name: fault}, fused=FUSED)
        same(not_recomputed(report), ["f"], "not recomputed")  # weights behind weights: f reads t, that reads c6
        if name not in ("t", "f"):
            same(accused(report), [SEEN_IN.get(name, name)], "accused")
    return run


for mode in ("f4", "f2", "i8", "i8c"):
    for title, (name, fault) in FAULTS.items():
        harness.add(f"recompute, fused: {title}, {mode}: the operator that it is fused with is found, and nobody else",
                    planted_fused(mode, name, fault))


@test
def nothing_wrong_fused(folder):
    """recompute, fused: where nothing is wrong nobody is accused, in any format"""
    for mode in ("f4", "f2", "i8", "i8c"):
        (folder / mode).mkdir()
        same(accused(triage(folder / mode, mode, fused=FUSED)), [], mode)


@test
def inside(folder):
    """recompute, fused: the variant is named with the operator that has it"""
    report = triage(folder, "i8", {"c1": lambda right, out, w, b: conv(out["x"], w, None)}, fused=FUSED)
    layer = next(layer for layer in report["layers"] if layer["name"] == "r1")
    same((layer["cause"], layer["recomputed"]["alternative"]["computed"]), ("variant", "without its bias (Conv)"))
    figures = layer["recomputed"]
    check(figures["alternative"]["residual"] < .03 < .1 < figures["residual"], figures)
    check(figures["int8"]["per_tensor"] > figures["int8"]["per_channel"] > 0, figures)


@test
def layer_norm(folder):
    """recompute, fused: a layer norm of nine operators is made again as a whole"""
    r = np.random.default_rng(3)
    x, w, b = r.normal(size=(6, 32)), r.uniform(.5, 1.5, 32), r.normal(size=32)
    n = helper.make_node
    nodes = [n("ReduceMean", ["x"], ["mean"], axes=[-1]), n("Sub", ["x", "mean"], ["d"]), n("Pow", ["d", "two"], ["dd"]),
             n("ReduceMean", ["dd"], ["v"], axes=[-1]), n("Add", ["v", "eps"], ["ve"]), n("Sqrt", ["ve"], ["s"]),
             n("Div", ["d", "s"], ["q"]), n("Mul", ["q", "w"], ["qw"]), n("Add", ["qw", "b"], ["a"]),
             n("Neg", ["a"], ["y"])]
    constants = {"two": np.array(2, "f4"), "eps": np.array(1e-5, "f4"), "w": w.astype("f4"), "b": b.astype("f4")}
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "net", [value("x")], [value("y")],
                              [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]).SerializeToString()
    right = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5) * w + b
    for case, dst, expected in (("clean", right.astype("f2"), []), ("wrong", right * 1.2, ["a"]),
                                ("no bias", right - b, ["a"])):
        here = folder / case
        here.mkdir()
        (here / "m.onnx").write_bytes(model)
        dump(here / "src", {"x": x, "a": right, "y": -right})
        dump(here / "dst", {"x": x, "a": dst, "y": -dst})
        report = json.loads(mmtui("triage", here / "src", here / "dst", "--model", here / "m.onnx", "--json",
                                  "--threshold", "0.0001").out)
        same(accused(report), expected, case)
        layer = next(layer for layer in report["layers"] if layer["name"] == "a")
        check("residual" in layer["recomputed"], (case, layer["recomputed"]))
    same(layer["recomputed"]["alternative"]["computed"], "without its second input")


@test
def moved(folder):
    """recompute: what was moved by an operator that was not dumped is moved again"""
    fused = ("t", "s")
    same(not_recomputed(triage(folder, "f2", fused=fused)), [], "not recomputed")
    other = folder / "other"
    other.mkdir()
    report = triage(other, "i8", {"t": FAULTS["transpose by another order"][1]}, fused=fused)
    same(accused(report), ["f"], "accused")


@test
def nothing_wrong(folder):
    """recompute: where nothing is wrong nobody is accused, in any format"""
    for mode in ("f4", "f2", "i8", "i8c"):
        (folder / mode).mkdir()
        same(accused(triage(folder / mode, mode)), [], mode)


def advised(report):
    return "weight_granularity" in report["advice"]["settings"]


@test
def weights(folder):
    """recompute: per-channel weights are advised where the weights have one scale, never where they are per channel"""
    for mode, advice in (("i8", True), ("i8c", False)):
        (folder / mode).mkdir()
        report = triage(folder / mode, mode, None, "--threshold", "0.01")
        same(advised(report), advice, mode)
    text = mmtui("triage", folder / "i8c" / "src", folder / "i8c" / "dst", "--model", folder / "i8c" / "m.onnx",
                  "--threshold", "0.01").out
    check("The weights have a scale for each channel" in " ".join(text.split()), text)


@test
def below(folder):
    """recompute: a fault below the threshold is found where it makes what is behind it go over"""
    def slightly(right, *_):
        y = right().copy()
        y[:, 2] *= .8
        return y
    net = Net()
    net.save(folder / "m.onnx")
    src, dst = net.run("f4"), net.run("f4", {"c2": slightly})
    error = np.linalg.norm(src["c2"] - dst["c2"]) / np.linalg.norm(src["c2"])
    later = max(np.linalg.norm(src[k] - dst[k]) / np.linalg.norm(src[k]) for k in src)
    dump(folder / "src", src)
    dump(folder / "dst", dst)
    limit = str((error + later) / 2)
    check(error * 1.05 < later, (error, later))
    report = json.loads(mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx", "--json",
                              "--threshold", limit).out)
    same(accused(report), ["c2"], "accused")


@test
def without_model(folder):
    """recompute: without a model an operator of an int8 run is not accused of what the rounding of its weights costs"""
    triage(folder, "i8")
    report = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json").out)
    same(accused(report), [], "accused")


harness.main()
