"""Run the to_mixed.py of an export with a stand-in for Model Optimizer: check_to_mixed.py FOLDER.

The plan that was exported is that of test_modelopt.c. Any failed assertion ends with a non-zero status.
"""

import contextlib
import io
import json
import os
import re
import sys

import onnx

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = sys.argv[1]
sys.path.insert(0, os.path.join(HERE, "standin"))
sys.path.insert(0, FOLDER)

import modelopt.onnx as runtime
from to_mixed import autocast, options, quantize

assert runtime.__file__.startswith(HERE), "this is the real Model Optimizer"

QUOTES = "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}"
BEYOND = "\u00e9\u20ac\U0001f480\u202e"
REGEX = "a+b*c.d[e]{2}^(g)?|$\\w-\\Z"
INJECTION = "\"]}; import os; os._exit(3) #"
CHOSEN = ["/ln/Pow", QUOTES, BEYOND, REGEX, INJECTION, "inner", "gone\udcfe\n"]
OTHERS = ["/ln/Pow_1", "/ln/Pow\n", "x/ln/Pow", "/ln/Po", "/LN/POW", "aab", "other", ""]
patterns = options()["nodes_to_exclude"]
assert len(patterns) == len(CHOSEN)
matched = [[name for name in CHOSEN + OTHERS if re.match(pattern, name)] for pattern in patterns]
assert sorted(matched) == sorted([name] for name in CHOSEN), matched  # each pattern matches one name, and each its own


def value(name, of=onnx.TensorProto.FLOAT):
    return onnx.helper.make_tensor_value_info(name, of, [2])


def add(name, out):
    return onnx.helper.make_node("Add", ["x", "x"], [out], name=name)


body = onnx.helper.make_graph([add("inner", "b")], "body", [], [value("b")])
nodes = [add(name, f"y{i}") for i, name in enumerate(CHOSEN[:5] + OTHERS)]
nodes.append(onnx.helper.make_node("If", ["c"], ["z"], name="if", then_branch=body, else_branch=body))
graph = onnx.helper.make_graph(nodes, "g", [value("x"), value("c", onnx.TensorProto.BOOL)], [value("z")])
model, output = os.path.join(FOLDER, "model.onnx"), os.path.join(FOLDER, "out.onnx")
onnx.save(onnx.helper.make_model(graph), model)

for function, more in ((autocast, {"keep_io_types": True}), (quantize, {"calibration_eps": ["cpu"]})):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        missing = function(model, output, **more)
    assert missing == ["^gone\udcfe\n\\Z"], missing
    assert said.getvalue() == "to_mixed: no node of the model matches: '^gone\\udcfe\\n\\\\Z'\n", said.getvalue()
assert onnx.load(output) == onnx.load(model)  # saved by autocast
(name, first), (other, second) = runtime.CALLS
assert (name, other) == ("convert_to_mixed_precision", "quantize")
assert first == {"onnx_path": model, "nodes_to_exclude": patterns, "low_precision_type": "fp16", "keep_io_types": True}, first
assert second == {
    "onnx_path": model,
    "output_path": output,
    "nodes_to_exclude": patterns,
    "high_precision_dtype": "fp32",
    "calibration_eps": ["cpu"],
}, second
json.dump({**options(), "quantize_mode": "int8", "high_precision_dtype": "fp16"}, open(os.path.join(FOLDER, "to_mixed.json"), "w"))
with contextlib.redirect_stderr(io.StringIO()):
    quantize(model, output)
assert runtime.CALLS[-1][1]["high_precision_dtype"] == "fp16" and runtime.CALLS[-1][1]["quantize_mode"] == "int8"
