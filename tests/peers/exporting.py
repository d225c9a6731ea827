"""What the export_*.py scripts share: a plan, and what `mmtui export` makes of it for a real model."""

import json
import os
import pathlib
import subprocess
import sys

MMTUI = os.environ.get("MMTUI", "mmtui")
# A plan with a name that the model does not have is exported all the same, to see that the script tells.
FORCE = ["--force"]


# The file that a plan is read back from.
MAIN = {
    "onnxruntime": "quantize.json",
    "onnxconverter": "to_float16.json",
    "trtexec": "trtexec.sh",
    "polygraphy": "constraints.py",
    "modelopt": "to_mixed.json",
}


def export(dialect, model, overrides, folder, settings=None, more=()):
    """The folder with the files of the dialect; overrides: {name: precision}; more: further options."""
    folder = pathlib.Path(folder) / dialect
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"name": name, "precision": precision} for name, precision in overrides.items()]
    plan = {"format": "mmtui-plan", "schema_version": 2, "settings": settings or {}, "overrides": rows}
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    command = [MMTUI, "export", "--plan", path, "--model", model, "--to", dialect, *more, folder]
    subprocess.run(command + FORCE, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if dialect in MAIN:
        assert read_back(dialect, folder / MAIN[dialect], model) == overrides
    sys.path.insert(0, str(folder))
    return folder


def read_back(dialect, file, model):
    """{name: precision} of the plan that the file becomes."""
    command = [MMTUI, "plan", "--from", dialect, file, "--model", model]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return {row["name"]: row["precision"] for row in json.loads(text)["overrides"]}


def said(dialect, text):
    print(f"peers: {dialect}: {text}")
