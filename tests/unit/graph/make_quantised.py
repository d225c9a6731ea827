"""Make quantised ONNX models of every form, as ONNX Runtime's quantiser writes them: make_quantised.py FOLDER.

Scales are chosen so that each tensor can be told by its own.
"""

import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FOLDER = sys.argv[1]
MICROSOFT = "com.microsoft"
node = helper.make_node


def const(name, values, dtype="f4"):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def grid(name, scale, zero, dtype="u1"):
    return [const(name + "_scale", scale), const(name + "_zero_point", zero, dtype)]


def save(name, nodes, constants, inputs, outputs, opset=13):
    value = lambda n: helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 4, 4, 4])
    graph = helper.make_graph(nodes, "g", [value(n) for n in inputs], [value(n) for n in outputs], constants)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(graph, opset_imports=opsets)
    with open(f"{FOLDER}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


def quantise(name, to=None):
    to = to or name + "_QuantizeLinear_Output"
    return node("QuantizeLinear", [name, name + "_scale", name + "_zero_point"], [to])


def dequantise(name, of=None, to=None):
    return node(
        "DequantizeLinear",
        [of or name + "_QuantizeLinear_Output", name + "_scale", name + "_zero_point"],
        [to or name + "_DequantizeLinear_Output"],
    )


def qdq():
    weight = np.ones((4, 4, 1, 1), "i1")
    constants = [
        *grid("x", 0.5, 3),
        *grid("y", 0.25, 0),
        *grid("z", 0.125, -5, "i1"),
        numpy_helper.from_array(weight, "w_q"),
        const("w_scale", [1, 2, 3, 4]),
        const("w_zero_point", [0, 0, 0, 0], "i1"),
        numpy_helper.from_array(np.ones((4, 4), "i1"), "v_q"),
        *grid("v", 0.75, 0, "i1"),
        const("t", np.ones((4, 4))),
        *grid("t", 0.375, 0, "i1"),
        const("b", np.zeros(4)),
    ]
    nodes = [
        quantise("x"),
        dequantise("x"),
        node("DequantizeLinear", ["w_q", "w_scale", "w_zero_point"], ["w_dq"], axis=0),
        node("Conv", ["x_DequantizeLinear_Output", "w_dq", "b"], ["y"]),
        quantise("y"),
        dequantise("y"),
        dequantise("v", "v_q", "v_dq"),
        node("MatMul", ["y_DequantizeLinear_Output", "v_dq"], ["z"]),  # z is read by Relu as well
        quantise("z"),
        dequantise("z"),
        node("Relu", ["z"], ["r"]),
        node("QuantizeLinear", ["t", "t_scale", "t_zero_point"], ["t_q"]),  # weights in floats behind QuantizeLinear
        dequantise("t", "t_q", "t_dq"),
        node("MatMul", ["r", "t_dq"], ["s"]),
        node("Sigmoid", ["s"], ["out"]),
        node("Add", ["z_DequantizeLinear_Output", "y_DequantizeLinear_Output"], ["sum"]),
    ]
    save("qdq", nodes, constants, ["x"], ["out", "sum"])


def operators():
    four = np.ones((4, 4, 1, 1), "u1")
    constants = [
        *grid("x", 0.5, 3),
        *grid("c", 0.25, 7),
        *grid("m", 0.125, 9),
        *grid("a", 0.0625, 11),
        *grid("g", 0.03125, 13),
        numpy_helper.from_array(four, "w"),
        *grid("w", [1, 2, 3, 4], [0, 0, 0, 0]),
        numpy_helper.from_array(np.ones((4, 4), "i1"), "v"),
        *grid("v", 1.5, 0, "i1"),
        *grid("k", 2.5, 4),
    ]
    c, w = ["c_scale", "c_zero_point"], ["w_scale", "w_zero_point"]
    m, v = ["m_scale", "m_zero_point"], ["v_scale", "v_zero_point"]
    nodes = [
        quantise("x", "x_quantized"),
        node("QLinearConv", ["x_quantized", "x_scale", "x_zero_point", "w", *w, *c], ["c_quantized"]),
        node("MaxPool", ["c_quantized"], ["p_quantized"], kernel_shape=[1, 1]),
        node("QLinearMatMul", ["p_quantized", *c, "v", *v, *m], ["m_quantized"]),
        node("QLinearAdd", ["c_quantized", *c, "m_quantized", *m, "a_scale", "a_zero_point"], ["a_quantized"],
             domain=MICROSOFT),
        node("QGemm", ["a_quantized", "a_scale", "a_zero_point", "v", *v, "", "g_scale", "g_zero_point"],
             ["g_quantized"], domain=MICROSOFT),
        node("QGemm", ["a_quantized", "a_scale", "a_zero_point", "v", *v], ["floats"], domain=MICROSOFT),
        node("QLinearConcat", ["k_scale", "k_zero_point", "g_quantized", "g_scale", "g_zero_point", "a_quantized",
                               "a_scale", "a_zero_point"], ["k_quantized"], domain=MICROSOFT, axis=1),
        dequantise("k", "k_quantized", "out"),
        node("Softmax", ["floats"], ["soft"]),
    ]
    save("operators", nodes, constants, ["x"], ["out", "soft"])


def dynamic():
    constants = [
        numpy_helper.from_array(np.ones((4, 4, 1, 1), "u1"), "w_quantized"),
        *grid("w", 0.5, 128),
        numpy_helper.from_array(np.ones((4, 4), "i1"), "v_quantized"),
        *grid("v", [1, 2, 3, 4], [0, 0, 0, 0], "i1"),
        numpy_helper.from_array(np.ones((4, 1, 8), "u1"), "packed"),
        const("blocks", np.ones(4)),
        const("b", np.zeros(4)),
    ]
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["x_quantized", "x_scale", "x_zero_point"]),
        node("Mul", ["x_scale", "w_scale"], ["both"]),
        node("ConvInteger", ["x_quantized", "w_quantized", "x_zero_point", "w_zero_point"], ["sums"]),
        node("Cast", ["sums"], ["sums_cast"], to=TensorProto.FLOAT),
        node("Mul", ["sums_cast", "both"], ["scaled"]),
        node("Add", ["scaled", "b"], ["y"]),
        node("Relu", ["y"], ["r"]),
        node("DynamicQuantizeLinear", ["r"], ["r_quantized", "r_scale", "r_zero_point"]),
        node("Mul", ["r_scale", "v_scale"], ["both_r"]),
        node("MatMulInteger", ["r_quantized", "v_quantized", "r_zero_point", "v_zero_point"], ["sums_r"]),
        node("Cast", ["sums_r"], ["sums_r_cast"], to=TensorProto.FLOAT),
        node("Mul", ["sums_r_cast", "both_r"], ["z"]),
        node("MatMulNBits", ["z", "packed", "blocks"], ["n"], domain=MICROSOFT, K=16, N=4, bits=4, block_size=16),
        node("Mul", ["n", "b"], ["out"]),
    ]
    save("dynamic", nodes, constants, ["x"], ["out"])


def damaged():
    """Scales that are none: zero, infinite, two for a matrix, zero points outside the type, computed when it runs."""
    constants = [
        *grid("zero", 0, 0),
        *grid("inf", float("inf"), 0),
        const("wide_scale", np.ones((2, 2))),
        const("wide_zero_point", 0, "u1"),
        *grid("many", [1, 2], [0, 0]),
        const("odd_scale", [1, 2]),
        const("odd_zero_point", [0, 0, 0], "u1"),
        *grid("back", [1, 2, 3, 4], 5),
    ]
    names = ["zero", "inf", "wide", "many", "odd"]
    nodes = [quantise(n, n + "_q") for n in names]
    nodes.append(node("QuantizeLinear", ["back", "back_scale", "back_zero_point"], ["back_q"], axis=-3))
    nodes.append(node("QuantizeLinear", ["far", "back_scale", "back_zero_point"], ["far_q"], axis=-9))
    nodes.append(node("Abs", ["x"], ["run_scale"]))
    nodes.append(node("QuantizeLinear", ["run", "run_scale"], ["run_q"]))
    nodes.append(node("DequantizeLinear", ["plain_q", "many_scale"], ["plain"], axis=1))
    save("damaged", nodes, constants, [*names, "x", "run", "back", "far"], ["plain"])


def floats():
    save("floats", [node("Relu", ["x"], ["y"])], [], ["x"], ["y"])


qdq()
operators()
dynamic()
damaged()
floats()
