#!/bin/sh
# ONNX's shape inference promises a row more than MaxPool with ceil_mode makes, and a bin more than STFT
# Expected: inferred shapes are those of the tensors.
# Seen: MaxPool of 4 elements with kernel 1, stride 2 and ceil_mode is inferred as 3 and has 2 (a window must
# not start behind the input). STFT with its default onesided = 1 and a window of 4 is inferred with 4 bins
# and has 3: the default is taken for 0. In strict mode too.
# Versions: onnx 1.23.2, onnxruntime 1.32.0 (CPU), numpy 2.4.6, 2026-11-30.
# Why it matters: shapes from the model are used to read raw dumps that carry none; one element too many
# shifts all channels.
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


for body, shape, dims, extra in (
        ("MaxPool<kernel_shape = [1], strides = [2], ceil_mode = 1>(x)", (1, 1, 4), 3, ""),
        ("AveragePool<kernel_shape = [1], strides = [2], ceil_mode = 1>(x)", (1, 1, 4), 3, ""),
        ("STFT(x, step, window)", (1, 9, 1), 4, "<int64 step = {3}, float[4] window = {1.0, 1.0, 1.0, 1.0}>")):
    m = model("agraph (float[%s] x) => (float[%s] y) %s { y = %s }"
              % (",".join(map(str, shape)), ",".join("abcd"[:dims]), extra, body))
    m.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(m, strict_mode=True).graph.output[0].type.tensor_type.shape
    m = model("agraph (float[%s] x) => (float[%s] y) %s { y = %s }"
              % (",".join(map(str, shape)), ",".join("abcd"[:dims]), extra, body))
    feed = {"x": np.zeros(shape, np.float32)}
    print(body, "inferred", [d.dim_value for d in inferred.dim], "onnxruntime", list(ort(m, feed)[0].shape),
          "reference", list(reference(m, feed)[0].shape))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
MaxPool<kernel_shape = [1], strides = [2], ceil_mode = 1>(x) inferred [1, 1, 3] onnxruntime [1, 1, 2] reference [1, 1, 2]
AveragePool<kernel_shape = [1], strides = [2], ceil_mode = 1>(x) inferred [1, 1, 3] onnxruntime [1, 1, 2] reference [1, 1, 2]
STFT(x, step, window) inferred [1, 2, 4, 2] onnxruntime [1, 2, 3, 2] reference [1, 2, 3, 2]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
