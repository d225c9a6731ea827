#!/usr/bin/python3
"""Chinese: the catalogue is complete, screens and text are in it and in line, and what programs read is as in English."""

import json
import os
import re
import subprocess
import sys
import unicodedata

import numpy

from harness import ROOT, check, main, mmtui, pair_of_folders, same, test

sys.path.insert(0, str(ROOT / "po"))
import extract  # po/extract.py

PO = ROOT / "po/zh_CN.po"
GOLDEN = ROOT / "tests/cli/golden/chinese.txt"
CHINESE = {"LANG": "zh_CN.UTF-8"}
HAN = re.compile("[一-鿿]")

# Every view: the list and its menus, each tab, help, plan, sources, prompts, questions.
SESSION = """
:screen list
s
:screen sort
Esc
a
:screen suggested
Esc
p
:screen chosen
P
:screen precision
Esc
/
:screen search
Esc
=
:screen pair
z
:screen folded
z
c
:screen columns
Esc
?
:screen help
q
Enter
:screen triage
1
:screen stats
2
:screen histogram
3
:screen channels
4
:screen values
5
:screen whatif
6
:screen neighbours
q
w
:screen plan
t
:screen runtimes
Esc
q
q
:screen quit
"""


def width(text):
    """Columns in a terminal: Han characters and full-width punctuation take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def entries_of(text):
    """{(context or None, msgid): msgstr} of a catalogue, as the sources spell them."""
    found = {}
    for block in re.split(r"\n\n+", text):
        fields = {}
        for word, value in re.findall(r'^(msgctxt|msgid|msgstr) "((?:\\.|[^"\\])*)"$', block, re.M):
            fields[word] = value
        if fields.get("msgid"):
            found[fields.get("msgctxt"), fields["msgid"]] = fields["msgstr"]
    return found


def catalogue():
    """msgcat has one line a text, whatever the editor of translations made of it."""
    text = subprocess.run(["msgcat", "--no-wrap", str(PO)], capture_output=True, check=True).stdout.decode()
    text = re.sub(r'^(msg\w+) ""\n((?:".*"\n)+)', lambda m: m.group(1) + ' "' + "".join(
        line[1:-1] for line in m.group(2).splitlines()) + '"\n', text, flags=re.M)
    return entries_of(text)


@test
def complete(folder):
    """chinese: every sentence of the sources is translated, and nothing else is in the catalogue"""
    wanted = {(t.split("\4")[0], t.split("\4")[1]) if "\4" in t else (None, t) for t in extract.entries()}
    there = catalogue()
    same(sorted(str(w) for w in wanted - set(there)), [], "not in po/zh_CN.po (po/extract.py finds them)")
    same(sorted(str(t) for t in set(there) - wanted), [], "in po/zh_CN.po, but not in the sources")
    same([key for key, text in there.items() if not text], [], "not translated")
    check("#, fuzzy" not in PO.read_text(encoding="utf-8"), "there are fuzzy translations")


@test
def formats(folder):
    """chinese: msgfmt finds every format to fit its original"""
    run = subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", str(PO)], capture_output=True, check=False)
    same((run.returncode, run.stderr.decode()), (0, ""), "msgfmt --check-format")


@test
def lists(folder):
    """chinese: each line of po/words and po/keep still stands in the sources"""
    known, literals = extract.macros(), set()
    for path in extract.sources():
        literals |= {text for _, text, _ in extract.literals(path, known)}
    for name in ("words", "keep"):
        lines = {line.split("|", 1)[-1] if re.match(r"(word|hint|title|count)\|", line) else line
                 for line in extract.lines(name)}
        same(sorted(lines - literals), [], f"po/{name} has what no source has")


@test
def punctuation(folder):
    """chinese: no translation has ASCII punctuation behind a Chinese character"""
    wrong = [text for text in catalogue().values() if re.search("[一-鿿][,;?!]", text)]
    same(wrong, [], "ASCII punctuation behind a Chinese character")


def dumps(folder):
    mmtui("demo", "--dump-only", folder)
    return folder / "src", folder / "dst"


def frames(folder, script, size="80x24", **env):
    """What :screen wrote, by name; the plane of glyphs as rows."""
    (folder / "script").write_text(re.sub(r":screen (\w+)", r":screen \1.screen", script))
    run = mmtui("src", "dst", "--script", "script", "--size", size, "--no-cache", "--jobs", "0", cwd=folder,
                env={**CHINESE, **env})
    same(run.err, "", "the session")
    names = re.findall(r":screen (\w+)", script)
    return {name: (folder / f"{name}.screen").read_text(encoding="utf-8").split("\n---\n")[0].split("\n")
            for name in names}


def screens_at(folder, columns, rows_of, golden):
    dumps(folder)
    shown = frames(folder, SESSION, f"{columns}x{rows_of}")
    for name, rows in shown.items():
        same(len(rows), rows_of, f"rows of {name}")
        for row in rows:
            check(width(row) <= columns, f"{name}: {width(row)} columns: {row}")
            check("�" not in row and "\\x" not in row, f"{name}: a cut character: {row}")
    text = "".join(f"==== {name}\n" + "\n".join(row.rstrip() for row in rows) + "\n" for name, rows in shown.items())
    if os.environ.get("UPDATE"):
        golden.write_text(text, encoding="utf-8")
    same(text.split("\n"), golden.read_text(encoding="utf-8").split("\n"), golden.name)


@test
def screens(folder):
    """chinese: every view at 80x24 is as it was looked at (UPDATE=1 writes it anew), in line, no character cut"""
    screens_at(folder, 80, 24, GOLDEN)


@test
def small_screens(folder):
    """chinese: the same at 40x12"""
    screens_at(folder, 40, 12, GOLDEN.with_name("chinese-40x12.txt"))


@test
def large_screens(folder):
    """chinese: the same at 132x43"""
    screens_at(folder, 132, 43, GOLDEN.with_name("chinese-132x43.txt"))


def column_of(row, word):
    """Column where a word ends."""
    return width(row[: row.index(word) + len(word)])


@test
def columns(folder):
    """chinese: figures stand below their headings, verdicts begin below theirs, on screens of three sizes"""
    dumps(folder)
    for size, heads in (("50x15", ["diff2"]), ("80x24", ["diff1", "diff2"]), ("132x43", ["diff1", "diff2"])):
        rows = frames(folder, ":sort diff2\nG\n:screen list\n", size)["list"]
        head = next(row for row in rows if "DTYPE" in row or "diff2" in row and "层" in row)
        begin = width(head[: head.index("判定")]) if "判定" in head else None
        listed = [row for row in rows[2:-2] if re.match(r"[ ●]+\d+ ", row)]
        check(len(listed) > 5, f"{size}: the list is not seen")
        for row in listed:
            for word in heads if "仅" not in row else ():  # a tensor without a partner has no figures
                end, taken = column_of(head, word), 0
                cut = ""
                for character in row:
                    taken += width(character)
                    if taken > end:
                        break
                    cut += character
                check(cut[-1:].isalnum() or cut[-1:] in "-.", f"{size}: {word} does not end at {end}: {row!r}")
            if begin is not None:
                taken = ""
                for character in row:
                    if width(taken) >= begin:
                        break
                    taken += character
                same(width(taken), begin, f"{size}: a character lies across the edge of 判定: {row!r}")
                check(taken.endswith("  "), f"{size}: 判定 begins elsewhere: {row!r}")


@test
def text(folder):
    """chinese: triage, compare, suggest, --help and errors; nothing of the English sentences is left"""
    src, dst = dumps(folder)
    triage = mmtui("triage", src, dst, "--no-cache", env=CHINESE).out
    for words in ("首个引入误差的层", "溢出, 确定: |x| 达到 6.1e6 > 65504：4130 个值变为 Inf 或 NaN",
                  "下一步：将该算子提升到 FP32；若有效位数足够，BF16 亦可。", "全部判定"):
        check(words in triage, f"triage does not say {words}:\n{triage}")
    compare = mmtui("compare", src, dst, "-o", folder / "out", "--no-cache", env=CHINESE).out
    check("83 对，仅 dst 有 2 个；46 层异常（超过 0.05、非有限或无法读取）" in compare, compare)
    help_ = mmtui("triage", "--help", env=CHINESE).out
    check(help_.startswith("用法：mmtui triage SRC DST"), help_)
    check("首先指出错在哪里、为什么、怎么办" in help_ and "--threshold X" in help_, help_)
    error = mmtui("triage", folder / "nothing", dst, status=2, env=CHINESE)
    check("nothing: 打开文件夹" in error.err, error.err)
    option = mmtui("triage", "--nonsense", status=2, env=CHINESE).err
    check("此处没有选项 --nonsense" in option and "用法：mmtui triage" in option, option)
    for out in (triage, compare, help_):
        english = [line for line in out.split("\n")
                   if re.search(r"\b(the|is|are|of|which|with|and)\b", line) and not HAN.search(line)]
        same(english, [], "English sentences")


@test
def help_of_all(folder):
    """chinese: --help of every command has no line beyond 79 columns and no English sentence"""
    top = mmtui("--help", env=CHINESE).out
    commands = re.findall(r"^(?:用法：| +) *mmtui ([a-z]+)", top, re.M)
    check(len(commands) > 15, f"only {commands}")
    for words in [[], *([name] for name in commands)]:
        out = mmtui(*words, "--help", env=CHINESE).out
        for line in out.split("\n"):
            check(width(line) <= 79 or "mmtui " in line, f"{words}: {width(line)} columns: {line}")
        check(not re.search(r"\b(the|which|where)\b", out), f"{words}: {out}")


@test
def programs(folder):
    """chinese: JSON, CSV and JUnit are to the byte what they are in English; exports, too"""
    src, dst = dumps(folder)
    for words in (["triage", src, dst, "--json"], ["compare", src, dst, "--format", "csv"],
                  ["compare", src, dst, "--format", "junit"], ["suggest", src, dst, "--format", "json"],
                  ["suggest", src, dst, "--format", "csv"]):
        english, chinese = (mmtui(*words, "--no-cache", env=env).out for env in ({}, CHINESE))
        drop = re.compile(r'"(?:timestamp|date|seconds)[^,\n]*|time(?:stamp)?="[^"]*"')
        same(drop.sub("", chinese), drop.sub("", english), f"{words[0]} {words[-1]}")
    mmtui("suggest", src, dst, "-o", folder / "plan.json", "--no-cache", env={})
    listed = [line.split()[0] for line in mmtui("dialects").out.split("\n")[1:] if line and line[0] != " "]
    for runtime in [name for name in listed if re.fullmatch(r"[a-z0-9-]+", name)]:
        made = [mmtui("export", "--plan", folder / "plan.json", "--to", runtime, "--force", folder / name,
                      status=(0, 2), env=env).status for name, env in (("en", {}), ("zh", CHINESE))]
        same(made[0], made[1], runtime)
        for path in sorted((folder / "en").glob("*")) if made[0] == 0 else []:
            same((folder / "zh" / path.name).read_bytes(), path.read_bytes(), f"{runtime}: {path.name}")


@test
def saved(folder):
    """chinese: mmtui.json has English keys and words, its sentences are the run's, and it opens in any language"""
    src, dst = dumps(folder)
    for name, env in (("en", {}), ("zh", CHINESE)):
        mmtui("compare", src, dst, "-o", folder / name, "--no-cache", env=env)
    english, chinese = (json.loads((folder / name / "mmtui.json").read_text()) for name in ("en", "zh"))

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__

    same(shape(chinese), shape(english), "keys and types")
    for name, other in (("en", CHINESE), ("zh", {}), ("zh", CHINESE)):
        run = mmtui(folder / name / "mmtui.json", "--sort", "number", env=other)
        check("enc.0.ln2.Pow" in run.out, run.out)


@test
def chosen(folder):
    """chinese: what chooses it: --lang, LANGUAGE, LC_ALL, LC_MESSAGES, LANG, the config; LANG=C is English and ASCII"""
    def spoken(*words, **env):
        out = mmtui("show", *words, status=2, env=env).err
        return "zh" if HAN.search(out) else "en"

    same(spoken(LANG="zh_CN.UTF-8"), "zh", "LANG, of a locale that may not be there")
    same(spoken(LANG="zh_CN.utf8"), "zh", "the other spelling")
    same(spoken(LANG="C.UTF-8"), "en", "C.UTF-8")
    same(spoken(LANG="C.UTF-8", LANGUAGE="zh_CN"), "zh", "LANGUAGE")
    same(spoken(LANG="C.UTF-8", LANGUAGE="zh_CN:en"), "zh", "a list")
    same(spoken(LANG="C.UTF-8", LANGUAGE="fr:zh"), "zh", "the first that there is")
    same(spoken(LANG="zh_CN.UTF-8", LANGUAGE="en:zh_CN"), "en", "English first")
    same(spoken(LANG="C.UTF-8", LC_MESSAGES="zh_CN.UTF-8"), "zh", "LC_MESSAGES")
    same(spoken(LANG="zh_CN.UTF-8", LC_MESSAGES="en_GB.UTF-8"), "en", "LC_MESSAGES over LANG")
    same(spoken(LANG="zh_CN.UTF-8", LC_ALL="C.UTF-8"), "en", "LC_ALL over LANG")
    same(spoken(LANG="zh_TW.UTF-8"), "en", "traditional Chinese is another")
    same(spoken(LANG="zh_CN.GBK"), "en", "another character set")
    same(spoken("--lang", "en", LANG="zh_CN.UTF-8"), "en", "--lang en")
    same(spoken("--lang", "zh", LANG="C.UTF-8"), "zh", "--lang zh")
    same(spoken("--lang", "zh", LANG="C"), "zh", "--lang zh where nothing says UTF-8")
    same(spoken("--lang", "auto", LANG="zh_CN.UTF-8"), "zh", "--lang auto")
    check('--lang: "xx"' in mmtui("show", "--lang", "xx", status=2).err, "a language that there is not")
    for env in ({"LANG": "C", "LANGUAGE": "zh_CN"}, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, {"LC_ALL": "POSIX"}):
        run = mmtui("show", status=2, env=env)
        check(run.err.isascii() and "show needs" in run.err, f"{env}: {run.err}")
    (folder / "mmtui").mkdir()
    (folder / "mmtui/config").write_text("lang = zh\n")
    same(spoken(XDG_CONFIG_HOME=str(folder)), "zh", "the config")
    same(spoken(XDG_CONFIG_HOME=str(folder), LC_ALL="C"), "en", "LC_ALL=C over the config")
    same(spoken("--lang", "en", XDG_CONFIG_HOME=str(folder)), "en", "--lang over the config")


@test
def ascii_only(folder):
    """chinese: --ascii is English, and all ASCII"""
    src, dst = dumps(folder)
    out = mmtui("triage", src, dst, "--ascii", "--no-cache", env=CHINESE).out
    check(out.isascii() and "First layer that introduces an error" in out, out)


@test
def names(folder):
    """chinese: a tensor that is called as a word of the program keeps its name"""
    for side, scale in zip(pair_of_folders(folder), (1, 2)):
        for name in ("overflow", "not compared", "same shape", "Nothing is over the threshold.", "none"):
            numpy.save(side / f"{name}.npy", numpy.arange(8, dtype=numpy.float32) * scale)
    out = mmtui(folder / "src", folder / "dst", "--no-cache", env=CHINESE).out
    for name in ("overflow", "not compared", "same shape", "Nothing is over the threshold.", "none"):
        check(re.search(rf"^ *\d* *{re.escape(name)} ", out, re.M), f"{name} is not in\n{out}")


README = ROOT / "README.zh_CN.md"


def translated(text):
    """What the program says for an English text of its own."""
    found = catalogue().get((None, text.replace('"', '\\"')))
    check(found, f"no translation of {text}")
    return found.replace('\\"', '"')


def readme_keys(names):
    """Rows of the English README's table, with the help that `?` shows in Chinese."""
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (.*?) \| `:([\w-]+)` \| (.*?) \|$", english, re.M)
    rows = {name: (keys, said) for keys, name, said in found}
    lines = ["| 按键 | 命令 | |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {rows[name][0]} | `:{name}` | {translated(rows[name][1])} |" for name in names.split()])


def readme_verdicts():
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    table = english.split("<!-- verdicts -->\n")[1].split("\n\n")[0]
    shown = catalogue()
    lines = ["| 判定 | 界面 | 含义 |", "| --- | --- | --- |"]
    for word, said in re.findall(r"^\| `([\w-]+)` \| (.*?) \|$", table, re.M):
        lines.append(f"| `{word}` | {shown['word', word]} | {translated(said)} |")
    return "\n".join(lines)


@test
def readme(folder):
    """chinese: screens, outputs, keys and verdicts of README.zh_CN.md are what the program shows (UPDATE=1)"""
    for script, size, words in (("circle-1", "100x24", []), ("circle-2", "100x14", ["--plan"]),
                                ("circle-3", "100x12", ["--plan"])):
        plan = ["mmtui_export/overrides.json"] if words else []
        mmtui("demo", *words, *plan, "--script", ROOT / f"tests/docs/{script}.script", "--size", size, cwd=folder,
              env=CHINESE)
    mmtui("demo", "--dump-only", "demo", cwd=folder, env=CHINESE)

    def made(match):
        kind, name = match[2], match[3]
        if kind == "screen":
            rows = (folder / f"{name}.txt").read_text(encoding="utf-8").split("---\n")[0]
            return match[1] + "\n".join(row.rstrip() for row in rows.splitlines()) + match[5]
        return match[1] + mmtui(*name.split()[1:], cwd=folder, env=CHINESE).out.rstrip("\n") + match[5]

    text = README.read_text(encoding="utf-8")
    now = re.sub(r"(<!-- (screen|output): (.*?) -->\n```text\n)((?:(?!```).*\n)*)",
                 lambda m: made([m[0], m[1], m[2], m[3], m[4], "\n"]), text)
    now = re.sub(r"(<!-- keys: (.*?) -->\n)(.*?)(\n\n)", lambda m: m[1] + readme_keys(m[2]) + m[4], now, flags=re.S)
    now = re.sub(r"(<!-- verdicts -->\n)(.*?)(\n\n)", lambda m: m[1] + readme_verdicts() + m[3], now, flags=re.S)
    if os.environ.get("UPDATE"):
        README.write_text(now, encoding="utf-8")
        text = now
    same(text.split("\n"), now.split("\n"), "README.zh_CN.md")


main()
