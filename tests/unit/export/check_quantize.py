"""Run the quantize.py of an export on a model: check_quantize.py FOLDER.

The plan that was exported is that of test_onnxruntime.c. Any failed assertion ends with a non-zero status.
"""

import contextlib
import io
import json
import os
import sys

import onnx

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = sys.argv[1]
sys.path.insert(0, os.path.join(HERE, "standin"))
sys.path.insert(0, FOLDER)

import onnxruntime.quantization as runtime
from quantize import options, quantize

assert os.path.dirname(os.path.dirname(runtime.__file__)).startswith(HERE), "this is the real ONNX Runtime"

QUOTES = "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}"
BEYOND = "\u00e9\u20ac\U0001f480\u202e"
INJECTION = "\"]}; import os; os._exit(3) #"
CHOSEN = ["/ln/Pow", QUOTES, BEYOND, INJECTION, "inner", "gone\udcfe\n"]


def add(name, left, right, out):
    return onnx.helper.make_node("Add", [left, right], [out], name=name)


def value(name):
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [2])


def model():
    body = onnx.helper.make_graph([add("inner", "x", "x", "b")], "body", [], [value("b")])
    nodes = [add(name, "x", "x", f"y'\"{i}") for i, name in enumerate(CHOSEN[:4] + ["other", ""])]
    condition = onnx.helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, [])
    nodes.append(onnx.helper.make_node("If", ["c"], ["z"], name="if", then_branch=body, else_branch=body))
    graph = onnx.helper.make_graph(nodes, "g", [value("x"), condition], [value("z")])
    path = os.path.join(FOLDER, "model.onnx")
    onnx.save(onnx.helper.make_model(graph), path)
    return path


def check_names():
    with open(os.path.join(FOLDER, "quantize.json"), encoding="ascii") as file:
        chosen = json.load(file)
    assert sorted(chosen["nodes_to_exclude"]) == sorted(CHOSEN), chosen["nodes_to_exclude"]
    assert list(chosen) == [
        "nodes_to_exclude",
        "tensor_quant_overrides",
        "per_channel",
        "calibrate_method",
        "extra_options",
    ], list(chosen)


def check_options():
    chosen = options()
    assert chosen.pop("nodes_to_exclude")
    assert chosen == {
        "per_channel": True,
        "calibrate_method": runtime.CalibrationMethod.Percentile,
        "extra_options": {
            "CalibPercentile": 99.99,
            "ActivationSymmetric": False,
            "TensorQuantOverrides": {name: [{"quant_type": runtime.QuantType.QInt16}] for name in ("y'\"1", "no such")},
        },
    }, chosen


def check_call(path):
    said = io.StringIO()
    reader = object()
    with contextlib.redirect_stderr(said):
        missing = quantize(path, "out.onnx", reader, per_channel=False, reduce_range=True)
    assert missing == ["gone\udcfe\n", "no such"], missing
    assert said.getvalue() == (
        "quantize: not in the model: 'gone\\udcfe\\n'\n" "quantize: not in the model: 'no such'\n"
    ), said.getvalue()
    (call,) = runtime.CALLS
    assert (call["model_input"], call["model_output"]) == (path, "out.onnx")
    assert call["calibration_data_reader"] is reader
    assert call["per_channel"] is False and call["reduce_range"] is True  # given by name: wins
    assert set(call["nodes_to_exclude"]) == set(CHOSEN)
    assert call["extra_options"]["TensorQuantOverrides"] == {"y'\"1": [{"quant_type": runtime.QuantType.QInt16}]}


check_names()
check_options()
check_call(model())
