#!/bin/sh
# TensorFlow.js: int32 division gives int32 and rounds down; max is NaN where argMax and topk pass over it
# Expected: div of int32 as in TensorFlow (a float) or as in LiteRT and ONNX (towards zero: -3).
# Seen: -7 / 2 is -4, of type int32. cast of NaN and infinity to int32 is 0, of 3e9 -1294967296. max of [1,
# NaN, 3] is NaN, argMax says 2, topk gives 1, NaN, 3 in this order, maxPool 3.
# Versions: @tensorflow/tfjs-core 4.22.0, backend-cpu 4.22.0, Node.js 20, 2026-11-30.
# Why it matters: the same converted model indexes other elements in the browser; which operator shows a NaN
# differs from every other runtime.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" \
    @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cd "$work"
node - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
tf.setBackend("cpu");
const show = (name, t) => console.log(name, t.dtype, Array.from(t.dataSync()).map(String).join(" "));
const int = (...v) => tf.tensor1d(v, "int32");
const x = tf.tensor1d([1, NaN, 3]);
show("[-7, 7] / [2, 2]", tf.div(int(-7, 7), int(2, 2)));
show("cast of NaN, Infinity, 3e9", tf.cast(tf.tensor1d([NaN, Infinity, 3e9]), "int32"));
show("max of 1, NaN, 3", tf.max(x));
show("argMax", tf.argMax(x));
show("topk 3", tf.topk(x, 3).values);
show("maxPool", tf.maxPool(tf.tensor4d([1, NaN, 3, 2], [1, 2, 2, 1]), 2, 1, "valid"));
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
[-7, 7] / [2, 2] int32 -4 3
cast of NaN, Infinity, 3e9 int32 0 0 -1294967296
max of 1, NaN, 3 float32 NaN
argMax int32 2
topk 3 float32 1 NaN 3
maxPool float32 3
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
