#!/usr/bin/python3
"""What the sources measure: sizes, nesting, parameters, state, includes, documented prototypes.

    tests/measure.py [ROOT]            a table of figures, for the tree at ROOT (this one)
    tests/measure.py --over [ROOT]     and what is longest, deepest and widest, with its place
    tests/measure.py --check RULE [ROOT]
                                       print what breaks a rule; nothing is good. `make lint` calls it. RULE:
                                       functions, prototypes, includes

Functions count from brace to brace, both left out; comments and blank lines count. Nesting is that of statements: a
body of if, for, while, do and switch is one deeper with braces or without, `else if` is no deeper than its `if`.
Only src/ and include/ are measured; the limits for functions hold in tests/, too.
"""

import re
import statistics
import sys
from pathlib import Path

FUNCTION_MAX = 40  # lines of a function in src/ and include/
TEST_FUNCTION_MAX = 100  # in tests/: a table of cases is long and simple
PARAMETERS = 6  # more are counted in the table

# ---- reading C ----


def blank(match):
    """The same lines, without their text."""
    text = match.group(0)
    if text[0] == '"':
        return '""'
    return "'0'" if text[0] == "'" else re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """C without comments, with empty strings; line numbers stay."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', blank, text, flags=re.S)


def without_directives(text):
    """Without preprocessor lines and those that they go on in."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.M)


def end_of_group(text, at):
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    for match in re.compile(r"[(){}\[\]]").finditer(text, at):
        depth += 1 if match[0] in "({[" else -1
        if depth == 0:
            return match.end()
    return len(text)


def top_level(text):
    """(place, text, place of the body's brace or None) of each declaration and definition."""
    start, at = 0, 0
    while at < len(text):
        c = text[at]
        if c in "([":
            at = end_of_group(text, at)
        elif c == "{":
            head = text[start:at]
            end = end_of_group(text, at)
            if "(" in head and "=" not in head:
                yield start, text[start:end], at
                start = end
            at = end
        elif c == ";":
            yield start, text[start:at], None
            at += 1
            start = at
        else:
            at += 1


def split_at_commas(text):
    """At those that are in no bracket."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


class Nesting:
    """Walks the statements of a function's body."""

    def __init__(self, body):
        self.words = re.findall(r"\w+|\S", body)
        self.at, self.most = 0, 0

    def word(self, ahead=0):
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ""

    def skip_group(self):
        depth = 0
        while self.at < len(self.words):
            depth += (self.word() in "({[") - (self.word() in ")}]")
            self.at += 1
            if depth == 0:
                return

    def body(self, depth):
        self.most = max(self.most, depth)
        self.statement(depth)

    def block(self, depth):
        self.at += 1
        while self.word() not in ("}", ""):
            self.statement(depth)
        self.at += 1

    def condition(self, depth):
        self.at += 1
        self.skip_group()
        self.body(depth + 1)
        if self.word() != "else":
            return
        self.at += 1
        self.statement(depth) if self.word() == "if" else self.body(depth + 1)

    def simple(self, depth):
        """Up to its semicolon; a macro such as FOR_EACH(...) { } is a loop."""
        first = True
        while self.word() not in (";", ""):
            if self.word() in "({[":
                self.skip_group()
                if first and self.word() == "{":
                    self.body(depth + 1)
                    return
            else:
                first = first and self.word(1) == "("
                self.at += 1
        self.at += 1

    def statement(self, depth):
        word = self.word()
        if word == "{":
            self.block(depth)
        elif word == "if":
            self.condition(depth)
        elif word in ("for", "while", "switch"):
            self.at += 1
            self.skip_group()
            self.body(depth + 1)
        elif word == "do":
            self.at += 1
            self.body(depth + 1)
            self.simple(depth)
        elif word in ("case", "default"):
            while self.word() not in (":", ""):
                self.at += 1
            self.at += 1
        else:
            self.simple(depth)


class Function:
    def __init__(self, path, text, start, definition, brace):
        head = definition[: brace - start]
        body = text[brace : start + len(definition)]
        # the name stands before the last group of parentheses of the head (macros may stand before it)
        self.name = (re.findall(r"(\w+)\s*\(", head) or ["?"])[0]
        opening = re.search(re.escape(self.name) + r"\s*\(", head).end() - 1
        inside = head[opening + 1 : end_of_group(head, opening) - 1]
        self.parameters = 0 if inside.strip() in ("", "void") else len(split_at_commas(inside))
        self.place = f"{path}:{text.count(chr(10), 0, brace) + 1}"
        self.lines = max(0, body.count("\n") - 1)
        nesting = Nesting(body)
        nesting.block(0)
        self.depth = nesting.most


def is_mutable(declaration):
    """Does it define an object that can change?"""
    text = " ".join(re.sub(r"\{.*\}", " ", declaration, flags=re.S).split("=")[0].split())
    if not text or re.match(r"(__extension__ )?(extern|typedef|_Static_assert)\b", text):
        return False
    if re.fullmatch(r"(struct|union|enum)( \w+)?", text):
        return False  # a type
    paren = text.find("(")
    if paren >= 0 and not re.match(r"\(\s*\*", text[paren:]):
        return False  # a prototype
    if paren >= 0:
        return not re.match(r"\(\s*\*\s*const\b", text[paren:])
    behind = text.rpartition("*")[2] if "*" in text else text
    return not re.search(r"\bconst\b", behind)


class Source:
    def __init__(self, root, path):
        self.name = str(path.relative_to(root))
        self.raw = path.read_text(encoding="utf-8")
        text = without_directives(without_comments(self.raw))
        self.lines = self.raw.count("\n")
        self.functions, self.mutable = [], []
        for start, definition, brace in top_level(text):
            if brace is not None:
                self.functions.append(Function(self.name, text, start, definition, brace))
                for local in re.findall(r"(?m)^\s+static\s[^;{=]*(?:=|;)", definition):
                    if is_mutable(local.rstrip("=;")):
                        self.mutable.append(f"{self.name}: {' '.join(local.split())}")
            elif not self.name.endswith(".h") and is_mutable(definition):
                self.mutable.append(f"{self.name}: {' '.join(definition.split())[:60]}")


# ---- includes ----


def knows(root):
    """Folder -> the folders that it may include: KNOWS_* of the Makefile, and cli, which knows all."""
    rows = re.findall(r"^KNOWS_(\w+)\s*:=\s*(.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.M)
    table = {}
    for folder, words in rows:
        table[folder] = set()
        for word in words.split():
            other = re.fullmatch(r"\$\(KNOWS_(\w+)\)", word)
            table[folder] |= table[other[1]] if other else {word}
    table["cli"] = set(table) | {"cli"}
    return table


def generated_for(root):
    """Header of proto/ -> the folders that read or write these messages: PROTO_* of the Makefile."""
    rows = re.findall(r"^PROTO_(\w+)\s*:=\s*(.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.M)
    return [(f"proto/{name}.pb-c.h", folder) for folder, words in rows for name in re.findall(r"proto/(\w+)\.", words)]


CURSES = re.compile(r"(.*/)?(n?cursesw?|term)\.h")


def folder_of(name):
    """src/pair/shard.c -> pair, include/mmtui/pair.h -> pair."""
    part = name.split("/")
    return part[1] if part[0] == "src" else part[-1][: -len(".h")]


def upward_includes(root, sources):
    table, generated = knows(root), generated_for(root)
    for source in sources:
        folder = folder_of(source.name)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', source.raw, re.M):
            header, place = match[2], f"{source.name}:{source.raw.count(chr(10), 0, match.start()) + 1}"
            first = header.split("/")[0]
            if folder not in table:
                yield f"{place}: the Makefile has no row KNOWS_{folder}"
            elif match[1] == "<":
                if CURSES.fullmatch(header) and source.name != "src/ui/term.c":
                    yield f"{place}: <{header}>: only src/ui/term.c opens the door to the terminal"
            elif first == "proto":
                if generated and (header, folder) not in generated:
                    yield f"{place}: {header} is not for {folder} (PROTO_{folder} in the Makefile)"
            elif "/" in header:
                wanted = folder_of(header) if first == "mmtui" else first
                if wanted not in table[folder]:
                    yield f"{place}: {folder} must not know {header}"


# ---- public prototypes ----


def prototypes(source):
    """(name, place, documented) of a header's prototypes. A comment ends on the line before, or stands behind."""
    bare = without_directives(without_comments(source.raw))
    lines = source.raw.split("\n")
    for start, text, brace in top_level(bare):
        name = re.search(r"(\w+)\s*\(", text)
        if brace is not None or not name or re.match(r"\s*(typedef|struct\s*\w*\s*\{|enum|_Static_assert)", text):
            continue
        if "{" in text:
            continue
        first = bare.count("\n", 0, start + len(text) - len(text.lstrip()))
        last = bare.count("\n", 0, start + len(text))
        documented = first > 0 and lines[first - 1].rstrip().endswith("*/") or "/*" in lines[last]
        section = re.fullmatch(r"/\* -+ .* -+ ?\*/", lines[first - 1].strip()) if first else None
        yield name[1], f"{source.name}:{first + 1}", documented and not section


# ---- what is told ----


def sources_of(root, patterns):
    return [Source(root, path) for pattern in patterns for path in sorted(root.glob(pattern))]


def table(root, over):
    sources = sources_of(root, ["src/*/*.[ch]", "src/*/*.inc", "include/mmtui/*.h"])
    functions = [function for source in sources for function in source.functions]
    public = [row for source in sources if source.name.startswith("include/") for row in prototypes(source)]
    bare = [row for row in public if not row[2]]
    longest = max(functions, key=lambda f: f.lines)
    largest = max(sources, key=lambda s: s.lines)
    deepest = max(functions, key=lambda f: f.depth)
    widest = max(functions, key=lambda f: f.parameters)
    mutable = [line for source in sources for line in source.mutable]
    upward = list(upward_includes(root, sources))
    wide = [f for f in functions if f.parameters > PARAMETERS]
    long = [f for f in functions if f.lines > FUNCTION_MAX]
    deep = sum(f.depth > 3 for f in functions)
    rows = [
        ("functions", len(functions), ""),
        ("  median, lines", f"{statistics.median(f.lines for f in functions):g}", ""),
        ("  longest, lines", longest.lines, f"{longest.name}, {longest.place}"),
        (f"  over {FUNCTION_MAX} lines", len(long), ""),
        ("  nesting: deepest", deepest.depth, f"{deepest.name}, {deepest.place}"),
        ("  nesting: over 3", deep, ""),
        ("  parameters: most", widest.parameters, f"{widest.name}, {widest.place}"),
        (f"  parameters: over {PARAMETERS}", len(wide), ""),
        ("files", len(sources), ""),
        ("  median, lines", f"{statistics.median(s.lines for s in sources):g}", ""),
        ("  longest, lines", largest.lines, largest.name),
        ("mutable objects at file scope", len(mutable), ""),
        ("includes that point up", len(upward), ""),
        ("public prototypes", len(public), ""),
        ("  without a comment", f"{len(bare)} ({100 * len(bare) / max(1, len(public)):.0f} %)", ""),
    ]
    for what, figure, place in rows:
        print(f"{what:32} {figure!s:>10}  {place}".rstrip())
    if over:
        tell_more(functions, mutable, upward, bare)


def tell_more(functions, mutable, upward, bare):
    print("\nlongest functions")
    for function in sorted(functions, key=lambda f: -f.lines)[:10]:
        print(f"  {function.lines:4} lines  {function.place} {function.name}")
    print(f"\nover {PARAMETERS} parameters, or nested over 3 deep")
    for function in functions:
        if function.parameters > PARAMETERS or function.depth > 3:
            print(f"  {function.parameters:2} parameters, {function.depth} deep  {function.place} {function.name}")
    for title, lines in (
        ("mutable objects", mutable),
        ("includes that point up", upward),
        ("public prototypes without a comment", [f"{place}: {name}" for name, place, _ in bare]),
    ):
        print(f"\n{title}")
        for line in lines:
            print(f"  {line}")


def check_functions(root):
    for patterns, most in (
        (["src/*/*.[ch]", "src/*/*.inc", "include/mmtui/*.h"], FUNCTION_MAX),
        (["tests/*/*.[ch]", "tests/*/*/*.[ch]"], TEST_FUNCTION_MAX),
    ):
        for source in sources_of(root, patterns):
            for function in source.functions:
                if function.lines > most:
                    yield f"{function.place}: {function.lines} lines, at most {most}: {function.name}"


def check_prototypes(root):
    for source in sources_of(root, ["include/mmtui/*.h"]):
        for name, place, documented in prototypes(source):
            if not documented:
                yield f"{place}: {name} has no comment"


def check_includes(root):
    return upward_includes(root, sources_of(root, ["src/*/*.[ch]", "src/*/*.inc", "include/mmtui/*.h"]))


RULES = {"functions": check_functions, "prototypes": check_prototypes, "includes": check_includes}


def main(words):
    rule = words[1] if words[:1] == ["--check"] and len(words) > 1 else None
    over = words[:1] == ["--over"]
    rest = words[2 if rule else 1 if over else 0 :]
    if len(rest) > 1 or rest and rest[0].startswith("-") or rule and rule not in RULES:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(rest[0] if rest else Path(__file__).parent.parent).resolve()
    if rule:
        for line in RULES[rule](root):
            print(line)
    else:
        table(root, over)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
