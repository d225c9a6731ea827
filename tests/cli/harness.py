"""What the tests of the command line share.

A test is a function that takes an empty folder (a pathlib.Path) and raises when something is wrong; its name is the
first line of its docstring. Every run of the program is checked for what must hold always: it ends by itself, in time,
and prints nothing that a terminal would obey.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = pathlib.Path(os.environ.get("MMTUI_PEERS", ROOT / "tests/peers"))  # files of real packages
MMTUI = os.path.abspath(os.environ.get("MMTUI", ROOT / "mmtui"))
TIME_LIMIT = 120  # seconds; a run that hangs is a failure
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "XDG_", "LANG")) and k != "NO_COLOR"},
    "LANG": "C.UTF-8",
    "XDG_CONFIG_HOME": "/nonexistent",  # whoever runs the tests may have a config of their own
    "XDG_CACHE_HOME": "/dev/null/none",  # no results of earlier runs, but where a test is about them
}

_tests = []
_runs = []  # of the test that is running, for its failure report


def check(good, text="is wrong"):
    if not good:
        raise AssertionError(text)


def same(found, expected, what=""):
    if found != expected:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def test(function):
    """Decorator: one line of output."""
    _tests.append((function.__doc__.splitlines()[0], function))
    return function


def add(name, function):
    _tests.append((name, function))


def main():
    failed = 0
    for name, function in _tests:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="mmtui-test-"))
        _runs.clear()
        try:
            function(folder)
            print(f"ok {name}")
        except Exception as error:  # the reason, and what the program said last
            failed += 1
            where = traceback.extract_tb(error.__traceback__)
            lines = [f"{os.path.basename(f.filename)}:{f.lineno}" for f in where]
            print(f"not ok {name}")
            print(f"    {type(error).__name__}: {error}  [{' '.join(lines[1:])}]".replace("\n", "\n    "))
            for run in _runs[-1:]:
                print("    " + run.show().replace("\n", "\n    "))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


# ---- running the program ----


class Run:
    """status, and what was printed as text: out (None where the test gave stdout somewhere else), err."""

    def __init__(self, arguments, done):
        self.arguments, self.status = arguments, done.returncode
        self.out = visible_text(done.stdout, "stdout")
        self.err = visible_text(done.stderr, "stderr")

    def show(self):
        cut = lambda text: ascii((text or "")[:1500]).replace("\\n", "\n")
        return f"mmtui {' '.join(map(ascii, self.arguments))}: exit {self.status}\n{cut(self.out)}\n{cut(self.err)}"

    def row(self, name):
        """The words of the table's row of that layer; the first, its number, is "" where the order is not known."""
        for line in self.out.splitlines():
            words = ([""] if line.startswith(" ") and line.split()[:1] == [name] else []) + line.split()
            if len(words) > 1 and words[1] == name:
                return words
        raise AssertionError(f"no row of {name}")


def visible_text(data, what):
    """Fails on anything that a terminal would obey: control characters, bidi controls, bytes that are not UTF-8."""
    if data is None:
        return None
    text = data.decode("utf-8")
    bad = [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")]
    check(not bad, f"control characters in {what}: {bad[:10]!r} in {text[:300]!r}")
    return text


def mmtui(*arguments, status=0, env=None, **options):
    """Run the program; `status` is the exit status that is expected, or a tuple of those that may be."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [MMTUI, *arguments]
    done = subprocess.run(command, env={**ENVIRONMENT, **(env or {})}, timeout=TIME_LIMIT, **options)
    run = Run(arguments, done)
    _runs.append(run)
    check(run.status >= 0, f"ended by signal {-run.status}")
    check("Sanitizer" not in (run.err or "") and "runtime error:" not in (run.err or ""), "a sanitizer's report")
    if isinstance(status, tuple):
        check(run.status in status, f"exit status {run.status}")
    else:
        same(run.status, status, "exit status")
    return run


def compare(folder, *options, src="src", dst="dst", status=0, **more):
    """`mmtui compare` of folder/src and folder/dst into folder/out. Returns the run."""
    return mmtui(
        "compare", "-s", folder / src, "-d", folder / dst, "-o", folder / "out", *options, status=status, **more
    )


def table(folder, *options, src="src", dst="dst", **more):
    """`mmtui SRC DST` without a terminal."""
    return mmtui(folder / src, folder / dst, *options, **more)


# ---- the result cache ----

CLOCK_REALTIME_COARSE = 5


def settle(*folders):
    """Until the clock that stamps files has moved on: a file that was written just now, however deep, is not kept."""
    newest = max(path.lstat().st_ctime_ns for folder in folders for path in folder.rglob("*"))
    while time.clock_gettime_ns(CLOCK_REALTIME_COARSE) <= newest:
        pass


def cache(folder):
    return {"XDG_CACHE_HOME": str(folder / "cache")}


def found(run):
    """(results from the cache, all)"""
    match = re.search(r"; (\d+) of (\d+) from the cache", run.out)
    return (int(match[1]), int(match[2])) if match else (0, None)


# ---- reading what it wrote ----


def not_json(word):
    raise AssertionError(f"mmtui.json is not strictly valid: {word}")


def load_report(folder):
    with open(folder / "out" / "mmtui.json", encoding="utf-8") as file:
        return json.load(file, parse_constant=not_json)


def layers(folder):
    """Tensor name -> what mmtui.json says of it. For folders without repeated names."""
    report = load_report(folder)
    by_name = {layer["name"]: layer for layer in report["layers"]}
    same(len(by_name), len(report["layers"]), "names that are there once")
    return by_name


# ---- data ----


def pair_of_folders(folder):
    for side in ("src", "dst"):
        (folder / side).mkdir(exist_ok=True)
    return folder / "src", folder / "dst"


_schema = None


def schema():
    """The module that protoc makes of proto/tensor.proto."""
    global _schema
    if _schema is None:
        with tempfile.TemporaryDirectory() as made:
            command = ["protoc", f"--proto_path={ROOT / 'proto'}", f"--python_out={made}", "tensor.proto"]
            subprocess.run(command, check=True)
            sys.path.insert(0, made)
            import tensor_pb2

            sys.path.remove(made)
            _schema = tensor_pb2
    return _schema
