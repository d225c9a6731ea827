#!/usr/bin/env python3
"""Polygraphy takes the constraints.py of `mmtui export --to polygraphy` for a real model: its command line, its way of loading
the script, its loader that calls it. TensorRT needs its GPU: module and network are the stand-in of the unit tests, with a
layer for each of the model's operators, named as TensorRT's parser names them.

Usage: export_polygraphy.py MODEL FOLDER   (needs polygraphy, onnx; MMTUI is the program)
"""

import contextlib
import io
import pathlib
import subprocess
import sys

import onnx
from exporting import export, said

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "unit" / "export"))
import standin_tensorrt as trt

MODEL, FOLDER = sys.argv[1:3]
CHOSEN = {"p2o.Conv.5": "FLOAT32", "p2o.Add.6": "FLOAT16", "p2o.Softmax.0": "BFLOAT16", "no such": "FLOAT32"}
script = export("polygraphy", MODEL, CHOSEN, FOLDER) / "constraints.py"

# The command line: what `polygraphy run` would do, as a script, which needs no TensorRT yet.
would = script.with_name("would_run.py")
flags = ["--fp16", "--precision-constraints", "obey", "--trt-npps", script, "--gen-script", would]
run = [sys.executable, pathlib.Path(sys.executable).with_name("polygraphy"), "run", MODEL, "--trt", *flags]
subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
text = would.read_text()
assert "PostprocessNetwork(" in text and "precision_constraints='obey'" in text and "constraints.py" in text, text

# The loader itself, on the network.
sys.modules["tensorrt"] = trt
from polygraphy import mod
from polygraphy.backend.trt import PostprocessNetwork

graph = onnx.load(MODEL).graph
network = trt.Network([trt.Layer(node.name, [trt.float32] * len(node.output)) for node in graph.node if node.name])
heard = io.StringIO()
with contextlib.redirect_stderr(heard):
    loader = PostprocessNetwork(lambda: (None, network), mod.import_from_script(str(script), "postprocess"))
    loader()
types = {"FLOAT32": trt.float32, "FLOAT16": trt.float16, "BFLOAT16": trt.bfloat16}
expected = {name: [types[p], (0, types[p])] for name, p in CHOSEN.items() if name != "no such"}
changed = {layer.name: layer.calls for layer in network.layers if layer.calls}
assert changed == expected, changed
assert "constraints: not in the network: 'no such'\n" in heard.getvalue(), heard.getvalue()
assert "constraints: 3 layers changed\n" in heard.getvalue(), heard.getvalue()
said("polygraphy", f"{len(changed)} of {len(network.layers)} layers changed, of a stand-in network")
