"""A stand-in for the runtime: just enough network to run apply_overrides.py against. It records every change."""

import enum


class DataType(enum.Enum):
    FLOAT16 = 1
    FLOAT32 = 2
    INT8 = 3
    INT32 = 4
    BOOL = 5


class Tensor:
    def __init__(self, data_type):
        self.data_type = data_type

    def get_data_type(self):
        return self.data_type


class Node:
    """end: what get_input and get_output do beyond the last one: "raise", "none" or "endless"."""

    def __init__(self, name, inputs, outputs, end="raise"):
        self.name = name
        self.inputs = [Tensor(t) for t in inputs]
        self.outputs = [Tensor(t) for t in outputs]
        self.end = end
        self.calls = []

    def _get(self, tensors, index):
        if index < len(tensors):
            return tensors[index]
        if self.end == "raise":
            raise IndexError(index)
        return None if self.end == "none" else tensors[0]

    def get_node_name(self):
        return self.name

    def get_input(self, index):
        return self._get(self.inputs, index)

    def get_output(self, index):
        return self._get(self.outputs, index)

    def set_precision(self, index, data_type):
        self.calls.append(("set_precision", index, data_type))

    def set_output_type(self, index, data_type):
        self.calls.append(("set_output_type", index, data_type))
        return "ok"


class Network:
    def __init__(self, nodes):
        self.nodes = nodes

    def get_all_nodes_in_network(self):
        return self.nodes
