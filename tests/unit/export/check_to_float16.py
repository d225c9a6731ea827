"""Run the to_float16.py of an export on a model: check_to_float16.py FOLDER.

The plan that was exported is that of test_onnxconverter.c. Any failed assertion ends with a non-zero status.
"""

import contextlib
import io
import os
import subprocess
import sys

import onnx

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = sys.argv[1]
sys.path.insert(0, os.path.join(HERE, "standin"))
sys.path.insert(0, FOLDER)

import onnxconverter_common.float16 as runtime
from to_float16 import convert, options

assert runtime.__file__.startswith(HERE), "this is the real onnxconverter-common"

QUOTES = "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}"
BEYOND = "\u00e9\u20ac\U0001f480\u202e"
INJECTION = "\"]}; import os; os._exit(3) #"
CHOSEN = ["/ln/Pow", QUOTES, BEYOND, INJECTION, "inner", "gone\udcfe\n"]


def value(name, of=onnx.TensorProto.FLOAT):
    return onnx.helper.make_tensor_value_info(name, of, [2])


def add(name, out):
    return onnx.helper.make_node("Add", ["x", "x"], [out], name=name)


body = onnx.helper.make_graph([add("inner", "b")], "body", [], [value("b")])
nodes = [add(name, f"y{i}") for i, name in enumerate(CHOSEN[:4] + ["other", ""])]
nodes.append(onnx.helper.make_node("If", ["c"], ["z"], name="if", then_branch=body, else_branch=body))
graph = onnx.helper.make_graph(nodes, "g", [value("x"), value("c", onnx.TensorProto.BOOL)], [value("z")])
model, output = os.path.join(FOLDER, "model.onnx"), os.path.join(FOLDER, "out.onnx")
onnx.save(onnx.helper.make_model(graph), model)

assert sorted(options()) == ["node_block_list"] and sorted(options()["node_block_list"]) == sorted(CHOSEN), options()
said = io.StringIO()
with contextlib.redirect_stderr(said):
    missing = convert(model, output, keep_io_types=True)
assert missing == ["gone\udcfe\n"], missing
assert said.getvalue() == "to_float16: not in the model: 'gone\\udcfe\\n'\n", said.getvalue()
(call,) = runtime.CALLS
assert set(call["node_block_list"]) == set(CHOSEN) and call["keep_io_types"] is True
assert call["op_block_list"] is None  # the package's own types stay blocked
assert onnx.load(output) == onnx.load(model)

os.remove(output)
environment = {**os.environ, "PYTHONPATH": os.path.join(HERE, "standin"), "PYTHONDONTWRITEBYTECODE": "1"}
script = [sys.executable, os.path.join(FOLDER, "to_float16.py"), model, output]
run = subprocess.run(script, env=environment, stderr=subprocess.PIPE)
assert run.returncode == 1 and os.path.exists(output), run  # one name is missing
