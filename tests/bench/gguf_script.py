"""Blocks of Q4_K by the package gguf (https://pypi.org/project/gguf): make two files, or decode all that they hold.

usage: gguf_script.py [make|decode SRC DST]. Without arguments it only loads the package.
"""

import sys

import gguf
import numpy

ROWS, BLOCKS, BYTES = 4096, 16, 144


def make(path, flip):
    random = numpy.random.default_rng(3)
    writer = gguf.GGUFWriter(path, "bench")
    for i in range(4):
        raw = random.integers(0, 256, size=(ROWS, BLOCKS, BYTES), dtype=numpy.uint8)
        halves = random.normal(scale=0.05, size=(ROWS, BLOCKS, 2)).astype(numpy.float16)
        raw[:, :, :4] = halves.view(numpy.uint8)
        raw[:, :, 20] ^= flip
        writer.add_tensor(f"t{i}", raw.reshape(ROWS, -1), raw_dtype=gguf.GGMLQuantizationType.Q4_K)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def decode(path):
    for tensor in gguf.GGUFReader(path).tensors:
        gguf.quants.dequantize(tensor.data, tensor.tensor_type)


for k, name in enumerate(sys.argv[2:]):
    make(name, k) if sys.argv[1] == "make" else decode(name)
