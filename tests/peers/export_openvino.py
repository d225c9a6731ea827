#!/usr/bin/env python3
"""OpenVINO reads the IR of a real model as `mmtui export --to openvino --base` has marked it: the marks are on exactly the
chosen operators, all other bytes are those of the file, and the CPU runs them in f32 where the rest is bf16.

Usage: export_openvino.py MODEL FOLDER   (needs openvino, numpy; MMTUI is the program; bf16 needs a processor that has it)
"""

import pathlib
import shutil
import sys

import openvino as ov
from exporting import export, said

MODEL, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
# with a bias (two layers), a reduction, an element-wise one: none that is fused into another
CHOSEN = ("p2o.Conv.3", "p2o.GlobalAveragePool.2", "p2o.Mul.2")
LAYERS = {"p2o.Conv.3", "p2o.Conv.3/WithoutBiases", "p2o.GlobalAveragePool.2", "p2o.Mul.2"}
CORE = ov.Core()


def marks(path):
    """As OpenVINO reads them: their key begins with DisablePrecisionConversion, or (before 2026) precise."""
    found = {}
    for op in CORE.read_model(path).get_ops():
        keys = [key for key in list(op.get_rt_info()) if key.startswith(("DisablePrecisionConversion", "precise"))]
        if keys:
            found[op.get_friendly_name()] = keys
    return found


def precisions(path, hint):
    """{operator of the model: the precision that it is run in}; a fused layer is all of its operators."""
    compiled = CORE.compile_model(CORE.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": hint})
    found = {}
    for op in compiled.get_runtime_model().get_ops():
        info = op.get_rt_info()
        for name in info["originalLayersNames"].astype(str).split(","):
            if name.startswith("p2o."):
                found[name] = (info["runtimePrecision"].astype(str), info["originalLayersNames"].astype(str))
    return found


def without_marks(text):
    mark = '\n\t\t\t<rt_info>\n\t\t\t\t<attribute name="precise" version="0" />\n\t\t\t</rt_info>'
    return text.replace(mark, ""), text.count(mark)


FOLDER.mkdir(parents=True, exist_ok=True)
base = FOLDER / "base.xml"
ov.save_model(CORE.read_model(MODEL), base, compress_to_fp16=False)
before = base.read_text()
for name in sorted(LAYERS):
    assert f'name="{name}" ' in before
folder = export("openvino", MODEL, dict.fromkeys(CHOSEN, "FLOAT32"), FOLDER, more=["--base", str(base)])
shutil.copy(FOLDER / "base.bin", folder / "model.bin")
assert without_marks((folder / "model.xml").read_text()) == (before, len(LAYERS))
assert marks(base) == {}
assert marks(folder / "model.xml").keys() == LAYERS, marks(folder / "model.xml")
said("openvino", f"marks on exactly {sorted(LAYERS)}, all other bytes are the file's")

usual, now = precisions(base, "bf16"), precisions(folder / "model.xml", "bf16")
assert {usual[name][0] for name in LAYERS} == {"bf16"}, "this processor does not compute in bf16"
changed = {name for name in usual if name in now and now[name][0] != usual[name][0]}
together = {name for name in changed if set(now[name][1].split(",")) & LAYERS}
assert LAYERS <= changed == together, changed  # and what is fused into them
assert {now[name][0] for name in changed} == {"f32"}
said("openvino", f"with the hint bf16 the CPU runs {sorted(changed)} in f32, {len(usual) - len(changed)} others as before")
