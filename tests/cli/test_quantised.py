#!/usr/bin/python3
"""Integers in dst: raw dumps, scales.json, --dst-model. Figures are NumPy's, of a network that is computed here."""

import json

import numpy as np

import harness
from harness import check, mmtui, same, test
from quantised_net import LAYERS, Net, conv_name, file_name, relu_name

ACCUSED = {"implementation", "settings", "input-fault", "output-fault", "overflow"}


def report(folder, *options):
    """The JSON, and its layers by name."""
    found = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json", "--no-cache", *options).out)
    return found, {layer["name"]: layer for layer in found["layers"]}


def page(folder, *options):
    return " ".join(mmtui("triage", folder / "src", folder / "dst", "--no-cache", *options).out.split())


def error(dst, src):
    src = src.astype("f8")
    return np.linalg.norm(src - dst) / np.linalg.norm(src)


def swapped(y):
    """Channels 0 and 1, and 2 and 3."""
    return y[:, [1, 0, 3, 2, *range(4, y.shape[1])]]


def make(folder, **options):
    """src in floats, dst the raw codes, and both models."""
    net = Net(**options)
    net.dump(folder / "src", net.src)
    net.dump(folder / "dst", net.codes)
    net.float_model(folder / "model.onnx")
    net.qdq_model(folder / "q.onnx")
    return net


def accused(layers):
    return {name for name, layer in layers.items() if layer["verdict"] in ACCUSED}


# ---- raw dumps: three sources of scales --------------------------------------------------------------------------------

FITTED = "16 tensors of dst hold raw u8: dequantised by scales fitted to src."
SOURCES = (
    ("fitted", [], FITTED),
    ("scales.json", [], "16 tensors of dst hold raw u8: dequantised by scales from scales.json."),
    ("model", ["--dst-model", "q.onnx"], "16 tensors of dst hold raw u8: dequantised by scales from the quantised model."),
)


def every_source(folder, net):
    """Options for each source of scales, without and with the model's graph; scales.json is there from its turn on."""
    for source, options, said in SOURCES:
        if source == "scales.json":
            net.scales_json(folder / "dst")
        if source == "model":
            (folder / "dst" / "scales.json").unlink()
        options = [folder / o if o.endswith(".onnx") else o for o in options]
        for graph in ([], ["--model", folder / "model.onnx"]):
            yield source, [*options, *graph], said


@test
def clean(folder):
    """raw uint8: said once with where the scales are from, figures are of what the codes stand for, nobody is accused"""
    net = make(folder)
    for source, options, said in every_source(folder, net):
        found, layers = report(folder, *options)
        same(accused(layers), set(), source)
        text = page(folder, *options)
        same(text.count(said), 1, f"{source}: said")
        same(text.count("hold raw"), 1, f"{source}: once")
        for name, x in net.src.items():
            layer = layers[file_name(name)]
            (scale,), (zero,) = layer["dequantised"]["scale"], layer["dequantised"]["zero_point"]
            check(0 <= zero <= 255 and zero == int(zero), f"{source}: zero point {zero} of {name}")
            read = (net.codes[name].astype("f8") - zero) * scale
            check(abs(layer["error"] - error(read, x)) < 1e-9, f"{source}: {name}: {layer['error']}")
            if source != "fitted":
                same((np.float32(scale), zero), (net.scale[name].scale, net.scale[name].zero), f"{source}: {name}")


@test
def planted(folder):
    """raw uint8: channels swapped in one layer of sixteen are named, wherever the scales are from, and nobody else"""
    for k, (name, seed, per_channel) in enumerate(
        ((conv_name(4), 1, False), (relu_name(4), 2, True), (conv_name(2), 3, False))
    ):
        here = folder / str(k)
        here.mkdir()
        net = make(here, seed=seed, per_channel=per_channel, faults={name: swapped})
        for source, options, said in every_source(here, net):
            found, layers = report(here, *options)
            same(accused(layers), {file_name(name)}, f"{source} {options}")
            same(layers[file_name(name)]["cause"], "channels-permuted", source)
            check(said in page(here, *options), source)
            if options:
                culprit = found["layers"][found["first_culprit"] - 1] if found["first_culprit"] else None
                check(not culprit or culprit["name"] == file_name(name), f"{source}: first {culprit}")


@test
def other_faults(folder):
    """raw uint8: faults that a fit may take up are told with scales that are known, and accuse nobody without"""
    faults = {
        "doubled": lambda y: 2 * y,
        "shifted": lambda y: np.roll(y, 1, axis=3),
        "zero": lambda y: 0 * y,
        "reversed": lambda y: y[:, ::-1],
    }
    for name, fault in faults.items():
        here = folder / name
        here.mkdir()
        net = make(here, seed=2, faults={conv_name(2): fault})
        for source, options, _ in every_source(here, net):
            found = accused(report(here, *options)[1])
            check(found <= {file_name(conv_name(2))}, f"{name} {source}: {found}")
            if source != "fitted" or name != "doubled":
                same(found, {file_name(conv_name(2))}, f"{name} {source} {options}")


@test
def two_are_no_dump(folder):
    """raw uint8: two tensors among floats are compared as they are; that nobody has read them makes them the dump's"""
    net = make(folder)
    raw = {n: net.codes[n] if n in (conv_name(1), conv_name(5)) else net.dst[n] for n in net.src}
    for name, values in raw.items():
        np.save(folder / "dst" / f"{file_name(name)}.npy", values)
    found, layers = report(folder, "--model", folder / "model.onnx")
    check("hold raw" not in page(folder, "--model", folder / "model.onnx"), "said of the dump")
    same(accused(layers), set(), "accused")
    for name in (file_name(conv_name(1)), file_name(conv_name(5))):
        check("dequantised" not in layers[name], name)
        same(layers[name]["verdict"], "harmless", name)
        check(layers[name]["cause"] in ("not-dequantised", "affine"), f"{name}: {layers[name]['cause']}")


# ---- scales.json ------------------------------------------------------------------------------------------------------


@test
def scales_file(folder):
    """scales.json: scales by channel, names as the model has them; what is wrong with it is said, and it is not used"""
    random = np.random.default_rng(1)
    x = random.normal(size=(2, 5, 7)).astype("f4") * np.array([1, 2, 4, 8, 16], "f4").reshape(5, 1)
    scale = (np.abs(x).max(axis=(0, 2)) / 127).astype("f4")
    q = np.rint(x / scale.reshape(5, 1)).astype("i1")
    for side, values in (("src", x), ("dst", q)):
        (folder / side).mkdir()
        np.save(folder / side / "_a_Conv_output_0.npy", values)
    entry = {"scale": scale.tolist(), "zero_point": 0, "axis": 1}
    where = folder / "dst" / "scales.json"

    def said(text):
        where.write_text(text if isinstance(text, str) else json.dumps(text))
        return report(folder)[1]["_a_Conv_output_0"], page(folder)

    layer, text = said({"/a/Conv_output_0": entry})
    expected = error(q * scale.astype("f8").reshape(5, 1), x)
    check(abs(layer["error"] - expected) < 1e-9, f"{layer['error']} for {expected}")
    same(layer["dequantised"]["axis"], 1, "axis")
    check("1 tensor of dst holds raw i8: dequantised by scales from scales.json." in text, text)
    for wrong, why in (
        ({"/a/Conv_output_0": {**entry, "axis": 2}}, "not as many scales as the axis has places"),
        ({"/a/Conv_output_0": {**entry, "zero_point": 200}}, "a zero point that is no code of the tensor's type"),
        ({"/a/Conv_output_0": {**entry, "zero_point": [0, 1]}}, "not as many zero points as scales"),
        ({"/a/Conv_output_0": {**entry, "zero_point": 0.5}}, "zero_point: not a whole number"),
        ({"/a/Conv_output_0": {**entry, "scale": [1, 0, 1, 1, 1]}}, "scale: not above 0"),
        ({"/a/Conv_output_0": {**entry, "scales": 1}}, "has a key other than scale, zero_point and axis"),
        ({"/a/Conv_output_0": 0.1}, "not an object with a scale"),
        ({}, "not an object of tensors by their names"),
        ("{", "scales.json"),
    ):
        layer, text = said(wrong)
        check("dequantised" not in layer, why)
        check(why in text and "not used" in text, f"{why}: {text}")


# ---- the quantised model ----------------------------------------------------------------------------------------------


@test
def told_weights(folder):
    """--dst-model: whether weights have one scale or one a channel is read, and per-channel is advised only where it would help"""
    for per_channel, words in ((False, "one scale a tensor"), (True, "a scale for each channel")):
        here = folder / str(per_channel)
        here.mkdir()
        net = make(here, per_channel=per_channel)
        net.dump(here / "floats", net.dst)
        for dst, model in (("dst", "q.onnx"), ("floats", "q.onnx")):
            text = " ".join(
                mmtui("triage", here / "src", here / dst, "--no-cache", "--model", here / "model.onnx", "--dst-model",
                      here / model, "--threshold", "0.01").out.split()
            )
            check(f"The weights have {words} (from the quantised model: 8 of 8 operators)." in text, text)
            same("weight_granularity" in text, False if per_channel else "Per-channel weights would gain" in text, dst)


@test
def dropped_relu(folder):
    """--dst-model: results that all readers see rounded are compared so, although the dump has them before (and a Relu is gone)"""
    net = Net(fused=True)
    net.float_model(folder / "model.onnx")
    net.qdq_model(folder / "q.onnx")
    net.dump(folder / "src", net.src)
    net.dump(folder / "dst", net.before)
    check(min(net.before[relu_name(0)].min(), 0) < -0.5, "nothing below 0")
    for graph in ([], ["--model", folder / "model.onnx"]):
        layers = report(folder, "--dst-model", folder / "q.onnx", *graph)[1]
        same(accused(layers), set(), str(graph))
        check("hold raw" not in page(folder, "--dst-model", folder / "q.onnx", *graph), "raw")
        for name in net.dst:
            layer = layers[file_name(name)]
            if name == conv_name(LAYERS - 1) or "rounded" in layer:
                read = net.scale[name].values(net.codes[name])
                check(abs(layer["error"] - error(read, net.src[name])) < 1e-6, f"{name}: {layer['error']}")
        same(sum("rounded" in x for x in layers.values()), LAYERS + 1, "rounded")


@test
def run_of_the_quantised_model(folder):
    """a dump with results, their codes and what these stand for: the last are compared, for these are what is read"""
    net = Net(fused=True)
    net.float_model(folder / "model.onnx")
    net.qdq_model(folder / "q.onnx")
    net.dump(folder / "src", net.src)
    tensors = {}
    for name in net.dst:
        tensors[name] = net.before[name]
        tensors[name + "_QuantizeLinear_Output"] = net.codes[name]
        tensors[name + "_DequantizeLinear_Output"] = net.dst[name]
    net.dump(folder / "dst", tensors)
    for options in ([], ["--dst-model", folder / "q.onnx"]):
        for graph in ([], ["--model", folder / "model.onnx"]):
            layers = report(folder, *options, *graph)[1]
            same(accused(layers), set(), str(options + graph))
            for name, values in net.dst.items():
                layer = layers[file_name(name)]
                check(abs(layer["error"] - error(values, net.src[name])) < 1e-6, f"{name}: {layer['error']}")
                same(layers[file_name(name) + "_QuantizeLinear_Input"]["verdict"], "unpaired", name)


@test
def operator_form(folder):
    """--dst-model: integers of QLinearConv, whose Relu is no node, are compared with what src has behind its Relu"""
    net = Net(fused=True)
    net.float_model(folder / "model.onnx")
    net.operator_model(folder / "qop.onnx")
    net.dump(folder / "src", net.src)
    codes = {"input": net.src["input"], "input_quantized": net.codes["input"]}
    for k in range(LAYERS):
        codes[conv_name(k) + "_quantized"] = net.codes[relu_name(k) if k + 1 < LAYERS else conv_name(k)]
    net.dump(folder / "ops", codes)
    for options in ([], ["--dst-model", folder / "qop.onnx"]):
        for graph in ([], ["--model", folder / "model.onnx"]):
            run = mmtui("triage", folder / "src", folder / "ops", "--no-cache", "--json", *options, *graph)
            layers = {x["name"]: x for x in json.loads(run.out)["layers"]}
            same(accused(layers), set(), str(options + graph))
            check("dst has no tensor of its own for 7 Relu of src" in run.err, run.err)
            for k in range(LAYERS - 1):
                name = relu_name(k)
                same(layers[file_name(conv_name(k))]["verdict"], "unpaired", name)
                layer = layers[file_name(name)]
                (scale,), (zero,) = layer["dequantised"]["scale"], layer["dequantised"]["zero_point"]
                same(zero, 0, name)
                read = net.codes[name].astype("f8") * scale
                check(abs(layer["error"] - error(read, net.src[name])) < 1e-9, f"{name}: {layer['error']}")
                if options:
                    same(np.float32(scale), net.scale[name].scale, name)


@test
def range_too_small(folder):
    """--dst-model: a range that cuts src off is the settings' fault, with its share and what it costs, as NumPy has them"""
    name = conv_name(3)
    net = make(folder, narrow={name: 0.3})
    x, s = net.src[name], net.scale[name]
    rounded = s.values(s.codes(x))
    beyond = np.mean(np.abs(x.astype("f8") - rounded) > 0.51 * float(s.scale))
    for graph in ([], ["--model", folder / "model.onnx"]):
        layers = report(folder, "--dst-model", folder / "q.onnx", *graph)[1]
        layer = layers[file_name(name)]
        same((layer["verdict"], layer["cause"]), ("settings", "saturation"), str(layer))
        same(accused(layers), {file_name(name)}, "accused")
        text = f"the range cuts off {100 * beyond:.2g} % of src, which costs {error(rounded, x):.2g} (from the quantised model)"
        same(layer["text"], text, "text")


@test
def scale_too_large(folder):
    """--dst-model: a scale four times what the range needs is the settings' fault, with what it costs and what would do"""
    name = conv_name(3)
    net = make(folder, narrow={name: 24})
    x, s = net.src[name], net.scale[name]
    layers = report(folder, "--dst-model", folder / "q.onnx", "--model", folder / "model.onnx")[1]
    layer = layers[file_name(name)]
    same(layer["verdict"], "settings", str(layer))
    same(accused(layers), {file_name(name)}, "accused")
    check(layer["text"].startswith(f"the scale costs {error(s.values(s.codes(x)), x):.2g}, asymmetric minmax would "), layer["text"])


@test
def with_its_own_weights(folder):
    """--dst-model: computed again with the weights that dst had, what is left is a step; a small fault shows above it"""
    name = conv_name(3)
    for fault in ({}, {name: lambda y: y + 0.07 * np.roll(y, 1, axis=1)}):
        here = folder / str(len(fault))
        here.mkdir()
        net = make(here, faults=fault)
        x, (q, scale), s = net.dst[relu_name(2)].astype("f8"), net.integer[3], net.scale[name]
        weights = scale.astype("f8").reshape(-1, 1) * q
        y0 = np.einsum("oi,nihw->nohw", weights, x) + net.bias[3].reshape(1, -1, 1, 1)
        off = error(net.dst[name], y0)
        options = ["--model", here / "model.onnx", "--dst-model", here / "q.onnx", "--threshold", "0.001"]
        layer = report(here, *options)[1][file_name(name)]
        line = [x for x in layer["evidence"] if x.startswith("With the weights of the quantised model: off by ")]
        same(line, [f"With the weights of the quantised model: off by {off:.2g}."], "line")
        step = float(s.scale) / np.sqrt(12) / np.sqrt(np.mean(net.dst[name].astype("f8") ** 2))
        check(f"formats and weights explain {step:.2g}." in " ".join(layer["evidence"]), f"{step}: {layer['evidence']}")
        options[-1] = "0.05"
        found = accused(report(here, *options)[1])
        same(found, {file_name(n) for n in fault}, "accused")
        del options[2:4]
        (here / "dst" / "scales.json").write_text("{}")
        check(found >= accused(report(here, *options)[1]), "without the model")


@test
def other_weights(folder):
    """--dst-model: weights that are not the model's are told, though the operator is right with them"""
    net = make(folder, wrong={3: lambda q: q.T.copy()})
    options = ["--model", folder / "model.onnx", "--dst-model", folder / "q.onnx"]
    layers = report(folder, *options)[1]
    same(accused(layers), {file_name(conv_name(3))}, "accused")
    layer = layers[file_name(conv_name(3))]
    same(layer["verdict"], "implementation", str(layer))
    check(any(x.startswith("With the weights of the quantised model: off by 0.0") for x in layer["evidence"]), layer["evidence"])


@test
def raw_weights(folder):
    """raw int8: weights with a scale a channel are read along the axis that the quantised model tells"""
    for form in ("qdq", "operator"):
        here = folder / form
        here.mkdir()
        net = Net(per_channel=True)
        getattr(net, f"{form}_model")(here / "q.onnx")
        shape = (8, 8, 1, 1)
        net.dump(here / "src", {**net.src, **{f"w{k}": w.reshape(shape) for k, w in enumerate(net.weight)}})
        weights = {f"w{k}_quantized": q.reshape(shape) for k, (q, _) in enumerate(net.integer)}
        net.dump(here / "dst", {**net.dst, **weights})
        layers = report(here, "--dst-model", here / "q.onnx")[1]
        for k, (q, scale) in enumerate(net.integer):
            layer = layers[f"w{k}"]
            same((layer["dequantised"]["source"], layer["dequantised"]["axis"]), ("model", 0), form)
            read = q * scale.astype("f8").reshape(-1, 1)
            check(abs(layer["error"] - error(read, net.weight[k])) < 1e-9, f"{form} w{k}: {layer['error']}")


@test
def not_of_this_dump(folder):
    """--dst-model: a model without integers, or of another network, is said and not used; a file that is none is an error"""
    net = make(folder)
    run = mmtui("triage", folder / "src", folder / "dst", "--no-cache", "--dst-model", folder / "model.onnx")
    check("Nothing is quantised in the model given as --dst-model: it is not used." in " ".join(run.out.split()), run.out)
    (folder / "other").mkdir()
    for place, name in enumerate(net.src):
        np.save(folder / "other" / f"t{place}.npy", net.codes[name])
        np.save(folder / "src" / f"t{place}.npy", net.src[name])
        (folder / "src" / f"{file_name(name)}.npy").unlink()
    run = mmtui("triage", folder / "src", folder / "other", "--no-cache", "--dst-model", folder / "q.onnx")
    check("The quantised model knows 0 of 16 tensors of dst, less than half: it is not used." in " ".join(run.out.split()),
          run.out)
    mmtui("triage", folder / "src", folder / "other", "--dst-model", folder / "none.onnx", status=2)


@test
def third_dumps(folder):
    """raw uint8: against a simulation and an earlier dump it is read by the same scales, or by ones fitted to each"""
    net = make(folder)
    net.dump(folder / "sim", net.dst)
    before = Net(faults={conv_name(5): lambda y: y + 0.2 * np.roll(y, 1, axis=1)})
    before.dump(folder / "before", before.codes)
    for options in ([], ["--dst-model", folder / "q.onnx"]):
        layers = report(folder, "--sim", folder / "sim", "--before", folder / "before", *options)[1]
        same(accused(layers), set(), str(options))
        for name in net.src:
            layer = layers[file_name(name)]
            check(layer["impl"] < (1e-6 if options else 0.05), f"{name}: {layer['impl']} off its simulation")
            was = error(net.scale[name].values(before.codes[name]), net.src[name])
            check(abs(layer["before"] - was) < (1e-9 if options else 0.05), f"{name}: {layer['before']} for {was}")


@test
def compared(folder):
    """raw uint8: compare and the table say it as well, and know --dst-model"""
    net = make(folder)
    out = folder / "out"
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", out, "--no-cache", "--dst-model", folder / "q.onnx")
    check("16 tensors of dst hold raw u8: dequantised by scales from the quantised model." in run.out, run.out)
    layers = {x["name"]: x for x in json.loads((out / "mmtui.json").read_text())["layers"]}
    name = conv_name(0)
    check(abs(layers[file_name(name)]["metrics"]["diff2"] - error(net.scale[name].values(net.codes[name]), net.src[name])) < 1e-9, name)
    check(layers[file_name(name)]["dst_read_as"].startswith("raw u8, dequantised: scale "), str(layers[file_name(name)]))
    (folder / "keys").write_text(":screen -\n")
    screen = mmtui(folder / "src", folder / "dst", "--no-cache", "--script", folder / "keys", "--size", "132x30").out
    check("16 tensors of dst hold raw u8: dequantised by scales fitted to src." in screen and "u8*" in screen, screen)
    table = mmtui(folder / "src", folder / "dst", "--no-cache", "--ascii")
    check("u8*" in table.out and FITTED in table.out, table.out)


harness.main()
