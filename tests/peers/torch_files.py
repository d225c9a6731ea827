#!/usr/bin/python3
"""Make files/torch.pt and files/torch.npz: what torch.save writes, and the same as NumPy has it.

Package: Debian 12's python3-torch 1.13.1. Usage: torch_files.py FOLDER
"""

import collections
import pathlib
import sys

import numpy as np
import torch


def main(folder):
    x = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) - 5
    tensors = {
        "plain": x,
        "transposed": x.transpose(0, 2),
        "part": x[1, :, 1:3],
        "expanded": torch.tensor([1.5]).expand(2, 3),
        "half": x.half(),
        "long": torch.arange(5),
        "flags": torch.tensor([True, False]),
        "empty": torch.zeros(0, 3),
        "scalar": torch.tensor(2.5),
        "byte": torch.arange(4, dtype=torch.uint8),
    }
    saved = collections.OrderedDict(tensors)
    saved["bf16"] = x.bfloat16()
    saved["quantised"] = torch.quantize_per_tensor(x, 0.5, 3, torch.quint8)
    saved["parameter"] = torch.nn.Parameter(x * 2)
    saved["nested"] = {"list": [x + 1, (x + 2, {3: x + 3})], "lr": 0.1, "name": "adam"}
    saved["sparse"] = x[0].to_sparse()
    saved["complex"] = torch.complex(x, x)
    torch.save(saved, folder / "torch.pt")
    truth = {name: value.numpy() for name, value in tensors.items()}
    truth |= {"bf16": x.numpy(), "quantised": saved["quantised"].dequantize().numpy(), "parameter": (x * 2).numpy()}
    truth |= {"nested.list.0": (x + 1).numpy(), "nested.list.1.0": (x + 2).numpy(), "nested.list.1.1.3": (x + 3).numpy()}
    np.savez_compressed(folder / "torch.npz", **truth)


main(pathlib.Path(sys.argv[1]))
