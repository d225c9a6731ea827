"""What TPU-MLIR's own passes make of a qtable that mmtui wrote: a real model in FLOAT32, with 16 bits for a few operators; the
addresses that they give to the tensors tell how many bytes each takes.

The wheel of tpu-mlir is for Python 3.10. Its programs may not run everywhere (tpuc-opt of 1.30.2 stops with a segmentation
fault on Debian 12), so its passes are run by its module pymlir, as its own scripts can.

Usage: export_sophgo.py MMTUI MODEL FOLDER (by a Python that has pymlir and tpu_mlir, and TPUC_ROOT; writes into FOLDER)
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

MMTUI = os.path.abspath(shutil.which(sys.argv[1]))
MODEL, FOLDER = (pathlib.Path(argument).resolve() for argument in sys.argv[2:])
TRANSFORM = os.path.join(os.environ["TPUC_ROOT"], "python/tools/model_transform.py")
LOWER = """
import sys
import pymlir
from utils.mlir_shell import lowering_options, top_opt_options, tpu_ada_options, tpu_opt_options
passes = ['--init="weight_in_mem=False"', *top_opt_options(),
          *lowering_options("F32", "bm1684x", quantize_table=sys.argv[1] if len(sys.argv) > 1 else None),
          *tpu_opt_options(mlir_disable_threading=False), *filter(None, tpu_ada_options(disable_layer_group=True)),
          "--show-address", '--deinit="no_save_weight=True"']
pymlir.run_pass_pipeline(open("cls_origin.mlir").read(), passes)
"""
# by output tensor: type of the operator in the model, precision
CHOSEN = {"relu_0.tmp_0": ("Relu", "FLOAT16"), "relu_3.tmp_0": ("Relu", "BFLOAT16"), "p2o.Add.25": ("Add", "FLOAT16")}


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=FOLDER, capture_output=True, text=True)


def sizes(*table):
    """Bytes that each tensor of the lowered model takes."""
    done = python("-c", LOWER, *table)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    found = {name: int(size, 16) for name, size in re.findall(r"^\[(\S+)\] : addr\[.*\), size\[(0x[0-9A-Fa-f]+)\]", done.stdout + done.stderr, re.M)}
    assert len(found) > 90, len(found)
    return found


def operators_of(mlir):
    """Locations of all operators, without weights."""
    names = dict(re.findall(r'^#loc(\d+) = loc\("([^"]+)"\)', mlir, re.M))
    return {names[number] for number in re.findall(r'"top\.(?!Weight|None)\w+".* loc\(#loc(\d+)\)$', mlir, re.M)}


def mmtui(*arguments):
    done = subprocess.run([MMTUI, *arguments], cwd=FOLDER, capture_output=True, text=True, env={**os.environ, "LD_LIBRARY_PATH": ""})
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copy(MODEL, FOLDER / "model.onnx")
    said = python(TRANSFORM, "--model_name", "cls", "--model_def", "model.onnx", "--input_shapes", "[[1,3,48,192]]", "--mlir", "cls.mlir")
    assert (FOLDER / "cls_origin.mlir").exists(), said.stderr[-2000:]
    locations = operators_of((FOLDER / "cls_origin.mlir").read_text())
    for tensor, (kind, _) in CHOSEN.items():
        assert f"{tensor}_{kind}" in locations, tensor

    overrides = [{"name": tensor, "op_type": "", "tensor": tensor, "precision": precision, "why": "", "figures": {}}
                 for tensor, (_, precision) in CHOSEN.items()]
    (FOLDER / "plan.json").write_text(
        json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": {}, "overrides": overrides}))
    mmtui("export", "--plan", "plan.json", "--model", "model.onnx", "--to", "sophgo", "out")
    read = json.loads(mmtui("plan", "--from", "sophgo", "out/qtable", "--model", "model.onnx"))
    assert {item["tensor"]: item["precision"] for item in read["overrides"]} == {t: p for t, (_, p) in CHOSEN.items()}, read

    was, now = sizes(), sizes("out/qtable")
    chosen = {f"{tensor}_{kind}" for tensor, (kind, _) in CHOSEN.items()}
    for name in chosen:
        assert now[name] * 2 == was[name], (name, was[name], now[name])
    operators = [name for name in was if name in locations and name not in chosen]
    assert len(operators) > 60, len(operators)
    others = {name: (was[name], now.get(name)) for name in operators if now.get(name) != was[name]}
    assert not others, others
    added = [name for name in now if name not in was and not any(part in name for part in chosen)]
    assert not added, added
    print(f"tpu-mlir: {len(chosen)} operators of {len(operators) + len(chosen)} have 16 bits, as chosen")


main()
