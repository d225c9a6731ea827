#!/usr/bin/env python3
"""Dumps of a small network by `mmtui dump --script pytorch`, and what they must hold, computed without hooks.

Usage: dump_pytorch.py SCRIPT FOLDER   (SCRIPT: what mmtui printed; makes FOLDER/dump_pytorch.zip: f32, bf16, int8 and
                                        f32.npz, bf16.npz, int8.npz, the expected tensors)
"""
import copy
import importlib.util
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
import torch.ao.quantization as quantization
import torch.nn as nn
import torch.nn.functional as F

warnings.filterwarnings("ignore")


class Block(nn.Module):
    """In place, called twice, functional, and added to itself."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3, padding=1)
        self.bn = nn.BatchNorm2d(2)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn(self.conv(x)))
        y = self.relu(self.conv(y))
        y -= x
        return F.relu(y)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True))
        self.block = Block()
        self.fc = nn.Linear(2, 4)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, batch_first=True), 1)
        self.lstm = nn.LSTM(4, 3, batch_first=True)
        self.unused = nn.Linear(2, 2)

    def forward(self, x, scale):
        y = self.block(self.stem(x)).flatten(2).transpose(1, 2)
        y = self.encoder(self.fc(y) * scale)
        y, (hidden, _) = self.lstm(y)
        return {"mean": y.mean(1), "hidden": hidden}


def expected(net, x, scale):
    """By hand, each result copied before the next line."""
    found = {}

    def keep(name, value):
        found[name] = value.detach().clone().float().numpy()
        return value

    layer = net.encoder.layers[0]
    y = keep("stem.0", net.stem[0](x))
    stem = keep("stem.1", keep("stem", F.relu(y)))
    y = keep("block.conv", net.block.conv(stem))
    y = keep("block.relu", F.relu(keep("block.bn", net.block.bn(y))))
    y = keep("block.relu_1", F.relu(keep("block.conv_1", net.block.conv(y))))
    y = keep("block", F.relu(keep("block.sub", y - stem)))
    y = keep("fc", net.fc(y.flatten(2).transpose(1, 2)))
    y = keep("mul", y * scale)
    attention = layer.self_attn
    query, key, value = F.linear(y, attention.in_proj_weight, attention.in_proj_bias).reshape(2, 9, 3, 2, 2).permute(2, 0, 3, 1, 4)
    mixed = torch.softmax((query / 2 ** 0.5) @ key.transpose(-2, -1), -1) @ value
    mixed = F.linear(mixed.transpose(1, 2).reshape(2, 9, 4), attention.out_proj.weight, attention.out_proj.bias)
    keep("encoder.layers.0.self_attn[0]", mixed)
    y = keep("encoder.layers.0.norm1", layer.norm1(keep("encoder.layers.0.add", y + mixed)))
    z = keep("encoder.layers.0.relu", F.relu(keep("encoder.layers.0.linear1", layer.linear1(y))))
    y = keep("encoder.layers.0.add_1", y + keep("encoder.layers.0.linear2", layer.linear2(z)))
    y = keep("encoder", keep("encoder.layers.0", layer.norm2(y)))
    y, (hidden, cell) = net.lstm(y)
    keep("lstm[0]", y), keep("lstm[1][0]", hidden), keep("lstm[1][1]", cell)
    keep("output[mean]", y.mean(1)), keep("output[hidden]", hidden)
    return found


class Small(nn.Module):
    """For eager quantisation: fused convolution, an addition of integers, float at the end."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = quantization.QuantStub(), quantization.DeQuantStub()
        self.conv, self.bn, self.relu = nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.ReLU()
        self.conv2 = nn.Conv2d(2, 2, 1)
        self.sum = torch.ao.nn.quantized.FloatFunctional()
        self.fc = nn.Linear(18, 4)

    def forward(self, x):
        y = self.relu(self.bn(self.conv(self.quant(x))))
        y = self.sum.add(self.conv2(y), y)
        return F.softmax(self.dequant(self.fc(y.flatten(1))), -1)


def expected_int8(net, x):
    """What the integers stand for."""
    found = {}

    def keep(name, value):
        found[name] = (value.dequantize() if value.is_quantized else value).detach().clone().numpy()
        return value

    y = keep("relu", net.conv(keep("quant", net.quant(x))))
    y = keep("add", net.sum.add(keep("conv2", net.conv2(y)), y))
    y = keep("dequant", net.dequant(keep("fc", net.fc(y.flatten(1)))))
    keep("output", F.softmax(y, -1))
    return found


def quantise(net, x):
    engines = [e for e in torch.backends.quantized.supported_engines if e != "none"]
    torch.backends.quantized.engine = "fbgemm" if "fbgemm" in engines else engines[-1]
    net = quantization.fuse_modules(copy.deepcopy(net), [["conv", "bn", "relu"]])
    net.qconfig = quantization.get_default_qconfig(torch.backends.quantized.engine)
    net = quantization.prepare(net)
    net(x)
    return quantization.convert(net)


def same(ours, theirs):
    return all(torch.equal(ours[k], theirs[k]) for k in ours) if isinstance(ours, dict) else torch.equal(ours, theirs)


def dump_all(adapter, folder):
    torch.manual_seed(0)
    net, small = Net().eval(), Small().eval()
    for norm in (net.block.bn, small.bn):
        norm.running_mean.uniform_(-0.2, 0.2)
        norm.running_var.uniform_(0.5, 1.5)
    x, scale = torch.randn(2, 3, 5, 5), torch.tensor(0.5)
    int8 = quantise(small, x)
    with torch.no_grad():
        for name, reduced in (("f32", False), ("bf16", True)):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced):
                torch.backends.mha.set_fastpath_enabled(False)
                plain = net(x, scale=scale)
                torch.backends.mha.set_fastpath_enabled(True)
                with adapter.dump(net, folder / name):
                    dumped = net(x, scale=scale)
                assert same(plain, dumped), "a dump must not change what is computed"
                assert torch.backends.mha.get_fastpath_enabled()
                np.savez(folder / (name + ".npz"), **expected(net, x, scale))
        for name, model in (("small", small), ("int8", int8)):
            with adapter.dump(model, folder / name):
                dumped = model(x)
            assert same(model(x), dumped)
        np.savez(folder / "int8.npz", **expected_int8(int8, x))
    others(adapter, folder, net, x, scale)


def others(adapter, folder, net, x, scale):
    """What hooks do not see, and what they must not break; nothing of it is kept."""
    def not_seen(model, *arguments, **options):
        path = folder / "other"
        with adapter.dump(model, path) as to:
            model(*arguments, **options)
        shutil.rmtree(path)
        return to.writer

    fresh = copy.deepcopy(net)
    told = not_seen(fresh.train(), x, scale=scale).not_seen
    assert any("training mode" in text for text in told), told
    traced = torch.jit.trace(net.block, torch.randn(1, 2, 3, 3))
    writer = not_seen(nn.Sequential(nn.Conv2d(3, 2, 3), traced), x)
    assert any(text.startswith("1: is traced") for text in writer.not_seen), writer.not_seen
    writer = not_seen(torch.compile(net.block, backend="eager"), torch.randn(1, 2, 3, 3))
    assert any("compiled" in text for text in writer.not_seen), writer.not_seen
    with torch.inference_mode():
        assert len(not_seen(net, x, scale=scale).rows) > 30

    class Odd(nn.Module):
        def forward(self, x):
            return {"complex": torch.fft.fft(x), "conjugate": torch.fft.fft(x).conj(), "sparse": x.relu().to_sparse(),
                    "half": x.half(), "expanded": x[:1].expand(3, *x.shape[1:]), "negative": torch.fft.fft(x).conj().imag,
                    "float8": x.to(torch.float8_e4m3fn), "bool": x > 0, "empty": x[:0], "nothing": None}

    rows = {row["name"]: row for row in not_seen(nn.Sequential(Odd()), x).rows}
    assert rows["0[complex]"]["shape"] == [2, 3, 5, 5, 2] and rows["0[float8]"]["dtype"] == "float8_e4m3fn", rows
    assert {"0[sparse]", "0[half]", "0[expanded]", "0[negative]", "0[bool]", "0[empty]", "0[conjugate]"} < set(rows), rows


PROGRAM = """
import sys, torch
model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()).eval()
torch.nn.MSELoss()(torch.zeros(2), torch.zeros(2))
for i in range(3):
    print(sys.argv[1], model(torch.full((1, 2), float(i))).shape)
"""


def programs(script):
    """A program as it is: its first model, one call or several."""
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        (made / "program.py").write_text(PROGRAM)
        for options, folders in (([], [""]), (["--calls", "2"], ["step0", "step1"])):
            to = made / f"to{len(options)}"
            command = [sys.executable, script, *options, to, made / "program.py", "--word"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert done.stdout == b"--word torch.Size([1, 2])\n" * 3, done.stdout
            for number, name in enumerate(folders):
                assert np.load(to / name / "0000_input.npy").tolist() == [[number, number]], (to, name)
            assert len(list(to.glob("step*"))) == len(folders) - (not options), list(to.iterdir())


def main():
    script, folder = sys.argv[1], pathlib.Path(sys.argv[2]) / "dump_pytorch"
    spec = importlib.util.spec_from_file_location("dump_pytorch_script", script)
    adapter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(adapter)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sys.stderr = io.StringIO()  # what was not seen is in the dumps
    dump_all(adapter, folder)
    programs(script)
    shutil.make_archive(folder, "zip", folder)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
