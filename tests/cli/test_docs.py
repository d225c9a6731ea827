#!/usr/bin/python3
"""The documentation is true: README, manual pages and CONTRIBUTING against the program and its sources.

What can be made is made: with UPDATE=1 the README's screens, command output and key table and the manual page's list
of actions are written anew between their markers, before everything is checked. What is written by hand (options,
settings, columns, environment, file names) is only checked.

Markers of the README, each followed by what is made:
    <!-- screen: NAME -->           frame NAME.txt of the scripts tests/docs/circle-*.script
    <!-- output: mmtui ARGUMENTS --> what that command prints, after the scripts have run; demo/ has the demo's dumps
    <!-- keys: ACTION ACTION ... --> a table of these actions, up to the next blank line
    <!-- verdicts -->                a table of all verdicts, up to the next blank line
"""

import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import sys
import textwrap
from xml.etree import ElementTree

import harness
from harness import ROOT, check, mmtui, same, test

sys.path.insert(0, str(ROOT / "tests" / "docs"))
import picture

README = ROOT / "README.md"
MANUAL = ROOT / "man" / "mmtui.1"
TRIAGE_COMMAND = ROOT / "man" / "mmtui-triage.1"
TRIAGE = ROOT / "man" / "mmtui-triage.7"
PAGES = sorted((ROOT / "man").glob("*.[1-9]"))
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PLAN = "mmtui_export/overrides.json"
# The README's walk: script and options of each run; each starts from what the one before it has exported.
CIRCLE = [
    ("circle-1.script", "100x24", []),
    ("circle-2.script", "100x14", ["--plan", PLAN]),
    ("circle-3.script", "100x12", ["--plan", PLAN]),
]
COMMANDS = ["", "compare", "triage", "export", "lint", "plan", "dialects", "suggest", "verify", "diff", "show", "single", "convert", "formats", "merge", "demo", "dump", "try", "help", "completions"]
UPDATE = bool(os.environ.get("UPDATE"))


def read(path):
    return path.read_text(encoding="utf-8")


def rewrite(path, text):
    """With UPDATE=1: make the file so, where it is not."""
    if UPDATE and read(path) != text:
        path.write_text(text, encoding="utf-8")


def same_lines(shown, made, what):
    """Fails with the first line that differs."""
    pairs = itertools.zip_longest(shown.splitlines(), made.splitlines())
    for number, (old, new) in enumerate(pairs, 1):
        check(old == new, f"{what}, line {number} of it (UPDATE=1 writes it anew):\n  shown |{old}|\n  now   |{new}|")


# ---- reading tables out of the sources ----


def c_string(text):
    """The value of C string literals that stand one behind the other."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def c_fields(row):
    """The top-level fields of an initialiser's inside."""
    pieces = re.findall(r'"(?:[^"\\]|\\.)*"|,|[^",]+', row)
    fields = [""]
    for piece in pieces:
        if piece == ",":
            fields.append("")
        else:
            fields[-1] += piece
    return [field.strip() for field in fields]


def table_rows(path, pattern):
    """Fields of the rows `[PATTERN...] = {...}` of a table."""
    rows = re.findall(r"\[" + pattern + r"\w*\]\s*=\s*\{((?:[^{}\"]|\"(?:[^\"\\]|\\.)*\")*)\}", read(ROOT / path))
    return [c_fields(row) for row in rows]


class Action:
    def __init__(self, keys, name, text):
        self.keys, self.name, self.help, self.screens = keys, name, text, []


_sections = []


def tab_titles(folder):
    """Of the tab row, in order."""
    row = glyph_lines(folder, "layer")[1]
    return [title for _, title in re.findall(r"[\[ ](\d) ([A-Z][A-Za-z ]*[a-z])", row)]


def glyph_lines(folder, name):
    with open(os.path.join(folder, name + ".txt"), encoding="utf-8") as file:
        return file.read().partition("---\n")[0].splitlines()


def merge(known, found, name_of):
    """Put what is new into a list, each before the next one that it has already; the order is the same everywhere."""
    names = [name_of(item) for item in known]
    for i, item in enumerate(found):
        if name_of(item) not in names:
            later = [names.index(name_of(next_)) for next_ in found[i + 1 :] if name_of(next_) in names]
            at = later[0] if later else len(known)
            known.insert(at, item)
            names.insert(at, name_of(item))


def screen_sections(folder, screen):
    """[[heading, [action]]] of one ? screen."""
    made = []
    for line in glyph_lines(folder, "keys-" + screen)[2:-2]:
        if re.match(r" \S", line):
            made.append([line.strip(), []])
        elif line[16:].startswith(":"):
            made[-1][1].append(Action(line[2:15].split(), line[17:34].strip(), line[35:].strip()))
    return made


def take_screen(folder, screen, sections):
    """What one ? screen lists, into the sections of all."""
    found = screen_sections(folder, screen)
    merge(sections, [[heading, []] for heading, _ in found], lambda section: section[0])
    for heading, rows in found:
        all_rows = dict(sections)[heading]
        merge(all_rows, rows, lambda row: row.name)
        for row in all_rows:
            if row.name in [here.name for here in rows]:
                row.screens.append(screen)


def run_demo(folder, script):
    path = os.path.join(folder, "keys.script")
    with open(path, "w", encoding="utf-8") as file:
        file.write(script)
    mmtui("demo", "--script", path, "--size", "200x200", cwd=folder)


def sections():
    """[[heading, [action]]] as `?` lists them on every screen and tab; it is made from the tables of actions."""
    if not _sections:
        with tempfile.TemporaryDirectory() as folder:
            run_demo(folder, "Enter\n:screen layer.txt\n")
            tabs = tab_titles(folder)
            check(len(tabs) > 4, f"tabs found: {tabs}")
            ways = [("layers", ""), *[(title, f"Enter {i}") for i, title in enumerate(tabs)], ("plan", "w")]
            ask = "{way} ?\n:screen keys-{name}.txt\n{back}\n"
            run_demo(folder, "".join(ask.format(way=way, name=name, back="q q" if way else "q") for name, way in ways))
            for name, _ in ways:
                take_screen(folder, name, _sections)
    return _sections


def actions():
    return [row for _, rows in sections() for row in rows]


def option_help(command):
    """[(letter, name, argument)] as --help of a command lists them."""
    out = mmtui(*([command] if command else []), "--help").out
    return re.findall(r"^ +(?:-(\w), +)?--([a-z0-9_-]+)(?: ((?:\[NAME=\])?[A-Za-z]+))?(?:  |$)", out, re.M)


# ---- the README ----

_walk = {}


def walk(folder):
    """Run the README's walk once; returns the folder with what it wrote."""
    if "folder" not in _walk:
        _walk["folder"] = kept = tempfile.mkdtemp(prefix="mmtui-docs-")
        for script, size, options in CIRCLE:
            mmtui("demo", *options, "--script", ROOT / "tests/docs" / script, "--size", size, cwd=kept)
        mmtui("demo", "--dump-only", "demo", cwd=kept)
    return _walk["folder"]


def frame(folder, name):
    """The glyph plane of a frame."""
    with open(os.path.join(walk(folder), name + ".txt"), encoding="utf-8") as file:
        glyphs, ruler, _ = file.read().partition("---\n")
    check(ruler, f"{name}.txt is no frame")
    return "\n".join(line.rstrip() for line in glyphs.splitlines())


def output(folder, line):
    words = shlex.split(line)
    same(words[0], "mmtui", "the command of an output block")
    run = mmtui(*words[1:], cwd=walk(folder))
    return run.out.rstrip("\n")


def key_table(names):
    by_name = {row.name: row for row in actions()}
    lines = ["| keys | command | |", "| --- | --- | --- |"]
    for name in names.split():
        check(name in by_name, f"README: unknown action {name}")
        row = by_name[name]
        keys = " ".join(f"`{key}`" for key in row.keys).replace("|", "\\|")
        lines.append(f"| {keys} | `:{name}` | {row.help} |")
    return "\n".join(lines)


class Verdict:
    def __init__(self, row):
        field = dict(re.findall(r'\.(\w+) =\s*(true|"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)', row))
        self.word, self.explanation = c_string(field["word"]), c_string(field["explanation"])
        self.bad, self.is_origin = "bad" in field, "is_origin" in field
        self.precision_cannot_fix = "precision_cannot_fix" in field


def verdicts():
    """The rows of the table of verdicts."""
    rows = re.split(r"\[MM_VERDICT_\w+\] = (?=\{\.word)", read(ROOT / "src/cause/verdict.c").partition("\n};")[0])[1:]
    declared = re.search(r"enum mm_verdict_kind \{(.*?)\};", read(ROOT / "include/mmtui/cause.h"), re.S)[1]
    same(len(rows), len(re.findall(r"MM_VERDICT_(?!COUNT)\w+", declared)), "verdicts of cause.h and verdict.c")
    return [Verdict(row) for row in rows]


def verdict_table():
    rows = [f"| `{verdict.word}` | {verdict.explanation} |" for verdict in verdicts()]
    return "\n".join(["| verdict | |", "| --- | --- |", *rows])


BLOCK = re.compile(r"(<!-- (screen|output): (.*?) -->\n```text\n)(.*?)(\n```\n)", re.S)
KEYS = re.compile(r"(<!-- keys: (.*?) -->\n)(.*?)(\n\n)", re.S)
VERDICTS = re.compile(r"(<!-- verdicts -->\n)(.*?)(\n\n)", re.S)


@test
def readme_blocks(folder):
    """docs: the README's screens and outputs are what the program shows"""
    make = {"screen": frame, "output": output}
    text = read(README)
    rewrite(README, BLOCK.sub(lambda m: m[1] + make[m[2]](folder, m[3]) + m[5], text))
    text = read(README)
    blocks = BLOCK.findall(text)
    same(len(blocks), len(re.findall("<!-- (?:screen|output):", text)), "blocks with a marker")
    for _, kind, name, shown, _ in blocks:
        same_lines(shown, make[kind](folder, name), f"README, {kind} {name}")
    scripts = "".join(read(ROOT / "tests/docs" / script) for script, _, _ in CIRCLE)
    written = re.findall(r"^:screen (\S+)\.txt$", scripts, re.M)
    same(sorted(name for _, kind, name, _, _ in blocks if kind == "screen"), sorted(written), "screens")


PICTURES = {
    "layers": "The layers of the demo, the worst first",
    "overflow": "One layer: what is wrong, why, and what to do",
    "written": "The plan, and what was written",
}


@test
def readme_pictures(folder):
    """docs: the README's pictures are the frames of its screens, every character in its cell"""
    names = re.findall(r"!\[([^]]*)\]\(docs/(\w+)\.svg\)", read(README))
    same([(name, title) for title, name in names], list(PICTURES.items()), "pictures of the README")
    for name, title in PICTURES.items():
        with open(os.path.join(walk(folder), name + ".txt"), encoding="utf-8") as file:
            made = picture.picture(file.read(), title)
        path = ROOT / "docs" / (name + ".svg")
        if UPDATE:
            path.write_text(made, encoding="utf-8")
        same_lines(read(path), made, f"docs/{name}.svg")
        root = ElementTree.fromstring(made)
        texts = root.findall(".//{http://www.w3.org/2000/svg}text")
        for text in texts:
            same(int(text.get("textLength")), len(text.text) * picture.CELL_W, f"{name}.svg, width of {text.text!r}")
            same((int(text.get("x")) - picture.MARGIN) % picture.CELL_W, 0, "column")
        shown = {}
        for text in texts:
            column = (int(text.get("x")) - picture.MARGIN) // picture.CELL_W
            line = shown.setdefault(int(text.get("y")), "").ljust(column)
            shown[int(text.get("y"))] = line + text.text
        same([shown[y].rstrip() for y in sorted(shown)], [line for line in frame(folder, name).split("\n") if line], f"{name}.svg")


@test
def pictures_are_shown(folder):
    """docs: every picture is in the README"""
    same(sorted(path.name for path in (ROOT / "docs").iterdir()), sorted(name + ".svg" for name in PICTURES), "files in docs/")


@test
def readme_figures(folder):
    """docs: the counts in the README's walk are those of its screens"""
    first, second, third = (
        int(re.search(r"(\d+) over \d", frame(folder, name)).group(1)) for name in ("layers", "vanished", "clean")
    )
    text = " ".join(read(README).split())
    check(f" {first} layers are over" in text, f"README: {first} layers are over the threshold at first")
    check(f" {first - second} bad layers" in text, f"README: {first - second} bad layers are gone after the first step")
    same((second, third), (2, 0), "layers over the threshold after the first and the second step")


@test
def readme_keys(folder):
    """docs: the README's keys are those of the action table"""
    text = read(README)
    rewrite(README, KEYS.sub(lambda m: m[1] + key_table(m[2]) + m[4], text))
    blocks = KEYS.findall(read(README))
    check(blocks, "the README has no key table")
    for _, names, shown, _ in blocks:
        same_lines(shown, key_table(names), "README, keys")


@test
def readme_verdicts(folder):
    """docs: the README's verdicts are those of the sources, with what they mean"""
    text = read(README)
    rewrite(README, VERDICTS.sub(lambda m: m[1] + verdict_table() + m[3], text))
    found = VERDICTS.search(read(README))
    check(found, "the README has no table of verdicts")
    same_lines(found[2], verdict_table(), "README, verdicts")


def dialects():
    """(ids, names of files) of all export dialects."""
    ids, files = [], []
    for path in sorted(ROOT.glob("src/export/*.c")):
        ids += re.findall(r'^    \.id = "(\w+)",', read(path), re.M)
        for table in re.findall(r"mm_export_file FILES\[\] = \{\n(.*?)^\};", read(path), re.M | re.S):
            files += re.findall(r'^    \{"([^"]+)"', table, re.M)
    check(len(ids) > 1 and len(files) > len(ids), "no dialects found in src/export")
    return ids, sorted(set(files))


@test
def runtimes(folder):
    """docs: --help, README and manual page name every runtime that is exported for"""
    for command in ("export", ""):
        (line,) = re.findall(r"^      --to .*\n(?: {20}.*\n)*", mmtui(*command.split(), "--help").out, re.M)
        for name in dialects()[0]:
            check(re.search(rf"\b{name}\b", line), f"mmtui {command} --help does not name {name}: {line}")
    for name in dialects()[0]:
        check(f"`--to {name}`" in read(README), f"README does not have `--to {name}`")
        check(re.search(rf"^\.B[RI]? {name}\b", man_section("RUNTIMES"), re.M), f"RUNTIMES does not have {name}")


@test
def readme_formats(folder):
    """docs: the README names every file format, every number format and every exported file"""
    text = read(README)
    endings = re.findall(r'^     \.ending = "(\.\w+)"', read(ROOT / "src/format/formats.c"), re.M)
    check(endings, "no file formats found in formats.c")
    dtypes = [c_string(fields[0]) for fields in table_rows("src/tensor/dtype.c", "MM_")]
    check(dtypes, "no rows found in dtype.c")
    for word in endings + dtypes + dialects()[1]:
        check(f"`{word}`" in text, f"README does not name `{word}`")


# ---- the manual page ----


def plain(text):
    """Without roff's fonts and escapes."""
    text = re.sub(r"\\f[BIRP]", "", text)
    return text.replace("\\-", "-").replace("\\(aq", "'").replace("\\&", "").replace("\\e", "\\")


def man_section(name, page=MANUAL):
    found = re.search(rf'^\.SH "?{name}"?\n(.*?)(?=^\.SH |\Z)', read(page), re.M | re.S)
    check(found, f"{page.name} has no section {name}")
    return found.group(1)


def man_tags(section):
    """The tags of its .TP paragraphs."""
    return [plain(tag) for tag in re.findall(r"^\.T[PQ]\n(.*)\n", section, re.M)]


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def screens_of(action):
    """ "layers, layer", or "" for an action that is known everywhere."""
    tabs = [name for name in action.screens if name not in ("layers", "plan")]
    every_tab = {name for row in actions() for name in row.screens} - {"layers", "plan"}
    where = ["layers"] * ("layers" in action.screens)
    where += ["layer"] if set(tabs) == every_tab else [f"{name} tab" for name in tabs]
    where += ["plan"] * ("plan" in action.screens)
    return "" if where == ["layers", "layer", "plan"] else ", ".join(where)


def man_actions():
    """The list of actions as the manual page has it."""
    lines = []
    for heading, rows in sections():
        lines.append(f".SS {heading}")
        for row in rows:
            keys = " ".join(f"\\fB{roff(key)}\\fR" for key in row.keys)
            name = f"\\fB:{roff(row.name)}\\fR"
            where = screens_of(row)
            lines += [".TP", f"{keys}  {name}" if keys else name]
            lines.append(f"{roff(row.help)}." + (f" [{where}]" if where else ""))
    return "\n".join(lines)


ACTIONS = re.compile(r'(^\.\\" actions: .*?\n)(.*?)(\n\.\\" end of actions\n)', re.M | re.S)


@test
def man_keys(folder):
    """docs: the manual page lists every action with its keys"""
    rewrite(MANUAL, ACTIONS.sub(lambda m: m[1] + man_actions() + m[3], read(MANUAL)))
    found = ACTIONS.search(read(MANUAL))
    check(found, "the manual page has no list of actions")
    same_lines(found[2], man_actions(), "manual page, list of actions")


def man_option_tags(page):
    """[(letter, name, argument)] of its OPTIONS."""
    tags = man_tags(man_section("OPTIONS", page))
    documented = [re.fullmatch(r"(?:-(\w), )?--([a-z0-9_-]+)(?: ((?:\[NAME=\])?\w+))?", tag) for tag in tags]
    check(all(documented), f"a tag of {page.name}'s OPTIONS is no option: {tags}")
    return sorted(match.groups("") for match in documented)


@test
def man_options(folder):
    """docs: the manual page has the options of every --help, and no others"""
    known = sorted({option for command in COMMANDS for option in option_help(command)})
    check(known, "no options found in --help")
    same(man_option_tags(MANUAL), known, "options (letter, name, argument)")
    triage = sorted(option_help("triage"))
    check(triage, "no options found in mmtui triage --help")
    same(man_option_tags(TRIAGE_COMMAND), triage, "options of triage (letter, name, argument)")


def man_taken(command):
    """The options of a command as the manual page lists them."""
    names = ", ".join(roff("--" + name) for _, name, _ in option_help(command))
    return "\n".join(textwrap.wrap(names, 116, break_on_hyphens=False)) + "\n"


@test
def man_commands(folder):
    """docs: the manual page tells for every command which options it takes"""
    for command in COMMANDS:
        title = rf"mmtui {command}(?: \\fI(?:SRC DST|MODEL.onnx)\\fR| \\fR\[[^\n]*\]| \\fBbash[^\n]*)?" if command else r"mmtui (?:\\fI)?SRC DST(?:\\fR)?"
        list_of = re.compile(rf"(^\.SS {title}\n(?:(?!\.SS )[^\n]*\n)*?Options:\n)(.*?)(?=^\.S[SH] )", re.M | re.S)
        rewrite(MANUAL, list_of.sub(lambda m: m[1] + man_taken(command), read(MANUAL)))
        found = list_of.search(read(MANUAL))
        check(found, f"COMMANDS has no '{command or 'SRC DST'}' with its options")
        same_lines(found[2], man_taken(command), f"manual page, options of '{command or 'SRC DST'}'")


@test
def man_tables(folder):
    """docs: the manual page has every column, setting, filter word, verdict and exported file"""
    text = plain(read(MANUAL))
    columns = [c_string(fields[0]) for fields in table_rows("src/report/columns.c", "MM_COLUMN_")]
    settings = read(ROOT / "src/plan/settings.c")
    keys = re.findall(r'^    \{"([\w.]+)",', settings, re.M)
    values = re.findall(r'"([\w.]+)"', settings.split("SETTINGS[]")[0])
    flags = re.findall(r'\{"(\w+)", is_\w+\}', read(ROOT / "src/report/filter.c"))
    words = [verdict.word for verdict in verdicts()]
    precisions = re.findall(r'^    \[MM_PRECISION_\w+\] = \{"(\w+)", "(\w+)"', read(ROOT / "src/plan/precision.c"), re.M)
    precisions = [word for row in precisions for word in row]
    for what in (columns, keys, values, flags, words, precisions, dialects()[1]):
        check(what, "a table was not found in the sources")
        for word in what:
            check(re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text), f"the manual page does not have {word}")


@test
def man_environment(folder):
    """docs: the manual page has the environment variables that are read, and no others"""
    sources = "".join(read(path) for path in sorted(ROOT.glob("src/*/*.c")))
    used = set(re.findall(r'getenv\("(\w+)"\)', sources))
    same(len(re.findall(r"\bgetenv\(", sources)), len(re.findall(r'getenv\("\w+"\)', sources)), "getenv of a name")
    used |= {"LC_ALL", "LC_CTYPE", "LANG"}  # setlocale reads them
    documented = {name for tag in man_tags(man_section("ENVIRONMENT")) for name in re.findall(r"\w+", tag)}
    same(sorted(documented), sorted(used), "environment")


# ---- the manual pages of triage ----


def words_of(path, pattern):
    found = re.findall(pattern, read(ROOT / path))
    check(found, f"{path}: its table was not found")
    return found


@test
def triage_words(folder):
    """docs: mmtui-triage.7 has every cause, verdict, confidence, range and step of a suggestion"""
    text = " ".join(plain(read(TRIAGE)).split())
    causes = words_of("src/cause/cause.c", r'\[MM_CAUSE_\w+\] =\s*\{\{"([^"]+)",\s*"([^"]+)"')
    declared = re.findall(r"^    MM_CAUSE_(?!COUNT)\w+", read(ROOT / "include/mmtui/cause.h"), re.M)
    same(len(causes), len(declared), "causes of cause.c and cause.h")
    for word, title in causes:
        entry = rf"\.TP \.BR {re.escape(word)} \"(?: \([FPMVA]\))?: {re.escape(title)}\""
        check(re.search(entry, text), f"mmtui-triage.7 has no entry for the cause {word}, {title}")
    confidences = [w for w in words_of("src/triage/conclude.c", r'\[MM_(?:POSSIBLE|LIKELY|CERTAIN)\] = "(\w+)"')]
    for verdict in verdicts():
        judged = "|".join(["no", "yes"][flag] for flag in (verdict.bad, verdict.is_origin))
        row = f"{verdict.word}|{judged}|T{{ {verdict.explanation}"
        check(row in text, f"the table of verdicts of mmtui-triage.7 does not have {row}")
    for word in confidences + words_of("src/whatif/setting.c", r'\[MM_RANGE_\w+\] = "([\w.]+)"'):
        check(re.search(rf"(?<![\w.]){re.escape(word)}\|", text), f"no table of mmtui-triage.7 has {word}")
    steps = words_of("src/suggest/sentence.c", r'words\[MM_WHY_COUNT\] = \{"(\w+)", "(\w+)", "(\w+)", "(\w+)"\}')[0]
    for word in steps:
        check(f".IR {word.capitalize()} :" in text, f"mmtui-triage.7 does not explain {word}")


@test
def triage_needs(folder):
    """docs: mmtui-triage.7 says of every cause what it needs to be tried, and whether precision can't fix it"""
    letters = {"METRICS": "F", "PAIRS": "P", "MOVES": "M", "VALUES": "V", "ANY": "A"}
    pattern = r'\[MM_CAUSE_\w+\] =\s*\{\{"([^"]+)"([^}]*)\},\s*NEED_(\w+),\s*\w+\}'
    rows = words_of("src/cause/cause.c", pattern)
    page = " ".join(plain(read(TRIAGE)).split())
    listed = re.search(r"An error that no precision repairs,.*?: (.*?), and the causes (.*?)\. ", page)
    fixed = re.sub(r" \(.*?\)", "", listed[2]).split(", ")
    same(fixed, [word for word, row, _ in rows if re.search(r",\s*CANNOT_FIX,", row)], "causes that no precision repairs")
    same(listed[1].split(" and "), [v.word for v in verdicts() if v.precision_cannot_fix], "verdicts of that kind")
    for word, _, need in rows[1:]:  # the first is no cause
        check(f".BR {word} \" ({letters[need]}):" in plain(read(TRIAGE)), f"mmtui-triage.7: {word} needs {need}")


def value_of(path, name):
    """Of `#define NAME VALUE` or `.NAME = VALUE`."""
    text = re.sub(r"\\\n *", "", read(path))
    found = re.search(rf"^#define {name} +(.*?)(?: */\*.*)?$|\.{name} = ([\d.e-]+)", text, re.M)
    check(found, f"{path.name} has no {name}")
    text = re.sub(r"\(\w+_t\)", "", found[1] or found[2])
    check(re.fullmatch(r"[\d.e()<-]+", text.replace(" ", "")), f"{path.name}: {name} is no plain number: {text}")
    return float(eval(text))  # digits and shifts only


@test
def triage_limits(folder):
    """docs: the limits in mmtui-triage.7 are those of the sources"""
    limits = re.findall(r'^\.\\" limit: (\S+) (\w+)\n(.*)$', read(TRIAGE), re.M)
    check(len(limits) > 40, f"only {len(limits)} limits found in mmtui-triage.7")
    for file, name, line in limits:
        path = ROOT / file
        shown = [float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", line)]
        value = value_of(path, name)
        check(value in shown, f"mmtui-triage.7: {file} has {name} {value:g}, the page says: {line}")


def keys_of(value):
    """All keys of objects in it, but those that are words of other tables (settings)."""
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {key for name, item in value.items() if name != "settings" for key in keys_of(item)}


@test
def triage_fields(folder):
    """docs: mmtui-triage.1 has every field of the JSON"""
    mmtui("demo", "--dump-only", folder)
    third = ["--sim", folder / "src", "--before", folder / "dst"]
    report = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json", *third).out)
    text = plain(read(TRIAGE_COMMAND))
    same(report["schema_version"], int(re.search(r"^schema_version\|T\{\n(\d+)", text, re.M)[1]), "schema_version")
    check("findings" in keys_of(report) and "worth" in keys_of(report), "the demo's report is too small to tell")
    for key in sorted(keys_of(report)):
        check(re.search(rf"(?<!\w){key}(?!\w)", text), f"mmtui-triage.1 does not have {key}")


# ---- the config file and themes ----

CONFIG_PAGE = ROOT / "man" / "mmtui.conf.5"
THEMES_PAGE = ROOT / "man" / "mmtui-themes.5"
SETTINGS = re.compile(r'(\.\\" settings: .*?\n)(.*?)(?=^\.SH )', re.M | re.S)


def man_settings():
    """What --dump-config prints, as a list of roff."""
    made = []
    for title, block in re.findall(r"^# ---- (.*?) ----\n(.*?)(?=^# ---- |\Z)", mmtui("--dump-config").out, re.M | re.S):
        if title == "Keys":
            continue
        made.append(f".SS {title}\n")
        for comment, name, value in re.findall(r"^((?:# .*\n)+)#([\w-]+) = (.*)\n", block, re.M):
            text = " ".join(line[2:] for line in comment.splitlines())
            made.append(f".TP\n.B {roff(name)} = {roff(value)}\n{roff(text[0].upper() + text[1:])}.\n")
    return "".join(made)


@test
def config_page(folder):
    """docs: mmtui.conf.5 has every setting with its default, and its example is a config"""
    rewrite(CONFIG_PAGE, SETTINGS.sub(lambda m: m[1] + man_settings(), read(CONFIG_PAGE)))
    found = SETTINGS.search(read(CONFIG_PAGE))
    check(found, "mmtui.conf.5 has no list of settings")
    same_lines(found[2], man_settings(), "mmtui.conf.5, settings")
    in_config = re.findall(r"\[OPT_\w+\] =\s*\{[^,]+, \"([\w-]+)\"(?:(?!\[OPT_)[\s\S])*?IN_CONFIG", read(ROOT / "src/cli/option_table.c"))
    same(sorted(re.findall(r"^\.B ([\w-]+) = ", plain(found[2]), re.M)), sorted(in_config), "settings")
    example(folder, CONFIG_PAGE, "xdg/mmtui/config")
    mmtui("--dump-config", env={"XDG_CONFIG_HOME": os.path.join(folder, "xdg")})


def example(folder, page, name):
    """The text of a page's EXAMPLE, as a file."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(plain(re.search(r"^\.EX\n(.*?)^\.EE", man_section("EXAMPLE", page), re.M | re.S)[1]))
    return path


@test
def themes_page(folder):
    """docs: mmtui-themes.5 has every role, colour, attribute and theme, and its example is a theme"""
    roles = re.findall(r'\{"([\w.]+)", \'', read(ROOT / "src/ui/role.c"))
    tags = [tag.removeprefix(".B ") for tag in man_tags(man_section("ROLES", THEMES_PAGE))]
    same(tags, [role for role in roles if not role.startswith("heat.")], "roles")
    theme = read(ROOT / "src/ui/theme.c")
    colours = re.search(r"names\[8\] = \{\s*(\"black\".*?)\}", theme, re.S)[1]
    attributes = re.search(r"names\[\] = \{(\{\"none\".*?)\};", theme, re.S)[1]
    for section, words in (("COLOURS", re.findall(r'"(\w+)"', colours)), ("ATTRIBUTES", re.findall(r'"(\w+)"', attributes)),
                           ("DESCRIPTION", [path.name for path in (ROOT / "themes").iterdir()])):
        check(len(words) > 5, f"{section}: the table was not found in the sources")
        for word in words:
            check(re.search(rf"(?<![\w-]){word}(?![\w-])", plain(man_section(section, THEMES_PAGE))), f"{section}: {word} is missing")
    mine = example(folder, THEMES_PAGE, "themes/mine")
    mmtui("demo", "--theme", mine, "--script", "/dev/null")


def add_man_lint():
    """Only where there is a tool for it."""
    tools = [["groff", "-t", "-man", "-Tutf8", "-ww", "-z"], ["mandoc", "-Tlint", "-Wwarning"]]
    tool = next((tool for tool in tools if shutil.which(tool[0])), None)
    if not tool:
        return

    def lint(folder):
        for page in PAGES:
            done = subprocess.run([*tool, page], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            same((done.returncode, done.stdout.decode()), (0, ""), f"{tool[0]} {page.name}")

    harness.add("docs: the manual pages have no roff mistakes", lint)


add_man_lint()

# ---- all of them ----


@test
def version(folder):
    """docs: the version is the same everywhere"""
    found = mmtui("--version").out.split()[1]
    check(f"## {found} (" in read(ROOT / "CHANGELOG.md"), f"CHANGELOG.md has no '## {found} (...)'")
    for page in PAGES:
        check(f'"mmtui {found}"' in read(page), f"{page.name} is not of mmtui {found}")


@test
def file_names(folder):
    """docs: every file that README and CONTRIBUTING name is there"""
    for document in (README, CONTRIBUTING):
        for name in re.findall(r"`((?:src|include|tests|man|proto|themes|\.ci)/[^`\s]*)`", read(document)):
            if re.search(r"[A-Z*<]{2}|\*", name):  # a pattern such as src/dump/NAME.c
                continue
            check((ROOT / name).exists(), f"{document.name} names {name}, which is not there")


@test
def test_environment(folder):
    """docs: CONTRIBUTING has the environment variables that the tests read"""
    reads = r'(?:getenv\(|environ\.get\()"(\w+)"'
    files = [*ROOT.glob("tests/*/*.[ch]"), *ROOT.glob("tests/*/*/*.[ch]"), *ROOT.glob("tests/cli/*.py")]
    common = {"HOME", "LANG", "PATH", "TERM", "TMPDIR"}
    for name in sorted({name for path in files for name in re.findall(reads, read(path))} - common):
        check(re.search(rf"`{name}\b", read(CONTRIBUTING)), f"CONTRIBUTING does not have {name}")


@test
def contributing_names(folder):
    """docs: every identifier that CONTRIBUTING names is in the sources"""
    files = [ROOT / "Makefile"]
    for pattern in ("src/*/*.[ch]", "include/mmtui/*.h", "proto/*", "tests/*/*.[ch]", "tests/*/*/*.[ch]", "tests/cli/*.py"):
        files += ROOT.glob(pattern)
    words = set(re.findall(r"\w+", "".join(map(read, files))))
    named = re.findall(r"`(?:struct |enum )?([A-Za-z_]\w+)(?:\(\))?`", read(CONTRIBUTING))
    placeholders = {"NAME", "wcwidth"}
    check(len(named) > 50, "no identifiers found in CONTRIBUTING")
    for name in sorted(set(named) - placeholders):
        known = any(word.startswith(name) for word in words) if name.endswith("_") else name in words
        check(known, f"CONTRIBUTING names {name}, which is not there")


try:
    harness.main()
finally:
    if "folder" in _walk:
        shutil.rmtree(_walk["folder"], ignore_errors=True)
