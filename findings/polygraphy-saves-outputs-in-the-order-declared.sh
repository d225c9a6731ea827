#!/bin/sh
# Polygraphy: saved outputs stand in the order in which the model declares them, not in the order of execution
# Expected: --save-outputs keeps the order in which tensors are computed, so that the first one that differs is the
# first that went wrong: with every tensor marked as an output it does.
# Seen: a model that computes z, m, a, b and declares b and a as its outputs is saved as b, a. With
# --onnx-outputs mark all the same run is saved as z, m, a, b.
# Versions: polygraphy 0.53.6, onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: whoever reads such a file from the top takes a late tensor for the first that is wrong.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 polygraphy==0.53.6
cd "$work"
venv/bin/python - <<'END_OF_CODE'
import onnx
from onnx import TensorProto, helper

nodes = [helper.make_node("Relu", ["x"], ["z"]), helper.make_node("Neg", ["z"], ["m"]),
         helper.make_node("Abs", ["m"], ["a"]), helper.make_node("Exp", ["z"], ["b"])]
x, b, a = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xba")
graph = helper.make_graph(nodes, "g", [x], [b, a])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 9
onnx.save(model, "m.onnx")
END_OF_CODE
saved() { # FILE OPTIONS...: what is saved, in its order
    file=$1
    shift
    venv/bin/polygraphy run m.onnx --onnxrt --save-outputs "$file" "$@" >log 2>&1 || { cat log >&2; exit 1; }
    venv/bin/python -c "
import sys
from polygraphy.comparator import RunResults
print(*dict(RunResults.load(sys.argv[1])[0][1][0]))" "$file" 2>>log | tail -n 1
}
{
    echo "declared: $(saved declared.json)"
    echo "mark all: $(saved all.json --onnx-outputs mark all)"
} >seen
cat >recorded <<'END_OF_RECORD'
declared: b a
mark all: z m a b
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
