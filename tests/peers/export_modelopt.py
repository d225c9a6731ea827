#!/usr/bin/env python3
"""NVIDIA's Model Optimizer converts and quantises a real model, on the CPU, as `mmtui export --to modelopt` says: exactly the
chosen operators stay in high precision.

Usage: export_modelopt.py MODEL FOLDER   (needs nvidia-modelopt[onnx]; MMTUI is the program)
"""

import logging
import sys

import numpy as np
import onnx
from exporting import export, said
from onnx import TensorProto

logging.disable(logging.WARNING)
MODEL, FOLDER = sys.argv[1:3]
# In this model the tensor of one operator has the name of another: "p2o.Add.1" is made by node "p2o.Add.0"; and the names
# of others begin with these.
KEPT = {"p2o.Conv.5", "p2o.Add.6", "p2o.Softmax.0"}
HEAVY = {"p2o.Conv.2", "p2o.Conv.21"}
X = np.random.default_rng(1).normal(size=(1, 3, 48, 192)).astype("f4")


def script(overrides, network):
    export("modelopt", MODEL, overrides, FOLDER, {"network_precision": network})
    sys.modules.pop("to_mixed", None)
    import to_mixed

    return to_mixed


def in_float32(path):
    """Operators with FLOAT32 results; casts and constants are none of the choice."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), strict_mode=True).graph
    types = {value.name: value.type.tensor_type.elem_type for value in [*graph.value_info, *graph.output, *graph.input]}
    nodes = [n for n in graph.node if n.op_type not in ("Cast", "Constant")]
    return {n.name for n in nodes if any(types.get(out) == TensorProto.FLOAT for out in n.output)}, {n.name for n in nodes}


def lowered(overrides, name, network="float16"):
    path = f"{FOLDER}/{name}.onnx"
    missing = script(overrides, network).autocast(MODEL, path)
    return (*in_float32(path), missing)


def quantised(overrides, name):
    """Convolutions whose weights are dequantised."""
    path = f"{FOLDER}/{name}.onnx"
    missing = script(overrides, "int8_float32").quantize(
        MODEL, path, calibration_data={"x": X}, calibration_eps=["cpu"], log_level="ERROR"
    )
    graph = onnx.load(path).graph
    made = {out: node.op_type for node in graph.node for out in node.output}
    return {n.name for n in graph.node if n.op_type == "Conv" and made.get(n.input[1]) == "DequantizeLinear"}, missing


before, names, missing = lowered({}, "plain")
assert missing == [] and KEPT <= names and not KEPT & before, before
after, _, missing = lowered({**{name: "FLOAT32" for name in KEPT}, "no such": "FLOAT32"}, "chosen")
assert missing == ["^no such\\Z"], missing
assert after == before | KEPT, (before, after)
said("modelopt", f"AutoCast to FLOAT16: {len(after)} of {len(names)} operators in FLOAT32, without a choice {len(before)}")

plain, missing = quantised({}, "plain")
assert missing == [] and HEAVY <= plain, plain
chosen, missing = quantised({name: "FLOAT32" for name in HEAVY}, "chosen")
assert missing == [] and chosen == plain - HEAVY, plain - chosen
said("modelopt", f"quantisation: {len(chosen)} of {len(plain)} convolutions quantised")
