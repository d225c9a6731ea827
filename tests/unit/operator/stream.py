"""Tensors as bytes: a line "DTYPE RANK DIMS..." and the values, float32 or int64, little-endian."""
import numpy


def text_of(value):
    """Of a pair of mmtui's name of the dtype and an array; None is a line "none"."""
    if value is None:
        return b"none\n"
    name, array = value
    with numpy.errstate(over="ignore"):
        whole = array.astype("<f4" if name[0] in "fb" and name != "bool" else "<i8")
    head = " ".join([name, str(array.ndim)] + [str(d) for d in array.shape])
    return head.encode() + b"\n" + whole.tobytes()
