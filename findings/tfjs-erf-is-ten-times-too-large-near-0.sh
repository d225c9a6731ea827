#!/bin/sh
# erf(1e-10) in TensorFlow.js is ten times too large
# Expected: 1.128e-10 (2 / sqrt(pi) * x), to float32 accuracy.
# Seen: 1.113e-9. The CPU backend uses a polynomial that is exact to 1.5e-7 in absolute terms only; erf(1e-7)
# is off by a percent. The other elementary functions (expm1, log1p, tanh) are right near 0.
# Versions: @tensorflow/tfjs-core 4.22.0, backend-cpu 4.22.0, Node.js 20, 2026-11-30.
# Why it matters: GELU is made of erf; relative errors of small activations accuse the wrong side.
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
for (const x of [1e-10, 1e-7, 1e-4, 0.5]) {
    const y = tf.erf(tf.tensor1d([x])).dataSync()[0];
    const exact = 2 / Math.sqrt(Math.PI) * (x - x ** 3 / 3 + x ** 5 / 10 - x ** 7 / 42 + x ** 9 / 216 - x ** 11 / 1320);
    console.log("erf(" + x + ")", y.toPrecision(3), "exact", exact.toPrecision(3));
}
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
erf(1e-10) 1.11e-9 exact 1.13e-10
erf(1e-7) 1.14e-7 exact 1.13e-7
erf(0.0001) 0.000113 exact 0.000113
erf(0.5) 0.521 exact 0.520
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
