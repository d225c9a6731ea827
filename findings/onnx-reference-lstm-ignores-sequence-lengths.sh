#!/bin/sh
# ONNX's reference evaluator ignores sequence_lens, clip and activations of LSTM, GRU and RNN, in silence
# Expected: what it does not implement it refuses; the plain forms of all three agree with ONNX Runtime to
# 1e-7.
# Seen: steps behind a sequence's end are computed on (ONNX Runtime gives 0 there), Y_h is the state after the
# padding, clip and LSTM's activations and input_forget have no effect. Only RNN with Relu raises.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: a golden of a padded batch is wrong in each padded step and in the final state, which is
# what is used; the error looks like a fault of the device's mask.
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


rng = np.random.default_rng(0)
shapes = {"LSTM": 4, "GRU": 3, "RNN": 1}
for op, gates in shapes.items():
    feed = {"x": rng.normal(size=(4, 1, 3)), "w": rng.normal(size=(1, gates * 2, 3)), "r": rng.normal(size=(1, gates * 2, 2))}
    feed = {k: v.astype(np.float32) for k, v in feed.items()}
    feed["n"] = np.array([2], np.int32)
    kinds = [("plain", "x, w, r", ""), ("sequence_lens 2 of 4", "x, w, r, , n", ""), ("clip 0.1", "x, w, r", ", clip = 0.1")]
    if op == "LSTM":
        kinds += [("activations", "x, w, r", ', activations = ["Relu", "Tanh", "Sigmoid"]'),
                  ("input_forget", "x, w, r", ", input_forget = 1")]
    for name, inputs, extra in kinds:
        m = model("""agraph (float[4,1,3] x, float[1,%d,3] w, float[1,%d,2] r, int32[1] n) => (float[4,1,1,2] y, float[1,1,2] h) {
          y, h = %s<hidden_size = 2%s>(%s)
        }""" % (gates * 2, gates * 2, op, extra, inputs))
        a, b = ort(m, feed), reference(m, feed)
        print(op, name, "Y", "equal" if np.allclose(a[0], b[0], atol=1e-5) else "differs", "Y_h",
              "equal" if np.allclose(a[1], b[1], atol=1e-5) else "differs",
              "zeros at the end: onnxruntime %d, reference %d" % ((a[0][2:] == 0).sum(), (b[0][2:] == 0).sum()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
LSTM plain Y equal Y_h equal zeros at the end: onnxruntime 0, reference 0
LSTM sequence_lens 2 of 4 Y differs Y_h differs zeros at the end: onnxruntime 4, reference 0
LSTM clip 0.1 Y differs Y_h differs zeros at the end: onnxruntime 0, reference 0
LSTM activations Y differs Y_h differs zeros at the end: onnxruntime 1, reference 0
LSTM input_forget Y differs Y_h differs zeros at the end: onnxruntime 0, reference 0
GRU plain Y equal Y_h equal zeros at the end: onnxruntime 0, reference 0
GRU sequence_lens 2 of 4 Y differs Y_h differs zeros at the end: onnxruntime 4, reference 0
GRU clip 0.1 Y differs Y_h differs zeros at the end: onnxruntime 0, reference 0
RNN plain Y equal Y_h equal zeros at the end: onnxruntime 0, reference 0
RNN sequence_lens 2 of 4 Y differs Y_h differs zeros at the end: onnxruntime 4, reference 0
RNN clip 0.1 Y differs Y_h differs zeros at the end: onnxruntime 0, reference 0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
