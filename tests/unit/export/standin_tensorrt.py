"""A stand-in for TensorRT: just enough of a network to run constraints.py against. It records every change."""

float32, float16, bfloat16, int8, int32, bool = "float32", "float16", "bfloat16", "int8", "int32", "bool"


class Tensor:
    def __init__(self, dtype):
        self.dtype = dtype


class Layer:
    """outputs: the types of its results; None: a result that is not used."""

    def __init__(self, name, outputs, metadata=""):
        self.name = name
        self.metadata = metadata
        self.outputs = [None if dtype is None else Tensor(dtype) for dtype in outputs]
        self.num_outputs = len(outputs)
        self.calls = []

    def get_output(self, index):
        return self.outputs[index]

    def set_output_type(self, index, dtype):
        self.calls.append((index, dtype))

    @property
    def precision(self):
        return float32

    @precision.setter
    def precision(self, dtype):
        self.calls.append(dtype)


class Network:
    def __init__(self, layers):
        self.layers = layers
        self.num_layers = len(layers)

    def get_layer(self, index):
        return self.layers[index]
