#!/bin/sh
# MaxPool in one dimension with padding: ONNX's reference evaluator makes 4 elements of 5, shifts the window,
# or raises
# Expected: kernel 2 over 5 elements padded by one behind gives 5; by one in front gives the window shifted
# the other way.
# Seen: in one dimension the reference drops the last element for pads [0, 1]; for [1, 0] and [1, 1] it raises
# IndexError, or, with ceil_mode, begins one element too late and has one element too few. Without padding all
# agree.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: "same" padding exported from TensorFlow is one-sided; the golden of a 1-D network (speech,
# sensors) has another length or is shifted by one.
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


x = np.array([1, 5, 2, 4, 3], np.float32)
for pads in ((0, 0), (0, 1), (1, 0), (1, 1)):
    for extra in ("", ", ceil_mode = 1"):
        m = model("""agraph (float[1,1,5] x) => (float[1,1,N] y) {
          y = MaxPool<kernel_shape = [2], pads = [%d, %d]%s>(x)
        }""" % (*pads, extra))
        feed = {"x": x.reshape(1, 1, 5)}
        try:
            got = reference(m, feed)[0].ravel().astype(int).tolist()
        except IndexError:
            got = "IndexError"
        print("pads", list(pads), extra[2:] or "floor", "onnxruntime", ort(m, feed)[0].ravel().astype(int).tolist(), "reference", got)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
pads [0, 0] floor onnxruntime [5, 5, 4, 4] reference [5, 5, 4, 4]
pads [0, 0] ceil_mode = 1 onnxruntime [5, 5, 4, 4] reference [5, 5, 4, 4]
pads [0, 1] floor onnxruntime [5, 5, 4, 4, 3] reference [5, 5, 4, 4]
pads [0, 1] ceil_mode = 1 onnxruntime [5, 5, 4, 4, 3] reference [5, 5, 4, 4]
pads [1, 0] floor onnxruntime [1, 5, 5, 4, 4] reference IndexError
pads [1, 0] ceil_mode = 1 onnxruntime [1, 5, 5, 4, 4] reference [5, 5, 4, 4, 3]
pads [1, 1] floor onnxruntime [1, 5, 5, 4, 4, 3] reference IndexError
pads [1, 1] ceil_mode = 1 onnxruntime [1, 5, 5, 4, 4, 3] reference [5, 5, 4, 4, 3]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
