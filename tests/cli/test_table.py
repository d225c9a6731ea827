#!/usr/bin/python3
"""The text table, help and option errors, progress: what the program prints without a screen."""

import math
import os
import pty
import re
import struct
import subprocess
import threading
import time

import numpy as np

import harness
from harness import MMTUI, ROOT, check, compare, layers, mmtui, pair_of_folders, same, table

NAN = float("nan")

# name, operator types of src and dst, data type of dst, relative error, size of the values
LAYERS = [
    ("stem.conv", "aten::conv", "mm.conv2d", "f4", 0.25, 1),
    ("stem.relu", "aten::relu", "mm.relu", "f4", 0, 1),
    ("block1.conv", "aten::conv", "mm.conv2d", "f2", 0.06, 100),
    ("block1.norm", "aten::pow", "mm.pow", "f2", 0.01, 1000),
    ("block2.conv", "aten::conv", "mm.conv2d", "i1", 0.5, 50),
    ("broken", "aten::exp", "mm.exp", "f4", NAN, 1),
    ("shape", "aten::view", "mm.view", "f4", None, 1),
    ("head", "aten::linear", "mm.linear", "f4", 0.125, 10),
]
WORST_FIRST = ["broken", "shape", "block2.conv", "stem.conv", "head", "block1.conv", "block1.norm", "stem.relu"]
DTYPES = {"f2": ("DT_FLOAT16", "float_val"), "f4": ("DT_FLOAT32", "float_val"), "i1": ("DT_INT8", "int_val")}


def write(path, array, node, op):
    dtype, values = DTYPES[array.dtype.kind + str(array.dtype.itemsize)]
    message = harness.schema().TensorProto(
        version_number=1, node_name=node, op_type=op, tensor_shape=array.shape,
        dtype=harness.schema().DataType.Value(dtype),
    )
    getattr(message, values).extend(array.ravel().tolist())
    path.write_bytes(message.SerializeToString())


def eight_layers(folder):
    src, dst = pair_of_folders(folder)
    for i, (name, src_op, dst_op, kind, error, size) in enumerate(LAYERS):
        s = size * np.linspace(-1, 1, 64, dtype="f4")
        d = s[:32] if error is None else (s * (1 + (error if error == error else 0))).astype(kind)
        if error is not None and math.isnan(error):
            d[7] = NAN
        write(src / f"{100 + i}_{name}.pb", s, name, src_op)
        write(dst / f"{200 + i}_{name}.pb", d, f"main/{name}", dst_op)
    np.save(folder / "lone.npy", np.ones(3))
    return src, dst


def names(run):
    """The layers of a table, from the top."""
    lines = run.out.splitlines()
    rows = [line for line in lines[1:-1] if not line.startswith("(")]
    return [re.match(r" *(?:\d+ +)?(\S+)", row).group(1) for row in rows]  # no number where the order is not known


# ---- rows ----


@harness.test
def test_ranked(folder):
    """table: worst first, with a header and a summary"""
    eight_layers(folder)
    run = table(folder)
    same(names(run), WORST_FIRST, "order")
    lines = run.out.splitlines()
    same(lines[0].split(), "# LAYER OP DTYPE diff1 diff2 max|d| cos VERDICT".split(), "header")
    check(lines[-1].startswith("8 pairs; 6 bad (over 0.05"), lines[-1])
    same(run.row("broken")[:9], ["6", "broken", "mm.exp", "f32", "\u2192", "f32", "NaN", "NaN", "NaN"], "broken")
    same(run.row("stem.relu")[5:], ["f32", "0", "0", "0", "1", "ok"], "stem.relu")
    same(run.row("stem.conv")[6:9], ["2.50e-1", "2.50e-1", "0.25"], "stem.conv")
    check("dst is a part of src" in " ".join(run.row("shape")), "shape")
    same(run.err, "", "stderr")


@harness.test
def test_aligned(folder):
    """table: columns are as wide as their content and line up, whatever the names are"""
    src, dst = pair_of_folders(folder)
    long = "a.very.long.name." * 9 + "end"
    for name in (long, "short", "\u4e2d\u6587", "caf\u00e9"):
        for side in (src, dst):
            np.save(side / f"{name}.npy", np.ones(3, "f4"))
    lines = table(folder).out.splitlines()[:-1]
    check(any(long in line for line in lines), "the long name was cut")
    width = lambda text: sum(2 if c >= "\u4e00" else 1 for c in text)
    at = {width(line[: line.index("f32")]) for line in lines[1:]}
    same(len(at), 1, "the DTYPE column starts in one place")
    check(not any(line.endswith(" ") for line in lines), "blanks at the end")


def figure(layer, key):
    """What a column sorts by; None when there is nothing to sort by."""
    if layer["state"] == "failed" or layer["state"] == "mismatch" or layer["metrics"]["nonfinite_differ"]:
        return math.inf if key not in ("sqnr_db", "cosine") else -math.inf
    return float(layer["metrics"][key])


@harness.test
def test_sort(folder):
    """table: --sort by every column"""
    eight_layers(folder)
    compare(folder)
    found = layers(folder)
    order = list(found)
    by_figure = {
        "diff1": "diff1", "diff2": "diff2", "maxabs": "max_abs", "rmse": "rmse", "beyond": "beyond_tolerance",
        "sqnr": "sqnr_db", "cos": "cosine",
    }
    for column, key in by_figure.items():
        up = column in ("sqnr", "cos")  # the smaller the worse
        expected = sorted(order, key=lambda n: figure(found[n], key) * (1 if up else -1))
        same(names(table(folder, "--sort", column)), expected, column)
    same(names(table(folder, "--sort", "number")), order, "number")
    same(names(table(folder, "--sort", "layer")), sorted(order), "layer")
    ops = {row[0]: row[2] for row in LAYERS}
    same(names(table(folder, "--sort=op")), sorted(order, key=lambda n: ops[n]), "op")
    # the mismatch has no values that were counted
    same(names(table(folder, "--sort", "nonfinite"))[0], "broken", "nonfinite")
    for column in ("dtype", "shape", "verdict", "precision"):
        same(sorted(names(table(folder, "--sort", column))), sorted(order), column)


@harness.test
def test_natural_order(folder):
    """table: numbers in names sort as numbers"""
    src, dst = pair_of_folders(folder)
    for i in (10, 9, 1, 100, 2):
        for side in (src, dst):
            np.save(side / f"conv{i}.npy", np.ones(3))
    for column in ("number", "layer", "diff2"):
        same(names(table(folder, "--sort", column)), [f"conv{i}" for i in (1, 2, 9, 10, 100)], column)


@harness.test
def test_filter(folder):
    """table: --filter"""
    eight_layers(folder)
    convs = ["block2.conv", "stem.conv", "block1.conv"]
    expected = {
        "conv": convs,
        "CONV": convs,
        "op=conv2d": convs,
        "op=mm.conv2d": convs,
        "block*": ["block2.conv", "block1.conv", "block1.norm"],
        "*.conv": convs,
        "!conv !op=pow": ["broken", "shape", "head", "stem.relu"],
        "dtype=f16": ["block1.conv", "block1.norm"],
        "dtype=i8 conv": ["block2.conv"],
        "diff2>0.2": ["broken", "shape", "block2.conv", "stem.conv"],
        "diff2<=0.05 maxabs>1": ["block1.norm"],
        "bad": WORST_FIRST[:6],
        "!bad": WORST_FIRST[6:],
        "cause=cropped": ["shape"],
        "verdict!=inherited bad": ["broken", "shape", "stem.conv"],
        "number>=7": ["shape", "head"],
        "layer=head": ["head"],
        "nothing.like.this": [],
        "": WORST_FIRST,
    }
    for text, rows in expected.items():
        run = table(folder, "--filter", text)
        same(names(run), rows, f"--filter {text!r}")
        check(run.out.splitlines()[-1].startswith("8 pairs; 6 bad"), "the summary is of all")


@harness.test
def test_limit(folder):
    """table: --limit"""
    eight_layers(folder)
    for limit, more in ((1, 7), (3, 5), (7, 1)):
        run = table(folder, "-n", str(limit))
        same(names(run), WORST_FIRST[:limit], "rows")
        check(f"({more} more)" in run.out.splitlines(), run.out)
    for limit in ("8", "100", "0"):
        run = table(folder, "--limit", limit)
        same(names(run), WORST_FIRST, "rows")
        check("more)" not in run.out, run.out)
    run = table(folder, "-n2", "--filter", "conv", "--sort", "number")
    same(names(run), ["stem.conv", "block1.conv"], "all three")


@harness.test
def test_lone(folder):
    """table: tensors on one side only stand in their place and are counted"""
    src, dst = eight_layers(folder)
    write(src / "90_only.in.src.pb", np.ones(3, "f4"), "", "")
    write(dst / "999_only.in.dst.pb", np.ones(3, "i1"), "", "")
    run = table(folder, "--sort", "number")
    same(names(run)[0], "only.in.src", "first")
    same(names(run)[-1], "only.in.dst", "last")
    same(run.row("only.in.dst")[2:], ["\u2192", "i8", "only", "in", "dst"], "row")
    check("8 pairs, 1 only in src, 1 only in dst" in run.out, run.out)
    same(names(table(folder))[-2:], ["only.in.src", "only.in.dst"], "no figure comes last")


@harness.test
def test_threshold(folder):
    """table: --threshold and --fail"""
    eight_layers(folder)
    check("8 pairs; 3 bad (over 0.3," in table(folder, "-t", "0.3").out, "threshold")
    table(folder, "--fail", status=1)
    table(folder, "--fail", "--filter", "stem.relu", status=1)  # the filter is for the eye
    table(folder, "--fail", dst="src", status=0)


# ---- characters ----


@harness.test
def test_ascii(folder):
    """table: --ascii, LANG=C and LC_ALL=POSIX print ASCII only"""
    src, dst = eight_layers(folder)
    for side in (src, dst):
        write(side / "300_caf\u00e9\u4e2d.pb", np.ones(3, "f4") * (1 + (side == dst)), "\u00e9", "\u4e2d")
    runs = [
        table(folder, "--ascii"),
        table(folder, env={"LANG": "C"}),
        table(folder, env={"LC_ALL": "POSIX"}),
        table(folder, "--sort", "number", "--filter", "caf*", env={"LANG": "C"}),
        compare(folder, env={"LANG": "C"}),
    ]
    for run in runs:
        check(run.out.isascii() and run.err.isascii(), run.out)
    check("f32 -> f16" in runs[0].out, runs[0].out)
    same(runs[0].out, runs[1].out, "--ascii and LANG=C")
    arrows = [line.index("->") for line in runs[0].out.splitlines()[1:-1]]
    same(len(set(arrows)), 1, "columns line up")
    check("caf\u00e9\u4e2d" in table(folder).out, "UTF-8 is shown where the locale has it")


@harness.test
def test_worst_name_in_ascii(folder):
    """table: the summary is ASCII too"""
    src, dst = pair_of_folders(folder)
    np.save(src / "\u00e9.npy", np.ones(3))
    np.save(dst / "\u00e9.npy", np.zeros(3))
    for run in (table(folder, "--ascii"), table(folder, env={"LC_ALL": "C"}), compare(folder, env={"LC_ALL": "C"})):
        check("worst: ?\n" in run.out and run.out.isascii(), run.out)


@harness.test
def test_redirected(folder):
    """table: no escape codes in redirected output, whatever TERM and --color say"""
    eight_layers(folder)
    plain = table(folder).out
    for options, env in (
        (["--color", "always"], {}),
        (["--color=never", "--plain"], {"TERM": "dumb"}),
        ([], {"TERM": "xterm-256color", "COLORTERM": "truecolor", "CLICOLOR_FORCE": "1"}),
        ([], {"TERM": ""}),
        (["--theme", "mono"], {"NO_COLOR": "1"}),
    ):
        same(table(folder, *options, env=env).out, plain, f"{options} {env}")
    with open(folder / "table", "wb") as file:
        table(folder, stdout=file)
    same((folder / "table").read_text(), plain, "into a file")


# ---- help and errors ----

SESSION = "framework map rename occurrence no-pair-by dtype shape step rank concat runner dst-runner iteration schema ssh remote-mmtui figures-only threshold atol rtol floor fail fail-if baseline min-paired jobs check-crc no-cache"
TABLE = "sort filter limit columns"
INPUTS = "input output_dir format mode tensor input-shapes seed dtype threads as-deployed float32 check dump-model-dir onnxruntime script"
SIMULATE = "precision-mode int-ops calibrate quantize-algorithm input-channel-quantize filter-channel-quantize " \
           "asymmetric-quantize fold-conv-bn plan rounding scale-by overflow"
SCREEN = "export-dir color theme plain script size"
OPTIONS = {
    (): f"before format replay onnxruntime base for autosave watch model dst-model order sim {SESSION} plan to {TABLE} {SCREEN} ascii lang dump-config help version",
    ("compare",): f"format src_dir dst_dir output_dir model dst-model order quantiles hist shard vendor-exact {SESSION} {TABLE} "
                  "ascii lang dump-config help version",
    ("triage",): f"before json format output_file replay onnxruntime model dst-model order sim {SESSION} {TABLE} ascii lang dump-config help version",
    ("suggest",): "cover top to-error output_file format replay simulate batch-memory input input-shapes seed threads onnxruntime "
                  f"{SIMULATE.replace('plan ', '')} model dst-model order sim {SESSION} plan to ascii lang dump-config help version",
    ("dump",): f"{INPUTS} {SIMULATE} ascii lang dump-config help version",
    ("try",): f"input output_dir input-shapes seed threads onnxruntime to base for {SESSION} {TABLE} {SIMULATE} {SCREEN} ascii lang dump-config help version",
    ("merge",): "output_file ascii lang dump-config help version",
    ("export",): "model cpp base for force stdout plan to ascii lang dump-config help version",
    ("lint",): "model base for json plan to ascii lang dump-config help version",
    ("plan",): "from model output_file ascii lang dump-config help version",
    ("dialects",): "ascii lang dump-config help version",
    ("demo",): f"dump-only base for {SESSION} plan to {TABLE} {SCREEN} ascii lang dump-config help version",
}


@harness.test
def test_help(folder):
    """table: --help of every command"""
    for command, options in OPTIONS.items():
        run = mmtui(*command, "--help")
        same(mmtui(*command, "-h").out, run.out, "-h")
        check(run.out.isascii() and run.err == "", "not plain")
        check(" ".join(("usage: mmtui", *command)) in run.out or not command, run.out)
        found = re.findall(r"^  (?:-\w, |    )--([\w-]+)", run.out, re.M)
        same(found, options.split(), f"options of {command}")
        check(all(len(line) <= 79 for line in run.out.splitlines()), "lines too long")
    top = mmtui("--help").out
    for command in ("mmtui SRC DST", "mmtui compare [-s] SRC [-d] DST", "mmtui export --plan FILE", "mmtui demo"):
        check(command in top, f"no {command}")
    check(all(len(line) <= 79 for line in top.splitlines()), "lines too long")
    check("Exit status" in top, "no exit status")
    same(mmtui("--help", "--sort", "diff1").out, top, "--help wins")


@harness.test
def test_version(folder):
    """table: --version"""
    header = (ROOT / "include" / "mmtui" / "base.h").read_text()
    version = re.search(r'#define MM_VERSION\s+"([^"]+)"', header).group(1)
    for command in OPTIONS:
        same(mmtui(*command, "--version").out, f"mmtui {version}\n", f"{command} --version")


@harness.test
def test_no_arguments(folder):
    """table: no arguments: help, and exit status 2"""
    run = mmtui(status=2)
    same(run.out + run.err, mmtui("--help").out, "help")


@harness.test
def test_errors(folder):
    """table: option errors name the option, what is wrong and the command's usage"""
    src, dst = eight_layers(folder)
    both, four = [src, dst], ["-s", src, "-d", dst]
    wrong = [
        ([*both, "--bogus"], "there is no option --bogus"),
        ([*both, "-x"], "there is no option -x"),
        ([*both, "--"], None),
        ([*both, "--sort", "nosuch"], 'there is no column "nosuch"'),
        ([*both, "--sort"], "--sort needs a value (COLUMN)"),
        ([*both, "--limit", "-1"], '--limit: "-1" is not a whole number'),
        ([*both, "--limit", "3.5"], '--limit: "3.5"'),
        ([*both, "--limit", "99999999999999999999"], '--limit: "9999'),
        ([*both, "--jobs", "many"], '--jobs: "many"'),
        ([*both, "--threshold", "nan"], '--threshold: "nan"'),
        ([*both, "--threshold", "-0.1"], '--threshold: "-0.1"'),
        ([*both, "--atol", "1e"], '--atol: "1e"'),
        ([*both, "--rtol", ""], '--rtol: ""'),
        ([*both, "--color", "sometimes"], '--color: "sometimes" is not auto, always or never'),
        ([*both, "--size", "80"], '--size: "80" is not a size such as 80x24'),
        ([*both, "--size", "80x24x3"], '--size: "80x24x3"'),
        ([*both, "--framework", "keras"], '--framework: "keras" is not tensorflow, pytorch, caffe or onnx'),
        ([*both, "--fail=yes"], "--fail takes no value"),
        (["compare", "--version=1"], "--version takes no value"),
        (["merge", "--jobs", "2"], "there is no option --jobs"),
        ([*both, "--filter", "nosuch>3"], 'there is no column "nosuch"'),
        ([*both, "--filter", "diff2>x"], '"x" is not a number'),
        ([*both, "--filter", "op>conv"], "op is text"),
        ([*both, "--plan", folder / "no.json"], "no.json: opening it: No such file"),
        ([src], "two dumps are needed"),
        ([*both, src], "two dumps are needed"),
        (["x"] * 20, "too many arguments"),
        (["compare", *four, "--theme", "mono"], "there is no option --theme"),
        (["export", "-s", src], "there is no option -s"),
        (["demo", src], "demo takes no folder"),
        (["demo", "--dst_dir", src], "there is no option --dst_dir"),
    ]
    for arguments, sentence in wrong:
        run = mmtui(*arguments, status=2 if sentence else 0)
        check((sentence or "") in run.err and "mmtui: " in run.err or not sentence, f"{arguments}: {run.err}")
        same(run.out == "", sentence is not None, "stdout")


@harness.test
def test_usage(folder):
    """table: a wrong option shows the usage of the command that was meant"""
    for command, usage in (
        ([], "usage: mmtui SRC DST   (mmtui --help shows more)"),
        (["compare"], "usage: mmtui compare [-s] SRC [-d] DST [-o OUT]   (mmtui compare --help shows more)"),
        (["export"], "usage: mmtui export --plan FILE [--to RUNTIME] DIR   (mmtui export --help shows more)"),
        (["demo"], "usage: mmtui demo   (mmtui demo --help shows more)"),
    ):
        check(usage in mmtui(*command, "--bogus", status=2).err, usage)


@harness.test
def test_words(folder):
    """table: folders named like options and commands"""
    eight_layers(folder)
    os.rename(folder / "src", folder / "-x")
    os.rename(folder / "dst", folder / "compare")
    run = mmtui("--", "-x", "compare", cwd=folder)
    same(names(run), WORST_FIRST, "after --")
    same(names(mmtui("--sort", "diff2", "./-x", "compare", cwd=folder)), WORST_FIRST, "options first")


# ---- progress ----


def sparse(path, count, fortran):
    """int8 zeros that take no room on the disk; in the other order than the other side: the slow way."""
    head = f"{{'descr': '|i1', 'fortran_order': {fortran}, 'shape': ({count // 64}, 64), }}\n".encode()
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head)
        file.truncate(10 + len(head) + count)


def long_pair(folder, count):
    for side, fortran in zip(pair_of_folders(folder), (False, True)):
        sparse(side / "x.npy", count, fortran)


def with_stderr_terminal(*arguments):
    """Run with a pseudo-terminal as stderr only. Returns the exit status, stdout, what the terminal got, seconds."""
    ours, theirs = pty.openpty()
    started = time.monotonic()
    program = subprocess.Popen(
        [MMTUI, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=harness.ENVIRONMENT
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 4096):
            shown += data
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    out = program.communicate(timeout=harness.TIME_LIMIT)[0]
    return program.returncode, out.decode(), shown.decode(), time.monotonic() - started


def two_runs(folder):
    """The same long run twice at a time: stderr a terminal, stderr a pipe."""
    arguments = (folder / "src", folder / "dst", "-j", "1")
    terminal = []
    thread = threading.Thread(target=lambda: terminal.append(with_stderr_terminal(*arguments)))
    thread.start()
    started = time.monotonic()
    piped = mmtui(*arguments)
    seconds = time.monotonic() - started
    thread.join()
    return terminal[0], piped, seconds


@harness.test
def test_progress(folder):
    """table: runs longer than a second show progress on stderr where that is a terminal, and only there"""
    count = 16 << 20
    seconds = 0
    while seconds < 1.4:  # as long as it has to be on this machine
        long_pair(folder, count)
        (status, out, shown, seconds), piped, piped_seconds = two_runs(folder)
        same(piped.err, "", "stderr in a pipe")
        same((status, out), (0, piped.out), "the run itself")
        if seconds < 0.9:
            same(shown, "", "progress of a short run")
        count = int(count * max(2, min(20, 1.8 / seconds)))
    check(re.search(r"\rmeasuring 0 of 1 tensors, 1 s ", shown), f"the terminal got {shown!r}")
    check(re.search(r"\r +\r$", shown), f"not cleared at the end: {shown!r}")
    check("\n" not in shown and "\x1b" not in shown, f"more than one line: {shown!r}")


@harness.test
def test_no_progress(folder):
    """table: a short run shows none"""
    eight_layers(folder)
    status, out, shown, _ = with_stderr_terminal(folder / "src", folder / "dst")
    same((status, shown), (0, ""), "progress")
    same(out, table(folder).out, "table")


harness.main()
