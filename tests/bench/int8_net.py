"""A made-up network of convolutions, run in float and once more on integers, where much comes out wrong.

usage: int8_net.py FOLDER

FOLDER gets src and dst (a .npy a tensor) and model.onnx. Each of 40 blocks is Conv 1x1, Conv 3x3 depthwise, Relu and an Add
that skips the block. In dst weights have one scale a tensor though their channels differ by far, and every result is rounded
to 256 steps of its own range, so that errors pile up and most layers are over the threshold. All files have one time:
without the model, no order of execution can be told, and no layer is cleared by those before it.
"""

import os
import sys

import numpy
import onnx
from onnx import helper, numpy_helper

BLOCKS, CHANNELS, SIDE = 40, 64, 16


def per_tensor(weights):
    scale = numpy.abs(weights).max() / 127
    return (numpy.rint(weights / scale) * scale).astype(numpy.float32)


def stored(x):
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = (high - low) / 255
    zero = numpy.rint(-low / scale)
    return ((numpy.clip(numpy.rint(x / scale) + zero, 0, 255) - zero) * scale).astype(numpy.float32)


def exactly(x):
    return x.astype(numpy.float32)


def pointwise(x, weights):
    return numpy.tensordot(weights[:, :, 0, 0], x[0], 1)[None]


def depthwise(x, weights):
    wide = numpy.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    taps = (wide[:, :, i:i + SIDE, k:k + SIDE] * weights[None, :, 0, i, k, None, None] for i in range(3) for k in range(3))
    return sum(taps)


def spread(random, shape):
    """Weights whose channels' ranges differ by a factor of 100."""
    size = 10 ** random.uniform(-2, 0, shape[0]).astype(numpy.float32)
    weights = random.standard_normal(shape, dtype=numpy.float32) * size.reshape(-1, 1, 1, 1)
    return (weights / numpy.sqrt(numpy.prod(shape[1:]) * numpy.mean(size ** 2))).astype(numpy.float32)


def run(weights, x, round_weights, keep):
    """Every tensor by name, in the order of execution."""
    out = {"input": keep(x)}
    here = out["input"]
    for i, (w, d) in enumerate(weights):
        wide = out[f"wide{i}"] = keep(pointwise(here, round_weights(w)))
        deep = out[f"deep{i}"] = keep(depthwise(wide, round_weights(d)))
        relu = out[f"relu{i}"] = keep(numpy.maximum(deep, 0))
        here = out[f"sum{i}"] = keep(here + relu)
    return out


def model(weights):
    nodes, constants, before = [], [], "input"
    for i, (w, d) in enumerate(weights):
        constants += [numpy_helper.from_array(w, f"w{i}"), numpy_helper.from_array(d, f"d{i}")]
        nodes += [helper.make_node("Conv", [before, f"w{i}"], [f"wide{i}"]),
                  helper.make_node("Conv", [f"wide{i}", f"d{i}"], [f"deep{i}"], group=CHANNELS, pads=[1, 1, 1, 1]),
                  helper.make_node("Relu", [f"deep{i}"], [f"relu{i}"]),
                  helper.make_node("Add", [before, f"relu{i}"], [f"sum{i}"])]
        before = f"sum{i}"
    shape = [1, CHANNELS, SIDE, SIDE]
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name in ("input", before)]
    graph = helper.make_graph(nodes, "bench", ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def main():
    top = sys.argv[1]
    random = numpy.random.default_rng(7)
    weights = [(spread(random, (CHANNELS, CHANNELS, 1, 1)), spread(random, (CHANNELS, 1, 3, 3))) for _ in range(BLOCKS)]
    x = random.standard_normal((1, CHANNELS, SIDE, SIDE), dtype=numpy.float32)
    for side, tensors in (("src", run(weights, x, exactly, exactly)), ("dst", run(weights, x, per_tensor, stored))):
        os.mkdir(os.path.join(top, side))
        for name, tensor in tensors.items():
            path = os.path.join(top, side, name + ".npy")
            numpy.save(path, tensor)
            os.utime(path, (1e9, 1e9))
    onnx.save(model(weights), os.path.join(top, "model.onnx"))


main()
