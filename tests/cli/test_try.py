#!/usr/bin/python3
"""`mmtui try`: a model as it is and in a simulated precision, inspected; `:try` runs it again with the plan."""

import json
import os
import pathlib
import signal
import subprocess
import time

import numpy as np
import onnx
from onnx import helper, numpy_helper

import harness
import ort_api
from harness import ROOT, check, mmtui, same, test

F32 = onnx.TensorProto.FLOAT


def try_(model, *more, status=0, **how):
    return mmtui("try", model, "--onnxruntime", ort_api.library(), *more, status=status, **how)


def dump(model, out, *more):
    return mmtui("dump", model, "-o", out, "--onnxruntime", ort_api.library(), *more)


def network(folder):
    """x -> Mul -> MatMul -> Add, of values that float16 changes."""
    random = np.random.default_rng(5)
    weights = [("s", np.float32(3.1)), ("w", random.normal(size=(8, 4)).astype("f4")), ("b", random.normal(size=4).astype("f4"))]
    nodes = [
        helper.make_node("Mul", ["x", "s"], ["scaled"], name="mul"),
        helper.make_node("MatMul", ["scaled", "w"], ["mm"], name="matmul"),
        helper.make_node("Add", ["mm", "b"], ["y"], name="add"),
    ]
    value = lambda name, shape: helper.make_tensor_value_info(name, F32, shape)
    inits = [numpy_helper.from_array(a, n) for n, a in weights]
    graph = helper.make_graph(nodes, "g", [value("x", [5, 8])], [value("y", [5, 4])], inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(folder / "net.onnx"))
    np.save(folder / "x.npy", random.normal(size=(5, 8)).astype("f4"))
    return folder / "net.onnx"


def arrays(folder):
    rows = json.loads((folder / "mmtui-dump.json").read_text())["tensors"]
    return {row["name"]: np.load(folder / row["file"]).tobytes() for row in rows}


def frame(path):
    return path.read_text().split("\n---")[0]


@test
def as_a_table(folder):
    """try: without a terminal it prints the table of the two runs; what it ran in is gone"""
    model = network(folder)
    (folder / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(folder / "tmp")}
    run = try_(model, "-i", folder / "x.npy", "--precision-mode", "force_bfloat16", env=env)
    same(list((folder / "tmp").iterdir()), [], "left behind")
    dump(model, folder / "a", "-i", folder / "x.npy")
    dump(model, folder / "b", "-i", folder / "x.npy", "--precision-mode", "force_bfloat16")
    same(run.out, mmtui(folder / "a", folder / "b", "--model", model).out, "the table")
    check("4 pairs" in run.out, run.out)


@test
def kept(folder):
    """try: -o keeps the dumps, which are those of mmtui dump"""
    model = network(folder)
    try_(model, "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float16", "-o", folder / "o")
    dump(model, folder / "a", "-i", folder / "x.npy")
    dump(model, folder / "b", "-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float16")
    same(arrays(folder / "o" / "reference"), arrays(folder / "a"), "reference")
    same(arrays(folder / "o" / "simulated1"), arrays(folder / "b"), "simulated1")
    same((folder / "o" / "simulated1" / "scales.json").read_text(), (folder / "b" / "scales.json").read_text(), "scales.json")


@test
def again(folder):
    """try: :try runs the present plan and shows what it changed; the plan stays, with its settings"""
    model = network(folder)
    (folder / "s").write_text(
        ":screen 1\n:override matmul f32\n:override add f32\n:try\n:screen 2\n:export out\n"
        ":set network_precision float32\n:try\n:screen 3\n"
    )
    try_(model, "-i", folder / "x.npy", "--precision-mode", "force_bfloat16", "-o", folder / "o", "--script", folder / "s",
         "--size", "140x16", cwd=folder)  # fmt: skip
    one, two, three = (frame(folder / name) for name in "123")
    check("reference ⇄ simulated1" in one and "change" not in one, one)
    check("force_bfloat16: 3 results and 3 constants rounded" in one, one)
    check("reference ⇄ simulated2" in two and "Tried the plan (2 overrides)" in two, two)
    row = next(line for line in two.splitlines() if " y " in line)
    check("▸F32" in row and "better" in row, two)
    dump(model, folder / "b", "-i", folder / "x.npy", "--precision-mode", "force_bfloat16", "--plan", folder / "out/overrides.json")
    same(arrays(folder / "o" / "simulated2"), arrays(folder / "b"), "simulated2 is the run with the exported plan")
    check("reference ⇄ simulated3" in three and "2 overrides" in three, three)
    same(arrays(folder / "o" / "simulated3"), arrays(folder / "o" / "reference"), "the plan's setting is stronger in :try")


@test
def place_is_kept(folder):
    """try: :try keeps the sorting, the filter and the selected layer"""
    model = network(folder)
    (folder / "s").write_text(
        ":sort number\n:sort number\nk\nj\n:screen 1\n:try\n:screen 2\n:filter mul\nG\n:screen 3\n:try\n:screen 4\n"
    )
    try_(model, "-i", folder / "x.npy", "--precision-mode", "force_bfloat16", "-o", folder / "o", "--script", folder / "s",
         "--size", "140x16", cwd=folder)  # fmt: skip
    shown = {name: frame(folder / name).splitlines() for name in "1234"}
    rows = {name: [line.split()[:2] for line in lines if " f32 → f32 " in line] for name, lines in shown.items()}
    same([rows["1"], rows["2"]], 2 * [[["1", "x"], ["2", "scaled"], ["3", "mm"], ["4", "y"]]], "rows")
    same([rows["3"], rows["4"]], 2 * [[["2", "scaled"], ["3", "mm"]]], "filtered rows")
    same([shown[name][1].split("│")[1].strip() for name in "1234"], ["scaled", "scaled", "mm", "mm"], "the selected layer")
    same([lines[0].split()[-3:] for lines in shown.values()], 4 * [["sort", "number", "↑"]], "the order")


@test
def ranges_are_kept(folder):
    """try: :try calibrates once; what needs other ranges calibrates anew, and is a run of its own all the same"""
    model = network(folder)
    (folder / "s").write_text(
        ":override add f32\n:try\n:screen 1\n:set activation_symmetry asymmetric\n:try\n:screen 2\n:try\n:screen 3\n:export out\n"
    )
    given = ("-i", folder / "x.npy", "--precision-mode", "qint8_mixed_float16")
    try_(model, *given, "-o", folder / "o", "--script", folder / "s", "--size", "140x16", cwd=folder)
    kept = [" with the ranges of the run before" in frame(folder / name) for name in "123"]
    same(kept, [True, False, True], "kept")
    for name in "123":
        check("Tried the plan (1 override" in frame(folder / name), frame(folder / name))
    dump(model, folder / "b", *given, "--plan", folder / "out/overrides.json")
    same(arrays(folder / "o" / "simulated4"), arrays(folder / "b"), "simulated4 is the run with the exported plan")
    same((folder / "o/simulated4/scales.json").read_text(), (folder / "b/scales.json").read_text(), "scales.json")
    same(arrays(folder / "o" / "simulated3"), arrays(folder / "o" / "simulated4"), "the same plan, calibrated anew or not")


@test
def ended_at_once(folder):
    """try: a second signal ends it while an operator runs, and its temporary folder is gone"""
    size = 5000
    value = helper.make_tensor_value_info("x", F32, [size, size])
    nodes = [helper.make_node("Neg", ["x"], ["n"]), helper.make_node("MatMul", ["n", "n"], ["y"])]
    graph = helper.make_graph(nodes, "g", [value], [helper.make_tensor_value_info("y", F32, [size, size])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(folder / "long.onnx"))
    np.save(folder / "x.npy", np.ones((size, size), "f4"))
    (folder / "tmp").mkdir()
    command = [harness.MMTUI, "try", folder / "long.onnx", "-i", folder / "x.npy", "--precision-mode", "force_float16",
               "--onnxruntime", ort_api.library()]  # fmt: skip
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**harness.ENVIRONMENT, "TMPDIR": str(folder / "tmp")})
    give_up = time.monotonic() + 60
    while len(list((folder / "tmp").glob("mmtui-try-*/reference/*.npy"))) < 2:
        check(time.monotonic() < give_up and running.poll() is None, "nothing is dumped")
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGTERM)
    same(running.wait(60), -signal.SIGTERM, "status")
    same(list((folder / "tmp").iterdir()), [], "left behind")


@test
def not_tried(folder):
    """try: a run that fails is said, and all stays as it was, the plan too; :try of two dumps says what it needs"""
    model = network(folder)
    (folder / "o").mkdir()
    (folder / "o" / "simulated2").write_text("no folder")
    (folder / "s").write_text(":override matmul f32\n:try\n:screen 1\n:try\n:screen 2\n")
    try_(model, "-i", folder / "x.npy", "--precision-mode", "force_bfloat16", "-o", folder / "o", "--script", folder / "s",
         "--size", "140x16", cwd=folder)  # fmt: skip
    for name in "12":
        shown = frame(folder / name)
        check("Not tried:" in shown and "simulated2" in shown, shown)
        check("reference ⇄ simulated1" in shown and "▸F32" in shown, shown)
    (folder / "t").write_text(":try\n:screen 3\n")
    mmtui(folder / "o/reference", folder / "o/simulated1", "--script", folder / "t", "--size", "140x16", cwd=folder)
    check("mmtui try MODEL.onnx" in frame(folder / "3"), frame(folder / "3"))


@test
def wrong_words(folder):
    """try: what is missing is said in a sentence"""
    model = network(folder)
    for words, text in [
        ([], "try needs one model"),
        ([model, "-i", folder / "x.npy"], "try needs a precision: --precision-mode MODE"),
        ([model, "--precision-mode", "force_float16"], "x"),
        ([folder / "none.onnx", "-i", folder / "x.npy", "--precision-mode", "force_float16"], "none.onnx"),
    ]:
        run = mmtui("try", *words, "--onnxruntime", ort_api.library(), status=2)
        check(text in run.err, f"{words}: {run.err}")


@test
def real_network(folder):
    """try: the walk of the README on a real network: 4 bits are too few, one operator in float32 helps"""
    ran = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(ran.returncode == 0, ran.stderr.strip())
    (folder / "s").write_text(":sort number\nG\n:screen 1\n:override depthwise_conv2d_3.tmp_0 f32\n:try\n:sort number\nG\n:screen 2\n")
    try_(pathlib.Path(ROOT, ran.stdout.strip()), "--seed", "1", "--input-shapes", "x=1x3x48x192",
         "--precision-mode", "qint4_mixed_float32", "--filter-channel-quantize", "--script", folder / "s", "--size", "118x20",
         cwd=folder)  # fmt: skip
    figures = []
    for name in "12":
        row = next(line for line in frame(folder / name).splitlines() if "softmax_0.tmp_0" in line)
        figures.append(float(row.split("f32 → f32")[1].split()[1]))
    check(0.4 < figures[0] < 0.7 and figures[1] < 0.1, f"output errors {figures}")
    check("1 override" in frame(folder / "2"), frame(folder / "2"))


harness.main()
