"""quantize_static as far as its arguments go: names and defaults as in ONNX Runtime 1.32; it records its calls."""

import enum

CalibrationMethod = enum.Enum("CalibrationMethod", "MinMax Entropy Percentile Distribution", start=0)
QuantType = enum.Enum("QuantType", "QInt8 QUInt8 QFLOAT8E4M3FN QInt16 QUInt16 QInt4 QUInt4", start=0)
CALLS = []


def quantize_static(
    model_input,
    model_output,
    calibration_data_reader=None,
    quant_format=None,
    op_types_to_quantize=None,
    per_channel=False,
    reduce_range=False,
    activation_type=QuantType.QInt8,
    weight_type=QuantType.QInt8,
    nodes_to_quantize=None,
    nodes_to_exclude=None,
    use_external_data_format=False,
    calibrate_method=CalibrationMethod.MinMax,
    calibration_providers=None,
    extra_options=None,
):
    CALLS.append(dict(locals()))
