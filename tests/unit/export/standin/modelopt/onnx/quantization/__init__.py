"""quantize as far as its arguments go."""

from modelopt.onnx import CALLS


def quantize(**arguments):
    CALLS.append(("quantize", arguments))
