"""The same arrays of floats in files of several formats, written as their libraries write them. Used by bench.py."""

import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile

import numpy

PIECE = 1 << 20


def put(path, pieces):
    """Write a file in pieces of one size: how it lies in the page cache, and so what mapping it costs, depends on that."""
    data = b"".join(pieces)
    with open(path, "wb") as file:
        for at in range(0, len(data), PIECE):
            file.write(data[at:at + PIECE])


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def npy(path, array):
    head = io.BytesIO()
    numpy.lib.format.write_array_header_1_0(head, numpy.lib.format.header_data_from_array_1_0(array))
    put(path, [head.getvalue(), array.tobytes()])


def onnx(path, array):
    """A TensorProto with raw_data."""
    put(path, [b"\x08", varint(array.size), b"\x10\x01\x4a", varint(array.nbytes), array.tobytes()])


def npz(path, arrays, save=numpy.savez):
    held = io.BytesIO()
    save(held, **arrays)
    put(path, [held.getvalue()])


def safetensors(path, arrays):
    header, at = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    put(path, [len(text).to_bytes(8, "little"), text, *(array.tobytes() for array in arrays.values())])


def gguf(path, arrays):
    """Version 3, no keys, floats, data at multiples of 32."""
    head, at = struct.pack("<4sIQQ", b"GGUF", 3, len(arrays), 0), 0
    for name, array in arrays.items():
        shape = array.shape[::-1]
        head += struct.pack("<Q", len(name)) + name.encode() + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += struct.pack("<IQ", 0, at)
        at += array.nbytes + -array.nbytes % 32
    pieces = [head, b"\0" * (-len(head) % 32)]
    for array in arrays.values():
        pieces += [array.tobytes(), b"\0" * (-array.nbytes % 32)]
    put(path, pieces)


class Storage:
    def __init__(self, key, count):
        self.key, self.count = key, count


class Pickler(pickle.Pickler):
    """Writes the names that torch.save writes, without PyTorch."""

    def persistent_id(self, what):
        if isinstance(what, Storage):
            return "storage", sys.modules["torch"].FloatStorage, what.key, "cpu", what.count
        return None


class Tensor:
    def __init__(self, key, array):
        self.key, self.array = key, array

    def __reduce__(self):
        strides = tuple(step // self.array.itemsize for step in self.array.strides)
        arguments = Storage(self.key, self.array.size), 0, self.array.shape, strides, False, collections.OrderedDict()
        return sys.modules["torch._utils"]._rebuild_tensor_v2, arguments


def names_of_torch():
    """Modules that hold the two names and nothing else."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2 = types.FunctionType((lambda: None).__code__, {}, "_rebuild_tensor_v2")
    utils._rebuild_tensor_v2.__module__ = "torch._utils"
    utils._rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    torch._utils = utils
    return {"torch": torch, "torch._utils": utils}


def torch(path, arrays):
    """A dictionary of tensors; stored members, data at multiples of 64."""
    body, held = io.BytesIO(), io.BytesIO()
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update(names_of_torch())
    Pickler(body, 2).dump({name: Tensor(str(i), array) for i, (name, array) in enumerate(arrays.items())})
    sys.modules.update({name: module for name, module in before.items() if module})
    members = {"data.pkl": body.getvalue(), **{f"data/{i}": a.tobytes() for i, a in enumerate(arrays.values())}}
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo("archive/" + name)
            padding = -(held.tell() + 30 + len(info.filename) + 4) % 64
            info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
            archive.writestr(info, data)
    put(path, [held.getvalue()])


MANY = {"npz": npz, "safetensors": safetensors, "gguf": gguf, "pt": torch}  # by ending
