#!/usr/bin/python3
"""mmtui --watch in a real terminal, while a program writes its dumps layer by layer. The writer and the test go hand in
hand over pipes: it does its next step when it is told to, and says when it is done."""

import os
import re
import subprocess

import harness
from harness import check, mmtui, same
from terminal import Terminal

WRITER = r"""
import os, sys
import numpy as np

def whole(path, values):
    np.save(path, np.array(values, np.float32))

open_files = {}
for line in sys.stdin:
    what, path, *values = line.split()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if what == "write":
        whole(path, [float(v) for v in values])
    elif what == "rename":  # as careful programs do
        whole(path + ".tmp.npy", [float(v) for v in values])
        os.rename(path + ".tmp.npy", path)
    elif what == "begin":  # the header and half of the data, and the file stays open
        whole("whole.npy", [float(v) for v in values])
        data = open("whole.npy", "rb").read()
        file = open(path, "wb")
        file.write(data[: len(data) - 8])
        file.flush()
        open_files[path] = file, data[len(data) - 8 :]
    elif what == "end":
        file, rest = open_files.pop(path)
        file.write(rest)
        file.close()
    elif what == "remove":
        os.remove(path)
    print("done", flush=True)
"""


class Writer:
    def __init__(self, folder):
        self.process = subprocess.Popen(["/usr/bin/python3", "-c", WRITER], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, cwd=folder, text=True)

    def __call__(self, what, path, *values):
        self.process.stdin.write(" ".join([what, path, *map(str, values)]) + "\n")
        self.process.stdin.flush()
        same(self.process.stdout.readline(), "done\n", "the writer")

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        same(self.process.wait(), 0, "the writer's status")


@harness.test
def test_layer_by_layer(folder):
    """watch: rows come as both sides write, partial files are no rows and no errors, re-dumps are measured again"""
    writer = Writer(folder)
    writer("write", "src/1_a.npy", 1, 2, 3, 4)
    writer("write", "src/2_b.npy", 1, 2, 3, 4)
    terminal = Terminal(folder, "src", "dst", "--watch")  # dst is not there yet
    terminal.wait("0 pairs · 2 src only")
    writer("write", "dst/1_a.npy", 1, 2, 3, 5)
    terminal.wait("1.83e-1")  # diff2 of a: 1 / sqrt(30)
    terminal.wait("1 more pair")
    writer("begin", "dst/2_b.npy", 1, 2, 3, 6)
    writer("write", "src/3_c.npy", 1, 2, 3, 4)
    writer("write", "dst/3_c.npy", 1, 2, 3, 4)
    terminal.wait("2 pairs · 1 src only")  # a and c; nothing is said of b
    check(re.search(r"b +f32 → +only in src", str(terminal.screen)), str(terminal.screen))
    for word in ("corrupt", "unreadable", "cut off"):
        check(not terminal.shows(word), str(terminal.screen))
    writer("end", "dst/2_b.npy")
    terminal.wait("3.65e-1")  # diff2 of b: 2 / sqrt(30)
    writer("rename", "dst/2_b.npy", 1, 2, 3, 4.5)
    terminal.wait("4x better")
    terminal.wait("1 written anew: 1 better")
    writer("write", "dst/sub/4_d.npy", 1)
    writer("write", "src/sub/4_d.npy", 2)
    terminal.wait("4 pairs")
    writer("remove", "dst/1_a.npy")
    terminal.wait("3 pairs · 1 src only")
    terminal.keys("q")
    same(terminal.end(), 0, "status")
    writer.end()


def test_idle(folder):
    """watch: what waits for nothing does nothing: not a switch of context more while nothing is written"""
    writer = Writer(folder)
    writer("write", "src/1_a.npy", 1, 2, 3, 4)
    terminal = Terminal(folder, "src", "dst", "--watch")
    terminal.wait("1 src only")
    writer("write", "dst/1_a.npy", 1, 2, 3, 5)
    terminal.wait("1 more pair")
    tasks = f"/proc/{terminal.process.pid}/task"

    def switches():
        lines = [l for t in os.listdir(tasks) for l in open(f"{tasks}/{t}/status") if "ctxt_switches" in l]
        return sum(int(l.split()[1]) for l in lines)

    before = None
    while before != (before := switches()):  # the last threads fall asleep
        terminal.read(0.5)
    terminal.read(2)
    same(switches(), before, "switches of context")
    terminal.keys("q")
    same(terminal.end(), 0, "status")
    writer.end()


if not os.environ.get("TSAN_OPTIONS"):  # that sanitizer has a thread of its own, which wakes ten times a second
    harness.test(test_idle)


@harness.test
def test_many_times(folder):
    """watch: hundreds of re-dumps leave neither memory nor descriptors behind"""
    writer = Writer(folder)
    for i in range(20):
        writer("write", f"src/{i}_t{i}.npy", *range(64))
        writer("write", f"dst/{i}_t{i}.npy", *range(64))
    # the address sanitizer holds back what is freed, unless it is told not to; the thread sanitizer's shadow grows
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
    allowed = (64 << 10) if os.environ.get("TSAN_OPTIONS") else 4096
    terminal = Terminal(folder, "src", "dst", "--watch", env={"ASAN_OPTIONS": options})
    terminal.wait("20 pairs")
    process = f"/proc/{terminal.process.pid}"

    def memory():
        return int(next(l for l in open(f"{process}/status") if l.startswith("VmRSS")).split()[1])

    def round(i):  # all of the 64 are off by i + 1; the sum of the squares of src is 85344
        for k in range(20):
            writer("write", f"dst/{k}_t{k}.npy", *range(i + 1, i + 65))
        figure = f"{(64 / 85344) ** 0.5 * (i + 1):.2e}".replace("e-0", "e-")
        terminal.wait(figure, lambda: str(terminal.screen).count(figure) >= 17)  # rows that are seen

    for i in range(5):
        round(i)
    least, descriptors = memory(), len(os.listdir(f"{process}/fd"))
    for i in range(5, 20):
        round(i)
    check(memory() < least + allowed, f"{least} KiB became {memory()} KiB")
    same(len(os.listdir(f"{process}/fd")), descriptors, "descriptors")
    terminal.keys("q")
    same(terminal.end(), 0, "status")
    writer.end()


@harness.test
def test_without_terminal(folder):
    """watch: without a terminal it is refused; a script takes in what is there at each step"""
    run = mmtui("src", "dst", "--watch", status=2, cwd=folder)
    check("--watch shows tensors as they come: it needs a terminal" in run.err, run.err)
    (folder / "script").write_text(":screen -\n")
    run = mmtui("src", "dst", "--watch", "--script", "script", cwd=folder)
    check("waiting for tensors in src and dst" in run.out, run.out)
    run = mmtui("src", "dst", status=2, cwd=folder)  # as ever
    check("src" in run.err, run.err)


harness.main()
