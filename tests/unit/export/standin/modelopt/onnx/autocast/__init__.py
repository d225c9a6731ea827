"""convert_to_mixed_precision as far as its arguments go."""

import onnx
from modelopt.onnx import CALLS


def convert_to_mixed_precision(**arguments):
    CALLS.append(("convert_to_mixed_precision", arguments))
    return onnx.load(arguments["onnx_path"])
