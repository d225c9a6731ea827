"""Networks to run for make bench, of made-up weights: networks.py FOLDER

conv.onnx    24 convolutions with ReLU, 48 channels of 96x96: 81 MiB of tensors a run, x.npy its input
deep.onnx    100 convolutions with ReLU, 48 channels of 48x48: 200 operators, 84 MiB of tensors a run, deep.npy its input;
             deep_float16.onnx, deep_int8.onnx, deep_weights.onnx: the same with each result rounded to halves, to 256 steps,
             and that with weights of 255 steps as well; tensors have the same names, and what they are rounded from begins with _
small.onnx   one row of a table of 2 MiB, rows.npy says which; large.onnx of one of 2 GiB; the tables lie in files that are holes
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS, SIDE, DEPTH = 48, 96, 24
DEEP_SIDE, DEEP = 48, 100
SMALL, LARGE = 2 << 20, 2 << 30


def info(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(folder, name, nodes, x, y, weights):
    graph = helper.make_graph(nodes, "g", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.save(model, os.path.join(folder, name))


def as_is(name):
    return []


def as_half(name):
    return [helper.make_node("Cast", ["_" + name], ["_h" + name], to=TensorProto.FLOAT16),
            helper.make_node("Cast", ["_h" + name], [name], to=TensorProto.FLOAT)]


def as_integer(name):
    parts = [f"_{part}{name}" for part in "qsz"]
    return [helper.make_node("DynamicQuantizeLinear", ["_" + name], parts), helper.make_node("DequantizeLinear", parts, [name])]


def conv(folder, model, value, side, depth, rounded=as_is, whole_weights=False):
    random = np.random.default_rng(3)
    nodes, weights, last = [], [], "x"
    raw = "" if rounded is as_is else "_"
    for i in range(depth):
        w = random.standard_normal((CHANNELS, CHANNELS, 3, 3), np.float32) * np.float32((2 / 9 / CHANNELS) ** 0.5)
        if whole_weights:
            scale = np.abs(w).max() / np.float32(127)
            w = np.rint(w / scale) * scale
        weights.append(numpy_helper.from_array(w, f"w{i}"))
        nodes += [helper.make_node("Conv", [last, f"w{i}"], [f"{raw}c{i}"], pads=[1, 1, 1, 1]), *rounded(f"c{i}"),
                  helper.make_node("Relu", [f"c{i}"], [f"{raw}r{i}"]), *rounded(f"r{i}")]
        last = f"r{i}"
    shape = [1, CHANNELS, side, side]
    save(folder, model, nodes, info("x", shape), info(last, shape), weights)
    np.save(os.path.join(folder, value), random.standard_normal(shape, np.float32))


def outside(name, shape, file, offset, length):
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", file), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def lookup(folder, name, size):
    """One row of a table of `size` bytes: what is left of the time is opening."""
    weights = [outside("table", [size // 4096, 1024], name + ".data", 0, size)]
    with open(os.path.join(folder, name + ".data"), "wb") as data:
        data.truncate(size)
    rows = helper.make_tensor_value_info("rows", TensorProto.INT64, [1])
    save(folder, name, [helper.make_node("Gather", ["table", "rows"], ["y"])], rows, info("y", [1, 1024]), weights)
    np.save(os.path.join(folder, "rows.npy"), np.ones(1, np.int64))


if __name__ == "__main__":
    conv(sys.argv[1], "conv.onnx", "x.npy", SIDE, DEPTH)
    conv(sys.argv[1], "deep.onnx", "deep.npy", DEEP_SIDE, DEEP)
    conv(sys.argv[1], "deep_float16.onnx", "deep.npy", DEEP_SIDE, DEEP, as_half)
    conv(sys.argv[1], "deep_int8.onnx", "deep.npy", DEEP_SIDE, DEEP, as_integer)
    conv(sys.argv[1], "deep_weights.onnx", "deep.npy", DEEP_SIDE, DEEP, as_integer, True)
    lookup(sys.argv[1], "small.onnx", SMALL)
    lookup(sys.argv[1], "large.onnx", LARGE)
