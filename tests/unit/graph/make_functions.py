"""Make ONNX models with local functions, by ONNX's own library: make_functions.py FOLDER."""

import sys

from onnx import AttributeProto, TensorProto, helper, numpy_helper
import numpy

FOLDER = sys.argv[1]
node = helper.make_node
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [4])


def save(name, nodes, functions, inputs=("x",), outputs=("y",)):
    graph = helper.make_graph(nodes, "g", [value(n) for n in inputs], [value(n) for n in outputs])
    model = helper.make_model(graph, opset_imports=OPSETS)
    model.functions.extend(functions)
    with open(f"{FOLDER}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


def function(name, inputs, outputs, nodes, attributes=(), domain="own"):
    return helper.make_function(domain, name, inputs, outputs, nodes, OPSETS, list(attributes))


def call(name, inputs, outputs, label="", **attributes):
    return node(name, inputs, outputs, label, domain="own", **attributes)


def reference(to, name, of, kind):
    """Attribute `name` of a node is the call's attribute `of`."""
    attribute = to.attribute.add()
    attribute.name, attribute.ref_attr_name, attribute.type = name, of, kind
    return to


def body(nodes, outputs, weights=()):
    return helper.make_graph(nodes, "body", [], [value(n) for n in outputs], weights)


BLOCK = function("blk", ["fx"], ["fy"], [node("Relu", ["fx"], ["t"], "r"), node("Neg", ["t"], ["fy"])])
OUTER = function("outer", ["ox"], ["oy"], [call("blk", ["ox"], ["m"], "in1"), node("Abs", ["m"], ["k"], "abs"),
                                          call("blk", ["k"], ["oy"])])

save("once", [node("Relu", ["x"], ["a"]), call("blk", ["a"], ["b"], "called"), node("Relu", ["b"], ["y"])], [BLOCK])
save("thrice", [call("blk", ["x"], ["b"]), call("blk", ["b"], ["c"]), call("blk", ["c"], ["y"])], [BLOCK])
save("nested", [call("outer", ["x"], ["b"], "oc"), node("Neg", ["b"], ["t"]), call("outer", ["t"], ["y"])], [BLOCK, OUTER])

# bodies: of the model's graph, whose calls are counted by themselves; of a function, which reads the function's tensors
save("in_bodies", [node("If", ["c"], ["y"], then_branch=body([call("blk", ["x"], ["o"])], ["o"]),
                        else_branch=body([call("blk", ["x"], ["o2"])], ["o2"]))], [BLOCK], ["x", "c"])
WEIGHT = numpy_helper.from_array(numpy.float32(1), "w")
BRANCHES = function("iff", ["c", "fx"], ["fy"], [
    node("Relu", ["fx"], ["t"]),
    node("If", ["c"], ["fy"], "theif",
         then_branch=body([node("Add", ["fx", "t"], ["th"], "add"), call("blk", ["th"], ["tho"])], ["tho"]),
         else_branch=body([node("Sub", ["w", "t"], ["el"])], ["el"], [WEIGHT]))])
save("with_bodies", [call("iff", ["c", "x"], ["y"])], [BRANCHES, BLOCK], ["x", "c"])

# attributes: referred to, twice over, by another name, left out; a body that is handed in
INNER = function("inner", ["p"], ["q"], [reference(node("LeakyRelu", ["p"], ["l"]), "alpha", "slope", AttributeProto.FLOAT),
                                        reference(node("Constant", [], ["c"]), "value_ints", "list", AttributeProto.INTS),
                                        reference(node("Constant", [], ["d"]), "value", "tensor", AttributeProto.TENSOR),
                                        node("Op", ["l", "c", "d"], ["q"], axis=3)], ["slope", "list", "tensor"])
MIDDLE = function("middle", ["p"], ["q"], [
    reference(call("inner", ["p"], ["q"], list=[5, 6], tensor=helper.make_tensor("k", TensorProto.DOUBLE, [1, 1], [7.0])),
              "slope", "steep", AttributeProto.FLOAT)], ["steep"])
save("attributes", [call("middle", ["x"], ["a"], steep=0.25), call("middle", ["a"], ["y"])], [INNER, MIDDLE])
CHOICE = function("choice", ["c"], ["fy"], [reference(node("If", ["c"], ["fy"], "choose"), "then_branch", "then", AttributeProto.GRAPH)],
                  ["then"])
save("handed_in", [call("choice", ["c"], ["y"], then=body([node("Abs", ["x"], ["o"], "given")], ["o"]))], [CHOICE], ["x", "c"])

# inputs and outputs that are left out; what goes straight through; a function that is not there, or stands for ONNX's own
SPARSE = function("sparse", ["a", "b", "c"], ["d", "e"], [node("Op", ["a", "b", "c"], ["d", "e"], "op")])
save("left_out", [call("sparse", ["x", "", "x"], ["", "m"]), call("sparse", ["m"], ["y"])], [SPARSE])
THROUGH = function("through", ["a", "b"], ["b", "a"], [])
save("through", [call("through", ["x", "z"], ["y", "o"])], [THROUGH], ["x", "z"], ["y", "o"])
save("missing", [call("gone", ["x"], ["a"], "here"), node("blk", ["a"], ["b"], domain="other"), node("Relu", ["b"], ["y"])],
     [BLOCK, function("Relu", ["i"], ["o"], [node("Max", ["i", "i"], ["o"])], domain="ai.onnx")])

# calls that lead back, that are deep, that are many
save("itself", [call("f", ["x"], ["y"])], [function("f", ["x"], ["y"], [node("Neg", ["x"], ["n"]), call("g", ["n"], ["y"])]),
                                          function("g", ["x"], ["y"], [call("f", ["x"], ["y"])])])
save("itself_in_body", [call("f", ["x"], ["y"])],
     [function("f", ["x"], ["y"], [node("If", ["x"], ["y"], then_branch=body([call("f", ["x"], ["o"])], ["o"]))])])


def chain(length, times):
    last = function("f0", ["x"], ["y"], [node("Relu", ["x"], ["y"])])
    return [last] + [function(f"f{i}", ["x"], ["y"], [call(f"f{i - 1}", ["x"], ["y"])] * times) for i in range(1, length)]


save("deep", [call("f31", ["x"], ["y"])], chain(32, 1))
save("too_deep", [call("f32", ["x"], ["y"])], chain(33, 1))
save("too_many", [call("f30", ["x"], ["y"])], chain(31, 2))
LONG = "n" * 100000
save("too_large", [call("f13", ["x"], ["y"])],
     [function("f0", ["x"], ["y"], [node("Relu", ["x"], [LONG]), node("Relu", [LONG], ["y"])])] + chain(14, 2)[1:])

# a little of everything, for damage
SMALL = function("s", ["i"], ["o"], [reference(node("A", ["i"], ["t"], "n"), "k", "r", AttributeProto.INT),
                                    node("If", ["t"], ["o"], then_branch=body([call("u", ["t"], ["v"])], ["v"]))], ["r"])
SMALLER = function("u", ["i"], ["o"], [node("B", ["i"], ["o"])])
save("small", [call("s", ["x"], ["a"], "c", r=1), call("u", ["a"], ["y"])], [SMALL, SMALLER])
