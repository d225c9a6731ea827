#!/usr/bin/python3
"""Polygraphy's JSON: files that the package wrote (tests/peers), runners and iterations, and files of all sizes."""

import base64
import collections
import io
import json
import os
import subprocess
import sys

import numpy as np

from harness import ENVIRONMENT, MMTUI, PEERS, check, main, mmtui, same, test

FILES = PEERS / "files"
RUNNERS = FILES / "polygraphy_runners.json"


def truth():
    """What the package's own loader finds: {(file, runner, iteration): {name: array}}."""
    found = collections.defaultdict(dict)
    for key, value in np.load(FILES / "polygraphy.npz").items():
        file, rest = key.split("/", 1)
        runner, iteration = (rest.split("/0/")[0], 0) if "/0/" in rest else (rest.split("/1/")[0], 1)
        found[file, runner, iteration][rest[len(runner) + 3 :]] = value
    return found


@test
def real(folder):
    """polygraphy: all runners and iterations of what the package writes have its values, in its order"""
    cases = truth()
    same(len(cases), 2 + 4 + 4 + 2, "runs")
    for (file, runner, iteration), arrays in cases.items():
        chosen = ["--iteration", str(iteration)] + (["--runner", runner] if runner else [])
        mmtui("convert", FILES / f"{file}.json", folder / "a.npz", *chosen)
        found = np.load(folder / "a.npz")
        same(list(found), list(arrays), "names")
        for name, value in arrays.items():
            same((found[name].dtype, found[name].shape), (value.dtype, value.shape), name)
            same(found[name].tobytes(), value.tobytes(), name)


@test
def two_runners(folder):
    """polygraphy: one file with two runners is two dumps; the figures are NumPy's"""
    arrays = truth()
    for options, src, dst, iteration in (
        ([], "onnx-fp32", "trt", 0),
        (["--iteration", "1"], "onnx-fp32", "trt", 1),
        (["--runner", "trt"], "trt", "onnx-fp32", 0),
        (["--runner", "trt", "--dst-runner", "onnx"], "trt", "onnx-fp32", 0),
    ):
        mmtui("compare", "-s", RUNNERS, "-d", RUNNERS, "-o", folder / "out", *options)
        report = json.loads((folder / "out/mmtui.json").read_text())
        said = report["dumps"]["src"]["recognised"], report["dumps"]["dst"]["recognised"]
        check(src in said[0] and dst in said[1] and all(f"iteration {iteration}" in text for text in said), said)
        layers = {one["name"]: one for one in report["layers"]}
        a, b = (arrays["polygraphy_runners", runner, iteration]["z"].astype(float) for runner in (src, dst))
        wanted = abs(a - b).sum() / abs(a).sum()
        check(abs(layers["z"]["metrics"]["diff1"] - wanted) < 1e-12 * wanted, f"{layers['z']} has not {wanted}")
        for words in ([RUNNERS], [RUNNERS, RUNNERS]):
            run = mmtui(*words, *options)
            taken = 1 + (src == "trt")
            said = f"src: 8 tensors of runner {src} ({taken} of 2: --runner NAME takes another), iteration {iteration} of 2"
            check(said in run.err and f"dst: 8 tensors of runner {dst} (" in run.err, run.err)
        (folder / "keys").write_text("i\n:screen -\n")
        for again in (mmtui(folder / "out/mmtui.json").err, mmtui(folder / "out/mmtui.json", "--script", folder / "keys").out):
            again = " ".join(again.split())
            check(f"src: 8 tensors of runner {src} (" in again and f"iteration {iteration} of 2" in again, again)
            check(f"dst: 8 tensors of runner {dst} (" in again, again)


@test
def byte_order_mark(folder):
    """polygraphy: a byte-order mark in front, as editors write it, is passed over"""
    (folder / "marked.json").write_bytes(b"\xef\xbb\xbf" + RUNNERS.read_bytes())
    for runner in ("onnx-fp32", "trt"):
        run = mmtui(folder / "marked.json", RUNNERS, "--runner", runner, "--format", "csv", "--columns", "layer,diff2")
        same([line.split(",")[1] for line in run.out.splitlines()[1:]], ["0"] * 8, "diff2")


@test
def legacy(folder):
    """polygraphy: the older marks of classes make no difference"""
    run = mmtui(RUNNERS, FILES / "polygraphy_legacy.json", "--runner", "onnx-fp32", "--format", "csv", "--columns", "layer,diff2")
    same([line.split(",")[1] for line in run.out.splitlines()[1:]], ["0"] * 8, "diff2")


@test
def sentences(folder):
    """polygraphy: without a choice the runners are listed; what there is not is said"""
    one, inputs = FILES / "polygraphy.json", FILES / "polygraphy_inputs.json"
    np.save(folder / "a.npy", np.ones(3))
    for words, said in (
        ([RUNNERS, one], "it holds the outputs of 2 runners: choose with --runner (of dst: --dst-runner): onnx-fp32, trt"),
        (["show", RUNNERS], "onnx-fp32, trt"),
        ([RUNNERS, "--runner", "cpu"], "--runner cpu: it has no such runner, but: onnx-fp32, trt"),
        ([RUNNERS, "--iteration", "2"], "--iteration 2: there are 2, from 0 to 1"),
        ([RUNNERS, "--runner", "trt", "--dst-runner", "trt"], "src and dst are both runner trt"),
        ([one], "it has the tensors of one run, not of two runners: name a second dump"),
        ([inputs], "it has the tensors of one run, not of two runners: name a second dump"),
        ([inputs, one, "--runner", "onnx"], "these are inputs (--save-inputs), which have no runner"),
        ([folder, folder, "--runner", "trt"], "--runner: neither src nor dst is a file of Polygraphy"),
        ([one, folder, "--dst-runner", "trt"], "--dst-runner: dst is no file of Polygraphy"),
        ([folder, folder, "--iteration", "0"], "--iteration: neither src nor dst is a file of Polygraphy"),
    ):
        run = mmtui(*words, status=2)
        check(said in run.err, f"{words}: {run.err}")
    run = mmtui(one, RUNNERS, "--dst-runner", "trt")
    check("src: 8 tensors of runner onnxrt-runner-N0" in run.err and "dst: 8 tensors of runner trt" in run.err, run.err)


@test
def same_file(folder):
    """polygraphy: one run against itself is said to be so, two runners are not"""
    run = mmtui(FILES / "polygraphy.json", FILES / "polygraphy.json")
    check("every tensor is compared with itself" in run.err, run.err)
    check("with itself" not in mmtui(RUNNERS, RUNNERS).err)


@test
def in_a_folder(folder):
    """polygraphy: a file in a folder is known by its content; other JSON beside it is no dump, a list stays one"""
    for side in ("src", "dst"):
        (folder / side).mkdir()
        (folder / side / "anything.json").write_bytes((FILES / "polygraphy.json").read_bytes())
        (folder / side / "scales.json").write_text("{}")
        (folder / side / "notes.json").write_text('[{"a": 1}]')
    rows = mmtui(folder / "src", folder / "dst", "--format", "csv", "--columns", "layer,verdict").out.splitlines()[1:]
    same(sorted(row.split(",")[0] for row in rows if "relu" not in row),
         sorted(["z", "half", "double", "best", "above", "a_scalar", "empty"]), "names")
    (folder / "list").mkdir()
    np.save(folder / "list" / "0000_x.npy", np.ones(3))
    (folder / "list" / "tensor_summary.json").write_text(
        '{"tensors": [{"name": "the/name", "files": {"numpy": "0000_x.npy"}}]}')
    same([one["name"] for one in json.loads(mmtui("show", folder / "list", "--json").out)], ["the/name"], "list")
    run = mmtui("show", folder / "src" / "notes.json", status=2)
    check("is no tensor file that is known by its content or name" in run.err, run.err)


# ---- files made here ----


@test
def a_file_for_each_runner(folder):
    """polygraphy: of a folder with a file for each runner, one runner's files are taken; without a choice it is said that they are mixed"""
    x = np.arange(6, dtype="f4")
    (folder / "runs").mkdir()
    (folder / "runs" / "a.json").write_text(results({"trt": [{"x": 2 * x, "y": x}]}))
    (folder / "runs" / "b.json").write_text(results({"ort": [{"x": x, "y": x}]}))
    runs = folder / "runs"
    run = mmtui(runs, runs, "--runner", "ort", "--dst-runner", "trt", "--format", "csv", "--columns", "layer,diff2,verdict")
    same({row.split(",")[0]: row.split(",")[1] for row in run.out.splitlines()[1:]}, {"x": "1", "y": "0"}, "diff2")
    check("with itself" not in run.err and "src: 2 tensors of runner ort; dst: 2 tensors of runner trt" in run.err, run.err)
    check("src and dst: 4 tensors of several runners (--runner NAME takes one)" in mmtui(runs, runs).err, "mixed")
    check("it has no such runner, but: trt" in mmtui(runs, runs, "--runner", "cpu", status=2).err, "no such runner")
    (folder / "i.json").write_text(results({"ort": [{"x": x}, {"x": x}], "trt": [{"x": x}]}))
    run = mmtui(folder / "i.json", "--iteration", "1", status=2)
    check("i.json: --iteration 1: there are 1, from 0 to 0, of runner trt" in run.err, run.err)
    (folder / "e.json").write_text(results({"ort": [{}]}))
    check("there is no array in it\n" in mmtui("show", folder / "e.json", status=2).err, "empty")


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return base64.b64encode(out.getvalue()).decode()


def results(runners):
    """{runner: [{name: array}]} as the package lays it out."""
    lst = [[runner, [{"outputs": {name: {"values": {"array": npy(value), "polygraphy_class": "ndarray"},
                                         "polygraphy_class": "LazyArray"} for name, value in outputs.items()},
                      "runtime": None, "runner_name": runner, "polygraphy_class": "IterationResult"}
                     for outputs in iterations]] for runner, iterations in runners.items()]
    return json.dumps({"lst": lst, "polygraphy_class": "RunResults"}, indent=4)


@test
def all_sizes(folder):
    """polygraphy: arrays of every size around the window, Fortran order, other byte orders: NumPy's values"""
    rng = np.random.default_rng(5)
    arrays = {f"n{n}": rng.standard_normal(n).astype(kind) for n, kind in
              ((0, "f4"), (1, "f4"), (2, "f2"), (5, "i1"), (16351, "f4"), (16352, "f4"), (16353, "f4"), (65409, "u1"),
               (200_001, "f8"), (3_000_000, "f4"))}
    arrays["fortran"] = np.asfortranarray(rng.standard_normal((300, 400)))
    arrays["large_fortran"] = np.asfortranarray(rng.standard_normal((1500, 1000)))
    arrays["swapped"] = rng.standard_normal(30000).astype(">f4")
    (folder / "a.json").write_text(results({"A": [arrays]}))
    np.savez(folder / "a.npz", **arrays)
    rows = mmtui(folder / "a.npz", folder / "a.json", "--format", "csv", "--columns", "layer,diff2").out.splitlines()
    same({row.split(",")[0]: row.split(",")[1] for row in rows[1:]}, dict.fromkeys(arrays, "0"), "diff2")
    mmtui("convert", folder / "a.json", folder / "b.npz")
    for name, value in np.load(folder / "b.npz").items():
        same(value.tobytes(), np.ascontiguousarray(arrays[name]).astype(value.dtype).tobytes(), name)


@test
def bad_row(folder):
    """polygraphy: damage inside one array is that tensor's row, the others are measured"""
    text = results({"A": [{"a": np.ones(100_000, "f4"), "b": np.ones(100_000, "f4"), "c": np.ones(3, "f4")}]})
    (folder / "good.json").write_text(text)
    at = text.index('"b"') + 300_000
    (folder / "bad.json").write_text(text[:at] + "*" + text[at + 1 :])
    run = mmtui(folder / "good.json", folder / "bad.json", "--format", "json")
    states = {one["name"]: one for one in json.loads(run.out)["layers"]}
    same([states[name]["state"] for name in "abc"], ["measured", "failed", "measured"], "states")
    check("its base64 text has '*' at character" in states["b"]["error"], states["b"]["error"])
    (folder / "cut.json").write_text(text[:at])
    check("ends in the middle" in mmtui(folder / "good.json", folder / "cut.json", status=2).err)


@test
def odd_names(folder):
    """polygraphy: a runner's name may be anything, and no terminal obeys it"""
    for runner in ("a\x1b[31mb\n", "\u202ex", "ort-N0-11/30/26-18:15:47", ""):
        text = results({runner: [{"t": np.ones(2)}], "trt": [{"t": np.ones(2)}]})
        (folder / "a.json").write_text(text)
        check(": " in mmtui(folder / "a.json").err)
        check("trt" in mmtui("show", folder / "a.json", status=2).err)
        mmtui("show", folder / "a.json", "--runner", runner)


@test
def bounded_memory(folder):
    """polygraphy: a file of 256 MiB is compared in 64 MiB of memory"""
    value = np.random.default_rng(6).standard_normal(50_000_000).astype("f4")
    (folder / "a.json").write_text(results({"A": [{"x": value}]}))
    most = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); " \
           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", most, MMTUI, folder / "a.json", folder / "a.json", "--format", "csv",
                           "--columns", "layer,shape,diff2"],
                          env=ENVIRONMENT, stdout=subprocess.PIPE, check=True, stderr=subprocess.DEVNULL, text=True)
    lines = done.stdout.splitlines()
    check("x,50000000,0" in lines, done.stdout)
    memory = next(int(line) for line in lines if line.isdigit())
    # the thread sanitizer keeps four times what was touched, of the mapped file, too
    sanitizer = 8 * (256 << 10) if os.environ.get("TSAN_OPTIONS") else 0
    check(memory < (64 << 10) + sanitizer, f"{memory} KiB")


main()
