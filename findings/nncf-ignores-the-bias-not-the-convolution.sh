#!/bin/sh
# NNCF: ignoring 'conv1' keeps the convolution in float for an ONNX model and quantises it for the same model
# read by OpenVINO
# Expected: names of ONNX nodes are kept by OpenVINO's reader, so one list of names serves both.
# Seen: OpenVINO splits a convolution with bias: 'conv1' is the addition, the convolution is
# 'conv1/WithoutBiases'. NNCF finds 'conv1', raises nothing and quantises the convolution. For a Gemm named fc
# there is no 'fc' at all (the addition takes the output's name) and NNCF raises. Patterns match the beginning
# of a name: 'conv1' takes conv10 along.
# Versions: nncf 3.4.0, openvino 2026.4.1, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6, 2026-11-30.
# Why it matters: a mixed-precision list by ONNX node name is accepted and without effect on just the layers
# that have a bias; the accuracy that it should restore does not come back.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    openvino==2026.4.1 nncf==3.4.0 onnxruntime==1.32.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import contextlib
import io
import logging

import nncf
import numpy as np
import onnx
import openvino as ov
from onnx import numpy_helper

logging.disable(logging.CRITICAL)
rng = np.random.default_rng(0)
m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[1,3,8,8] x) => (float[1,4] y) <float[4] b = {1.0, 2.0, 3.0, 4.0}> {
  [conv1] c = Conv<pads = [1, 1, 1, 1]>(x, w, b)
  [relu1] r = Relu(c)
  [conv10] d = Conv<pads = [1, 1, 1, 1]>(r, v)
  [relu2] s = Relu(d)
  [pool] p = GlobalAveragePool(s)
  [flat] f = Flatten(p)
  [fc] y = Gemm(f, k, b)
}""")
for name, shape in (("w", (4, 3, 3, 3)), ("v", (4, 4, 3, 3)), ("k", (4, 4))):
    m.graph.initializer.append(numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name))
onnx.save(m, "m.onnx")
data = [{"x": rng.normal(size=(1, 3, 8, 8)).astype(np.float32)} for _ in range(4)]


def in_float(model, **scope):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            q = nncf.quantize(model, nncf.Dataset(data), ignored_scope=nncf.IgnoredScope(**scope))
    except nncf.ValidationError:
        return "raises"
    if isinstance(q, onnx.ModelProto):
        return [n.name for n in q.graph.node if n.op_type in ("Conv", "Gemm") and not n.input[1].startswith("dq_")]
    return [n.get_friendly_name() for n in q.get_ordered_ops() if n.get_type_name() in ("Convolution", "MatMul")
            and "fq_weights" not in n.input_value(1).get_node().get_friendly_name()]


for scope in ({"names": ["conv1"]}, {"names": ["fc"]}, {"names": ["conv1/WithoutBiases"]}, {"patterns": ["conv1"]}):
    print(scope, "kept in float: ONNX", in_float(m, **scope), "OpenVINO", in_float(ov.Core().read_model("m.onnx"), **scope))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
{'names': ['conv1']} kept in float: ONNX ['conv1'] OpenVINO []
{'names': ['fc']} kept in float: ONNX ['fc'] OpenVINO raises
{'names': ['conv1/WithoutBiases']} kept in float: ONNX raises OpenVINO ['conv1/WithoutBiases']
{'patterns': ['conv1']} kept in float: ONNX ['conv1', 'conv10'] OpenVINO ['conv1/WithoutBiases', 'conv10']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
