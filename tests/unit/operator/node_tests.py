"""ONNX's own node tests (Debian: libonnx-testdata) as one stream of bytes on standard output, for test_node_tests.c.

A case: a line "case NAME MODEL OPSET OUTPUTS INPUTS", then the tensors (see stream.py), outputs first. Left away are
models of several nodes or with bodies, and tensors that are no numbers (texts, sequences).
"""
import glob
import os
import sys

import numpy
import onnx
from onnx import numpy_helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stream import text_of

FOLDER = "/usr/share/libonnx-testdata/data"
NAMES = {
    "float16": "f16", "float32": "f32", "float64": "f64", "int8": "i8", "int16": "i16", "int32": "i32",
    "int64": "i64", "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64", "bool": "bool",
}


class Left(Exception):
    """A case that can't be told in numbers."""


def read(folder, name, value_info):
    """Of a bfloat16 the files have the bits, as uint16."""
    declared = value_info.type.tensor_type.elem_type
    if not value_info.type.HasField("tensor_type") or declared == onnx.TensorProto.STRING:
        raise Left
    tensor = onnx.load_tensor("%s/test_data_set_0/%s.pb" % (folder, name))
    array = numpy_helper.to_array(tensor)
    if declared == onnx.TensorProto.BFLOAT16 and array.dtype == numpy.uint16:
        return "bf16", (array.astype("<u4") << 16).view("<f4")
    return NAMES[str(array.dtype)], array


def case(folder):
    model = onnx.load(folder + "/model.onnx")
    node = model.graph.node[0]
    if len(model.graph.node) != 1 or any(a.HasField("g") for a in node.attribute):
        raise Left
    stored = {t.name: (NAMES[str(numpy_helper.to_array(t).dtype)], numpy_helper.to_array(t))
              for t in model.graph.initializer}
    for i, fed in enumerate(model.graph.input):
        if fed.name not in stored:
            stored[fed.name] = read(folder, "input_%d" % i, fed)
    if any(name and name not in stored for name in node.input):
        raise Left
    results = {o.name: read(folder, "output_%d" % i, o)
               for i, o in enumerate(model.graph.output)}
    expected = [results.get(name) for name in node.output]
    inputs = [stored[name] if name else None for name in node.input]
    opset = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    if not opset:
        raise Left
    head = "case %s %s/model.onnx %d %d %d\n" % (
        os.path.basename(folder), folder, opset[0], len(expected), len(inputs))
    return head.encode() + b"".join(text_of(v) for v in expected + inputs)


def main():
    for kind in ("node", "pytorch-operator", "pytorch-converted", "simple"):
        for folder in sorted(glob.glob("%s/%s/*" % (FOLDER, kind))):
            try:
                sys.stdout.buffer.write(case(folder))
            except Left:
                pass


main()
