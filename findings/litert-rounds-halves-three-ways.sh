#!/bin/sh
# LiteRT rounds halves to even, up, or away from zero, by operator
# Expected: one rule for int8 in one runtime.
# Seen: QUANTIZE from float32 takes halves to even (0.5 -> 0, 1.5 -> 2, 2.5 -> 2), QUANTIZE from int8 to int8
# rounds them up (0.5 -> 1, -0.5 -> 0, -1.5 -> -1), AVERAGE_POOL_2D away from zero (0.5 -> 1, -0.5 -> -1).
# Versions: ai-edge-litert 2.3.0 (x86-64, AVX2), numpy 2.4.6, 2026-11-30.
# Why it matters: a simulation of int8 in NumPy or ONNX (halves to even everywhere) is off by one at every
# tie, and averages of two or four int8 values are ties half of the time; the requantisation's rule has a
# bias.
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

halves = [0.5, 1.5, 2.5, -0.5, -1.5]
from_float = model([(Type.FLOAT32, [5], None), (Type.INT8, [5], (1.0, 0))], [(Op.QUANTIZE, [0], [1], None, {})], [1])
from_int8 = model([(Type.INT8, [5], (0.5, 0)), (Type.INT8, [5], (1.0, 0))], [(Op.QUANTIZE, [0], [1], None, {})], [1])
pool = dict(filterWidth=2, filterHeight=1, strideW=2, strideH=1, padding=1)
mean = model([(Type.INT8, [1, 1, 10, 1], (1.0, 0)), (Type.INT8, [1, 1, 5, 1], (1.0, 0))],
             [(Op.AVERAGE_POOL_2D, [0], [1], "Pool2DOptions", pool)], [1])
doubled = (2 * np.array(halves)).astype(np.int8)
pairs = np.stack([doubled, np.zeros(5, np.int8)], 1).reshape(1, 1, 10, 1)
print("halves", halves)
print("QUANTIZE float32", run(from_float, np.array(halves, np.float32))[0].tolist())
print("QUANTIZE int8   ", run(from_int8, doubled)[0].tolist())
print("AVERAGE_POOL_2D ", run(mean, pairs)[0].ravel().tolist())
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
halves [0.5, 1.5, 2.5, -0.5, -1.5]
QUANTIZE float32 [0, 2, 2, 0, -2]
QUANTIZE int8    [1, 2, 3, 0, -1]
AVERAGE_POOL_2D  [1, 2, 3, -1, -2]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
