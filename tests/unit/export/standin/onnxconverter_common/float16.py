"""convert_float_to_float16 as far as its arguments go: names and defaults as in onnxconverter-common 1.16; it records its calls."""

CALLS = []


def convert_float_to_float16(
    model,
    min_positive_val=1e-7,
    max_finite_val=1e4,
    keep_io_types=False,
    disable_shape_infer=False,
    op_block_list=None,
    node_block_list=None,
    check_fp16_ready=True,
):
    CALLS.append(dict(locals()))
    return model
