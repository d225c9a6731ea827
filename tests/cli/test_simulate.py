#!/usr/bin/python3
"""`mmtui dump --precision-mode`: a run whose values are rounded, operator by operator against NumPy.

Inputs and weights are made so that sums of what is left of them once they are rounded are exact in float32, in whatever order:
so every tensor is expected bit for bit. Where scales are not powers of two, last bits of sums may differ.
"""

import json
import pathlib
import subprocess

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import harness
import ort_api
from harness import PEERS, ROOT, check, mmtui, same, test

F32 = TensorProto.FLOAT


def dump(model, out, *more, status=0, version="1.30.0"):
    return mmtui("dump", model, "-o", out, "--onnxruntime", ort_api.library(version), *more, status=status)


def arrays(folder):
    rows = json.loads((folder / "mmtui-dump.json").read_text())["tensors"]
    return {row["name"]: np.load(folder / row["file"]) for row in rows}


def scales(folder):
    return json.loads((folder / "scales.json").read_text())


def value(name, shape, kind=F32):
    return helper.make_tensor_value_info(name, kind, shape)


def save(path, nodes, inputs, outputs, weights, opset=17, ir=8):
    graph = helper.make_graph(nodes, "g", inputs, outputs, [numpy_helper.from_array(a, n) for n, a in weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = ir
    onnx.save(model, str(path))
    return path


# ---- a small network, and what NumPy makes of it ----

RANDOM = np.random.default_rng(7)
# few digits, and some that no format with less than float32's keeps
X = (RANDOM.integers(-63, 64, (1, 2, 6, 6)) / 16 + 2.0**-13).astype("f4")
X[0, 0, 0, 0] = 127 / 32
W1 = (RANDOM.integers(-15, 16, (3, 2, 3, 3)) / 8 + 2.0**-14).astype("f4")
B1 = (RANDOM.integers(-7, 8, 3) / 4).astype("f4")
W2 = (RANDOM.integers(-15, 16, (12, 4)) / 8 + 2.0**-14).astype("f4")
BIG = (RANDOM.integers(-15, 16, (4, 100)) / 8).astype("f4")  # more than 1 KiB
WEIGHTS = [("w1", W1), ("b1", B1), ("w2", W2), ("big", BIG), ("shape", np.array([1, 12], "i8"))]


def network(folder, **how):
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["conv"], name="conv1", kernel_shape=[3, 3]),
        helper.make_node("Relu", ["conv"], ["relu"], name="relu1"),
        helper.make_node("MaxPool", ["relu"], ["pool"], name="pool1", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Reshape", ["pool", "shape"], ["flat"], name="flat1"),
        helper.make_node("MatMul", ["flat", "w2"], ["mm"], name="mm1"),
        helper.make_node("ArgMax", ["mm"], ["best"], name="best1", axis=1),
        helper.make_node("Gemm", ["mm", "big"], ["gemm"], name="gemm1"),
        helper.make_node("Mul", ["gemm", "gemm"], ["y"], name="square"),
    ]
    outputs = [value("y", [1, 100]), value("best", [1, 1], TensorProto.INT64)]
    return save(folder / "net.onnx", nodes, [value("x", [1, 2, 6, 6])], outputs, WEIGHTS, **how)


def to_bits(a, bits, least, unit, most, beyond):
    """To a binary format by its definition: multiples of a power of two, halves to even."""
    a = np.asarray(a, np.float64)
    exponent = np.floor(np.log2(np.maximum(np.abs(a), 2.0**least)))
    step = np.maximum(2.0 ** (exponent - bits), unit)
    r = np.rint(a / step) * step
    return np.where(np.abs(r) > most, np.copysign(beyond, a) if np.isinf(beyond) else beyond, r)


def f16(a):
    with np.errstate(over="ignore"):
        return np.asarray(a, np.float32).astype(np.float16).astype(np.float64)


def bf16(a):
    return to_bits(a, 7, -126, 2.0**-133, float.fromhex("0x1.fep127"), np.inf)


def e4m3(a):
    return to_bits(a, 3, -6, 2.0**-9, 448, np.nan)


def e4m3_saturated(a):
    return e4m3(np.clip(a, -448, 448))


def f32(a):
    return np.asarray(np.asarray(a, np.float32), np.float64)


def conv(x, w, b):
    out = np.zeros((1, len(w), 4, 4))
    for i in range(3):
        for j in range(3):
            out += np.einsum("nchw,oc->nohw", x[:, :, i : i + 4, j : j + 4], w[:, :, i, j])
    return out + b[None, :, None, None]


def expected(store, quantise=lambda name, a: a, keep=()):
    """Every tensor: stored by `store`, but for what the operators of `keep` make; `quantise` what integers read."""
    put = lambda op, a: f32(a) if op in keep else store(a)
    weight = lambda op, a: f32(a) if op in keep else store(a)
    t = {"x": store(f32(X))}
    t["conv"] = put("conv1", conv(quantise("x", t["x"]), quantise("w1", weight("conv1", W1)), weight("conv1", B1)))
    t["relu"] = put("relu1", np.maximum(t["conv"], 0))
    t["pool"] = put("pool1", t["relu"].reshape(1, 3, 2, 2, 2, 2).max((3, 5)))
    t["flat"] = put("flat1", t["pool"].reshape(1, 12))
    t["mm"] = put("mm1", quantise("flat", t["flat"]) @ quantise("w2", weight("mm1", W2)))
    t["best"] = t["mm"].argmax(1)[None]
    t["gemm"] = put("gemm1", quantise("mm", t["mm"]) @ quantise("big", weight("gemm1", BIG)))
    t["y"] = put("square", t["gemm"] * t["gemm"])
    return t


def compare(folder, wanted, rtol=0.0):
    found = arrays(folder)
    same(sorted(found), sorted(wanted), "tensors")
    for name, a in wanted.items():
        b = found[name]
        check(b.dtype == ("i8" if name == "best" else "f4"), f"{name} has the type {b.dtype}")
        if rtol == 0:
            check(np.array_equal(b.astype(float), a, equal_nan=True), f"{name}: expected {a}, found {b}")
        else:
            check(np.allclose(b, a, rtol=rtol, atol=rtol * np.abs(a).max()), f"{name}: expected {a}, found {b}")


# ---- storage ----


@test
def storage(folder):
    """simulate: storage in float16, bfloat16 and float8 rounds inputs, constants and results as NumPy does"""
    np.save(folder / "x.npy", X)
    model = network(folder)
    for mode, store in {"force_float16": f16, "force_bfloat16": bf16, "force_float8_e4m3": e4m3}.items():
        run = dump(model, folder / mode, "-i", folder / "x.npy", "--precision-mode", mode)
        compare(folder / mode, expected(store))
        check(f"{mode}: 4 results and 4 constants rounded" in run.out, run.out)
        check(not (folder / mode / "scales.json").exists(), "has scales")
    with np.errstate(invalid="ignore"):
        wanted = expected(e4m3)
    check(np.isnan(wanted["y"]).any(), "nothing overflows: the test says nothing")


@test
def saturating(folder):
    """simulate: --overflow saturate keeps what is too large at the greatest"""
    np.save(folder / "x.npy", X)
    dump(network(folder), folder / "o", "-i", folder / "x.npy", "--precision-mode", "force_float8_e4m3", "--overflow", "saturate")
    compare(folder / "o", expected(e4m3_saturated))
    check((arrays(folder / "o")["y"] == 448).any(), "nothing saturates: the test says nothing")


@test
def float32_is_plain(folder):
    """simulate: force_float32 rounds nothing: the same bytes as without"""
    np.save(folder / "x.npy", X)
    model = network(folder)
    dump(model, folder / "a", "-i", folder / "x.npy")
    dump(model, folder / "b", "-i", folder / "x.npy", "--precision-mode", "force_float32")
    a, b = arrays(folder / "a"), arrays(folder / "b")
    same({k: v.tobytes() for k, v in a.items()}, {k: v.tobytes() for k, v in b.items()}, "tensors")


@test
def old_model(folder):
    """simulate: weights that are listed as inputs (IR version 3), ONNX Runtime 1.17"""
    np.save(folder / "x.npy", X)
    model = onnx.load(str(network(folder, opset=11, ir=3)))
    model.graph.input.extend(value(n, a.shape, numpy_helper.from_array(a).data_type) for n, a in WEIGHTS)
    onnx.save(model, str(folder / "old.onnx"))
    for version in ("1.30.0", "1.17.0"):
        out = folder / version
        dump(folder / "old.onnx", out, "-i", folder / "x.npy", "--precision-mode", "force_float16", version=version)
        compare(out, expected(f16))


# ---- integers ----


def grid(a, scale, low, high, zero=0.0):
    a = np.asarray(a, np.float32)
    q = np.clip(np.rint(a / np.asarray(scale, np.float32)) + zero, low, high)
    return f32((q - zero) * np.asarray(scale, np.float64))


def per_tensor(a, most):
    return np.float32(np.abs(a).max() / most)


def quantiser(found, ranges, most=127, channels=False, asymmetric=False):
    """Scales by minimum and maximum of the plain run, held against those that were written."""

    def quantise(name, a):
        constant = name.startswith("w") or name == "big"
        known = found[name]
        if constant:
            axis = {"w1": 0, "w2": 1, "big": 1}[name]
            rest = tuple(i for i in range(a.ndim) if i != axis)
            scale = (np.abs(a).max(rest, keepdims=True) if channels else np.abs(a).max()) / most
            scale = np.where(scale == 0, 1, scale).astype(np.float32)
            check(np.array_equal(np.ravel(scale), np.ravel(np.float32(known["scale"]))), f"scales of {name}")
            same(known.get("axis"), axis if channels else None, "axis of " + name)
            return grid(a, scale, -most, most)
        low, high = min(ranges[name].min(), 0), max(ranges[name].max(), 0)
        zero = 0.0
        if asymmetric:
            scale = (float(high) - float(low)) / (2 * most + 1)
            zero = -most - 1 + np.rint(-low / scale)
        else:
            scale = max(-low, high) / most
        check(np.isclose(known["scale"], scale, rtol=1e-6), f"scale of {name}: expected {scale}, found {known['scale']}")
        same(known["zero_point"], zero, "zero point of " + name)
        return grid(a, np.float32(known["scale"]), -most - 1 if asymmetric else -most, most, zero)

    return quantise


@test
def integers(folder):
    """simulate: int8 and int16 inputs and weights, per tensor, per channel, with zero points; results float32 or float16"""
    np.save(folder / "x.npy", X)
    model = network(folder)
    plain = expected(f32)
    for i, (mode, options, how, store) in enumerate(
        [
            ("qint8_mixed_float32", [], {}, f32),
            ("qint8_mixed_float16", [], {}, f16),
            ("qint16_mixed_float32", [], {"most": 32767}, f32),
            ("qint8_mixed_float32", ["--filter-channel-quantize"], {"channels": True}, f32),
            ("qint8_mixed_float32", ["--asymmetric-quantize"], {"asymmetric": True}, f32),
        ]
    ):
        out = folder / str(i)
        run = dump(model, out, "-i", folder / "x.npy", "--precision-mode", mode, *options)
        # weights are quantised as they are, not as float16 would have them
        quantise = quantiser(scales(out), plain, **how)
        raw = {"w1": f32(W1), "w2": f32(W2), "big": f32(BIG)}
        wanted = expected(store, lambda name, a: quantise(name, raw.get(name, a)))
        compare(out, wanted, rtol=2e-3 if store is f16 else 1e-5)
        check("3 operators read 3 inputs as integers, calibrated with 1 run of the same inputs" in run.out, run.out)


@test
def exact_codes(folder):
    """simulate: with scales that are powers of two the first operator is exact, halves to even"""
    x = np.array([[0.5, 1.5, 2.5, -0.5, 127, -3.25]], "f4")
    w = np.array([[1], [2], [4], [8], [1], [16]], "f4") * np.float32(127 / 16)
    np.save(folder / "x.npy", x)
    model = save(
        folder / "m.onnx", [helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x", [1, 6])], [value("y", [1, 1])], [("w", w)]
    )
    scale = np.float64(np.float32(1.0))
    codes = np.rint(w / np.float32(1)).ravel()  # the scale of w is 127 / 127
    for options, left in {
        (): [0, 2, 2, 0, 127, -3],
        ("--rounding", "away"): [1, 2, 3, -1, 127, -3],
        ("--rounding", "away", "--scale-by", "reciprocal"): [1, 2, 3, -1, 127, -3],
    }.items():
        out = folder / "-".join(("o", *options)).replace("--", "")
        dump(model, out, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", *options)
        same(scales(out)["x"], {"scale": 1, "zero_point": 0}, "scale")
        if not options:
            same(arrays(out)["y"].item(), float((np.array(left) * codes).sum() * scale), "y")
        else:
            away = np.floor(np.abs(w.ravel()) + 0.5)
            same(arrays(out)["y"].item(), float((np.array(left) * away).sum()), "y " + str(options))


@test
def reciprocals(folder):
    """simulate: --scale-by reciprocal multiplies by the float32 reciprocal, which rounds some values otherwise"""
    scale = np.float32(3.1 / 127)
    k = np.arange(-127, 128)
    x = ((k + np.float32(0.5)) * scale).astype("f4")
    x = np.append(x[np.abs(x) <= 3.1], np.float32(3.1)).astype("f4")[None]
    np.save(folder / "x.npy", x)
    n = x.shape[1]
    weights = [("w", np.eye(n, dtype="f4"))]
    model = save(folder / "m.onnx", [helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x", [1, n])], [value("y", [1, n])], weights)
    results = []
    for i, way in enumerate(["divide", "reciprocal"]):
        dump(model, folder / way, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--scale-by", way)
        s = np.float32(scales(folder / way)["x"]["scale"])
        q = np.rint(x / s if i == 0 else x * (np.float32(1) / s))
        one = np.float32(np.float64(127) * np.float64(np.float32(1 / 127)))  # what the weight 1 becomes
        wanted = (np.clip(q, -127, 127).astype("f4") * s).astype("f4") * one
        results.append(arrays(folder / way)["y"])
        check(np.allclose(results[i], wanted, rtol=1e-6), way)
    check((np.abs(results[0] - results[1]) > scale / 2).any(), "both ways round alike: the test says nothing")


@test
def recorded(folder):
    """simulate: mmtui-dump.json says how all was rounded, and what became of each tensor"""
    np.save(folder / "x.npy", X)
    own = plan(folder / "p.json", [("gemm1", "", "FLOAT32"), ("square", "", "FLOAT32")])
    dump(network(folder), folder / "o", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float16",
         "--filter-channel-quantize", "--quantize-algorithm", "percentile", "--rounding", "away", "--plan", own)  # fmt: skip
    said = json.loads((folder / "o" / "mmtui-dump.json").read_text())
    same(
        said["simulation"],
        {
            "storage": "f16", "integers": "i8", "quantize_algorithm": "percentile", "input_channel_quantize": False,
            "filter_channel_quantize": True, "asymmetric_quantize": False, "rounding": "away", "scale_by": "divide",
            "fold_conv_bn": False, "overflow": "infinity", "overrides": 2,
        },
        "settings",
    )  # fmt: skip
    found = {r["name"]: [r.get(k) for k in ("storage", "reads", "weights")] for r in said["tensors"]}
    same(found["x"], ["f16", None, None], "the input")
    same(found["conv"], ["f16", "i8", "per_channel"], "a convolution")
    same(found["relu"], ["f16", None, None], "what reads no integers")
    same((found["gemm"], found["y"], found["best"]), ([None] * 3,) * 3, "what the plan keeps, and integers of the network")
    dump(folder / "net.onnx", folder / "p", "-i", folder / "x.npy")
    check("simulation" not in json.loads((folder / "p" / "mmtui-dump.json").read_text()), "a plain run simulates nothing")


# ---- ranges ----


def kl_share(a, levels):
    """Entropy calibration over 2048 bins of |a|, every 16th of them a candidate: how many 128ths of the range."""
    size = np.abs(a[a != 0].astype(np.float64))
    top = np.abs(a.astype(np.float64)).max()
    hist = np.bincount(np.minimum(size / top * 2048, 2047).astype(int), minlength=2048).astype(float)
    best, least = 128, np.inf
    for share in range(128, 0, -1):
        n = 16 * share
        if n < levels or hist[:n].sum() == 0:
            break
        p = hist[:n].copy()
        p[-1] += hist[n:].sum()
        q = np.zeros(n)
        for level in range(levels):
            a0, a1 = level * n // levels, (level + 1) * n // levels
            filled = p[a0:a1] > 0
            mass = hist[a0:a1].sum()
            if filled.any():
                q[a0:a1][filled] = mass / filled.sum() if mass > 0 else 1e-4
        here = p > 0
        kl = (p[here] / p.sum() * np.log((p[here] / p.sum()) / (q[here] / hist[:n].sum()))).sum()
        if kl < least - 1e-12:
            least, best = kl, share
    return best


@test
def algorithms(folder):
    """simulate: ranges by percentile, mse and kl over several runs are those that NumPy finds"""
    runs = [RANDOM.laplace(0, 1, (40, 500)).astype("f4") * (1 + i) for i in range(3)]
    many = folder / "many"
    many.mkdir()
    for i, x in enumerate(runs):
        np.save(many / f"{i}.npy", x)
    np.save(folder / "x.npy", runs[0])
    model = save(
        folder / "m.onnx",
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [value("x", [40, 500])],
        [value("y", [40, 1])],
        [("w", np.ones((500, 1), "f4"))],
    )
    everything = np.concatenate(runs).ravel()
    found = {}
    for name in ("linear", "percentile", "mse", "kl"):
        run = dump(
            model, folder / name, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32",
            "--calibrate", many / "0.npy", "--calibrate", many / "1.npy", "--calibrate", many / "2.npy",
            "--quantize-algorithm", name,
        )  # fmt: skip
        check("calibrated with 3 runs;" in run.out, run.out)
        found[name] = scales(folder / name)["x"]["scale"]
    most = np.abs(everything).max()
    same(np.float32(found["linear"]), np.float32(most / 127), "linear")
    ordered = np.sort(np.abs(everything))[::-1]
    same(np.float32(found["percentile"]), np.float32(np.float64(ordered[len(everything) // 10000]) / 127), "percentile")
    share = kl_share(everything, 128)
    same(np.float32(found["kl"]), np.float32(np.float64(most) * share / 128 / 127), "kl")
    error = lambda s: ((np.clip(np.rint(everything / s), -127, 127) * s - everything) ** 2).mean()
    best = min(error(float(most) * k / 128 / 127) for k in range(1, 129))
    check(error(found["mse"]) <= best * 1.01, f"mse: {error(found['mse'])}, the least is {best}")
    check(len(set(found.values())) == 4, "the algorithms agree: the test says nothing")


@test
def channels_of_inputs(folder):
    """simulate: --input-channel-quantize has a scale for each channel of an input"""
    np.save(folder / "x.npy", X)
    dump(network(folder), folder / "o", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--input-channel-quantize")
    found = scales(folder / "o")
    same((found["x"]["axis"], found["flat"]["axis"]), (1, 1), "axes")
    wanted = np.abs(X).max((0, 2, 3)) / 127
    check(np.array_equal(np.float32(found["x"]["scale"]), wanted.astype("f4")), "scales of x")
    x = grid(X, wanted.astype("f4")[None, :, None, None], -127, 127)
    w = grid(W1, per_tensor(W1, 127), -127, 127)
    check(np.allclose(arrays(folder / "o")["conv"], conv(x, w, B1), rtol=1e-5, atol=1e-5), "conv")


# ---- single operators ----


def plan(path, overrides, **settings):
    rows = [{"name": n, "op_type": "", "tensor": t, "precision": p, "why": "test"} for n, t, p in overrides]
    path.write_text(json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": settings, "overrides": rows}))
    return path


@test
def plans(folder):
    """simulate: --plan gives operators, by their names or tensors, precisions of their own, and settings of the network"""
    np.save(folder / "x.npy", X)
    model = network(folder)
    own = plan(folder / "p.json", [("conv1", "", "FLOAT32"), ("main/mm.matmul", "mm", "FLOAT32")])
    run = dump(model, folder / "a", "-i", folder / "x.npy", "--precision-mode", "force_float16", "--plan", own)
    wanted, found = expected(f16, keep={"conv1", "mm1"}), arrays(folder / "a")
    compare(folder / "a", wanted, rtol=1e-3)
    check(np.allclose(found["conv"], wanted["conv"], rtol=1e-6, atol=1e-5), "conv1 is not computed in float32")
    for name in ("x", "relu", "gemm", "y"):
        check(np.array_equal(f16(found[name]), found[name]), f"{name} is not stored in float16")
    for name in ("conv", "mm"):
        check(not np.array_equal(f16(found[name]), found[name]), f"{name} is stored in float16")
    int8 = plan(folder / "q.json", [("conv1", "", "FLOAT32"), ("gemm1", "", "FLOAT32")], network_precision="int8_float32")
    run = dump(model, folder / "b", "-i", folder / "x.npy", "--plan", int8)
    check("qint8_mixed_float32: 1 operator reads 1 input as integers" in run.out, run.out)
    same(sorted(scales(folder / "b")), ["flat", "w2"], "what is quantised")
    missing = plan(folder / "m.json", [("nobody", "", "FLOAT32")])
    run = dump(model, folder / "c", "-i", folder / "x.npy", "--plan", missing, status=2)
    check("no operator is called nobody" in run.err, run.err)


@test
def int_ops(folder):
    """simulate: --int-ops says which operators are quantised"""
    np.save(folder / "x.npy", X)
    dump(network(folder), folder / "o", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--int-ops", "Gemm,Mul")
    same(sorted(scales(folder / "o")), ["big", "gemm", "mm"], "what is quantised")


@test
def folding(folder):
    """simulate: --fold-conv-bn makes a BatchNormalization part of the weights before they are quantised"""
    np.save(folder / "x.npy", X)
    bn = [("g", np.array([2, 0.5, 4], "f4")), ("b", np.array([1, -1, 0.5], "f4")), ("m", np.array([0.25, 0.5, 1], "f4"))]
    bn.append(("v", np.array([3.75, 0.0, 15.75], "f4")))  # + 0.25: roots 2, 0.5, 4
    for bias in (True, False):
        name = "with" if bias else "without"
        nodes = [
            helper.make_node("Conv", ["x", "w1"] + ["b1"] * bias, ["conv"], name="conv1", kernel_shape=[3, 3]),
            helper.make_node("BatchNormalization", ["conv", "g", "b", "m", "v"], ["bn"], name="bn1", epsilon=0.25),
            helper.make_node("Relu", ["bn"], ["y"], name="relu1"),
        ]
        weights = [("w1", W1), *bn, *([("b1", B1)] if bias else [])]
        model = save(folder / f"{name}.onnx", nodes, [value("x", [1, 2, 6, 6])], [value("y", [1, 3, 4, 4])], weights)
        out = folder / name
        run = dump(model, out, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--fold-conv-bn")
        check("1 BatchNormalization folded" in run.out, run.out)
        found = arrays(out)
        same(sorted(found), ["bn", "x", "y"], "tensors")
        factor = np.array([1.0, 1.0, 1.0])  # 2 / 2, 0.5 / 0.5, 4 / 4
        w = W1 * factor[:, None, None, None]
        b = ((B1 if bias else 0) - np.array([0.25, 0.5, 1])) * factor + np.array([1, -1, 0.5])
        wanted = conv(grid(X, per_tensor(X, 127), -127, 127), grid(w, per_tensor(w, 127), -127, 127), b)
        check(np.allclose(found["bn"], wanted, rtol=1e-5, atol=1e-5), f"{name}: bn")
        row = next(r for r in json.loads((out / "mmtui-dump.json").read_text())["tensors"] if r["name"] == "bn")
        same([row.get("reads"), row.get("weights")], ["i8", "per_tensor"], f"{name}: what bn says of the Conv in it")
    nodes[1] = helper.make_node("BatchNormalization", ["conv", "g2", "b", "m", "v"], ["bn"], name="bn1", epsilon=0.25)
    weights[1] = ("g2", np.array([4, 0.25, -4], "f4"))
    model = save(folder / "scaled.onnx", nodes, [value("x", [1, 2, 6, 6])], [value("y", [1, 3, 4, 4])], weights)
    dump(model, folder / "scaled", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--fold-conv-bn")
    w = (W1 * np.array([2, 0.5, -1])[:, None, None, None]).astype("f4")
    same(np.float32(scales(folder / "scaled")["w1"]["scale"]), per_tensor(w, 127), "scale of what was folded")


# ---- a real network, by ONNX Runtime's own quantised operators ----


def real_model():
    ran = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(ran.returncode == 0, ran.stderr.strip())
    return pathlib.Path(ROOT, ran.stdout.strip())


def quantised_model(model, found, path, per_channel):
    """The model with ONNX Runtime's QuantizeLinear and DequantizeLinear in front of each Conv and MatMul, with these scales."""
    m = onnx.load(str(model))
    constants = {t.name: numpy_helper.to_array(t) for t in m.graph.initializer}
    for node in m.graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    nodes, done = [], {}

    def through(name, axis):
        if name in done:
            return done[name]
        known = found[name]
        scale, zero = (np.atleast_1d(known[k]) if axis is not None else np.array(known[k]) for k in ("scale", "zero_point"))
        m.graph.initializer.append(numpy_helper.from_array(scale.astype("f4"), name + "/scale"))
        m.graph.initializer.append(numpy_helper.from_array(zero.astype("i1"), name + "/zero"))
        more = {} if axis is None else {"axis": axis}
        grid, ms = [name + "/scale", name + "/zero"], "com.microsoft"
        nodes.append(helper.make_node("QuantizeLinear", [name, *grid], [name + "/q"], domain=ms, **more))
        nodes.append(helper.make_node("DequantizeLinear", [name + "/q", *grid], [name + "/dq"], domain=ms, **more))
        done[name] = name + "/dq"
        return done[name]

    def by_numpy(name):
        """A MatMul whose weights are no initialiser takes another kernel."""
        known = found[name]
        a = grid(constants[name], np.array(known["scale"], "f4"), -127, 127).astype("f4")
        m.graph.initializer.append(numpy_helper.from_array(a, name + "/rounded"))
        return name + "/rounded"

    for node in m.graph.node:
        if node.op_type in ("Conv", "MatMul"):
            for k in (0, 1):
                constant = node.input[k] in constants
                axis = 0 if per_channel and constant else None
                matrix = constant and node.op_type == "MatMul"
                node.input[k] = by_numpy(node.input[k]) if matrix else through(node.input[k], axis)
        nodes.append(node)
    del m.graph.node[:]
    m.graph.node.extend(nodes)
    m.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return m, path


def run_all(runtime, m, path, names, feeds):
    """Every tensor, by asking for it."""
    known = {o.name for o in m.graph.output}
    m.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in known)
    onnx.save(m, str(path))
    return runtime.run(path, feeds, names)


@test
def own_operators(folder):
    """simulate: a real network equals, bit for bit, one with ONNX Runtime's own QuantizeLinear and DequantizeLinear"""
    model = real_model()
    x = np.random.default_rng(3).normal(0, 0.5, (1, 3, 48, 192)).astype("f4")
    np.save(folder / "x.npy", x)
    runtime = ort_api.Runtime(ort_api.library())
    for i, more in enumerate(([], ["--filter-channel-quantize"])):
        out = folder / str(i)
        dump(model, out, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32", "--asymmetric-quantize", *more)
        found = arrays(out)
        m, path = quantised_model(model, scales(out), folder / f"{i}.onnx", bool(more))
        names = [n for n in found if n != "x"]
        wanted = run_all(runtime, m, path, names, {"x": x})
        different = [n for n in names if not np.array_equal(found[n], wanted[n], equal_nan=True)]
        check(not different and len(names) > 200, f"{len(different)} of {len(names)} differ, such as {different[:3]}")


@test
def own_quantiser(folder):
    """simulate: scales, zero points and the codes of weights are those of ONNX Runtime's own quantiser (quantize_static)"""
    kept = np.load(PEERS / "files" / "quantised_onnxruntime.npz")
    (folder / "net.onnx").write_bytes(kept["model"].tobytes())
    weights = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(folder / "net.onnx")).graph.initializer}
    (folder / "runs").mkdir()
    for i, run in enumerate(kept["runs"]):
        np.save(folder / "runs" / f"{i}.npy", run)
    for how, said in json.loads(kept["said"].tobytes()).items():
        more = ["--filter-channel-quantize"] if how == "per_channel" else []
        dump(folder / "net.onnx", folder / how, "-i", folder / "runs" / "0.npy", "--calibrate", folder / "runs",
             "--precision-mode", "qint8_mixed_float32", "--asymmetric-quantize", *more)  # fmt: skip
        found = scales(folder / how)
        same(sorted(found), ["f", "r1", "w1", "w2", "w3", "x"], "what is quantised")
        for name, here in found.items():
            scale, zero, codes = said[name]
            check(np.allclose(here["scale"], scale, rtol=2e-7), f"{how} {name}: scale {here['scale']}, expected {scale}")
            same(here["zero_point"], zero, f"{how} {name}: zero point")
            if codes is not None:
                shape = [1] * weights[name].ndim
                shape[here.get("axis", 0)] = -1
                mine = np.rint(weights[name] / np.array(here["scale"], "f4").reshape(shape))
                same(mine.astype(int).tolist(), codes, f"{how} {name}: codes")


@test
def own_casts(folder):
    """simulate: a real network in float16 storage equals, bit for bit, one with ONNX Runtime's own Casts"""
    model = real_model()
    x = np.random.default_rng(3).normal(0, 0.5, (1, 3, 48, 192)).astype("f4")
    np.save(folder / "x.npy", x)
    dump(model, folder / "o", "-i", folder / "x.npy", "--precision-mode", "force_float16")
    found = arrays(folder / "o")
    m = onnx.load(str(model))
    floats = {n for n, a in found.items() if a.dtype == np.float32}
    for t in m.graph.initializer:
        if t.data_type == F32:
            t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(t).astype("f2").astype("f4"), t.name))
    nodes = []
    for node in m.graph.node:
        if node.op_type == "Constant" and node.attribute[0].t.data_type == F32:
            t = node.attribute[0].t
            t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(t).astype("f2").astype("f4"), t.name))
        nodes.append(node)
        for k, name in enumerate(node.output):
            if name in floats:
                node.output[k] = name + "/raw"
                nodes.append(helper.make_node("Cast", [name + "/raw"], [name + "/half"], to=TensorProto.FLOAT16))
                nodes.append(helper.make_node("Cast", [name + "/half"], [name], to=F32))
    del m.graph.node[:]
    m.graph.node.extend(nodes)
    names = [n for n in found if n != "x"]
    wanted = run_all(ort_api.Runtime(ort_api.library()), m, folder / "cast.onnx", names, {"x": x.astype("f2").astype("f4")})
    different = [n for n in names if not np.array_equal(found[n], wanted[n], equal_nan=True)]
    check(not different and len(names) > 200, f"{len(different)} of {len(names)} differ, such as {different[:3]}")


@test
def judged(folder):
    """simulate: of a real network, triage accuses no implementation, and knows how the weights were rounded"""
    model = real_model()
    for seed, *more in (
        ("1", "qint8_mixed_float16"),
        ("1", "qint8_mixed_float16", "--filter-channel-quantize"),
        ("2", "qint8_mixed_float32", "--quantize-algorithm", "kl"),
        ("2", "qint4_mixed_float32", "--filter-channel-quantize"),
        ("3", "force_float16"),
        ("3", "force_bfloat16"),
        ("1", "force_float8_e4m3"),
        ("1", "force_float8_e5m2"),
    ):
        src, dst = folder / f"src{seed}", folder / "-".join(more)
        given = ("--seed", seed, "--input-shapes", "x=1x3x48x192")
        dump(model, src, *given)
        dump(model, dst, *given, "--precision-mode", *more)
        said = json.loads(mmtui("triage", src, dst, "--model", model, "--json", "--no-cache").out)
        text = mmtui("triage", src, dst, "--model", model, "--no-cache").out
        check("mplementation" not in text and "in the dump alone" not in text, f"{more}: {text}")
        check(said["layers"], "no layers")


@test
def rounded_inputs(folder):
    """simulate: an input of few values, or of small ones, that float8 rounds is no wrong input; another one is"""
    model = save(folder / "net.onnx", [helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x", [2, 8])], [value("y", [2, 8])],
                 [("w", RANDOM.normal(size=(8, 8)).astype("f4"))])  # fmt: skip
    x = {
        "few": RANDOM.choice([1.1, 2.3, -3.7], size=(2, 8)),
        "small": RANDOM.normal(size=(2, 8)) / 1000,
    }
    for name, mode in (("few", "e5m2"), ("small", "e4m3")):
        np.save(folder / "x.npy", x[name].astype("f4"))
        dump(model, folder / "src", "-i", folder / "x.npy")
        dump(model, folder / "dst", "-i", folder / "x.npy", "--precision-mode", f"force_float8_{mode}")
        words = ("triage", folder / "src", folder / "dst", "--model", model, "--threshold", "0.02", "--no-cache")
        text = mmtui(*words).out
        check("input-fault" not in text and "mplementation" not in text, f"{name}: {text}")
        check(f"f8{mode} can't do better than" in text, f"{name}: {text}")
        np.save(folder / "x.npy", np.roll(x[name], 1, 1).astype("f4") + x[name].max().astype("f4"))
        dump(model, folder / "dst", "-i", folder / "x.npy", "--precision-mode", f"force_float8_{mode}")
        check("input-fault" in mmtui(*words).out, f"{name}: another input is not told")


@test
def exponentials(folder):
    """simulate: a Sigmoid of large negative values multiplies what its input is off by: it is not accused; a wrong one is"""
    random = np.random.default_rng(4)
    x = random.uniform(-30, -10, 4000).astype("f4")
    noisy = (x + random.normal(0, 0.2, 4000)).astype("f4")
    sigmoid = lambda a: (1 / (1 + np.exp(-a.astype(float)))).astype("f4")
    for name, a, y in (("src", x, sigmoid(x)), ("dst", noisy, sigmoid(noisy)), ("wrong", (x + 1e-4).astype("f4"), 1.3 * sigmoid(x))):
        (folder / name).mkdir()
        np.save(folder / name / "x.npy", a)
        np.save(folder / name / "y.npy", y.astype("f4"))
        rows = [{"file": "x.npy", "name": "x", "op_type": ""}, {"file": "y.npy", "name": "y", "op_type": "Sigmoid"}]
        (folder / name / "mmtui-dump.json").write_text(json.dumps({"mmtui_dump": 1, "tensors": rows}))
    found = mmtui("triage", folder / "src", folder / "dst", "--no-cache").out
    check("mplementation" not in found, found)
    found = mmtui("triage", folder / "src", folder / "wrong", "--no-cache").out
    check("mplementation" in found or "scale" in found, found)


# ---- what else a model may have ----


@test
def bodies(folder):
    """simulate: inside If and Loop results are rounded as well"""
    step = helper.make_graph(
        [helper.make_node("Mul", ["a", "third"], ["scaled"]), helper.make_node("Identity", ["go"], ["again"])],
        "body",
        [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("a", [2])],
        [value("again", [], TensorProto.BOOL), value("scaled", [2])],
    )
    nodes = [helper.make_node("Loop", ["times", "yes", "x"], ["y"], body=step)]
    weights = [("times", np.array(3, "i8")), ("yes", np.array(True)), ("third", np.array(1 / 3, "f4"))]
    x = np.array([1.1, -70000], "f4")
    np.save(folder / "x.npy", x)
    model = save(folder / "m.onnx", nodes, [value("x", [2])], [value("y", [2])], weights)
    dump(model, folder / "o", "-i", folder / "x.npy", "--precision-mode", "force_float16")
    a, third = f16(x), f16(np.float32(1 / 3))
    for _ in range(3):
        a = f16(np.float32(a) * np.float32(third))
    check(np.array_equal(arrays(folder / "o")["y"].astype(float), a), f"y: {arrays(folder / 'o')['y']} for {a}")


@test
def shared_weights(folder):
    """simulate: a weight that one operator reads as integers and another as float16 is both"""
    w = (RANDOM.integers(-40, 41, (20, 20)) / 37).astype("f4")
    x = (RANDOM.integers(-127, 128, (1, 20)) / 32).astype("f4")
    x[0, 0] = 127 / 32
    np.save(folder / "x.npy", x)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["mm"]), helper.make_node("Add", ["mm", "w"], ["y"])]
    model = save(folder / "m.onnx", nodes, [value("x", [1, 20])], [value("y", [20, 20])], [("w", w)])
    dump(model, folder / "o", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float16")
    found = arrays(folder / "o")
    mm = x.astype(float) @ grid(w, per_tensor(w, 127), -127, 127)
    check(np.allclose(found["mm"], mm, rtol=1e-3, atol=1e-3), "mm")
    check(np.array_equal(found["y"].astype(float), f16(found["mm"] + f16(w).astype("f4"))), "y")


@test
def other_types(folder):
    """simulate: what is not float32, and parameters, stay as they are"""
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Cast", ["s"], ["double"], to=TensorProto.DOUBLE),
        helper.make_node("Greater", ["x", "limit"], ["g"]),
        helper.make_node("Cast", ["g"], ["f"], to=F32),
        helper.make_node("Resize", ["x", "", "scale"], ["big"], mode="nearest"),
        helper.make_node("Mul", ["f", "limit"], ["y"]),
    ]
    weights = [("limit", np.array(0.1, "f4")), ("scale", np.array([1, 1.0001], "f4"))]
    outputs = [value("y", None), value("big", None), value("double", None, TensorProto.DOUBLE)]
    x = np.array([[0.1, 3.00001]], "f4")
    np.save(folder / "x.npy", x)
    model = save(folder / "m.onnx", nodes, [value("x", [1, 2])], outputs, weights)
    dump(model, folder / "o", "-i", folder / "x.npy", "--precision-mode", "force_float16")
    found = arrays(folder / "o")
    same({k: v.dtype.str[1:] for k, v in found.items()},
         {"x": "f4", "s": "i8", "double": "f8", "g": "b1", "f": "f4", "big": "f4", "y": "f4"}, "types")  # fmt: skip
    same(found["g"].tolist(), [[False, True]], "both sides of > were rounded to the same")
    check(np.array_equal(found["y"].astype(float), f16(np.array([[0, 0.1]]))), "y")
    same(found["big"].shape, (1, 2), "the scales of Resize are no data")


@test
def nothing_to_quantise(folder):
    """simulate: types that the model does not have, and a calibration without a finite value, are said"""
    np.save(folder / "x.npy", X)
    np.save(folder / "nan.npy", np.full_like(X, np.nan))
    given = ["-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float32"]
    run = dump(network(folder), folder / "a", *given, "--int-ops", "conv")
    check("nothing is quantised" in run.out, run.out)
    check(not (folder / "a/scales.json").exists(), "scales of nothing")
    run = dump(network(folder), folder / "b", *given, "--int-ops", "Conv", "--calibrate", folder / "nan.npy")
    check("1 operator reads 1 input as integers" in run.out, run.out)
    check(" gave NaN or infinity alone, no finite value, for 1 of these inputs: x. It is quantised with a scale of 1" in run.out, run.out)
    same(scales(folder / "b")["x"], {"scale": 1.0, "zero_point": 0}, "the scale of x")
    run = dump(network(folder), folder / "b", *given, "--calibrate", folder / "nan.npy", "--calibrate", folder / "x.npy")
    check("no finite value" not in run.out, run.out)
    run = dump(network(folder), folder / "b", *given, "--int-ops", "Conv,Relu,Add,Mul,Sigmoid", "--calibrate", folder / "nan.npy")
    unseen = [name for name, scale in scales(folder / "b").items() if scale["scale"] == 1.0]
    check(f" for {len(unseen)} of these inputs: x, " in run.out and "They are quantised" in run.out, f"{unseen}: {run.out}")
    dump(network(folder), folder / "b", "-i", folder / "x.npy")
    check(not (folder / "b/scales.json").exists(), "scales of an earlier dump, which this one does not have")


@test
def names_of_nodes(folder):
    """simulate: nodes that are called like the tensors that they make, as some exporters write them"""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["mm"], name="mm"), helper.make_node("Relu", ["mm"], ["y"], name="y")]
    w, x = np.array([[1.5, -2], [0.25, 3.1]], "f4"), np.array([[1, 2.1], [0.3, -4]], "f4")
    model = save(folder / "m.onnx", nodes, [value("x", [2, 2])], [value("y", [2, 2])], [("w", w)])
    np.save(folder / "x.npy", x)
    dump(model, folder / "a", "-i", folder / "x.npy", "--precision-mode", "force_float16")
    mm = f16(f16(x) @ f16(w))
    compare(folder / "a", {"x": f16(x), "mm": mm, "y": np.maximum(mm, 0)})


@test
def wrong_words(folder):
    """simulate: what can't be is said in a sentence"""
    np.save(folder / "x.npy", X)
    model = network(folder)
    for options, text in [
        (["--precision-mode", "int8"], "is none of force_float32, force_float16"),
        (["--precision-mode", "force_float16", "--quantize-algorithm", "best"], "is none of linear, percentile, mse, kl"),
        (["--precision-mode", "force_float16", "--int-ops", ""], "give types of operators"),
        (["--precision-mode", "force_float16", "--check"], "leave out --check"),
        (["--precision-mode", "qint8_mixed_float32", "--calibrate", folder / "none.npy"], "none.npy"),
        (["--fold-conv-bn"], "add --precision-mode MODE"),
        (["--calibrate", folder / "x.npy"], "add --precision-mode MODE"),
        (["--precision-mode", "force_float16", "--filter-channel-quantize"], "force_float16 has no integers"),
    ]:
        run = dump(model, folder / "o", "-i", folder / "x.npy", *options, status=2)
        check(text in run.err, f"{options}: {run.err}")


harness.main()
