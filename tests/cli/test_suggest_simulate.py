#!/usr/bin/python3
"""`mmtui suggest --simulate`: which operators to raise, found by running, held against dumps of the same runs and NumPy."""

import json
import pathlib
import re
import subprocess

import numpy as np
import onnx
from onnx import helper, numpy_helper

import harness
import ort_api
from harness import ROOT, check, mmtui, same, test

F32 = onnx.TensorProto.FLOAT
INT4 = ("--precision-mode", "qint4_mixed_float32")


def network(folder):
    """Five MatMuls with a Relu behind each but the last; one weight of the third reaches far."""
    random = np.random.default_rng(9)
    nodes, weights, x = [], [], "x"
    for k in range(5):
        w = random.normal(size=(16, 16)).astype("f4")
        if k == 2:
            w[0, 0] = 40
        weights.append(numpy_helper.from_array(w, f"w{k}"))
        nodes.append(helper.make_node("MatMul", [x, f"w{k}"], [f"m{k}"], name=f"matmul{k}"))
        x = f"m{k}"
        if k < 4:
            nodes.append(helper.make_node("Relu", [x], [f"r{k}"], name=f"relu{k}"))
            x = f"r{k}"
    value = lambda name: helper.make_tensor_value_info(name, F32, [20, 16])
    model = helper.make_model(
        helper.make_graph(nodes, "g", [value("x")], [value(x)], weights), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.save(model, str(folder / "net.onnx"))
    np.save(folder / "x.npy", random.normal(size=(20, 16)).astype("f4"))
    return folder / "net.onnx"


def suggest(model, *more, status=0):
    return mmtui("suggest", "--simulate", model, "--onnxruntime", ort_api.library(), *more, status=status)


def output_error(folder, model, given, overrides, output):
    """diff2 of a run with these operators in FLOAT32, by two dumps and NumPy."""
    rows = [{"name": n, "op_type": "", "tensor": "", "precision": "FLOAT32", "why": ""} for n in overrides]
    path = folder / "try.json"
    path.write_text(json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": {}, "overrides": rows}))
    sides = []
    inputs = [word for word in given if word != "--filter-channel-quantize"]
    for name, more in (("plain", inputs), ("simulated", (*given, *INT4, "--plan", path))):
        mmtui("dump", model, "-o", folder / name, "--onnxruntime", ort_api.library(), "--mode", "outputs", *more)
        rows = json.loads((folder / name / "mmtui-dump.json").read_text())["tensors"]
        sides.append(np.load(folder / name / next(r["file"] for r in rows if r["name"] == output)).astype(float))
    return np.sqrt(((sides[0] - sides[1]) ** 2).sum() / (sides[0] ** 2).sum())


def close(printed, worked_out):
    return abs(float(printed) - worked_out) <= 0.006 * worked_out  # three digits are printed


def read(text):
    before = float(re.search(r"the outputs are off by (\S+)\. ", text)[1])
    alone = {m[3]: (float(m[1]), float(m[2])) for m in re.finditer(r"^  (\S+) +(\S+) +\w+ +(\S+)$", text, re.M) if m[1][0].isdigit()}
    after = float(re.search(r"in FLOAT32: the outputs are off by ([\d.e-]+)", text)[1])
    return before, alone, after, re.findall(r"^  (\S+)$", text, re.M)


@test
def each_alone(folder):
    """suggest --simulate: what each operator alone gains is what dumps of such runs show"""
    model = network(folder)
    given = ("-i", folder / "x.npy")
    run = suggest(model, *given, *INT4, "--top", "2")
    before, alone, after, raised = read(run.out)
    check(close(before, output_error(folder, model, given, [], "m4")), f"before: {before}")
    same(sorted(alone), [f"matmul{k}" for k in range(5)], "operators")
    for name, (then, gain) in alone.items():
        worked_out = output_error(folder, model, given, [name], "m4")
        check(close(then, worked_out), f"{name}: {then} instead of {worked_out}")
        check(abs(before - then - gain) < 0.01 * before, f"{name}: gains {gain}")
    same(list(alone), sorted(alone, key=lambda n: alone[n][0]), "the order")
    same(raised, list(alone)[:2], "--top 2")
    check(close(after, output_error(folder, model, given, raised, "m4")), "after")


@test
def smallest(folder):
    """suggest --simulate: the plan brings the outputs below what was asked for, and nothing of it can be left out"""
    model = network(folder)
    given = ("-i", folder / "x.npy")
    before = output_error(folder, model, given, [], "m4")
    goal = round(before / 3, 3)
    run = suggest(model, *given, *INT4, "--to-error", str(goal), "-o", folder / "plan.json")
    _, _, after, raised = read(run.out)
    saved = json.loads((folder / "plan.json").read_text())["overrides"]
    same(sorted(o["name"] for o in saved), sorted(raised), "the plan")
    same({o["precision"] for o in saved}, {"FLOAT32"}, "precisions")
    check(0 < len(raised) < 5, f"raised: {raised}")
    worked_out = output_error(folder, model, given, raised, "m4")
    check(close(after, worked_out) and worked_out <= goal, f"{after}, {worked_out}, wanted {goal}")
    for name in raised:
        without = output_error(folder, model, given, [n for n in raised if n != name], "m4")
        check(without > goal, f"{name} is not needed: {without}")


@test
def out_of_reach(folder):
    """suggest --simulate: an error that no plan reaches is said; within the goal nothing is raised"""
    model = network(folder)
    given = ("-i", folder / "x.npy")
    run = suggest(model, *given, "--precision-mode", "force_bfloat16", "--to-error", "1e-9")
    check("can't be had by raising operators" in run.out, run.out)  # the input is rounded all the same
    run = suggest(model, *given, "--precision-mode", "qint16_mixed_float32")
    check(re.search(r"^0 operators in FLOAT32", run.out, re.M), run.out)


@test
def real_network(folder):
    """suggest --simulate: a real network, proven by the dump of a run with the plan"""
    ran = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(ran.returncode == 0, ran.stderr.strip())
    model = pathlib.Path(ROOT, ran.stdout.strip())
    given = ("--seed", "1", "--input-shapes", "x=1x3x48x192", "--filter-channel-quantize")  # as in the README
    run = suggest(model, *given, *INT4, "-o", folder / "plan.json")
    before, alone, after, raised = read(run.out)
    check(before > 0.3 and after <= 0.05 and 0 < len(raised) < 4, run.out)
    check(close(after, output_error(folder, model, given, raised, "softmax_0.tmp_0")), "the run shows another error")


@test
def wrong_words(folder):
    """suggest --simulate: what does not go together is said in a sentence"""
    model = network(folder)
    given = ("-i", folder / "x.npy")
    for words, text in [
        ((*given,), "needs a precision: --precision-mode MODE"),
        ((*given, *INT4, "--cover", "90"), "give --to-error X or --top N"),
        ((*given, *INT4, folder), "it takes no dumps"),
        ((*given, *INT4, "--format", "json"), "prints text"),
        ((*given, *INT4, "--seed", "1"), "not both"),
        ((*INT4,), "x"),
    ]:
        run = suggest(model, *words, status=2)
        check(text in run.err, f"{words}: {run.err}")


harness.main()
