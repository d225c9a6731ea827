#!/usr/bin/python3
"""ONNX's own node tests (Debian's libonnx-testdata) through `mmtui dump`: what is dumped of a model's outputs is what the
test says, or, bit for bit, what the same library gives when it is simply asked. One in 24 of those whose inputs are tensors or
sequences; MMTUI_LONG: all.
"""

import json
import os
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

import harness
import ort_api
from harness import check, mmtui, test

DATA = pathlib.Path("/usr/share/libonnx-testdata/data/node")
STEP = 1 if os.environ.get("MMTUI_LONG") else 24
RANDOM = {"Bernoulli", "Dropout", "RandomUniformLike"}  # each run is another one
# how it begins when the library itself refuses a model or its inputs
REFUSALS = ("is not a registered function", "Could not find an implementation", "Exception during initialization",
            "does not fit input like")


def inputs_of(folder, graph):
    """-i NAME=FILE for each."""
    files = sorted(folder.glob("input_*.pb"), key=lambda path: int(path.stem.split("_")[1]))
    return [part for value, path in zip(graph.input, files) for part in ("-i", f"{value.name}={path}")]


def widened(halves):
    """NumPy has no bfloat16."""
    return (halves.astype("u4") << 16).view("f4")


def array_of(tensor, kind):
    """Debian's data state the bits of bfloat16 as uint16."""
    array = numpy_helper.to_array(tensor)
    return widened(array) if kind == onnx.TensorProto.BFLOAT16 and array.dtype == np.uint16 else array


def loaded(path):
    array = np.load(path)
    return widened(array.view("<u2")) if array.dtype == np.dtype("V2") else array


def arrays_of(folder, kind, values):
    """By name, those that are tensors of numbers."""
    found = {}
    for i, value in enumerate(values):
        path = folder / f"{kind}_{i}.pb"
        if value.type.HasField("tensor_type") and path.exists():
            array = array_of(onnx.load_tensor(str(path)), value.type.tensor_type.elem_type)
            if array.dtype != object:
                found[value.name] = array
    return found


def is_near(a, b):
    return a.shape == b.shape and np.allclose(a.astype("f8"), b.astype("f8"), rtol=1e-3, atol=1e-5, equal_nan=True)


def agrees(model, data, graph, out):
    dumped = json.loads((out / "mmtui-dump.json").read_text())["tensors"]
    found = {row["name"]: loaded(out / row["file"]) for row in dumped}
    wanted = arrays_of(data, "output", graph.output)
    odd = [name for name, array in wanted.items() if name not in found]
    odd += [name for name, array in wanted.items() if name in found and not is_near(found[name], array)]
    if not odd:
        return True
    try:  # the library may compute something else than the test says
        own = RUNTIME.run(model, arrays_of(data, "input", graph.input), odd)
    except (RuntimeError, KeyError):  # what it refuses, and types that NumPy lacks
        return False
    return all(name in found and own[name].tobytes() == found[name].tobytes() for name in odd)


RUNTIME = ort_api.Runtime(ort_api.library())
MODELS = [path for path in sorted(DATA.glob("*/model.onnx"))][::STEP]


def takes_others(graph):
    """Text and optionals are no tensors that a dump could be given; among few tests they would weigh too much."""
    kinds = [value.type for value in graph.input]
    return any(not kind.HasField("tensor_type") and not kind.HasField("sequence_type")
               or kind.tensor_type.elem_type == onnx.TensorProto.STRING for kind in kinds)


def share(folder, mode):
    good, tried, why = 0, 0, {}
    for model in MODELS:
        graph = onnx.load(str(model)).graph
        if RANDOM & {node.op_type for node in graph.node}:
            continue
        if STEP > 1 and takes_others(graph):
            continue
        data = model.parent / "test_data_set_0"
        run = mmtui("dump", model, "-o", folder / "out", "--mode", mode, *inputs_of(data, graph),
                    "--onnxruntime", ort_api.library(), status=(0, 2))
        if run.status and any(text in run.err for text in REFUSALS):
            continue
        tried += 1
        if run.status == 0 and agrees(model, data, graph, folder / "out"):
            good += 1
        else:
            why[model.parent.name] = run.err.strip()[-150:] or "differs"
    print(f"    {mode}: {good} of {tried} node tests that ONNX Runtime runs agree", flush=True)
    for name, text in why.items():
        print(f"        {name}: {text}", flush=True)
    check(tried >= 0.9 * len(MODELS) and good >= 0.98 * tried, f"{good} of {tried}; not: {why}")


@test
def outputs(folder):
    """dump: of ONNX's node tests that the runtime runs, at least 98 % are dumped as they should be (--mode outputs)"""
    share(folder, "outputs")


def everything(folder):
    """dump: the same with every tensor dumped (--mode all)"""
    share(folder, "all")


if STEP == 1:
    test(everything)
harness.main()
