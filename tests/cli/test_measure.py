#!/usr/bin/python3
"""What `make lint` measures: a small tree in which every rule is broken at a known place."""

import subprocess

import harness
from harness import ROOT, same, test

MAKEFILE = """\
KNOWS_base := base
KNOWS_pair := $(KNOWS_base) pair
PROTO_pair := $(BUILD)/proto/tensor.pb-c.o
"""
HEADER = """\
/* pair: an essay. */

/* ---- a section is no comment of what follows ---- */

int mm_bare(int x);
/* What it does. */
int mm_told(void (*call)(int), int x);
int mm_behind(void); /* what it does */
struct mm_kind {
    int (*run)(void);
};
int mm_long(int a,
            int b);
"""
# one `{` in a string, one in a comment; 4 deep: for, else (as its if), the loop of a macro, while
SOURCE = """\
#include "mmtui/pair.h"
#include "pair/pair.h"
#include <curses.h>
static int counter;
static const char *names[] = {"{"};
static const char *const fixed[] = {"a"};
/* { */
int mm_told(void (*call)(int), int x)
{
    static const int limit = 3;
    static int calls;
    for (int i = 0; i < x; i++)
        if (i > limit)
            call(i);
        else if (i == 2)
            call(2);
        else
            FOR_EACH(item, list)
            {
                while (x)
                    x--;
            }
    return calls;
}
"""


def measure(*words):
    done = subprocess.run([ROOT / "tests/measure.py", *words], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def tree(folder):
    (folder / "src/base").mkdir(parents=True)
    (folder / "src/pair").mkdir()
    (folder / "include/mmtui").mkdir(parents=True)
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "include/mmtui/pair.h").write_text(HEADER)
    (folder / "src/base/a.c").write_text(SOURCE)
    body = "    x++;\n" * 41
    (folder / "src/pair/long.c").write_text(
        f'#include "proto/tensor.pb-c.h"\n#include "mmtui/base.h"\nvoid f(int x)\n{{\n{body}}}\n'
    )
    return folder


@test
def rules(folder):
    """measure: each rule that is broken is told with its place"""
    tree(folder)
    same(measure("--check", "functions", folder), ["src/pair/long.c:4: 41 lines, at most 40: f"], "functions")
    same(
        measure("--check", "prototypes", folder),
        ["include/mmtui/pair.h:5: mm_bare has no comment", "include/mmtui/pair.h:12: mm_long has no comment"],
        "prototypes",
    )
    same(
        measure("--check", "includes", folder),
        [
            "src/base/a.c:1: base must not know mmtui/pair.h",
            "src/base/a.c:2: base must not know pair/pair.h",
            "src/base/a.c:3: <curses.h>: only src/ui/term.c opens the door to the terminal",
        ],
        "includes",
    )


@test
def figures(folder):
    """measure: the table's figures are those that were counted by hand"""
    lines = measure(tree(folder))
    found = {line[:32].strip(): line[32:].split()[0] for line in lines}
    expected = {
        "functions": "2",
        "over 40 lines": "1",
        "nesting: deepest": "4",
        "parameters: most": "2",
        "files": "3",
        "mutable objects at file scope": "3",
        "includes that point up": "3",
        "public prototypes": "4",
        "without a comment": "2",
    }
    same({name: found.get(name) for name in expected}, expected, "figures")
    same([line.split()[2] for line in lines if line.startswith("  median") or line.startswith("  longest")],
         ["27.5", "41", "24", "46"], "median and longest of functions and files")


if __name__ == "__main__":
    harness.main()
