#!/bin/sh
# A safetensors file does not keep the order of the layers: tensors are laid out by type, then by name
# Expected: the order of the dict, in the header at least, as in .npz, GGUF and PyTorch files.
# Seen: wider types come first (float64, float32, half, then int8), inside a type the names are sorted as
# text: layer10 before layer2. Header and data agree in this; keys() gives the names sorted.
# Versions: safetensors 0.8.0, numpy 2.4.6, 2026-11-30.
# Why it matters: "the first layer that differs" cannot be read from the file's order; it needs the graph, and
# a mixed float32 / int8 dump lists all float32 tensors first.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 safetensors==0.8.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import json
import struct

import numpy as np
from safetensors.numpy import save

layers = {"layer1.int8": np.int8, "layer2": np.float32, "layer10": np.float32, "layer11.half": np.float16,
          "layer12.double": np.float64, "layer3": np.float32}
data = save({name: np.ones(1, t) for name, t in layers.items()})
size = struct.unpack("<Q", data[:8])[0]
print("given ", *layers)
print("header", *json.loads(data[8:8 + size]))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
given  layer1.int8 layer2 layer10 layer11.half layer12.double layer3
header layer12.double layer10 layer2 layer3 layer11.half layer1.int8
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
