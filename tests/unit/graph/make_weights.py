"""Make ONNX models with constants of every kind, by ONNX's own library: make_weights.py FOLDER.

weights.onnx, and weights.txt: a line "name dtype [shape]" and one of hex for each tensor whose values stand in it, as
numpy_helper.to_array gives them, little-endian. small.onnx, for damage.
"""

import os
import sys

from onnx import AttributeProto, TensorProto, external_data_helper, helper, numpy_helper
import numpy

FOLDER = sys.argv[1]
DTYPES = {"float32": "f32", "uint8": "u8", "int8": "i8", "uint16": "u16", "int16": "i16", "int32": "i32", "int64": "i64",
          "bool": "bool", "float16": "f16", "float64": "f64", "uint32": "u32", "uint64": "u64"}
node = helper.make_node
expected = {}


def expect(name, array):
    shape = "[" + ", ".join(str(d) for d in array.shape) + "]"
    expected[name] = f"{name} {DTYPES[array.dtype.name]} {shape}\n{array.tobytes().hex()}\n"


def value(name, dtype=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, dtype, shape)


def stored(name, array):
    """raw_data, the type's list, and a file of its own."""
    raw = numpy_helper.from_array(array, name + "_raw")
    values = array.view(numpy.uint16) if array.dtype == numpy.float16 else array
    kind = raw.data_type
    typed = TensorProto(name=name + "_typed", data_type=kind, dims=array.shape)
    lists = {TensorProto.FLOAT: "float_data", TensorProto.DOUBLE: "double_data", TensorProto.INT64: "int64_data",
             TensorProto.UINT32: "uint64_data", TensorProto.UINT64: "uint64_data"}
    getattr(typed, lists.get(kind, "int32_data")).extend(values.flatten().tolist())
    outside = numpy_helper.from_array(array, name + "_outside")
    with open(f"{FOLDER}/{name}.bin", "wb") as file:
        file.write(b"head" + outside.raw_data + b"tail")
    external_data_helper.set_external_data(outside, f"{name}.bin", 4, len(outside.raw_data))
    outside.ClearField("raw_data")
    for tensor in (raw, typed):
        expect(tensor.name, numpy_helper.to_array(tensor))
    read = TensorProto()
    read.CopyFrom(outside)
    expect(outside.name, numpy_helper.to_array(read, FOLDER))
    return [raw, typed, outside]


def constants():
    yield node("Constant", [], ["k_tensor"], value=numpy_helper.from_array(numpy.array([[1, 2], [3, 4]], "i2"), "inner"))
    expect("k_tensor", numpy.array([[1, 2], [3, 4]], "i2"))
    yield node("Constant", [], ["k_float"], value_float=0.1)
    expect("k_float", numpy.float32(0.1))
    yield node("Constant", [], ["k_floats"], value_floats=[1.5, float("nan"), -0.0])
    expect("k_floats", numpy.array([1.5, numpy.nan, -0.0], "f4"))
    yield node("Constant", [], ["k_int"], value_int=-(1 << 62))
    expect("k_int", numpy.int64(-(1 << 62)))
    yield node("Constant", [], ["k_ints"], value_ints=[1, -1, 1 << 40])
    expect("k_ints", numpy.array([1, -1, 1 << 40], "i8"))
    yield node("Constant", [], ["k_none"], value_ints=[])
    expect("k_none", numpy.array([], "i8"))
    yield node("Constant", [], ["k_text"], value_string="text")
    yield node("Constant", [], ["dims"], value_ints=[2, 3])
    expect("dims", numpy.array([2, 3], "i8"))
    yield node("ConstantOfShape", ["dims"], ["zeros"])
    expect("zeros", numpy.zeros((2, 3), "f4"))
    yield node("ConstantOfShape", ["dims"], ["sevens"], value=helper.make_tensor("v", TensorProto.INT64, [1], [-7]))
    expect("sevens", numpy.full((2, 3), -7))
    yield node("ConstantOfShape", ["k_none"], ["one"], value=helper.make_tensor("v", TensorProto.BOOL, [1], [True]))
    expect("one", numpy.array(True))
    yield node("Identity", ["i16_raw"], ["same"])
    yield node("Identity", ["same"], ["same again"])
    for name in ("same", "same again"):
        expected[name] = expected["i16_raw"].replace("i16_raw", name, 1)
    yield node("Identity", ["x"], ["y"])
    yield node("ConstantOfShape", ["x"], ["unknown"])
    yield node("ConstantOfShape", ["many"], ["large"])
    yield node("ConstantOfShape", ["zeros"], ["of a fill"])
    yield node("ConstantOfShape", ["k_floats"], ["of floats"])
    yield node("ConstantOfShape", ["dims"], ["two"], value=helper.make_tensor("v", TensorProto.INT64, [2], [1, 2]))
    yield node("f", ["x"], ["z"], domain="own", numbers=[0.5, 0.25])


def weights():
    rnd = numpy.random.default_rng(1)
    tensors = []
    for dtype, short in DTYPES.items():
        array = rnd.integers(0, 100, (3, 2, 2)).astype(dtype)
        tensors += stored(short, array)
    tensors.append(numpy_helper.from_array(numpy.array([1 << 20, 17]), "many"))
    expect("many", numpy.array([1 << 20, 17]))
    tensors.append(TensorProto(name="gone", data_type=1, dims=[2], data_location=TensorProto.EXTERNAL))
    tensors[-1].external_data.add(key="location", value="nowhere.bin")
    tensors.append(TensorProto(name="outside", data_type=1, dims=[2], data_location=TensorProto.EXTERNAL))
    tensors[-1].external_data.add(key="location", value="../weights.bin")
    tensors.append(TensorProto(name="text", data_type=8, dims=[1], string_data=[b"a"]))
    inner = node("Constant", [], ["c"])
    attribute = inner.attribute.add()
    attribute.name, attribute.ref_attr_name, attribute.type = "value_floats", "numbers", AttributeProto.FLOATS
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    function = helper.make_function("own", "f", ["a"], ["b"], [inner, node("Add", ["a", "c"], ["b"])], opsets, ["numbers"])
    expect("_inlfunc_f_c", numpy.array([0.5, 0.25], "f4"))
    graph = helper.make_graph(list(constants()), "g", [value("x"), value("f32_raw", TensorProto.FLOAT, [3, 2, 2])],
                              [value("y"), value("z")], tensors)
    model = helper.make_model(graph, opset_imports=opsets)
    model.functions.append(function)
    save("weights", model)
    with open(f"{FOLDER}/weights.txt", "w") as file:
        file.write("".join(expected[name] for name in sorted(expected)))


def small():
    nodes = [node("Constant", [], ["a"], value_floats=[1.0, 2.0]), node("Constant", [], ["b"], value_int=1),
             node("ConstantOfShape", ["s"], ["c"], value=helper.make_tensor("v", TensorProto.INT8, [1], [3])),
             node("Constant", [], ["d"], value_ints=[300, 2]), node("Identity", ["s"], ["e"]),
             node("Add", ["w", "a"], ["y"])]
    tensors = [helper.make_tensor("s", TensorProto.INT64, [2], [2, 2]),
               numpy_helper.from_array(numpy.array([1, 2, 3], "i2"), "w")]
    save("small", helper.make_model(helper.make_graph(nodes, "g", [], [value("y")], tensors)))


def save(name, model):
    with open(f"{FOLDER}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


os.makedirs(FOLDER, exist_ok=True)
weights()
small()
