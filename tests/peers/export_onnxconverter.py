#!/usr/bin/env python3
"""onnxconverter-common converts a real model to FLOAT16 as `mmtui export --to onnxconverter` says: exactly the chosen
operators stay in FLOAT32.

Usage: export_onnxconverter.py MODEL FOLDER   (needs onnxconverter-common, onnx, onnxruntime, numpy; MMTUI is the program)
"""

import sys

import numpy as np
import onnx
from exporting import export, said
from onnx import TensorProto
from onnxruntime import InferenceSession

MODEL, FOLDER = sys.argv[1:3]
# In this model the tensor of one operator has the name of another: "p2o.Add.1" is made by node "p2o.Add.0".
KEPT = {"p2o.Conv.5", "p2o.Add.6", "p2o.BatchNormalization.2", "p2o.Softmax.0"}


def results(path):
    """{name of a node: the types of its results}, of those that hold floats; casts are none of the model's operators."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), strict_mode=True).graph
    types = {value.name: value.type.tensor_type.elem_type for value in [*graph.value_info, *graph.output, *graph.input]}
    floats = (TensorProto.FLOAT, TensorProto.FLOAT16)
    found = {n.name: {types.get(out) for out in n.output} for n in graph.node if n.op_type != "Cast"}
    return {name: each for name, each in found.items() if each & set(floats)}


def converted(overrides, name):
    export("onnxconverter", MODEL, overrides, FOLDER)
    sys.modules.pop("to_float16", None)
    from to_float16 import convert

    path = f"{FOLDER}/{name}.onnx"
    missing = convert(MODEL, path, keep_io_types=True)
    x = np.random.default_rng(1).normal(size=(1, 3, 48, 192)).astype("f4")
    InferenceSession(path).run(None, {"x": x})  # and it is a model that runs
    return results(path), missing


plain, missing = converted({}, "plain")
assert missing == []
before = {name for name, types in plain.items() if TensorProto.FLOAT in types}
chosen, missing = converted({**{name: "FLOAT32" for name in KEPT}, "no such": "FLOAT32"}, "chosen")
assert missing == ["no such"], missing
after = {name for name, types in chosen.items() if TensorProto.FLOAT in types}
assert after - before == KEPT - before, (before, after)
assert before <= after and chosen.keys() == plain.keys()
said("onnxconverter", f"{len(KEPT)} of {len(chosen)} operators kept in FLOAT32 (without a choice: {sorted(before)})")
