"""What ONNX Runtime's own quantiser (quantize_static, MinMax, QDQ, int8) makes of a small network: the scales and zero points of
what Conv and MatMul read, and the codes of their weights, per tensor and per channel.

Usage: quantised_onnxruntime.py FOLDER (writes quantised_onnxruntime.npz there; needs onnxruntime, onnx, numpy)
"""

import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static


class Reader(CalibrationDataReader):
    def __init__(self, runs):
        self.left = iter([{"x": run} for run in runs])

    def get_next(self):
        return next(self.left, None)


def network():
    random = np.random.default_rng(12)
    weights = {
        "w1": random.normal(0, 0.3, (6, 3, 3, 3)) * np.array([1, 5, 0.2, 1, 2, 0.01]).reshape(-1, 1, 1, 1),
        "w2": random.normal(0, 0.2, (4, 6, 1, 1)),
        "w3": random.normal(0, 0.2, (64, 5)),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["c1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], kernel_shape=[1, 1], strides=[2, 2]),
        helper.make_node("Tanh", ["c2"], ["t2"]),
        helper.make_node("Flatten", ["t2"], ["f"]),
        helper.make_node("MatMul", ["f", "w3"], ["y"]),
    ]
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    inits = [numpy_helper.from_array(a.astype("f4"), n) for n, a in weights.items()]
    graph = helper.make_graph(nodes, "g", [value("x", [1, 3, 8, 8])], [value("y", [1, 5])], inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    runs = [random.normal(k / 4, 1 + k, (1, 3, 8, 8)).astype("f4") for k in range(3)]
    return model, runs


def read(model, weights):
    """{tensor: [scale, zero point, codes]} of what is quantised."""
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    found = {}
    for node in model.graph.node:
        name = node.input[0]
        if node.op_type == "QuantizeLinear":
            found[name] = [constants[node.input[1]].tolist(), constants[node.input[2]].tolist(), None]
        elif node.op_type == "DequantizeLinear" and name.removesuffix("_quantized") in weights:
            found[name.removesuffix("_quantized")] = [constants[n].tolist() for n in (*node.input[1:], name)]
    return found


def main(folder):
    model, runs = network()
    weights = {t.name for t in model.graph.initializer}
    said = {}
    with tempfile.TemporaryDirectory() as top:
        onnx.save(model, top + "/net.onnx")
        for how in ("per_tensor", "per_channel"):
            quantize_static(
                top + "/net.onnx", top + "/q.onnx", Reader(runs), quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "MatMul"], per_channel=how == "per_channel", activation_type=QuantType.QInt8,
                weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
                extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
            )  # fmt: skip
            said[how] = read(onnx.load(top + "/q.onnx"), weights)
    text = json.dumps(said)
    np.savez_compressed(
        pathlib.Path(folder) / "quantised_onnxruntime.npz", model=np.frombuffer(model.SerializeToString(), "u1"),
        said=np.frombuffer(text.encode(), "u1"), runs=np.stack(runs),
    )  # fmt: skip


main(sys.argv[1])
