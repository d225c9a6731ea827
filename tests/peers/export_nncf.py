"""NNCF quantises a real model with the exported scope: exactly the chosen operators stay as they were.

Usage: export_nncf.py MODEL FOLDER   (needs nncf, openvino, onnx, numpy; MMTUI is the program)
"""

import json
import logging
import sys

import nncf
import numpy as np
import onnx
import openvino as ov
from exporting import export, said

COMPUTE = ("Convolution", "GroupConvolution", "ConvolutionBackpropData", "MatMul")
# with a bias; without, and a BatchNormalization behind it; depthwise; what has no weights
CHOSEN = ("p2o.Conv.3", "p2o.Conv.1", "p2o.Conv.13", "p2o.GlobalAveragePool.0")


def quantize(model, scope):
    rng = np.random.default_rng(0)
    data = [{"x": rng.standard_normal((1, 3, 48, 192)).astype(np.float32)} for _ in range(2)]
    return nncf.quantize(model, nncf.Dataset(data), subset_size=2, ignored_scope=scope)


def rounded(model):
    """Operator by its place among those that multiply: (its name, are the weights integers?, is what it reads rounded?)."""
    if isinstance(model, onnx.ModelProto):
        makers = {o: n for n in model.graph.node for o in n.output}
        kind = lambda tensor: makers[tensor].op_type if tensor in makers else ""
        return [(n.name, kind(n.input[1]) == "DequantizeLinear", kind(n.input[0]) == "DequantizeLinear")
                for n in model.graph.node if n.op_type in ("Conv", "MatMul", "Gemm")]
    result = []
    for node in model.get_ordered_ops():
        if node.get_type_name() in COMPUTE:
            weight = node.input_value(1).get_node()
            while weight.get_type_name() in ("Reshape", "Convert", "Transpose"):
                weight = weight.input_value(0).get_node()
            result.append((node.get_friendly_name(), weight.get_type_name() in ("Multiply", "FakeQuantize"),
                           node.input_value(0).get_node().get_type_name() == "FakeQuantize"))
    return result


def check(what, model, scope, kept, usual=None):
    """kept: the names that the three convolutions have in this model; usual: what is quantised without a scope."""
    usual = usual or {name for name, weights, _ in rounded(quantize(model(), None)) if weights}
    now = rounded(quantize(model(), scope(model())))
    left = usual - {name for name, weights, _ in now if weights}
    assert left == set(kept) & usual and len(left) > 1, (what, left)  # of ONNX, Conv.3 is not quantised anyway
    assert not [name for name, _, read in now if read and name in kept], what
    said("nncf", f"{what}: {len(left)} of {len(usual)} left as they are: {sorted(left)}")
    return usual


def main():
    path, folder = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    folder = export("nncf", path, dict.fromkeys(CHOSEN, "FLOAT32"), folder)
    arguments = json.loads((folder / "ignored_scope.json").read_text())
    from ignored_scope import ignored_scope

    nodes = ["p2o.Conv.3", "p2o.Conv.1", "p2o.Conv.13"]
    openvino = ["p2o.Conv.3/WithoutBiases", "p2o.Conv.1", "p2o.Conv.13"]
    read = lambda: ov.Core().read_model(path)
    usual = check("read_model, ignored_scope.json", read, lambda model: nncf.IgnoredScope(**arguments), openvino)
    check("read_model, ignored_scope.py", read, ignored_scope, openvino, usual)
    # NNCF takes opset 10 and later; the converter keeps the names of nodes
    newer = lambda: onnx.version_converter.convert_version(onnx.load(path), 13)
    check("ONNX, ignored_scope.py", newer, ignored_scope, nodes)
    # the converter numbers its convolutions: the names are of one conversion
    model = ov.convert_model(path)
    makes = {o.get_friendly_name(): o for o in model.get_ops()}
    fused = lambda name: makes[name].input_value(0).get_node().get_friendly_name()
    names = ["p2o.Conv.3/WithoutBiases", fused("p2o.BatchNormalization.1"), fused("p2o.BatchNormalization.11")]
    check("convert_model, ignored_scope.py", model.clone, ignored_scope, names)
    try:
        quantize(read(), nncf.IgnoredScope(names=["p2o.Conv.999"], validate=True))
        raise AssertionError("an unknown name was accepted")
    except nncf.ValidationError:
        said("nncf", "a name that the model does not have is refused")


main()
