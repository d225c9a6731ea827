#!/bin/sh
# LiteRT's get_tensor of an inner tensor returns the values of a later one
# Expected: the tensor asked for, or an error saying that it is no longer there.
# Seen: y = 2 * (2 * x)**2 * 2 in four nodes: without the delegate the first sum reads as the third, the
# square as the output, because inner tensors share memory and are overwritten. With the default delegate the
# same call raises. experimental_preserve_all_tensors=True gives the right values in both cases.
# Versions: ai-edge-litert 2.3.0 (x86-64, AVX2), numpy 2.4.6, 2026-11-30.
# Why it matters: this is the natural way to dump a .tflite layer by layer; the dump is complete, plausible
# and wrong, and gets right only near the end of the model.
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

tensors = [(Type.FLOAT32, [2], None)] * 5
nodes = [(Op.ADD, [0, 0], [1], "AddOptions", {}), (Op.MUL, [1, 1], [2], "MulOptions", {}),
         (Op.ADD, [2, 2], [3], "AddOptions", {}), (Op.ADD, [3, 3], [4], "AddOptions", {})]
data = model(tensors, nodes, [4])
for keep in (True, False):
    for delegate in (True, False):
        try:
            got = [v.tolist() for v in run(data, np.array([1, 2], np.float32), delegate, [1, 2, 3, 4], keep)]
        except ValueError as error:
            got = type(error).__name__
        print("preserve_all_tensors", keep, "delegate", delegate, got)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
preserve_all_tensors True delegate True [[2.0, 4.0], [4.0, 16.0], [8.0, 32.0], [16.0, 64.0]]
preserve_all_tensors True delegate False [[2.0, 4.0], [4.0, 16.0], [8.0, 32.0], [16.0, 64.0]]
preserve_all_tensors False delegate True ValueError
preserve_all_tensors False delegate False [[8.0, 32.0], [16.0, 64.0], [8.0, 32.0], [16.0, 64.0]]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
