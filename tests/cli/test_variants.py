#!/usr/bin/python3
"""`mmtui triage --model`: operators that dst computed as another runtime would: another epsilon, slope, padding, order.
One operator between two others, beside a branch of convolutions, run by NumPy in FP32, in float16 and in int8; the other
setting is named, and where there is none nobody is accused."""

import json

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import harness
from harness import check, mmtui, same, test

R = np.random.default_rng(5)
node = helper.make_node

# ---- operators --------------------------------------------------------------------------------------------


def conv(x, w, b=None, stride=1, pads=(1, 1, 1, 1), dilation=1):
    _, _, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    reach_h, reach_v = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    oh, ow = (x.shape[2] - reach_h) // stride + 1, (x.shape[3] - reach_v) // stride + 1
    y = np.zeros((x.shape[0], w.shape[0], oh, ow))
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i * dilation:, j * dilation:][:, :, :stride * oh:stride, :stride * ow:stride]
            y += np.einsum("nchw,oc->nohw", part, w[:, :, i, j])
    return y if b is None else y + b[:, None, None]


def pool(x, kind, k=3, stride=2, pads=(1, 1, 1, 1), fill=-np.inf, counted=False):
    """kind "max" or "mean"; `counted`: pads count for the mean."""
    wide = ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3]))
    there = np.pad(np.ones_like(x), wide, constant_values=1 if counted else 0)
    x = np.pad(x, wide, constant_values=fill if kind == "max" else 0)
    oh, ow = (x.shape[2] - k) // stride + 1, (x.shape[3] - k) // stride + 1
    cut = lambda a: np.stack([a[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride]
                              for i in range(k) for j in range(k)])
    return cut(x).max(0) if kind == "max" else cut(x).sum(0) / cut(there).sum(0)


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def batch_norm(x, epsilon, outside=0):
    s, b, m, v = (BN[k][:, None, None] for k in "sbmv")
    return s * (x - m) / (np.sqrt(v + epsilon) + outside) + b


def dead_norm(x, epsilon, outside=0):
    """A channel without variance, as a pruned network has it."""
    s, b, m, v = (CONSTANTS[k][:, None, None].astype("f8") for k in ("bn_dead", "bn_b", "bn_m", "bn_none"))
    return s * (x - m) / (np.sqrt(v + epsilon) + outside) + b


def layer_norm(x, epsilon):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon) * LN["s"] + LN["b"]


def group_norm(x, epsilon):
    return ((x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + epsilon) *
            BN["s"][:, None, None] + BN["b"][:, None, None])


def nearest(x, of):
    """Each row and column comes from the one that `of` says of its place."""
    n = np.arange(2 * x.shape[2])
    at = np.clip(of(n).astype(int), 0, x.shape[2] - 1)
    return x[:, :, at][:, :, :, at]


def linear(x, coordinate, size):
    """Between two neighbours along both axes; `coordinate` of an array of places."""
    for axis in (2, 3):
        at = np.clip(coordinate(np.arange(size)), 0, x.shape[axis] - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, x.shape[axis] - 1)
        share = (at - low).reshape([-1 if a == axis else 1 for a in range(4)])
        x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return x


def depth_to_space(x, mode):
    n, c, h, w = x.shape
    if mode == "DCR":
        return x.reshape(n, 2, 2, c // 4, h, w).transpose(0, 3, 4, 1, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)
    return x.reshape(n, c // 4, 2, 2, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)


def lrn(x, alpha):
    square = np.zeros_like(x)
    for c in range(x.shape[1]):
        square[:, c] = (x[:, max(0, c - 2):c + 3] ** 2).sum(1)
    return x / (1 + alpha * square) ** .75


def leaky(slope):
    return lambda x: np.where(x < 0, slope * x, x)


def hard_sigmoid(slope):
    return lambda x: np.clip(slope * x + .5, 0, 1)


# ---- constants --------------------------------------------------------------------------------------------

W = (R.normal(size=(8, 8, 3, 3)) / 6).astype("f4")
B = R.normal(size=8).astype("f4")
MATRIX = (R.normal(size=(16, 16)) / 4).astype("f4")
TALL = (R.normal(size=(16, 24)) / 4).astype("f4")
ROW = R.normal(size=24).astype("f4")
BN = {"s": R.uniform(.5, 1.5, 8).astype("f4"), "b": R.normal(size=8).astype("f4"), "m": R.normal(size=8).astype("f4"),
      "v": np.array([1, 2e-4, .5, 1e-3, 2, 1, 5e-4, 1], "f4")}
BN["s"][BN["v"] < .01] *= .1
SMALL = np.array([.01, 1, .03, 1, .02, 1, 1, 1], "f4")[:, None, None]
LN = {"s": R.uniform(.5, 1.5, 16).astype("f4"), "b": np.zeros(16, "f4")}
CONSTANTS = {"W": W, "B": B, "MATRIX": MATRIX, "TALL": TALL, "ROW": ROW, **{"bn_" + k: v for k, v in BN.items()},
             **{"ln_" + k: v for k, v in LN.items()}, "zeros": np.zeros(8, "f4"), "twice": np.array([1, 1, 2, 2], "f4"),
             "six": np.array(6, "f4"), "nothing": np.array(0, "f4"), "pads": np.array([0, 0, 2, 2, 0, 0, 2, 2], "i8"),
             "bn_none": np.array([1, 1e-12, .5, 2, 2, 1, 1, 1], "f4"),
             "bn_dead": np.array([1, 1e-6, 1, 1, 1, 1, 1, 1], "f4"), "SMALL": SMALL, "half": np.array([1, 1, .5, .5], "f4")}

MAP, ROWS = (2, 8, 12, 12), (12, 16)
SAME = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}

# title: (input, node, what is right, what dst computes, what is said of it); the operator reads "p" (and "x")
CASES = {
    "batch norm's epsilon": (
        MAP, node("BatchNormalization", ["p", "bn_s", "bn_b", "bn_m", "bn_v"], ["v"], epsilon=1e-5),
        lambda p, x: batch_norm(p, 1e-5), lambda p, x: batch_norm(p, 1e-3),
        "with epsilon 0.001 where the model says 1e-5"),
    "batch norm's epsilon outside the root": (
        MAP, node("BatchNormalization", ["p", "bn_dead", "bn_b", "bn_m", "bn_none"], ["v"], epsilon=1e-5),
        lambda p, x: dead_norm(p, 1e-5), lambda p, x: dead_norm(p, 0, 1e-6),
        "with epsilon 1e-6 added to the deviation, not to the variance"),
    "batch norm left out": (
        MAP, node("BatchNormalization", ["p", "bn_s", "bn_b", "bn_m", "bn_v"], ["v"]),
        lambda p, x: batch_norm(p, 1e-5), lambda p, x: p, "as if BatchNormalization were not there"),
    "layer norm's epsilon": (
        ROWS, node("LayerNormalization", ["tiny", "ln_s", "ln_b"], ["v"], epsilon=1e-5),
        lambda p, x: layer_norm(p * np.float32(.02), 1e-5), lambda p, x: layer_norm(p * np.float32(.02), 1e-3),
        "with epsilon 0.001 where the model says 1e-5"),
    "instance norm's epsilon": (
        MAP, node("InstanceNormalization", ["uneven", "bn_s", "bn_b"], ["v"], epsilon=1e-5),
        lambda p, x: group_norm(p * SMALL, 1e-5), lambda p, x: group_norm(p * SMALL, 1e-3),
        "with epsilon 0.001 where the model says 1e-5"),
    "slope": (MAP, node("LeakyRelu", ["p"], ["v"], alpha=.01), leaky(.01), leaky(.1),
              "with alpha 0.1 where the model says 0.01"),
    "slope lost": (MAP, node("LeakyRelu", ["p"], ["v"], alpha=.2), leaky(.2), leaky(0),
                   "as Relu where the model says LeakyRelu"),
    "activation missing": (MAP, node("Relu", ["p"], ["v"]), leaky(0), leaky(1), "as if Relu were not there"),
    "relu6 for relu": (MAP, node("Relu", ["far"], ["v"]), lambda p, x: np.maximum(5 * p, 0),
                       lambda p, x: np.clip(5 * p, 0, 6), "as ReLU6"),
    "relu for relu6": (MAP, node("Clip", ["far", "nothing", "six"], ["v"]), lambda p, x: np.clip(5 * p, 0, 6),
                       lambda p, x: np.maximum(5 * p, 0), "as ReLU, without an upper bound"),
    "hard sigmoid's slope": (MAP, node("HardSigmoid", ["p"], ["v"], alpha=1 / 6, beta=.5), hard_sigmoid(1 / 6),
                             hard_sigmoid(.2), "as 0.2 x + 0.5 where the model's slope is 0.167"),
    "sigmoid missing": (MAP, node("Sigmoid", ["p"], ["v"]), lambda p, x: 1 / (1 + np.exp(-p)), lambda p, x: p,
                        "as if Sigmoid were not there"),
    "pads that count": (MAP, node("AveragePool", ["p"], ["v"], strides=[2, 2], count_include_pad=0, **SAME),
                        lambda p, x: pool(p, "mean"), lambda p, x: pool(p, "mean", counted=True),
                        "with count_include_pad 1 where the model says 0"),
    "pads at the other side": (MAP, node("Conv", ["p", "W", "B"], ["v"], strides=[2, 2], **SAME),
                               lambda p, x: conv(p, W, B, 2), lambda p, x: conv(p, W, B, 2, (0, 0, 1, 1)),
                               "with pads 0,0,1,1 where the model says 1,1,1,1"),
    "a pool's pads at the other side": (
        MAP, node("MaxPool", ["p"], ["v"], kernel_shape=[2, 2], auto_pad="SAME_UPPER"),
        lambda p, x: pool(p, "max", 2, 1, (0, 0, 1, 1)), lambda p, x: pool(p, "max", 2, 1, (1, 1, 0, 0)),
        "with pads 1,1,0,0 where the model says 0,0,1,1"),
    "maximum with zeros": (MAP, node("MaxPool", ["below"], ["v"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
                           lambda p, x: pool(p - 2, "max", stride=1), lambda p, x: pool(p - 2, "max", stride=1, fill=0),
                           "with zeros for pads"),
    "mean for maximum": (MAP, node("MaxPool", ["p"], ["v"], kernel_shape=[2, 2], strides=[2, 2]),
                         lambda p, x: pool(p, "max", 2, 2, (0,) * 4), lambda p, x: pool(p, "mean", 2, 2, (0,) * 4),
                         "as AveragePool where the model says MaxPool"),
    "no bias": (MAP, node("Conv", ["p", "W", "B"], ["v"], **SAME), lambda p, x: conv(p, W, B), lambda p, x: conv(p, W),
                "without its bias"),
    "kernels transposed": (MAP, node("Conv", ["p", "W", "B"], ["v"], **SAME), lambda p, x: conv(p, W, B),
                           lambda p, x: conv(p, W.transpose(0, 1, 3, 2), B), "with its kernels transposed"),
    "channels of the weights transposed": (
        MAP, node("Conv", ["p", "W", "B"], ["v"], **SAME), lambda p, x: conv(p, W, B),
        lambda p, x: conv(p, W.transpose(1, 0, 2, 3), B), "with its weights transposed"),
    "convolution for correlation": (MAP, node("Conv", ["p", "W", "B"], ["v"], **SAME), lambda p, x: conv(p, W, B),
                                    lambda p, x: conv(p, W[:, :, ::-1, ::-1], B), "turned by 180 degrees"),
    "dilation": (MAP, node("Conv", ["p", "W", "B"], ["v"], kernel_shape=[3, 3], pads=[2] * 4, dilations=[2, 2]),
                 lambda p, x: conv(p, W, B, 1, (2,) * 4, 2), lambda p, x: conv(p, W, B), "without dilation"),
    "logistic behind": (MAP, node("Conv", ["p", "W", "B"], ["v"], **SAME), lambda p, x: conv(p, W, B),
                        lambda p, x: 1 / (1 + np.exp(-conv(p, W, B))), "with a sigmoid behind it"),
    "activation too many": (MAP, node("Add", ["p", "x"], ["v"]), lambda p, x: p + x,
                            lambda p, x: np.maximum(p + x, 0), "with a ReLU behind it"),
    "a sum of one": (MAP, node("Add", ["p", "x"], ["v"]), lambda p, x: p + x, lambda p, x: p,
                     "without its second input"),
    "difference the other way": (MAP, node("Sub", ["p", "x"], ["v"]), lambda p, x: p - x, lambda p, x: x - p,
                                 "with its two inputs in each other's place"),
    "concat": (MAP, node("Concat", ["p", "x"], ["v"], axis=1), lambda p, x: np.concatenate([p, x], 1),
               lambda p, x: np.concatenate([x, p], 1), "with its inputs in reverse order"),
    "transpose": (MAP, node("Transpose", ["p"], ["v"], perm=[0, 2, 3, 1]), lambda p, x: p.transpose(0, 2, 3, 1),
                  lambda p, x: p.transpose(0, 3, 2, 1), "with perm 0,3,2,1 where the model says 0,2,3,1"),
    "no transpose": (MAP, node("Transpose", ["p"], ["v"], perm=[0, 2, 3, 1]), lambda p, x: p.transpose(0, 2, 3, 1),
                     lambda p, x: p.reshape(2, 12, 12, 8), "as if it were not there"),
    "softmax along another axis": (MAP, node("Softmax", ["p"], ["v"], axis=1), lambda p, x: softmax(p, 1),
                                   lambda p, x: softmax(p, 3), "along axis 3 where the model says 1"),
    "softmax of old": (MAP, node("Softmax", ["p"], ["v"], axis=1), lambda p, x: softmax(p, 1),
                       lambda p, x: softmax(p, (1, 2, 3)), "over axis 1 and all behind it (as before opset 13)"),
    "nearest": (MAP, node("Resize", ["p", "", "half"], ["v"], mode="nearest", nearest_mode="floor",
                          coordinate_transformation_mode="asymmetric"),
                lambda p, x: p[:, :, ::2, ::2], lambda p, x: p[:, :, 1::2, 1::2], "where the model says asymmetric/floor"),
    "align corners": (MAP, node("Resize", ["p", "", "twice"], ["v"], mode="linear",
                                coordinate_transformation_mode="half_pixel"),
                      lambda p, x: linear(p, lambda n: (n + .5) / 2 - .5, 24),
                      lambda p, x: linear(p, lambda n: n * 11 / 23, 24),
                      "with align_corners where the model says half_pixel"),
    "asymmetric": (MAP, node("Resize", ["p", "", "twice"], ["v"], mode="linear",
                             coordinate_transformation_mode="half_pixel"),
                   lambda p, x: linear(p, lambda n: (n + .5) / 2 - .5, 24), lambda p, x: linear(p, lambda n: n / 2, 24),
                   "with asymmetric where the model says half_pixel"),
    "nearest for linear": (MAP, node("Resize", ["p", "", "twice"], ["v"], mode="linear",
                                     coordinate_transformation_mode="half_pixel"),
                           lambda p, x: linear(p, lambda n: (n + .5) / 2 - .5, 24),
                           lambda p, x: nearest(p, lambda n: n // 2), "as nearest where the model says linear"),
    "blocks": (MAP, node("DepthToSpace", ["p"], ["v"], blocksize=2, mode="DCR"), lambda p, x: depth_to_space(p, "DCR"),
               lambda p, x: depth_to_space(p, "CRD"), "with mode CRD where the model says DCR"),
    "what is around": (MAP, node("Pad", ["p", "pads"], ["v"], mode="reflect"),
                       lambda p, x: np.pad(p, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="reflect"),
                       lambda p, x: np.pad(p, ((0, 0), (0, 0), (2, 2), (2, 2))), "with mode constant"),
    "mean over other axes": (MAP, node("ReduceMean", ["p"], ["v"], axes=[2], keepdims=0), lambda p, x: p.mean(2),
                             lambda p, x: p.mean(3), "over axes 3 where the model says 2"),
    "sum for mean": (MAP, node("ReduceMean", ["p"], ["v"], axes=[1]), lambda p, x: p.mean(1, keepdims=True),
                     lambda p, x: p.sum(1, keepdims=True), "as ReduceSum where the model says ReduceMean"),
    "alpha by size": (MAP, node("LRN", ["far"], ["v"], alpha=.1, size=5), lambda p, x: lrn(5 * p, .02),
                      lambda p, x: lrn(5 * p, .1), "with alpha not divided by the size"),
    "matrix transposed": (ROWS, node("MatMul", ["p", "MATRIX"], ["v"]), lambda p, x: p @ MATRIX,
                          lambda p, x: p @ MATRIX.T, "with its second matrix transposed"),
    "bytes of the other layout": (ROWS, node("Gemm", ["p", "TALL", "ROW"], ["v"]), lambda p, x: p @ TALL + ROW,
                                  lambda p, x: p @ TALL.T.reshape(16, 24) + ROW, "in the other layout"),
    "a Gemm's bias": (ROWS, node("Gemm", ["p", "TALL", "ROW"], ["v"]), lambda p, x: p @ TALL + ROW,
                      lambda p, x: p @ TALL, "without its bias"),
    "transB": (ROWS, node("Gemm", ["p", "MATRIX"], ["v"], transB=1), lambda p, x: p @ MATRIX.T,
               lambda p, x: p @ MATRIX, "with transB 0 where the model says 1"),
}
BEFORE = {"tiny": .02, "far": 5, "below": None, "uneven": None}  # what the operator reads where it is not "p"

# ---- running ----------------------------------------------------------------------------------------------


def rounded(x, mode):
    x = np.asarray(x, "f8")
    if mode != "i8":
        return x.astype(mode).astype("f8")
    low, high = min(x.min(), 0), max(x.max(), 0)
    step = (high - low) / 255
    return np.rint(x / step) * step


def weights(w, mode):
    if mode != "i8":
        return w.astype(mode).astype("f8")
    step = np.abs(w).max() / 127
    return np.rint(w / step) * step


BRANCH = [(R.normal(size=(8, 8, 3, 3)) / 8).astype("f4") for _ in range(4)]


class Case:
    def __init__(self, title):
        self.shape, self.node, self.right, self.wrong, self.says = CASES[title]
        r = np.random.default_rng(9)
        self.x, self.z = r.normal(size=self.shape).astype("f4"), r.normal(size=(1, 8, 10, 10)).astype("f4")
        self.reads = self.node.input[0]

    def save(self, path):
        nodes = [node("Mul", ["x", "scale"], ["p"])]
        if self.reads == "below":
            nodes.append(node("Sub", ["p", "two"], ["below"]))
        elif self.reads == "uneven":
            nodes.append(node("Mul", ["p", "SMALL"], ["uneven"]))
        elif self.reads != "p":
            nodes.append(node("Mul", ["p", self.reads + "_by"], [self.reads]))
        nodes += [self.node, node("Mul", ["v", "two"], ["q"]), node("Add", ["q", "one"], ["y"])]
        for k in range(4):
            nodes += [node("Conv", [f"r{k - 1}" if k else "z", f"w{k}"], [f"c{k}"], **SAME),
                      node("Relu", [f"c{k}"], [f"r{k}"])]
        constants = {**CONSTANTS, "scale": np.array(1.25, "f4"), "two": np.array(2, "f4"), "one": np.array(1, "f4"),
                     "tiny_by": np.array(.02, "f4"), "far_by": np.array(5, "f4"),
                     **{f"w{k}": w for k, w in enumerate(BRANCH)}}
        value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        graph = helper.make_graph(nodes, "net", [value("x"), value("z")], [value("y"), value("r3")],
                                  [numpy_helper.from_array(v, k) for k, v in constants.items()])
        path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())

    def operator(self, function, read, out, mode):
        """The operator is written as a function of p; what stands between is undone, so that it reads what was stored."""
        by = {"p": lambda v: v, "tiny": lambda v: v / np.float32(.02), "far": lambda v: v / 5, "below": lambda v: v + 2,
              "uneven": lambda v: v / SMALL}[self.reads]
        try:
            return function(by(read), out["x"])
        except TypeError:
            return function(by(read))

    def run(self, mode, function):
        global W, MATRIX, TALL
        out = {"x": rounded(self.x, mode), "z": rounded(self.z, mode)}
        out["p"] = rounded(out["x"] * 1.25, mode)
        between = {"p": lambda v: v, "tiny": lambda v: v * np.float32(.02), "far": lambda v: v * 5,
                   "below": lambda v: v - 2, "uneven": lambda v: v * SMALL}[self.reads]
        out[self.reads] = rounded(between(out["p"]), mode)
        kept = W, MATRIX, TALL
        W, MATRIX, TALL = (weights(w, mode) for w in kept)
        out["v"] = rounded(self.operator(function, out[self.reads], out, mode), mode)
        W, MATRIX, TALL = kept
        out["q"] = rounded(out["v"] * 2, mode)
        out["y"] = rounded(out["q"] + 1, mode)
        before = out["z"]
        for k, w in enumerate(BRANCH):
            out[f"c{k}"] = rounded(conv(before, weights(w, mode)), mode)
            before = out[f"r{k}"] = np.maximum(out[f"c{k}"], 0)
        return out


def dump(folder, results, mode):
    folder.mkdir()
    for place, (name, value) in enumerate(results.items(), 1):
        np.save(folder / f"{place}_{name}.npy", value.astype("f2" if mode == "f2" else "f4"))


def triage(folder, title, mode, wrong):
    case = Case(title)
    case.save(folder / "m.onnx")
    dump(folder / "src", case.run("f4", case.right), "f4")
    dump(folder / "dst", case.run(mode, case.wrong if wrong else case.right), mode)
    return json.loads(mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx", "--json").out)


def accused(report):
    return [layer["name"] for layer in report["layers"]
            if layer["verdict"] in ("implementation", "input-fault", "output-fault")]


def planted(mode, title):
    def run(folder):
        report = triage(folder, title, mode, True)
        same(accused(report), ["v"], "accused")
        layer = next(layer for layer in report["layers"] if layer["name"] == "v")
        says = CASES[title][4]
        for part in says if isinstance(says, tuple) else (says,):
            check(part in " ".join(layer["evidence"]), (part, layer["text"], layer["evidence"]))
        same(layer["cause"], "variant")
    return run


def clean(mode, title):
    def run(folder):
        same(accused(triage(folder, title, mode, False)), [], "accused")
    return run


# ---- more than one, NaN, ties -----------------------------------------------------------------------------------


def small(folder, nodes, opset=17, outputs=("y",), kind=TensorProto.FLOAT):
    value = lambda name, kind=TensorProto.FLOAT: helper.make_tensor_value_info(name, kind, None)
    graph = helper.make_graph(nodes, "net", [value("x")], [value(name, kind) for name in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    (folder / "m.onnx").write_bytes(model.SerializeToString())


def both(folder, src, dst):
    for side, results in (("src", src), ("dst", dst)):
        (folder / side).mkdir()
        for place, (name, value) in enumerate(results.items(), 1):
            np.save(folder / side / f"{place}_{name}.npy", value)
    report = json.loads(mmtui("triage", folder / "src", folder / "dst", "--model", folder / "m.onnx", "--json").out)
    return report, {layer["name"]: layer for layer in report["layers"]}


@test
def all_of_them(folder):
    """variants: where all leaky ReLUs have another slope all are named, though none stands out"""
    x = R.normal(size=(4, 64)).astype("f4")
    nodes, src, dst = [], {"x": x}, {"x": x}
    for k in range(6):
        nodes.append(node("LeakyRelu", [f"n{k - 1}" if k else "x"], [f"r{k}"], alpha=.2))
        nodes.append(node("Neg", [f"r{k}"], [f"n{k}"]))
        for out, slope in ((src, .2), (dst, .1)):
            out[f"r{k}"] = leaky(slope)(out[f"n{k - 1}" if k else "x"]).astype("f4")
            out[f"n{k}"] = -out[f"r{k}"]
    small(folder, nodes, outputs=["n5"])
    report, layers = both(folder, src, dst)
    same(accused(report), [f"r{k}" for k in range(6)], "accused")
    check("The same fits 6 of 6 LeakyRelu." in " ".join(layers["r0"]["evidence"]), layers["r0"]["evidence"])


@test
def large(folder):
    """variants: of a large operator a few channels are tried first; what fits them is what is named, what does not is not"""
    x = R.normal(size=(1, 16, 128, 128)).astype("f4")
    small(folder, [node("LeakyRelu", ["x"], ["r"], alpha=.2), node("Mul", ["r", "r"], ["y"])])
    right, wrong = leaky(.2)(x).astype("f4"), leaky(.1)(x).astype("f4")
    report, layers = both(folder, {"x": x, "r": right, "y": right * right}, {"x": x, "r": wrong, "y": wrong * wrong})
    same((accused(report), layers["r"]["cause"]), (["r"], "variant"))
    same(layers["r"]["recomputed"]["alternative"]["computed"], "with alpha 0.1 where the model says 0.2")
    other = folder / "other"
    other.mkdir()
    (other / "m.onnx").write_bytes((folder / "m.onnx").read_bytes())
    wrong[:, :8] = right[:, :8] * np.float32(1.5)  # one half has another slope, the other another scale
    report, layers = both(other, {"x": x, "r": right, "y": right * right}, {"x": x, "r": wrong, "y": wrong * wrong})
    same((accused(report), "alternative" in layers["r"]["recomputed"]), (["r"], False))


@test
def all_of_many(folder):
    """variants: where one is named, others of its type are computed as well, also where that is more than was asked for"""
    x = R.normal(size=(8, 1 << 16)).astype("f2")
    nodes, src, dst = [], {"x": x}, {"x": x}
    for k in range(8):
        before = f"n{k - 1}" if k else "x"
        nodes += [node("LeakyRelu", [before], [f"r{k}"], alpha=.3), node("Neg", [f"r{k}"], [f"n{k}"])]
        for out, slope in ((src, .3), (dst, .1)):
            out[f"r{k}"] = leaky(slope)(out[before].astype("f4")).astype("f2")
            out[f"n{k}"] = -out[f"r{k}"]
    small(folder, nodes, outputs=["n7"])
    _, layers = both(folder, src, dst)
    same([k for k in range(8) if "alternative" not in layers[f"r{k}"].get("recomputed", {})], [], "without a name")
    check(any("recomputed" not in layers[f"n{k}"] for k in range(8)), "all were asked for")


def nan_network(folder, before, operator, function, kept):
    """`before` gives what the operator reads, on both sides; function(values) is what it makes of it, in src and dst."""
    x = R.normal(size=(1, 4, 8, 8)).astype("f4")
    small(folder, [node("Mul", ["x", "x"], ["a"]), operator, node("Neg", ["v"], ["y"])])
    sides = []
    for dst in (False, True):
        a = before(x * x, dst)
        v = (function if dst else kept)(a).astype("f4")
        sides.append({"x": x, "a": a, "v": v, "y": -v})
    return both(folder, *sides)


def with_nan(x, there):
    x = x.copy()
    x[0, 1, 2:4, 3] = np.nan if there else 9
    return x


def pooled(lost):
    def run(x):
        parts = x.reshape(1, 4, 4, 2, 4, 2)
        return parts.max((3, 5)) if lost is None else np.nan_to_num(parts.max((3, 5)), nan=lost)
    return run


LOST = {  # operator: what it makes of NaN in dst, and what it should
    "Relu": (node("Relu", ["a"], ["v"]), lambda x: np.fmax(x, 0), lambda x: np.maximum(x, 0), "0"),
    "MaxPool to the lowest number": (node("MaxPool", ["a"], ["v"], kernel_shape=[2, 2], strides=[2, 2]),
                                     pooled(np.finfo("f4").min), pooled(None), "-3.4e38"),
    "MaxPool to -Inf": (node("MaxPool", ["a"], ["v"], kernel_shape=[2, 2], strides=[2, 2]), pooled(-np.inf),
                        pooled(None), "-Inf"),
    "Softmax": (node("Softmax", ["a"], ["v"], axis=3), lambda x: np.nan_to_num(softmax(x, 3), nan=0),
                lambda x: softmax(x, 3), "0"),
}


def lost(title, came_from_dst):
    operator, function, kept, as_what = LOST[title]

    def run(folder):
        report, layers = nan_network(folder, lambda a, dst: with_nan(a, dst or not came_from_dst), operator, function,
                                     kept)
        same(layers["v"]["cause"], "nan-lost")
        check(as_what in layers["v"]["text"], layers["v"]["text"])
        check(layers["v"]["recomputed"]["nan_lost"] > 0, layers["v"]["recomputed"])
        same(layers["v"]["verdict"], "inherited" if came_from_dst else "implementation")
        same(accused(report), ["a"] if came_from_dst else ["v"], "accused")
    return run


for title in LOST:
    harness.add(f"variants: NaN that only dst has, lost in {title}: inherited, and named", lost(title, True))
    harness.add(f"variants: NaN that both have, lost in {title}: this operator's", lost(title, False))


@test
def nan_made(folder):
    """variants: a row of -Inf that a softmax makes even is no lost NaN"""
    def masked(a, dst):
        a = a.copy()
        a[0, 0, 1] = -np.inf
        return a
    with np.errstate(invalid="ignore"):
        _, layers = nan_network(folder, masked, node("Softmax", ["a"], ["v"], axis=3),
                                lambda x: np.nan_to_num(softmax(x, 3), nan=1 / 8), lambda x: softmax(x, 3))
    same((layers["v"]["verdict"], layers["v"]["cause"]), ("harmless", "reference-nonfinite"))


@test
def ties(folder):
    """variants: of equal values ArgMax may take the last, which is no fault; an index that leads elsewhere is"""
    x = np.round(R.normal(size=(1, 4, 8, 8)) * 2).astype("f4")
    small(folder, [node("Mul", ["x", "x"], ["a"]), node("ArgMax", ["a"], ["y"], axis=3, keepdims=0)],
          kind=TensorProto.INT64)
    a = x * x
    last = 7 - a[..., ::-1].argmax(3)
    check((last != a.argmax(3)).any())
    report, layers = both(folder, {"x": x, "a": a, "y": a.argmax(3)}, {"x": x, "a": a, "y": last})
    same((accused(report), layers["y"]["recomputed"]["residual"]), ([], 0.0))
    check(layers["y"]["recomputed"]["ties"] == (last != a.argmax(3)).sum(), layers["y"])
    other = folder / "other"
    other.mkdir()
    (other / "m.onnx").write_bytes((folder / "m.onnx").read_bytes())
    report, _ = both(other, {"x": x, "a": a, "y": a.argmax(3)}, {"x": x, "a": a, "y": a.argmin(3)})
    same(accused(report), ["y"], "accused")


for mode in ("f4", "f2", "i8"):
    for title in CASES:
        harness.add(f"variants: {title}, {mode}: named", planted(mode, title))
        harness.add(f"variants: {title}, {mode}: right, and nobody is accused", clean(mode, title))

harness.main()
