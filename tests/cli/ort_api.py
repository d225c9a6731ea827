"""ONNX Runtime by its C interface, from Python: what it computes when it is simply asked for tensors.

Written by itself (the table of functions is ONNX Runtime's, its places are documented), so that mmtui is held against
something that shares no line with it. The library comes from tests/fetch_onnxruntime.sh.
"""

import ctypes
import functools
import os
import pathlib
import subprocess

import numpy as np

from harness import ROOT, check

P = ctypes.c_void_p
BFLOAT16 = 16
TYPES = {1: "f4", 2: "u1", 3: "i1", 4: "u2", 5: "i2", 6: "i4", 7: "i8", 9: "?", 10: "f2", 11: "f8", 12: "u4", 13: "u8"}
NUMBERS = {np.dtype(name): number for number, name in TYPES.items()}


@functools.cache
def library(version="1.30.0"):
    """The library's path."""
    ran = subprocess.run(
        ["sh", ROOT / "tests/fetch_onnxruntime.sh", version], capture_output=True, text=True, cwd=ROOT
    )
    check(ran.returncode == 0, ran.stderr.strip())
    return str(pathlib.Path(ROOT, ran.stdout.strip()))


def pointer(argument):
    """What stands for it in a call: addresses of what is no number."""
    return ctypes.cast(argument, P) if isinstance(argument, (bytes, ctypes.Array)) else argument


class Runtime:
    def __init__(self, path):
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"

        class Base(ctypes.Structure):
            _fields_ = [("get_api", ctypes.CFUNCTYPE(P, ctypes.c_uint32)), ("version", ctypes.CFUNCTYPE(ctypes.c_char_p))]

        self.dll = ctypes.CDLL(path)
        self.dll.OrtGetApiBase.restype = ctypes.POINTER(Base)
        self.table = ctypes.cast(self.dll.OrtGetApiBase().contents.get_api(14), ctypes.POINTER(P))
        self.env, self.memory, self.allocator = P(), P(), P()
        self.call(3, ctypes.c_int(4), b"tests", ctypes.byref(self.env))
        self.call(69, ctypes.c_int(0), ctypes.c_int(0), ctypes.byref(self.memory))
        self.call(78, ctypes.byref(self.allocator))

    def call(self, place, *arguments):
        kinds = [type(a) if isinstance(a, (ctypes.c_int, ctypes.c_size_t)) else P for a in arguments]
        status = ctypes.CFUNCTYPE(P, *kinds)(self.table[place])(*[pointer(a) for a in arguments])
        if status:
            text = ctypes.CFUNCTYPE(ctypes.c_char_p, P)(self.table[2])(status)
            raise RuntimeError(text.decode())

    def array(self, value):
        info, kind, rank, data = P(), ctypes.c_int(), ctypes.c_size_t(), P()
        self.call(65, value, ctypes.byref(info))
        self.call(60, info, ctypes.byref(kind))
        self.call(61, info, ctypes.byref(rank))
        dims = (ctypes.c_int64 * max(rank.value, 1))()
        self.call(62, info, dims, rank)
        self.call(51, value, ctypes.byref(data))
        halves = kind.value == BFLOAT16  # NumPy has none: widened
        dtype, shape = np.dtype("u2" if halves else TYPES[kind.value]), tuple(dims[: rank.value])
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        array = np.frombuffer(ctypes.string_at(data, size), dtype).reshape(shape)
        return (array.astype("u4") << 16).view("f4") if halves else array

    def run(self, model, feeds, names, level=0):
        """Arrays by name. `model` is a path."""
        options, session = P(), P()
        self.call(10, ctypes.byref(options))
        self.call(23, options, ctypes.c_int(level))
        self.call(24, options, ctypes.c_int(1))
        self.call(25, options, ctypes.c_int(1))
        self.call(17, options)
        self.call(7, self.env, os.fsencode(model), options, ctypes.byref(session))
        kept, values = [], (P * max(len(feeds), 1))()
        for i, array in enumerate(feeds.values()):
            array = np.ascontiguousarray(array)
            dims = (ctypes.c_int64 * max(array.ndim, 1))(*array.shape)
            value = P()
            self.call(49, self.memory, P(array.ctypes.data), ctypes.c_size_t(array.nbytes), dims,
                      ctypes.c_size_t(array.ndim), ctypes.c_int(NUMBERS[array.dtype]), ctypes.byref(value))
            kept.append(array)
            values[i] = value
        inputs = (ctypes.c_char_p * max(len(feeds), 1))(*[name.encode() for name in feeds])
        outputs = (ctypes.c_char_p * len(names))(*[name.encode() for name in names])
        results = (P * len(names))()
        self.call(9, session, None, inputs, values, ctypes.c_size_t(len(feeds)), outputs,
                  ctypes.c_size_t(len(names)), results)
        return {name: self.array(P(result)) for name, result in zip(names, results)}
