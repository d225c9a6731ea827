#!/usr/bin/env python3
"""Make files/polygraphy*.json, and files/polygraphy.npz: what Polygraphy writes, and what its own loader reads from it.

Packages: polygraphy 0.49.26, onnxruntime 1.32.0, onnx 1.23.2, numpy 1.26.4. Usage: polygraphy_files.py FOLDER

polygraphy.json           polygraphy run --onnxrt --onnx-outputs mark all --iterations 2 --save-outputs
polygraphy_inputs.json    the same with --save-inputs
polygraphy_runners.json   two runners by its Python interface, of which the second has other weights; 2 iterations
polygraphy_legacy.json    the last in the form of older versions, in which the class is marked otherwise: changed by
                          hand, and loaded by the package, which still reads it
"""

import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from polygraphy.backend.onnxrt import OnnxrtRunner, SessionFromOnnx
from polygraphy.comparator import Comparator, DataLoader, RunResults
from polygraphy.json import load_json


def model(path, noise):
    """Outputs of five number formats, one empty, one scalar, and names that JSON escapes; not in the order of names."""
    rng = np.random.default_rng(1)
    weight = rng.standard_normal((4, 3)).astype("f4") + np.float32(noise)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["z"]),
        helper.make_node("Relu", ["z"], ['act/"relu"\\é']),
        helper.make_node("Cast", ["z"], ["half"], to=TensorProto.FLOAT16),
        helper.make_node("Cast", ["z"], ["double"], to=TensorProto.DOUBLE),
        helper.make_node("ArgMax", ["z"], ["best"], axis=1),
        helper.make_node("Greater", ["z", "w0"], ["above"]),
        helper.make_node("ReduceSum", ["z"], ["a_scalar"], keepdims=0),
        helper.make_node("NonZero", ["none"], ["empty"]),
    ]
    values = [("z", TensorProto.FLOAT), ('act/"relu"\\é', TensorProto.FLOAT), ("half", TensorProto.FLOAT16),
              ("double", TensorProto.DOUBLE), ("best", TensorProto.INT64), ("above", TensorProto.BOOL),
              ("a_scalar", TensorProto.FLOAT), ("empty", TensorProto.INT64)]
    weights = [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(np.zeros(1, "f4"), "w0"),
               numpy_helper.from_array(np.zeros(2, "f4"), "none")]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 4])],
                              [helper.make_tensor_value_info(name, kind, None) for name, kind in values], weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 9
    onnx.save(made, path)
    return str(path)


def legacy(text):
    """`"polygraphy_class": "ndarray"` was `"__polygraphy_encoded_ndarray": "polygraphy_serialized_json_type"`."""
    text = text.replace('"LazyArray"', '"LazyNumpyArray"')
    return re.sub(r'"polygraphy_class": "(ndarray|IterationResult|RunResults)"',
                  r'"__polygraphy_encoded_\1": "polygraphy_serialized_json_type"', text)


def truth(name, results):
    return {f"{name}/{runner}/{i}/{key}": value for runner, iterations in results.items()
            for i, outputs in enumerate(iterations) for key, value in outputs.items()}


def main(folder):
    first, second = model(folder / "first.onnx", 0), model(folder / "second.onnx", 0.01)
    files = {name: folder / f"polygraphy{name}.json" for name in ("", "_inputs", "_runners", "_legacy")}
    subprocess.run([pathlib.Path(sys.executable).with_name("polygraphy"), "run", first, "--onnxrt", "--onnx-outputs",
                    "mark", "all", "--iterations", "2", "--save-outputs", files[""], "--save-inputs",
                    files["_inputs"]], check=True, stdout=subprocess.DEVNULL)
    runners = [OnnxrtRunner(SessionFromOnnx(path), name=name) for path, name in ((first, "onnx-fp32"), (second, "trt"))]
    Comparator.run(runners, data_loader=DataLoader(iterations=2, seed=7)).save(str(files["_runners"]))
    files["_legacy"].write_text(legacy(files["_runners"].read_text()))
    arrays = {}
    for name in ("", "_runners", "_legacy"):
        arrays |= truth("polygraphy" + name, RunResults.load(str(files[name])))
    arrays |= {f"polygraphy_inputs//{i}/{key}": value
               for i, feed in enumerate(load_json(str(files["_inputs"]))) for key, value in feed.items()}
    np.savez_compressed(folder / "polygraphy.npz", **arrays)
    for path in (first, second):
        pathlib.Path(path).unlink()


main(pathlib.Path(sys.argv[1]))
