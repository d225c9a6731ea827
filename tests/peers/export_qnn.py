#!/usr/bin/env python3
"""AIMET loads the encodings that `mmtui export --to qnn` writes for a real model, in both versions: exactly the
quantizers of the chosen operators' results and weights become floats of 16 bits.

Usage: export_qnn.py MODEL FOLDER   (needs aimet-onnx, onnx; MMTUI is the program)
"""

import json
import logging
import sys

import onnx
from aimet_onnx.quantsim import QuantizationSimModel, load_encodings_to_sim
from exporting import export, said

MODEL, FOLDER = sys.argv[1:]
CHOSEN = ("p2o.Conv.3", "p2o.Conv.1", "p2o.Mul.2")
TENSORS = {"conv2d_55.tmp_0", "conv2d_3.w_0", "conv2d_54.tmp_0", "conv2d_1.w_0", "p2o.Mul.3"}
logging.disable(logging.CRITICAL)
NEWER = onnx.version_converter.convert_version(onnx.load(MODEL), 13).SerializeToString()


def precisions(encodings=None):
    sim = QuantizationSimModel(onnx.ModelProto.FromString(NEWER))
    if encodings:
        load_encodings_to_sim(sim, encodings, strict=False, disable_missing_quantizers=False)
    return {name: (q.enabled, q.data_type.name, q.bitwidth) for name, q in sim.qc_quantize_op_dict.items()}


usual = precisions()
for version in ("0.6.1", "1.0.0"):
    folder = export("qnn", MODEL, dict.fromkeys(CHOSEN, "FLOAT16"), FOLDER, more=["--for", version])
    path = folder / "overrides.encodings"
    assert json.loads(path.read_text())["version"] == version
    now = precisions(str(path))
    changed = {name for name in now if now[name] != usual.get(name)}
    assert changed == TENSORS, (version, changed)
    assert {now[name] for name in changed} == {(True, "float", 16)}
    said("qnn", f"encodings {version}: floats of 16 bits are exactly {sorted(changed)}, {len(now) - len(changed)} as before")
try:
    export("qnn", MODEL, {"no.such.node": "FLOAT16"}, FOLDER)
    precisions(str(path))
    raise SystemExit("a name that the model does not have was accepted")
except AssertionError as error:
    assert "no.such.node" in str(error), error
    said("qnn", "a name that the model does not have is refused")
