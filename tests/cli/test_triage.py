#!/usr/bin/python3
"""`mmtui triage`: the page, the JSON, third dumps, exit status. The figures are NumPy's, of dumps made here."""

import json

import numpy as np

import harness
from harness import check, mmtui, same, test

NAMES = ["input", "conv", "relu", "fc"]


def dump(folder, tensors):
    folder.mkdir()
    for place, (name, values) in enumerate(zip(NAMES, tensors), 1):
        np.save(folder / f"{place}_{name}.npy", values.astype(np.float32))


def chain(seed=1):
    """Four layers of values that have nothing to do with each other."""
    random = np.random.default_rng(seed)
    return [random.normal(size=(16, 64)) for _ in NAMES]


def error(dst, src):
    src, dst = src.astype(np.float32).astype(float), dst.astype(np.float32).astype(float)
    return np.linalg.norm(src - dst) / np.linalg.norm(src)


def report(folder, *options, **more):
    """The JSON, and its layers by name."""
    found = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json", *options, **more).out)
    return found, {layer["name"]: layer for layer in found["layers"]}


def reversed_channels(folder):
    """conv's channels are reversed in dst, relu and fc are off by as much as noise; all else is right."""
    src = chain()
    off = np.random.default_rng(2)
    dst = [src[0], src[1][:, ::-1], *(x + 1.2 * off.normal(size=x.shape) for x in src[2:])]
    dump(folder / "src", src)
    dump(folder / "dst", dst)
    return src, dst


@test
def worst(folder):
    """triage: the worst element with its index and both values, and the channel that stands out, as NumPy has them"""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2, 6, 20)).astype("f4")
    y = (x + 1e-3 * rng.normal(size=x.shape)).astype("f4")
    y[:, 4] += rng.normal(size=(2, 20)).astype("f4")
    for side, values in (("src", y * 0 + x), ("dst", y)):
        (folder / side).mkdir()
        np.save(folder / side / "1_x.npy", x)
        np.save(folder / side / "2_y.npy", values)
    _, layers = report(folder)
    error = np.abs(x.astype("f8") - y)
    at = np.unravel_index(error.argmax(), x.shape)
    element, channel = layers["y"]["worst_element"], layers["y"]["worst_index"]
    same((tuple(element["index"]), element["src"], element["dst"]), (at, float(x[at]), float(y[at])), "element")
    rms = np.sqrt((error**2).mean((0, 2)))
    same((channel["axis"], channel["index"], "worst_channel" in layers["y"]), (1, int(rms.argmax()), False), "index")
    check(abs(channel["rms_error"] - rms.max()) < 1e-6 * rms.max(), channel)
    check(abs(channel["median_rms_error"] - np.sort(rms)[2]) < 1e-6 * rms.max(), channel)
    said = mmtui("triage", folder / "src", folder / "dst").out
    check(f"Worst element [{','.join(map(str, at))}]: src " in said and "Index 4 of axis 1" in said, said)


@test
def settled(folder):
    """triage: what is said does not depend on which layer was looked at first: 1, 2, 4 and 8 workers, several times"""
    rng = np.random.default_rng(9)
    (folder / "src").mkdir()
    (folder / "dst").mkdir()
    for place in range(24):  # the large one is looked at for longer: its fault is known after those behind it
        x = rng.normal(size=(16, 1 << 17 if place == 1 else 64)).astype("f4")
        y = [x, x * np.float32(1.5), x[::-1], np.roll(x, 3, 1), x + rng.normal(size=x.shape).astype("f4")][place % 5]
        np.save(folder / "src" / f"{10 + place}_t{place}.npy", x)
        np.save(folder / "dst" / f"{10 + place}_t{place}.npy", y)
    said = {mmtui("triage", folder / "src", folder / "dst", "--json", "--no-cache", "-j", workers).out
            for workers in ("1", "2", "4", "8") * 4}
    same(len(said), 1, "different reports")
    check('"confidence": "possible"' in said.pop(), "nothing that depends on the layers before")


@test
def page(folder):
    """triage: the page names the first culprit, its cause and who inherits; -o writes the same to a file"""
    reversed_channels(folder)
    run = mmtui("triage", folder / "src", folder / "dst")
    head, _, rest = run.out.partition("First layer that introduces an error\n")
    first, _, behind = rest.partition("\n\n")
    check("#2  conv" in first and "channels" in first and "2 other layers" in first, run.out)
    check("1 layer is within the thresholds" in behind, run.out)
    check("executed just before a layer" in head and "Since the earlier dump" not in run.out, run.out)
    written = mmtui("triage", folder / "src", folder / "dst", "-o", folder / "page")
    same((written.out, (folder / "page").read_text()), (f"{folder / 'page'}\n", run.out), "-o")


@test
def fields(folder):
    """triage --json: errors, blame, roots and the cause's residual are NumPy's and those of the dumps"""
    src, dst = reversed_channels(folder)
    found, layers = report(folder)
    same((found["first_culprit"], found["first_nonfinite"], found["graph"]), (2, None, False), "the whole")
    same(found["starts"], [{"number": 2, "name": "conv", "verdict": "implementation", "cause": "channels-reversed", "explains": 3}], "starts")
    for name, s, d in zip(NAMES, src, dst):
        check(abs(layers[name]["error"] - error(d, s)) < 1e-6, f"{name}: {layers[name]['error']}")
    same([layers[name]["root"] for name in NAMES], [None, 2, 2, 2], "roots")
    same([layers["fc"][key] for key in ("verdict", "from", "from_name", "root_name", "text")],
         ["inherited", 2, "conv", "conv", "inherited from #2 conv"], "fc")
    same((found["first_culprit_name"], found["first_nonfinite_name"], layers["conv"]["from_name"]), ("conv", None, None), "")
    same((layers["conv"]["findings"][0]["cause"], layers["conv"]["findings"][0]["residual"]), ("channels-reversed", 0.0), "")
    check("impl" not in layers["conv"] and "before" not in layers["conv"], "there is no third dump")


@test
def earlier(folder):
    """triage --before: the error of the earlier dump, and how often it has become better and worse"""
    src = chain()
    noise = [np.random.default_rng(10 + i).normal(size=x.shape) for i, x in enumerate(src)]
    dump(folder / "src", src)
    dump(folder / "dst", [x + 0.01 * k * n for x, n, k in zip(src, noise, [1, 1, 3, 1])])
    dump(folder / "old", [x + 0.01 * k * n for x, n, k in zip(src, noise, [1, 4, 1, 1])])
    _, layers = report(folder, "--before", folder / "old")
    for name, ratio in zip(NAMES, [1, 1 / 4, 3, 1]):
        check(abs(layers[name]["change"] / ratio - 1) < 1e-3, f"{name}: {layers[name]['change']}")
        check(abs(layers[name]["error"] / layers[name]["before"] / ratio - 1) < 1e-3, name)
    out = mmtui("triage", folder / "src", folder / "dst", "--before", folder / "old").out
    line = "  1 layer is better, 1 worse, 2 the same. Worst change: #3 relu, 3x worse.\n"
    check("Since the earlier dump\n" + line in out, out)


@test
def simulation(folder):
    """triage --sim: dst off its simulation is the implementation, a simulation off src the format; certain"""
    src = chain()
    rough = np.random.default_rng(5).normal(size=src[1].shape)
    dump(folder / "src", src)
    dump(folder / "sim", [src[0], src[1] + 0.2 * rough, *src[2:]])
    dump(folder / "dst", [src[0], src[1] + 0.2 * rough, *src[2:]])
    _, layers = report(folder, "--sim", folder / "sim")
    same((layers["conv"]["verdict"], layers["conv"]["confidence"]), ("format-limited", "certain"), "the simulation's error")
    same(layers["conv"]["impl"], 0.0, "impl")
    check(abs(layers["conv"]["format"] - error(src[1] + 0.2 * rough, src[1])) < 1e-6, "format")
    other = folder / "other"
    other.mkdir()
    dump(other / "src", src)
    dump(other / "dst", [src[0], src[1] + 0.2 * rough, *src[2:]])
    dump(other / "sim", src)
    _, layers = report(other, "--sim", other / "sim")
    same((layers["conv"]["verdict"], layers["conv"]["confidence"]), ("implementation", "certain"), "dst's own error")


@test
def doubted_simulation(folder):
    """triage --sim: a simulation in float16 that is off by far more than float16 costs is not believed"""
    src = chain()
    wrong = [src[0], src[1] * 1.5, *src[2:]]
    dump(folder / "src", src)
    for side in ("sim", "dst"):
        dump(folder / side, [x.astype("f2") for x in wrong])
    _, layers = report(folder, "--sim", folder / "sim")
    same((layers["conv"]["verdict"], layers["conv"]["cause"]), ("implementation", "scale"), "the fault that both have")
    check("The simulation is not believed: at #2 it is off src by 0.5" in " ".join(layers["conv"]["evidence"]),
          layers["conv"]["evidence"])
    other = folder / "other"
    other.mkdir()
    dump(other / "src", src)
    for side in ("sim", "dst"):
        dump(other / side, [x.astype("f2") for x in src])
    _, layers = report(other, "--sim", other / "sim")
    same([layer["verdict"] for layer in layers.values()], ["ok"] * 4)


@test
def status(folder):
    """triage: --fail exits with 1 when a layer is bad, and only then; what is wrong in the call with 2"""
    reversed_channels(folder)
    mmtui("triage", folder / "src", folder / "dst", "--fail", status=1)
    mmtui("triage", folder / "src", folder / "src", "--fail")
    mmtui("triage", folder / "src", status=2)
    mmtui("triage", folder / "src", folder / "dst", "--model", folder / "none.onnx", status=2)


harness.main()
