#!/usr/bin/python3
"""mmtui help, and the completions of shells: asked as the shells ask them."""

import os
import pty
import re
import select
import shlex
import subprocess
import time

import harness
from harness import check, mmtui, same

COMMANDS = re.findall(r"^(?:usage:|      ) mmtui (\w+)", mmtui("--help").out, re.M)[1:]


def run(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60, **more)
    same(done.returncode, 0, f"{words[0]}: {done.stdout}")
    return done.stdout


@harness.test
def help_of_commands(folder):
    """mmtui help COMMAND is its --help, help keys has the keys, another word is asked about"""
    check(len(COMMANDS) > 18 and "help" in COMMANDS, f"commands: {COMMANDS}")
    for command in COMMANDS:
        same(mmtui("help", command).out, mmtui(command, "--help").out, command)
    same(mmtui("help").out, mmtui("--help").out, "help")
    keys = mmtui("help", "keys").out
    for line in ("  Space         :tag ", "  j Down        :down "):
        check(line in keys, f"no {line!r}")
    check('"lnit"; did you mean lint?' in mmtui("help", "lnit", status=2).err)
    check("bash, zsh or fish" in mmtui("completions", "csh", status=2).err)


@harness.test
def what_was_meant(folder):
    """commands, options, words of options, and dumps that are not there"""
    (folder / "src_dump").mkdir()
    for words, says in (
        (("comapre", "a", "b"), "comapre: there is no such command, folder or file; did you mean compare?"),
        (("compare", "--treshold", "1"), "there is no option --treshold here; did you mean --threshold?"),
        (("lint", "--to", "onxruntime"), 'no export for "onxruntime"; did you mean onnxruntime?'),
        (("demo", "--sort", "dif2"), 'no column "dif2"; did you mean diff2?'),
        (("demo", "--theme", "mno", "--script", "/dev/null"), "no theme is called 'mno'; did you mean mono?"),
        ((folder / "scr_dump", folder), f"No such file or directory; did you mean {folder}/src_dump?"),
        (("export", "--plan", folder / "scr_dump", "x"), f"did you mean {folder}/src_dump?"),
    ):
        check(says in mmtui(*words, status=2).err, f"{words}: {mmtui(*words, status=2).err}")


def bash(folder, *words):
    """What bash offers for the last word."""
    script = folder / "mmtui.bash"
    script.write_text(mmtui("completions", "bash").out)
    line = f"source {script}; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _mmtui; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    return run("bash", "--norc", "-c", line, cwd=folder).split("\n")[:-1]


@harness.test
def in_bash(folder):
    """bash: commands, options, words of options (behind = and commas, too), arguments; else files"""
    same(bash(folder, "mmtui", "comp"), ["compare", "completions"], "commands")
    (folder / "complex dump").mkdir()
    same(bash(folder, "mmtui", "comp"), ["compare", "completions", "complex dump"], "and files")
    same(bash(folder, "mmtui", "lint", "--to", "onnxr"), ["onnxruntime"], "runtimes")
    same(bash(folder, "mmtui", "lint", "--to", "=", "onnxr"), ["onnxruntime"], "behind =")
    same(bash(folder, "mmtui", "lint", "--to", "="), bash(folder, "mmtui", "lint", "--to", ""), "all behind =")
    same(bash(folder, "mmtui", "a", "b", "--columns", "layer,cos"), ["layer,cos"], "a list")
    same(bash(folder, "mmtui", "a", "b", "--framework", "t"), ["tensorflow"], "of mmtui SRC DST")
    same(bash(folder, "mmtui", "export", "--pl"), ["--plan"], "options of a command")
    same(bash(folder, "mmtui", "export", "--thre"), [""], "those of others are none")
    same(bash(folder, "mmtui", "compare", "--plan", ""), [""], "files are the shell's")
    same(bash(folder, "mmtui", "help", "mer"), ["merge"], "arguments")
    same(bash(folder, "mmtui", "--", "x"), [""], "words")


@harness.test
def words_of_options(folder):
    """every word that is offered for an option is one that the option takes"""
    script = mmtui("completions", "bash").out
    default = script[script.index("    *)\n") :]
    seen = 0
    for names, words in re.findall(r"^        ([^\n*]*)\) values='([^'\n]+)'", default, re.M):
        for word in words.split():
            mmtui("--dump-config", names.split()[-1], word)
            seen += 1
    check(seen > 60, f"{seen} words")
    for command, name, others in (("dump", "mode", []), ("dump", "as-deployed", []), ("single", "mode", []),
                                  ("dump", "quantize-algorithm", []), ("dump", "rounding", []), ("dump", "overflow", [])):
        block = script[script.index(f"    {command})\n") :]
        words = re.search(rf"--{name}\) values='([^']+)'", block)[1].split()
        for word in words:
            mmtui(command, "--dump-config", f"--{name}", word, *others)


def in_fish(folder):
    """fish: the same, asked of fish itself"""
    script = folder / "mmtui.fish"
    script.write_text(mmtui("completions", "fish").out)

    def fish(line):
        home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        out = run("fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}", cwd=folder, env=home)
        return [row.split("\t")[0] for row in out.splitlines()]

    same(fish("mmtui comp"), ["compare", "completions"], "commands")
    same(fish("mmtui lint --to onnxr"), ["onnxruntime"], "runtimes")
    same(fish("mmtui export --pl"), ["--plan"], "options")
    same(fish("mmtui a b --framework t"), ["tensorflow"], "of mmtui SRC DST")
    same(fish("mmtui help mer"), ["merge"], "arguments")


def in_zsh(folder):
    """zsh: the same, typed into a zsh"""
    (folder / "_mmtui").write_text(mmtui("completions", "zsh").out)
    run("zsh", "-n", str(folder / "_mmtui"))
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(HOME=str(folder), TERM="dumb", PS1="> ", ZDOTDIR=str(folder))
        os.execvp("zsh", ["zsh", "-f", "-i"])
    seen = ""

    def expect(text):
        nonlocal seen
        deadline = time.monotonic() + 60
        while text not in seen:
            ready, _, _ = select.select([fd], [], [], deadline - time.monotonic())
            check(ready, f"{text!r} did not come: {seen!r}")
            seen += os.read(fd, 4096).decode(errors="replace")
        seen = seen[seen.index(text) + len(text) :]

    os.write(fd, b"fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy\n")
    expect("ready")
    for typed, rest in (("mmtui compl", "etions"), ("mmtui lint --to onnxr", "untime"), ("mmtui export --pl", "an"),
                        ("mmtui help mer", "ge"), ("mmtui a b --framework t", "ensorflow")):
        os.write(fd, typed.encode() + b"\t")
        expect(rest)
        os.write(fd, b"\x15")
    os.write(fd, b"exit\n")
    os.waitpid(pid, 0)


if os.environ.get("MMTUI_LONG"):  # their packages are those of the long tests
    harness.test(in_fish)
    harness.test(in_zsh)

harness.main()
