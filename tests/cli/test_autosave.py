#!/usr/bin/python3
"""Unsaved plans survive the program: in a real terminal, killed, and opened again."""

import os
import signal

import numpy as np

import harness
from harness import check, mmtui, same
from terminal import Terminal


def dumps(folder):
    for side in ("src", "dst"):
        (folder / side).mkdir()
        for i in range(4):
            x = np.arange(8, dtype=np.float32)
            np.save(folder / side / f"{i + 1}_layer{i}.npy", x if side == "src" else x + i)
    return folder / "src", folder / "dst"


def plans(folder):
    state = folder / "state/mmtui"
    return sorted(p.name for p in state.iterdir() if p.suffix == ".json") if state.is_dir() else []


def crash(folder, src, dst):
    """One override, not saved, and no time to say goodbye."""
    terminal = Terminal(folder, src, dst)
    terminal.wait("tagged")
    terminal.keys("p")
    terminal.wait("a plan in the state's folder", lambda: len(plans(folder)) == 1)
    terminal.kill()


@harness.test
def test_killed(folder):
    """autosave: after SIGKILL the plan is offered and restored; quitting on purpose leaves nothing"""
    src, dst = dumps(folder)
    crash(folder, src, dst)
    same(len(plans(folder)), 1, "plans left")
    os.symlink(folder, folder / "link")  # the same two folders by another path
    terminal = Terminal(folder, folder / "link/src", "dst")
    terminal.wait("1 override of ")
    terminal.wait("was not saved")
    terminal.keys("r")
    terminal.wait("Restored 1 override of ")
    terminal.keys("q")
    terminal.wait("Plan not saved. Quit anyway?")
    terminal.keys("y")
    same(terminal.end(), 0, "status")
    same(list((folder / "state/mmtui").iterdir()), [], "what is left")


@harness.test
def test_hung_up(folder):
    """autosave: SIGHUP, as of a lost connection, keeps the plan at once; d drops it"""
    src, dst = dumps(folder)
    terminal = Terminal(folder, src, dst)
    terminal.wait("tagged")
    terminal.keys("pp")
    terminal.wait("(u undoes it)")
    terminal.process.send_signal(signal.SIGHUP)
    same(terminal.end(), 128 + signal.SIGHUP, "status")
    same(len(plans(folder)), 1, "plans left")
    terminal = Terminal(folder, src, dst)
    terminal.wait("was not saved")
    terminal.keys("d")
    terminal.wait("Dropped")
    terminal.keys("q")
    same(terminal.end(), 0, "status")
    same(plans(folder), [], "plans left")


@harness.test
def test_two_sessions(folder):
    """autosave: a session that runs is not offered to the next one, and keeps its own"""
    src, dst = dumps(folder)
    first = Terminal(folder, src, dst)
    first.wait("tagged")
    first.keys("p")
    first.wait("its plan", lambda: len(plans(folder)) == 1)
    second = Terminal(folder, src, dst)
    second.wait("tagged")
    check(not second.shows("not saved"), "another session's plan is offered")
    second.keys("p")
    second.wait("its plan", lambda: len(plans(folder)) == 2)
    second.keys("qy")
    same(second.end(), 0, "status")
    same(len(plans(folder)), 1, "plans left")
    first.kill()


@harness.test
def test_exported(folder):
    """autosave: what was written is kept no more"""
    src, dst = dumps(folder)
    terminal = Terminal(folder, src, dst)
    terminal.wait("tagged")
    terminal.keys("p")
    terminal.wait("its plan", lambda: len(plans(folder)) == 1)
    terminal.keys("w\r")
    terminal.wait("Wrote 1 override")
    terminal.wait("no plan", lambda: plans(folder) == [])
    terminal.kill()


@harness.test
def test_no_folder(folder):
    """autosave: a folder that can't be written is a warning, once; scripts keep nothing unless asked"""
    src, dst = dumps(folder)
    (folder / "file").write_text("")
    terminal = Terminal(folder, src, dst, env={"XDG_STATE_HOME": str(folder / "file")})
    terminal.wait("is not kept against a crash")
    terminal.keys("pqy")
    same(terminal.end(), 0, "status")
    (folder / "script").write_text("p\n:screen -\n")
    state = {"XDG_STATE_HOME": str(folder / "state")}
    mmtui(src, dst, "--script", folder / "script", env=state)
    same(plans(folder), [], "of a script")
    mmtui(src, dst, "--script", folder / "script", "--autosave", "always", env=state)
    same(len(plans(folder)), 1, "of a script that was asked to")
    (folder / "script").write_text("r\n:screen -\nq y\n")
    run = mmtui(src, dst, "--script", folder / "script", "--autosave", "always", env=state)
    check("Restored 1 override of " in run.out, run.out)
    same(plans(folder), [], "of a script that ended by q")
    check("terminal, always or never" in mmtui(src, dst, "--autosave", "often", status=2).err)


harness.main()
