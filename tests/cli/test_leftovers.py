#!/usr/bin/python3
"""Temporary folders of commands that were ended by a signal, and of such that still run."""

import os
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MMTUI = os.environ.get("MMTUI", os.path.join(ROOT, "mmtui"))

failed = 0


def check(name, good, detail=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} {name}")
    if not good and detail:
        print(detail)


def new_folders(folder, before):
    return [name for name in set(os.listdir(folder)) - before if name.startswith("mmtui-")]


def begin(folder):
    """The demo, from when it has something in its folder until it can't go on: nobody reads what it prints."""
    env = dict(os.environ, TMPDIR=folder)
    before = set(os.listdir(folder))
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while os.write(writer, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(writer, True)
    run = subprocess.Popen([MMTUI, "demo"], env=env, stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    while not [name for name in new_folders(folder, before) if os.listdir(os.path.join(folder, name))]:
        if run.poll() is not None:
            raise SystemExit("the demo ended without a folder")
    return run, reader


def left(folder):
    return sorted(os.listdir(folder))


with tempfile.TemporaryDirectory() as folder:
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        run, reader = begin(folder)
        run.send_signal(number)
        status = run.wait()
        check(f"{number.name} ends it", status == -number, status)
        check(f"{number.name} leaves nothing", left(folder) == [], left(folder))
        os.close(reader)

    run, reader = begin(folder)
    run.kill()
    run.wait()
    os.close(reader)
    check("SIGKILL leaves its folder", len(left(folder)) == 1, left(folder))

    living, reader = begin(folder)
    check("the next one removes it", len(left(folder)) == 1, left(folder))
    other = subprocess.run([MMTUI, "demo"], env=dict(os.environ, TMPDIR=folder), stdout=subprocess.DEVNULL)
    check("another one ends well", other.returncode == 0, other.returncode)
    check("and does not touch what is in use", len(left(folder)) == 1 and living.poll() is None, left(folder))
    living.terminate()
    living.wait()
    os.close(reader)
    check("nothing is left", left(folder) == [], left(folder))

sys.exit(failed > 0)
