#!/usr/bin/env python3
"""Make files/gguf.gguf and files/gguf.npz: GGUF by its own package, and what that package decodes it to.

Package: gguf 0.19.0 (numpy 2.4.6). The blocks are random bytes with finite scales; gguf.quants.dequantize says what they
mean. Usage: gguf_blocks.py FOLDER
"""

import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

ROWS, COLUMNS = 2, 256
SCALES = {  # where a block has halves, in bytes
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0], Type.Q2_K: [80, 82],
    Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208], Type.IQ4_NL: [0], Type.MXFP4: [],
}


def blocks(kind, rng):
    values, size = gguf.GGML_QUANT_SIZES[kind]
    raw = rng.integers(0, 256, size=(ROWS, COLUMNS // values, size), dtype=np.uint8)
    for place in SCALES[kind]:
        halves = rng.normal(scale=0.05, size=raw.shape[:2]).astype("f2")
        raw[:, :, place : place + 2] = halves.view(np.uint8).reshape(*raw.shape[:2], 2)
    if kind == Type.MXFP4:
        raw[:, :, 0] = rng.integers(118, 134, size=raw.shape[:2])
    return raw.reshape(ROWS, -1)


def main(folder):
    rng = np.random.default_rng(11)
    truth = {}
    writer = gguf.GGUFWriter(str(folder / "gguf.gguf"), "mmtui-test")
    writer.add_array("some.words", ["a", "bc"])
    for kind in SCALES:
        raw = blocks(kind, rng)
        writer.add_tensor(kind.name.lower(), raw, raw_dtype=kind)
        truth[kind.name.lower()] = gguf.quants.dequantize(raw, kind).astype("f4")
    for name in ("f4", "f2", "f8", "i1", "i2", "i4", "i8"):
        truth[name] = (rng.normal(size=(2, 3, 4)) * 10).astype(name)
        writer.add_tensor(name, truth[name])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    np.savez_compressed(folder / "gguf.npz", **truth)


main(pathlib.Path(sys.argv[1]))
