#!/usr/bin/env python3
"""ESP-PPQ quantises a real model with the exported dispatching table: exactly the chosen operators get another platform,
and what they give is rounded to 16 bits, or not at all.

Usage: export_esp_ppq.py MODEL FOLDER   (needs esp-ppq, torch, onnx; MMTUI is the program)
"""

import sys

import onnx
import torch
from esp_ppq import QuantizationSettingFactory
from esp_ppq.api import espdl_quantize_onnx
from exporting import export, said

MODEL, FOLDER = sys.argv[1:]
FLOAT, WIDE = {"p2o.Conv.3", "p2o.Conv.13", "p2o.GlobalAveragePool.2"}, {"p2o.Conv.1", "p2o.Add.6"}
WITH = {"p2o.Relu.0"}  # ESP-PPQ fuses it with Conv.1 and gives both one platform
TARGET = "esp32p4"
# ESP-PPQ wants static shapes and opset 10 or later; the converter keeps the names of nodes
model = onnx.version_converter.convert_version(onnx.load(MODEL), 13)
for dim, size in zip(model.graph.input[0].type.tensor_type.shape.dim, (1, 3, 48, 192)):
    dim.dim_value = size
NEWER = FOLDER + "/newer.onnx"


def quantised(prepare):
    """{operator: (its platform, the bits of its outputs)}."""
    setting = QuantizationSettingFactory.espdl_setting()
    prepare(setting)
    torch.manual_seed(0)
    data = [torch.randn(1, 3, 48, 192) for _ in range(2)]
    graph = espdl_quantize_onnx(NEWER, FOLDER + "/out.espdl", data, 2, [1, 3, 48, 192], target=TARGET, setting=setting,
                                error_report=False, skip_export=True)
    found = {}
    for name, op in graph.operations.items():
        configs = op.config.output_quantization_config if hasattr(op, "config") else []
        found[name] = (op.platform.name, sorted({config.num_of_bits for config in configs}))
    return found


def main():
    chosen = {**dict.fromkeys(FLOAT, "FLOAT32"), **dict.fromkeys(WIDE, "INT16"), "no such": "FLOAT32"}
    export("esp-ppq", MODEL, chosen, FOLDER)
    onnx.save(model, NEWER)
    from dispatching import dispatch

    missing = []
    usual = quantised(lambda setting: None)
    now = quantised(lambda setting: missing.extend(dispatch(setting, TARGET, NEWER)))
    assert missing == ["no such"], missing
    changed = {name for name in now if name in usual and now[name] != usual[name]}
    assert changed == FLOAT | WIDE | WITH, (changed, {name: (usual[name], now[name]) for name in changed})
    assert all(now[name] == ("FP32", []) for name in FLOAT), now
    assert all(now[name] == ("ESPDL_INT16", [16]) for name in WIDE | WITH), now
    said("esp-ppq", f"FP32 are {sorted(FLOAT)}, INT16 {sorted(WIDE | WITH)}, the other {len(now) - len(changed)} as before")


main()
