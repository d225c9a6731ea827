"""Run the apply_overrides.py of an export against the stand-in network: check_apply_overrides.py FOLDER.

The plan that was exported is that of test_magicmind_python.c. Any failed assertion ends with a non-zero status.
"""

import contextlib
import io
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, sys.argv[1])

from standin_magicmind import DataType, Network, Node
from apply_overrides import OVERRIDES, apply_overrides

F16, F32, I8, I32, BOOL = DataType.FLOAT16, DataType.FLOAT32, DataType.INT8, DataType.INT32, DataType.BOOL

QUOTES = "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}"
BEYOND = "\u00e9\u20ac\U0001f480\u202e"
BYTES = b"raw \xff\xc3\x28"
INJECTION = "\"}; import os; os._exit(3) #"


def run(nodes, **options):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        report = apply_overrides(Network(nodes), DataType, **options)
    return report, said.getvalue()


def check_exactly_the_chosen_nodes():
    nodes = [
        Node("main/mm.conv2d", [F32, I8, F16, I32], [F32, BOOL]),
        Node("main/mm.conv2d_1", [F32], [F32]),  # a longer name
        Node("main/mm", [F32], [F32]),  # a shorter one
        Node("MAIN/MM.CONV2D", [F32], [F32]),
        Node("main/mm.pow", [F16, F16], [F16], end="none"),
        Node("main/mm.cast", [I32], [I8], end="none"),
        Node(QUOTES, [F16], []),
        Node(BEYOND, [], [F32]),
        Node(BYTES, [F16], [F16]),
        Node(INJECTION, [F16], [F16]),
        Node("main/mm.pow", [F32], [I32]),  # the name once more
    ]
    report, said = run(nodes)
    expected = [
        [("set_precision", 0, F16), ("set_precision", 2, F16), ("set_output_type", 0, F16)],
        [],
        [],
        [],
        [("set_precision", 0, F32), ("set_precision", 1, F32), ("set_output_type", 0, F32)],
        [],
        [("set_precision", 0, F32)],
        [("set_output_type", 0, F32)],
        [("set_precision", 0, F32), ("set_output_type", 0, F32)],
        [("set_precision", 0, F32), ("set_output_type", 0, F32)],
        [("set_precision", 0, F32)],
    ]
    assert [node.calls for node in nodes] == expected, [node.calls for node in nodes]
    assert len(report.changed) == sum(len(calls) for calls in expected)
    assert report.changed[0] == ("main/mm.conv2d", "input", 0, "FLOAT16", None)
    assert report.changed[2] == ("main/mm.conv2d", "output", 0, "FLOAT16", "ok")
    assert report.left_alone == [
        ("main/mm.conv2d", "input", 1, I8), ("main/mm.conv2d", "input", 3, I32), ("main/mm.conv2d", "output", 1, BOOL),
        ("main/mm.cast", "input", 0, I32), ("main/mm.cast", "output", 0, I8), ("main/mm.pow", "output", 0, I32),
    ], report.left_alone
    assert report.not_found == ["gone\udcfe\n"], report.not_found
    assert report.unchanged == ["main/mm.cast"]
    assert said == ("apply_overrides: nothing to change, no float input or output: 'main/mm.cast'\n"
                    "apply_overrides: not in the network: 'gone\\udcfe\\n'\n"), said


def check_empty_network():
    report, said = run([])
    assert report.changed == [] and report.left_alone == []
    assert sorted(report.not_found) == sorted(OVERRIDES) and len(OVERRIDES) == 8
    assert len(said.splitlines()) == 8


def check_counts_can_be_given():
    node = Node("main/mm.pow", [F16, F16], [F16], end="endless")
    run([node], input_count=lambda n: len(n.inputs), output_count=lambda n: len(n.outputs))
    assert len(node.calls) == 3
    node = Node("main/mm.pow", [F16], [F16], end="endless")
    try:
        run([node])
    except RuntimeError as error:
        assert "input_count" in str(error)
    else:
        raise AssertionError("an endless node must be refused")
    assert node.calls == []


def check_wrong_calls_are_not_hidden():
    class Other:
        def get_node_name(self):
            return "main/mm.pow"

    try:
        run([Other()])
    except AttributeError:
        return
    raise AssertionError("a missing method must be told")


check_exactly_the_chosen_nodes()
check_empty_network()
check_counts_can_be_given()
check_wrong_calls_are_not_hidden()
