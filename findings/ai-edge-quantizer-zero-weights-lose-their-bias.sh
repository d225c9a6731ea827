#!/bin/sh
# AI Edge Quantizer: a channel with zero weights and a bias of 2 computes 0 in int8
# Expected: a pruned channel keeps its bias: it is a constant and easy to quantise.
# Seen: the scale of a zero channel is set to 7.9e-12, the bias gets input scale times that, and 2 in these
# units is far beyond int32: it is stored as -2147483648, which is worth about -0.0001. The other channels are
# right. Nothing is said.
# Versions: ai-edge-quantizer 0.10.0, ai-edge-litert 2.3.0, numpy 2.4.6, 2026-11-30.
# Why it matters: pruned or dead channels are common; their constant becomes 0 and the following layers drift,
# while weights and scales look sound.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 \
    flatbuffers==25.12.19 ai-edge-litert==2.3.0 ai-edge-quantizer==0.10.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import contextlib
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from ai_edge_quantizer import quantizer, recipe

Op, Type = schema.BuiltinOperator, schema.TensorType


def model(tensors, operators, outputs):
    """tensors: (type, shape, scale and zero point or None); operators: (code, inputs, outputs, options, fields)."""
    m, g = schema.ModelT(), schema.SubGraphT()
    m.version, m.buffers, m.operatorCodes, m.subgraphs = 3, [schema.BufferT()], [], [g]
    g.tensors, g.operators, g.inputs, g.outputs = [], [], [0], outputs
    for type_, shape, scale in tensors:
        t = schema.TensorT()
        t.name, t.shape, t.type, t.buffer = "t%d" % len(g.tensors), list(shape), type_, 0
        if scale:
            t.quantization = schema.QuantizationParametersT()
            t.quantization.scale, t.quantization.zeroPoint = [scale[0]], [scale[1]]
        g.tensors.append(t)
    for code, inputs, outs, options, fields in operators:
        c, o = schema.OperatorCodeT(), schema.OperatorT()
        c.builtinCode, c.deprecatedBuiltinCode, c.version = code, min(code, 127), 1
        o.opcodeIndex, o.inputs, o.outputs = len(m.operatorCodes), inputs, outs
        if options:
            o.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            o.builtinOptions = getattr(schema, options + "T")()
            vars(o.builtinOptions).update(fields)
        m.operatorCodes.append(c)
        g.operators.append(o)
    b = flatbuffers.Builder(1024)
    b.Finish(m.Pack(b), b"TFL3")
    return bytes(b.Output())


def run(data, x, delegate=True, indices=None, keep=False):
    kind = OpResolverType.AUTO if delegate else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    it = Interpreter(model_content=data, experimental_op_resolver_type=kind, experimental_preserve_all_tensors=keep)
    it.allocate_tensors()
    it.set_tensor(it.get_input_details()[0]["index"], x)
    it.invoke()
    return [it.get_tensor(i) for i in indices or [it.get_output_details()[0]["index"]]]


data = model([(Type.FLOAT32, [1, 4], None), (Type.FLOAT32, [3, 4], None), (Type.FLOAT32, [3], None), (Type.FLOAT32, [1, 3], None)],
             [(Op.FULLY_CONNECTED, [0, 1, 2], [3], "FullyConnectedOptions", {})], [3])
m = schema.ModelT.InitFromPackedBuf(data)
for index, values in ((1, [[1, -1, 0.5, 0.25], [0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]]), (2, [2, 2, 2])):
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.array(values, np.float32).tobytes(), np.uint8)
    m.subgraphs[0].tensors[index].buffer = len(m.buffers)
    m.buffers.append(buffer)
signature = schema.SignatureDefT()
signature.signatureKey, signature.subgraphIndex, signature.inputs, signature.outputs = b"serve", 0, [], []
for name, index, maps in ((b"x", 0, signature.inputs), (b"y", 3, signature.outputs)):
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, index
    maps.append(entry)
m.signatureDefs = [signature]
b = flatbuffers.Builder(1024)
b.Finish(m.Pack(b), b"TFL3")
with open("m.tflite", "wb") as f:
    f.write(bytes(b.Output()))

x = np.array([[1, 0.5, -1, 0.25]], np.float32)
q = quantizer.Quantizer("m.tflite")
q.load_quantization_recipe(recipe.static_wi8_ai8())
with contextlib.redirect_stdout(sys.stderr):
    int8 = bytes(q.quantize(q.calibrate({"serve": [{"x": x}, {"x": -x}]})).quantized_model)
it = Interpreter(model_content=int8)
it.allocate_tensors()
source, target = it.get_input_details()[0], it.get_output_details()[0]
scale, zero = source["quantization"]
it.set_tensor(source["index"], np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8))
it.invoke()
scale, zero = target["quantization"]
y = (it.get_tensor(target["index"]).astype(np.float32) - zero) * scale
stored = schema.ModelT.InitFromPackedBuf(int8)
bias = [t for t in stored.subgraphs[0].tensors if t.type == Type.INT32][0]
result = ["float " + str(np.round(run(bytes(b.Output()), x)[0][0].astype(float), 1).tolist()),
          "int8 " + str(np.round(y[0].astype(float), 1).tolist()),
          "stored bias " + str(np.frombuffer(bytes(stored.buffers[bias.buffer].data), np.int32).tolist())]
print(*result, sep="\n")
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
float [2.1, 2.0, 2.4]
int8 [2.1, 0.0, 2.4]
stored bias [32385, -2147483648, 64770]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
