#!/usr/bin/python3
"""Scripted sessions through the real program.

The whole circle on the built-in demo: find the overflow, tag the four operators, raise them, look at the plan, write
the config, run the demo again with it, see the error gone. Its frames are held against tests/cli/golden/*.golden in
three sizes and both glyph sets; UPDATE=1 rewrites those (then look at the difference).
"""

import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MMTUI = os.path.abspath(os.environ.get("MMTUI", os.path.join(ROOT, "mmtui")))
GOLDEN = os.environ.get("GOLDEN") or os.path.join(ROOT, "tests", "cli", "golden")
FOUR = ["enc.0.ln2." + op for op in ("Add", "Pow", "ReduceMean_1", "Sqrt")]
HEAD = ["head.Linear", "head.Softmax"]
SIZES = ["80x24", "132x43", "50x15"]

# a step ends when all is measured, so the first one only waits
CIRCLE = """
:redraw
:screen 1-layers
Enter
:screen 2-layer
Tab Tab
:screen 3-histogram
6
:screen 9-neighbours
q F Space Space Space Space p p
:screen 4-raised
w
:screen 5-plan
Enter
:screen 6-written
q q
"""
AGAIN = """
:redraw
:screen 7-again
& "bad" Enter
:screen 8-bad
q
"""

failed = 0


def check(name, good, detail=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} script: {name}")
    if not good and detail:
        print(detail)


def run(folder, script, *arguments, status=0):
    """Run a script in `folder`; frames go there. Returns what it printed."""
    with open(os.path.join(folder, "script"), "w", encoding="utf-8") as file:
        file.write(script)
    command = [MMTUI, *arguments, "--script", "script"]
    # whoever runs the tests may have a config of their own
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent"}
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
    )
    if result.returncode != status:
        check(f"{' '.join(command[1:])}: exit status {status}", False, f"{result.returncode}\n{result.stderr}")
    return result


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def glyphs(folder, name):
    return read(folder, name).split("\n---\n")[0]


def first_difference(expected, actual):
    for number, (a, b) in enumerate(zip(expected.split("\n"), actual.split("\n")), 1):
        if a != b:
            return f"line {number}:\n  golden |{a}|\n  now    |{b}|"
    return "one is longer"


def check_golden(name, actual):
    path = os.path.join(GOLDEN, name + ".golden")
    if os.environ.get("UPDATE"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(actual)
    expected = read(path) if os.path.exists(path) else ""
    check(f"{name} looks as it did", expected == actual, first_difference(expected, actual))


def check_frames(folder, label):
    for name in sorted(os.listdir(folder)):
        if re.match(r"[0-9]-", name):
            check_golden(f"circle-{label}-{name}", read(folder, name))


def check_size(folder, size):
    width, height = map(int, size.split("x"))
    for name in sorted(os.listdir(folder)):
        if re.match(r"[0-9]-", name):
            lines = glyphs(folder, name).split("\n")
            good = len(lines) == height and all(len(line) <= width for line in lines)
            check(f"{name} is {size}", good, f"{len(lines)} lines, {max(map(len, lines))} columns")


def dump(top, name, *arguments):
    """The arguments for a run of the demo that is kept: looking at it is the same as `mmtui demo`, and quicker."""
    folder = os.path.join(top, name)
    subprocess.run([MMTUI, "demo", "--dump-only", folder, *arguments], check=True, stdin=subprocess.DEVNULL)
    return [*(os.path.join(folder, side) for side in ("src", "dst")), "--model", os.path.join(folder, "demo.onnx")]


def circle(folder, size, ascii_only, shipped, raised):
    options = ["--size", size] + (["--ascii"] if ascii_only else [])
    run(folder, CIRCLE, *shipped, "--export-dir", "out", *options)
    run(folder, AGAIN, *raised, "--plan", "out/overrides.json", *options)
    label = f"{size}-{'ascii' if ascii_only else 'utf8'}"
    check_frames(folder, label)
    check_size(folder, size)
    if ascii_only:
        frames = "".join(read(folder, n) for n in os.listdir(folder) if re.match(r"[0-9]-", n))
        check(f"--ascii writes nothing else at {size}", frames.isascii())


def check_plan(folder):
    plan = json.loads(read(folder, "out", "overrides.json"))
    chosen = {o["name"]: o["precision"] for o in plan["overrides"]}
    check("the plan file holds the four", chosen == {"main/" + n: "FLOAT32" for n in FOUR}, str(chosen))
    names = sorted(os.listdir(os.path.join(folder, "out")))
    check(
        "three files are written",
        names == ["apply_overrides.py", "build_config.json", "overrides.json"],
        str(names),
    )
    check("the list shows what was chosen", glyphs(folder, "4-raised").count("▸F32") == 4)
    check("the plan screen says that nothing is written yet", "* not saved" in glyphs(folder, "5-plan"))
    written = glyphs(folder, "6-written")
    check("writing says so", "Wrote 4 overrides for Cambricon MagicMind to out" in written, written)
    check("nothing is unsaved afterwards", "not saved" not in written)


def rows(text):
    """Layer -> diff2 of a frame that has room for all columns; None where there is none."""
    found = {}
    for line in text.split("\n"):
        match = re.match(r"[● ] *[0-9]+  (\S+) ", line)
        cells = re.split(r"  +", line.strip())
        if match and "→" in line:
            figures = [c for c in cells[1:] if re.fullmatch(r"[0-9.]+(e[+-]?[0-9]+)?|NaN", c)]
            found[match.group(1)] = float(figures[1]) if len(figures) > 2 else None
    return found


def check_before_and_after(folder, shipped, raised):
    """On a screen that is high enough for the whole list."""
    script = ":redraw\n:screen {}\n"
    size = ["--size", "139x100"]
    run(folder, script.format("before"), *shipped, *size)
    run(folder, script.format("after"), *raised, *size)
    before, after = rows(glyphs(folder, "before")), rows(glyphs(folder, "after"))
    check("every layer is seen", len(before) >= 80 and set(before) == set(after), f"{len(before)} {len(after)}")
    nan = sorted(n for n, v in before.items() if v is not None and v != v)
    check("before: the four overflow", nan == FOUR, str(nan))
    check("before: the output is badly wrong", before["head.Softmax"] > 0.5)
    over = sorted(n for n, v in after.items() if v is None or not v <= 0.05)
    over = [n for n in over if after[n] is not None]
    check("after: only the head is over 0.05", over == HEAD, str(over))
    bad = glyphs(folder, "8-bad")
    check("after: the filter finds just these", "2 of 85 shown: bad" in bad and all(n in bad for n in HEAD), bad)


def test_circle(shipped, top):
    """As the README walks it, and once more for every size on what it has left."""
    walk = os.path.join(top, "walk")
    os.mkdir(walk)
    circle(walk, "80x24", False, ["demo"], ["demo"])
    check_plan(walk)
    raised = dump(top, "raised", "--plan", os.path.join(walk, "out", "overrides.json"))
    check_before_and_after(walk, shipped, raised)
    for size in SIZES:
        for ascii_only in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                circle(folder, size, ascii_only, shipped, raised)


def test_first_paint(shipped):
    """Before anything is measured the names are there, and the figures are not."""
    with tempfile.TemporaryDirectory() as folder:
        run(folder, ":screen-now first\n:screen later\nq\n", *shipped)
        first, later = glyphs(folder, "first"), glyphs(folder, "later")
        check("the first paint has names", "front.features" in first and "measuring" in first, first)
        check("the first paint has no figures", "over 0.05 so far" in first and "e-" not in first, first)
        check("a step ends when all is measured", "measuring" not in later and "so far" not in later)


def test_same_for_any_jobs(shipped):
    """How many threads work is not to be seen."""
    with tempfile.TemporaryDirectory() as folder:
        for jobs in ("0", "1", "4"):
            run(folder, f":redraw\nj j Enter Tab\n:screen jobs{jobs}\nq q\n", *shipped, "--jobs", jobs)
        frames = [read(folder, "jobs" + jobs) for jobs in ("0", "1", "4")]
        check("frames do not depend on --jobs", frames[0] == frames[1] == frames[2])


def test_where_an_error_starts(shipped):
    """From any inherited row to its root and back, on the list and along the graph."""
    script = """
:redraw
/ "head.Softmax" Enter R
:screen root
BS
:screen back
Enter R
:screen layer-root
BS 6
:screen near
Enter
:screen up
BS BS
& "from=38" Enter
:screen filtered
f
:screen hidden
q
"""
    with tempfile.TemporaryDirectory() as folder:
        run(folder, script, *shipped)
        says = {name: glyphs(folder, name) for name in os.listdir(folder) if name != "script"}
        check("R goes to the root", "The error of #85 starts in #38 (BS goes back)" in says["root"], says["root"])
        check("BS goes back", "This is the first screen" not in says["back"], says["back"])
        check("R goes there on the layer screen", " #38  enc.0.ln2.Pow" in says["layer-root"], says["layer-root"])
        check("... in the same tab", "[0 Triage]" in says["layer-root"], says["layer-root"])
        near = says["near"]
        check("neighbours come from the graph", "head.Linear" in near and "--model" not in near, near)
        check("they say where it starts", "Inherited through #84; it starts in #38 enc.0.ln2.Pow" in near, near)
        check("Enter walks to the input", " #84  head.Linear" in says["up"], says["up"])
        check("from=38 filters", "45 of 85 shown: from=38" in says["filtered"], says["filtered"])
        check("f tells of a culprit that is hidden", "#38 enc.0.ln2.Pow is hidden by the filter" in says["hidden"], says["hidden"])


def test_without_a_model(shipped):
    """Neighbours are those of execution order then, and the screen says so."""
    with tempfile.TemporaryDirectory() as folder:
        run(folder, ":redraw\nEnter 6\n:screen near\nq q\n", *shipped[:2])
        near = glyphs(folder, "near")
        check("without a graph it says so", "by execution order (no --model)" in near, near)
        check("... and shows the layers around", near.count("in →") == 8, near)


def test_options(shipped):
    with tempfile.TemporaryDirectory() as folder:
        arguments = [*shipped, "--sort", "number", "--filter", "op=conv", "--threshold", "0.5"]
        run(folder, ":redraw\n:screen frame\nq\n", *arguments)
        frame = glyphs(folder, "frame")
        check("--sort, --filter and --threshold are seen", "sort number" in frame and "op=conv" in frame, frame)
        check("... and the threshold", "over 0.5" in frame, frame)
        run(folder, ":redraw\n:screen plain\nq\n", *shipped, "--plain")
        plain = glyphs(folder, "plain")
        check("--plain draws no bars", not re.search("[▁-█]", plain), plain)


def test_errors(shipped):
    cases = [
        ("j\nnonsense\n", "script:2: unknown key 'nonsense'"),
        (":nonsense\n", "script:1: Unknown action 'nonsense'"),
        ('/ "conv\n', "closing quote"),
        (":screen\n", "needs an argument"),
        (":screen no/such/folder/frame\n", "no/such/folder/frame"),
        (":resize big\n", "is no size"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for script, says in cases:
            result = run(folder, script, *shipped, status=2)
            check(f"{script.strip()!r} is refused with a sentence", says in result.stderr, result.stderr)


def test_nothing_is_written_unasked(shipped):
    with tempfile.TemporaryDirectory() as folder:
        run(folder, ":redraw\np w q\nq y\n", *shipped, "--export-dir", "out")
        check("leaving without Enter writes nothing", os.listdir(folder) == ["script"], str(os.listdir(folder)))


def main():
    with tempfile.TemporaryDirectory() as top:
        shipped = dump(top, "shipped")
        test_circle(shipped, top)
        test_first_paint(shipped)
        test_same_for_any_jobs(shipped)
        test_where_an_error_starts(shipped)
        test_without_a_model(shipped)
        test_options(shipped)
        test_errors(shipped)
        test_nothing_is_written_unasked(shipped)
    sys.exit(failed != 0)


main()
