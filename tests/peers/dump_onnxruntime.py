#!/usr/bin/env python3
"""Dumps of small models by `mmtui dump --script onnxruntime`, and what they must hold by ONNX's reference evaluator.

Usage: dump_onnxruntime.py SCRIPT FOLDER   (SCRIPT: what mmtui printed; makes FOLDER/dump_onnxruntime.zip: f32, rare, qdq,
                                            qlinear, and f32.npz, rare.npz, qlinear.npz, the expected tensors)
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

RANDOM = np.random.default_rng(0)
node, info = helper.make_node, helper.make_tensor_value_info


def save(path, nodes, weights, outputs, opset=21, **options):
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "graph", [info("x", TensorProto.FLOAT, ["N", 3, 5, 5])],
                              [info(name, TensorProto.FLOAT, None) for name in outputs], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    onnx.save(model, path, **options)
    return path


BODY = [node("Conv", ["x", "w1"], ["conv"], pads=[1] * 4), node("Relu", ["conv"], ["relu"]),
        node("Softplus", ["relu"], ["plus"]), node("GlobalAveragePool", ["plus"], ["pool"]),
        node("Flatten", ["pool"], ["flat"]), node("MatMul", ["flat", "w2"], ["y"])]
WEIGHTS = {"w1": (RANDOM.standard_normal((4, 3, 3, 3)) * 0.2).astype(np.float32),
           "w2": RANDOM.standard_normal((4, 6)).astype(np.float32)}


def branch(name, value):
    return helper.make_graph([node("Mul", ["y", value], [name])], name, [], [info(name, TensorProto.FLOAT, None)])


def rare(path):
    """What is not a plain tensor of a type that NumPy has; weights in a file beside the model."""
    nodes = BODY + [
        node("If", ["condition"], ["choice"], then_branch=branch("inside1", "two"), else_branch=branch("inside2", "three")),
        node("Cast", ["choice"], ["bf16"], to=TensorProto.BFLOAT16), node("Cast", ["bf16"], ["z"], to=TensorProto.FLOAT),
        node("Cast", ["choice"], ["f8"], to=TensorProto.FLOAT8E4M3FN), node("Cast", ["choice"], ["f16"], to=TensorProto.FLOAT16),
        node("QuantizeLinear", ["choice", "scale4", "zero4"], ["int4"]), node("SequenceConstruct", ["y", "choice"], ["list"]),
        node("ConcatFromSequence", ["list"], ["all"], axis=0)]
    weights = {**WEIGHTS, "two": np.float32(2), "three": np.float32(3), "condition": np.array(True), "scale4": np.float32(0.5)}
    graph_path = save(path, nodes, weights, ["z", "all"])
    model = onnx.load(graph_path)
    model.graph.initializer.append(helper.make_tensor("zero4", TensorProto.INT4, [], [1]))
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)


class Reader(CalibrationDataReader):
    def __init__(self, x):
        self.left = [{"x": x}]

    def get_next(self):
        return self.left.pop() if self.left else None


def expected(path, x):
    """{name: array} of every tensor that ONNX's own evaluator makes."""
    model = onnx.load(path)
    names = list(dict.fromkeys(name for n in model.graph.node for name in n.output))
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    return dict(zip(names, ReferenceEvaluator(model).run(None, {"x": x})))


def main():
    script, folder = sys.argv[1], pathlib.Path(sys.argv[2]) / "dump_onnxruntime"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        x = RANDOM.standard_normal((2, 3, 5, 5)).astype(np.float32)
        np.save(made / "x.npy", x)
        save(made / "f32.onnx", BODY, WEIGHTS, ["y"], opset=17)
        rare(made / "rare.onnx")
        for name, form in (("qdq", QuantFormat.QDQ), ("qlinear", QuantFormat.QOperator)):
            quantize_static(made / "f32.onnx", made / f"{name}.onnx", Reader(x), quant_format=form)
        for name in ("f32", "rare", "qdq", "qlinear"):
            command = [sys.executable, script, made / f"{name}.onnx", folder / name, "--input", f"x={made}/x.npy"]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        np.savez(folder / "f32.npz", x=x, **expected(made / "f32.onnx", x))
        found = expected(made / "rare.onnx", x)
        steps = np.clip(np.rint(found["choice"] / np.float32(0.5)) + 1, -8, 7)  # int4 by hand, as what it stands for
        wanted = {name: found[name].astype(np.float32) for name in ("choice", "bf16", "f8", "f16", "all", "z")}
        np.savez(folder / "rare.npz", int4=(steps - 1) * np.float32(0.5), **wanted)
        random = subprocess.run([sys.executable, script, made / "f32.onnx", made / "random"], check=True, stderr=subprocess.PIPE)
        assert b"x: was not given; random numbers of shape [1, 3, 5, 5], seed 0" in random.stderr, random.stderr
        again = subprocess.run([sys.executable, script, made / "f32.onnx", made / "random"], stderr=subprocess.PIPE)
        assert again.returncode != 0 and b"has files in it" in again.stderr, again.stderr
    shutil.make_archive(folder, "zip", folder)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
