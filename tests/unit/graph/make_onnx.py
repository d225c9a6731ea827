"""Make ONNX models with ONNX's own library, and beside each what a reader should find: make_onnx.py FOLDER.

NAME.onnx and NAME.txt, the latter as graph_testing.h prints a graph: nodes in order, then the tensors sorted as text.
Models with bodies (body_*.onnx) have no text here: their tests have it written out.
"""

import random
import sys

from onnx import AttributeProto, TensorProto, helper, numpy_helper, shape_inference
import numpy

FOLDER = sys.argv[1]
DTYPES = {1: "f32", 2: "u8", 3: "i8", 4: "u16", 5: "i16", 6: "i32", 7: "i64", 9: "bool", 10: "f16", 11: "f64",
          12: "u32", 13: "u64", 16: "bf16"}
F32, I64 = TensorProto.FLOAT, TensorProto.INT64


def value(name, dtype=F32, shape=None):
    return helper.make_tensor_value_info(name, dtype, shape)


# ---- what a reader should find, for models without bodies and with each name written once ----

def attribute_text(attribute):
    name = attribute.name
    if attribute.type == AttributeProto.INT:
        return f"{name}={attribute.i};"
    if attribute.type == AttributeProto.FLOAT:
        return f"{name}={attribute.f:.9g};"
    if attribute.type == AttributeProto.STRING:
        return f"{name}='{attribute.s.decode()}';"
    if attribute.type == AttributeProto.INTS:
        return f"{name}=[{','.join(str(i) for i in attribute.ints)}];" if len(attribute.ints) < 1000 else ""
    if attribute.type == AttributeProto.FLOATS:
        return f"{name}=[{','.join(f'{f:.9g}' for f in attribute.floats)}];"
    return ""


def shape_text(shape):
    return "[" + ",".join(str(d) for d in shape) + "]"


def type_text(info):
    tensor = info.type.tensor_type
    shape = "?"
    if tensor.HasField("shape"):
        shape = shape_text(d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim)
    return DTYPES.get(tensor.elem_type, "?"), shape


def constant_type(attribute):
    forms = {"value_float": ("f32", "[]"), "value_floats": ("f32", f"[{len(attribute.floats)}]"), "value_int": ("i64", "[]"),
             "value_ints": ("i64", f"[{len(attribute.ints)}]")}
    if attribute.name == "value":
        return DTYPES[attribute.t.data_type], shape_text(attribute.t.dims)
    return forms.get(attribute.name, ("?", "?"))


def describe(model):
    graph = model.graph
    opset = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    lines = [f"opset {opset[0] if opset else 0}"]
    producer, consumers, flags, types = {}, {}, {}, {}
    for i, node in enumerate(graph.node):
        inputs = [name or "-" for name in node.input]
        outputs = [name or "-" for name in node.output]
        domain = "" if node.domain == "ai.onnx" else node.domain
        attributes = "".join(attribute_text(a) for a in node.attribute)
        lines.append(f"{i} {node.name}|{node.op_type}|{domain}|{','.join(inputs)}|{','.join(outputs)}|{attributes}")
        for name in node.input:
            if name and i not in consumers.setdefault(name, []):
                consumers[name].append(i)
        for name in node.output:
            if name:
                producer[name] = i
                if node.op_type == "Constant":
                    flags.setdefault(name, set()).add("C")
                    types[name] = constant_type(node.attribute[0])
    made = set(producer) | set(consumers)
    for flag, infos in (("I", graph.input), ("O", graph.output)):
        for info in infos:
            flags.setdefault(info.name, set()).add(flag)
            made.add(info.name)
    for tensor in graph.initializer:
        flags.setdefault(tensor.name, set()).add("C")
        made.add(tensor.name)
        types[tensor.name] = (DTYPES.get(tensor.data_type, "?"), shape_text(tensor.dims))
    for info in list(graph.input) + list(graph.output) + list(graph.value_info):
        new, old = type_text(info), types.get(info.name, ("?", "?"))
        types[info.name] = tuple(a if a != "?" else b for a, b in zip(new, old))
    edges = []
    for name in made:
        readers = ",".join(str(i) for i in consumers.get(name, []))
        letters = "".join(f for f in "IOC" if f in flags.get(name, ()))
        dtype, shape = types.get(name, ("?", "?"))
        edges.append(f"{name}|{producer.get(name, -1)}|{readers}|{letters}|{dtype}|{shape}")
    edges.sort(key=lambda text: text.encode())
    return "\n".join(lines + edges) + "\n"


def save(name, model, text=None):
    with open(f"{FOLDER}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())
    if not name.startswith("body_"):
        with open(f"{FOLDER}/{name}.txt", "wb") as file:
            file.write(describe(model).encode() if text is None else text.encode())


# ---- models ----

def network():
    """Branches, a residual add, a concat, optional inputs, several outputs, constants, types that are inferred."""
    nodes = [
        helper.make_node("Conv", ["image", "w1", "b1"], ["c1"], "conv1", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                         auto_pad="NOTSET"),
        helper.make_node("BatchNormalization", ["c1", "g", "b", "m", "v"], ["n1"], "bn", epsilon=1e-5),
        helper.make_node("Clip", ["n1", "", "six"], ["r1"], "relu6"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], "conv2", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8),
        helper.make_node("Add", ["c2", "r1"], ["sum"], "residual"),
        helper.make_node("Split", ["sum"], ["left", "right"], "split", axis=1),
        helper.make_node("Constant", [], ["scale"], "k", value=numpy_helper.from_array(
            numpy.ones((1, 4, 1, 1), numpy.float32))),
        helper.make_node("Constant", [], ["two"], "", value_float=2.0),
        helper.make_node("Mul", ["left", "scale"], ["l2"]),
        helper.make_node("Pow", ["right", "two"], ["r2"]),
        helper.make_node("Concat", ["l2", "r2", "sum"], ["cat"], "cat", axis=1),
        helper.make_node("Dropout", ["cat"], ["drop", ""], "drop"),
        helper.make_node("GlobalAveragePool", ["drop"], ["pool"], "pool"),
        helper.make_node("Flatten", ["pool"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", "w3", "b3"], ["logits"], "fc", alpha=0.5, transB=1),
    ]
    weights = [numpy_helper.from_array(numpy.zeros(shape, numpy.float32), name) for name, shape in (
        ("w1", (8, 3, 3, 3)), ("b1", (8,)), ("g", (8,)), ("b", (8,)), ("m", (8,)), ("v", (8,)), ("w2", (8, 1, 3, 3)),
        ("w3", (10, 16)), ("b3", (10,)))]
    weights.append(numpy_helper.from_array(numpy.float32(6), "six"))
    graph = helper.make_graph(nodes, "network", [value("image", F32, ["N", 3, 32, None]), value("w1", F32, [8, 3, 3, 3])],
                              [value("logits", F32, ["N", 10]), value("sum", F32)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)])
    return shape_inference.infer_shapes(model)


def names():
    """Names with anything in them, domains, an attribute of each kind."""
    odd = ["conv2d_93.tmp_0", "p2o.Mul.53", "/model.0/conv/Conv_output_0", "a b\tc", "\u00e9\u20ac\U0001f480", "x:0", "-",
           "\x1b[31mred", "\"; DROP", "StatefulPartitionedCall/dense/BiasAdd:0"]
    nodes = [helper.make_node("Relu", [a], [b], f"node/{a}") for a, b in zip(odd, odd[1:])]
    nodes.append(helper.make_node("Custom", odd[-1:], ["end"], "custom", domain="com.example", one=1, zero=0, real=0.1,
                                  reals=[1.0, -2.5], ints=[1, 2, 3], none="", text="\u00e9t\u00e9", many=[7] * 5000,
                                  single=[4]))
    nodes.append(helper.make_node("Relu", ["end"], ["end2"], "own", domain="ai.onnx"))
    graph = helper.make_graph(nodes, "names", [value(odd[0], F32, [])], [value("end2")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("com.example", 3), helper.make_opsetid("ai.onnx", 7)])


def odds():
    """No opset; external data that is not there; parts that are passed over; every dtype; what nobody makes."""
    tensors = []
    for dtype in range(1, 17):
        tensor = TensorProto(name=f"t{dtype}", data_type=dtype, dims=[dtype, 0])
        tensors.append(tensor)
    external = TensorProto(name="external", data_type=F32, dims=[1 << 40, 3], data_location=TensorProto.EXTERNAL)
    external.external_data.add(key="location", value="/nowhere/weights.bin")
    strings = TensorProto(name="strings", data_type=TensorProto.STRING, dims=[2], string_data=[b"a", b"b"])
    doubles = helper.make_tensor("doubles", TensorProto.DOUBLE, [3], [1.0, 2.0, 3.0])
    wide = TensorProto(name="wide", data_type=I64, dims=[1] * 16, int64_data=[1])
    nodes = [helper.make_node("Op", ["external", "unknown", "t1"], ["y"], doc_string="documentation"),
             helper.make_node("Op", ["strings", "doubles", "wide"], ["z"])]
    graph = helper.make_graph(nodes, "odds", [value("never", F32, [2, 2])], [value("z", TensorProto.STRING, [-1])],
                              tensors + [external, strings, doubles, wide], doc_string="more")
    sequence = graph.value_info.add(name="y")
    sequence.type.sequence_type.elem_type.tensor_type.elem_type = F32
    graph.value_info.add(name="nobody's").type.tensor_type.elem_type = F32
    graph.quantization_annotation.add(tensor_name="y").quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="t1")
    sparse = graph.sparse_initializer.add(dims=[10])
    sparse.values.CopyFrom(helper.make_tensor("sparse", F32, [1], [1.0]))
    model = helper.make_model(graph)
    del model.opset_import[:]
    model.metadata_props.add(key="author", value="nobody")
    model.functions.add(name="f", domain="com.example").node.add(op_type="Inner", output=["inner"])
    model.training_info.add().algorithm.node.add(op_type="Train", output=["trained"])
    return model


def random_network(seed):
    """Nodes that read anything that is there."""
    rnd = random.Random(seed)
    tensors, nodes = ["in0", "in1", "w0", "w1"], []
    for i in range(rnd.randrange(1, 60)):
        inputs = [rnd.choice(tensors + [""]) for _ in range(rnd.randrange(5))]
        outputs = [f"t{i}.{k}" if rnd.random() < 0.9 else "" for k in range(rnd.randrange(1, 4))]
        nodes.append(helper.make_node(rnd.choice(["Conv", "Add", "Relu"]), inputs, outputs, f"n{i}"))
        tensors += [name for name in outputs if name]
    outputs = [value(name, F32, [1, i]) for i, name in enumerate(rnd.sample(tensors, 2))]
    infos = [value(name, rnd.choice([F32, I64]), [rnd.randrange(9)] * rnd.randrange(5)) for name in tensors
             if name not in [o.name for o in outputs] and name[0] == "t" and rnd.random() < 0.5]
    weights = [helper.make_tensor(name, F32, [2], [1.0, 2.0]) for name in ("w0", "w1")]
    graph = helper.make_graph(nodes, "random", [value("in0", F32, [1]), value("in1"), value("w1", F32, [2])], outputs,
                              weights, value_info=infos)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def body(nodes, inputs, outputs, initializers=()):
    return helper.make_graph(nodes, "body", [value(n) for n in inputs], [value(n) for n in outputs], initializers)


def branches():
    """If: both branches name their result `out`; one reads outer tensors, one gives an outer one back as it is."""
    node = helper.make_node
    then = body([node("Add", ["a", "w"], ["t"], "then/add"), node("Relu", ["t"], ["out"], "then/relu")], [], ["out", "t"])
    other = body([node("Constant", [], ["out"], "else/k", value=helper.make_tensor("k", I64, [2, 2], [1, 2, 3, 4]))], [],
                 ["out", "a"])
    nodes = [node("Conv", ["x", "w"], ["a"], "conv"),
             node("If", ["cond"], ["y", "z"], "if", then_branch=then, else_branch=other),
             node("Mul", ["y", "z"], ["end"], "mul")]
    graph = helper.make_graph(nodes, "branches", [value("x", F32, [1]), value("cond", TensorProto.BOOL, [])],
                              [value("end")], [helper.make_tensor("w", F32, [1], [1.0])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def loop():
    """Loop with an If inside; the body has a weight of its own and reads tensors of both graphs around it."""
    node = helper.make_node
    inner_then = body([node("Add", ["state", "outer"], ["inner"], "deep")], [], ["inner"])
    inner_else = body([node("Identity", ["own"], ["inner"], "flat")], [], ["inner"])
    inside = body([node("If", ["cond_in"], ["next"], "pick", then_branch=inner_then, else_branch=inner_else),
                   node("Identity", ["cond_in"], ["cond_out"], "cond")],
                  ["i", "cond_in", "state"], ["cond_out", "next"], [helper.make_tensor("own", F32, [3], [1.0, 2.0, 3.0])])
    nodes = [node("Abs", ["x"], ["outer"], "abs"),
             node("Loop", ["count", "", "outer"], ["final"], "loop", body=inside)]
    graph = helper.make_graph(nodes, "loop", [value("x", F32, [3]), value("count", I64, [])], [value("final", F32, [3])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def nested(depth):
    """Bodies within bodies; the innermost node reads the outermost tensor."""
    inner = body([helper.make_node("Relu", ["x"], ["y"], "innermost")], [], ["y"])
    for i in range(depth - 1):
        inner = body([helper.make_node("If", ["c"], ["y"], f"if{i}", then_branch=inner)], [], ["y"])
    nodes = [helper.make_node("If", ["c"], ["y"], "outermost", then_branch=inner)]
    graph = helper.make_graph(nodes, "nested", [value("x"), value("c")], [value("y")])
    return helper.make_model(graph)


def circle():
    nodes = [helper.make_node("Add", ["x", "b"], ["a"], "first"), helper.make_node("Relu", ["a"], ["b"], "second")]
    return helper.make_model(helper.make_graph(nodes, "circle", [value("x")], [value("b")]))


def small():
    """A little of everything, for damage."""
    node = helper.make_node
    then = body([node("Neg", ["a"], ["o"])], [], ["o"])
    other = body([node("Abs", ["a"], ["o"])], ["p"], ["o"], [helper.make_tensor("q", I64, [1], [1])])
    nodes = [node("Conv", ["x", "w"], ["a"], "c", kernel_shape=[1, 1], alpha=0.5, pad="S"),
             node("If", ["b"], ["y"], then_branch=then, else_branch=other),
             node("Constant", [], ["k"], value=helper.make_tensor("v", F32, [1], [2.0])),
             node("Add", ["y", "k"], ["z"])]
    graph = helper.make_graph(nodes, "g", [value("x", F32, ["N", 2]), value("b")], [value("z", F32, [1])],
                              [helper.make_tensor("w", F32, [1, 2, 1, 1], [1.0, 2.0])], value_info=[value("a", F32, [1])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="p")


save("network", network())
save("names", names())
save("odds", odds())
for number in range(20):
    save(f"random{number}", random_network(number))
save("body_branches", branches())
save("body_loop", loop())
save("body_deep", nested(32))
save("body_too_deep", nested(33))
save("body_circle", circle())
save("body_small", small())
