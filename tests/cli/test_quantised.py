#!/usr/bin/python3
"""Integers in dst: raw dumps, scales.json, --dst-model. Figures are NumPy's, of a network that is computed here."""

import json

import numpy as np

import harness
from harness import check, mmtui, same, test
from quantised_net import LAYERS, Net, conv_name, file_name, relu_name

ACCUSED = {"implementation", "settings", "input-fault", "output-fault", "overflow"}


def report(folder, *options):
    """The JSON, and its layers by name."""
    found = json.loads(mmtui("triage", folder / "src", folder / "dst", "--json", "--no-cache", *options).out)
    return found, {layer["name"]: layer for layer in found["layers"]}


def page(folder, *options):
    return " ".join(mmtui("triage", folder / "src", folder / "dst", "--no-cache", *options).out.split())


def error(dst, src):
    return np.linalg.norm(src.astype("f8") - dst) / np.linalg.norm(src)


def swapped(y):
    """Channels 0 and 1, and 2 and 3."""
    return y[:, [1, 0, 3, 2, *range(4, y.shape[1])]]


def make(folder, **options):
    """src in floats, dst the raw codes, and both models."""
    net = Net(**options)
    net.dump(folder / "src", net.src)
    net.dump(folder / "dst", net.codes)
    net.float_model(folder / "model.onnx")
    net.qdq_model(folder / "q.onnx")
    return net


def accused(layers):
    return {name for name, layer in layers.items() if layer["verdict"] in ACCUSED}


