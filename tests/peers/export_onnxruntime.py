#!/usr/bin/env python3
"""ONNX Runtime quantises a real model as `mmtui export --to onnxruntime` says: exactly the chosen operators stay in FLOAT32,
exactly the chosen tensors get 16 bits.

Usage: export_onnxruntime.py MODEL FOLDER   (needs onnxruntime, onnx, numpy; MMTUI is the program)
"""

import logging
import sys

import numpy as np
import onnx
from exporting import export, said
from onnx import TensorProto, numpy_helper
from onnxruntime import InferenceSession
from onnxruntime.quantization import CalibrationDataReader

logging.disable(logging.WARNING)
MODEL, FOLDER = sys.argv[1:3]
# In this model the tensor of one operator has the name of another: "p2o.Add.1" is made by node "p2o.Add.0".
KEPT = {"p2o.Conv.5", "p2o.Conv.21", "p2o.MatMul.0"}
WIDE = {"conv2d_58.tmp_0": "p2o.Conv.6", "p2o.Add.7": "p2o.Add.6"}
X = np.random.default_rng(1).normal(size=(1, 3, 48, 192)).astype("f4")


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = [{"x": X}]

    def get_next(self):
        return self.left.pop() if self.left else None


def weights_in_float(graph):
    """Convolutions and matrix products whose second input is not dequantised."""
    made = {name: node for node in graph.node for name in node.output}
    heavy = [node for node in graph.node if node.op_type in ("Conv", "MatMul")]
    return {n.name for n in heavy if n.input[1] not in made or made[n.input[1]].op_type != "DequantizeLinear"}


def types(graph):
    """The type that each quantised tensor has: of its zero point."""
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    return {n.input[0]: values[n.input[2]].dtype for n in graph.node if n.op_type == "QuantizeLinear"}


def quantised(overrides, name, **more):
    folder = export("onnxruntime", MODEL, overrides, FOLDER, {"activation_symmetry": "symmetric"})
    sys.modules.pop("quantize", None)
    from quantize import quantize

    path = f"{FOLDER}/{name}.onnx"
    missing = quantize(MODEL, path, Reader(), **more)
    graph = onnx.load(path).graph
    InferenceSession(path).run(None, {"x": X})  # and it is a model that runs
    return graph, missing


plain, missing = quantised({}, "plain")
assert missing == []
chosen, missing = quantised({**{name: "FLOAT32" for name in KEPT}, "no such": "FLOAT32"}, "kept")
assert missing == ["no such"], missing
assert weights_in_float(chosen) - weights_in_float(plain) == KEPT, weights_in_float(chosen)
assert weights_in_float(plain) <= weights_in_float(chosen)

assert set(types(plain).values()) == {np.dtype("int8")}, types(plain)
mixed, missing = quantised({**{node: "INT16" for node in WIDE.values()}, "p2o.Conv.5": "FLOAT32"}, "mixed")
assert missing == []
assert {name for name, dtype in types(mixed).items() if dtype == np.int16} == set(WIDE), types(mixed)
assert weights_in_float(mixed) - weights_in_float(plain) == {"p2o.Conv.5"}
said("onnxruntime", f"{len(KEPT)} operators kept in FLOAT32, {len(WIDE)} of {len(types(mixed))} tensors in 16 bits")
