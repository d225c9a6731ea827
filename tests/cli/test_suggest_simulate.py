#!/usr/bin/python3
"""`mmtui suggest --simulate`: which operators to raise, found by running, held against dumps of the same runs and NumPy."""

import csv
import json
import pathlib
import re
import subprocess
from xml.etree import ElementTree

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


def branches(folder, with_body=False):
    """Two outputs: x -> MatMul -> Tanh -> MatMul -> Add (of the first MatMul) -> y, Tanh -> Reshape -> MatMul -> z; or an If behind."""
    random = np.random.default_rng(4)
    weights = [numpy_helper.from_array(random.normal(size=(8, 8)).astype("f4"), w) for w in ("wa", "wb", "wc")]
    weights.append(numpy_helper.from_array(np.array([-1, 8], dtype="i8"), "shape"))
    node = helper.make_node
    nodes = [
        node("MatMul", ["x", "wa"], ["a"], name="first"),
        node("Tanh", ["a"], ["t"], name="tanh"),
        node("MatMul", ["t", "wb"], ["b"]),  # without a name
        node("Add", ["b", "a"], ["y"], name="add"),
        node("Reshape", ["t", "shape"], ["r"], name="reshape"),
        node("MatMul", ["r", "wc"], ["z"], name="third"),
    ]
    value = lambda name: helper.make_tensor_value_info(name, F32, [6, 8])
    if with_body:
        weights.append(numpy_helper.from_array(np.array(True), "yes"))
        body = helper.make_graph([node("Neg", ["z"], ["n"])], "body", [], [value("n")])
        nodes.append(node("If", ["yes"], ["last"], then_branch=body, else_branch=body))
    outputs = [value("y"), value("last" if with_body else "z")]
    graph = helper.make_graph(nodes, "g", [value("x")], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(folder / "branches.onnx"))
    for k in range(2):
        np.save(folder / f"x{k}.npy", random.normal(size=(6, 8)).astype("f4"))
    return folder / "branches.onnx", ("-i", folder / "x0.npy", "-i", folder / "x1.npy")


def measured(model, *words):
    out = json.loads(suggest(model, *words, "--format", "json").out)
    return out, {row["name"]: row["error"] for row in out["operators"]}


@test
def side_by_side(folder):
    """suggest --simulate: operators tried in one run, what stands behind each of them copied, have the figures of a run each"""
    model, given = branches(folder)
    chain = (network(folder), "-i", folder / "x.npy")
    for words, few in [
        ((model, *given, "--precision-mode", "force_float8_e4m3", "--to-error", "0.001"), 20),
        ((model, *given, "--precision-mode", "force_bfloat16", "--top", "2"), 4),
        ((model, *given, *INT4, "--filter-channel-quantize", "--asymmetric-quantize", "--to-error", "0.01"), 20),
        ((model, *given, "--precision-mode", "qint8_mixed_float16", "--top", "1"), 4),
        ((*chain, *INT4, "--to-error", "0.05"), 12),
    ]:
        together, errors = measured(*words)
        alone, each = measured(*words, "--batch-memory", "0")
        same(errors, each, f"{words}: errors")
        same([row["raised"] for row in together["operators"]], [row["raised"] for row in alone["operators"]], "raised")
        same(together["error_then"], alone["error_then"], "the plan's error")
        same(together["settings"], alone["settings"], "settings")
        same(alone["runs"], alone["settings"], "a run each")
        check(together["runs"] < alone["runs"] and together["runs"] <= few, f"{together['runs']} runs of {alone['runs']}")


@test
def not_side_by_side(folder):
    """suggest --simulate: a model with a body, one with folded operators, and too little memory: each has a run of its own"""
    model, given = branches(folder, with_body=True)
    words = (model, *given, "--precision-mode", "force_bfloat16", "--top", "1")
    out, errors = measured(*words)
    same(out["runs"], out["settings"], "an If")
    same(errors, measured(*words, "--batch-memory", "0")[1], "an If: errors")
    plain, given = branches(folder)
    words = (plain, *given, "--precision-mode", "force_bfloat16", "--top", "1")
    for more in (("--fold-conv-bn",), ("--batch-memory", "0.0001")):
        out, errors = measured(*words, *more)
        same(out["runs"], out["settings"], more)
        same(errors, measured(*words)[1], more)


@test
def forms(folder):
    """suggest --simulate: JSON, CSV, Markdown, HTML and JUnit say what the text says; the plan is written beside them"""
    model = network(folder)
    words = (model, "-i", folder / "x.npy", *INT4, "--top", "2")
    before, alone, after, raised = read(suggest(*words).out)
    out = json.loads(suggest(*words, "--format", "json", "-o", folder / "plan.json").out)
    same(sorted(o["name"] for o in json.loads((folder / "plan.json").read_text())["overrides"]), sorted(raised), "the plan")
    same((out["precision_mode"], out["within"]), ("qint4_mixed_float32", True), "head")
    check(close(before, out["error_now"]) and close(after, out["error_then"]), f"{out['error_now']}, {out['error_then']}")
    same([row["node"] for row in out["operators"]], list(alone), "order")
    same([row["node"] for row in out["operators"] if row["raised"]], raised, "raised")
    for row in out["operators"]:
        check(close(alone[row["node"]][0], row["error"]) and row["gain"] == out["error_now"] - row["error"], str(row))
    rows = list(csv.DictReader(suggest(*words, "--format", "csv").out.splitlines()))
    same([(r["operator"], float(r["error"]), r["raised"] == "1") for r in rows],
         [(r["node"], r["error"], r["raised"]) for r in out["operators"]], "CSV")  # fmt: skip
    lines = suggest(*words, "--format", "markdown").out.splitlines()
    same([line.split(" | ")[0][2:] for line in lines if line.endswith("| FLOAT32 |")], raised, "Markdown")
    page = suggest(*words, "--format", "html").out
    same(re.findall(r"<tr><td>(\w+)</td>.*FLOAT32</td></tr>", page), raised, "HTML")
    tests = ElementTree.fromstring(suggest(*words, "--format", "junit").out)
    same([case.get("name") for case in tests.iter("testcase") if case.find("failure") is not None], raised, "JUnit")
    words = (model, "-i", folder / "x.npy", "--format", "junit")
    missed = ElementTree.fromstring(suggest(*words, "--precision-mode", "force_bfloat16", "--to-error", "1e-9").out)
    check("can't be had" in missed.find(".//testcase[@name='outputs']/failure").get("message"), "a goal that is missed")
    fine = ElementTree.fromstring(suggest(*words, "--precision-mode", "qint16_mixed_float32").out)
    same((fine.find("testsuite").get("failures"), len(list(fine.iter("testcase")))), ("0", 1), "nothing to raise")


@test
def wrong_words(folder):
    """suggest --simulate: what does not go together is said in a sentence"""
    model = network(folder)
    given = ("-i", folder / "x.npy")
    for words, text in [
        ((*given,), "needs a precision: --precision-mode MODE"),
        ((*given, *INT4, "--cover", "90"), "give --to-error X or --top N"),
        ((*given, *INT4, folder), "it takes no dumps"),
        ((*given, *INT4, "--seed", "1"), "not both"),
        ((*INT4,), "x"),
    ]:
        run = suggest(model, *words, status=2)
        check(text in run.err, f"{words}: {run.err}")


harness.main()
