"""The same values as files of several packages: python make.py, in a virtual environment with ml_dtypes, onnx and
safetensors (their versions: README). What they write is kept here; tests/cli/test_formats.py reads it without them.

values.npz      what every tensor must hold, as float32
npy/            numpy.save of arrays of ml_dtypes
onnx/           TensorProto: NAME.pb as numpy_helper.from_array makes it (raw_data); typed/: helper.make_tensor (lists);
                text/: google.protobuf.text_format of these
sequence.pb     SequenceProto of two tensors
tensors.safetensors
"""

import os

import ml_dtypes as m
import numpy as np
import onnx
from google.protobuf import text_format
from onnx import helper, numpy_helper
from safetensors import TensorSpec, serialize_file

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE = (3, 8)
# name, dtype, codes: 0 for plain numbers; safetensors' spelling; saved by NumPy so that it can be told what it is
FORMATS = [
    ("f16", np.float16, 0, "float16", True), ("f32", np.float32, 0, "float32", True), ("f64", np.float64, 0, "float64", True),
    ("bf16", m.bfloat16, 0, "bfloat16", True), ("bool", np.bool_, 0, "bool", True),
    ("i8", np.int8, 0, "int8", True), ("u8", np.uint8, 0, "uint8", True), ("i16", np.int16, 0, "int16", True),
    ("u16", np.uint16, 0, "uint16", True), ("i32", np.int32, 0, "int32", True), ("u32", np.uint32, 0, "uint32", True),
    ("i64", np.int64, 0, "int64", True), ("u64", np.uint64, 0, "uint64", True),
    ("f8e4m3", m.float8_e4m3fn, 256, "float8_e4m3fn", False), ("f8e5m2", m.float8_e5m2, 256, "float8_e5m2", True),
    ("f8e4m3fnuz", m.float8_e4m3fnuz, 256, "float8_e4m3fnuz", False),
    ("f8e5m2fnuz", m.float8_e5m2fnuz, 256, "float8_e5m2fnuz", False),
    ("f8e8m0", m.float8_e8m0fnu, 256, "float8_e8m0fnu", False),
    ("f6e2m3", m.float6_e2m3fn, 64, None, False), ("f6e3m2", m.float6_e3m2fn, 64, None, False),
    ("f4e2m1", m.float4_e2m1fn, 16, "float4_e2m1fn_x2", False),
    ("i4", m.int4, 16, None, False), ("u4", m.uint4, 16, None, False), ("i2", m.int2, 4, None, False),
    ("u2", m.uint2, 4, None, False),
]


def array_of(dtype, codes):
    places = np.arange(SHAPE[0] * SHAPE[1]).reshape(SHAPE)
    if codes:
        return (places * 37 % codes).astype(np.uint8).view(dtype)
    if np.dtype(dtype).kind in "fV":
        return ((places - 11) * 1.37).astype(np.float32).astype(dtype)
    return (places % 2 == 0) if dtype is np.bool_ else (places * 5 - (0 if np.dtype(dtype).kind == "u" else 60)).astype(dtype)


def save(path, data):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def packed(array):
    """Two values of 4 bits a byte, the first one in the lower half."""
    codes = array.view(np.uint8).reshape(-1)
    return codes[0::2] | codes[1::2] << 4


def main():
    values, specs, kept = {}, {}, []
    for name, dtype, codes, spelling, told in FORMATS:
        array = array_of(dtype, codes)
        values[name] = array.astype(np.float32)
        if told:
            os.makedirs(os.path.join(HERE, "npy"), exist_ok=True)
            np.save(os.path.join(HERE, "npy", name + ".npy"), array)
        save(f"onnx/{name}.pb", numpy_helper.from_array(array, name).SerializeToString())
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        typed = helper.make_tensor(name, kind, SHAPE, array.reshape(-1).astype(np.float32 if codes or name == "bf16" else dtype))
        if name == "f8e8m0":  # make_tensor rounds 2^-127, and NaN, to another code: put them there
            del typed.int32_data[:]
            typed.int32_data.extend(int(c) for c in array.view(np.uint8).reshape(-1))
        save(f"typed/{name}.pb", typed.SerializeToString())
        text = typed if codes else numpy_helper.from_array(array, name)
        save(f"text/{name}.pbtxt", text_format.MessageToString(text).encode())
        if spelling:
            data = packed(array) if name == "f4e2m1" else np.ascontiguousarray(array)
            shape = (SHAPE[0], SHAPE[1] // 2) if name == "f4e2m1" else SHAPE
            kept.append(data)
            specs[name] = TensorSpec(dtype=spelling, shape=shape, data_ptr=data.ctypes.data, data_len=data.nbytes)
    np.savez(os.path.join(HERE, "values.npz"), **values)
    np.save(os.path.join(HERE, "void.npy"), array_of(m.float8_e4m3fn, 256))
    serialize_file(specs, os.path.join(HERE, "tensors.safetensors"), metadata={"format": "np"})
    sequence = numpy_helper.from_list([values["f32"], values["f16"].astype(np.float16)], "both")
    save("sequence.pb", sequence.SerializeToString())


if __name__ == "__main__":
    main()
