#!/usr/bin/env python3
"""Make files/blocks.f32: values, and what is left of them in MX's block formats and NVFP4, by ml_dtypes.

Packages: ml_dtypes 0.6.0, numpy 2.4.6, whose types of elements and scales round; the shared scale is that of OCP's
Microscaling Formats 1.0: floor(log2 max|x|) less the exponent of the elements' greatest power of two. NVFP4: a float32
scale of the tensor, one in float8_e4m3fn for each 16. float32, little-endian: [9][24][75], the values, what FORMATS make
of them, the values without the largest (there is one scale for all), and what NVFP4 makes of those. The last block of a row is a part of one. Usage: mx_blocks.py FOLDER
"""

import pathlib
import sys

import ml_dtypes
import numpy as np

ROWS, COLUMNS = 24, 75
FORMATS = [  # elements, their greatest, exponent of their greatest power of two
    (ml_dtypes.float8_e4m3fn, 448, 8),
    (ml_dtypes.float8_e5m2, 57344, 15),
    (ml_dtypes.float6_e2m3fn, 7.5, 2),
    (ml_dtypes.float6_e3m2fn, 28, 4),
    (ml_dtypes.float4_e2m1fn, 6, 2),
    (None, 127 / 64, 0),
]


def values():
    rng = np.random.default_rng(32)
    x = rng.normal(size=(ROWS, COLUMNS))
    x[1] *= 1e-38  # scales at E8M0's least, values that are subnormal floats
    x[2] *= 1e-43
    x[3] = np.clip(x[3] * 1e38, -3.4e38, 3.4e38)
    x[4] *= 10.0 ** rng.integers(-9, 9, size=COLUMNS)
    x[5] = rng.integers(-512, 513, size=COLUMNS) / 64  # ties of every format
    x[6] = rng.integers(-4096, 4097, size=COLUMNS) / 8
    x[7, :32] = 0
    x[7, 32:64] = -0.0
    x[8] = 2.0 ** rng.integers(-20, 20, size=COLUMNS)
    x[9] = 1.9999999  # just below a power of two: saturates where elements can't
    x[10, ::7], x[10, 3], x[10, 4] = np.nan, np.inf, -np.inf
    x[11, :32], x[11, 32:64] = np.nan, -np.inf  # no finite value in a block
    x[12] *= np.where(np.arange(COLUMNS) % 32 == 5, 1e4, 1)  # outliers
    with np.errstate(over="ignore"):
        return x.astype(np.float32)


def blocks_of(row, size):
    return [row[i : i + size] for i in range(0, len(row), size)]


def rounded(block, scale, element, most):
    scaled = np.clip(block / scale, -np.float32(most), np.float32(most))
    if element is None:
        code = np.clip(np.rint(scaled * 64), -127, 127).astype(np.int8)  # has no -0
        return (code / np.float32(64)).astype(np.float32) * scale
    return scaled.astype(element).astype(np.float32) * scale


def block_mx(block, element, most, exponent):
    finite = np.isfinite(block)
    out = block.copy()
    if np.any(block[finite] != 0):
        greatest = np.max(np.abs(block[finite])).astype(np.float64)
        shared = np.clip(np.floor(np.log2(greatest)) - exponent, -127, 127)
        scale = np.array(2.0**shared).astype(ml_dtypes.float8_e8m0fnu).astype(np.float32)
        out[finite] = rounded(block[finite], scale, element, most)
    elif element is None:
        out[finite] = 0
    return out


def nvfp4(x):
    out = x.copy()
    tensor = np.max(np.abs(x[np.isfinite(x)])) / np.float32(6 * 448)
    for row in range(ROWS):
        for block, to in zip(blocks_of(x[row], 16), blocks_of(out[row], 16)):
            finite = np.isfinite(block)
            if not np.any(block[finite] != 0):
                continue
            wanted = np.minimum(np.max(np.abs(block[finite])) / np.float32(6) / tensor, np.float32(448))
            scale = wanted.astype(ml_dtypes.float8_e4m3fn).astype(np.float32) * tensor
            to[finite] = rounded(block[finite], scale, ml_dtypes.float4_e2m1fn, 6) if scale else 0 * block[finite]
    return out


def main(folder):
    x = values()
    all_of_it = [x]
    for element, most, exponent in FORMATS:
        rows = [np.concatenate([block_mx(b, element, most, exponent) for b in blocks_of(row, 32)]) for row in x]
        all_of_it.append(np.stack(rows))
    x_small = np.where(np.abs(x) < 1e6, x, np.where(np.isfinite(x), 1, x)).astype(np.float32)
    all_of_it += [x_small, nvfp4(x_small)]
    (folder / "blocks.f32").write_bytes(np.stack(all_of_it).astype("<f4").tobytes())


main(pathlib.Path(sys.argv[1]))
