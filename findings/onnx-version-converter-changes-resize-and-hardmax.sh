#!/bin/sh
# onnx.version_converter changes what Resize, Upsample and Hardmax compute
# Expected: a converted model computes the same; where the meaning of an operator changed, attributes or nodes
# make up for it, as it does for Softmax (a Flatten and a Reshape around it).
# Seen: Upsample (9) and Resize (10) sampled without the half pixel shift; in Resize (11 and later) that needs
# coordinate_transformation_mode = "asymmetric", which the converter does not set: linear upsampling shifts by
# a quarter pixel. Hardmax (11) worked on the flattened tensor and is left as it is.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: the golden made from the converted model differs from the original from the first upsampling
# on, as if the device had the wrong resize mode.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np, onnx, onnxruntime
from onnx import TensorProto as T, helper as h
from onnx.reference import ReferenceEvaluator

onnxruntime.set_default_logger_severity(4)
from onnx import version_converter

def model(text):
    m = onnx.parser.parse_model("<ir_version: 10, opset_import: [\"\" : 21]>\n" + text)
    return m


def ort(m, feed, names=None):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    s = onnxruntime.InferenceSession(m.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return s.run(names, feed)


def reference(m, feed):
    return ReferenceEvaluator(m).run(None, feed)


x = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
scale = "<float[4] s = {1.0, 1.0, 1.0, 2.0}>"
for old, new, extra, body in ((9, 13, scale, 'Upsample<mode = "linear">(x, s)'), (10, 13, scale, 'Resize<mode = "linear">(x, s)'),
                              (11, 13, "", "Softmax(x)"), (11, 13, "", "Hardmax(x)")):
    m = model("agraph (float[1,1,2,2] x) => (float[a,b,c,d] y) %s { y = %s }" % (extra, body))
    m.opset_import[0].version = old
    m.ir_version = 8
    converted = version_converter.convert_version(m, new)
    print(body, "opset", old, np.round(ort(m, {"x": x})[0].ravel()[:4].astype(float), 3).tolist(), "as opset", new,
          np.round(ort(converted, {"x": x})[0].ravel()[:4].astype(float), 3).tolist(), [n.op_type for n in converted.graph.node])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
Upsample<mode = "linear">(x, s) opset 9 [0.0, 0.5, 1.0, 1.0] as opset 13 [0.0, 0.25, 0.75, 1.0] ['Constant', 'Resize']
Resize<mode = "linear">(x, s) opset 10 [0.0, 0.5, 1.0, 1.0] as opset 13 [0.0, 0.25, 0.75, 1.0] ['Constant', 'Resize']
Softmax(x) opset 11 [0.032, 0.087, 0.237, 0.644] as opset 13 [0.032, 0.087, 0.237, 0.644] ['Shape', 'Flatten', 'Softmax', 'Reshape']
Hardmax(x) opset 11 [0.0, 0.0, 0.0, 1.0] as opset 13 [0.0, 1.0, 0.0, 1.0] ['Hardmax']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
