"""The list of layers with many pairs: keys and frames (screen.c), and what an inspector costs that nobody touches."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

FRAME = 16.0  # ms
ROWS = 100_000
QUIET = 1.0  # s without output: it is drawn
IDLE = 3.0  # s


def measured(build, *arguments):
    """(name, figure, figure) of each line that screen prints."""
    done = subprocess.run([os.path.join(build, "tests/bench/screen"), *map(str, arguments)], check=True, capture_output=True, text=True)
    return [(name, float(a), float(b)) for name, a, b in (line.split("\t") for line in done.stdout.splitlines())]


def spent(pid):
    """Processor time in ms and how often any of its threads was woken."""
    ticks, woken = 0, 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat") as file:
            ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
        with open(f"/proc/{pid}/task/{task}/status") as file:
            woken += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return ticks * 1000 / os.sysconf("SC_CLK_TCK"), woken


def drain(terminal):
    while select.select([terminal], [], [], QUIET)[0]:
        if not os.read(terminal, 1 << 16):
            return


def idle(mmtui, report):
    """The same of IDLE seconds in which no key comes, once all is drawn."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(mmtui, [mmtui, report])
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 43, 132, 0, 0))
        while not select.select([terminal], [], [], QUIET)[0]:  # it reads its report
            pass
        drain(terminal)
        os.write(terminal, b"j")
        drain(terminal)
        before = spent(pid)
        time.sleep(IDLE)
        after = spent(pid)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
    return after[0] - before[0], after[1] - before[1]


def screens(mmtui, build, mib, top, row):
    print(f"The list of layers, {ROWS:,} pairs open: p99.9 of 1000 frames, a key each, of the processors' time")
    for name, slow, usual in measured(build, top, ROWS, 1000):
        row(f"{name} (median {usual:.1f})", slow, "ms", slow / FRAME, "a frame of 16 ms", "1 at most")
    measured(build, top, ROWS, "report")
    report = os.path.join(top, f"{ROWS}.json")
    took, woken = idle(os.path.abspath(mmtui), report)
    os.remove(report)
    row(f"{IDLE:.0f} s without a key", took, "ms", None, "", "0")
    row("  times that it woke", woken, "", None, "", "0")
    rows = 1_000_000 * min(mib, 256) // 256
    (_, one, _), (_, worst, usual) = measured(build, top, rows, "names")
    row(f"keystroke of the filter, {rows:,} rows", worst, "ms", worst / one, "one pass over their names", "3 at most")
    row("  its median", usual, "ms", usual / one, "the same")
