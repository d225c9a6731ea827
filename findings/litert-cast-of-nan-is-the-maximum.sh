#!/bin/sh
# CAST in LiteRT saturates, and NaN becomes the largest integer; int64 to int32 wraps
# Expected: 0 for NaN, or what the processor's conversion gives (the lowest int32); ONNX Runtime and NumPy
# wrap 300 to 44.
# Seen: 300 becomes 127 in int8 and 255 in uint8, 3e9 the largest int32, and NaN 127, 255 and 2147483647. From
# int64 to int32 the upper half is dropped: 2**40 + 5 becomes 5.
# Versions: ai-edge-litert 2.3.0 (x86-64, AVX2), numpy 2.4.6, 2026-11-30.
# Why it matters: class ids, masks and lookup indices made by a CAST of NaN are the last class here and the
# first elsewhere.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 \
    flatbuffers==25.12.19 ai-edge-litert==2.3.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

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

x = np.array([300, -300, 3e9, np.nan, -2.7], np.float32)
for name in ("INT8", "UINT8", "INT32"):
    data = model([(Type.FLOAT32, [5], None), (getattr(Type, name), [5], None)], [(Op.CAST, [0], [1], None, {})], [1])
    print(name, run(data, x)[0].tolist())
data = model([(Type.INT64, [1], None), (Type.INT32, [1], None)], [(Op.CAST, [0], [1], None, {})], [1])
print("INT64 to INT32", run(data, np.array([2**40 + 5]))[0].tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
INT8 [127, -128, 127, 127, -2]
UINT8 [255, 0, 255, 255, 0]
INT32 [300, -300, 2147483647, 2147483647, -2]
INT64 to INT32 [5]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
