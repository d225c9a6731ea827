#!/usr/bin/env python3
"""Networks of PyTorch with random weights, what their modules compute, and what ONNX Runtime makes of every tensor of
the graph that PyTorch's exporter writes: a folder each, with model.onnx, x.npz (inputs), hooks.npz, ort.npz.

Usage: pair_networks.py FOLDER PREFIX [NAME ...]  FOLDER/PREFIXname: model.onnx, x.npz, hooks.npz; needs torch and torchvision
       pair_networks.py --ort FOLDER/NAME ...     ort.npz of them; needs onnxruntime
       pair_networks.py --run MODEL.onnx FOLDER/NAME HEIGHTxWIDTH   a model as it is: model.onnx, x.npz, ort.npz
"""
import pathlib
import sys
import warnings

import numpy as np
import onnx

LEAST = 1  # what a dimension without a size becomes


def run_all(path, inputs, out):
    """Every tensor of the graph, in the order of its nodes."""
    import onnxruntime
    model = onnx.load(path)
    known = {value.name for value in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    constants = {node.output[0] for node in model.graph.node if node.op_type == "Constant"}
    for name in names:
        if name not in known and name not in constants:
            model.graph.output.add().name = name
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    wanted = [name for name in names if name in {value.name for value in session.get_outputs()}]
    values = session.run(wanted, inputs)
    np.savez(out, **{name: value for name, value in zip(wanted, values) if isinstance(value, np.ndarray)})


def made_inputs(path, size):
    """Random inputs of a model, dimensions without a size taken from `size`."""
    random = np.random.default_rng(1)
    made = {}
    weights = {value.name for value in onnx.load(path).graph.initializer}
    for value in onnx.load(path).graph.input:
        if value.name in weights:
            continue
        dims = [d.dim_value or LEAST for d in value.type.tensor_type.shape.dim]
        if len(dims) == 4:
            dims = [1, dims[1], *size]
        kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        made[value.name] = (random.standard_normal(dims) if kind.kind == "f" else random.integers(0, 9, dims)).astype(kind)
    return made


def as_is(path, folder, size):
    folder.mkdir(parents=True, exist_ok=True)
    inputs = made_inputs(path, size)
    model = onnx.load(path)  # OpenCV wants to know all sizes
    del model.graph.value_info[:]
    for value in model.graph.input:
        for dim, length in zip(value.type.tensor_type.shape.dim, inputs[value.name].shape if value.name in inputs else ()):
            dim.dim_value = length
    onnx.save(model, folder / "model.onnx")
    np.savez(folder / "x.npz", **inputs)
    run_all(folder / "model.onnx", inputs, folder / "ort.npz")


# ---- networks ----

def networks():
    """NAME: (model, inputs)"""
    import torch
    import torchvision
    from torch import nn
    from torch.nn import functional as F

    class Norm(nn.Sequential):
        def __init__(self, i, o, k=3, s=1, g=1, act=nn.SiLU):
            super().__init__(nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o), act())

    class Bottle(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.cv1, self.cv2 = Norm(c, c // 2, 1), Norm(c // 2, c)

        def forward(self, x):
            return x + self.cv2(self.cv1(x))

    class Yolo(nn.Module):
        """Split, bottlenecks, concatenation, pyramid pooling, upsampling, heads."""
        def __init__(self):
            super().__init__()
            self.stem, self.down = Norm(3, 16, s=2), Norm(16, 32, s=2)
            self.m = nn.ModuleList(Bottle(16) for _ in range(2))
            self.join, self.pool = Norm(64, 32, 1), nn.MaxPool2d(5, 1, 2)
            self.sppf, self.up = Norm(128, 32, 1), nn.Upsample(scale_factor=2)
            self.head, self.box = Norm(48, 24), nn.Conv2d(24, 6, 1)

        def forward(self, x):
            a = self.stem(x)
            y = list(self.down(a).chunk(2, 1))
            y.extend(m(y[-1]) for m in self.m)
            z = self.join(torch.cat(y, 1))
            p = [z]
            for _ in range(3):
                p.append(self.pool(p[-1]))
            z = self.sppf(torch.cat(p, 1))
            return self.box(self.head(torch.cat([self.up(z), a], 1))).sigmoid()

    class Double(nn.Sequential):
        def __init__(self, i, o):
            super().__init__(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
                             nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True))

    class Unet(nn.Module):
        def __init__(self):
            super().__init__()
            self.inc, self.d1, self.d2 = Double(3, 8), Double(8, 16), Double(16, 32)
            self.pool = nn.MaxPool2d(2)
            self.up1, self.u1 = nn.ConvTranspose2d(32, 16, 2, 2), Double(32, 16)
            self.up2, self.u2 = nn.ConvTranspose2d(16, 8, 2, 2), Double(16, 8)
            self.out = nn.Conv2d(8, 2, 1)

        def forward(self, x):
            a = self.inc(x)
            b = self.d1(self.pool(a))
            c = self.d2(self.pool(b))
            y = self.u1(torch.cat([b, self.up1(c)], 1))
            return self.out(self.u2(torch.cat([a, self.up2(y)], 1)))

    class Block(nn.Module):
        def __init__(self, c, heads):
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(c), nn.LayerNorm(c)
            self.q, self.k, self.v, self.proj = (nn.Linear(c, c) for _ in range(4))
            self.mlp = nn.Sequential(nn.Linear(c, 4 * c), nn.GELU(), nn.Dropout(0.1), nn.Linear(4 * c, c))
            self.heads = heads

        def forward(self, x):
            b, n, c = x.shape
            h = self.ln1(x)
            q, k, v = (m(h).view(b, n, self.heads, c // self.heads).transpose(1, 2) for m in (self.q, self.k, self.v))
            w = (q @ k.transpose(-1, -2) / (c // self.heads) ** 0.5).softmax(-1)
            x = x + self.proj((w @ v).transpose(1, 2).reshape(b, n, c))
            return x + self.mlp(self.ln2(x))

    class Gpt(nn.Module):
        def __init__(self):
            super().__init__()
            self.tok, self.pos = nn.Embedding(50, 32), nn.Embedding(12, 32)
            self.blocks = nn.Sequential(*(Block(32, 4) for _ in range(3)))
            self.norm, self.head = nn.LayerNorm(32), nn.Linear(32, 50)

        def forward(self, t):
            return self.head(self.norm(self.blocks(self.tok(t) + self.pos.weight[None, :t.shape[1]])))

    class Speech(nn.Module):
        """Convolutions in time (transposed for them), LSTM, GRU, a module that is called twice."""
        def __init__(self):
            super().__init__()
            self.conv = nn.Sequential(nn.Conv1d(20, 32, 3, padding=1), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2),
                                      nn.Conv1d(32, 32, 3, padding=1, groups=4), nn.BatchNorm1d(32), nn.Hardswish())
            self.lstm, self.gru = nn.LSTM(32, 24, 2, batch_first=True), nn.GRU(24, 16, batch_first=True, bidirectional=True)
            self.norm, self.fc, self.out = nn.LayerNorm(32), nn.Linear(32, 32), nn.Linear(32, 5)

        def forward(self, x):
            y = self.conv(x.transpose(1, 2)).transpose(1, 2)
            y, _ = self.gru(self.lstm(y)[0])
            y = self.norm(y)
            return F.log_softmax(self.out(torch.tanh(self.fc(torch.tanh(self.fc(y))))), -1)

    image = lambda size=64: (torch.randn(1, 3, size, size),)
    plain = {name: (getattr(torchvision.models, name, None), image) for name in
             ("resnet18", "mobilenet_v2", "mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5", "efficientnet_b0",
              "regnet_y_400mf", "densenet121", "googlenet", "convnext_tiny", "mnasnet0_5")}
    makers = {name: (lambda make=make: make(weights=None, **({"init_weights": True, "aux_logits": False} if name == "googlenet" else {})), x)
              for name, (make, x) in plain.items() if make}
    makers["vit"] = (lambda: torchvision.models.VisionTransformer(32, 8, 3, 4, 48, 96), lambda: image(32))
    makers["swin"] = (lambda: torchvision.models.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4]), lambda: image(64))
    makers["encoder"] = (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 3),
                         lambda: (torch.randn(2, 10, 32),))
    makers["yolo"], makers["unet"] = (Yolo, image), (Unet, image)
    makers["gpt"] = (Gpt, lambda: (torch.randint(0, 50, (1, 12)),))
    makers["speech"] = (Speech, lambda: (torch.randn(1, 30, 20),))
    return makers


def settle(model):
    """Statistics of BatchNorm and scales as a trained network has them: nothing is 0 or 1 everywhere."""
    import torch
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
        if hasattr(module, "layer_scale"):
            module.layer_scale.data.fill_(0.5)
        if isinstance(module, (torch.nn.modules.batchnorm._BatchNorm, torch.nn.LayerNorm)):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.normal_(0, 0.2, generator=generator)


def hooks(model, inputs):
    import torch
    seen = {}

    def keep(name, value):
        if isinstance(value, torch.Tensor):
            seen[name] = value.detach().clone().numpy()
        elif isinstance(value, (tuple, list)):
            for k, part in enumerate(value):
                keep(f"{name}.{k}" if k else name, part)

    handles = [module.register_forward_hook(lambda m, i, o, name=name: keep(name, o)) for name, module in model.named_modules() if name]
    with torch.enable_grad():  # no fast paths that go round modules
        model(*inputs)
    for handle in handles:
        handle.remove()
    return seen


def export(model, inputs, path, new):
    import torch
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if new:
            torch.onnx.export(model, inputs, str(path), dynamo=True, external_data=False, verbose=False)
        elif "dynamo" in torch.onnx.export.__code__.co_varnames:
            torch.onnx.export(model, inputs, str(path), dynamo=False, opset_version=17)
        else:
            torch.onnx.export(model, inputs, str(path), opset_version=13)


def make(name, maker, folder, new):
    import torch
    torch.manual_seed(3)
    model, inputs = maker[0]().eval(), maker[1]()
    settle(model)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "hooks.npz", **hooks(model, inputs))
    export(model, inputs, folder / "model.onnx", new)
    named = [value.name for value in onnx.load(folder / "model.onnx").graph.input]
    feed = dict(zip(named, (value.numpy() for value in inputs)))
    np.savez(folder / "x.npz", **feed)


def without_constant_nodes(path):
    """OpenCV's importer wants constants as weights, not as nodes."""
    model = onnx.load(path)
    weights = {value.name: value for value in model.graph.initializer}
    left, named = [], {value.name for value in model.graph.output}
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            weights[node.output[0]] = model.graph.initializer.add()
            weights[node.output[0]].CopyFrom(node.attribute[0].t)
            weights[node.output[0]].name = node.output[0]
        elif node.op_type == "Identity" and node.input[0] in weights and node.output[0] not in named:
            value = weights[node.output[0]] = model.graph.initializer.add()
            value.CopyFrom(weights[node.input[0]])
            value.name = node.output[0]
        else:
            left.append(node)
    del model.graph.node[:]
    model.graph.node.extend(left)
    onnx.save(model, path)


def run_in(folder):
    without_constant_nodes(folder / "model.onnx")
    with np.load(folder / "x.npz") as inputs:
        run_all(folder / "model.onnx", dict(inputs), folder / "ort.npz")


def make_all(folder, prefix, wanted):
    import torch
    torch.set_num_threads(2)
    for name, maker in networks().items():
        for new in (False, True) if torch.__version__ >= "2" else (False,):
            if wanted and name not in wanted:
                continue
            path = folder / (prefix + name + ("-dynamo" if new else ""))
            try:
                make(name, maker, path, new)
            except Exception as error:
                print(f"pairs: {path.name}: {type(error).__name__}: {str(error)[:160]}", file=sys.stderr)


def main():
    first, rest = sys.argv[1], sys.argv[2:]
    if first == "--run":
        as_is(pathlib.Path(rest[0]), pathlib.Path(rest[1]), [int(n) for n in rest[2].split("x")])
    elif first == "--ort":
        for folder in map(pathlib.Path, rest):
            run_in(folder)
    else:
        make_all(pathlib.Path(first), rest[0], rest[1:])


if __name__ == "__main__":
    main()
