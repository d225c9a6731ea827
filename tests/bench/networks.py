"""Networks to run for make bench, of made-up weights: networks.py FOLDER

conv.onnx    24 convolutions with ReLU, 48 channels of 96x96: 81 MiB of tensors a run, x.npy its input
small.onnx   one row of a table of 2 MiB, rows.npy says which; large.onnx of one of 2 GiB; the tables lie in files that are holes
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS, SIDE, DEPTH = 48, 96, 24
SMALL, LARGE = 2 << 20, 2 << 30


def info(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(folder, name, nodes, x, y, weights):
    graph = helper.make_graph(nodes, "g", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.save(model, os.path.join(folder, name))


def conv(folder):
    random = np.random.default_rng(3)
    nodes, weights, last = [], [], "x"
    for i in range(DEPTH):
        w = random.standard_normal((CHANNELS, CHANNELS, 3, 3), np.float32) * np.float32((2 / 9 / CHANNELS) ** 0.5)
        weights.append(numpy_helper.from_array(w, f"w{i}"))
        nodes.append(helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i}"]))
        last = f"r{i}"
    shape = [1, CHANNELS, SIDE, SIDE]
    save(folder, "conv.onnx", nodes, info("x", shape), info(last, shape), weights)
    np.save(os.path.join(folder, "x.npy"), random.standard_normal(shape, np.float32))


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
    conv(sys.argv[1])
    lookup(sys.argv[1], "small.onnx", SMALL)
    lookup(sys.argv[1], "large.onnx", LARGE)
