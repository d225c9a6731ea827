"""A small network in floats and in integers, as NumPy computes it, with its models as quantisers write them.

Eight convolutions of 1 x 1, each but the last with a Relu behind it. Names are those of an exported model; a dump has `_`
for what a file name can't have.
"""

import json
import re

import numpy as np
from onnx import TensorProto, helper, numpy_helper

LAYERS, CHANNELS, SIDE = 8, 8, 12
MICROSOFT = "com.microsoft"


def conv_name(k):
    return f"/conv{k}/Conv_output_0"


def relu_name(k):
    return f"/relu{k}/Relu_output_0"


def file_name(name):
    return re.sub("[^A-Za-z0-9_.-]", "_", name)


class Scale:
    """uint8, asymmetric, of a range that has 0 in it."""

    def __init__(self, low, high):
        low, high = min(low, 0.0), max(high, 0.0)
        self.scale = np.float32((high - low) / 255)
        self.zero = int(np.clip(np.rint(-low / self.scale), 0, 255))

    def codes(self, x):
        return np.clip(np.rint(x.astype("f4") / self.scale) + self.zero, 0, 255).astype("u1")

    def values(self, q):
        return (q.astype("f8") - self.zero) * float(self.scale)


class Net:
    """`faults`: {name: function of the result, before it is rounded}. `narrow`: {name: share of the range that is left}.
    `wrong`: {layer: function of its integer weights}. `fused`: dst has no Relu, its ranges do their work; the convolutions' results go by the names of their Relu."""

    def __init__(self, seed=1, per_channel=False, faults={}, narrow={}, fused=False, wrong={}):
        random = np.random.default_rng(seed)
        self.per_channel, self.fused = per_channel, fused
        self.x = random.normal(size=(1, CHANNELS, SIDE, SIDE)).astype("f4")
        self.weight, self.bias = [], []
        for _ in range(LAYERS):
            w = random.normal(size=(CHANNELS, CHANNELS)) * np.sqrt(2 / CHANNELS)
            self.weight.append(w.astype("f4"))
            self.bias.append((0.1 * random.normal(size=CHANNELS)).astype("f4"))
        self.src = self.run(self.weight, lambda name, y: y, False)
        self.scale = {}
        for name, y in self.src.items():
            share = narrow.get(name, 1)
            self.scale[name] = Scale(share * float(y.min()), share * float(y.max()))
        self.integer = [self.quantise(w) for w in self.weight]
        for k, change in wrong.items():
            self.integer[k] = change(self.integer[k][0]), self.integer[k][1]
        weights = [(s.reshape(-1, 1) * q).astype("f4") for q, s in self.integer]
        self.codes, self.before = {}, {}
        self.dst = self.run(weights, lambda name, y: self.store(name, faults.get(name, lambda y: y)(y)), fused)

    def quantise(self, w):
        most = np.abs(w).max(axis=1) if self.per_channel else np.abs(w).max()
        scale = np.asarray(most / 127, "f4").reshape(-1)
        return np.clip(np.rint(w / scale.reshape(-1, 1)), -127, 127).astype("i1"), scale

    def store(self, name, y):
        self.before[name] = y.astype("f4")
        self.codes[name] = self.scale[name].codes(y)
        return self.scale[name].values(self.codes[name]).astype("f4")

    def run(self, weights, store, fused):
        tensors = {"input": store("input", self.x)}
        x = tensors["input"]
        for k, (w, b) in enumerate(zip(weights, self.bias)):
            y = np.einsum("oi,nihw->nohw", w.astype("f8"), x) + b.reshape(1, -1, 1, 1)
            last = k + 1 == LAYERS
            name = relu_name(k) if fused and not last else conv_name(k)
            x = tensors[name] = store(name, y.astype("f4"))
            if not last and not fused:
                x = tensors[relu_name(k)] = store(relu_name(k), np.maximum(x, 0))
        return tensors

    # ---- dumps ----

    def dump(self, folder, tensors):
        folder.mkdir()
        for name, values in tensors.items():
            np.save(folder / f"{file_name(name)}.npy", values)

    def scales_json(self, folder):
        entries = {n: {"scale": float(s.scale), "zero_point": s.zero} for n, s in self.scale.items()}
        (folder / "scales.json").write_text(json.dumps(entries))

    # ---- models ----

    def float_model(self, path):
        nodes, constants = [], []
        x = "input"
        for k in range(LAYERS):
            constants.append(numpy_helper.from_array(self.weight[k].reshape(CHANNELS, CHANNELS, 1, 1), f"w{k}"))
            constants.append(numpy_helper.from_array(self.bias[k], f"b{k}"))
            nodes.append(helper.make_node("Conv", [x, f"w{k}", f"b{k}"], [conv_name(k)], name=f"/conv{k}/Conv"))
            x = conv_name(k)
            if k + 1 < LAYERS:
                nodes.append(helper.make_node("Relu", [x], [relu_name(k)], name=f"/relu{k}/Relu"))
                x = relu_name(k)
        self.save(path, nodes, constants, x)

    def constants_of(self, name):
        s = self.scale[name]
        return [
            numpy_helper.from_array(s.scale, name + "_scale"),
            numpy_helper.from_array(np.uint8(s.zero), name + "_zero_point"),
        ]

    def weights_of(self, k):
        q, scale = self.integer[k]
        zero = np.zeros(scale.shape, "i1")
        if not self.per_channel:
            scale, zero = scale[0], zero[0]
        return [
            numpy_helper.from_array(q.reshape(CHANNELS, CHANNELS, 1, 1), f"w{k}_quantized"),
            numpy_helper.from_array(scale, f"w{k}_scale"),
            numpy_helper.from_array(zero, f"w{k}_zero_point"),
        ]

    def qdq_model(self, path):
        """QuantizeLinear and DequantizeLinear behind each tensor, DequantizeLinear behind the weights."""
        nodes, constants = [], []

        def through(name):
            grid = [name + "_scale", name + "_zero_point"]
            constants.extend(self.constants_of(name))
            nodes.append(helper.make_node("QuantizeLinear", [name, *grid], [name + "_QuantizeLinear_Output"]))
            nodes.append(
                helper.make_node(
                    "DequantizeLinear", [name + "_QuantizeLinear_Output", *grid], [name + "_DequantizeLinear_Output"]
                )
            )
            return name + "_DequantizeLinear_Output"

        x = through("input")
        for k in range(LAYERS):
            constants.extend(self.weights_of(k))
            constants.append(numpy_helper.from_array(self.bias[k], f"b{k}"))
            w = f"w{k}_DequantizeLinear_Output"
            names = [c.name for c in constants[-4:-1]]
            nodes.append(helper.make_node("DequantizeLinear", names, [w], axis=0))
            last = k + 1 == LAYERS
            name = relu_name(k) if self.fused and not last else conv_name(k)
            nodes.append(helper.make_node("Conv", [x, w, f"b{k}"], [name]))
            x = through(name)
            if not last and not self.fused:
                nodes.append(helper.make_node("Relu", [x], [relu_name(k)]))
                x = through(relu_name(k))
        self.save(path, nodes, constants, x)

    def operator_model(self, path):
        """QLinearConv; its Relu is no node, the range does its work."""
        nodes, constants = [], self.constants_of("input")
        nodes.append(
            helper.make_node("QuantizeLinear", ["input", "input_scale", "input_zero_point"], ["input_quantized"])
        )
        x, grid = "input_quantized", ["input_scale", "input_zero_point"]
        for k in range(LAYERS):
            last = k + 1 == LAYERS
            y = conv_name(k)
            s = self.scale[y if last else relu_name(k)]
            constants.extend(self.weights_of(k))
            weights = [c.name for c in constants[-3:]]
            constants.append(numpy_helper.from_array(s.scale, y + "_scale"))
            constants.append(numpy_helper.from_array(np.uint8(s.zero), y + "_zero_point"))
            result = [y + "_scale", y + "_zero_point"]
            nodes.append(helper.make_node("QLinearConv", [x, *grid, *weights, *result], [y + "_quantized"]))
            x, grid = y + "_quantized", result
        nodes.append(helper.make_node("DequantizeLinear", [x, *grid], [conv_name(LAYERS - 1)]))
        self.save(path, nodes, constants, conv_name(LAYERS - 1))

    def save(self, path, nodes, constants, output):
        value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, CHANNELS, SIDE, SIDE])
        graph = helper.make_graph(nodes, "net", [value("input")], [value(output)], constants)
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid(MICROSOFT, 1)]
        path.write_bytes(helper.make_model(graph, opset_imports=opsets).SerializeToString())
