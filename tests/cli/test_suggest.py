#!/usr/bin/python3
"""`mmtui suggest`, proven by running what it suggests: the demo network as shipped, with the suggested plan, with
everything raised, and with each one operator of the plan left out. Errors are NumPy's, of the network's output."""

import json
import os
import re

import numpy as np

import harness
from harness import check, mmtui, same, schema, test

OVERFLOW = ["enc.0.ln2.Pow", "enc.0.ln2.ReduceMean_1", "enc.0.ln2.Add", "enc.0.ln2.Sqrt"]
INT8 = ["enc.1.ffn.Linear", "head.Linear"]
WANTED = {**{"main/" + name: "FLOAT32" for name in OVERFLOW}, **{"main/" + name: "FLOAT16" for name in INT8}}
PLAN = {"format": "mmtui-plan", "schema_version": 2, "settings": {}}


def demo(folder, plan=None):
    """Dumps of the demo network with these precisions by name."""
    options = []
    if plan is not None:
        overrides = [{"name": name, "precision": precision} for name, precision in plan.items()]
        (folder.parent / "wanted.json").write_text(json.dumps({**PLAN, "overrides": overrides}))
        options = ["--plan", folder.parent / "wanted.json"]
    mmtui("demo", "--dump-only", folder, *options)
    return folder


def values(folder, name):
    (path,) = [p for p in folder.iterdir() if re.fullmatch(r"\d+_" + re.escape(name) + r"\.pb", p.name)]
    message = schema().TensorProto()
    message.ParseFromString(path.read_bytes())
    return np.array(message.float_val, dtype=np.float64)


def output_error(folder):
    """Relative L2 error of the network's output."""
    src, dst = (values(folder / side, "head.Softmax") for side in ("src", "dst"))
    return np.linalg.norm(src - dst) / np.linalg.norm(src)


def suggest(folder, *options, **more):
    return mmtui("suggest", folder / "src", folder / "dst", *options, **more)


def precisions(path):
    plan = json.loads(path.read_text())
    return {override["name"]: override["precision"] for override in plan["overrides"]}


def rows(run):
    """The names of the table's layers."""
    return [line.split()[1] for line in run.out.splitlines() if re.match(r" *\d+  \S+\.", line)]


@test
def run_it(folder):
    """what is suggested for the demo network repairs it, and nothing of it can be left out"""
    shipped = demo(folder / "A")
    suggest(shipped, "-o", folder / "plan.json")
    plan = precisions(folder / "plan.json")
    same(plan, WANTED, "the suggested plan")
    names = {p.name.split("_", 1)[1][:-3] for p in (shipped / "src").iterdir()}
    error = {
        "as shipped": output_error(shipped),
        "suggested": output_error(demo(folder / "B", plan)),
        "all FP32": output_error(demo(folder / "all", {"main/" + name: "FLOAT32" for name in names})),
    }
    high = {name: "FLOAT32" for name in plan}
    error["these, all to FP32"] = output_error(demo(folder / "high", high))
    for left_out in plan:
        fewer = {name: precision for name, precision in plan.items() if name != left_out}
        error["without " + left_out] = output_error(demo(folder / "fewer", fewer))
    said = ", ".join(f"{what}: {value:.3g}" for what, value in error.items())
    check(error["as shipped"] > 0.9, said)
    same(error["all FP32"], 0, "with everything raised both sides are the same computation")
    # of what raising everything takes away, the plan takes 99.7 %
    check(error["suggested"] < 0.003 * error["as shipped"], said)
    # and FP16 for the two linears is as good as FP32, within the noise of FP16 everywhere else
    check(error["suggested"] < 1.25 * error["these, all to FP32"], said)
    for left_out in plan:
        check(error["without " + left_out] > 2.5 * error["suggested"], said)
    for left_out in ("main/" + name for name in OVERFLOW):
        check(error["without " + left_out] > 0.9, said)


@test
def second_round(folder):
    """once the plan is in, nothing is left to raise"""
    repaired = demo(folder / "A", WANTED)
    run = suggest(repaired)
    check(run.out.startswith("nothing to raise: the outputs are within the thresholds"), run.out)
    run = suggest(repaired, "-o", folder / "none.json")
    same(precisions(folder / "none.json"), {}, "the plan of nothing")
    check(rows(suggest(repaired, "--top", "3"))[0] == "head.Softmax", "who adds most")


@test
def missing_operators(folder):
    """a plan of another network: its operators are counted and named, and stay in it"""
    shipped = demo(folder / "A")
    overrides = [{"name": name, "precision": "FLOAT32"} for name in ("main/head.Linear", "main/gone", "other")]
    (folder / "old.json").write_text(json.dumps({**PLAN, "overrides": overrides}))
    run = suggest(shipped, "--plan", folder / "old.json", "-o", folder / "plan.json")
    check("old.json: 2 operators of the plan are in neither dst nor the model: main/gone, other" in run.err, run.err)
    check("main/gone" in precisions(folder / "plan.json"), "kept")


@test
def where_it_stops(folder):
    """good outputs need nothing, whatever a layer before them is; no order, no guess; class ids are no matter of
    precision; asked for, all the same"""
    rng = np.random.default_rng(3)
    scores, ids = rng.standard_normal((8, 16)).astype("f4"), rng.integers(0, 9, 64)
    noisy = scores + 0.3 * rng.standard_normal((8, 16)).astype("f4")
    other = np.where(np.arange(64) % 8 == 0, ids + 1, ids)
    order = folder / "order.txt"
    order.write_text("x\nscores\nids\ny\n")
    src, dst = folder / "src", folder / "dst"
    for side, middle, last in ((src, scores, ids), (dst, noisy, other)):
        side.mkdir()
        for name, values_ in (("x", scores), ("scores", middle), ("ids", last), ("y", scores)):
            np.save(side / name, values_.astype("f2") if side is dst and values_ is not last else values_)
            os.utime(side / (name + ".npy"), (1, 1))
    run = suggest(folder, "--order", order)
    check(run.out.startswith("nothing to raise: the outputs are within the thresholds"), run.out)
    run = suggest(folder, "--order", order, "--top", "4")
    check("ids" not in [line.split()[1] for line in run.out.splitlines() if re.match(r" *\d+  ", line)], run.out)
    check(re.search(r"^ *4  y ", run.out, re.M), run.out)
    run = suggest(folder)
    check(run.out.startswith("nothing is suggested: without an order"), run.out)


@test
def hidden_int8(folder):
    """with the overflow repaired, the measured error of the INT8 linear is what is suggested"""
    visible = demo(folder / "A", {"main/" + name: "FLOAT32" for name in OVERFLOW})
    run = suggest(visible, "--model", visible / "demo.onnx")
    same(rows(run), ["head.Linear"], "layers")
    src, dst = (values(visible / side, "head.Linear") for side in ("src", "dst"))
    read, had = (values(visible / side, "enc.1.ln2.Add_1") for side in ("src", "dst"))
    error = np.linalg.norm(src - dst) / np.linalg.norm(src)
    before = np.linalg.norm(read - had) / np.linalg.norm(read)
    said = float(re.search(r"i8 adds (\S+) here", run.out).group(1))
    check(abs(said - (error**2 - before**2) ** 0.5) < 0.0005, f"{said}, by NumPy {error} behind {before}")


@test
def with_a_graph(folder):
    """the model's graph leads to the same plan, and to multiply-accumulates"""
    shipped = demo(folder / "A")
    suggest(shipped, "--model", shipped / "demo.onnx", "-o", folder / "plan.json")
    same(precisions(folder / "plan.json"), WANTED, "the suggested plan")
    run = suggest(shipped, "--model", shipped / "demo.onnx", "--top", "5")
    same(sorted(rows(run)), sorted(OVERFLOW + ["head.Linear"]), "layers")
    (row,) = [line.split() for line in run.out.splitlines() if " head.Linear " in line]
    same(row[6], "295k", "96 frames x 64 x 48 tokens")


@test
def rules(folder):
    """--cover, --top and --to-error; what overflows is always there"""
    shipped = demo(folder / "A")
    for options, expected in [
        (["--cover", "80"], OVERFLOW + ["head.Linear"]),
        (["--cover", "96"], OVERFLOW + ["head.Linear", "enc.1.ffn.Linear"]),
        (["--top", "1"], OVERFLOW),
        (["--top", "5"], OVERFLOW + ["head.Linear"]),
        (["--to-error", "0.5"], OVERFLOW),
        (["--to-error", "0.01"], OVERFLOW + ["head.Linear", "enc.1.ffn.Linear"]),
    ]:
        same(rows(suggest(shipped, *options)), expected, " ".join(options))


@test
def reasons(folder):
    """the plan says why; a plan to start from is kept, and never lowered"""
    shipped = demo(folder / "A")
    overrides = [
        {"name": "main/head.Linear", "precision": "FLOAT32"},
        {"name": "main/enc.0.ln2.Pow", "precision": "FLOAT16"},
        {"name": "main/front.Conv", "precision": "FLOAT32"},
    ]
    (folder / "start.json").write_text(json.dumps({**PLAN, "overrides": overrides}))
    suggest(shipped, "--plan", folder / "start.json", "-o", folder / "plan.json")
    expected = {**WANTED, "main/head.Linear": "FLOAT32", "main/front.Conv": "FLOAT32"}
    same(precisions(folder / "plan.json"), expected, "the plan")
    plan = json.loads((folder / "plan.json").read_text())
    why = {override["name"]: override["why"] for override in plan["overrides"]}
    check("beyond f16's 65504" in why["main/enc.0.ln2.Pow"], why)
    check("reads enc.0.ln2.Add" in why["main/enc.0.ln2.Sqrt"], why)
    check("i8 adds about" in why["main/enc.1.ffn.Linear"], why)


@test
def another_runtime(folder):
    """for a runtime that takes FLOAT32 alone all are raised to that; settings have names of no runtime"""
    shipped = demo(folder / "A")
    suggest(shipped, "--to", "onnxruntime", "-o", folder / "plan.json")
    same(precisions(folder / "plan.json"), {name: "FLOAT32" for name in WANTED}, "the plan")
    settings = json.loads((folder / "plan.json").read_text())["settings"]
    same(settings, {"activation_symmetry": "asymmetric"}, "settings")
    run = mmtui("export", "--plan", folder / "plan.json", "--to", "onnxruntime", "--model", shipped / "demo.onnx", folder / "out")
    check(f"{len(WANTED)} overrides for ONNX Runtime" in run.out and "left out" not in run.out, run.out)
    chosen = json.loads((folder / "out" / "quantize.json").read_text())
    same(sorted(chosen.pop("nodes_to_exclude")), sorted(WANTED), "names")
    same(chosen, {"extra_options": {"ActivationSymmetric": False}}, "settings")


def chain(folder, half, change, calibrated=True):
    """Five layers in order: fc is a product, relu and out follow. change: what dst makes of fc. int8: each result on the
    grid of src's range or, not calibrated, of dst's own."""
    rng = np.random.default_rng(5)
    weights = [(rng.standard_normal((64, 64)) / 8).astype("f4") for _ in range(3)]
    x = rng.standard_normal((40, 64)).astype("f4")
    src = {}

    def kept(name, a):
        if half:
            return a.astype("f2")
        like = src[name] if calibrated else a
        low, high = min(like.min(), 0), max(like.max(), 0)
        step = (high - low) / 255
        zero = np.round(-low / step)
        return ((np.clip(np.round(a / step) + zero, 0, 255) - zero) * step).astype("f4")

    for side in ("src", "dst"):
        store = (lambda name, a: a) if side == "src" else kept
        values = {"x": store("x", x)}
        fc = values["x"].astype("f4") @ weights[0]
        values["fc"] = store("fc", fc if side == "src" else change(fc, values["x"].astype("f4"), weights[0]))
        values["relu"] = store("relu", np.maximum(values["fc"].astype("f4"), 0))
        with np.errstate(invalid="ignore"):  # Inf - Inf is what halves are for here
            values["mid"] = store("mid", values["relu"].astype("f4") @ weights[1])
            values["out"] = store("out", values["mid"].astype("f4") @ weights[2])
        src = src or values
        (folder / side).mkdir(parents=True)
        for number, (name, a) in enumerate(values.items(), 1):
            np.save(folder / side / f"{10 * number}_{name}.npy", a)
    return folder


@test
def not_of_the_format(folder):
    """what a format does not explain is not raised, and one sentence says so; what it costs is"""
    def cut(y, x, w):
        return np.clip(y, -0.35 * abs(y).max(), 0.35 * abs(y).max())

    def zeroed(y, x, w):
        y = y.copy()
        y[:, 7] = 0
        return y

    faults = {"cut": cut, "zeroed": zeroed, "transposed": lambda y, x, w: x @ w.T,
              "scaled": lambda y, x, w: 1.3 * y, "turned": lambda y, x, w: -y}
    for half in (False, True):
        for name, change in faults.items():
            pair = chain(folder / f"{name}{half}", half, change)
            run = suggest(pair, "--format", "json")
            same(json.loads(run.out)["suggestions"], [], f"{name} in {'half' if half else 'int8'}")
    run = suggest(folder / "transposedFalse")
    check("#2 adds 1.5, its format explains 0.01: nothing shows that raising it would mend that" in run.out, run.out)
    run = suggest(chain(folder / "range", False, cut, False), "--format", "json")
    same([s["name"] for s in json.loads(run.out)["suggestions"]], ["fc"], "a range of int8 that is too small")
    run = suggest(chain(folder / "overflow", True, lambda y, x, w: np.where(y > 0.6 * y.max(), np.inf, y)),
                  "--format", "json")
    same([s["name"] for s in json.loads(run.out)["suggestions"]], ["fc"], "Inf where src is largest")
    run = suggest(chain(folder / "divided", True, lambda y, x, w: np.where(abs(y) < 0.02, np.inf, y)), "--format", "json")
    same(json.loads(run.out)["suggestions"], [], "Inf where src is near 0")


@test
def refused(folder):
    """wrong options are refused with a sentence"""
    shipped = demo(folder / "A")
    for options, says in [
        (["--cover", "0"], "share"),
        (["--cover", "101"], "share"),
        (["--cover", "x"], "share"),
        (["--cover", "5%"], "--cover: \"5%\" is not a number"),
        (["--top", "0"], "how many"),
        (["--top", ""], "not a number"),
        (["--to-error", "1"], "below 1"),
        (["--to-error", "9" * 200], "not a number"),
        (["--model", folder / "none.onnx"], "No such file"),
        (["--plan", folder / "none.json"], "No such file"),
        (["-o", folder / "none" / "plan.json"], "No such file"),
    ]:
        run = suggest(shipped, *options, status=2)
        check(says in run.err, run.err)
    check("two dumps" in mmtui("suggest", shipped / "src", status=2).err, "one folder")
    check("top" in mmtui("suggest", "--help").out, "help")


if __name__ == "__main__":
    harness.main()
