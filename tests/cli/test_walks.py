#!/usr/bin/python3
"""Walks through all screens of the demo by scripts: what is done is seen, at three sizes, in UTF-8 and ASCII, --plain too."""

import re
import unicodedata

from harness import check, main, mmtui, same, test

# The first step ends when all is measured. A walk begins at the list of layers, and ends there.
FIRST = ":sort number\ng\n"
WALKS = {
    "channels": "/ \"ffn.Dwconv\" Enter Enter 3\n:screen channels\ns\n:screen by-range\na\n:screen axis\nEnter\n:screen one-channel\nq\n",
    "values": "/ \"ln2.Pow\" Enter Enter 4\n:screen worst\ns\n:screen by-relative\nv\n:screen all\ng \"5\" Enter\n:screen index\n"
    "/ \"[0,3,:]\" Enter\n:screen slice\nq\n",
    "heat": "/ \"ln2.Pow\" Enter Enter 4 H\n:screen heat\nj >\n:screen cell\nEsc\n:screen out\nq\n",
    "runtimes": "p w t\n:screen menu\nj Enter\n:screen second\n:to magicmind\nq u\n",
    "help": "?\n:screen help\nG\n:screen end\nq\n",
    "sorting": "s\n:screen sort-menu\nn\n:screen by-name\nS\n:screen reversed\n:sort number\n",
    "filter": "& \"op=pow\" Enter\n:screen pow\n& \"diff2>>\" Enter\n:screen wrong\nEsc Esc\n:screen all-again\n",
    "tags": "g Space t\n:screen tagged\n* \"*.Pow\" Enter\n:screen pattern\nT\n:screen untagged\n",
    "undo": "g p\n:screen raised\nu\n:screen undone\nC-r\n:screen redone\nu\n",
    "theme": ": \"theme\" Enter j\n:screen themes\nEsc\n:screen no-theme\n:theme mono\n:screen mono\n:theme default\n",
    "suggest": "a\n:screen suggested\nF -\n:screen left-out\nA\n:screen accepted\nu\n",
    "reload": "r\n:screen reloaded\n",
    "mouse": "m\n:screen mouse-on\n:click 8 3\n:screen clicked\n:click 8 3\n:screen opened\nm q\n",
    "copy": "g y\n:screen name\nY\n:screen figures\n",
}

# What a frame shows at 80x24; "-" in front: what it does not.
SHOWS = {
    "channels": ["[3 Channels]", "sort: error"],
    "by-range": ["sort: range"],
    "axis": ["Channels along axis"],
    "one-channel": ["[4 Values]", " in ["],
    "worst": ["worst by |d|", "NaN"],
    "by-relative": ["worst by |d/s|"],
    "all": ["all values"],
    "index": ["[0,0,5]"],
    "slice": ["in [0,3,:]"],
    "heat": ["max|d|", "down"],
    "cell": ["axis 1: 3..5, axis 2: 1"],
    "out": ["worst by"],
    "menu": ["Runtime to write for", "ESP-PPQ"],
    "second": ["ONNX Runtime"],
    "help": ["Keys for the screen: layers", ":scroll-down"],
    "end": [":quit"],
    "sort-menu": ["Sort by", "relative L2"],
    "by-name": ["sort layer \u2191"],
    "reversed": ["sort layer \u2193", "reversed"],
    "pow": ["op=pow", "ln2.Pow", "-ln2.Sqrt"],
    "all-again": ["-op=pow"],
    "tagged": ["2 tagged", "\u25cf  1"],
    "pattern": [" tagged"],
    "untagged": ["-2 tagged", "-\u25cf  1"],
    "raised": ["\u25b8F16", "u undoes it"],
    "undone": ["Undone", "-\u25b8F16"],
    "redone": ["Redone", "\u25b8F16"],
    "themes": ["blue-yellow"],
    "no-theme": ["-blue-yellow"],
    "mono": ["Theme: mono"],
    "suggested": [" suggested"],
    "left-out": ["Left out: FLOAT32"],
    "accepted": ["override", "-suggested"],
    "reloaded": ["No file has changed"],
    "mouse-on": ["Mouse on", "Shift"],
    "clicked": ["-[0 Triage]"],
    "opened": ["[0 Triage]"],
    "name": ["Copied ", "if the terminal allows it"],
    "figures": ["Copied figures of "],
}


def run(folder, *options):
    """All walks one after the other; the frames by their names."""
    if not (folder / "src").exists():
        mmtui("demo", "--dump-only", ".", cwd=folder)
    (folder / "script").write_text(FIRST + "".join(WALKS.values()) + ":quit yes\n")
    mmtui("src", "dst", "--model", "demo.onnx", "--script", "script", *options, cwd=folder)
    return {name: (folder / name).read_text().partition("\n---")[0] for name in SHOWS}


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in line)


@test
def what_is_done_is_seen(folder):
    """walks: every step is seen at 80x24"""
    seen = run(folder, "--size", "80x24")
    wrong = []
    for name, words in SHOWS.items():
        for word in words:
            hidden = word[0] == "-" and len(word) > 1
            if (word[hidden:] in seen[name]) == hidden:
                wrong.append(f"{name}: {word}\n{seen[name]}")
    check(not wrong, "\n".join(wrong))
    same([p for p in folder.iterdir() if p.name == "export"], [], "nothing is written")


@test
def nothing_is_wider(folder):
    """walks: every frame has its size, and --ascii nothing but ASCII, at 40x12, 50x15 and 132x43"""
    for size in ("40x12", "50x15", "132x43"):
        width, height = map(int, size.split("x"))
        for options in ([], ["--ascii"]):
            for name, frame in run(folder, "--size", size, *options).items():
                lines = frame.split("\n")
                check(len(lines) == height and max(map(columns, lines)) <= width, f"{name} at {size}\n{frame}")
                check(not options or frame.isascii(), f"{name} at {size} is not ASCII\n{frame}")


@test
def plain(folder):
    """walks: --plain has no lines, blocks and braille, and says the same"""
    for name, frame in run(folder, "--size", "80x24", "--plain").items():
        check(not re.search("[\u2500-\u259f\u2800-\u28ff]", frame), f"{name}\n{frame}")
        for word in SHOWS[name]:
            check(name in ("heat", "menu") or word[0] == "-" or word in frame, f"{name}: {word}\n{frame}")


@test
def pairing_by_hand(folder):
    """walks: two tensors without partners are paired, taken apart and saved"""
    mmtui("demo", "--dump-only", ".", cwd=folder)
    script = "/ \"ln1.Pow\" Enter !\n:screen apart\n=\n:screen marked\nj =\n:screen paired\nu\n:screen undone\nC-r\n:pairs names.map\n:screen saved\n"
    (folder / "script").write_text(":sort name\n" + script)
    mmtui("src", "dst", "--script", "script", cwd=folder)
    frame = lambda name: (folder / name).read_text()
    check("Took the pair" in frame("apart"), frame("apart"))
    check("marked: = on one only in" in frame("marked"), frame("marked"))
    check("Paired " in frame("paired"), frame("paired"))
    check("Undone" in frame("undone"), frame("undone"))
    check("names.map" in frame("saved") and (folder / "names.map").read_text().strip(), frame("saved"))


main()
