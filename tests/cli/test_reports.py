#!/usr/bin/python3
"""--format, --columns, --fail-if, --baseline: read back by the parsers of Python."""

import csv
import io
import json
import math
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np

from harness import check, main, mmtui, pair_of_folders, same, test

NAN = float("nan")
NASTY = "a|b <i>&\"x\",=1"  # no slash: it is a file's name


def dumps(folder, errors):
    """A pair a figure: src is 1, dst is 1 + it; None: only in src, NaN: a NaN in dst."""
    a, b = pair_of_folders(folder)
    for i, (name, error) in enumerate(errors.items()):
        np.save(a / f"{1000 + i}_{name}.npy", np.ones(4, "f4"))
        if error is not None:
            np.save(b / f"{2000 + i}_{name}.npy", np.full(4, 1 + error, "f8"))
    return a, b


ERRORS = {"first": 0.0, NASTY: 0.25, "broken": math.nan, "alone": None, "=SUM(A1)": 0.0078125}


def listing(folder, kind, *options, status=0):
    a, b = dumps(folder, ERRORS)
    return mmtui("compare", "-s", a, "-d", b, "--format", kind, *options, status=status)


@test
def as_csv(folder):
    """--format csv: Python's csv reads the names back; figures to the last digit; no formula"""
    out = listing(folder, "csv", "--columns", "layer,diff2,verdict", "--sort", "number").out
    rows = list(csv.reader(io.StringIO(out, newline="")))
    same(rows[0], ["layer", "diff2", "verdict"], "head")
    same([row[0] for row in rows[1:]], ["first", NASTY, "broken", "alone", "'=SUM(A1)"], "names")
    same([row[1] for row in rows[1:]], ["0", "0.25", "inf", "", "0.0078125"], "figures")
    check(not list(folder.glob("diff_jsons")), "no files without -o")


@test
def as_markdown(folder):
    """--format markdown: every row has the head's cells"""
    lines = listing(folder, "markdown", "--columns", "layer,diff2").out.splitlines()
    rows = [line for line in lines if line.startswith("|")]
    same({len(re.findall(r"(?<!\\)\|", row)) for row in rows}, {3}, "bars")
    check(any("a\\|b \\<i\\>" in row for row in rows), rows)
    check("pairs" in "".join(lines), "summary")


@test
def as_junit(folder):
    """--format junit: counts, failures and skipped"""
    suite = ElementTree.fromstring(listing(folder, "junit").out.encode()).find("testsuite")
    same({k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")},
         {"tests": "5", "failures": "2", "errors": "0", "skipped": "1"}, "counts")
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    same(failed, {NASTY, "broken"}, "failed")
    message = next(case for case in suite if case.get("name") == NASTY).find("failure")
    check("over" in message.get("message") and "diff2: 2.50e-1" in message.text, message.text)


class Page(HTMLParser):
    """Rows of the table, and every address that the page names."""

    def __init__(self):
        super().__init__()
        self.rows, self.cell, self.addresses, self.open = [], None, [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.addresses += [v for k, v in attributes.items() if k in ("src", "href", "action")]
        if tag == "tr":
            self.rows.append([])
        self.cell = tag if tag in ("td", "th") else self.cell
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass  # <path/>

    def handle_endtag(self, tag):
        same(self.open.pop(), tag, "nesting")
        self.cell = None if tag in ("td", "th") else self.cell

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data


@test
def as_html(folder):
    """--format html: well nested, names escaped, nothing fetched, pictures for what is there"""
    out = listing(folder, "html", "--columns", "layer,diff2", "--sort", "number").out
    page = Page()
    page.feed(out)
    same(page.open, [], "open elements")
    same([row[0] for row in page.rows], ["LAYER", "first", NASTY, "broken", "alone", "=SUM(A1)"], "names")
    same(page.addresses, [], "addresses")
    check("http" not in out and "url(" not in out, "nothing is fetched")
    check('<svg id="profile"' in out and out.count("<details>") == 4, "pictures")
    triage = mmtui("triage", *dumps(folder, ERRORS), "--format", "html").out
    check('<pre id="triage">' in triage and "First layer that introduces an error" in triage, "verdicts")


def in_browser(page, fragment):
    """The rows that Chromium shows, and what it says of their number."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom",
               f"--user-data-dir={page.parent / 'profile'}", f"{page.as_uri()}#{fragment}"]
    own = {**os.environ, "HOME": str(page.parent), "XDG_CONFIG_HOME": str(page.parent / "config"), "XDG_CACHE_HOME": str(page.parent)}
    done = subprocess.run(command, capture_output=True, timeout=120, check=True, env=own)
    found = Page()
    found.feed(done.stdout.decode())
    shown = re.search(r'id="shown"[^>]*>([^<]*)<', done.stdout.decode())[1]
    return [row[0] for row in found.rows[1:]], shown


if os.environ.get("MMTUI_LONG"):

    @test
    def browser(folder):
        """--format html in Chromium: sorts by a figure, both ways, filters by text and by figure"""
        page = folder / "report.html"
        page.write_text(listing(folder, "html", "--columns", "layer,diff2", "--sort", "number").out)
        same(in_browser(page, "")[0], ["first", NASTY, "broken", "alone", "=SUM(A1)"], "as written")
        rows, shown = in_browser(page, "sort=diff2")
        same((rows, shown), (["broken", NASTY, "=SUM(A1)", "first", "alone"], "5 layers"), "worst first")
        same(in_browser(page, "sort=-diff2")[0], ["first", "=SUM(A1)", NASTY, "broken", "alone"], "turned round")
        same(in_browser(page, "filter=diff2%3E0.1+!broken"), ([NASTY], "1 of 5 layers"), "by figure")
        same(in_browser(page, "filter=bad&sort=layer")[0], [NASTY, "broken"], "what is bad")


@test
def as_json(folder):
    """--format json is mmtui.json; with -o the files are written, too"""
    report = json.loads(listing(folder, "json", "-o", folder / "out").out)
    same(report, json.loads((folder / "out/mmtui.json").read_text()), "report")
    check((folder / "out/diff.json").exists(), "diff.json")


@test
def suggestions(folder):
    """suggest --format: the same operators in every form"""
    a, b = pair_of_folders(folder)
    rng = np.random.default_rng(5)
    x = rng.normal(size=400).astype("f4")
    for i, name in enumerate(["in", "mid", "out"]):
        np.save(a / f"{1000 + i}_{name}.npy", x)
        np.save(b / f"{2000 + i}_{name}.npy", x if i == 0 else (np.round(x / 0.4) * 0.4).astype("f4"))
    wanted = json.loads(mmtui("suggest", a, b, "--top", "1", "--format", "json").out)
    names = [row["name"] for row in wanted["suggestions"]]
    check(names, "something is suggested")
    rows = list(csv.DictReader(io.StringIO(mmtui("suggest", a, b, "--top", "1", "--format", "csv").out)))
    same([row["layer"] for row in rows], names, "csv")
    suite = ElementTree.fromstring(mmtui("suggest", a, b, "--top", "1", "--format", "junit").out.encode())
    same([case.get("name") for case in suite.iter("testcase")], names, "junit")
    check(f"| {names[0]} |" in mmtui("suggest", a, b, "--top", "1", "--format", "markdown").out, "markdown")
    page = Page()
    page.feed(mmtui("suggest", a, b, "--top", "1", "--format", "html").out)
    same([row[0] for row in page.rows[1:]], names, "html")
    same(page.open, [], "nesting")


@test
def fail_if(folder):
    """--fail-if: 1 when a layer is so, 0 when none is, 2 when it is no filter"""
    a, b = dumps(folder, {"first": 0.0, "second": 0.25})
    run = mmtui("compare", "-s", a, "-d", b, "-o", folder / "o", "--fail-if", "diff2>0.2", status=1)
    check("diff2>0.2 holds for 1 layer, first #2 second" in run.err, run.err)
    mmtui("compare", "-s", a, "-d", b, "-o", folder / "o", "--fail-if", "diff2>0.3")
    mmtui("triage", a, b, "--fail-if", "second diff2>0.2", status=1)
    for wrong in ("diff9>0.3", " "):
        mmtui("compare", "-s", a, "-d", b, "--fail-if", wrong, status=2)


@test
def baseline(folder):
    """--baseline: only what got worse fails; better is said; both kinds of report serve"""
    before = {"same": 0.25, "worse": 0.25, "better": 0.25, "fixed": math.nan, "broke": 0.0, "fine": 0.01}
    now = {"same": 0.26, "worse": 0.5, "better": 0.125, "fixed": 0.0, "broke": math.nan, "fine": 0.02, "new": 0.25}
    (folder / "1").mkdir()
    (folder / "2").mkdir()
    a, b = dumps(folder / "1", before)
    mmtui("compare", "-s", a, "-d", b, "-o", folder / "old")
    a, b = dumps(folder / "2", now)
    for name in ("mmtui.json", "diff.json"):
        run = mmtui("compare", "-s", a, "-d", b, "-o", folder / "new", "--baseline", folder / "old" / name, status=1)
        worse, better = run.err.split("got better")
        same(sorted(re.findall(r"#\d+ (\w+):", worse)), ["broke", "new", "worse"], f"{name}: worse")
        same(sorted(re.findall(r"#\d+ (\w+):", better)), ["better", "fixed"], f"{name}: better")
        mmtui("compare", "-s", a, "-d", b, "-o", folder / "new", "--baseline", folder / "new/mmtui.json", "--fail")
    (folder / "x.json").write_text("{}")
    run = mmtui("compare", "-s", a, "-d", b, "-o", folder / "new", "--baseline", folder / "x.json", status=2)
    check("x.json" in run.err and "no list of layers" in run.err, run.err)
    check("mmtui: \n" not in run.err and run.err.count("x.json") == 1, run.err)
    for other in ('["conv1", "relu1"]', "[1]", '[{"a": 1}]', "[[1]]", '{"layers": [{}]}', '{"layers": {"name": "x"}}'):
        (folder / "other.json").write_text(other)
        for words in (["compare", a, b, "-o", folder / "new", "--baseline"], []):
            run = mmtui(*words, folder / "other.json", status=2)
            check("other.json: is no mmtui.json and no diff.json: it has no list of layers" in run.err, run.err)


@test
def without_tensors(folder):
    """a report instead of two dumps: the same table, sorted and filtered, after the tensors are gone"""
    a, b = dumps(folder, ERRORS)
    table = mmtui(a, b, "--sort", "diff2").out.splitlines()
    mmtui("compare", "-s", a, "-d", b, "-o", folder / "out")
    shutil.rmtree(a)
    shutil.rmtree(b)
    run = mmtui(folder / "out/mmtui.json", "--sort", "diff2")
    same([line.split()[:6] for line in run.out.splitlines()[:-1]], [line.split()[:6] for line in table[:-1]], "table")
    check("the tensors are not read" in run.err, run.err)
    only = mmtui(folder / "out/mmtui.json", "--filter", "diff2>0.1 !broken", "--fail", status=1).out.splitlines()
    check(only[1].split()[1].startswith("a|b") and len(only) == 3, only)
    mmtui(folder / "out/mmtui.json", "--baseline", folder / "out/mmtui.json", "--fail-if", "diff2>2 !broken")
    rows = list(csv.reader(io.StringIO(mmtui(folder / "out/diff.json", "--format", "csv", "--columns", "layer,diff2").out)))
    same({row[0]: row[1] for row in rows[1:]},
         {"first": "0", NASTY: "0.25", "broken": "inf", "alone": "", "'=SUM(A1)": "0.0078125"}, "diff.json")


@test
def vendor_report(folder):
    """a diff.json as MagicMind's tool writes it opens: bare NaN, 999, unmatched tensors"""
    report = [
        {"TensorName": "conv", "TensorShape": [1, 3], "SrcModelInfo": {"Timestamp": "7", "NodeName": "c", "OpType": "Conv", "Index": 0},
         "DstModelInfo": {"Timestamp": "9", "NodeName": "main/c", "OpType": "mm.conv2d", "Index": 0}, "Valid": True,
         "Results": {"diff1": 0.5, "diff2": 0.25, "diff3": [0.75, 0.0], "diff4": [1.0, 0.0, 3.0]}},
        {"TensorName": "shape", "TensorShape": [2], "SrcModelInfo": {}, "DstModelInfo": {}, "Valid": True,
         "Results": {"diff1": 999, "diff2": 999, "diff3": [999, 999], "diff4": [999, 999, 999]}},
        {"TensorName": "nan", "TensorShape": [2], "SrcModelInfo": {}, "DstModelInfo": {}, "Valid": True,
         "Results": {"diff1": NAN, "diff2": NAN, "diff3": [NAN, NAN], "diff4": [NAN, NAN, NAN]}},
        {"TensorName": "alone", "Valid": False},
    ]
    path = folder / "diff.json"
    path.write_text(json.dumps(report, indent=4))
    check("NaN" in path.read_text(), "bare NaN")
    rows = list(csv.DictReader(io.StringIO(mmtui(path, "--format", "csv", "--columns", "layer,op,shape,diff1,verdict").out)))
    found = {row["layer"]: row for row in rows}
    same((found["conv"]["op"], found["conv"]["shape"], found["conv"]["diff1"]), ("mm.conv2d", "1x3", "0.5"), "conv")
    check("shape" in found["shape"]["verdict"], found["shape"])
    same(found["nan"]["diff1"], "inf", "NaN is worst")
    check("only in src" in found["alone"]["verdict"], found["alone"])
    (folder / "steps").write_text(":screen -\n")
    first = mmtui(path, "--script", folder / "steps").out.splitlines()[0]
    check("mmtui  a report   3 pairs" in first, first)  # it does not say whose dumps


@test
def no_report(folder):
    """a report: broken JSON, other JSON, a part of a run: sentences"""
    for name, text, word in (("a.json", "{", "line 1"), ("b.json", '{"x": 1}', "no list of layers"), ("c.json", "", "c.json"),
                             ("d.json", '{"layers": [], "shard": {}}', "mmtui merge"),
                             ("e.json", '{"layers": [1, {"name": 5, "src": {"shape": [-1, 1e99]}}, []]}', "no list of layers"),
                             ("f.json", '{"layers": [{"name": "5", "src": {"shape": [-1, 1e99]}}]}', None)):
        (folder / name).write_text(text)
        run = mmtui(folder / name, status=2 if word else 0)
        check(not word or word in run.err, run.err)
    check("two dumps" in mmtui(folder, status=2).err, "a folder alone")


main()
