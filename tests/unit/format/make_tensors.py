"""Make TensorProto messages with ONNX's own library, and beside each its values: make_tensors.py FOLDER.

NAME.pb, and NAME.txt: "name dtype [shape]" and, as hex, the values that numpy_helper.to_array gives, little-endian.
"""

import os
import random
import sys

from onnx import TensorProto, external_data_helper, helper, numpy_helper
import numpy

FOLDER = sys.argv[1]
NAMES = {1: "f32", 2: "u8", 3: "i8", 4: "u16", 5: "i16", 6: "i32", 7: "i64", 9: "bool", 10: "f16", 11: "f64", 12: "u32",
         13: "u64"}
NUMPY = {1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4",
         13: "<u8"}
LISTS = {"float_data": (4, 5, "<f4"), "double_data": (10, 1, "<f8"), "int32_data": (5, 0, "i"), "int64_data": (7, 0, "i"),
         "uint64_data": (11, 0, "i")}
SHAPES = [[], [0], [1], [7], [2, 3], [3, 0, 2], [1, 2, 1, 5], [1] * 16, [300]]


def save(name, tensor, array, message=None):
    with open(f"{FOLDER}/{name}.pb", "wb") as file:
        file.write(tensor.SerializeToString() if message is None else message)
    shape = "[" + ", ".join(str(d) for d in tensor.dims) + "]"
    dtype = "bf16" if tensor.data_type == TensorProto.BFLOAT16 else NAMES[tensor.data_type]
    with open(f"{FOLDER}/{name}.txt", "w") as file:
        file.write(f"{tensor.name} {dtype} {shape}\n{array.tobytes().hex()}\n")


def values(number, count):
    """Every bit pattern is a value, but of bool."""
    rnd = random.Random(number * 1000 + count)
    if number == TensorProto.BOOL:
        return numpy.array([rnd.random() < 0.5 for _ in range(count)], "?")
    size = numpy.dtype(NUMPY[number]).itemsize
    return numpy.frombuffer(bytes(rnd.randrange(256) for _ in range(count * size)), NUMPY[number])


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, wire, data):
    head = varint(number << 3 | wire)
    return head + (varint(len(data)) + data if wire == 2 else data)


def typed(number, shape, array, name):
    """The values in their list. NaN keep their bits: they are put there as bytes."""
    tensor = TensorProto(name=name, data_type=number, dims=shape)
    if number == TensorProto.FLOAT16:
        tensor.int32_data.extend(int(v) for v in array.view("<u2"))
    elif number == TensorProto.FLOAT:
        tensor.MergeFromString(field(4, 2, array.tobytes()))
    elif number == TensorProto.DOUBLE:
        tensor.MergeFromString(field(10, 2, array.tobytes()))
    elif number == TensorProto.INT64:
        tensor.int64_data.extend(int(v) for v in array)
    elif number in (TensorProto.UINT32, TensorProto.UINT64):
        tensor.uint64_data.extend(int(v) for v in array)
    else:
        tensor.int32_data.extend(int(v) for v in array)
    return tensor


def loose(tensor):
    """The same message with each list in pieces: one by one, packed, empty; in another order, with what is unknown."""
    out = field(12, 2, b"documentation") + field(14, 0, varint(0))
    for name, (number, wire, kind) in LISTS.items():
        items = list(getattr(tensor, name))
        data = [numpy.array(i, kind).tobytes() for i in items] if kind[0] == "<" else [varint(i) for i in items]
        third = len(data) // 3
        out += b"".join(field(number, wire, d) for d in data[:third])
        if data:
            out += field(number, 2, b"".join(data[third:2 * third])) + field(number, 2, b"")
        out += field(99, 0, varint(7))
        out += field(number, 2, b"".join(data[2 * third:])) if data else b""
    out += field(8, 2, b"another name") + field(8, 2, tensor.name.encode())
    out += field(2, 0, varint(tensor.data_type)) + b"".join(field(1, 0, varint(d)) for d in tensor.dims)
    return out


def both(number, shape):
    count = int(numpy.prod(shape, dtype=int))
    name = f"{NAMES[number]}_{SHAPES.index(shape)}"
    array = values(number, count)
    raw = TensorProto(name=name, data_type=number, dims=shape, raw_data=array.tobytes())
    save(name + "_raw", raw, numpy_helper.to_array(raw))
    tensor = typed(number, shape, array, name)
    save(name + "_typed", tensor, numpy_helper.to_array(tensor))
    pieces = loose(tensor)
    if number not in (TensorProto.FLOAT, TensorProto.DOUBLE): # Python floats lose what is in a NaN
        assert TensorProto.FromString(pieces).SerializeToString() != b""
        save(name + "_loose", tensor, numpy_helper.to_array(TensorProto.FromString(pieces)), pieces)


def floats_in_pieces(number, numbers):
    tensor = helper.make_tensor(f"pieces{number}_{len(numbers)}", number, [len(numbers)], numbers)
    pieces = loose(tensor)
    save(tensor.name, tensor, numpy_helper.to_array(TensorProto.FromString(pieces)), pieces)


def bfloat16():
    """to_array gives floats: the upper half of each is the value."""
    bits = values(TensorProto.UINT16, 64)
    raw = TensorProto(name="raw", data_type=TensorProto.BFLOAT16, dims=[8, 8], raw_data=bits.tobytes())
    save("bf16_raw", raw, (numpy_helper.to_array(raw).view("<u4") >> 16).astype("<u2"))
    tensor = TensorProto(name="typed", data_type=TensorProto.BFLOAT16, dims=[8, 8], int32_data=[int(b) for b in bits])
    save("bf16_typed", tensor, (numpy_helper.to_array(tensor).view("<u4") >> 16).astype("<u2"))


def external():
    """A file of several tensors' values, in a folder of its own."""
    os.makedirs(f"{FOLDER}/data/deep", exist_ok=True)
    arrays = {number: values(number, 24) for number in NUMPY}
    offset, places = 0, {}
    with open(f"{FOLDER}/data/deep/weights.bin", "wb") as file:
        for number, array in arrays.items():
            file.write(b"\xaa" * 3)
            offset += 3
            places[number] = (offset, array.nbytes)
            file.write(array.tobytes())
            offset += array.nbytes
    for number, array in arrays.items():
        tensor = TensorProto(name=f"external_{NAMES[number]}", data_type=number, dims=[2, 12], raw_data=b"no")
        external_data_helper.set_external_data(tensor, "data/deep/weights.bin", places[number][0], places[number][1], "sum")
        tensor.ClearField("raw_data")
        read = TensorProto()
        read.CopyFrom(tensor)
        save(tensor.name, tensor, numpy_helper.to_array(read, FOLDER))


def small():
    """A little of everything, for damage."""
    one = TensorProto(name="w", data_type=TensorProto.INT16, dims=[2, 2], int32_data=[1, -2, 300, 4], doc_string="d")
    save("small_typed", one, numpy_helper.to_array(one))
    two = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3], raw_data=numpy.arange(3, dtype="<f4").tobytes())
    save("small_raw", two, numpy_helper.to_array(two))
    three = TensorProto(name="w", data_type=TensorProto.DOUBLE, dims=[2], double_data=[1.5, -2.5])
    save("small_double", three, numpy_helper.to_array(three))


for data_type in NUMPY:
    for dims in SHAPES:
        both(data_type, dims)
floats_in_pieces(TensorProto.FLOAT, [0.5 * i for i in range(20)])
floats_in_pieces(TensorProto.DOUBLE, [0.1 * i for i in range(20)])
floats_in_pieces(TensorProto.FLOAT, [1.0])
bfloat16()
external()
small()
