#!/usr/bin/env python3
"""ai-edge-quantizer quantises a small .tflite model by the recipe that `mmtui export --to aiedge` writes: exactly the chosen
operators stay floats, or get weights of FLOAT16, by the types of tensors in the quantised file.

Usage: export_aiedge.py MODEL FOLDER   (needs ai-edge-quantizer, numpy; MMTUI is the program)
"""

import pathlib
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_quantizer import quantizer
from ai_edge_quantizer.utils import tfl_flatbuffer_utils
from exporting import export, said

FOLDER = pathlib.Path(sys.argv[2])  # MODEL is an .onnx, which it does not read
# names that a regular expression, or one that is not anchored, would take along
LAYERS = ("net/fc.1", "net/fc.10", "net/fc(2)+", "net/fcx1", "net/fc.2")
FLOAT, HALF = {"net/fc.1"}, {"net/fc(2)+"}
WIDTH = 40


def tensor(name, shape, buffer):
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name.encode(), shape, schema.TensorType.FLOAT32, buffer
    return made


def network():
    """FULLY_CONNECTED, one after the other."""
    rng = np.random.default_rng(0)
    graph, code, model, operators = schema.SubGraphT(), schema.OperatorCodeT(), schema.ModelT(), []
    tensors, buffers = [tensor("x", [1, WIDTH], 0)], [schema.BufferT()]
    for name in LAYERS:
        buffers.append(schema.BufferT())
        buffers[-1].data = np.frombuffer(rng.normal(size=(WIDTH, WIDTH)).astype("f4").tobytes(), "u1")
        tensors += [tensor(name + "/w", [WIDTH, WIDTH], len(buffers) - 1), tensor(name, [1, WIDTH], 0)]
        operator = schema.OperatorT()
        before = len(tensors) - 3 if len(tensors) > 3 else 0
        operator.opcodeIndex, operator.inputs, operator.outputs = 0, [before, len(tensors) - 2, -1], [len(tensors) - 1]
        operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
        operator.builtinOptions = schema.FullyConnectedOptionsT()
        operators.append(operator)
    graph.tensors, graph.operators, graph.inputs, graph.outputs = tensors, operators, [0], [len(tensors) - 1]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.FULLY_CONNECTED
    code.version = 1
    signature, entry, result = schema.SignatureDefT(), schema.TensorMapT(), schema.TensorMapT()
    entry.name, entry.tensorIndex, result.name, result.tensorIndex = b"x", 0, b"y", len(tensors) - 1
    signature.inputs, signature.outputs, signature.signatureKey, signature.subgraphIndex = [entry], [result], b"serving_default", 0
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], buffers
    model.signatureDefs = [signature]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def types(path):
    """{layer: the types of weights, input and result of its FULLY_CONNECTED}."""
    model = tfl_flatbuffer_utils.read_model(str(path))
    graph, found = model.subgraphs[0], {}
    names = {value: key for key, value in vars(schema.TensorType).items() if isinstance(value, int)}
    makers = {output: operator for operator in graph.operators for output in operator.outputs}
    kind = lambda index: names[graph.tensors[index].type]
    for operator in graph.operators:
        if schema.BuiltinOperator.FULLY_CONNECTED == model.operatorCodes[operator.opcodeIndex].builtinCode:
            read, weight = operator.inputs[:2]
            if weight in makers:  # through a Dequantize
                weight = makers[weight].inputs[0]
            layer = graph.tensors[weight].name.decode().split("/w")[0]
            found[layer] = (kind(weight), kind(read), kind(operator.outputs[0]))
    return found


def quantised(recipe, data):
    made = quantizer.Quantizer(str(FOLDER / "model.tflite"), recipe)
    calibrated = made.calibrate({"serving_default": data})
    path = FOLDER / "quantised.tflite"
    path.write_bytes(made.quantize(calibrated).quantized_model)
    return types(path)


FOLDER.mkdir(parents=True, exist_ok=True)
(FOLDER / "model.tflite").write_bytes(network())
(FOLDER / "names.txt").write_text("".join(name + "\n" for name in LAYERS))
samples = [{"x": np.random.default_rng(i).normal(size=(1, WIDTH)).astype("f4")} for i in range(4)]
plain = quantised(str(export("aiedge", FOLDER / "names.txt", {}, FOLDER) / "recipe.json"), samples)
assert plain == dict.fromkeys(LAYERS, ("INT8", "INT8", "INT8")), plain
chosen = {**dict.fromkeys(FLOAT, "FLOAT32"), **dict.fromkeys(HALF, "FLOAT16")}
now = quantised(str(export("aiedge", FOLDER / "names.txt", chosen, FOLDER) / "recipe.json"), samples)
floats = ("FLOAT32", "FLOAT32")
assert now == {**plain, **dict.fromkeys(FLOAT, ("FLOAT32", *floats)), **dict.fromkeys(HALF, ("FLOAT16", *floats))}, now
said("aiedge", f"{sorted(FLOAT)} floats, weights of {sorted(HALF)} FLOAT16, the other {len(LAYERS) - 2} INT8")
