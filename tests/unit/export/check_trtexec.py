"""Run the trtexec.sh of an export with a program in trtexec's place that records its arguments: check_trtexec.py FOLDER.

The plan that was exported is that of test_trtexec.c. Any failed assertion ends with a non-zero status.
"""

import os
import subprocess
import sys

FOLDER = sys.argv[1]
NAMES = {
    "/ln/Pow": "fp32",
    "plain name: with::colons": "fp16",
    'it "is" \\ quoted\nand `broken` $(exit 3) $HOME ; # & | > x': "bf16",
    "\u00e9\u20ac\U0001f480": "int8",
    "raw \udcff\udcc3(": "fp32",
    "a+b=c.d[e]{f}^(g)?|$": "fp32",
    "--layerPrecisions": "fp32",
}


def recorded():
    """The arguments that the shell gives to trtexec."""
    program = os.path.join(FOLDER, "program")
    with open(program, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    os.chmod(program, 0o755)
    script = os.path.join(FOLDER, "trtexec.sh")
    run = subprocess.run(
        ["/bin/sh", script, "--onnx=a b.onnx"], env={**os.environ, "TRTEXEC": program}, stdout=subprocess.PIPE, check=True
    )
    return [os.fsdecode(word) for word in run.stdout.split(b"\0")[:-1]]


def pairs(text):
    """As trtexec takes a list apart: at commas, at the last colon, without single quotes."""
    found = {}
    for part in text.split(","):
        name, _, value = part.rpartition(":")
        found[name.replace("'", "")] = value
    return found


words = recorded()
assert words[:3] == ["--int8", "--fp16", "--precisionConstraints=obey"], words[:3]
assert words[-1] == "--onnx=a b.onnx", words
lists = dict(word.split("=", 1) for word in words if word.startswith("--layer"))
assert sorted(lists) == ["--layerOutputTypes", "--layerPrecisions"], sorted(lists)
assert pairs(lists["--layerPrecisions"]) == NAMES, lists
# the type of an int8 layer's result is TensorRT's choice
assert pairs(lists["--layerOutputTypes"]) == {n: p for n, p in NAMES.items() if p != "int8"}, lists
