#!/bin/sh
# LiteRT: exp(NaN) is 0 with the default delegate and NaN without; quantising NaN gives 127 or -128
# Expected: the default delegate (XNNPACK) and the built-in kernels agree on special values, NaN stays NaN in
# float32.
# Seen: with the delegate EXP of NaN is 0 and RSQRT of 0 is NaN (built-in: NaN and infinity); QUANTIZE to int8
# makes NaN 127 (built-in: -128), and +infinity 127 (built-in: -128; the wrong end). A max pool of -inf is
# -inf with and -3.4e38 without it.
# Versions: ai-edge-litert 2.3.0 (x86-64, AVX2), numpy 2.4.6, 2026-11-30.
# Why it matters: whether a device shows a NaN depends on whether the delegate took the node; two dumps of one
# model on one machine differ in int8 by the whole range.
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


def unary(code, x, out=Type.FLOAT32, scale=None, shape=None, options=None, fields=None):
    data = model([(Type.FLOAT32, x.shape, None), (out, shape or x.shape, scale)],
                 [(code, [0], [1], options, fields or {})], [1])
    return [run(data, x, delegate)[0].ravel().tolist() for delegate in (True, False)]


nan, inf = np.nan, np.inf
pool = dict(filterWidth=2, filterHeight=2, strideW=1, strideH=1, padding=1)
for name, r in (
        ("EXP of nan", unary(Op.EXP, np.array([nan], np.float32))),
        ("RSQRT of 0", unary(Op.RSQRT, np.array([0], np.float32))),
        ("QUANTIZE of nan, inf, -inf", unary(Op.QUANTIZE, np.array([nan, inf, -inf], np.float32), Type.INT8, (1.0, 0))),
        ("MAX_POOL_2D of -inf", unary(Op.MAX_POOL_2D, np.full((1, 2, 2, 1), -inf, np.float32), shape=(1, 1, 1, 1),
                                      options="Pool2DOptions", fields=pool))):
    print(name, "with the delegate", r[0], "without", r[1])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
EXP of nan with the delegate [0.0] without [nan]
RSQRT of 0 with the delegate [nan] without [inf]
QUANTIZE of nan, inf, -inf with the delegate [127, 127, -128] without [-128, -128, -128]
MAX_POOL_2D of -inf with the delegate [-inf] without [-3.4028234663852886e+38]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
