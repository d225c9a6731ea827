"""What rknn-toolkit2 makes of a quantization.cfg that mmtui has filled in: hybrid quantisation of a real model, whose result
is asked which tensors are not INT8.

Usage: export_rknn.py MMTUI MODEL FOLDER (needs rknn-toolkit2; writes into FOLDER). The model is that of tests/fetch_model.sh.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np

MMTUI = os.path.abspath(shutil.which(sys.argv[1]))
MODEL, FOLDER = (os.path.abspath(argument) for argument in sys.argv[2:])
STEP1 = """
from rknn.api import RKNN
rknn = RKNN()
assert rknn.config(target_platform="rk3588") == 0
assert rknn.load_onnx("model.onnx", inputs=["x"], input_size_list=[[1, 3, 48, 192]]) == 0
assert rknn.hybrid_quantization_step1(dataset="dataset.txt", proposal=False) == 0
"""
STEP2 = """
import sys
from rknn.api import RKNN
rknn = RKNN(verbose=True)
assert rknn.config(target_platform="rk3588") == 0
assert rknn.hybrid_quantization_step2("model.model", "model.data", sys.argv[1]) == 0
"""
# by the operator's name in the model: tensor and precision
CHOSEN = {"hardswish_0.tmp_0": "FLOAT16", "relu_3.tmp_0": "INT16", "p2o.Add.25": "FLOAT16"}


def run(script, *arguments):
    """What the toolkit prints."""
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=FOLDER, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def dtypes(said):
    """What the compiled network's tensors are, by the table of its memory."""
    return {name: dtype for name, dtype in re.findall(r"^D RKNN: \[[^]]*\] \d+ +\S+ +(\S+) +(INT8|INT16|FLOAT16) +N", said, re.M)}


def step2(cfg):
    status, said = run(STEP2, cfg)
    assert status == 0, said[-2000:]
    return dtypes(said)


def mmtui(*arguments, status=0):
    done = subprocess.run([MMTUI, *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.stderr)
    return done.stdout, done.stderr


def plan_of(chosen):
    overrides = [{"name": name, "op_type": "", "tensor": name, "precision": precision, "why": "", "figures": {}}
                 for name, precision in chosen.items()]
    pathlib.Path(FOLDER, "plan.json").write_text(
        json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": {}, "overrides": overrides}))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    rng = np.random.default_rng(1)
    for i in range(4):
        np.save(os.path.join(FOLDER, f"x{i}.npy"), rng.uniform(-1, 1, (1, 3, 48, 192)).astype(np.float32))
    pathlib.Path(FOLDER, "dataset.txt").write_text("".join(f"x{i}.npy\n" for i in range(4)))
    pathlib.Path(FOLDER, "model.onnx").write_bytes(pathlib.Path(MODEL).read_bytes())
    status, said = run(STEP1)
    assert status == 0, said[-2000:]
    before = pathlib.Path(FOLDER, "model.quantization.cfg").read_text()

    options = ["--plan", "plan.json", "--model", "model.onnx", "--to", "rknn", "--base", "model.quantization.cfg"]
    plan_of({})
    mmtui("export", *options, "none")
    assert pathlib.Path(FOLDER, "none/quantization.cfg").read_text() == before, "an empty plan changes the file"
    plan_of(CHOSEN)
    mmtui("export", *options, "out")
    after = pathlib.Path(FOLDER, "out/quantization.cfg").read_text()
    assert after.split("quantize_parameters:")[1] == before.split("quantize_parameters:")[1], "the rest was changed"
    read, _ = mmtui("plan", "--from", "rknn", "out/quantization.cfg", "--model", "model.onnx")
    back = {override["tensor"]: override["precision"] for override in json.loads(read)["overrides"]}
    assert back == CHOSEN, back

    was, now = step2("model.quantization.cfg"), step2("out/quantization.cfg")
    assert len(was) > 90, len(was)
    for tensor, precision in CHOSEN.items():
        assert was[tensor] == "INT8" and now[tensor] == precision, (tensor, was[tensor], now[tensor])
    others = {tensor for tensor in was if tensor not in CHOSEN and now.get(tensor, was[tensor]) != was[tensor]}
    assert not others, others

    # a tensor that the toolkit fused away: told by mmtui, refused by the toolkit
    plan_of({"conv2d_1.tmp_0": "FLOAT16", "nothing": "FLOAT16"})
    _, told = mmtui("export", *options, "refused", status=2)
    assert "so the toolkit refuses the file" in told, told
    mmtui("export", *options, "--force", "refused")
    status, said = run(STEP2, "refused/quantization.cfg")
    assert status != 0 and "Invalid operands name" in said, said[-500:]
    print(f"rknn-toolkit2: {len(CHOSEN)} tensors of {len(was)} changed, as chosen")


main()
