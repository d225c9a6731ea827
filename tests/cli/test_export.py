#!/usr/bin/python3
"""`mmtui export`: from a plan file to the runtime's files, and what the generated Python does to a network."""

import contextlib
import importlib.util
import io
import json
import resource
import subprocess
import sys

import harness
from harness import ROOT, check, mmtui, same

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "unit" / "export"))

from standin_magicmind import DataType, Network, Node

F16, F32, I8, I32, BOOL = DataType.FLOAT16, DataType.FLOAT32, DataType.INT8, DataType.INT32, DataType.BOOL
FILES = ["apply_overrides.py", "build_config.json", "overrides.json"]
PLAN = {
    "format": "mmtui-plan",
    "schema_version": 2,
    "settings": {
        "network_precision": "int8_float16",
        "weight_granularity": "per_channel",
        "scale_folding": False,
        "dynamic_shapes": True,
    },
    "overrides": [
        {
            "name": "main/enc.10.Pow",
            "op_type": "mm.pow",
            "tensor": "enc.10.Pow",
            "precision": "FLOAT32",
            "why": "overflow: |x| up to 1.2e5 > 65504",
            "figures": {"diff1": "NaN", "diff2": "Infinity", "max_abs": 12.5, "cosine": 0.9999999999999999},
        },
        {"name": "main/enc.9.Conv", "op_type": "mm.conv2d", "tensor": "enc.9.Conv", "precision": "FLOAT16"},
        {"name": 'quotes \' " \\ """ \n # \u00e9\u202e\U0001f480', "precision": "FLOAT32", "why": 'end"""\nimport os'},
        {"name": "main/gone", "precision": "FLOAT32"},
    ],
}
QUOTES = PLAN["overrides"][2]["name"]
VERSION_1 = {
    "format": "mmtui-plan",
    "schema_version": 1,
    "settings": {
        "precision_config.precision_mode": "qint8_mixed_float16",
        "precision_config.weight_quant_granularity": "per_axis",
        "opt_config.conv_scale_fold": False,
        "graph_shape_mutable": True,
    },
    "overrides": PLAN["overrides"],
}


def write_plan(folder, plan=PLAN, name="plan.json"):
    path = folder / name
    path.write_text(plan if isinstance(plan, str) else json.dumps(plan), encoding="utf-8")
    return path


def export(folder, *options, plan=None, to="out", **more):
    plan = plan or write_plan(folder)
    return mmtui("export", "--plan", plan, "--to", "magicmind", folder / to, *options, **more)


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def run_generated(folder, nodes):
    """Import the generated module and let it loose on a network: its report and what it printed."""
    spec = importlib.util.spec_from_file_location("apply_overrides", folder / "apply_overrides.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        report = module.apply_overrides(Network(nodes), DataType)
    return report, said.getvalue()


# ---- the files ----


@harness.test
def test_files(folder):
    """export: writes the three files, says so, and what can't be expressed"""
    run = export(folder)
    same(listing(folder / "out"), FILES, "files")
    check("4 overrides for Cambricon MagicMind in" in run.out and str(folder / "out") in run.out, run.out)
    check(all(name in run.out for name in FILES) and "apply_overrides.cc" not in run.out, run.out)
    same(run.err, "", "stderr")


@harness.test
def test_config(folder):
    """export: build_config.json has the settings and nothing else"""
    export(folder)
    config = json.loads((folder / "out" / "build_config.json").read_text())
    expected = {
        "precision_config": {"precision_mode": "qint8_mixed_float16", "weight_quant_granularity": "per_axis"},
        "opt_config": {"conv_scale_fold": False},
        "graph_shape_mutable": True,
    }
    same(config, expected, "build_config.json")


@harness.test
def test_round_trip(folder):
    """export: overrides.json is the plan again, and exports to the same bytes"""
    export(folder)
    written = json.loads((folder / "out" / "overrides.json").read_text())
    for key in ("format", "schema_version", "settings"):
        same(written[key], PLAN[key], key)
    by_name = {item["name"]: item for item in written["overrides"]}
    same(len(by_name), len(PLAN["overrides"]), "overrides")
    for given in PLAN["overrides"]:
        found = by_name[given["name"]]
        same({key: found[key] for key in given}, given, given["name"])
    order = [item["name"] for item in written["overrides"]]
    check(order.index("main/enc.9.Conv") < order.index("main/enc.10.Pow"), "natural order")
    export(folder, plan=folder / "out" / "overrides.json", to="again")
    for name in FILES:
        same((folder / "again" / name).read_bytes(), (folder / "out" / name).read_bytes(), name)
    export(folder, plan=folder / "out" / "overrides.json")  # over itself
    for name in FILES:
        same((folder / "again" / name).read_bytes(), (folder / "out" / name).read_bytes(), name)


@harness.test
def test_version_1(folder):
    """export: a plan of version 1 gives the same files as the plan of today with the same choices"""
    export(folder)
    export(folder, plan=write_plan(folder, VERSION_1, "old.json"), to="old")
    for name in FILES:
        same((folder / "old" / name).read_bytes(), (folder / "out" / name).read_bytes(), name)


@harness.test
def test_python(folder):
    """export: apply_overrides.py changes exactly the chosen nodes' float tensors and reports unknown names"""
    export(folder)
    nodes = [
        Node("main/enc.10.Pow", [F16, F32, I32], [F16]),
        Node("main/enc.10.Pow_1", [F16], [F16]),
        Node("main/enc.1", [F16], [F16]),
        Node("main/enc.9.Conv", [I8, F32], [F32, BOOL], end="none"),
        Node(QUOTES, [F16], [I8]),
        Node("other", [F32, I8], [F32]),
    ]
    report, said = run_generated(folder / "out", nodes)
    expected = [
        [("set_precision", 0, F32), ("set_precision", 1, F32), ("set_output_type", 0, F32)],
        [],
        [],
        [("set_precision", 1, F16), ("set_output_type", 0, F16)],
        [("set_precision", 0, F32)],
        [],
    ]
    same([node.calls for node in nodes], expected, "calls")
    same(report.not_found, ["main/gone"], "not found")
    same(said, "apply_overrides: not in the network: 'main/gone'\n", "what it prints")
    same(
        [(left.node, left.side, left.index) for left in report.left_alone],
        [
            ("main/enc.10.Pow", "input", 2),
            ("main/enc.9.Conv", "input", 0),
            ("main/enc.9.Conv", "output", 1),
            (QUOTES, "output", 0),
        ],
        "left alone",
    )


@harness.test
def test_python_by_itself(folder):
    """export: apply_overrides.py stands alone: old syntax, no module of ours, nothing printed on import"""
    export(folder)
    script = folder / "out" / "apply_overrides.py"
    script.read_bytes().decode("ascii")
    command = [sys.executable, "-I", "-W", "error", "-B", str(script)]
    done = subprocess.run(command, capture_output=True, env={}, cwd="/", check=True)
    same((done.stdout, done.stderr), (b"", b""), "output")


@harness.test
def test_cpp(folder):
    """export: --cpp writes the C++ form too"""
    run = export(folder, "--cpp")
    same(listing(folder / "out"), sorted([*FILES, "apply_overrides.cc"]), "files")
    check("apply_overrides.cc" in run.out, run.out)
    text = (folder / "out" / "apply_overrides.cc").read_text()
    for word in ("main/enc.10.Pow", "main/gone", "FindNodeByName", "SetPrecision", "SetOutputType"):
        check(word in text, f"no {word}")
    check(text.isascii(), "not ASCII")


@harness.test
def test_empty_plan(folder):
    """export: a plan without choices is exported as such"""
    run = export(folder, plan=write_plan(folder, {"format": "mmtui-plan", "schema_version": 2, "overrides": []}))
    check("0 overrides" in run.out, run.out)
    same(json.loads((folder / "out" / "build_config.json").read_text()), {}, "build_config.json")
    report, said = run_generated(folder / "out", [Node("a", [F16], [F16])])
    same((report.changed, report.not_found, said), ([], [], ""), "report")


@harness.test
def test_defaults(folder):
    """export: --to magicmind is the default; folders are made; files are replaced"""
    plan = write_plan(folder)
    deep = folder / "a" / "b"
    for _ in range(2):
        mmtui("export", "--plan", plan, deep)
    same(listing(deep), FILES, "files")
    mmtui("export", f"--plan={plan}", "made", cwd=folder)
    same(listing(folder / "made"), FILES, "a relative folder")


@harness.test
def test_from_the_demo(folder):
    """export: the exported plan of the demo cures the demo"""
    four = [f"main/enc.0.ln2.{op}" for op in ("Pow", "ReduceMean_1", "Add", "Sqrt")]
    export(folder, plan=write_plan(folder, overrides(*({"name": name, "precision": "FLOAT32"} for name in four))))
    before = mmtui("demo", "--filter", "verdict=overflow")
    after = mmtui("demo", "--plan", folder / "out" / "overrides.json", "--filter", "verdict=overflow")
    check("enc.0.ln2.Pow" in before.out, before.out)
    same(len(after.out.splitlines()), 2, "no overflow is left")
    unknown = write_plan(folder, overrides({"name": "x\x1b]0;y\x07", "precision": "F16"}), "unknown.json")
    run = mmtui("demo", "--plan", unknown, "--limit", "1")
    check("without effect in the demo network:" in run.err, run.err)
    check("x\\x1b]0;y\\a: no operator has this name\n" in run.err, run.err)


# ---- another runtime ----

QUANTIZE = ["overrides.json", "quantize.json", "quantize.py"]
LEFT_OUT = '1 operator ("int"): INT8 is left out: for single operators, {} only'


def for_onnxruntime(folder, plan, *options, to="out"):
    run = mmtui("export", "--plan", plan, "--to", "onnxruntime", folder / to, *options)
    same(listing(folder / to), QUANTIZE, "files")
    return run, json.loads((folder / to / "quantize.json").read_text())


@harness.test
def test_onnxruntime(folder):
    """export --to onnxruntime: names of FLOAT32 operators, settings as arguments, the rest is told"""
    items = [
        {"name": QUOTES, "precision": "FLOAT32"},
        {"name": "b\udcff", "precision": "f32"},
        {"name": "half", "precision": "FLOAT16"},
        {"name": "brain", "precision": "bf16"},
        {"name": "int", "precision": "INT8"},
        {"name": "own", "precision": "gguf:q8_0"},
    ]
    settings = {"weight_granularity": "per_channel", "calibration_statistics": "entropy", "fusion": False}
    run, chosen = for_onnxruntime(folder, write_plan(folder, plan_with(settings=settings, overrides=items)))
    expected = {"nodes_to_exclude": ["b\udcff", QUOTES], "per_channel": True, "calibrate_method": "Entropy"}
    same({**chosen, "nodes_to_exclude": sorted(chosen["nodes_to_exclude"])}, expected, "quantize.json")
    check("2 of 6 overrides for ONNX Runtime in" in run.out, run.out)
    check(LEFT_OUT.format("ONNX Runtime takes INT16 and FLOAT32") in run.out, run.out)
    for words in ('("half"): FLOAT16 is left out', '("brain"): BFLOAT16 is left out', '("own"): a type of another runtime',
                  "fusion = false is left out", "without the model (--model)"):
        check(words in run.out, f"{words}: {run.out}")
    same(run.err, "", "stderr")
    again = json.loads((folder / "out" / "overrides.json").read_text())
    same({item["name"]: item["precision"] for item in again["overrides"]}["own"], "gguf:q8_0", "kept in the plan")
    same({item["name"]: item["precision"] for item in again["overrides"]}["brain"], "BFLOAT16", "kept in the plan")


@harness.test
def test_bfloat16_for_magicmind(folder):
    """export: BFLOAT16 stays in the plan; MagicMind's files say nothing of it, and the program says so"""
    run = export(folder, plan=write_plan(folder, overrides({**ONE, "precision": "BF16"}, {**ONE, "name": "b"})))
    check("1 of 2 overrides for Cambricon MagicMind in" in run.out, run.out)
    check('1 operator ("a"): BFLOAT16 is left out' in run.out, run.out)
    check("BFLOAT16" not in (folder / "out" / "apply_overrides.py").read_text(), "the script has it")
    check('"BFLOAT16"' in (folder / "out" / "overrides.json").read_text(), "the plan does not have it")


@harness.test
def test_names_of_the_model(folder):
    """export --model: the nodes' names are those of the model, whatever the dump calls the operators"""
    import onnx

    make, value = onnx.helper.make_node, lambda name: onnx.helper.make_tensor_value_info(name, 1, [2])
    nodes = [make("Relu", ["x"], ["a"], name="/relu"), make("Neg", ["a"], ["b"]), make("Add", ["a", "b"], ["y"], name="/add")]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [value("x")], [value("y")])), folder / "m.onnx")
    items = [{**ONE, "name": f"main/{tensor}", "tensor": tensor} for tensor in ("a", "b", "y", "fused")]
    plan = write_plan(folder, overrides(*items))
    refused = mmtui("export", "--plan", plan, "--to", "onnxruntime", "--model", folder / "m.onnx", folder / "out", status=2)
    check('error: 1 operator ("main/fused"): not in the model' in refused.err, refused.err)
    check("nothing was written" in refused.err and not (folder / "out").exists(), refused.err)
    run, chosen = for_onnxruntime(folder, plan, "--model", folder / "m.onnx", "--force")
    same(chosen["nodes_to_exclude"], ["/add", "/relu", "main/fused"], "names")
    check('1 operator ("main/fused"): not in the model' in run.out, run.out)
    check('1 operator ("main/b"): it has no name in the model' in run.out, run.out)
    run = mmtui("export", "--plan", plan, "--model", folder / "none.onnx", folder / "x", status=2)
    check("none.onnx" in run.err and not (folder / "x").exists(), run.err)


SCRIPT = """o "*ln2.Pow bf16" Enter
o "*ln2.Add f32" Enter
:set weight per_channel
{}
w
:screen plan.txt
Enter
:screen written.txt
"""


def screen(folder, name):
    return (folder / name).read_text().partition("\n---\n")[0]


def check_inspector(folder, *command, before=""):
    (folder / "script").write_text(SCRIPT.format(before))
    mmtui(*command, "--script", "script", "--size", "132x43", "--export-dir", "out", cwd=folder)
    shown = screen(folder, "plan.txt")
    check("Enter writes for ONNX Runtime to out/" in shown and "quantize.json" in shown, shown)
    check('2 operators (such as "main/enc.0.ln2.Pow"): BFLOAT16 is left out' in shown, shown)
    check("Wrote 2 of 4 overrides for ONNX Runtime to out" in screen(folder, "written.txt"), "not written")
    same(listing(folder / "out"), QUANTIZE, "files")
    chosen = json.loads((folder / "out" / "quantize.json").read_text())
    names = ["main/enc.0.ln2.Add", "main/enc.1.ln2.Add"]
    same(chosen, {"nodes_to_exclude": names, "per_channel": True}, "quantize.json")


@harness.test
def test_demo_for_another_runtime(folder):
    """demo --to: the plan screen writes for that runtime"""
    check_inspector(folder, "demo", "--to", "onnxruntime")


@harness.test
def test_inspector_for_another_runtime(folder):
    """SRC DST --to: the plan screen writes for that runtime; so does :to, and the config file"""
    mmtui("demo", "--dump-only", folder / "dumps")
    dumps = [folder / "dumps" / "src", folder / "dumps" / "dst"]
    check_inspector(folder, *dumps, "--to", "onnxruntime")
    check_inspector(folder, *dumps, before=":to onnxruntime")
    (folder / "config" / "mmtui").mkdir(parents=True)
    (folder / "config" / "mmtui" / "config").write_text("to = onnxruntime\n")
    (folder / "script").write_text("w\n:screen plan.txt\n")
    mmtui(*dumps, "--script", "script", cwd=folder, env={"XDG_CONFIG_HOME": str(folder / "config")})
    check("Enter writes for ONNX Runtime" in screen(folder, "plan.txt"), screen(folder, "plan.txt"))
    for command in ([*dumps], ["demo"], ["suggest", *dumps]):
        run = mmtui(*command, "--to", "tensor\x1brt", status=2)
        check(r'--to: there is no export for "tensor\x1brt"' in run.err, run.err)


# ---- what is wrong ----


def plan_with(**fields):
    return json.dumps({**PLAN, **fields})


def overrides(*items):
    return plan_with(overrides=list(items))


ONE = {"name": "a", "precision": "FLOAT32"}
BAD_PLANS = {
    "empty": ("", ["plan.json: "]),
    "not json": ("{format: 1}", ["plan.json: "]),
    "cut": (json.dumps(PLAN)[:-20], ["plan.json: "]),
    "nothing behind it": (json.dumps(PLAN) + "x", ["plan.json: "]),
    "a list": ("[]", ["must be an object"]),
    "deep": ("[" * 100000, ["plan.json: "]),
    "binary": ("\x00\x01\x02", ["plan.json: "]),
    "another format": (plan_with(format="other"), ["format", "not a plan file"]),
    "no format": ('{"overrides": []}', ["not a plan file"]),
    "a newer version": (plan_with(schema_version=3), ["schema_version: 3 is newer than 2"]),
    "no version": (plan_with(schema_version=None), ["schema_version", "whole number"]),
    "half a version": (plan_with(schema_version=1.5), ["schema_version", "whole number"]),
    "a huge version": (plan_with(schema_version=1e300), ["schema_version", "newer"]),
    "no overrides": ('{"format": "mmtui-plan", "schema_version": 1}', ["overrides: must be a list"]),
    "overrides of another type": (plan_with(overrides={}), ["overrides: must be a list"]),
    "an override of another type": (overrides(ONE, 3), ["overrides[1]: must be an object"]),
    "no name": (overrides({"precision": "FLOAT32"}), ["overrides[0].name: is missing or empty"]),
    "an empty name": (overrides(ONE, {**ONE, "name": ""}), ["overrides[1].name: is missing or empty"]),
    "a name twice": (overrides(ONE, {**ONE, "name": "b"}, ONE), ['the name "a" stands there twice']),
    "a wrong precision": (
        overrides({**ONE, "precision": "INT3"}),
        ['overrides[0].precision: "INT3" is none of', "FLOAT16", "BFLOAT16"],
    ),
    "a type without a runtime": (overrides({**ONE, "precision": ":q8_0"}), ['":q8_0" is none of']),
    "an escape as precision": (overrides({**ONE, "precision": "\x1b[2J"}), [r'"\x1b[2J" is none of']),
    "no precision": (overrides({"name": "a"}), ["overrides[0].precision"]),
    "a number as why": (overrides({**ONE, "why": 3}), ["overrides[0].why: must be a string"]),
    "a wrong figure": (overrides({**ONE, "figures": {"diff2": "big"}}), ["overrides[0].figures.diff2", "NaN"]),
    "figures of another type": (overrides({**ONE, "figures": 3}), ["overrides[0].figures: must be an object"]),
    "an unknown setting": (plan_with(settings={"archs": "x"}), ["settings", "archs"]),
    "a wrong setting": (plan_with(settings={"dynamic_shapes": "perhaps"}), ["dynamic_shapes", "perhaps"]),
    "a setting of version 1": (plan_with(settings={"graph_shape_mutable": True}), ["graph_shape_mutable", "there are"]),
    "a setting of version 2 in version 1": (
        plan_with(schema_version=1, settings={"dynamic_shapes": True}),
        ["version 1 has no setting", "dynamic_shapes"],
    ),
    "settings of another type": (plan_with(settings=[]), ["settings: must be an object"]),
}


def check_bad_plan(folder, text, words):
    path = write_plan(folder, text)
    run = export(folder, plan=path, status=2)
    lines = run.err.splitlines()
    check(len(lines) == 1 and lines[0].startswith(f"mmtui: {path}: "), run.err)
    check(all(word in run.err for word in words), run.err)
    same(run.out, "", "stdout")
    check(not (folder / "out").exists(), "something was written")


def add_bad_plan(name, text, words):
    harness.add(f"export: a bad plan: {name}", lambda folder: check_bad_plan(folder, text, words))


for case, (plan_text, expected_words) in BAD_PLANS.items():
    add_bad_plan(case, plan_text, expected_words)


@harness.test
def test_no_plan(folder):
    """export: a plan that can't be read"""
    (folder / "dir.json").mkdir()
    for name, word in (("none.json", "No such file"), ("dir.json", "Is a directory")):
        run = export(folder, plan=folder / name, status=2)
        check(f"{folder / name}: " in run.err and word in run.err, run.err)
    run = mmtui("export", "--plan", "/dev/zero", folder / "out", status=2)
    check("/dev/zero: is larger than" in run.err, run.err)


@harness.test
def test_missing_arguments(folder):
    """export: without a plan, without a folder, for an unknown runtime"""
    plan = write_plan(folder)
    for arguments in ([], ["--plan", plan], [folder / "out"], ["--plan", plan, folder / "a", folder / "b"]):
        run = mmtui("export", *arguments, status=2)
        check("mmtui export --plan overrides.json --to magicmind DIR" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--to", "tensorrt", folder / "out", status=2)
    check('--to: there is no export for "tensorrt"; there are: magicmind, onnxruntime' in run.err, run.err)
    same(listing(folder), ["plan.json"], "nothing was written")


@harness.test
def test_folder_is_a_file(folder):
    """export: the folder is a file, or a folder stands where a file should go"""
    (folder / "out").write_text("precious")
    run = export(folder, status=2)
    check(f"{folder / 'out'}: making the folder" in run.err and run.out == "", run.err)
    same((folder / "out").read_text(), "precious", "the file")
    (folder / "taken" / "apply_overrides.py").mkdir(parents=True)
    run = export(folder, to="taken", status=2)
    check(f"{folder / 'taken' / 'apply_overrides.py'}: " in run.err and "Is a directory" in run.err, run.err)
    check(not any(".tmp" in name for name in listing(folder / "taken")), "a temporary file was left")


@harness.test
def test_full_disk(folder):
    """export: a full disk is an error and leaves the old files whole"""
    export(folder)
    before = {name: (folder / "out" / name).read_bytes() for name in FILES}
    plan = write_plan(folder, overrides(ONE), "other.json")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    run = export(folder, plan=plan, status=2, preexec_fn=limit)
    check("apply_overrides.py: " in run.err and "File too large" in run.err, run.err)
    same(listing(folder / "out"), FILES, "files")
    for name in ("apply_overrides.py", "overrides.json"):
        same((folder / "out" / name).read_bytes(), before[name], name)


@harness.test
def test_evil_folder(folder):
    """export: a folder name with escape sequences comes back escaped"""
    run = export(folder, to="\x1b]0;x\x07\u202e")
    check(r"\x1b]0;x\a\u202e" in run.out, run.out)


def small_model(path):
    """x -> Relu /relu -> a -> Neg (no name) -> b -> Add /add -> y"""
    import onnx

    make, value = onnx.helper.make_node, lambda name: onnx.helper.make_tensor_value_info(name, 1, [2])
    nodes = [make("Relu", ["x"], ["a"], name="/relu"), make("Neg", ["a"], ["b"]), make("Add", ["a", "b"], ["y"], name="/add")]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [value("x")], [value("y")])), path)
    return path


@harness.test
def test_errors_on_screen(folder):
    """the plan screen marks what lint calls an error, and writes only when it is asked once more"""
    plan = write_plan(folder, plan_with(settings={}, overrides=[{**ONE, "name": "/enc.0/ln2/Powr", "tensor": "nope", "why": "by hand"}]))
    keys = "w\n:screen plan.txt\nEnter\n:screen once.txt\nEnter\n:screen twice.txt\n"
    (folder / "script").write_text(keys)
    mmtui("demo", "--plan", plan, "--to", "onnxruntime", "--script", "script", "--size", "132x43", "--export-dir", "out", cwd=folder)
    shown = screen(folder, "plan.txt")
    check("!  FLOAT32" in shown.replace("! FLOAT32", "!  FLOAT32") and "not in the model, so nothing is done for it" in shown, shown)
    check("1 error that the plan screen names: nothing written" in screen(folder, "once.txt"), screen(folder, "once.txt"))
    check("Wrote 1 override for ONNX Runtime to out" in screen(folder, "twice.txt"), screen(folder, "twice.txt"))
    same(listing(folder / "out"), QUANTIZE, "files")


@harness.test
def test_base_on_screen(folder):
    """--base: lint and the plan screen, too, write into the runtime's own file; all of its other bytes stay"""
    plan = write_plan(folder, plan_with(settings={}, overrides=[{**ONE, "name": "main/enc.0.ln2.Pow", "tensor": "enc.0.ln2.Pow", "precision": "FLOAT16"}]))
    rest = "quantize_parameters:\n    enc.0.ln2.Pow:\n        dtype: int8\n        min:\n        -   -0.9999984502792358\n"
    (folder / "m.quantization.cfg").write_text("custom_quantize_layers: {}\n" + rest)
    base = ("--to", "rknn", "--base", folder / "m.quantization.cfg")
    run = mmtui("lint", "--plan", plan, "--to", "rknn", status=1)
    check("give it with --base" in run.out, run.out)
    run = mmtui("lint", "--plan", plan, *base)
    check("0 errors" in run.out, run.out)
    (folder / "script").write_text("w\nEnter\n:screen wrote.txt\n")
    mmtui("demo", "--plan", plan, *base, "--script", "script", "--size", "132x43", "--export-dir", "out", cwd=folder)
    check("Wrote 1 override for Rockchip RKNN" in screen(folder, "wrote.txt"), screen(folder, "wrote.txt"))
    same((folder / "out" / "quantization.cfg").read_text(),
         "custom_quantize_layers:\n    enc.0.ln2.Pow: float16\n" + rest, "quantization.cfg")
    run = mmtui("demo", *base[:3], folder / "none.cfg", "--script", "script", status=2, cwd=folder)
    check("none.cfg" in run.err, run.err)


@harness.test
def test_several_runtimes(folder):
    """export --to A,B: a folder each; an error for one of them stops all"""
    plan = write_plan(folder, overrides({**ONE, "name": "/relu"}))
    run = mmtui("export", "--plan", plan, "--to", "onnxruntime,magicmind,onnxruntime", folder / "out")
    same(listing(folder / "out"), ["magicmind", "onnxruntime"], "folders")
    same(listing(folder / "out" / "onnxruntime"), QUANTIZE, "files")
    same(listing(folder / "out" / "magicmind"), FILES, "files")
    check("1 override for ONNX Runtime in" in run.out and "1 override for Cambricon MagicMind in" in run.out, run.out)
    plan = write_plan(folder, overrides({**ONE, "name": "/rely"}))
    run = mmtui("export", "--plan", plan, "--to", "magicmind,onnxruntime", "--model", small_model(folder / "m.onnx"),
                folder / "two", status=2)
    check('the nearest name is "/relu"' in run.err and not (folder / "two").exists(), run.err)
    run = mmtui("suggest", "--to", "magicmind,onnxruntime", folder, folder, status=2)
    check("--to takes one runtime here" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--to", "onnxruntime,tflight", folder / "two", status=2)
    check('no export for "tflight"; there are: magicmind, onnxruntime' in run.err, run.err)
    for options in ((), ("--force",)):
        run = mmtui("export", "--plan", plan, "--to", "magicmind,openvino", *options, folder / "two", status=2)
        check("give it with --base model.xml" in run.err and not (folder / "two").exists(), run.err)


@harness.test
def test_stdout(folder):
    """export --stdout: the main file alone, so that it can be piped; problems on stderr"""
    plan = write_plan(folder, plan_with(settings={}, overrides=[{**ONE, "name": "/relu"}, {**ONE, "name": "h", "precision": "FLOAT16"}]))
    run = mmtui("export", "--plan", plan, "--to", "onnxruntime", "--stdout")
    same(json.loads(run.out), {"nodes_to_exclude": ["/relu"]}, "stdout")
    check("FLOAT16 is left out" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--to", "onnxruntime,magicmind", "--stdout", status=2)
    check("--stdout prints one file" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--stdout", folder / "x", status=2)
    check("takes no folder" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--to", "magicmind", "--stdout")
    same(json.loads(run.out), {}, "settings")
    check("printed build_config.json alone; apply_overrides.py is written only into a folder" in run.err, run.err)
    run = mmtui("export", "--plan", plan, "--to", "qnn", "--stdout")
    check("alone" not in run.err, run.err)


@harness.test
def test_lint(folder):
    """lint: errors, warnings and notes of each runtime, as text and JSON; status 1 where there is an error"""
    model = small_model(folder / "m.onnx")
    items = [{**ONE, "name": "/relu"}, {**ONE, "name": "/ad"}, {**ONE, "name": "h", "precision": "INT8"}]
    plan = write_plan(folder, plan_with(settings={}, overrides=items))
    run = mmtui("lint", "--plan", plan, "--model", model, "--to", "onnxruntime,magicmind", status=1)
    lines = run.out.splitlines()
    same(lines[0], "ONNX Runtime: 3 overrides, 1 error, 1 warning, 1 note", "head")
    same(lines[1], 'error: 1 operator ("/ad"): not in the model, so nothing is done for it; the nearest name is "/add"', "errors first")
    check("Cambricon MagicMind: 3 overrides, 0 errors, 1 warning, 0 notes" in lines, run.out)
    told = json.loads(mmtui("lint", "--plan", plan, "--model", model, "--to", "onnxruntime", "--json", status=1).out)
    same(told["format"], "mmtui-lint", "format")
    same([(p["severity"], p["rule"], p["operator"]) for p in told["runtimes"][0]["problems"]],
         [("warning", "precision", "h"), ("error", "unknown-name", "/ad"), ("note", "alone", "/relu")], "problems")
    names = folder / "names.txt"
    names.write_text("/relu\n/add\nh\n")
    run = mmtui("lint", "--plan", plan, "--model", names, "--to", "onnxruntime", status=1)
    check('not in names.txt, so nothing is done for it; the nearest name is "/add"' in run.out, run.out)
    mmtui("lint", "--plan", write_plan(folder, overrides({**ONE, "name": "/relu"})), "--model", names, "--to", "onnxruntime")
    run = mmtui("lint", "--plan", plan, "--model", folder / "gone.txt", status=2)
    check("gone.txt" in run.err, run.err)
    run = mmtui("lint", status=2)
    check("lint needs a plan" in run.err, run.err)
    for version in ("", "v11", "-1", "abc", "1 1"):
        run = mmtui("lint", "--plan", plan, "--to", "trtexec", "--for", version, status=2)
        check(f'--for: "{version}" is not a version, such as 10.3' in run.err, run.err)


@harness.test
def test_lint_of_a_base(folder):
    """lint --base: what is wrong with the runtime's own file, and nothing where it is right"""
    plan = write_plan(folder, plan_with(settings={}, overrides=[{**ONE, "name": "conv", "precision": "FLOAT16"}]))
    base = folder / "m.quantization.cfg"
    base.write_text("custom_quantize_layers: {}\nquantize_parameters:\n    conv:\n        dtype: int8\n")
    mmtui("lint", "--plan", plan, "--to", "rknn", "--base", base)
    base.write_text("quantize_parameters:\n    conv:\n        dtype: int8\n")
    run = mmtui("lint", "--plan", plan, "--to", "rknn", "--base", base, status=1)
    check("has no custom_quantize_layers" in run.out, run.out)
    run = mmtui("lint", "--plan", plan, "--to", "rknn", status=1)
    check("give it with --base" in run.out, run.out)
    run = mmtui("lint", "--plan", plan, "--to", "rknn", "--base", folder / "gone.cfg", status=2)
    check("gone.cfg" in run.err, run.err)


@harness.test
def test_read_back(folder):
    """plan --from: what was exported is read back, names and settings equal; the rest of the file is told"""
    names = ["/relu", QUOTES, "b\udcff", "two words, and a comma"]
    plan = write_plan(folder, plan_with(settings={"weight_granularity": "per_channel", "activation_symmetry": "symmetric"},
                                        overrides=[{**ONE, "name": name} for name in names]))
    mmtui("export", "--plan", plan, "--to", "onnxruntime", folder / "out")
    run = mmtui("plan", "--from", "onnxruntime", folder / "out" / "quantize.json")
    again = json.loads(run.out)
    same(sorted(item["name"] for item in again["overrides"]), sorted(names), "names")
    same({item["precision"] for item in again["overrides"]}, {"FLOAT32"}, "precision")
    same(again["settings"], {"weight_granularity": "per_channel", "activation_symmetry": "symmetric"}, "settings")
    same(run.err, "", "stderr")
    run = mmtui("plan", "--from", "onnxruntime", folder / "out" / "quantize.json", "--model", small_model(folder / "m.onnx"),
                "-o", folder / "again.json")
    same(run.out.startswith("4 overrides in "), True, "said")
    item = next(item for item in json.loads((folder / "again.json").read_text())["overrides"] if item["name"] == "/relu")
    same((item["op_type"], item["tensor"]), ("Relu", "a"), "of the model")
    check('"two words, and a comma" is not in the model' in run.err, run.err)
    for words, says in ((("plan",), "plan needs a runtime"), (("plan", "--from", "x", "y"), "there is no export"),
                        (("plan", "--from", "onnxruntime", folder / "gone"), "gone"),
                        (("plan", "--from", "onnxruntime", plan), "plan.json: is a plan already"),
                        (("plan", "--from", "hailo", plan), "plan.json: is a plan already"),
                        (("plan", "--from", "onnxruntime", folder / "m.onnx"), "m.onnx: line 1: not valid JSON")):
        run = mmtui(*words, status=2)
        check(says in run.err, run.err)


@harness.test
def test_dialects(folder):
    """dialects: a row for each runtime, what it goes by and takes, and whether it was run; one in full"""
    run = mmtui("dialects")
    rows = {line.split()[0]: line for line in run.out.splitlines()}
    check("layer" in rows["magicmind"] and "F16 F32" in rows["magicmind"], run.out)
    check("node" in rows["onnxruntime"], run.out)
    for name in rows:
        check(name in ("RUNTIME", "NAMES:", "mmtui") or ("read by " in rows[name]) != ("not run" in rows[name]), rows[name])
    run = mmtui("dialects", "onnxruntime")
    check("quantize.json" in run.out and "weight_granularity = per_channel: per_channel = true" in run.out, run.out)
    run = mmtui("dialects", "none", status=2)
    check("there is no export" in run.err, run.err)


harness.main()
