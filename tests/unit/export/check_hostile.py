"""Read what a dialect wrote of the names of hostile.h with the parser of its language: check_hostile.py DIALECT FOLDER."""

import importlib
import json
import sys

HOSTILE = [
    "/ln/Pow",
    "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" ''' # {}",
    "\u00e9\u20ac\U0001f480\u202e",
    "\"]}; import os; os._exit(3) #",
    "a, b + c|d.*(e)[f]{2}^$?",
    "<layer name=\"x\"/>&amp;&#10;]]>",
    " blank ",
]
DIALECT, FOLDER = sys.argv[1:]
sys.path.insert(0, FOLDER)


def read(name):
    with open(FOLDER + "/" + name, encoding="ascii") as file:
        return json.load(file)


def nncf():
    assert sorted(read("ignored_scope.json")["names"]) == sorted(HOSTILE)
    module = importlib.import_module("ignored_scope")
    assert sorted(name for name, *_ in module.OPERATORS) == sorted(HOSTILE)


def qnn():
    encodings = read("overrides.encodings")
    assert sorted(each["name"] for each in encodings["activation_encodings"]) == sorted(HOSTILE)


{"nncf": nncf, "qnn": qnn}[DIALECT]()
