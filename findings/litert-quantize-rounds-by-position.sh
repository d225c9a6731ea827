#!/bin/sh
# LiteRT's QUANTIZE gives 0 or 1 for 0.5, depending on where in the tensor it stands
# Expected: one function of the value.
# Seen: without the delegate, a tensor of 0.5s becomes 0 in all whole groups of eight and 1 in the rest:
# elements 0..7 of 13 are 0, 8..12 are 1. As it seems, vector code rounds halves to even and scalar code for
# the tail away from zero. The default delegate gives 0 everywhere.
# Versions: ai-edge-litert 2.3.0 (x86-64, AVX2), numpy 2.4.6, 2026-11-30.
# Why it matters: the last few elements of a tensor differ by one step from an exact simulation; cutting or
# padding a tensor changes its values, and the pattern looks like a faulty edge.
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

for n in (7, 8, 13, 19):
    data = model([(Type.FLOAT32, [n], None), (Type.INT8, [n], (1.0, 0))], [(Op.QUANTIZE, [0], [1], None, {})], [1])
    x = np.full(n, 0.5, np.float32)
    for delegate in (False, True):
        y = run(data, x, delegate)[0]
        print(n, "times 0.5", "with the delegate" if delegate else "without", "zeros", int((y == 0).sum()),
              "ones", int((y == 1).sum()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
7 times 0.5 without zeros 0 ones 7
7 times 0.5 with the delegate zeros 7 ones 0
8 times 0.5 without zeros 8 ones 0
8 times 0.5 with the delegate zeros 8 ones 0
13 times 0.5 without zeros 8 ones 5
13 times 0.5 with the delegate zeros 13 ones 0
19 times 0.5 without zeros 16 ones 3
19 times 0.5 with the delegate zeros 19 ones 0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
