#!/usr/bin/python3
"""`mmtui verify`: what it says of plans that took effect, that were silently ignored, and of which a part was. The second
dumps are made by running: the demo's, and a real network's in simulated precisions. What the tensors hold is looked at
with NumPy.
"""

import csv
import io
import json
import pathlib
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import onnx

import harness
import ort_api
from harness import ROOT, check, mmtui, same, test

WORDS = ("applied", "ignored", "cannot tell", "not in the dump")


def plan(path, names, precision="FLOAT32"):
    rows = [{"name": n, "op_type": "", "tensor": "", "precision": precision, "why": ""} for n in names]
    path.write_text(json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": {}, "overrides": rows}))
    return path


def verify(chosen, before, src, now, *more, status):
    run = mmtui("verify", "--plan", chosen, "--before", before, src, now, "--json", *more, status=status)
    said = json.loads(run.out, parse_constant=harness.not_json)
    same(said["proven"], status == 0, "proven")
    return said


def counted(said):
    found = [row["verdict"] for row in said["overrides"]]
    check(set(found) <= set(WORDS), f"words: {found}")
    return {word: found.count(word) for word in WORDS if word in found}


# ---- the demo: what its files say ----

FOUR = ["main/enc.0.ln2." + op for op in ("Pow", "ReduceMean_1", "Add", "Sqrt")]


def demo(folder, *more):
    mmtui("demo", "--dump-only", folder, *more)
    return folder / "src", folder / "dst"


@test
def demo_applied(folder):
    """verify: the demo with its plan: each override applied, outputs better, status 0"""
    chosen = plan(folder / "plan.json", FOUR)
    src, before = demo(folder / "old")
    now = demo(folder / "new", "--plan", chosen)[1]
    said = verify(chosen, before, src, now, status=0)
    same(counted(said), {"applied": 4}, "verdicts")
    for row in said["overrides"]:
        check("FLOAT16 before" in row["why"] and "FLOAT32 now" in row["why"], row["why"])
        same((row["error_before"], row["precision"]), ("Infinity", "FLOAT32"), row["name"])
        check(row["error_now"] < 0.01, row)
    out = said["outputs"]
    check(len(out) == 1 and out[0]["layer"] == "head.Softmax", out)
    check(out[0]["error_now"] < out[0]["error_before"], out)
    check(said["over_now"] < said["over_before"] and said["worse"] == [], "over")


@test
def demo_ignored(folder):
    """verify: the demo without its plan: ignored, all tensors as before, status 1"""
    chosen = plan(folder / "plan.json", FOUR)
    src, before = demo(folder / "old")
    now = demo(folder / "new")[1]
    said = verify(chosen, before, src, now, status=1)
    same((counted(said), said["unchanged"]), ({"ignored": 4}, True), "verdicts")
    text = mmtui("verify", "--plan", chosen, "--before", before, src, now, status=1).out
    check("4 overrides: 4 ignored" in text and "hold the same values as before" in text, text)


@test
def demo_partly(folder):
    """verify: of a plan whose second half a converter left out, that half is ignored; a name that is nowhere is not in the dump"""
    src, before = demo(folder / "old")
    now = demo(folder / "new", "--plan", plan(folder / "half.json", FOUR[:2]))[1]
    said = verify(plan(folder / "plan.json", FOUR + ["main/nobody"]), before, src, now, status=1)
    found = {row["name"]: row["verdict"] for row in said["overrides"]}
    same([found[n] for n in FOUR], ["applied", "applied", "ignored", "ignored"], "the four")
    same(found["main/nobody"], "not in the dump", "nobody")


# ---- a real network in simulated precisions: float32 files all over ----


def fetch():
    ran = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(ran.returncode == 0, ran.stderr.strip())
    return pathlib.Path(ROOT, ran.stdout.strip())


def dump(model, folder, *more):
    mmtui("dump", model, "--seed", "1", "--input-shapes", "1x3x48x192", "-o", folder,
          "--onnxruntime", ort_api.library(), *more)  # fmt: skip
    return folder


def convs(model):
    graph = onnx.load(str(model)).graph
    return [node.output[0] for node in graph.node if node.op_type in ("Conv", "MatMul")]


def values(folder, name):
    rows = json.loads((folder / "mmtui-dump.json").read_text())["tensors"]
    return np.load(folder / next(row["file"] for row in rows if row["name"] == name))


def is_half(x):
    return np.array_equal(x.astype("f2").astype("f4"), x)


@test
def integers(folder):
    """verify: int8 operators of a real network, all raised; ignored; every other one raised. Few values: cannot tell"""
    model = fetch()
    names = convs(model)
    chosen = plan(folder / "plan.json", names)
    some = plan(folder / "some.json", names[::2])
    mode = ("--precision-mode", "qint8_mixed_float32")
    src, old = dump(model, folder / "src"), dump(model, folder / "old", *mode)
    new, half = dump(model, folder / "new", *mode, "--plan", chosen), dump(model, folder / "half", *mode, "--plan", some)
    few = {n for n in names if values(src, n).size < 8}
    check(0 < len(few) < 5, f"{few}")
    expected = lambda names, good: {n: good for n in names}

    for now, right in ((new, {n: "applied" for n in names}), (old, {n: "ignored" for n in names}),
                       (half, {n: "applied" if n in names[::2] else "ignored" for n in names})):  # fmt: skip
        said = verify(chosen, old, src, now, "--model", model, status=1)
        for row in said["overrides"]:
            word = "cannot tell" if row["name"] in few else right[row["name"]]
            check(row["verdict"] in (word, "cannot tell"), f"{now.name}: {row}")
        untold = counted(said).get("cannot tell", 0)
        check(untold <= len(names) // 10, f"{now.name}: {untold} can't be told")
    gone = [n for n in names if n not in few]
    said = verify(plan(folder / "told.json", gone), old, src, new, "--model", model, status=0)
    same(counted(said), {"applied": len(gone)}, "without those of few values")
    check(said["over_before"] > 100 and said["over_now"] == 0, said["summary"])


@test
def bit_for_bit(folder):
    """verify: int8 inputs, float32 results, no model: ignored can't be told from raised before, and it says so"""
    model = fetch()
    names = convs(model)
    src = dump(model, folder / "src")
    old = dump(model, folder / "old", "--precision-mode", "qint8_mixed_float32")
    said = verify(plan(folder / "plan.json", names), old, src, old, status=1)
    same((counted(said), said["unchanged"]), ({"cannot tell": len(names)}, True), "verdicts")
    check(sum("bit for bit" in row["why"] for row in said["overrides"]) == len(names), "why")


@test
def halves(folder):
    """verify: results rounded to float16 in files of float32 are told by their values, which NumPy finds, too"""
    model = fetch()
    names = convs(model)
    chosen, some = plan(folder / "plan.json", names), plan(folder / "some.json", names[1::2])
    mode = ("--precision-mode", "force_float16")
    src, old = dump(model, folder / "src"), dump(model, folder / "old", *mode)
    now = dump(model, folder / "now", *mode, "--plan", some)
    said = verify(chosen, old, src, now, "--model", model, status=1)
    for row in said["overrides"]:
        name, word = row["name"], row["verdict"]
        same((is_half(values(old, name)), is_half(values(now, name))), (True, name not in names[1::2]), name)
        right = "applied" if name in names[1::2] else "ignored"
        check(word == right or (word == "cannot tell" and values(src, name).size < 20), f"{row}")
    check(min(counted(said)[w] for w in ("applied", "ignored")) > 20, counted(said))


@test
def worse(folder):
    """verify: everything applied, but a layer got worse: status 1, and which"""
    chosen = plan(folder / "plan.json", FOUR)
    src, before = demo(folder / "old")
    now = demo(folder / "new", "--plan", chosen)[1]
    file = next(now.glob("*_front.Conv.pb"))
    shutil.copy(next(now.glob("*_front.Relu.pb")), file)
    said = verify(chosen, before, src, now, status=1)
    same(counted(said), {"applied": 4}, "verdicts")
    same([row["layer"] for row in said["worse"]], ["front.Conv"], "worse")
    check(said["worse"][0]["error_now"] > 0.05 > said["worse"][0]["error_before"], said["worse"])


@test
def kinds(folder):
    """verify: the same as text, CSV, Markdown, HTML, JUnit, and into a file"""
    chosen = plan(folder / "plan.json", FOUR + ["main/<&\"'>"])
    src, before = demo(folder / "old")
    now = demo(folder / "new", "--plan", plan(folder / "half.json", FOUR[:2]))[1]
    out = lambda kind: mmtui("verify", "--plan", chosen, "--before", before, src, now, "--format", kind, status=1).out
    rows = list(csv.DictReader(io.StringIO(out("csv"))))
    found = {row["layer"]: row["applied"] for row in rows}
    same([found[n.removeprefix("main/")] for n in FOUR], ["applied", "applied", "ignored", "ignored"], "csv")
    suite = ET.fromstring(out("junit").encode())[0]
    same((suite.get("tests"), suite.get("failures")), ("5", "3"), "junit")
    same(len(suite.findall("testcase/failure")), 3, "junit's failures")
    check("main/<&\"'> (FLOAT32)" in [case.get("name") for case in suite], "a hostile name")
    check("| applied |" in out("markdown") and "<td>ignored</td>" in out("html").replace(' class="text"', ""), "tables")
    mmtui("verify", "--plan", chosen, "--before", before, src, now, "-o", folder / "said.txt", status=1)
    check("not in the dump" in (folder / "said.txt").read_text(), "file")


@test
def column(folder):
    """verify: the table of SRC DST with --plan and --before has a column"""
    chosen = plan(folder / "plan.json", FOUR)
    src, before = demo(folder / "old")
    now = demo(folder / "new", "--plan", plan(folder / "half.json", FOUR[:2]))[1]
    run = mmtui(src, now, "--before", before, "--plan", chosen, "--columns", "number,layer,applied")
    same(run.row("enc.0.ln2.Pow")[-1], "applied", "Pow")
    same(run.row("enc.0.ln2.Sqrt")[-1], "ignored", "Sqrt")
    run = mmtui(src, now, "--before", before, "--plan", chosen, "--filter", "applied=ignored")
    check("enc.0.ln2.Add" in run.out and "enc.0.ln2.Pow" not in run.out, run.out)
    check("applied" not in mmtui(src, now, "--before", before, "-n", "2").out, "without a plan")


@test
def mistakes(folder):
    """verify: what is missing is said, status 2"""
    src, before = demo(folder / "old")
    run = mmtui("verify", src, before, status=2)
    check("verify needs the plan and the dump from before it" in run.err, run.err)
    run = mmtui("verify", "--plan", plan(folder / "none.json", []), "--before", before, src, before, status=2)
    check("no overrides" in run.err, run.err)
    run = mmtui("verify", "--plan", plan(folder / "plan.json", FOUR), "--before", folder / "nothing", src, before, status=2)
    check("nothing" in run.err, run.err)
    (folder / "bad.json").write_text("{")
    mmtui("verify", "--plan", folder / "bad.json", "--before", before, src, before, status=2)


harness.main()
