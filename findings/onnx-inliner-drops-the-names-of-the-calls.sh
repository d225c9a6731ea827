#!/bin/sh
# onnx.inliner forgets the names of the nodes that called the function
# Expected: the inlined nodes carry the call's name (layer0/inner, layer1/inner), so that two calls can be
# told apart by it.
# Seen: nodes and tensors get the suffixes __1, __2 in the order of the calls, whatever the calls were called;
# nodes without a name stay without, and only the tensors that leave the function keep the caller's names. A
# node is called inner__2 though it belongs to the first layer if another function was inlined before.
# Versions: onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: exporters put whole transformer layers into local functions; after inlining, dumps of two
# versions of a model pair inner__1 with another layer's inner__1.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import onnx
from onnx import inliner


def inlined(calls):
    m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    agraph (float[2] x) => (float[2] y) { %s }
    <domain: "local", opset_import: ["" : 17]> Layer (x) => (y) { [inner] t = Relu(x) y = Neg(t) }
    <domain: "local", opset_import: ["" : 17]> Norm (x) => (y) { [inner] t = Abs(x) y = Neg(t) }""" % calls)
    return [(n.op_type, n.name, n.output[0]) for n in inliner.inline_local_functions(m).graph.node]


print(inlined("[layer0] a = local.Layer(x) [layer1] y = local.Layer(a)"))
print(inlined("[norm] n = local.Norm(x) [layer0] a = local.Layer(n) [layer1] y = local.Layer(a)"))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
[('Relu', 'inner__1', 't__1'), ('Neg', '', 'a'), ('Relu', 'inner__2', 't__2'), ('Neg', '', 'y')]
[('Abs', 'inner__1', 't__1'), ('Neg', '', 'n'), ('Relu', 'inner__2', 't__2'), ('Neg', '', 'a'), ('Relu', 'inner__3', 't__3'), ('Neg', '', 'y')]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
