#!/usr/bin/python3
"""The config file: what it sets, what beats it, and how its mistakes are named."""

import os

import numpy

import harness
from harness import check, mmtui, same


def dumps(folder, error=0.07):
    """One pair whose diff1 and diff2 are exactly `error`."""
    for side, factor in (("src", 1.0), ("dst", 1.0 + error)):
        (folder / side).mkdir()
        numpy.save(folder / side / "a.npy", numpy.array([2.0, -4.0, 8.0]) * factor)


def config(folder, text):
    path = folder / "xdg" / "mmtui" / "config"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return {"XDG_CONFIG_HOME": str(folder / "xdg")}


def table(folder, *options, **more):
    return mmtui(folder / "src", folder / "dst", *options, **more)


@harness.test
def no_file(folder):
    """without a config file nothing changes"""
    dumps(folder)
    check("over 0.05" in table(folder, env={"XDG_CONFIG_HOME": str(folder / "nowhere")}).out)


@harness.test
def threshold(folder):
    """a threshold of the config is used, comments and blank lines are skipped"""
    dumps(folder)
    env = config(folder, "# mine\n\n  threshold =  0.1 \n")
    same(table(folder, env=env).row("a")[-1], "ok", "verdict")


@harness.test
def command_line_wins(folder):
    """the command line beats the config"""
    dumps(folder)
    env = config(folder, "threshold = 0.1\n")
    check("1.4x over 0.05" in table(folder, "--threshold", "0.05", env=env).out)


@harness.test
def home(folder):
    """without XDG_CONFIG_HOME the file is in ~/.config"""
    dumps(folder)
    path = folder / ".config" / "mmtui"
    path.mkdir(parents=True)
    (path / "config").write_text("threshold = 0.1\n")
    same(table(folder, env={"XDG_CONFIG_HOME": "", "HOME": str(folder)}).row("a")[-1], "ok", "verdict")


@harness.test
def flags(folder):
    """ascii = yes draws with ASCII characters only"""
    dumps(folder)
    env = config(folder, "ascii = yes\n")
    check(table(folder, env=env).out.isascii(), "not ASCII")


@harness.test
def bindings(folder):
    """bind gives a key to an action; the hints show it"""
    dumps(folder)
    env = config(folder, "threshold = 0.01\nbind z next-bad\n")
    (folder / "steps").write_text("z\n:screen -\n")
    check(" z next bad" in table(folder, "--script", folder / "steps", env=env).out, "the hint has the old key")


def mistake(folder, text, *words):
    dumps(folder)
    env = config(folder, text)
    (folder / "steps").write_text(":screen -\n")
    run = table(folder, "--script", folder / "steps", env=env, status=2)
    for word in ("mmtui/config:", *words):
        check(word in run.err, f"no {word!r} in {run.err!r}")


@harness.test
def unknown_setting(folder):
    """an unknown setting is named with its line"""
    mistake(folder, "# one\nfoo = 3\n", "config:2:", '"foo"')


@harness.test
def bad_value(folder):
    """a wrong value is named with its line"""
    mistake(folder, "threshold = many\n", "config:1:", "many")


@harness.test
def bad_flag(folder):
    """a flag that is neither yes nor no is named"""
    mistake(folder, "ascii = maybe\n", "config:1:", "yes or no")


@harness.test
def bad_binding(folder):
    """a binding of an unknown key or action keeps its line number"""
    mistake(folder, "threshold = 1\n\nbind z fly\n", "config:3:", "fly")


@harness.test
def not_a_setting(folder):
    """a line that is nothing is shown"""
    mistake(folder, "hello\n", "config:1:", "hello")


@harness.test
def hostile(folder):
    """a config full of escape sequences reaches the screen in visible form only"""
    mistake(folder, "\x1b]0;x\x07 = \x1b[31m\n", "config:1:", "\\x1b")


@harness.test
def unreachable(folder):
    """a config that can't be read is said, and gone on without"""
    dumps(folder)
    plain = table(folder).out
    place = folder / "xdg" / "mmtui"
    place.mkdir(parents=True)
    path, env = place / "config", {"XDG_CONFIG_HOME": str(folder / "xdg")}
    for make, drop, why in (
        (path.mkdir, path.rmdir, "Is a directory"),
        (lambda: os.mkfifo(path), path.unlink, "is a pipe"),
        (lambda: path.symlink_to("config"), path.unlink, "symbolic links"),
    ):
        make()
        run = table(folder, env=env)
        drop()
        check(why in run.err and "without the config" in run.err, run.err)
        same(run.out, plain, "table")
    (folder / "file").write_text("")
    run = table(folder, env={"XDG_CONFIG_HOME": "", "HOME": str(folder / "file")})
    check("Not a directory" in run.err, run.err)
    same(run.out, plain, "table")


harness.main()
