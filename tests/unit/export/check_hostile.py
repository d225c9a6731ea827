"""Read what a dialect wrote of the names of hostile.h with the parser of its language: check_hostile.py DIALECT FOLDER."""

import importlib
import json
import re
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


def aiedge():
    """Each rule fits its own name, as ai-edge-quantizer searches it, and no other."""
    rules = read("recipe.json")[1:]
    assert len(rules) == len(HOSTILE)
    for name in HOSTILE:
        assert len([rule for rule in rules if re.search(rule["regex"], name + ";")]) == 1, name
        assert [rule for rule in rules if re.search(rule["regex"], "other;" + name + ";")], name
        assert not [rule for rule in rules if re.search(rule["regex"], "x" + name + "y;")], name


def esp_ppq():
    assert read("dispatching.json") == dict.fromkeys(HOSTILE, "FP32")
    importlib.import_module("dispatching")


{"nncf": nncf, "qnn": qnn, "aiedge": aiedge, "esp-ppq": esp_ppq}[DIALECT]()
