#!/usr/bin/env python3
"""Dump what the layers and operators of a TensorFlow or Keras model compute, for mmtui to compare.

On the command line:     python3 dump_tensorflow.py MODEL DIR --input x=x.npy
                         MODEL is a SavedModel folder, a .keras or .h5 file, or a .tflite file; inputs that are not
                         given are filled with random numbers, the same each time
In a program:            with dump(model, "DIR"):          (a Keras model, run eagerly while it dumps)
                             model(x)
                         dump_function(concrete_function, "DIR", {"x": array})
Then, with another:      mmtui DIR OTHER

Layers of Keras are called by the path of their names (model/block/conv); a second call of one layer is PATH_1; parts of
a list or dict are PATH[0], PATH[key]. What operators outside of layers compute is PATH/OPERATOR, PATH/OPERATOR_1.
Of a SavedModel's function (--signature, serving_default if not given) every operator's outputs are dumped under their
names, its variables frozen and its calls inlined; of a .tflite file every tensor, integers with their scale and zero
point in scales.json. Needs tensorflow (2.13 and newer; for .tflite also ai-edge-litert where tensorflow has no
interpreter) and NumPy. All tensors of a function or a .tflite file are in memory at once.
"""
import argparse

import tensorflow as tf

from writer import *

# Operators of ONNX by the names of layers and of TensorFlow's operators; what is not here keeps its name.
TYPES = {
    "Conv1D": "Conv", "Conv2D": "Conv", "Conv3D": "Conv", "DepthwiseConv2D": "Conv", "DepthwiseConv2dNative": "Conv",
    "Conv2DTranspose": "ConvTranspose", "Conv2DBackpropInput": "ConvTranspose", "Dense": "Gemm", "MatMul": "MatMul",
    "BatchMatMulV2": "MatMul", "BatchNormalization": "BatchNormalization", "FusedBatchNormV3": "BatchNormalization",
    "LayerNormalization": "LayerNormalization", "ReLU": "Relu", "LeakyReLU": "LeakyRelu", "AddV2": "Add", "BiasAdd": "Add",
    "RealDiv": "Div", "Multiply": "Mul", "Subtract": "Sub", "MaxPooling2D": "MaxPool", "AveragePooling2D": "AveragePool",
    "AvgPool": "AveragePool", "GlobalAveragePooling2D": "GlobalAveragePool", "GlobalMaxPooling2D": "GlobalMaxPool",
    "Embedding": "Gather", "GatherV2": "Gather", "ConcatV2": "Concat", "Concatenate": "Concat", "Mean": "ReduceMean",
    "Max": "ReduceMax", "MultiHeadAttention": "Attention", "CONV_2D": "Conv", "DEPTHWISE_CONV_2D": "Conv",
    "FULLY_CONNECTED": "Gemm", "ADD": "Add", "MUL": "Mul", "SUB": "Sub", "SOFTMAX": "Softmax", "LOGISTIC": "Sigmoid",
    "AVERAGE_POOL_2D": "AveragePool", "MAX_POOL_2D": "MaxPool", "MEAN": "ReduceMean", "CONCATENATION": "Concat",
    "RESHAPE": "Reshape", "QUANTIZE": "QuantizeLinear", "DEQUANTIZE": "DequantizeLinear", "BATCH_MATMUL": "MatMul",
}
# Nothing is computed: constants, reading of variables, shapes, control.
QUIET = {"Const", "VariableV2", "ReadVariableOp", "ResourceGather", "VarHandleOp", "Shape", "NoOp", "Identity", "IdentityN",
         "StopGradient", "Placeholder", "AssignVariableOp", "StridedSlice", "Pack", "Reshape", "ExpandDims", "Squeeze", "Fill",
         "Range", "Assert", "Cast", "ZerosLike", "OnesLike", "Rank", "Size", "EagerPyFunc"}
CONTROL = {"If", "While", "StatelessIf", "StatelessWhile", "Case", "StatelessCase", "PartitionedCall", "StatefulPartitionedCall"}


def parts(name, value):
    """(name, tensor) of all tensors in what a layer returned."""
    if isinstance(value, dict) or (isinstance(value, (list, tuple))):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from parts("%s[%s]" % (name, key), item)
    elif isinstance(value, (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.sparse.SparseTensor, np.ndarray)):
        yield name, value


def put(writer, name, op_type, tensor, instead_of=(), scales=None):
    """Write one tensor, if it has values (in a traced function it has none)."""
    if isinstance(tensor, tf.RaggedTensor):
        tensor = tensor.to_tensor()
    if isinstance(tensor, tf.sparse.SparseTensor):
        tensor = tf.sparse.to_dense(tensor)
    if isinstance(tensor, np.ndarray):
        return put_array(writer, name, op_type, tensor, instead_of, scales)
    if not hasattr(tensor, "numpy"):
        return writer.miss("%s: is in a traced function (tf.function); run it eagerly" % name)
    return put_array(writer, name, op_type, tensor.numpy(), instead_of, scales)


def put_array(writer, name, op_type, array, instead_of=(), scales=None):
    array = np.asarray(array)
    kind, descr = array.dtype.name, None
    if kind == "bfloat16":
        array, descr = array.view(np.uint16), "<V2"
    elif kind.startswith("float8"):
        array, descr = array.view(np.uint8), kind
    elif kind in ("int4", "uint4"):
        array = array.astype(np.int8 if kind == "int4" else np.uint8)
    return writer.put(name, op_type, array, descr, scales, instead_of)


# ---- Keras models, layer by layer ----


def children(layer):
    return [child for child in layer._flatten_layers(recursive=False, include_self=False) if child is not layer]


def layers_of(layer, path, found):
    """{id: path} of all layers, by the names of those that they are in."""
    for child in children(layer):
        if id(child) not in found:
            found[id(child)] = (path + "/" if path else "") + child.name
            layers_of(child, found[id(child)], found)
    return found


class dump:
    """with dump(model, folder): model(x)      writes the folder when the block ends.

    operators=False: layers alone."""

    def __init__(self, model, folder, operators=True):
        self.model, self.folder, self.operators = model, folder, operators
        self.stack, self.calls, self.busy = [], {}, False

    def __enter__(self):
        self.writer = Writer(self.folder, "tensorflow %s, keras %s" % (tf.__version__, tf.keras.__version__))
        self.paths = layers_of(self.model, "", {id(self.model): ""})
        self.names = set(self.paths.values())
        inputs = {self.paths.get(id(layer)) for layer in self.model._flatten_layers() if type(layer).__name__ == "InputLayer"}
        self.expected = self.names - inputs
        self.base = tf.keras.layers.Layer
        self.call, owner = self.base.__call__, self

        def call(layer, *args, **kwargs):
            path = owner.paths.get(id(layer))
            if path is None:
                return owner.call(layer, *args, **kwargs)
            return owner.run(layer, path, args, kwargs)

        self.base.__call__ = call
        self.eager = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        self.callbacks = operator_callbacks(self.writer) if self.operators else None
        if self.callbacks:
            self.callbacks.add_op_callback(self.operator)
        return self

    def __exit__(self, *error):
        if self.callbacks:
            self.callbacks.remove_op_callback(self.operator)
        tf.config.run_functions_eagerly(self.eager)
        self.base.__call__ = self.call
        for path in sorted(self.expected - set(self.calls)):
            self.writer.miss("%s: was not called as a layer (its parent may use its weights)" % (path or "the model"))
        self.writer.close()

    def free(self, name):
        number = self.calls[name] = self.calls.get(name, -1) + 1
        return "%s_%d" % (name, number) if number else name

    def run(self, layer, path, args, kwargs):
        if path == "":
            self.stack.clear()
            number = self.calls.get("", -1) + 1
            self.put_all("input" + ("_%d" % number if number else ""), "", args[0] if len(args) == 1 else list(args), ())
        name, rows = self.free(path), []
        name = "output" + name if path == "" else name
        self.stack.append((path, rows, layer))
        try:
            result = self.call(layer, *args, **kwargs)
        finally:
            self.stack.pop()
        kind = type(layer).__name__
        self.put_all(name, TYPES.get(kind, kind), result, rows)
        return result

    def put_all(self, name, op_type, value, instead_of):
        busy, self.busy = self.busy, True
        try:
            for part, tensor in parts(name, value):
                put(self.writer, part, op_type, tensor, instead_of)
        finally:
            self.busy = busy

    def operator(self, op_type, inputs, attrs, outputs, op_name=None, graph=None):
        if self.busy or graph is not None or not self.stack or op_type in QUIET or not inputs:
            return None
        path, rows, layer = self.stack[-1]
        inner = type(layer).__module__.startswith("keras") and not isinstance(layer, tf.keras.Model)
        if inner and not children(layer):
            return None  # a layer of Keras: its result is dumped
        base = (path + "/" if path else "") + op_type
        name = self.free(base + "()" if base in self.names else base)
        before = len(self.writer.rows)
        self.put_all(name, TYPES.get(op_type, op_type), list(outputs) if len(outputs) > 1 else outputs[0], ())
        rows.extend(self.writer.rows[before:])
        return None


def operator_callbacks(writer):
    """TensorFlow's own hook on operators, which is not in its public names; None: this version has none."""
    try:
        from tensorflow.python.framework import op_callbacks
        return op_callbacks
    except ImportError:
        writer.miss("operators outside of layers (TensorFlow %s has no hook for them)" % tf.__version__)
        return None


# ---- functions: SavedModel's signatures ----


def dump_function(function, folder, inputs=None, seed=0):
    """Run a concrete function once and write all outputs of all operators. `inputs`: {name: array} by its arguments."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze
    writer = Writer(folder, "tensorflow %s, a function" % tf.__version__)
    frozen = freeze(function)
    feeds = [tensor for tensor in frozen.inputs if tensor.dtype != tf.resource]
    inputs, values = dict(inputs or {}), []
    for feed in feeds:
        name = feed.name.split(":")[0]
        key = next((k for k in inputs if name in (k, "serving_default_" + k)), None)
        given = inputs.pop(key) if key else None
        values.append(tf.cast(given, feed.dtype) if given is not None else random_input(writer, name, feed.shape, feed.dtype, seed))
        put(writer, name, "", values[-1])
    if inputs:
        raise SystemExit("no input is called %s; there are %s" % (", ".join(inputs), ", ".join(f.name for f in feeds)))
    fetches = fetches_of(frozen, writer)
    for tensor, value in zip(fetches, frozen.prune(feeds, fetches)(*values)):
        name = tensor.name[:-2] if tensor.name.endswith(":0") else tensor.name
        name = re.sub("^((Stateful)?PartitionedCall(_[0-9]+)?/)+", "", name)  # scopes of calls that were inlined
        put(writer, name, TYPES.get(tensor.op.type, tensor.op.type), value)
    writer.close()


def fetches_of(frozen, writer):
    """The outputs of all operators that compute something from the inputs: not of weights, shapes and Identity."""
    fetches, moving = [], set()
    for op in frozen.graph.get_operations():
        if op.type == "Placeholder" or any(tensor.op.name in moving for tensor in op.inputs):
            moving.add(op.name)
        else:
            continue
        if op.type in CONTROL:
            writer.miss("%s (%s): what the operators in its body compute" % (op.name, op.type))
        if op.type not in ("Placeholder", "Identity", "IdentityN", "Shape", "NoOp"):
            fetches += [tensor for tensor in op.outputs if tensor.dtype not in (tf.resource, tf.variant, tf.string)]
    return fetches


def random_input(writer, name, shape, dtype, seed):
    """N(0, 1), integers 0 and 1; an axis of unknown length has 1."""
    shape = [int(n) if n and n > 0 else 1 for n in (shape if shape is not None else [])]
    random = np.random.default_rng(seed)
    dtype = tf.as_dtype(dtype)
    values = random.standard_normal(shape) if dtype.is_floating else random.integers(0, 2, shape)
    writer.miss("%s: was not given; random numbers of shape %s, seed %d" % (name, shape, seed))
    return tf.cast(values, dtype)


# ---- .tflite files ----


def open_tflite(path):
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        Interpreter = tf.lite.Interpreter
    return Interpreter(model_path=path, experimental_preserve_all_tensors=True)


def scales_of(detail, array):
    quantised = detail["quantization_parameters"]
    scale, zero = quantised["scales"], quantised["zero_points"]
    if not len(scale) or array.dtype.kind not in "iu" or not (scale > 0).all():
        return None
    if len(scale) == 1:
        return {"scale": float(scale[0]), "zero_point": int(zero[0])}
    return {"scale": scale.tolist(), "zero_point": zero.tolist(), "axis": int(quantised["quantized_dimension"])}


def input_of(detail, array, writer, seed):
    """What goes into an input: floats are quantised where the model takes integers."""
    if array is None:
        array = random_input(writer, detail["name"], detail["shape"], np.float32, seed).numpy()
    scales = scales_of(detail, np.empty(0, detail["dtype"]))
    if scales and array.dtype.kind == "f":
        limits = np.iinfo(detail["dtype"])
        array = np.clip(np.rint(array / scales["scale"]) + scales["zero_point"], limits.min, limits.max)
    return array.astype(detail["dtype"])


def dump_tflite(path, folder, inputs=None, seed=0):
    """Run a .tflite file once and write all tensors that its operators make. Floats for integer inputs are quantised."""
    run, writer, given = open_tflite(path), Writer(folder, "tflite (tensorflow %s)" % tf.__version__), {}
    inputs = dict(inputs or {})
    for detail in run.get_input_details():
        key = next((k for k in inputs if detail["name"] in (k, "serving_default_%s:0" % k)), None)
        given[detail["index"]] = np.asarray(inputs.pop(key)) if key else None
        if key and list(given[detail["index"]].shape) != list(detail["shape"]):
            run.resize_tensor_input(detail["index"], given[detail["index"]].shape)
    if inputs:
        raise SystemExit("no input is called %s; there are %s"
                         % (", ".join(inputs), ", ".join(d["name"] for d in run.get_input_details())))
    run.allocate_tensors()
    for detail in run.get_input_details():
        run.set_tensor(detail["index"], input_of(detail, given[detail["index"]], writer, seed))
    run.invoke()
    details = {detail["index"]: detail for detail in run.get_tensor_details()}
    made = [(detail["index"], "") for detail in run.get_input_details()]
    made += [(index, op["op_name"]) for op in run._get_ops_details() for index in op["outputs"] if op["op_name"] != "DELEGATE"]
    for index, kind in made:
        put_tensor(run, writer, details.get(index), index, kind)
    writer.close()


def put_tensor(run, writer, detail, index, kind):
    try:
        array = run.get_tensor(index)
    except ValueError as error:
        return writer.miss("tensor %d (%s): %s" % (index, kind, str(error).split("\n")[0][:120]))
    name = re.sub("^serving_default_(.*):0$", r"\1", detail["name"])
    return put_array(writer, name, TYPES.get(kind, kind), array, (), scales_of(detail, array))


# ---- the command line ----


def read_inputs(given, parser):
    inputs = {}
    for text in given:
        name, equals, path = text.partition("=")
        if equals:
            inputs[name] = np.load(path)
        elif text.endswith(".npz"):
            inputs.update(np.load(text))
        else:
            parser.error("--input %s: NAME=FILE.npy, or an .npz file" % text)
    return inputs


def dump_keras(path, folder, inputs, seed):
    model = tf.keras.models.load_model(path)
    values = []
    for tensor in model.inputs:
        name = tensor.name.split(":")[0]
        values.append(inputs.pop(name) if name in inputs else None)
    if inputs:
        raise SystemExit("no input is called %s; there are %s" % (", ".join(inputs), ", ".join(t.name for t in model.inputs)))
    with dump(model, folder) as to:
        values = [random_input(to.writer, t.name, t.shape, t.dtype, seed) if v is None else tf.convert_to_tensor(v)
                  for t, v in zip(model.inputs, values)]
        model(values[0] if len(values) == 1 else values, training=False)


def dump_saved(path, folder, inputs, seed, signature):
    loaded = tf.saved_model.load(path)
    if signature not in loaded.signatures:
        raise SystemExit("%s: has no signature %s; there are: %s" % (path, signature, ", ".join(loaded.signatures) or "none"))
    dump_function(loaded.signatures[signature], folder, inputs, seed)


def main():
    parser = argparse.ArgumentParser(description="Dump what a SavedModel, Keras or TFLite model computes.")
    parser.add_argument("model", help="a SavedModel folder, a .keras, .h5 or .tflite file")
    parser.add_argument("folder", metavar="DIR", help="for the dump; empty or not there yet")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=FILE", help="a .npy file, or an .npz with inputs by name")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers for inputs that are not given")
    parser.add_argument("--signature", default="serving_default", help="of a SavedModel (serving_default)")
    options = parser.parse_args()
    inputs = read_inputs(options.input, parser)
    if options.model.endswith(".tflite"):
        dump_tflite(options.model, options.folder, inputs, options.seed)
    elif os.path.isdir(options.model):
        dump_saved(options.model, options.folder, inputs, options.seed, options.signature)
    else:
        dump_keras(options.model, options.folder, inputs, options.seed)


if __name__ == "__main__":
    main()
