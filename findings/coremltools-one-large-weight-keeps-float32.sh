#!/bin/sh
# coremltools: one weight of 65520 keeps the whole operator in float32; weights of 1e-9 become 6e-8
# Expected: conversion to float16 rounds each weight to the nearest: 65520 to infinity or clipped, 1e-9 to 0;
# or says so.
# Seen: an operator with a weight beyond 65504 stays float32, with casts behind it, and there is no word about
# it. With NaN and infinity among the weights it is converted. Weights below 6e-8 become 5.96e-8, the smallest
# float16, not 0. The operators that were converted are renamed: add becomes add_cast_fp16.
# Versions: coremltools 9.0, numpy 2.4.6, 2026-11-30.
# Why it matters: which layers run in half precision depends on single weights; names no longer pair with the
# original's; of three float16 converters (this one, onnxconverter-common, OpenVINO) each treats 1e6 and 1e-9
# in its own way.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 coremltools==9.0
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import logging

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb

logging.disable(logging.CRITICAL)


def convert(weights):
    @mb.program(input_specs=[mb.TensorSpec(shape=(len(weights),))], opset_version=ct.target.iOS16)
    def program(x):
        return mb.relu(x=mb.add(x=x, y=np.array(weights, np.float32), name="add"), name="out")

    m = ct.convert(program, convert_to="mlprogram", minimum_deployment_target=ct.target.iOS16, skip_model_load=True)
    operations = m._mil_program.functions["main"].operations
    add = [o for o in operations if o.op_type == "add"][0]
    return add.name, add.y.val.dtype.name, ["%g" % v for v in add.y.val]


for weights in ([0.1, 65504.0], [0.1, 65520.0], [np.nan, np.inf], [1e-9, 1e-8]):
    print(weights, "->", *convert(weights))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
[0.1, 65504.0] -> add_cast_fp16 float16 ['0.0999756', '65504']
[0.1, 65520.0] -> add float32 ['0.1', '65520']
[nan, inf] -> add_cast_fp16 float16 ['nan', 'inf']
[1e-09, 1e-08] -> add_cast_fp16 float16 ['5.96046e-08', '5.96046e-08']
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
