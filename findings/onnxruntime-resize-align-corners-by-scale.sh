#!/bin/sh
# Resize with align_corners and a scale that leaves a fraction: ONNX Runtime and the reference pick other
# pixels
# Expected: the same answer; the operator is specified by a formula and its test vectors.
# Seen: 4 columns times 0.6 give 2 columns. ONNX Runtime maps the last one to the last input column (3), as
# aligned corners suggest; the reference uses the unrounded length 2.4 and maps it beyond, to 3 - 0.857. With
# sizes instead of scales both agree. ONNX's own test vectors for this case fail in ONNX Runtime.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: the same node gives two golden tensors; write sizes, not scales, into a model that is to be
# compared.
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

x = np.arange(4, dtype=np.float32).reshape(1, 1, 1, 4)
for how, extra, value in (("scales", "sc", "float[4] sc = {1.0, 1.0, 1.0, 0.6}"),
                          ("sizes", "\"\", si", "int64[4] si = {1, 1, 1, 2}")):
    for mode in ("linear", "cubic"):
        m = model("""agraph (float[1,1,1,4] x) => (float[a,b,c,d] y) <%s> {
          y = Resize<mode = "%s", coordinate_transformation_mode = "align_corners">(x, "", %s)
        }""" % (value, mode, extra))
        for name, run in (("onnxruntime", ort), ("reference", reference)):
            print(how, mode, name, [round(float(v), 4) for v in run(m, {"x": x})[0].ravel()])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
scales linear onnxruntime [0.0, 3.0]
scales linear reference [0.0, 2.1429]
scales cubic onnxruntime [0.0, 3.0]
scales cubic reference [0.0, 2.1997]
sizes linear onnxruntime [0.0, 3.0]
sizes linear reference [0.0, 3.0]
sizes cubic onnxruntime [0.0, 3.0]
sizes cubic reference [0.0, 3.0]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
