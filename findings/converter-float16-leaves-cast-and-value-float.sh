#!/bin/sh
# A Cast to float, a Constant with value_float: onnxconverter-common leaves both in float32, and the model
# does not load
# Expected: every float32 tensor becomes float16, or is cast where it meets one.
# Seen: attributes are converted only when they hold tensors; Constant's value_float and Cast's to = 1 stay,
# their results meet float16 in the next Add and ONNX Runtime refuses the model for its types. The same models
# with a tensor constant convert. With keep_io_types, a graph output that is used inside too is cast to
# float32 before the use.
# Versions: onnxconverter-common 1.16.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6, 2026-11-30.
# Why it matters: exporters put such casts and constants around masks; the half-precision reference then has
# to be made otherwise, or differs in which part runs in float32.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 onnxconverter-common==1.16.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import onnx
import onnxruntime
from onnxconverter_common import float16

onnxruntime.set_default_logger_severity(4)
bodies = {
    "Constant value": "c = Constant<value = float {2.0}>() y = Add(x, c)",
    "Constant value_float": "c = Constant<value_float = 2.0>() y = Add(x, c)",
    "Cast to float": "i = Cast<to = 7>(x) c = Cast<to = 1>(i) y = Add(x, c)",
}
for name, body in bodies.items():
    m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
    agraph (float[2] x) => (float[2] y) { %s }""" % body)
    for shapes in (False, True):
        copy = onnx.ModelProto.FromString(m.SerializeToString())
        r = float16.convert_float_to_float16(copy, disable_shape_infer=shapes)
        try:
            onnxruntime.InferenceSession(r.SerializeToString(), providers=["CPUExecutionProvider"])
            out = "loads"
        except Exception as error:
            out = "refused, " + ("type error" if "Type Error" in str(error) else str(error)[:100])
        print(name, "disable_shape_infer" if shapes else "default", out)
m = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
agraph (float[2] x) => (float[2] y, float[2] z) { y = Add(x, x) z = Mul(y, y) }""")
r = float16.convert_float_to_float16(m, keep_io_types=True)
print([(n.op_type, n.input[0], n.output[0]) for n in r.graph.node])
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
Constant value default loads
Constant value disable_shape_infer loads
Constant value_float default refused, type error
Constant value_float disable_shape_infer refused, type error
Cast to float default refused, type error
Cast to float disable_shape_infer refused, type error
[('Cast', 'x', 'x_cast_to_'), ('Add', 'x_cast_to_', '_cast_to_y'), ('Cast', '_cast_to_y', 'y'), ('Mul', 'y', '_cast_to_z'), ('Cast', '_cast_to_z', 'z')]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
