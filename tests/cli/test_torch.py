#!/usr/bin/python3
"""PyTorch's files: one of torch.save itself, and files made here, with pickles as newer versions write them."""

import csv
import io
import json
import pickle
import sys
import types
import zipfile

import numpy as np

from harness import PEERS, check, main, mmtui, same, test

FILES = PEERS / "files"


@test
def real(folder):
    """torch: what torch.save writes has NumPy's values: views, strides, nested, quantised, every type"""
    rows = csv.DictReader(io.StringIO(mmtui("compare", "-s", FILES / "torch.npz", "-d", FILES / "torch.pt", "--format", "csv",
                                            "--columns", "layer,shape,diff2,verdict").out))
    found = {row["layer"]: row for row in rows}
    for name, value in np.load(FILES / "torch.npz").items():
        same(found[name]["diff2"], "0", name)
        same(found[name]["shape"], "x".join(map(str, value.shape)) or "scalar", name)
    check("sparse" in found and "to_dense" in mmtui("show", FILES / "torch.pt", "sparse", status=2).out, "sparse")
    check("ComplexFloatStorage" in mmtui("show", FILES / "torch.pt", "complex", status=2).out, "complex")


# ---- files made here ----


class Named:
    """A global of torch, by name alone: a pickle has nothing but the name."""


def fake(module, name):
    """Something that pickle writes as `module.name`."""
    if module not in sys.modules:
        sys.modules[module] = types.ModuleType(module)
    thing = type(name, (), {"__module__": module, "__qualname__": name})
    setattr(sys.modules[module], name, thing)
    return thing


class Call:
    def __init__(self, function, *arguments, state=None):
        self.function, self.arguments, self.state = function, arguments, state

    def __reduce__(self):
        return (self.function, self.arguments) if self.state is None else (self.function, self.arguments, self.state)


class Storage:
    def __init__(self, kind, key, count):
        self.id = ("storage", kind, key, "cpu", count)


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return obj.id if isinstance(obj, Storage) else None


V2, V3 = fake("torch._utils", "_rebuild_tensor_v2"), fake("torch._utils", "_rebuild_tensor_v3")
FLOAT, UNTYPED = fake("torch", "FloatStorage"), fake("torch.storage", "UntypedStorage")


def write(path, saved, storages, root="archive", order="little", method=zipfile.ZIP_STORED, protocol=2, data=None):
    out = io.BytesIO()
    Pickler(out, protocol).dump(saved)
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(f"{root}/data.pkl", out.getvalue() if data is None else data)
        archive.writestr(f"{root}/byteorder", order)
        for key, content in storages.items():
            archive.writestr(f"{root}/data/{key}", content)
    return path


def tensor(*, offset=0, size=(2, 3), stride=(3, 1), kind=FLOAT, key="0", count=6, more=(False, None)):
    return Call(V2, Storage(kind, key, count), offset, size, stride, *more)


SIX = np.arange(6, dtype="<f4")


def values(folder, path):
    mmtui("convert", path, folder / "values.npz")
    return {name: value.tolist() for name, value in np.load(folder / "values.npz").items()}


@test
def newer(folder):
    """torch: sizes as torch.Size, the negation flag, types by name over untyped storages, other protocols, big-endian"""
    size = fake("torch", "Size")
    float8, bf16 = fake("torch", "float8_e4m3fn"), fake("torch", "bfloat16")
    saved = {
        "size": tensor(size=Call(size, (2, 3))),
        "negated": tensor(more=(False, None, {"neg": True})),
        "float8": Call(V3, Storage(UNTYPED, "1", 3), 0, (3,), (1,), False, None, float8),
        "bf16": Call(V3, Storage(UNTYPED, "2", 4), 1, (1,), (1,), False, None, bf16, {"neg": True}),
    }
    storages = {"0": SIX.tobytes(), "1": bytes([0x38, 0xB8, 0x40]), "2": bytes([0, 0, 0x80, 0x3F])}
    for protocol in (2, 3, 4, 5):
        found = values(folder, write(folder / "a.pt", saved, storages, protocol=protocol))
        same(found["size"], SIX.reshape(2, 3).tolist(), "size")
        same(found["negated"], (-SIX.reshape(2, 3)).tolist(), "negated")
        same((found["float8"], found["bf16"]), ([1.0, -1.0, 2.0], [-1.0]), "types by name")
    found = values(folder, write(folder / "b.pt", {"x": tensor()}, {"0": SIX.astype(">f4").tobytes()}, order="big"))
    same(found["x"], SIX.reshape(2, 3).tolist(), "big-endian")


@test
def alone(folder):
    """torch: one tensor has its file's name; many such files are a dump; .bin is looked into"""
    (folder / "a").mkdir()
    for name in ("conv.pt", "relu.pth", "fc.bin"):
        write(folder / "a" / name, tensor(), {"0": SIX.tobytes()})
    rows = json.loads(mmtui("show", folder / "a", "--json").out)
    same(sorted((row["name"], row["shape"]) for row in rows), [("conv", [2, 3]), ("fc", [2, 3]), ("relu", [2, 3])], "names")


@test
def objects(folder):
    """torch: nothing is executed; an unknown object has a row that names it, the rest is read"""
    marker = folder / "executed"
    saved = {"x": tensor(), "bad": Call(exec, f"open({str(marker)!r}, 'w')"), "n": 5, "text": "abc", "none": None}
    run = mmtui("show", write(folder / "a.pt", saved, {"0": SIX.tobytes()}), status=2)
    check("x\n  f32 [2, 3]" in run.out and "exec is no tensor" in run.out, run.out)
    check(not marker.exists(), "executed")


@test
def advice(folder):
    """torch: what is not read is said with what to save in its place"""
    fake("__torch__", "a package for pickle to find")
    for module, name, what in (
        ("torch.nn.modules.container", "Sequential", "save the module's state_dict()"),
        ("__torch__.net", "Linear", "save the module's state_dict()"),
        ("torch.nn.utils.rnn", "PackedSequence", "save its data"),
        ("numpy._core.multiarray", "_reconstruct", "save torch.as_tensor(x)"),
    ):
        path = write(folder / "a.pt", {"x": tensor(), "odd": Call(fake(module, name), 1)}, {"0": SIX.tobytes()})
        want = f"an object {module}.{name} is no tensor, and nothing in it is read: {what}\n"
        out = mmtui("show", path, status=2).out
        check(want in out, out)
    path = write(folder / "a.pt", {"z": tensor(kind=fake("torch", "ComplexFloatStorage"))}, {"0": SIX.tobytes()})
    out = mmtui("show", path, status=2).out
    check("values of torch ComplexFloatStorage are not read: save torch.view_as_real(x)\n" in out, out)


@test
def damaged(folder):
    """torch: views beyond their storage, odd sizes, missing storages, pickles that make no sense"""
    wrong = {
        "reaches beyond": tensor(offset=1),
        "strides make no": tensor(size=(2, 1 << 62), stride=(1 << 62, 1)),
        "make no sense": tensor(stride=(3,)),
        "sense": tensor(size=(-1, 3)),
        "not in the file": tensor(key="7"),
        "torch.odd": tensor(kind=fake("torch.odd", "OddStorage")),
        "no storage": Call(V2, 1, 0, (1,), (1,), False, None),
    }
    for word, bad in wrong.items():
        run = mmtui("show", write(folder / "a.pt", {"good": tensor(), "bad": bad}, {"0": SIX.tobytes()}), status=2)
        check("good\n  f32" in run.out and word.replace("torch.odd", "torch.odd OddStorage") in run.out, f"{word}: {run.out}")
    deep = []
    for _ in range(200):
        deep = [deep]
    loop = []
    loop.append(loop)
    many = [tensor()]
    for _ in range(40):
        many = [many, many]
    for saved in (deep, loop, many):
        run = mmtui("show", write(folder / "b.pt", saved, {"0": SIX.tobytes()}), status=2)
        check("nests deeper, or repeats more" in run.err, run.err)
    for data in (b"", b".", b"\x80\x02(", b"\x80\x02]q\xffe.", b"h\x05.", b"u.", b"(u.", b"\x8a\xff", b"cno", b"NNR", b"\x80\x09N.",
                 b"r\xff\xff\xff\x7fN.", b"Nr\xff\xff\xff\x7f.", b"X\xff\xff\xff\xff", b"\x8d" + b"\xff" * 8, b"P", b"\x93"):
        run = mmtui("show", write(folder / "c.pt", None, {}, data=data), status=2)
        check("c.pt" in run.err, run.err)
    run = mmtui("show", write(folder / "d.pt", {"x": tensor()}, {"0": SIX.tobytes()}, method=zipfile.ZIP_DEFLATED), status=2)
    check("compressed" in run.out, run.out)
    old = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02M\xe9\x03."
    (folder / "old.pt").write_bytes(old)
    check("torch.save(torch.load('old.pt')" in mmtui("show", folder / "old.pt", status=2).err, "the older form")


@test
def fields(folder):
    """torch: SGLang's dumper: a dictionary of the value and what is said of it, in a file that is called after the tensor"""
    for side in ("src", "dst"):
        (folder / side).mkdir()
        for index, name in enumerate(["zeta", "alpha"]):
            saved = {"value": tensor(), "meta": {"name": name, "time": tensor()}}
            write(folder / side / f"step=0___rank=0___dump_index={index}___name={name}.pt", saved, {"0": SIX.tobytes()})
    mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    layers = json.loads((folder / "out" / "mmtui.json").read_text())["layers"]
    same([layer["name"] for layer in layers], ["zeta", "alpha"], "names")


main()
