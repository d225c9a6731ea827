#!/usr/bin/env python3
"""What mindstudio-probe (msprobe) writes of a small network on the CPU: files/msprobe.zip with a folder `tensor` (task tensor) and
`statistics` (task statistics), and expected.npz, the modules' outputs as hooks of this script saw them.

Usage: msprobe_dump.py FOLDER    Process numbers and paths in what it writes are replaced by those of nobody.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import torch
from msprobe.pytorch import PrecisionDebugger
from torch import nn

PROCESS = "proc1000"


def settings(task):
    common = {"scope": [], "list": [], "data_mode": ["forward"], "summary_mode": "statistics"}
    return {"task": task, "dump_path": f"dump_{task}", "rank": [], "step": [], "level": "mix", "statistics": {**common, "tensor_list": []},
            "tensor": common}


def network():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)).eval()
    return model, torch.randn(2, 3, 6, 6)


def run(task, folder):
    """The network under msprobe, one task a process; beside it what its modules gave."""
    model, x = network()
    seen = {}
    config = folder / f"{task}.json"
    config.write_text(json.dumps({**settings(task), "dump_path": str(folder / task)}))
    for name, module in model.named_children():
        kind = type(module).__name__
        module.register_forward_hook(lambda m, i, o, key=f"Module.{name}.{kind}.forward.0.output.0": seen.update({key: o.detach().numpy().copy()}))
    debugger = PrecisionDebugger(config_path=str(config))
    debugger.start(model=model)
    model(x)
    debugger.stop()
    debugger.step()
    np.savez(folder / "expected.npz", **seen)


def nobody(path, folder):
    """A file as it is kept: (name, bytes)."""
    data = path.read_bytes()
    if path.suffix == ".json":
        text = re.sub(r'"dump_data_dir": "[^"]*"', f'"dump_data_dir": "/dump/{PROCESS}/dump_tensor_data"', data.decode())
        text = re.sub(r'/[^ ",]*/(?=site-packages/|[^/ ",]*\.py)', "", text.replace(str(folder), "/dump"))
        data = re.sub(r"proc\d+", PROCESS, text).encode()
    return re.sub(r"proc\d+", PROCESS, path.relative_to(folder).as_posix()), data


def add(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def main():
    if sys.argv[1] == "--task":
        run(sys.argv[2], pathlib.Path(sys.argv[3]))
        return
    out = pathlib.Path(sys.argv[1]) / "msprobe.zip"
    with tempfile.TemporaryDirectory() as text, zipfile.ZipFile(out, "w") as archive:
        folder = pathlib.Path(text)
        for task in ("tensor", "statistics"):
            subprocess.run([sys.executable, __file__, "--task", task, folder], check=True, stdout=subprocess.DEVNULL)
            for path in sorted(p for p in (folder / task).rglob("*") if p.is_file()):
                add(archive, *nobody(path, folder))
        add(archive, "expected.npz", (folder / "expected.npz").read_bytes())


if __name__ == "__main__":
    main()
