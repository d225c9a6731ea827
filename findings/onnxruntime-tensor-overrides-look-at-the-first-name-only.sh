#!/bin/sh
# quantize_static refuses an unknown tensor in TensorQuantOverrides when it comes first, and passes over it otherwise
# Expected: extra_options["TensorQuantOverrides"] is checked as a whole: a tensor that the model does not have is an error
# (there is one: "is not present in the model"), wherever it stands in the dictionary.
# Seen: only the first entry is looked at. With the unknown name first there is a ValueError, with the same two entries in
# the other order the model is written without a word.
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, 2026-12-01.
# Why it matters: a list of 16-bit exceptions, of which some names are those of another export of the model, looks accepted,
# and these tensors stay in 8 bits. Compare the names with the model's own before, or the types of the zero points after.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import logging
import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

logging.disable(logging.CRITICAL)


class Data(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"x": np.linspace(-1, 1, 4, dtype="f4").reshape(1, 4)}])

    def get_next(self):
        return next(self.rest, None)


value = helper.make_tensor_value_info
w = numpy_helper.from_array(np.eye(4, dtype="f4"), "w")
graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [value("x", 1, [1, 4])],
                          [value("y", 1, [1, 4])], [w])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
model.ir_version = 10
onnx.save(model, "m.onnx")
wide = [{"quant_type": QuantType.QInt16}]
for overrides in ({"no such": wide, "y": wide}, {"y": wide, "no such": wide}):
    try:
        quantize_static("m.onnx", "q.onnx", Data(), extra_options={"TensorQuantOverrides": overrides})
        q = onnx.load("q.onnx").graph
        types = {i.name: numpy_helper.to_array(i).dtype for i in q.initializer}
        made = {n.input[0]: str(types[n.input[2]]) for n in q.node if n.op_type == "QuantizeLinear"}
        print(list(overrides), "written:", dict(sorted(made.items())))
    except ValueError as error:
        print(list(overrides), "refused:", error)
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
['no such', 'y'] refused: Tensor 'no such' in TensorQuantOverrides is not present in the model
['y', 'no such'] written: {'x': 'int8', 'y_QuantizeLinear_Input': 'int16'}
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
