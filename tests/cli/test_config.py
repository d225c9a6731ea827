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


def settings(text):
    """the lines of a config that say something"""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def dump(folder, text, *options):
    path = folder / "xdg" / "mmtui" / "config"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return mmtui("--dump-config", *options, env={"XDG_CONFIG_HOME": str(folder / "xdg")}).out


# one that is not the default of each that has a word or a number
OTHER = {
    "framework": "pytorch", "occurrence": "last", "no-pair-by": "order,case", "threshold": "0.25", "atol": "0.001",
    "rtol": "0.125", "floor": "2", "min-paired": "0.5", "jobs": "3", "to": "trtexec", "sort": "layer",
    "columns": "layer,cos", "precision-mode": "force_float16", "int-ops": "Conv", "quantize-algorithm": "kl",
    "input-channel-quantize": "yes", "filter-channel-quantize": "yes", "asymmetric-quantize": "yes",
    "fold-conv-bn": "yes", "rounding": "away", "scale-by": "reciprocal", "overflow": "saturate", "export-dir": "out dir",
    "theme": "mono", "plain": "yes", "ascii": "yes", "onnxruntime": "/lib/ort.so", "autosave": "never", "lang": "en",
    "ssh": "ssh -p 2222", "remote-mmtui": "/opt/mmtui", "figures-only": "yes",
}  # fmt: skip


@harness.test
def dump_of_nothing(folder):
    """--dump-config without a config says nothing but comments, with the default of each setting"""
    text = dump(folder, "")
    same(settings(text), [], "lines")
    for line in ("#threshold = 0.05", "#atol = 1e-08", "#to = magicmind", "#ascii = no", "#sort = diff2",
                 "#export-dir = mmtui_export", "#bind e next-bad", "#bind Down down"):
        check(f"\n{line}\n" in text, f"no {line}")
    check(all(len(line) <= 100 for line in text.splitlines()), "long lines")


@harness.test
def dump_round_trip(folder):
    """what --dump-config prints is a config that says the same, for every setting and for bindings"""
    given = "".join(f"{name} = {value}\n" for name, value in OTHER.items()) + "bind z next-bad\nbind C-t top\n"
    first = dump(folder, given)
    same(set(settings(first)), set(given.splitlines()), "settings")
    same(dump(folder, first), first, "the second dump")
    commented = [line for line in first.splitlines() if line.startswith("#") and " = " in line and "# " not in line[:2]]
    commented = [line for line in commented if not line.startswith("#bind")]
    same(commented, ["#schema = FILE"], "settings that this test does not set")


@harness.test
def dump_of_defaults(folder):
    """the defaults can be taken out of their comments: they are what is there without them"""
    text = dump(folder, "")
    lines = [line[1:] for line in text.splitlines() if line.startswith("#") and not line.startswith("# ")]
    words = [line for line in lines if not line.split(" = ")[-1].isupper()]
    check(len(words) > 100, f"{len(words)} lines")
    dumps(folder)
    plain = table(folder, "--script", "/dev/null").out + table(folder).out
    env = {"XDG_CONFIG_HOME": str(folder / "xdg")}
    same(settings(dump(folder, "\n".join(words) + "\n")), words, "settings")
    same(table(folder, "--script", "/dev/null", env=env).out + table(folder, env=env).out, plain, "the table")


@harness.test
def dump_of_options(folder):
    """the command line is part of what is printed, what can't stand in a file is told, a wrong config is an error"""
    same(settings(dump(folder, "threshold = 0.1\n", "--threshold", "0.3", "--plain")),
         ["threshold = 0.3", "plain = yes"], "settings")
    text = dump(folder, "", "--export-dir", "a\nb")
    same(settings(text), [], "lines")
    check("its value has a line break" in text, "not told")
    env = {"XDG_CONFIG_HOME": str(folder / "xdg")}
    (folder / "xdg" / "mmtui" / "config").write_text("\nbind z fyl\n")
    check("config:2: unknown action 'fyl'" in mmtui("--dump-config", env=env, status=2).err)


@harness.test
def what_was_meant(folder):
    """a setting that is nearly one is named"""
    mistake(folder, "\ntreshold = 0.1\n", "config:2:", 'there is no setting "treshold"; did you mean threshold?')


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
