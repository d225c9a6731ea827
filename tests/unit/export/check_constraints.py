"""Run the constraints.py of an export against the stand-in network: check_constraints.py FOLDER.

The plan that was exported is that of test_polygraphy.c. Any failed assertion ends with a non-zero status.
"""

import contextlib
import io
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, sys.argv[1])

import standin_tensorrt as trt

sys.modules["tensorrt"] = trt
from constraints import PRECISIONS, postprocess

F32, F16, BF16, I8, I32 = trt.float32, trt.float16, trt.bfloat16, trt.int8, trt.int32
QUOTES = "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}"
BEYOND = "\u00e9\u20ac\U0001f480\u202e"
INJECTION = "\"}; import os; os._exit(3) #"

assert PRECISIONS == {
    "/ln/Pow": "FLOAT32",
    "a,b*": "FLOAT16",
    "wide": "BFLOAT16",
    "narrow": "INT8",
    "shape": "FLOAT32",
    QUOTES: "FLOAT32",
    BEYOND: "FLOAT32",
    INJECTION: "FLOAT32",
    "gone\udcfe\n": "FLOAT32",
}, PRECISIONS

layers = [
    trt.Layer("/ln/Pow", [F32]),
    trt.Layer("/ln/Pow_1", [F32]),  # a longer name
    trt.Layer("/ln/Po", [F32]),
    trt.Layer("/ln/Pow_2", [F32], "[ONNX Layer: /ln/Pow]"),  # of the same node
    trt.Layer("/ln/Pow_3", [F32], "[ONNX Layer: /ln/Pow_9]"),
    trt.Layer("a,b*", [F32, None, I32, F16]),
    trt.Layer("wide", [F32]),
    trt.Layer("narrow", [F32]),
    trt.Layer("shape", [I32]),
    trt.Layer(QUOTES, [F32]),
    trt.Layer(BEYOND, [F32]),
    trt.Layer(INJECTION, [F32]),
]
said = io.StringIO()
with contextlib.redirect_stderr(said):
    missing = postprocess(network=trt.Network(layers))  # as Polygraphy calls it
raised = [F32, (0, F32)]
assert [layer.calls for layer in layers] == [
    raised,
    [],
    [],
    raised,
    [],
    [F16, (0, F16), (3, F16)],
    [BF16, (0, BF16)],
    [I8],
    [],
    raised,
    raised,
    raised,
], [layer.calls for layer in layers]
assert missing == ["gone\udcfe\n"], missing
assert said.getvalue() == (
    "constraints: nothing to change, no floating-point result: 'shape'\n"
    "constraints: not in the network: 'gone\\udcfe\\n'\n"
    "constraints: 8 layers changed\n"
), said.getvalue()

del trt.bfloat16  # an older TensorRT
try:
    postprocess(trt.Network([trt.Layer("wide", [F32])]))
    raise AssertionError("BFLOAT16 was passed over")
except RuntimeError as error:
    assert str(error) == "this TensorRT has no BFLOAT16", error
